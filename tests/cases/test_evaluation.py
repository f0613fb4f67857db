"""Evaluation, worked out: standings, who is warned, rated and recommended, and when a firm leaves by itself."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.strategies import put_to_vote, small

from xiaoqu.governance import evaluation
from xiaoqu.month.settlement import SUBSIDY

if TYPE_CHECKING:
    from xiaoqu import District

# Firms that no loss drives out before a story begins.
STAY = {"firms__lean_months": 60.0, "firms__exit_chance": 0.0, "firms__capital_months": 60.0}
served = partial(small, 4, places__managed_share=1.0, campaign__months=0, **STAY)


def restate(district: District, **keys: object) -> None:
    """Go on with other parameters than those of the spin-up."""
    changed = {key.replace("__", "."): value for key, value in keys.items()}
    district._xiaoqu_scenario = district.world.scenario = district.scenario.with_overrides(changed)


def ranked(number: int, **more: object) -> District:
    """So many compounds that firms serve, in the campaign; collection the same, satisfaction rising by row."""
    district = served(places__compounds=number, places__households=10 * number, **more)
    world = district.world
    world.compounds.covered[:] = 1.0
    world.compounds.satisfaction[:] = np.linspace(0.4, 0.9, number)
    world.vintage[:2] = 100.0
    world.tally.clear()
    return district


def test_a_standing_is_satisfaction_and_collection() -> None:
    """0.4 of satisfaction 0.6, and 0.6 of three quarters paid, in fen and not in flats; half where no bill was sent."""
    district = served(firms__standing_satisfaction=0.4)
    district.world.compounds.satisfaction[:], district.world.vintage[:] = 0.6, 0.0
    district.world.vintage[:, 3, 1], district.world.vintage[:, 9, 1] = [300, 300, 9, 9, 9, 9], [100, 0, 9, 0, 9, 0]
    assert evaluation.standing(district)[:2] == pytest.approx([0.24 + 0.6 * 0.5, 0.24 + 0.6 * 0.75])


@pytest.mark.parametrize(("number", "fifth"), [(10, 2), (9, 1), (4, 1), (2, 1)])
def test_the_worst_fifth_is_warned_and_the_best_gets_a_bonus(number: int, fifth: int) -> None:
    district = ranked(number, levers__double_evaluation=0.5, programmes__bonus=2000.0)
    evaluation.evaluate(district)
    assert np.flatnonzero(district.world.tally.warnings).tolist() == list(range(fifth))
    # Half of 2,000 yuan, in fen.
    assert district.world.tally.flows[SUBSIDY].tolist() == [0.0] * (number - fifth) + [100_000.0] * fifth
    assert district.ledger.residue() == 0
    assert not district.world.tally.rated_poor.any()


def test_only_the_campaigns_own_are_judged_and_never_one_alone() -> None:
    district = ranked(4, levers__double_evaluation=1.0)
    district.world.compounds.covered[0] = 0.0
    district.world.compounds.mode[1] = 0
    evaluation.evaluate(district)
    assert district.world.tally.warnings.tolist() == [0.0, 0.0, 1.0, 0.0]
    district = ranked(4, levers__double_evaluation=1.0)
    district.world.compounds.covered[1:] = 0.0
    evaluation.evaluate(district)
    assert not district.world.tally.warnings.any()


@pytest.mark.parametrize(("floor", "poor"), [(0.1, 2), (0.5, 4)], ids=["the worst tenth", "those below the floor"])
def test_poor_firms_have_half_a_year_and_good_ones_are_recommended(floor: float, poor: int) -> None:
    """Of 20: satisfaction 0.400, 0.426, 0.453, 0.479, 0.505 and so on; the best two are rows 18 and 19."""
    district = ranked(20, levers__evaluation_decides=1.0, firms__poor_satisfaction=floor)
    world = district.world
    world.compounds.trust[:] = 0.9
    world.compounds.firm[:], world.firms.red[:] = 0, 0
    world.compounds.firm[18:] = 1
    evaluation.evaluate(district)
    assert np.flatnonzero(world.tally.rated_poor).tolist() == list(range(poor))
    assert [district.agenda.months_of("mend", row) for row in (0, poor - 1, poor)] == [[6], [6], []]
    assert np.flatnonzero(world.firms.red).tolist() == [1]
    assert not world.tally.warnings.any()
    # A firm's rating is the mean standing of what it serves.
    score = evaluation.standing(district)
    assert world.firms.rating[:2] == pytest.approx([score[:18].mean(), score[18:].mean()])


def test_only_firms_are_rated_and_the_only_one_is_not_worst_and_best_at_once() -> None:
    district = ranked(4, levers__evaluation_decides=1.0, firms__poor_satisfaction=0.0)
    world = district.world
    world.compounds.firm[:3], world.firms.red[:] = -1, 0
    evaluation.evaluate(district)
    assert world.tally.rated_poor.tolist() == [0.0, 0.0, 0.0, 1.0]
    assert not world.firms.red.any()


def test_a_warning() -> None:
    """At half a grade: 0.075 of the crew back, a quarter of the corners no longer cut; a committee adds 0.05."""
    sizes = {"warned_crew": 0.15, "warned_shirking": 0.5, "warned_effort": 0.1}
    district = served(places__committee_share=1.0, **{f"programmes__{key}": value for key, value in sizes.items()})
    compounds = district.world.compounds
    compounds.crew[:], compounds.shirk[:], compounds.effort[:], compounds.firm[1] = 0.5, 0.2, 0.3, -1
    for row in (0, 1):
        evaluation.warn(district, row, 0.5)
    assert compounds.crew[:2] == pytest.approx([0.575, 0.5])
    assert compounds.shirk[:2] == pytest.approx([0.15, 0.2])
    assert compounds.effort[:2] == pytest.approx([0.3, 0.35]), "where a firm serves the firm is warned"
    compounds.crew[0], compounds.effort[1] = 0.95, 0.95
    for row in (0, 1):
        evaluation.warn(district, row, 2.0)
    assert (compounds.crew[0], compounds.effort[1], compounds.shirk[0]) == (1.0, 1.0, pytest.approx(0.075))


@pytest.mark.parametrize(("better", "mended"), [(0.09, False), (0.11, True)])
def test_mending_takes_a_stated_step(better: float, mended: bool) -> None:
    """A tenth of the standing; a poor rating is looked at once. The dismissal promises 0.6 + 0.1 of a successor."""
    district = served(firms__mended=0.1, firms__expected_quality=0.6, firms__successor_gain=0.1)
    district.compound(0).rated_poor_at = float(evaluation.standing(district)[0]) - better
    evaluation.check_mended(district, 0)
    evaluation.check_mended(district, 0)
    assert [event.kind for event in district.world.events if event.compound == 0].count("mended") == mended
    assert district.world.tally.assemblies[0] == (0.0 if mended else 1.0)
    if not mended:
        assert put_to_vote(district, 0).expected_quality == pytest.approx(0.7)


def test_notice_is_given_once() -> None:
    district = served()
    assert evaluation.give_notice(district, 0, 3, "for this story")
    assert not evaluation.give_notice(district, 0, 2, "again")
    assert district.agenda.months_of("leave", 0) == [3]


def in_one_contract(chance: float = 0.3) -> District:
    """The first two compounds under one contract since nine months; each costs 1,000 yuan a month and earns 14,400."""
    district = served()
    restate(district, firms__capital_months=2.0, firms__lean_months=12.0, firms__exit_chance=chance)
    world, compounds = district.world, district.world.compounds
    for row in (0, 1):
        contract = district.compound(row).contract
        assert contract is not None
        district.compound(row).contract = contract._replace(rows=(0, 1), firm=0)
    compounds.firm[:2], compounds.mode_since[:] = 0, world.month - 9
    compounds.standard_cost[:], compounds.income_yearly[:], compounds.crew_floor[:] = 1000.0, 14_400.0, 0.5
    compounds.subsidy[:], compounds.contract_result[:], compounds.lean_months[:] = 0.0, 0.0, 0.0
    world.tally.clear()
    return district


def test_how_a_contract_stands() -> None:
    """Two months' cost are bearable; a year's income and subsidy less half the crew: 14,400 + 1,200 - 6,000 each."""
    district = in_one_contract()
    compounds = district.world.compounds
    compounds.subsidy[:2], compounds.contract_result[:2], compounds.lean_months[:2] = (
        100.0,
        [-3000.0, 500.0],
        [2.0, 5.0],
    )
    seen = evaluation.contract_state(district, np.array([0, 1]))
    assert tuple(seen) == pytest.approx((-2500.0, 4000.0, 2 * 9600.0, 5.0))


@pytest.mark.parametrize(("result", "leaves"), [(-4000.0, False), (-4001.0, True)], ids=["bearable", "not bearable"])
def test_a_firm_leaves_all_of_a_contract_that_loses_more_than_it_bears(result: float, leaves: bool) -> None:
    district = in_one_contract()
    district.world.compounds.contract_result[1] = result
    district.world.compounds.mode_since[0] -= 1
    evaluation.review_contract(district, 0)
    assert not district.world.tally.exits.any(), "it looks at quarters of its contract"
    district.world.compounds.mode_since[0] += 1
    evaluation.review_contract(district, 1)
    assert not district.world.tally.exits.any(), "the contract is looked at once, at its first compound"
    evaluation.review_contract(district, 0)
    assert district.world.tally.exits.tolist() == ([1.0, 1.0, 0.0, 0.0] if leaves else [0.0] * 4)
    assert [3 in district.agenda.months_of("leave", row) for row in (0, 1, 2)] == [leaves, leaves, False]


@pytest.mark.parametrize(
    ("lean", "income", "chance", "leaves"),
    [
        (12.0, 5000.0, 1 / 3, True),
        (11.0, 5000.0, 1 / 3, False),
        (12.0, 7000.0, 1 / 3, False),
        (12.0, 5000.0, 0.0, False),
    ],
    ids=["lean for a year", "not yet a year", "enough for the smallest crew", "and it likes to stay"],
)
def test_a_firm_leaves_after_lean_months(lean: float, income: float, chance: float, leaves: bool) -> None:
    """Half a crew costs 6,000 a year. It looks once a quarter, so a chance of a third a month is sure."""
    district = in_one_contract(chance)
    district.world.compounds.income_yearly[:2], district.world.compounds.lean_months[1] = income, lean
    evaluation.review_contract(district, 0)
    assert (district.world.tally.exits[0] > 0.0) == leaves


def test_an_idle_committee_beside_a_firm_stays_and_a_council_goes_after_six_months() -> None:
    district = served(places__committee_share=1.0)
    committee = district.compound(0).committee
    assert committee is not None
    committee.elected = district.month - 6
    district.world.compounds.weak_months[0] = 99.0
    evaluation.review_committee(district, 0)
    assert district.compound(0).committee is committee
    assert district.month + 6 in district.agenda.months_of("committee_review", 0)


@pytest.mark.parametrize(
    ("mode", "months", "weak", "ends"),
    [
        *[("committee", 6, 12.0, True), ("committee", 6, 11.0, False), ("committee", 5, 12.0, False)],
        *[("council", 3, 6.0, True), ("council", 3, 5.0, False), ("council", 2, 6.0, False)],
    ],
)
def test_what_is_idle_too_long_ends_at_its_review(mode: str, months: int, weak: float, ends: bool) -> None:
    """Committees every half year after twelve months, councils every quarter after six."""
    district = small(4, modes__initial=mode, campaign__months=0, willing__duty=2.0)
    compound = district.compound(0)
    body = compound.committee if mode == "committee" else compound.council
    assert body is not None
    since = district.month - months
    if compound.committee is not None:
        compound.committee.elected = since
    if compound.council is not None:
        compound.council.founded = since
    district.world.compounds.weak_months[0] = weak
    {"committee": evaluation.review_committee, "council": evaluation.review_council}[mode](district, 0)
    assert compound.mode_name == ("unmanaged" if ends else mode)
    assert bool(district.agenda.months_of("attempt", 0)) == ends, "it tries anew"
