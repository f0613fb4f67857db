"""Calibration: which values of shared parameters agree with what several cases report; an ensemble, never one point.

Samples of parameter values (a Latin hypercube over the stated ranges, the same for all cases) are run in every case,
replicate by replicate with common random numbers; what the samples are worth is told in `ensemble`. The runs of a case
are a sweep of its own in the folder (see `calibration_folder`), so that nothing is lost and nothing done twice. More
samples or replicates only add runs: the samples that are there stay. Nothing is written into a scenario.
"""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from xiaoqu import load_scenario
from xiaoqu.errors import InputError
from xiaoqu.scenario import Scenario
from xiaoqu_lab import targets
from xiaoqu_lab.complaints import complain
from xiaoqu_lab.simulate import BEFORE, FEWEST
from xiaoqu_lab.sweeps import calibration_folder as folders
from xiaoqu_lab.sweeps import ensemble, runs
from xiaoqu_lab.sweeps.design_reading import MOST_POINTS, MOST_REPLICATES, MOST_SEED, make_design
from xiaoqu_lab.sweeps.ensemble import Figure
from xiaoqu_lab.sweeps.factors import written
from xiaoqu_lab.sweeps.results import KEYS, Sweep
from xiaoqu_lab.sweeps.store import finished, survey, take_lock
from xiaoqu_lab.sweeps.sweep import Progress, sweep

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xiaoqu.errors import Problem
    from xiaoqu_lab.sweeps.design import Design
    from xiaoqu_lab.sweeps.sweep import Watch

SAMPLES, REPLICATES, KEEP, SEED = 256, 8, 0.1, 1
"""Where nobody says otherwise; a power of two samples fills the ranges most evenly."""
LIMITS = {"samples": (10, MOST_POINTS), "replicates": (FEWEST, MOST_REPLICATES), "seed": (0, MOST_SEED)}
"""The least and the most of each number that is asked for."""
FEW_KEPT = 20
"""Samples in an ensemble without which its intervals say little."""
NAME = "calibration"


class Plan(NamedTuple):
    """What is to be run: one design a case, with the same factors and samples; how a design file names the cases."""

    designs: tuple[Design, ...]
    files: tuple[str, ...]
    keep: float

    @property
    def cases(self) -> tuple[str, ...]:
        """The names of the cases, which are those of their folders."""
        return tuple(design.scenario.name for design in self.designs)

    @property
    def runs(self) -> int:
        """Runs in all, at most: samples that are the same point are run once."""
        return sum(design.most_runs for design in self.designs)

    @property
    def spans(self) -> dict[str, tuple[float, float]]:
        """The prior: lowest and highest value by parameter."""
        return {factor.key: factor.span for factor in self.designs[0].factors if factor.span is not None}


class Calibration(NamedTuple):
    """What a calibration found; the columns of the tables are told in `ensemble`.

    Attributes:
        samples, replicates: of each case.
        kept: samples in the ensemble; `agreeing` of all samples have distance 0 and contradict no report.
        threshold: the largest distance in the ensemble.
        parameters: prior and posterior of each parameter.
        targets: every target against all samples and against the ensemble.
        correlations: pairs of parameters that the ensemble ties together.
        conflicts: pairs of targets that pull apart.
        accepted: the ensemble, one row a sample, one column a parameter.
        sampled: all samples: sample, the parameters, distance, accepted, then the misfit with each target.
        cautions: codes of texts that say what to beware of.
        results: the sweep of each case.
    """

    cases: tuple[str, ...]
    samples: int
    replicates: int
    runs: int
    failed: int
    keep: float
    kept: int
    agreeing: int
    threshold: float
    parameters: pd.DataFrame
    targets: pd.DataFrame
    correlations: pd.DataFrame
    conflicts: pd.DataFrame
    accepted: pd.DataFrame
    sampled: pd.DataFrame
    cautions: tuple[str, ...]
    results: dict[str, Sweep]

    @property
    def nearest(self) -> dict[str, Any]:
        """The values of the sample with the least distance: one of the ensemble to look at, not an estimate."""
        inside = self.sampled.loc[self.sampled["accepted"], "distance"]
        return {str(key): values.tolist()[int(inside.argmin())] for key, values in self.accepted.items()}

    def described(self) -> dict[str, Any]:
        """All but the samples as plain values: what `--json` prints and the folder keeps."""
        facts = self._asdict()
        del facts["results"], facts["accepted"], facts["sampled"]
        for name in ("parameters", "targets", "correlations", "conflicts"):
            facts[name] = [
                {str(column): _plain(value) for column, value in row.items()} for row in facts[name].to_dict("records")
            ]
        facts["unasked"] = self.unasked
        return {name: _plain(value) for name, value in facts.items()} | {"nearest": self.nearest}

    @property
    def unasked(self) -> int:
        """Runs in the folder that this calibration does not ask for: those of more samples or replicates."""
        return sum(found.unasked for found in self.results.values())


