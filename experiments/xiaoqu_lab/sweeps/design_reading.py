"""How a design comes about: from a TOML file (`read_design`), from the command line or from Python (`make_design`).

Everything about it is checked before the first run, all mistakes are said at once, and every value is checked against
the bounds that the model declares.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from xiaoqu import load_scenario, scenario_names
from xiaoqu.errors import InputError, Problem, display, from_pydantic, listed, nearest
from xiaoqu.outcomes import BY_NAME, mode_outcomes
from xiaoqu.parameters import SAFE_NAME, is_file, lists_as_tuples
from xiaoqu.scenario import shipped_baseline
from xiaoqu.toml_lines import read_document
from xiaoqu_lab.complaints import Complaint, complain, too_late
from xiaoqu_lab.sweeps.design import OUTCOMES, Design
from xiaoqu_lab.sweeps.factors import Factor, Kind, Place, expanded, kind_of, not_stated, read_factor, written
from xiaoqu_lab.sweeps.measures import read_measure
from xiaoqu_lab.sweeps.samplers import GRIDS, Row, Sampler

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from xiaoqu.parameters import Value
    from xiaoqu.scenario import Scenario

MOST_POINTS = 1_000_000
MOST_REPLICATES, MOST_MONTHS, MOST_SEED = 100_000, 1_200, 2**63
MOST_CHECKED = 2_000
"""Points checked one by one before the first run; beyond that only the values are, and a bad pair fails in its run."""


class _Head(BaseModel):
    """The [design] table."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False, regex_engine="python-re")

    name: str = Field(default="sweep", pattern=SAFE_NAME)
    question_en: str = ""
    question_zh: str = ""
    scenario: str
    sampler: Sampler = "full_factorial"
    samples: int = Field(default=64, ge=1, le=MOST_POINTS)
    file: str = ""
    replicates: int = Field(default=20, ge=1, le=MOST_REPLICATES)
    seed: int = Field(default=1, ge=0, le=MOST_SEED)
    months: int = Field(default=0, ge=0, le=MOST_MONTHS)
    ranges: Literal["draw", "middle"] = "draw"
    numbers: Literal["common", "independent"] = "common"
    outcomes: tuple[str, ...] = OUTCOMES
    events: tuple[str, ...] = ("mode",)
    before: int = Field(default=0, ge=0, le=MOST_MONTHS)


def make_design(
    scenario: Scenario | str | Path,
    vary: Mapping[str, object] | None = None,
    *,
    points: Sequence[Mapping[str, object]] = (),
    outcome: str | None = None,
    **settings: Any,
) -> Design:
    """A design from Python or from the command line.

    Args:
        scenario: the base, or its name or path.
        vary: by parameter a list of values, a text such as "off,on", "0:1:5" or "0:1", or "flip" for levers;
            "levers.*" stands for every lever.
        points: for the sampler "list": each point's values by parameter.
        outcome: a measure whose outcome is put first, which makes it the one in question.
        settings: fields of the [design] table: sampler, samples, replicates, seed, months, ranges, numbers,
            outcomes, events, before, name, question_en, question_zh.

    Raises:
        InputError: everything that is wrong with it.
    """
    loaded = load_scenario(scenario) if isinstance(scenario, str | Path) else scenario
    problems: list[Problem] = []
    if points and "sampler" not in settings:
        settings["sampler"] = "list"
    places = {name: Place("", None, name) for name in settings}
    head = _head({"scenario": loaded.name, **lists_as_tuples(settings)}, places, Place(), problems)
    stated = [(key, spec, None, Place("", None, key)) for key, spec in (vary or {}).items()]
    return _design(loaded, head, stated, [(dict(point), Place()) for point in points], problems, outcome)


