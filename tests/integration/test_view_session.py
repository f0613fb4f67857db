"""What a visitor has before them: time, the past, levers on the way, restarts, a second run. No browser needed."""

from __future__ import annotations

import gc
import math
import tracemalloc
from typing import TYPE_CHECKING
from unittest.mock import Mock

import numpy as np
import pytest
from tests.integration.beginnings import OWN_SCENARIO, SMALL, begun

from xiaoqu import District, load_scenario
from xiaoqu.errors import InputError
from xiaoqu_lab.simulate import monthly_table
from xiaoqu_lab.view import curves, key_figures
from xiaoqu_lab.view import session as session_module
from xiaoqu_lab.view.feed import feed
from xiaoqu_lab.view.plan import Difference, Plan
from xiaoqu_lab.view.series import FIRST
from xiaoqu_lab.view.session import LAST, Session

if TYPE_CHECKING:
    from pathlib import Path


OWN = """from xiaoqu.modes import Mode

class Mine(Mode):
    name = "mine"
    driver = "nobody"
    defaults = Mode.defaults

    def obstacle(self, district, row):
        if district.month > 2:
            raise KeyError("no such thing")
        return "not yet"

    def adopt(self, district, row):
        return False
"""
CHIEFS = "levers.neighbour_chiefs"


def until_stopped(session: Session, seconds: float = 1.0) -> list[int]:
    """The months shown while it plays."""
    shown: list[int] = []
    for _ in range(10_000):
        if not session.playing:
            return shown
        session.tick(seconds)
        shown.append(session.shown)
    raise AssertionError("it does not stop")


def test_series_are_the_outcomes_that_the_district_itself_gives() -> None:
    session = begun(14)
    table = monthly_table(session.a.district)
    series = session.a.series
    assert series.months.tolist() == table["month"].tolist()
    for name in ("collection_rate_12m", "resolution_rate", "backlog", "satisfaction", "arrears", "adoption"):
        np.testing.assert_array_equal(series[name], table[name].to_numpy(dtype=float))
    assert series.year("public_money", 13) == pytest.approx(table["public_money"].iloc[-12:].sum())
    assert np.isnan(series.year("public_money", -2))


def test_collection_by_mode_weighs_up_to_that_of_the_district() -> None:
    session = begun(14)
    by_compound = session.a.district.outcomes_by_compound()
    last = by_compound[by_compound["month"] == 13]
    for mode, rows in last.groupby("mode"):
        expected = rows["collected_12m"].sum() / rows["billed_12m"].sum()
        assert session.a.series.at(f"collection_{mode}", 13) == pytest.approx(expected)
    assert last["mode"].nunique() > 1


def test_play_stops_at_the_scenarios_last_month_and_goes_on_when_asked_again() -> None:
    session = begun()
    session.play()
    assert until_stopped(session)[-1] == session.a.newest == 7
    session.play()
    session.tick(1.0)
    assert session.shown > 7
    assert session.playing


def test_months_go_by_at_the_chosen_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "FRAME_SECONDS", math.inf)  # however slow the machine is
    session = begun()
    session.choose(speed=2)
    session.play()
    session.tick(0.4)
    assert session.shown == -1
    session.tick(0.2)
    assert session.shown == 0
    session.tick(1.0)
    assert session.shown == 2


def test_the_past_is_shown_without_simulating_and_a_step_there_goes_to_the_next_recorded_month() -> None:
    session = begun(6)
    digest = session.a.digest()
    session.jump(1)
    assert (session.shown, session.is_past, session.a.newest) == (1, True, 5)
    session.step()
    assert (session.shown, session.a.newest) == (2, 5)
    session.back()
    session.back()
    assert session.shown == 0
    session.jump(-100)
    assert session.shown == FIRST
    assert session.a.digest() == digest


