"""Nothing is lost: money, bills, matters, households, contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.strategies import ALL_LEVERS, districts, months, small

from xiaoqu.ledger import INDEX as PURPOSES
from xiaoqu.ledger import PURPOSES as ALL_PURPOSES
from xiaoqu.tally import INDEX, Tally

if TYPE_CHECKING:
    from xiaoqu import District


def of_month(district: District, name: str) -> np.ndarray:
    """A tally row of the month just simulated, one figure a compound."""
    row: np.ndarray = district.world.tally.history[-1][INDEX[name]]
    return row


def settled(district: District) -> np.ndarray:
    """Matters settled in the month just simulated, one figure a compound."""
    names = [name for name in INDEX if name.startswith("settled_by_")]
    return sum((of_month(district, name) for name in names), np.zeros(len(district.world.compounds)))


def owed(district: District) -> np.ndarray:
    """Fen that households owe, one figure a compound."""
    households = district.world.households
    debts = households.arrears + households.bill
    return np.bincount(households.compound, debts, len(district.world.compounds))


@given(districts(), months)
@settings(max_examples=40)
def test_every_fen_has_a_payer_and_a_receiver(district: District, length: int) -> None:
    assert district.ledger.residue() == 0
    for _ in range(length):
        before = district.ledger.balances()
        district.step()
        after = district.ledger.balances()
        assert sum(after.values()) == district.ledger.residue() == 0
        # What moved is what the books say: money that two sides miss alike would leave the residue at 0.
        flows = district.ledger.flows.sum(axis=1)
        for holder in after:
            received = sum(flows[PURPOSES[p.name]] for p in ALL_PURPOSES if p.receiver == holder)
            paid = sum(flows[PURPOSES[p.name]] for p in ALL_PURPOSES if p.payer == holder)
            assert after[holder] - before[holder] == received - paid, holder


@given(districts(), months)
@settings(max_examples=40)
def test_what_is_billed_is_paid_or_owed(district: District, length: int) -> None:
    compounds = len(district.world.compounds)
    for _ in range(length):
        before, purse = owed(district), district.world.households.purse.copy()
        district.step()
        paid = sum(of_month(district, name) for name in ("collected", "collected_late", "collected_arrears"))
        assert (owed(district) - before == of_month(district, "billed") - paid).all()
        assert (of_month(district, "arrears") == owed(district)).all()
        given_out = purse - district.world.households.purse
        assert (np.bincount(district.world.households.compound, given_out, compounds) == paid).all()
        assert (of_month(district, "flow_dues") == paid).all()
        assert (given_out >= 0).all()


@given(districts(), months)
@settings(max_examples=25)
def test_the_yearly_books_are_the_sum_of_twelve_months(district: District, length: int) -> None:
    """Bills and what was paid of them, early or late, over the last 12 months (collection_rate_12m)."""
    district.run_for(length)
    tally = district.world.tally
    year = tally.history[-12:]
    assert (of_month(district, "billed_12m") == sum(month[INDEX["billed"]] for month in year)).all()
    assert (of_month(district, "bills_12m") == sum(month[INDEX["bills"]] for month in year)).all()
    assert (of_month(district, "collected_12m") >= sum(month[INDEX["collected"]] for month in year)).all()
    assert (of_month(district, "collected_12m") <= of_month(district, "billed_12m")).all()
    assert (of_month(district, "bills_paid_12m") <= of_month(district, "bills_12m")).all()
    assert (of_month(district, "bills_paid_occupied_12m") <= of_month(district, "bills_occupied_12m")).all()
    assert (of_month(district, "reported_12m") == sum(month[INDEX["reported"]] for month in year)).all()


@given(districts(), months)
@settings(max_examples=40)
def test_every_problem_is_settled_lapsed_open_or_latent(district: District, length: int) -> None:
    compounds = len(district.world.compounds)
    issues = district.world.issues
    at_start = np.bincount(issues.columns.compound[: issues.count], minlength=compounds)
    arisen, gone = np.zeros(compounds), np.zeros(compounds)
    for _ in range(length):
        district.step()
        arisen += of_month(district, "problems")
        gone += settled(district) + of_month(district, "lapsed")
        columns, count = issues.columns, issues.count
        assert (np.bincount(columns.compound[:count], minlength=compounds) == at_start + arisen - gone).all()
        assert (of_month(district, "backlog") + of_month(district, "latent") == at_start + arisen - gone).all()
        ages = np.sum([of_month(district, name) for name in INDEX if name.startswith("backlog_")], axis=0)
        assert (ages == of_month(district, "backlog")).all()
        assert (columns.compound[:count] == district.world.households.compound[columns.household[:count]]).all()
        assert (np.diff(columns.opened[:count]) >= 0).all()  # oldest first
        assert (of_month(district, "found") <= of_month(district, "reported")).all()
        assert (settled(district) <= of_month(district, "contacts")).all()
        assert tally_waits(district.world.tally) == settled(district).sum()


def tally_waits(tally: Tally) -> float:
    """Matters settled in the month just simulated, counted by months waited."""
    return float(tally.waits[-1].sum())


@given(districts(), months)
@settings(max_examples=25)
def test_households_stay_where_they_are(district: District, length: int) -> None:
    households = district.world.households
    fixed = ("number", "compound", "stairwell", "area", "disposition", "cooperator", "tenure")
    before = {name: getattr(households, name).copy() for name in fixed}
    district.run_for(length)
    for name in fixed:
        assert (getattr(households, name) == before[name]).all(), name
    compounds = district.world.compounds
    assert (np.bincount(households.compound, minlength=len(compounds)) == compounds.households).all()
    assert (np.bincount(households.compound, households.area, len(compounds)) == compounds.area).all()
    assert (
        np.bincount(households.compound[households.tenure != 2], minlength=len(compounds)) == compounds.occupied
    ).all()


@given(st.integers(0, 2**32), st.integers(1, 14))
@settings(max_examples=10)
def test_programme_money_is_spent_once(seed: int, length: int) -> None:
    """Money for urgent matters (H9) leaves its pot exactly as it is paid out, where no other budget can pay.

    Small matters are paid by the tier that settles them, so they cost nothing here.
    """
    no_other = {"response.tier_money": 0.0, "response.small_cost_share": 0.0}
    urgent = {"levers.infrastructure_works": 1.0, "problems.rate": 0.5, "levers.triage": 1.0}
    district = small(seed, **no_other | urgent)
    pot, paid = 0.0, 0.0
    district.run_for(1)  # pace 1: every compound is covered in month 0
    per_flat = district.scenario["programmes.works_money"]
    pot = 100.0 * per_flat * len(district.world.households)
    paid += float(of_month(district, "flow_repairs_programme").sum())
    for _ in range(length):
        district.step()
        paid += float(of_month(district, "flow_repairs_programme").sum())
        assert district.world.programme_money[0] == pytest.approx(pot - paid)
        assert district.world.programme_money[0] >= 0.0


def test_books_refuse_an_entry_on_one_side() -> None:
    """The control: an entry on one side only is what `residue` shows."""
    district = small(3, **ALL_LEVERS)
    district.run_for(2)
    district.world.compounds.account[0] += 1
    assert district.ledger.residue() == 1
    with pytest.raises(ValueError, match="purses"):
        district.ledger.post("dues", 0, 100)
