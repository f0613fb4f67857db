"""Scenario discovery: under which conditions does something happen? By PRIM, the patient rule induction method.

PRIM peels thin slices off the space of the factors, each time the one that leaves the outcome most common in the rest.
Of the boxes on its way one is reported, by a stated rule: the largest coverage times density among those in which
every condition is worth its place (quasi-p below 0.05: without it the outcome would be clearly rarer in the box).

    coverage  the share of all the runs in which it happens that lie in the box
    density   the share of the runs in the box in which it happens
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from xiaoqu_lab.complaints import refuse
from xiaoqu_lab.sweeps.measures import read_condition
from xiaoqu_lab.sweeps.results import Sweep, load
from xiaoqu_lab.sweeps.store import design_of

if TYPE_CHECKING:
    from pathlib import Path

    from xiaoqu.parameters import Value
    from xiaoqu_lab.sweeps.design import Design

PEEL = 0.05
LEAST_MASS, LEAST_RUNS = 0.05, 20
"""The smallest box: so large a share of the runs, or so many runs where that is less."""
SIGNIFICANT = 0.05
FEW_RUNS, FEW_CASES, FEW_DISTINCT = 200, 20, 30
FEW_VALUES = 12
"""Factors with at most so many values are described by the values, others by limits."""
_HARMLESS = (
    (r"ipyparallel not installed - IpyparalleEvaluator not available\Z", UserWarning),
    (r"altair based interactive inspection not available\Z", ImportWarning),
    (r"The inplace keyword in DataFrame\.drop is deprecated", DeprecationWarning),
)
"""What the EMA workbench says of libraries that PRIM does not use, and what pandas says of the workbench."""


class Limit(NamedTuple):
    """A condition on one factor.

    Attributes:
        low: the least value; None without a lower limit, or if the values have no order.
        high: the largest, likewise.
        values: the values allowed, where there are few; else empty.
        others: the values that occur and are not allowed, likewise.
        quasi_p: how likely the box's density would be if this condition were worthless; the larger of its two sides'.
    """

    key: str
    low: float | None
    high: float | None
    values: tuple[Value, ...]
    others: tuple[Value, ...]
    quasi_p: float


class Box(NamedTuple):
    """A box: its limits, `runs` in it, `cases` among these, and both figures by which boxes are judged."""

    limits: tuple[Limit, ...]
    runs: int
    cases: int
    coverage: float
    density: float


class Discovery(NamedTuple):
    """Under which conditions something happens.

    Attributes:
        outcome: the condition on the outcome, as one writes it.
        runs: runs that were measured; `unmeasured` were not; `unasked` are of no design that is asked for now.
        cases: those in which it happens.
        box: the chosen box; None if there is none.
        trajectory: every box on PRIM's way: coverage, density, mass, conditions, chosen.
        cautions: codes of texts that say what to beware of.
        columns: what PRIM was given, one row a run.
    """

    scenario: str
    outcome: str
    runs: int
    unmeasured: int
    unasked: int
    points: int
    cases: int
    box: Box | None
    trajectory: pd.DataFrame
    cautions: tuple[str, ...]
    columns: pd.DataFrame

    @property
    def share(self) -> float:
        """The share of all runs in which it happens."""
        return self.cases / self.runs if self.runs else float("nan")


def discover(what: Sweep | str | Path, outcome: str, *, peel: float = PEEL) -> Discovery:
    """Find the conditions under which something happens in the runs of a sweep.

    Args:
        what: a sweep or its folder.
        outcome: what happens, such as "collection_rate_12m < 0.6".
        peel: the share of the runs that PRIM takes away in one step.

    Raises:
        InputError: the folder is no sweep, the condition cannot be read, or no run measured the outcome.
    """
    found = what if isinstance(what, Sweep) else load(what)
    condition = read_condition(outcome, found.names)
    measured = found.measure(condition.measure)
    unmeasured = int(measured["value"].isna().sum())
    measured = measured.dropna(subset="value").reset_index(drop=True)
    if measured.empty:
        refuse("nothing_measured", "--outcome", outcome)
    happens = condition.holds(measured["value"]).to_numpy(dtype=bool)
    columns = columns_of(design_of(found.plan), measured["point"].to_numpy(), measured["replicate"].to_numpy())
    box, trajectory = find_box(columns, happens, peel=peel)
    cases = int(happens.sum())
    return Discovery(
        found.design["scenario"],
        str(condition),
        len(measured),
        unmeasured,
        found.unasked,
        int(measured["point"].nunique()),
        cases,
        box,
        trajectory,
        _cautions(columns, cases, box),
        columns,
    )


def columns_of(design: Design, points: np.ndarray[Any, Any], replicates: np.ndarray[Any, Any]) -> pd.DataFrame:
    """What differed from run to run: the factors by point, and the ranges that each replicate drew.

    A factor that stands at the scenario's own value where that is a range has the value drawn.
    """
    ranges = design.scenario.ranges if design.ranges == "draw" else {}
    drawn: dict[str, dict[int, Value]] = {key: {} for key in ranges}
    for replicate in sorted(set(replicates.tolist())) if ranges else ():
        scenario = design.scenario.sample(design.seed, replicate)
        for key in ranges:
            drawn[key][replicate] = scenario[key]
    stated = {factor.key: [point.values[i] for point in design.points] for i, factor in enumerate(design.factors)}
    columns: dict[str, list[Value]] = {}
    for key, by_point in stated.items():
        own = design.scenario[key]
        columns[key] = [
            drawn[key][replicate] if key in drawn and by_point[point] == own else by_point[point]
            for point, replicate in zip(points.tolist(), replicates.tolist(), strict=True)
        ]
    for key in drawn.keys() - stated.keys():
        columns[key] = [drawn[key][replicate] for replicate in replicates.tolist()]
    keys = [*stated, *(key for key in ranges if key not in stated)]
    frame = pd.DataFrame({key: pd.Series(columns[key], dtype=object) for key in keys})
    varying = [key for key in keys if len(set(columns[key])) > 1]
    return frame[varying]


def find_box(
    columns: pd.DataFrame, happens: np.ndarray[Any, np.dtype[np.bool_]], *, peel: float = PEEL
) -> tuple[Box | None, pd.DataFrame]:
    """PRIM, and the box on its way that the rule chooses; the same columns always give the same box.

    Args:
        columns: one row a run, one column a factor: numbers, or values without an order.
        happens: whether it happens, run by run.
        peel: the share of the runs to take away in one step.

    Returns:
        The box, None if no box fulfils the rule, and the whole way.
    """
    nothing = pd.DataFrame(columns=["coverage", "density", "mass", "conditions", "chosen"])
    cases = int(happens.sum())
    if columns.empty or cases in (0, len(happens)):
        return None, nothing
    coded, names = _coded(columns)
    way = _way(coded, happens, peel)
    steps = way.peeling_trajectory
    best, best_score = None, 0.0
    for i in range(1, len(steps)):
        quasi_p = [value for sides in way.p_values[i].values() for value in sides if value >= 0.0]
        score = float(steps.loc[i, "coverage"] * steps.loc[i, "density"])
        if quasi_p and max(quasi_p) < SIGNIFICANT and score > best_score:
            best, best_score = i, score
    trajectory = steps[["coverage", "density", "mass"]].astype(float).assign(conditions=steps["res_dim"].astype(int))
    trajectory["chosen"] = [i == best for i in range(len(steps))]
    if best is None:
        return None, trajectory
    limits = way.box_lims[best]
    kept = tuple(
        _limit(key, limits[key], columns[key], names.get(key), max(sides)) for key, sides in way.p_values[best].items()
    )
    step = steps.loc[best]
    return Box(kept, int(step["n"]), int(step["k"]), float(step["coverage"]), float(step["density"])), trajectory


def _coded(columns: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, list[Value]]]:
    """The columns as PRIM takes them: numbers as they are, other values by their place in a sorted list."""
    coded: dict[str, Any] = {}
    names: dict[str, list[Value]] = {}
    for key in map(str, columns):
        values = columns[key].tolist()
        if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
            coded[key] = np.array(values, dtype=np.float64)
        else:
            # Whole numbers, because PRIM goes through sets of values, and sets of texts have no fixed order.
            names[key] = sorted(set(values), key=str)
            place = {value: i for i, value in enumerate(names[key])}
            coded[key] = pd.Categorical([place[value] for value in values])
    return pd.DataFrame(coded), names


def _limit(key: str, box: pd.Series[Any], column: pd.Series[Any], names: list[Value] | None, quasi_p: float) -> Limit:
    if names is not None:
        allowed = {names[place] for place in box.iloc[0]}
        others = tuple(value for value in names if value not in allowed)
        return Limit(key, None, None, tuple(value for value in names if value in allowed), others, float(quasi_p))
    low, high = float(box.iloc[0]), float(box.iloc[1])
    occurring = sorted(set(column.tolist()))
    inside = tuple(value for value in occurring if low <= value <= high)
    outside = tuple(value for value in occurring if not low <= value <= high)
    few = len(occurring) <= FEW_VALUES
    return Limit(
        key,
        inside[0] if inside[0] > occurring[0] else None,
        inside[-1] if inside[-1] < occurring[-1] else None,
        inside if few else (),
        outside if few else (),
        float(quasi_p),
    )


def _cautions(columns: pd.DataFrame, cases: int, box: Box | None) -> tuple[str, ...]:
    runs = len(columns)
    if cases == 0:
        return ("never",)
    if cases == runs:
        return ("always",)
    if not len(columns.columns):
        return ("nothing_varies",)
    found = [] if box is not None else ["no_box"]
    if runs < FEW_RUNS or min(cases, runs - cases) < FEW_CASES:
        found.append("few_runs")
    if box is not None and any(not limit.values for limit in box.limits):
        distinct = min(columns[limit.key].nunique() for limit in box.limits if not limit.values)
        if distinct < FEW_DISTINCT:
            found.append("few_values")
    return tuple(found)


def _way(columns: pd.DataFrame, happens: np.ndarray[Any, np.dtype[np.bool_]], peel: float) -> Any:
    """PRIM's way through the columns: its boxes, from all runs to the smallest."""
    with warnings.catch_warnings():
        for message, category in _HARMLESS:
            warnings.filterwarnings("ignore", message, category)
        try:
            from ema_workbench.analysis.prim import Prim  # noqa: PLC0415 - an extra
        except ImportError:
            refuse("needs_extra", "discover", extra="discover")
        least = max(min(LEAST_MASS, LEAST_RUNS / len(happens)), 2.0 / len(happens))
        return Prim(columns, happens.astype(int), peel_alpha=peel, mass_min=least).find_box()
