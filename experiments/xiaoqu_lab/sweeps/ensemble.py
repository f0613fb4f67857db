"""The ensemble: which parameter values could have brought about what was reported, and what these have in common.

The distance of a sample (a vector of parameter values) from the reports is built from replicate means. Of one target,

    s       the standard deviation of its figure among the replicates of a sample, pooled over all samples
    z       (reported - mean over the sample's n replicates) / (s √(1 + 1/n)): one history against a mean of n
    misfit  how far z lies above (+) or below (-) the part of the standard normal distribution in which the report is
            expected, 0 within it:
            "about":                      between the percentiles of the target's reporting filter [5, 95]
            "more than", "all", "rises":  at or below the upper one; simulating more than that is no misfit

so that a misfit is 0 where `targets.judge` would say inside, met or within reach if replicates were normal and the
target had no narrower filter. The distance is the root of the mean square misfit: over the targets of a case, then over
the cases, each case counting the same.

A sample in which a target cannot be measured, since no replicate has a value, is infinitely far from it and never kept.
A target that cannot be measured in at least half of the samples would so decide by itself which are kept, by what was
not measured; it is left out of the distance, and the table of targets says so (reason "rarely").

The ensemble (approximate Bayesian computation by rejection) is the stated share of samples with the least distance, and
all those with distance 0. A report is one history and the mean over replicates is none: the simulated spread between
histories is the error of the comparison (Wilkinson 2013, doi:10.1515/sagmb-2013-0010), so no sample that it allows is
left out, however small the share, and the ensemble is never narrower than chance in the reports lets it be. For the
same reason samples are not moved towards the reports by regression.
"""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtri

from xiaoqu_lab import targets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xiaoqu.columns import F8
    from xiaoqu.parameters import Target

    type Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]

LOW, MIDDLE, HIGH = targets.LOW, targets.MIDDLE, targets.HIGH
PINNED = 0.5
"""An interval of at most so much of the prior's is called pinned."""
CHANCE = 1.0
"""Per cent of purely random ensembles whose interval is as narrow as one that is called narrowed."""
MEASURED = 0.5
"""A target takes part if it can be measured in more than so much of the samples."""
_SEED, _DRAWS, _MOST_DRAWN, _DIRECTIONS = 1, 4_000, 1_000, 720
LEAST_CORRELATION, SIGNIFICANT = 0.4, 2.58
"""Rank correlations worth naming: at least so large, and so many standard errors from nil."""
LEAST_APART = 0.25
"""Standard deviations by which two targets pull apart if they do: less may be a matter of more samples."""


class Figure(NamedTuple):
    """A target of a case and what was simulated for it.

    Attributes:
        values: shape (samples, replicates); NaN where there was nothing to measure.
        reason: why it cannot be compared, whatever was measured; "" if it can.
    """

    case: str
    target: Target
    values: F8
    reason: targets.Reason = ""

    @property
    def name(self) -> str:
        """Case and id, as far as the id does not say the case."""
        return self.target.id if self.target.id.startswith(f"{self.case}.") else f"{self.case}.{self.target.id}"

    @property
    def hindrance(self) -> targets.Reason:
        """Why it takes no part in the distance; "" if it does."""
        measured = np.isfinite(self.values).any(axis=1)
        if self.reason or not measured.any():
            return self.reason or "nothing"
        return "" if measured.mean() > MEASURED else "rarely"

    @property
    def usable(self) -> bool:
        """Whether it takes part in the distance."""
        return not self.hindrance


def misfit(target: Target, values: F8) -> tuple[F8, float]:
    """How far each sample is from a reported figure.

    Args:
        target: what was reported.
        values: simulated, shape (samples, replicates); NaN where there is nothing to measure.

    Returns:
        Misfits, shape (samples,), positive where the simulation is too low, and s. A misfit is infinite for a sample
        with nothing to measure.
    """
    means, s = mean_of_rows(values), spread(values)
    measured = np.maximum(np.isfinite(values).sum(axis=1), 1)
    z = (target.reported - means) / (s * np.sqrt(1.0 + 1.0 / measured))
    low, high = (float(ndtri(point / 100.0)) for point in target.percentiles)
    slack = targets.TOLERANCE / s
    above = np.maximum(z - high - slack, 0.0)
    below = np.maximum(low - z - slack, 0.0) if target.relation == "about" else np.zeros_like(z)
    return np.where(np.isfinite(means), above - below, np.inf), s


