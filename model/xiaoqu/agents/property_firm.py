"""Property firms (物业公司): bid, serve, cut, leave. Market firms seek a margin, community-run ones break even."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa
import numpy as np

if TYPE_CHECKING:
    from xiaoqu.agents.compound import Compound
    from xiaoqu.district import District


class PropertyFirm(mesa.Agent["District"]):
    """One firm; cash, efficiency and rating are its row of world.Firms.

    Bids in governance/tender.py, cuts its crew in month/service.py, reviews contracts in governance/evaluation.py.
    """

    def __init__(self, model: District, row: int) -> None:
        super().__init__(model)
        self.row = row

    @property
    def cash(self) -> int:
        """Cash in fen."""
        return int(self.model.world.firms.cash[self.row])

    @property
    def rating(self) -> float:
        """Standing with the street office in [0, 1]."""
        return float(self.model.world.firms.rating[self.row])

    @property
    def red(self) -> bool:
        """Recommended as a “red” firm (S10)."""
        return bool(self.model.world.firms.red[self.row])

    @property
    def compounds(self) -> list[Compound]:
        """The compounds it serves."""
        return [self.model.compound(int(row)) for row in np.flatnonzero(self.model.world.compounds.firm == self.row)]
