"""Tenders, worked out: what a firm reckons with, who is asked, who wins, what is let together, what owners vote on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.strategies import put_to_vote, set_terms, small

from xiaoqu.governance import assembly, formation, tender
from xiaoqu.governance.tender import FirmTerms, Offer, costs, in_reach
from xiaoqu.streams import Purpose
from xiaoqu.world import COMMUNITY_FIRM, MARKET_FIRM

if TYPE_CHECKING:
    from xiaoqu import District
    from xiaoqu.modes.mode import Mode

NOTHING: dict[str, Any] = dict.fromkeys(FirmTerms._fields, 0.0) | {"plan_collection": 1.0, "bundle_most": 3}
COMMUNITY_PAYS = {"levers.community_firms": 1.0, "programmes.community_firm_subsidy": 2.0}


def of_a_thousand(**more: object) -> District:
    """Four unmanaged compounds of one community, 60 flats and 1,000 m² each, at x = 0, 3, 1, 2; no dues so far."""
    place: dict[str, object] = {"places.compounds_per_community": 4, "firms.bid_chance": 1.0, "levers.open_tender": 1.0}
    district = small(1, **(place | {"levers.compound_ledger": 1.0, "campaign.months": 0} | more))
    compounds = district.world.compounds
    compounds.area[:], compounds.covered[:], compounds.public_potential[:] = 100_000, 1.0, 8.0
    compounds.x[:], compounds.y[:], compounds.fee[:], compounds.flat_fee[:] = [0.0, 3.0, 1.0, 2.0], 0.0, 0.0, 0.0
    return district


def company(district: District, fee: float = 0.5) -> Mode:
    found = next(mode for mode in district.modes if mode.name == "property_company")
    found.numbers["fee"] = fee
    return found


def reckon(district: District, **terms: float) -> None:
    set_terms(district, FirmTerms, "firms", **(NOTHING | terms))


def offered(district: District, **terms: float) -> Offer | None:
    reckon(district, **terms)
    return tender.make_offer(district, 0, company(district))


def in_favour(district: District, *rows: int) -> None:
    """All owners come to every assembly; those of `rows` agree to everything, the others to nothing."""
    world = district.world
    nothing = dict.fromkeys(assembly.AssemblyTerms._fields, 0.0)
    votes = {"turnout": 1000.0, "absent": 1000.0, "yes_civic": 1000.0}
    set_terms(district, assembly.AssemblyTerms, "assembly", **(nothing | votes))
    world.households.disposition[:] = np.where(np.isin(world.households.compound, rows), 9.0, -9.0)


def test_what_it_costs_to_serve() -> None:
    own = {"fixed_cost": 8000.0, "area_cost": 0.2, "fixed_cost_community": 3000.0, "area_cost_community": 0.1}
    p = FirmTerms(**(NOTHING | own | {"large_step": 500.0}))
    # Half the fixed cost, 500 for the 200 flats above 400, 0.2 yuan a m²: 4,000 + 500 + 10,000.
    assert costs(p, MARKET_FIRM, 600.0, 50_000.0, 2) == pytest.approx(14_500.0)
    assert costs(p, COMMUNITY_FIRM, 600.0, 50_000.0, 1) == pytest.approx(3000.0 + 500.0 + 5000.0)
    assert costs(p, MARKET_FIRM, 400.0, 50_000.0, 1) == pytest.approx(8000.0 + 10_000.0)


def test_what_a_firm_reckons_with() -> None:
    district = of_a_thousand()
    p = FirmTerms(**(NOTHING | {"plan_collection": 0.8, "public_share": 0.25}))
    flats = district.world.compounds.households[0]
    # 0.8 x 0.5 yuan x 1,000 m², a quarter of 8 yuan a flat, and 30 of subsidy.
    assert tender.expected_revenue(district, p, 0, 0.5, 30.0) == pytest.approx(400.0 + 0.25 * 8.0 * flats + 30.0)


@pytest.mark.parametrize(("fixed_cost", "bids"), [(400.0, True), (400.01, False)], ids=["just pays", "just does not"])
def test_a_firm_bids_where_revenue_covers_cost_and_least_margin(fixed_cost: float, bids: bool) -> None:
    """0.5 yuan x 1,000 m² is 500, which is 400 and a quarter more."""
    district = of_a_thousand(levers__compound_ledger=0.0)
    assert (offered(district, fixed_cost=fixed_cost, least_margin=0.25) is not None) == bids


# Alone 500 + 200 yuan are more than the 500 that come in; for two in a contract 250 + 200 each are not.
SHARED = {"fixed_cost": 500.0, "area_cost": 0.2}


def test_the_nearest_in_the_same_case_is_let_with_it() -> None:
    district = of_a_thousand()
    found = offered(district, **SHARED)
    assert found is not None
    assert (found.rows, found.fixed) == ((0, 2), 250.0)
    district.world.compounds.mode[2] = 1
    found = offered(district, **SHARED)
    assert found is not None
    assert found.rows == (0, 3), "who has a mode is in another case"
    district.world.compounds.covered[3] = 0.0
    found = offered(district, **SHARED)
    assert found is not None
    assert found.rows == (0, 1), "nor is who is outside the campaign"
    district.compound(1).offer = found
    assert offered(district, **SHARED) is None, "nor who has been awarded already"


def test_no_more_are_let_together_than_one_contract_takes() -> None:
    """900 yuan of fixed cost need three to share them: 300 + 200 each."""
    district = of_a_thousand()
    found = offered(district, **(SHARED | {"fixed_cost": 900.0}))
    assert found is not None
    assert (found.rows, found.fixed) == ((0, 2, 3), 300.0)
    assert offered(district, **(SHARED | {"fixed_cost": 900.0, "bundle_most": 2})) is None


def test_without_a_ledger_of_compounds_nothing_is_let_together() -> None:
    assert offered(of_a_thousand(levers__compound_ledger=0.0), **SHARED) is None


def test_who_is_asked() -> None:
    """The next `reach` firms of the kind from the start on, round the table; recommended ones always."""
    kind, nobody, solvent = np.zeros(6, np.uint8), np.zeros(6, np.uint8), np.zeros(6, np.int64)

    def asked(start: int, reach: int, without: int = -1, red: int = -1, poor: int = -1) -> list[int]:
        recommended, cash = nobody.copy(), solvent.copy()
        recommended[[red] if red >= 0 else []], cash[[poor] if poor >= 0 else []] = 1, -1
        return [int(firm) for firm in in_reach(MARKET_FIRM, start, reach, without, kind, recommended, cash)]

    assert asked(2, 2) == [2, 3]
    assert asked(5, 2) == [0, 5]
    assert asked(2, 2, red=5) == [2, 3, 5]
    assert asked(2, 2, without=3) == [2]
    assert asked(2, 2, poor=2) == [3], "who has lost its capital bids no more"
    kind[[0, 2]] = COMMUNITY_FIRM
    assert asked(1, 2) == [3, 4], "of the market firms 1, 3, 4, 5 the second and the third"


def test_each_community_asks_further_on() -> None:
    """Three firms on from its neighbours'; of those in reach all bid here."""
    district = of_a_thousand(firms__in_reach=3, firms__per_compound=2.0, places__compounds_per_community=2)
    firms = district.world.firms
    firms.red[:], firms.cash[:] = 0, 0
    asked = [tender._firms_in_reach(district, MARKET_FIRM, row, -1).tolist() for row in range(4)]
    assert asked == [[0, 1, 2], [0, 1, 2], [3, 4, 5], [3, 4, 5]]


