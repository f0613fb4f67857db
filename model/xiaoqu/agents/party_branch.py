"""Party branches (支部, 联建支部): convene, consent first, cross-appoint, announce that members pay first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from xiaoqu.world import PARTY

if TYPE_CHECKING:
    from xiaoqu.agents.compound import Compound
    from xiaoqu.district import District


class PartyBranch(mesa.Agent["District"]):
    """The branch of one compound, or its part of a joint branch.

    Its strength is earned by activity (month/organisation.py).

    Acts through governance/programmes.py (formation, announcement), governance/formation.py (consent first).
    """

    def __init__(self, model: District, compound: Compound, *, joint: bool) -> None:
        super().__init__(model)
        self.compound = compound
        self.joint = joint
        self.founded = model.world.month

    @property
    def strength(self) -> float:
        """Strength in [0, 1]."""
        return float(self.model.world.compounds.branch[self.compound.row])

    @property
    def members(self) -> int:
        """Resident member households."""
        return int((self.compound.residents.get("roles") & PARTY > 0).sum())
