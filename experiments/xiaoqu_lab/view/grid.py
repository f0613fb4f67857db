"""The flats of a compound as a picture: a line a stairwell, a cell a flat, coloured by what is asked.

What a cell says it says twice, by colour and by its mark. A vacant flat is a dashed outline in the same colour. Cells
are picked by "household-ROW"; one of them is a tab stop, from which `Roving` moves on by the arrow keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from markupsafe import Markup, escape

from xiaoqu.world import ABSENT, CHIEF, COMMITTEE_MEMBER, COUNCIL_MEMBER, PARTY, TENANT
from xiaoqu_lab.texts import Lang, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xiaoqu import District
    from xiaoqu.columns import F8, I8

COLOURINGS = ("payment", "arrears", "satisfaction", "trust", "role")
OWED_YUAN = (300, 1000, 3000)
"""Where the classes of arrears part, above nothing owed."""
STEPS = 5
"""Classes of a share."""
LABEL, GAP = 44, 22
"""Pixels of a stairwell's label, and between columns of stairwells."""
WIDTH = 700
"""Pixels that the picture may be wide."""


class Shade(NamedTuple):
    """One class of a colouring: a colour (of the page, else as given) and the mark drawn on it."""

    key: str
    colour: str
    mark: str = ""


def _rising(name: str, colours: tuple[str, ...]) -> tuple[Shade, ...]:
    """Classes of more and more: darker, and filled higher."""
    heights = [round(12 * (i + 1) / len(colours)) for i in range(len(colours))]
    return tuple(
        Shade(f"{name}.{i}", f"var(--rise-{i + 1}, {colour})", f"rise {height}")
        for i, (colour, height) in enumerate(zip(colours, heights, strict=True))
    )


SHARES = ("#c6dbef", "#9ecae1", "#6baed6", "#3182bd", "#08519c")
DEBTS = ("#fdd0a2", "#fd8d3c", "#d94801", "#7f2704")
SHADES: dict[str, tuple[Shade, ...]] = {
    "payment": (
        Shade("payment.paid", "var(--paid, #0072B2)", "tick"),
        Shade("payment.older", "var(--older, #56B4E9)", "dot"),
        Shade("payment.open", "var(--unpaid, #D55E00)", "cross"),
        Shade("payment.none", "var(--nothing, #BBBBBB)"),
    ),
    "arrears": (
        Shade("arrears.0", "var(--nothing, #BBBBBB)"),
        *(
            Shade(f"arrears.{i + 1}", f"var(--debt-{i + 1}, {colour})", f"rise {3 * (i + 1)}")
            for i, colour in enumerate(DEBTS)
        ),
    ),
    "satisfaction": _rising("share", SHARES),
    "trust": _rising("share", SHARES),
    "role": (
        Shade("role.committee", "var(--committee, #E69F00)", "letter"),
        Shade("role.council", "var(--council, #009E73)", "letter"),
        Shade("role.chief", "var(--chief, #CC79A7)", "letter"),
        Shade("role.party", "var(--party, #D55E00)", "letter"),
        Shade("role.owner", "var(--owner, #8FA3B0)"),
        Shade("role.tenant", "var(--tenant, #BBBBBB)", "dot"),
    ),
}


def classes(district: District, row: int, colouring: str) -> I8:
    """The class of each flat of a compound, as an index into `SHADES[colouring]`."""
    world = district.world
    homes, here = world.households, world.flats(row)
    if colouring == "payment":
        if not _has_billed(district, row):
            return np.full(here.stop - here.start, 3)
        return np.where(homes.paid[here] == 0, 2, np.where(homes.arrears[here] > 0, 1, 0))
    if colouring == "arrears":
        owed = homes.arrears[here] + homes.bill[here]
        found: I8 = (owed > 0) + np.searchsorted(100 * np.array(OWED_YUAN), owed, side="left")
        return found
    if colouring == "role":
        roles, held = homes.roles[here], np.where(homes.tenure[here] == TENANT, 5, 4)
        for place, role in ((3, PARTY), (2, CHIEF), (1, COUNCIL_MEMBER), (0, COMMITTEE_MEMBER)):
            held = np.where(roles & role > 0, place, held)
        return held
    share: F8 = getattr(homes, colouring)[here].astype(float)
    fifth: I8 = np.minimum(STEPS - 1, (STEPS * share).astype(np.int64))
    return fifth


