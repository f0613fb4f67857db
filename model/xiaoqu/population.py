"""The district before anything happens: compounds, stairwells, flats and people from stated statistics or a ledger.

Every compound and household draws from streams keyed by its own stable id, so adding one leaves the others as they
were. Sizes are log-normal, infrastructure normal, frailty gamma; people differ by disposition (with a share common to
a compound: its history), income (log-normal), type of cooperator (Fischbacher et al. 2001), tenure and taste. Nothing
here sets an outcome: satisfaction, trust, habit and collection start at neutral values and are brought about by the
spin-up.

Sources: evidence 2.1 (sizes, areas, vacancy, tenancy), 2.2 (incomes), 2.5 (Party members), 2.8 (public revenue), T1.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from xiaoqu.kernels import compiled, exponential, inlined, logarithm
from xiaoqu.streams import Purpose, uniforms_of
from xiaoqu.world import ABSENT, OWNER, PARTY, TENANT, Compounds, Households, PartyMembers, Stairwells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xiaoqu.columns import B1, F4, F8, I4, I8, U1
    from xiaoqu.roster import RosterRow
    from xiaoqu.scenario import Scenario
    from xiaoqu.streams import Streams

FLATS_PER_STAIRWELL = 12


class PlaceTerms(NamedTuple):
    """Parameters of the section [places]."""

    compounds: int
    households: int
    size_median: float
    size_sigma: float
    size_least: int
    size_most: int
    compounds_per_community: int
    vacancy: float
    vacancy_spread: float
    tenancy: float
    party_share: float
    party_share_spread: float
    infrastructure: float
    infrastructure_spread: float
    flat_area: float
    flat_area_spread: float
    frailty_shape: float
    public_potential: float
    public_potential_spread: float
    repair_fund_share: float
    repair_fund_per_flat: float


class PeopleTerms(NamedTuple):
    """Parameters of the section [people]."""

    income_median: float
    income_sigma: float
    history_share: float
    taste_spread: float
    conditional: float
    free_rider: float
    hump: float
    unconditional: float
    initial_belief: float
    initial_habit: float
    initial_trust: float
    initial_satisfaction: float


class SteadyTerms(NamedTuple):
    """Terms of the payment logit that never change for a household (section [payment]); see month/payment.py."""

    disposition: float
    free_rider: float
    absence: float
    tenancy: float
    burden: float


def _normal(u: float) -> float:
    """Standard normal quantile of u in (0, 1): Acklam's rational approximation, relative error under 1.2e-9."""
    if u < 0.02425 or u > 0.97575:
        tail = min(u, 1.0 - u)
        q = math.sqrt(-2.0 * logarithm(tail))
        top = (
            (((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838) * q - 2.549732539343734) * q
            + 4.374664141464968
        ) * q + 2.938163982698783
        bottom = (
            ((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996) * q + 3.754408661907416
        ) * q + 1.0
        return top / bottom if u < 0.5 else -top / bottom
    q = u - 0.5
    r = q * q
    top = (
        (
            (((-3.969683028665376e01 * r + 2.209460984245205e02) * r - 2.759285104469687e02) * r + 1.383577518672690e02)
            * r
            - 3.066479806614716e01
        )
        * r
        + 2.506628277459239
    ) * q
    bottom = (
        (((-5.447609879822406e01 * r + 1.615858368580409e02) * r - 1.556989798598866e02) * r + 6.680131188771972e01) * r
        - 1.328068155288572e01
    ) * r + 1.0
    return top / bottom


normal = inlined(_normal)


def _people(
    p: PeopleTerms,
    s: SteadyTerms,
    k0: np.uint64,
    k1: np.uint64,
    first: I8,
    key: I8,
    first_stairwell: I8,
    stairwells: I8,
    stair_first: I8,
    stair_households: I8,
    history: F8,
    vacancy: F8,
    tenancy: F8,
    party_share: F8,
    mean_area: F8,
    area_spread: float,
    number: I4,
    compound: I4,
    stairwell: I4,
    area: I4,
    income: F4,
    disposition: F4,
    taste: F4,
    cooperator: U1,
    tenure: U1,
    roles: U1,
    steady: F4,
    occupied: I8,
    party: I8,
    total_area: I8,
) -> None:
    """Draw the people of every compound."""
    shared = math.sqrt(p.history_share)
    own = math.sqrt(1.0 - p.history_share)
    for c in range(first.shape[0]):
        for k in range(first_stairwell[c], first_stairwell[c] + stairwells[c]):
            for i in range(stair_first[k], stair_first[k] + stair_households[k]):
                n = i - first[c]
                number[i] = n
                compound[i] = c
                stairwell[i] = k
                u = uniforms_of(k0, k1, PEOPLE, 0, n, key[c], 0)
                v = uniforms_of(k0, k1, PEOPLE, 0, n, key[c], 1)
                z = shared * history[c] + own * normal(u[0])
                disposition[i] = z
                yuan = p.income_median * exponential(p.income_sigma * normal(u[1]))
                income[i] = yuan
                flat = min(220.0, max(25.0, mean_area[c] + area_spread * normal(u[2])))
                area[i] = int(flat * 100.0)
                taste[i] = min(1.0, max(-1.0, p.taste_spread * normal(u[3])))
                kind = 0
                if v[0] > p.conditional:
                    kind = 1
                if v[0] > p.conditional + p.free_rider:
                    kind = 2
                if v[0] > p.conditional + p.free_rider + p.hump:
                    kind = 3
                cooperator[i] = kind
                tenure[i] = 2 if v[1] < vacancy[c] else (1 if v[2] < tenancy[c] else 0)
                is_party = tenure[i] == 0 and v[3] < party_share[c]
                roles[i] = 1 if is_party else 0
                party[c] += 1 if is_party else 0
                occupied[c] += 1 if tenure[i] != 2 else 0
                total_area[c] += area[i]
                fixed = s.disposition * z - s.burden * logarithm(flat / yuan)
                if kind == 1:
                    fixed += s.free_rider
                if tenure[i] == 2:
                    fixed -= s.absence
                if tenure[i] == 1:
                    fixed -= s.tenancy
                steady[i] = fixed


PEOPLE = int(Purpose.PEOPLE)
settle_people = compiled(_people)


class Place(NamedTuple):
    """What is drawn or stated for one compound."""

    key: int
    name: str
    size: int
    community: int
    x: float
    y: float
    infrastructure: float
    frailty: float
    public_potential: float
    history: float
    vacancy: float
    tenancy: float
    party_share: float
    flat_area: float
    has_fund: bool
    rank: float
    managed: bool
    stairwells: int


def draw_places(scenario: Scenario, streams: Streams) -> list[Place]:
    """Draw the compounds, or take them from the scenario's ledger, completing what it leaves out."""
    p = scenario.fill(PlaceTerms, "places")
    roster = scenario.ledger
    rows: list[RosterRow | None] = list(roster) if roster else [None] * p.compounds
    places = [_draw_place(p, streams, key, row) for key, row in enumerate(rows)]
    if roster:
        return _as_neighbours(places, roster)
    places = _mark_managed(places, scenario["places.managed_share"], scenario["places.managed_size"])
    return _scale(places, p.households) if p.households > 0 else places


def _mark_managed(places: list[Place], share: float, larger: float) -> list[Place]:
    """Say which compounds a firm serves before the campaign: a stated share; they are larger by a stated factor."""
    order = np.argsort([place.rank for place in places], kind="stable")
    managed = set(order[: round(share * len(places))].tolist())
    return [
        place._replace(managed=True, size=int(larger * place.size)) if row in managed else place
        for row, place in enumerate(places)
    ]


def _even(spread: float, z: float) -> float:
    """A log-normal factor of mean 1 that spreads a share over compounds."""
    return exponential(spread * z - 0.5 * spread * spread)


def _draw_place(p: PlaceTerms, streams: Streams, key: int, row: RosterRow | None) -> Place:
    rng = streams.generator(Purpose.PLACES, 0, key)
    z = rng.standard_normal(6)
    frailty = rng.gamma(p.frailty_shape, 1.0 / p.frailty_shape)
    jitter = rng.uniform(-0.5, 0.5, 2)
    u = rng.uniform(size=3)
    community = key // p.compounds_per_community
    place = Place(
        key=key,
        name=f"{key + 1:03d}",
        size=int(min(p.size_most, max(p.size_least, p.size_median * exponential(p.size_sigma * z[0])))),
        community=community,
        x=float(2.0 * (community % 8) + 1.6 * jitter[0]),
        y=float(2.0 * (community // 8) + 1.6 * jitter[1]),
        infrastructure=float(min(0.95, max(0.05, p.infrastructure + p.infrastructure_spread * z[1]))),
        frailty=float(min(6.0, max(0.05, frailty))),
        public_potential=float(p.public_potential * exponential(p.public_potential_spread * z[2])),
        history=float(z[3]),
        vacancy=float(min(0.7, max(0.0, p.vacancy * _even(p.vacancy_spread, z[4])))),
        tenancy=p.tenancy,
        party_share=float(min(0.6, p.party_share * _even(p.party_share_spread, z[5]))),
        flat_area=p.flat_area,
        has_fund=bool(u[0] < p.repair_fund_share),
        rank=float(u[1]),
        managed=False,
        stairwells=0,
    )
    return place if row is None else _from_roster(place, row)


def _from_roster(place: Place, row: RosterRow) -> Place:
    """What the ledger states takes the place of what was drawn."""
    stated: dict[str, Any] = {
        "name": row.name,
        "size": row.households,
        "vacancy": row.vacancy,
        "tenancy": row.tenancy,
        "infrastructure": row.infrastructure,
        "flat_area": row.flat_area_m2,
        "party_share": row.party_households / row.households if row.party_households is not None else None,
        "x": row.x,
        "y": row.y,
        "managed": row.mode == "property_company",
        "stairwells": min(row.stairwells, row.households) if row.stairwells else None,
    }
    return place._replace(**{name: value for name, value in stated.items() if value is not None})


def _as_neighbours(places: list[Place], roster: Sequence[RosterRow]) -> list[Place]:
    """Communities as the ledger names them (its adjacent groups where it names no community), else as drawn."""
    named = [row.community or row.adjacent_group for row in roster]
    if not any(named):
        return places
    order = {name: number for number, name in enumerate(dict.fromkeys(named))}
    return [place._replace(community=order[name]) for place, name in zip(places, named, strict=True)]


def _scale(places: list[Place], households: int) -> list[Place]:
    """Stretch sizes so that they add up to the stated number of households exactly (largest remainders)."""
    sizes = np.array([place.size for place in places], dtype=float)
    wanted = np.maximum(4.0, sizes * households / sizes.sum())
    for _ in range(50):  # the floor of four flats takes a little from the others
        wanted = np.maximum(4.0, wanted * households / wanted.sum())
    whole = np.floor(wanted).astype(int)
    short = households - int(whole.sum())
    order = np.argsort(-(wanted - whole), kind="stable")
    whole[order[: max(0, short)]] += 1
    return [place._replace(size=int(size)) for place, size in zip(places, whole, strict=True)]


class Residents(NamedTuple):
    """The place and its people as tables."""

    households: Households
    stairwells: Stairwells
    compounds: Compounds
    party_members: PartyMembers
    communities: int


def populate(scenario: Scenario, streams: Streams, places: list[Place]) -> Residents:
    """Build the tables of places and people."""
    p = scenario.fill(PlaceTerms, "places")
    people = scenario.fill(PeopleTerms, "people")
    sizes = np.array([place.size for place in places], dtype=np.int64)
    compounds = Compounds(len(places))
    compounds.key[:] = [place.key for place in places]
    communities = np.unique([place.community for place in places], return_inverse=True)
    compounds.community[:] = communities[1]
    compounds.households[:] = sizes
    compounds.first[:] = np.cumsum(sizes) - sizes
    stated = np.array([place.stairwells for place in places])
    compounds.stairwells[:] = np.where(stated > 0, stated, np.maximum(1, np.rint(sizes / FLATS_PER_STAIRWELL)))
    compounds.first_stairwell[:] = np.cumsum(compounds.stairwells) - compounds.stairwells
    for name in ("x", "y", "infrastructure", "frailty", "public_potential"):
        getattr(compounds, name)[:] = [getattr(place, name) for place in places]

    stairwells = Stairwells(int(compounds.stairwells.sum()))
    stairwells.compound[:] = np.repeat(np.arange(len(places)), compounds.stairwells)
    position = np.arange(len(stairwells)) - compounds.first_stairwell[stairwells.compound]
    share, rest = np.divmod(sizes, compounds.stairwells)
    stairwells.households[:] = share[stairwells.compound] + (position < rest[stairwells.compound])
    stairwells.first[:] = np.cumsum(stairwells.households) - stairwells.households

    def as_array(name: str) -> F8:
        return np.array([getattr(place, name) for place in places], dtype=float)

    households = Households(int(sizes.sum()))
    households.belief[:] = people.initial_belief
    households.habit[:] = people.initial_habit
    households.trust[:] = people.initial_trust
    households.satisfaction[:] = people.initial_satisfaction
    settle_people(
        people,
        scenario.fill(SteadyTerms, "payment"),
        *streams.key,
        compounds.first,
        compounds.key,
        compounds.first_stairwell,
        compounds.stairwells,
        stairwells.first,
        stairwells.households,
        as_array("history"),
        as_array("vacancy"),
        as_array("tenancy"),
        as_array("party_share"),
        as_array("flat_area"),
        p.flat_area_spread,
        households.number,
        households.compound,
        households.stairwell,
        households.area,
        households.income,
        households.disposition,
        households.taste,
        households.cooperator,
        households.tenure,
        households.roles,
        households.steady,
        compounds.occupied,
        compounds.party,
        compounds.area,
    )
    concerned = np.array([scenario["campaign.covers"] == "all" or not place.managed for place in places])
    members = enrol_members(scenario, streams, households, compounds, concerned)
    return Residents(households, stairwells, compounds, members, len(communities[0]))


_ARRIVALS = 32_768
"""In-service members of a compound are numbered from here; no compound has as many flats."""


def enrol_members(
    scenario: Scenario, streams: Streams, households: Households, compounds: Compounds, concerned: B1
) -> PartyMembers:
    """One resident member per Party household, and in-service members who report in to compounds of the campaign."""
    homes = np.flatnonzero(households.roles & PARTY)
    reporting = scenario["levers.in_service_members"] * scenario["programmes.in_service_members"]
    shares = reporting * concerned * compounds.households / max(1.0, compounds.households.mean())
    arrivals = np.floor(shares + 0.5).astype(np.int64)
    compounds.reporting[:] = arrivals
    members = PartyMembers(len(homes) + int(arrivals.sum()))
    members.household[: len(homes)] = homes
    members.compound[: len(homes)] = households.compound[homes]
    members.compound[len(homes) :] = np.repeat(np.arange(len(compounds)), arrivals)
    # Numbered by compound and place in it, so that a flat more elsewhere changes nobody: residents by their flat.
    number = np.arange(len(members)) - len(homes) + _ARRIVALS
    number[: len(homes)] = homes - compounds.first[members.compound[: len(homes)]]
    number[len(homes) :] -= np.repeat(np.cumsum(arrivals) - arrivals, arrivals)
    luck = streams.uniforms(Purpose.ROLES, 0, number + 2 * _ARRIVALS * compounds.key[members.compound])
    retired, young = scenario["people.retired_members"], scenario["people.new_economy_members"]
    members.kind[: len(homes)] = np.where(luck[: len(homes)] < retired, 0, 1)
    members.kind[len(homes) :] = np.where(luck[len(homes) :] < young, 2, 1)
    return members


assert (OWNER, TENANT, ABSENT) == (0, 1, 2)  # noqa: S101 - the codes in the kernel above
