"""What the page draws of a run, month by month: a few numbers a month, worked out once when the month is over.

The district keeps its whole history; to go through all of it for every frame would cost more the longer a run is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xiaoqu.outcomes import BY_NAME, DERIVED, columns_by_month, mode_outcomes
from xiaoqu.tally import AGES, HISTORY_BEFORE, INDEX

if TYPE_CHECKING:
    from xiaoqu import District
    from xiaoqu.columns import F8

FIRST = -HISTORY_BEFORE
"""The first month that is kept."""
DRAWN = (
    "collection_rate_12m",
    "resolution_rate",
    "backlog",
    *(f"backlog_{age}" for age in AGES),
    "satisfaction",
    "trust",
    "arrears",
    "public_money",
)
YEAR = 12
_DERIVED = frozenset(outcome.name for outcome in DERIVED)


class Series:
    """Outcomes by name, one value a month from `FIRST` on; NaN where there is nothing to measure.

    Beside declared outcomes: `adoption`, the share of compounds that have a mode, and `collection_<mode>`, the share of
    the last 12 months' bills paid by now, by yuan, in the compounds that are under the mode in that month.
    """

    def __init__(self, district: District, more: frozenset[str] = frozenset()) -> None:
        modes = district.world.modes
        self.only = (frozenset(DRAWN) | more) & BY_NAME.keys() - _DERIVED
        self.modes = modes
        self._values: dict[str, list[float]] = {}
        self.length = 0
        self.extend(district)

    def extend(self, district: District) -> None:
        """Take in the months that the district has simulated since."""
        months, history = district.world.tally.months, district.world.tally.history
        if self.length == len(months):
            return
        new = columns_by_month(district, first=FIRST + self.length, only=self.only)
        shares = mode_outcomes(self.modes)
        new["adoption"] = 1.0 - new[shares[0]]
        data = np.array(history[self.length :])
        mode = data[:, INDEX["mode"]]
        for code, name in enumerate(self.modes):
            here = mode == code
            paid, billed = ((data[:, INDEX[row]] * here).sum(axis=1) for row in ("collected_12m", "billed_12m"))
            new[f"collection_{name}"] = np.divide(paid, billed, out=np.full(len(data), np.nan), where=billed > 0)
        for name, values in new.items():
            if name != "month":
                self._values.setdefault(name, []).extend(map(float, values))
        self.length = len(months)

    @property
    def months(self) -> F8:
        """The months, as numbers."""
        return np.arange(FIRST, FIRST + self.length, dtype=float)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __getitem__(self, name: str) -> F8:
        """The values of an outcome, in the order of `months`."""
        return np.array(self._values[name])

    def at(self, name: str, month: int) -> float:
        """The value of one month; NaN where nothing is recorded of it."""
        place = month - FIRST
        return self._values[name][place] if 0 <= place < self.length else float("nan")

    def year(self, name: str, month: int) -> float:
        """The sum over the 12 months that end with a month; NaN unless all of them are recorded."""
        place = month - FIRST + 1
        return sum(self._values[name][place - YEAR : place]) if YEAR <= place <= self.length else float("nan")
