"""What a compound has been through, over its months: the band of its modes, and the money that came and went."""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from xiaoqu_lab.drawing import picture, round_numbers
from xiaoqu_lab.texts import Lang, mode_name, text
from xiaoqu_lab.view.accounts import directions
from xiaoqu_lab.view.map import shape
from xiaoqu_lab.view.palette import mode_colour

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xiaoqu import District
    from xiaoqu_lab.view.accounts import Entry

WIDTH, LEFT, RIGHT = 1100, 64, 12
BAND, MONEY = 34, 190
"""Heights."""
LETTER = {"en": 7.2, "zh": 14.0}
"""About what a letter takes, to know whether a name fits in."""

FLOWS: tuple[tuple[str, str], ...] = (
    ("flow_dues", "#0072B2"),
    ("flow_public_revenue", "#009E73"),
    ("flow_subsidy", "#56B4E9"),
    ("flow_donations", "#CC79A7"),
    ("flow_service", "#D55E00"),
    ("flow_margin", "#E69F00"),
    ("flow_repairs_account", "#7A5195"),
    ("flow_savings", "#888888"),
)
"""What moves the operating account, each with its colour."""
ACCOUNT_SIGNS = directions("account")


class Spell(NamedTuple):
    """A time under one mode: from its first month until before the month `end`."""

    month: int
    end: int
    mode: str
    why: str


def spells(district: District, row: int) -> list[Spell]:
    """The modes of a compound over the months that are kept, without a gap; the last one is still in force."""
    first, end = district.world.tally.months[0], district.month
    begun = [(first, district.world.modes[0], "")]
    begun += [(spell.month, spell.mode, spell.why) for spell in district.compound(row).spells]
    ends = [after[0] for _, after in pairwise(begun)] + [end]
    told = [Spell(max(first, month), stop, mode, why) for (month, mode, why), stop in zip(begun, ends, strict=True)]
    return [spell for spell in told if spell.month < spell.end]


def _x(month: float, first: int, end: int) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * (month - first) / max(1, end - first)


def _axis(first: int, end: int, y: float, lang: Lang) -> Iterator[str]:
    """Months below a picture, and the line where the campaign begins."""
    for month in round_numbers(first, end, 12):
        if first <= month <= end and month == int(month):
            x = _x(month, first, end)
            said = f"{int(month)}".replace("-", "−")
            yield f'<text class="tick" x="{x:.1f}" y="{y}" text-anchor="middle">{said}</text>'
    yield f'<text class="tick" x="0" y="{y}">{escape(text("compound.month_axis", lang))}</text>'


def modes(district: District, row: int, lang: Lang) -> str:
    """The band of modes as SVG; a spell that began in a month that is kept is picked by "spell-MONTH"."""
    first, end = district.world.tally.months[0], max(district.month, district.world.tally.months[0] + 1)
    parts = []
    for spell in spells(district, row):
        code = district.world.modes.index(spell.mode)
        x, wide = _x(spell.month, first, end), _x(spell.end, first, end) - _x(spell.month, first, end)
        name = mode_name(spell.mode, lang, district.mode_titles)
        said = text("compound.spell", lang, mode=name, since=spell.month, until=spell.end - 1).replace("-", "−")
        label = (
            f'<text x="{x + 26:.1f}" y="22" class="on">{escape(name)}</text>'
            if wide > 32 + LETTER[lang] * len(name)
            else ""
        )
        glyph = f'<path d="{shape(code, x + 13, 17, 6)}" fill="var(--paper, #fff)"/>' if wide > 26 else ""
        parts.append(
            f'<g class="spell" data-pick="spell-{spell.month}" role="button" tabindex="0" aria-label="{escape(said)}">'
            f'<title>{escape(said)}</title><rect x="{x + 0.5:.1f}" y="2" width="{max(1.0, wide - 1):.1f}" height="30" '
            f'rx="3" fill="{mode_colour(code)}"/>{glyph}{label}</g>'
        )
    start = _x(0, first, end)
    parts.append(f'<path class="start" d="M{start:.1f} 0V{BAND + 2}"/>')
    parts += _axis(first, end, BAND + 16, lang)
    return picture(WIDTH, BAND + 20, parts, "modes", text("compound.modes", lang))


def money(entries: Sequence[Entry], lang: Lang, picked: int | None = None) -> str:
    """What came into and went out of the operating account, a column a month, picked by "month-N"; and its balance."""
    first, end = entries[0].month, entries[-1].month + 1
    came = [sum(max(0, _signed(entry, name)) for name, _ in FLOWS) for entry in entries]
    went = [sum(max(0, -_signed(entry, name)) for name, _ in FLOWS) for entry in entries]
    balance = [entry.balances["account"] for entry in entries]
    high = max(*came, *balance, 0)
    low = max(*went, *(-fen for fen in balance), 0)
    scale = MONEY / max(1, high + low)
    nil = 6 + high * scale
    parts = []
    for value in round_numbers(-low / 100, high / 100, 5):
        y = nil - 100 * value * scale
        parts.append(f'<path class="rule" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        parts.append(
            f'<text class="tick" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">'
            f"{f'{value:,.0f}'.replace('-', '−')}</text>"
        )
    for place, entry in enumerate(entries):
        x, wide = _x(entry.month, first, end), (WIDTH - LEFT - RIGHT) / (end - first)
        above, below, boxes = nil, nil, []
        for name, colour in FLOWS:
            tall = _signed(entry, name) * scale
            if tall > 0:
                above -= tall
            y = above if tall > 0 else below
            if tall < 0:
                below -= tall
            if abs(tall) > 0.05:
                size = f'width="{max(1.0, 0.62 * wide):.1f}" height="{abs(tall):.1f}"'
                boxes.append(f'<rect x="{x + 0.19 * wide:.1f}" y="{y:.1f}" {size} fill="{flow_colour(name, colour)}"/>')
        said = text(
            "compound.month_money",
            lang,
            month=entry.month,
            came=came[place] / 100,
            went=went[place] / 100,
            balance=balance[place] / 100,
        ).replace("-", "−")
        chosen = " chosen" if entry.month == picked else ""
        parts.append(
            f'<g class="month{chosen}" data-pick="month-{entry.month}" role="button" aria-label="{escape(said)}" '
            f'tabindex="{0 if entry.month == (entries[-1].month if picked is None else picked) else -1}">'
            f"<title>{escape(said)}</title>"
            f'<rect class="catch" x="{x:.1f}" y="2" width="{wide:.1f}" height="{MONEY + 8}"/>{"".join(boxes)}</g>'
        )
    points = " ".join(
        f"{_x(entry.month + 0.5, first, end):.1f},{nil - fen * scale:.1f}"
        for entry, fen in zip(entries, balance, strict=True)
    )
    parts.append(f'<polyline class="balance" points="{points}"/>')
    parts += _axis(first, end, MONEY + 26, lang)
    return picture(WIDTH, MONEY + 32, parts, "money", text("compound.money", lang))


def flow_colour(name: str, colour: str) -> str:
    """The colour of a flow: the page's, else its own."""
    return f"var(--{name.replace('_', '-')},{colour})"


def _signed(entry: Entry, name: str) -> int:
    """A flow as the operating account sees it."""
    return ACCOUNT_SIGNS[name] * entry.flows[name]
