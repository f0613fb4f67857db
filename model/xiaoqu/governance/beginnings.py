"""The district as the spin-up finds it: who is already under a mode, which firms and funds there are.

Stated by the scenario (places.managed_share and the like) or by a ledger of compounds; everything else is unmanaged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xiaoqu.governance import formation, tender
from xiaoqu.governance.law import committee_size
from xiaoqu.modes.mode import plan_income
from xiaoqu.streams import Purpose
from xiaoqu.world import COMMUNITY_FIRM

if TYPE_CHECKING:
    from xiaoqu.district import District
    from xiaoqu.population import Place
    from xiaoqu.scenario import Scenario


def number_of_firms(scenario: Scenario, compounds: int) -> int:
    """Market firms of the region, and community-run ones where the scenario founds them."""
    return _market_firms(scenario, compounds) + _community_firms(scenario, compounds)


def _market_firms(scenario: Scenario, compounds: int) -> int:
    return max(3, int(np.ceil(scenario["firms.per_compound"] * compounds)))


def _community_firms(scenario: Scenario, compounds: int) -> int:
    grade = scenario["levers.community_firms"] * scenario["programmes.community_firms_per_compound"]
    return int(np.ceil(grade * compounds))


def begin(district: District, places: list[Place]) -> None:
    """Found the firms, open the repair funds, put every compound into its initial state."""
    world, scenario = district.world, district.scenario
    found_firms(district)
    for row, place in enumerate(places):
        if place.has_fund:
            fen = int(100 * scenario["places.repair_fund_per_flat"] * world.compounds.households[row])
            world.ledger.post("opening_fund", row, fen)
        district.modes[0].begin(district, row)
    initial = next((mode for mode in district.modes if mode.name == scenario["modes.initial"]), district.modes[0])
    for row, place in enumerate(places):
        if place.managed or initial.driver == "crew":
            start_managed(district, row)
    for row in _committee_rows(district, places):
        seat_committee(district, row)
    for row in np.flatnonzero(world.compounds.mode == 0).tolist() if initial.code and initial.driver != "crew" else ():
        if initial.driver == "effort" and not world.compounds.has_committee[row]:
            seat_committee(district, row)
        district.change_mode(row, initial, "so before the campaign, says the scenario")
    for row in range(len(scenario.ledger or ())):
        # The ledger states today's mode: a year of it comes before the campaign, and it stands as that begins.
        for month in {max(world.month + 1, -12), -1}:
            world.agenda.add(month, "as_stated", row)
    # Compounds that had started by themselves before the campaign would not be counted as unmanaged at its start.
    world.agenda.add(0, "self_start", -1)


def found_firms(district: District) -> None:
    """Firms differ in efficiency and in their inclination to cut corners; investors put up their capital."""
    world, scenario = district.world, district.scenario
    firms = world.firms
    market = _market_firms(scenario, len(world.compounds))
    firms.kind[market:] = COMMUNITY_FIRM
    shape = scenario["firms.greed_shape"]
    for row in range(len(firms)):
        rng = world.streams.generator(Purpose.FIRM, 0, row)
        firms.efficiency[row] = min(1.3, max(0.7, 1.0 + scenario["firms.efficiency_spread"] * rng.standard_normal()))
        firms.greed[row] = min(3.0, rng.gamma(shape, 1.0 / shape))
        world.ledger.post("capital", -1, int(100 * scenario["firms.capital"]), row)


def _committee_rows(district: District, places: list[Place]) -> list[int]:
    roster = district.scenario.ledger
    if roster:
        return [row for row, stated in enumerate(roster) if stated.has_committee or stated.mode == "committee"]
    share = district.scenario["places.committee_share"]
    return [row for row, place in enumerate(places) if (place.rank * 7.0) % 1.0 < share]


def start_managed(district: District, row: int) -> None:
    """A firm serves here already, at the fee of commodity housing where the scenario says so."""
    world, scenario = district.world, district.scenario
    company = next((mode for mode in district.modes if mode.driver == "crew"), None)
    if company is None:
        return
    p = world.terms(tender.FirmTerms, "firms")
    area = world.compounds.area[row] * 0.01
    roster = scenario.ledger
    stated = roster[row].fee_yuan_per_m2 if roster else None
    fee = scenario["places.managed_fee"] if stated is None else stated
    cost = max(
        tender.costs(p, 0, float(world.compounds.households[row]), area, 1),
        p.planned_crew * p.plan_collection * fee * area,
    )
    market = np.flatnonzero(world.firms.kind == 0)
    firm = int(market[int(district.luck("firm", row, 9) * len(market))])
    district.compound(row).offer = tender.Offer(firm, fee, cost, p.fixed_cost, 0.0, (row,))
    if not roster:  # a ledger states what is there
        infrastructure = world.compounds.infrastructure
        infrastructure[row] = min(0.95, infrastructure[row] + scenario["places.managed_infrastructure"])
    district.change_mode(row, company, "served before the campaign")


def seat_committee(district: District, row: int) -> None:
    """A committee exists here already; how able it is, and so whether it functions, is drawn (evidence 2.6)."""
    world = district.world
    first = int(world.compounds.first[row])
    owners = first + np.flatnonzero(world.households.tenure[first : first + int(world.compounds.households[row])] == 0)
    seats = committee_size(int(world.compounds.households[row]))
    members = owners[np.argsort(-world.households.disposition[owners], kind="stable")][:seats]
    rng = world.streams.generator(Purpose.COMMITTEE, 0, int(world.compounds.key[row]))
    world.compounds.has_committee[row] = 1
    world.compounds.ability[row] = formation.draw_ability(world, rng)
    world.compounds.effort[row] = world.compounds.ability[row]
    district.found_committee(row, members)


def as_stated(district: District, row: int) -> None:
    """Bring a compound of a ledger into the mode that the ledger states, and to the fee if it states one."""
    stated = district.scenario.ledger[row]
    mode = next((mode for mode in district.modes[1:] if mode.name == stated.mode), None)
    if mode is None or district.world.compounds.mode[row] == mode.code:
        return
    if mode.driver == "crew":
        start_managed(district, row)
        return
    if mode.driver == "effort" and not district.world.compounds.has_committee[row]:
        seat_committee(district, row)
    district.change_mode(row, mode, "managed before the campaign, says the ledger")
    if stated.fee_yuan_per_m2 is not None:
        compounds = district.world.compounds
        compounds.fee[row] = 100.0 * stated.fee_yuan_per_m2
        compounds.plan_revenue[row] *= stated.fee_yuan_per_m2 / max(1e-9, float(mode.numbers["fee"]))
        plan_income(district, row)
