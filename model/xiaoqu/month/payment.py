"""Households pay their dues, or do not. The rule on one screen:

    logit P =  base
             + disposition z + [free rider]                            civic disposition and type (T1)   } steady,
             - absence [vacant] - tenancy [tenant] - burden ln(...)    absence, weak burden (P6)         } precomputed
             + peers m (belief - 1/2)       what others are thought to do, by type (T1, T2, P7)
             + service (satisfaction - 1/2) quasi-voluntary compliance (T3, P28)
             + trust (trust - 1/2)          (T3, T4)
             + habit (habit - 1/2)          the strongest single term (T3, P6)
             + visit [called on] / (1 + fatigue)           door to door (P9)
             + party [Party household] (0.4 + branch) (1/4 + 3/4 novelty)
             + lead [a Party household of the stairwell paid] novelty min(1, 0.4 + branch)      (H6, T13, P8)
             + sanction x suits a month     a firm or committee may sue, a council can only persuade
             - refusal [organised refusal and satisfaction < 1/2]                               (T9, T10)

novelty = e^(-months since the announcement / lead_life). Party households decide first, the others see them.
At a bill each flat pays with P; an unpaid bill is paid later with late x P when called on, remind x P otherwise, and is
credited to its own bill. Whoever pays a bill also clears old arrears with probability `clear`.

Habit moves towards paid or not, belief towards what is seen over the occupied flats of the stairwell (0.5), the compound
(0.4) and the notice board (0.1; closed accounts breed suspicion), both per month elapsed, not per bill.

Reads: household and compound columns above, draws. Writes: paid, bill, arrears, purse, habit, belief, fatigue; amounts in fen.
Source: T1-T4, T13, P6-P9; coefficients: prototype 4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from xiaoqu.kernels import compiled, exponential, inlined, logarithm, logistic
from xiaoqu.streams import Purpose

if TYPE_CHECKING:
    from xiaoqu.columns import F4, F8, I4, I8, U1
    from xiaoqu.world import World

VACANT = 2
IS_PARTY = 1


class PaymentTerms(NamedTuple):
    """Parameters of the section [payment], logits unless said otherwise."""

    base: float
    disposition: float
    free_rider: float
    absence: float
    tenancy: float
    burden: float
    peers: float
    peers_conditional: float
    peers_free_rider: float
    peers_hump: float
    peers_unconditional: float
    service: float
    trust: float
    habit: float
    visit: float
    party: float
    lead: float
    lead_life: float
    sanction: float
    refusal: float
    late: float
    remind: float
    clear: float
    habit_months: float
    belief_months: float
    weight_stairwell: float
    weight_compound: float
    weight_board: float
    suspicion: float


class CompoundMood(NamedTuple):
    """What all households of a compound share this month, in logits where not said otherwise."""

    common: float
    party: float
    lead: float
    refusal: float


def _mood(
    p: PaymentTerms, price: float, sanction: float, refusal: float, months_announced: float, branch: float
) -> CompoundMood:
    """The shared part of the logit. `price` is yuan a month for one m², `months_announced` since the announcement."""
    novelty = exponential(-months_announced / p.lead_life)
    return CompoundMood(
        p.base + p.sanction * sanction - p.burden * logarithm(price / 0.003),
        p.party * (0.4 + branch) * (0.25 + 0.75 * novelty),
        p.lead * novelty * min(1.0, 0.4 + branch),
        p.refusal * refusal,
    )


mood = inlined(_mood)


def _inclination(
    p: PaymentTerms,
    shared: CompoundMood,
    steady: float,
    peers: float,
    belief: float,
    satisfaction: float,
    trust: float,
    habit: float,
    visited: float,
    fatigue: float,
    party: float,
) -> float:
    """Logit of paying, before the example of Party neighbours. `visited` and `party` are 0 or 1."""
    return (
        shared.common
        + steady
        + p.peers * peers * (belief - 0.5)
        + p.service * (satisfaction - 0.5)
        + p.trust * (trust - 0.5)
        + p.habit * (habit - 0.5)
        + p.visit * visited / (1.0 + fatigue)
        + shared.party * party
        - shared.refusal * (1.0 if satisfaction < 0.5 else 0.0)
    )


inclination = inlined(_inclination)


def _pay(
    p: PaymentTerms,
    month: int,
    first: I8,
    households: I8,
    occupied: I8,
    first_stairwell: I8,
    stairwells: I8,
    stair_first: I8,
    stair_households: I8,
    billing: I8,
    offset: I8,
    fee: F8,
    flat_fee: F8,
    area: I8,
    sanction: F8,
    refusal: U1,
    announced: I8,
    branch: F8,
    visits: F8,
    published: F8,
    last_bill: I8,
    share_paid: F8,
    flat_area: I4,
    tenure: U1,
    roles: U1,
    cooperator: U1,
    steady: F4,
    belief: F4,
    satisfaction: F4,
    trust: F4,
    habit: F4,
    fatigue: F4,
    paid: U1,
    bill: I4,
    arrears: I8,
    purse: I8,
    draws: F8,
    chance: F8,
    vintage: F8,
    dues: I8,
    billed: F8,
    collected: F8,
    collected_late: F8,
    collected_arrears: F8,
    bills: F8,
    bills_paid: F8,
    called_on: F8,
    led: F8,
) -> None:
    """Bill, collect and remember, compound by compound.

    Shapes: draws (4, N), chance (N,) scratch, vintage (6, 12, C): yuan billed and collected (fen), bills and paid bills over
    all flats, the same over occupied flats, by month of the bill modulo 12. `dues` (C,) is the cash of the month in fen.
    """
    slot = month % 12
    relax = (p.peers_conditional, p.peers_free_rider, p.peers_hump, p.peers_unconditional)
    for c in range(first.shape[0]):
        vintage[:, slot, c] = 0.0
        dues[c] = 0
        lo, n = first[c], households[c]
        charged = fee[c] > 0.0 or flat_fee[c] > 0.0
        due_now = charged and month % billing[c] == offset[c] % billing[c]
        if not charged:
            continue
        # A flat charge weighs on a household like the same sum spread over the compound's mean flat.
        price = 0.01 * (fee[c] + flat_fee[c] * 100.0 * n / area[c])
        shared = mood(p, price, sanction[c], float(refusal[c]), float(month - announced[c]), branch[c])
        rows = slice(lo, lo + n)
        x, b, s, t, h = chance[rows], belief[rows], satisfaction[rows], trust[rows], habit[rows]
        f, st, kind, role, where = fatigue[rows], steady[rows], cooperator[rows], roles[rows], tenure[rows]
        u_pay, u_clear, u_visit = draws[0, lo : lo + n], draws[1, lo : lo + n], draws[2, lo : lo + n]
        has_paid, owed, old, wallet, size = (
            paid[rows],
            bill[rows],
            arrears[rows],
            purse[rows],
            flat_area[rows],
        )
        calls = 0.0
        for i in range(n):
            visited = 1.0 if u_visit[i] < visits[c] else 0.0
            x[i] = inclination(
                p,
                shared,
                st[i],
                relax[kind[i]],
                b[i],
                s[i],
                t[i],
                h[i],
                visited,
                f[i],
                float(role[i] & IS_PARTY),
            )
            calls += visited
        called_on[c] += calls
        if not due_now:
            late = 0
            count_late = 0.0
            count_here = 0.0
            for i in range(n):
                visited = u_visit[i] < visits[c]
                f[i] += 1.0 if visited else 0.0
                if owed[i] > 0 and u_pay[i] < (p.late if visited else p.remind) * logistic(x[i]):
                    late += owed[i]
                    wallet[i] -= owed[i]
                    owed[i] = 0
                    has_paid[i] = 1
                    count_late += 1.0
                    count_here += 1.0 if where[i] != VACANT else 0.0
            if late > 0:
                past = last_bill[c] % 12
                vintage[1, past, c] += late
                vintage[3, past, c] += count_late
                vintage[5, past, c] += count_here
                dues[c] += late
                collected_late[c] += late
            continue
        last_bill[c] = month
        months = float(billing[c])
        # Party households decide first; their stairwell sees who paid.
        for k in range(first_stairwell[c], first_stairwell[c] + stairwells[c]):
            a, z = stair_first[k] - lo, stair_first[k] - lo + stair_households[k]
            example = 0.0
            for i in range(a, z):
                if role[i] & IS_PARTY and where[i] != VACANT and u_pay[i] < logistic(x[i]):
                    example = 1.0
            for i in range(a, z):
                x[i] += shared.lead * example * (1.0 - float(role[i] & IS_PARTY))
            led[c] += example * (z - a)
        for i in range(n):
            x[i] = logistic(x[i])
        total_billed = 0
        total_paid = 0
        total_old = 0
        count = 0.0
        count_occupied = 0.0
        for i in range(n):
            due = int(fee[c] * size[i] * 0.01 * months + flat_fee[c] * months + 0.5)
            pays = u_pay[i] < x[i]
            here = 1.0 if where[i] != VACANT else 0.0
            clears = pays and old[i] + owed[i] > 0 and u_clear[i] < p.clear
            old[i] += owed[i]
            back = old[i] if clears else 0
            old[i] -= back
            owed[i] = 0 if pays else due
            wallet[i] -= back + (due if pays else 0)
            has_paid[i] = 1 if pays else 0
            total_billed += due
            total_paid += due if pays else 0
            total_old += back
            count += 1.0 if pays else 0.0
            count_occupied += here if pays else 0.0
            f[i] += 1.0 if u_visit[i] < visits[c] else 0.0
        vintage[0, slot, c] = total_billed
        vintage[1, slot, c] = total_paid
        vintage[2, slot, c] = n
        vintage[3, slot, c] = count
        vintage[4, slot, c] = occupied[c]
        vintage[5, slot, c] = count_occupied
        dues[c] += total_paid + total_old
        billed[c] += total_billed
        collected[c] += total_paid
        collected_arrears[c] += total_old
        bills[c] += n
        bills_paid[c] += count
        # Experience: habit follows one's own payment, belief what is seen of others' flats that are lived in.
        habit_step = 1.0 - exponential(-months / p.habit_months)
        belief_step = 1.0 - exponential(-months / p.belief_months)
        overall = count_occupied / max(1.0, float(occupied[c]))
        share_paid[c] = overall
        far = p.weight_compound * overall + p.weight_board * overall - p.suspicion * (1.0 - published[c])
        for k in range(first_stairwell[c], first_stairwell[c] + stairwells[c]):
            a, z = stair_first[k] - lo, stair_first[k] - lo + stair_households[k]
            near = 0.0
            lived_in = 0.0
            for i in range(a, z):
                here = 1.0 if where[i] != VACANT else 0.0
                near += here * has_paid[i]
                lived_in += here
            seen = p.weight_stairwell * (near / lived_in if lived_in > 0.0 else overall) + far
            seen = min(1.0, max(0.0, seen))
            for i in range(a, z):
                h[i] += habit_step * (has_paid[i] - h[i])
                b[i] += belief_step * (seen - b[i])


pay = compiled(_pay)


def run(world: World) -> None:
    """Collect this month's dues."""
    compounds, households, tally = world.compounds, world.households, world.tally
    world.streams.households(
        Purpose.PAYMENT,
        world.month,
        compounds.first,
        compounds.households,
        compounds.key,
        households.number,
        world.draws[:3],
    )
    pay(
        world.terms(PaymentTerms, "payment"),
        world.month,
        compounds.first,
        compounds.households,
        compounds.occupied,
        compounds.first_stairwell,
        compounds.stairwells,
        world.stairwells.first,
        world.stairwells.households,
        compounds.billing,
        compounds.bill_offset,
        compounds.fee,
        compounds.flat_fee,
        compounds.area,
        compounds.sanction,
        compounds.refusal,
        compounds.announced,
        compounds.branch,
        compounds.visits,
        compounds.published,
        compounds.last_bill,
        compounds.share_paid,
        households.area,
        households.tenure,
        households.roles,
        households.cooperator,
        households.steady,
        households.belief,
        households.satisfaction,
        households.trust,
        households.habit,
        households.fatigue,
        households.paid,
        households.bill,
        households.arrears,
        households.purse,
        world.draws,
        world.scratch,
        world.vintage,
        world.dues,
        tally.billed,
        tally.collected,
        tally.collected_late,
        tally.collected_arrears,
        tally.bills,
        tally.bills_paid,
        tally.called_on,
        tally.led,
    )
