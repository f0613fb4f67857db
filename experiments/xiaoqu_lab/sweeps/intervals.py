"""Intervals: how well a mean, a paired difference or a ratio of two differences is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import stdtrit

if TYPE_CHECKING:
    from xiaoqu.columns import F8

LEVEL = 0.95
RESAMPLES = 2_000


class Interval(NamedTuple):
    """A mean with its 95 % interval; `values` of them went into it."""

    mean: float
    low: float
    high: float
    values: int

    @property
    def half(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2.0

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out nil."""
        return self.low > 0.0 or self.high < 0.0


def of_mean(values: F8) -> Interval:
    """Student's interval for the mean of independent values; infinitely wide with fewer than two."""
    found = values[~np.isnan(values)]
    if len(found) < 2:
        mean = float(found[0]) if len(found) else float("nan")
        return Interval(mean, -np.inf, np.inf, len(found))
    mean = float(found.mean())
    half = float(stdtrit(len(found) - 1, (1.0 + LEVEL) / 2.0) * found.std(ddof=1) / np.sqrt(len(found)))
    return Interval(mean, mean - half, mean + half, len(found))


def of_ratio(top: F8, bottom: F8, seed: int = 1) -> Interval:
    """The ratio of two means over the same replicates, by resampling replicates; NaN where the bottom may be nil.

    Args:
        top: one value a replicate.
        bottom: the same, paired with it.
        seed: of the resampling.
    """
    both = ~(np.isnan(top) | np.isnan(bottom))
    top, bottom = top[both], bottom[both]
    if len(top) < 2 or not of_mean(bottom).clear:
        return Interval(float("nan"), float("nan"), float("nan"), len(top))
    draws = np.random.Generator(np.random.Philox(seed)).integers(0, len(top), (RESAMPLES, len(top)))
    ratios = top[draws].mean(axis=1) / bottom[draws].mean(axis=1)
    low, high = np.quantile(ratios, [(1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0])
    return Interval(float(top.mean() / bottom.mean()), float(low), float(high), len(top))
