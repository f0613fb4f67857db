"""What the programmes put into a compound when the campaign reaches it, and take away when they end.

Every lever acts through time, money, capacity, information or eligibility; none touches trust, satisfaction or
payment. Levers that rules read month by month (triage, patrols, …) need nothing here but the column `covered`.
Intensities per compound, household or stairwell come from the section [programmes]; running costs from
[programme_costs].
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xiaoqu.governance import assembly
from xiaoqu.governance.law import Matter
from xiaoqu.kernels import compiled, logarithm
from xiaoqu.streams import Purpose, uniforms_of
from xiaoqu.world import ABSENT, CHIEF, COMMUNITY_FIRM, PARTY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xiaoqu.columns import F4, I8, U1
    from xiaoqu.district import District

BRANCH_MEMBERS = 3
"""Members that a branch of its own needs; fewer join a joint branch (Party constitution, art. 30)."""


class RunningCosts(NamedTuple):
    """Levers with a running cost, yuan per covered compound and month in [programme_costs]."""

    cadre_sponsors: float
    neighbour_chiefs: float
    patrols: float
    deliberation_points: float
    three_party_meetings: float
    services_close_by: float
    volunteering: float
    civic_life: float
    firm_supervision: float
    party_branches: float


class Intensities(NamedTuple):
    """Parameters of the section [programmes] that a compound gets when it is covered."""

    sponsored_share: float
    deliberation_points: float
    donations: float
    volunteer_hours: float
    patrol_hours: float
    chiefs_per_household: float
    jobs_share: float
    jobs_income: float
    works_money: float
    baseline_service: float


def cover(district: District, row: int) -> None:
    """The campaign reaches a compound: its programmes begin."""
    world = district.world
    compounds, lever = world.compounds, world.lever
    compounds.covered[row] = 1.0
    compounds.members_in_service[row] = compounds.reporting.item(row)
    put_in_place(district, row)
    grant_works(district, row, lever("infrastructure_works"))
    give_work(district, row)
    if compounds.mode.item(row) == 0:  # sponsors take on unmanaged compounds (D1)
        send_sponsor(district, row)
        service = world.terms(Intensities, "programmes").baseline_service
        compounds.public_charge[row] = lever("community_firms") * service * compounds.households.item(row)


def put_in_place(district: District, row: int) -> None:
    """What the programmes keep up in a covered compound, at the grades of their levers as they are now."""
    world = district.world
    compounds, lever, p = world.compounds, world.lever, world.terms(Intensities, "programmes")
    size = float(compounds.households.item(row))
    appoint_chiefs(district, row)
    compounds.points[row] = lever("deliberation_points") * p.deliberation_points
    compounds.donations[row] = lever("partner_units") * p.donations * size
    hours = lever("volunteering") * p.volunteer_hours * size
    hours += lever("patrols") * p.patrol_hours
    compounds.extra_hours[row] = hours
    set_crew_floor(district, row)
    costs = world.terms(RunningCosts, "programme_costs")
    compounds.programme_costs[row] = sum([lever(name) * cost for name, cost in zip(costs._fields, costs, strict=True)])


def send_sponsor(district: District, row: int) -> None:
    """A cadre is in charge of a compound, as far as one sponsor's time goes round (D1)."""
    world = district.world
    share = world.terms(Intensities, "programmes").sponsored_share
    world.compounds.sponsor[row] = min(1.0, world.lever("cadre_sponsors") * share)


def grant_works(district: District, row: int, grade: float) -> None:
    """Money for the infrastructure of one compound, once (H9)."""
    world = district.world
    money = world.terms(Intensities, "programmes").works_money
    world.programme_money[0] += 100.0 * grade * money * world.compounds.households.item(row)


def change_levers(district: District, grades: Mapping[str, float]) -> None:
    """Levers take other grades while the campaign runs; what is begun once goes on.

    Rules that ask for a lever month by month see the new grade by themselves. What programmes keep up is put in place
    anew wherever they are at work. Works and jobs are given once: a grade above the highest so far adds what is more,
    a lower one takes nothing back. Organisations, contracts and leases go on, as at the end of the programmes.
    """
    world = district.world
    before = {name: world.lever(name) for name in grades if grades[name] != world.lever(name)}
    for name in sorted(before):
        world.set_lever(name, grades[name])
        world.log("lever", -1, name, grades[name])
    if not before:
        return
    begun = {name for name in before if before[name] <= 0.0}
    for row in np.flatnonzero(world.compounds.covered > 0.0).tolist():
        put_in_place(district, row)
        if "cadre_sponsors" in before and (world.compounds.mode[row] == 0 or world.compounds.sponsor[row] > 0.0):
            send_sponsor(district, row)
        if "infrastructure_works" in before:
            given = highest_grade(district, row, "infrastructure_works")
            grant_works(district, row, max(0.0, grades["infrastructure_works"] - given))
        if "local_jobs" in before:
            give_work(district, row, highest_grade(district, row, "local_jobs"))
        if "party_branches" in begun:
            form_branch(district, row)
        if "members_pay_first" in begun and not world.agenda.months_of("announce", row):
            announce(district, row)
        if "committee_formation" in begun and not world.agenda.months_of("committee", row):
            world.agenda.add(world.month + 1, "committee", row)
        if "public_revenue" in begun and not world.agenda.months_of("lease", row):
            world.agenda.add(world.month + 1, "lease", row)


