"""The page of a district in a real browser: time, map, curves, figures, events, language, colours, keys, address."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.browser.waiting import at, go_to, settled

from xiaoqu import District, load_scenario
from xiaoqu.tally import INDEX

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.browser.conftest import Shoot, Start, View, Visit

pytestmark = pytest.mark.browser


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


@pytest.fixture(scope="module")
def districts() -> list[District]:
    """What the page has to show of months 0 to 23."""
    found = []
    for month in (0, 11, 23):
        built = District(load_scenario("hengdong"), rng=1)
        built.run_for(month + 1)
        found.append(built)
    return found


@pytest.fixture
def paused(page: Page) -> Page:
    """The page with a clock that goes on when the test lets it, and only then."""
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
    return page


def let(paused: Page, seconds: float) -> None:
    """Let some seconds go by for the page, and each time wait until all is drawn."""
    for _ in range(round(50 * seconds)):
        paused.clock.run_for(20)
        settled(paused)


def press(page: Page, what: str) -> None:
    """Press the button that plays or pauses."""
    page.locator("#play").click()
    page.locator(f"#play[aria-pressed={'true' if what == 'play' else 'false'}]").wait_for()
    settled(page)


def month(page: Page) -> int:
    return int(page.locator("#month").get_attribute("data-month") or "")


def mark_kinds(page: Page) -> list[str]:
    return page.eval_on_selector_all(".compound-mark", "marks => marks.map(mark => mark.getAttribute('class'))")


def figure(page: Page, name: str) -> str:
    return " ".join(page.locator(f".tile[data-figure={name}]").inner_text().split())


def test_a_step_shows_the_next_month_everywhere(page: Page, districts: list[District]) -> None:
    at(page, -1)
    assert "before the campaign" in page.locator("#where").inner_text()
    page.locator("#step").click()
    at(page, 0)
    outcomes = districts[0].outcomes().iloc[-1]
    assert f"{100 * outcomes['satisfaction']:.1f} %" in figure(page, "satisfaction")
    assert f"{int(outcomes['backlog'])}" in figure(page, "backlog")
    assert page.locator("#feed .event").filter(has_text="Month 0").count() > 0


def test_play_runs_to_the_scenarios_end_and_pause_stops_it(paused: Page, districts: list[District]) -> None:
    press(paused, "play")
    let(paused, 1.0)
    press(paused, "pause")
    stopped = month(paused)
    assert stopped == 3, "four months a second"
    let(paused, 1.0)
    assert month(paused) == stopped
    press(paused, "play")
    let(paused, 5.2)
    at(paused, 23)
    paused.locator("#play[aria-pressed=false]").wait_for()
    rate = districts[2].outcomes().iloc[-1]["collection_rate_12m"]
    assert f"{100 * rate:.1f} %" in figure(paused, "collection_rate_12m")


@pytest.mark.parametrize(("speed", "seconds"), [(2, 3), (12, 1)])
def test_the_chosen_speed_is_kept(paused: Page, speed: int, seconds: int) -> None:
    paused.locator("#speed").select_option(str(speed))
    settled(paused)
    press(paused, "play")
    let(paused, seconds)
    press(paused, "pause")
    assert speed * seconds - (month(paused) + 1) in (0, 1), "of a month that is not yet due nothing is shown"


def test_the_map_shows_mode_and_state_of_the_shown_month(page: Page, districts: list[District]) -> None:
    go_to(page, 23)
    go_to(page, 11)
    district = districts[1]
    data = district.world.tally.history[-1]
    for row, kind in enumerate(mark_kinds(page)):
        share = data[INDEX["collected_12m"], row] / data[INDEX["billed_12m"], row]
        assert kind.split() == ["compound-mark", f"m{int(data[INDEX['mode'], row])}", f"f{min(4, int(5 * share))}"]
    page.locator("#state").select_option("backlog")
    page.locator(".district-map text", has_text="Open matters").wait_for()
    assert "per 100 households" in (page.locator(".district-map title").first.text_content() or "")


def test_the_past_is_plainly_marked_and_the_newest_is_a_click_away(page: Page, districts: list[District]) -> None:
    go_to(page, 23)
    newest = mark_kinds(page)
    assert page.locator("#where.past").count() == 0
    page.locator("#slider").fill("11")
    at(page, 11)
    assert page.locator("#where.past").inner_text() == "the past; newest month: 23"
    assert mark_kinds(page) != newest
    trust = districts[1].outcomes().iloc[-1]["trust"]
    assert f"{100 * trust:.1f} %" in figure(page, "trust")
    assert not page.locator("#feed .event").filter(has_text=re.compile(r"Month (1[2-9]|2\d)")).count()
    page.locator("#back").click()
    at(page, 10)
    page.locator("#step").click()
    at(page, 11)
    page.locator("#newest").click()
    at(page, 23)
    assert mark_kinds(page) == newest


def test_a_month_that_is_none_is_answered_as_on_the_command_line(page: Page) -> None:
    page.locator("#jump").fill("12.5")
    page.locator("#go").click()
    page.locator(".problem").wait_for()
    assert "a whole number from 0 to 1199 is needed" in page.locator(".problem").inner_text()
    go_to(page, 2)
    assert page.locator(".problem").count() == 0


def test_curves_have_the_reported_figures_and_a_line_at_the_shown_month(page: Page) -> None:
    go_to(page, 23)

    def cursor() -> str:
        return page.locator("[data-panel=collection] .cursor").get_attribute("d") or ""

    reported = page.locator(".reported[data-target='hengdong.collection']")
    assert "reported 96 %" in (reported.text_content() or "")
    there = cursor()
    page.locator("#back").click()
    at(page, 22)
    assert cursor() != there
    panels = page.eval_on_selector_all(".panel", "panels => panels.map(panel => panel.dataset.panel)")
    assert panels == ["collection", "resolution", "backlog", "adoption", "satisfaction"]
    line = page.locator("[data-panel=collection] [data-outcome=collection_council]").get_attribute("d")
    assert line is not None
    assert len(re.findall("[ML]", line)) > 10


def test_all_reported_figures_stand_beside_what_this_run_has_brought(page: Page, districts: list[District]) -> None:
    go_to(page, 23)
    page.locator("#tab-reported").click()
    rows = page.locator("#reported [data-target]")
    rows.first.wait_for()
    assert rows.count() == len(districts[2].scenario.targets)
    brought = int(districts[2].outcomes()["reported"].sum())
    row = page.locator("#reported [data-target='hengdong.reported']").inner_text()
    assert f"{brought:,}" in row
    assert "1,800" in row


def test_figures_tell_the_change_since_the_year_before(page: Page, districts: list[District]) -> None:
    go_to(page, 23)
    satisfaction = districts[2].outcomes()["satisfaction"].to_numpy(dtype=float)
    change = 100 * (satisfaction[23] - satisfaction[11])
    assert f"{change:+.1f} pts" in figure(page, "satisfaction")


def test_the_feed_is_filtered_and_leads_to_the_compound(page: Page, districts: list[District]) -> None:
    go_to(page, 23)
    page.locator("#kind").select_option("assembly")
    page.wait_for_function("!document.querySelector('.event:not([data-kind=assembly])')")
    logged = [event for event in districts[2].world.events if event.kind == "assembly" and event.month >= -12]
    assert page.locator(".event").count() == min(60, len(logged))
    assert re.search(r"\d+/\d+ vote \(need \d+\)", page.locator(".event").first.inner_text())
    compound = page.locator(".event-compound").first
    row = compound.get_attribute("data-compound")
    compound.click()
    page.locator(".compound-page").wait_for()
    page.wait_for_url(re.compile(rf"compound={row}$"))


def test_a_compound_is_found_by_its_name(page: Page, districts: list[District]) -> None:
    name = districts[0].compounds[6].name
    page.locator("#find").fill(name)
    page.locator("#find").press("Enter")
    page.locator(".compound-page").wait_for()
    settled(page)
    assert name in page.locator(".compound-page").inner_text()


def test_a_mark_tells_its_name_and_opens_by_click_and_by_key(page: Page, districts: list[District]) -> None:
    mark = page.locator(".compound-mark[data-pick='4']")
    assert (mark.locator("title").text_content() or "").startswith(f"{districts[0].compounds[4].name}: unmanaged")
    mark.focus()
    page.keyboard.press("Enter")
    page.locator(".compound-page").wait_for()
    assert page.locator("#play").get_attribute("aria-pressed") == "false"


def test_the_keyboard_plays_and_steps_but_not_while_typing(paused: Page) -> None:
    paused.locator("body").press("ArrowRight")
    at(paused, 0)
    paused.locator("body").press("ArrowRight")
    at(paused, 1)
    paused.locator("body").press("ArrowLeft")
    at(paused, 0)
    paused.locator("body").press(" ")
    paused.locator("#play[aria-pressed=true]").wait_for()
    paused.locator("body").press(" ")
    paused.locator("#play[aria-pressed=false]").wait_for()
    paused.locator("#find").press("ArrowRight")
    paused.locator("#find").press(" ")
    settled(paused)
    assert month(paused) == 0
    assert paused.locator("#play").get_attribute("aria-pressed") == "false"


def test_what_has_the_focus_is_seen(page: Page) -> None:
    page.locator("#theme").focus()
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.id")
    style = page.evaluate("(e => [e.outlineStyle, e.outlineWidth])(getComputedStyle(document.activeElement))")
    assert focused in ("back", "play")
    assert style == ["solid", "3px"]


def test_the_language_changes_at_run_time_and_stays_with_the_run(page: Page) -> None:
    go_to(page, 12)
    page.locator("#lang").select_option("zh")
    page.get_by_text("满意度与信任").wait_for()
    at(page, 12)
    words = page.locator(".xq").inner_text()
    assert "衡东" in page.locator("#title").inner_text()
    for piece in ("播放", "小区分布", "事件", "手段", "近12个月收缴率"):
        assert piece in words
    # What stays in Latin letters: names of keys and their sources, ids, the other language's own name.
    pieces = page.locator(".controls, .tiles, #feed, .curves text, .district-map text, .compound-mark title")
    shown = pieces.all_text_contents()
    assert not re.search(r"[A-Za-z]{4,}", " ".join(shown)), shown
    assert page.evaluate("document.documentElement.lang") == "zh-Hans"
    page.locator("#lang").select_option("en")
    page.get_by_text("Satisfaction and trust").wait_for()


def test_colours_follow_the_system_and_the_switch(view: View, visit: Visit) -> None:
    def paper(page: Page) -> str:
        return str(page.evaluate("getComputedStyle(document.querySelector('.xq')).backgroundColor"))

    page = visit(view.address, color_scheme="dark")
    page.locator(".compound-mark").first.wait_for()
    dark = paper(page)
    page.emulate_media(color_scheme="light")
    light = paper(page)
    assert (light, dark) == ("rgb(255, 255, 255)", "rgb(20, 24, 29)")
    page.locator("#theme").select_option("dark")
    page.locator(".xq.dark").wait_for()
    assert paper(page) == dark
    page.emulate_media(color_scheme="dark")
    page.locator("#theme").select_option("light")
    page.locator(".xq.light").wait_for()
    assert paper(page) == light
    inks = page.evaluate(
        "[...document.querySelectorAll('.compound-mark')].map(mark => getComputedStyle(mark).stroke).slice(0, 1)"
    )
    page.locator("#theme").select_option("dark")
    page.locator(".xq.dark").wait_for()
    assert inks != [page.evaluate("getComputedStyle(document.querySelector('.compound-mark')).stroke")]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_nothing_jumps_while_it_plays_and_nothing_sticks_out(page: Page, lang: str) -> None:
    page.locator("#lang").select_option(lang)
    page.locator("html[lang^='en']" if lang == "en" else "html[lang^='zh']").wait_for()
    places = """() => ['#play', '#slider', '.tiles', '.district-map', '.curves', '#feed', '.tabs'].map(name => {
        const box = document.querySelector(name).getBoundingClientRect();
        return [name, ...[box.x, box.y, box.width, box.height].map(Math.round)];
    })"""
    go_to(page, 0)
    before = page.evaluate(places)
    for month in (5, 12, 23):
        go_to(page, month)
        assert page.evaluate(places) == before
    page.locator("#slider").fill("4")
    at(page, 4)
    assert page.evaluate(places) == before
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    overflowing = """() => [...document.querySelectorAll('.tile *, .controls *')].filter(each =>
        each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).display !== 'inline'
    ).map(each => each.outerHTML)"""
    assert page.evaluate(overflowing) == []


def test_the_address_restores_what_is_seen(page: Page, view: View, visit: Visit) -> None:
    go_to(page, 9)
    page.locator("#slider").fill("6")
    at(page, 6)
    page.locator("#lang").select_option("zh")
    page.wait_for_url(re.compile(r"newest=9&month=6.*lang=zh"))
    kinds, query = mark_kinds(page), page.url.partition("?")[2]
    other = visit(f"{view.address}&{query}")
    at(other, 6)
    other.locator("#where.past", has_text="9").wait_for()
    settled(other)
    assert mark_kinds(other) == kinds
    assert other.locator("#lang").input_value() == "zh"
    page.reload()
    at(page, 6)


def test_back_and_forward_close_and_open_a_compound(page: Page) -> None:
    go_to(page, 3)
    page.wait_for_url(re.compile("month=3"))
    page.locator(".compound-mark[data-pick='2']").click()
    page.locator(".compound-page").wait_for()
    page.wait_for_url(re.compile("compound=2"))
    page.go_back()
    page.locator(".compound-mark").first.wait_for()
    at(page, 3)
    page.go_forward()
    page.locator(".compound-page").wait_for()
    page.locator("#step").click()
    at(page, 4)
    page.go_back()
    page.locator(".compound-mark").first.wait_for()
    at(page, 3)


def test_a_link_that_names_a_file_is_refused_and_the_page_opens_all_the_same(view: View, visit: Visit) -> None:
    page = visit(f"{view.address}&set=places.ledger=/etc/hostname&seed=x")
    page.locator(".problem").wait_for()
    said = page.locator(".problem").inner_text()
    assert "a whole number from 0 to" in said
    page = visit(f"{view.address}&set=places.ledger=/etc/hostname")
    page.locator(".problem").wait_for()
    assert "a link cannot name files" in page.locator(".problem").inner_text()
    page.locator("#step").click()
    at(page, 0)


@pytest.mark.parametrize(("compounds", "reachable"), [("130", True), ("1000", False)])
def test_many_compounds_stay_legible(start: Start, visit: Visit, shoot: Shoot, compounds: str, reachable: bool) -> None:
    many = start(
        "daguan", "--set", f"places.compounds={compounds}", "--set", f"places.households={160 * int(compounds)}"
    )
    page = visit(many.address)
    page.locator(".compound-mark").first.wait_for()
    settled(page)
    assert page.locator(".compound-mark").count() == int(compounds)
    assert (page.locator(".compound-mark").first.get_attribute("tabindex") == "0") is reachable
    go_to(page, 12)
    sizes = page.eval_on_selector_all(".compound-mark", "m => m.map(x => x.getBoundingClientRect().width)")
    assert min(sizes) >= 5.0
    shoot(page, f"district-{compounds}")
