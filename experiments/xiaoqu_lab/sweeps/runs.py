"""Runs: what a worker does with a batch, and the three tables that come back as Parquet bytes.

    runs      one row a run: run, point, overrides, replicate, seed, status, error, traceback
    outcomes  one row a run and month (the end of the spin-up is below 0): run, month, the outcomes that are kept
    events    one row an event: run, month, kind, compound, subject, value, note

A run that fails keeps its error and traceback; the others of its batch are not touched. The bytes depend on the batch
alone: not on the engine, the worker, the time or what ran before.
"""

from __future__ import annotations

import faulthandler
import gc
import hashlib
import io
import json
import os
import pickle
import traceback
from contextlib import contextmanager
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from xiaoqu import District, load_scenario
from xiaoqu.kernels import source_digest
from xiaoqu.levers import all_levers
from xiaoqu.outcomes import columns_by_month

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from xiaoqu.parameters import Value
    from xiaoqu.scenario import Scenario
    from xiaoqu_lab.sweeps.design import Design

OK, FAILED, DIED = "ok", "failed", "died"
DEATH = "the worker process that ran it died (a crash of the interpreter, no memory left, or longer than --limit)"
LONGEST_TRACEBACK = 20_000
NOMINAL_BATCH_SECONDS = 2.0
_SECONDS_PER_HOUSEHOLD_MONTH, _SECONDS_PER_COMPOUND_MONTH = 1e-7, 1e-5
_LEAST_BATCHES, _LARGEST_BATCH = 32, 250

RUNS = pa.schema(
    [
        ("run", pa.string()),
        ("point", pa.string()),
        ("overrides", pa.string()),
        ("replicate", pa.int32()),
        ("seed", pa.uint64()),
        ("status", pa.string()),
        ("error", pa.string()),
        ("traceback", pa.string()),
    ]
)
EVENTS = pa.schema(
    [
        ("run", pa.string()),
        ("month", pa.int16()),
        ("kind", pa.string()),
        ("compound", pa.int32()),
        ("subject", pa.string()),
        ("value", pa.float64()),
        ("note", pa.string()),
    ]
)


class Recipe(NamedTuple):
    """What all runs of a sweep share; `scenario` is pickled, so that a worker reads it once."""

    scenario: bytes
    months: int
    ranges_seed: int | None
    outcomes: tuple[str, ...]
    events: tuple[str, ...]
    before: int = 0


class Run(NamedTuple):
    """One run: a point and a replicate. `key` names its content: scenario, differences, seed, recorder and code."""

    key: str
    point: str
    differences: tuple[tuple[str, Value], ...]
    replicate: int
    seed: int


class Batch(NamedTuple):
    """Runs that a worker does in one go, and that are committed together.

    `lost` names runs that killed their worker before; they are recorded as such and not tried again. `limit` is the
    seconds after which a run is taken to never end, and ends its worker; 0 is none.
    """

    key: str
    recipe: Recipe
    runs: tuple[Run, ...]
    lost: frozenset[str] = frozenset()
    limit: int = 0


class Packet(NamedTuple):
    """The tables of a finished batch as Parquet bytes, by name.

    `failed` counts the runs that failed; `code` names the code that did them, which may be installed elsewhere.
    """

    batch: str
    tables: dict[str, bytes]
    runs: int
    failed: int
    code: str


@cache
def code_version() -> str:
    """A name for the code that decides results: this model's sources and the libraries that it computes with.

    Found out once: a process goes on with what it has loaded, also when somebody edits the files.
    """
    versions = [f"{name} {version(name)}" for name in ("mesa", "numba", "numpy")]
    return hashlib.sha256("\n".join([source_digest(), *versions]).encode()).hexdigest()[:16]


def recipe_of(design: Design) -> Recipe:
    """What all runs of a design share."""
    ranges_seed = design.seed if design.ranges == "draw" else None
    return Recipe(pickle.dumps(design.scenario), design.months, ranges_seed, design.kept, design.events, design.before)


