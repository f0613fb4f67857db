"""Steering in a real browser: levers, restart, seed, a second run, what is saved and how it runs again, the link."""

from __future__ import annotations

import io
import json
import re
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from tests.browser.waiting import at, go_to, settled

from xiaoqu import District, load_scenario
from xiaoqu.levers import all_levers
from xiaoqu.scenario import shipped_baseline

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page
    from tests.browser.conftest import Start, View, Visit

pytestmark = pytest.mark.browser

CHIEFS, PATROLS = "levers.neighbour_chiefs", "levers.patrols"


@pytest.fixture
def view(start: Start) -> View:
    return start("hengdong")


@pytest.fixture
def page(view: View, visit: Visit) -> Page:
    """The page as it opens."""
    opened = visit(view.address)
    opened.locator(".compound-mark").first.wait_for()
    settled(opened)
    return opened


def grade(page: Page, lever: str, button: str) -> None:
    chosen = page.locator(f"[data-lever='{lever}'] .{button}")
    chosen.click()
    page.locator(f"[data-lever='{lever}'] .{button}[aria-pressed=true]").wait_for()
    settled(page)


def parameter(page: Page, key: str, value: str) -> None:
    page.locator("#tab-parameters").click()
    page.locator("#search").fill(key)
    settled(page)
    field = page.locator(f".parameter[data-key='{key}'] input")
    field.fill(value)
    field.press("Tab")
    page.locator(f"[data-pending='{key}']").wait_for()
    settled(page)


def digest(page: Page, side: str = "a") -> str:
    page.locator("#tab-share").click()
    settled(page)
    return page.locator(f".run[data-side={side}] .digest").inner_text()


def compare(page: Page, month: int) -> None:
    """Set a second run beside the first, and wait until it has caught up with the month that is shown."""
    page.locator("#compare").click()
    page.locator("#side-b[aria-pressed=true]").wait_for()
    at(page, month)


def expected(months: int, changes: dict[str, object], seed: int = 1) -> District:
    district = District(load_scenario("hengdong", changes), rng=seed)
    district.run_for(months)
    return district


def test_all_levers_are_there_with_unit_bounds_help_and_source(page: Page) -> None:
    shown = page.locator(".lever")
    assert shown.count() == len(all_levers())
    for lever in all_levers():
        entry = shipped_baseline().entries[lever.key]
        row = page.locator(f"[data-lever='{lever.key}']").inner_text()
        assert lever.en in row
        assert lever.source in row
        assert f"{entry.low:g}–{entry.high:g} grade" in row
        for each in lever.ids:
            assert each in row
    assert page.locator("#levers h3").count() == 4
    assert "Takes effect next month." in page.locator("#levers .when").inner_text()


def test_a_lever_takes_effect_next_month(page: Page) -> None:
    go_to(page, 5)
    assert page.locator(f"[data-lever='{CHIEFS}'] .on").get_attribute("aria-pressed") == "true"
    grade(page, CHIEFS, "off")
    assert page.locator(f"[data-lever='{CHIEFS}'] .since").inner_text() == "0 from month 6 on"
    at(page, 5)
    assert digest(page) == expected(6, {}).digest()
    go_to(page, 8)
    assert digest(page) == expected(9, {f"{CHIEFS}@6": "off"}).digest()
    assert digest(page) != expected(9, {}).digest()


def test_a_grade_can_be_typed_and_a_wrong_one_is_answered_as_on_the_command_line(page: Page) -> None:
    go_to(page, 2)
    field = page.locator(f"[data-lever='{CHIEFS}'] .graded")
    field.fill("7")
    field.press("Tab")
    page.locator("#lever-problem").wait_for()
    said = page.locator("#lever-problem").inner_text()
    assert "7" in said
    assert "3" in said
    assert page.locator(f"[data-lever='{CHIEFS}'] .since").count() == 0
    field.fill("0.5")
    field.press("Tab")
    page.locator(f"[data-lever='{CHIEFS}'] .since", has_text="0.5 from month 3 on").wait_for()
    settled(page)
    assert page.locator("#lever-problem").count() == 0
    go_to(page, 4)
    assert digest(page) == expected(5, {f"{CHIEFS}@3": 0.5}).digest()