def test_a_later_month_is_simulated_up_to() -> None:
    session = begun()
    session.jump(5)
    until_stopped(session)
    assert (session.shown, session.a.newest, session.playing) == (5, 5, False)
    expected = District(session.a.scenario, rng=3)
    expected.run_for(6)
    assert session.a.digest() == expected.digest()


@pytest.mark.parametrize("asked", ["x", "1.5", "", "1200", "-3"])
def test_a_month_that_is_none_is_said_to_be_none(asked: str) -> None:
    session = begun(2)
    session.jump_to(asked)
    assert session.shown == 1
    assert session.error is not None
    assert str(LAST) in session.error.render("en")
    session.jump_to("0")
    assert session.shown == 0
    assert session.error is None


def test_the_state_of_an_earlier_month_is_that_of_a_run_so_far() -> None:
    session = begun(3)
    session.change(CHIEFS, "off")
    for _ in range(4):
        session.step()
    for month in (5, 2, 6, 0):
        expected = District(session.a.scenario, rng=3)
        expected.run_for(month + 1)
        assert session.a.at(month).digest() == expected.digest(), month
    assert session.a.at(6) is session.a.district


def test_steps_back_do_not_each_begin_at_the_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    """The state of every twelfth month is kept on the way: from there on it is simulated again, to the same."""
    session = begun(40)
    built = Mock(side_effect=District)
    with monkeypatch.context() as patch:
        patch.setattr(session_module, "District", built)
        again = {month: session.a.at(month).digest() for month in range(38, 25, -1)}
    assert built.call_count == 1
    assert [kept.month for kept in session.a._kept] == [12, 24]
    expected = District(session.a.scenario, rng=3)
    expected.run_for(26)
    for month in sorted(again):
        expected.run_for(month + 1 - expected.month)
        assert again[month] == expected.digest(), month


def test_what_can_be_chosen_is_fixed() -> None:
    session = begun(1)
    session.choose(lang="zh", theme="dark", state="trust", kind="plan", speed=12)
    chosen = (session.lang, session.theme, session.state, session.kind, session.speed)
    assert chosen == ("zh", "dark", "trust", "plan", 12)
    session.choose(lang="fr", theme="<", state="", kind="x", speed=10**9, a=None, changed=None)
    assert (session.lang, session.theme, session.state, session.kind, session.speed) == chosen
    assert session.a.newest == 0
    session.open(99)
    assert session.compound is None


