"""A result on disk: tidy tables (Parquet and CSV), a data dictionary, a manifest, figures, the scenario as it was run.

A result is itself a scenario folder, so `xiaoqu run FOLDER` runs it again.
"""

from __future__ import annotations

import json
import platform
import shutil
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, BinaryIO

import pandas as pd

from xiaoqu.toml_lines import toml_value
from xiaoqu_lab.dictionary import data_dictionary
from xiaoqu_lab.folder import MANIFEST

if TYPE_CHECKING:
    from pathlib import Path

    from xiaoqu.scenario import Scenario
    from xiaoqu_lab.simulate import Result
    from xiaoqu_lab.texts import Lang

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so would be run as a formula by a spreadsheet."""


def write(result: Result, folder: Path, lang: Lang = "en") -> list[str]:
    """Write a result into an empty folder, figures in a language.

    Returns:
        The files written, by name from the folder on.
    """
    tables = tidy_tables(result)
    for name, frame in tables.items():
        frame.to_parquet(folder / f"{name}.parquet", index=False)
        write_csv(frame, folder / f"{name}.csv")
    district = result.district
    write_csv(data_dictionary(tables, district.world.modes, district.mode_titles), folder / "dictionary.csv")
    write_scenario(result.scenario, folder)

    from xiaoqu_lab import figures  # noqa: PLC0415 - drawing is slow to import

    (folder / "figures").mkdir()
    for name, svg in figures.draw(result, lang).items():
        (folder / "figures" / f"{name}.svg").write_text(svg, "utf-8", newline="\n")
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    text = json.dumps({**manifest(result), "files": files}, ensure_ascii=False, indent=2, allow_nan=False)
    (folder / MANIFEST).write_text(text + "\n", "utf-8", newline="\n")
    return [*files, MANIFEST]


def tidy_tables(result: Result) -> dict[str, pd.DataFrame]:
    """The tables of a result by name."""
    return {
        "district_month": result.campaign.drop(columns="adoption"),
        "compound_month": result.district.outcomes_by_compound(),
        "events": result.district.events(),
        "targets": targets_table(result),
        "replicates": replicates_table(result),
    }


def targets_table(result: Result) -> pd.DataFrame:
    """One row a target: reported and simulated."""
    rows = []
    for comparison in result.comparisons:
        target = comparison.target
        stated = target.model_dump(exclude={"window"})
        first, last = target.window
        found = comparison._asdict()
        del found["target"]
        rows.append({**stated, "first_month": first, "last_month": last, **found})
    columns = (
        "id case_id outcome aggregate first_month last_month unit relation reported simulated low high percentile"
        " measured verdict reason definition_en definition_zh filter_en filter_zh source"
    )
    return pd.DataFrame(rows, columns=columns.split())


def replicates_table(result: Result) -> pd.DataFrame:
    """What was kept of every replicate, one value a row."""
    months = result.table["month"].to_list()
    rows: list[tuple[int, int, str, str, int | None, float]] = []
    for number, replicate in enumerate(result.replicates):
        here = (number, replicate.seed)
        rows += [(*here, "input", key, None, value) for key, value in replicate.sampled.items()]
        rows += [(*here, "target", key, None, value) for key, value in replicate.targets.items()]
        for name, curve in replicate.curves.items():
            rows += [(*here, "outcome", name, month, value) for month, value in zip(months, curve, strict=True)]
    table = pd.DataFrame(rows, columns=["replicate", "seed", "kind", "name", "month", "value"])
    return table.astype({"replicate": "int64", "seed": "uint64", "month": "Int64", "value": "float64"})


def write_csv(frame: pd.DataFrame, path: Path | BinaryIO) -> None:
    """UTF-8 with a mark, so that Excel reads Chinese; an apostrophe before texts that a spreadsheet would run."""
    safe = frame.copy()
    for name, dtype in frame.dtypes.items():
        if not pd.api.types.is_numeric_dtype(dtype):
            safe[name] = [f"'{text}" if str(text).startswith(FORMULA) else text for text in frame[name]]
    safe.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")


def write_scenario(scenario: Scenario, folder: Path) -> None:
    """Write a scenario as one file over the baseline, with copies of the files that it names."""
    text = scenario.to_toml()
    for key, path in scenario.files.items():
        name = f"{key}{path.suffix}"
        shutil.copyfile(path, folder / name)
        text = text.replace(toml_value(path.as_posix()), toml_value(name))
    (folder / "scenario.toml").write_text(text, "utf-8", newline="\n")


def manifest(result: Result) -> dict[str, Any]:
    """What was run, with what, and when: all that it takes to get the same bytes again."""
    scenario = result.scenario
    values = {
        key: {
            "value": scenario[key] if key not in scenario.files else f"{key}{scenario.files[key].suffix}",
            "unit": scenario.entry(key).unit,
            "layer": scenario.layer(key),
            "source": scenario.source(key),
        }
        for key in scenario
    }
    return {
        "scenario": scenario.name,
        "title_en": scenario.title("en"),
        "title_zh": scenario.title("zh"),
        "scenario_hash": scenario.hash,
        "seed": result.seed,
        "months": result.months,
        "replicates": len(result.replicates),
        "digest": result.digest,
        "written_utc": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("xiaoqu", "mesa", "numpy", "numba", "pandas", "pyarrow", "matplotlib")},
        },
        "ranges": {key: span.model_dump() for key, span in scenario.ranges.items()},
        "values": values,
    }
