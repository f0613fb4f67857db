"""Evaluation of those who serve: yearly ranking, time to mend, dismissal and a new tender; good firms are recommended.

    standing = satisfaction and collection of the last 12 months, half each by default, ranked over the compounds served
D5 (double evaluation): the worst fifth is warned, its firm restores the crew, its committee is pressed; the best
fifth gets a bonus. S10 (evaluation decides): a firm in the worst tenth, or below a stated satisfaction, that has not
mended within six months is put to a dismissal vote; on a yes it has two months' notice and a new tender is called. A
firm in the best tenth becomes a "red" firm and is favoured in tenders. Sources: cases D5, S10; Civil Code art. 946
(60 days' notice).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xiaoqu.governance import assembly, formation, tender
from xiaoqu.governance.law import Matter

if TYPE_CHECKING:
    from xiaoqu.columns import F8, I8
    from xiaoqu.district import District

NOTICE_DISMISSED = 2
NOTICE_LEAVING = 3
MEND_MONTHS = 6
IDLE_MONTHS = 12.0
"""Months in a row without effort after which a committee that manages ends."""
EMPTY_MONTHS = 6.0
"""Months in a row without volunteers after which a council dissolves."""


def standing(district: District) -> F8:
    """Satisfaction and collection over 12 months, weighted, per compound, in [0, 1]."""
    world = district.world
    billed, collected = world.vintage[0].sum(axis=0), world.vintage[1].sum(axis=0)
    rate = np.divide(collected, billed, out=np.full(len(billed), 0.5), where=billed > 0)
    weight = world.scenario["firms.standing_satisfaction"]
    score: F8 = weight * world.compounds.satisfaction + (1.0 - weight) * rate
    return score


def evaluate(district: District) -> None:
    """The yearly evaluation of all compounds that have a mode."""
    world = district.world
    compounds = world.compounds
    ranking, decides = world.lever("double_evaluation"), world.lever("evaluation_decides")
    judged = np.flatnonzero((compounds.mode > 0) & (compounds.covered > 0.0))
    if ranking + decides <= 0.0 or len(judged) < 2:
        return
    score = standing(district)
    ordered = judged[np.lexsort((compounds.key[judged], score[judged]))]
    if ranking > 0.0:
        fifth = max(1, len(ordered) // 5)
        for row in ordered[:fifth]:
            warn(district, int(row), ranking)
        for row in ordered[-fifth:]:
            world.ledger.post("subsidy", int(row), int(100.0 * ranking * district.scenario["programmes.bonus"]))
    if decides > 0.0:
        served = ordered[compounds.firm[ordered] >= 0]
        tenth = max(1, len(served) // 10)
        floor = district.scenario["firms.poor_satisfaction"]
        for place, row in enumerate(served):
            if place < tenth or compounds.satisfaction[row] < floor:
                world.tally.rated_poor[row] += 1
                world.log("rated poor", int(row), "", float(score[row]))
                district.compound(int(row)).rated_poor_at = float(score[row])
                world.agenda.add(world.month + MEND_MONTHS, "mend", int(row))
        for row in served[tenth:][-tenth:]:  # the only one is not worst and best at once
            firm = int(compounds.firm[row])
            if not world.firms.red[firm]:
                world.firms.red[firm] = 1
                world.log("red firm", int(row), f"firm {firm}", float(score[row]))
        for firm in np.unique(compounds.firm[served]):
            own = served[compounds.firm[served] == firm]
            world.firms.rating[firm] = min(1.0, float(score[own].mean()))


def warn(district: District, row: int, grade: float) -> None:
    """A warning: the firm restores crew and stops cutting corners for a while, the committee is pressed to act."""
    world = district.world
    compounds, p = world.compounds, world.scenario
    world.tally.warnings[row] += 1
    if compounds.firm[row] >= 0:
        compounds.crew[row] = min(1.0, compounds.crew[row] + p["programmes.warned_crew"] * grade)
        compounds.shirk[row] *= 1.0 - p["programmes.warned_shirking"] * min(1.0, grade)
    elif compounds.has_committee[row]:
        compounds.effort[row] = min(1.0, compounds.effort[row] + p["programmes.warned_effort"] * grade)
    world.log("warned", row)


def check_mended(district: District, row: int) -> None:
    """Six months after a poor rating: mended, or put to the vote (S10)."""
    world = district.world
    compounds = world.compounds
    before = district.compound(row).rated_poor_at
    if compounds.firm[row] < 0 or before is None:
        return
    district.compound(row).rated_poor_at = None
    if standing(district)[row] > before + district.scenario["firms.mended"]:
        world.log("mended", row)
        return
    p = world.terms(tender.FirmTerms, "firms")
    expected = p.expected_quality + p.successor_gain
    proposal = assembly.Proposal(Matter.HIRE_OR_DISMISS_FIRM, expected, 0.0, "dismiss the firm")
    if assembly.hold(district, row, proposal, 4).carried:
        give_notice(district, row, NOTICE_DISMISSED, "dismissed")
        seek_successor(district, row)


def seek_successor(district: District, row: int) -> None:
    """Call a new tender while the old firm still serves; a successor takes over when it leaves."""
    company = district.modes[int(district.world.compounds.mode[row])]
    old = int(district.world.compounds.firm[row])
    if tender.award(district, row, company, without=old):
        district.world.tally.replacements[row] += 1
        district.world.log("firm replaced", row, f"firm {old}")


def give_notice(district: District, row: int, months: int, why: str) -> bool:
    """The contract ends after the notice; until then the firm serves on (Civil Code art. 946-950).

    Returns:
        Whether it was given: false if one is running already.
    """
    world = district.world
    if world.agenda.months_of("leave", row):
        return False
    world.log("notice", row, why, float(months))
    world.agenda.add(world.month + months, "leave", row)
    return True


class ContractState(NamedTuple):
    """What a firm looks at, over the whole contract: gain or loss so far and the loss it bears, in yuan.

    `spare` is what a year's income leaves beyond the smallest crew, in yuan; below 0 it is lean, as in settlement.
    """

    result: float
    bearable: float
    spare: float
    lean_months: float


def contract_state(district: District, rows: I8) -> ContractState:
    """How the contract over the compounds of these rows stands."""
    compounds = district.world.compounds
    cost = compounds.standard_cost[rows]
    spare = compounds.income_yearly[rows] + 12.0 * (compounds.subsidy[rows] - compounds.crew_floor[rows] * cost)
    return ContractState(
        float(compounds.contract_result[rows].sum()),
        float(district.scenario["firms.capital_months"] * cost.sum()),
        float(spare.sum()),
        float(compounds.lean_months[rows].max()),
    )


def review_contract(district: District, row: int) -> None:
    """A firm's quarterly look at one contract: it leaves when it keeps losing (P1, P4, P12).

    Compounds let together are one contract: the firm looks at it once, at the sum of its losses and of its income, and
    stays in all of them or leaves all (P5).
    """
    world = district.world
    compounds = world.compounds
    if compounds.firm.item(row) < 0 or (world.month - compounds.mode_since.item(row)) % 3:
        return  # the firm has gone, or this was the review of one that was replaced
    p = world.scenario
    rows = np.array(district.compounds[row].bundle)
    if row != rows[0]:
        world.agenda.add(world.month + 3, "firm_review", row)
        return
    seen = contract_state(district, rows)
    ruined = seen.result < -seen.bearable
    lean = seen.spare < 0.0 and seen.lean_months >= p["firms.lean_months"]
    weary = lean and district.luck("firm", row, 2) < 3.0 * p["firms.exit_chance"]
    if ruined or weary:
        why = "the firm leaves: losses" if ruined else "the firm leaves: lean years"
        for other in rows.tolist():
            world.tally.exits[other] += give_notice(district, other, NOTICE_LEAVING, why)
    else:
        world.agenda.add(world.month + 3, "firm_review", row)


def review_committee(district: District, row: int) -> None:
    """A committee that manages and is idle for a year ends, and with it the mode that rests on it."""
    world = district.world
    compounds = world.compounds
    committee = district.compounds[row].committee
    if committee is None or (world.month - committee.elected) % 6:
        return  # gone, or this was the review of an earlier committee
    if compounds.weak_months.item(row) >= IDLE_MONTHS and district.modes[compounds.mode.item(row)].driver == "effort":
        formation.end_committee(district, row, "idle for a year")
    else:
        world.agenda.add(world.month + 6, "committee_review", row)


def review_council(district: District, row: int) -> None:
    """A council without volunteers for half a year dissolves."""
    world = district.world
    council = district.compound(row).council
    if council is None or (world.month - council.founded) % 3:
        return
    if world.compounds.weak_months.item(row) >= EMPTY_MONTHS:
        formation.fall_back(district, row, "volunteers gone")
    else:
        world.agenda.add(world.month + 3, "council_review", row)


def end_of_term(district: District, row: int) -> None:
    """Re-election: a failure point, the more so for a tired committee (P26).

    The loss is larger where one person held both posts (P25).
    """
    world = district.world
    compounds = world.compounds
    committee = district.compound(row).committee
    if committee is None or committee.term_ends != world.month:
        return
    crossed = compounds.cross[row] > 0.0
    before = float(compounds.effort[row])
    district.dissolve_committee(row)
    compounds.has_committee[row] = 0
    if not formation.elect_committee(district, row):
        if crossed:
            compounds.cohesion[row] *= 1.0 - world.scenario["programmes.cross_loss"]
        formation.end_committee(district, row, "not re-elected")
    else:
        kept = world.scenario["organisation.effort_kept"]
        compounds.effort[row] = kept * before + (1.0 - kept) * compounds.effort[row]
