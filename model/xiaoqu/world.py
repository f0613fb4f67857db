"""The state that every rule reads and writes: column tables, ledger, streams, calendar, agenda, events. No behaviour.

Rules of the month know households and the compound table. Deliberate agents (firms, committees, councils, branches,
the street office) write what they decide into compound columns and read there what the month brought about: the
compound table is where the two meet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from xiaoqu.columns import F4, F8, I4, I8, U1, Table, column
from xiaoqu.issues import SETTLERS, IssueTable
from xiaoqu.kernels import compiled
from xiaoqu.ledger import Ledger
from xiaoqu.tally import Tally

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xiaoqu.scenario import Scenario
    from xiaoqu.streams import Streams

# Tenure of a flat (households.tenure).
OWNER, TENANT, ABSENT = 0, 1, 2

# Roles of a household (bits of households.roles).
PARTY, CHIEF, COMMITTEE_MEMBER, COUNCIL_MEMBER = 1, 2, 4, 8

# Cooperator types after Fischbacher, Gächter & Fehr 2001 (households.cooperator).
CONDITIONAL, FREE_RIDER, HUMP_SHAPED, UNCONDITIONAL = 0, 1, 2, 3

# Kinds of firm (firms.kind).
MARKET_FIRM, COMMUNITY_FIRM = 0, 1

NOBODY = -1
"""Row number that stands for "none" in columns that point at another table."""


class Households(Table):
    """Households (住户), rows in compound and stairwell order.

    A row is a flat: a vacant flat is a household that is absent.
    """

    number: I4 = column("i4", unit="id", low=0, meaning="stable number inside the compound; keys the draws")
    compound: I4 = column("i4", unit="row", low=0, meaning="row of the compound (小区)")
    stairwell: I4 = column("i4", unit="row", low=0, meaning="row of the stairwell (单元)")
    area: I4 = column("i4", unit="0.01 m²", low=1, default=8000, meaning="exclusive area, exact for votes and dues")
    income: F4 = column("f4", unit="yuan/month", low=0.0, default=7000, meaning="disposable household income")
    disposition: F4 = column("f4", unit="z", low=-9.0, high=9.0, meaning="civic disposition, standard normal")
    taste: F4 = column("f4", unit="share", low=-1.0, high=1.0, meaning="how much easier to please than the average")
    cooperator: U1 = column(
        "u1", unit="code", high=3, meaning="0 conditional, 1 free rider, 2 hump-shaped, 3 unconditional"
    )
    tenure: U1 = column("u1", unit="code", high=2, meaning="0 owner-occupier, 1 tenant, 2 absent (vacant flat)")
    roles: U1 = column(
        "u1", unit="bits", meaning="1 Party household, 2 neighbour chief, 4 committee, 8 council volunteer"
    )
    steady: F4 = column(
        "f4", unit="logit", meaning="payment terms that hardly ever change: disposition, type, tenure, burden"
    )
    belief: F4 = column("f4", unit="share", low=0.0, high=1.0, default=0.5, meaning="share of others thought to pay")
    satisfaction: F4 = column(
        "f4", unit="share", low=0.0, high=1.0, default=0.5, meaning="satisfaction with the compound"
    )
    trust: F4 = column("f4", unit="share", low=0.0, high=1.0, default=0.45, meaning="trust in the responsible body")
    habit: F4 = column(
        "f4", unit="share", low=0.0, high=1.0, default=0.5, meaning="habit of paying, 0 never to 1 always"
    )
    fatigue: F4 = column("f4", unit="visits", low=0.0, high=50.0, meaning="recent visits still remembered")
    own_matters: F4 = column(
        "f4", unit="share", low=-1.0, high=1.0, meaning="how its own matters were dealt with lately"
    )
    paid: U1 = column("u1", unit="flag", high=1, meaning="paid its last bill (by now)")
    bill: I4 = column("i4", unit="fen", low=0, meaning="what is unpaid of the current bill")
    arrears: I8 = column("i8", unit="fen", low=0, meaning="older bills unpaid (欠费)")
    purse: I8 = column("i8", unit="fen", meaning="net position towards all other holders since the start")


class Stairwells(Table):
    """Stairwells (单元, 楼道): about twelve flats that see one another."""

    compound: I4 = column("i4", unit="row", low=0, meaning="row of the compound")
    first: I8 = column("i8", unit="row", low=0, meaning="first household")
    households: I8 = column("i8", unit="count", low=0, meaning="flats")
    chief: U1 = column("u1", unit="flag", high=1, meaning="has a neighbour chief (邻长)")


class Compounds(Table):
    """Compounds (小区): the place, what its bodies decided for it, and what the month brought about."""

    # The place.
    key: I8 = column("i8", unit="id", low=0, meaning="stable id; keys the draws")
    community: I4 = column("i4", unit="row", low=0, meaning="community (社区)")
    first: I8 = column("i8", unit="row", low=0, meaning="first household")
    first_stairwell: I8 = column("i8", unit="row", low=0, meaning="first stairwell")
    households: I8 = column("i8", unit="count", low=0, meaning="flats")
    occupied: I8 = column("i8", unit="count", low=0, meaning="flats lived in")
    stairwells: I8 = column("i8", unit="count", low=0, meaning="stairwells")
    area: I8 = column("i8", unit="0.01 m²", low=0, meaning="exclusive area of all flats")
    x: F8 = column("f8", unit="km", meaning="position on the map, east")
    y: F8 = column("f8", unit="km", meaning="position on the map, north")
    frailty: F8 = column(
        "f8", unit="factor", low=0.0, default=1.0, meaning="problem rate relative to the mean (heavy-tailed)"
    )
    infrastructure: F8 = column(
        "f8", unit="share", low=0.0, high=1.0, default=0.5, meaning="condition and completeness"
    )
    public_potential: F8 = column(
        "f8", unit="yuan/household/month", low=0.0, meaning="what parking and charging could bring"
    )
    party: I8 = column("i8", unit="count", low=0, meaning="Party households")
    # What its bodies decided.
    mode: I8 = column("i8", unit="code", low=0, meaning="governance mode, index into the scenario's modes")
    mode_since: I8 = column("i8", unit="month", default=-999, meaning="month of the last change of mode")
    trustee: U1 = column("u1", unit="flag", high=1, meaning="held in trust by the community (托管)")
    covered: F8 = column("f8", unit="share", low=0.0, high=1.0, meaning="reached by the campaign's programmes")
    firm: I8 = column("i8", unit="row", low=-1, default=-1, meaning="firm under contract, -1 none")
    fee: F8 = column("f8", unit="fen/m²/month", low=0.0, meaning="fee by area")
    flat_fee: F8 = column("f8", unit="fen/household/month", low=0.0, meaning="charge by household")
    billing: I8 = column("i8", unit="months", low=1, default=6, meaning="months between bills")
    bill_offset: I8 = column(
        "i8", unit="months", low=0, meaning="month of the year in which bills go out, modulo billing"
    )
    last_bill: I8 = column("i8", unit="month", default=-999, meaning="month of the last bill")
    published: F8 = column("f8", unit="share", low=0.0, high=1.0, meaning="accounts open to owners")
    cross: F8 = column(
        "f8",
        unit="share",
        low=0.0,
        high=1.0,
        meaning="secretary and chair are the same person, or cross-appointed",
    )
    supervised: F8 = column("f8", unit="share", low=0.0, high=1.0, meaning="firm under supervision")
    sanction: F8 = column("f8", unit="per month", low=0.0, meaning="chance that a debtor is sued or formally reminded")
    visits: F8 = column("f8", unit="share/month", low=0.0, high=1.0, meaning="households called on this month")
    announced: I8 = column(
        "i8", unit="month", default=-999, meaning="month in which members' payment was last announced"
    )
    standard_cost: F8 = column("f8", unit="yuan/month", low=0.0, meaning="cost of service to standard")
    crew: F8 = column("f8", unit="share", low=0.0, high=1.5, default=1.0, meaning="crew relative to the standard")
    crew_floor: F8 = column("f8", unit="share", low=0.0, high=1.0, meaning="crew never cut below")
    efficiency: F8 = column("f8", unit="factor", low=0.0, default=1.0, meaning="service per yuan")
    greed: F8 = column("f8", unit="factor", low=0.0, high=4.0, meaning="its firm's inclination to cut corners")
    shirk: F8 = column("f8", unit="share", low=0.0, high=1.0, meaning="spending that does not reach the compound")
    subsidy: F8 = column("f8", unit="yuan/month", low=0.0, meaning="service purchased by the street")
    volunteers: F8 = column("f8", unit="count", low=0.0, meaning="council volunteers at work")
    effort: F8 = column("f8", unit="share", low=0.0, high=1.0, meaning="committee's effort; 0 without a committee")
    ability: F8 = column("f8", unit="share", low=0.0, high=1.0, meaning="how able the committee's members are")
    branch: F8 = column("f8", unit="share", low=0.0, high=1.0, meaning="strength of the Party branch; 0 without one")
    is_council: U1 = column("u1", unit="flag", high=1, meaning="an autonomous council (自管会) runs it")
    has_branch: U1 = column("u1", unit="flag", high=1, meaning="a branch (支部) or joint branch covers it")
    has_committee: U1 = column("u1", unit="flag", high=1, meaning="an owners' committee (业委会) exists")
    reporting: I8 = column("i8", unit="count", low=0, meaning="in-service members who would report in here")
    members_in_service: F8 = column("f8", unit="count", low=0.0, meaning="in-service members who report in here")
    points: F8 = column("f8", unit="count", low=0.0, meaning="deliberation points (议事点)")
    chiefs: F8 = column("f8", unit="count", low=0.0, meaning="neighbour chiefs at work")
    leased: F8 = column(
        "f8",
        unit="share",
        low=0.0,
        high=1.0,
        meaning="common parts leased out by vote, proceeds to the compound",
    )
    donations: F8 = column("f8", unit="yuan/month", low=0.0, meaning="given by partner units and owners")
    extra_hours: F8 = column(
        "f8", unit="hours/month", low=0.0, meaning="hours given by Party day, patrols, partner units"
    )
    public_charge: F8 = column("f8", unit="yuan/month", low=0.0, meaning="baseline cleaning paid by the community")
    programme_costs: F8 = column("f8", unit="yuan/month", low=0.0, meaning="running cost of the programmes here")
    sponsor: F8 = column("f8", unit="share", low=0.0, high=1.0, meaning="a cadre sponsors it")
    plan_revenue: F8 = column("f8", unit="yuan/month", low=0.0, meaning="income at the planned collection")
    # What the month brought about.
    spending: F8 = column("f8", unit="yuan/month", low=0.0, meaning="spent on service this month")
    quality: F8 = column("f8", unit="share", low=0.0, high=1.05, default=0.35, meaning="service quality")
    responsiveness: F8 = column(
        "f8", unit="share", low=0.0, high=1.0, default=0.4, meaning="how matters are dealt with"
    )
    cohesion: F8 = column("f8", unit="share", low=0.0, high=1.0, default=0.4, meaning="neighbourly ties")
    satisfaction: F8 = column("f8", unit="share", low=0.0, high=1.0, default=0.5, meaning="mean over occupied flats")
    trust: F8 = column("f8", unit="share", low=0.0, high=1.0, default=0.45, meaning="mean over occupied flats")
    dissatisfied: F8 = column("f8", unit="share", low=0.0, high=1.0, meaning="occupied flats with low satisfaction")
    refusal: U1 = column("u1", unit="flag", high=1, meaning="an organised refusal to pay is under way")
    share_paid: F8 = column(
        "f8", unit="share", low=0.0, high=1.0, default=0.5, meaning="occupied flats that paid the last bill"
    )
    income_yearly: F8 = column(
        "f8", unit="yuan", low=0.0, meaning="dues, public revenue and donations of the last 12 months"
    )
    contract_result: F8 = column("f8", unit="yuan", meaning="the firm's gain or loss here since it took over")
    leak: F8 = column("f8", unit="share", low=0.0, high=1.0, meaning="public revenue seen to vanish")
    lean_months: F8 = column(
        "f8", unit="months", low=0.0, meaning="months in a row in which income did not pay for the floor crew"
    )
    weak_months: F8 = column("f8", unit="months", low=0.0, meaning="months in a row in which its body did not function")
    account: I8 = column("i8", unit="fen", meaning="operating account of the body")
    repair_fund: I8 = column("i8", unit="fen", meaning="repair fund (住宅专项维修资金)")


class Firms(Table):
    """Property firms (物业公司) of the region; a `PropertyFirm` agent decides for each row."""

    kind: U1 = column("u1", unit="code", high=1, meaning="0 market, 1 community-run non-profit")
    cash: I8 = column("i8", unit="fen", meaning="cash")
    efficiency: F8 = column("f8", unit="factor", low=0.1, default=1.0, meaning="service per yuan")
    greed: F8 = column("f8", unit="factor", low=0.0, high=4.0, default=1.0, meaning="inclination to cut corners")
    rating: F8 = column("f8", unit="share", low=0.0, high=1.0, default=0.5, meaning="standing with the street office")
    red: U1 = column("u1", unit="flag", high=1, meaning="recommended as a “red” firm")
    contracts: I8 = column("i8", unit="count", low=0, meaning="compounds under contract")


class PartyMembers(Table):
    """Party members (党员): residents, and in-service members who work elsewhere and report in where they live."""

    household: I8 = column(
        "i8", unit="row", low=-1, default=-1, meaning="home household, -1 if only assigned to a compound"
    )
    compound: I4 = column("i4", unit="row", low=0, meaning="compound of residence or assignment")
    kind: U1 = column("u1", unit="code", high=2, meaning="0 retired, 1 in service, 2 new-economy worker")
    orders: I4 = column("i4", unit="count", low=0, meaning="orders taken since the start")
    points: I4 = column("i4", unit="points", low=0, meaning="points earned")


class Event(NamedTuple):
    """One line of the event log."""

    month: int
    kind: str
    compound: int
    subject: str
    value: float
    note: str


class Due(NamedTuple):
    """One thing that is due: month, position of its kind in the fixed order, compound or other row, kind."""

    month: int
    order: int
    row: int
    kind: str


@dataclass
class Agenda:
    """What is due and when, as data: it can be shown, saved and tested.

    Kept are plain pairs, position of the kind and row: unlike named tuples, they cost the garbage collector nothing.
    """

    kinds: tuple[str, ...]
    by_month: dict[int, set[tuple[int, int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Look up the positions of kinds once."""
        self._order = {kind: order for order, kind in enumerate(self.kinds)}

    def add(self, month: int, kind: str, row: int) -> None:
        """Put `kind` on the agenda of `month` for a row; the same thing is not put there twice.

        Raises:
            KeyError: if nothing is known by that kind.
        """
        item = (self._order[kind], row)
        if month in self.by_month:
            self.by_month[month].add(item)
        else:
            self.by_month[month] = {item}

    def drain(self, month: int) -> list[tuple[str, int]]:
        """Take out what is due in `month`: kinds and rows, in the fixed order of kinds and then rows."""
        return [(self.kinds[order], row) for order, row in sorted(self.by_month.pop(month, ()))]

    def months_of(self, kind: str, row: int) -> list[int]:
        """Months in which `kind` is due for a row: a look into each month, not through all that is due."""
        item = (self._order[kind], row)
        return [month for month, batch in self.by_month.items() if item in batch]

    def upcoming(self, row: int | None = None) -> list[Due]:
        """Everything still due, in order; for one row if given."""
        return sorted(
            Due(month, order, of, self.kinds[order])
            for month, batch in self.by_month.items()
            for order, of in batch
            if row is None or of == row
        )


