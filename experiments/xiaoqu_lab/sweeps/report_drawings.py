"""The drawings of a report, as SVG: dots with whiskers beside the rows of a table, and panels with curves by month."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from markupsafe import Markup

from xiaoqu_lab.drawing import Axis, line, round_numbers, svg

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xiaoqu.columns import F8

WHISKER_WIDTH, ROW = 280.0, 24.0
PANEL_WIDTH, PANEL_HEIGHT = 320.0, 176.0
LEFT, RIGHT, TOP, BOTTOM = 50.0, 10.0, 10.0, 38.0


def whisker_axis(axis: Axis) -> Markup:
    """The ticks of a column of whiskers."""
    parts = []
    for tick in axis.ticks:
        x = axis.at(tick)
        label = f"{tick:g}".replace("-", "−")
        parts.append(Markup('<text x="{}" y="12" text-anchor="middle">{}</text>').format(x, label))
        parts.append(Markup('<path class="tick" d="M{} 17V22"/>').format(x))
    return svg(axis.width, 22, parts, "axis")


def whisker(axis: Axis, interval: Sequence[float], label: str) -> Markup:
    """A dot with its interval; filled if the interval leaves out nil."""
    mean, low, high = (float(value) for value in interval[:3])
    y = ROW / 2
    parts = []
    if math.isfinite(low) and math.isfinite(high):
        parts.append(Markup('<path class="bar" d="M{} {}H{}"/>').format(axis.at(low), y, axis.at(high)))
    if math.isfinite(mean):
        kind = "clear" if low > 0 or high < 0 else "vague"
        parts.append(Markup('<circle class="{}" cx="{}" cy="{}" r="4.5"/>').format(kind, axis.at(mean), y))
    return svg(axis.width, ROW, parts, "whisker", label)


class Curve(NamedTuple):
    """A line by month with its band, in the unit that is shown; `kind` is "this" or "other"."""

    kind: str
    months: F8
    mean: F8
    low: F8
    high: F8


def _band(curve: Curve, x: Callable[[float], float], y: Callable[[float], float]) -> str:
    """The path of a curve's band; like its line it breaks where there is nothing to measure."""
    there = ~np.isnan(curve.low)
    starts = np.flatnonzero(np.diff(there.astype(int), prepend=0, append=0)).reshape(-1, 2)
    parts = []
    for start, end in starts:
        over = line(curve.months[start:end], curve.high[start:end], x, y)
        under = line(curve.months[start:end][::-1], curve.low[start:end][::-1], x, y).replace("M", "L", 1)
        parts.append(f"{over}{under}Z")
    return "".join(parts)


def panel(curves: Sequence[Curve], span: tuple[float, float], unit: str, month: str, label: str) -> Markup:
    """Lines and bands by month over the `span` of values; `month` is what the axis of months is called."""
    months = np.concatenate([curve.months for curve in curves])
    first, last = float(months.min()), float(months.max())
    low, high = span
    across, down = PANEL_WIDTH - LEFT - RIGHT, PANEL_HEIGHT - TOP - BOTTOM

    def x(value: float) -> float:
        return round(LEFT + (value - first) / max(last - first, 1.0) * across, 1)

    def y(value: float) -> float:
        return round(TOP + (high - value) / (high - low) * down, 1)

    parts = []
    for tick in round_numbers(low, high, 5):
        parts.append(Markup('<path class="grid" d="M{} {}H{}"/>').format(LEFT, y(tick), PANEL_WIDTH - RIGHT))
        words = f"{tick:,.10g}".replace("-", "−") + (" %" if unit == "%" else "")
        parts.append(Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(LEFT - 6, y(tick) + 4, words))
    for tick in round_numbers(first, last, 6):
        if tick == round(tick):
            parts.append(Markup('<path class="tick" d="M{} {}v4"/>').format(x(tick), TOP + down))
            place = (x(tick), TOP + down + 17)
            parts.append(Markup('<text x="{}" y="{}" text-anchor="middle">{:g}</text>').format(*place, tick))
    parts.append(Markup('<path class="tick" d="M{} {}H{}"/>').format(LEFT, TOP + down, PANEL_WIDTH - RIGHT))
    place = (LEFT + across / 2, PANEL_HEIGHT - 4)
    parts.append(Markup('<text x="{:g}" y="{:g}" text-anchor="middle">{}</text>').format(*place, month))
    band = Markup('<path class="band {}" d="{}"/>')
    parts += [band.format(curve.kind, _band(curve, x, y)) for curve in curves if (curve.high > curve.low).any()]
    for curve in curves:
        path = line(curve.months, curve.mean, x, y)
        parts.append(Markup('<path class="line {}" d="{}"/>').format(curve.kind, path))
    return svg(PANEL_WIDTH, PANEL_HEIGHT, parts, "panel", label)
