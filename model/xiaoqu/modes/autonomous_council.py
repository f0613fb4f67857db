"""Autonomous council (自管会): volunteers by stairwell group collect door to door and look after the place (X6).

It has no clear power to sue: its only means is persuasion. High at first, it wears out unless refreshed (P10).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from xiaoqu.governance.people import most_civic_first, willing_households
from xiaoqu.modes.mode import Mode, clear_roles
from xiaoqu.streams import Purpose
from xiaoqu.world import COUNCIL_MEMBER

if TYPE_CHECKING:
    from xiaoqu.district import District


class AutonomousCouncil(Mode):
    """Who may adopt: compounds with enough volunteers per stairwell (X2)."""

    name: ClassVar[str] = "council"
    driver: ClassVar[str] = "volunteers"
    preference: ClassVar[int] = 30

    def obstacle(self, district: District, row: int) -> str:
        """Too few volunteers: fewer than the stated number per stairwell."""
        world = district.world
        least = world.scenario["eligibility.volunteers_per_stairwell"] * world.compounds.stairwells.item(row)
        found = len(willing_households(district, row, Purpose.VOLUNTEERS))
        return "" if found >= max(2.0, least) else f"{found} volunteers"

    def adopt(self, district: District, row: int) -> bool:
        """A residents' meeting by stairwell; no ballot under art. 278, for the law does not know the council."""
        district.change_mode(row, self)
        return True

    def begin(self, district: District, row: int) -> None:
        """The volunteers take up their rota."""
        super().begin(district, row)
        world = district.world
        volunteers = most_civic_first(district, willing_households(district, row, Purpose.VOLUNTEERS))
        volunteers = volunteers[: 2 * world.compounds.stairwells.item(row)]
        world.households.roles[volunteers] |= COUNCIL_MEMBER
        world.compounds.is_council[row] = 1
        world.compounds.volunteers[row] = len(volunteers)
        district.found_council(row)

    def end(self, district: District, row: int) -> None:
        """The council dissolves."""
        clear_roles(district, row, COUNCIL_MEMBER)
        district.dissolve_council(row)
        super().end(district, row)
