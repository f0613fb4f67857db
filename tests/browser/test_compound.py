"""The page of a compound in a real browser: its flats, a household's reasons, decisions, accounts; keys; Chinese."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import pytest
from tests.browser.waiting import at, go_to, settled

from xiaoqu import District, load_scenario

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page
    from tests.browser.conftest import Shoot, Start, View, Visit

pytestmark = pytest.mark.browser

MONTHS = 9
ROW = 2
"""A compound of 52 households: an attempt that failed, a council, a committee; its last bill went out in month 6."""
BILL = 6


@pytest.fixture
def view(start: Start) -> View:
    return start("hengdong")


@pytest.fixture(scope="module")
def district() -> District:
    """What the page has to show."""
    built = District(load_scenario("hengdong"), rng=1)
    built.run_for(MONTHS)
    return built


def open_compound(page: Page, row: int = ROW) -> None:
    """Click the mark of a compound on the map."""
    page.locator(f".compound-mark[data-pick='{row}']").click()
    page.locator(".compound-page svg.flats").wait_for()
    settled(page)


@pytest.fixture
def page(view: View, visit: Visit) -> Page:
    """The page of a compound in month 8, opened by its link."""
    opened = visit(f"{view.address}&month={MONTHS - 1}&compound={ROW}")
    opened.locator(".compound-page svg.flats").wait_for()
    settled(opened)
    return opened


def flats(page: Page) -> list[str]:
    marks: list[str] = page.eval_on_selector_all("svg.flats .flat", "marks => marks.map(mark => mark.dataset.pick)")
    return marks


def number(words: str) -> float:
    return float(words.replace("−", "-").replace(",", ""))


def test_a_mark_opens_the_compound_and_back_leads_to_the_map(view: View, visit: Visit, district: District) -> None:
    page = visit(view.address)
    page.locator(".compound-mark").first.wait_for()
    go_to(page, MONTHS - 1)
    open_compound(page)
    assert page.locator("#compound-name").inner_text() == district.compound(ROW).name
    c = district.world.compounds
    assert f"{int(c.households[ROW])}: {int(c.occupied[ROW])} lived in" in page.locator(".place").inner_text()
    first = int(c.first[ROW])
    assert flats(page) == [f"household-{home}" for home in range(first, first + int(c.households[ROW]))]
    vacant = page.locator("svg.flats .flat[href$='v']").count()
    assert vacant == int(c.households[ROW] - c.occupied[ROW])
    page.locator("#close").click()
    page.locator(".compound-mark").first.wait_for()
    settled(page)
    assert page.locator(".compound-page").count() == 0


def pick(page: Page, home: int) -> Locator:
    """Click a flat and wait for the answers."""
    page.locator(f"svg.flats [data-pick='household-{home}']").click()
    page.locator(f"#household[data-row='{home}'] .reasons").first.wait_for()
    settled(page)
    return page.locator("#household")


def test_a_household_shows_its_state_and_why_it_paid_or_not(page: Page, district: District) -> None:
    then = District(district.scenario, rng=district.seed)
    then.run_for(BILL + 1)
    homes, first = district.world.households, int(district.world.compounds.first[ROW])
    outcomes = set()
    for home in range(first, first + 24, 4):
        pane = pick(page, home)
        state = dict(
            zip(
                pane.locator("dl").first.locator("dt").all_inner_texts(),
                pane.locator("dl").first.locator("dd").all_inner_texts(),
                strict=True,
            )
        )
        assert state["Satisfaction"] == f"{100 * homes.satisfaction[home]:.0f} %"
        assert number(state["Unpaid of the last bill, yuan"]) == homes.bill[home] / 100
        assert number(state["Older arrears, yuan"]) == homes.arrears[home] / 100
        for month, asked in ((MONTHS - 1, district), (BILL, then)):
            why, told = asked.why(household=home), pane.locator(f".reasons[data-month='{month}']")
            if not told.is_visible():  # folded away below this month's reasons
                pane.locator("summary").click()
            assert told.locator(".summary").inner_text() == why.summary_en
            if why.chance is None:
                continue
            adds = [number(words) for words in told.locator(".term .adds").all_inner_texts()]
            logit = number(told.locator("#logit").inner_text())
            assert sum(adds) == pytest.approx(logit, abs=0.005 * (len(adds) + 1)), "the terms add up to the sum"
            if month == BILL:
                shown = re.search(r"Chance (\d\.\d{3}), draw (\d\.\d{3})", told.locator(".dice").inner_text())
                assert shown is not None
                assert 1.0 / (1.0 + math.exp(-logit)) == pytest.approx(float(shown[1]), abs=0.003)
                outcomes.add(float(shown[2]) < float(shown[1]))
                assert (": paid" in why.summary_en) == (float(shown[2]) < float(shown[1]))
    assert outcomes


def test_a_month_without_a_bill_says_so_and_shows_the_last_bill(page: Page, district: District) -> None:
    homes, first = district.world.households, int(district.world.compounds.first[ROW])
    home = next(h for h in range(first, len(homes)) if "Nothing was open" in district.why(household=h).summary_en)
    told = pick(page, home).locator(".reasons")
    assert "Nothing was open in month 8; the next bill goes out in month" in told.first.inner_text()
    assert told.first.locator(".terms").count() == 0
    assert f"at the last bill, month {BILL}" in told.nth(1).inner_text()
    assert told.nth(1).locator(".terms .term").count() > 8


@pytest.mark.parametrize("colouring", ["arrears", "satisfaction", "trust", "role"])
def test_flats_are_coloured_by_what_is_chosen(page: Page, colouring: str) -> None:
    legend = page.locator("ul.legend").inner_text()
    before = page.eval_on_selector_all(
        "svg.flats .flat", "marks => marks.map(mark => mark.querySelector('title').textContent)"
    )
    button = page.locator(f"#colour-{colouring}")
    assert button.get_attribute("aria-pressed") == "false"
    button.click()
    page.wait_for_function("before => document.querySelector('ul.legend').innerText !== before", arg=legend)
    settled(page)
    assert page.locator(f"#colour-{colouring}").get_attribute("aria-pressed") == "true"
    after = page.eval_on_selector_all(
        "svg.flats .flat", "marks => marks.map(mark => mark.querySelector('title').textContent)"
    )
    assert len(after) == len(before)
    assert after != before
    words = {re.sub(r"^.*?: |; vacant$", "", said) for said in after}
    shown = page.locator("ul.legend").inner_text()
    assert words
    assert all(word in shown for word in words), "the legend names every class"


def test_arrow_keys_go_from_flat_to_flat_and_enter_picks(page: Page, district: District) -> None:
    month = page.locator("#month").get_attribute("data-month")
    first = int(district.world.compounds.first[ROW])
    stops = page.locator("svg.flats [tabindex='0']")
    assert stops.count() == 1, "one tab stop, not one a flat"
    stops.focus()
    at = "document.activeElement.dataset.pick"
    assert page.evaluate(at) == f"household-{first}"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(at) == f"household-{first + 2}"
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(at) == f"household-{first + 1}"
    page.keyboard.press("ArrowDown")
    below = int(page.evaluate(at).removeprefix("household-"))
    homes = district.world.households
    assert homes.stairwell[below] == homes.stairwell[first] + 1
    page.keyboard.press("End")
    assert page.evaluate(at) != f"household-{below}"
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    assert page.evaluate(at) == f"household-{first}"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.locator("#household").wait_for()
    settled(page)
    assert f"Household {first + 1}" in page.locator("#household").inner_text()
    assert page.evaluate(at) == f"household-{first + 1}", "what was picked keeps the focus"
    assert page.locator("svg.flats [tabindex='0']").count() == 1
    assert page.locator("#month").get_attribute("data-month") == month, "arrows did not step the months"


def test_a_decision_says_why_it_fell_so(page: Page, district: District) -> None:
    seen = set()
    for kind in ("assembly", "mode", "attempt failed", "committee elected", "plan"):
        step = page.locator(f".steps [data-kind='{kind}']").first
        if not step.count():
            continue
        said = step.inner_text().splitlines()[0]
        step.click()
        told = page.locator(f"#decision[data-step='{(step.get_attribute('id') or '').removeprefix('step-')}']")
        told.locator("h4", has_text=re.compile("state at the end of month")).wait_for()
        assert told.locator(".summary").inner_text() == said
        assert told.locator(".terms tbody tr").count() > 3
        if kind == "assembly":
            cast = re.search(r"(\d+)/(\d+) vote \(need (\d+)\), (\d+) yes \(need (\d+)\)", said)
            assert cast is not None
            turnout = told.locator(".tally").first.inner_text()
            assert f"{int(cast[1])} / {int(cast[2])}" in turnout
            assert f"needed: {int(cast[3])}" in turnout
            assert "art. 278" in told.inner_text()
        seen.add(kind)
    assert {"assembly", "plan"} <= seen
    events = [event for event in district.world.events if event.compound == ROW]
    assert page.locator(".steps [data-kind]:not([data-kind='tender'])").count() == len(events)


def test_the_band_of_modes_leads_to_the_decision(page: Page, district: District) -> None:
    spell = district.compound(ROW).spells[-1]
    page.locator(f"svg.modes [data-pick='spell-{spell.month}']").click()
    page.locator("#decision").wait_for()
    assert f"Month {spell.month}: mode" in page.locator("#decision .summary").inner_text()


def test_accounts_add_up_as_they_are_read_and_follow_the_month_picked(page: Page, district: District) -> None:
    def column(holder: str, place: int) -> list[int]:
        cells = page.locator(f".statement[data-holder='{holder}'] tbody tr td:nth-child({place})").all_inner_texts()
        return [round(100 * number(words)) if words.strip() else 0 for words in cells]

    for holder in ("account", "repair_fund", "owed"):
        for place in (2, 3):
            opening, *moved, closing = column(holder, place)
            assert opening + sum(moved) == closing
    c = district.world.compounds
    assert column("account", 3)[-1] == int(c.account[ROW])
    assert column("repair_fund", 3)[-1] == int(c.repair_fund[ROW])
    then = District(district.scenario, rng=district.seed)
    then.run_for(5)
    page.locator("svg.money [data-pick='month-4']").click()
    page.locator(".statement[data-holder='account'] th", has_text="Month 4").wait_for()
    assert column("account", 3)[-1] == int(then.world.compounds.account[ROW])


def test_the_page_follows_the_month_and_goes_back_in_time(page: Page, district: District) -> None:
    page.locator("#step").click()
    at(page, 9)
    page.locator(".bar-top", has_text="at the end of month 9").wait_for()
    home = int(district.world.compounds.first[ROW]) + 3
    pick(page, home)
    then = District(district.scenario, rng=district.seed)
    then.run_for(6)
    go_to(page, 5)
    page.locator("#household h3", has_text="in month 5").wait_for()
    assert page.locator("#household .summary").first.inner_text() == then.why(household=home).summary_en
    page.locator(".bar-top", has_text="at the end of month 5").wait_for()


def test_bodies_and_matters_are_those_of_the_district(page: Page, district: District) -> None:
    agent = district.compound(ROW)
    assert page.locator(".card[data-body='committee']").count() == (agent.committee is not None)
    assert page.locator(".card[data-body='branch']").count() == (agent.branch is not None)
    assert page.locator(".card[data-body='council']").count() == (agent.council is not None)
    assert page.locator(".card[data-body='firm']").count() == (agent.contract is not None)
    assert agent.branch is not None
    assert f"month {agent.branch.founded}" in page.locator(".card[data-body='branch']").inner_text()
    member = page.locator(".card[data-body='branch'] .who button").first
    row = member.inner_text()
    member.click()
    page.locator("#household h3", has_text=f"Household {row}").wait_for()
    settled(page)
    assert "Party household" in page.locator("#household").inner_text()
    issues, count = district.world.issues.columns, len(district.world.issues)
    heard = int(((issues.compound[:count] == ROW) & (issues.reported[:count] >= -1000)).sum())
    assert f"Open, reported: {heard};" in page.locator("#matters").inner_text()


def test_in_chinese(view: View, visit: Visit, district: District, shoot: Shoot) -> None:
    page = visit(view.address + "&lang=zh", locale="zh-CN")
    page.locator(".compound-mark").first.wait_for()
    go_to(page, MONTHS - 1)
    open_compound(page)
    home = int(district.world.compounds.first[ROW]) + 9
    pick(page, home)
    page.locator(".steps [data-kind='assembly']").first.click()
    page.locator("#decision h4").first.wait_for()
    page.locator("#decision .terms").wait_for()
    settled(page)
    assert page.locator("#household .summary").first.inner_text() == district.why(household=home).summary_zh
    words = page.locator(".compound-page").inner_text()
    for allowed in ("logit", district.compound(ROW).name):
        words = words.replace(allowed, "")
    assert not re.findall(r"[A-Za-z]{3,}", words)
    shoot(page, "compound-zh")


def test_the_largest_compound_opens_and_shows_every_flat(start: Start, visit: Visit, shoot: Shoot) -> None:
    """1,570 households in 131 stairwells."""
    built = District(load_scenario("shaoshan"), rng=1)
    sizes = built.world.compounds.households
    row = int(sizes.argmax())
    page = visit(start("shaoshan").address + f"&compound={row}")
    page.locator("svg.flats").wait_for()
    settled(page)
    assert page.locator("svg.flats .flat").count() == int(sizes[row])
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 1280, "nothing hangs over the edge"
    shoot(page, "compound-large")