class ModeTable(NamedTuple):
    """What rules need to know of each mode, one entry per mode in the order of `World.modes`."""

    reporting: F8
    capacity: F8
    driver: I8
    public_use: F8


EXAMPLES = 6
"""Compounds with a mode that are looked at as an example (prototype 4)."""


def _nearest_example(near: I8, row: int, began: int, mode: I8, mode_since: I8, x: F8, y: F8, satisfaction: F8) -> float:
    """How much more satisfied the nearest compounds among `near` are that came to a mode since `began`; at least 0."""
    away, seen, found = np.empty(EXAMPLES), np.empty(EXAMPLES), 0
    for other in near:
        if mode[other] > 0 and mode_since[other] > began:
            distance = (x[other] - x[row]) ** 2 + (y[other] - y[row]) ** 2
            if found == EXAMPLES and distance >= away[found - 1]:
                continue
            place = min(found, EXAMPLES - 1)
            found = place + 1
            while place > 0 and away[place - 1] > distance:
                away[place], seen[place] = away[place - 1], seen[place - 1]
                place -= 1
            away[place], seen[place] = distance, satisfaction[other]
    if found == 0:
        return 0.0
    return max(0.0, float(seen[:found].sum()) / found - float(satisfaction[row]))


nearest_example = compiled(_nearest_example)


