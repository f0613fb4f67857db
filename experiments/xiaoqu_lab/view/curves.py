"""The curves of a run by month, with the reported figures marked and a line at the month that is shown.

With a second run, its lines are dotted beside those of the first, and below each panel stands the difference of the
two: same seed, same draws, so that what is drawn there comes of what was changed.
"""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xiaoqu.outcomes import mode_outcomes
from xiaoqu.tally import AGES
from xiaoqu_lab import targets
from xiaoqu_lab.console import figure
from xiaoqu_lab.drawing import line, picture, round_numbers
from xiaoqu_lab.texts import mode_name, text
from xiaoqu_lab.view.palette import DASHES, age_colour, mode_colour
from xiaoqu_lab.view.series import FIRST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xiaoqu.columns import F8, I8
    from xiaoqu.parameters import Target
    from xiaoqu_lab.texts import Lang
    from xiaoqu_lab.view.session import Run

WIDTH, PLOT, STRIP, GAP = 620.0, 130.0, 42.0, 14.0
LEFT, RIGHT, TOP, BOTTOM = 46.0, 236.0, 22.0, 18.0
MOST_POINTS = 300
"""Points of a line: more would not be seen."""
LABEL = 110.0
"""Pixels that the words beside a reported figure may take."""
INK = "var(--ink,#1b1f24)"
MUTED = "var(--muted,#57606a)"
RULE = "var(--line,#d0d7de)"
BLUE, RED = "var(--blue,#0072B2)", "var(--red,#D55E00)"


class Curve(NamedTuple):
    """One line, or one area of a stack: outcome, name, colour, dash, width of the pen."""

    outcome: str
    name: str
    colour: str
    dash: str = ""
    pen: float = 1.6


class Panel(NamedTuple):
    """One drawing: its curves, as lines or stacked as areas; `main` is the outcome whose difference is drawn.

    Shares run from 0 to 100 %; `family` says which reported figures belong here, by the start of their outcome.
    """

    key: str
    curves: tuple[Curve, ...]
    main: str
    stacked: bool = False
    share: bool = True
    family: str = "-"


def panels(run: Run, lang: Lang) -> list[Panel]:
    """What is drawn of a run."""
    modes, own = run.series.modes, run.district.mode_titles
    names = [mode_name(mode, lang, own) for mode in modes]
    shares = mode_outcomes(modes)
    dash = [DASHES[code % len(DASHES)] for code in range(len(modes))]
    by_mode = tuple(
        Curve(f"collection_{mode}", names[code], mode_colour(code), dash[code]) for code, mode in enumerate(modes)
    )
    ages = tuple(
        Curve(f"backlog_{age}", text(f"figure.{age}", lang), age_colour(place)) for place, age in enumerate(AGES)
    )
    adopted = tuple(Curve(shares[code], names[code], mode_colour(code)) for code in (*range(1, len(modes)), 0))
    return [
        Panel(
            "collection",
            (Curve("collection_rate_12m", text("view.all", lang), INK, "", 2.4), *by_mode),
            "collection_rate_12m",
            family="collection_rate",
        ),
        Panel(
            "resolution",
            (Curve("resolution_rate", text("line.resolution_rate", lang), BLUE, "", 2.2),),
            "resolution_rate",
            family="resolution_rate",
        ),
        Panel("backlog", ages, "backlog", stacked=True, share=False),
        Panel("adoption", adopted, "adoption", stacked=True, family="share_"),
        Panel(
            "satisfaction",
            (
                Curve("satisfaction", text("line.satisfaction", lang), BLUE, "", 2.2),
                Curve("trust", text("line.trust", lang), RED, "6 3", 2.2),
            ),
            "satisfaction",
            family="satisfaction",
        ),
    ]


