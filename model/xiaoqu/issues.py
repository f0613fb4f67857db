"""Issues (事项): the open matters of the district as a growing column table, oldest first."""

from __future__ import annotations

import numpy as np

from xiaoqu.columns import I4, U1, Hasher, Table, column
from xiaoqu.kernels import compiled

NEVER = -32768
"""The month of a report that was not made: the matter is latent."""

# Tiers an issue can lie at (issues.tier), and who settled it (rows of tally.settled_by).
OWN_BODY, COMMUNITY, STREET, DEPARTMENTS, SPONSOR = 0, 1, 2, 3, 4
TIERS = ("own body", "community", "street", "departments", "sponsoring cadre")

SETTLERS = (
    "neighbours",
    "own_body",
    "orders",
    "deliberation",
    "three_party",
    "community",
    "street",
    "departments",
    "sponsors",
)
"""Who can settle a matter, in the order of tally.settled_by."""


class Issues(Table):
    """Columns of the open issues."""

    household: I4 = column("i4", unit="row", low=0, meaning="household that has the matter")
    compound: I4 = column("i4", unit="row", low=0, meaning="compound where it arose")
    opened: I4 = column("i4", unit="month", meaning="month in which the problem arose")
    reported: I4 = column(
        "i4", unit="month", low=NEVER, default=NEVER, meaning="month of the report; -32768 while latent"
    )
    climbed: I4 = column("i4", unit="month", meaning="month in which it reached its tier")
    kind: U1 = column("u1", unit="code", high=2, meaning="0 private, 1 small, 2 large")
    tier: U1 = column("u1", unit="code", high=4, meaning="0 own body, 1 community, 2 street, 3 departments, 4 sponsor")
    tried: U1 = column("u1", unit="count", meaning="contacts that failed so far")


def _append(
    month: int,
    compound_of: I4,
    who: I4,
    what: U1,
    heard: U1,
    household: I4,
    compound: I4,
    opened: I4,
    reported: I4,
    climbed: I4,
    kind: U1,
    tier: U1,
    tried: U1,
) -> None:
    """Write new issues into the rows that are free for them."""
    for i in range(who.shape[0]):
        household[i] = who[i]
        compound[i] = compound_of[who[i]]
        opened[i] = month
        reported[i] = month if heard[i] else NEVER
        climbed[i] = month
        kind[i] = what[i]
        tier[i] = OWN_BODY
        tried[i] = 0


append = compiled(_append)


class IssueTable:
    """The open issues, in order of age. Settled and lapsed ones leave the table; their counts stay in the tally."""

    def __init__(self) -> None:
        self.columns = Issues(1024)
        self.count = 0
        self._household = np.empty(0, np.int32)
        self._kind = np.empty(0, np.uint8)
        self._reported = np.empty(0, np.uint8)

    def __len__(self) -> int:
        return self.count

    def buffers(self, rows: int) -> tuple[I4, U1, U1]:
        """Scratch for up to `rows` new issues: household row, kind, reported flag."""
        if len(self._household) < rows:
            self._household = np.empty(rows, np.int32)
            self._kind = np.empty(rows, np.uint8)
            self._reported = np.empty(rows, np.uint8)
        return self._household, self._kind, self._reported

    def open_new(self, month: int, count: int, compound_of: I4) -> None:
        """Append the first `count` issues of the buffers as opened in `month`."""
        start, end = self.count, self.count + count
        self._reserve(end)
        columns = self.columns
        append(
            month,
            compound_of,
            self._household[:count],
            self._kind[:count],
            self._reported[:count],
            columns.household[start:end],
            columns.compound[start:end],
            columns.opened[start:end],
            columns.reported[start:end],
            columns.climbed[start:end],
            columns.kind[start:end],
            columns.tier[start:end],
            columns.tried[start:end],
        )
        self.count = end

    def _reserve(self, rows: int) -> None:
        """Make room for `rows` rows and an eighth more, so that growing costs a constant time per issue."""
        if rows <= len(self.columns):
            return
        larger = Issues(rows + rows // 8)
        for name in larger.names:
            getattr(larger, name)[: self.count] = getattr(self.columns, name)[: self.count]
        self.columns = larger

    def update_digest(self, hasher: Hasher) -> None:
        """Feed the open issues to a hash."""
        hasher.update(f"issues {self.count}\n".encode())
        for name in self.columns.names:
            hasher.update(np.ascontiguousarray(getattr(self.columns, name)[: self.count]))
