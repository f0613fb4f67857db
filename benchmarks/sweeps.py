"""Sweep throughput: `uv run python -m benchmarks.sweeps [--runs 2000] [--resume 100000]`.

Measured in one run on one machine: single runs in this process (the ideal is cores times that), a sweep of the same
runs with the memory of its workers, and Mesa's own `batch_run` over as many processes on the plain Mesa version of
three of the rules. With --resume, a store of that many runs is made and opened again.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import shutil
import statistics
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

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
    if sys.dont_write_bytecode:
        print("Python was told to keep no bytecode: where there is none yet, every process starts seconds later.")
    design = make_design("hengdong", {"levers.*": "flip"}, sampler="one_at_a_time", replicates=1, months=MONTHS)
    design = design.with_replicates(-(-asked.runs // len(design.points)))
    room = Path(tempfile.mkdtemp(prefix="xiaoqu-bench-"))
    rate = throughput(design, room / "sweep", workers)
    plain = plain_rate(asked.plain_runs, workers)
    print(f"Mesa's batch_run, plain Mesa version of three rules, {workers} processes: {plain:.2f} runs/s")
    print(f"  the sweep does {rate / plain:.0f} times as many runs a second, of the whole model")
    if asked.resume:
        resume(design, asked.resume, room / "many", workers)
    shutil.rmtree(room)


def throughput(design: Design, folder: Path, workers: int) -> float:
    """Runs a second of a sweep, printed beside the ideal, with the memory of its workers."""
    single = single_run(design)
    memory: list[float] = []
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    sweep(design, folder, workers=workers, watch=lambda _: memory.append(largest_child()))
    took = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    single = (single + single_run(design)) / 2  # before and after, as machines change their pace
    rate, ideal = design.runs / took, workers / single
    print(f"one run of Hengdong, {MONTHS} months, in one process: {1e3 * single:.1f} ms")
    print(f"sweep of {design.runs:,} runs on {workers} workers: {took:.1f} s, {rate:.1f} runs/s")
    print(
        f"  ideal, {workers} x single-run speed: {ideal:.1f} runs/s; reached: {100 * rate / ideal:.0f} % (target 90 %)"
    )
    print(f"  start of the workers included; they were busy {1e3 * busy / design.runs:.1f} ms a run, start and all")
    print(f"  10,000 runs would take {10_000 / rate:.0f} s (target 120 s on 2 cores)")
    print(
        f"  largest worker: {memory[0]:.0f} MB after the first batch, {memory[-1]:.0f} MB after the last (target 400)"
    )
    return rate


def largest_child() -> float:
    """Megabytes of memory that the largest child of this process holds now."""
    if not Path("/proc/self/task").is_dir():
        return float("nan")  # only Linux tells
    pages = [0]
    for child in multiprocessing.active_children():
        with suppress(OSError):
            pages.append(int(Path(f"/proc/{child.pid}/statm").read_text("ascii").split()[1]))
    return max(pages) * resource.getpagesize() / 2**20


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


def resume(design: Design, count: int, folder: Path, workers: int) -> None:
    """Open a finished sweep of many runs again as a new process would: one sweep command, nothing left to do.

    To have it without hours of simulation, one run is simulated and its figures stand for those of every run; keys,
    tables, files and commits are made as a sweep makes them.
    """
    design = design.with_replicates(-(-count // len(design.points)))
    start = time.perf_counter()
    everything = runs.all_runs(design)
    figures = runs.do_run(runs.recipe_of(design), everything[0])
    with patch.object(runs, "do_run", lambda *_: figures):
        sweep(design, folder, workers=0)
    made = time.perf_counter() - start
    size = sum(path.stat().st_size for path in folder.glob("*/*")) / 1e6
    process = multiprocessing.get_context("spawn").Process(target=_resume, args=(design, folder, workers))
    start = time.perf_counter()
    process.start()
    process.join()
    took = time.perf_counter() - start
    assert process.exitcode == 0
    print(
        f"finished sweep of {design.runs:,} runs, {size:.0f} MB, made in {made:.0f} s from one simulated run's figures:"
    )
    print(f"  the same sweep again, in a fresh process: {took:.1f} s (target 5 s)")
    start = time.perf_counter()
    rows = len(load(folder).outcomes)
    print(f"  load and read all {rows:,} rows of outcomes: {time.perf_counter() - start:.1f} s")


def _resume(design: Design, folder: Path, workers: int) -> None:
    sweep(design, folder, workers=workers)


if __name__ == "__main__":
    main()
