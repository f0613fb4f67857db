"""The law of joint decisions: exact thresholds, heads and area apart, and what may never lose a vote.

Worked cases for a lawyer stand in tests/cases/law.toml; here the same rules hold for every ballot.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.strategies import ballots, seeds, set_terms, small

from xiaoqu.governance import assembly
from xiaoqu.governance.law import SPECIAL, Count, Matter, committee_size, is_carried, is_valid, may_call_meeting

matters = st.sampled_from(Matter)


def carried_in_fractions(matter: Matter, count: Count) -> bool:
    """Art. 278 written a second time, with shares in place of products."""
    part = Fraction(count.heads_part, count.heads), Fraction(count.area_part, count.area)
    if min(part) < Fraction(2, 3):
        return False
    yes = Fraction(count.heads_yes, count.heads_part), Fraction(count.area_yes, count.area_part)
    return min(yes) >= Fraction(3, 4) if matter in SPECIAL else min(yes) > Fraction(1, 2)


@given(ballots())
@settings(max_examples=400)
def test_thresholds_are_exact(ballot: tuple[Matter, Count]) -> None:
    matter, count = ballot
    assert is_carried(matter, count) == carried_in_fractions(matter, count)


@given(matters, st.integers(10**15, 10**17), st.sampled_from([-1, 0, 1]), st.sampled_from([-1, 0, 1]))
@settings(max_examples=200)
def test_thresholds_are_exact_where_a_float_is_not(matter: Matter, third: int, part_off: int, yes_off: int) -> None:
    """Beyond 2**53 one vote more or less is lost in a float's rounding."""
    whole, part = 12 * third, 8 * third + part_off
    for yes in (part // 2 + yes_off, 3 * part // 4 + yes_off):
        count = Count(whole, whole, part, part, yes, yes)
        assert is_carried(matter, count) == carried_in_fractions(matter, count)


@given(ballots(), st.integers(1, 6000))
@settings(max_examples=300)
def test_one_more_yes_never_loses_a_motion(ballot: tuple[Matter, Count], flat: int) -> None:
    """Neither a participant who changes to yes nor an owner more who comes and says yes."""
    matter, count = ballot
    changed = count._replace(
        heads_yes=min(count.heads_part, count.heads_yes + 1), area_yes=min(count.area_part, count.area_yes + flat)
    )
    assert is_carried(matter, changed) >= is_carried(matter, count)
    if count.heads_part == count.heads:
        return
    comes = min(flat, count.area - count.area_part)
    joined = count._replace(
        heads_part=count.heads_part + 1,
        heads_yes=count.heads_yes + 1,
        area_part=count.area_part + comes,
        area_yes=count.area_yes + comes,
    )
    assert is_valid(joined) >= is_valid(count)
    assert is_carried(matter, joined) >= is_carried(matter, count)


@given(ballots())
@settings(max_examples=300)
def test_heads_and_area_decide_apart(ballot: tuple[Matter, Count]) -> None:
    """Each must suffice by itself; neither can make up for the other, and neither is told apart from the other."""
    matter, count = ballot
    heads_alone = count._replace(area_part=count.area, area_yes=count.area)
    area_alone = count._replace(heads_part=count.heads, heads_yes=count.heads)
    assert is_valid(count) == (is_valid(heads_alone) and is_valid(area_alone))
    assert is_carried(matter, count) == (is_carried(matter, heads_alone) and is_carried(matter, area_alone))
    swapped = Count(count.area, count.heads, count.area_part, count.heads_part, count.area_yes, count.heads_yes)
    assert is_carried(matter, swapped) == is_carried(matter, count)


@given(ballots(), st.integers(1, 10**6))
def test_the_unit_of_area_does_not_matter(ballot: tuple[Matter, Count], unit: int) -> None:
    matter, count = ballot
    finer = count._replace(area=unit * count.area, area_part=unit * count.area_part, area_yes=unit * count.area_yes)
    assert is_carried(matter, finer) == is_carried(matter, count)


@given(ballots())
def test_three_quarters_are_always_more_than_half(ballot: tuple[Matter, Count]) -> None:
    _, count = ballot
    special = {is_carried(matter, count) for matter in SPECIAL}
    ordinary = {is_carried(matter, count) for matter in set(Matter) - SPECIAL}
    assert len(special) == len(ordinary) == 1
    assert max(special) <= max(ordinary) <= is_valid(count)
    assert {int(matter) for matter in SPECIAL} == {6, 7, 8}


@given(st.integers(1, 10**6), st.integers(0, 10**6))
@example(owners=5, signing=1)
@example(owners=30, signing=6)
@example(owners=30, signing=5)
def test_a_fifth_of_the_owners_can_call_a_meeting(owners: int, signing: int) -> None:
    assert may_call_meeting(signing, owners) == (Fraction(signing, owners) >= Fraction(1, 5))


@given(st.integers(1, 5000))
def test_committees_have_an_odd_number_of_seats_from_three_to_eleven(households: int) -> None:
    seats = committee_size(households)
    assert seats % 2 == 1
    assert 3 <= seats <= 11
    assert seats <= committee_size(households + 1)


# The assembly itself: who comes, who says yes.
def held(seed: int, **terms: float) -> Count:
    """The count of one ballot of a known compound, drawn with the same luck every time."""
    district = small(seed, **{"places.committee_share": 0.5})
    set_terms(district, assembly.AssemblyTerms, "assembly", **terms)
    proposal = assembly.Proposal(Matter.OTHER, 0.6, 0.1, "for this test")
    return assembly.hold(district, 0, proposal).count


RAISES: dict[str, dict[str, Any]] = {
    "turnout": {"turnout": 1.0, "absent": 1.0},
    "mobilisation": {"mobilisation_own": 1.0},
    "yes": {"yes": 1.0},
    "cost": {"cost": -1.0},
}


@pytest.mark.parametrize("what", sorted(RAISES))
@given(seed=seeds, one=st.floats(-2.0, 2.0), other=st.floats(-2.0, 2.0))
@settings(max_examples=15)
def test_nobody_stays_away_or_says_no_because_it_is_made_easier(what: str, seed: int, one: float, other: float) -> None:
    few, many = (
        held(seed, **{name: sign * level for name, sign in RAISES[what].items()}) for level in sorted((one, other))
    )
    assert few[:2] == many[:2]
    assert many.heads_part >= few.heads_part
    assert many.area_part >= few.area_part
    assert many.heads_yes >= few.heads_yes
    assert many.area_yes >= few.area_yes
    assert many.heads_yes <= many.heads_part <= many.heads
    assert many.area_yes <= many.area_part <= many.area


@given(seeds)
@settings(max_examples=20)
def test_the_count_is_of_owners_and_of_their_own_areas(seed: int) -> None:
    """When all come and all agree, every flat is counted, let and vacant ones too; when none comes, none."""
    everybody = dict.fromkeys(("turnout", "absent", "yes"), 1000.0)
    district = small(seed, **{"places.committee_share": 0.5})
    own = district.world.households.compound == 0
    heads, area = int(np.count_nonzero(own)), int(district.world.households.area[own].sum())
    assert held(seed, **everybody) == Count(heads, area, heads, area, heads, area)
    assert held(seed, **everybody | {"yes": -1000.0}) == Count(heads, area, heads, area, 0, 0)
    assert held(seed, **dict.fromkeys(("turnout", "absent"), -1000.0)) == Count(heads, area, 0, 0, 0, 0)
    residents = held(seed, **everybody | {"absent": -1000.0})
    lives_in = own & (district.world.households.tenure == 0)
    assert residents.heads_part == np.count_nonzero(lives_in)
    assert residents.area_part == int(district.world.households.area[lives_in].sum())
