"""What a body finds and leaves: what begins with a mode, what ends with it, and what was there before the campaign."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.strategies import set_terms, small

from xiaoqu.governance import beginnings, tender
from xiaoqu.governance.tender import FirmTerms, Offer
from xiaoqu.modes.mode import TakeoverTerms
from xiaoqu.world import COMMUNITY_FIRM, MARKET_FIRM

if TYPE_CHECKING:
    from xiaoqu import District
    from xiaoqu.modes.mode import Mode

alone = partial(small, 2, places__compounds=1, campaign__months=0)
NUMBERS = {"fee": 0.5, "flat_fee": 2.0, "billing": 3, "fixed_cost": 1000.0, "area_cost": 0.2, "promise": 0.8}


def mode(district: District, name: str = "committee", **numbers: object) -> Mode:
    found = next(each for each in district.modes if each.name == name)
    found.numbers |= NUMBERS | numbers
    return found


def test_people_start_with_a_promise() -> None:
    """Promise 0.8: belief moves half way to it, trust a fifth, satisfaction half of that; habit a tenth towards 0.5."""
    district = alone()
    homes = district.world.households
    homes.belief[:], homes.habit[:], homes.trust[:], homes.satisfaction[:] = 0.4, 0.9, 0.3, 0.2
    set_terms(district, TakeoverTerms, "takeover", belief=0.5, habit=0.1, trust=0.2)
    mode(district).begin(district, 0)
    for column, value in ((homes.belief, 0.6), (homes.habit, 0.86), (homes.trust, 0.4), (homes.satisfaction, 0.26)):
        assert column == pytest.approx(np.full(len(homes), value), rel=1e-6)


def test_dues_and_plans_of_a_new_body() -> None:
    """60 flats on 4,000 m²: 0.5 x 4,000 + 2 x 60 = 2,120 yuan a month, of which four fifths are planned with."""
    district = alone(places__households=60, firms__plan_collection=0.8)
    world = district.world
    compounds = world.compounds
    compounds.area[0], world.month = 400_000, 7
    compounds.greed[0], compounds.weak_months[0], compounds.efficiency[0], compounds.crew_floor[0] = 1.0, 9.0, 0.7, 0.4
    world.households.bill[:], world.households.arrears[:] = 300, 50
    mode(district).begin(district, 0)
    assert (world.households.arrears == 350).all(), "the last bill of the body before it is owed on"
    assert not world.households.bill.any()
    assert (compounds.fee[0], compounds.flat_fee[0], compounds.billing[0]) == (50.0, 200.0, 3)
    assert (8 - compounds.bill_offset[0]) % 3 == 0, "the first bill goes out next month"
    assert compounds.standard_cost[0] == pytest.approx(1000.0 + 0.2 * 4000.0)
    assert compounds.plan_revenue[0] == pytest.approx(0.8 * 2120.0)
    assert compounds.income_yearly[0] == pytest.approx(12.0 * 0.8 * 2120.0)
    assert world.income[:, 0] == pytest.approx(np.full(12, 0.8 * 2120.0))
    left = [getattr(compounds, name)[0] for name in ("greed", "weak_months", "crew_floor")]
    assert (left, compounds.efficiency[0]) == ([0.0, 0.0, 0.0], 1.0), "of the body before it nothing is left"


@pytest.mark.parametrize(
    ("lever", "covered", "held"), [(1.0, 1.0, 1), (1.0, 0.0, 0), (0.0, 1.0, 0)], ids=["held", "outside", "without"]
)
def test_accounts_are_open_in_trust(lever: float, covered: float, held: int) -> None:
    district = alone(levers__trusteeship=lever)
    compounds = district.world.compounds
    compounds.covered[0] = covered
    mode(district, opens_accounts=0.0).begin(district, 0)
    assert (compounds.trustee[0], compounds.published[0]) == (held, float(held))
    district.modes[0].begin(district, 0)
    assert compounds.trustee[0] == 0, "nobody answers for the unmanaged"


def hired(district: District, firm: int) -> None:
    """A firm is hired for 0.4 yuan a m², a cost of 900 and 100 yuan of subsidy, and takes over."""
    company = mode(district, "property_company", opens_accounts=0.0)
    district.compound(0).offer = Offer(firm, 0.4, 900.0, 600.0, 100.0, (0,))
    district.change_mode(0, company)


@pytest.mark.parametrize("kind", [MARKET_FIRM, COMMUNITY_FIRM], ids=["market", "community-run"])
def test_a_firm_begins_and_ends(kind: int) -> None:
    """A fifth of the greed of a market firm in a community-run one; only a market firm ends the community's trust."""
    district = alone(levers__trusteeship=1.0, firms__plan_collection=0.8, firms__greed_community=0.2)
    world = district.world
    compounds, firms = world.compounds, world.firms
    firms.kind[1], firms.greed[1], firms.efficiency[1], firms.contracts[1] = kind, 1.5, 1.1, 4
    compounds.area[0], compounds.covered[0] = 400_000, 1.0
    compounds.lean_months[0], compounds.contract_result[0], compounds.crew[0] = 9.0, -5.0, 0.3
    hired(district, 1)
    assert (compounds.firm[0], firms.contracts[1], compounds.fee[0], compounds.subsidy[0]) == (1, 5, 40.0, 100.0)
    assert (compounds.standard_cost[0], compounds.crew[0], compounds.efficiency[0]) == (900.0, 1.0, 1.1)
    assert compounds.income_yearly[0] == pytest.approx(12.0 * 0.8 * 0.4 * 4000.0)
    assert compounds.greed[0] == pytest.approx(1.5 if kind == MARKET_FIRM else 0.3)
    assert (compounds.lean_months[0], compounds.contract_result[0]) == (0.0, 0.0)
    assert (compounds.trustee[0], compounds.published[0]) == ((0, 0.0) if kind == MARKET_FIRM else (1, 1.0))
    assert district.agenda.months_of("firm_review", 0) == [district.month + 6]
    compounds.supervised[0], compounds.contract_result[0], district.compound(0).rated_poor_at = 0.5, 7.0, 0.2
    district.change_mode(0, district.modes[0])
    assert (compounds.firm[0], firms.contracts[1], compounds.subsidy[0], compounds.supervised[0]) == (-1, 4, 0.0, 0.0)
    assert (compounds.contract_result[0], district.compound(0).rated_poor_at) == (0.0, None)
    assert district.compound(0).contract is None