# An open tender is won by efficiency + 0.3 (rating - 0.5) + 0.2 [recommended].
WORTH = {"worth_rating": 0.3, "worth_recommended": 0.2}


@pytest.mark.parametrize(
    ("efficiency", "rating", "red", "winner"),
    [
        ([1.10, 1.00, 0.9], [0.5, 0.5, 0.5], [0, 0, 0], 0),  # 1.10, 1.00, 0.90
        ([1.10, 1.00, 0.9], [0.5, 0.9, 0.5], [0, 0, 0], 1),  # 1.10, 1.12, 0.90
        ([1.10, 1.00, 0.9], [0.5, 0.9, 0.5], [0, 0, 1], 1),  # 1.10, 1.12, 1.10
        ([1.10, 1.00, 0.94], [0.5, 0.9, 0.5], [0, 0, 1], 2),  # 1.10, 1.12, 1.14
    ],
    ids=["the efficient", "the well rated", "a recommendation is not enough", "a recommendation is enough"],
)
def test_the_best_wins_an_open_tender(
    efficiency: list[float], rating: list[float], red: list[int], winner: int
) -> None:
    district = of_a_thousand()
    firms, tally = district.world.firms, district.world.tally
    firms.efficiency[:], firms.rating[:], firms.red[:] = 0.1, 0.5, 0
    firms.efficiency[:3], firms.rating[:3], firms.red[:3] = efficiency, rating, red
    district.world.compounds.community[:] = 0
    found = offered(district, **WORTH)
    assert found is not None
    assert found.firm == winner
    assert (tally.tenders[0], tally.bids[0]) == (1.0, 3.0), "all who would bid do"


def test_without_open_tender_the_first_that_comes_is_taken() -> None:
    district = of_a_thousand(levers__open_tender=0.0)
    found = offered(district)
    world = district.world
    come = world.streams.uniforms(Purpose.TENDER, world.month, np.arange(len(world.firms)), world.compounds.key.item(0))
    assert found is not None
    assert found.firm == int(np.argmin(come))
    assert world.tally.bids[0] == 1.0


def test_who_would_rather_not_does_not_bid() -> None:
    """Each would-be bidder comes with the stated chance: the luckiest first as the chance grows."""
    district = of_a_thousand(firms__bid_chance=0.5)
    world = district.world
    come = world.streams.uniforms(Purpose.TENDER, world.month, np.arange(len(world.firms)), world.compounds.key.item(0))
    offered(district)
    assert world.tally.bids[0] == np.count_nonzero(come < 0.5)


