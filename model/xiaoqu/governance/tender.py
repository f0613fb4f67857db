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
from xiaoqu.streams import Purpose
from xiaoqu.world import COMMUNITY_FIRM, MARKET_FIRM

if TYPE_CHECKING:
    from xiaoqu.columns import I8
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
    flats = {row: compounds.households.item(row) for row in rows}
    income = sum(expected_revenue(district, p, row, fee, subsidy * flats[row]) for row in rows)
    need = sum(costs(p, kind, flats[row], compounds.area.item(row) * 0.01, len(rows)) for row in rows)
    return income >= need * (1.0 + p.least_margin)


def _bundle(district: District, p: FirmTerms, row: int, fee: float) -> tuple[int, ...]:
    """The compound alone if a market firm would come, else with neighbours in the same case, nearest first (H1, P5)."""
    alone = (row,)
    world = district.world
    if (
        _viable(district, p, MARKET_FIRM, alone, fee, 0.0)
        or world.lever("compound_ledger") * world.compounds.covered[row] <= 0.0
    ):
        return alone
    compounds = world.compounds
    near = world.neighbours(row)
    near = near[(compounds.mode[near] == 0) & (compounds.covered[near] > 0.0) & (near != row)]
    near = near[[district.compound(other).offer is None for other in near.tolist()]]  # nobody is awarded twice
    away = (compounds.x[near] - compounds.x[row]) ** 2 + (compounds.y[near] - compounds.y[row]) ** 2
    rows: tuple[int, ...] = alone
    for other in near[np.argsort(away, kind="stable")][: p.bundle_most - 1]:
        rows = (*rows, int(other))
        if _viable(district, p, MARKET_FIRM, rows, fee, 0.0):
            return rows
    return alone


def _firms_in_reach(district: District, kind: int, row: int, without: int) -> I8:
    """Firms that could be asked: the next few of the region as seen from this community, and recommended ones."""
    firms = district.world.firms
    of_kind = np.flatnonzero(firms.kind == kind)
    if not len(of_kind):
        return of_kind
    start = int(district.world.compounds.community[row]) * 3
    asked = firms.red[of_kind] > 0
    asked[(start + np.arange(district.scenario["firms.in_reach"])) % len(of_kind)] = True
    reached = of_kind[asked]
    ready: I8 = reached[(firms.cash[reached] >= 0) & (reached != without)]
    return ready


def _choose(district: District, kind: int, row: int, without: int) -> int:
    """The firm that wins: best rated and most efficient of those who bid in an open tender, else the first to come."""
    world = district.world
    firms = world.firms
    ready = _firms_in_reach(district, kind, row, without)
    key = int(world.compounds.key[row])
    luck = world.streams.uniforms(Purpose.TENDER, world.month, ready, key)
    comes = luck < district.scenario["firms.bid_chance"]
    bidders = ready[comes]
    world.tally.tenders[row] += 1
    if not len(bidders):
        return -1
    if world.lever("open_tender") * world.compounds.covered[row] <= 0.0:
        world.tally.bids[row] += 1
        return int(bidders[np.argmin(luck[comes])])
    world.tally.bids[row] += len(bidders)
    worth = firms.efficiency[bidders] + 0.3 * (firms.rating[bidders] - 0.5) + 0.2 * firms.red[bidders]
    return int(bidders[np.argmax(worth)])


def make_offer(district: District, row: int, mode: Mode, without: int = -1) -> Offer | None:
    """Call for tenders; None if nobody bids. The firm `without` is not asked."""
    world = district.world
    p = world.terms(FirmTerms, "firms")
    fee = float(mode.numbers["fee"])
    rows = _bundle(district, p, row, fee)
    if _viable(district, p, MARKET_FIRM, rows, fee, 0.0):
        firm = _choose(district, MARKET_FIRM, row, without)
        if firm >= 0:
            return Offer(firm, fee, 0.0, p.fixed_cost / len(rows), 0.0, rows)
    subsidy = world.lever("community_firms") * district.scenario["programmes.community_firm_subsidy"]
    exist = world.lever("community_firms") * world.compounds.covered[row] > 0.0
    if exist and _viable(district, p, COMMUNITY_FIRM, (row,), p.fee_community, subsidy):
        firm = _choose(district, COMMUNITY_FIRM, row, without)
        if firm >= 0:
            bought = subsidy * float(world.compounds.households[row])
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
    kind = int(world.firms.kind[offer.firm])
    flats = world.compounds.households
    accepted = [other for other in offer.rows if _approved(district, other, offer, mode, p)]
    if row not in accepted:
        return False
    if len(offer.rows) > 1 and not _viable(district, p, kind, tuple(accepted), offer.fee, 0.0):
        world.log("tender failed", row, "too few neighbours accepted", float(len(accepted)))
        return False
    fixed = p.fixed_cost if kind == MARKET_FIRM else p.fixed_cost_community
    for other in accepted:
        area = world.compounds.area[other] * 0.01
        cost = costs(p, kind, float(flats[other]), area, len(accepted))
        planned = 0.96 * p.plan_collection * offer.fee * area
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
