"""Who comes first does not matter: results belong to stable keys, and what is independent stays independent.

The properties hold where no budget is shared: one community a compound, no programme pot, a campaign that starts
everywhere at once, no ranking of compounds. Where one of these is shared, the older matter and then the lower row come
first; see `test_shared_budgets_do_couple`, the control.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.strategies import ALL_LEVERS, BASELINE, RANGES, seeds

from xiaoqu import District, district
from xiaoqu.population import Place, draw_places
from xiaoqu.streams import Streams

if TYPE_CHECKING:
    from xiaoqu.scenario import Scenario

SHARED: dict[str, object] = {
    "levers.infrastructure_works": 0.0,  # one pot for all
    "levers.double_evaluation": 0.0,  # ranks the compounds
    "levers.evaluation_decides": 0.0,  # ranks the compounds
    "levers.associations": 0.0,  # firms and committees learn from the best fifth of all
    "firms.capital": RANGES["firms.capital"][1],  # a firm that runs out of money is lost to all compounds
    "levers.in_service_members": 0.0,  # a stated number of members is spread over all compounds
}
APART: dict[str, object] = (
    {"places.compounds_per_community": 1, "places.size_most": 120, "calendar.spin_up": 12, "campaign.pace": 1.0}
    | ALL_LEVERS
    | SHARED
    # The example of the nearest compounds crosses every border, and is seen in the order of meetings.
    | {"campaign.imitation": 0.0, "assembly.mobilisation_example": 0.0}
)
NOT_OF_THE_COMPOUND = {"community", "first", "first_stairwell"}  # positions in other tables


def build(scenario: Scenario, seed: int, places: list[Place]) -> District:
    """A district of exactly these places."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(district, "draw_places", lambda *_: places)
        return District(scenario, rng=seed)


def same_compounds(one: District, other: District, row_of: dict[int, int]) -> None:
    """Compound `row` of `one` and compound `row_of[row]` of `other` are the same, with all who live there."""
    a, b = one.world, other.world
    for row, twin in row_of.items():
        for name in sorted(set(a.compounds.names) - NOT_OF_THE_COMPOUND):
            assert getattr(a.compounds, name)[row] == getattr(b.compounds, name)[twin], (name, row)
        mine, yours = a.households.compound == row, b.households.compound == twin
        for name in sorted(set(a.households.names) - {"compound", "stairwell"}):
            assert np.array_equal(getattr(a.households, name)[mine], getattr(b.households, name)[yours]), name
        assert one.compounds[row].spells == other.compounds[twin].spells
    for early, late in zip(a.tally.history, b.tally.history, strict=True):
        assert np.array_equal(early[:, list(row_of)], late[:, list(row_of.values())])


@given(seeds, st.permutations(range(5)), st.sampled_from([0.0, 0.5]), st.integers(1, 14))
@settings(max_examples=30)
def test_compounds_in_another_order_live_the_same_lives(
    seed: int, order: list[int], managed: float, months: int
) -> None:
    scenario = BASELINE.with_overrides(APART | {"places.compounds": 5, "places.managed_share": managed})
    places = draw_places(scenario, Streams(seed))
    one, other = build(scenario, seed, places), build(scenario, seed, [places[row] for row in order])
    for each in (one, other):
        each.run_for(months)
    same_compounds(one, other, {row: order.index(row) for row in range(5)})


@given(seeds, st.integers(1, 14), st.integers(0, 4))
@settings(max_examples=30)
def test_one_more_compound_elsewhere_changes_nobody(seed: int, months: int, at: int) -> None:
    """The new one is built anywhere among the old ones; firms come from the region, whose number stays."""
    own = {"places.compounds": 5, "places.committee_share": 0.5, "levers.community_firms": 0.0}
    scenario = BASELINE.with_overrides(APART | own)
    places = draw_places(scenario, Streams(seed))
    before = places[:at] + places[at + 1 :]
    one, other = build(scenario, seed, before), build(scenario, seed, places)
    assert len(one.world.firms) == len(other.world.firms)
    for each in (one, other):
        each.run_for(months)
    same_compounds(one, other, {row: row + (row >= at) for row in range(4)})


@given(seeds, st.integers(0, 3), st.integers(1, 60))
@settings(max_examples=30)
def test_more_flats_in_one_compound_move_no_draw_of_another(seed: int, row: int, more: int) -> None:
    """The district is scaled up in one place: problems and payments elsewhere draw as before, in every month."""
    scenario = BASELINE.with_overrides(APART | {"places.compounds": 4, "modes.allowed": ["unmanaged"]})
    places = draw_places(scenario, Streams(seed))
    grown = [place._replace(size=place.size + more * (place.key == row)) for place in places]
    one, other = build(scenario, seed, places), build(scenario, seed, grown)
    for each in (one, other):
        each.run_for(6)
    others = [c for c in range(4) if c != row]
    same_compounds(one, other, {c: c for c in others})
    # Those who lived in the grown compound are the same people; only their stairwells were cut anew.
    old = one.world.households.compound == row
    same_people = np.flatnonzero(other.world.households.compound == row)[: int(old.sum())]
    for name in ("number", "area", "income", "disposition", "taste", "cooperator", "tenure"):
        column = getattr(other.world.households, name)
        assert np.array_equal(getattr(one.world.households, name)[old], column[same_people]), name


@given(seeds, st.integers(2, 5))
@settings(max_examples=25)
def test_places_do_not_know_how_many_there_are(seed: int, fewer: int) -> None:
    few, many = (
        draw_places(BASELINE.with_overrides({"places.compounds": count}), Streams(seed)) for count in (fewer, 9)
    )
    assert few == many[:fewer]


@given(seeds, st.integers(0, 3))
@settings(max_examples=20, phases=[Phase.generate])
def test_party_members_keep_their_kind_when_a_compound_grows(seed: int, row: int) -> None:
    scenario = BASELINE.with_overrides(APART | {"places.compounds": 4, "places.party_share": 0.6})
    places = draw_places(scenario, Streams(seed))
    grown = [place._replace(size=place.size + 40 * (place.key == row)) for place in places]

    def kinds(places: list[Place], compound: int) -> list[int]:
        members = build(scenario, seed, places).world.party_members
        return list(members.kind[members.compound == compound])

    for compound in set(range(4)) - {row}:
        assert kinds(places, compound) == kinds(grown, compound)


def test_shared_budgets_do_couple() -> None:
    """The control: with a pot and a community for all, one more compound does change the others."""
    together = APART | {"places.compounds_per_community": 9, "levers.infrastructure_works": 0.2, "problems.rate": 0.3}
    scenario = BASELINE.with_overrides(together | {"places.compounds": 5})
    places = draw_places(scenario, Streams(3))
    one, other = build(scenario, 3, places[:4]), build(scenario, 3, places)
    for each in (one, other):
        each.run_for(12)
    with pytest.raises(AssertionError):
        same_compounds(one, other, {row: row for row in range(4)})
