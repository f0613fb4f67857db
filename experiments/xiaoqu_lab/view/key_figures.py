"""The key figures of a month, each with its change since the year before."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from xiaoqu_lab.texts import text
from xiaoqu_lab.view.series import YEAR

if TYPE_CHECKING:
    from xiaoqu_lab.texts import Lang
    from xiaoqu_lab.view.series import Series


class Shown(NamedTuple):
    """How a figure is shown.

    Attributes:
        scale: from the outcome's own unit to the shown one.
        decimals: of the shown one.
        better: 1 if more is better, -1 if less is, 0 if neither can be said.
        whole_year: whether the figure is the sum of 12 months.
    """

    scale: float
    decimals: int
    better: int
    whole_year: bool = False


FIGURES: dict[str, Shown] = {
    "collection_rate_12m": Shown(100.0, 1, 1),
    "resolution_rate": Shown(100.0, 1, 1),
    "backlog": Shown(1.0, 0, -1),
    "satisfaction": Shown(100.0, 1, 1),
    "trust": Shown(100.0, 1, 1),
    "adoption": Shown(100.0, 1, 0),
    "arrears": Shown(1e-6, 1, -1),
    "public_money": Shown(1e-6, 1, 0, whole_year=True),
}
"""Shares in per cent, money in 10,000 yuan (in English in thousands)."""
MONEY = ("arrears", "public_money")


def tiles(series: Series, month: int, lang: Lang, other: Series | None = None) -> str:
    """The figures of a month as HTML, a tile each; of a second run beside them, if there is one."""
    return "".join(_tile(name, shown, series, month, lang, other) for name, shown in FIGURES.items())


def _tile(name: str, shown: Shown, series: Series, month: int, lang: Lang, other: Series | None) -> str:
    if name in MONEY and lang == "en":
        shown = shown._replace(scale=10.0 * shown.scale, decimals=0)
    now, before = _value(series, name, shown, month), _value(series, name, shown, month - YEAR)
    unit = text(f"view.figure_unit.{name}", lang)
    change = now - before
    if math.isfinite(change):
        good = (
            ""
            if shown.better == 0 or round(change, shown.decimals) == 0
            else ("better" if change * shown.better > 0 else "worse")
        )
        points = text("view.points", lang) if shown.scale == 100.0 else ""
        words = text("view.since_last_year", lang, change=_number(change, shown.decimals, signed=True) + points)
    else:
        good, words = "", text("view.no_last_year", lang)
    second = ""
    if other is not None:
        second = f'<span class="of-b">B {_number(_value(other, name, shown, month), shown.decimals)}</span>'
    title = escape(text(f"view.figure.{name}", lang))
    return (
        f'<div class="tile" data-figure="{name}"><span class="what">{title}</span>'
        f'<span class="value">{_number(now, shown.decimals)}<small>{unit}</small></span>{second}'
        f'<span class="change {good}">{words}</span></div>'
    )


def _value(series: Series, name: str, shown: Shown, month: int) -> float:
    return shown.scale * (series.year(name, month) if shown.whole_year else series.at(name, month))


def _number(value: float, decimals: int, *, signed: bool = False) -> str:
    """A number with a true minus sign; "–" for none."""
    if not math.isfinite(value):
        return "–"
    return f"{round(value, decimals) + 0.0:{'+' if signed else ''},.{decimals}f}".replace("-", "−")
