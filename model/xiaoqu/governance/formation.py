"""How a compound comes to a mode: the attempt, the vote, the take-over, the committee's election.

An attempt asks the modes in the order of eligibility (X2): a company where infrastructure is complete and a firm
bids, the committee where enough owners stand, a council where volunteers suffice. Without that triage a compound of
the campaign is sent to one mode an attempt, the company first, and must wait for the next attempt when it does not
come. An attempt that fails leaves the compound as it was. Sources: cases X2, X3, S3, S6; evidence 0 (triage rule), 1,
2.6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xiaoqu.governance import assembly
from xiaoqu.governance.law import NOTICE_MONTHS, Matter, committee_size, may_call_meeting
from xiaoqu.governance.people import most_civic_first, willing_households
from xiaoqu.kernels import compiled
from xiaoqu.streams import Purpose
from xiaoqu.world import OWNER

if TYPE_CHECKING:
    from xiaoqu.columns import F4, I8, U1
    from xiaoqu.district import District
    from xiaoqu.modes.mode import Mode
    from xiaoqu.world import World


def attempt(district: District, row: int) -> bool:
    """Try to bring the compound under a mode; True if one has begun or is about to."""
    world = district.world
    compounds, compound = world.compounds, district.compounds[row]
    if compounds.mode.item(row) != 0 or compound.offer is not None:
        return False
    world.tally.attempts[row] += 1
    candidates = sorted(district.modes[1:], key=lambda mode: mode.preference)
    covered = compounds.covered.item(row)
    by_fit = world.lever("modes_by_eligibility") * covered > 0.0
    if candidates and not by_fit and covered > 0.0:
        # One order for all: the n-th attempt goes to the n-th mode, whatever the compound is like.
        candidates = [candidates[min(compound.attempts, len(candidates) - 1)]]
    if covered > 0.0:
        compound.attempts += 1
    reasons = []
    for mode in candidates:
        reason = mode.obstacle(district, row)
        if not reason:
            if mode.adopt(district, row):
                return True
            reason = "not carried"
        reasons.append(f"{mode.name}: {reason}")
    world.tally.attempts_failed[row] += 1
    world.log("attempt failed", row, "", 0.0, "; ".join(reasons))
    return False


def retry_later(district: District, row: int) -> None:
    """Put the next attempt on the agenda; the community presses sooner where it holds the compound in trust (H4)."""
    world = district.world
    if world.agenda.months_of("attempt", row):
        return  # one chain of attempts is enough
    sooner = world.lever("trusteeship") * world.compounds.covered.item(row) > 0.0
    months = world.scenario["campaign.retry_trustee" if sooner else "campaign.retry"]
    world.agenda.add(world.month + months, "attempt", row)


def expected_quality(district: District, row: int, prior: float) -> float:
    """What is generally expected, and what is seen at neighbours who have a mode (P20)."""
    world = district.world
    near = world.neighbours(row)
    seen = world.compounds.quality[near[(world.compounds.mode[near] > 0) & (near != row)]]
    weight = world.scenario["eligibility.neighbours_weight"]
    return (1.0 - weight) * prior + weight * (float(seen.sum()) / len(seen)) if len(seen) else prior


def put_to_vote(district: District, row: int, proposal: assembly.Proposal, sub: int) -> bool:
    """Hold an assembly; with Party consent first (S6) a proposal without support is withdrawn before it."""
    world = district.world
    compounds = world.compounds
    consent = world.lever("party_consent") * compounds.covered.item(row) > 0.0 and compounds.has_branch.item(row)
    votes = assembly.poll(district, row, proposal, sub)
    if consent and votes.approval < world.scenario["assembly.consent_least"]:
        world.tally.postponed[row] += 1
        world.log("postponed", row, proposal.what)
        return False
    return assembly.declare(district, row, proposal, votes).carried


def change_mode(district: District, row: int, mode: Mode) -> bool:
    """Put a change of mode and its dues to the vote; on a yes the mode begins at once."""
    expected = expected_quality(district, row, district.world.scenario["eligibility.expected_quality_own"])
    proposal = assembly.Proposal(Matter.OTHER, expected, mode.fee_change(district, row), f"adopt {mode.name}")
    if not put_to_vote(district, row, proposal, 8 + mode.code):
        return False
    district.change_mode(row, mode)
    return True


def schedule_take_over(district: District, row: int) -> None:
    """The firm takes over the month after the vote, or when the old one leaves."""
    world = district.world
    has_firm = world.compounds.firm[row] >= 0
    leaving = world.agenda.months_of("leave", row) if has_firm else []
    world.agenda.add(max([world.month + NOTICE_MONTHS, *leaving]), "takeover", row)


def elect_committee(district: District, row: int) -> bool:
    """Elect an owners' committee: enough must stand, the assembly must be valid and carry it."""
    world = district.world
    compounds = world.compounds
    world.tally.elections[row] += 1
    standing = willing_households(district, row, Purpose.CANDIDATES)
    seats = committee_size(compounds.households.item(row))
    least = 3 if seats <= 3 else seats - 2 if seats > 5 else 5
    if len(standing) < min(least, seats):
        world.log("election failed", row, "too few candidates", float(len(standing)))
        return False
    expected = compounds.quality.item(row) + world.scenario["assembly.gain_committee"]
    proposal = assembly.Proposal(Matter.ELECT_COMMITTEE, expected, 0.0, "elect a committee")
    if not assembly.hold(district, row, proposal, 1).carried:
        return False
    standing = most_civic_first(district, standing)
    members = standing[: min(seats, len(standing) - 1 + len(standing) % 2)]  # an odd number, or it could not decide
    crossed = world.lever("cross_appointment") * world.scenario["programmes.cross_share"] * compounds.covered.item(row)
    compounds.cross[row] = compounds.has_branch.item(row) > 0 and district.luck("committee", row, 1) < crossed
    compounds.has_committee[row] = 1
    rng = world.streams.generator(Purpose.COMMITTEE, world.month, compounds.key.item(row))
    compounds.ability[row] = draw_ability(world, rng)
    compounds.effort[row] = draw_drive(world, rng)
    compounds.weak_months[row] = 0.0
    district.found_committee(row, members)
    world.log("committee elected", row, "", float(len(members)), f"{len(standing)} stood")
    return True


