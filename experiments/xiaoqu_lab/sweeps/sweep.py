"""The sweep: plan, run what is missing, keep it.

Calling it again with the same folder goes on where it stopped, also when the design has grown since: a finished run is
never done again. A batch whose worker died is tried once more; if that dies too its runs are tried one by one, and
the runs that kill their worker twice are recorded as failures, so that one bad scenario cannot stop the others.
"""

from __future__ import annotations

import json
import time
from collections import Counter, deque
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xiaoqu_lab.complaints import refuse
from xiaoqu_lab.sweeps import intervals, runs
from xiaoqu_lab.sweeps.design_reading import read_design
from xiaoqu_lab.sweeps.engines import Dask, Engine, Here, Local, cores
from xiaoqu_lab.sweeps.results import Sweep
from xiaoqu_lab.sweeps.store import Store, check_folder, finished, survey

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from xiaoqu_lab.sweeps.design import Design
    from xiaoqu_lab.sweeps.runs import Batch, Packet, Run
    from xiaoqu_lab.sweeps.store import Part

    type Watch = Callable[["Progress"], None]

_DEATHS_OF_BATCH, _DEATHS_OF_RUN = 2, 2


class Progress(NamedTuple):
    """How far a sweep has come: runs done now and before, runs in all, failures, seconds since it began.

    `first` is what was done, and after how many seconds, when the first batch came back: till then workers start.
    """

    done: int
    before: int
    total: int
    failed: int
    seconds: float
    first: tuple[int, float] = (0, 0.0)

    @property
    def rate(self) -> float:
        """Runs a second, of those done now; since the first batch, as soon as there is a second one."""
        runs, seconds = (0, 0.0) if self.done == self.first[0] else self.first
        return (self.done - runs) / (self.seconds - seconds) if self.seconds > seconds else 0.0

    @property
    def left(self) -> float:
        """Seconds left at this rate; infinite before the first batch is done."""
        return (self.total - self.before - self.done) / self.rate if self.rate else float("inf")


class Estimate(NamedTuple):
    """What a sweep will cost: runs, of which done; seconds on so many workers; bytes on disk.

    Seconds are not a number where the first runs did not end within the limit.
    """

    runs: int
    done: int
    seconds: float
    bytes: int
    workers: int


class Until(NamedTuple):
    """Go on until the mean difference from the base point is known to `width` (half the 95 % interval)."""

    outcome: str
    width: float
    most: int = 1_000


def sweep(
    design: Design | str | Path,
    out: str | Path,
    *,
    workers: int | None = None,
    cluster: str | None = None,
    until: Until | None = None,
    limit: int = 0,
    retry_failed: bool = False,
    watch: Watch | None = None,
) -> Sweep:
    """Run a design, or what is missing of it, into a folder.

    Args:
        design: what `make_design` or `read_design` gives, or the name or path of a design.
        out: the folder; the same one again goes on.
        workers: processes; by default one a core; 0 runs everything in this process.
        cluster: the address of a Dask scheduler, instead of local processes.
        until: add replicates until the differences are known well enough.
        limit: seconds after which a run is taken to never end (0: none). Its worker is ended, and the run recorded as
            died; which runs are slow depends on the machine, so results are the same everywhere only without a limit
            or with one that no honest run comes near.
        retry_failed: try runs again that failed before.
        watch: called after every batch.

    Returns:
        The results, as `load(out)` reads them.

    Raises:
        InputError: the design or the folder cannot be used, or the disk is full. What was committed is safe.
    """
    plan = read_design(design) if isinstance(design, str | Path) else design
    count = cores() if workers is None else workers
    if limit and not (cluster or count):
        refuse("limit_here", "--limit", str(limit))
    engine: Engine = Dask(cluster) if cluster else Local(count) if count else Here()
    folder = Path(out)
    with Store(folder) as store:
        parts = store.mend().parts
        done = finished(parts, but_failed=retry_failed)
        if until:
            plan = _as_grown(plan, store)
        while True:
            kept = store.write_plan(plan)
            parts += _run_missing(plan, store, engine, done, limit, watch)
            results = Sweep(folder, kept, sorted(parts, key=lambda part: part.runs))
            store.write_manifest(manifest(results))
            more = _more_replicates(plan, results, until) if until else plan.replicates
            if more <= plan.replicates:
                return results
            plan = plan.with_replicates(more)


def _run_missing(
    plan: Design, store: Store, engine: Engine, done: set[str], limit: int, watch: Watch | None
) -> list[Part]:
    """Run what is missing of a plan, add it to `done` and give the new parts."""
    everything = runs.all_runs(plan)
    before = sum(run.key in done for run in everything)
    queue = deque(runs.batches(plan, everything, done, limit))
    start, now, failed, first = time.monotonic(), 0, 0, (0, 0.0)
    parts = []
    with closing(_outlived(engine, queue)) as packets:  # the workers end now, also where a commit fails
        for batch, packet in packets:
            if packet.code != runs.code_version():
                refuse("other_code", seen=packet.code, here=runs.code_version())
            parts.append(store.commit(packet))
            done |= {run.key for run in batch.runs}
            now, failed = now + packet.runs, failed + packet.failed
            if watch:
                seconds = time.monotonic() - start
                first = first if first[0] else (now, seconds)
                watch(Progress(now, before, len(everything), failed, seconds, first))
    return parts


