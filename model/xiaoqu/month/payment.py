"""Households pay their dues, or do not.

The rule on one screen:

    logit P =  base
             + disposition z + [free rider]                            civic disposition and type (T1)   } steady,
             - absence [vacant] - tenancy [tenant] - burden ln(...)    absence, weak burden (P6)         } precomputed
             + peers m (belief - 1/2)       what others are thought to do, by type (T1, T2, P7)
             + service (satisfaction - 1/2) quasi-voluntary compliance (T3, P28)
             + trust (trust - 1/2)          (T3, T4)
             + habit (habit - 1/2)          the strongest single term (T3, P6)
             + visit [called on] / (1 + fatigue)           door to door (P9)
             + party [Party household] (unled + branch) (lasting + (1 - lasting) novelty)
             + lead [a Party household of the stairwell paid] novelty min(1, unled + branch)    (H6, T13, P8)
             + sanction x suits a month     a firm or committee may sue, a council can only persuade
             - refusal [organised refusal, and dissatisfied]                                    (T9, T10)

novelty = e^(-months since the announcement / lead_life). Party households decide first, the others see them. At a
bill each flat pays with P; between bills calls go to those who owe, who pay it, credited to its own bill, with

    P x (remind + (late - remind) [called on] / (1 + fatigue))      a call wears off like a call at a bill (T8, P9)

Whoever pays a bill also clears old arrears with probability `clear`.

Before the next bill habit moves towards paid or not, belief towards what is seen over the flats lived in of the
stairwell, the compound and the notice board (closed accounts breed suspicion), per month elapsed, not per bill.

Reads: household and compound columns above, draws. Writes: paid, bill, arrears, purse, habit, belief, fatigue;
amounts in fen. Source: T1-T4, T13, P6-P9; coefficients: prototype 4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xiaoqu.kernels import compiled, exponential, inlined, logarithm, logistic, plain
from xiaoqu.streams import Purpose, fill_compound

if TYPE_CHECKING:
    from xiaoqu.columns import F4, F8, I4, I8, U1
    from xiaoqu.world import World

VACANT = 2
IS_PARTY = 1
DRAWS = int(Purpose.PAYMENT)


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
    party_unled: float
    party_lasting: float


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
        p.party * (p.party_unled + branch) * (p.party_lasting + (1.0 - p.party_lasting) * novelty),
        p.lead * novelty * min(1.0, p.party_unled + branch),
        p.refusal * refusal,
    )


mood = inlined(_mood)


def _outlook(p: PaymentTerms, follows: float, belief: float, satisfaction: float, trust: float, habit: float) -> float:
    """The part of the logit that is in the household's mind. `follows` is how far its type follows others."""
    return (
        p.peers * follows * (belief - 0.5)
        + p.service * (satisfaction - 0.5)
        + p.trust * (trust - 0.5)
        + p.habit * (habit - 0.5)
    )


outlook = inlined(_outlook)


def _circumstances(
    p: PaymentTerms,
    shared: CompoundMood,
    steady: float,
    visited: float,
    fatigue: float,
    party: float,
    dissatisfied: float,
) -> float:
    """The part that is in its situation this month; `visited`, `party` and `dissatisfied` are 0 or 1."""
    return (
        shared.common
        + steady
        + p.visit * visited / (1.0 + fatigue)
        + shared.party * party
        - shared.refusal * dissatisfied
    )


circumstances = inlined(_circumstances)


def _inclination(
    p: PaymentTerms,
    shared: CompoundMood,
    steady: float,
    follows: float,
    belief: float,
    satisfaction: float,
    trust: float,
    habit: float,
    visited: float,
    fatigue: float,
    party: float,
    dissatisfied: float,
) -> float:
    """Logit of paying, before the example of Party neighbours."""
    mind = outlook(p, follows, belief, satisfaction, trust, habit)
    return mind + circumstances(p, shared, steady, visited, fatigue, party, dissatisfied)


inclination = inlined(_inclination)


class Wallets(NamedTuple):
    """The rows of one compound that a bill touches."""

    bill: I4
    arrears: I8
    purse: I8
    paid: U1
    fatigue: F4


