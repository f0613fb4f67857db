"""Open tender (X3): firms bid where expected revenue covers crew and area cost.

Neighbours may be let as one contract (P5).

    cost      = (fixed / compounds in the contract) + step per 200 households above 400 + area cost x area
    revenue   = planned collection x fee x area + part of the public revenue + subsidy
A firm bids when revenue >= cost x (1 + least margin). In an open tender all who would bid do, and the owners take the
best rated; otherwise the first that comes is taken. Community-run firms (D2) have a lower fixed cost and are
subsidised while the programme lasts; they bid only where no market firm does. Source: evidence 2.7 (floor crew,
break-even size).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xiaoqu.governance import assembly, formation
from xiaoqu.governance.law import Matter
from xiaoqu.kernels import compiled
from xiaoqu.streams import Purpose
from xiaoqu.world import COMMUNITY_FIRM, MARKET_FIRM

if TYPE_CHECKING:
    from xiaoqu.columns import F8, I8, U1
    from xiaoqu.district import District
    from xiaoqu.modes.mode import Mode


class FirmTerms(NamedTuple):
    """Parameters of the section [firms] that tenders use."""

    plan_collection: float
    least_margin: float
    fixed_cost: float
    area_cost: float
    fixed_cost_community: float
    area_cost_community: float
    fee_community: float
    large_step: float
    expected_quality: float
    bundle_most: int
    public_share: float
    planned_crew: float
    worth_rating: float
    worth_recommended: float
    successor_gain: float


class Offer(NamedTuple):
    """What the assembly is asked to approve. Fee in yuan/m²/month, cost, its fixed part and subsidy in yuan a month."""

    firm: int
    fee: float
    cost: float
    fixed: float
    subsidy: float
    rows: tuple[int, ...]


def costs(p: FirmTerms, kind: int, households: float, area_m2: float, compounds: int) -> float:
    """Yuan a month that serving one compound to standard costs, as one of `compounds` in a contract."""
    fixed, by_area = (
        (p.fixed_cost, p.area_cost) if kind == MARKET_FIRM else (p.fixed_cost_community, p.area_cost_community)
    )
    return fixed / compounds + p.large_step * max(0.0, households - 400.0) / 200.0 + by_area * area_m2


def expected_revenue(district: District, p: FirmTerms, row: int, fee: float, subsidy: float) -> float:
    """Yuan a month that a firm reckons with."""
    compounds = district.world.compounds
    public = p.public_share * compounds.public_potential.item(row) * compounds.households.item(row)
    return p.plan_collection * fee * compounds.area.item(row) * 0.01 + public + subsidy


def _viable(district: District, p: FirmTerms, kind: int, rows: tuple[int, ...], fee: float, subsidy: float) -> bool:
    compounds = district.world.compounds
    flats = [compounds.households.item(row) for row in rows]
    income = sum([expected_revenue(district, p, row, fee, subsidy * n) for row, n in zip(rows, flats, strict=True)])
    areas = [compounds.area.item(row) * 0.01 for row in rows]
    need = sum([costs(p, kind, n, area, len(rows)) for n, area in zip(flats, areas, strict=True)])
    return income >= need * (1.0 + p.least_margin)


def _in_same_case(near: I8, row: int, mode: I8, covered: F8, x: F8, y: F8) -> I8:
    """Those of `near` that are covered and unmanaged, nearest to `row` first; `row` itself left out."""
    found, away, count = np.empty_like(near), np.empty(near.shape[0]), 0
    for other in near:
        if mode[other] == 0 and covered[other] > 0.0 and other != row:
            distance, place = (x[other] - x[row]) ** 2 + (y[other] - y[row]) ** 2, count
            while place > 0 and away[place - 1] > distance:
                found[place], away[place] = found[place - 1], away[place - 1]
                place -= 1
            found[place], away[place] = other, distance
            count += 1
    return found[:count]


in_same_case = compiled(_in_same_case)


def _bundle(district: District, p: FirmTerms, row: int, fee: float) -> tuple[int, ...]:
    """The compound alone if a market firm would come, else with neighbours in the same case, nearest first (H1, P5).

    Empty if no market firm would come either way.
    """
    world, compounds = district.world, district.world.compounds
    rows: tuple[int, ...] = (row,)
    if _viable(district, p, MARKET_FIRM, rows, fee, 0.0):
        return rows
    if world.lever("compound_ledger") * compounds.covered.item(row) <= 0.0:
        return ()
    near = in_same_case(world.neighbours(row), row, compounds.mode, compounds.covered, compounds.x, compounds.y)
    free = [other for other in near.tolist() if district.compounds[other].offer is None]  # nobody is awarded twice
    for other in free[: p.bundle_most - 1]:
        rows = (*rows, other)
        if _viable(district, p, MARKET_FIRM, rows, fee, 0.0):
            return rows
    return ()


def _in_reach(wanted: int, start: int, reach: int, without: int, kind: U1, red: U1, cash: I8) -> I8:
    """Solvent firms of the wanted kind that are recommended, or among the `reach` of that kind from the start-th on."""
    of_kind, found, count = np.flatnonzero(kind == wanted), np.empty(kind.shape[0], np.int64), 0
    for place, firm in enumerate(of_kind):
        asked = red[firm] > 0 or (place - start) % of_kind.shape[0] < reach
        if asked and cash[firm] >= 0 and firm != without:
            found[count] = firm
            count += 1
    return found[:count]


in_reach = compiled(_in_reach)


def _firms_in_reach(district: District, kind: int, row: int, without: int) -> I8:
    """Firms that could be asked: the next few of the region as seen from this community, and recommended ones."""
    firms = district.world.firms
    start = district.world.compounds.community.item(row) * 3
    reach = district.world.scenario["firms.in_reach"]
    return in_reach(kind, start, reach, without, firms.kind, firms.red, firms.cash)


def _choose(district: District, kind: int, row: int, without: int) -> int:
    """The firm that wins: best rated and most efficient of those who bid in an open tender, else the first to come."""
    world = district.world
    firms = world.firms
    ready = _firms_in_reach(district, kind, row, without)
    key = world.compounds.key.item(row)
    luck = world.streams.uniforms(Purpose.TENDER, world.month, ready, key)
    comes = luck < world.scenario["firms.bid_chance"]
    bidders = ready[comes]
    world.tally.tenders[row] += 1
    if not len(bidders):
        return -1
    if world.lever("open_tender") * world.compounds.covered.item(row) <= 0.0:
        world.tally.bids[row] += 1
        return int(bidders[np.argmin(luck[comes])])
    world.tally.bids[row] += len(bidders)
    p = world.terms(FirmTerms, "firms")
    worth = firms.efficiency[bidders] + p.worth_rating * (firms.rating[bidders] - 0.5)
    worth += p.worth_recommended * firms.red[bidders]
    return int(bidders[np.argmax(worth)])


def make_offer(district: District, row: int, mode: Mode, without: int = -1) -> Offer | None:
    """Call for tenders; None if nobody bids. The firm `without` is not asked."""
    world = district.world
    p = world.terms(FirmTerms, "firms")
    fee = float(mode.numbers["fee"])
    rows = _bundle(district, p, row, fee)
    if rows:
        firm = _choose(district, MARKET_FIRM, row, without)
        if firm >= 0:
            return Offer(firm, fee, 0.0, p.fixed_cost / len(rows), 0.0, rows)
    subsidy = world.lever("community_firms") * world.scenario["programmes.community_firm_subsidy"]
    exist = world.lever("community_firms") * world.compounds.covered.item(row) > 0.0
    if exist and _viable(district, p, COMMUNITY_FIRM, (row,), p.fee_community, subsidy):
        firm = _choose(district, COMMUNITY_FIRM, row, without)
        if firm >= 0:
            bought = subsidy * world.compounds.households.item(row)
            return Offer(firm, p.fee_community, 0.0, p.fixed_cost_community, bought, (row,))
    return None


def award(district: District, row: int, mode: Mode, without: int = -1) -> bool:
    """Tender, put the offer to each compound concerned, and put take-overs on the agenda. True if this one accepts."""
    world = district.world
    p = world.terms(FirmTerms, "firms")
    offer = make_offer(district, row, mode, without)
    if offer is None:
        world.log("tender failed", row, "nobody bid")
        return False
    kind = world.firms.kind.item(offer.firm)
    flats, areas = world.compounds.households, world.compounds.area
    accepted = [other for other in offer.rows if _approved(district, other, offer, mode, p)]
    if row not in accepted:
        return False
    if len(offer.rows) > 1 and not _viable(district, p, kind, tuple(accepted), offer.fee, 0.0):
        world.log("tender failed", row, "too few neighbours accepted", float(len(accepted)))
        return False
    fixed = p.fixed_cost if kind == MARKET_FIRM else p.fixed_cost_community
    for other in accepted:
        area = areas.item(other) * 0.01
        cost = costs(p, kind, flats.item(other), area, len(accepted))
        planned = p.planned_crew * p.plan_collection * offer.fee * area
        district.compound(other).offer = offer._replace(
            cost=max(cost, planned), fixed=fixed / len(accepted), rows=tuple(accepted)
        )
        if len(accepted) > 1:
            world.tally.bundled[other] += 1
        formation.schedule_take_over(district, other)
    return True


def _approved(district: District, row: int, offer: Offer, mode: Mode, p: FirmTerms) -> bool:
    change = offer.fee - mode.numbers["fee"] + mode.fee_change(district, row)
    expected = formation.expected_quality(district, row, p.expected_quality)
    proposal = assembly.Proposal(Matter.HIRE_OR_DISMISS_FIRM, expected, change, "hire a firm")
    return formation.put_to_vote(district, row, proposal, 0)
