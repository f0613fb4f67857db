"""What a month brought, counted per compound: one matrix, one row per quantity, one column per compound.

Rules add to the rows by name (`tally.problems[c] += 1`). At the end of a month the matrix is copied into the history
in one go, and cleared. Outcomes (outcomes.py) are computed from the history when somebody asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xiaoqu.issues import SETTLERS
from xiaoqu.kernels import compiled
from xiaoqu.ledger import NAMES as PURPOSE_NAMES

if TYPE_CHECKING:
    from xiaoqu.columns import F8, I4, I8, U1
    from xiaoqu.world import World

AGES = ("under_2", "2_to_5", "6_to_11", "12_or_more")

COUNTS = (
    "problems",
    "reported",
    "found",
    "lapsed",
    "called_up",
    "contacts",
    "overdue",
    "backlog",
    "latent",
    "billed",
    "collected",
    "collected_late",
    "collected_arrears",
    "bills",
    "bills_paid",
    "called_on",
    "led",
    "volunteer_hours",
    "assemblies",
    "assemblies_valid",
    "assemblies_passed",
    "turnout_sum",
    "opinions",
    "attempts",
    "attempts_failed",
    "tenders",
    "bids",
    "bundled",
    "elections",
    "postponed",
    "warnings",
    "rated_poor",
    "exits",
    "replacements",
    "transitions",
    "household_income",
)
"""Rows counted during a month and cleared after it."""

STATES = (
    "arrears",
    "billed_12m",
    "collected_12m",
    "bills_12m",
    "bills_paid_12m",
    "bills_occupied_12m",
    "bills_paid_occupied_12m",
    "reported_12m",
    "settled_12m",
    "satisfaction",
    "trust",
    "quality",
    "responsiveness",
    "cohesion",
    "infrastructure",
    "crew",
    "shirk",
    "efficiency",
    "effort",
    "volunteers",
    "branch",
    "mode",
    "trustee",
    "has_branch",
    "has_committee",
    "committee_functions",
    "served",
    "has_firm",
    "firm",
    "covered",
    "published",
    "refusal",
)
"""Rows written once, when the month is closed: columns of the compounds as they are, and what `close` adds up."""

ROWS = (
    COUNTS
    + tuple(f"settled_by_{name}" for name in SETTLERS)
    + tuple(f"backlog_{name}" for name in AGES)
    + tuple(f"flow_{name}" for name in PURPOSE_NAMES)
    + STATES
)
INDEX = {name: row for row, name in enumerate(ROWS)}
_CLEARED = INDEX[STATES[0]]
HISTORY_BEFORE = 12
"""Months before the campaign that the history keeps, for "before" figures."""


class Tally:
    """The matrix of the month (`data`, float64, shape rows × compounds), named rows, and the history."""

    def __init__(self, compounds: int) -> None:
        self.data: F8 = np.zeros((len(ROWS), compounds))
        self.history: list[F8] = []
        self.months: list[int] = []
        self.waits: list[F8] = []
        self._name_rows()

    def _name_rows(self) -> None:
        """Name the rows of the matrix: views, so that a copied tally has to name its own."""
        for name in COUNTS + STATES:
            setattr(self, name, self.data[INDEX[name]])
        self.settled_by: F8 = self._block("settled_by_", len(SETTLERS))
        self.backlog_by_age: F8 = self._block("backlog_under", len(AGES))
        self.flows: F8 = self._block("flow_", len(PURPOSE_NAMES))

    def __getstate__(self) -> dict[str, Any]:
        """What a copy needs: the matrix and the history, not the views."""
        return {name: self.__dict__[name] for name in ("data", "history", "months", "waits")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore a copy."""
        self.__dict__.update(state)
        self._name_rows()

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> F8: ...

    def _block(self, prefix: str, rows: int) -> F8:
        start = next(row for name, row in INDEX.items() if name.startswith(prefix))
        return self.data[start : start + rows]

    def clear(self) -> None:
        """Start a month."""
        self.data[:_CLEARED] = 0.0

    def keep(self, month: int, waits: F8) -> None:
        """Copy the month into the history. `waits` counts settled matters by months waited, shape (61,)."""
        if month >= -HISTORY_BEFORE:
            self.history.append(self.data.copy())
            self.months.append(month)
            self.waits.append(waits.copy())


def _close(
    month: int,
    first: I8,
    households: I8,
    arrears: I8,
    bill: I4,
    vintage: F8,
    reported: F8,
    cohort: F8,
    reports_by_month: F8,
    settled_by_report: F8,
    mode: I8,
    firm: I8,
    subsidy: F8,
    has_committee: U1,
    effort: F8,
    effort_least: float,
    out_arrears: F8,
    out_vintage: F8,
    out_reported: F8,
    out_settled: F8,
    has_firm: F8,
    served: F8,
    committee_functions: F8,
) -> None:
    """Sum arrears, and the bills and reports of the last 12 months; say who serves and what functions.

    reports_by_month and settled_by_report (24, C) are rings by month of the report; cohort (24, C) holds this month's
    settled matters by age of the report.
    """
    slot = month % 24
    for c in range(first.shape[0]):
        owed = 0
        lo = first[c]
        old, new = arrears[lo : lo + households[c]], bill[lo : lo + households[c]]
        for i in range(households[c]):
            owed += old[i] + new[i]
        out_arrears[c] = owed
        has_firm[c] = firm[c] >= 0
        served[c] = (mode[c] > 0) | (subsidy[c] > 0.0)
        committee_functions[c] = (has_committee[c] > 0) & (effort[c] > effort_least)
    # Row by row, as the rings lie in memory.
    reports_by_month[slot] = reported
    settled_by_report[slot] = 0.0
    out_vintage[:] = 0.0
    out_reported[:] = 0.0
    out_settled[:] = 0.0
    for past in range(12):
        for row in range(6):
            out_vintage[row] += vintage[row, past]
    for age in range(13):
        ring = (month - age) % 24
        settled_by_report[ring] += cohort[age]
        if age < 12:
            out_reported += reports_by_month[ring]
            out_settled += settled_by_report[ring]


close = compiled(_close)


def run(world: World) -> None:
    """Close the month: write the states, keep the matrix in the history, clear it."""
    tally, compounds, households = world.tally, world.compounds, world.households
    start = INDEX["billed_12m"]
    close(
        world.month,
        compounds.first,
        compounds.households,
        households.arrears,
        households.bill,
        world.vintage,
        tally.reported,
        world.cohort,
        world.reports_by_month,
        world.settled_by_report,
        compounds.mode,
        compounds.firm,
        compounds.subsidy,
        compounds.has_committee,
        compounds.effort,
        world.scenario["organisation.effort_least"],
        tally.arrears,
        tally.data[start : start + 6],
        tally.reported_12m,
        tally.settled_12m,
        tally.has_firm,
        tally.served,
        tally.committee_functions,
    )
    for name in STATES:
        if name in compounds.columns:
            getattr(tally, name)[:] = getattr(compounds, name)
    tally.keep(world.month, world.waits)
