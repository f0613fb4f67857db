"""Bodies and columns say the same in every district; draws have the probability that a rule claims."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from tests.strategies import districts

from xiaoqu import District, load_scenario
from xiaoqu.month import payment, problems
from xiaoqu.streams import Purpose, Streams


@given(districts())
@settings(max_examples=25)
def test_bodies_live_in_their_compound(district: District) -> None:
    district.run_for(10)
    world = district.world
    for compound in district.compounds:
        rows = compound.residents
        members = int(rows.get("is_committee_member").sum())
        assert (compound.committee is not None) == bool(world.compounds.has_committee[compound.row])
        assert members == (0 if compound.committee is None else len(compound.committee.members))
        assert (compound.council is not None) == bool(world.compounds.is_council[compound.row])
        assert (compound.contract is not None) == (world.compounds.firm[compound.row] >= 0)
    served = np.bincount(world.compounds.firm[world.compounds.firm >= 0], minlength=len(world.firms))
    assert (served == world.firms.contracts).all()


@pytest.mark.parametrize("base", [-2.0, 0.0, 2.0])
def test_payments_have_the_probability_they_claim(base: float) -> None:
    """120,000 flats in one state: the share that pays lies within 5 standard errors (0.7 points) of the chance."""
    terms = payment.PaymentTerms(
        **(dict.fromkeys(payment.PaymentTerms._fields, 0.0) | {"lead_life": 1.0, "base": base})
    )
    shared = payment.mood(terms, 0.003, 0.0, 0.0, 1e6, 0.0)
    logit = payment.inclination(terms, shared, 0.4, 1.0, 0.6, 0.6, 0.5, 0.6, 0.0, 0.0, 0.0, 0.0)
    assert logit == pytest.approx(base + 0.4)
    chance = 1.0 / (1.0 + np.exp(-logit))
    paid = (Streams(3).uniforms(Purpose.PAYMENT, 7, 120_000, 1) < chance).mean()
    assert abs(paid - chance) < 5.0 * np.sqrt(chance * (1.0 - chance) / 120_000)


def test_no_problems_without_a_rate_and_the_expected_number_with_one() -> None:
    district = District(load_scenario("hengdong", {"calendar.spin_up": 12, "problems.rate": 0.0}), rng=2)
    district.run_for(3)
    assert district.outcomes()["problems"].sum() == 0
    district = District(load_scenario("hengdong", {"calendar.spin_up": 12}), rng=2)
    compounds, p = district.world.compounds, district.scenario
    rate = (
        p["problems.rate"]
        * compounds.frailty
        * (1.4 - compounds.infrastructure)
        * (1.45 - 0.9 * compounds.quality)
        * (1.2 - 0.4 * compounds.responsiveness)
    )
    expected = float((rate * compounds.occupied).sum())
    district.world.tally.clear()
    problems.run(district.world)
    found = district.world.tally.problems.sum()
    assert abs(found - expected) < 5.0 * np.sqrt(expected)
