"""The map of compounds: mode by colour and shape, size by households, how full a mark is by a state of choice.

Marks are spread over the picture and moved apart, so that none hides another: neighbours stay neighbours, distances are
not to scale. All classes of a state are fixed, so that months, runs and scenarios can be compared.
"""

from __future__ import annotations

import math
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from xiaoqu.tally import INDEX
from xiaoqu_lab.drawing import picture
from xiaoqu_lab.texts import mode_name, text
from xiaoqu_lab.view.palette import mode_colour

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xiaoqu import District
    from xiaoqu.columns import F8
    from xiaoqu_lab.texts import Lang

WIDTH, HEIGHT, LEGEND = 640.0, 480.0, 112.0
EDGE = 16.0
COVERED = 0.26
"""Share of the picture that marks may cover."""
LEAST, MOST = 3.2, 24.0
"""Smallest and largest mark, in pixels from its middle."""
NAME_ROOM = 13.0
"""Pixels below a mark for its name."""
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
    most = MOST / math.sqrt(max(1.0, float(households.max(initial=1.0))))
    unit = min(most, math.sqrt(COVERED * WIDTH * HEIGHT / (math.pi * max(1.0, households.sum()))))
    radius = np.clip(unit * np.sqrt(households), LEAST, MOST)
    below = NAME_ROOM if count <= NAMED else 0.0
    low, high = EDGE + radius, np.array([[WIDTH], [HEIGHT - below]]) - EDGE - radius
    spread = np.array([compounds.x, -compounds.y], dtype=float)
    lowest, width = spread.min(axis=1, keepdims=True), np.ptp(spread, axis=1, keepdims=True)
    share = np.divide(spread - lowest, width, out=np.full_like(spread, 0.5), where=width > 0)
    at = low + share * (high - low)
    # Compounds on one spot would have no direction to part in; the golden angle gives each its own.
    turn = np.arange(count) * 2.39996
    at += 0.01 * np.array([np.cos(turn), np.sin(turn)])
    at = _parted(at, radius, GAP + below, low, high)
    return Places(
        at[0].round(1), at[1].round(1), radius.round(1), tuple(agent.name for agent in district.compounds), households
    )


def _parted(at: F8, radius: F8, gap: float, low: F8, high: F8) -> F8:
    """Move marks apart that would hide one another, a little each round; they stay between `low` and `high`."""
    furthest = 2.3 * float(radius.max(initial=0.0)) + gap
    for _ in range(ROUNDS):
        one, other = cKDTree(at.T).query_pairs(furthest, output_type="ndarray").T
        off = at[:, one] - at[:, other]
        away = np.sqrt((off**2).sum(axis=0)) + 1e-9
        lacking = np.maximum(0.0, 1.15 * (radius[one] + radius[other]) + gap - away)
        if lacking.max(initial=0.0) < 0.5:
            break
        push = 0.5 * off * (lacking / away)
        count = len(radius)
        moved = [np.bincount(one, way, count) - np.bincount(other, way, count) for way in push]
        at = np.clip(at + np.array(moved), low, high)
    return at


def levels(state: State, data: F8, households: F8) -> F8:
    """A state of every compound in its own unit; NaN where there is nothing to measure."""
    top = data[INDEX[state.top]]
    below = data[INDEX[state.below]] if state.below in INDEX else households if state.below else np.ones(len(top))
    share: F8 = np.divide(top, below, out=np.full(len(top), np.nan), where=below > 0)
    share *= state.scale
    return share


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
            edge = f"l{a:.1f} {b:.1f}l{-a:.1f} {b:.1f}h{-2 * a:.1f}l{-a:.1f} {-b:.1f}z"
            return f"M{x - a:.1f} {y - b:.1f}h{2 * a:.1f}{edge}"
        case _:
            a, b = 0.76 * r, 0.8 * r
            arms = f"h{a:.1f}v{b:.1f}h{b:.1f}v{a:.1f}h{-b:.1f}v{b:.1f}h{-a:.1f}v{-b:.1f}h{-b:.1f}v{-a:.1f}h{b:.1f}z"
            return f"M{x - a / 2:.1f} {y - a / 2 - b:.1f}{arms}"


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
    parts = [_style(max(2, len(modes)))]
    marks = zip(codes.tolist(), classes.tolist(), values.tolist(), where.x, where.y, where.radius, strict=True)
    names = [escape(name) for name in where.names]
    for row, (code, level, value, x, y, r) in enumerate(marks):
        told = "–" if level < 0 else f"{value:.0f}{unit}"
        parts.append(
            f'<path class="compound-mark m{code} f{level}" data-pick="{row}" tabindex="{tab}" role="button"'
            f' d="{shape(code, x, y, r)}"><title>{names[row]}: {escape(called[code])}, {told}</title></path>'
        )
    if len(codes) <= NAMED:
        for x, y, r, name in zip(where.x, where.y, where.radius, names, strict=True):
            low = y + 1.2 * r + 11
            parts.append(f'<text class="name" x="{x}" y="{low:.1f}" text-anchor="middle">{name}</text>')
    parts += _legend(called, shown, state, unit, lang, where)
    return picture(WIDTH, HEIGHT + LEGEND, parts, "district-map", label)


