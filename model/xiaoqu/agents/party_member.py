"""Party members (党员): resident members, and in-service members who report in where they live (在职党员报到).

They live in columns (world.PartyMembers) and act through rules: paying first (month/payment.py), visiting and branch
life (month/organisation.py), orders (month/response.py, governance/meetings.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from xiaoqu.agentset import Derived, View

if TYPE_CHECKING:
    from collections.abc import Mapping


class PartyMember(View):
    """One Party member; attributes read and write its row of the columns."""

    id_base: ClassVar[int] = 2_000_000_000
    columns_derived: ClassVar[Mapping[str, Derived]] = {
        "lives_here": lambda table, rows: table.household[rows] >= 0,
    }
