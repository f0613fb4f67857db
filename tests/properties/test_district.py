"""What holds in every district, whatever the levers: money and matters are conserved, states stay in their bounds."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.small_districts import districts

from xiaoqu import District, load_scenario
from xiaoqu.month import payment, problems
from xiaoqu.streams import Purpose, Streams
from xiaoqu.tally import INDEX

FEW = settings(deadline=None, max_examples=25)


def total(district: District, name: str) -> float:
    """A tally row of the month just simulated, added up."""
    return float(district.world.tally.history[-1][INDEX[name]].sum())


@given(districts(), st.integers(1, 14))
@FEW
def test_money_and_dues_are_conserved(district: District, months: int) -> None:
    world = district.world
    for _ in range(months):
        owed = int(world.households.arrears.sum()) + int(world.households.bill.sum())
        purse = int(world.households.purse.sum())
        district.step()
        assert district.ledger.residue() == 0
        paid = sum(total(district, name) for name in ("collected", "collected_late", "collected_arrears"))
        assert purse - int(world.households.purse.sum()) == paid
        now = int(world.households.arrears.sum()) + int(world.households.bill.sum())
        assert now - owed == total(district, "billed") - paid


@given(districts(), st.integers(1, 14))
@FEW
def test_every_matter_is_settled_lapsed_or_open(district: District, months: int) -> None:
    for _ in range(months):
        before = len(district.world.issues)
        district.step()
        settled = float(district.world.tally.history[-1][INDEX["settled_by_neighbours"] :][:9].sum())
        gone = settled + total(district, "lapsed")
        assert len(district.world.issues) == before + total(district, "problems") - gone
        assert len(district.world.issues) == total(district, "backlog") + total(district, "latent")


@given(districts(), st.integers(1, 14))
@FEW
def test_states_stay_in_their_bounds(district: District, months: int) -> None:
    world = district.world
    for _ in range(months):
        district.step()
        for table in (world.households, world.stairwells, world.compounds, world.firms, world.party_members):
            assert table.check() == []
        frame = district.outcomes()
        shares = [name for name in map(str, frame) if name.startswith(("share_", "collection_rate", "resolution_rate"))]
        shares.remove("collection_rate_cumulative")  # cash over billed: paying old debts takes it above 1
        assert frame[shares].min().min(skipna=True) >= 0.0 or frame[shares].isna().all(axis=None)
        assert not (frame[shares] > 1.0 + 1e-12).any(axis=None)


@given(districts())
@FEW
def test_bodies_live_in_their_compound(district: District) -> None:
    district.run_for(10)
    world = district.world
    for compound in district.compounds:
        rows = compound.residents
        members = int(rows.get("is_committee_member").sum())
        assert (compound.committee is not None) == bool(world.compounds.has_committee[compound.row])
        assert (members > 0) == (compound.committee is not None)
        assert (compound.council is not None) == bool(world.compounds.is_council[compound.row])
        assert (compound.contract is not None) == (world.compounds.firm[compound.row] >= 0)
    served = np.bincount(world.compounds.firm[world.compounds.firm >= 0], minlength=len(world.firms))
    assert (served == world.firms.contracts).all()


@given(districts(), st.integers(1, 6), st.integers(1, 6))
@settings(deadline=None, max_examples=10)
def test_n_then_m_months_are_n_plus_m(district: District, n: int, m: int) -> None:
    once = District(district.scenario, rng=district.seed)
    once.run_for(n + m)
    district.run_for(n)
    district.run_for(m)
    assert district.digest() == once.digest()


@given(st.integers(0, 2**64 - 1), st.integers(-40, 400), st.sampled_from(list(Purpose)))
@settings(deadline=None, max_examples=60)
def test_a_draw_depends_on_its_key_alone(seed: int, month: int, purpose: Purpose) -> None:
    """One more household in front of the others, or one more compound, moves nobody's draw."""
    streams = Streams(seed)
    key, number = np.array([5, 9]), np.arange(8, dtype=np.int32)
    first, size = np.array([0, 4]), np.array([4, 4])
    number[4:] = np.arange(4)
    few = streams.households(purpose, month, first, size, key, number, np.empty((3, 8))).copy()
    more_key, more_first, more_size = np.array([2, 5, 9]), np.array([0, 3, 7]), np.array([3, 4, 4])
    more_number = np.concatenate([np.arange(3), number]).astype(np.int32)
    more = streams.households(purpose, month, more_first, more_size, more_key, more_number, np.empty((3, 11)))
    assert (more[:, 3:] == few).all()
    assert (few > 0.0).all()
    assert (few < 1.0).all()
    assert few[0, 2] == streams.uniform(purpose, month, 2, 5)
    assert few[0, 2] != streams.uniform(purpose, month + 1, 2, 5)


def test_payments_have_the_probability_they_claim() -> None:
    """120,000 flats in one state: the share that pays lies within 5 standard errors (0.7 points) of the chance."""
    terms = load_scenario("baseline").fill(payment.PaymentTerms, "payment")
    shared = payment.mood(terms, 0.6, 0.0, 0.0, 1e6, 0.0)
    logit = payment.inclination(terms, shared, 0.4, 1.0, 0.6, 0.6, 0.5, 0.6, 0.0, 0.0, 0.0)
    chance = 1.0 / (1.0 + np.exp(-logit))
    draws = Streams(3).uniforms(Purpose.PAYMENT, 7, 120_000, 1)
    paid = (draws < chance).mean()
    assert 0.2 < chance < 0.95
    assert abs(paid - chance) < 5.0 * np.sqrt(chance * (1.0 - chance) / 120_000)


def test_more_trust_never_means_fewer_payers_at_the_first_bill() -> None:
    quiet = {"places.compounds": 3, "places.households": 600, "calendar.spin_up": 12, "campaign.months": 0}
    paid = []
    for base in (0.2, 0.5, 0.9):
        district = District(load_scenario("baseline", quiet), rng=8)
        district.world.households.trust[:] = base
        for _ in range(6):
            district.world.households.trust[:] = base
            district.world.households.habit[:] = 0.5
            district.world.households.belief[:] = 0.5
            district.world.households.satisfaction[:] = 0.5
            payment.run(district.world)
            district.world.month += 1
        paid.append(district.world.households.paid.copy())
    assert (paid[0] <= paid[1]).all()
    assert (paid[1] <= paid[2]).all()
    assert paid[0].sum() < paid[2].sum()


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