@dataclass
class World:
    """Everything that a run changes.

    `month` counts from the campaign's first month; the spin-up has negative months.
    """

    scenario: Scenario
    streams: Streams
    households: Households
    stairwells: Stairwells
    compounds: Compounds
    firms: Firms
    party_members: PartyMembers
    modes: tuple[str, ...]
    mode_table: ModeTable
    agenda: Agenda
    month: int
    communities: int
    issues: IssueTable = field(default_factory=IssueTable)
    lines: list[tuple[int, str, int, str, float, str]] = field(default_factory=list)
    """The event log, as plain tuples: a run writes many, and the garbage collector passes over those."""

    def __post_init__(self) -> None:
        """Lay out what rules hand to one another within a month, and the rings of the last 12 months."""
        compounds = len(self.compounds)
        self.tally = Tally(compounds)
        self.ledger = Ledger(self.households, self.compounds, self.firms, self.tally)
        # Room for one compound, which rules fill anew for each; explain_household.py widens `scratch` to hold all.
        largest = int(self.compounds.households.max(initial=0))
        self.draws = np.empty((3, largest))
        self.scratch = np.empty(largest)
        self.dues = np.zeros(compounds, np.int64)
        self.vintage = np.zeros((6, 12, compounds))
        self.income = np.zeros((12, compounds))
        self.capacity = np.zeros((len(SETTLERS), compounds))
        self.found_rate = np.zeros(compounds)
        self.money = np.zeros((3, compounds))
        self.cohort = np.zeros((24, compounds))
        self.reports_by_month = np.zeros((24, compounds))
        self.settled_by_report = np.zeros((24, compounds))
        self.waits = np.zeros(61)
        self.programme_money = np.zeros(1)
        self.began = self.month
        self.community_size = np.bincount(self.compounds.community, minlength=self.communities).astype(float)
        self.tier_budget = np.zeros((3, self.communities))
        by_community = np.argsort(self.compounds.community, kind="stable")
        self._neighbours = np.split(by_community, np.cumsum(self.community_size.astype(int))[:-1])
        self._around: dict[int, I8] = {}
        self._terms: dict[type, Any] = {}
        self._levers = {name: float(value) for name, value in self.scenario.get_section("levers").items()}

    def terms[T: tuple[Any, ...]](self, kind: type[T], section: str) -> T:
        """The parameters of one rule, read once from the scenario."""
        known: T | None = self._terms.get(kind)
        if known is None:
            known = self._terms[kind] = self.scenario.fill(kind, section)
        return known

    def lever(self, name: str) -> float:
        """Grade of a lever: 0 is off."""
        return self._levers[name]

    def set_lever(self, name: str, grade: float) -> None:
        """Give a lever another grade; what it has put in place is for programmes.change_lever."""
        self._levers[name] = grade

    def flats(self, row: int) -> slice:
        """Household rows of one compound."""
        first = self.compounds.first.item(row)
        return slice(first, first + self.compounds.households.item(row))

    def neighbours(self, row: int) -> I8:
        """Rows of the compounds of the same community, this one among them."""
        return self._neighbours[self.compounds.community.item(row)]

    def around(self, row: int) -> I8:
        """Rows of the compounds of the same community and of the eight nearest to it, this one among them."""
        here = self.compounds.community.item(row)
        if here not in self._around:
            x, y = (
                np.bincount(self.compounds.community, at, self.communities) / np.maximum(1.0, self.community_size)
                for at in (self.compounds.x, self.compounds.y)
            )
            away = (x - x[here]) ** 2 + (y - y[here]) ** 2
            away[self.community_size == 0.0] = np.inf
            nearest = np.argsort(away, kind="stable")[:9]
            self._around[here] = np.concatenate([self._neighbours[place] for place in nearest])
        return self._around[here]

    def example(self, row: int) -> float:
        """How much more satisfied the six nearest compounds that came to a mode are than this one; 0 without any.

        What is next door is a matter of the map, so it does not end at the community's border (P20); six: prototype 4.
        Those whom a firm has always served are no example: they never had to start.
        """
        c = self.compounds
        return nearest_example(self.around(row), row, self.began, c.mode, c.mode_since, c.x, c.y, c.satisfaction)

    def log(self, kind: str, compound: int, subject: str = "", value: float = 0.0, note: str = "") -> None:
        """Write one line into the event log."""
        self.lines.append((self.month, kind, compound, subject, value, note))

    @property
    def events(self) -> list[Event]:
        """The event log so far: a new list at each call."""
        return [Event(*line) for line in self.lines]

    def state_arrays(self) -> dict[str, NDArray[Any]]:
        """State outside the tables that later months depend on, by name, in a fixed order."""
        return {
            name: getattr(self, name)
            for name in (
                "vintage",
                "income",
                "capacity",
                "reports_by_month",
                "settled_by_report",
                "programme_money",
                "tier_budget",
            )
        }
