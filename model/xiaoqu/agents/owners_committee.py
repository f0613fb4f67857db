"""Owners' committees (业委会): elected for a term, worn by work, kept up by support; functioning or idle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from xiaoqu.modes.mode import clear_roles
from xiaoqu.world import COMMITTEE_MEMBER

if TYPE_CHECKING:
    from xiaoqu.agents.compound import Compound
    from xiaoqu.columns import I8
    from xiaoqu.district import District


class OwnersCommittee(mesa.Agent["District"]):
    """The committee of one compound. Elected in governance/formation.py, reviewed in governance/evaluation.py."""

    def __init__(self, model: District, compound: Compound, members: I8) -> None:
        super().__init__(model)
        self.compound = compound
        self.members = members
        self.elected = model.world.month
        years = 3 + int(model.luck("committee", compound.row, 3) * 3)
        self.term_ends = self.elected + 12 * years

    @property
    def effort(self) -> float:
        """Effort in [0, 1]."""
        return float(self.model.world.compounds.effort[self.compound.row])

    @property
    def functions(self) -> bool:
        """Whether it does anything: effort above the least."""
        return self.effort > float(self.model.scenario["organisation.effort_least"])

    @property
    def accounts_open(self) -> bool:
        """Whether the compound's accounts are published."""
        return bool(self.model.world.compounds.published[self.compound.row] > 0.0)

    def dissolve(self) -> None:
        """Its members go back to being neighbours; the committee leaves the model."""
        clear_roles(self.model, self.compound.row, COMMITTEE_MEMBER)
        self.remove()
