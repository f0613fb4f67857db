"""Service follows from money and hours; the crew follows from revenue.

The money that reaches the compound and the volunteers' hours are measured against what its size needs:

    r  = (spending x efficiency x (1 - shirk) + hours x wage) / (need_fixed + need_household x N) + base
    q* = (floor + (1 - floor) infrastructure) x (1 - e^(-k r)) / (1 - e^-k), at most 1.05    (nearly linear: k = 0.7)
    quality moves towards q* by `rate` of the gap each month.

A firm plans its crew for 80 % collection and serves to standard during a honeymoon; afterwards it cuts the crew, at
most `cut` a month, towards what its yearly income pays for, never below the floor crew, and restores it at the same
pace (P1, P4, P13). A committee or council spends a part of what it takes in, and of what it has saved, up to the
standard. Where nobody is in charge the street does so with the sanitation charge.

Infrastructure wears and is mended by what is spent on repairs (settlement) and by programmes.

Reads: income, account, crew floor, volunteers. Writes: crew, spending, quality, infrastructure.
Sources: evidence 2.7 (floor crew 8,300 yuan, 80 % rule), P1, P4, P13; k, rates: assumption (prototype 4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from xiaoqu.kernels import compiled, exponential, plain

if TYPE_CHECKING:
    from xiaoqu.columns import F8, I8
    from xiaoqu.world import World


class ServiceTerms(NamedTuple):
    """Parameters of the section [service]."""

    rate: float
    curvature: float
    need_fixed: float
    need_household: float
    base: float
    volunteer_hours: float
    volunteer_wage: float
    honeymoon: float
    cut: float
    margin: float
    reserve_months: float
    wear: float
    shirking: float
    shirking_watched: float
    shirking_rate: float
    spend: float
    infrastructure_floor: float


def _serve(
    p: ServiceTerms,
    month: int,
    households: I8,
    firm: I8,
    mode_since: I8,
    income_yearly: F8,
    account: I8,
    standard_cost: F8,
    crew_floor: F8,
    efficiency: F8,
    greed: F8,
    supervised: F8,
    subsidy: F8,
    volunteers: F8,
    extra_hours: F8,
    public_charge: F8,
    infrastructure: F8,
    crew: F8,
    shirk: F8,
    spending: F8,
    quality: F8,
    hours: F8,
) -> None:
    """Set this month's crew and spending (yuan) and move quality towards what they afford."""
    p = ServiceTerms(*p)
    full = 1.0 - exponential(-p.curvature)
    for c in range(households.shape[0]):
        settled_in = month - mode_since[c]
        monthly = income_yearly[c] / 12.0
        if firm[c] >= 0:
            if settled_in > p.honeymoon:
                affordable = (p.margin * monthly + subsidy[c]) / max(1.0, standard_cost[c])
                step = min(p.cut, max(-p.cut, min(1.0, affordable) - crew[c]))
                crew[c] = max(crew_floor[c], crew[c] + step)
            corner = p.shirking * greed[c] * (1.0 - p.shirking_watched * supervised[c])
            shirk[c] = min(0.3, max(0.0, shirk[c] + p.shirking_rate * (corner - shirk[c])))
            spending[c] = crew[c] * standard_cost[c]
        else:
            spare = max(0.0, account[c] * 0.01) / p.reserve_months
            spending[c] = min(standard_cost[c], monthly * p.spend + spare) + subsidy[c] + public_charge[c]
            crew[c] = min(1.0, spending[c] / max(1.0, standard_cost[c]))
            shirk[c] = 0.0
        worked = volunteers[c] * p.volunteer_hours + extra_hours[c]
        hours[c] += worked
        need = p.need_fixed + p.need_household * households[c]
        r = (spending[c] * efficiency[c] * (1.0 - shirk[c]) + worked * p.volunteer_wage) / need + p.base
        place = p.infrastructure_floor + (1.0 - p.infrastructure_floor) * infrastructure[c]
        target = min(1.05, place * (1.0 - exponential(-p.curvature * r)) / full)
        quality[c] += p.rate * (target - quality[c])
        infrastructure[c] -= p.wear * infrastructure[c]


serve = compiled(_serve)


def run(world: World) -> None:
    """Serve every compound for a month."""
    compounds = world.compounds
    serve(
        plain(world.terms(ServiceTerms, "service")),
        world.month,
        compounds.households,
        compounds.firm,
        compounds.mode_since,
        compounds.income_yearly,
        compounds.account,
        compounds.standard_cost,
        compounds.crew_floor,
        compounds.efficiency,
        compounds.greed,
        compounds.supervised,
        compounds.subsidy,
        compounds.volunteers,
        compounds.extra_hours,
        compounds.public_charge,
        compounds.infrastructure,
        compounds.crew,
        compounds.shirk,
        compounds.spending,
        compounds.quality,
        world.tally.volunteer_hours,
    )
