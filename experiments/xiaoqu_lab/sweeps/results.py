"""Results: a store read back into pandas, each kind of table apart.

    found = load("results/programmes")
    found.points, found.runs, found.outcomes, found.events, found.failures

Rows are sorted by point, replicate and month, so that the tables do not depend on the order in which runs ended.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from xiaoqu.errors import InputError, display, listed
from xiaoqu_lab.complaints import complain
from xiaoqu_lab.output import write_csv
from xiaoqu_lab.sweeps.measures import Measure, read_measure
from xiaoqu_lab.sweeps.runs import EVENTS, OK, RUNS, all_runs
from xiaoqu_lab.sweeps.store import Part, Plan, current_plan, design_of, finished, read_part, survey

if TYPE_CHECKING:
    from xiaoqu_lab.sweeps.design import Design

KEYS = ["point", "replicate"]
TABLES = ("points", "runs", "outcomes", "events", "failures")


class Sweep:
    """What a sweep has brought so far: read from its folder when asked for."""

    def __init__(self, folder: Path, plan: Plan, parts: list[Part]) -> None:
        """Made by `load` and by `sweep`, from the parts that stand in the folder."""
        self.folder = folder
        self.plan = plan
        self._all_parts = parts

    @property
    def design(self) -> dict[str, Any]:
        """The design, as plain values."""
        return self.plan.design

    @cached_property
    def _design(self) -> Design:
        return design_of(self.plan)

    @cached_property
    def points(self) -> pd.DataFrame:
        """One row a point: point (its number), key, label, then one column a factor."""
        keys = [factor.key for factor in self._design.factors]
        rows = [(point.number, point.key, point.label, *point.values) for point in self._design.points]
        return pd.DataFrame(rows, columns=["point", "key", "label", *keys])

    @cached_property
    def runs(self) -> pd.DataFrame:
        """One row a run that was tried: point, replicate, run, seed, status, error, traceback."""
        columns = ["run", "seed", "status", "error", "traceback"]
        tables = [part.table.select(columns) for part in self._parts]
        table = (pa.concat_tables(tables) if tables else RUNS.empty_table().select(columns)).to_pandas()
        here = self._wanted.merge(table, on="run", how="inner")
        # A run that failed and was tried again stands there twice: what succeeded counts.
        here["bad"] = here["status"] != OK
        here = here.sort_values([*KEYS, "bad"]).drop_duplicates(KEYS)
        return here.drop(columns="bad").reset_index(drop=True)

    @cached_property
    def _wanted(self) -> pd.DataFrame:
        """The runs of the design: point, replicate, run."""
        numbers = {point.key: point.number for point in self._design.points}
        rows = [(numbers[run.point], run.replicate, run.key) for run in all_runs(self._design, self.plan.code)]
        return pd.DataFrame(rows, columns=[*KEYS, "run"])

    @property
    def missing(self) -> int:
        """Runs of the design that have not been tried yet."""
        return len(self._wanted) - len(self.runs)

    @cached_property
    def unasked(self) -> int:
        """Runs in the folder that the current design does not ask for: of a larger or other one, or of other code."""
        return len(finished(self._all_parts) - set(self._wanted["run"]))

    @cached_property
    def all_months(self) -> pd.DataFrame:
        """The same as `outcomes`, with the months of the spin-up that the design keeps (`Design.before`)."""
        return self._joined("outcomes", ["month", *self.names])

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """One row a run and month: point, replicate, month, then the outcomes."""
        return self.all_months[self.all_months["month"] >= 0].reset_index(drop=True)

    @cached_property
    def events(self) -> pd.DataFrame:
        """One row an event: point, replicate, month, kind, compound, subject, value, note."""
        return self._joined("events", EVENTS.names[1:])

    @property
    def failures(self) -> pd.DataFrame:
        """The runs that failed, with error and traceback."""
        bad = self.runs[self.runs["status"] != OK]
        return bad.merge(self.points[["point", "label"]], on="point").reset_index(drop=True)

    @property
    def names(self) -> list[str]:
        """The outcomes that are kept."""
        return [*self._design.kept]

    def measure(self, outcome: str | Measure) -> pd.DataFrame:
        """One number per run: point, replicate, value (see `measures`).

        Raises:
            InputError: there is no such outcome.
        """
        measure = read_measure(outcome, self.names) if isinstance(outcome, str) else outcome
        # All outcomes of a large sweep may not fit into memory: only the one in question is read.
        table = self._joined("outcomes", ["month", measure.outcome])
        table = table[table["month"] >= 0]
        return measure.of(table, KEYS).rename("value").reset_index()

    @property
    def reference(self) -> int:
        """The point that others are compared with: the scenario as stated if the design has it, else the first."""
        return self._design.reference

    def differences(self, outcome: str | Measure, base: int | None = None) -> pd.DataFrame:
        """Differences from a point, replicate by replicate: point, replicate, value, base, difference.

        Args:
            outcome: a measure, such as "satisfaction:mean".
            base: the point to compare with; by default `reference`.

        Raises:
            InputError: there is no such outcome.
        """
        values = self.measure(outcome)
        base = self.reference if base is None else base
        there = values[values["point"] == base].set_index("replicate")["value"].rename("base")
        paired = values[values["point"] != base].join(there, on="replicate", how="inner")
        return paired.assign(difference=paired["value"] - paired["base"]).reset_index(drop=True)

    def export(self, out: str | Path) -> list[Path]:
        """Write the five tables as Parquet and CSV, one file each; text that a spreadsheet would run is quoted."""
        folder = Path(out)
        folder.mkdir(parents=True, exist_ok=True)
        files = []
        for name in TABLES:
            frame: pd.DataFrame = getattr(self, name)
            frame.to_parquet(folder / f"{name}.parquet", index=False)
            write_csv(frame, folder / f"{name}.csv")
            files += [folder / f"{name}.parquet", folder / f"{name}.csv"]
        return files

    @cached_property
    def _parts(self) -> list[Part]:
        """The parts with runs of this design: others may have run in the same folder."""
        wanted = set(self._wanted["run"])
        return [part for part in self._all_parts if not wanted.isdisjoint(part.table["run"].to_pylist())]

    def _joined(self, name: str, columns: list[str]) -> pd.DataFrame:
        """Columns of all parts by point and replicate; the rows of a run stay in their order."""
        fine = self.runs[self.runs["status"] == OK]
        number_of = pd.Index(fine["run"])  # its rows are sorted by point and replicate
        tables, numbers = [], []
        for part in self._parts:
            table = read_part(part.others[name], ["run", *columns])
            runs = table["run"].combine_chunks().dictionary_encode()
            numbers.append(number_of.get_indexer(runs.dictionary.to_pylist())[runs.indices.to_numpy()])
            tables.append(table.drop_columns("run"))
        if not tables:
            return pd.DataFrame(columns=[*KEYS, *columns])
        number = np.concatenate(numbers)
        order = np.argsort(number, kind="stable")
        order = order[np.searchsorted(number, 0, sorter=order) :]  # -1: a run of another design
        frame: pd.DataFrame = pa.concat_tables(tables).to_pandas().take(order).reset_index(drop=True)
        for place, key in enumerate(KEYS):
            frame.insert(place, key, fine[key].to_numpy()[number[order]])
        return frame


def load(folder: str | Path) -> Sweep:
    """Read the results of a sweep; every byte is checked.

    Raises:
        InputError: the folder is no sweep, or files are damaged: the same sweep command mends them.
    """
    folder = Path(folder)
    plan = current_plan(folder)
    found = survey(folder)
    if found.damaged:
        seen = listed([display(path) for path in found.damaged], 5)
        raise InputError([complain("part_damaged", seen=seen, count=len(found.damaged))])
    return Sweep(folder, plan, found.parts)