def _has_billed(district: District, row: int) -> bool:
    """Whether the body in charge has sent a bill: what was open at a change of mode went to the arrears."""
    compounds = district.world.compounds
    charges = compounds.fee[row] > 0.0 or compounds.flat_fee[row] > 0.0
    return bool(charges and compounds.last_bill[row] > compounds.mode_since[row])


def draw(district: District, row: int, colouring: str, lang: Lang, picked: int | None = None) -> str:
    """The flats as SVG.

    Args:
        district: in the state that is shown.
        row: the compound.
        colouring: one of `COLOURINGS`.
        lang: language of what is said of a flat.
        picked: row of the household whose cell is marked.
    """
    world = district.world
    here = world.flats(row)
    found = classes(district, row, colouring).tolist()
    vacant = (world.households.tenure[here] == ABSENT).tolist()
    start = int(world.compounds.first_stairwell[row])
    stairs = range(start, start + int(world.compounds.stairwells[row]))
    first, flats = world.stairwells.first, world.stairwells.households
    size = 26 if len(found) <= 60 else 20 if len(found) <= 250 else 17 if len(found) <= 600 else 14
    across = LABEL + size * max(int(flats[stair]) for stair in stairs)
    columns = max(1, min((WIDTH + GAP) // (across + GAP), -(-len(stairs) // 6)))
    lines = -(-len(stairs) // columns)
    width, height = columns * (across + GAP) - GAP, lines * (size + 3) + 1
    said = [text(f"shade.{shade.key}", lang) for shade in SHADES[colouring]]
    parts = [_defs(colouring, lang, size)]
    stop = picked if picked is not None and here.start <= picked < here.stop else here.start
    vacant_said = text("grid.vacant", lang)
    for place, stair in enumerate(stairs):
        x, y = place // lines * (across + GAP), place % lines * (size + 3)
        chief = " ◆" if world.stairwells.chief[stair] else ""
        parts.append(
            f'<text class="stair" x="{x + LABEL - 6}" y="{y + 0.72 * size:g}" text-anchor="end">'
            f"{escape(text('grid.stairwell', lang, number=place + 1))}{chief}</text>"
        )
        for flat in range(int(flats[stair])):
            home = int(first[stair]) + flat
            i = home - here.start
            empty = "v" if vacant[i] else ""
            words = text("grid.flat", lang, row=home, stairwell=place + 1, flat=flat + 1, state=said[found[i]])
            if vacant[i]:
                words += vacant_said
            parts.append(
                f'<use class="flat{" picked" if home == picked else ""}" href="#flat-{found[i]}{empty}" '
                f'x="{x + LABEL + flat * size}" y="{y}" data-pick="household-{home}" role="button" '
                f'tabindex="{0 if home == stop else -1}"><title>{escape(words)}</title></use>'
            )
    if picked is not None and here.start <= picked < here.stop:
        parts.append(_ring(first, flats, stairs, lines, across, size, picked))
    label = escape(text("grid.label", lang, colouring=text(f"colouring.{colouring}", lang)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="flats" viewBox="0 -2 {width + 2} {height + 4}" '
        f'width="{width + 2}" height="{height + 4}" role="group" aria-label="{label}">{"".join(parts)}</svg>'
    )


def _ring(first: I8, flats: I8, stairs: range, lines: int, across: int, size: int, picked: int) -> str:
    """The mark around the picked flat, on top of its neighbours."""
    place, stair = next((i, s) for i, s in enumerate(stairs) if first[s] <= picked < first[s] + flats[s])
    x = place // lines * (across + GAP) + LABEL + (picked - int(first[stair])) * size
    y = place % lines * (size + 3)
    return f'<rect class="ring" x="{x - 1}" y="{y - 1}" width="{size}" height="{size}" rx="3"/>'


def _defs(colouring: str, lang: Lang, size: int) -> str:
    """Every class once, lived in and vacant, to be used by the cells."""
    return f"<defs>{''.join(_symbols(colouring, lang, size))}</defs>"


def _symbols(colouring: str, lang: Lang, size: int) -> Iterator[str]:
    for number, shade in enumerate(SHADES[colouring]):
        for vacant in (False, True):
            yield f'<g id="flat-{number}{"v" if vacant else ""}">{cell(shade, lang, size - 2, vacant=vacant)}</g>'


def cell(shade: Shade, lang: Lang, size: int, *, vacant: bool = False) -> str:
    """One cell of a class, `size` pixels wide."""
    mid = size / 2
    if vacant:
        box = (
            f'<rect x="1" y="1" width="{size - 2}" height="{size - 2}" rx="2" fill="var(--paper, #fff)" '
            f'stroke="{shade.colour}" stroke-width="1.6" stroke-dasharray="3 2"/>'
        )
        ink = shade.colour
    else:
        box = f'<rect width="{size}" height="{size}" rx="2" fill="{shade.colour}"/>'
        ink = "var(--paper, #fff)"
    stroke = f'fill="none" stroke="{ink}" stroke-width="{max(1.4, size / 10):.1f}"'
    kind, _, value = shade.mark.partition(" ")
    if kind == "tick":
        down, up = f"{0.2 * size:g} {0.22 * size:g}", f"{0.32 * size:g} {-0.42 * size:g}"
        box += f'<path d="M{0.25 * size:g} {mid:g}l{down}l{up}" {stroke}/>'
    elif kind == "cross":
        a, b = 0.3 * size, 0.7 * size
        box += f'<path d="M{a:g} {a:g}L{b:g} {b:g}M{b:g} {a:g}L{a:g} {b:g}" {stroke}/>'
    elif kind == "dot":
        box += f'<circle cx="{mid:g}" cy="{mid:g}" r="{0.16 * size:.1f}" fill="{ink}"/>'
    elif kind == "rise":
        tall, wide = (size - 4) * int(value) / 12, 0.28 * size
        place = f'x="{0.36 * size:.1f}" y="{size - 2 - tall:.1f}" width="{wide:.1f}" height="{tall:.1f}"'
        box += f'<rect {place} fill="{ink if vacant else "#000"}" opacity="0.55"/>'
    elif kind == "letter":
        letter = escape(text(f"letter.{shade.key}", lang))
        box += (
            f'<text x="{mid:g}" y="{0.76 * size:.1f}" text-anchor="middle" font-size="{0.72 * size:.1f}" '
            f'font-weight="600" fill="{ink}">{letter}</text>'
        )
    return box


def legend(colouring: str, lang: Lang) -> Markup:
    """The classes of a colouring and the outline of a vacant flat, as a list in XHTML."""
    size = 16
    entries = [(cell(shade, lang, size), text(f"shade.{shade.key}", lang)) for shade in SHADES[colouring]]
    entries.append((cell(Shade("", "currentColor"), lang, size, vacant=True), text("grid.vacant_flat", lang)))
    entries.append(('<path d="M8 3l5 5l-5 5l-5 -5z" fill="currentColor"/>', text("grid.chief", lang)))
    items = Markup("").join(
        Markup(
            '<li><svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}" aria-hidden="true">{}</svg> {}</li>'
        ).format(size, size, Markup(drawn), words)  # noqa: S704 - drawn here
        for drawn, words in entries
    )
    return Markup('<ul class="legend">{}</ul>').format(items)