def _collect_bill(
    p: PaymentTerms,
    months: float,
    fee: float,
    flat_fee: float,
    reach: float,
    area: I4,
    tenure: U1,
    chance: F8,
    u_pay: F8,
    u_clear: F8,
    u_visit: F8,
    w: Wallets,
) -> tuple[int, int, int, int, int]:
    """Send a bill for `months`: each flat pays with its chance; who pays may clear old arrears too.

    Returns fen billed, paid of this bill, paid of old arrears; flats that paid, and those of them lived in.
    """
    bill, arrears, purse, paid, fatigue = w.bill, w.arrears, w.purse, w.paid, w.fatigue
    billed, collected, cleared, count, count_here = 0, 0, 0, 0, 0
    for i in range(chance.shape[0]):
        chance[i] = logistic(chance[i])
        fatigue[i] += np.float32(1.0) if u_visit[i] < reach else np.float32(0.0)
    for i in range(chance.shape[0]):
        due = int(fee * area[i] * 0.01 * months + flat_fee * months + 0.5)
        pays = u_pay[i] < chance[i]
        old = arrears[i] + bill[i]
        back = old if pays & (u_clear[i] < p.clear) else 0
        now = due if pays else 0
        arrears[i] = old - back
        bill[i] = due - now
        purse[i] -= back + now
        paid[i] = 1 if pays else 0
        billed += due
        collected += now
        cleared += back
        count += 1 if pays else 0
        count_here += 1 if pays & (tenure[i] != VACANT) else 0
    return billed, collected, cleared, count, count_here


collect_bill = compiled(_collect_bill)


def _late_part(p: PaymentTerms, called: float, fatigue: float) -> float:
    """Part of the chance that counts between bills: the third call brings less than the first. `called` is 0 or 1."""
    return p.remind + (p.late - p.remind) * called / (1.0 + fatigue)


late_part = inlined(_late_part)


def _collect_late(
    p: PaymentTerms, visits: float, tenure: U1, chance: F8, u_pay: F8, u_visit: F8, w: Wallets
) -> tuple[int, int, int, int]:
    """Between bills, calls go to those who owe; they pay with part of their chance.

    Returns fen paid; flats that paid, those of them lived in, and calls made.
    """
    bill, fatigue = w.bill, w.fatigue
    n = chance.shape[0]
    debtors, calls = 0, 0
    for i in range(n):
        debtors += 1 if bill[i] > 0 else 0
    reach = min(0.9, visits * n / max(1, debtors))
    for i in range(n):
        chance[i] = logistic(chance[i]) * late_part(p, 1.0 if u_visit[i] < reach else 0.0, np.float64(fatigue[i]))
    for i in range(n):
        called = (bill[i] > 0) & (u_visit[i] < reach)
        fatigue[i] += np.float32(1.0) if called else np.float32(0.0)
        calls += 1 if called else 0
    collected, count, count_here = 0, 0, 0
    for i in range(n):
        if (bill[i] > 0) & (u_pay[i] < chance[i]):  # rare, so the only branch
            collected += bill[i]
            w.purse[i] -= bill[i]
            bill[i] = 0
            w.paid[i] = 1
            count += 1
            count_here += 1 if tenure[i] != VACANT else 0
    return collected, count, count_here, calls


collect_late = compiled(_collect_late)


def _learn(
    p: PaymentTerms,
    months: float,
    published: float,
    stair_first: I8,
    stair_households: I8,
    tenure: U1,
    paid: U1,
    habit: F4,
    belief: F4,
) -> float:
    """Before the next bill: habit follows own payment, belief what is seen over the flats lived in.

    `stair_first` counts from the compound's first flat. Returns the share of flats lived in that paid.
    """
    habit_step = 1.0 - exponential(-months / p.habit_months)
    belief_step = 1.0 - exponential(-months / p.belief_months)
    count, lived_in = 0.0, 0.0
    for i in range(paid.shape[0]):
        here = 1.0 if tenure[i] != VACANT else 0.0
        count += here * paid[i]
        lived_in += here
        habit[i] += habit_step * (paid[i] - np.float64(habit[i]))
    overall = count / max(1.0, lived_in)
    far = (p.weight_compound + p.weight_board) * overall - p.suspicion * (1.0 - published)
    for k in range(stair_first.shape[0]):
        a, z = stair_first[k], stair_first[k] + stair_households[k]
        near, neighbours = 0.0, 0.0
        for i in range(a, z):
            here = 1.0 if tenure[i] != VACANT else 0.0
            near += here * paid[i]
            neighbours += here
        seen = p.weight_stairwell * (near / neighbours if neighbours > 0.0 else overall) + far
        seen = min(1.0, max(0.0, seen))
        for i in range(a, z):
            belief[i] += belief_step * (seen - np.float64(belief[i]))
    return overall


learn = compiled(_learn)


def _see_members(
    shared: CompoundMood, stair_first: I8, stair_households: I8, tenure: U1, roles: U1, u_pay: F8, logit: F8
) -> float:
    """Party households decide first; their stairwell sees who paid (H6).

    Returns flats in stairwells with an example.
    """
    led = 0.0
    for k in range(stair_first.shape[0]):
        a, z = stair_first[k], stair_first[k] + stair_households[k]
        example = 0.0
        for i in range(a, z):
            if roles[i] & IS_PARTY and tenure[i] != VACANT and u_pay[i] < logistic(logit[i]):
                example = 1.0
        for i in range(a, z):
            logit[i] += shared.lead * example * (1.0 - float(roles[i] & IS_PARTY))
        led += example * (z - a)
    return led