def calibrate(
    cases: str | Path | Scenario | Sequence[str | Path | Scenario],
    vary: Mapping[str, object],
    out: str | Path,
    *,
    samples: int = SAMPLES,
    replicates: int = REPLICATES,
    keep: float = KEEP,
    seed: int = SEED,
    workers: int | None = None,
    cluster: str | None = None,
    limit: int = 0,
    watch: Watch | None = None,
) -> Calibration:
    """Find the values of shared parameters that agree with what the cases report.

    Args:
        cases: scenarios with targets, or their names or paths.
        vary: by parameter its range: (low, high), "low:high" or {"low": low, "high": high}.
        out: the folder; the same one again goes on, also with more samples or replicates.
        samples: vectors of values to try.
        replicates: runs of each case at each sample.
        keep: the share of samples to keep, more than 0 and at most 1.
        seed: of the samples and of the runs.
        workers: processes; by default one a core; 0 runs everything in this process.
        cluster: the address of a Dask scheduler, instead of local processes.
        limit: seconds after which a run is taken to never end (0: none); see `sweep`.
        watch: called after every batch, with what is done of all cases.

    Raises:
        InputError: something of it cannot be used; everything that is wrong is said at once.
    """
    named = [cases] if isinstance(cases, str | Path | Scenario) else cases
    planned = plan(named, vary, out, samples=samples, replicates=replicates, keep=keep, seed=seed)
    return run(planned, out, workers=workers, cluster=cluster, limit=limit, watch=watch)


def plan(
    cases: Sequence[str | Path | Scenario],
    vary: Mapping[str, object],
    out: str | Path | None = None,
    *,
    samples: int = SAMPLES,
    replicates: int = REPLICATES,
    keep: float = KEEP,
    seed: int = SEED,
) -> Plan:
    """What `calibrate` runs.

    Raises:
        InputError: everything that is wrong with it.
    """
    problems: list[Problem] = []
    for name, value in (("samples", samples), ("replicates", replicates)):
        least, most = LIMITS[name]
        if not least <= value <= most:
            problems.append(complain("not_whole", f"--{name}", str(value), low=least, high=most, example=least))
    if not 0.0 < keep <= 1.0:
        problems.append(complain("keep_share", "--keep", f"{keep:g}"))
    stated = {key: _span(key, spec, problems) for key, spec in vary.items()}
    factors = {key: span for key, span in stated.items() if span is not None}
    designs, names, files = [], [], []
    for case in cases:
        try:
            scenario = load_scenario(case) if isinstance(case, str | Path) else case
            names.append(scenario.name)
            files.append(folders.file_of(case, scenario.name))
            designs.append(_design(scenario, factors, samples=samples, replicates=replicates, seed=seed))
        except InputError as error:
            # Where no range can be used, why it cannot has been said: "nothing varies" would not be true.
            problems += [problem for problem in error.problems if not (vary and problem.code == "no_factors")]
    problems += [complain("same_case", "CASE", name) for name in dict.fromkeys(names) if names.count(name) > 1]
    if not cases:
        problems.append(complain("missing_argument", "CASE", command="xiaoqu calibrate"))
    planned = Plan(tuple(designs), tuple(files), keep)
    if out is not None:
        problems += folders.hindrances(planned, Path(out), complete=len(designs) == len(cases))
    if problems:
        raise InputError(dict.fromkeys(problems))  # what is wrong with a parameter is so in every case
    return planned


def run(
    planned: Plan,
    out: str | Path,
    *,
    workers: int | None = None,
    cluster: str | None = None,
    limit: int = 0,
    watch: Watch | None = None,
) -> Calibration:
    """Run what is missing of a plan, case after case, and say what the samples are worth.

    Raises:
        InputError: the folder cannot be used, another calibration runs in it, or the disk is full. What was
            committed is safe.
    """
    folder = Path(out)
    with take_lock(folder):
        # What `plan` saw may have changed since: another calibration may have run here.
        if problems := folders.hindrances(planned, folder, complete=True):
            raise InputError(problems)
        effort = {"workers": workers, "cluster": cluster, "limit": limit}
        results = _sweeps(planned, folder, effort, watch)
        calibration = judged(planned, results)
        folders.write(planned, calibration, folder)
    return calibration


def _sweeps(planned: Plan, folder: Path, effort: Mapping[str, Any], watch: Watch | None) -> dict[str, Sweep]:
    """The sweep of each case, with what was missing of it done."""
    states = [progress_of(design, folder / design.scenario.name) for design in planned.designs]
    before, total = (sum(counts) for counts in zip(*states, strict=True))
    so_far = Progress(0, before, total, 0, 0.0)
    results: dict[str, Sweep] = {}
    start = time.monotonic()
    for design, (had, all_of_it) in zip(planned.designs, states, strict=True):
        name = design.scenario.name
        together = _after(so_far, watch) if watch else None
        found = sweep(design, folder / name, watch=together, **effort)
        results[name] = found
        done, failed = so_far.done + all_of_it - had, so_far.failed + len(found.failures)
        so_far = so_far._replace(done=done, failed=failed, seconds=time.monotonic() - start)
    return results


def _after(so_far: Progress, watch: Watch) -> Watch:
    """A watch for one case that tells of all cases, given how far these have come before it."""

    def tell(state: Progress) -> None:
        done, failed = so_far.done + state.done, so_far.failed + state.failed
        watch(so_far._replace(done=done, failed=failed, seconds=so_far.seconds + state.seconds))

    return tell


