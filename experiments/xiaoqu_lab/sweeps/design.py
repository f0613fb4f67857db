"""Designs: the question, the factors, how they are sampled and how often each point is repeated.

A factor is a lever (what a programme can choose) or an uncertainty (what nobody controls). How a design comes from a
file, the command line or Python, and what is wrong with one, is in design_reading.py.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from xiaoqu.outcomes import mode_outcomes
from xiaoqu.toml_lines import toml_value
from xiaoqu_lab.sweeps import samplers
from xiaoqu_lab.sweeps.factors import Factor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xiaoqu.parameters import Value
    from xiaoqu.scenario import Scenario
    from xiaoqu_lab.sweeps.samplers import Row, Sampler

AS_STATED = "as stated"
"""The label of the point that differs in nothing from the base."""
OUTCOMES = (
    "collection_rate_12m",
    "collection_rate",
    "collection_rate_households",
    "problems",
    "reported",
    "settled",
    "resolution_rate",
    "backlog",
    "satisfaction",
    "trust",
    "billed",
    "public_money",
    "volunteer_hours",
    "visits",
    "assemblies",
    "turnout",
    "transitions",
    "exits",
    "replacements",
)
"""What a run keeps by month unless its design says otherwise; the shares of the modes are always kept."""


@dataclass(frozen=True)
class Point:
    """One scenario of a design.

    Attributes:
        differences: what is stated over the base, by parameter.
        label: what differs from the base, as a person writes it; `AS_STATED` if nothing does.
    """

    number: int
    values: Row
    differences: tuple[tuple[str, Value], ...]
    label: str

    @property
    def key(self) -> str:
        """A name that depends on the differences alone."""
        return _digest(self.differences)[:16]


@dataclass(frozen=True)
class Design:
    """What a sweep is to run; equal designs have equal `key`s.

    Attributes:
        scenario: the base that every point differs from.
        months: months of each run.
        ranges: "draw" resolves every range anew in each replicate, "middle" takes its midpoint.
        numbers: "common" gives replicate r the same draws at every point, "independent" gives each point its own.
        outcomes: what is kept by month, the one in question first.
        events: kinds of event that are kept; ("all",) keeps every one.
        before: months of the spin-up, counted back from the campaign, whose outcomes are kept as well.
        stated: the rows, where they are not for the sampler to make: those of a list, or of a design kept in a store.
    """

    scenario: Scenario
    factors: tuple[Factor, ...]
    name: str = "sweep"
    question_en: str = ""
    question_zh: str = ""
    sampler: Sampler = "full_factorial"
    samples: int = 64
    replicates: int = 20
    seed: int = 1
    months: int = 24
    ranges: Literal["draw", "middle"] = "draw"
    numbers: Literal["common", "independent"] = "common"
    outcomes: tuple[str, ...] = OUTCOMES
    events: tuple[str, ...] = ("mode",)
    before: int = 0
    stated: tuple[Row, ...] = field(default=(), repr=False)

    @cached_property
    def base(self) -> Row:
        """The value of each factor in the scenario as it is."""
        return tuple(self.scenario[factor.key] for factor in self.factors)

    @property
    def rows_count(self) -> int:
        """Rows that the sampler gives; some may be the same point."""
        return len(self.stated) or samplers.count(self.sampler, self.factors, self.base, self.samples)

    @property
    def most_runs(self) -> int:
        """The number of runs, at most: rows that are the same point are run once."""
        return self.rows_count * self.replicates

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The sampler's rows, in order."""
        return self.stated or tuple(samplers.rows(self.sampler, self.factors, self.base, self.samples, self.seed))

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """The distinct points, in the order in which the rows name them first."""
        keys = [factor.key for factor in self.factors]
        drawn = self.scenario.ranges
        points = []
        for number, row in enumerate(dict.fromkeys(self.rows)):
            cells = list(zip(keys, row, self.base, strict=True))
            # A range that is a factor is fixed at every point, also where its value is the middle of the range.
            stated = sorted((key, value) for key, value, base in cells if value != base or key in drawn)
            changes = [f"{key}={shown(value)}" for key, value, base in cells if value != base]
            points.append(Point(number, row, tuple(stated), ", ".join(changes) or AS_STATED))
        return tuple(points)

    @property
    def reference(self) -> int:
        """The point that others are compared with: the scenario as stated if the design has it, else the first."""
        return next((point.number for point in self.points if point.values == self.base), 0)

    @cached_property
    def point_of_row(self) -> tuple[int, ...]:
        """The number of the point of each row."""
        numbers = {point.values: point.number for point in self.points}
        return tuple(numbers[row] for row in self.rows)

    @property
    def runs(self) -> int:
        """Runs: distinct points times replicates."""
        return len(self.points) * self.replicates

    @cached_property
    def kept(self) -> tuple[str, ...]:
        """The outcomes kept by month, shares of the modes included."""
        modes = ("unmanaged", *(name for name in self.scenario["modes.allowed"] if name != "unmanaged"))
        return tuple(dict.fromkeys((*self.outcomes, *mode_outcomes(modes))))

    def at(self, point: Point) -> Scenario:
        """The scenario of a point."""
        return self.scenario.with_overrides(dict(point.differences)) if point.differences else self.scenario

    def seed_of(self, point: Point, replicate: int) -> int:
        """The seed of a run: the one that `xiaoqu run` gives the same replicate, unless numbers are independent."""
        if self.numbers == "common":
            return self.seed + 1 + replicate
        return int(_digest((self.seed, point.key, replicate))[:15], 16)

    def with_replicates(self, replicates: int) -> Design:
        """The same design, each point repeated another number of times."""
        grown = replace(self, replicates=replicates)
        # The points do not depend on it, and may be many.
        for name in ("rows", "points", "base"):
            grown.__dict__[name] = getattr(self, name)
        return grown

    def described(self) -> dict[str, Any]:
        """The design as plain values: what a store keeps of it."""
        return {
            "name": self.name,
            "question_en": self.question_en,
            "question_zh": self.question_zh,
            "scenario": self.scenario.name,
            "scenario_title_en": self.scenario.title("en"),
            "scenario_title_zh": self.scenario.title("zh"),
            "scenario_hash": self.scenario.hash,
            "sampler": self.sampler,
            "samples": self.samples,
            "replicates": self.replicates,
            "seed": self.seed,
            "months": self.months,
            "ranges": self.ranges,
            "numbers": self.numbers,
            "outcomes": list(self.outcomes),
            "events": list(self.events),
            "before": self.before,
            "base": list(self.base),
            "factors": [
                {
                    "key": factor.key,
                    "kind": factor.kind,
                    "values": list(factor.values),
                    "span": factor.span,
                    "whole": factor.whole,
                }
                for factor in self.factors
            ],
            "points": [list(point.values) for point in self.points],
            "rows": list(self.point_of_row),
        }


