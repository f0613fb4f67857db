"""What can be due, in the fixed order in which it is dealt with within a month, and who deals with it.

The agenda (world.Agenda) is data; this table gives each kind its handler. Handlers act on one row, or on the whole
district for row -1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xiaoqu.governance import beginnings, evaluation, formation, programmes

if TYPE_CHECKING:
    from collections.abc import Callable

    from xiaoqu.district import District


def programme_end(district: District, row: int) -> None:
    """The campaign is over: its programmes end in every compound."""
    del row
    for covered in np.flatnonzero(district.world.compounds.covered > 0.0):
        programmes.uncover(district, int(covered))
    district.world.programme_money[0] = 0.0  # what was not called up is withdrawn


def plan(district: District, row: int) -> None:
    """The street office plans one compound."""
    district.street_office.plan(row)


def leave(district: District, row: int) -> None:
    """A firm's notice has run out. Without a successor the compound is unmanaged again."""
    compound = district.compound(row)
    if compound.contract is None:
        return
    if compound.offer is None:
        formation.fall_back(district, row, "the firm has left")
    else:
        district.world.agenda.add(district.world.month, "takeover", row)


def take_over(district: District, row: int) -> None:
    """A firm takes over under the contract that was awarded."""
    compound = district.compound(row)
    if compound.offer is None:
        return
    company = next(mode for mode in district.modes if mode.driver == "crew")
    district.change_mode(row, company)


def attempt(district: District, row: int) -> None:
    """An attempt to bring a compound under a mode, and the next one if it fails."""
    if district.world.compounds.mode.item(row) != 0 or district.compounds[row].offer is not None:
        return
    if not formation.attempt(district, row) and district.world.compounds.covered.item(row) > 0.0:
        formation.retry_later(district, row)


def committee(district: District, row: int) -> None:
    """The standard procedure for forming a committee wherever there is none (S3); a failed one is repeated."""
    world = district.world
    if world.compounds.covered[row] <= 0.0 or world.compounds.has_committee[row]:
        return
    if world.tally.elections[row]:  # called already this month, with an attempt at a mode
        world.agenda.add(world.month + 1, "committee", row)
    elif not formation.elect_committee(district, row):
        world.agenda.add(world.month + world.scenario["campaign.retry_committee"], "committee", row)


def orders(district: District, row: int) -> None:
    """In-service members are credited with the orders they took this month (D7)."""
    del row
    world = district.world
    members, compounds = world.party_members, world.compounds
    taken = world.tally.settled_by[2]
    compounds_with = np.flatnonzero(taken > 0)
    if not len(compounds_with):
        return
    # In-service members stand behind the residents, in compound order.
    ends = len(members) - int(compounds.reporting.sum()) + np.cumsum(compounds.reporting)
    for compound in compounds_with:
        reporting = int(compounds.reporting[compound])
        turn = (world.month + np.arange(int(taken[compound]))) % reporting
        chosen = int(ends[compound]) - reporting + turn
        np.add.at(members.orders, chosen, 1)
        np.add.at(members.points, chosen, 1)


def yearly(district: District, row: int) -> None:
    """The yearly evaluation, and the associations' exchange of practice."""
    del row
    evaluation.evaluate(district)
    programmes.spread_practice(district)
    district.world.agenda.add(district.world.month + 12, "evaluation", -1)


def self_start(district: District, row: int) -> None:
    """Once a quarter: who starts on its own account."""
    del row
    formation.start_by_themselves(district)
    district.world.agenda.add(district.world.month + 3, "self_start", -1)


HANDLERS: dict[str, Callable[[District, int], None]] = {
    "programme_end": programme_end,
    "plan": plan,
    "leave": leave,
    "takeover": take_over,
    "as_stated": beginnings.as_stated,
    "end_of_term": evaluation.end_of_term,
    "attempt": attempt,
    "committee": committee,
    "announce": programmes.announce,
    "lease": programmes.lease_common_parts,
    "evaluation": yearly,
    "mend": evaluation.check_mended,
    "firm_review": evaluation.review_contract,
    "committee_review": evaluation.review_committee,
    "council_review": evaluation.review_council,
    "self_start": self_start,
}
"""Kinds of agenda items, in order."""
