"""Effects: what each factor of a sweep changes, what two change together, and what a change costs.

Every effect is a difference within a replicate, between runs that share their draws; its 95 % interval is over
replicates. It is told from the lower to the higher value, for a lever from off to on, whichever the scenario has.

    full_factorial   the mean difference over all pairs of points that differ in this factor alone
    one_at_a_time    the difference from the scenario as it is; from off to its grade for a lever that is on there
    list             the difference of each point from the reference: a point is a package of values
    drawn samples    the slope of a plane fitted to all points, over the factor's whole span
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from xiaoqu_lab.sweeps.intervals import LEVEL, Interval, of_mean, of_ratio
from xiaoqu_lab.sweeps.measures import Measure, read_measure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from xiaoqu.columns import F8
    from xiaoqu.parameters import Value
    from xiaoqu_lab.sweeps.factors import Kind
    from xiaoqu_lab.sweeps.results import Sweep

COST = "public_money:sum"
FEN_OF_COST = 1_000_000
"""Fen in the 10,000 yuan that an effect is told per."""
DRAWN = ("latin_hypercube", "growing_hypercube", "sobol", "morris")
"""Samplers whose points differ in many factors at once."""
MOST_CROSSED = 5_000
"""Points beyond which interactions are not looked for."""

SAVES, SAVES_ONLY, FREE, RATIO, UNKNOWN = "saves", "saves_only", "free", "ratio", "unknown"
"""Groups of `per_yuan`, in the order of its rows."""
GROUPS = (SAVES, RATIO, FREE, SAVES_ONLY, UNKNOWN)


class Contrast(NamedTuple):
    """What is compared with what.

    Attributes:
        factor: the parameter; for a package the label of its point.
        start, end: from which value to which; None for a package.
        base: the value that the scenario has.
        pairs: numbers of points, (with `end`, with `start`); none where a plane is fitted.
        column: of the fitted plane; -1 where there are pairs.
    """

    factor: str
    kind: Kind
    start: Value | None
    end: Value | None
    base: Value | None
    pairs: tuple[tuple[int, int], ...]
    column: int = -1


def known_outcomes(found: Sweep) -> list[str]:
    """The outcomes that a sweep keeps, also before its first run."""
    return found.names or list(found.design["outcomes"])


def measure_of(found: Sweep, outcome: str | Measure | None) -> Measure:
    """The measure that a text names; without one that of the outcome in question, the first of the design.

    Raises:
        InputError: the sweep keeps no such outcome.
    """
    if isinstance(outcome, Measure):
        return outcome
    return read_measure(outcome or found.design["outcomes"][0], known_outcomes(found))


def values(found: Sweep, measure: Measure) -> F8:
    """The measure of every run, shape (points, replicates); NaN where a run is missing, failed or measured nothing."""
    shape = (len(found.points), int(found.design["replicates"]))
    table = np.full(shape, np.nan)
    if measure.outcome in found.names:
        here = found.measure(measure)
        points, replicates = (here[key].to_numpy(dtype=np.int64) for key in ("point", "replicate"))
        table[points, replicates] = here["value"].to_numpy(dtype=float)
    return table


def contrasts(found: Sweep) -> list[Contrast]:
    """What the design lets one compare, in the order of its factors."""
    design = found.design
    rows = _rows(found)
    kinds: list[Kind] = [factor["kind"] for factor in design["factors"]]
    keys = [factor["key"] for factor in design["factors"]]
    base = tuple(map(_frozen, design["base"]))
    if design["sampler"] in DRAWN:
        return _spans(keys, kinds, base, rows, [factor["span"] for factor in design["factors"]])
    if design["sampler"] == "list":
        return _packages(found, kinds, rows)
    result = []
    for i, (key, kind) in enumerate(zip(keys, kinds, strict=True)):
        groups: dict[tuple[Value, ...], dict[Value, int]] = {}
        for number, row in enumerate(rows):
            groups.setdefault((*row[:i], *row[i + 1 :]), {})[row[i]] = number
        for start, end in steps(key, base[i], [row[i] for row in rows]):
            pairs = tuple((here[end], here[start]) for here in groups.values() if start in here and end in here)
            if pairs:
                result.append(Contrast(key, kind, start, end, base[i], pairs))
    return result


def steps(key: str, base: Value, tried: Iterable[Value]) -> list[tuple[Value, Value]]:
    """The steps of a factor, (from, to): each value against off, else against the scenario's own, else the first.

    Numbers go upwards, so that an effect is that of having more.
    """
    levels = list(dict.fromkeys(tried))
    off = 0.0 if key.startswith("levers.") and 0.0 in levels else None
    origin: Value = off if off is not None else base if base in levels else levels[0]
    ordered = sorted(levels, key=float) if all(isinstance(value, int | float) for value in levels) else levels  # type: ignore[arg-type]
    return [(value, origin) if _below(value, origin) else (origin, value) for value in ordered if value != origin]


def effects(found: Sweep, outcome: str | Measure | None = None) -> pd.DataFrame:
    """What each factor changes in an outcome.

    Args:
        found: a sweep.
        outcome: a measure, such as "satisfaction:mean"; by default the outcome in question.

    Returns:
        One row a step of a factor: factor, kind, start, end, base (value in the scenario), pairs (of points),
        mean, low, high (in the outcome's own unit: shares as shares, money in fen), replicates (that it was seen in).

    Raises:
        InputError: the sweep keeps no such outcome.
    """
    table = values(found, measure_of(found, outcome))
    among = contrasts(found)
    rows = []
    for contrast, (_, interval) in zip(among, _all_changes(found, among, table), strict=True):
        rows.append(
            (
                contrast.factor,
                contrast.kind,
                contrast.start,
                contrast.end,
                contrast.base,
                len(contrast.pairs),
                interval.mean,
                interval.low,
                interval.high,
                interval.values,
            )
        )
    columns = {"factor": str, "kind": str, "start": object, "end": object, "base": object, "pairs": int}
    return _frame(rows, columns | {"mean": float, "low": float, "high": float, "replicates": int})


def crosses(found: Sweep) -> bool:
    """Whether the design may try two factors together and apart, so that interactions can be seen."""
    design = found.design
    return design["sampler"] in ("full_factorial", "list") and 1 < len(found.points) <= MOST_CROSSED


def interactions(found: Sweep, outcome: str | Measure | None = None) -> pd.DataFrame:
    """What two factors change together beyond the sum of what each changes apart: a difference of differences.

    Args:
        found: a sweep.
        outcome: a measure; by default the outcome in question.

    Returns:
        One row a pair of steps, where the design has all four combinations: first, first_start, first_end, second,
        second_start, second_end, quads (of points), mean, low, high (in the outcome's own unit), replicates.
        Empty if the design does not cross factors.

    Raises:
        InputError: the sweep keeps no such outcome.
    """
    table = values(found, measure_of(found, outcome))
    rows = _rows(found) if crosses(found) else []
    keys = [factor["key"] for factor in found.design["factors"]]
    base = tuple(map(_frozen, found.design["base"]))
    ladders = [steps(key, base[i], [row[i] for row in rows]) if rows else [] for i, key in enumerate(keys)]
    result = []
    for a, b in combinations(range(len(keys)), 2):
        groups: dict[tuple[Value, ...], dict[tuple[Value, Value], int]] = {}
        for number, row in enumerate(rows):
            rest = tuple(value for i, value in enumerate(row) if i not in (a, b))
            groups.setdefault(rest, {})[row[a], row[b]] = number
        for a0, a1 in ladders[a]:
            for b0, b1 in ladders[b]:
                corners = ((a1, b1), (a0, b1), (a1, b0), (a0, b0))
                quads = [
                    [group[corner] for corner in corners]
                    for group in groups.values()
                    if all(corner in group for corner in corners)
                ]
                if not quads:
                    continue
                both, second, first, none = (table[list(numbers)] for numbers in zip(*quads, strict=True))
                interval = of_mean(_mean(both - second - first + none))
                result.append((keys[a], a0, a1, keys[b], b0, b1, len(quads), *interval))
    columns = {"first": str, "first_start": object, "first_end": object}
    columns |= {"second": str, "second_start": object, "second_end": object, "quads": int}
    return _frame(result, columns | {"mean": float, "low": float, "high": float, "replicates": int})


def per_yuan(found: Sweep, outcome: str | Measure | None = None, cost: str | Measure = COST) -> pd.DataFrame:
    """What each lever changes in an outcome for the public money that it changes.

    Args:
        found: a sweep.
        outcome: a measure; by default the outcome in question.
        cost: a measure of cost.

    Returns:
        One row a step of a lever: factor, start, end, base; effect, effect_low, effect_high in the outcome's unit;
        cost, cost_low, cost_high in the cost's unit (money in fen); group; ratio, ratio_low, ratio_high: the effect,
        a share in percentage points, per 10,000 yuan (per one unit of a cost that is no money), NaN but in the
        group "ratio". Its interval is found by resampling replicates; for drawn points, where replicates are not all
        that scatters, from the widths of the two intervals. The groups:

        saves        raises the outcome and saves cost, both told from nil
        ratio        costs something that can be told from nil
        free         costs nothing that can be told from nil
        saves_only   saves cost; the outcome falls, or its change cannot be told from nil
        unknown      fewer than two replicates

    Raises:
        InputError: the sweep keeps no such outcome.
    """
    top, bottom = measure_of(found, outcome), measure_of(found, cost)
    levers = [contrast for contrast in contrasts(found) if contrast.kind == "lever"]
    gained = _all_changes(found, levers, values(found, top))
    spent = _all_changes(found, levers, values(found, bottom))
    scale = (100.0 if top.unit == "share" else 1.0) * (FEN_OF_COST if bottom.unit.startswith("fen") else 1.0)
    rows = []
    for contrast, (gain, effect), (paid, price) in zip(levers, gained, spent, strict=True):
        group = group_of(effect, price)
        ratio = Interval(np.nan, np.nan, np.nan, 0)
        if group == RATIO:
            drawn = found.design["sampler"] in DRAWN
            ratio = _ratio_of(effect, price) if drawn else of_ratio(gain, paid)
        told = (contrast.factor, contrast.start, contrast.end, contrast.base)
        rows.append((*told, *effect[:3], *price[:3], group, *(scale * value for value in ratio[:3])))
    columns = {"factor": str, "start": object, "end": object, "base": object}
    columns |= dict.fromkeys(("effect", "effect_low", "effect_high", "cost", "cost_low", "cost_high"), float)
    return _frame(rows, columns | {"group": str, "ratio": float, "ratio_low": float, "ratio_high": float})


def group_of(effect: Interval, cost: Interval) -> str:
    """The group that a lever falls into by its effect and its cost; see `per_yuan`."""
    if effect.values < 2 or cost.values < 2:
        return UNKNOWN
    if not cost.clear:
        return FREE
    if cost.mean > 0.0:
        return RATIO
    return SAVES if effect.low > 0.0 else SAVES_ONLY


def _ratio_of(effect: Interval, cost: Interval) -> Interval:
    """The ratio of two changes with an interval from the widths of theirs, as if they were independent."""
    ratio = effect.mean / cost.mean
    half = float(np.hypot(effect.half, ratio * cost.half)) / abs(cost.mean)
    return Interval(ratio, ratio - half, ratio + half, min(effect.values, cost.values))


def _frame(rows: Sequence[Sequence[object]], columns: Mapping[str, type]) -> pd.DataFrame:
    """A table with declared kinds of columns; values of parameters stay as they are."""
    series = {
        name: pd.Series([row[i] for row in rows], dtype=object if kind is str else kind)
        for i, (name, kind) in enumerate(columns.items())
    }
    return pd.DataFrame(series)


def _rows(found: Sweep) -> list[tuple[Value, ...]]:
    return [tuple(map(_frozen, row)) for row in found.design["points"]]


def _frozen(value: Value | list[Value]) -> Value:
    frozen: Value = tuple(value) if isinstance(value, list) else value  # type: ignore[arg-type]
    return frozen


def _below(one: Value, other: Value) -> bool:
    return isinstance(one, int | float) and isinstance(other, int | float) and one < other


def _packages(found: Sweep, kinds: Sequence[Kind], rows: Sequence[tuple[Value, ...]]) -> list[Contrast]:
    labels = found.points["label"].tolist()
    result = []
    for number, row in enumerate(rows):
        if number != found.reference:
            moved = {kinds[i] for i, value in enumerate(row) if value != rows[found.reference][i]}
            kind: Kind = "lever" if moved == {"lever"} or not moved else "uncertainty"
            result.append(Contrast(labels[number], kind, None, None, None, ((number, found.reference),)))
    return result


def _spans(
    keys: Sequence[str],
    kinds: Sequence[Kind],
    base: tuple[Value, ...],
    rows: Sequence[tuple[Value, ...]],
    spans: Sequence[Sequence[float] | None],
) -> list[Contrast]:
    """One contrast for each column of the fitted plane, in the order of `_plane`."""
    stated = [
        (key, kind, start, end, base[i])
        for i, (key, kind, span) in enumerate(zip(keys, kinds, spans, strict=True))
        for start, end in _columns_of(key, base[i], [row[i] for row in rows], span)
    ]
    return [Contrast(*told, (), column) for column, told in enumerate(stated)]


def _columns_of(key: str, base: Value, tried: list[Value], span: Sequence[float] | None) -> list[tuple[Value, Value]]:
    if span is not None:
        return [(span[0], span[1])] if len(set(tried)) > 1 else []
    if all(isinstance(value, int | float) for value in tried):
        low, high = min(tried), max(tried)
        return [(low, high)] if low != high else []
    return steps(key, base, tried)


def _plane(found: Sweep, among: Sequence[Contrast]) -> F8:
    """The columns that a plane is fitted to, shape (points, 1 + contrasts): 0 at the start of a step, 1 at its end."""
    rows = _rows(found)
    where = {factor["key"]: i for i, factor in enumerate(found.design["factors"])}
    columns = [np.ones(len(rows))]
    for contrast in among:
        tried = [row[where[contrast.factor]] for row in rows]
        start, end = contrast.start, contrast.end
        if isinstance(start, int | float) and isinstance(end, int | float):
            columns.append((np.array(tried, dtype=float) - start) / (end - start))
        else:
            columns.append(np.array([float(value == end) for value in tried]))
    return np.column_stack(columns)


def _all_changes(found: Sweep, among: Sequence[Contrast], table: F8) -> list[tuple[F8, Interval]]:
    """For each contrast its change in every replicate, and the interval of their mean."""
    if found.design["sampler"] not in DRAWN:
        changes = []
        for contrast in among:
            ends, starts = zip(*contrast.pairs, strict=True)
            each = _mean(table[list(ends)] - table[list(starts)])
            changes.append((each, of_mean(each)))
        return changes
    everything = contrasts(found)  # the plane has a slope for every factor, also for those not asked about
    plane = _plane(found, everything)
    slopes = np.full((table.shape[1], plane.shape[1]), np.nan)
    for replicate, column in enumerate(table.T):
        slopes[replicate] = _fit(plane, column)[0]
    centre = _mean(table.T)
    spread = _fit(plane, centre)[1]
    spare = int((~np.isnan(centre)).sum()) - plane.shape[1]
    changes = []
    for contrast in among:
        each = slopes[:, contrast.column + 1]
        changes.append((each, _wider(of_mean(each), spread[contrast.column + 1], spare)))
    return changes


def _mean(table: F8) -> F8:
    """The mean of each column over what is there, shape (columns,); NaN where nothing is."""
    there = ~np.isnan(table)
    count = there.sum(axis=0)
    total = np.where(there, table, 0.0).sum(axis=0)
    mean: F8 = np.divide(total, count, out=np.full(table.shape[1], np.nan), where=count > 0)
    return mean


def _fit(plane: F8, column: F8) -> tuple[F8, F8]:
    """Least squares over the points that are there: coefficients, and their variances from the scatter of the points.

    The variances allow for a scatter that differs from point to point (HC3); infinite without a point to spare.
    """
    there = ~np.isnan(column)
    x, y = plane[there], column[there]
    nothing = np.full(plane.shape[1], np.nan)
    if len(y) < x.shape[1] or np.linalg.matrix_rank(x) < x.shape[1]:
        return nothing, nothing
    inverse = np.linalg.pinv(x)
    found = inverse @ y
    if len(y) == x.shape[1]:
        return found, np.full(len(found), np.inf)
    leverage = np.clip(np.einsum("ij,ji->i", x, inverse), 0.0, 1.0 - 1e-9)
    scatter = ((y - x @ found) / (1.0 - leverage)) ** 2
    return found, (inverse**2) @ scatter


def _wider(interval: Interval, variance: float, spare: int) -> Interval:
    """An interval over replicates, widened by the variance from which points were drawn; `spare` degrees of freedom."""
    if interval.values < 2 or not np.isfinite(variance):
        return interval if interval.values < 2 else interval._replace(low=-np.inf, high=np.inf)
    student = float(stdtrit(spare, (1.0 + LEVEL) / 2.0))
    half = float(np.hypot(interval.half, student * np.sqrt(variance)))
    return Interval(interval.mean, interval.mean - half, interval.mean + half, interval.values)