def draw(run: Run, other: Run | None, shown: int, lang: Lang) -> str:
    """All panels one below the other, as one picture."""
    parts: list[str] = [_STYLE]
    top, drawn = 0.0, panels(run, lang)
    for panel in drawn:
        parts.append(f'<g class="panel" data-panel="{panel.key}" transform="translate(0 {top:g})">')
        parts += _panel(panel, run, other, shown, lang)
        parts.append("</g>")
        top += TOP + PLOT + BOTTOM + GAP + (STRIP if other is not None else 0.0)
    return picture(WIDTH, top + 4, parts, "curves", text("view.curves", lang))


_STYLE = (
    "<style>.curves text{font:12px system-ui,'Noto Sans CJK SC','Microsoft YaHei',sans-serif;fill:var(--muted,#57606a)}"
    ".curves .heading{font-weight:600;font-size:13px;fill:var(--ink,#1b1f24)}.curves .value{fill:var(--ink,#1b1f24)}"
    ".curves path{fill:none}.curves .area{stroke:none}</style>"
)


class _Scale(NamedTuple):
    """From months and values to pixels of a panel."""

    first: float
    last: float
    low: float
    high: float
    top: float
    height: float

    def x(self, month: float) -> float:
        return round(LEFT + (month - self.first) / (self.last - self.first) * (WIDTH - LEFT - RIGHT), 1)

    def y(self, value: float) -> float:
        share = (self.high - value) / (self.high - self.low)
        return round(self.top + min(max(share, 0.0), 1.0) * self.height, 1)


def _panel(panel: Panel, run: Run, other: Run | None, shown: int, lang: Lang) -> list[str]:
    runs = (run,) if other is None else (run, other)
    months = min((each.series.months for each in runs), key=len)  # as far as both have come
    last = float(max(int(run.scenario["calendar.months"]) - 1, 12 * math.ceil((run.newest + 1) / 12)))
    scale = _Scale(float(FIRST), last, 0.0, _highest(panel, runs), TOP, PLOT)
    times = 100.0 if panel.share else 1.0
    parts = [f'<text class="heading" x="{LEFT:g}" y="13">{text(f"view.panel.{panel.key}", lang)}</text>']
    for tick in round_numbers(0.0, scale.high, 4):
        words = f"{tick:,.10g}" + (" %" if panel.share else "")
        parts.append(f'<path d="M{LEFT:g} {scale.y(tick)}H{WIDTH - RIGHT:g}" stroke="{RULE}" stroke-width=".7"/>')
        parts.append(f'<text x="{LEFT - 6:g}" y="{scale.y(tick) + 4:g}" text-anchor="end">{words}</text>')
    foot = TOP + PLOT
    for tick in _months(scale.first, scale.last):
        words = f"{tick:g}".replace("-", "−")
        parts.append(f'<path d="M{scale.x(tick)} {foot}v4" stroke="{MUTED}"/>')
        parts.append(f'<text x="{scale.x(tick)}" y="{foot + 16:g}" text-anchor="middle">{words}</text>')
    parts.append(f'<path d="M{scale.x(0.0)} {TOP}V{foot}" stroke="{MUTED}" stroke-dasharray="1 3"/>')
    thin = max(1, math.ceil(len(months) / MOST_POINTS))
    # The newest month is always among the points.
    chosen = np.arange(len(months))[::-1][::thin][::-1]
    draw_curves = _areas if panel.stacked else _lines
    for number, each in enumerate(runs):
        parts += draw_curves(panel, each, months[chosen], chosen, scale, times, is_second=number == 1)
    parts += _marks(panel, run, scale, times, lang)
    parts.append(f'<path class="cursor" d="M{scale.x(shown)} {TOP - 4}V{foot}" stroke="{INK}" stroke-width="1.2"/>')
    parts += _legend(panel, runs, shown, times)
    if other is not None:
        parts += _difference(panel, run, other, months[chosen], chosen, scale, times, shown, lang)
    return parts


