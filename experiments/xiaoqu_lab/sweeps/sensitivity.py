"""Sensitivity: which factors move an outcome, by Morris' screening or Sobol' indices, and what of it is noise.

The analysis works on the mean over the replicates of each row that the sampler drew. A mean of few runs is noisy, and
noise looks like an effect: each index comes with the value that the noise of the means alone would give it (`floor`).
It is found from the replicates themselves, pair by pair: two neighbouring rows differ in one factor, and how much that
difference varies from replicate to replicate says how well its mean is known.
"""

from __future__ import annotations

import math
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from xiaoqu import load_scenario
from xiaoqu.outcomes import BY_NAME
from xiaoqu_lab.complaints import refuse
from xiaoqu_lab.sweeps import samplers
from xiaoqu_lab.sweeps.design import Design
from xiaoqu_lab.sweeps.design_reading import is_design, make_design, read_design
from xiaoqu_lab.sweeps.measures import Measure, read_measure
from xiaoqu_lab.sweeps.results import KEYS, Sweep, load
from xiaoqu_lab.sweeps.store import PLANS, design_of
from xiaoqu_lab.sweeps.sweep import sweep

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xiaoqu.columns import F8
    from xiaoqu.scenario import Scenario
    from xiaoqu_lab.sweeps.sweep import Watch

Method = Literal["morris", "sobol"]
SAMPLES: Mapping[Method, int] = {"morris": 10, "sobol": 64}
"""Trajectories of Morris, base samples of Sobol', where nobody says otherwise."""
REPLICATES = 10
_SEED, _RESAMPLES, _LEVEL = 1, 1_000, 0.95
_HALF_NORMAL = float(np.sqrt(2.0 / np.pi))
"""Mean size of a normal deviate."""


class Sensitivity(NamedTuple):
    """What moves an outcome.

    Attributes:
        outcome: the measure, as one writes it.
        table: one row a factor, the strongest first. Morris: factor, mu_star, mu_star_conf, sigma, mu, floor, clear.
            Sobol': factor, S1, S1_conf, ST, ST_conf, floor, clear. `conf` is half the 95 % interval, `floor` what noise
            alone would give mu_star or ST, `clear` whether the interval lies above it.
        mean: of the outcome over all points.
        spread: its standard deviation from point to point.
        noise: the share of the variance from point to point that is noise of the means; NaN with one replicate.
    """

    scenario: str
    method: Method
    outcome: str
    unit: str
    rows: int
    points: int
    replicates: int
    runs: int
    failed: int
    mean: float
    spread: float
    noise: float
    table: pd.DataFrame
    results: Sweep


def sensitivity(
    what: Sweep | Design | Scenario | str | Path,
    vary: Mapping[str, object] | None = None,
    *,
    method: Method | None = None,
    outcome: str | None = None,
    samples: int | None = None,
    replicates: int | None = None,
    out: str | Path | None = None,
    workers: int | None = None,
    watch: Watch | None = None,
) -> Sensitivity:
    """Find out which factors move an outcome.

    Args:
        what: a scenario, a design, the name or path of either, or a finished sweep or its folder.
        vary: the factors, as in `make_design`; by default see `default_factors`.
        method: "morris" (a screening: cheap) or "sobol" (shares of variance: dear); by default that of the design,
            else morris.
        outcome: a measure such as "satisfaction:mean"; by default the design's first.
        samples: trajectories of Morris, base samples of Sobol' (a power of two).
        replicates: runs at each point.
        out: a folder to keep the runs in; without one they are thrown away.
        workers: processes; by default one a core.
        watch: called after every batch.

    Raises:
        InputError: something of it cannot be used, or a sweep's points have not all been measured.
    """
    found = _finished(what)
    if found is not None:
        return analysed(found, outcome)
    design = plan(what, vary, method=method, outcome=outcome, samples=samples, replicates=replicates)  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory(prefix="xiaoqu-") as throwaway:
        # Analysed before a folder that nobody asked for goes; the tables that were read stay.
        return analysed(sweep(design, out or throwaway, workers=workers, watch=watch), outcome)


