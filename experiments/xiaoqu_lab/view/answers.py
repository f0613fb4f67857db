"""Why: a household's payment and a compound's decisions, term by term, for the page.

The state of a month is got by simulating it again, away from the district that goes on meanwhile: `Asking` keeps the
last months asked about, so that the second question about a month costs nothing.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from xiaoqu import District
from xiaoqu.explain_compound import steps, votes
from xiaoqu.explain_household import CHANCE, DRAW, LOGIT, PAYS, Payday

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xiaoqu.explain_compound import Step, Votes
    from xiaoqu.explanation import Explanation, Line
    from xiaoqu.governance.law import Count
    from xiaoqu.scenario import Scenario
    from xiaoqu_lab.texts import Lang

KEPT = 3
"""Months that are kept to be asked about."""
CHANGES = ("mode", "committee elected", "committee ended", "firm replaced")
"""Kinds of step after which the compound is another: what they were decided on is the state before."""


SHOWN = frozenset(label for label, _ in (LOGIT, CHANCE, DRAW, PAYS))
"""Lines that an answer shows in other ways: below the terms, as a bar, and in the summary."""


class Term(NamedTuple):
    """One line of an answer, in one language. `adds` is in logits, None where the line is no term of a sum.

    `share` is the length of its bar, from -1 to 1, against the longest of the answer; `depth` how far it is set in.
    """

    label: str
    value: str
    weight: str
    adds: float | None
    share: float
    depth: int


class Answer(NamedTuple):
    """An explanation in one language: the terms of a sum, what follows from them, and the summary."""

    title: str
    terms: tuple[Term, ...]
    rest: tuple[Term, ...]
    summary: str
    month: int
    logit: float | None
    chance: float | None
    draw: float | None


class Household(NamedTuple):
    """The answer for the month that is shown, and the one for the month of the last bill if that was an earlier one."""

    now: Explanation
    last_bill: Explanation | None


class Question(NamedTuple):
    """A step of a compound that is asked about.

    Attributes:
        number: which of `xiaoqu.explain_compound.steps` it is.
        others: the rest of its month.
        cast: the ballot, if it was one.
        changed: whether it changed the compound. Then it is looked at in the state of the month before, on which it was
            decided; what changed nothing is looked at in the state of its own month.
    """

    scenario: Scenario
    seed: int
    row: int
    number: int
    step: Step
    others: tuple[Step, ...]
    cast: Votes | None
    changed: bool


class Decision(NamedTuple):
    """Why a step of a compound fell so.

    Attributes:
        area: the count of the ballot with areas, where the compound still remembers it.
        state: the month at whose end the lines were found; None before the campaign, which is not kept.
        lines: what ends a body, what an assembly would have found, and what stood in each mode's way.
    """

    asked: Question
    area: Count | None
    state: int | None
    lines: tuple[Line, ...]


class OvertakenError(Exception):
    """Nobody waits for this answer any more."""


class Asking:
    """What one visitor asks about months: of each topic the newest question, those before it are overtaken."""

    def __init__(self) -> None:
        self._paydays: list[tuple[Scenario, int, Payday]] = []
        self._lock = Lock()
        self._asked: dict[str, int] = {}

    def turn(self, topic: str) -> type[District]:
        """Begin a question of a topic; what is returned simulates for it, and no further once it is overtaken.

        Such a district raises `OvertakenError` at its next month.
        """
        number = self._asked[topic] = self._asked.get(topic, 0) + 1

        class Awaited(District):
            def begin_month(district) -> None:  # noqa: N805 - `self` is who asks
                if self._asked[topic] != number:
                    raise OvertakenError
                super().begin_month()

        return Awaited

    def stop(self) -> None:
        """Nobody waits for any answer."""
        for topic in self._asked:
            self._asked[topic] += 1

    def household(
        self, scenario: Scenario, seed: int, month: int, row: int, digest: str, kind: type[District] = District
    ) -> Household:
        """Why a household paid or not in a month at whose end the district had a digest; `kind` simulates it.

        Raises:
            ValueError: the month is before the campaign, or there is no such household.
            OvertakenError: it was overtaken.
        """
        with self._lock:
            payday = self._payday(scenario, seed, month, kind)
            now = payday.why(row, digest)
            last = payday.last_bill(row)
            if now.lines and 0 <= last < month:
                earlier = self._payday(scenario, seed, last, kind)
                return Household(now, earlier.why(row, earlier.digest))
            return Household(now, None)

    def _payday(self, scenario: Scenario, seed: int, month: int, kind: type[District]) -> Payday:
        for known, sown, payday in self._paydays:
            if payday.month == month and sown == seed and known == scenario:
                return payday
        payday = Payday(scenario, seed, month, kind)
        self._paydays = [*self._paydays[1 - KEPT :], (scenario, seed, payday)]
        return payday


def question(district: District, row: int, number: int) -> Question:
    """What has to be known of a step, the `number`-th of `xiaoqu.explain_compound.steps`, to ask why it fell so."""
    found = steps(district, row)
    step = found[number]
    others = tuple(other for place, other in enumerate(found) if other.month == step.month and place != number)
    event = district.world.events[step.number] if step.number >= 0 else None
    changed = step.kind in CHANGES or (event is not None and event.subject.endswith(": carried"))
    cast = votes(event) if event is not None else None
    return Question(district.scenario, district.seed, row, number, step, others, cast, changed)


def decision(asked: Question, kind: type[District] = District) -> Decision:
    """Why a step of a compound fell so; costs a run of the months before it, by `kind`.

    Raises:
        OvertakenError: it was overtaken.
    """
    step, row = asked.step, asked.row
    state = step.month - 1 if asked.changed else step.month
    if state < -1:
        return Decision(asked, None, None, ())
    again = kind(asked.scenario, rng=asked.seed)
    for _ in range(state + 1):
        again.step()
    lines = tuple(line for line in again.why(compound=row).lines if not line.dated)
    if asked.changed:
        again.step()
    return Decision(asked, _area(again, row, step.month, asked.cast), state, lines)


def _area(district: District, row: int, month: int, cast: Votes | None) -> Count | None:
    """The count of a ballot with its areas, if it was the compound's last one of the month."""
    remembered = district.compound(row).last_assembly
    if cast is None or remembered is None or remembered[0] != month:
        return None
    count = remembered[2].count
    return count if (count.heads_part, count.heads_yes) == (cast.part, cast.yes) else None


