"""Shared hypothesis strategies: small districts with any mixture of levers, extreme parameters and beginnings; ballots.

Everything drawn is something that a user may ask for: `load_scenario` accepts it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

from hypothesis import strategies as st

from xiaoqu import District, load_scenario
from xiaoqu.governance.law import Count, Matter
from xiaoqu.levers import all_levers

if TYPE_CHECKING:
    from xiaoqu.governance.assembly import Proposal
    from xiaoqu.scenario import Scenario

BASELINE = load_scenario("baseline")
LEVERS = tuple(lever.key for lever in all_levers())
MODES = ("property_company", "committee", "council")
ALL_LEVERS = dict.fromkeys(LEVERS, 1.0)

# Places and calendar decide how large and long a run is; initial modes have a strategy of their own.
_FIXED = ("calendar.", "levers.", "modes.initial", "modes.allowed", "places.compounds", "places.households")
_SIZES = ("places.size_", "places.managed_size")


def _ranges() -> dict[str, tuple[float, float] | tuple[int, int]]:
    """Every numeric parameter that a district can be tried with, and its bounds: a share is never set above 1."""
    found: dict[str, Any] = {}
    for key, entry in BASELINE.baseline.entries.items():
        low, high = entry.bounds
        free = not (entry.group or entry.at_most or key.startswith((*_FIXED, *_SIZES)))
        if free and type(entry.value) in (int, float) and low is not None and high is not None:
            kind: Any = type(entry.value)
            found[key] = (kind(low), kind(min(high, 1.0) if entry.unit == "share" else high))
    return found


RANGES = _ranges()
"""Bounds by key, as declared in the baseline."""


@st.composite
def parameters(draw: st.DrawFn, most: int = 6) -> dict[str, object]:
    """Some parameters anywhere within their declared bounds, the bounds themselves among them."""
    chosen: dict[str, object] = {}
    for key in draw(st.sets(st.sampled_from(sorted(RANGES)), max_size=most)):
        low, high = RANGES[key]
        if isinstance(low, int) and isinstance(high, int):
            chosen[key] = draw(st.sampled_from([low, high]) | st.integers(low, high))
        else:
            chosen[key] = draw(st.sampled_from([low, high]) | st.floats(low, high))
    return chosen


@st.composite
def levers(draw: st.DrawFn) -> dict[str, object]:
    """Any levers at any grade; each fourth time all of them, so that mechanisms meet."""
    if draw(st.integers(0, 3)) == 0:
        return dict(ALL_LEVERS)
    grades = st.sampled_from([0.0, 0.5, 1.0, 3.0])
    return dict(draw(st.dictionaries(st.sampled_from(LEVERS), grades, max_size=14)))


@st.composite
def beginnings(draw: st.DrawFn) -> dict[str, object]:
    """Who is there before the campaign, what may be adopted, and whom the campaign is for."""
    allowed = draw(st.lists(st.sampled_from(MODES), unique=True, max_size=3))
    return {
        "places.managed_share": draw(st.sampled_from([0.0, 0.4, 1.0])),
        "places.committee_share": draw(st.sampled_from([0.0, 0.5, 1.0])),
        "modes.allowed": ["unmanaged", *allowed],
        "modes.initial": draw(st.sampled_from(["unmanaged", *allowed])),
        "campaign.covers": draw(st.sampled_from(["unmanaged", "all"])),
        "campaign.months": draw(st.integers(0, 18)),
        "campaign.pace": draw(st.sampled_from([0.1, 0.5, 1.0])),
    }


@st.composite
def overrides(draw: st.DrawFn, extreme: bool = True) -> dict[str, object]:
    """Two to six compounds of 30-300 households in all, any levers, any beginning, some parameters far from usual."""
    compounds = draw(st.integers(2, 6))
    chosen: dict[str, object] = {
        "places.compounds": compounds,
        "places.households": draw(st.integers(30, 300)),
        "places.compounds_per_community": draw(st.integers(1, 6)),
        "calendar.spin_up": 12,
    }
    chosen |= draw(levers()) | draw(beginnings())
    return (draw(parameters()) | chosen) if extreme else chosen


def scenarios(extreme: bool = True) -> st.SearchStrategy[Scenario]:
    """Small scenarios over the baseline."""
    return overrides(extreme).map(BASELINE.with_overrides)


seeds = st.integers(0, 2**64 - 1)
months = st.integers(1, 18)


@st.composite
def districts(draw: st.DrawFn, extreme: bool = True) -> District:
    """A small district at month 0."""
    return District(draw(scenarios(extreme)), rng=draw(seeds))


SMALL: dict[str, object] = {
    "places.compounds": 4,
    "places.households": 240,
    "places.compounds_per_community": 2,
    "calendar.spin_up": 12,
    "campaign.pace": 1.0,
}
"""A district for properties that need a known one."""


def small(seed: int = 1, **more: object) -> District:
    """A known small district; keys are written with a double underscore: `small(payment__base=1.0)`."""
    stated = {key.replace("__", "."): value for key, value in more.items()}
    return District(BASELINE.with_overrides(SMALL | stated), rng=seed)


def breaches(district: District) -> list[str]:
    """Every declared bound that some row breaks."""
    world = district.world
    tables = (world.households, world.stairwells, world.compounds, world.firms, world.party_members)
    found = [line for table in tables for line in table.check()]
    issues, count = world.issues.columns, world.issues.count
    for name, column in issues.columns.items():
        found += [f"{name}: {rule}" for rule, _ in column.broken_rules(getattr(issues, name)[:count])]
    return found


def set_terms(district: District, terms: type[tuple[Any, ...]], section: str, **values: float) -> None:
    """Give one rule of a built district other parameters, even such as no scenario allows."""
    world = district.world
    world._terms[terms] = cast("Any", world.terms(terms, section))._replace(**values)


def put_to_vote(district: District, row: int) -> Proposal:
    """What the last assembly of a compound was about."""
    held = district.compound(row).last_assembly
    assert held is not None, "no assembly was held"
    return held[1]


def _near(draw: st.DrawFn, share: Fraction, whole: int) -> int:
    """A number beside share × whole, or any other: k-1, k, k+1 are where a wrong inequality shows."""
    edge = -(-share.numerator * whole // share.denominator)
    value = draw(st.sampled_from([edge - 1, edge, edge + 1]) | st.integers(0, whole))
    return min(whole, max(0, value))


@st.composite
def ballots(draw: st.DrawFn) -> tuple[Matter, Count]:
    """A ballot on any matter, each of its four margins around a threshold of art. 278 more often than not."""
    heads, area = draw(st.integers(1, 60)), draw(st.integers(1, 6000))
    two_thirds = Fraction(2, 3)
    heads_part, area_part = _near(draw, two_thirds, heads), _near(draw, two_thirds, area)
    share = draw(st.sampled_from([Fraction(1, 2), Fraction(3, 4)]))
    heads_yes, area_yes = _near(draw, share, heads_part), _near(draw, share, area_part)
    return draw(st.sampled_from(Matter)), Count(heads, area, heads_part, area_part, heads_yes, area_yes)