def test_other_changes_wait_for_a_restart_and_are_listed_before(page: Page) -> None:
    go_to(page, 3)
    parameter(page, "payment.habit", "1.25")
    parameter(page, "places.vacancy", "0.3")
    assert "Takes effect on restart." in page.locator("#parameters .when").inner_text()
    assert "0.1 … 0.2 → 0.3" in " ".join(page.locator("[data-pending='places.vacancy']").inner_text().split())
    before = digest(page)
    assert before == expected(4, {}).digest()
    page.locator("#tab-parameters").click()
    page.locator("#restart").click()
    at(page, -1)
    page.locator("[data-pending]").first.wait_for(state="detached")
    go_to(page, 3)
    assert digest(page) == expected(4, {"payment.habit": 1.25, "places.vacancy": 0.3}).digest()


def test_a_wrong_value_holds_the_restart_back_until_it_is_mended(page: Page) -> None:
    parameter(page, "places.vacancy", "30")
    page.locator("#plan-problem").wait_for()
    settled(page)
    assert "places.vacancy" in page.locator("#plan-problem").inner_text()
    page.locator("#seed").fill("seven")
    page.locator("#seed").press("Tab")
    page.locator("#plan-problem", has_text="a whole number from 0 to").wait_for()
    settled(page)
    assert "Problems: 2" in page.locator("#plan-problem").inner_text()
    assert page.locator("#restart").is_disabled()
    page.locator("[data-pending='places.vacancy'] .undo").click()
    page.locator("#seed").fill("7")
    page.locator("#seed").press("Tab")
    page.locator("#plan-problem").wait_for(state="detached")
    page.locator("#restart").click()
    page.locator("#facts", has_text="seed 7").wait_for()
    go_to(page, 2)
    assert digest(page) == expected(3, {}, seed=7).digest()


def test_restart_keeps_the_seed_and_every_value(start: Start, visit: Visit) -> None:
    other = start("hengdong", "--seed", "11", "--set", "payment.habit=1.5")
    page = visit(other.address)
    page.locator(".compound-mark").first.wait_for()
    go_to(page, 1)
    grade(page, PATROLS, "off")
    go_to(page, 4)
    before = digest(page)
    page.locator("#tab-parameters").click()
    page.locator(f"[data-kept='{PATROLS}@2']").wait_for()
    page.locator("#restart").click()
    at(page, -1)
    assert "seed 11" in page.locator("#facts").inner_text()
    go_to(page, 4)
    assert digest(page) == before == expected(5, {"payment.habit": 1.5, f"{PATROLS}@2": "off"}, seed=11).digest()
    # And a change can be taken back.
    page.locator("#tab-parameters").click()
    page.locator(f"[data-kept='{PATROLS}@2'] .drop").click()
    page.locator(f"[data-pending='{PATROLS}@2']").wait_for()
    page.locator("#restart").click()
    at(page, -1)
    go_to(page, 4)
    assert digest(page) == expected(5, {"payment.habit": 1.5}, seed=11).digest()


def test_the_list_of_parameters_is_searched_in_both_languages_and_has_bounds_and_sources(page: Page) -> None:
    page.locator("#tab-parameters").click()
    page.locator("#search").fill("空置")
    page.locator(".parameter[data-key='places.vacancy']").wait_for()
    page.wait_for_function("document.querySelectorAll('.parameter').length < 10")
    entry = shipped_baseline().entries["places.vacancy"]
    row = page.locator(".parameter[data-key='places.vacancy']").inner_text()
    assert f"{entry.low:g}–{entry.high:g} share" in row
    assert "not reported" in row
    page.locator("#search").fill("")
    page.wait_for_function("document.querySelectorAll('.parameter').length == 20")
    count = int(re.findall(r"\d+", page.locator("#parameters p.hint").last.inner_text())[0])
    assert count > 250
    page.locator("#search").fill("places.ledger")
    assert page.locator(".parameter[data-key='places.ledger'] input").is_disabled()


def test_another_shipped_scenario_is_chosen_and_begun(page: Page) -> None:
    page.locator("#tab-parameters").click()
    page.locator("#scenario").select_option("my_street")
    page.locator("[data-pending=scenario]").wait_for()
    assert "Hengdong" in page.locator("#title").inner_text()
    page.locator("#restart").click()
    page.locator("#title", has_text="street").wait_for()
    settled(page)
    assert page.locator(".compound-mark").count() == 14
    page.wait_for_url(re.compile("scenario=my_street"))


