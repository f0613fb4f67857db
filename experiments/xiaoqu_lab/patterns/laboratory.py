"""What every pattern check uses: a verdict, a row of districts under stated conditions, and ways to intervene in them.

An experiment builds districts with overrides on the baseline, steps them month by month, and shocks them by writing
columns of the world between two months. Districts of one seed share all draws, so two conditions differ by what was
changed alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xiaoqu import District, load_scenario
from xiaoqu.governance import formation, tender
from xiaoqu.governance.law import committee_size
from xiaoqu.tally import INDEX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from xiaoqu.columns import F8, I8

    Mask = NDArray[np.bool_]

MARKET, COMMUNITY_RUN = 0, 1

STILL: dict[str, object] = {
    "campaign.months": 0,
    "campaign.self_start": 0.0,
    "campaign.imitation": 0.0,
    "places.committee_share": 0.0,
}
"""No campaign and nobody starts: what happens is what the experiment does. All compounds are unmanaged."""

SERVED: dict[str, object] = {
    **STILL,
    "places.managed_share": 1.0,
    "places.managed_size": 1.0,
    "places.size_median": 300.0,
    "places.size_sigma": 0.5,
}
"""Compounds of a size that can carry a firm (evidence 2.7), served since the beginning of the spin-up."""

MANDATE: dict[str, object] = {
    "campaign.months": 60,
    "campaign.pace": 0.1,
    "levers.compound_plans": "on",
    "levers.modes_by_eligibility": "on",
    "levers.open_tender": "on",
    "levers.compound_ledger": "on",
    "levers.stairwell_groups": "on",
}
"""A campaign with a deadline: every compound planned within ten months and led to the mode that fits it."""


class Pattern(NamedTuple):
    """One pattern and what the model makes of it.

    Attributes:
        id: P1-P28 of the evidence; a negative control ends in "-control" and holds when the pattern vanishes.
        figures: what was measured, by name; shares unless the name says otherwise.
        criterion: what was fixed before looking.
    """

    id: str
    title_en: str
    title_zh: str
    holds: bool
    figures: dict[str, float]
    criterion: str


@dataclass(frozen=True)
class Lab:
    """How large and with what parameters experiments are run.

    Attributes:
        overrides: scenario overrides of every experiment; an experiment's own conditions win.
        seeds: of the replicates; others show whether a calibration fits more than the seeds it was made with.
    """

    overrides: Mapping[str, object] = field(default_factory=dict)
    seeds: range = range(1, 5)

    def districts(self, conditions: Mapping[str, object]) -> Iterator[District]:
        """One district per seed, at month 0, with the spin-up behind it."""
        scenario = load_scenario("baseline", overrides={"places.compounds": 80, **self.overrides, **conditions})
        for seed in self.seeds:
            yield District(scenario, rng=seed)


def advance(district: District, months: int, before_each: Callable[[District], None] | None = None) -> None:
    """Step some months; `before_each` intervenes before every one."""
    for _ in range(months):
        if before_each is not None:
            before_each(district)
        district.step()


def keep_firms(district: District) -> None:
    """Let no firm leave: it forgets losses and lean months."""
    district.world.compounds.contract_result[:] = 0.0
    district.world.compounds.lean_months[:] = 0.0


def served(district: District) -> Mask:
    """Compounds with a firm."""
    return district.world.compounds.firm >= 0


def multiply_service(district: District, factor: float) -> None:
    """A service shock: every yuan brings more or less service from now on."""
    district.world.compounds.efficiency *= factor


def put_under(
    district: District,
    name: str,
    rows: Sequence[int] | I8,
    *,
    fee: float | None = None,
    subsidy: float = 0.0,
    kind: int = MARKET,
    together: bool = False,
) -> None:
    """Bring compounds under a mode without asking anybody.

    Args:
        district: the district.
        name: name of the mode.
        rows: rows of the compounds.
        fee: yuan/m²/month of a firm's contract; that of the mode, or of community-run firms, if None.
        subsidy: yuan per household and month of a firm's contract.
        kind: kind of firm.
        together: one contract for all rows, so that they share the fixed cost.
    """
    mode = next(mode for mode in district.modes if mode.name == name)
    compounds = district.world.compounds
    rows = [int(row) for row in rows]
    for row in rows:
        if mode.driver == "crew":
            contract = tuple(rows) if together else (row,)
            district.compound(row).offer = _offer(district, row, contract, fee, subsidy, kind)
        elif mode.driver == "effort":
            _seat(district, row)
        # A council forms with the help of a team that calls from door to door, as a campaign sends it.
        compounds.covered[row] = 1.0 if mode.driver == "volunteers" else 0.0
        district.change_mode(row, mode, "experiment")
        compounds.covered[row] = 0.0


def _offer(
    district: District, row: int, rows: tuple[int, ...], fee: float | None, subsidy: float, kind: int
) -> tender.Offer:
    world = district.world
    p = world.terms(tender.FirmTerms, "firms")
    if fee is None:
        usual = district.scenario["modes.property_company.fee"]
        fee = p.fee_community if kind == COMMUNITY_RUN else float(usual)
    area, size = 0.01 * float(world.compounds.area[row]), float(world.compounds.households[row])
    cost = max(tender.costs(p, kind, size, area, len(rows)), p.planned_crew * p.plan_collection * fee * area)
    pool = np.flatnonzero(world.firms.kind == kind)
    fixed = (p.fixed_cost_community if kind == COMMUNITY_RUN else p.fixed_cost) / len(rows)
    return tender.Offer(int(pool[rows[0] % len(pool)]), fee, cost, fixed, subsidy * size, rows)


def _seat(district: District, row: int) -> None:
    """Seat the most civic owners as a committee, with the effort that an elected one starts with."""
    world = district.world
    flats = world.flats(row)
    owners = flats.start + np.flatnonzero(world.households.tenure[flats] == 0)
    seats = committee_size(int(world.compounds.households[row]))
    members = owners[np.argsort(-world.households.disposition[owners], kind="stable")][:seats]
    rng = np.random.default_rng([district.seed, row])
    world.compounds.has_committee[row] = 1
    world.compounds.ability[row] = formation.draw_ability(world, rng)
    world.compounds.effort[row] = formation.draw_drive(world, rng)
    world.compounds.weak_months[row] = 0.0
    district.found_committee(row, members)


def series(district: District, name: str, first: int = 0, last: int = 10_000) -> F8:
    """A recorded quantity, shape (months, compounds), for months `first` to `last` - 1."""
    tally = district.world.tally
    chosen = [
        data[INDEX[name]] for month, data in zip(tally.months, tally.history, strict=True) if first <= month < last
    ]
    return np.array(chosen)


class Money(NamedTuple):
    """Collection as a sum over sums, so that districts can be added up."""

    top: F8
    below: F8

    @property
    def rate(self) -> F8:
        """Share by yuan."""
        share: F8 = np.divide(self.top, self.below, out=np.full(np.shape(self.top), np.nan), where=self.below > 0)
        return share

    def __add__(self, other: object) -> Money:
        assert isinstance(other, Money)  # noqa: S101 - for the type checker
        return Money(self.top + other.top, self.below + other.below)


def at_once(district: District, where: Mask, first: int = 0, last: int = 10_000) -> Money:
    """Paid at once of each month's bills, shape (months,)."""
    top, below = (series(district, name, first, last)[:, where].sum(axis=1) for name in ("collected", "billed"))
    return Money(top, below)


