"""The map of compounds: mode by colour and shape, size by households, how full a mark is by a state of choice.

Marks are spread over the picture and moved apart, so that none hides another: neighbours stay neighbours, distances are
not to scale. All classes of a state are fixed, so that months, runs and scenarios can be compared.
"""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xiaoqu.tally import INDEX
from xiaoqu_lab.drawing import picture
from xiaoqu_lab.texts import mode_name, text
from xiaoqu_lab.view.palette import mode_colour

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xiaoqu import District
    from xiaoqu.columns import F8
    from xiaoqu_lab.texts import Lang

WIDTH, HEIGHT, LEGEND = 640.0, 500.0, 92.0
EDGE = 16.0
COVERED = 0.26
"""Share of the picture that marks may cover."""
LEAST, MOST = 3.2, 26.0
"""Smallest and largest mark, in pixels from its middle."""
GAP = 2.5
ROUNDS = 80
NAMED = 40
"""Compounds up to which names are written beside the marks."""
REACHABLE = 200
"""Compounds up to which the tabulator key goes through all of them; beyond, they are searched for by name."""
FULL = (0.1, 0.3, 0.5, 0.72, 1.0)
"""How full a mark is, by class."""


class State(NamedTuple):
    """A state of compounds to look at.

    Attributes:
        top, below: tally rows (or "households") that are divided; "" for no division.
        scale: from there to the unit shown.
        bounds: where the second to fifth class begin.
    """

    top: str
    below: str
    scale: float
    bounds: tuple[float, float, float, float]


SHARES = (20.0, 40.0, 60.0, 80.0)
STATES: dict[str, State] = {
    "collection": State("collected_12m", "billed_12m", 100.0, SHARES),
    "resolution": State("settled_12m", "reported_12m", 100.0, SHARES),
    "satisfaction": State("satisfaction", "", 100.0, SHARES),
    "trust": State("trust", "", 100.0, SHARES),
    "quality": State("quality", "", 100.0, SHARES),
    "cohesion": State("cohesion", "", 100.0, SHARES),
    "infrastructure": State("infrastructure", "", 100.0, SHARES),
    "covered": State("covered", "", 100.0, SHARES),
    "backlog": State("backlog", "households", 100.0, (1.0, 3.0, 10.0, 30.0)),
    "arrears": State("arrears", "households", 0.01, (100.0, 200.0, 400.0, 800.0)),
}


class Places(NamedTuple):
    """Where the marks of a district lie; the same for all its months."""

    x: F8
    y: F8
    radius: F8
    names: tuple[str, ...]
    households: F8


def places(district: District) -> Places:
    """Spread the compounds over the picture and move marks apart that would hide one another."""
    compounds = district.world.compounds
    households = compounds.households.astype(float)
    count = len(households)
    unit = math.sqrt(COVERED * WIDTH * HEIGHT / (math.pi * max(1.0, households.sum())))
    radius = np.clip(unit * np.sqrt(households), LEAST, MOST)
    low, high = EDGE + radius, np.array([[WIDTH], [HEIGHT]]) - EDGE - radius
    spread = np.array([compounds.x, -compounds.y], dtype=float)
    lowest, width = spread.min(axis=1, keepdims=True), np.ptp(spread, axis=1, keepdims=True)
    share = np.divide(spread - lowest, width, out=np.full_like(spread, 0.5), where=width > 0)
    at = low + share * (high - low)
    # Compounds on one spot would have no direction to part in; the golden angle gives each its own.
    turn = np.arange(count) * 2.39996
    at += 0.01 * np.array([np.cos(turn), np.sin(turn)])
    room = radius[:, None] + radius[None, :] + GAP
    np.fill_diagonal(room, 0.0)
    for _ in range(ROUNDS):
        off = at[:, :, None] - at[:, None, :]
        away = np.sqrt((off**2).sum(axis=0)) + 1e-9
        lacking = np.maximum(0.0, room - away)
        if lacking.max() < 0.5:
            break
        at = np.clip(at + 0.5 * (off * (lacking / away)).sum(axis=2), low, high)
    return Places(
        at[0].round(1), at[1].round(1), radius.round(1), tuple(agent.name for agent in district.compounds), households
    )


