"""Levers that change during a run: "levers.patrols@12" is the grade from month 12 on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.strategies import ALL_LEVERS, BASELINE, LEVERS, SMALL, scenarios, seeds, small

from xiaoqu import District
from xiaoqu.errors import InputError
from xiaoqu.governance import formation
from xiaoqu.scenario import load_scenario
from xiaoqu.world import CHIEF

if TYPE_CHECKING:
    from pathlib import Path

    from xiaoqu.scenario import Scenario

FROM_START = {"levers.community_firms", "levers.in_service_members"}
DATED = sorted(set(LEVERS) - FROM_START)
grades = st.dictionaries(st.sampled_from(DATED), st.sampled_from([0.0, 0.5, 1.0, 3.0]), min_size=1, max_size=6)


@given(scenarios(), seeds, grades, grades, st.integers(0, 8), st.integers(0, 8), st.integers(1, 8))
@settings(max_examples=20)
def test_a_change_on_the_way_is_a_date_in_the_scenario(
    scenario: Scenario, seed: int, one: dict[str, object], two: dict[str, object], n: int, m: int, k: int
) -> None:
    steered = District(scenario, rng=seed)
    for months, change in ((n, one), (m, two)):
        steered.run_for(months)
        steered.change(change)
    steered.run_for(k)
    stated = District(steered.scenario, rng=seed)
    stated.run_for(n + m + k)
    assert stated.digest() == steered.digest()
    assert steered.ledger.residue() == 0


@given(scenarios(), seeds, grades, st.integers(0, 12))
@settings(max_examples=12)
def test_what_lies_before_a_date_knows_nothing_of_it(
    scenario: Scenario, seed: int, change: dict[str, object], month: int
) -> None:
    dated = scenario.with_overrides({f"{key}@{month}": grade for key, grade in change.items()})
    before, after = District(scenario, rng=seed), District(dated, rng=seed)
    for district in (before, after):
        district.run_for(month)
    assert before.digest() == after.digest()


@given(scenarios(), seeds, st.integers(0, 9))
@settings(max_examples=12)
def test_the_grade_that_holds_already_changes_nothing(scenario: Scenario, seed: int, month: int) -> None:
    same = scenario.with_overrides({f"{key}@{month}": scenario[key] for key in DATED})
    plain, dated = District(scenario, rng=seed), District(same, rng=seed)
    for district in (plain, dated):
        district.run_for(month + 3)
    assert plain.digest() == dated.digest()


@pytest.mark.parametrize("key", sorted(set(DATED) - {"levers.compound_ledger"}))
def test_a_lever_from_month_0_on_is_the_lever(key: str) -> None:
    """Before month 0 no programme works. (The order of the campaign is laid down as it begins: compound_ledger.)"""
    others = ALL_LEVERS | {key: 0.0, "places.managed_share": 0.4}
    always, dated = (small(5, **others | more) for more in ({key: 1.0}, {f"{key}@0": 1.0}))
    for district in (always, dated):
        district.run_for(14)
    assert always.outcomes().equals(dated.outcomes())
    assert np.array_equal(always.world.households.purse, dated.world.households.purse)


def test_chiefs_go_and_come_back_with_the_lever() -> None:
    key = "levers.neighbour_chiefs"
    district = small(2, **ALL_LEVERS, **{f"{key}@6": 0.0, f"{key}@9": 1.0})
    roles, stairs = district.world.households.roles, district.world.stairwells
    district.run_for(6)
    first = np.flatnonzero(roles & CHIEF)
    district.step()
    assert len(first)
    assert not (roles & CHIEF).any()
    assert not stairs.chief.any()
    assert not district.world.compounds.chiefs.any()
    district.run_for(3)
    assert np.array_equal(np.flatnonzero(roles & CHIEF), first)
    assert district.world.compounds.chiefs.sum() == stairs.chief.sum() == len(first)
    log = district.events().query("kind == 'lever'")
    assert log[["month", "subject", "value"]].to_numpy().tolist() == [[6, key[7:], 0.0], [9, key[7:], 1.0]]


WORKS = "levers.infrastructure_works"


@pytest.mark.parametrize(
    ("dates", "times"),
    [
        ({}, 1),
        ({"@6": 0.0}, 1),
        ({"@6": 3.0}, 3),
        ({"@3": 0.0, "@4": 1.0, "@5": 0.0, "@6": 0.5}, 1),  # off and on again is no second grant
        ({"@3": 2.0, "@4": 0.5, "@5": 3.0}, 3),
    ],
)
def test_money_for_works_is_granted_once_and_only_the_difference_later(dates: dict[str, float], times: int) -> None:
    granted = []
    for grades_by_month in ({WORKS: 1.0}, {WORKS: 1.0} | {f"{WORKS}{at}": grade for at, grade in dates.items()}):
        district = small(3, **grades_by_month, levers__tiered_response=0.0)
        district.run_for(8)
        spent = district.outcomes()["repairs_programme"].sum()
        granted.append(round(float(district.world.programme_money[0] + spent)))
    once, changed = granted
    assert once > 0
    assert changed == times * once


def test_work_that_was_given_is_not_given_again() -> None:
    key = "levers.local_jobs"
    steady = small(3, **{key: 1.0})
    fickle = small(3, **{key: 1.0, f"{key}@3": 0.0, f"{key}@5": 1.0, f"{key}@7": 0.5, f"{key}@9": 1.0})
    for district in (steady, fickle):
        district.run_for(12)
    assert np.array_equal(steady.world.households.income, fickle.world.households.income)
    gained = [district.outcomes()["household_income"].sum() for district in (steady, fickle)]
    assert gained[0] == gained[1] > 0


def test_a_changed_lever_touches_no_other_mechanism() -> None:
    """A managed compound that falls back keeps being without a sponsor when another lever changes."""
    district = small(
        4, **ALL_LEVERS, **{"levers.associations@9": 0.0}, places__managed_share=1.0, campaign__covers="all"
    )
    district.run_for(9)
    compounds = district.world.compounds
    row = int(np.flatnonzero((compounds.covered > 0) & (compounds.mode > 0) & (compounds.sponsor == 0))[0])
    formation.fall_back(district, row, "test")
    before = compounds.sponsor.copy()
    district.begin_month()
    assert np.array_equal(compounds.sponsor, before)


@given(scenarios(extreme=False), seeds, grades, st.integers(1, 6))
@settings(max_examples=6)
def test_why_is_answered_in_the_month_of_a_change(
    scenario: Scenario, seed: int, change: dict[str, object], month: int
) -> None:
    district = District(scenario, rng=seed)
    district.run_for(month)
    district.change(change)
    district.step()
    assert "by hand" not in district.why(household=0).summary_en


@pytest.mark.parametrize(
    ("key", "code"),
    [
        *((f"{key}@3", "from_start") for key in sorted(FROM_START)),
        ("payment.habit@3", "dated_parameter"),
        ("places.compounds@3", "dated_parameter"),
        ("levers.patrols@", "date_form"),
        ("levers.patrols@-1", "date_form"),
        ("levers.patrols@03", "date_form"),
        ("levers.patrols@３", "date_form"),
        ("levers.patrols@1.5", "date_form"),
        ("levers.patrols@10000", "date_form"),
        ("levers.patrols@3@4", "date_form"),
        ("levers.patrolls@3", "unknown_key_guess"),
    ],
)
def test_dates_that_cannot_be(key: str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        BASELINE.with_overrides({key: 1.0})
    assert [problem.code for problem in refused.value.problems] == [code]


def test_a_file_states_dates_and_reads_them_back(tmp_path: Path) -> None:
    scenario = BASELINE.with_overrides(SMALL | {"levers.patrols": "on", "levers.patrols@12": "off"})
    assert scenario.changes == {12: {"patrols": 0.0}}
    assert "levers.patrols@x" not in scenario
    assert "payment.habit@3" not in scenario
    for unknown in ("levers.patrols@x", "payment.habit@3", "levers.nothing@3"):
        with pytest.raises(KeyError):
            scenario[unknown]
    assert scenario.layer("levers.patrols@5") == scenario.layer("levers.patrols@13") == "override"
    assert [scenario[f"levers.patrols{at}"] for at in ("", "@0", "@11", "@12", "@99")] == [1.0, 1.0, 1.0, 0.0, 0.0]
    file = tmp_path / "dated.toml"
    file.write_text(scenario.to_toml(tmp_path), encoding="utf-8")
    assert '"patrols@12" = 0.0' in file.read_text(encoding="utf-8")
    again = load_scenario(file)
    assert again == scenario
    assert scenario != BASELINE.with_overrides(SMALL | {"levers.patrols": "on", "levers.patrols@13": "off"})
