"""Problems arise, are reported or stay latent.

A flat that is lived in has a problem in a month with probability

    rate x frailty x (1 + rate_infrastructure (0.4 - infrastructure))
         x (1 + rate_quality (0.5 - quality)) x (1 + rate_responsiveness (0.5 - responsiveness))

where frailty differs between compounds as a gamma variable (complaints are heavy-tailed: P17). The three factors are
1 near infrastructure 0.4, quality 0.5, responsiveness 0.5. A problem is private, small or large. It is reported at
once with probability

    1 - (1 - channels x (1/2 + trust)) x (1 - chief x [a neighbour chief in the stairwell])

where channels adds up the hotline, service points and what the mode's own body hears. Otherwise it stays latent: it
annoys once, and patrols may find it later (month/response.py). What is recorded is a property of the channel, not of
the compound (P18).

Reads: compound place, quality, responsiveness, mode; household tenure, trust. Writes: the issue table; tally
problems. Sources: P17, P18, evidence 2.9 (hotline 1.7-2.9 per 1,000 flats a month); rates from the cases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xiaoqu.kernels import compiled, plain
from xiaoqu.streams import Purpose, fill_compound

if TYPE_CHECKING:
    from xiaoqu.columns import F4, F8, I4, I8, U1
    from xiaoqu.world import World

PRIVATE, SMALL, LARGE = 0, 1, 2
VACANT = 2
DRAWS = int(Purpose.PROBLEMS)


class ProblemTerms(NamedTuple):
    """Parameters of the section [problems]."""

    rate: float
    share_private: float
    share_large: float
    hotline: float
    chief: float
    service_points: float
    annoyance: float
    rate_infrastructure: float
    rate_quality: float
    rate_responsiveness: float


def _problems(
    p: ProblemTerms,
    c: int,
    found: int,
    first: I8,
    households: I8,
    frailty: F8,
    infrastructure: F8,
    quality: F8,
    responsiveness: F8,
    channel: F8,
    tenure: U1,
    trust: F4,
    stairwell: I4,
    has_chief: U1,
    draws: F8,
    own_matters: F4,
    who: I4,
    kind: U1,
    reported: U1,
    problems: F8,
    reports: F8,
) -> int:
    """Write household row, kind and reported flag of each new problem of compound c behind the `found` before it.

    Returns how many there are now. `draws` (3, flats) are those of this compound.
    """
    rate = p.rate * frailty[c]
    rate *= max(0.0, 1.0 + 0.4 * p.rate_infrastructure - p.rate_infrastructure * infrastructure[c])
    rate *= max(0.0, 1.0 + 0.5 * p.rate_quality - p.rate_quality * quality[c])
    rate *= max(0.0, 1.0 + 0.5 * p.rate_responsiveness - p.rate_responsiveness * responsiveness[c])
    lo, hi = first[c], first[c] + households[c]
    arises = draws[0]
    before = found
    for i in range(hi - lo):
        # Rare, so the test comes first: the rest of the row is only looked at where something happened.
        if arises[i] < rate and tenure[lo + i] != VACANT:
            row = lo + i
            u = draws[1, i]
            who[found] = row
            kind[found] = PRIVATE if u < p.share_private else (LARGE if u > 1.0 - p.share_large else SMALL)
            quiet = 1.0 - min(1.0, channel[c] * (0.5 + np.float64(trust[row])))
            if has_chief[stairwell[row]]:
                quiet *= 1.0 - p.chief
            heard = draws[2, i] > quiet
            reported[found] = heard
            reports[c] += heard
            if not heard:
                own_matters[row] = max(-1.0, np.float64(own_matters[row]) - p.annoyance)
            found += 1
    problems[c] += found - before
    return found


problems_arise = compiled(_problems)


def _everywhere(
    p: ProblemTerms,
    k0: np.uint64,
    k1: np.uint64,
    month: int,
    key: I8,
    number: I4,
    first: I8,
    households: I8,
    frailty: F8,
    infrastructure: F8,
    quality: F8,
    responsiveness: F8,
    channel: F8,
    tenure: U1,
    trust: F4,
    stairwell: I4,
    has_chief: U1,
    draws: F8,
    own_matters: F4,
    who: I4,
    kind: U1,
    reported: U1,
    problems: F8,
    reports: F8,
) -> int:
    """Draw for one compound after the other; return how many new problems there are."""
    p = ProblemTerms(*p)
    found = 0
    for c in range(key.shape[0]):
        rows = slice(first[c], first[c] + households[c])
        fill_compound(k0, k1, DRAWS, month, key[c], number[rows], draws)
        found = problems_arise(
            p,
            c,
            found,
            first,
            households,
            frailty,
            infrastructure,
            quality,
            responsiveness,
            channel,
            tenure,
            trust,
            stairwell,
            has_chief,
            draws,
            own_matters,
            who,
            kind,
            reported,
            problems,
            reports,
        )
    return found


problems_everywhere = compiled(_everywhere)


def run(world: World) -> None:
    """Let this month's problems arise."""
    compounds, households = world.compounds, world.households
    p = world.terms(ProblemTerms, "problems")
    channel = p.hotline + world.mode_table.reporting[compounds.mode]
    channel += p.service_points * world.lever("services_close_by") * compounds.covered
    who, kind, reported = world.issues.buffers(len(households))
    count = problems_everywhere(
        plain(p),
        *world.streams.key,
        world.month,
        compounds.key,
        households.number,
        compounds.first,
        compounds.households,
        compounds.frailty,
        compounds.infrastructure,
        compounds.quality,
        compounds.responsiveness,
        channel,
        households.tenure,
        households.trust,
        households.stairwell,
        world.stairwells.chief,
        world.draws,
        households.own_matters,
        who,
        kind,
        reported,
        world.tally.problems,
        world.tally.reported,
    )
    world.issues.open_new(world.month, count, households.compound)
