"""Compare: a scenario with itself, some values changed, replicate by replicate with the same draws.

Both runs of a pair have the same seed and the same drawn ranges, and every draw is keyed by what it is for: they differ
in what the change brings about and in nothing else.
"""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from xiaoqu_lab.sweeps.design import OUTCOMES
from xiaoqu_lab.sweeps.design_reading import make_design
from xiaoqu_lab.sweeps.intervals import Interval, of_mean
from xiaoqu_lab.sweeps.sweep import sweep

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from xiaoqu.scenario import Scenario
    from xiaoqu_lab.sweeps.design import Design
    from xiaoqu_lab.sweeps.results import Sweep
    from xiaoqu_lab.sweeps.sweep import Watch


class Comparison(NamedTuple):
    """A paired comparison.

    Attributes:
        changes: what was changed, as the model resolves it.
        table: one row a month: month, base, changed (means), difference, low, high, narrowed.
        last: the difference in the last month that has one.
        narrowed: how many times narrower the last month's interval is than independent runs would have made it;
            infinite if every pair is the same, NaN without two pairs.
    """

    scenario: str
    outcome: str
    changes: dict[str, Any]
    replicates: int
    table: pd.DataFrame
    last: Interval
    narrowed: float
    results: Sweep


def compare(
    scenario: Scenario | str | Path,
    changes: Mapping[str, object],
    *,
    outcome: str = "collection_rate_12m",
    replicates: int = 30,
    seed: int = 1,
    months: int = 0,
    out: str | Path | None = None,
    workers: int | None = None,
    watch: Watch | None = None,
) -> Comparison:
    """Run pairs and compare them month by month.

    Args:
        scenario: the base, or its name or path.
        changes: other values, all at once.
        outcome: what is compared.
        replicates: pairs of runs.
        seed: as in `xiaoqu run`.
        months: months of each run; 0 takes the scenario's own number.
        out: a folder to keep the runs in; without one they are thrown away.
        workers: processes; by default one a core.
        watch: called after every batch.

    Raises:
        InputError: the scenario, a change or the outcome cannot be used.
    """
    design = plan(scenario, changes, outcome=outcome, replicates=replicates, seed=seed, months=months)
    return run(design, out=out, workers=workers, watch=watch)


def plan(
    scenario: Scenario | str | Path,
    changes: Mapping[str, object],
    *,
    outcome: str,
    replicates: int,
    seed: int,
    months: int,
) -> Design:
    """The design that `compare` runs: the base and the change, the outcome that is compared first.

    Raises:
        InputError: everything that is wrong with it.
    """
    return make_design(
        scenario,
        points=[{}, dict(changes)],
        outcomes=tuple(dict.fromkeys((outcome, *OUTCOMES))),
        replicates=replicates,
        seed=seed,
        months=months,
        name="comparison",
    )


def run(design: Design, *, out: str | Path | None, workers: int | None, watch: Watch | None) -> Comparison:
    """Run what is missing of a plan, and pair it.

    Raises:
        InputError: the folder cannot be used, or the disk is full.
    """
    outcome = design.outcomes[0]
    with tempfile.TemporaryDirectory(prefix="xiaoqu-") as throwaway:
        found = sweep(design, out or throwaway, workers=workers, watch=watch)
        table = found.outcomes  # read before a folder that nobody asked for goes
    resolved = dict(design.points[-1].differences)
    if len(design.points) == 1:  # the changes are what the scenario has already: each run is its own pair
        table = pd.concat([table, table.assign(point=1)])
    wide = table.pivot_table(index="replicate", columns=["month", "point"], values=outcome, dropna=False)
    rows, last, narrowed = [], Interval(float("nan"), -np.inf, np.inf, 0), float("nan")
    for month in sorted(table["month"].unique()):
        base, changed = (wide[month][point].to_numpy(dtype=float) for point in (0, 1))
        difference = of_mean(changed - base)
        ratio = narrowing(base, changed)
        rows.append((month, _mean(base), _mean(changed), difference.mean, difference.low, difference.high, ratio))
        if difference.values:
            last, narrowed = difference, ratio
    columns = ["month", "base", "changed", "difference", "low", "high", "narrowed"]
    return Comparison(
        design.scenario.name,
        outcome,
        resolved,
        design.replicates,
        pd.DataFrame(rows, columns=columns),
        last,
        narrowed,
        found,
    )


def narrowing(base: np.ndarray[Any, Any], changed: np.ndarray[Any, Any]) -> float:
    """Width of an interval from independent runs over the width from these pairs: the standard errors' ratio."""
    both = ~(np.isnan(base) | np.isnan(changed))
    if both.sum() < 2:
        return float("nan")
    paired = float(np.var(changed[both] - base[both], ddof=1))
    independent = float(np.var(base[both], ddof=1) + np.var(changed[both], ddof=1))
    return float(np.sqrt(independent / paired)) if paired > 0.0 else float("inf")


def _mean(values: np.ndarray[Any, Any]) -> float:
    found = values[~np.isnan(values)]
    return float(found.mean()) if len(found) else float("nan")
