"""The owners' assembly (业主大会): who takes part, how they vote, whether the law is met.

    taking part   resident owner   t0 + civic z + trust (T - 0.4) + mobilisation M + online x [online ballot]
                  absent owner     a0 + 0.9 absent_mobilisation M + absent_online x [online ballot]
    voting yes    v0 + gain (expected quality - quality) - cost ln(1 + change of dues / (0.003 income))
                  + v_trust (T + 0.15 branch - 0.4) + 0.3 z
Tenants do not vote; the owners of let and vacant flats count in the denominator (art. 278). A vote on a fee is a vote
on its change: 34 % accepted a doubling from 0.2 yuan with nothing promised (Su'nan survey, evidence 2.2). Online
ballots (S8) reach absent owners most (P16). Sources: law; evidence 2.2; t, v: prototype 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xiaoqu.governance.law import Count, Matter, is_carried, is_valid
from xiaoqu.kernels import compiled, logarithm, logistic
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


class Proposal(NamedTuple):
    """What is put to the vote: expected quality of service, and the change of dues by area in yuan a month per m²."""

    matter: Matter
    expected_quality: float
    fee_change: float
    what: str


@dataclass(frozen=True, slots=True)
class Ballot:
    """A held assembly and its result."""

    matter: Matter
    count: Count
    valid: bool
    carried: bool


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
    number: I4,
    tenure: U1,
    area: I4,
    income: F4,
    disposition: F4,
    trust: F4,
) -> tuple[int, int, int, int, float]:
    """Count heads and area taking part and voting yes; also the mean chance of a yes over all owners."""
    heads_part, area_part, heads_yes, area_yes = 0, 0, 0, 0
    approval, x, y = 0.0, 0.0, 0.0
    for i in range(number.shape[0]):
        u = uniforms_of(k0, k1, BALLOT, month, number[i], key, sub)
        civic, trusts = np.float64(disposition[i]), np.float64(trust[i])
        if tenure[i] == OWNER_OCCUPIED:
            x = p.turnout + p.turnout_civic * civic + p.turnout_trust * (trusts - 0.4)
            x += p.mobilisation * mobilised + p.online * online
        else:
            x = p.absent + 0.9 * p.absent_mobilisation * mobilised + p.absent_online * online
        burden = max(-0.5, fee_change * area[i] * 0.01 / (0.003 * np.float64(income[i])))
        y = p.yes + p.gain * gain - p.cost * logarithm(1.0 + burden)
        y += p.yes_trust * (trusts + 0.15 * branch - 0.4) + p.yes_civic * civic
        chance = logistic(y)
        approval += chance
        if u[0] < logistic(x):
            heads_part += 1
            area_part += area[i]
            if u[1] < chance:
                heads_yes += 1
                area_yes += area[i]
    return heads_part, area_part, heads_yes, area_yes, approval / max(1, number.shape[0])


cast_votes = compiled(_cast)


def hold(district: District, row: int, proposal: Proposal, sub: int = 0) -> Ballot:
    """Hold an assembly in the compound of this row, log it, and say whether the law is met.

    `sub` tells apart several ballots of one compound in one month.
    """
    world = district.world
    compounds = world.compounds
    p = world.terms(AssemblyTerms, "assembly")
    part_heads, part_area, yes_heads, yes_area, _ = _votes(district, row, proposal, sub)
    count = Count(int(compounds.households[row]), int(compounds.area[row]), part_heads, part_area, yes_heads, yes_area)
    ballot = Ballot(proposal.matter, count, is_valid(count), is_carried(proposal.matter, count))
    district.compound(row).last_assembly = (world.month, proposal, ballot)
    tally = world.tally
    tally.assemblies[row] += 1
    tally.assemblies_valid[row] += ballot.valid
    tally.assemblies_passed[row] += ballot.carried
    tally.turnout_sum[row] += part_heads / max(1, count.heads)
    tally.opinions[row] += np.floor(p.opinions * part_heads + 0.5)
    note = f"{part_heads}/{count.heads} take part, {yes_heads} yes"
    outcome = "carried" if ballot.carried else ("rejected" if ballot.valid else "no quorum")
    world.log("assembly", row, f"{proposal.what}: {outcome}", part_heads / max(1, count.heads), note)
    return ballot


def approval(district: District, row: int, proposal: Proposal) -> float:
    """Mean chance of a yes over all owners, as a canvass would find it before anything is put to the vote (S6)."""
    return _votes(district, row, proposal, 0)[4]


def mobilisation(district: District, row: int) -> float:
    """How strongly owners are called to take part: campaign teams, the branch, or only the notice itself."""
    compounds = district.world.compounds
    p = district.world.terms(AssemblyTerms, "assembly")
    called = p.mobilisation_own + p.mobilisation_branch * compounds.branch[row]
    # Asking members first carries the matter from door to door before the vote (S6).
    consent = district.world.lever("party_consent") * compounds.covered[row]
    called += p.mobilisation_consent * consent * compounds.branch[row]
    called += p.mobilisation_example * district.world.example(row)
    called += p.mobilisation_campaign * compounds.covered[row] * (1.0 + 0.25 * compounds.sponsor[row])
    return float(min(1.3, called))


def _votes(district: District, row: int, proposal: Proposal, sub: int) -> tuple[int, int, int, int, float]:
    world = district.world
    compounds, households = world.compounds, world.households
    rows = slice(compounds.first[row], compounds.first[row] + compounds.households[row])
    return cast_votes(
        world.terms(AssemblyTerms, "assembly"),
        *world.streams.key,
        world.month,
        int(compounds.key[row]),
        sub,
        mobilisation(district, row),
        float(world.lever("online_ballots") * compounds.covered[row]),
        proposal.expected_quality - float(compounds.quality[row]),
        proposal.fee_change,
        float(compounds.branch[row]),
        households.number[rows],
        households.tenure[rows],
        households.area[rows],
        households.income[rows],
        households.disposition[rows],
        households.trust[rows],
    )
