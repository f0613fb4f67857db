"""The problem, judgement and payment rules as a plain Mesa model: one object per household, as in Mesa's own examples.

The formulas are those of month/problems.py, month/judgement.py and month/payment.py, with the same parameters; the
random numbers come from Mesa. The place and its people are copied from a `District`. Whatever other phases would change
(service, infrastructure, fees, visits, organisations) stays as it is there, so that only the three rules run.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import mesa

from xiaoqu.month.judgement import JudgementTerms
from xiaoqu.month.payment import PaymentTerms
from xiaoqu.month.problems import LARGE, PRIVATE, SMALL, ProblemTerms
from xiaoqu.world import ABSENT, PARTY

if TYPE_CHECKING:
    from xiaoqu.district import District


def between(low: float, x: float, high: float) -> float:
    """`x`, or the bound that it crosses."""
    return min(high, max(low, x))


def probability(logit: float) -> float:
    """Probability of a logit."""
    return 1.0 / (1.0 + math.exp(-logit))


class PlainHousehold(mesa.Agent["PlainDistrict"]):
    """A flat and who lives in it. Money is in fen."""

    def __init__(self, model: PlainDistrict, district: District, row: int, compound: PlainCompound) -> None:
        super().__init__(model)
        start = district.world.households
        self.compound = compound
        self.stairwell = int(start.stairwell[row])
        self.area = int(start.area[row])
        self.is_vacant = bool(start.tenure[row] == ABSENT)
        self.is_party = bool(start.roles[row] & PARTY)
        self.follows = model.follows[int(start.cooperator[row])]
        self.taste = float(start.taste[row])
        self.steady = float(start.steady[row])
        self.own_matters = float(start.own_matters[row])
        self.fatigue = float(start.fatigue[row])
        self.satisfaction = float(start.satisfaction[row])
        self.trust = float(start.trust[row])
        self.belief = float(start.belief[row])
        self.habit = float(start.habit[row])
        self.paid = bool(start.paid[row])
        self.bill = int(start.bill[row])
        self.arrears = int(start.arrears[row])
        self.luck = 0.0
        self.visit = 0.0
        self.logit = 0.0

    def have_problems(self) -> None:
        """A problem arises or not; it is reported or stays latent."""
        compound = self.compound
        if self.is_vacant or self.random.random() >= compound.problem_rate:
            return
        p = self.model.problem_terms
        u = self.random.random()
        kind = PRIVATE if u < p.share_private else LARGE if u > 1.0 - p.share_large else SMALL
        compound.problems[kind] += 1
        quiet = 1.0 - min(1.0, compound.channel * (0.5 + self.trust))
        if self.stairwell in compound.stairwells_with_chief:
            quiet *= 1.0 - p.chief
        if self.random.random() > quiet:
            compound.reported += 1
        else:
            self.own_matters = max(-1.0, self.own_matters - p.annoyance)

    def judge(self) -> None:
        """Satisfaction moves towards what is seen, trust towards what is deserved, down faster than up."""
        p = self.model.judgement_terms
        compound = self.compound
        target = between(0.0, compound.seen + p.w_own * self.own_matters + self.taste, 1.0)
        self.satisfaction += p.rate * (target - self.satisfaction)
        gap = between(0.0, p.w_satisfaction * self.satisfaction + compound.merit, 1.0) - self.trust
        self.trust += (p.up if gap > 0.0 else p.down) * gap
        self.own_matters *= p.fade
        self.fatigue *= p.visit_memory

    def consider(self) -> None:
        """Draw this month's luck and weigh whether to pay, before a visit and the example of Party neighbours."""
        p = self.model.payment_terms
        compound = self.compound
        self.luck = self.random.random()
        self.visit = self.random.random()
        x = compound.common + self.steady
        x += p.peers * self.follows * (self.belief - 0.5)
        x += p.service * (self.satisfaction - 0.5)
        x += p.trust * (self.trust - 0.5)
        x += p.habit * (self.habit - 0.5)
        if self.is_party:
            x += compound.party
        if compound.refusal and self.satisfaction < self.model.judgement_terms.low_satisfaction:
            x -= p.refusal
        self.logit = x

    def receive_visit(self) -> None:
        """A call when the bill goes out persuades, the less the more calls there were."""
        if self.visit < self.compound.visits:
            self.logit += self.model.payment_terms.visit / (1.0 + self.fatigue)
            self.fatigue += 1.0

    def receive_bill(self) -> None:
        """Pay the bill or not; who pays may clear old arrears too."""
        compound = self.compound
        months = compound.billing
        due = int(compound.fee * self.area * 0.01 * months + compound.flat_fee * months + 0.5)
        self.arrears += self.bill
        self.paid = self.luck < probability(self.logit)
        self.bill = 0 if self.paid else due
        if self.paid and self.random.random() < self.model.payment_terms.clear:
            self.arrears = 0
        compound.bills += 1
        compound.bills_paid += self.paid

    def pay_late(self, reach: float) -> None:
        """Pay an open bill after all, more likely when called on. `reach` is the share of debtors called on."""
        p = self.model.payment_terms
        part = p.remind
        if self.visit < reach:
            part += (p.late - p.remind) / (1.0 + self.fatigue)
            self.fatigue += 1.0
        if self.luck < part * probability(self.logit):
            self.bill = 0
            self.paid = True

    def learn(self, habit_step: float, belief_step: float, seen: float) -> None:
        """Habit follows one's own payment, belief what is seen of others'."""
        self.habit += habit_step * (self.paid - self.habit)
        self.belief += belief_step * (seen - self.belief)


