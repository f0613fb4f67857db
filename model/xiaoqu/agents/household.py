"""Households (住户): payers, voters, neighbours, reporters.

They live in columns (world.Households) and act through rules:
    problems and reports    month/problems.py         judgement   month/judgement.py
    payment                 month/payment.py          votes       governance/assembly.py
    standing, volunteering  governance/people.py
`district.households` is a Mesa agent set over the columns; indexing it hands out these views.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from xiaoqu.agentset import Derived, View
from xiaoqu.world import ABSENT, CHIEF, COMMITTEE_MEMBER, COUNCIL_MEMBER, PARTY

if TYPE_CHECKING:
    from collections.abc import Mapping


class Household(View):
    """One household; attributes read and write its row of the columns."""

    id_base: ClassVar[int] = 1_000_000_000
    columns_derived: ClassVar[Mapping[str, Derived]] = {
        "is_party": lambda table, rows: table.roles[rows] & PARTY > 0,
        "is_chief": lambda table, rows: table.roles[rows] & CHIEF > 0,
        "is_committee_member": lambda table, rows: table.roles[rows] & COMMITTEE_MEMBER > 0,
        "is_council_member": lambda table, rows: table.roles[rows] & COUNCIL_MEMBER > 0,
        "is_absent": lambda table, rows: table.tenure[rows] == ABSENT,
        "owes": lambda table, rows: table.arrears[rows] + table.bill[rows],
    }
