"""Small districts as a hypothesis strategy: any mixture of levers."""

from __future__ import annotations

from hypothesis import strategies as st

from xiaoqu import District, load_scenario
from xiaoqu.levers import all_levers

LEVERS = tuple(lever.key for lever in all_levers())
EXTREME = {
    "problems.rate": (0.0, 0.5),
    "payment.base": (-6.0, 6.0),
    "payment.visit": (-3.0, 3.0),
    "judgement.rate": (0.0, 1.0),
    "judgement.down": (0.0, 1.0),
    "takeover.trust": (0.0, 1.0),
    "organisation.quit": (0.0, 1.0),
    "service.shirking": (0.0, 1.0),
    "places.vacancy": (0.0, 0.7),
    "places.managed_share": (0.0, 1.0),
    "places.committee_share": (0.0, 1.0),
    "campaign.pace": (0.1, 1.0),
    "response.triage_gain": (-0.5, 1.0),
    "response.praise": (0.0, 1.0),
    "response.blame": (0.0, 1.0),
    "problems.annoyance": (0.0, 1.0),
}
"""Parameters that a district is tried with anywhere between these bounds."""


@st.composite
def overrides(draw: st.DrawFn) -> dict[str, object]:
    """Two to six compounds, any levers at any grade, some parameters far from their defaults."""
    compounds = draw(st.integers(2, 6))
    chosen: dict[str, object] = {
        "places.compounds": compounds,
        "places.households": draw(st.integers(30 * compounds, 60 * compounds)),
        "calendar.spin_up": 12,
        "campaign.months": draw(st.integers(0, 12)),
        "campaign.covers": draw(st.sampled_from(["unmanaged", "all"])),
    }
    for key in draw(st.sets(st.sampled_from(LEVERS), max_size=12)):
        chosen[key] = draw(st.sampled_from([0.5, 1.0, 2.0]))
    for key in draw(st.sets(st.sampled_from(sorted(EXTREME)), max_size=4)):
        low, high = EXTREME[key]
        chosen[key] = draw(st.floats(low, high))
    return chosen


@st.composite
def districts(draw: st.DrawFn) -> District:
    """A small district at month 0."""
    return District(load_scenario("baseline", draw(overrides())), rng=draw(st.integers(0, 2**32)))