def spread(values: F8) -> float:
    """The pooled standard deviation among replicates.

    Where no replicate differs from another it is the standard deviation between samples; where nothing differs, 1.
    """
    here = np.isfinite(values)
    left = np.where(here, values - mean_of_rows(values)[:, None], 0.0)
    freedom = float(np.maximum(here.sum(axis=1) - 1, 0).sum())
    pooled = math.sqrt(float((left**2).sum()) / freedom) if freedom else 0.0
    means = mean_of_rows(values)
    means = means[np.isfinite(means)]
    between = float(means.std(ddof=1)) if len(means) > 1 else 0.0
    return next((found for found in (pooled, between) if found > targets.TOLERANCE), 1.0)


def mean_of_rows(values: F8) -> F8:
    """The mean of each row's numbers; NaN where it has none."""
    here = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(here, values, 0.0).sum(axis=1) / here.sum(axis=1))


def distance(figures: Sequence[Figure]) -> F8:
    """How far each sample is from all reports, shape (samples,); see the head of this file."""
    cases = dict.fromkeys(figure.case for figure in figures)
    squares = [
        np.mean([misfit(figure.target, figure.values)[0] ** 2 for figure in figures if figure.case == case], axis=0)
        for case in cases
    ]
    return np.asarray(np.sqrt(np.mean(squares, axis=0)))


def accepted(distances: F8, keep: float) -> Mask:
    """Which samples are kept: the stated share of all with the least distance, and all that are as near or at 0."""
    finite = np.sort(distances[np.isfinite(distances)])
    if not len(finite):
        return np.zeros(len(distances), dtype=np.bool_)
    # Rounded first: 0.07 * 100 is 7.000000000000001, and seven are meant.
    wanted = math.ceil(round(keep * len(distances), 9))
    bound = finite[min(max(wanted, 1), len(finite)) - 1]
    return np.asarray(distances <= bound)


def parameters_table(spans: Mapping[str, tuple[float, float]], draws: pd.DataFrame, kept: Mask) -> pd.DataFrame:
    """What the ensemble says about each parameter.

    Args:
        spans: lowest and highest value of the prior by parameter.
        draws: one row a sample, one column a parameter.
        kept: which samples are in the ensemble.

    Returns:
        One row a parameter: parameter, prior_low, prior_high, median, low, high (5 and 95 %), narrower (by what share
        of the prior's 5-95 % interval the ensemble's is narrower), verdict. The verdict is "not_identified" unless at
        most 1 in 100 random ensembles of this size are so narrow; else "pinned" if it is at most half as wide as the
        prior's, or "narrowed".
    """
    rows = []
    by_chance = width_by_chance(int(kept.sum()))
    for key, (first, last) in spans.items():
        low, middle, high = (float(point) for point in np.percentile(draws.loc[kept, key], (LOW, MIDDLE, HIGH)))
        width = (high - low) / (last - first) / ((HIGH - LOW) / 100.0)
        clear = width < by_chance
        verdict = "pinned" if clear and width <= PINNED else "narrowed" if clear else "not_identified"
        rows.append((key, first, last, middle, low, high, 1.0 - width, verdict))
    columns = ["parameter", "prior_low", "prior_high", "median", "low", "high", "narrower", "verdict"]
    return pd.DataFrame(rows, columns=columns)


def width_by_chance(size: int) -> float:
    """The width, as a share of the prior's, that few random ensembles of a size fall below (`CHANCE` per cent)."""
    if size < 2:
        return 0.0
    # Larger ensembles vary less: what holds for a thousand is on the safe side for them.
    draws = np.random.default_rng(_SEED).random((_DRAWS, min(size, _MOST_DRAWN)))
    low, high = np.percentile(draws, (LOW, HIGH), axis=1)
    return float(np.percentile(high - low, CHANCE)) / ((HIGH - LOW) / 100.0)