def read_design(path: str | Path, changes: Mapping[str, object] | None = None, *, outcome: str | None = None) -> Design:
    """Read a design file: a path, or the name of one in `experiments/designs`.

    Args:
        path: where it is.
        changes: other values for fields of its [design] table.
        outcome: as in `make_design`.

    Raises:
        InputError: everything that is wrong with it.
    """
    found = find_design(path)
    document = read_document(found, display(found))
    file = display(found)
    problems: list[Problem] = list(document.problems)

    def place(key: str) -> Place:
        return Place(file, document.line(key), key)

    values = dict(document.values)
    table = values.pop("design", None)
    if not isinstance(table, dict):
        raise InputError([*problems, Complaint("no_design_table", file, key="design")])
    table = {**lists_as_tuples(table), **(changes or {})}
    head = _head(table, {name: place(f"design.{name}") for name in table}, place("design"), problems)
    stated: list[tuple[str, object, Kind | None, Place]] = []
    for section, kind in (("levers", "lever"), ("uncertainties", "uncertainty")):
        factors = values.pop(section, {})
        if isinstance(factors, dict):
            stated += [(key, spec, kind, place(f"{section}.{key}")) for key, spec in factors.items()]  # type: ignore[misc]
    points = [
        (dict(point), place(f"points.{number}"))
        for number, point in enumerate(values.pop("points", []))
        if isinstance(point, dict)
    ]
    problems += [Complaint("unknown_design_key", file, document.line(key), key) for key in values]
    if head is not None and head.file:
        points += _csv_points(found.parent / head.file, problems)
    try:
        # A head that cannot be used is no reason to leave the factors unread: all mistakes are said at once.
        name = head.scenario if head else str(table.get("scenario", "baseline"))
        beside = found.parent / name
        scenario = load_scenario(beside if is_file(beside) else name)
    except InputError as error:
        raise InputError([*problems, *error.problems]) from None
    return _design(scenario, head, stated, points, problems, outcome)


def named_designs() -> dict[str, Path]:
    """The designs that come with xiaoqu, by name."""
    package = Path(__file__).parent / "designs"
    folder = package if package.is_dir() else Path(__file__).parents[2] / "designs"
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def find_design(name_or_path: str | Path) -> Path:
    """The file of a design.

    Raises:
        InputError: there is none.
    """
    path = Path(name_or_path)
    if path.is_file():
        return path
    known = named_designs()
    if str(name_or_path) in known:
        return known[str(name_or_path)]
    raise _no_design(name_or_path)


def is_design(what: object) -> bool:
    """Whether this names a design rather than a scenario: one that comes with xiaoqu, or a file with a [design] table.

    Raises:
        InputError: it names neither.
    """
    if not isinstance(what, str | Path):
        return False
    path = Path(what)
    if str(what) in named_designs() or (path.is_file() and "design" in read_document(path, "").values):
        return True
    if str(what) != "baseline" and shipped_baseline().find(what, Path()) is None:
        raise _no_design(what)
    return False


def _no_design(name: str | Path) -> InputError:
    designs, scenarios = [*named_designs()], scenario_names()
    guess = nearest(str(name), [*designs, *scenarios])
    facts = {"designs": listed(designs), "scenarios": listed(scenarios), "guess": guess}
    return InputError([complain("no_design_guess" if guess else "no_design", seen=str(name), **facts)])


def _head(
    table: Mapping[str, object], places: Mapping[str, Place], whole: Place, problems: list[Problem]
) -> _Head | None:
    try:
        return _Head.model_validate(table)
    except ValidationError as error:
        for name, code, seen, facts in from_pydantic(error, _Head.model_fields):
            at = places.get(name, whole)
            problems.append(Problem(code, at.file, at.line, at.key or name, written(seen), facts))
        return None