def restored(scenario: Scenario, described: Mapping[str, Any]) -> Design:
    """The design that `Design.described` describes."""
    plain = [
        "name",
        "question_en",
        "question_zh",
        "sampler",
        "samples",
        "replicates",
        "seed",
        "months",
        "ranges",
        "numbers",
    ]
    factors = tuple(
        Factor(
            factor["key"],
            factor["kind"],
            tuple(map(_frozen, factor["values"])),
            tuple(factor["span"]) if factor["span"] else None,
            factor["whole"],
        )
        for factor in described["factors"]
    )
    points = [tuple(map(_frozen, point)) for point in described["points"]]
    return Design(
        scenario,
        factors,
        **{name: described[name] for name in plain},
        outcomes=tuple(described["outcomes"]),
        events=tuple(described["events"]),
        before=described.get("before", 0),  # a plan of an earlier day does not say
        stated=tuple(points[number] for number in described["rows"]),
    )


def _frozen(value: Any) -> Value:
    """A value as JSON gives it back, with lists made fit for keys."""
    frozen: Value = tuple(value) if isinstance(value, list) else value
    return frozen


def shown(value: Value) -> str:
    """A value for a label."""
    return f"{value:.6g}" if isinstance(value, float) else toml_value(value) if isinstance(value, tuple) else str(value)


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