def all_runs(design: Design, code: str = "") -> list[Run]:
    """Every run of a design: replicate by replicate over all points, so that a stopped sweep is balanced.

    Args:
        design: what to run.
        code: the version of the code that does or did it; by default this one.
    """
    ranges_seed = design.seed if design.ranges == "draw" else None
    shared = [design.scenario.hash, design.months, ranges_seed, design.kept, design.events, code or code_version()]
    shared += [design.before] if design.before else []
    start = hashlib.sha256(json.dumps(shared).encode())
    points = []
    for point in design.points:
        hasher = start.copy()
        hasher.update(json.dumps(point.differences).encode())
        points.append((point, point.key, hasher))
    runs = []
    for replicate in range(design.replicates):
        for point, key, started in points:
            seed = design.seed_of(point, replicate)
            hasher = started.copy()
            hasher.update(f"/{seed}/{replicate}".encode())
            runs.append(Run(hasher.hexdigest()[:24], key, point.differences, replicate, seed))
    return runs


def batches(design: Design, runs: Sequence[Run], done: set[str], limit: int = 0) -> list[Batch]:
    """The runs still to do, in batches of a size that depends on the design alone."""
    recipe, size = recipe_of(design), batch_size(design)
    found = []
    for start in range(0, len(runs), size):
        missing = tuple(run for run in runs[start : start + size] if run.key not in done)
        if missing:
            key = hashlib.sha256("".join(run.key for run in missing).encode()).hexdigest()[:16]
            found.append(Batch(key, recipe, missing, limit=limit))
    return found


