"""Reported figures against simulated ones: one number per run, an interval over replicates, a plain verdict.

What a target measures in one run, over its window of campaign months (both ends count):

    last     the value at the window's end: the last month in it that has one
    sum, mean, max     over the months of the window that have a value
    change   the value at the window's end minus the value of the month before the window (last ones that exist)
    before   the value at the end of the spin-up, month -1

A verdict compares the reported figure with the 5–95 % interval of the replicates:

    about      inside the interval; else the simulation is too low or too high
    more than  met if the median exceeds the figure; within reach if the 95 % point does; else missed
    all        the same, where reaching the figure is enough
    rises      met if the 5 % point of the change is above zero, within reach if the 95 % point is, else missed
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from xiaoqu.errors import listed, nearest
from xiaoqu_lab.complaints import Complaint
from xiaoqu_lab.dictionary import of_district

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from xiaoqu.columns import F8
    from xiaoqu.parameters import Target
    from xiaoqu.scenario import Scenario

Verdict = Literal["inside", "too_low", "too_high", "met", "within_reach", "missed", "not_comparable"]
Reason = Literal["", "places", "window", "nothing", "rarely", "runs"]

PLACES = ("places.compounds", "places.households", "places.ledger")
LOW, MIDDLE, HIGH = 5.0, 50.0, 95.0
"""Percentiles of the replicates that the interval and the verdict use."""
TOLERANCE = 1e-9
"""Figures closer than this are equal: a share of 1 may be 0.9999999999999999."""


class Comparison(NamedTuple):
    """One target, reported and simulated.

    Attributes:
        simulated: median over replicates; NaN where there is nothing to measure.
        low, high: 5 % and 95 % point; NaN for fewer than two replicates.
        percentile: per cent of replicates at or below the reported figure; NaN as well.
        measured: replicates in which there was something to measure.
        reason: why the two cannot be compared, if they cannot.
    """

    target: Target
    simulated: float
    low: float
    high: float
    percentile: float
    measured: int
    verdict: Verdict
    reason: Reason = ""


def measure(target: Target, table: pd.DataFrame) -> float:
    """What a target measures in one run.

    Args:
        target: the reported figure.
        table: outcomes by month, from some months before the campaign on (`District.outcomes(first=-12)`).

    Returns:
        The number; NaN where there is nothing to measure.
    """
    found = measure_runs(target, table.assign(run=0), ["run"])
    return float(found.iloc[0]) if len(found) else float("nan")


def measure_runs(target: Target, table: pd.DataFrame, keys: Sequence[str]) -> pd.Series[float]:
    """What a target measures in each of many runs.

    Args:
        target: the reported figure.
        table: outcomes of all runs by month, sorted by month within a run.
        keys: the columns that name a run.

    Returns:
        One number a run, by its keys; a run with nothing to measure is left out.
    """
    first, last = target.window
    values = table[[*keys, "month", target.outcome]].astype({target.outcome: float}).dropna(subset=target.outcome)
    month = values["month"]

    def each(rows: pd.Series[bool], how: str) -> pd.Series[float]:
        return values[rows].groupby([*keys], sort=False)[target.outcome].agg(how).astype(float)

    match target.aggregate:
        case "before":
            return each(month < 0, "last")
        case "change":
            return (each(month <= last, "last") - each(month < first, "last")).dropna()
        case how:
            return each((month >= first) & (month <= last), how)


def compare(target: Target, values: Sequence[float] | F8, reason: Reason = "") -> Comparison:
    """Compare what was reported with what the replicates brought; `reason` says why they cannot be compared."""
    found = np.array(values, dtype=float)
    found = found[~np.isnan(found)]
    if not len(found):
        nan = float("nan")
        return Comparison(target, nan, nan, nan, nan, 0, "not_comparable", reason or "nothing")
    low, middle, high = (float(np.percentile(found, point)) for point in (LOW, MIDDLE, HIGH))
    at_most = 100.0 * float(np.mean(found <= target.reported + TOLERANCE))
    verdict = "not_comparable" if reason else judge(target, low, middle, high)
    return Comparison(target, middle, low, high, at_most, len(found), verdict, reason)


def judge(target: Target, low: float, middle: float, high: float) -> Verdict:
    """The verdict on a figure, given the 5 %, 50 % and 95 % points of the replicates."""
    if target.relation == "about":
        if high < target.reported - TOLERANCE:
            return "too_low"
        return "too_high" if low > target.reported + TOLERANCE else "inside"
    if target.relation == "rises":
        return "met" if low > 0.0 else "within_reach" if high > 0.0 else "missed"
    # "all" is satisfied by the figure itself, "more than" only by what exceeds it.
    enough = target.reported + (-TOLERANCE if target.relation == "all" else TOLERANCE)
    return "met" if middle > enough else "within_reach" if high > enough else "missed"


def hindrance(scenario: Scenario, target: Target, months: int) -> Reason:
    """Why a target cannot be compared with a run of a scenario; "" if it can.

    A figure belongs to the places of the file that reports it: a layer above that file which changes the number of
    compounds or households, or brings a ledger, makes another place of it.
    """
    stated_at = max(height for height, layer in enumerate(scenario.layers, 1) if target in layer.targets)
    if any(scenario.height(key) > stated_at for key in PLACES):
        return "places"
    return "window" if target.aggregate != "before" and target.window[1] >= months else ""


def unknown_outcomes(scenario: Scenario) -> list[Complaint]:
    """The targets of a scenario that ask for an outcome which nobody declared."""
    names = {meaning.name for meaning in of_district((scenario["modes.initial"], *scenario["modes.allowed"]))}
    found = []
    for layer in scenario.layers:
        for number, target in enumerate(layer.targets):
            if target.outcome not in names:
                key = f"targets.{number}.outcome"
                guess = nearest(target.outcome, names)
                code = "unknown_outcome_guess" if guess else "unknown_outcome"
                facts = {"name": target.outcome, "guess": guess, "names": listed(sorted(names))}
                line = layer.lines.get(key, layer.lines.get(f"targets.{number}"))
                found.append(Complaint(code, layer.file, line, key, target.outcome, facts))
    return found
