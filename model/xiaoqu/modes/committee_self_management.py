"""Owners'-committee self-management (业委会自管): the committee hires people, outsources, collects; it may sue."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from xiaoqu.governance import formation
from xiaoqu.modes.mode import Mode

if TYPE_CHECKING:
    from xiaoqu.district import District


class CommitteeSelfManagement(Mode):
    """Who may adopt: compounds with a functioning committee.

    Or with enough owners who stand and a valid election (X2).
    """

    name: ClassVar[str] = "committee"
    driver: ClassVar[str] = "effort"
    preference: ClassVar[int] = 20

    def obstacle(self, district: District, row: int) -> str:
        """Nothing but the election itself stands in the way."""
        del district, row
        return ""

    def adopt(self, district: District, row: int) -> bool:
        """Use the committee there is, or elect one; then the owners vote on the change of dues."""
        compounds, least = district.world.compounds, district.world.scenario["eligibility.committee_effort"]
        works = compounds.has_committee.item(row) and compounds.effort.item(row) > least
        if not works and not formation.elect_committee(district, row):
            return False
        return formation.change_mode(district, row, self)
