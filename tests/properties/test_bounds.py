"""States stay within what their columns declare, whatever is asked for within the declared bounds of the parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.strategies import ALL_LEVERS, RANGES, breaches, districts, months, set_terms, small

from xiaoqu.month import judgement, organisation, payment, response, service, settlement
from xiaoqu.outcomes import BY_NAME, DECLARED

if TYPE_CHECKING:
    import pandas as pd

    from xiaoqu import District

ABOVE_ONE = {"collection_rate_cumulative"}  # cash over bills: paying debts from before month 0 takes it above 1


@given(districts(), months)
@settings(max_examples=150)
def test_every_column_keeps_its_declaration(district: District, length: int) -> None:
    assert breaches(district) == []
    for _ in range(length):
        district.step()
        assert breaches(district) == []


@pytest.mark.parametrize("end", [0, 1], ids=["low", "high"])
@pytest.mark.parametrize("key", sorted(RANGES))
def test_each_parameter_may_stand_at_its_bound(key: str, end: int) -> None:
    district = small(
        5, **ALL_LEVERS, **{"places.managed_share": 0.5, "places.committee_share": 0.5, key: RANGES[key][end]}
    )
    district.run_for(6)
    assert breaches(district) == []
    assert district.ledger.residue() == 0
    check_outcomes(district.outcomes())


def test_a_branch_is_never_stronger_than_one() -> None:
    district = small(1, levers__party_branches=3.0, places__party_share=0.6)
    district.run_for(36)
    assert breaches(district) == []


def check_outcomes(frame: pd.DataFrame) -> None:
    """Shares in [0, 1], counts and money whole and not negative, infinite nowhere."""
    for outcome in DECLARED:
        values = frame[outcome.name]
        assert values.dtype == outcome.dtype, outcome.name
        assert not np.isinf(values).any(), outcome.name
        if outcome.unit == "share":
            # quality may stand a little above the standard (service.py), crews above it after a warning
            most = 1.05 if outcome.name == "quality" else 1.5 if outcome.name == "crew_level" else 1.0
            assert values.dropna().between(0.0, most + 1e-12).all(), outcome.name
        elif outcome.name != "margins":
            assert (values.dropna() >= 0).all(), outcome.name
    for name in map(str, frame):
        if name.startswith("share_"):
            assert frame[name].dropna().between(0.0, 1.0 + 1e-12).all(), name
    modes = [name for name in map(str, frame) if name.startswith("share_") and name not in BY_NAME]
    assert np.allclose(frame[modes].sum(axis=1), 1.0)


# Outcome: what must be above 0 for it to have a value.
MEASURED = {
    "collection_rate": "billed",
    "success_per_contact": "contacts",
    "turnout": "assemblies",
    "share_functioning": "committees",
    "committee_effort": "committees",
    "branch_strength": "branches",
}


@given(districts(), months)
@settings(max_examples=40)
def test_outcomes_are_sound_and_null_only_where_there_is_nothing_to_measure(district: District, length: int) -> None:
    district.run_for(length)
    frame = district.outcomes()
    check_outcomes(frame)
    for name, base in MEASURED.items():
        assert (frame[name].isna() == (frame[base] == 0)).all(), name
    never_null = [name for name in frame if name not in MEASURED and frame[name].isna().any()]
    conditional = (
        "collection_rate",
        "resolution_rate",
        "months_to_settle",
        "firm_efficiency",
        "crew_level",
        "shirking",
    )
    lived_in = district.world.compounds.occupied.sum() > 0
    if lived_in:
        assert all(str(name).startswith(conditional) for name in never_null), never_null
    firms = district.outcomes_by_compound().groupby("month")["mode"].agg(lambda modes: "property_company" in set(modes))
    assert (frame["crew_level"].isna().to_numpy() == ~firms.to_numpy()).all()


@given(districts(), months)
@settings(max_examples=15)
def test_money_is_whole_fen(district: District, length: int) -> None:
    world = district.world
    district.run_for(length)
    for array in (
        world.households.arrears,
        world.households.purse,
        world.compounds.account,
        world.compounds.repair_fund,
    ):
        assert array.dtype == np.int64
    assert world.firms.cash.dtype == world.ledger.outside.dtype == world.dues.dtype == np.int64
    flows = np.array(list(world.tally.history))
    assert (district.ledger.flows == np.rint(district.ledger.flows)).all()
    assert np.isfinite(flows).all()


def test_debts_of_a_large_rich_compound_do_not_overflow() -> None:
    """A bill fits its narrow column at the largest fee, flat and billing period; 50 years of them fit arrears."""
    district = small(
        2,
        modes__unmanaged__fee=10.0,
        modes__unmanaged__flat_fee=100.0,
        modes__unmanaged__billing=12,
        payment__base=-10.0,
    )
    district.world.households.area[:] = 2000_00  # the largest flat of a ledger, m²
    district.world.compounds.area[:] = 2000_00 * district.world.compounds.households
    district.run_for(24)
    one_bill = 12 * (1000 * 2000 + 10000)
    households = district.world.households
    assert households.bill.max() == one_bill
    assert (households.arrears + households.bill <= 50 * one_bill).all()
    assert breaches(district) == []
    households.arrears[:] = 50 * one_bill * 1_000_000  # what a million such flats owe after 50 years
    district.run_for(12)
    assert breaches(district) == []
    assert district.world.tally.history[-1].min() >= 0.0 or district.outcomes()["margins"].iloc[-1] <= 0


@given(st.floats(0.0, 5.0), st.floats(0.0, 1.0), st.booleans())
@settings(max_examples=60)
def test_states_pushed_out_of_the_usual_stay_in_bounds(shock: float, level: float, good: bool) -> None:
    """A convex rule hides a missing clip until something pushes: weights, repairs and hours that no scenario allows."""
    district = small(4, **ALL_LEVERS, places__managed_share=0.5, places__committee_share=1.0)
    world = district.world
    set_terms(district, judgement.JudgementTerms, "judgement", w_service=3.0, w_own=2.0, w_satisfaction=1.4, w_leak=2.0)
    set_terms(district, settlement.SettlementTerms, "settlement", repair_effect=50.0, lease_gain=5.0)
    set_terms(district, service.ServiceTerms, "service", shirking=4.0)
    set_terms(
        district, organisation.OrganisationTerms, "organisation", effort_recover=3.0, effort_wear=2.0 * (not good)
    )
    set_terms(district, payment.PaymentTerms, "payment", suspicion=3.0, weight_compound=2.0 if good else 0.4)
    set_terms(district, response.ResponseTerms, "response", praise=0.9, blame=0.9)
    world.households.satisfaction[:] = level
    world.households.own_matters[:] = 1.0 if good else -1.0
    world.compounds.greed[:] = 4.0
    for _ in range(14):
        world.compounds.extra_hours[:] = 1e4 * shock
        world.compounds.programme_costs[:] = 1e6 * shock
        district.step()
        assert breaches(district) == []
        assert district.ledger.residue() == 0
