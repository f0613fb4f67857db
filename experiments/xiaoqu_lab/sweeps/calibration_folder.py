"""The folder of a calibration: a sweep of every case, and beside them what the samples are worth.

    DIR/<case>/                the sweep of a case: `load("DIR/<case>")`, `xiaoqu report DIR/<case>`
    DIR/samples.csv            every sample: its values, distance, misfit with each target, whether it was kept
    DIR/accepted.csv           the ensemble, one row a sample, one column a parameter
    DIR/ensemble_<case>.toml   a design for `xiaoqu sweep` that runs the case at every sample of the ensemble
    DIR/scenario_<case>.toml   the case that this design names, where it is none of the shipped ones
    DIR/ensemble.json          what the ensemble says

One calibration at a time runs in a folder (it holds `.lock`, as a sweep does); anybody may read. What stands beside the
sweeps follows from them, and is written anew at the end.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from xiaoqu.errors import InputError, display, listed
from xiaoqu.scenario import Scenario, scenario_names
from xiaoqu.toml_lines import toml_value
from xiaoqu_lab.complaints import complain
from xiaoqu_lab.output import write_csv
from xiaoqu_lab.sweeps.store import LOCK, PLANS, check_folder, current_plan

if TYPE_CHECKING:
    from pathlib import Path

    from xiaoqu.errors import Problem
    from xiaoqu_lab.sweeps.calibrate import Calibration, Plan

SAMPLES_FILE, ACCEPTED_FILE, ENSEMBLE_FILE = "samples.csv", "accepted.csv", "ensemble.json"


def file_of(case: str | Path | Scenario, name: str) -> str:
    """How a design file names a case: a shipped one by its name, any other by a file that is written beside it."""
    return str(case) if isinstance(case, str) and case in scenario_names() else f"scenario_{name}.toml"


def hindrances(planned: Plan, folder: Path, *, complete: bool) -> list[Problem]:
    """Why a folder cannot hold this calibration: it is a file, holds something else, or another calibration.

    Without all cases (some may be bad input) nothing is said of the folders that belong to none.
    """
    shown = display(folder.absolute())
    if not folder.exists():
        return []
    if not folder.is_dir():
        return [complain("out_file", "--out", shown)]
    ours = {SAMPLES_FILE, ACCEPTED_FILE, ENSEMBLE_FILE}
    entries = [path for path in sorted(folder.iterdir()) if path.name not in ours]
    cases = [path for path in entries if (path / PLANS).is_dir()]
    others = [path.name for path in entries if path not in cases and not _is_ours(path.name)]
    others = [name for name in others if name not in planned.cases or any((folder / name).iterdir())]
    if others and not (folder / SAMPLES_FILE).exists():
        return [complain("out_foreign", "--out", shown, names=listed(others, 5))]
    problems: list[Problem] = []
    strangers = [path.name for path in cases if path.name not in planned.cases]
    if strangers and complete:
        problems.append(complain("other_cases", "--out", shown, names=listed(strangers, 5)))
    for design in planned.designs:
        place = folder / design.scenario.name
        try:
            check_folder(place)
            there = current_plan(place).design if (place / PLANS).is_dir() else None
        except InputError as error:
            # A sweep that was killed before its first plan, or has a damaged one, mends itself.
            problems += [problem for problem in error.problems if problem.code not in ("no_sweep", "part_damaged")]
            continue
        if there is not None:
            problems += _differences(design.described(), there, place)
    return problems


def _differences(design: dict[str, Any], there: dict[str, Any], place: Path) -> list[Problem]:
    """What only another calibration changes; samples, replicates and the share kept may change in the same folder."""

    def facts(described: dict[str, Any]) -> dict[str, str]:
        spans = {factor["key"]: factor["span"] for factor in described["factors"]}
        prior = ", ".join(f"{key}={span[0]:g}:{span[1]:g}" for key, span in sorted(spans.items()) if span)
        return {"name": described["name"], "--vary": prior, "--seed": str(described["seed"])}

    ours, theirs = facts(design), facts(there)
    return [
        complain("other_calibration", name, value, place=display(place.absolute()), there=theirs[name] or "–")
        for name, value in ours.items()
        if theirs[name] != value
    ]


def _is_ours(name: str) -> bool:
    return name == LOCK or (name.startswith(("ensemble_", "scenario_", ".")) and name.endswith((".toml", ".partial")))


def write(planned: Plan, found: Calibration, folder: Path) -> None:
    """Write what stands in the folder beside the sweeps, each file whole or not at all.

    Raises:
        InputError: the disk is full or cannot be written.
    """
    first = planned.designs[0]
    tables = {SAMPLES_FILE: found.sampled, ACCEPTED_FILE: found.accepted}
    texts = {ENSEMBLE_FILE: json.dumps(found.described(), ensure_ascii=False, indent=2, allow_nan=False) + "\n"}
    for design, file in zip(planned.designs, planned.files, strict=True):
        case = design.scenario.name
        if file.endswith(".toml"):
            texts[file] = design.scenario.to_toml(folder.resolve())
        head = {
            "name": "ensemble",
            "question_en": f"What does {case} do at every sample of the ensemble?",
            "question_zh": f"在集合的每个样本下，{case} 会怎样？",
            "scenario": file,
            "sampler": "list",
            "file": ACCEPTED_FILE,
            "replicates": first.replicates,
            "seed": first.seed,
        }
        texts[f"ensemble_{case}.toml"] = "[design]\n" + "".join(f"{k} = {toml_value(v)}\n" for k, v in head.items())
    try:
        for name in (*tables, *texts):
            draft = folder / f".{name}.partial"
            if name in tables:
                write_csv(tables[name], draft)
            else:
                draft.write_text(texts[name], "utf-8", newline="\n")
            draft.replace(folder / name)
    except OSError as error:
        detail = error.strerror or type(error).__name__
        raise InputError([complain("not_writable", "--out", display(folder.absolute()), detail=detail)]) from None
