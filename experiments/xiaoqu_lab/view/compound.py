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
from markupsafe import escape

from xiaoqu.explain_compound import steps
from xiaoqu_lab.texts import text
from xiaoqu_lab.view import accounts, answers, bands, grid, portrait, sections
from xiaoqu_lab.view.picture import Picture
from xiaoqu_lab.view.roving import Roving

if TYPE_CHECKING:
    from collections.abc import Callable

    from xiaoqu import District
    from xiaoqu_lab.texts import Lang

STYLE = Path(__file__).with_name("compound.css")
STILL = 0.2
"""Seconds that nothing changes before a month is simulated again: while months play, nobody waits for an answer."""


@solara.component
def CompoundPage(
    district: District,
    month: int,
    row: int,
    lang: Lang,
    household: int | None,
    on_household: Callable[[int | None], None],
    on_close: Callable[[], None],
) -> None:
    """Everything the page shows of one compound, in the state of `district`.

    Args:
        district: in the state of the month that is shown.
        month: that month. A district that is stepped stays the same object: the month says that something is new.
        row: the compound.
        lang: of all texts.
        household: row of the household that is asked about; None for none.
        on_household: called with the row of a household that is picked.
        on_close: called to go back to the district.
    """
    asking = solara.use_memo(answers.Asking, [])
    solara.use_effect(lambda: asking.stop, [])
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

    def show(key: str, drawn: str) -> None:
        Picture(drawn, on_pick=pick, label=text(key, lang))

    with solara.Div(classes=["compound-page"]):
        solara.Style(STYLE)
        show("compound.place", sections.head(district, row, lang))
        _heading("compound.modes", lang)
        show("compound.modes", bands.modes(district, row, lang))
        _heading("compound.flats", lang)
        Flats(district, month, row, lang, household, pick, asking)
        _heading("compound.steps", lang)
        Steps(district, month, row, lang, step.value[1] if step.value[0] == row else -1, pick, asking)
        _heading("compound.accounts", lang)
        Accounts(district, month, row, lang)
        _heading("compound.bodies", lang)
        show("compound.bodies", sections.drawn("bodies", lang, portrait.bodies(district, row, lang)))
        _heading("compound.matters", lang)
        show("compound.matters", sections.drawn("matters", lang, portrait.matters(district, row, lang)))


def _began(district: District, row: int, month: int) -> int:
    """The step by which a mode began in a month; -1 if it was so from the beginning."""
    found = enumerate(steps(district, row))
    return next((number for number, step in found if step.kind == "mode" and step.month == month), -1)


def _heading(key: str, lang: Lang) -> None:
    solara.HTML(tag="h2", unsafe_innerHTML=str(escape(text(key, lang))))


def _hint(key: str, lang: Lang) -> None:
    solara.HTML(tag="p", classes=["muted"], unsafe_innerHTML=str(escape(text(key, lang))))


@solara.component
def Flats(
    district: District,
    month: int,
    row: int,
    lang: Lang,
    household: int | None,
    pick: Callable[[str], None],
    asking: answers.Asking,
) -> None:
    """The flats by stairwell, and beside them the household that is asked about."""
    colouring = solara.use_reactive(grid.COLOURINGS[0])
    here = district.world.flats(row)
    picked = household if household is not None and here.start <= household < here.stop else None
    flats = grid.draw(district, row, colouring.value, lang, picked)
    label = text("grid.label", lang, colouring=text(f"colouring.{colouring.value}", lang))
    choice = sections.drawn("colourings", lang, grid.COLOURINGS, colouring.value)
    with solara.Div(classes=["two"]):
        with solara.Div(classes=["keep"]):
            Picture(choice, on_pick=colouring.set, label=text("compound.colour_by", lang))
            with Roving():
                Picture(flats, on_pick=pick, label=label)
            solara.HTML(tag="div", unsafe_innerHTML=str(grid.legend(colouring.value, lang)))
        with solara.Div(classes=["pane"]):
            if picked is None:
                _hint("compound.pick", lang)
            else:
                Household(district, month, picked, lang, asking)


@solara.component
def Household(district: District, month: int, row: int, lang: Lang, asking: answers.Asking) -> None:
    """The state of a household, and why it paid or not."""

    def ask(kind: type[District]) -> answers.Household | None:
        if month < 0:
            return None
        return asking.household(district.scenario, district.seed, month, row, district.digest(), kind)

    asked = use_answer(asking, "household", ask, (district, month, row))
    drawn = sections.household(district, row, lang, asked.found, busy=asked.busy)
    Picture(drawn, label=text("compound.household", lang, row=row))


class Asked(NamedTuple):
    """What came of asking: the answer, or None while it is on its way."""

    busy: bool
    found: Any


def use_answer(
    asking: answers.Asking, topic: str, ask: Callable[[type[District]], Any], about: tuple[object, ...]
) -> Asked:
    """Ask in the background once nothing has changed for a moment; a question that is overtaken is dropped.

    Raises:
        Exception: whatever else asking raised.
    """

    async def later() -> tuple[object, ...] | None:
        kind = asking.turn(topic)
        await asyncio.sleep(STILL)
        try:
            return about, await asyncio.to_thread(ask, kind)
        except answers.OvertakenError:
            return None

    task = solara.lab.use_task(later, dependencies=[about])
    if task.finished and task.value is not None and task.value[0] == about:
        return Asked(busy=False, found=task.value[1])
    return Asked(busy=True, found=None)


@solara.component
def Steps(
    district: District,
    month: int,  # noqa: ARG001 - the month says that something is new
    row: int,
    lang: Lang,
    chosen: int,
    pick: Callable[[str], None],
    asking: answers.Asking,
) -> None:
    """The plan and the dated steps, and beside them why one of them fell so."""
    drawn = sections.steps_so_far(district, row, lang, chosen)
    with solara.Div(classes=["two"]):
        with solara.Div(classes=["keep"]):
            Picture(drawn, on_pick=pick, label=text("compound.steps", lang))
        with solara.Div(classes=["pane"]):
            if 0 <= chosen < len(steps(district, row)):
                Decision(district, row, lang, chosen, asking)
            else:
                _hint("compound.steps_hint", lang)


@solara.component
def Decision(district: District, row: int, lang: Lang, number: int, asking: answers.Asking) -> None:
    """Why a step of a compound fell so: its own figures, and what it was decided on."""
    question = answers.question(district, row, number)
    asked = use_answer(asking, "decision", lambda kind: answers.decision(question, kind), (district, row, number))
    drawn = sections.decision(question, asked.found, lang, busy=asked.busy)
    Picture(drawn, label=text("compound.decision", lang))


@solara.component
def Accounts(district: District, month: int, row: int, lang: Lang) -> None:
    """The money month by month, and the statements of the last 12 months and of one month."""
    picked = solara.use_reactive(-999)
    entries = accounts.books(district, row)
    chosen = picked.value if any(entry.month == picked.value for entry in entries) else month

    def pick(key: str) -> None:
        picked.set(int(key.removeprefix("month-")))

    with solara.Div():
        with Roving():
            Picture(bands.money(entries, lang, chosen), on_pick=pick, label=text("compound.money", lang))
        solara.HTML(tag="div", unsafe_innerHTML=str(sections.money_keys(lang)))
        Picture(sections.statements(entries, chosen, lang), label=text("compound.accounts", lang))