def batch_size(design: Design) -> int:
    """Runs a batch: about two seconds' worth by size, at least 32 batches, never by measured time."""
    scenario = design.scenario
    months = design.months + int(scenario["calendar.spin_up"])
    places = scenario.ledger
    households = sum(row.households for row in places) if places else int(scenario["places.households"])
    compounds = len(places) if places else int(scenario["places.compounds"])
    seconds = months * (households * _SECONDS_PER_HOUSEHOLD_MONTH + compounds * _SECONDS_PER_COMPOUND_MONTH)
    fair = -(-design.runs // _LEAST_BATCHES)
    return max(1, min(int(NOMINAL_BATCH_SECONDS / seconds), fair, _LARGEST_BATCH))


@contextmanager
def _no_collection() -> Iterator[None]:
    """Set aside what is loaded by now, so that collecting a run's own garbage is cheap and happens between runs."""
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


@contextmanager
def _within(seconds: int) -> Iterator[None]:
    """End this process when the time is over, whatever it does: an endless rule would hear no signal and no thread."""
    if not seconds:
        yield
        return
    with Path(os.devnull).open("w") as nowhere:
        faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()


@cache
def _warm() -> None:
    """Compile or load the kernels in a small district, so that the time of a run is its own."""
    levers = {lever.key: lever.default for lever in all_levers()}
    places = {"places.compounds": 12, "places.households": 900, "places.compounds_per_community": 4}
    begun = {"places.managed_share": 0.5, "places.committee_share": 0.5}
    District(load_scenario("baseline", levers | places | begun), rng=1).run_for(24)


def do_batch(batch: Batch) -> Packet:
    """Do the runs of a batch and put their tables together."""
    if batch.limit:
        _warm()
    with _no_collection():
        return _done(batch)


def _done(batch: Batch) -> Packet:
    rows: list[tuple[Any, ...]] = []
    outcomes: list[tuple[str, dict[str, Any]]] = []
    events: list[tuple[Any, ...]] = []
    for run in batch.runs:
        error, trace, status = None, None, OK
        if run.key in batch.lost:
            status, error = DIED, DEATH
        else:
            try:
                with _within(batch.limit):
                    columns, happened = do_run(batch.recipe, run)
                outcomes.append((run.key, columns))
                events += happened
            # One run's failure is a result, kept with all that it takes to replay it; a rule may also call exit().
            except (Exception, SystemExit) as problem:  # noqa: BLE001 - see above
                status, error = FAILED, _plain(f"{type(problem).__name__}: {problem}"[:2_000])
                trace = _plain(traceback.format_exc()[-LONGEST_TRACEBACK:])
        overrides = json.dumps(dict(run.differences), ensure_ascii=False)
        rows.append((run.key, run.point, overrides, run.replicate, run.seed, status, error, trace))
        gc.collect()  # a district is a web of references: only the collector frees it
    failed = sum(row[5] != OK for row in rows)
    tables = {"outcomes": _parquet(_outcome_table(batch.recipe, outcomes)), "events": _parquet(_event_table(events))}
    # The table of runs names the others by their bytes: where it stands, the batch is complete.
    schema = RUNS.with_metadata({name: part_name(batch.key, data) for name, data in tables.items()})
    tables["runs"] = _parquet(pa.table([list(column) for column in zip(*rows, strict=True)], schema=schema))
    return Packet(batch.key, tables, len(rows), failed, code_version())


def part_name(key: str, data: bytes) -> str:
    """The name of a file that says what its bytes must be."""
    return f"{key}.{hashlib.sha256(data).hexdigest()[:32]}.parquet"


def do_run(recipe: Recipe, run: Run) -> tuple[dict[str, Any], list[tuple[Any, ...]]]:
    """One run: the kept outcomes by month, and the kept events as rows of EVENTS."""
    district = district_of(recipe, run)
    district.run_for(recipe.months)
    wanted = frozenset(recipe.outcomes)
    columns = columns_by_month(district, only=wanted)
    if recipe.before:
        # Two readings: what adds up over the months begins with the campaign.
        earlier = columns_by_month(district, -recipe.before, wanted)
        spin_up = earlier["month"] < 0
        columns = {name: np.concatenate([earlier[name][spin_up], values]) for name, values in columns.items()}
    kinds = recipe.events
    kept = [event for event in district.world.events if kinds == ("all",) or event.kind in kinds]
    # A rule of the user's own may log anything: what is no row fails its run, here, and not its batch.
    return columns, [
        (run.key, e.month, str(e.kind), int(e.compound), _plain(str(e.subject)), float(e.value), _plain(str(e.note)))
        for e in kept
    ]


def district_of(recipe: Recipe, run: Run) -> District:
    """The district of a run at month 0."""
    return District(scenario_of(recipe.scenario, recipe.ranges_seed, run), rng=run.seed)


def scenario_of(pickled: bytes, ranges_seed: int | None, run: Run) -> Scenario:
    """The scenario of a run: the point's values over the base, then each remaining range drawn for the replicate."""
    scenario = _point(pickled, run.differences)
    return scenario if ranges_seed is None else scenario.sample(ranges_seed, run.replicate)


@lru_cache(maxsize=4)
def _base(pickled: bytes) -> Scenario:
    scenario: Scenario = pickle.loads(pickled)  # noqa: S301 - written by the process that sent this batch
    return scenario


@lru_cache(maxsize=256)
def _point(pickled: bytes, differences: tuple[tuple[str, Value], ...]) -> Scenario:
    base = _base(pickled)
    return base.with_overrides(dict(differences)) if differences else base


def _outcome_table(recipe: Recipe, found: Iterable[tuple[str, dict[str, Any]]]) -> pa.Table:
    """All runs' outcomes, one below the other; a share of a mode that a run does not have is null."""
    runs = list(found)
    lengths = [len(columns["month"]) for _, columns in runs]
    keys = pa.array(np.repeat([key for key, _ in runs], lengths) if runs else [], pa.string())
    months = np.concatenate([columns["month"] for _, columns in runs]) if runs else np.empty(0)
    table = {"run": keys, "month": pa.array(months.astype(np.int16))}
    for name in recipe.outcomes:
        parts = [
            np.asarray(columns.get(name, np.full(length, np.nan)), dtype=np.float64)
            for (_, columns), length in zip(runs, lengths, strict=True)
        ]
        values = np.concatenate(parts) if parts else np.empty(0)
        table[name] = pa.array(values, from_pandas=True)  # not a number is null: there was nothing to measure
    return pa.table(table)


def _event_table(rows: list[tuple[Any, ...]]) -> pa.Table:
    return pa.table([[row[i] for row in rows] for i in range(len(EVENTS))], schema=EVENTS)


def _plain(text: str) -> str:
    """A text that can be written: names of files may hold half characters."""
    return text.encode(errors="replace").decode()


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd", write_page_checksum=True)
    return sink.getvalue()