def highest_grade(district: District, row: int, name: str) -> float:
    """The highest grade of a lever from the month in which the campaign reached a compound until the last month."""
    scenario, since = district.world.scenario, district.compound(row).planned_at
    assert since is not None, "who is covered has a plan"  # noqa: S101 - cover follows a plan
    months = [since, *(month for month in scenario.changes if since < month < district.world.month)]
    return max(float(scenario[f"levers.{name}@{month}"]) for month in months)


def uncover(district: District, row: int) -> None:
    """The programmes end; organisations, contracts and leases that exist go on by themselves."""
    world = district.world
    compounds = world.compounds
    compounds.covered[row] = 0.0
    for name in (
        "sponsor",
        "points",
        "members_in_service",
        "donations",
        "extra_hours",
        "public_charge",
        "subsidy",
        "programme_costs",
    ):
        getattr(compounds, name)[row] = 0.0
    dismiss_chiefs(district, row)
    set_crew_floor(district, row)
    world.log("programmes end", row)


def _name_chiefs(
    k0: np.uint64,
    k1: np.uint64,
    key: int,
    wanted: float,
    first: I8,
    flats: I8,
    tenure: U1,
    disposition: F4,
    roles: U1,
    chief: U1,
) -> int:
    """The most civic resident owner of a stairwell becomes chief, with chance `wanted` a flat; returns the chiefs."""
    chiefs = 0
    for k in range(first.shape[0]):
        best = -1
        for i in range(first[k], first[k] + flats[k]):
            if tenure[i] == 0 and (best < 0 or disposition[i] > disposition[best]):
                best = i
        if best >= 0 and uniforms_of(k0, k1, ROLES, 1, k, key, 0)[0] < wanted * flats[k]:
            roles[best] |= CHIEF
            chief[k] = 1
        chiefs += chief[k]
    return chiefs


ROLES = int(Purpose.ROLES)
name_chiefs = compiled(_name_chiefs)


def appoint_chiefs(district: District, row: int) -> None:
    """Neighbour chiefs (邻长): about one to 13 households, one household of the stairwell each (H8)."""
    world = district.world
    compounds, households = world.compounds, world.households
    lever = world.lever("neighbour_chiefs")
    if compounds.chiefs.item(row) > 0.0:
        dismiss_chiefs(district, row)
    if lever <= 0.0:
        return
    stairs = _stairwells(district, row)
    compounds.chiefs[row] = name_chiefs(
        *world.streams.key,
        compounds.key.item(row),
        lever * world.terms(Intensities, "programmes").chiefs_per_household,
        world.stairwells.first[stairs],
        world.stairwells.households[stairs],
        households.tenure,
        households.disposition,
        households.roles,
        world.stairwells.chief[stairs],
    )


def _hire(
    k0: np.uint64,
    k1: np.uint64,
    key: int,
    share: tuple[float, float],
    wage: float,
    burden: float,
    tenure: U1,
    income: F4,
    steady: F4,
) -> float:
    """Households that live there find work until the share that has it grows from the first of `share` to the second.

    Returns yuan a month gained by all of them.
    """
    gained = 0.0
    for i in range(tenure.shape[0]):
        luck = uniforms_of(k0, k1, ROLES, 2, i, key, 0)[0]
        if tenure[i] != ABSENT and luck >= share[0] and luck < share[1]:
            before = np.float64(income[i])
            income[i] += np.float32(wage)
            after = np.float64(income[i])
            steady[i] = np.float64(steady[i]) + burden * logarithm(after / before)
            gained += after - before
    return gained


hire = compiled(_hire)


def dismiss_chiefs(district: District, row: int) -> None:
    """The neighbour chiefs of a compound serve no longer."""
    world = district.world
    world.compounds.chiefs[row] = 0.0
    world.stairwells.chief[_stairwells(district, row)] = 0
    world.households.roles[world.flats(row)] &= 255 - CHIEF