def test_a_company_needs_infrastructure() -> None:
    district = alone(eligibility__company_infrastructure=0.4)
    for condition, obstacle in ((0.4, ""), (0.39, "infrastructure incomplete")):
        district.world.compounds.infrastructure[0] = condition
        assert mode(district, "property_company").obstacle(district, 0) == obstacle


def test_baseline_cleaning_is_bought_for_the_unmanaged_of_the_campaign() -> None:
    district = alone(levers__community_firms=0.5, programmes__baseline_service=4.0)
    compounds = district.world.compounds
    for covered in (0.0, 1.0):
        compounds.covered[0] = covered
        district.modes[0].begin(district, 0)
        assert compounds.public_charge[0] == covered * 0.5 * 4.0 * compounds.households[0]


# Before the campaign.
def test_the_firms_and_funds_that_are_there() -> None:
    """Efficiency is about 1 with the stated spread, greed about 1; capital and funds are in yuan."""
    shapes = {"firms__efficiency_spread": 0.05, "firms__greed_shape": 16.0, "firms__capital": 1000.0}
    funds = {"places__repair_fund_share": 1.0, "places__repair_fund_per_flat": 600.0}
    district = small(2, **shapes, **funds, firms__per_compound=5.0, levers__community_firms=1.0, places__compounds=40)
    flows = [line for line in district.world.ledger.balances().items() if line[0] in ("investors", "developers")]
    firms, flats = district.world.firms, int(district.world.compounds.households.sum())
    community = round(np.ceil(40 * district.scenario["programmes.community_firms_per_compound"]))
    assert (firms.kind == MARKET_FIRM).sum() == 200
    assert (firms.kind == COMMUNITY_FIRM).sum() == community
    assert dict(flows) == {"investors": -100_000 * len(firms), "developers": -60_000 * flats}
    assert firms.efficiency.mean() == pytest.approx(1.0, abs=0.02)
    assert firms.efficiency.std() == pytest.approx(0.05, abs=0.01)
    assert firms.greed.mean() == pytest.approx(1.0, abs=0.1)
    assert firms.greed.std() == pytest.approx(0.25, abs=0.05)


def test_a_firm_that_serves_already() -> None:
    """60 flats, 4,000 m², 0.5 yuan: 300 + 0.1 x 4,000 are less than 0.9 x 0.8 x 2,000."""
    district = alone(places__households=60, places__managed_fee=0.5, places__managed_infrastructure=0.1)
    compounds = district.world.compounds
    compounds.area[0], compounds.infrastructure[0] = 400_000, 0.6
    costs = {"fixed_cost": 300.0, "area_cost": 0.1, "planned_crew": 0.9, "plan_collection": 0.8, "large_step": 0.0}
    set_terms(district, FirmTerms, "firms", **costs)
    beginnings.start_managed(district, 0)
    assert compounds.standard_cost[0] == pytest.approx(0.9 * 0.8 * 2000.0)
    assert (compounds.fee[0], compounds.infrastructure[0]) == (50.0, pytest.approx(0.7))
    contract = district.compound(0).contract
    assert contract is not None
    assert (contract.fixed, contract.rows) == (300.0, (0,))
    assert district.world.firms.kind[contract.firm] == MARKET_FIRM
    assert tender.costs(district.world.terms(FirmTerms, "firms"), MARKET_FIRM, 60.0, 4000.0, 1) == 700.0


def test_a_committee_that_is_there_already() -> None:
    """The most civic owners who live there; it works as far as it is able."""
    district = alone(places__households=60)
    homes = district.world.households
    homes.tenure[:], homes.disposition[:] = 0, np.arange(60)
    homes.tenure[59] = 1
    beginnings.seat_committee(district, 0)
    committee, compounds = district.compound(0).committee, district.world.compounds
    assert committee is not None
    assert sorted(committee.members) == [56, 57, 58]
    assert compounds.effort[0] == compounds.ability[0] > 0.0
    assert committee.term_ends - committee.elected in (36, 48, 60)
    assert district.month + 6 in district.agenda.months_of("committee_review", 0)
    least = district.scenario["organisation.effort_least"]
    for effort, works in ((least, False), (least + 0.01, True)):
        compounds.effort[0] = effort
        assert committee.functions == works
