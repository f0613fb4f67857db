"""Joint decisions against art. 278 in exact fractions, and what a ballot can never do."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from tests.strategies import ballots, small

from xiaoqu.governance import assembly
from xiaoqu.governance.law import Count, Matter, committee_size, is_carried, is_valid, may_call_meeting

THREE_QUARTERS = {Matter.RAISE_REPAIR_FUND, Matter.REBUILD, Matter.BUSINESS_WITH_COMMON_PARTS}


def lawful(matter: Matter, count: Count) -> bool:
    """Art. 278 read aloud: two thirds take part; more than half of them say yes, or at least three quarters."""
    parts = (Fraction(count.heads_part, count.heads), Fraction(count.area_part, count.area))
    if min(parts) < Fraction(2, 3):
        return False
    yes = (Fraction(count.heads_yes, count.heads_part), Fraction(count.area_yes, count.area_part))
    return min(yes) >= Fraction(3, 4) if matter in THREE_QUARTERS else min(yes) > Fraction(1, 2)


@given(ballots())
@example((Matter.USE_REPAIR_FUND, Count(9, 900, 6, 600, 4, 400)))  # item 5 is an ordinary matter
@example((Matter.RAISE_REPAIR_FUND, Count(9, 900, 6, 600, 4, 400)))
@example((Matter.REBUILD, Count(12, 1200, 8, 800, 6, 600)))  # exactly two thirds, exactly three quarters
@example((Matter.OTHER, Count(12, 1200, 8, 800, 4, 400)))  # exactly half is not more than half
@example((Matter.OTHER, Count(12, 1200, 12, 799, 12, 799)))  # heads without area
@example((Matter.OTHER, Count(12, 1200, 7, 1200, 7, 1200)))  # area without heads
@settings(max_examples=500)
def test_a_ballot_is_carried_as_the_law_says(ballot: tuple[Matter, Count]) -> None:
    matter, count = ballot
    assert is_carried(matter, count) == lawful(matter, count)
    assert is_valid(count) == lawful(matter, count._replace(heads_yes=count.heads_part, area_yes=count.area_part))


@given(ballots(), st.integers(1, 400), st.booleans())
@settings(max_examples=300)
def test_one_more_yes_never_loses_a_vote(ballot: tuple[Matter, Count], area: int, took_part: bool) -> None:
    """Somebody who took part changes to yes, or who stayed away comes and says yes."""
    matter, count = ballot
    if took_part:
        assume(count.heads_yes < count.heads_part)
        area = min(area, count.area_part - count.area_yes)
        more = count._replace(heads_yes=count.heads_yes + 1, area_yes=count.area_yes + area)
    else:
        assume(count.heads_part < count.heads)
        area = min(area, count.area - count.area_part)
        more = Count(
            count.heads,
            count.area,
            count.heads_part + 1,
            count.area_part + area,
            count.heads_yes + 1,
            count.area_yes + area,
        )
    assert is_carried(matter, more) >= is_carried(matter, count)


@given(ballots(), st.integers(2, 50))
@settings(max_examples=200)
def test_the_unit_of_area_does_not_matter(ballot: tuple[Matter, Count], unit: int) -> None:
    matter, count = ballot
    other = count._replace(area=unit * count.area, area_part=unit * count.area_part, area_yes=unit * count.area_yes)
    assert is_carried(matter, other) == is_carried(matter, count)


@given(ballots())
@settings(max_examples=200)
def test_special_matters_are_never_easier(ballot: tuple[Matter, Count]) -> None:
    count = ballot[1]
    for special in THREE_QUARTERS:
        assert is_carried(special, count) <= is_carried(Matter.OTHER, count) <= is_valid(count)


@given(st.integers(1, 5000), st.integers(-1, 1))
def test_a_fifth_of_the_owners_can_call_a_meeting(owners: int, beside: int) -> None:
    signing = -(-owners // 5) + beside
    assert may_call_meeting(signing, owners) == (Fraction(signing, owners) >= Fraction(1, 5))


@given(st.integers(1, 5000))
def test_committees_are_odd_between_three_and_nine_and_grow_with_the_compound(households: int) -> None:
    assert committee_size(households) in (3, 5, 7, 9)
    assert committee_size(households + 1) >= committee_size(households)


@given(st.integers(0, 2**32), st.floats(-0.5, 0.5), st.sampled_from(Matter))
@settings(max_examples=60)
def test_an_assembly_counts_what_the_law_counts(seed: int, gain: float, matter: Matter) -> None:
    """All flats are the denominator; those taking part are among them, and the yes among those."""
    district = small(seed, levers__online_ballots=1.0, assembly__turnout=1.0)
    households, compounds = district.world.households, district.world.compounds
    quality = float(compounds.quality[0]) + gain
    ballot = assembly.hold(district, 0, assembly.Proposal(matter, quality, 0.1, "try"))
    rows = households.compound == 0
    count = ballot.count
    assert (count.heads, count.area) == (rows.sum(), households.area[rows].sum())
    assert 0 <= count.heads_yes <= count.heads_part <= count.heads
    assert 0 <= count.area_yes <= count.area_part <= count.area
    smallest, largest = int(households.area[rows].min()), int(households.area[rows].max())
    assert smallest * count.heads_part <= count.area_part <= largest * count.heads_part
    assert smallest * count.heads_yes <= count.area_yes <= largest * count.heads_yes
    assert ballot.carried == lawful(matter, count)
    assert ballot.valid == is_valid(count)


@given(st.integers(0, 2**32), st.floats(0.0, 0.5), st.floats(0.0, 0.5), st.floats(-0.4, 2.0))
@settings(max_examples=60)
def test_a_better_or_cheaper_offer_loses_no_vote(seed: int, gain: float, better: float, dearer: float) -> None:
    """The same people come (turn-out does not depend on the offer), and whoever said yes says so again."""
    district = small(seed)
    quality = float(district.world.compounds.quality[0]) + gain

    def votes(quality: float, change: float) -> Count:
        return assembly.hold(district, 0, assembly.Proposal(Matter.OTHER, quality, change, "try")).count

    plain = votes(quality, 0.3)
    for more, fewer in (
        (votes(quality + better, 0.3), plain),
        (votes(quality, min(0.3, dearer)), votes(quality, max(0.3, dearer))),
    ):
        assert (more.heads_part, more.area_part) == (fewer.heads_part, fewer.area_part)
        assert more.heads_yes >= fewer.heads_yes
        assert more.area_yes >= fewer.area_yes


def test_tenants_do_not_vote_but_their_landlords_are_counted() -> None:
    """Of a compound let out whole, the owners are absent: far fewer take part than where they live."""
    district = small(9, places__households=1200)
    households = district.world.households
    proposal = assembly.Proposal(Matter.OTHER, 0.6, 0.0, "try")
    households.tenure[:] = 0
    lived_in = assembly.hold(district, 0, proposal).count
    households.tenure[:] = 1
    let = assembly.hold(district, 0, proposal).count
    households.tenure[:] = 2
    vacant = assembly.hold(district, 0, proposal).count
    assert let == vacant
    assert (let.heads, let.area) == (lived_in.heads, lived_in.area)
    assert np.all(2 * let.heads_part < lived_in.heads_part)
