"""Unmanaged (三无小区): no property service, no responsible body; at most a sanitation charge and baseline cleaning."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from xiaoqu.modes.mode import Mode

if TYPE_CHECKING:
    from xiaoqu.district import District


class Unmanaged(Mode):
    """The state without a body. Anybody can fall into it; nobody adopts it."""

    name: ClassVar[str] = "unmanaged"
    preference: ClassVar[int] = 99

    def obstacle(self, district: District, row: int) -> str:
        """Nobody chooses it."""
        del district, row
        return "is not adopted"

    def adopt(self, district: District, row: int) -> bool:
        """Nobody chooses it."""
        del district, row
        return False

    def begin(self, district: District, row: int) -> None:
        """Only what the community cleans at its own cost, where a campaign buys that service (D2)."""
        super().begin(district, row)
        compounds = district.world.compounds
        compounds.crew[row] = 0.0
        compounds.public_charge[row] = (
            district.world.lever("community_firms")
            * district.scenario["programmes.baseline_service"]
            * compounds.covered[row]
            * compounds.households[row]
        )
