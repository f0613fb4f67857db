"""The key figures of a month, each with its change since the year before."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from xiaoqu.outcomes import BY_NAME
from xiaoqu_lab.texts import Lang, text
from xiaoqu_lab.view.series import YEAR

if TYPE_CHECKING:
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
    "arrears": Shown(1.0, 0, -1),
    "public_money": Shown(1.0, 0, 0, whole_year=True),
}
"""Shares are in per cent; how money is shown depends on how much it is, see `MONEY`."""
MONEY: dict[Lang, tuple[tuple[float, float, int], ...]] = {
    "en": ((1e9, 1e-8, 1), (0.0, 1e-5, 0)),
    "zh": ((1e10, 1e-10, 2), (0.0, 1e-6, 1)),
}
"""From how many fen on, what they are multiplied by, and decimals: millions and thousands, 亿 and 万."""


def tiles(series: Series, month: int, lang: Lang, other: Series | None = None) -> str:
    """The figures of a month as HTML, a tile each; of a second run beside them, if there is one."""
    return "".join(_tile(name, shown, series, month, lang, other) for name, shown in FIGURES.items())


def _tile(name: str, shown: Shown, series: Series, month: int, lang: Lang, other: Series | None) -> str:
    unit = text(f"view.figure_unit.{name}", lang)
    if name in BY_NAME and BY_NAME[name].unit.startswith("fen"):
        amount = abs(_value(series, name, shown, month))
        place = next((i for i, (least, _, _) in enumerate(MONEY[lang]) if amount >= least), 1)
        shown = shown._replace(scale=MONEY[lang][place][1], decimals=MONEY[lang][place][2])
        unit = text(f"view.money.{place}", lang)
    now, before = _value(series, name, shown, month), _value(series, name, shown, month - YEAR)
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