def levels(state: State, data: F8, households: F8) -> F8:
    """A state of every compound in its own unit; NaN where there is nothing to measure."""
    top = data[INDEX[state.top]]
    if not state.below:
        return state.scale * top
    below = households if state.below == "households" else data[INDEX[state.below]]
    return state.scale * np.divide(top, below, out=np.full(len(top), np.nan), where=below > 0)


def shape(code: int, x: float, y: float, r: float) -> str:
    """The outline of a mode's mark, by the mode's place among the modes; marks of one radius have about one area."""
    match code % 6:
        case 0:
            return f"M{x - r:.1f} {y:.1f}a{r:.1f} {r:.1f} 0 1 0 {2 * r:.1f} 0a{r:.1f} {r:.1f} 0 1 0 {-2 * r:.1f} 0z"
        case 1:
            a = 0.89 * r
            return f"M{x - a:.1f} {y - a:.1f}h{2 * a:.1f}v{2 * a:.1f}h{-2 * a:.1f}z"
        case 2:
            a = 1.17 * r
            return f"M{x:.1f} {y - 1.25 * r:.1f}l{a:.1f} {2.1 * r:.1f}h{-2 * a:.1f}z"
        case 3:
            a = 1.2 * r
            return f"M{x:.1f} {y - a:.1f}l{a:.1f} {a:.1f}l{-a:.1f} {a:.1f}l{-a:.1f} {-a:.1f}z"
        case 4:
            a, b = 0.6 * r, 1.05 * r
            return (
                f"M{x - a:.1f} {y - b:.1f}h{2 * a:.1f}l{a:.1f} {b:.1f}l{-a:.1f} {b:.1f}h{-2 * a:.1f}l{-a:.1f} {-b:.1f}z"
            )
        case _:
            a, b = 0.38 * r, 0.8 * r
            arm = f"h{2 * a:.1f}v{b:.1f}h{b:.1f}v{2 * a:.1f}h{-b:.1f}v{b:.1f}h{-2 * a:.1f}v{-b:.1f}h{-b:.1f}v{-2 * a:.1f}h{b:.1f}z"
            return f"M{x - a:.1f} {y - a - b:.1f}{arm}"


def draw(
    where: Places,
    data: F8,
    modes: tuple[str, ...],
    state: str,
    lang: Lang,
    own: Mapping[str, tuple[str, str]],
    label: str,
) -> str:
    """The map of one month as a picture.

    Args:
        where: from `places`.
        data: the month's tally, a row a quantity, a column a compound.
        modes: names of the modes by code.
        state: which of `STATES` fills the marks.
        lang: of legend and names.
        own: what modes of the user's own are called.
        label: what the picture is, for those who do not see it.
    """
    shown = STATES[state]
    values = levels(shown, data, where.households)
    classes = np.where(np.isnan(values), -1, np.searchsorted(shown.bounds, values, side="right"))
    unit = text(f"view.state_unit.{state}", lang)
    called = [mode_name(mode, lang, own) for mode in modes]
    codes = data[INDEX["mode"]].astype(int)
    tab = 0 if len(codes) <= REACHABLE else -1
    parts = [_style(len(modes))]
    rows = zip(
        codes.tolist(), classes.tolist(), values.tolist(), where.x, where.y, where.radius, where.names, strict=True
    )
    for row, (code, level, value, x, y, r, name) in enumerate(rows):
        told = "–" if level < 0 else f"{value:.0f}{unit}"
        parts.append(
            f'<path class="compound-mark m{code} f{level}" data-pick="{row}" tabindex="{tab}" role="button"'
            f' d="{shape(code, x, y, r)}"><title>{escape(name)}: {called[code]}, {told}</title></path>'
        )
    if len(codes) <= NAMED:
        for x, y, r, name in zip(where.x, where.y, where.radius, where.names, strict=True):
            parts.append(
                f'<text class="name" x="{x}" y="{y + 1.25 * r + 12:.1f}" text-anchor="middle">{escape(name)}</text>'
            )
    parts += _legend(called, shown, state, unit, lang, where)
    return picture(WIDTH, HEIGHT + LEGEND, parts, "district-map", label)


