"""Organisations live on activity: branches, committees, volunteers, ties between neighbours, organised refusal.

    branch      strength rises towards its activity (by members, more in a programme), fades without   (S1, S2, H2)
    effort      e += recover x support x (1 - e) - wear x work x e; work grows with households                  (P21)
                support is ability (less without a task), open accounts, branch, joint meeting, cross-appointment;
                workload is higher where the committee itself runs the compound
    volunteers  each quits with quit x strain x (1 + quit_quality (1/2 - quality)) x (1 - thanks) x size     (P10)
                recruits come with stairwell groups, branch and civic life
    cohesion    moves towards a level given by volunteers, civic life and the branch                          (H12, S13)
    visits      chiefs, council volunteers, a committee in charge and active members call on households: share called
                on next month
    refusal     starts with chance start x (dissatisfied - threshold) a month under a firm, ends when mended  (T9, T10)

Reads: quality, satisfaction, members, levers written into compound columns. Writes: branch, effort, volunteers,
cohesion, refusal, weak_months. Sources: P10, P21, T9-T11; rates: assumption or calibrated (prototype 4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from xiaoqu.kernels import compiled, plain
from xiaoqu.month.response import BY_EFFORT
from xiaoqu.streams import Purpose, uniforms_of

if TYPE_CHECKING:
    import numpy as np

    from xiaoqu.columns import B1, F8, I8, U1
    from xiaoqu.world import World

QUIT, REFUSAL, RECRUIT = int(Purpose.QUIT), int(Purpose.REFUSAL), int(Purpose.VOLUNTEERS)


class OrganisationTerms(NamedTuple):
    """Parameters of the section [organisation]."""

    branch_gain: float
    branch_fade: float
    branch_members: float
    branch_unprompted: float
    branch_held: float
    effort_recover: float
    effort_wear: float
    effort_least: float
    support_base: float
    without_task: float
    support_open: float
    support_branch: float
    support_meeting: float
    support_cross: float
    work_own: float
    work_firm: float
    committee_households: float
    size_fixed: float
    quit: float
    quit_load: float
    quit_quality: float
    thanks: float
    council_households: float
    recruit: float
    recruit_groups: float
    recruit_civic: float
    recruit_anyway: float
    recruit_most: float
    volunteers_least: float
    cohesion_rate: float
    cohesion_base: float
    cohesion_volunteers: float
    cohesion_civic: float
    cohesion_branch: float
    refusal_start: float
    refusal_threshold: float
    refusal_gap: float
    refusal_end: float
    visits_chief: float
    visits_volunteer: float
    visits_committee: float
    visits_member: float


def _live_on(
    p: OrganisationTerms,
    k0: np.uint64,
    k1: np.uint64,
    month: int,
    key: I8,
    households: I8,
    stairwells: I8,
    firm: I8,
    party: I8,
    has_branch: U1,
    has_committee: U1,
    is_council: U1,
    active: F8,
    quality: F8,
    dissatisfied: F8,
    cross: F8,
    joint_review: F8,
    groups: F8,
    per_stairwell: float,
    thanks: F8,
    civic: F8,
    branch: F8,
    runs: B1,
    published: F8,
    ability: F8,
    effort: F8,
    volunteers: F8,
    cohesion: F8,
    chiefs: F8,
    visits: F8,
    refusal: U1,
    weak_months: F8,
) -> None:
    """One month in the life of a compound's organisations."""
    p = OrganisationTerms(*p)
    for c in range(key.shape[0]):
        if has_branch[c]:
            # A programme can do no more than make a branch fully active.
            programme = min(1.0, active[c])
            driven = p.branch_unprompted + (1.0 - p.branch_unprompted) * programme
            activity = min(1.0, party[c] / p.branch_members) * driven
            branch[c] += p.branch_gain * max(0.0, activity - branch[c])
            branch[c] -= p.branch_fade * branch[c] * (1.0 - p.branch_held * programme)
        if has_committee[c]:
            support = (
                p.support_base * ability[c] * (1.0 if runs[c] or firm[c] >= 0 else p.without_task)
                + p.support_open * published[c]
                + p.support_branch * branch[c]
                + p.support_meeting * joint_review[c]
                + p.support_cross * cross[c]
            )
            size = p.size_fixed + (1.0 - p.size_fixed) * min(3.0, households[c] / p.committee_households)
            work = (p.work_firm if firm[c] >= 0 else p.work_own) * size
            effort[c] += p.effort_recover * support * (1.0 - effort[c]) - p.effort_wear * work * effort[c]
            effort[c] = min(1.0, max(0.0, effort[c]))
        u = uniforms_of(k0, k1, REFUSAL, month, 0, key[c], 0)
        if is_council[c]:
            wanted = per_stairwell * stairwells[c]
            load = min(2.0, wanted / max(0.5, volunteers[c]))
            size = p.size_fixed + (1.0 - p.size_fixed) * min(3.0, households[c] / p.council_households)
            strain = (1.0 - p.quit_load) + p.quit_load * load
            leave = p.quit * strain * (1.0 + 0.5 * p.quit_quality - p.quit_quality * quality[c])
            leave = leave * (1.0 - p.thanks * thanks[c]) * size
            there = int(volunteers[c])
            for v in range(there):
                if uniforms_of(k0, k1, QUIT, month, v, key[c], 0)[0] < leave:
                    volunteers[c] -= 1.0
            joins = p.recruit * (p.recruit_anyway + quality[c] + branch[c])
            joins += p.recruit_groups * groups[c] + p.recruit_civic * civic[c]
            for s in range(stairwells[c]):
                room = volunteers[c] < p.recruit_most * wanted
                if room and uniforms_of(k0, k1, RECRUIT, month, s, key[c], 0)[0] < joins:
                    volunteers[c] += 1.0
        ties = (
            p.cohesion_base
            + p.cohesion_volunteers * min(1.0, volunteers[c] / (per_stairwell * stairwells[c]))
            + p.cohesion_civic * civic[c]
            + p.cohesion_branch * branch[c]
        )
        cohesion[c] += p.cohesion_rate * (min(1.0, ties) - cohesion[c])
        calls = p.visits_chief * chiefs[c] + p.visits_volunteer * volunteers[c]
        calls += p.visits_member * party[c] * branch[c] * active[c]
        # Who runs a compound collects its dues; a committee beside a firm leaves that to the firm.
        calls += p.visits_committee * effort[c] if runs[c] and has_committee[c] else 0.0
        visits[c] = min(0.9, calls / households[c])
        if firm[c] >= 0 and refusal[c] == 0:
            refusal[c] = 1 if u[0] < p.refusal_start * max(0.0, dissatisfied[c] - p.refusal_threshold) else 0
        elif refusal[c]:
            mended = dissatisfied[c] < p.refusal_threshold - p.refusal_gap
            refusal[c] = 0 if firm[c] < 0 or (mended and u[0] < p.refusal_end) else 1
        # Of the body that is in charge: a council does not end because of an idle committee beside it.
        idle = has_committee[c] and effort[c] < p.effort_least
        if is_council[c]:
            idle = volunteers[c] < p.volunteers_least * stairwells[c]
        weak_months[c] = weak_months[c] + 1.0 if idle else 0.0


live_on = compiled(_live_on)


def run(world: World) -> None:
    """Let the organisations of every compound live for a month."""
    compounds = world.compounds
    covered = compounds.covered
    live_on(
        plain(world.terms(OrganisationTerms, "organisation")),
        *world.streams.key,
        world.month,
        compounds.key,
        compounds.households,
        compounds.stairwells,
        compounds.firm,
        compounds.party,
        compounds.has_branch,
        compounds.has_committee,
        compounds.is_council,
        world.lever("party_branches") * covered,
        compounds.quality,
        compounds.dissatisfied,
        compounds.cross,
        world.lever("joint_review") * covered,
        world.lever("stairwell_groups") * covered,
        world.scenario["eligibility.volunteers_per_stairwell"],
        world.lever("volunteering") * covered,
        world.lever("civic_life") * covered,
        compounds.branch,
        world.mode_table.driver[compounds.mode] == BY_EFFORT,
        compounds.published,
        compounds.ability,
        compounds.effort,
        compounds.volunteers,
        compounds.cohesion,
        compounds.chiefs,
        compounds.visits,
        compounds.refusal,
        compounds.weak_months,
    )