see_members = compiled(_see_members)


def _pay(
    p: PaymentTerms,
    low_satisfaction: float,
    k0: np.uint64,
    k1: np.uint64,
    month: int,
    key: I8,
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
    number: I4,
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
    scratch: F8,
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

    Shapes: draws (3, largest compound), scratch the same, or (N,) to keep the chances of all households; vintage
    (6, 12, C): fen billed and collected, bills and paid bills over all flats, the same over flats lived in, by month of
    the bill modulo 12. `dues` (C,) is the cash of the month in fen.
    """
    p = PaymentTerms(*p)
    keeps = scratch.shape[0] == tenure.shape[0]
    slot = month % 12
    follows = np.array([p.peers_conditional, p.peers_free_rider, p.peers_hump, p.peers_unconditional])
    for c in range(first.shape[0]):
        vintage[:, slot, c] = 0.0
        dues[c] = 0
        if fee[c] <= 0.0 and flat_fee[c] <= 0.0:
            continue
        n = households[c]
        rows = slice(first[c], first[c] + n)
        # A flat charge weighs on a household like the same sum spread over the compound's mean flat.
        price = 0.01 * (fee[c] + flat_fee[c] * 100.0 * n / area[c])
        shared = mood(p, price, sanction[c], float(refusal[c]), float(month - announced[c]), branch[c])
        logit, where, role = (scratch[rows] if keeps else scratch[:n]), tenure[rows], roles[rows]
        b, s, t, h, f, st, kind = (
            belief[rows],
            satisfaction[rows],
            trust[rows],
            habit[rows],
            fatigue[rows],
            steady[rows],
            cooperator[rows],
        )
        fill_compound(k0, k1, DRAWS, month, key[c], number[rows], draws)
        u_pay, u_clear, u_visit = draws[0, :n], draws[1, :n], draws[2, :n]
        bills_now = (month - offset[c]) % billing[c] == 0
        # Two short loops over few arrays, so that they vectorise; together they are `inclination`.
        for i in range(n):
            logit[i] = outlook(
                p, follows[kind[i]], np.float64(b[i]), np.float64(s[i]), np.float64(t[i]), np.float64(h[i])
            )
        for i in range(n):
            # A call is a term of the logit at a bill; between bills it decides on the part of the chance.
            visited = 1.0 if bills_now & (u_visit[i] < visits[c]) else 0.0
            party = 1.0 if role[i] & IS_PARTY else 0.0
            dissatisfied = 1.0 if np.float64(s[i]) < low_satisfaction else 0.0
            logit[i] += circumstances(p, shared, np.float64(st[i]), visited, np.float64(f[i]), party, dissatisfied)
        calls_now = 0
        for i in range(n):
            calls_now += 1 if bills_now & (u_visit[i] < visits[c]) else 0
        called_on[c] += calls_now
        w = Wallets(bill[rows], arrears[rows], purse[rows], paid[rows], f)
        months = float(billing[c])
        stairs = slice(first_stairwell[c], first_stairwell[c] + stairwells[c])
        starts, flats = stair_first[stairs] - first[c], stair_households[stairs]
        if bills_now:
            led[c] += see_members(shared, starts, flats, where, role, u_pay, logit)
            total, now, old, count, here = collect_bill(
                p, months, fee[c], flat_fee[c], visits[c], flat_area[rows], where, logit, u_pay, u_clear, u_visit, w
            )
            last_bill[c] = month
            vintage[0, slot, c] = total
            vintage[1, slot, c] = now
            vintage[2, slot, c] = n
            vintage[3, slot, c] = count
            vintage[4, slot, c] = occupied[c]
            vintage[5, slot, c] = here
            dues[c] = now + old
            billed[c] += total
            collected[c] += now
            collected_arrears[c] += old
            bills[c] += n
            bills_paid[c] += count
        else:
            late, count, here, calls = collect_late(p, visits[c], where, logit, u_pay, u_visit, w)
            past = last_bill[c] % 12
            vintage[1, past, c] += late
            vintage[3, past, c] += count
            vintage[5, past, c] += here
            dues[c] = late
            collected_late[c] += late
            called_on[c] += calls
        if (month + 1 - offset[c]) % billing[c] == 0:
            share_paid[c] = learn(p, months, published[c], starts, flats, where, paid[rows], h, b)


pay = compiled(_pay)


def run(world: World) -> None:
    """Collect this month's dues."""
    compounds, households, tally = world.compounds, world.households, world.tally
    pay(
        plain(world.terms(PaymentTerms, "payment")),
        world.scenario["judgement.low_satisfaction"],
        *world.streams.key,
        world.month,
        compounds.key,
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
        households.number,
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
