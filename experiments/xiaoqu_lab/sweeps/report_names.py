"""What a report calls things: outcomes, factors and their values, steps and points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xiaoqu.outcomes import BY_NAME
from xiaoqu_lab.sweeps.design import Design, shown
from xiaoqu_lab.sweeps.report_numbers import unit_name
from xiaoqu_lab.texts import Lang, mode_name, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xiaoqu.parameters import Entry, Value
    from xiaoqu_lab.sweeps.measures import Measure

MOST_CHANGES = 3
"""Values that a point's label names."""
MOST_NAMED = 300
"""Characters of a name or an error that came from elsewhere."""


class Names:
    """Names in one language for what a design varies and keeps."""

    def __init__(self, design: Design, lang: Lang) -> None:
        self.design, self.lang = design, lang
        self._entries = {factor.key: design.scenario.entry(factor.key) for factor in design.factors}

    def say(self, key: str, **facts: object) -> str:
        """A text of the report."""
        return text(f"report.{key}", self.lang, **facts)

    def outcome(self, name: str) -> str:
        """What an outcome is called; a mode's share by the mode."""
        declared = BY_NAME.get(name)
        if declared:
            return declared.zh if self.lang == "zh" else f"{name.replace('_', ' ')}: {declared.en}"
        return mode_name(name.removeprefix("share_"), self.lang)

    def how(self, measure: Measure) -> str:
        """How its months become one number."""
        return self.say("how.month", month=measure.how) if measure.how.isdigit() else self.say(f"how.{measure.how}")

    def parameter(self, key: str) -> str:
        """What a parameter is called, as its entry says."""
        return cut(self._words(self.design.scenario.entry(key)) or key)

    def factor(self, key: str) -> str:
        """What a factor is called; the label of a package as it is."""
        words = self._words(self._entries[key]) if key in self._entries else ""
        section, mode, *rest = [*key.split("."), "", ""]
        if words and section == "modes" and any(rest):  # "fee by area": whose?
            words = self.say("value_of", name=mode_name(mode, self.lang), value=words)
        return cut(words or key)

    def _words(self, entry: Entry) -> str:
        return entry.zh if self.lang == "zh" else entry.en

    def value(self, key: str, value: Value) -> str:
        """A value as a person reads it."""
        if isinstance(value, bool):
            return self.say("yes" if value else "no")
        if key.startswith("levers."):
            if value == 0.0:
                return self.say("off")
            if value == self._entries[key].on:
                return self.say("on")
        return f"{value:.4g}" if isinstance(value, float) and 1e-3 < abs(value) < 1e3 else cut(shown(value))

    def step(self, key: str, start: Value, end: Value) -> str:
        """From which value to which."""
        unit = self._entries[key].unit
        told = self.say("step", start=self.value(key, start), end=self.value(key, end))
        plain = not isinstance(start, int | float) or isinstance(start, bool) or key.startswith("levers.")
        return told if plain or unit in ("", "share", "flag") else f"{told} {unit_name(unit, self.lang)}"

    def point(self, number: int) -> str:
        """A point by what it changes."""
        point = self.design.points[number]
        changes: Sequence[tuple[str, Value]] = point.differences
        if not changes:
            return self.say("as_stated")
        if self.design.points[self.design.reference].differences:  # then what it shares with the scenario says little
            changes = list(zip((factor.key for factor in self.design.factors), point.values, strict=True))
        said = [
            self.say("value_of", name=self.factor(key), value=self.value(key, value))
            for key, value in changes[:MOST_CHANGES]
        ]
        if len(changes) > MOST_CHANGES:
            said.append(self.say("and_more", count=len(changes) - MOST_CHANGES))
        return self.say("answer.item_join").join(said)

    def package(self, label: str) -> str:
        """A point by the label that the design gave it."""
        return next((self.point(point.number) for point in self.design.points if point.label == label), label)


def cut(words: str) -> str:
    """Words from elsewhere, shortened where they run on."""
    return words if len(words) <= MOST_NAMED else words[: MOST_NAMED - 1] + "…"
