"""Matters are triaged, dealt with, called up tier by tier, or left.

One pass over the open issues, oldest first. Every contact uses one unit of somebody's capacity and settles the
matter with

    success x (1 + triage gain x [triage])          (X7, D6: triage raises the success of a contact, nothing else)

Who deals with it:
    private   neighbours and chiefs mediate
    small     the mode's own body; in-service members' orders when that is used up (D7)
    a matter that failed once   deliberation points (D9), three-party meetings (D8, S9)
    large     three-party meetings, then the tiers: community, street (monthly dispatch), departments (quarterly joint
              meeting), sponsoring cadre (D1, D6); a contact needs money, about 6,300 yuan, from the tier's own
              budget, the programme's funds, the repair fund, or the account; a small matter the tier pays itself
    A small matter unsettled for two months goes to the community too; from there matters climb where tiers respond
    (D6). Without triage there is one pooled queue: all bodies of a compound take whatever kind of matter, and what they
    leave goes to the community at once, as a call to the hotline does (P18).
Latent matters are found by patrols, sponsors and three-party meetings with probability `found`. What nobody settles
lapses after `lapse` months where tiers answer for it, after `lapse_unlisted` elsewhere: nobody keeps a list there and
it is closed as explained. Latent ones lapse after `lapse_latent`. A household remembers how its own matter was dealt
with (own_matters).

Reads: issues, capacities. Writes: issues, own_matters, responsiveness, settled counts, money asked of each source.
Sources: cases X7, X8, D1, D6-D9, S9; evidence 2.9 (success of contacts, cost); capacities calibrated on the cases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xiaoqu.issues import NEVER
from xiaoqu.kernels import compiled, plain
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
    tier_street: float
    tier_departments: float
    sponsor_capacity: float
    patrol_found: float
    sponsor_found: float
    meeting_found: float
    tier_money: float
    large_cost: float
    small_cost_share: float
    wait: float
    lapse: float
    lapse_unlisted: float
    lapse_latent: float
    praise: float
    blame: float
    responsiveness_rate: float
    responsiveness_prior: float
    responsiveness_overdue: float
    success_neighbours: float
    volunteers_most: float


class Matters(NamedTuple):
    """The open issues, oldest first: columns of issues.Issues."""

    household: I4
    compound: I4
    opened: I4
    reported: I4
    climbed: I4
    kind: U1
    tier: U1
    tried: U1


class Means(NamedTuple):
    """What bodies and tiers can still do and pay this month.

    Shapes: capacity (9, C) contacts by settler (rows 0-4 and 8), tiers (3, communities) contacts of community, street,
    departments, programme (1,) fen, money (3, C) fen asked of each source; triage, called (the tiers respond), joint
    (C,).
    """

    capacity: F8
    tiers: F8
    programme: F8
    money: F8
    repair_fund: I8
    account: I8
    triage: F8
    called: F8
    joint: F8


class Counts(NamedTuple):
    """What the month's response is counted in.

    Shapes: settled (9, C), ages (4, C) of the open matters, cohort (24, C) settled by months since the report, waits
    (61,) settled by months waited, the rest (C,).
    """

    settled: F8
    found: F8
    reports: F8
    called_up: F8
    contacts: F8
    lapsed: F8
    overdue: F8
    backlog: F8
    latent: F8
    ages: F8
    cohort: F8
    waits: F8


def _respond(  # noqa: C901 - one long function on purpose, see below
    p: ResponseTerms,
    k0: np.uint64,
    k1: np.uint64,
    month: int,
    count: int,
    x: Matters,
    m: Means,
    n: Counts,
    number: I4,
    key: I8,
    community: I4,
    found_rate: F8,
    own_matters: F4,
) -> int:
    """Work through the open issues; compact them in place and return how many stay open.

    One long function on purpose: a helper that takes arrays costs 30 ns a call here, the whole of an issue 10 ns.
    """
    p = ResponseTerms(*p)
    x, m, n = Matters(*x), Means(*m), Counts(*n)
    capacity, tiers, money, triage = m.capacity, m.tiers, m.money, m.triage
    reported, kinds, tier_of, tried = x.reported, x.kind, x.tier, x.tried
    kept = 0
    for j in range(count):
        c = x.compound[j]
        h = x.household[j]
        age = month - x.opened[j]
        stamp = 3 * (x.opened[j] + 4096)
        # 1 A latent matter is found, lapses, or stays. Most lie where nobody looks and need no draw.
        if reported[j] == NEVER:
            if found_rate[c] > 0.0 and (
                uniforms_of(k0, k1, RESPONSE, month, number[h], key[c], stamp)[0] < found_rate[c]
            ):
                reported[j] = month
                n.found[c] += 1.0
                n.reports[c] += 1.0
            elif age >= p.lapse_latent:
                n.lapsed[c] += 1.0
                continue
            else:
                n.latent[c] += 1.0
        if reported[j] != NEVER:
            kind = kinds[j]
            tier = int(tier_of[j])
            gain = 1.0 + p.triage_gain * triage[c]
            pooled = triage[c] <= 0.0
            settler = -1
            # 2 The compound's own means, each body in turn; without triage whoever is free takes it.
            if tier == 0:
                u = uniforms_of(k0, k1, RESPONSE, month, number[h], key[c], stamp + 1)
                v = uniforms_of(k0, k1, RESPONSE, month, number[h], key[c], stamp + 2)
                failed = 0
                if (kind == PRIVATE or pooled) and capacity[NEIGHBOURS, c] >= 1.0:
                    capacity[NEIGHBOURS, c] -= 1.0
                    n.contacts[c] += 1.0
                    fit = p.success_private if kind == PRIVATE else p.success_neighbours
                    if kind != LARGE and u[1] < gain * fit:
                        settler = NEIGHBOURS
                    else:
                        failed += 1
                if settler < 0 and (kind == SMALL or (pooled and kind != LARGE)):
                    who = BODY if capacity[BODY, c] >= 1.0 else ORDERS
                    if capacity[who, c] >= 1.0:
                        capacity[who, c] -= 1.0
                        n.contacts[c] += 1.0
                        if (u[2] < gain * p.success_body) if who == BODY else (u[3] < gain * p.success_order):
                            settler = who
                        else:
                            failed += 1
                tried[j] = min(200, tried[j] + failed)
                if settler < 0 and tried[j] > 0 and kind != LARGE and capacity[DELIBERATION, c] >= 1.0:
                    capacity[DELIBERATION, c] -= 1.0
                    n.contacts[c] += 1.0
                    if v[0] < gain * p.success_deliberation:
                        settler = DELIBERATION
                if settler < 0 and (tried[j] > 0 or kind == LARGE) and capacity[MEETING, c] >= 1.0:
                    capacity[MEETING, c] -= 1.0
                    n.contacts[c] += 1.0
                    if v[1] < gain * p.success_meeting:
                        settler = MEETING
            # 3 Called up: large matters at once, small ones after waiting, a tier at a time.
            if settler < 0:
                waited = month - max(x.climbed[j], reported[j])
                starts = tier == 0 and (kind == LARGE or pooled or (kind == SMALL and waited >= p.wait))
                if starts or (0 < tier < 4 and waited >= p.wait and m.called[c] > 0.0):
                    tier += 1
                    tier_of[j] = tier
                    x.climbed[j] = month
                    n.called_up[c] += 1.0
                acting = 0
                if tier == 4 and capacity[BY_SPONSOR, c] >= 1.0:
                    capacity[BY_SPONSOR, c] -= 1.0
                    acting = 4
                elif tier > 0:
                    last = min(tier, 3)
                    if tiers[last - 1, community[c]] >= 1.0 and (last < 3 or month % 3 == 0):
                        tiers[last - 1, community[c]] -= 1.0
                        acting = last
                if acting > 0:
                    n.contacts[c] += 1.0
                    w = uniforms_of(k0, k1, RESPONSE, month, number[h], key[c], stamp + 2)
                    price = 100.0 * p.large_cost
                    price *= 1.0 if kind == LARGE else (p.small_cost_share if kind == SMALL else 0.0)
                    if w[2] < gain * p.success_tier:
                        # The tier's own budget, the programme, the repair fund, the account.
                        settler = 4 + acting
                        if kind != LARGE or w[3] < p.tier_money:
                            money[PROGRAMME_MONEY, c] += price
                        elif m.programme[0] >= price:
                            m.programme[0] -= price
                            money[PROGRAMME_MONEY, c] += price
                        elif m.joint[c] > 0.0 and m.repair_fund[c] - money[FUND_MONEY, c] >= price:
                            money[FUND_MONEY, c] += price
                        elif m.account[c] - money[ACCOUNT_MONEY, c] >= 2.0 * price:
                            money[ACCOUNT_MONEY, c] += price
                        else:
                            settler = -1
            # 4 Settled, lapsed or kept; the household remembers.
            wait = month - reported[j]
            if settler >= 0:
                n.settled[settler, c] += 1.0
                n.waits[min(60, wait)] += 1.0
                n.cohort[min(23, wait), c] += 1.0
                own_matters[h] = min(1.0, np.float64(own_matters[h]) + p.praise)
                continue
            # What tiers answer for stays on their list until it is settled; elsewhere it is soon closed as explained.
            if age >= (p.lapse if m.called[c] > 0.0 else p.lapse_unlisted):
                n.lapsed[c] += 1.0
                continue
            n.backlog[c] += 1.0
            n.ages[0 if age < 2 else (1 if age < 6 else (2 if age < 12 else 3)), c] += 1.0
            if wait >= 2:
                n.overdue[c] += 1.0
                own_matters[h] = max(-1.0, np.float64(own_matters[h]) - p.blame)
        x.household[kept] = h
        x.compound[kept] = c
        x.opened[kept] = x.opened[j]
        reported[kept] = reported[j]
        x.climbed[kept] = x.climbed[j]
        kinds[kept] = kinds[j]
        tier_of[kept] = tier_of[j]
        tried[kept] = tried[j]
        kept += 1
    return kept


respond = compiled(_respond)


def _dealt_with(p: ResponseTerms, households: I8, settled_by: F8, overdue: F8, responsiveness: F8) -> None:
    """Responsiveness moves towards settled / (settled + overdue by its weight); one half where nothing happens."""
    p = ResponseTerms(*p)
    for c in range(households.shape[0]):
        settled = settled_by[:, c].sum()
        usual = p.responsiveness_prior * households[c] + 0.5
        seen = (settled + 0.5 * usual) / (settled + p.responsiveness_overdue * overdue[c] + usual)
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
    per_stairwell: float,
    mode_capacity: F8,
    mode_driver: I8,
    capacity: F8,
    found_rate: F8,
) -> None:
    """Refill the capacities (9, C) of the month; at most one unused contact is carried over."""
    p = ResponseTerms(*p)
    for c in range(households.shape[0]):
        driver = mode_driver[mode[c]]
        drive = 1.0
        if driver == BY_CREW:
            drive = crew[c]
        elif driver == BY_EFFORT:
            drive = effort[c]
        elif driver == BY_VOLUNTEERS:
            drive = min(p.volunteers_most, volunteers[c] / (per_stairwell * stairwells[c]))
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


def _refill_tiers(capacities: tuple[float, float, float], month: int, community_size: F8, tiers: F8) -> None:
    """Give each tier its contacts of the month, per compound that it serves; departments get theirs once a quarter."""
    for tier in range(3 if month % 3 == 0 else 2):
        for community in range(community_size.shape[0]):
            fresh = capacities[tier] * community_size[community]
            tiers[tier, community] = min(1.0, tiers[tier, community]) + fresh


refill_tiers = compiled(_refill_tiers)


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
        plain(p),
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
        world.scenario["eligibility.volunteers_per_stairwell"],
        world.mode_table.capacity,
        world.mode_table.driver,
        world.capacity,
        world.found_rate,
    )
    capacities = (p.tier_capacity, p.tier_street * p.tier_capacity, p.tier_departments * p.tier_capacity)
    refill_tiers(capacities, world.month, world.community_size, world.tier_budget)
    world.money[:] = 0.0
    world.waits[:] = 0.0
    world.cohort[:] = 0.0
    matters = Matters(
        issues.household,
        issues.compound,
        issues.opened,
        issues.reported,
        issues.climbed,
        issues.kind,
        issues.tier,
        issues.tried,
    )
    means = Means(
        world.capacity,
        world.tier_budget,
        world.programme_money,
        world.money,
        compounds.repair_fund,
        compounds.account,
        world.lever("triage") * covered,
        world.lever("tiered_response") * covered,
        world.lever("joint_review") * covered,
    )
    counts = Counts(
        tally.settled_by,
        tally.found,
        tally.reported,
        tally.called_up,
        tally.contacts,
        tally.lapsed,
        tally.overdue,
        tally.backlog,
        tally.latent,
        tally.backlog_by_age,
        world.cohort,
        world.waits,
    )
    world.issues.count = respond(
        plain(p),
        *world.streams.key,
        world.month,
        world.issues.count,
        plain(matters),
        plain(means),
        plain(counts),
        households.number,
        compounds.key,
        compounds.community,
        world.found_rate,
        households.own_matters,
    )
    dealt_with(plain(p), compounds.households, tally.settled_by, tally.overdue, compounds.responsiveness)
