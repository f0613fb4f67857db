"""Common random numbers: a draw depends on its key alone, so two scenarios share every draw that both hand out.

And off is absent: with a lever at 0, its intensities, effects and costs may be anything, and not a byte changes.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.strategies import ALL_LEVERS, BASELINE, LEVERS, RANGES, SMALL, scenarios, seeds, small

from xiaoqu import District
from xiaoqu.streams import Purpose, Streams

if TYPE_CHECKING:
    from xiaoqu.scenario import Scenario

purposes = st.sampled_from(Purpose)
any_month = st.integers(-240, 1200)


@given(seeds, purposes, any_month, st.lists(st.integers(0, 10_000), min_size=1, max_size=6, unique=True), st.data())
@settings(max_examples=80)
def test_a_household_draws_by_its_number_and_its_compounds_key(
    seed: int, purpose: Purpose, month: int, keys: list[int], data: st.DataObject
) -> None:
    """Whatever the other compounds, their sizes and their order."""
    streams = Streams(seed)
    sizes = np.array(data.draw(st.lists(st.integers(1, 40), min_size=len(keys), max_size=len(keys))))
    numbers = np.concatenate([np.arange(size, dtype=np.int32) for size in sizes])
    first = np.cumsum(sizes) - sizes
    for c, key in enumerate(keys):
        handed = streams.uniforms(purpose, month, numbers[first[c] : first[c] + sizes[c]], key)
        assert (handed == [streams.uniform(purpose, month, n, key) for n in range(sizes[c])]).all()
        assert (handed == streams.uniforms(purpose, month, int(sizes[c]), key)).all()
        assert ((handed > 0.0) & (handed < 1.0)).all()


@given(seeds, purposes, any_month, st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1), st.data())
@settings(max_examples=150)
def test_every_part_of_the_key_counts(
    seed: int, purpose: Purpose, month: int, number: int, group: int, data: st.DataObject
) -> None:
    draw = Streams(seed).uniform(purpose, month, number, group)
    others = [
        Streams(seed ^ (1 << data.draw(st.integers(0, 63)))).uniform(purpose, month, number, group),
        Streams(seed).uniform(data.draw(purposes.filter(lambda other: other != purpose)), month, number, group),
        Streams(seed).uniform(purpose, month + data.draw(st.sampled_from([-12, -1, 1, 12])), number, group),
        Streams(seed).uniform(purpose, month, number ^ (1 << data.draw(st.integers(0, 30))), group),
        Streams(seed).uniform(purpose, month, number, group ^ (1 << data.draw(st.integers(0, 30)))),
        Streams(seed).uniform(purpose, month, number, group, data.draw(st.integers(1, 10_000))),
    ]
    assert draw not in others
    assert len(set(others)) == len(others)


def drawn(*overrides: str) -> dict[str, str]:
    """Every draw of a small district by its key; the rules run without the compiler, so that none is missed."""
    command = [sys.executable, str(Path(__file__).with_name("drawn.py")), *overrides]
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        command, env=os.environ | {"NUMBA_DISABLE_JIT": "1"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return dict(line.rsplit(" ", 1) for line in done.stdout.splitlines())


@pytest.mark.parametrize("lever", ["neighbour_chiefs", "triage", "infrastructure_works"])
def test_two_scenarios_that_differ_in_one_lever_share_every_draw(lever: str) -> None:
    off, on = (drawn(f"levers.{lever}={grade}") for grade in ("off", "1.5"))
    shared = off.keys() & on.keys()
    assert all(off[key] == on[key] for key in shared)
    of_households = {key for key in off if key.startswith(("_fill_compound", "fill_compound"))}
    assert len(of_households) >= 2 * 3 * 18  # problems and payment, three compounds, 12 months of spin-up and 6 more
    assert of_households <= shared
    assert any("uniforms_of" in key for key in shared)


FIRMS_ALONE = ("firms.fixed_cost_community", "firms.area_cost_community", "firms.fee_community")
# What a lever alone puts to work: intensities, effects, costs. Levers without any are not here.
BELONGS: dict[str, tuple[str, ...]] = {
    "compound_plans": ("campaign.lead",),
    "firm_supervision": ("firms.crew_floor_supervised", "programme_costs.firm_supervision"),
    "cross_appointment": ("programmes.cross_share", "organisation.support_cross"),
    "stairwell_groups": ("organisation.recruit_groups",),
    "triage": ("response.triage_gain",),
    "patrols": ("programmes.patrol_hours", "programme_costs.patrols", "response.patrol_found"),
    "partner_units": ("programmes.donations",),
    "cadre_sponsors": (
        "programmes.sponsored_share",
        "programme_costs.cadre_sponsors",
        "response.sponsor_capacity",
        "response.sponsor_found",
    ),
    "community_firms": (
        "programmes.baseline_service",
        "programmes.community_firm_subsidy",
        "programmes.community_firms_per_compound",
        *FIRMS_ALONE,
    ),
    "public_revenue": ("settlement.lease_gain",),
    "joint_review": ("organisation.support_meeting",),
    "double_evaluation": ("programmes.bonus",),
    "in_service_members": (
        "programmes.in_service_members",
        "response.order_share",
        "response.success_order",
        "people.new_economy_members",
    ),
    "three_party_meetings": (
        "response.meeting_capacity",
        "response.success_meeting",
        "response.meeting_found",
        "programme_costs.three_party_meetings",
    ),
    "deliberation_points": (
        "programmes.deliberation_points",
        "programme_costs.deliberation_points",
        "response.point_capacity",
        "response.success_deliberation",
    ),
    "compound_ledger": ("firms.bundle_most",),
    "party_branches": (
        "programme_costs.party_branches",
        "organisation.branch_gain",
        "organisation.branch_members",
        "organisation.visits_member",
        "organisation.support_branch",
        "organisation.cohesion_branch",
        "assembly.mobilisation_branch",
    ),
    "trusteeship": ("campaign.retry_trustee",),
    "volunteering": ("programmes.volunteer_hours", "programme_costs.volunteering", "organisation.thanks"),
    "neighbour_chiefs": (
        "programmes.chiefs_per_household",
        "programme_costs.neighbour_chiefs",
        "problems.chief",
        "response.mediation_per_chief",
        "organisation.visits_chief",
    ),
    "infrastructure_works": ("programmes.works_money",),
    "services_close_by": ("problems.service_points", "programme_costs.services_close_by"),
    "local_jobs": ("programmes.jobs_share", "programmes.jobs_income"),
    "civic_life": ("programme_costs.civic_life", "organisation.cohesion_civic", "organisation.recruit_civic"),
    "committee_formation": ("campaign.retry_committee",),
    "associations": ("programmes.learning",),
    "party_consent": ("assembly.consent_least",),
    "online_ballots": ("assembly.online", "assembly.absent_online"),
    "evaluation_decides": ("firms.mended", "firms.poor_satisfaction"),
}


@pytest.mark.parametrize("name", sorted(BELONGS))
@given(seed=seeds, end=st.integers(0, 1), data=st.data())
@settings(max_examples=6)
def test_a_lever_that_is_off_is_absent(name: str, seed: int, end: int, data: st.DataObject) -> None:
    """All other levers are on; what belongs to this one alone goes to an end of its bounds."""
    usual = ALL_LEVERS | {f"levers.{name}": 0.0, "places.managed_share": 0.5, "places.committee_share": 0.5}
    own = list(BELONGS[name])
    touched = {key: RANGES[key][end] for key in data.draw(st.sets(st.sampled_from(own), min_size=1))}
    districts = [small(seed, **usual), small(seed, **usual, **touched)]
    for district in districts:
        district.run_for(14)
    assert districts[0].digest() == districts[1].digest()


def test_no_tender_is_called_among_firms_that_do_not_exist() -> None:
    for seed in range(6):
        usual = ALL_LEVERS | {"levers.community_firms": 0.0}
        plain = small(seed, **usual)
        cheap = small(seed, **usual, **{key: RANGES[key][0] for key in FIRMS_ALONE[:2]})
        for district in (plain, cheap):
            district.run_for(14)
        assert plain.digest() == cheap.digest()


@pytest.mark.parametrize("name", sorted(set(BELONGS) - {"evaluation_decides", "committee_formation"}))
def test_a_lever_that_is_on_uses_what_belongs_to_it(name: str) -> None:
    """The control: with the lever on, each of those parameters changes the run of at least one of a few districts."""
    usual = ALL_LEVERS | {"places.compounds": 12, "places.households": 900, "places.infrastructure": 0.6}
    usual |= {"places.compounds_per_community": 6}
    plain = [small(seed, **usual) for seed in range(2)]
    for district in plain:
        district.run_for(30)
    for key in BELONGS[name]:
        for low_or_high in RANGES[key]:
            other = [small(seed, **usual, **{key: low_or_high}) for seed in range(2)]
            for district in other:
                district.run_for(30)
            if [district.digest() for district in other] != [district.digest() for district in plain]:
                break
        else:
            pytest.fail(f"{key} changes nothing")


@given(seeds, st.integers(1, 6))
@settings(max_examples=12)
def test_without_a_campaign_levers_do_nothing(seed: int, months: int) -> None:
    """A lever works where the campaign reaches. Two found something before it: members who report in, firms."""
    enrolled = {"levers.in_service_members": 0.0, "levers.community_firms": 0.0}
    with_levers = small(seed, **ALL_LEVERS | enrolled, campaign__months=0, places__managed_share=0.5)
    without = small(seed, campaign__months=0, places__managed_share=0.5)
    for district in (with_levers, without):
        district.run_for(months)
    assert with_levers.digest() == without.digest()


@given(seeds, st.dictionaries(st.sampled_from(LEVERS), st.sampled_from([0.5, 3.0])))
@settings(max_examples=25)
def test_month_zero_knows_nothing_of_the_levers(seed: int, levers: dict[str, float]) -> None:
    """The spin-up runs under the conditions before the campaign."""
    enrolled = {"levers.in_service_members": 0.0, "levers.community_firms": 0.0, "campaign.start": 3}
    scenario = BASELINE.with_overrides(SMALL | levers | enrolled)
    plain = BASELINE.with_overrides(SMALL | {"campaign.start": 3})
    before, after = District(plain, rng=seed), District(scenario, rng=seed)
    for table in ("households", "stairwells", "compounds", "firms"):
        one, other = getattr(before.world, table), getattr(after.world, table)
        assert all(np.array_equal(getattr(one, name), getattr(other, name)) for name in one.names)
    assert before.events().equals(after.events())


@given(scenarios(), seeds)
@settings(max_examples=15)
def test_a_rule_of_ones_own_disturbs_nobody(scenario: Scenario, seed: int) -> None:
    plain, extended = District(scenario, rng=seed), District(scenario, rng=seed)
    for _ in range(6):
        plain.step()
        for row in range(len(extended.world.compounds)):
            extended.luck("user", row, 0)
            extended.world.streams.generator(Purpose.USER, extended.month, row).normal(size=3)
        extended.step()
    assert plain.digest() == extended.digest()