def test_two_runs_go_together_and_the_difference_is_drawn(page: Page) -> None:
    go_to(page, 3)
    compare(page, 3)
    assert page.locator(".difference").count() == 0
    grade(page, CHIEFS, "off")
    go_to(page, 12)
    assert page.locator("[data-panel=collection] .difference").count() > 0
    assert page.locator(".line.b").count() > 0
    one, two = expected(13, {}), expected(13, {f"{CHIEFS}@4": "off"})
    paired = 100 * (two.outcomes().iloc[-1] - one.outcomes().iloc[-1])["collection_rate_12m"]
    assert f"{paired:+.1f} pts".replace("-", "−") in (page.locator("[data-panel=collection]").text_content() or "")
    rate = 100 * two.outcomes().iloc[-1]["collection_rate_12m"]
    assert f"B {rate:.1f}" in page.locator(".tile[data-figure=collection_rate_12m]").inner_text()
    assert (digest(page, "a"), digest(page, "b")) == (one.digest(), two.digest())
    # The map can show either.
    shown = page.eval_on_selector_all(".compound-mark title", "all => all.map(each => each.textContent)")
    page.locator("#show-a").click()
    page.locator("#show-a[aria-pressed=true]").wait_for()
    settled(page)
    assert page.eval_on_selector_all(".compound-mark title", "all => all.map(each => each.textContent)") != shown
    page.locator("#tab-levers").click()
    page.locator("#alone").click()
    page.locator(".difference").first.wait_for(state="detached")


def test_a_second_run_may_differ_from_the_start(page: Page) -> None:
    compare(page, -1)
    parameter(page, "places.vacancy", "0.3")
    page.locator("#restart").click()
    page.locator("[data-pending]").first.wait_for(state="detached")
    go_to(page, 4)
    assert digest(page, "b") == expected(5, {"places.vacancy": 0.3}).digest()
    assert digest(page, "a") == expected(5, {}).digest()


def saved(page: Page, kind: str, folder: Path, side: str = "a") -> Path:
    with page.expect_download() as waiting:
        page.locator(f".run[data-side={side}] .save-{kind}").click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def test_what_is_saved_runs_again_to_the_digest_that_was_shown(page: Page, tmp_path: Path) -> None:
    go_to(page, 2)
    compare(page, 2)
    grade(page, CHIEFS, "off")
    go_to(page, 5)
    for side in ("a", "b"):
        shown = digest(page, side)
        line = page.locator(f".run[data-side={side}] .command").inner_text()
        file = saved(page, "scenario", tmp_path, side)
        assert file.name in line
        program, *arguments = shlex.split(line)
        assert program == "xiaoqu"
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "xiaoqu_lab", *arguments], cwd=tmp_path, capture_output=True, check=True, text=True
        )
        assert json.loads(done.stdout)["digest"] == shown


def test_table_and_pictures_are_saved(page: Page, tmp_path: Path) -> None:
    go_to(page, 4)
    page.locator("#state").select_option("trust")
    page.locator(".district-map text", has_text="Trust").first.wait_for()
    page.locator("#tab-share").click()
    table = pd.read_csv(io.BytesIO(saved(page, "table", tmp_path).read_bytes()), encoding="utf-8-sig")
    pd.testing.assert_frame_equal(table, expected(5, {}).outcomes(), check_dtype=False)
    drawn = saved(page, "map", tmp_path).read_text("utf-8")
    svg = ET.fromstring(drawn)  # noqa: S314 - our own
    assert len([item for item in svg.iter() if "compound-mark" in item.get("class", "")]) == 11
    assert "var(" not in drawn
    assert "Satisfaction and trust" in saved(page, "curves", tmp_path).read_text("utf-8")


def test_the_link_restores_two_runs_and_their_changes(page: Page, view: View, visit: Visit) -> None:
    go_to(page, 2)
    grade(page, PATROLS, "off")
    compare(page, 2)
    grade(page, CHIEFS, "off")
    go_to(page, 6)
    digests = digest(page, "a"), digest(page, "b")
    link = page.locator("#link").input_value()
    assert link.startswith(view.root)
    other = visit(f"{view.address}&{link.partition('?')[2]}")
    at(other, 6)
    assert (digest(other, "a"), digest(other, "b")) == digests
    assert page.locator("#copy").inner_text() == "Copy"
    page.locator("#copy").click()
    page.locator("#copy", has_text="Copied").wait_for()


def test_steering_speaks_chinese(page: Page) -> None:
    page.locator("#lang").select_option("zh")
    page.locator("#levers .when", has_text="下月生效").wait_for()
    settled(page)
    for lever in all_levers():
        assert lever.zh in page.locator(f"[data-lever='{lever.key}']").inner_text()
    page.locator("#tab-parameters").click()
    page.locator("#parameters .when", has_text="重新开始后生效").wait_for()
    page.locator("#seed").fill("x")
    page.locator("#seed").press("Tab")
    page.locator("#plan-problem", has_text="整数").wait_for()
    page.locator("#tab-share").click()
    page.get_by_text("尚未模拟任何月份").wait_for()