def _design(
    scenario: Scenario,
    head: _Head | None,
    stated: Iterable[tuple[str, object, Kind | None, Place]],
    points: Sequence[tuple[dict[str, object], Place]],
    problems: list[Problem],
    outcome: str | None,
) -> Design:
    factors: dict[str, Factor] = {}
    grid = head is None or head.sampler in GRIDS
    months = (head.months if head else 0) or int(scenario["calendar.months"])
    for key, spec, kind, place in stated:
        problems += too_late([key], months, place.file, place.line)
        for one, wanted in expanded(scenario, key, spec):
            factor = read_factor(scenario, one, wanted, kind or kind_of(one), place, problems, grid=grid)
            if factor is not None:
                factors[one] = factor
    rows: tuple[Row, ...] = ()
    if points:
        found = _list_of_points(scenario, points, months, problems)
        keys = list(dict.fromkeys(key for row in found for key in row))
        rows = tuple(tuple(row.get(key, scenario[key]) for key in keys) for row in found)
        columns = zip(*rows, strict=True) if keys else ()
        for key, column in zip(keys, columns, strict=True):
            factors[key] = Factor(key, kind_of(key), tuple(dict.fromkeys(column)))
    outcomes = _outcomes(scenario, head.outcomes if head else (), outcome, problems)
    if head is None:
        raise InputError(problems)
    if head.sampler == "list" and not points:
        problems.append(Complaint("no_points", key="points"))
    if head.sampler != "list" and not factors and not problems:
        problems.append(Complaint("no_factors", key="--vary"))
    if head.sampler == "sobol" and head.samples & (head.samples - 1):
        problems.append(Complaint("not_power_of_two", key="samples", seen=str(head.samples)))
    if problems:
        raise InputError(problems)
    design = Design(
        scenario=scenario,
        factors=tuple(factors.values()),
        name=head.name,
        question_en=head.question_en,
        question_zh=head.question_zh,
        sampler=head.sampler,
        samples=head.samples,
        replicates=head.replicates,
        seed=head.seed,
        months=months,
        ranges=head.ranges,
        numbers=head.numbers,
        outcomes=outcomes,
        events=head.events,
        before=head.before,
        stated=rows,
    )
    if design.rows_count <= MOST_CHECKED:
        _check_points(design)
    return design


def _outcomes(
    scenario: Scenario, named: tuple[str, ...], first: str | None, problems: list[Problem]
) -> tuple[str, ...]:
    """The outcomes to keep, that of the measure in question first."""
    known = {*BY_NAME, *mode_outcomes(("unmanaged", *scenario["modes.allowed"]))}
    for name in named:
        if name not in known:
            facts = {"name": name, "guess": nearest(name, known), "names": listed(sorted(known))}
            code = "unknown_outcome_guess" if facts["guess"] else "unknown_outcome"
            problems.append(Complaint(code, key="outcomes", seen=name, facts=facts))
    if first is None:
        return named
    try:
        return tuple(dict.fromkeys((read_measure(first, sorted(known)).outcome, *named)))
    except InputError as error:
        problems += error.problems
        return named


def _list_of_points(
    scenario: Scenario, points: Sequence[tuple[dict[str, object], Place]], months: int, problems: list[Problem]
) -> list[dict[str, Value]]:
    found: list[dict[str, Value]] = []
    for overrides, place in points:
        problems += too_late(overrides, months, place.file, place.line)
        try:
            there = scenario.with_overrides(overrides)
        except InputError as error:
            problems += [replace(problem, file=place.file, line=place.line) for problem in error.problems]
            continue
        problems += (unstated := [not_stated(key, place) for key in overrides if key not in scenario])
        if not unstated:
            found.append({key: there[key] for key in overrides})
    return found


def _csv_points(path: Path, problems: list[Problem]) -> list[tuple[dict[str, object], Place]]:
    """The points of a CSV file: one row each, one column a parameter; an empty cell leaves the base value."""
    file = display(path)
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        problems.append(Problem("unreadable", file, seen=str(error.strerror)))
        return []
    except UnicodeDecodeError:
        problems.append(Problem("not_utf8", file, seen=file))
        return []
    table = list(csv.reader(text.splitlines()))
    header = [name.strip() for name in table[0]] if table else []
    points: list[tuple[dict[str, object], Place]] = []
    for line, cells in enumerate(table[1:], 2):
        if not any(cells):
            continue
        if len(cells) != len(header):
            problems.append(Complaint("ragged_points", file, line, seen=",".join(cells), facts={"count": len(header)}))
            continue
        row = {key: cell.strip() for key, cell in zip(header, cells, strict=True) if cell.strip()}
        points.append((dict(row), Place(file, line)))
    return points


def _check_points(design: Design) -> None:
    """Refuse a combination of values that the model refuses, before the first run."""
    problems: dict[Problem, None] = {}
    for point in design.points:
        try:
            design.at(point)
        except InputError as error:
            problems |= dict.fromkeys(error.problems)
    if problems:
        raise InputError(problems)
