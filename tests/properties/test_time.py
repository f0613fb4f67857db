"""Time: how a run is cut into months, saved, copied or interleaved with others changes nothing."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.strategies import districts, scenarios, seeds

from xiaoqu import District

if TYPE_CHECKING:
    from collections.abc import Callable

    from xiaoqu.scenario import Scenario

halves = st.integers(1, 9)


def same(one: District, other: District) -> None:
    """Both stand at the same state, and say the same of their past."""
    assert one.digest() == other.digest()
    assert one.month == other.month
    assert one.outcomes(-12).equals(other.outcomes(-12))
    assert one.outcomes_by_compound().equals(other.outcomes_by_compound())
    assert one.events().equals(other.events())
    assert one.ledger.balances() == other.ledger.balances()
    assert [compound.spells for compound in one.compounds] == [compound.spells for compound in other.compounds]


@given(scenarios(), seeds, halves, halves)
@settings(max_examples=25)
def test_n_then_m_months_are_n_plus_m(scenario: Scenario, seed: int, n: int, m: int) -> None:
    once, twice, stepped = (District(scenario, rng=seed) for _ in range(3))
    once.run_for(n + m)
    twice.run_for(n)
    twice.outcomes()  # a look in between
    twice.digest()
    twice.run_for(m)
    for _ in range(n + m):
        stepped.step()
    same(once, twice)
    same(once, stepped)


def saved(district: District) -> District:
    """Through the bytes of a file."""
    return pickle.loads(pickle.dumps(district))  # type: ignore[no-any-return]  # noqa: S301 - our own bytes


@pytest.mark.parametrize("copied", [copy.deepcopy, saved], ids=["deepcopy", "pickle"])
@given(district=districts(), n=halves, m=st.integers(1, 18))
@settings(max_examples=25)
def test_a_copy_continues_identically(
    copied: Callable[[District], District], district: District, n: int, m: int
) -> None:
    district.run_for(n)
    before = district.digest()
    other = copied(district)
    same(district, other)
    other.run_for(m)
    assert district.digest() == before  # the copy lives on its own
    district.run_for(m)
    same(district, other)
    assert other.ledger.residue() == 0


@given(scenarios(), scenarios(), seeds, halves)
@settings(max_examples=15)
def test_districts_side_by_side_do_not_touch(one: Scenario, other: Scenario, seed: int, length: int) -> None:
    alone = District(one, rng=seed)
    alone.run_for(length)
    beside, neighbour = District(one, rng=seed), District(other, rng=seed)
    for _ in range(length):
        neighbour.step()
        beside.step()
    same(alone, beside)


@given(scenarios(), seeds)
@settings(max_examples=15)
def test_the_seed_decides_and_nothing_else(scenario: Scenario, seed: int) -> None:
    assert District(scenario, rng=seed).digest() == District(scenario, rng=seed).digest()
    assert District(scenario, rng=seed).digest() != District(scenario, rng=seed ^ 1).digest()
    assert District(scenario, rng=seed).digest() != District(scenario, rng=seed ^ 2**63).digest()
