"""The shared arithmetic: published vectors of the generator, accuracy of the functions, the same bits either way."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xiaoqu import kernels, population
from xiaoqu.streams import Purpose, Streams, uniforms_of

# Philox4x32-10 of Random123 (Salmon et al. 2011): counter, key, result, from its known-answer file.
KNOWN = [
    ([0, 0, 0, 0], [0, 0], [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
    ([0xFFFFFFFF] * 4, [0xFFFFFFFF] * 2, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
    (
        [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
        [0xA4093822, 0x299F31D0],
        [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
    ),
]


def plain(kernel: Any) -> Any:
    return getattr(kernel, "py_func", kernel)


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN)
def test_philox_gives_the_published_answers(counter: list[int], key: list[int], expected: list[int]) -> None:
    words = [np.uint64(word) for word in (*counter, *key)]
    for version in (kernels.philox, plain(kernels.philox)):
        assert [int(word) for word in version(*words)] == expected


def test_a_draw_is_philox_of_seed_purpose_month_and_entity() -> None:
    """The address of a draw is part of every stored result: it must never move."""
    seed, month, number, group, sub = 0x0123456789ABCDEF, -7, 41, 3, 2
    counter = (number, group, int(Purpose.BALLOT) + 256 * sub, month & 0xFFFFFFFF)
    c0, c1, c2, c3 = map(np.uint64, counter)
    words = kernels.philox(c0, c1, c2, c3, np.uint64(seed & 0xFFFFFFFF), np.uint64(seed >> 32))
    expected = tuple((int(word) + 0.5) / 2**32 for word in words)
    assert uniforms_of(*Streams(seed).key, int(Purpose.BALLOT), month, number, group, sub) == expected
    assert Streams(seed).uniform(Purpose.BALLOT, month, number, group, sub) == expected[0]


def test_purposes_keep_their_numbers() -> None:
    """A renumbered purpose moves the draws of every stored run."""
    assert {purpose.name: int(purpose) for purpose in Purpose if purpose < Purpose.BODIES} == {
        "PROBLEMS": 1,
        "PAYMENT": 2,
        "RESPONSE": 3,
        "BALLOT": 5,
        "CANDIDATES": 6,
        "VOLUNTEERS": 7,
        "QUIT": 8,
    } | ({"FOUND": 4} if hasattr(Purpose, "FOUND") else {})
    assert len(set(map(int, Purpose))) == len(list(Purpose))
    assert max(Purpose) == Purpose.USER


@given(st.floats(-40.0, 40.0))
@example(-40.0)
@example(0.0)
@example(40.0)
def test_exponential_and_logistic(x: float) -> None:
    assert kernels.exponential(x) == pytest.approx(math.exp(x), rel=3e-13 if abs(x) < 22.0 else 5e-11, abs=0.0)
    exact = 1.0 / (1.0 + math.exp(-x))
    assert kernels.logistic(x) == pytest.approx(exact, rel=1e-12 if abs(x) < 22.0 else 5e-11)
    assert kernels.exponential(x) == plain(kernels.exponential)(x)
    assert kernels.logistic(x) == plain(kernels.logistic)(x)


@given(st.floats(1e-300, 1e300))
@example(1.0)
@example(math.nextafter(1.0, 2.0))
@example(math.sqrt(2.0))
@example(math.nextafter(math.sqrt(2.0), 2.0))
def test_logarithm(x: float) -> None:
    assert kernels.logarithm(x) == pytest.approx(math.log(x), rel=1e-12, abs=1e-15)
    assert kernels.logarithm(x) == plain(kernels.logarithm)(x)


@given(st.floats(-1e6, 1e6))
def test_probabilities_stay_inside_zero_and_one(x: float) -> None:
    assert 0.0 <= kernels.logistic(x) <= 1.0


@given(st.floats(-39.0, 39.0), st.floats(1e-6, 1.0))
def test_logistic_rises_and_is_symmetric(x: float, step: float) -> None:
    assert kernels.logistic(x) <= kernels.logistic(x + step) + 2.0**-52  # near 1 the last bit is rounding
    assert kernels.logistic(x) + kernels.logistic(-x) == pytest.approx(1.0, abs=1e-12)


@given(st.floats(2.0**-33, 1.0 - 2.0**-33))
@example(0.02425)
@example(0.97575)
def test_normal_quantile_inverts_the_distribution(u: float) -> None:
    back = 0.5 * math.erfc(-population.normal(u) / math.sqrt(2.0))
    assert back == pytest.approx(u, rel=2e-8)
    assert population.normal(u) == plain(population.normal)(u)