def plan(
    what: Design | Scenario | str | Path,
    vary: Mapping[str, object] | None = None,
    *,
    method: Method | None = None,
    outcome: str | None = None,
    samples: int | None = None,
    replicates: int | None = None,
) -> Design:
    """The design that `sensitivity` runs.

    Raises:
        InputError: something of it cannot be used.
    """
    given = {"samples": samples, "replicates": replicates}
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if isinstance(what, Design) or is_design(what):
        if vary:
            refuse("design_and_vary", "--vary", next(iter(vary)))
        design = what if isinstance(what, Design) else read_design(what, outcome=outcome)  # type: ignore[arg-type]
        if design.sampler == "list":
            refuse("not_sampled", seen=design.name, sampler=design.sampler)
        wanted = method or ("sobol" if design.sampler == "sobol" else "morris")
        if wanted != design.sampler:
            changes = {"sampler": wanted, "samples": SAMPLES[wanted]} | changes
        if not isinstance(what, Design):  # checked anew, with another sampler
            return read_design(what, changes, outcome=outcome)  # type: ignore[arg-type]
        if outcome is not None:
            name = read_measure(outcome, [*BY_NAME, *design.kept]).outcome
            changes["outcomes"] = tuple(dict.fromkeys((name, *design.outcomes)))
        return replace(design, **changes)
    scenario = load_scenario(what) if isinstance(what, str | Path) else what
    factors = dict(vary or default_factors(scenario))
    if not factors:
        refuse("nothing_uncertain", seen=scenario.name)
    chosen = method or "morris"
    defaults: dict[str, Any] = {"samples": SAMPLES[chosen], "replicates": REPLICATES, "name": "sensitivity"}
    return make_design(scenario, factors, sampler=chosen, outcome=outcome, **defaults | changes)


def default_factors(scenario: Scenario) -> dict[str, object]:
    """A scenario's own questions: what it knows only as a range, and how far each lever that it has on is pulled."""
    factors: dict[str, object] = {key: {"low": span.low, "high": span.high} for key, span in scenario.ranges.items()}
    for name in scenario.get_section("levers"):
        low, high = scenario.extremes(f"levers.{name}")
        if high > 0.0:
            factors[f"levers.{name}"] = {"low": low if low < high else 0.0, "high": high}
    return factors


def is_sweep(what: object) -> bool:
    """Whether this is the folder of a sweep."""
    return isinstance(what, str | Path) and (Path(what) / PLANS).is_dir()


def _finished(what: object) -> Sweep | None:
    if isinstance(what, Sweep):
        return what
    return load(what) if isinstance(what, str | Path) and is_sweep(what) else None


def analysed(found: Sweep, outcome: str | None = None) -> Sensitivity:
    """Analyse a finished sweep whose sampler was morris or sobol.

    Raises:
        InputError: it had another sampler, lacks runs, or the outcome was never measured at some point.
    """
    design = design_of(found.plan)
    if design.sampler not in ("morris", "sobol"):
        refuse("not_sampled", seen=str(found.folder), sampler=design.sampler)
    method: Method = "morris" if design.sampler == "morris" else "sobol"
    measure = read_measure(outcome or found.design["outcomes"][0], found.names)
    values = matrix(found, measure, len(design.points), design.replicates)
    unmeasured = int(np.isnan(values).all(axis=1).sum())
    if unmeasured:
        failures = found.failures
        first = f": {failures['error'].iloc[0]}" if len(failures) else ""
        facts = {"count": unmeasured, "points": len(values), "missing": found.missing, "failed": len(failures)}
        refuse("points_unmeasured", "--outcome", str(measure), first=first, **facts)
    by_row = values[list(design.point_of_row)]
    names = [factor.key for factor in design.factors]
    table = morris(names, _shares(design, found), by_row) if method == "morris" else sobol(names, by_row)
    means = np.nanmean(values, axis=1)
    return Sensitivity(
        found.design["scenario"],
        method,
        str(measure),
        measure.unit,
        len(by_row),
        len(values),
        design.replicates,
        len(found.runs),
        len(found.failures),
        float(means.mean()),
        float(means.std(ddof=1)) if len(means) > 1 else 0.0,
        noise_share(values, common=design.numbers == "common"),
        table,
        found,
    )


def matrix(found: Sweep, measure: Measure, points: int, replicates: int) -> F8:
    """A measure by point and replicate, shape (points, replicates); NaN where there is none."""
    values = np.full((points, replicates), np.nan)
    measured = found.measure(measure)
    at = tuple(measured[key].to_numpy(dtype=np.int64) for key in KEYS)
    values[at] = measured["value"].to_numpy(dtype=float)
    return values


def _shares(design: Design, found: Sweep) -> F8:
    """Where each row stood in the unit cube: drawn again, and held against the rows that the sweep kept."""
    shares = samplers.unit_rows(design.sampler, design.factors, design.samples, design.seed)
    again = [
        tuple(factor.at(float(share)) for factor, share in zip(design.factors, row, strict=True)) for row in shares
    ]
    if again != list(design.rows):
        refuse("drawn_otherwise", seen=str(found.folder))
    return shares