def _outlived(engine: Engine, queue: deque[Batch]) -> Generator[tuple[Batch, Packet]]:
    """The packets of an engine, with batches that kill their worker taken apart until every run has an outcome."""
    deaths: Counter[str] = Counter()
    suspects: dict[str, _Suspect] = {}
    if not queue:
        return
    for batch, packet in engine.work(queue):
        suspect = suspects.get(batch.key)
        if suspect is not None:  # one run of a batch that died twice
            run = batch.runs[0]
            deaths[run.key] += packet is None
            if packet is None and deaths[run.key] < _DEATHS_OF_RUN:
                queue.append(batch)
                continue
            suspect.judged(run, lost=packet is None)
            if not suspect.left:
                queue.append(suspect.batch._replace(lost=frozenset(suspect.lost)))
        elif packet is not None:
            yield batch, packet
        else:
            deaths[batch.key] += 1
            if deaths[batch.key] < _DEATHS_OF_BATCH:
                queue.append(batch)
                continue
            suspect = _Suspect(batch, {run.key for run in batch.runs})
            for run in batch.runs:
                single = batch._replace(key=f"{batch.key}-{run.key}", runs=(run,))
                suspects[single.key] = suspect
                queue.append(single)


@dataclass
class _Suspect:
    """A batch that died twice, while its runs are tried one by one."""

    batch: Batch
    left: set[str]
    lost: set[str] = field(default_factory=set)

    def judged(self, run: Run, *, lost: bool) -> None:
        self.left.discard(run.key)
        if lost:
            self.lost.add(run.key)


def estimate(design: Design, out: str | Path | None = None, workers: int | None = None, limit: int = 0) -> Estimate:
    """What a design will cost, from a few of its first runs made now; under a limit they are made in a worker.

    Raises:
        InputError: the folder cannot be used.
    """
    everything = runs.all_runs(design)
    done: set[str] = set()
    if out is not None:
        check_folder(Path(out))
        done = finished(survey(Path(out)).parts) if Path(out).is_dir() else set()
    left = sum(run.key not in done for run in everything)
    count = cores() if workers is None else max(1, workers)
    if not left:
        return Estimate(len(everything), len(everything), 0.0, 0, count)
    first = everything[0]
    recipe = runs.recipe_of(design)
    warm = runs.Batch("warm", recipe, (first,), limit=limit)  # compiles, and fills the caches
    pilot = runs.Batch("pilot", recipe, tuple(everything[: min(4, len(everything))]), limit=limit)
    engine: Engine = Local(1) if limit else Here()
    with closing(engine.work(deque([warm, pilot]))) as packets:
        next(packets)
        start = time.perf_counter()
        _, packet = next(packets)
    if packet is None:
        return Estimate(len(everything), len(everything) - left, float("nan"), 0, count)
    each = (time.perf_counter() - start) / len(pilot.runs)
    size = sum(map(len, packet.tables.values())) / len(pilot.runs)
    used = min(count, left)
    return Estimate(len(everything), len(everything) - left, left * each / used, int(left * size), used)


def _as_grown(plan: Design, store: Store) -> Design:
    """The design with the replicates that it had come to, if it was the last to run in the folder."""
    last = store.last_design()
    mine = json.loads(json.dumps(plan.described()))
    same = last | {"replicates": 0} == mine | {"replicates": 0}
    return plan.with_replicates(last["replicates"]) if same and last["replicates"] > plan.replicates else plan


def _more_replicates(plan: Design, results: Sweep, until: Until) -> int:
    """Replicates that the widest interval calls for: at most twice as many as now, never more than `until.most`."""
    widest = 0.0
    for _, paired in results.differences(until.outcome).groupby("point"):
        half = intervals.of_mean(paired["difference"].to_numpy()).half
        widest = max(widest, half if np.isfinite(half) else np.inf)
    if widest <= until.width or plan.replicates >= until.most:
        return plan.replicates
    needed = plan.replicates * (widest / until.width) ** 2 if np.isfinite(widest) else np.inf
    return int(min(max(needed, plan.replicates + 1), 2 * plan.replicates, until.most))


def manifest(results: Sweep) -> str:
    """What a person reads first, as JSON: the design, what is there, how to get it again. No time, no machine."""
    plan = results.plan
    design = {name: value for name, value in plan.design.items() if name != "rows"}
    facts = {
        "xiaoqu": plan.version,
        "code": plan.code,
        "design": design,
        "points": len(results.points),
        "runs": len(results.runs),
        "missing": results.missing,
        "failed": len(results.failures),
        "unasked": results.unasked,
    }
    return json.dumps(facts, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