def answer(explanation: Explanation, lang: Lang) -> Answer:
    """An explanation in one language."""
    chinese = lang == "zh"
    most = longest(explanation.lines)
    terms = tuple(term(line, lang, most) for line in explanation.lines if line.contribution is not None)
    rest = tuple(
        term(line, lang, most)._replace(value=f"{line.value:,.2f}")  # amounts and a factor
        for line in explanation.lines
        if line.contribution is None and line.label_en not in SHOWN
    )
    return Answer(
        explanation.title_zh if chinese else explanation.title_en,
        terms,
        rest,
        explanation.summary_zh if chinese else explanation.summary_en,
        explanation.month,
        sum(term.adds for term in terms if term.adds is not None) if terms else None,
        explanation.chance,
        explanation.draw,
    )


def longest(lines: Sequence[Line]) -> float:
    """The largest contribution, whatever its sign; 1 if nothing contributes."""
    return max((abs(line.contribution) for line in lines if line.contribution is not None), default=0.0) or 1.0


def term(line: Line, lang: Lang, most: float) -> Term:
    """A line in one language; its bar is measured against `most`."""
    label = line.label_zh if lang == "zh" else line.label_en
    words = label.lstrip(" \u3000")
    value = line.value if isinstance(line.value, str) else _number(line.value)
    weight = "" if line.weight is None else _number(line.weight)
    share = 0.0 if line.contribution is None else line.contribution / most
    return Term(words, value, weight, line.contribution, share, int(words != label))


def _number(value: float) -> str:
    """Three digits, thousands whole, what is next to nothing as nothing."""
    if abs(value) < 5e-5:
        return "0"
    said = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return said.replace("-", "−")