def _highest(panel: Panel, runs: Sequence[Run]) -> float:
    """The top of a panel's scale: 100 %, or a round number above all that is drawn."""
    if panel.share:
        return 100.0
    most = max(float(np.nanmax(run.series[panel.main], initial=1.0)) for run in runs)
    power = 10.0 ** math.floor(math.log10(most))
    return next(step * power for step in (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0) if step * power >= most)


def _months(first: float, last: float) -> list[float]:
    """Months to write below a panel: whole years, or a round number of them."""
    years = math.ceil((last - first) / 12 / 8)
    step = 12 * next(n for n in (1, 2, 5, 10, 20, 50) if n >= years)
    start = 0 if step > -first else -step
    return [float(month) for month in range(start, int(last) + 1, step)]


def _path(months: F8, values: F8, scale: _Scale) -> str:
    return line(months.tolist(), values.tolist(), scale.x, scale.y)


def _lines(
    panel: Panel, run: Run, months: F8, chosen: I8, scale: _Scale, times: float, *, is_second: bool
) -> list[str]:
    parts = []
    for curve in panel.curves:
        path = _path(months, times * run.series[curve.outcome][chosen], scale)
        if path:
            dash = "2 2" if is_second else curve.dash
            pen = 0.75 * curve.pen if is_second else curve.pen
            kind = "line b" if is_second else "line"
            parts.append(
                f'<path class="{kind}" data-outcome="{curve.outcome}" d="{path}" stroke="{curve.colour}"'
                f' stroke-width="{pen:g}"' + (f' stroke-dasharray="{dash}"' if dash else "") + "/>"
            )
    return parts


def _areas(
    panel: Panel, run: Run, months: F8, chosen: I8, scale: _Scale, times: float, *, is_second: bool
) -> list[str]:
    """Areas one on another; of a second run the lines between them."""
    parts = []
    below = np.zeros(len(months))
    for curve in panel.curves:
        above = below + times * run.series[curve.outcome][chosen]
        if is_second:
            path = _path(months, above, scale)
            parts.append(f'<path class="line b" d="{path}" stroke="{INK}" stroke-width="1" stroke-dasharray="2 2"/>')
        else:
            over = _path(months, above, scale)
            under = _path(months[::-1], below[::-1], scale).replace("M", "L", 1)
            parts.append(
                f'<path class="area" data-outcome="{curve.outcome}" d="{over}{under}Z"'
                f' style="fill:{curve.colour};fill-opacity:.82"/>'
            )
        below = above
    return parts


def _legend(panel: Panel, runs: Sequence[Run], shown: int, times: float) -> list[str]:
    """At the right: a sample of each curve, its name, and its value in the shown month."""
    parts = []
    x = WIDTH - RIGHT + 14
    ordered = panel.curves[::-1] if panel.stacked else panel.curves
    for place, curve in enumerate(ordered):
        y = TOP + 8 + 17.0 * place
        if panel.stacked:
            parts.append(
                f'<rect x="{x:g}" y="{y - 9:g}" width="14" height="10" style="fill:{curve.colour};fill-opacity:.82"/>'
            )
        else:
            dash = f' stroke-dasharray="{curve.dash}"' if curve.dash else ""
            pen = f'stroke="{curve.colour}" stroke-width="{curve.pen:g}"{dash}'
            parts.append(f'<path d="M{x:g} {y - 4:g}h18" {pen}/>')
        values = [times * run.series.at(curve.outcome, shown) for run in runs]
        said = " / ".join(map(_value, values)) + (" %" if panel.share and not np.isnan(values).all() else "")
        parts.append(f'<text x="{x + 24:g}" y="{y:g}">{escape(curve.name)}</text>')
        parts.append(f'<text class="value" x="{WIDTH - 4:g}" y="{y:g}" text-anchor="end">{said}</text>')
    return parts


def _value(value: float) -> str:
    return "–" if math.isnan(value) else f"{value + 0.0:,.0f}"


