"""What one visitor has before them: a run, perhaps a second one beside it, and what is chosen to be looked at.

A run stands at its newest month; earlier months are shown from what it has recorded. The whole state of an earlier
month is got by simulating it again: same scenario and seed, same state. Nothing here is shared between visitors.
"""

from __future__ import annotations

import time
from copy import deepcopy
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from xiaoqu import District
from xiaoqu.errors import InputError, Problem
from xiaoqu_lab.cli import in_own_mode
from xiaoqu_lab.complaints import complain, whole
from xiaoqu_lab.texts import LANGUAGES
from xiaoqu_lab.view.feed import KINDS
from xiaoqu_lab.view.map import STATES, Places, places
from xiaoqu_lab.view.series import FIRST, Series

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from xiaoqu.columns import F8
    from xiaoqu.scenario import Scenario
    from xiaoqu_lab.texts import Lang
    from xiaoqu_lab.view.sharing import Link

    type Changes = Mapping[str, object]

LAST = 1199
"""The last month that a run can come to, as on the command line."""
SPEEDS = (1, 2, 4, 12, 24)
"""Months a second."""
FRAME_SECONDS = 0.1
"""How long months are simulated before what came of them is shown."""
KEPT_EVERY, KEPT = 12, 4
"""On the way to an earlier month the state of every so many months is kept, and of these the last few."""

Theme = Literal["auto", "light", "dark"]
Side = Literal["a", "b"]
CHOICES: dict[str, tuple[object, ...]] = {
    "side": ("a", "b"),
    "lang": LANGUAGES,
    "theme": ("auto", "light", "dark"),
    "speed": SPEEDS,
    "state": tuple(STATES),
    "kind": ("", *KINDS),
}
"""What can be chosen to be looked at, and among what."""


class Run:
    """One run: a scenario with changes, a seed, and the district at its newest month.

    Attributes:
        base: the scenario without the changes made on the page.
        changes: what differs from it, as `--set` takes it; `levers.patrols@12` counts from month 12 on.
        seed: of all draws; two runs of one seed differ by their scenarios alone.
        district: the model in the state of its newest month.
        series: what curves and key figures are drawn from.
    """

    def __init__(self, base: Scenario, changes: Changes, seed: int) -> None:
        """Build the district of a scenario with changes.

        Raises:
            InputError: everything that is wrong with the changes.
        """
        self.base, self.changes, self.seed = base, dict(changes), seed
        self.district = District(base.with_overrides(changes) if changes else base, rng=seed)
        targets = self.district.scenario.targets
        self.series = Series(self.district, frozenset(target.outcome for target in targets))
        self._earlier: District | None = None
        self._kept: list[District] = []
        self._digest: tuple[tuple[int, str], str] | None = None

    @property
    def scenario(self) -> Scenario:
        """The scenario with all changes, those made during the run with their month."""
        scenario: Scenario = self.district.scenario
        return scenario

    @property
    def newest(self) -> int:
        """The newest month; -1 is the state before the campaign."""
        return self.district.month - 1

    @cached_property
    def places(self) -> Places:
        """Where the marks of its compounds lie on the map."""
        return places(self.district)

    def step(self) -> None:
        """Simulate a month."""
        self.district.step()
        self.series.extend(self.district)

    def change(self, key: str, value: object) -> None:
        """Give a lever another value from the next month on.

        Raises:
            InputError: the value is none that the lever can have.
        """
        self.district.change({key: value})
        self.changes[f"{key}@{self.district.month}"] = value

    def recorded(self, month: int) -> F8:
        """What is kept of a month: a row a quantity of `xiaoqu.tally`, a column a compound."""
        return self.district.world.tally.history[month - FIRST]

    def digest(self) -> str:
        """The digest of the newest month's state, worked out once a state."""
        if self._digest is None or self._digest[0] != (self.newest, self.scenario.hash):
            self._digest = ((self.newest, self.scenario.hash), self.district.digest())
        return self._digest[1]

    def at(self, month: int) -> District:
        """The district in the state of a month: the newest as it stands, an earlier one simulated again.

        A district is built in the state of month -1, so of the months before that there is none.
        """
        month = max(month, -1)
        if month == self.newest:
            return self.district
        if self._earlier is not None and self._earlier.scenario != self.scenario:
            self._earlier, self._kept = None, []
        if self._earlier is None or self._earlier.month > month + 1:
            before = [kept for kept in self._kept if kept.month <= month + 1]
            self._earlier = deepcopy(before[-1]) if before else District(self.scenario, rng=self.seed)
            self._kept = before
        while self._earlier.month <= month:
            self._earlier.step()
            if self._earlier.month % KEPT_EVERY == 0:
                self._kept = [*self._kept[1 - KEPT :], deepcopy(self._earlier)]
        return self._earlier


