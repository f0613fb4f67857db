"""The worked cases of payment.toml, through the rule's own functions. A new term of the rule needs no change here."""

from __future__ import annotations

import inspect
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.strategies import set_terms, small

from xiaoqu.kernels import logistic
from xiaoqu.month import payment

CASES = tomllib.loads(Path(__file__).with_name("payment.toml").read_text(encoding="utf-8"))["case"]
NEUTRAL = {"belief": 0.5, "satisfaction": 0.5, "trust": 0.5, "habit": 0.5, "price": 0.003, "months_announced": 1e6}


def called(rule: Any, given: dict[str, float], *first: object) -> Any:
    """Call a function of the rule with what is given by name, neutral values for the rest."""
    names = list(inspect.signature(rule).parameters)[len(first) :]
    assert set(given) <= set(names), f"{set(given) - set(names)} is nothing that the rule asks for"
    return rule(*first, *(given.get(name, NEUTRAL.get(name, 0.0)) for name in names))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_chance_to_pay(case: dict[str, Any]) -> None:
    nothing = dict.fromkeys(payment.PaymentTerms._fields, 0.0) | {"lead_life": 1.0}
    terms = payment.PaymentTerms(**(nothing | case.get("terms", {})))
    shared = called(payment._mood, case.get("compound", {}), terms)
    logit = called(payment._inclination, case.get("household", {}), terms, shared)
    assert logistic(logit) == pytest.approx(case["chance"], abs=5e-5)


def test_every_term_of_the_logit_has_a_case() -> None:
    """Terms outside the logit (late payment, memory, weights) and those folded into `steady` are tested elsewhere."""
    elsewhere = {"disposition", "free_rider", "absence", "tenancy", "late", "remind", "clear", "suspicion", "lead"}
    elsewhere |= {name for name in payment.PaymentTerms._fields if name.startswith(("peers_", "weight_"))}
    elsewhere |= {"habit_months", "belief_months"}
    with_case = {name for case in CASES for name in case.get("terms", {})}
    assert set(payment.PaymentTerms._fields) - elsewhere == with_case


def test_what_bills_and_late_payments_are_counted_in() -> None:
    """Of 60 flats, ten of them vacant, twenty pay at once and clear 100 fen of old arrears; the others a month late."""
    district = small(1, campaign__months=0, places__compounds=1, places__households=60)
    world = district.world
    households, compounds, tally = world.households, world.compounds, world.tally
    households.tenure[:], compounds.occupied[0] = np.where(np.arange(60) < 10, 2, 0), 50
    households.steady[:] = np.where(np.arange(60) < 20, 1000.0, -1000.0)
    households.bill[:], households.arrears[:], compounds.visits[0], world.month = 0, 100, 0.0, 24
    compounds.billing[0], compounds.bill_offset[0], compounds.fee[0], compounds.flat_fee[0] = 3, 0, 50.0, 0.0
    sure = {"clear": 1.0, "late": 1.0, "remind": 1.0}
    nothing = dict.fromkeys(payment.PaymentTerms._fields, 0.0) | {"lead_life": 1.0, "habit_months": 1.0}
    set_terms(district, payment.PaymentTerms, "payment", **(nothing | sure | {"belief_months": 1.0}))
    due = np.floor(3 * 50.0 * households.area / 100.0 + 0.5)
    counted = ("bills", "bills_paid", "billed", "collected", "collected_late", "collected_arrears", "called_on")

    def month() -> list[float]:
        tally.clear()
        payment.run(world)
        return [float(getattr(tally, name)[0]) for name in counted]

    assert month() == [60.0, 20.0, due.sum(), due[:20].sum(), 0.0, 2000.0, 0.0]
    assert world.vintage[:, 0, 0].tolist() == [due.sum(), due[:20].sum(), 60.0, 20.0, 50.0, 10.0]
    assert world.dues[0] == due[:20].sum() + 2000.0
    households.steady[:], compounds.visits[0], world.month = 1000.0, 0.5, 25
    households.fatigue[:] = 0.0
    late = month()
    assert late[:6] == [0.0, 0.0, 0.0, 0.0, due[20:].sum(), 0.0]
    assert late[6] == households.fatigue.sum() > 0.0, "calls go to those who owe"
    assert not households.fatigue[:20].any()
    assert world.vintage[:, 0, 0].tolist() == [due.sum(), due.sum(), 60.0, 60.0, 50.0, 50.0]
    assert world.dues[0] == due[20:].sum()


@pytest.mark.parametrize(
    ("term", "visits", "member", "pay"),
    [("visit", 0.0, 0, False), ("visit", 1.0, 0, True), ("party", 1.0, 0, False), ("party", 0.0, 1, True)],
    ids=["nobody calls", "all are called on", "no member of the Party", "members"],
)
def test_a_call_counts_for_whom_it_reaches_and_the_party_for_its_members(
    term: str, visits: float, member: int, pay: bool
) -> None:
    """A logit of -400, which the term of 1,000 turns for those whom it is for and for nobody by half."""
    district = small(1, campaign__months=0)
    world = district.world
    world.households.steady[:], world.households.fatigue[:], world.households.roles[:] = -400.0, 0.0, member
    world.compounds.visits[:], world.compounds.bill_offset[:] = visits, world.month % world.compounds.billing
    nothing = dict.fromkeys(payment.PaymentTerms._fields, 0.0)
    lasting = {"lead_life": 1.0, "habit_months": 1.0, "belief_months": 1.0, "party_unled": 1.0, "party_lasting": 1.0}
    set_terms(district, payment.PaymentTerms, "payment", **(nothing | lasting | {term: 1000.0}))
    world.compounds.branch[:] = 0.0
    world.tally.clear()
    payment.run(world)
    assert world.tally.bills_paid.sum() == (len(world.households) if pay else 0)