def targets_table(figures: Sequence[Figure], kept: Mask) -> pd.DataFrame:
    """Every target against all samples and against the ensemble.

    Returns:
        One row a target: target, case, relation, reported, unit, prior_low, prior_high (5 and 95 % of all runs),
        median, low, high (of the ensemble's runs), verdict and reason (as in `targets.compare`, on the ensemble's
        runs), spread (s), agree (the share of all samples with misfit 0), out_of_reach (every sample misses it on the
        same side).
    """
    rows = []
    for figure in figures:
        target = figure.target
        everything = targets.compare(target, figure.values.ravel(), figure.hindrance)
        ours = targets.compare(target, figure.values[kept].ravel(), figure.hindrance)
        far, s = misfit(target, figure.values) if figure.usable else (np.full(len(kept), np.inf), math.nan)
        agree = float((far == 0.0).mean()) if figure.usable else math.nan
        stated = (figure.name, figure.case, target.relation, target.reported, target.unit)
        simulated = (everything.low, everything.high, ours.simulated, ours.low, ours.high, ours.verdict, ours.reason)
        rows.append((*stated, *simulated, s, agree, figure.usable and out_of_reach(far)))
    stated_names = ["target", "case", "relation", "reported", "unit"]
    simulated_names = ["prior_low", "prior_high", "median", "low", "high", "verdict", "reason"]
    return pd.DataFrame(rows, columns=[*stated_names, *simulated_names, "spread", "agree", "out_of_reach"])


def correlations(draws: pd.DataFrame) -> pd.DataFrame:
    """Pairs of parameters that the ensemble ties together: one, other, correlation (of ranks); the strongest first.

    Args:
        draws: of the ensemble, one column a parameter.
    """
    found = draws.astype(float).rank().corr().to_numpy()
    names = list(draws.columns)
    rows = [
        (names[i], names[j], float(found[i, j]))
        for i in range(len(names))
        for j in range(i + 1, len(names))
        if abs(found[i, j]) >= _worth_naming(len(draws))
    ]
    rows.sort(key=lambda row: -abs(row[2]))
    return pd.DataFrame(rows, columns=["one", "other", "correlation"])


def conflicts(figures: Sequence[Figure], draws: pd.DataFrame, keep: float) -> pd.DataFrame:
    """Pairs of targets that pull apart: each can be reached, but no mixture of samples reaches both.

    The misfits of a pair are a cloud of points in the plane, one a sample. Where the cloud surrounds the origin, values
    between those that were tried may satisfy both; where the origin lies outside its convex hull, they pull apart.

    Args:
        figures: the usable ones.
        draws: of all samples, one column a parameter.
        keep: the share of samples that stands for what suits one target alone.

    Returns:
        One row a pair, the strongest first: one, other, apart (distance of the hull from the origin, in standard
        deviations), parameter (in which the samples that suit either alone differ most clearly; "" if in none),
        for_one, for_other (its medians there).
    """
    far = {figure.name: misfit(figure.target, figure.values)[0] for figure in figures}
    reached = [name for name, values in far.items() if not out_of_reach(values)]
    rows = []
    for one, other in combinations(reached, 2):
        points = np.column_stack([far[one], far[other]])
        apart = _distance_of_hull(points[np.isfinite(points).all(axis=1)])
        if apart >= LEAST_APART:
            suits = [draws[accepted(np.abs(far[name]), keep)] for name in (one, other)]
            rows.append((one, other, apart, *_what_differs(*suits)))
    rows.sort(key=lambda row: -row[2])
    return pd.DataFrame(rows, columns=["one", "other", "apart", "parameter", "for_one", "for_other"])


def out_of_reach(misfits: F8) -> bool:
    """Whether every sample misses a figure on the same side."""
    found = misfits[np.isfinite(misfits)]
    return not len(found) or bool((found > 0.0).all() or (found < 0.0).all())


def _what_differs(one: pd.DataFrame, other: pd.DataFrame) -> tuple[str, float, float]:
    """The parameter whose means differ most clearly between two sets of samples, and its medians; "" if none does."""
    clear: dict[str, float] = {}
    for key in map(str, one):
        error = math.sqrt(float(one[key].var()) / len(one) + float(other[key].var()) / len(other))
        clear[key] = abs(float(one[key].mean() - other[key].mean())) / error if error > 0.0 else 0.0
    key = max(clear, key=clear.__getitem__)
    if clear[key] < SIGNIFICANT:
        return "", math.nan, math.nan
    return key, float(one[key].median()), float(other[key].median())


def _distance_of_hull(points: F8) -> float:
    """How far the convex hull of points in the plane, shape (points, 2), is from the origin; 0 if it holds it."""
    angles = np.linspace(0.0, 2.0 * np.pi, _DIRECTIONS, endpoint=False)
    directions = np.column_stack([np.cos(angles), np.sin(angles)])
    return max(float((points @ directions.T).min(axis=0).max()), 0.0) if len(points) else 0.0


def _worth_naming(size: int) -> float:
    """The rank correlation in an ensemble from which on a pair is named."""
    return max(LEAST_CORRELATION, SIGNIFICANT / math.sqrt(size - 1)) if size > 1 else math.inf
