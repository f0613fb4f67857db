"""Who stands for a committee, who volunteers for a council: a door-to-door question to resident owners.

    logit = willing + civic z + member [Party household] + mobilised (M + trustee [held in trust])
            + ties (cohesion - 1/2)
with `willing` lower for a council's daily work than for a seat. Source: evidence 2.5-2.6; levels calibrated
(prototype 4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xiaoqu.governance.assembly import mobilisation
from xiaoqu.kernels import compiled, logistic
from xiaoqu.streams import Purpose, uniforms_of

if TYPE_CHECKING:
    from xiaoqu.columns import F4, I4, I8, U1
    from xiaoqu.district import District


class WillingTerms(NamedTuple):
    """Parameters of the section [willing]."""

    seat: float
    duty: float
    civic: float
    member: float
    mobilised: float
    ties: float
    trustee: float


def _ask(
    k0: np.uint64,
    k1: np.uint64,
    purpose: int,
    month: int,
    key: int,
    base: float,
    civic: float,
    member: float,
    rows: tuple[int, int],
    number: I4,
    tenure: U1,
    roles: U1,
    disposition: F4,
) -> I8:
    """Return the household rows, of those from the first of `rows` up to the second, that say yes."""
    willing, count = np.empty(rows[1] - rows[0], np.int64), 0
    for i in range(rows[0], rows[1]):
        x = base + civic * np.float64(disposition[i]) + member * float(roles[i] & 1)
        says_yes = tenure[i] == 0 and uniforms_of(k0, k1, purpose, month, number[i], key, 0)[0] < logistic(x)
        willing[count] = i
        count += 1 if says_yes else 0
    return willing[:count]


ask = compiled(_ask)


def willing_households(district: District, row: int, purpose: Purpose) -> I8:
    """Household rows of one compound that would stand (CANDIDATES) or volunteer (VOLUNTEERS), in order of rows."""
    world = district.world
    compounds, households = world.compounds, world.households
    p = world.terms(WillingTerms, "willing")
    rows = world.flats(row)
    base = p.seat if purpose is Purpose.CANDIDATES else p.duty
    called = mobilisation(district, row) + p.trustee * compounds.trustee.item(row)
    base += p.mobilised * called + p.ties * (compounds.cohesion.item(row) - 0.5)
    return ask(
        *world.streams.key,
        int(purpose),
        world.month,
        compounds.key.item(row),
        base,
        p.civic,
        p.member,
        (rows.start, rows.stop),
        households.number,
        households.tenure,
        households.roles,
        households.disposition,
    )


def most_civic_first(district: District, found: I8) -> I8:
    """The same households, those of the strongest civic disposition first."""
    households = district.world.households
    order = np.lexsort((households.number[found], -households.disposition[found]))
    return found[order]