class PlainCompound(mesa.Agent["PlainDistrict"]):
    """A compound: what its households share, and the counts of the month."""

    def __init__(self, model: PlainDistrict, district: District, row: int) -> None:
        super().__init__(model)
        world = district.world
        start = world.compounds
        self.frailty = float(start.frailty[row])
        self.infrastructure = float(start.infrastructure[row])
        self.quality = float(start.quality[row])
        self.responsiveness = float(start.responsiveness[row])
        self.cohesion = float(start.cohesion[row])
        self.published = float(start.published[row])
        self.leak = float(start.leak[row])
        self.fee = float(start.fee[row])
        self.flat_fee = float(start.flat_fee[row])
        self.billing = int(start.billing[row])
        self.bill_offset = int(start.bill_offset[row])
        self.sanction = float(start.sanction[row])
        self.refusal = bool(start.refusal[row])
        self.announced = int(start.announced[row])
        self.branch = float(start.branch[row])
        self.visits = float(start.visits[row])
        self.channel = model.problem_terms.hotline + float(world.mode_table.reporting[start.mode[row]])
        close_by = world.lever("services_close_by") * float(start.covered[row])
        self.channel += model.problem_terms.service_points * close_by
        first, last = int(start.first[row]), int(start.first[row] + start.households[row])
        self.households = [PlainHousehold(model, district, flat, self) for flat in range(first, last)]
        self.occupied = [household for household in self.households if not household.is_vacant]
        self.area = sum(household.area for household in self.households)
        self.stairwells: dict[int, list[PlainHousehold]] = {}
        for household in self.households:
            self.stairwells.setdefault(household.stairwell, []).append(household)
        self.stairwells_with_chief = {stair for stair in self.stairwells if world.stairwells.chief[stair]}
        self.clear()

    def clear(self) -> None:
        """Start a month: clear the counts, and work out what all households share."""
        self.problems = [0, 0, 0]
        self.reported = 0
        self.bills = 0
        self.bills_paid = 0
        q, p = self.model.problem_terms, self.model.judgement_terms
        self.problem_rate = (
            q.rate
            * self.frailty
            * (1.0 + q.rate_infrastructure * (0.4 - self.infrastructure))
            * (1.0 + q.rate_quality * (0.5 - self.quality))
            * (1.0 + q.rate_responsiveness * (0.5 - self.responsiveness))
        )
        self.seen = (
            p.w_service * self.quality
            + p.w_infrastructure * self.infrastructure
            + p.w_responsiveness * self.responsiveness
            + p.w_cohesion * self.cohesion
        )
        self.merit = p.w_open * self.published + p.w_ties * self.cohesion - p.w_leak * self.leak

    def collect(self) -> None:
        """Bill the households, or remind those who owe; before the next bill they learn from what was paid."""
        if self.fee <= 0.0 and self.flat_fee <= 0.0:
            return
        self.set_mood()
        phase = (self.model.month - self.bill_offset) % self.billing
        if phase == 0:
            self.send_bills()
        else:
            self.remind()
        if phase == self.billing - 1:
            self.teach()

    def set_mood(self) -> None:
        """The part of the payment logit that all households share."""
        p = self.model.payment_terms
        price = 0.01 * (self.fee + self.flat_fee * 100.0 * len(self.households) / self.area)
        novelty = math.exp(-min(40.0, (self.model.month - self.announced) / p.lead_life))
        self.common = p.base + p.sanction * self.sanction - p.burden * math.log(price / 0.003)
        self.party = p.party * (p.party_unled + self.branch) * (p.party_lasting + (1.0 - p.party_lasting) * novelty)
        self.lead = p.lead * novelty * min(1.0, p.party_unled + self.branch)

    def send_bills(self) -> None:
        """Party households decide first and set an example in their stairwell; then every flat gets its bill."""
        for household in self.households:
            household.consider()
            household.receive_visit()
        for neighbours in self.stairwells.values():
            if any(
                other.is_party and not other.is_vacant and other.luck < probability(other.logit) for other in neighbours
            ):
                for household in neighbours:
                    if not household.is_party:
                        household.logit += self.lead
        for household in self.households:
            household.receive_bill()

    def remind(self) -> None:
        """Calls of the month go to those who owe."""
        debtors = [household for household in self.households if household.bill > 0]
        reach = min(0.9, self.visits * len(self.households) / max(1, len(debtors)))
        for household in debtors:
            household.consider()
            household.pay_late(reach)

    def teach(self) -> None:
        """Show who paid: in the stairwell, in the compound, on the notice board."""
        p = self.model.payment_terms
        habit_step = 1.0 - math.exp(-self.billing / p.habit_months)
        belief_step = 1.0 - math.exp(-self.billing / p.belief_months)
        overall = sum(household.paid for household in self.occupied) / max(1, len(self.occupied))
        far = (p.weight_compound + p.weight_board) * overall - p.suspicion * (1.0 - self.published)
        for neighbours in self.stairwells.values():
            lived_in = [household.paid for household in neighbours if not household.is_vacant]
            near = sum(lived_in) / len(lived_in) if lived_in else overall
            seen = between(0.0, p.weight_stairwell * near + far, 1.0)
            for household in neighbours:
                household.learn(habit_step, belief_step, seen)


