"""Factors: what varies in a design, and how a factor is read as a person states it.

    levers.triage = ["off", "on"]                            values, each as the model resolves it
    places.vacancy = { low = 0.1, high = 0.3, steps = 3 }    a span; without steps a sampler draws between its ends
    "off,on"   "0.1:0.3:3"   "0.1:0.3"                       the same as texts, for the command line
    "flip"                                                   a lever's other state

Every value is checked against the bounds that the model declares.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from xiaoqu.errors import InputError, Problem
from xiaoqu.toml_lines import toml_value
from xiaoqu_lab.complaints import Complaint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xiaoqu.parameters import Value
    from xiaoqu.scenario import Scenario

Kind = Literal["lever", "uncertainty"]
CHOSEN = ("levers.", "modes.", "campaign.")
"""Parameters that a programme chooses; all others are uncertainties unless a design says otherwise."""
FLIP = "flip"
"""A lever's other state: "on" where the scenario has it off, "off" where it has it on."""


@dataclass(frozen=True)
class Place:
    """Where something was stated."""

    file: str = ""
    line: int | None = None
    key: str = ""


@dataclass(frozen=True)
class Factor:
    """What varies.

    Attributes:
        key: the parameter.
        values: the values to try, as the model resolves them.
        span: lowest and highest value, where a sampler draws between them; None if only `values` are possible.
        whole: whether only whole numbers are possible.
    """

    key: str
    kind: Kind
    values: tuple[Value, ...]
    span: tuple[float, float] | None = None
    whole: bool = False

    def at(self, share: float) -> Value:
        """The value at a share in [0, 1] of the way through the span or through the list of values."""
        if self.span is None:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        low, high = self.span
        if self.whole:
            return int(low) + min(int(share * (high - low + 1)), int(high - low))
        return low + share * (high - low)


def kind_of(key: str) -> Kind:
    """Whether a parameter is a lever or an uncertainty, unless a design says so."""
    return "lever" if key.startswith(CHOSEN) else "uncertainty"


def expanded(scenario: Scenario, key: str, spec: object) -> list[tuple[str, object]]:
    """The factors that a key stands for: "levers.*" for every lever."""
    if key == "levers.*":
        return [(f"levers.{name}", spec) for name in scenario.get_section("levers")]
    return [(key, spec)]


_SPAN_TEXT = re.compile(r"([-+0-9.eE]+):([-+0-9.eE]+)(?::([0-9]{1,6}))?\Z")


def read_factor(
    scenario: Scenario,
    key: str,
    spec: object,
    kind: Kind,
    place: Place,
    problems: list[Problem],
    *,
    grid: bool,
) -> Factor | None:
    """A factor as it was stated: a list, a span, a text of either, or "flip".

    Args:
        scenario: the base, which knows what values a parameter may take.
        key: the parameter.
        spec: what was stated.
        kind: lever or uncertainty.
        place: where it was stated.
        problems: what is wrong with it is added here; then there is no factor.
        grid: whether the sampler tries listed values, so that a span needs steps.
    """
    if isinstance(spec, str) and spec == FLIP and key.startswith("levers.") and key in scenario:
        on = scenario.entry(key).on or 1.0
        return Factor(key, kind, (0.0, on) if scenario[key] == 0.0 else (scenario[key], 0.0))
    said = written(spec)
    if isinstance(spec, str):
        match = _SPAN_TEXT.match(spec.strip())
        if match:
            low, high, steps = match.groups()
            spec = {"low": low, "high": high} | ({"steps": int(steps)} if steps else {})
        else:
            spec = [item.strip() for item in spec.split(",")]
    raw = list(spec.values()) if isinstance(spec, dict) else list(spec) if isinstance(spec, list | tuple) else [spec]
    if key not in scenario:  # said once, whatever else is wrong with it
        if _resolved(scenario, key, next(iter(raw), ""), place, problems) is not None:
            problems.append(not_stated(key, place))
        return None
    if isinstance(spec, dict):
        return _span(scenario, key, spec, said, kind, place, problems, grid=grid)
    values = [_resolved(scenario, key, item, place, problems) for item in raw]
    if any(value is None for value in values):
        return None
    return Factor(key, kind, tuple(dict.fromkeys(value for value in values if value is not None)))


def not_stated(key: str, place: Place) -> Problem:
    """The complaint about a key that a mode of the user's own may have, and that the scenario does not state."""
    return Complaint("not_stated", place.file, place.line, key)


def written(spec: object) -> str:
    """What was stated as a person wrote it: a text as it is, else as in a design file."""
    return spec if isinstance(spec, str) else toml_value(spec)


def _span(
    scenario: Scenario,
    key: str,
    spec: Mapping[str, object],
    said: str,
    kind: Kind,
    place: Place,
    problems: list[Problem],
    *,
    grid: bool,
) -> Factor | None:
    steps = spec.get("steps")
    if not {"low", "high"} <= set(spec) <= {"low", "high", "steps"} or (grid and steps is None):
        problems.append(Complaint("span_form", place.file, place.line, key, said))
        return None
    if steps is not None and not (isinstance(steps, int) and 2 <= steps <= 10_000):
        problems.append(Complaint("span_steps", place.file, place.line, key, str(steps)))
        return None
    low, high = (_resolved(scenario, key, spec[end], place, problems) for end in ("low", "high"))
    if low is None or high is None:
        return None
    if isinstance(low, bool | str | tuple) or isinstance(high, bool | str | tuple):
        problems.append(Complaint("span_number", place.file, place.line, key))
        return None
    if low >= high:
        problems.append(Complaint("span_order", place.file, place.line, key, f"{low:g}:{high:g}"))
        return None
    whole = isinstance(low, int)
    values: tuple[Value, ...] = (low, high)
    if steps is not None:
        between = [low + (high - low) * i / (steps - 1) for i in range(steps)]
        values = tuple(dict.fromkeys(round(value) if whole else round(value, 12) for value in between))
    return Factor(key, kind, values, None if steps is not None else (low, high), whole)


def _resolved(scenario: Scenario, key: str, raw: object, place: Place, problems: list[Problem]) -> Value | None:
    """The value as the model resolves it; what is wrong with it goes to the problems, at its place."""
    try:
        value: Value = scenario.with_overrides({key: raw})[key]
    except InputError as error:
        problems += [replace(problem, file=place.file, line=place.line) for problem in error.problems]
        return None
    return value
