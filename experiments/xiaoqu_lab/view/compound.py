"""The page of one compound: what it is, how it came to its mode, where its money went, who lives there, and why.

All that is shown is drawn from the district as it stands; only what is asked costs a run of the months before.

Ids and classes for tests: .compound-page, #compound-name, #close; svg.modes .spell; #step-<n> (with data-kind),
#decision; svg.flats .flat (data-pick household-<row>), #colour-<colouring>, ul.legend; #household, .dice (data-chance,
data-draw, data-logit), .terms .term .adds, #logit; svg.money .month, .statement (with data-holder); .card (with
data-body); #matters.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import solara
import solara.lab
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from xiaoqu.explain import steps
from xiaoqu_lab.texts import text
from xiaoqu_lab.view import accounts, answers, bands, grid, portrait
from xiaoqu_lab.view.picture import Picture
from xiaoqu_lab.view.roving import Roving

if TYPE_CHECKING:
    from collections.abc import Callable

    from xiaoqu import District
    from xiaoqu.explain import Line, Votes
    from xiaoqu.governance.law import Count
    from xiaoqu_lab.texts import Lang
    from xiaoqu_lab.view.accounts import Entry, Holder

STYLE = Path(__file__).with_name("compound.css")
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
STILL = 0.2
"""Seconds that nothing changes before a month is simulated again: while months play, nobody waits for an answer."""
YEAR = 12


class Asked(NamedTuple):
    """What came of asking: the answer, or None while it is on its way."""

    busy: bool
    found: Any


@solara.component
def CompoundPage(
    district: District,
    row: int,
    lang: Lang,
    household: int | None,
    on_household: Callable[[int | None], None],
    on_close: Callable[[], None],
) -> None:
    """Everything the page shows of one compound, in the state of `district`.

    Args:
        district: in the month that is shown.
        row: the compound.
        lang: of all texts.
        household: row of the household that is asked about; None for none.
        on_household: called with the row of a household that is picked.
        on_close: called to go back to the district.
    """
    asking = solara.use_memo(answers.Asking, [])
    step = solara.use_reactive((row, -1))  # a step belongs to its compound

    def pick(key: str) -> None:
        kind, _, value = key.partition("-")
        if kind == "close":
            on_close()
        elif kind == "household":
            on_household(int(value))
        elif kind == "step":
            step.set((row, int(value)))
        elif kind == "spell":
            step.set((row, _began(district, row, int(value))))

    t = _words(lang)
    with solara.Div(classes=["compound-page"]):
        solara.Style(STYLE)
        Picture(_head(district, row, lang), on_pick=pick, label=t("compound.place"))
        _heading(t("compound.modes"))
        Picture(bands.modes(district, row, lang), on_pick=pick, label=t("compound.modes"))
        _heading(t("compound.flats"))
        Flats(district, row, lang, household, pick, asking)
        _heading(t("compound.steps"))
        Steps(district, row, lang, step.value[1] if step.value[0] == row else -1, pick)
        _heading(t("compound.accounts"))
        Accounts(district, row, lang)
        _heading(t("compound.bodies"))
        Picture(_drawn("bodies", lang, portrait.bodies(district, row, lang)), on_pick=pick, label=t("compound.bodies"))
        _heading(t("compound.matters"))
        Picture(_drawn("matters", lang, portrait.matters(district, row, lang)), label=t("compound.matters"))


def _words(lang: Lang) -> Callable[..., str]:
    """What the template calls for its texts."""
    return lambda key, **facts: text(key, lang, **facts)


def _drawn(section: str, lang: Lang, *facts: object) -> str:
    """A section of the template."""
    return str(getattr(SECTIONS, section)(_words(lang), *facts)).strip()


def _heading(words: str) -> None:
    solara.HTML(tag="h2", unsafe_innerHTML=str(escape(words)))


def _began(district: District, row: int, month: int) -> int:
    """The step by which a mode began in a month; -1 if it was so from the beginning."""
    found = steps(district, row)
    return next((n for n, step in enumerate(found) if step.kind == "mode" and step.month == month), -1)


def _head(district: District, row: int, lang: Lang) -> str:
    """Name, mode, state and terms."""
    month, t = district.month - 1, _words(lang)
    when = t("compound.state_of", month=month) if month >= 0 else t("compound.before")
    about = f"{t('compound.number', row=row)} · {portrait.mode_said(district, row, lang)} · {when}"
    figures, place = portrait.figures(district, row, lang), portrait.place(district, row, lang)
    return _drawn("head", lang, district.compound(row).name, about, figures, place)


@solara.component
def Flats(
    district: District,
    row: int,
    lang: Lang,
    household: int | None,
    pick: Callable[[str], None],
    asking: answers.Asking,
) -> None:
    """The flats by stairwell, and beside them the household that is asked about."""
    colouring = solara.use_reactive(grid.COLOURINGS[0])
    t, c = _words(lang), district.world.compounds
    here = range(int(c.first[row]), int(c.first[row] + c.households[row]))
    picked = household if household is not None and household in here else None
    with solara.Div(classes=["two"]):
        with solara.Div():
            Picture(
                _drawn("colourings", lang, grid.COLOURINGS, colouring.value),
                on_pick=colouring.set,
                label=t("compound.colour_by"),
            )
            with Roving():
                Picture(
                    grid.draw(district, row, colouring.value, lang, picked),
                    on_pick=pick,
                    label=t("grid.label", colouring=t(f"colouring.{colouring.value}")),
                )
            solara.HTML(tag="div", unsafe_innerHTML=str(grid.legend(colouring.value, lang)))
        with solara.Div(classes=["pane"]):
            if picked is None:
                solara.HTML(tag="p", classes=["muted"], unsafe_innerHTML=str(escape(t("compound.pick"))))
            else:
                Household(district, picked, lang, asking)


@solara.component
def Household(district: District, row: int, lang: Lang, asking: answers.Asking) -> None:
    """The state of a household, and why it paid or not."""
    month, t = district.month - 1, _words(lang)

    def ask() -> answers.Household | None:
        if month < 0:
            return None
        return asking.household(district.scenario, district.seed, month, row, district.digest())

    asked = use_answer(ask, (id(district), month, row))
    told = []
    if asked.found is not None:
        now, last = asked.found
        told = [(t("compound.why", month=now.month), answers.answer(now, lang))]
        if last is not None:
            told.append((t("compound.why_last", month=last.month), answers.answer(last, lang)))
    h, first = district.world.households, district.world.stairwells.first
    stair = int(h.stairwell[row])
    at_home = int(district.world.compounds.first_stairwell[h.compound[row]])
    where = t("compound.flat_place", stairwell=stair - at_home + 1, flat=row - int(first[stair]) + 1)
    waiting = t("compound.asking") if asked.busy else "" if asked.found is not None else t("compound.not_yet")
    state = portrait.household(district, row, lang)
    title = t("compound.household", row=row)
    Picture(_drawn("household", lang, title, where, state, told, waiting), label=title)


def use_answer(ask: Callable[[], Any], about: tuple[object, ...]) -> Asked:
    """Ask in the background once nothing has changed for a moment; a question that is overtaken is dropped."""

    async def later() -> tuple[object, ...]:
        await asyncio.sleep(STILL)
        return about, await asyncio.to_thread(ask)

    task = solara.lab.use_task(later, dependencies=[about])
    if task.finished and task.value is not None and task.value[0] == about:
        return Asked(busy=False, found=task.value[1])
    return Asked(busy=not task.error, found=None)


@solara.component
def Steps(district: District, row: int, lang: Lang, chosen: int, pick: Callable[[str], None]) -> None:
    """The plan and the dated steps, and beside them why one of them fell so."""
    t, agent = _words(lang), district.compound(row)
    found = steps(district, row)
    planned = t("compound.no_plan") if agent.planned_at is None else t("compound.planned", month=agent.planned_at)
    if agent.planned_at is not None:
        planned += (" " if lang == "en" else "") + t("compound.attempts", count=agent.attempts)
    told = [
        Told(number, step.kind, [_sentence(line, lang) for line in step.lines]) for number, step in enumerate(found)
    ]
    with solara.Div(classes=["two"]):
        Picture(
            _drawn("steps", lang, planned, told, chosen, portrait.agenda(district, row, lang)),
            on_pick=pick,
            label=t("compound.steps"),
        )
        with solara.Div(classes=["pane"]):
            if 0 <= chosen < len(found):
                Decision(district, row, lang, chosen)
            else:
                solara.HTML(tag="p", classes=["muted"], unsafe_innerHTML=str(escape(t("compound.steps_hint"))))


class Told(NamedTuple):
    """A step in words."""

    number: int
    kind: str
    lines: list[str]


def _sentence(line: Line, lang: Lang) -> str:
    label = line.label_zh if lang == "zh" else line.label_en
    value = line.value if isinstance(line.value, str) else f"{line.value:.3g}"
    return f"{label} {value}".strip()


@solara.component
def Decision(district: District, row: int, lang: Lang, number: int) -> None:
    """Why a step of a compound fell so: its own figures, and what it was decided on."""
    t = _words(lang)
    question = answers.question(district, row, number)
    about = (id(district), row, number, question.step.month)
    asked = use_answer(lambda: answers.decision(question), about)
    found, items = "", list[answers.Term]()
    if asked.found is not None:
        key = "not_kept" if asked.found.state is None else "found_before" if question.changed else "found_after"
        found = t(f"compound.{key}", month=asked.found.state)
        most = answers.longest(asked.found.lines)
        items = [answers.term(line, lang, most) for line in asked.found.lines]
    area = None if asked.found is None else asked.found.area
    Picture(
        _drawn(
            "decision",
            lang,
            [_sentence(line, lang) for line in question.step.lines],
            [_sentence(step.lines[0], lang) for step in question.others],
            _ballots(question.cast, area, lang),
            found,
            items,
            t("compound.asking") if asked.busy else "",
        ),
        label=t("compound.decision"),
    )


class Tally(NamedTuple):
    """What was got of a whole, and what the law needs."""

    label: str
    got: float
    need: float
    whole: float


def _ballots(cast: Votes | None, area: Count | None, lang: Lang) -> list[Tally]:
    """Turn-out and votes against the law: owners, and areas where they are known."""
    if cast is None:
        return []
    t = _words(lang)
    tallies = [Tally(t("compound.turnout"), cast.part, cast.quorum, cast.heads)]
    if area is not None:
        tallies.append(Tally(t("compound.turnout_area"), area.area_part / 100, area.area * 2 / 300, area.area / 100))
    tallies.append(Tally(t("compound.yes"), cast.yes, cast.majority, cast.part))
    if area is not None:
        need = cast.majority / max(1, cast.part)
        share = 0.75 if need > 0.7 else 0.5
        tallies.append(
            Tally(t("compound.yes_area"), area.area_yes / 100, share * area.area_part / 100, area.area_part / 100)
        )
    return tallies


@solara.component
def Accounts(district: District, row: int, lang: Lang) -> None:
    """The money month by month, and the statements of the last 12 months and of one month."""
    t = _words(lang)
    picked = solara.use_reactive(-999)
    entries = accounts.books(district, row)
    month = picked.value if any(entry.month == picked.value for entry in entries) else entries[-1].month
    one = [entry for entry in entries if entry.month == month]
    with solara.Div():
        with Roving():
            Picture(
                bands.money(entries, lang, month),
                on_pick=lambda key: picked.set(int(key.partition("-")[2])),
                label=t("compound.money"),
            )
        solara.HTML(tag="div", unsafe_innerHTML=str(_keys(lang)))
        Picture(_drawn("statements", lang, _statements(entries[-YEAR:], one, lang)), label=t("compound.accounts"))


def _keys(lang: Lang) -> Markup:
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


def _statements(year: list[Entry], one: list[Entry], lang: Lang) -> list[tuple[str, Columns]]:
    """Every account over both spans, and what passed them by."""
    t = _words(lang)
    heads = [
        t("compound.year", first=year[0].month, last=year[-1].month).replace("-", "−"),
        t("compound.one_month", month=one[0].month).replace("-", "−"),
    ]
    tables = [(holder, Columns(heads, _lines(year, one, holder, lang))) for holder in accounts.HOLDERS]
    sums = [accounts.beside(year), accounts.beside(one)]
    names = list(sums[0] | sums[1])
    lines = [
        Row(name, "beside", t(f"entry.{name}"), [portrait.yuan(found.get(name, 0)) for found in sums]) for name in names
    ]
    return [*tables, ("beside", Columns(heads, lines))] if lines else list(tables)


def _lines(year: list[Entry], one: list[Entry], holder: Holder, lang: Lang) -> list[Row]:
    t = _words(lang)
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