class PlainDistrict(mesa.Model[mesa.Agent[Any], Any]):
    """A district of plain objects, which starts where `district` stands. Random numbers are Mesa's own."""

    def __init__(self, district: District, rng: int) -> None:
        super().__init__(rng=rng)
        scenario = district.scenario
        self.problem_terms = scenario.fill(ProblemTerms, "problems")
        self.judgement_terms = scenario.fill(JudgementTerms, "judgement")
        self.payment_terms = p = scenario.fill(PaymentTerms, "payment")
        self.follows = (p.peers_conditional, p.peers_free_rider, p.peers_hump, p.peers_unconditional)
        self.month = district.month
        self.compounds = [PlainCompound(self, district, row) for row in range(len(district.compounds))]

    def problems(self) -> None:
        """Problems arise and are reported or stay latent."""
        self.agents_by_type[PlainCompound].do("clear")
        self.agents_by_type[PlainHousehold].do("have_problems")

    def judgement(self) -> None:
        """Households judge."""
        self.agents_by_type[PlainHousehold].do("judge")

    def payment(self) -> None:
        """Bills go out and are paid or not."""
        self.agents_by_type[PlainCompound].do("collect")

    def step(self) -> None:
        """One month of the three rules."""
        self.problems()
        self.judgement()
        self.payment()
        self.month += 1
