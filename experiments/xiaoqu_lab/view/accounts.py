"""A compound's books: where each yuan came from and where it went, exact to the fen.

The district keeps balances, the tally every month's flows; the balances of earlier months follow from both. Three
accounts are drawn up: the operating account, the repair fund, and what households owe. What others pay for the
compound without touching its account stands beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from xiaoqu.ledger import ACCOUNT, NAMES, PURPOSES, REPAIR_FUND
from xiaoqu.tally import INDEX

if TYPE_CHECKING:
    from xiaoqu import District

Holder = Literal["account", "repair_fund", "owed"]
HOLDERS: tuple[Holder, ...] = ("account", "repair_fund", "owed")

OWED = {"billed": 1, "collected": -1, "collected_late": -1, "collected_arrears": -1}
"""Tally rows that change what households owe, and in which direction."""
BESIDE = tuple(purpose.name for purpose in PURPOSES if not {purpose.payer, purpose.receiver} & {ACCOUNT, REPAIR_FUND})
"""Purposes that pass the compound's own accounts by."""


def directions(holder: Holder) -> dict[str, int]:
    """The tally rows that change a balance: 1 for what comes in, -1 for what goes out."""
    if holder == "owed":
        return OWED
    signs = {purpose.name: (purpose.receiver == holder) - (purpose.payer == holder) for purpose in PURPOSES}
    return {f"flow_{name}": sign for name, sign in signs.items() if sign}


class Entry(NamedTuple):
    """One month: what moved, by tally row, and each balance at its end; whole fen."""

    month: int
    flows: dict[str, int]
    balances: dict[Holder, int]

    def change(self, holder: Holder) -> int:
        """What the month changed of a balance."""
        return sum(sign * self.flows[name] for name, sign in directions(holder).items())


class Statement(NamedTuple):
    """One balance over some months: opening + what came - what went = closing; whole fen.

    Attributes:
        came, went: positive sums by tally row. A margin below 0 is what the firm put in: it stands under `came`.
    """

    holder: Holder
    opening: int
    came: dict[str, int]
    went: dict[str, int]
    closing: int


def books(district: District, row: int) -> list[Entry]:
    """Every recorded month of a compound, the oldest first; the last balances are those of the district."""
    world = district.world
    tally, compounds = world.tally, world.compounds
    names = [*(f"flow_{name}" for name in NAMES), *OWED]
    at = [INDEX[name] for name in names]
    flows = [dict(zip(names, map(int, data[at, row]), strict=True)) for data in tally.history]
    rows = world.flats(row)
    balances: dict[Holder, int] = {
        "account": int(compounds.account[row]),
        "repair_fund": int(compounds.repair_fund[row]),
        "owed": int(world.households.arrears[rows].sum()) + int(world.households.bill[rows].sum()),
    }
    entries: list[Entry] = []
    for month, moved in zip(reversed(tally.months), reversed(flows), strict=True):
        entry = Entry(month, moved, balances)
        entries.append(entry)
        balances = {holder: balances[holder] - entry.change(holder) for holder in HOLDERS}
    return entries[::-1]


def statement(entries: list[Entry], holder: Holder) -> Statement:
    """One balance over the given months, which follow one another."""
    came: dict[str, int] = {}
    went: dict[str, int] = {}
    for name, sign in directions(holder).items():
        moved = sign * sum(entry.flows[name] for entry in entries)
        if moved > 0:
            came[name] = moved
        elif moved < 0:
            went[name] = -moved
    opening = entries[0].balances[holder] - entries[0].change(holder)
    return Statement(holder, opening, came, went, entries[-1].balances[holder])


def beside(entries: list[Entry]) -> dict[str, int]:
    """What was paid for the compound, or kept from it, past its own accounts, by tally row; whole fen."""
    sums = {f"flow_{name}": sum(entry.flows[f"flow_{name}"] for entry in entries) for name in BESIDE}
    return {name: fen for name, fen in sums.items() if fen}
