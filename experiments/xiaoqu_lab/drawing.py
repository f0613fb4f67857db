"""What every drawing in SVG needs: a scale with round ticks, and the element around the parts."""

from __future__ import annotations

import html
import math
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MARGIN = 22.0
"""Pixels left free at both ends of an axis."""


class Axis(NamedTuple):
    """A scale of `width` pixels from `low` to `high`, with ticks at round numbers."""

    low: float
    high: float
    width: float

    @classmethod
    def around(cls, values: Iterable[float], width: float) -> Axis:
        """A scale that has nil and all finite values on it."""
        finite = [value for value in values if math.isfinite(value)]
        low, high = min([0.0, *finite]), max([0.0, *finite])
        if low == high:
            low, high = -1.0, 1.0
        pad = 0.05 * (high - low)
        return cls(low - pad, high + pad, width)

    def at(self, value: float) -> float:
        """The place of a value, in pixels."""
        share = (value - self.low) / (self.high - self.low)
        return round(MARGIN + min(max(share, -0.02), 1.02) * (self.width - 2 * MARGIN), 1)

    @property
    def nil(self) -> str:
        """Where nil lies, as a share of the width."""
        return f"{self.at(0.0) / self.width:.4f}"

    @property
    def ticks(self) -> list[float]:
        """Round numbers on the scale."""
        return round_numbers(self.low, self.high, 5)


def round_numbers(low: float, high: float, most: int) -> list[float]:
    """At most `most` multiples of 1, 2 or 5 times a power of ten between two numbers."""
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough)) if rough > 0 else 1.0
    step = next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(i * step, 12) for i in range(first, last + 1)]


def line(
    months: Iterable[float], values: Iterable[float], x: Callable[[float], float], y: Callable[[float], float]
) -> str:
    """The path of a line, with gaps where there is nothing to measure; `x` and `y` give the places in pixels."""
    points, pen = [], "M"
    for month, value in zip(months, values, strict=True):
        if math.isnan(value):
            pen = "M"
            continue
        points.append(f"{pen}{x(month)} {y(value)}")
        pen = "L"
    return "".join(points)


def svg(width: float, height: float, parts: Iterable[Markup], kind: str, label: str = "") -> Markup:
    """Parts in an SVG element of `kind`, sizes in pixels; without a label it is left out of what is read aloud."""
    name = Markup(' role="img" aria-label="{}"').format(label) if label else Markup(' aria-hidden="true"')
    head = Markup('<svg class="{}" viewBox="0 0 {:g} {:g}" width="{:g}" height="{:g}"{}>')
    return head.format(kind, width, height, width, height, name) + Markup("").join(parts) + Markup("</svg>")


def picture(width: float, height: float, parts: Iterable[str], kind: str, label: str) -> str:
    """Parts (escaped already) as a picture of its own, for the page and as a file; it fills the width it is given."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" viewBox="0 0 {width:g} {height:g}" role="group"'
    return head + f' aria-label="{html.escape(label)}">' + "".join(parts) + "</svg>"
