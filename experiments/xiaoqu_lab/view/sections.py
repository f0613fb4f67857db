"""The sections of the page of one compound as XHTML, for `Picture`: what is said and shown, without a browser."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from xiaoqu.explain_compound import steps
from xiaoqu.governance.law import Count, Matter, is_carried, is_valid
from xiaoqu_lab.texts import text
from xiaoqu_lab.view import accounts, answers, bands, portrait
from xiaoqu_lab.view.series import YEAR

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xiaoqu import District
    from xiaoqu.explain_compound import Votes
    from xiaoqu.explanation import Line
    from xiaoqu_lab.texts import Lang
    from xiaoqu_lab.view.accounts import Entry, Holder

SECTIONS: Any = (
    Environment(
        loader=PackageLoader("xiaoqu_lab.view", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    .get_template("compound.html.j2")
    .module
)


def words(lang: Lang) -> Callable[..., str]:
    """What the template calls for its texts."""
    return lambda key, **facts: text(key, lang, **facts)


def drawn(section: str, lang: Lang, *facts: object) -> str:
    """A section of the template."""
    return str(getattr(SECTIONS, section)(words(lang), *facts)).strip()


def head(district: District, row: int, lang: Lang) -> str:
    """Name, mode, state and terms."""
    month, t = district.month - 1, words(lang)
    when = t("compound.state_of", month=month) if month >= 0 else t("compound.before")
    about = f"{t('compound.number', row=row)} · {portrait.mode_said(district, row, lang)} · {when}"
    figures, place = portrait.figures(district, row, lang), portrait.place(district, row, lang)
    return drawn("head", lang, district.compound(row).name, about, figures, place)


class Told(NamedTuple):
    """A step in words."""

    number: int
    kind: str
    lines: list[str]


def steps_so_far(district: District, row: int, lang: Lang, chosen: int) -> str:
    """The plan, the dated steps, of which the `chosen`-th is marked, and what is on the agenda next."""
    t, agent = words(lang), district.compound(row)
    planned = t("compound.no_plan")
    if agent.planned_at is not None:
        planned = t("compound.planned", month=agent.planned_at, count=agent.attempts)
    told = [
        Told(number, step.kind, [sentence(line, lang) for line in step.lines])
        for number, step in enumerate(steps(district, row))
    ]
    return drawn("steps", lang, planned, told, chosen, portrait.agenda(district, row, lang))


def sentence(line: Line, lang: Lang) -> str:
    """An event: its label, and its value where it has one."""
    label = line.label_zh if lang == "zh" else line.label_en
    value = line.value if isinstance(line.value, str) else f"{line.value:.3g}"
    return f"{label} {value}".strip()


def household(district: District, row: int, lang: Lang, found: answers.Household | None, *, busy: bool) -> str:
    """The state of a household, and why it paid or not as far as that was found out; `busy` while it is."""
    t, world = words(lang), district.world
    stair = int(world.households.stairwell[row])
    entrance = int(world.compounds.first_stairwell[world.households.compound[row]])
    flat = row - int(world.stairwells.first[stair])
    where = t("compound.flat_place", stairwell=stair - entrance + 1, flat=flat + 1)
    told = []
    if found is not None:
        told = [(t("compound.why", month=found.now.month), answers.answer(found.now, lang))]
        if found.last_bill is not None:
            last = found.last_bill
            told.append((t("compound.why_last", month=last.month), answers.answer(last, lang)))
    waiting = t("compound.asking") if busy else "" if found is not None else t("compound.not_yet")
    title, state = t("compound.household", row=row), portrait.household(district, row, lang)
    return drawn("household", lang, row, title, where, state, told, waiting)


def decision(asked: answers.Question, found: answers.Decision | None, lang: Lang, *, busy: bool) -> str:
    """A step with its own figures, and what it was decided on as far as that was found out; `busy` while it is."""
    t = words(lang)
    heading, items = "", list[answers.Term]()
    if found is not None:
        key = "not_kept" if found.state is None else "found_before" if asked.changed else "found_after"
        heading = t(f"compound.{key}", month=found.state)
        most = answers.longest(found.lines)
        items = [answers.term(line, lang, most) for line in found.lines]
    return drawn(
        "decision",
        lang,
        asked.number,
        [sentence(line, lang) for line in asked.step.lines],
        [sentence(line, lang) for step in asked.others for line in step.lines],
        ballots(asked.cast, None if found is None else found.area, lang),
        heading,
        items,
        t("compound.asking") if busy else "",
    )


class Tally(NamedTuple):
    """What was got of a whole, and what the law needs."""

    label: str
    got: float
    need: float
    whole: float


def ballots(cast: Votes | None, area: Count | None, lang: Lang) -> list[Tally]:
    """Turn-out and votes against the law: owners, and areas where they are known."""
    if cast is None:
        return []
    t = words(lang)
    tallies = [Tally(t("compound.turnout"), cast.part, cast.quorum, cast.heads)]
    if area is not None:
        need = least_area(area) / 100
        tallies.append(Tally(t("compound.turnout_area"), area.area_part / 100, need, area.area / 100))
    tallies.append(Tally(t("compound.yes"), cast.yes, cast.majority, cast.part))
    if area is not None:
        need = least_yes_area(area, special=cast.special) / 100
        tallies.append(Tally(t("compound.yes_area"), area.area_yes / 100, need, area.area_part / 100))
    return tallies


def least_area(count: Count) -> int:
    """The least area that has to take part, in 0.01 m², as the law itself finds it: its owners are enough."""
    taking = count._replace(heads_part=count.heads)
    return bisect_left(range(count.area), True, key=lambda area: is_valid(taking._replace(area_part=area)))


def least_yes_area(count: Count, *, special: bool) -> int:
    """The least area that has to say yes, of that which takes part, if its owners are enough."""
    matter = Matter.BUSINESS_WITH_COMMON_PARTS if special else Matter.OTHER
    part, heads = count.area_part, count.heads_part
    all_take_part = Count(heads, part, heads, part, heads, 0)
    return bisect_left(range(part), True, key=lambda area: is_carried(matter, all_take_part._replace(area_yes=area)))


def money_keys(lang: Lang) -> Markup:
    """What the colours of the money stand for."""
    item = Markup('<li><i style="background:{}"></i>{}</li>')
    items = [item.format(bands.flow_colour(name, colour), text(f"entry.{name}", lang)) for name, colour in bands.FLOWS]
    return Markup('<ul class="keys">{}<li class="muted">{}</li></ul>').format(
        Markup("").join(items), text("compound.money", lang)
    )


class Row(NamedTuple):
    """A line of a statement: `kind` is opening, came, went or closing; one value a column."""

    key: str
    kind: str
    label: str
    values: list[str]


class Columns(NamedTuple):
    """A statement as a table."""

    heads: list[str]
    lines: list[Row]


def statements(entries: Sequence[Entry], month: int, lang: Lang) -> str:
    """Every account over the last 12 months and over one, and what passed them by."""
    t = words(lang)
    year, one = list(entries[-YEAR:]), [entry for entry in entries if entry.month == month]
    heads = [
        t("compound.year", first=year[0].month, last=year[-1].month).replace("-", "−"),
        t("compound.one_month", month=one[0].month).replace("-", "−"),
    ]
    tables: list[tuple[str, Columns]] = [
        (holder, Columns(heads, _lines(year, one, holder, lang))) for holder in accounts.HOLDERS
    ]
    sums = [accounts.beside(year), accounts.beside(one)]
    names = list(sums[0] | sums[1])
    lines = [
        Row(name, "beside", t(f"entry.{name}"), [portrait.yuan(found.get(name, 0)) for found in sums]) for name in names
    ]
    return drawn("statements", lang, [*tables, ("beside", Columns(heads, lines))] if lines else tables)


def _lines(year: list[Entry], one: list[Entry], holder: Holder, lang: Lang) -> list[Row]:
    t = words(lang)
    both = [accounts.statement(year, holder), accounts.statement(one, holder)]
    lines = [Row("opening", "opening", t("compound.opening"), [portrait.yuan(each.opening) for each in both])]
    for name in accounts.directions(holder):
        came, went = [each.came.get(name, 0) for each in both], [each.went.get(name, 0) for each in both]
        if any(came):
            key = f"entry.{name}.came" if name == "flow_margin" else f"entry.{name}"
            lines.append(Row(name, "came", t(key), [f"+{portrait.yuan(fen)}" if fen else "" for fen in came]))
        if any(went):
            values = [portrait.yuan(-fen) if fen else "" for fen in went]
            lines.append(Row(name, "went", t(f"entry.{name}"), values))
    return [*lines, Row("closing", "closing", t("compound.closing"), [portrait.yuan(each.closing) for each in both])]