def quarterly(district: District, where: Mask, first: int = 0, last: int = 10_000) -> Money:
    """The same over the last three months: a full round of a firm's bills."""
    money = at_once(district, where, first - 2, last)
    return Money(*(np.convolve(part, np.ones(3), "valid") for part in money))


def yearly(district: District, where: Mask, month: int) -> float:
    """Share by yuan of the bills of the 12 months to `month`, paid by then."""
    paid, billed = (
        series(district, name, month, month + 1)[0, where].sum() for name in ("collected_12m", "billed_12m")
    )
    return float(paid / billed) if billed > 0 else float("nan")


def by_households(district: District, where: Mask, months: Sequence[int]) -> Money:
    """Bills of the 12 months to each of `months`, paid by then, counted by household, however small the charge."""
    rows = [m - district.world.tally.months[0] for m in months]
    first = district.world.tally.months[0]
    counts = (series(district, name, first)[rows][:, where].sum(axis=1) for name in ("bills_paid_12m", "bills_12m"))
    return Money(*counts)


def added(parts: Sequence[Money]) -> Money:
    """Districts together."""
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def rises(values: Sequence[float], slack: float = 0.0) -> bool:
    """Whether each value is at least the one before, less `slack`."""
    return all(b >= a - slack for a, b in pairwise(values))