def _marks(panel: Panel, run: Run, scale: _Scale, times: float, lang: Lang) -> list[str]:
    """The reported figures that can be set beside a curve, as diamonds at the end of their window."""
    parts = []
    for target in drawn_targets(panel, run):
        month = -1 if target.aggregate == "before" else target.window[1]
        if not scale.first <= month <= scale.last:
            continue
        x, y = scale.x(month), scale.y(times * target.reported)
        what = target.definition_zh if lang == "zh" else target.definition_en
        value = text(f"relation.{target.relation}", lang, value=figure(target.reported, target.unit))
        words = f"{text('figure.reported', lang)} {value}"
        # Beside the mark, on the side where there is room.
        beside, anchor = (x - 8, "end") if x - LEFT > LABEL else (x + 8, "start")
        parts.append(
            f'<g class="reported" data-target="{escape(target.id)}"><title>{escape(words)}: {escape(what)}</title>'
            f'<path d="M{x} {y - 5:g}l5 5l-5 5l-5 -5z" style="fill:{INK}"/>'
            f'<text class="value" x="{beside:g}" y="{y + 4 if y > TOP + 8 else y + 12:g}" text-anchor="{anchor}"'
            f' paint-order="stroke" stroke="var(--paper,#ffffff)" stroke-width="3">{escape(words)}</text></g>'
        )
    return parts


def drawn_targets(panel: Panel, run: Run) -> list[Target]:
    """The reported shares at one time that belong to a panel, unless the places were changed."""
    return [
        target
        for target in run.scenario.targets
        if target.outcome.startswith(panel.family)
        and target.unit == "share"
        and target.aggregate in ("last", "before")
        and targets.hindrance(run.scenario, target, target.window[1] + 1) != "places"
    ]


def _difference(
    panel: Panel,
    run: Run,
    other: Run,
    months: F8,
    chosen: I8,
    scale: _Scale,
    times: float,
    shown: int,
    lang: Lang,
) -> list[str]:
    """B minus A by month, about nil, on a scale of its own."""
    values = times * (other.series[panel.main][chosen] - run.series[panel.main][chosen])
    most = max(float(np.nanmax(np.abs(values), initial=0.0)), 1.0)
    top = TOP + PLOT + BOTTOM + 8
    own = scale._replace(low=-most, high=most, top=top, height=STRIP - 14)
    nil = own.y(0.0)
    parts = [f'<path d="M{LEFT:g} {nil}H{WIDTH - RIGHT:g}" stroke="{MUTED}" stroke-width=".8"/>']
    width = max(1.0, 0.7 * (own.x(1.0) - own.x(0.0)))
    for month, value in zip(months.tolist(), values.tolist(), strict=True):
        if math.isfinite(value) and abs(own.y(value) - nil) > 0.05:
            y = own.y(value)
            colour = BLUE if value > 0 else RED
            parts.append(
                f'<rect class="difference" x="{own.x(month) - width / 2:.1f}" y="{min(y, nil):g}" width="{width:.1f}"'
                f' height="{abs(y - nil):.1f}" style="fill:{colour}"/>'
            )
    unit = text("view.points", lang) if panel.share else ""
    parts.append(f'<text x="{LEFT - 6:g}" y="{top + 6:g}" text-anchor="end">+{most:.2g}</text>')
    parts.append(f'<text x="{LEFT - 6:g}" y="{top + STRIP - 12:g}" text-anchor="end">−{most:.2g}</text>')
    now = times * (other.series.at(panel.main, shown) - run.series.at(panel.main, shown))
    words = "–" if math.isnan(now) else f"{round(now, 1) + 0.0:+.1f}{unit}".replace("-", "−")
    what = text(f"view.main.{panel.key}", lang)
    parts.append(f'<text x="{WIDTH - RIGHT + 14:g}" y="{nil + 4:g}">B − A: {what}</text>')
    parts.append(f'<text class="value" x="{WIDTH - 4:g}" y="{nil + 4:g}" text-anchor="end">{words}</text>')
    return parts
