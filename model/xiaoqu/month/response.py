"""Matters are triaged, dealt with, called up tier by tier, or left.

One pass over the open issues, oldest first. Every contact uses one unit of somebody's capacity and settles the matter with

    success x (1 + triage gain x [triage])          (X7, D6: triage raises the success of a contact, nothing else)

Who deals with it:
    private   neighbours and chiefs mediate
    small     the mode's own body, then in-service members' orders (D7)
    a matter that failed once   deliberation points (D9), three-party meetings (D8, S9)
    large     three-party meetings, then the tiers: community, street (monthly dispatch), departments (quarterly joint
              meeting), sponsoring cadre (D1, D6); a contact needs money, about 6,300 yuan, from a higher tier's own budget,
              the programme's funds, the repair fund, or the account
    A small matter unsettled for two months is called up too where tiers respond (D6).
Without triage all bodies of a compound work through one common queue whatever the kind of matter.
Latent matters are found by patrols, sponsors and three-party meetings with probability `found`. What nobody settles lapses
after `lapse` months. A household remembers how its own matter was dealt with (own_matters).

Reads: issues, capacities. Writes: issues, own_matters, responsiveness, settled counts, money asked of each source.
Sources: cases X7, X8, D1, D6-D9, S9; evidence 2.9 (success of contacts, cost); capacities calibrated on the cases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xiaoqu.issues import NEVER
from xiaoqu.kernels import compiled
from xiaoqu.month.problems import LARGE, PRIVATE, SMALL
from xiaoqu.streams import Purpose, uniforms_of

if TYPE_CHECKING:
    from xiaoqu.columns import F4, F8, I4, I8, U1
    from xiaoqu.world import World

RESPONSE = int(Purpose.RESPONSE)

# Rows of the capacity matrix, and of tally.settled_by (see issues.SETTLERS).
NEIGHBOURS, BODY, ORDERS, DELIBERATION, MEETING = 0, 1, 2, 3, 4
BY_COMMUNITY, BY_STREET, BY_DEPARTMENTS, BY_SPONSOR = 5, 6, 7, 8

# Rows of the money matrix: which source pays for large matters.
PROGRAMME_MONEY, FUND_MONEY, ACCOUNT_MONEY = 0, 1, 2


class ResponseTerms(NamedTuple):
    """Parameters of the section [response]."""

    mediation: float
    mediation_per_chief: float
    success_private: float
    success_body: float
    success_order: float
    success_deliberation: float
    success_meeting: float
    success_tier: float
    triage_gain: float
    meeting_capacity: float
    point_capacity: float
    order_share: float
    tier_capacity: float
    sponsor_capacity: float
    patrol_found: float
    sponsor_found: float
    meeting_found: float
    tier_money: float
    large_cost: float
    small_cost_share: float
    wait: float
    lapse: float
    lapse_latent: float
    praise: float
    blame: float
    responsiveness_rate: float


def _respond(
    p: ResponseTerms,
    k0: np.uint64,
    k1: np.uint64,
    month: int,
    count: int,
    household: I4,
    opened: I4,
    reported: I4,
    climbed: I4,
    kind: U1,
    tier: U1,
    tried: U1,
    compound_of: I4,
    number: I4,
    key: I8,
    community: I4,
    capacity: F8,
    triage: F8,
    tiers: F8,
    joint_review: F8,
    found_rate: F8,
    tier_budget: F8,
    own_matters: F4,
    programme: F8,
    repair_fund: I8,
    account: I8,
    money: F8,
    settled_by: F8,
    found: F8,
    called_up: F8,
    contacts: F8,
    lapsed: F8,
    ages: F8,
    overdue: F8,
    backlog: F8,
    latent: F8,
    cohort: F8,
    waits: F8,
    reports: F8,
) -> int:
    """Work through the open issues; compact them in place and return how many stay open.

    Shapes: capacity (9, C) with rows 0-4 in use, tier_budget (3, communities) for community, street, departments, programme
    (1,) in fen, money (3, C) in fen, settled_by (9, C), ages (4, C), cohort (24, C) settled by report age, waits (61,).
    """
    cost = p.large_cost * 100.0
    kept = 0
    for j in range(count):
        h = household[j]
        c = compound_of[h]
        # Most open matters are latent where nobody could find them: they need no draw.
        u = (1.0, 1.0, 1.0, 1.0)
        if reported[j] != NEVER or found_rate[c] > 0.0:
            u = uniforms_of(k0, k1, RESPONSE, month, number[h], key[c], opened[j] + 4096)
        if reported[j] == NEVER:
            if u[0] < found_rate[c]:
                reported[j] = month
                found[c] += 1.0
                reports[c] += 1.0
            elif month - opened[j] >= p.lapse_latent:
                lapsed[c] += 1.0
                continue
            else:
                latent[c] += 1.0
        settler = -1
        if reported[j] != NEVER:
            gain = 1.0 + p.triage_gain * triage[c]
            pooled = triage[c] <= 0.0
            what = kind[j]
            luck = u[1]
            # The compound's own means, in order; without triage whoever is free takes it, whatever it is.
            if tier[j] == 0:
                if what == PRIVATE or pooled:
                    if capacity[NEIGHBOURS, c] >= 1.0:
                        capacity[NEIGHBOURS, c] -= 1.0
                        contacts[c] += 1.0
                        fit = p.success_private if what == PRIVATE else 0.5 * p.success_body
                        if what != LARGE and luck < fit * gain:
                            settler = NEIGHBOURS
                        else:
                            tried[j] = min(200, tried[j] + 1)
                if settler < 0 and (what == SMALL or (pooled and what != LARGE)):
                    if capacity[BODY, c] >= 1.0:
                        capacity[BODY, c] -= 1.0
                        contacts[c] += 1.0
                        if luck < p.success_body * gain:
                            settler = BODY
                        else:
                            tried[j] = min(200, tried[j] + 1)
                    elif capacity[ORDERS, c] >= 1.0:
                        capacity[ORDERS, c] -= 1.0
                        contacts[c] += 1.0
                        if luck < p.success_order * gain:
                            settler = ORDERS
                        else:
                            tried[j] = min(200, tried[j] + 1)
                if settler < 0 and tried[j] > 0 and what != LARGE and capacity[DELIBERATION, c] >= 1.0:
                    capacity[DELIBERATION, c] -= 1.0
                    contacts[c] += 1.0
                    if u[2] < p.success_deliberation * gain:
                        settler = DELIBERATION
                if settler < 0 and (tried[j] > 0 or what == LARGE) and capacity[MEETING, c] >= 1.0:
                    capacity[MEETING, c] -= 1.0
                    contacts[c] += 1.0
                    if u[2] < p.success_meeting * gain:
                        settler = MEETING
            # Large matters start climbing at once; small ones after waiting, where tiers respond.
            if settler < 0:
                waited = month - max(climbed[j], reported[j])
                climbs = what == LARGE or (what == SMALL and tiers[c] > 0.0 and waited >= p.wait)
                t = tier[j]
                if t == 0 and climbs:
                    t = 1
                    tier[j] = 1
                    climbed[j] = month
                    called_up[c] += 1.0
                elif t > 0 and t < 4 and waited >= p.wait and tiers[c] > 0.0:
                    t = min(t + 1, 4)
                    tier[j] = t
                    climbed[j] = month
                    called_up[c] += 1.0
                if t > 0:
                    acts = False
                    if t == 4 and capacity[BY_SPONSOR, c] >= 1.0:
                        capacity[BY_SPONSOR, c] -= 1.0
                        acts = True
                    elif t <= 3 or capacity[BY_SPONSOR, c] < 1.0:
                        t = min(t, 3)
                        if tier_budget[t - 1, community[c]] >= 1.0 and (t < 3 or month % 3 == 0):
                            tier_budget[t - 1, community[c]] -= 1.0
                            acts = True
                    if acts:
                        contacts[c] += 1.0
                        if u[3] < p.success_tier * gain:
                            price = cost if what == LARGE else cost * p.small_cost_share
                            if t >= 2 and luck < p.tier_money:
                                money[PROGRAMME_MONEY, c] += price
                                settler = 4 + t
                            elif programme[0] >= price:
                                programme[0] -= price
                                money[PROGRAMME_MONEY, c] += price
                                settler = 4 + t
                            elif joint_review[c] > 0.0 and repair_fund[c] - money[FUND_MONEY, c] >= price:
                                money[FUND_MONEY, c] += price
                                settler = 4 + t
                            elif account[c] - money[ACCOUNT_MONEY, c] >= 2.0 * price:
                                money[ACCOUNT_MONEY, c] += price
                                settler = 4 + t
        if settler >= 0:
            settled_by[settler, c] += 1.0
            wait = month - reported[j]
            waits[min(60, wait)] += 1.0
            cohort[min(23, wait), c] += 1.0
            own_matters[h] = min(1.0, own_matters[h] + p.praise)
            continue
        age = month - opened[j]
        if age >= p.lapse:
            lapsed[c] += 1.0
            continue
        if reported[j] != NEVER:
            backlog[c] += 1.0
            ages[0 if age < 2 else (1 if age < 6 else (2 if age < 12 else 3)), c] += 1.0
            if month - reported[j] >= 2:
                overdue[c] += 1.0
                own_matters[h] = max(-1.0, own_matters[h] - p.blame)
        household[kept] = h
        opened[kept] = opened[j]
        reported[kept] = reported[j]
        climbed[kept] = climbed[j]
        kind[kept] = kind[j]
        tier[kept] = tier[j]
        tried[kept] = tried[j]
        kept += 1
    return kept


respond = compiled(_respond)


def _dealt_with(p: ResponseTerms, households: I8, settled_by: F8, overdue: F8, responsiveness: F8) -> None:
    """Responsiveness moves towards settled / (settled + overdue), starting from one half where nothing happens."""
    for c in range(households.shape[0]):
        settled = settled_by[:, c].sum()
        usual = 0.004 * households[c] + 0.5
        seen = (settled + 0.5 * usual) / (settled + 0.5 * overdue[c] + usual)
        responsiveness[c] += p.responsiveness_rate * (seen - responsiveness[c])


dealt_with = compiled(_dealt_with)


# What a mode's body works with (mode table, column `driver`).
BY_NOBODY, BY_CREW, BY_EFFORT, BY_VOLUNTEERS = 0, 1, 2, 3


def _plan_capacity(
    p: ResponseTerms,
    households: I8,
    stairwells: I8,
    mode: I8,
    crew: F8,
    effort: F8,
    volunteers: F8,
    chiefs: F8,
    members: F8,
    points: F8,
    meetings: F8,
    sponsor: F8,
    patrols: F8,
    mode_capacity: F8,
    mode_driver: I8,
    capacity: F8,
    found_rate: F8,
) -> None:
    """Refill the capacities (9, C) of the month; at most one unused contact is carried over."""
    for c in range(households.shape[0]):
        driver = mode_driver[mode[c]]
        drive = 1.0
        if driver == BY_CREW:
            drive = crew[c]
        elif driver == BY_EFFORT:
            drive = effort[c]
        elif driver == BY_VOLUNTEERS:
            drive = min(1.5, volunteers[c] / (0.45 * stairwells[c]))
        size = float(households[c])
        fresh = (
            p.mediation * size + p.mediation_per_chief * chiefs[c],
            mode_capacity[mode[c]] * size * drive,
            p.order_share * members[c],
            p.point_capacity * points[c],
            p.meeting_capacity * meetings[c],
        )
        for means in range(5):
            capacity[means, c] = min(1.0, capacity[means, c]) + fresh[means]
        capacity[BY_SPONSOR, c] = min(1.0, capacity[BY_SPONSOR, c]) + p.sponsor_capacity * sponsor[c]
        missed = (1.0 - min(1.0, p.patrol_found * patrols[c])) * (1.0 - min(1.0, p.sponsor_found * sponsor[c]))
        found_rate[c] = 1.0 - missed * (1.0 - min(1.0, p.meeting_found * meetings[c]))


plan_capacity = compiled(_plan_capacity)


TIER_REACH = (1.0, 0.6, 1.2)
"""Contacts of community, street and departments relative to `tier_capacity`; departments meet quarterly, so 0.4 a month."""


def refill_tiers(world: World, p: ResponseTerms) -> None:
    """Give each tier its contacts of the month, per compound that it serves; departments get theirs once a quarter."""
    for tier, reach in enumerate(TIER_REACH):
        if tier < 2 or world.month % 3 == 0:
            world.tier_budget[tier] = np.minimum(1.0, world.tier_budget[tier])
            world.tier_budget[tier] += reach * p.tier_capacity * world.community_size


def run(world: World) -> None:
    """Refill capacities, work through the open issues, remember how matters were dealt with."""
    p = world.terms(ResponseTerms, "response")
    compounds, households, issues, tally = (
        world.compounds,
        world.households,
        world.issues.columns,
        world.tally,
    )
    covered = compounds.covered
    meets = world.lever("three_party_meetings") * covered
    meets *= (compounds.firm >= 0) | (compounds.effort > world.scenario["organisation.effort_least"])
    plan_capacity(
        p,
        compounds.households,
        compounds.stairwells,
        compounds.mode,
        compounds.crew,
        compounds.effort,
        compounds.volunteers,
        compounds.chiefs,
        compounds.members_in_service,
        compounds.points,
        meets,
        compounds.sponsor,
        world.lever("patrols") * covered,
        world.mode_table.capacity,
        world.mode_table.driver,
        world.capacity,
        world.found_rate,
    )
    refill_tiers(world, p)
    world.money[:] = 0.0
    world.waits[:] = 0.0
    world.cohort[:] = 0.0
    world.issues.count = respond(
        p,
        *world.streams.key,
        world.month,
        world.issues.count,
        issues.household,
        issues.opened,
        issues.reported,
        issues.climbed,
        issues.kind,
        issues.tier,
        issues.tried,
        households.compound,
        households.number,
        compounds.key,
        compounds.community,
        world.capacity,
        world.lever("triage") * covered,
        world.lever("tiered_response") * covered,
        world.lever("joint_review") * covered,
        world.found_rate,
        world.tier_budget,
        households.own_matters,
        world.programme_money,
        compounds.repair_fund,
        compounds.account,
        world.money,
        tally.settled_by,
        tally.found,
        tally.called_up,
        tally.contacts,
        tally.lapsed,
        tally.backlog_by_age,
        tally.overdue,
        tally.backlog,
        tally.latent,
        world.cohort,
        world.waits,
        tally.reported,
    )
    dealt_with(p, compounds.households, tally.settled_by, tally.overdue, compounds.responsiveness)
