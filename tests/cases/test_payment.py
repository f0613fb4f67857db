"""The worked cases of payment.toml, through the rule's own functions. A new term of the rule needs no change here."""

from __future__ import annotations

import inspect
import tomllib
from pathlib import Path
from typing import Any

import pytest

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
