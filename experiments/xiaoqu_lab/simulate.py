"""Run a scenario once to look at, and many times to know how far to trust it.

The base run takes the seed as it is and every range at its midpoint; it gives the tables, the digest and the charts.
Replicate r of N takes the seed `seed + 1 + r` and draws each range anew (`Scenario.sample(seed, r)`), so that the
spread covers both chance and what the reports leave open. Of a replicate only the targets and the headline curves are
kept: memory stays flat however many there are.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from xiaoqu import District
from xiaoqu.errors import InputError
from xiaoqu.outcomes import mode_outcomes
from xiaoqu_lab import targets

if TYPE_CHECKING:
    from collections.abc import Callable

    from xiaoqu.columns import F8
    from xiaoqu.scenario import Scenario

    type Progress = Callable[["Step"], None]

SEED, REPLICATES = 1, 20
FEWEST = 2
"""Replicates without which there is no interval."""
BEFORE = 12
"""Months before the campaign that tables for targets and charts begin with."""
HEADLINES = ("collection_rate_12m", "resolution_rate", "satisfaction", "adoption")
"""The curves kept of every replicate; adoption is the share of compounds that have left the initial mode."""


class Step(NamedTuple):
    """How far a simulation has come: `run` 0 is the base run, replicates count from 1; `done`, `total` are months."""

    run: int
    month: int
    done: int
    total: int


class Replicate(NamedTuple):
    """What is kept of a replicate: its seed, the inputs it drew, target values by id, headline curves by name."""

    seed: int
    sampled: dict[str, float]
    targets: dict[str, float]
    curves: dict[str, F8]


class Result(NamedTuple):
    """What a simulation brought.

    Attributes:
        district: the base run, at its last month.
        table: its outcomes by month, from twelve months before the campaign on.
        comparisons: one a target, reported versus simulated.
    """

    scenario: Scenario
    seed: int
    months: int
    district: District
    digest: str
    table: pd.DataFrame
    replicates: tuple[Replicate, ...]
    comparisons: tuple[targets.Comparison, ...]

    @property
    def campaign(self) -> pd.DataFrame:
        """The base run's outcomes from month 0 on, one row a month."""
        return self.table[self.table["month"] >= 0].reset_index(drop=True)

    def band(self, name: str) -> tuple[F8, F8] | None:
        """The 5 % and 95 % points of a headline curve, one value a row of `table`; None for too few replicates."""
        points = self._points(name, (targets.LOW, targets.HIGH))
        return None if points is None else (points[0], points[1])

    def middle(self, name: str) -> F8 | None:
        """The median of a headline curve over the replicates, where there is a band."""
        points = self._points(name, (targets.MIDDLE,))
        return None if points is None else points[0]

    def _points(self, name: str, points: tuple[float, ...]) -> list[F8] | None:
        if len(self.replicates) < FEWEST:
            return None
        # A month in which no replicate has a value has no band either.
        curves = np.ma.masked_invalid(np.array([replicate.curves[name] for replicate in self.replicates]))
        return [
            np.array([np.percentile(column.compressed(), point) if column.count() else np.nan for column in curves.T])
            for point in points
        ]


def simulate(
    scenario: Scenario,
    *,
    seed: int = SEED,
    months: int | None = None,
    replicates: int = REPLICATES,
    progress: Progress | None = None,
) -> Result:
    """Run a scenario and its replicates, and compare with the reported figures.

    Args:
        scenario: what `load_scenario` returns.
        seed: seed of the base run.
        months: months of the campaign; the scenario's own number by default.
        replicates: how many; without any, targets are compared with the base run alone.
        progress: called after every month.

    Raises:
        InputError: if a target asks for an outcome that is not declared.
    """
    problems = targets.unknown_outcomes(scenario)
    if problems:
        raise InputError(problems)
    months = int(scenario["calendar.months"]) if months is None else months
    spin_up = int(scenario["calendar.spin_up"])
    total = (replicates + 1) * (spin_up + months)

    def run(number: int, sampled: Scenario, run_seed: int) -> tuple[District, pd.DataFrame]:
        done = number * (spin_up + months)
        if progress:
            progress(Step(number, -spin_up, done, total))
        district = District(sampled, rng=run_seed)
        for month in range(months):
            if progress:
                progress(Step(number, month, done + spin_up + month, total))
            district.step()
        return district, monthly_table(district)

    district, table = run(0, scenario, seed)
    kept = []
    for number in range(replicates):
        sampled = scenario.sample(seed, number)
        kept.append(_kept(scenario, sampled, *run(number + 1, sampled, seed + 1 + number)))
        gc.collect()  # a district is a web of references: without this several of them wait in memory
    comparisons = []
    for target in scenario.targets:
        values = [replicate.targets[target.id] for replicate in kept] or [targets.measure(target, table)]
        reason = targets.hindrance(scenario, target, months)
        few = len(values) < FEWEST
        if few and target.relation == "about":
            reason = reason or "runs"  # one run does not say whether a figure is within reach
        found = targets.compare(target, values, reason)
        comparisons.append(found._replace(low=np.nan, high=np.nan, percentile=np.nan) if few else found)
    return Result(scenario, seed, months, district, district.digest(), table, tuple(kept), tuple(comparisons))


def monthly_table(district: District) -> pd.DataFrame:
    """Outcomes by month from twelve months before the campaign on, with `adoption` (see HEADLINES) as last column.

    Cumulative figures begin with the campaign, as in `District.outcomes()`.
    """
    before = district.outcomes(first=-BEFORE)
    table = pd.concat([before[before["month"] < 0], district.outcomes()], ignore_index=True)
    initial = mode_outcomes(district.world.modes)[0]
    return table.assign(adoption=1.0 - table[initial])


def _kept(scenario: Scenario, sampled: Scenario, district: District, table: pd.DataFrame) -> Replicate:
    return Replicate(
        district.seed,
        {key: float(sampled[key]) for key in scenario.ranges},
        {target.id: targets.measure(target, table) for target in scenario.targets},
        {name: table[name].to_numpy(dtype=float) for name in HEADLINES},
    )
