"""What will hold after the next start: the scenario, the seed, and what differs in the run and in the one beside it.

Levers change on the way, from the next month on; all else is there from the beginning, so it is planned here, shown
while it is planned, and comes into force at once and as a whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from xiaoqu.errors import InputError, Problem
from xiaoqu.layers import LEDGER
from xiaoqu.toml_lines import toml_value
from xiaoqu_lab.commands.run import MOST_SEED
from xiaoqu_lab.complaints import complain, whole

if TYPE_CHECKING:
    from xiaoqu.scenario import Scenario
    from xiaoqu_lab.view.session import Run, Session, Side


class Difference(NamedTuple):
    """One thing that the next start changes: on which side, which key, from what to what ("" for nothing)."""

    side: str
    key: str
    old: str
    new: str


class Plan:
    """What is planned for the next start, as it differs from the runs as they are."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.clear()

    def clear(self) -> None:
        """Plan nothing: the next start brings the same again."""
        self._other: tuple[Scenario, str] | None = None
        self._keeps = False  # whether what differs now stays with the other scenario
        self._seed: str | None = None
        self._changes: dict[Side, dict[str, str | None]] = {"a": {}, "b": {}}

    @property
    def base(self) -> Scenario:
        """The scenario without changes."""
        return self.session.a.base if self._other is None else self._other[0]

    @property
    def origin(self) -> str:
        """What the scenario is called in an address."""
        return self.session.origin if self._other is None else self._other[1]

    @property
    def seed(self) -> str:
        """The seed, as typed."""
        return str(self.session.a.seed) if self._seed is None else self._seed

    def changes(self, side: Side) -> dict[str, object]:
        """What will differ from the scenario: what differs now, unless it is another scenario, and what is planned."""
        planned = self._changes[side]
        now = self._now(side)
        kept = {key: planned.get(key, value) for key, value in now.items()}
        new = {key: value for key, value in planned.items() if key not in now}
        return {key: value for key, value in (kept | new).items() if value is not None}

    def kept(self, side: Side) -> dict[str, object]:
        """The changes that the run has and that stay."""
        return {key: value for key, value in self._now(side).items() if key not in self._changes[side]}

    def set(self, side: Side, key: str, value: str) -> None:
        """Plan a value.

        Raises:
            InputError: it would name a file, which is for those who sit at the machine.
        """
        value, now = value.strip(), self._now(side)
        if value == as_said(now.get(key, as_text(self.base, key))):
            self._changes[side].pop(key, None)
        elif value in ("", as_text(self.base, key)):
            self.drop(side, key)
        elif names_file(self.base, key):
            raise InputError([complain("page_file", key, value)])
        else:
            self._changes[side][key] = value

    def drop(self, side: Side, key: str) -> None:
        """Plan to go without a change."""
        if key in self._now(side):
            self._changes[side][key] = None
        else:
            self._changes[side].pop(key, None)

    def undo(self, side: Side, key: str) -> None:
        """Plan nothing about a key."""
        if key == "scenario":
            self._other, self._keeps, self._changes = None, False, {"a": {}, "b": {}}
        elif key == "seed":
            self._seed = None
        else:
            self._changes[side].pop(key, None)

    def set_seed(self, typed: str) -> None:
        """Plan a seed, as typed."""
        self._seed = None if typed.strip() == str(self.session.a.seed) else typed.strip()

    def choose(self, base: Scenario, origin: str) -> None:
        """Plan another scenario, as it is: what was changed belongs to the one before."""
        self._changes, self._keeps = {"a": {}, "b": {}}, False
        self._other = None if base == self.session.a.base and origin == self.session.origin else (base, origin)

    def settle(self, base: Scenario) -> None:
        """Plan the compounds of a ledger in the scenario as it stands; what was changed stays."""
        self._keeps = self._keeps or self._other is None
        self._other = (base, "")

    def differences(self) -> list[Difference]:
        """What the next start changes, in the order in which it is shown."""
        found = []
        if self._other is not None:
            found.append(Difference("a", "scenario", _called(self.session.a.base), _called(self.base)))
        if self._seed is not None:
            found.append(Difference("a", "seed", str(self.session.a.seed), self._seed))
        for side, run in self._runs():
            for key, value in self._changes[side].items():
                old = as_said(self._now(side).get(key, as_text(run.base, key)))
                found.append(Difference(side, key, old, as_text(self.base, key) if value is None else value))
        return found

    def problems(self) -> list[Problem]:
        """Everything that stands in the way of the next start, in the words of the command line."""
        found: list[Problem] = []
        whole(self.seed, "seed", 0, MOST_SEED, found)
        for side, _ in self._runs():
            try:
                self.base.with_overrides(self.changes(side))
            except InputError as error:
                found += [problem for problem in error.problems if problem not in found]
        return found

    def start(self) -> None:
        """Start again as planned.

        Raises:
            InputError: something stands in the way; nothing has then changed.
        """
        problems = self.problems()
        if problems:
            raise InputError(problems)
        second = None if self.session.b is None else self.changes("b")
        self.session.restart(self.base, int(self.seed), self.changes("a"), second, self.origin)
        self.clear()

    def _runs(self) -> list[tuple[Side, Run]]:
        sides: tuple[Side, ...] = ("a", "b")
        return list(zip(sides, self.session.runs, strict=False))

    def _now(self, side: Side) -> dict[str, object]:
        run = dict(self._runs()).get(side)
        return {} if run is None or not (self._other is None or self._keeps) else run.changes


def _called(scenario: Scenario) -> str:
    """What a scenario is called, with its ledger if it has one."""
    ledger = scenario.files.get(LEDGER)
    return scenario.name if ledger is None else f"{scenario.name} ({ledger.name})"


def as_text(scenario: Scenario, key: str) -> str:
    """A value of a scenario as `--set` takes it; "" where it has none."""
    if key not in scenario:
        return ""
    span = scenario.ranges.get(key)
    if span is not None:
        return f"{toml_value(span.low)} … {toml_value(span.high)}"
    return as_said(scenario[key])


def names_file(base: Scenario, key: str) -> bool:
    """Whether a value names a file, or could: such a value is for those who sit at the machine."""
    key = key.partition("@")[0]
    entry = base.baseline.entries.get(key)
    return key in base.files or (entry.unit == "path" if entry else key.rpartition(".")[2] == "file")


def as_said(value: object) -> str:
    """A value as `--set` takes it."""
    return value if isinstance(value, str) else toml_value(value)
