"""Samplers: which combinations of factor values a design tries. Each gives rows of values, one per factor."""

from __future__ import annotations

import hashlib
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xiaoqu.columns import F8
    from xiaoqu.parameters import Value
    from xiaoqu_lab.sweeps.factors import Factor

Sampler = Literal["full_factorial", "one_at_a_time", "latin_hypercube", "growing_hypercube", "sobol", "morris", "list"]
GRIDS = ("full_factorial", "one_at_a_time")
"""Samplers that try the listed values of a factor; the others also draw from a span."""
MORRIS_LEVELS = 4

type Row = tuple[Value, ...]


def count(sampler: Sampler, factors: Sequence[Factor], base: Row, samples: int) -> int:
    """How many rows a sampler gives, without making them."""
    match sampler:
        case "full_factorial":
            return prod(len(factor.values) for factor in factors)
        case "one_at_a_time":
            return 1 + sum(_differ(factor, value) for factor, value in zip(factors, base, strict=True))
        case "sobol":
            return samples * (len(factors) + 2)
        case "morris":
            return samples * (len(factors) + 1)
        case "latin_hypercube" | "growing_hypercube":
            return samples
    raise ValueError(sampler)  # the rows of a list are stated, not sampled


def rows(sampler: Sampler, factors: Sequence[Factor], base: Row, samples: int, seed: int) -> Iterator[Row]:
    """The rows of a sampler, in a fixed order.

    Args:
        sampler: any but "list", whose rows are stated.
        factors: what varies.
        base: the value of each factor in the scenario as it is.
        samples: rows of a hypercube, trajectories of Morris' screening, base samples of Sobol' (a power of 2).
        seed: of the draws.
    """
    match sampler:
        case "full_factorial":
            yield from product(*(factor.values for factor in factors))
        case "one_at_a_time":
            yield base
            for i, factor in enumerate(factors):
                for value in factor.values:
                    if value != base[i]:
                        yield (*base[:i], value, *base[i + 1 :])
        case _:
            for shares in unit_rows(sampler, factors, samples, seed):
                yield tuple(factor.at(float(share)) for factor, share in zip(factors, shares, strict=True))


def unit_rows(sampler: Sampler, factors: Sequence[Factor], samples: int, seed: int) -> F8:
    """The rows of a drawing sampler as shares of each factor's span, shape (rows, factors), values in [0, 1]."""
    if sampler == "latin_hypercube":
        return np.column_stack([_strata(factor.key, samples, seed) for factor in factors])
    if sampler == "growing_hypercube":
        return np.column_stack([_growing_strata(factor.key, samples, seed) for factor in factors])
    if sampler == "sobol":
        from SALib.sample import sobol  # noqa: PLC0415 - slow to import

        return np.asarray(sobol.sample(unit_problem(factors), samples, calc_second_order=False, seed=seed))
    from SALib.sample import morris  # noqa: PLC0415 - slow to import

    return np.asarray(morris.sample(unit_problem(factors), samples, num_levels=MORRIS_LEVELS, seed=seed))


def unit_problem(factors: Sequence[Factor]) -> dict[str, object]:
    """The factors as SALib describes them, each on [0, 1]."""
    return {
        "num_vars": len(factors),
        "names": [factor.key for factor in factors],
        "bounds": [[0.0, 1.0] for _ in factors],
    }


def _strata(key: str, samples: int, seed: int) -> F8:
    """One column of a Latin hypercube; it depends on the factor's own key, so that another factor moves no value."""
    draws = _draws(f"latin_hypercube/{seed}/{key}")
    return np.asarray((draws.permutation(samples) + draws.random(samples)) / samples)


def _growing_strata(key: str, samples: int, seed: int) -> F8:
    """One column of a Latin hypercube that grows: more samples leave the first ones where they are.

    Each doubling halves the strata and puts one sample, in random order, into every half that is empty. So the first
    1, 2, 4, 8, … samples are a Latin hypercube each, and the number asked for changes none of them (Sallaberry, Helton
    and Hora 2008, doi:10.1016/j.ress.2007.04.005, without their control of correlations).
    """
    draws = _draws(f"growing_hypercube/{seed}/{key}")
    column = draws.random(1)
    while len(column) < samples:
        strata = 2 * len(column)
        empty = np.setdiff1d(np.arange(strata), (column * strata).astype(np.int64))
        column = np.concatenate([column, (draws.permutation(empty) + draws.random(len(empty))) / strata])
    return np.asarray(column[:samples])


def _draws(name: str) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(int.from_bytes(hashlib.sha256(name.encode()).digest()[:16])))


def _differ(factor: Factor, base: Value) -> int:
    return sum(value != base for value in factor.values)
