"""The campaign, worked out: whom it plans for and when, and what it dates."""

from __future__ import annotations

import numpy as np
import pytest
from tests.strategies import small

from xiaoqu import District, load_scenario
from xiaoqu.governance import meetings

TEN: dict[str, object] = {"places.compounds": 10, "places.households": 400, "calendar.spin_up": 12}


def plans(**more: object) -> dict[int, list[int]]:
    """Rows of the compounds by the month of their plan."""
    stated = {key.replace("__", "."): value for key, value in more.items()}
    district = District(load_scenario("baseline", TEN | stated), rng=3)
    due = [(due.month, due.row) for due in district.agenda.upcoming() if due.kind == "plan"]
    order = district.street_office.queue
    return {month: [order.index(row) for at, row in due if at == month] for month in sorted({at for at, _ in due})}


def in_order(found: dict[int, list[int]]) -> list[tuple[int, int]]:
    """Month and number of plans; those first in the queue come first."""
    assert [place for places in found.values() for place in sorted(places)] == list(
        range(sum(map(len, found.values())))
    )
    return [(month, len(places)) for month, places in found.items()]


def test_pilots_come_first_and_the_others_at_a_pace() -> None:
    """Two pilots in month 1; five months later a quarter of the ten a month: places 0-2, 3-4, 5-7."""
    dated = {"campaign__start": 1, "campaign__pilots": 2, "campaign__pilot_months": 5, "campaign__pace": 0.25}
    assert in_order(plans(**dated, campaign__months=24)) == [(1, 2), (6, 3), (7, 2), (8, 3)]
    assert in_order(plans(**dated, campaign__months=7)) == [(1, 2), (6, 3), (7, 2)], "nobody once it has ended"
    none = {"campaign__start": 1, "campaign__pilots": 0, "campaign__pilot_months": 5, "campaign__pace": 0.5}
    assert in_order(plans(**none, campaign__months=24)) == [(1, 5), (2, 5)]


def test_whom_it_is_for() -> None:
    served = {"places__managed_share": 0.5, "campaign__months": 12, "campaign__pace": 1.0}
    assert sum(map(len, plans(**served).values())) < 10
    assert sum(map(len, plans(**served, campaign__covers="all").values())) == 10
    assert plans(campaign__months=0) == {}
    assert in_order(plans(campaign__months=1, campaign__pace=1.0, campaign__pilots=0)) == [(0, 10)]


def test_with_a_ledger_of_compounds_the_ready_come_first() -> None:
    """Ready is infrastructure, and members per flat: 0.5 + 6 / 60 come before 0.55, and 0.9 before both."""
    for grade, order in ((0.5, [3, 1, 0, 2]), (0.0, [0, 1, 2, 3])):
        district = small(1, levers__compound_ledger=grade, campaign__pace=1.0)
        compounds = district.world.compounds
        compounds.households[:], compounds.party[:] = 60, [0, 6, 0, 0]
        compounds.infrastructure[:] = [0.55, 0.5, 0.1, 0.9]
        district.street_office.prepare()
        assert district.street_office.queue == order


@pytest.mark.parametrize(("prepared", "mode"), [(1.0, 0), (0.0, 0), (1.0, 1)])
def test_what_a_plan_dates(prepared: float, mode: int) -> None:
    """Three months with a plan of its own and five without: the attempt, or the lease where a mode is; then an
    election a month later."""
    begun = {"levers__compound_plans": prepared, "levers__committee_formation": 1.0, "levers__members_pay_first": 1.0}
    district = small(
        1, **begun, levers__party_branches=1.0, campaign__lead=3, campaign__lead_without_plan=5, campaign__months=0
    )
    world = district.world
    world.compounds.mode[0], world.households.roles[:] = mode, 1
    district.street_office.plan(0)
    lead = 3 if prepared else 5
    assert district.agenda.months_of("attempt", 0) == ([] if mode else [lead])
    assert (lead in district.agenda.months_of("lease", 0)) == bool(mode)
    assert district.agenda.months_of("committee", 0) == [lead + 1]
    assert world.compounds.has_branch[0] == 1
    assert world.compounds.announced[0] == 0, "the branch is there to announce that members pay first"
    assert (world.compounds.covered[0], district.compound(0).planned_at) == (1.0, 0)


def test_what_the_campaign_dates_for_itself() -> None:
    district = District(load_scenario("baseline", TEN | {"campaign.start": 2, "campaign.months": 9}), rng=3)
    assert district.agenda.months_of("programme_end", -1) == [11]
    assert district.agenda.months_of("evaluation", -1) == [14]


def test_with_the_campaign_its_money_goes() -> None:
    district = small(1, levers__infrastructure_works=1.0)
    district.world.programme_money[0] = 5e6
    meetings.programme_end(district, -1)
    assert district.world.programme_money[0] == 0.0


def test_orders_are_taken_in_turn_by_those_who_report_in() -> None:
    """Compound 1 has four who report in; in month 3 they took five orders: the last of them begins."""
    district = small(1, levers__in_service_members=1.0, campaign__months=0)
    world = district.world
    world.compounds.reporting[:] = [3, 4, 0, 2]
    world.month, world.tally.settled_by[:], members = 3, 0.0, world.party_members
    world.tally.settled_by[2, 1] = 5.0
    members.orders[:], members.points[:] = 0, 0
    meetings.orders(district, -1)
    last = len(members) - 9 + np.arange(9)  # three of the first compound, four of the second, two of the fourth
    assert members.orders[last].tolist() == [0, 0, 0, 1, 1, 1, 2, 0, 0]
    assert members.points[last].tolist() == members.orders[last].tolist()
    assert members.orders.sum() == 5


def test_what_is_repeated() -> None:
    """The evaluation and the associations' exchange yearly, the look at who starts by itself quarterly."""
    district = small(1, campaign__months=0, levers__associations=1.0)
    district.world.compounds.covered[:] = 1.0
    before = district.world.firms.efficiency.sum()
    meetings.yearly(district, -1)
    assert district.world.firms.efficiency.sum() > before
    assert district.agenda.months_of("evaluation", -1) == [district.month + 12]
    meetings.self_start(district, -1)
    assert district.month + 3 in district.agenda.months_of("self_start", -1)


def test_a_take_over_without_an_offer_and_a_leave_without_a_contract_are_nothing() -> None:
    district = small(1, campaign__months=0)
    before = [compound.mode_name for compound in district.compounds]
    meetings.take_over(district, 0)
    meetings.leave(district, 0)
    assert [compound.mode_name for compound in district.compounds] == before
    assert not [event for event in district.world.events if event.kind == "mode" and event.month == district.month]


def test_a_firm_whose_successor_is_found_hands_over_the_same_month() -> None:
    district = small(4, places__managed_share=1.0, places__compounds=1, campaign__months=0)
    compound = district.compound(0)
    compound.offer, spells = compound.contract, len(compound.spells)
    meetings.leave(district, 0)
    assert (compound.mode_name, len(compound.spells)) == ("property_company", spells), "nobody is unmanaged in between"
    assert district.month in district.agenda.months_of("takeover", 0)
    meetings.take_over(district, 0)
    assert (compound.mode_name, compound.offer, len(compound.spells)) == ("property_company", None, spells + 1)
