"""The owners' assembly (业主大会): who takes part, how they vote, whether the law is met.

    taking part   resident owner   t0 + civic z + trust (T - 0.4) + mobilisation M + online x [online ballot]
                  absent owner     a0 + absent_mobilisation M + absent_online x [online ballot]
    voting yes    v0 + gain (expected quality - quality) - cost ln(1 + change of dues / (0.003 income))
                  + v_trust (T + yes_branch x branch - 0.4) + v_civic z
Tenants do not vote; the owners of let and vacant flats count in the denominator (art. 278). A vote on a fee is a vote
on its change: 34 % accepted a doubling from 0.2 yuan with nothing promised (Su'nan survey, evidence 2.2). Online
ballots (S8) reach absent owners most (P16). Sources: law; evidence 2.2; t, v: prototype 4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xiaoqu.governance.law import Count, Matter, is_carried, is_valid
from xiaoqu.kernels import compiled, logarithm, logistic, plain
from xiaoqu.streams import Purpose, uniforms_of

if TYPE_CHECKING:
    from xiaoqu.columns import F4, I4, U1
    from xiaoqu.district import District

OWNER_OCCUPIED = 0
BALLOT = int(Purpose.BALLOT)


class AssemblyTerms(NamedTuple):
    """Parameters of the section [assembly]."""

    turnout: float
    turnout_civic: float
    turnout_trust: float
    mobilisation: float
    online: float
    absent: float
    absent_mobilisation: float
    absent_online: float
    yes: float
    gain: float
    cost: float
    yes_trust: float
    yes_civic: float
    opinions: float
    mobilisation_campaign: float
    mobilisation_branch: float
    mobilisation_own: float
    mobilisation_example: float
    mobilisation_consent: float
    consent_least: float
    mobilisation_sponsor: float
    mobilisation_most: float
    yes_branch: float


class Proposal(NamedTuple):
    """What is put to the vote: expected quality of service, and the change of dues by area in yuan a month per m²."""

    matter: Matter
    expected_quality: float
    fee_change: float
    what: str


@dataclass(slots=True)
class Ballot:
    """A held assembly and its result."""

    matter: Matter
    count: Count
    valid: bool
    carried: bool


class Poll(NamedTuple):
    """Heads and area (0.01 m²) taking part and voting yes; also the mean chance of a yes over all owners.

    The last is what a canvass would find before anything is put to the vote (S6).
    """

    heads_part: int
    area_part: int
    heads_yes: int
    area_yes: int
    approval: float


def _cast(
    p: AssemblyTerms,
    k0: np.uint64,
    k1: np.uint64,
    month: int,
    key: int,
    sub: int,
    mobilised: float,
    online: float,
    gain: float,
    fee_change: float,
    branch: float,
    rows: tuple[int, int],
    numbers: I4,
    tenures: U1,
    areas: I4,
    incomes: F4,
    dispositions: F4,
    trusts: F4,
) -> tuple[int, int, int, int, float]:
    """Draw who takes part and who votes yes among the households of `rows` (first and last + 1); see Poll."""
    p = AssemblyTerms(*p)
    here = slice(rows[0], rows[1])
    number, tenure, area = numbers[here], tenures[here], areas[here]
    income, disposition, trust = incomes[here], dispositions[here], trusts[here]
    n = number.shape[0]
    takes_part, says_yes = np.empty(n), np.empty(n)
    called = p.mobilisation * mobilised + p.online * online
    absent = p.absent + p.absent_mobilisation * mobilised + p.absent_online * online
    # Short loops over few arrays, so that they vectorise.
    for i in range(n):
        x = p.turnout + p.turnout_civic * np.float64(disposition[i]) + p.turnout_trust * (np.float64(trust[i]) - 0.4)
        takes_part[i] = logistic(x + called if tenure[i] == OWNER_OCCUPIED else absent)
    for i in range(n):
        burden = max(-0.5, fee_change * area[i] * 0.01 / (0.003 * np.float64(income[i])))
        y = p.yes + p.gain * gain - p.cost * logarithm(1.0 + burden)
        y += p.yes_trust * (np.float64(trust[i]) + p.yes_branch * branch - 0.4) + p.yes_civic * np.float64(
            disposition[i]
        )
        says_yes[i] = logistic(y)
    approval = 0.0
    for i in range(n):
        approval += says_yes[i]
    heads_part, area_part, heads_yes, area_yes = 0, 0, 0, 0
    for i in range(n):
        u = uniforms_of(k0, k1, BALLOT, month, number[i], key, sub)
        part = 1 if u[0] < takes_part[i] else 0
        yes = part if u[1] < says_yes[i] else 0
        heads_part += part
        area_part += part * area[i]
        heads_yes += yes
        area_yes += yes * area[i]
    return heads_part, area_part, heads_yes, area_yes, approval / max(1, n)


cast_votes = compiled(_cast)


def hold(district: District, row: int, proposal: Proposal, sub: int = 0) -> Ballot:
    """Hold an assembly in the compound of this row, log it, and say whether the law is met.

    `sub` tells apart several ballots of one compound in one month.
    """
    return declare(district, row, proposal, poll(district, row, proposal, sub))


def declare(district: District, row: int, proposal: Proposal, votes: Poll) -> Ballot:
    """Count the votes of an assembly under the law, and log it."""
    world = district.world
    compounds, tally = world.compounds, world.tally
    p = world.terms(AssemblyTerms, "assembly")
    heads, heads_part, heads_yes = compounds.households.item(row), votes.heads_part, votes.heads_yes
    count = Count(heads, compounds.area.item(row), heads_part, votes.area_part, heads_yes, votes.area_yes)
    valid = is_valid(count)
    carried = valid and is_carried(proposal.matter, count)
    ballot = Ballot(proposal.matter, count, valid, carried)
    district.compounds[row].last_assembly = (world.month, proposal, ballot)
    turnout = heads_part / max(1, heads)
    tally.assemblies[row] += 1
    if valid:
        tally.assemblies_valid[row] += 1
    if carried:
        tally.assemblies_passed[row] += 1
    tally.turnout_sum[row] += turnout
    tally.opinions[row] += math.floor(p.opinions * heads_part + 0.5)
    outcome = "carried" if carried else ("rejected" if valid else "no quorum")
    note = f"{heads_part}/{heads} take part, {heads_yes} yes"
    world.log("assembly", row, f"{proposal.what}: {outcome}", turnout, note)
    return ballot


def mobilisation(district: District, row: int) -> float:
    """How strongly owners are called to take part: campaign teams, the branch, or only the notice itself."""
    world = district.world
    compounds, p = world.compounds, world.terms(AssemblyTerms, "assembly")
    branch, covered = compounds.branch.item(row), compounds.covered.item(row)
    called = p.mobilisation_own + p.mobilisation_branch * branch
    # Asking members first carries the matter from door to door before the vote (S6).
    consent = world.lever("party_consent") * covered
    called += p.mobilisation_consent * consent * branch
    called += p.mobilisation_example * world.example(row)
    called += p.mobilisation_campaign * covered * (1.0 + p.mobilisation_sponsor * compounds.sponsor.item(row))
    return min(p.mobilisation_most, called)


def poll(district: District, row: int, proposal: Proposal, sub: int = 0) -> Poll:
    """How the owners of one compound vote; nothing is decided by it (`hold` does, `declare`)."""
    world = district.world
    compounds, households = world.compounds, world.households
    first = compounds.first.item(row)
    return Poll(
        *cast_votes(
            plain(world.terms(AssemblyTerms, "assembly")),
            *world.streams.key,
            world.month,
            compounds.key.item(row),
            sub,
            mobilisation(district, row),
            world.lever("online_ballots") * compounds.covered.item(row),
            proposal.expected_quality - compounds.quality.item(row),
            proposal.fee_change,
            compounds.branch.item(row),
            (first, first + compounds.households.item(row)),
            households.number,
            households.tenure,
            households.area,
            households.income,
            households.disposition,
            households.trust,
        )
    )