def draw_ability(world: World, rng: np.random.Generator) -> float:
    """How able a committee is, in [0, 1]: about a third work well by themselves (evidence 2.6)."""
    return float(rng.beta(world.scenario["organisation.ability_alpha"], world.scenario["organisation.ability_beta"]))


def draw_drive(world: World, rng: np.random.Generator) -> float:
    """The effort with which an elected committee starts, in [0, 1]."""
    p = world.scenario
    drive = rng.beta(p["organisation.drive_alpha"], p["organisation.drive_beta"])
    return float(min(1.0, p["organisation.drive_least"] + p["organisation.drive_spread"] * drive))


def end_committee(district: District, row: int, why: str) -> None:
    """The committee ends; a compound that it managed falls back to being unmanaged."""
    world = district.world
    compounds = world.compounds
    district.dissolve_committee(row)
    compounds.has_committee[row] = 0
    compounds.effort[row] = 0.0
    compounds.cross[row] = 0.0
    world.log("committee ended", row, why)
    if district.modes[compounds.mode.item(row)].driver == "effort":
        fall_back(district, row, why)


def fall_back(district: District, row: int, why: str) -> None:
    """The compound is unmanaged again, and will try anew."""
    district.change_mode(row, district.modes[0], why)
    retry_later(district, row)


def _signing(dissatisfied: float, first: I8, flats: I8, tenure: U1, satisfaction: F4) -> I8:
    """How many owners who live there are dissatisfied, per compound given by its first flat and its flats."""
    count = np.zeros(first.shape[0], np.int64)
    for c in range(first.shape[0]):
        where, content = tenure[first[c] : first[c] + flats[c]], satisfaction[first[c] : first[c] + flats[c]]
        signing = 0
        for i in range(flats[c]):
            signing += 1 if (where[i] == OWNER) & (content[i] < np.float32(dissatisfied)) else 0
        count[c] = signing
    return count


count_signing = compiled(_signing)


def start_by_themselves(district: District) -> None:
    """Unmanaged compounds start on their own account, the more so the better the example next door (P20).

    At least 20 % of the owners must want it: the dissatisfied among those who live there sign the request.
    """
    world = district.world
    compounds, households = world.compounds, world.households
    dissatisfied = world.scenario["judgement.low_satisfaction"]
    own, imitation = world.scenario["campaign.self_start"], world.scenario["campaign.imitation"]
    unmanaged = np.flatnonzero(compounds.mode == 0)
    flats = compounds.households[unmanaged]
    signing = count_signing(dissatisfied, compounds.first[unmanaged], flats, households.tenure, households.satisfaction)
    for row, signatures, owners in zip(unmanaged.tolist(), signing.tolist(), flats.tolist(), strict=True):
        if not may_call_meeting(signatures, owners):
            continue
        chance = own + imitation * world.example(row)
        # Looked at once a quarter, so the monthly chance counts three times.
        if world.streams.uniform(Purpose.START, world.month, 0, int(compounds.key[row])) < 3.0 * chance:
            world.agenda.add(world.month + 1, "attempt", row)
