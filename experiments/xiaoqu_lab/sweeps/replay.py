"""Replay: one run of a sweep again, alone, and whether it gives the same figures."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow.parquet as pq

from xiaoqu_lab.complaints import refuse
from xiaoqu_lab.sweeps import runs
from xiaoqu_lab.sweeps.results import KEYS, Sweep, load
from xiaoqu_lab.sweeps.store import design_of

if TYPE_CHECKING:
    from collections.abc import Hashable
    from pathlib import Path

    import pandas as pd


class Replay(NamedTuple):
    """A run done again.

    Attributes:
        run: its key.
        status: "same", "other" (figures differ), "succeeded" (it failed in the sweep) or "failed" (again or now).
        outcomes: what it gave now, by month; empty if it failed.
        differences: what its scenario changes.
        then, now: code versions of the sweep and of this replay.
    """

    run: str
    point: int
    replicate: int
    seed: int
    status: str
    outcomes: pd.DataFrame
    differences: dict[str, object]
    traceback: str
    then: str
    now: str


def replay(folder: str | Path, run: str) -> Replay:
    """Run one run of a sweep again in this process.

    Args:
        folder: the sweep.
        run: the run's key or the start of it, or POINT/REPLICATE such as 3/0.

    Raises:
        InputError: there is no such sweep or run.
    """
    found = load(folder)
    design = design_of(found.plan)
    row = _row(found, run)
    everything = {one.key: one for one in runs.all_runs(design, found.plan.code)}
    wanted = everything[row["run"]]
    packet = runs.do_batch(runs.Batch("replay", runs.recipe_of(design), (wanted,)))
    table = pq.read_table(io.BytesIO(packet.tables["outcomes"])).to_pandas().drop(columns="run")
    done = pq.read_table(io.BytesIO(packet.tables["runs"])).to_pylist()[0]
    before = found.all_months
    before = before[(before[KEYS] == [row["point"], row["replicate"]]).all(axis=1)].drop(columns=KEYS)
    if done["status"] != runs.OK:
        status = "failed"
    elif row["status"] != runs.OK:
        status = "succeeded"
    else:
        status = "same" if _equal(table, before[table.columns]) else "other"
    return Replay(
        wanted.key,
        row["point"],
        wanted.replicate,
        wanted.seed,
        status,
        table,
        dict(wanted.differences),
        done["traceback"] or done["error"] or "",
        found.plan.code,
        runs.code_version(),
    )


def _row(found: Sweep, run: str) -> dict[Hashable, Any]:
    table = found.runs
    point, slash, replicate = run.partition("/")
    if slash and point.isdigit() and replicate.isdigit():
        here = table[(table["point"] == int(point)) & (table["replicate"] == int(replicate))]
    else:
        here = table[table["run"].str.startswith(run)]
    if len(here) != 1:
        refuse("no_run", "RUN", run)
    return here.to_dict("records")[0]


def _equal(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Bit by bit; not a number equals not a number."""
    left, right = (np.ascontiguousarray(frame.to_numpy(dtype=float, na_value=np.nan)) for frame in (one, other))
    return left.shape == right.shape and bool(((left == right) | (np.isnan(left) & np.isnan(right))).all())
