"""Households judge: satisfaction and trust.

    satisfaction moves by `rate` towards  w_service q + w_infrastructure I + w_responsiveness R + w_cohesion K
                                          + w_own x own matters + taste
    trust moves towards  s = w_satisfaction S + open x [accounts published] + w_ties K
                             - leak x (share of public revenue that is seen to vanish)
    by `up` of the gap when s is higher and by `down` when it is lower; down >= 2 up (T11, Slovic 1993).

Of own matters the share `fade` remains after a month. Supervision and cross-appointment act through service and
effort, not on trust. Reads: compound quality, infrastructure, responsiveness, cohesion, published, leak. Writes:
household satisfaction, trust, own_matters, fatigue; compound means. Sources: T11, P2, P11, P28; weights: assumption
(prototype 4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xiaoqu.kernels import compiled, plain

if TYPE_CHECKING:
    from xiaoqu.columns import F4, F8, I8, U1
    from xiaoqu.world import World

VACANT = 2
FINE = 16777216.0
"""Means are summed in units of 2**-24, the precision of a column."""


class JudgementTerms(NamedTuple):
    """Parameters of the section [judgement]."""

    rate: float
    w_service: float
    w_infrastructure: float
    w_responsiveness: float
    w_cohesion: float
    w_own: float
    fade: float
    w_satisfaction: float
    w_open: float
    w_ties: float
    w_leak: float
    up: float
    down: float
    low_satisfaction: float
    visit_memory: float


def _judge(
    p: JudgementTerms,
    first: I8,
    households: I8,
    occupied: I8,
    quality: F8,
    infrastructure: F8,
    responsiveness: F8,
    cohesion: F8,
    published: F8,
    leak: F8,
    tenure: U1,
    taste: F4,
    own_matters: F4,
    fatigue: F4,
    satisfaction: F4,
    trust: F4,
    mean_satisfaction: F8,
    mean_trust: F8,
    dissatisfied: F8,
) -> None:
    """Move satisfaction and trust of every household; write the means over occupied flats."""
    p = JudgementTerms(*p)
    for c in range(first.shape[0]):
        seen = (
            p.w_service * quality[c]
            + p.w_infrastructure * infrastructure[c]
            + p.w_responsiveness * responsiveness[c]
            + p.w_cohesion * cohesion[c]
        )
        merit = p.w_open * published[c] + p.w_ties * cohesion[c] - p.w_leak * leak[c]
        lo, hi = first[c], first[c] + households[c]
        s, t, own, easy, tired, where = (
            satisfaction[lo:hi],
            trust[lo:hi],
            own_matters[lo:hi],
            taste[lo:hi],
            fatigue[lo:hi],
            tenure[lo:hi],
        )
        for i in range(hi - lo):
            target = min(1.0, max(0.0, seen + p.w_own * np.float64(own[i]) + np.float64(easy[i])))
            s[i] += p.rate * (target - np.float64(s[i]))
            gap = min(1.0, max(0.0, p.w_satisfaction * np.float64(s[i]) + merit)) - np.float64(t[i])
            t[i] += (p.up if gap > 0.0 else p.down) * gap
        for i in range(hi - lo):
            own[i] = np.float64(own[i]) * p.fade
            tired[i] = np.float64(tired[i]) * p.visit_memory
        # Whole-number sums vectorise and do not depend on the order of rows.
        total_s, total_t, low = 0, 0, 0
        for i in range(hi - lo):
            here = where[i] != VACANT
            total_s += int(np.int32(s[i] * FINE)) if here else 0
            total_t += int(np.int32(t[i] * FINE)) if here else 0
            low += 1 if here & (np.float64(s[i]) < p.low_satisfaction) else 0
        lived_in = max(1.0, float(occupied[c]))
        mean_satisfaction[c] = total_s / FINE / lived_in
        mean_trust[c] = total_t / FINE / lived_in
        dissatisfied[c] = low / lived_in


judge = compiled(_judge)


def run(world: World) -> None:
    """Let every household judge the month."""
    compounds, households = world.compounds, world.households
    judge(
        plain(world.terms(JudgementTerms, "judgement")),
        compounds.first,
        compounds.households,
        compounds.occupied,
        compounds.quality,
        compounds.infrastructure,
        compounds.responsiveness,
        compounds.cohesion,
        compounds.published,
        compounds.leak,
        households.tenure,
        households.taste,
        households.own_matters,
        households.fatigue,
        households.satisfaction,
        households.trust,
        compounds.satisfaction,
        compounds.trust,
        compounds.dissatisfied,
    )
