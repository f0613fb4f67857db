"""Sweep throughput: `uv run python -m benchmarks.sweeps [--runs 2000] [--resume 100000]`.

Measured in one run on one machine: single runs in this process (the ideal is cores times that), a sweep of the same
runs, and Mesa's own `batch_run` over as many processes on the plain Mesa version of three of the rules. With --resume,
a store of that many (tiny) runs is made and opened again.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mesa

from benchmarks.plain_mesa import PlainDistrict
from xiaoqu import District, load_scenario
from xiaoqu_lab import load, make_design, sweep
from xiaoqu_lab.sweeps import runs
from xiaoqu_lab.sweeps.engines import cores

if TYPE_CHECKING:
    from xiaoqu_lab.sweeps.design import Design

MONTHS = 24


class PlainRun(mesa.Model[Any, Any]):
    """The plain Mesa twin of Hengdong as `batch_run` wants it: built from a seed, collected month by month."""

    def __init__(self, rng: int = 0) -> None:
        super().__init__(rng=rng)
        self.twin = PlainDistrict(District(load_scenario("hengdong"), rng=rng), rng=rng)
        self.datacollector = mesa.DataCollector(model_reporters={"month": "time"})

    def step(self) -> None:
        """One month."""
        self.twin.step()
        self.datacollector.collect(self)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweeps", description=__doc__)
    parser.add_argument("--runs", type=int, default=2_000)
    parser.add_argument("--plain-runs", type=int, default=8)
    parser.add_argument("--resume", type=int, default=0)
    asked = parser.parse_args()
    workers = cores()
    design = make_design("hengdong", {"levers.*": "flip"}, sampler="one_at_a_time", replicates=1, months=MONTHS)
    design = design.with_replicates(-(-asked.runs // len(design.points)))
    single = single_run(design)
    print(f"one run of Hengdong, {MONTHS} months, in one process: {1e3 * single:.1f} ms")
    room = Path(tempfile.mkdtemp(prefix="xiaoqu-bench-"))
    start = time.perf_counter()
    sweep(design, room / "sweep", workers=workers)
    took = time.perf_counter() - start
    single = (single + single_run(design)) / 2  # before and after, as machines change their pace
    rate, ideal = design.runs / took, workers / single
    print(f"sweep of {design.runs:,} runs on {workers} workers: {took:.1f} s, {rate:.1f} runs/s")
    print(f"  {100 * rate / ideal:.0f} % of {workers} x single-run speed (target 90 %), start of workers included")
    print(f"  10,000 runs would take {10_000 / rate:.0f} s (target 120 s on 2 cores)")
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"  largest process so far: {peak / 1024:.0f} MB (target 400 MB a worker)")
    start = time.perf_counter()
    again = sweep(design, room / "sweep", workers=workers)
    print(f"  the same command again: {time.perf_counter() - start:.2f} s for {len(again.runs):,} finished runs")
    plain = plain_rate(asked.plain_runs, workers)
    print(f"Mesa's batch_run, plain Mesa version of three rules, {workers} processes: {plain:.2f} runs/s")
    print(f"  the sweep does {rate / plain:.0f} times as many runs a second, of the whole model")
    if asked.resume:
        resume(asked.resume, room, workers)
    shutil.rmtree(room)


def single_run(design: Design) -> float:
    """Median seconds of a run in this process, warm, spin-up and reading of outcomes included."""
    everything = runs.all_runs(design)
    batch = runs.Batch("one", runs.recipe_of(design), tuple(everything[:30]))
    runs.do_batch(batch)
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        runs.do_batch(batch)
        seconds.append((time.perf_counter() - start) / len(batch.runs))
    return statistics.median(seconds)


def plain_rate(count: int, workers: int) -> float:
    """Runs a second of Mesa's batch_run, start of its processes included."""
    start = time.perf_counter()
    mesa.batch_run(
        PlainRun,
        parameters={},
        rng=list(range(count)),
        max_steps=MONTHS,
        number_processes=workers,
        data_collection_period=1,
        display_progress=False,
    )
    return count / (time.perf_counter() - start)


def resume(count: int, room: Path, workers: int) -> None:
    """Make a store of many tiny runs, then open it as a new process would: one sweep command, nothing left to do."""
    tiny = {"places.compounds": 1, "places.households": 20, "calendar.spin_up": 1, "calendar.months": 1}
    design = make_design(
        load_scenario("hengdong", tiny), {"levers.*": "flip"}, sampler="one_at_a_time", replicates=-(-count // 34)
    )
    start = time.perf_counter()
    sweep(design, room / "many", workers=workers)
    made = time.perf_counter() - start
    process = multiprocessing.get_context("spawn").Process(target=_resume, args=(design, room / "many", workers))
    start = time.perf_counter()
    process.start()
    process.join()
    took = time.perf_counter() - start
    assert process.exitcode == 0
    print(f"{design.runs:,} tiny runs made in {made:.0f} s; the same command again, in a fresh process: {took:.1f} s")
    start = time.perf_counter()
    rows = len(load(room / "many").outcomes)
    print(f"  load and read {rows:,} rows of outcomes: {time.perf_counter() - start:.1f} s (target 5 s for the resume)")


def _resume(design: Design, folder: Path, workers: int) -> None:
    sweep(design, folder, workers=workers)


if __name__ == "__main__":
    main()