def progress_of(design: Design, folder: Path) -> tuple[int, int]:
    """The runs of a design that its folder has already, and all of them."""
    done = finished(survey(folder).parts) if folder.is_dir() else set()
    everything = runs.all_runs(design)
    return sum(one.key in done for one in everything), len(everything)


def judged(planned: Plan, results: Mapping[str, Sweep]) -> Calibration:
    """What the runs of all cases say about the parameters.

    Raises:
        InputError: no target could be measured.
    """
    figures = [figure for design in planned.designs for figure in figures_of(design, results[design.scenario.name])]
    usable = [figure for figure in figures if figure.usable]
    failed = sum(len(found.failures) for found in results.values())
    if not usable:
        errors = [found.failures["error"].iloc[0] for found in results.values() if len(found.failures)]
        raise InputError([complain("no_figures", seen=errors[0] if errors else "", failed=failed)])
    distances = ensemble.distance(usable)
    kept = ensemble.accepted(distances, planned.keep)
    first = planned.designs[0]
    keys = [factor.key for factor in first.factors]
    draws = pd.DataFrame(list(first.rows), columns=keys)
    misfits = {figure.name: ensemble.misfit(figure.target, figure.values)[0] for figure in usable}
    head = draws.assign(distance=distances, accepted=kept).rename_axis("sample").reset_index()
    inside = draws[kept].reset_index(drop=True)
    if not kept.any():
        raise InputError([complain("no_figures", seen="", failed=failed)])
    agreeing = int((distances == 0.0).sum())
    return Calibration(
        planned.cases,
        len(draws),
        first.replicates,
        sum(len(found.runs) for found in results.values()),
        failed,
        planned.keep,
        len(inside),
        agreeing,
        float(distances[kept].max()),
        ensemble.parameters_table(planned.spans, draws, kept),
        ensemble.targets_table(figures, kept),
        ensemble.correlations(inside),
        ensemble.conflicts(usable, draws, planned.keep),
        inside,
        pd.concat([head, pd.DataFrame(misfits)], axis=1),
        _cautions(len(inside), agreeing, failed, planned.keep),
        dict(results),
    )


def figures_of(design: Design, found: Sweep) -> list[Figure]:
    """The targets of a case with what was simulated for them, by sample and replicate."""
    figures = []
    varied = design.at(design.points[0])
    for target in design.scenario.targets:
        by_point = np.full((len(design.points), design.replicates), np.nan)
        measured = targets.measure_runs(target, found.all_months, KEYS)
        at = tuple(measured.index.get_level_values(key).to_numpy(dtype=np.int64) for key in KEYS)
        by_point[at] = measured.to_numpy(dtype=float)
        reason = targets.hindrance(varied, target, design.months)
        figures.append(Figure(design.scenario.name, target, by_point[list(design.point_of_row)], reason))
    return figures


def _design(scenario: Scenario, factors: Mapping[str, object], *, samples: int, replicates: int, seed: int) -> Design:
    """The sweep of one case.

    Raises:
        InputError: everything that is wrong with it.
    """
    problems: list[Problem] = [*targets.unknown_outcomes(scenario)]
    wanted = () if problems else tuple(dict.fromkeys(target.outcome for target in scenario.targets))
    varied = scenario
    try:
        design = make_design(
            scenario,
            factors,
            name=NAME,
            question_en="Which values of these parameters agree with what the case reports?",
            question_zh="这些参数取哪些值与案例报道相符？",
            sampler="growing_hypercube",
            samples=max(samples, 1),
            replicates=max(replicates, 1),
            seed=seed,
            outcomes=wanted,
            before=BEFORE,
            events=(),
        )
        varied = design.at(design.points[0])
    except InputError as error:
        problems += error.problems
    months = int(scenario["calendar.months"])
    hindrances = [targets.hindrance(varied, target, months) for target in scenario.targets]
    if all(hindrances):
        reasons = ", ".join(dict.fromkeys(hindrances))
        problems.append(complain("case_without_targets", "CASE", scenario.name, reasons=reasons or "–"))
    if problems:
        raise InputError(problems)
    return design


def _span(key: str, spec: object, problems: list[Problem]) -> object | None:
    """A range as `make_design` takes it; None for anything else, which goes to the problems."""
    match spec:
        case str() if spec.count(":") == 1 and "," not in spec:
            return spec
        case {"low": low, "high": high, **others} if not others:
            return {"low": low, "high": high}
        case (low, high):
            return {"low": low, "high": high}
    problems.append(complain("calibrate_span", key, written(spec)))
    return None


def _cautions(kept: int, agreeing: int, failed: int, keep: float) -> tuple[str, ...]:
    found = ["few_kept"] if kept < FEW_KEPT else []
    found += ["failed"] if failed else []
    found += ["all_kept"] if keep == 1.0 else []
    return (*found, *(() if agreeing else ("none_agrees",)))


def _plain(value: Any) -> Any:
    """A value for JSON: what is no number is null."""
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.item() if isinstance(value, np.generic) else value