def test_a_community_run_firm_comes_where_no_market_firm_does() -> None:
    """0.3 yuan x 1,000 m² and 2 yuan of subsidy a flat cover its 400 yuan; without the subsidy they do not."""
    district = of_a_thousand(**COMMUNITY_PAYS)
    flats = int(district.world.compounds.households[0])
    alone = {"fixed_cost": 9e9, "fixed_cost_community": 400.0, "fee_community": 0.3}
    found = offered(district, **alone)
    assert found is not None
    assert district.world.firms.kind[found.firm] == COMMUNITY_FIRM
    assert (found.fee, found.fixed, found.subsidy, found.rows) == (0.3, 400.0, 2.0 * flats, (0,))
    assert offered(district, **(alone | {"fixed_cost_community": 300.0 + 2.0 * flats + 1.0})) is None
    district.world.compounds.covered[0] = 0.0
    assert offered(district, **alone) is None, "only where the programme is"


def test_what_owners_vote_on_is_the_change_of_their_dues() -> None:
    """They pay nothing so far: the whole fee of the firm that offers is new, whatever the mode usually costs."""
    district = of_a_thousand(**COMMUNITY_PAYS)
    in_favour(district, 0)
    reckon(district, fixed_cost=9e9, fee_community=0.3, expected_quality=0.7, successor_gain=0.1)
    assert tender.award(district, 0, company(district))
    proposal = put_to_vote(district, 0)
    assert proposal.what == "hire a firm"
    assert proposal.fee_change == pytest.approx(0.3)
    assert proposal.expected_quality == 0.7


def test_what_a_contract_says() -> None:
    """It costs what serving takes, or 0.9 of what the firm plans to collect where that is more."""
    for fee, cost in ((0.5, 450.0), (1.0, 900.0)):  # 250 + 200 yuan, against 0.9 x 500 and 0.9 x 1,000
        district = of_a_thousand()
        in_favour(district, 0, 2)
        reckon(district, **(SHARED | {"planned_crew": 0.9, "fixed_cost": 500.0 if fee == 0.5 else 1000.0}))
        assert tender.award(district, 0, company(district, fee))
        for row in (0, 2):
            offer = district.compound(row).offer
            assert offer is not None
            assert offer.rows == (0, 2)
            assert offer.cost == pytest.approx(max(cost, 0.9 * fee * 1000.0))
            assert offer.fixed == (250.0 if fee == 0.5 else 500.0)
        assert district.world.tally.bundled.tolist() == [1.0, 0.0, 1.0, 0.0]
        assert [due.kind for due in district.agenda.upcoming(2)].count("takeover") == 1
        assert [due.kind for due in district.agenda.upcoming(1)].count("takeover") == 0


@pytest.mark.parametrize(("area", "taken"), [(1000, False), (2000, True)], ids=["no longer pays", "still pays"])
def test_who_refuses_is_left_out_of_the_contract(area: int, taken: bool) -> None:
    """Three share 900 yuan, and the second refuses: two bear 450 + 200 yuan each, more than the 500 that come in.

    Unless the third has 2,000 m²: then 500 + 1,000 yuan come in, and they cost 450 + 200 and 450 + 400.
    """
    district = of_a_thousand()
    in_favour(district, 0, 3)
    district.world.compounds.area[3] = 100 * area
    reckon(district, fixed_cost=900.0, area_cost=0.2)
    assert tender.award(district, 0, company(district)) == taken
    offers = [compound.offer for compound in district.compounds]
    assert [offer.rows if offer else () for offer in offers] == ([(0, 3), (), (), (0, 3)] if taken else [()] * 4)
    assert [offer.cost for offer in offers if offer] == ([650.0, 850.0] if taken else [])


def test_neighbours_cannot_hire_a_firm_for_those_who_refuse() -> None:
    """Even if their own 3,000 m² would do for a contract: 1,500 yuan against 500 + 600."""
    district = of_a_thousand()
    in_favour(district, 2)
    district.world.compounds.area[2] = 300_000
    reckon(district, **SHARED)
    assert not tender.award(district, 0, company(district))
    assert all(compound.offer is None for compound in district.compounds)


def test_expectations_follow_the_neighbours_who_have_a_mode() -> None:
    """A quarter of the weight on the two that have one, at 0.9 and 0.7; those without do not count, nor does itself."""
    district = of_a_thousand(eligibility__neighbours_weight=0.25)
    compounds = district.world.compounds
    compounds.quality[:] = [0.1, 0.9, 0.7, 0.2]
    assert formation.expected_quality(district, 0, 0.6) == 0.6, "nobody to look at"
    compounds.mode[:] = [1, 1, 2, 0]
    assert formation.expected_quality(district, 0, 0.6) == pytest.approx(0.75 * 0.6 + 0.25 * 0.8)