def test_a_mode_of_ones_own_that_fails_is_said_and_the_run_does_not_go_on(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(OWN, "utf-8")
    (tmp_path / "scenario.toml").write_text(OWN_SCENARIO, "utf-8")
    session = Session(load_scenario(tmp_path), 1, "en", lambda: None, {})
    for _ in range(8):
        session.step()
    assert session.broken is not None
    assert "mine.py" in session.broken.render("en")
    stopped = session.a.newest
    session.play()
    session.tick(1.0)
    assert (session.playing, session.a.newest) == (False, stopped)
    assert session.error is session.broken
    session.restart(load_scenario("hengdong"), 1, SMALL, None, "hengdong")
    session.step()
    assert session.shown == 0


def test_two_runs_are_shown_as_far_as_both_have_come(tmp_path: Path) -> None:
    """Where a mode of the user's own fails in the second run alone, the first has stepped already."""
    (tmp_path / "mine.py").write_text(OWN, "utf-8")
    (tmp_path / "scenario.toml").write_text(OWN_SCENARIO, "utf-8")
    session = Session(load_scenario(tmp_path), 1, "en", lambda: None, SMALL)
    session.restart(session.a.base, 1, {**SMALL, "modes.allowed": '["unmanaged"]'}, SMALL, "")
    for _ in range(8):
        session.step()
    assert session.b is not None
    assert session.broken is not None
    assert session.a.newest == session.b.newest + 1
    session.jump(session.a.newest)
    assert session.shown == session.newest == session.b.newest
    for side in ("a", "b"):
        session.choose(side=side)
        assert session.run.recorded(session.shown).shape[1] == 4
    assert curves.draw(session.a, session.b, session.shown, "en")
    session.alone()
    with pytest.raises(InputError) as caught:
        session.compare()
    assert caught.value is session.broken
    assert session.b is None


def test_a_second_run_catches_up_frame_by_frame_and_what_was_shown_is_shown_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = begun(60)
    session.jump(41)
    with monkeypatch.context() as patch:
        patch.setattr(session_module, "FRAME_SECONDS", 0.0)  # less than a month takes
        session.compare()
        assert session.b is not None
        assert (session.b.newest, session.shown, session.playing, session.is_past) == (0, 0, True, False)
        assert curves.draw(session.a, session.b, session.shown, "en")
        session.tick(1.0)
        assert (session.b.newest, session.a.newest) == (1, 59)
        with pytest.raises(InputError) as caught:
            session.change(CHIEFS, "off")
        assert [problem.code for problem in caught.value.problems] == ["second_behind"]
    until_stopped(session)
    assert (session.shown, session.newest, session.is_past) == (41, 59, True)
    assert session.b.digest() == session.a.digest()


def test_a_lever_takes_effect_next_month_and_the_scenario_tells_when() -> None:
    session = begun(4)
    before = session.a.digest()
    session.change(CHIEFS, "off")
    assert session.a.district.world.lever("neighbour_chiefs") > 0.0
    session.step()
    assert session.a.district.world.lever("neighbour_chiefs") == 0.0
    assert session.a.scenario[f"{CHIEFS}@4"] == 0.0
    again = District(session.a.scenario, rng=3)
    again.run_for(4)
    assert again.digest() == before
    again.run_for(1)
    assert again.digest() == session.a.digest()


def test_a_wrong_grade_changes_nothing() -> None:
    session = begun(2)
    scenario = session.a.scenario
    with pytest.raises(InputError):
        session.change(CHIEFS, "99")
    assert session.a.scenario is scenario
    assert f"{CHIEFS}@2" not in session.a.changes


def test_restart_keeps_seed_and_every_value() -> None:
    session = begun(5, seed=11)
    session.change(CHIEFS, "0.5")
    session.step()
    digest, scenario = session.a.digest(), session.a.scenario
    Plan(session).start()
    assert (session.shown, session.a.seed, session.a.scenario) == (-1, 11, scenario)
    for _ in range(6):
        session.step()
    assert session.a.digest() == digest


def test_pending_changes_are_listed_and_come_into_force_together() -> None:
    session = begun(2)
    plan = Plan(session)
    plan.set("a", "places.vacancy", "0.3")
    plan.set("a", "payment.habit", " 1.25 ")
    plan.set_seed("7")
    assert plan.differences() == [
        Difference("a", "seed", "3", "7"),
        Difference("a", "places.vacancy", "0.1 … 0.2", "0.3"),
        Difference("a", "payment.habit", str(session.a.scenario["payment.habit"]), "1.25"),
    ]
    assert session.a.scenario["places.vacancy"] == pytest.approx(0.15)
    plan.start()
    assert (session.a.seed, session.a.scenario["places.vacancy"], session.a.scenario["payment.habit"]) == (7, 0.3, 1.25)
    assert session.a.scenario["places.compounds"] == 4
    assert plan.differences() == []


def test_nothing_is_half_applied() -> None:
    session = begun(2)
    run = session.a
    plan = Plan(session)
    plan.set("a", "payment.habit", "1.25")
    plan.set("a", "places.vacancy", "2")
    plan.set_seed("-1")
    assert [problem.key for problem in plan.problems()] == ["seed", "places.vacancy"]
    with pytest.raises(InputError) as caught:
        plan.start()
    assert len(caught.value.problems) == 2
    assert session.a is run
    plan.undo("a", "places.vacancy")
    plan.undo("a", "seed")
    plan.start()
    assert session.a.scenario["payment.habit"] == 1.25


def test_a_change_can_be_taken_back_on_restart_and_a_value_set_back_is_no_change() -> None:
    session = begun(2)
    session.change(CHIEFS, "off")
    plan = Plan(session)
    plan.set("a", "payment.habit", "2")
    plan.set("a", "payment.habit", str(session.a.base["payment.habit"]))
    assert plan.differences() == []
    assert f"{CHIEFS}@2" in plan.kept("a")
    plan.drop("a", f"{CHIEFS}@2")
    assert [item.key for item in plan.differences()] == [f"{CHIEFS}@2"]
    plan.start()
    assert session.a.changes == SMALL


def test_another_scenario_begins_without_the_changes_of_the_one_before() -> None:
    session = begun(1)
    plan = Plan(session)
    plan.choose(load_scenario("my_street"), "my_street")
    assert [item.key for item in plan.differences()] == ["scenario"]
    plan.start()
    assert (session.a.scenario.name, session.a.changes, session.origin) == ("my_street", {}, "my_street")


def test_a_ledger_replaces_the_compounds_and_leaves_what_was_changed(tmp_path: Path) -> None:
    ledger = tmp_path / "street.csv"
    ledger.write_text("name,households\nEast,60\nWest,40\n", encoding="utf-8")
    session = Session(load_scenario("hengdong"), 1, "en", lambda: None, {})
    session.step()
    session.change(CHIEFS, "off")
    plan = Plan(session)
    plan.settle(session.a.base.with_overrides({"places.ledger": str(ledger)}))
    assert plan.kept("a") == {f"{CHIEFS}@1": "off"}
    assert [(item.key, item.old, item.new) for item in plan.differences()] == [
        ("scenario", "hengdong", "hengdong (street.csv)")
    ]
    plan.start()
    assert len(session.a.district.compounds) == 2
    assert session.a.changes == {f"{CHIEFS}@1": "off"}


def test_a_second_run_is_the_same_until_something_is_changed_in_it() -> None:
    session = begun(3)
    session.compare()
    until_stopped(session)
    assert session.b is not None
    assert session.b.digest() == session.a.digest()
    session.change(CHIEFS, "off")
    for _ in range(5):
        session.step()
    assert session.a.newest == session.b.newest == 7
    assert f"{CHIEFS}@3" not in session.a.changes
    difference = session.b.series["collection_rate_12m"] - session.a.series["collection_rate_12m"]
    before = session.a.series.months < 3
    assert (np.nan_to_num(difference[before]) == 0.0).all()
    assert (difference[~before] != 0.0).any()


def test_both_runs_restart_together_with_one_seed() -> None:
    session = begun(3)
    session.compare()
    until_stopped(session)
    plan = Plan(session)
    plan.set("b", "places.vacancy", "0.3")
    plan.set_seed("8")
    plan.start()
    assert session.b is not None
    assert (session.a.seed, session.b.seed) == (8, 8)
    assert session.a.scenario["places.vacancy"] == pytest.approx(0.15)
    assert session.b.scenario["places.vacancy"] == 0.3
    session.alone()
    assert session.runs == (session.a,)
    assert session.run is session.a


def test_a_visitors_memory_grows_by_what_is_recorded_alone() -> None:
    session = begun(24)
    held, months = [], 60
    tracemalloc.start()
    for _ in range(3):
        for _ in range(months):
            session.step()
            curves.draw(session.a, None, session.shown, "en")
            feed(session.a.district, session.shown, "en")
            key_figures.tiles(session.a.series, session.shown, "en")
        gc.collect()
        held.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    tally = session.a.district.world.tally
    recorded = sum(data.nbytes for data in tally.history[-months:]) + sum(
        waits.nbytes for waits in tally.waits[-months:]
    )
    # A few numbers a month are kept for curves; a picture of one month alone is larger than all of that.
    assert held[2] - held[1] < recorded + months * 4096
