"""Measures: one number per run from an outcome by month, and conditions on it.

satisfaction          as the outcome adds up over time: its last value, sum or mean
satisfaction:mean     over the months of the run; also last, sum, min, max
satisfaction:11       the value in month 11
collection_rate_12m < 0.6     a condition, for `discover`
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from xiaoqu.errors import listed, nearest
from xiaoqu.outcomes import BY_NAME
from xiaoqu_lab.complaints import refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

HOW = ("last", "sum", "mean", "min", "max")
_SPEC = re.compile(r"\s*([a-z_0-9]+)(?::([a-z]+|[0-9]+))?\s*\Z")
_CONDITION = re.compile(r"(.+?)(<=|>=|<|>)\s*([-+0-9.eE]+)\s*\Z")


class Measure(NamedTuple):
    """An outcome and how its months become one number."""

    outcome: str
    how: str

    def of(self, outcomes: pd.DataFrame, keys: Sequence[str]) -> pd.Series[float]:
        """One number per run.

        Args:
            outcomes: by month, sorted by month within a run.
            keys: the columns that name a run.
        """
        if self.how.isdigit():
            there = outcomes[outcomes["month"] == int(self.how)]
            return there.set_index([*keys])[self.outcome].astype(float)
        grouped = outcomes.groupby([*keys], sort=False)[self.outcome]
        return grouped.agg(self.how).astype(float)

    @property
    def unit(self) -> str:
        """The unit of the number."""
        declared = BY_NAME.get(self.outcome)
        unit = declared.unit if declared else "share"
        return unit.removesuffix("/month") if self.how == "sum" else unit

    def __str__(self) -> str:
        return f"{self.outcome}:{self.how}"


class Condition(NamedTuple):
    """A measure compared with a number."""

    measure: Measure
    sign: str
    bound: float

    def holds(self, values: pd.Series[float]) -> pd.Series[bool]:
        """Whether it holds, value by value."""
        match self.sign:
            case "<":
                return values < self.bound
            case "<=":
                return values <= self.bound
            case ">":
                return values > self.bound
        return values >= self.bound

    def __str__(self) -> str:
        return f"{self.measure} {self.sign} {self.bound:g}"


def read_measure(text: str, known: Sequence[str]) -> Measure:
    """A measure as a person writes it.

    Args:
        text: what was written.
        known: the outcomes that there are.

    Raises:
        InputError: it names no such outcome, or cannot be read.
    """
    match = _SPEC.match(text)
    if not match:
        refuse("bad_measure", "--outcome", text)
    name, how = match.groups()
    if name not in known:
        guess = nearest(name, known)
        code = "unknown_outcome_guess" if guess else "unknown_outcome"
        refuse(code, "--outcome", text, name=name, guess=guess, names=listed(sorted(known)))
    declared = BY_NAME.get(name)
    how = how or (declared.over_time if declared else "last")
    if how not in HOW and not how.isdigit():
        refuse("bad_measure", "--outcome", text)
    return Measure(name, how)


def read_condition(text: str, known: Sequence[str]) -> Condition:
    """A condition such as "collection_rate_12m < 0.6".

    Raises:
        InputError: it cannot be read.
    """
    match = _CONDITION.match(text)
    if not match:
        refuse("bad_condition", "--outcome", text)
    measure, sign, bound = match.groups()
    return Condition(read_measure(measure, known), sign, float(bound))