def _style(modes: int) -> str:
    """Colours by mode and fullness by class, in the picture itself, so that it stands alone as a file too."""
    font = "12px system-ui,'Noto Sans CJK SC','Microsoft YaHei',sans-serif"
    rules = [
        f"text{{font:{font};fill:var(--ink,#1b1f24)}}",
        ".name{pointer-events:none;fill:var(--muted,#57606a)}",
        ".compound-mark{stroke-width:1.6}",
        ".compound-mark:hover{stroke:var(--ink,#1b1f24);stroke-width:3}",
        ".compound-mark:focus-visible{stroke:var(--ink,#1b1f24);stroke-width:4}",
        ".f-1{fill-opacity:0;stroke-dasharray:2 2}",
    ]
    rules += [f".f{level}{{fill-opacity:{share}}}" for level, share in enumerate(FULL)]
    rules += [f".m{code}{{fill:{mode_colour(code)};stroke:{mode_colour(code)}}}" for code in range(modes)]
    return "<style>" + "".join(f".district-map {rule}" for rule in rules) + "</style>"


def _legend(called: list[str], state: State, key: str, unit: str, lang: Lang, where: Places) -> list[str]:
    """Three lines: modes, classes of the state, sizes."""
    parts = [f'<path d="M0 {HEIGHT:g}H{WIDTH:g}" stroke="var(--line,#d0d7de)"/>']
    y, x = HEIGHT + 20.0, EDGE
    for code, name in enumerate(called):
        parts.append(f'<path class="m{code} f4" d="{shape(code, x + 6, y - 4, 6.0)}"/>{_said(x + 18, y, name)}')
        x += 38 + _width(name)
    y, x = y + 28, EDGE
    title = text(f"view.state.{key}", lang)
    parts.append(_said(x, y, title))
    x += _width(title) + 14
    ends = [f"{bound:g}" for bound in state.bounds]
    classes = [f"< {ends[0]}", *(f"{low}–{high}" for low, high in pairwise(ends)), f"≥ {ends[-1]}{unit}"]
    for level, words in [*enumerate(classes), (-1, text("view.state.none", lang))]:
        swatch = f'<rect class="m1 f{level}" x="{x:g}" y="{y - 11:g}" width="13" height="13"/>'
        parts.append(swatch + _said(x + 18, y, words))
        x += 30 + _width(words)
    y, x = y + 40, EDGE
    title = text("view.map.size", lang)
    parts.append(_said(x, y, title))
    x += _width(title) + 14
    order = np.argsort(where.households, kind="stable")
    for row in dict.fromkeys((order[0], order[len(order) // 2], order[-1])):
        r, words = where.radius[row], f"{where.households[row]:,.0f}"
        circle = f'<circle cx="{x + r:.1f}" cy="{y - 4:g}" r="{r:g}" fill="none" stroke="var(--muted,#57606a)"/>'
        parts.append(circle + _said(x + 2 * r + 6, y, words))
        x += 2 * r + 24 + _width(words)
    note = text("view.map.schematic", lang)
    parts.append(_said(WIDTH - EDGE, y, note, ' class="name" text-anchor="end"'))
    return parts


def _said(x: float, y: float, words: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:g}"{more}>{escape(words)}</text>'


def _width(words: str) -> float:
    """About how wide a text is, in pixels."""
    return sum(12.2 if ord(letter) > 0x2E80 else 7.0 for letter in words)