def give_work(district: District, row: int, given: float = 0.0) -> None:
    """Providers prefer local owners, flexible work and e-commerce: some households earn more (H11).

    `given` is the grade up to which work was given before.
    """
    world = district.world
    compounds, households = world.compounds, world.households
    lever = world.lever("local_jobs")
    if lever <= 0.0:
        return
    rows, p = world.flats(row), world.terms(Intensities, "programmes")
    world.tally.household_income[row] += hire(
        *world.streams.key,
        compounds.key.item(row),
        (given * p.jobs_share, lever * p.jobs_share),
        p.jobs_income,
        world.scenario["payment.burden"],
        households.tenure[rows],
        households.income[rows],
        households.steady[rows],
    )


def announce(district: District, row: int) -> None:
    """Party members pay first, and it is made known (H6); needs a branch and members. Repeated yearly while covered."""
    world = district.world
    compounds = world.compounds
    if world.lever("members_pay_first") <= 0.0 or compounds.covered.item(row) <= 0.0:
        return
    if compounds.has_branch.item(row):
        compounds.announced[row] = world.month
        world.log("members pay first", row, "", float(compounds.party.item(row)))
    world.agenda.add(world.month + 12, "announce", row)


def form_branch(district: District, row: int) -> None:
    """Three resident members form a branch, fewer join a joint branch (S1, S2, H2).

    The rest depends on its activity.
    """
    world = district.world
    compounds = world.compounds
    if compounds.has_branch.item(row) or world.lever("party_branches") * compounds.covered.item(row) <= 0.0:
        return
    members = int(np.count_nonzero(world.households.roles[world.flats(row)] & PARTY))
    members += int(compounds.members_in_service.item(row))
    if members == 0:
        return
    compounds.has_branch[row] = 1
    joint = members < BRANCH_MEMBERS
    compounds.branch[row] = world.scenario["organisation.branch_start_joint" if joint else "organisation.branch_start"]
    district.found_branch(row, joint=joint)
    world.log("branch formed", row, "joint branch" if joint else "branch", float(members))


def lease_common_parts(district: District, row: int) -> None:
    """Parking, charging and advertising are leased out for the compound by a three-quarters vote (D3, H5)."""
    world = district.world
    compounds = world.compounds
    lever = world.lever("public_revenue")
    reached = lever * compounds.covered.item(row) > 0.0
    if not reached or compounds.mode.item(row) == 0 or compounds.leased.item(row) > 0.0:
        return
    area = compounds.area.item(row) * 0.01
    hoped = world.scenario["assembly.relief_lease"] * compounds.public_potential.item(row)
    relief = -hoped * compounds.households.item(row) / area
    quality = compounds.quality.item(row) + world.scenario["assembly.gain_lease"]
    proposal = assembly.Proposal(Matter.BUSINESS_WITH_COMMON_PARTS, quality, relief, "lease common parts")
    if assembly.hold(district, row, proposal, 3).carried:
        compounds.leased[row] = min(1.0, lever)
    else:
        world.agenda.add(world.month + 12, "lease", row)


def spread_practice(district: District) -> None:
    """Associations of firms and of committees: yearly, the less good close part of the gap to the best fifth (S5)."""
    world = district.world
    lever = world.lever("associations")
    if lever <= 0.0 or not world.compounds.covered.any():
        return
    firms, good = world.firms, world.scenario["programmes.good_practice"]
    for kind in (0, COMMUNITY_FIRM):
        rows = np.flatnonzero(firms.kind == kind)
        if len(rows):
            best = np.quantile(firms.efficiency[rows], good)
            gap = np.maximum(0.0, best - firms.efficiency[rows])
            firms.efficiency[rows] += lever * world.scenario["programmes.learning"] * gap
    able = np.flatnonzero((world.compounds.has_committee > 0) & (world.compounds.covered > 0.0))
    if len(able):
        ability = world.compounds.ability
        gap = np.maximum(0.0, np.quantile(ability[able], good) - ability[able])
        ability[able] += lever * world.scenario["programmes.learning"] * gap
    served = world.compounds.firm >= 0
    world.compounds.efficiency[served] = firms.efficiency[world.compounds.firm[served]]


def set_crew_floor(district: District, row: int) -> None:
    """How far a firm's crew can be cut: never below the floor crew that its contract needs anyway (P4).

    Supervision by the street's property office raises the floor (X4).
    """
    world = district.world
    compounds, contract = world.compounds, district.compounds[row].contract
    if contract is None:
        compounds.crew_floor[row] = compounds.supervised[row] = 0.0
        return
    watched = world.lever("firm_supervision") * compounds.covered.item(row)
    free, held = world.scenario["firms.crew_floor"], world.scenario["firms.crew_floor_supervised"]
    compounds.supervised[row] = min(1.0, watched)
    needed = contract.fixed / compounds.standard_cost.item(row)
    compounds.crew_floor[row] = min(1.0, max(needed, free + (held - free) * min(1.0, watched)))


def _stairwells(district: District, row: int) -> slice:
    compounds = district.world.compounds
    first = compounds.first_stairwell.item(row)
    return slice(first, first + compounds.stairwells.item(row))