def _style(modes: int) -> str:
    """Colours by mode and fullness by class, in the picture itself, so that it stands alone as a file too."""
    rules = [
        ".district-map text{font:12px system-ui,'Noto Sans CJK SC','Microsoft YaHei',sans-serif;fill:var(--ink,#1b1f24)}",
        ".district-map .name{pointer-events:none;fill:var(--muted,#57606a)}",
        ".district-map .compound-mark{stroke-width:1.6}",
        ".district-map .compound-mark:hover,.district-map .compound-mark:focus{stroke:var(--ink,#1b1f24);stroke-width:3}",
        ".district-map .f-1{fill-opacity:0;stroke-dasharray:2 2}",
    ]
    rules += [f".district-map .f{level}{{fill-opacity:{share}}}" for level, share in enumerate(FULL)]
    for code in range(modes):
        rules.append(f".district-map .m{code}{{fill:{mode_colour(code)};stroke:{mode_colour(code)}}}")
    return f"<style>{''.join(rules)}</style>"


def _legend(called: list[str], state: State, key: str, unit: str, lang: Lang, where: Places) -> list[str]:
    """Three lines: modes, classes of the state, sizes."""
    parts = [f'<path d="M0 {HEIGHT:g}H{WIDTH:g}" stroke="var(--line,#d0d7de)"/>']
    y, x = HEIGHT + 20.0, EDGE
    for code, name in enumerate(called):
        parts.append(f'<path class="m{code} f4" d="{shape(code, x + 6, y - 4, 6.0)}"/>')
        parts.append(f'<text x="{x + 18:g}" y="{y:g}">{escape(name)}</text>')
        x += 34 + _width(name)
    y, x = y + 28, EDGE
    title = text(f"view.state.{key}", lang)
    parts.append(f'<text x="{x:g}" y="{y:g}">{title}</text>')
    x += _width(title) + 14
    ends = ["", *(f"{bound:g}" for bound in state.bounds), ""]
    for level in range(5):
        words = (
            f"< {ends[1]}" if level == 0 else f"≥ {ends[4]}{unit}" if level == 4 else f"{ends[level]}–{ends[level + 1]}"
        )
        parts.append(f'<rect class="m1 f{level}" x="{x:g}" y="{y - 11:g}" width="13" height="13"/>')
        parts.append(f'<text x="{x + 18:g}" y="{y:g}">{escape(words)}</text>')
        x += 30 + _width(words)
    nothing = text("view.state.none", lang)
    parts.append(f'<rect class="m1 f-1" x="{x:g}" y="{y - 11:g}" width="13" height="13"/>')
    parts.append(f'<text x="{x + 18:g}" y="{y:g}">{nothing}</text>')
    y, x = y + 28, EDGE
    title = text("view.map.size", lang)
    parts.append(f'<text x="{x:g}" y="{y:g}">{title}</text>')
    x += _width(title) + 14
    order = np.argsort(where.households, kind="stable")
    for row in dict.fromkeys((order[0], order[len(order) // 2], order[-1])):
        r = where.radius[row]
        words = f"{where.households[row]:,.0f}"
        parts.append(
            f'<circle cx="{x + r:.1f}" cy="{y - 4:g}" r="{min(r, 13.0):g}" fill="none" stroke="var(--muted,#57606a)"/>'
        )
        parts.append(f'<text x="{x + 2 * r + 6:.1f}" y="{y:g}">{words}</text>')
        x += 2 * r + 24 + _width(words)
    parts.append(
        f'<text class="name" x="{WIDTH - EDGE:g}" y="{y:g}" text-anchor="end">{text("view.map.schematic", lang)}</text>'
    )
    return parts


def _width(words: str) -> float:
    """About how wide a text is, in pixels."""
    return sum(12.2 if ord(letter) > 0x2E80 else 6.6 for letter in words)