class Session:
    """What one visitor has before them. Every method that changes it says so to `changed`.

    Attributes:
        a, b: the run, and the one compared with it; both stand at the same month, unless the second is catching up.
        shown: the month that is looked at.
        goal: the month at which running stops by itself.
        error: what is wrong with what was asked last.
        broken: what failed within a month, in a mode of the user's own: such a run does not go on.
    """

    def __init__(
        self, base: Scenario, seed: int, lang: Lang, changed: Callable[[], None], changes: Changes, origin: str = ""
    ) -> None:
        """Begin before the campaign; `origin` is what the scenario is called in an address.

        Raises:
            InputError: everything that is wrong with the changes.
        """
        self.changed = changed
        self.origin = origin
        self.lang: Lang = lang
        self.theme: Theme = "auto"
        self.a = Run(base, changes, seed)
        self.b: Run | None = None
        self.shown = self.a.newest
        self.playing = False
        self.jumping = False
        self.speed = SPEEDS[2]
        self.goal = self.end
        self.compound: int | None = None
        self.household: int | None = None
        self.side: Side = "a"
        self.state = "collection"
        self.kind = ""
        self.error: InputError | None = None
        self.broken: InputError | None = None
        self._owed = 0.0
        self._then: Callable[[], None] | None = None

    @classmethod
    def following(cls, link: Link, changed: Callable[[], None]) -> Session:
        """What an address asks for.

        Raises:
            InputError: everything that is wrong with its changes.
        """
        session = cls(link.base(), link.seed, link.lang, changed, link.changes, link.scenario)
        session.b = None if link.second is None else Run(session.a.base, link.second, link.seed)
        session._go(link)
        return session

    def follow(self, link: Link) -> None:
        """Show what an address of before asks for: place, month and language.

        The runs go on as they are, whatever was changed in them since; those of another scenario or seed begin again.

        Raises:
            InputError: everything that is wrong with its changes; all then stays as it was.
        """
        if link.scenario != self.origin or link.seed != self.a.seed:
            base = link.base() if link.scenario else self.a.base
            self.restart(base, link.seed, link.changes, link.second, link.scenario)
        self.lang = link.lang
        self._go(link)
        self.changed()

    def _go(self, link: Link) -> None:
        """Go where an address points, through months that are not simulated yet."""
        self.compound = self.household = None
        if self.newest < link.newest:
            self._head_for(link.newest, lambda: self._arrive(link))
        else:
            self._arrive(link)

    def _head_for(self, month: int, then: Callable[[], None] | None = None) -> None:
        """Simulate up to a month, as quickly as can be, and then do something."""
        self.shown, self.goal, self.playing, self.jumping, self._then = self.newest, month, True, True, then

    def _arrive(self, link: Link) -> None:
        self.playing, self.shown = False, link.month
        compounds, households = len(self.a.district.compounds), len(self.a.district.households)
        if link.compound is not None and link.compound < compounds:
            self.compound = link.compound
            self.household = link.household if (link.household or 0) < households else None

    @property
    def runs(self) -> tuple[Run, ...]:
        """The runs before the visitor."""
        return (self.a,) if self.b is None else (self.a, self.b)

    @property
    def run(self) -> Run:
        """The run that map, events and pages of compounds show, and that changes are for."""
        return self.a if self.b is None or self.side == "a" else self.b

    @property
    def newest(self) -> int:
        """The newest month that both runs have come to."""
        return min(run.newest for run in self.runs)

    @property
    def end(self) -> int:
        """The last month of the scenario's own calendar; a run may go on beyond it."""
        return int(self.a.scenario["calendar.months"]) - 1

    @property
    def is_past(self) -> bool:
        """Whether an earlier month than the newest is shown."""
        return self.shown < self.newest

    def step(self) -> None:
        """Show the next month: the next recorded one while the past is shown, else one simulated now."""
        self.pause_at(None)
        self._on(1)
        self.changed()

    def back(self) -> None:
        """Show the month before."""
        self.pause_at(max(FIRST, self.shown - 1))
        self.changed()

    def play(self) -> None:
        """Let months go by, from the shown one on, until the scenario's last; from there on until the last possible."""
        self.pause_at(None)
        if self.shown < LAST:
            self.playing, self.jumping, self._owed = True, False, 0.0
            self.goal = self.end if self.shown < self.end else LAST
        self.changed()

    def pause(self) -> None:
        """Stop."""
        self.pause_at(None)
        self.changed()

    def pause_at(self, month: int | None) -> None:
        """Stop, wherever it was to go, at a month; None stays at the one that is shown."""
        self.playing, self.error, self._then = False, None, None
        self.shown = self.shown if month is None else month

    def jump(self, month: int) -> None:
        """Show a month: a recorded one at once, a later one as soon as it is simulated."""
        month = min(max(month, FIRST), LAST)
        self.pause_at(min(month, self.newest))
        if month > self.newest:
            self._head_for(month)
        self.changed()

    def jump_to(self, asked: str) -> None:
        """Show the month that was typed, or say what is wrong with it."""
        problems: list[Problem] = []
        month = whole(asked.strip(), "month", 0, LAST, problems)
        self.error = InputError(problems) if problems else None
        if problems:
            self.changed()
        else:
            self.jump(month)

    def tick(self, seconds: float) -> None:
        """Let the months of some seconds go by; the page asks for it when it has drawn what came before."""
        if not self.playing:
            return
        self._owed = min(self._owed + self.speed * seconds, float(self.speed))
        most = LAST if self.jumping else int(self._owed)
        self._owed -= min(self._owed, most)
        self._on(most, self.goal)
        if self.shown >= self.goal:
            self._stop()
        self.changed()

    def _stop(self) -> None:
        """Be where it was to go, and do what was to be done there."""
        self.playing, then, self._then = False, self._then, None
        if then is not None:
            then()

    def _on(self, months: int, goal: int = LAST) -> None:
        """Go on by at most so many months, to the goal at most, and for no longer than a frame may take.

        One month goes by however long it takes: who asks for a step gets it on the slowest machine.
        """
        until = time.perf_counter() + FRAME_SECONDS
        try:
            if self.broken is not None:
                raise self.broken
            while months > 0 and self.shown < goal:
                if self.shown == self.newest:
                    for run in self.runs:
                        if run.newest == self.shown:  # one that is further on waits for the other
                            run.step()
                self.shown += 1
                months = months - 1 if time.perf_counter() < until else 0
        except Exception as error:  # noqa: BLE001 - what is not a mode of the user's own is raised again
            self.error = self.broken = self.broken or in_own_mode(error)
            self.playing = False

    def change(self, key: str, value: object) -> None:
        """Give a lever of the run that is shown another value from the next month on.

        Raises:
            InputError: the value is none that the lever can have, or the second run is not where the first is.
        """
        if self.run.newest < self.a.newest:  # it would differ from an earlier month on than is meant
            raise InputError([complain("second_behind", key)])
        self.run.change(key, value)
        self.changed()

    def restart(self, base: Scenario, seed: int, a: Changes, b: Changes | None, origin: str) -> None:
        """Begin again, with everything that is said or with nothing of it.

        Args:
            base: the scenario without changes.
            seed: of both runs.
            a: the changes of the run.
            b: those of the run compared with it, if there is to be one.
            origin: what the scenario is called in an address.

        Raises:
            InputError: everything that is wrong; the runs then stay as they were.
        """
        first = Run(base, a, seed)
        second = None if b is None else Run(base, b, seed)
        self.a, self.b, self.origin = first, second, origin
        self.broken = None
        self.pause_at(first.newest)
        self.compound = self.household = None
        self.changed()

    def compare(self) -> None:
        """Set a second run beside the first: the same so far, to be changed from here on, or restarted otherwise.

        The months of the first are simulated again for the second; the month that was shown is shown again after that.

        Raises:
            InputError: the first does not go on, so that the second could not either.
        """
        if self.broken is not None:
            raise self.broken
        shown, newest = self.shown, self.a.newest
        self.pause_at(None)
        self.b, self.side = Run(self.a.base, self.a.changes, self.a.seed), "b"
        if self.newest < newest:
            self._head_for(newest, lambda: self.pause_at(shown))
            self.tick(0.0)
        self.changed()

    def alone(self) -> None:
        """Take the second run away."""
        self.b, self.side = None, "a"
        self.changed()

    def open(self, compound: int | None, household: int | None = None) -> None:
        """Open the page of a compound, or go back to the map."""
        if compound is None or 0 <= compound < len(self.a.district.compounds):
            self.compound, self.household = compound, household
        self.changed()

    def choose(self, **chosen: object) -> None:
        """Choose what is looked at, among `CHOICES`; what comes from the page and is none of them is let be."""
        for name, value in chosen.items():
            if value in CHOICES.get(name, ()):
                setattr(self, name, value)
        self.changed()