def morris(names: Sequence[str], shares: F8, values: F8) -> pd.DataFrame:
    """Morris' screening.

    Args:
        names: of the factors.
        shares: the rows of the trajectories in the unit cube, shape (rows, factors).
        values: the outcome, shape (rows, replicates).

    Returns:
        One row a factor, the strongest first; see `Sensitivity`.
    """
    from SALib.analyze import morris as analysis  # noqa: PLC0415 - slow to import

    means = np.nanmean(values, axis=1)
    found = analysis.analyze(
        _problem(names),
        shares,
        means,
        num_resamples=_RESAMPLES,
        conf_level=_LEVEL,
        num_levels=samplers.MORRIS_LEVELS,
        seed=_SEED,
    )
    steps = len(names) + 1
    moved = np.diff(shares.reshape(-1, steps, len(names)), axis=1)
    size = np.abs(moved).max(axis=2, keepdims=True)
    effects = np.diff(values.reshape(-1, steps, values.shape[1]), axis=1) / size
    variance = _variance_of_mean(effects)
    which = np.abs(moved).argmax(axis=2)
    floor = [_HALF_NORMAL * math.sqrt(_known_mean(variance[which == i])) for i in range(len(names))]
    table = pd.DataFrame(
        {
            "factor": list(names),
            "mu_star": np.asarray(found["mu_star"], dtype=float),
            "mu_star_conf": np.asarray(found["mu_star_conf"], dtype=float),
            "sigma": np.asarray(found["sigma"], dtype=float),
            "mu": np.asarray(found["mu"], dtype=float),
            "floor": floor,
        }
    )
    return _ranked(table, "mu_star")


def sobol(names: Sequence[str], values: F8) -> pd.DataFrame:
    """Sobol' indices of first order and total.

    Args:
        names: of the factors.
        values: the outcome in the order of Saltelli's rows without second order, shape (rows, replicates).

    Returns:
        One row a factor, the strongest first; see `Sensitivity`.
    """
    from SALib.analyze import sobol as analysis  # noqa: PLC0415 - slow to import

    means = np.nanmean(values, axis=1)
    columns = ("S1", "S1_conf", "ST", "ST_conf")
    if np.ptp(means) <= np.finfo(float).eps * max(1.0, float(np.abs(means).max())):
        found = {name: np.zeros(len(names)) for name in columns}  # nothing moved: no variance to share out
    else:
        options = {"calc_second_order": False, "num_resamples": _RESAMPLES, "conf_level": _LEVEL, "seed": _SEED}
        found = analysis.analyze(_problem(names), means, **options)
    blocks = values.reshape(-1, len(names) + 2, values.shape[1])
    variance = _variance_of_mean(blocks[:, 1:-1] - blocks[:, :1])
    whole = float(np.concatenate([means.reshape(-1, len(names) + 2)[:, i] for i in (0, -1)]).var())
    floor = [0.5 * _known_mean(variance[:, i]) / whole if whole > 0.0 else 0.0 for i in range(len(names))]
    table = pd.DataFrame({"factor": list(names), **{name: np.asarray(found[name], float) for name in columns}})
    return _ranked(table.assign(floor=floor), "ST")


def noise_share(values: F8, *, common: bool) -> float:
    """The share of the variance from point to point that is noise of the means.

    Args:
        values: shape (points, replicates), NaN where there is none.
        common: whether replicate r has the same draws at every point: what it has in common is no noise.

    Returns:
        From 0 to 1; NaN with one replicate, or if the points' means do not differ at all.
    """
    if values.shape[0] < 2 or values.shape[1] < 2:
        return float("nan")
    means = np.nanmean(values, axis=1, keepdims=True)
    left = values - means
    freedom = np.isfinite(values).sum() - len(values)
    if common:
        left = left - np.nanmean(left, axis=0, keepdims=True)
        freedom -= values.shape[1] - 1
    if freedom <= 0:
        return float("nan")
    of_mean = np.nansum(left**2) / freedom * (1.0 / np.isfinite(values).sum(axis=1)).mean()
    between = float(means.var(ddof=1))
    if between <= np.finfo(float).eps * max(1.0, float(np.abs(means).max())):
        return float("nan")
    return float(min(of_mean / between, 1.0))


def _variance_of_mean(differences: F8) -> F8:
    """The variance of the mean over the last axis; NaN where fewer than two values are."""
    here = np.isfinite(differences)
    count = here.sum(axis=-1)
    filled = np.where(here, differences, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = filled.sum(axis=-1) / count
        squares = np.where(here, (differences - mean[..., None]) ** 2, 0.0).sum(axis=-1)
        return np.asarray(np.where(count > 1, squares / (count - 1) / count, np.nan))


def _known_mean(variances: F8) -> float:
    """The mean of the variances that are known; a point with a single run left has none."""
    known = variances[np.isfinite(variances)]
    return float(known.mean()) if len(known) else math.nan


def _problem(names: Sequence[str]) -> dict[str, object]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def _ranked(table: pd.DataFrame, index: str) -> pd.DataFrame:
    """The strongest first, with what noise alone cannot explain marked; unknown noise explains everything."""
    lowest = table[index] - table[f"{index}_conf"]
    ranked = table.assign(clear=(lowest > table["floor"]) & (table[index] > 0.0))
    return ranked.sort_values(index, ascending=False, kind="stable").reset_index(drop=True)
