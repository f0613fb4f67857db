"""Housing cooperative (住房合作社): owners of a small compound found it, elect a board, do part of the work.

An invented mode that shows how to add one: docs/own_mode.md explains it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from xiaoqu.governance import formation
from xiaoqu.governance.people import willing_households
from xiaoqu.modes import Mode
from xiaoqu.streams import Purpose

if TYPE_CHECKING:
    from xiaoqu.district import District


class HousingCooperative(Mode):
    """Who may adopt: small compounds in which enough owners are willing to serve."""

    name: ClassVar[str] = "housing_cooperative"
    title_en: ClassVar[str] = "housing cooperative"
    title_zh: ClassVar[str] = "住房合作社"
    driver: ClassVar[str] = "effort"
    preference: ClassVar[int] = 15  # asked after the company (10), before the committee (20)
    defaults: ClassVar[dict[str, Any]] = Mode.defaults | {"largest": 250, "founders": 0.5, "duty": 0.02}

    def obstacle(self, district: District, row: int) -> str:
        """Too large, or too few founders."""
        compounds = district.world.compounds
        if compounds.households[row] > self.numbers["largest"]:
            return f"{compounds.households[row]} flats are too many"
        founders = len(willing_households(district, row, Purpose.CANDIDATES))
        enough = founders >= self.numbers["founders"] * compounds.stairwells[row]
        return "" if enough else f"{founders} founders"

    def adopt(self, district: District, row: int) -> bool:
        """The owners' committee is its board: keep it or elect one; then the owners vote on mode and dues."""
        has_board = district.world.compounds.has_committee[row] > 0
        if not has_board and not formation.elect_committee(district, row):
            return False
        return formation.change_mode(district, row, self)

    def begin(self, district: District, row: int) -> None:
        """What every mode sets, then the members' rota: their hours add to the service that the dues pay for."""
        super().begin(district, row)
        compounds = district.world.compounds
        compounds.volunteers[row] = round(self.numbers["duty"] * int(compounds.households[row]))
