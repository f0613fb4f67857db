"""How a report writes numbers: shares in per cent, money in yuan, as many decimals as what is known calls for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from xiaoqu_lab.texts import TEXTS, Lang, text

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_DECIMALS = 4


class Notation(NamedTuple):
    """How numbers of a measure are written.

    Attributes:
        scale: from the outcome's own unit to the shown one.
        unit: what the shown unit is called on an axis.
        is_share: whether differences are percentage points.
        is_count: whether the unit goes without saying.
        decimals: of differences.
    """

    scale: float
    unit: str
    is_share: bool
    is_count: bool
    decimals: int
    lang: Lang

    @classmethod
    def of(cls, measure_unit: str, differences: Iterable[float], lang: Lang) -> Notation:
        """How numbers of a unit are written, with as many decimals as the largest difference calls for."""
        share, money = measure_unit == "share", measure_unit.startswith("fen")
        scale = 100.0 if share else 0.01 if money else 1.0
        unit = unit_name("points" if share else measure_unit.replace("fen", "yuan"), lang)
        sizes = [abs(scale * value) for value in differences if math.isfinite(value)]
        decimals = _decimals(max(sizes, default=1.0) or 1.0, 1 if share else 0, MOST_DECIMALS)
        return cls(scale, unit, share, measure_unit.startswith("count"), decimals, lang)

    def level(self, value: float) -> str:
        """A level: a share in per cent, money in yuan."""
        if self.is_share and math.isfinite(value):
            return f"{_number(100 * value, 1)} %"
        return _number(self.scale * value, self.decimals)

    def change(self, value: float) -> str:
        """A difference, with its sign, without its unit."""
        return _number(self.scale * value, self.decimals, signed=True)

    def fit(self, low: float, high: float) -> Notation:
        """The same, with as many decimals as the width of an interval calls for: two digits of its half."""
        half = self.scale * (high - low) / 2.0
        if not math.isfinite(half) or half <= 0.0:
            return self
        return self._replace(decimals=_decimals(half, *((1, 3) if self.is_share else (0, MOST_DECIMALS))))

    def told(self, value: float) -> str:
        """A difference, with its sign and unit, within a sentence."""
        if self.is_share:
            return text("report.points", self.lang, value=self.change(value))
        return self.with_unit(self.change(value))

    def with_unit(self, number: str) -> str:
        """A number with its unit, unless it is a mere count."""
        return number if self.is_share or self.is_count else f"{number} {self.unit}"

    def span(self, low: float, high: float) -> str:
        """An interval of differences."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return text("report.no_interval", self.lang)
        if low == high == 0.0:
            return text("report.no_difference", self.lang)
        return text("report.to", self.lang, low=self.change(low), high=self.change(high))


def unit_name(name: str, lang: Lang) -> str:
    """What a unit is called."""
    return text(f"report.unit.{name}", lang) if f"report.unit.{name}" in TEXTS else name


def by_chance(count: int) -> str:
    """How many of so many 95 % intervals leave out nil by chance."""
    return f"{count / 20:.0f}" if count >= 200 else f"{count / 20:.1f}"


def _decimals(size: float, least: int, most: int) -> int:
    """As many as show two digits of a number of that size."""
    return min(max(1 - math.floor(math.log10(size)), least), most)


def _number(value: float, decimals: int, *, signed: bool = False) -> str:
    """A number with a true minus sign; nil has no sign; "–" for none."""
    if not math.isfinite(value):
        return "–"
    rounded = round(value, decimals)
    sign = "" if not signed or rounded <= 0 else "+"
    return f"{sign}{rounded + 0.0:,.{decimals}f}".replace("-", "−")
