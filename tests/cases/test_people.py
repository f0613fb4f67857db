"""Who lives where before anything happens, and what is heard and remembered of it: worked examples."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from tests.strategies import BASELINE, set_terms, small

from xiaoqu import population
from xiaoqu.month import problems
from xiaoqu.month.problems import ProblemTerms
from xiaoqu.tally import INDEX

quiet = partial(small, 3, campaign__months=0)
TERMS = {"disposition": 0.4, "free_rider": -0.8, "absence": 1.1, "tenancy": 0.6, "burden": 0.3}


def test_what_weighs_on_a_household_for_ever() -> None:
    """Civic disposition and type help or hinder, absence and tenancy hinder, dues weigh the more the larger the flat
    and the smaller the income."""
    district = quiet(**{f"payment__{name}": value for name, value in TERMS.items()}, places__vacancy=0.3)
    homes = district.world.households
    flat = homes.area / 100.0
    due = TERMS["disposition"] * homes.disposition - TERMS["burden"] * np.log(flat / homes.income)
    due = due + np.where(homes.cooperator == 1, TERMS["free_rider"], 0.0)
    due = due - np.where(homes.tenure == 2, TERMS["absence"], 0.0) - np.where(homes.tenure == 1, TERMS["tenancy"], 0.0)
    assert set(homes.tenure) == {0, 1, 2}
    assert homes.steady == pytest.approx(due, abs=1e-4)


def test_the_shares_of_a_large_district() -> None:
    """20,000 flats: a share is met within two in a hundred."""
    shares = {"places__vacancy": 0.2, "places__tenancy": 0.3, "places__party_share": 0.25}
    even = dict.fromkeys(("places__vacancy_spread", "places__party_share_spread"), 0.0)
    types = {"people__conditional": 0.4, "people__free_rider": 0.3, "people__hump": 0.2, "people__unconditional": 0.1}
    district = quiet(**shares, **even, **types, places__households=20_000, places__size_most=20_000)
    homes, compounds = district.world.households, district.world.compounds
    near = partial(pytest.approx, abs=0.02)
    assert np.bincount(homes.cooperator) / len(homes) == near([0.4, 0.3, 0.2, 0.1])
    assert np.bincount(homes.tenure) / len(homes) == near([0.8 * 0.7, 0.8 * 0.3, 0.2])
    members = homes.roles & 1 > 0
    assert not members[homes.tenure != 0].any()
    assert members[homes.tenure == 0].mean() == near(0.25)
    for row, compound in enumerate(compounds.first):
        own = slice(compound, compound + compounds.households[row])
        assert compounds.party[row] == members[own].sum()
        assert compounds.occupied[row] == (homes.tenure[own] != 2).sum()
        assert compounds.area[row] == homes.area[own].sum()
    income = district.scenario["people.income_median"], district.scenario["people.income_sigma"]
    assert np.median(homes.income) == pytest.approx(income[0], rel=0.03)
    assert np.log(homes.income).std() == pytest.approx(income[1], rel=0.03)
    assert homes.disposition.std() == pytest.approx(1.0, abs=0.35), "a part of it is common to a compound"


def test_how_compounds_differ() -> None:
    """600 compounds: log-normal with the stated spreads, about the stated means; frailty and history about 1 and 0."""
    means: dict[str, object] = {"places.vacancy": 0.1, "places.party_share": 0.12, "places.public_potential": 8.0}
    spreads = {"vacancy_spread": 0.3, "party_share_spread": 0.35, "public_potential_spread": 0.5, "size_sigma": 0.8}
    spreads |= {"infrastructure_spread": 0.1}
    sizes: dict[str, object] = {"places.compounds": 600, "places.size_median": 100.0, "places.households": 0}
    stated = {f"places.{name}": value for name, value in spreads.items()}
    scenario = BASELINE.with_overrides(means | sizes | stated | {"places.infrastructure": 0.5})
    drawn = population.draw_places(scenario, quiet().world.streams)

    def column(name: str) -> np.ndarray:
        return np.array([getattr(place, name) for place in drawn])

    for name, spread in (("vacancy", 0.3), ("party_share", 0.35), ("public_potential", 0.5)):
        assert np.log(column(name)).std() == pytest.approx(spread, rel=0.12), name
    for name, mean in (("vacancy", 0.1), ("party_share", 0.12), ("frailty", 1.0), ("infrastructure", 0.5)):
        assert column(name).mean() == pytest.approx(mean, rel=0.1), name
    assert np.median(column("public_potential")) == pytest.approx(8.0, rel=0.1)
    assert np.median(column("size")) == pytest.approx(100.0, rel=0.12)
    assert column("infrastructure").std() == pytest.approx(0.1, rel=0.12)
    assert column("history").mean() == pytest.approx(0.0, abs=0.12)
    assert column("history").std() == pytest.approx(1.0, rel=0.12)
    assert column("size").min() >= scenario["places.size_least"]
    assert column("size").max() <= scenario["places.size_most"]


def test_sizes_are_stretched_by_largest_remainders() -> None:
    """10, 20 and 30 flats stretched to 62: 10.33, 20.67 and 31.0, so that the second gets the flat left over."""
    drawn = population.draw_places(quiet().scenario, quiet().world.streams)[:3]
    places = [place._replace(size=size) for place, size in zip(drawn, (10, 20, 30), strict=True)]
    assert [place.size for place in population._scale(places, 62)] == [10, 21, 31]
    assert [place.size for place in population._scale(places, 12)] == [4, 4, 4], "no compound has fewer than four"


def test_stairwells_are_those_stated_or_one_for_twelve_flats() -> None:
    district = quiet()
    drawn = population.draw_places(district.scenario, district.world.streams)[:3]
    sizes = ((60, 1), (60, 0), (4, 0))
    places = [place._replace(size=n, stairwells=s) for place, (n, s) in zip(drawn, sizes, strict=True)]
    settled = population.populate(district.scenario, district.world.streams, places)
    assert settled.compounds.stairwells.tolist() == [1, 5, 1]
    assert settled.stairwells.households.tolist() == [60, 12, 12, 12, 12, 12, 4]


def test_compounds_of_a_community_lie_together() -> None:
    """Communities lie two apart on a map eight wide; their compounds within 0.8 of the middle each way."""
    district = quiet(places__compounds=40, places__compounds_per_community=4)
    compounds = district.world.compounds
    community = np.arange(40) // 4
    assert (compounds.community == community).all()
    for place, middle in ((compounds.x, 2.0 * (community % 8)), (compounds.y, 2.0 * (community // 8))):
        assert np.abs(place - middle).max() <= 0.8
        assert np.abs(place - middle).max() > 0.6
        assert np.abs((place - middle).mean()) < 0.25


def test_who_reports_in_belongs_to_the_compounds_of_the_campaign() -> None:
    """Half a grade of 10 a compound of the mean size: 5 for 60 flats, and none where a firm serves already."""
    reporting = {"levers__in_service_members": 0.5, "programmes__in_service_members": 10.0}
    district = quiet(**reporting, places__managed_share=0.5, places__size_sigma=0.0, places__managed_size=1.0)
    compounds, members = district.world.compounds, district.world.party_members
    served = compounds.firm >= 0
    assert served.any()
    assert not served.all()
    assert compounds.reporting.tolist() == np.where(served, 0, 5).tolist()
    arrived = members.household < 0
    assert np.bincount(members.compound[arrived], minlength=4).tolist() == compounds.reporting.tolist()
    assert np.bincount(members.compound[~arrived], minlength=4).tolist() == compounds.party.tolist()
    assert (members.compound[~arrived] == district.world.households.compound[members.household[~arrived]]).all()


@pytest.mark.parametrize(("covered", "reporting", "heard"), [(1.0, 0.5, True), (0.0, 0.5, False), (1.0, 0.2, False)])
def test_through_which_channels_a_problem_is_heard(covered: float, reporting: float, heard: bool) -> None:
    """A quarter by the hotline, a half by the body in charge, a quarter at service points where the campaign is."""
    district = quiet(levers__services_close_by=1.0)
    world = district.world
    world.households.trust[:], world.compounds.covered[:], world.stairwells.chief[:] = 0.5, covered, 0
    world.mode_table.reporting[:], world.compounds.frailty[:] = reporting, 9.0
    set_terms(district, ProblemTerms, "problems", rate=1.0, hotline=0.25, service_points=0.25)
    world.tally.clear()
    problems.run(world)
    assert world.tally.problems.sum() == world.compounds.occupied.sum()
    assert (world.tally.reported.sum() == world.tally.problems.sum()) == heard


def test_twelve_months_are_the_last_twelve() -> None:
    """What was billed and reported in the last 12 months, bills of five months and compound by compound."""
    district = quiet(problems__rate=0.3, problems__hotline=0.5, modes__unmanaged__billing=5, response__mediation=0.1)
    district.run_for(30)
    months = np.stack(district.world.tally.history)
    for name in ("billed", "reported"):
        monthly, rolled = months[:, INDEX[name]], months[:, INDEX[f"{name}_12m"]]
        expected = np.lib.stride_tricks.sliding_window_view(monthly, 12, axis=0).sum(axis=-1)
        assert rolled[11:] == pytest.approx(expected)
        assert (expected[-1] > 0.0).all()
    settled, reported = months[:, INDEX["settled_12m"]], months[:, INDEX["reported_12m"]]
    assert (settled <= reported).all()
    homes = district.world.households
    owed = np.bincount(homes.compound, homes.arrears + homes.bill, 4)
    assert months[-1, INDEX["arrears"]].tolist() == owed.tolist()
    assert settled.max() > 0.0
