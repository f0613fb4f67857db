"""What must go one way when one thing is changed and all else, draws among it, is held.

Feedback is off: a rule is run once from two copies of the same state, so what differs is the change alone.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.strategies import ALL_LEVERS, seeds, set_terms, small

from xiaoqu.month import judgement, organisation, payment, problems, response, service, settlement
from xiaoqu.tally import INDEX

if TYPE_CHECKING:
    from collections.abc import Callable

    from xiaoqu import District

SIZES = {"places.compounds": 3, "places.households": 300}


def at_a_bill(seed: int, **more: object) -> District:
    """A district whose next payment phase bills everybody. What people think and remember is spread out."""
    district = small(seed, **SIZES, **more)
    world = district.world
    spread = np.random.default_rng(seed % 2**32)
    for name in ("belief", "habit", "trust", "satisfaction"):
        getattr(world.households, name)[:] = spread.uniform(0.1, 0.9, len(world.households))
    world.compounds.bill_offset[:] = world.month % world.compounds.billing
    world.tally.clear()
    return district


def pays(district: District, change: Any = None) -> np.ndarray:
    """Who has paid after the payment phase of a changed copy."""
    other = copy.deepcopy(district)
    if change is not None:
        change(other)
    payment.run(other.world)
    return other.world.households.paid.astype(bool)


def set_payment(**values: float) -> Any:
    return lambda district: set_terms(district, payment.PaymentTerms, "payment", **values)


def add(table: str, column: str, amount: float) -> Any:
    def change(district: District) -> None:
        getattr(getattr(district.world, table), column)[:] += amount

    return change


# Every term of the rule counts, whatever the baseline says.
EACH = dict.fromkeys(("service", "trust", "habit", "peers", "visit", "party", "lead", "sanction", "burden"), 1.0)
EACH |= {"base": 0.0, "lead_life": 12.0, "peers_conditional": 1.0, "peers_unconditional": 0.5}
EACH |= {"peers_free_rider": 0.2, "peers_hump": 0.5}
# What raises everybody's chance to pay a bill, or leaves it as it was.
HELPS: dict[str, Callable[[float], Any]] = {
    "base": lambda step: set_payment(base=step),
    "trust": lambda step: add("households", "trust", 0.1 * step),
    "satisfaction": lambda step: add("households", "satisfaction", 0.1 * step),
    "habit": lambda step: add("households", "habit", 0.1 * step),
    "belief": lambda step: add("households", "belief", 0.1 * step),
    "sanction": lambda step: add("compounds", "sanction", 0.05 * step),
    "visits": lambda step: add("compounds", "visits", 0.3 * step),
    "branch": lambda step: add("compounds", "branch", 0.5 * step),
    "lower fee": lambda step: add("compounds", "flat_fee", -200.0 * step),
    "disposition": lambda step: add("households", "steady", 0.3 * step),
    "announcement": lambda _: lambda d: d.world.compounds.announced.fill(d.world.month),
    "no fatigue": lambda _: add("households", "fatigue", 0.0),
}


@pytest.mark.parametrize("name", sorted(HELPS))
@given(seed=seeds, step=st.floats(0.0, 1.0))
@settings(max_examples=15)
def test_whoever_paid_still_pays_when_paying_is_made_likelier(name: str, seed: int, step: float) -> None:
    district = at_a_bill(seed, modes__unmanaged__flat_fee=4.0)
    set_payment(**EACH)(district)
    district.world.compounds.visits[:] = 0.3
    plain, helped = pays(district), pays(district, HELPS[name](step))
    assert (helped >= plain).all()


@pytest.mark.parametrize("name", sorted(set(HELPS) - {"no fatigue"}))
def test_each_of_these_does_make_some_pay_more(name: str) -> None:
    """The control: over a few districts a whole step wins at least one payer."""
    districts = [at_a_bill(seed, places__party_share=0.5) for seed in range(12)]
    for district in districts:
        set_payment(**EACH)(district)
        district.world.compounds.visits[:] = 0.3
    assert sum(pays(each, HELPS[name](1.0)).sum() for each in districts) > sum(pays(each).sum() for each in districts)


@given(seeds)
@settings(max_examples=15)
def test_a_refusal_wins_nobody_and_loses_only_the_dissatisfied(seed: int) -> None:
    district = at_a_bill(seed)
    set_terms(district, payment.PaymentTerms, "payment", lead=0.0)  # else a member who refuses is missed as an example
    plain, refused = pays(district), pays(district, lambda other: other.world.compounds.refusal.fill(1))
    assert (refused <= plain).all()
    lost = plain & ~refused
    assert (district.world.households.satisfaction[lost] < 0.5).all()


# An effect size, and the state that it weighs.
EFFECTS = {
    "trust": ("households", "trust"),
    "service": ("households", "satisfaction"),
    "habit": ("households", "habit"),
    "peers": ("households", "belief"),
    "visit": ("compounds", "visits"),
    "sanction": ("compounds", "sanction"),
    "refusal": ("compounds", "refusal"),
    "lead": ("compounds", "announced"),
}


@pytest.mark.parametrize("effect", sorted(EFFECTS))
@given(seed=seeds, value=st.floats(0.0, 1.0))
@settings(max_examples=10)
def test_an_effect_of_size_zero_is_off(effect: str, seed: int, value: float) -> None:
    """Bit for bit: whatever the state that it weighs, the same households pay (a refusal through satisfaction only)."""
    table, column = EFFECTS[effect]
    district = at_a_bill(seed, places__party_share=0.4)
    also = {"refusal": 0.0} if effect == "service" else {"party": 0.0} if effect == "lead" else {}
    set_terms(district, payment.PaymentTerms, "payment", **{effect: 0.0}, **also)

    def change(other: District) -> None:
        array = getattr(getattr(other.world, table), column)
        array[:] = other.world.month if column == "announced" else value if array.dtype.kind == "f" else round(value)

    assert (pays(district, change) == pays(district)).all()


@given(seeds, st.floats(0.0, 0.9), st.floats(0.0, 0.9))
@settings(max_examples=40)
def test_more_calls_never_mean_fewer_late_payments(seed: int, one: float, other: float) -> None:
    """Between bills, in that month: whoever paid late with fewer calls pays with more."""
    district = at_a_bill(seed)
    payment.run(district.world)
    district.world.month += 1
    fewer, more = (pays(district, lambda d, v=v: d.world.compounds.visits.fill(v)) for v in sorted((one, other)))
    assert (more >= fewer).all()
    assert (fewer >= district.world.households.paid.astype(bool)).all()  # nobody is billed, nobody takes back


@given(seeds)
@settings(max_examples=15)
def test_arrears_are_cleared_by_payers_alone_and_not_at_chance_zero(seed: int) -> None:
    district = at_a_bill(seed)
    district.world.households.arrears[:] = 12345
    district.world.households.bill[:] = 0
    for chance in (0.0, 0.4, 1.0):
        other = copy.deepcopy(district)
        set_terms(other, payment.PaymentTerms, "payment", clear=chance)
        payment.run(other.world)
        households = other.world.households
        cleared = households.arrears == 0
        assert (cleared <= households.paid.astype(bool)).all()
        assert set(np.unique(households.arrears)) <= {0, 12345}
        assert cleared.any() == (chance > 0.0)
        assert chance < 1.0 or (cleared == households.paid.astype(bool)).all()


@given(seeds, st.integers(1, 12), st.integers(1, 400))
@settings(max_examples=25)
def test_a_bill_is_the_dues_of_its_months(seed: int, months: int, fee: int) -> None:
    """Twice the months or twice the fee is twice the bill, and it is proportional to area."""
    district = at_a_bill(seed)
    world = district.world
    world.compounds.fee[:], world.compounds.flat_fee[:], world.compounds.billing[:] = fee, 150.0, months
    world.compounds.bill_offset[:] = world.month % months
    set_terms(district, payment.PaymentTerms, "payment", base=-1000.0)
    payment.run(world)
    due = np.rint(months * (fee * world.households.area / 100.0 + 150.0))
    assert np.abs(world.households.bill - due).max() <= 1
    assert world.households.paid.sum() == 0


# The month's other rules: a change, and the state that it must not lower.
def run_rule(district: District, rule: Any, change: Any = None) -> District:
    other = copy.deepcopy(district)
    if change is not None:
        change(other)
    rule.run(other.world)
    return other


@pytest.mark.parametrize("cause", ["quality", "infrastructure", "responsiveness", "cohesion"])
@given(seed=seeds, step=st.floats(0.0, 1.0))
@settings(max_examples=10)
def test_nobody_is_less_satisfied_or_trusting_where_things_are_better(cause: str, seed: int, step: float) -> None:
    district = at_a_bill(seed)
    plain, better = (run_rule(district, judgement, change) for change in (None, add("compounds", cause, step)))
    assert (better.world.households.satisfaction >= plain.world.households.satisfaction).all()
    assert (better.world.households.trust >= plain.world.households.trust).all()
    assert (better.world.compounds.dissatisfied <= plain.world.compounds.dissatisfied).all()


@given(seeds, st.floats(0.05, 0.4))
@settings(max_examples=25)
def test_trust_falls_faster_than_it_rises(seed: int, gap: float) -> None:
    """T11: from as far above as below what is deserved, each way has the speed stated for it."""
    district = at_a_bill(seed)
    set_terms(district, judgement.JudgementTerms, "judgement", rate=0.0, w_satisfaction=0.0, w_ties=0.0, w_leak=0.0)
    set_terms(district, judgement.JudgementTerms, "judgement", w_open=0.5, up=0.05, down=0.1)
    district.world.compounds.published[:] = 1.0

    def moved(start: float) -> np.ndarray:
        other = run_rule(district, judgement, lambda d: d.world.households.trust.fill(start))
        return other.world.households.trust - np.float32(start)

    rises, falls = moved(0.5 - gap), moved(0.5 + gap)
    assert (rises > 0.0).all()
    assert (-falls >= 1.999 * rises).all()


@given(seeds, st.floats(0.0, 5000.0))
@settings(max_examples=20)
def test_more_money_or_hours_never_lower_quality(seed: int, more: float) -> None:
    district = at_a_bill(seed)
    plain = run_rule(district, service)
    for change in (add("compounds", "subsidy", more), add("compounds", "extra_hours", more)):
        assert (run_rule(district, service, change).world.compounds.quality >= plain.world.compounds.quality).all()


def problems_of(district: District, **values: float) -> tuple[set[tuple[int, int]], set[int]]:
    """New problems (household, kind), and the households whose problem is reported."""
    other = copy.deepcopy(district)
    set_terms(other, problems.ProblemTerms, "problems", **values)
    other.world.issues.count = 0
    problems.run(other.world)
    columns, count = other.world.issues.columns, other.world.issues.count
    found = set(zip(columns.household[:count].tolist(), columns.kind[:count].tolist(), strict=True))
    return found, set(columns.household[:count][columns.reported[:count] == other.world.month].tolist())


@given(seeds, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
@settings(max_examples=25)
def test_a_higher_rate_adds_problems_and_a_better_channel_adds_reports(seed: int, one: float, other: float) -> None:
    district = at_a_bill(seed)
    low, high = sorted((one, other))
    assert problems_of(district, rate=low)[0] <= problems_of(district, rate=high)[0]
    deaf, hearing = problems_of(district, rate=0.5, hotline=low), problems_of(district, rate=0.5, hotline=high)
    assert deaf[0] == hearing[0]
    assert deaf[1] <= hearing[1]
    district.world.stairwells.chief[:] = 1
    with_chiefs = problems_of(district, rate=0.5, hotline=low)
    assert with_chiefs[0] == deaf[0]
    assert deaf[1] <= with_chiefs[1]
    assert problems_of(district, rate=0.0) == (set(), set())


@given(seeds, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
@settings(max_examples=20)
def test_a_higher_success_settles_more_where_capacity_is_no_limit(seed: int, one: float, other: float) -> None:
    district = small(seed, **SIZES, **ALL_LEVERS, problems__rate=0.5, problems__hotline=1.0)
    district.step()
    columns, count = district.world.issues.columns, district.world.issues.count
    columns.kind[:count] = 1  # small matters: the body's own
    columns.tier[:count] = 0

    def left(success: float) -> set[tuple[int, int]]:
        world = copy.deepcopy(district).world
        world.mode_table.capacity[:] = 100.0
        world.mode_table.driver[:] = response.BY_NOBODY
        world._terms[response.ResponseTerms] = world.terms(response.ResponseTerms, "response")._replace(
            success_body=success,
            mediation=0.0,
            meeting_capacity=0.0,
            point_capacity=0.0,
            tier_capacity=0.0,
            mediation_per_chief=0.0,
        )
        world.compounds.sponsor[:] = 0.0
        world.capacity[:] = 0.0
        world.tier_budget[:] = 0.0
        response.run(world)
        kept = world.issues.count
        return set(
            zip(
                world.issues.columns.household[:kept].tolist(), world.issues.columns.opened[:kept].tolist(), strict=True
            )
        )

    low, high = sorted((one, other))
    assert left(high) <= left(low)


@given(seeds, st.floats(0.0, 1.0))
@settings(max_examples=15)
def test_open_accounts_lose_less_public_revenue(seed: int, published: float) -> None:
    district = at_a_bill(seed)
    closed, opened = (
        run_rule(district, settlement, lambda d, v=v: d.world.compounds.published.fill(v)) for v in (0.0, published)
    )
    lost = [d.world.tally.data[INDEX["flow_leak"]] for d in (closed, opened)]
    kept = [d.world.tally.data[INDEX["flow_public_revenue"]] for d in (closed, opened)]
    assert (lost[1] <= lost[0]).all()
    assert np.allclose(lost[0] + kept[0], lost[1] + kept[1])


@given(seeds, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
@settings(max_examples=15)
def test_a_supported_committee_wears_less_and_thanked_volunteers_stay(seed: int, one: float, other: float) -> None:
    district = at_a_bill(seed, places__committee_share=1.0)
    world = district.world
    world.compounds.has_branch[:], world.compounds.is_council[:] = 1, 1
    world.compounds.volunteers[:] = 20.0
    low, high = sorted((one, other))
    weak, strong = (
        run_rule(district, organisation, lambda d, v=v: d.world.compounds.branch.fill(v)) for v in (low, high)
    )
    assert (strong.world.compounds.effort >= weak.world.compounds.effort).all()

    def volunteers(rate: float) -> np.ndarray:
        def change(d: District) -> None:
            set_terms(d, organisation.OrganisationTerms, "organisation", quit=rate, recruit=0.0)

        return run_rule(district, organisation, change).world.compounds.volunteers

    assert (volunteers(high) <= volunteers(low)).all()


@given(seeds)
@settings(max_examples=8)
def test_a_take_over_that_moves_nobody_moves_nobody(seed: int) -> None:
    still = {"takeover.belief": 0.0, "takeover.habit": 0.0, "takeover.trust": 0.0}
    district = small(seed, **SIZES, **still)
    households = district.world.households
    before = {name: getattr(households, name).copy() for name in ("belief", "habit", "trust", "satisfaction")}
    district.change_mode(0, next(mode for mode in district.modes if mode.name == "council"))
    for name, column in before.items():
        assert (getattr(households, name) == column).all()
