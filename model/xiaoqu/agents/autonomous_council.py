"""Autonomous councils (自管会): volunteers by stairwell group, a rota, and a drive that wears out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

if TYPE_CHECKING:
    from xiaoqu.agents.compound import Compound
    from xiaoqu.district import District


class AutonomousCouncil(mesa.Agent["District"]):
    """The council of one compound.

    Its volunteers come and go in month/organisation.py, reviewed in governance/evaluation.py.
    """

    def __init__(self, model: District, compound: Compound) -> None:
        super().__init__(model)
        self.compound = compound
        self.founded = model.world.month

    @property
    def volunteers(self) -> int:
        """Volunteers at work."""
        return int(self.model.world.compounds.volunteers[self.compound.row])

    @property
    def drive(self) -> float:
        """Volunteers per stairwell relative to what a council needs to start."""
        compounds = self.model.world.compounds
        row = self.compound.row
        needed = self.model.scenario["eligibility.volunteers_per_stairwell"] * compounds.stairwells[row]
        return float(compounds.volunteers[row] / needed)
