"""Mesa's own door: SolaraViz of the same district, with the same pictures, seed and values."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from tests.browser.running import launch
from tests.browser.waiting import comes, settled

from xiaoqu import District, load_scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator, Page
    from tests.browser.conftest import Shoot, View, Visit

pytestmark = pytest.mark.browser

SERVE = """
import sys
from xiaoqu_lab.view.launch import Launch
from xiaoqu_lab.view.server import listen, serve
serve(Launch(), listen(0), lambda address: print(address, flush=True), page=sys.argv[1])
"""
PAGE = Path(__file__).parent / "mesa_page.py"


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> Iterator[View]:
    running = launch(tmp_path_factory.mktemp("mesa"), [sys.executable, "-c", SERVE, str(PAGE)])
    yield running
    running.close()
    # SolaraViz loads Mesa's console whether it shows it or not; see the test that it is not shown.
    assert set(running.faults.splitlines()) <= {"import mesa.visualization.command_console"}


def opened(view: View, visit: Visit) -> Page:
    page = visit(view.address)
    page.get_by_text("Time: 0.0").wait_for()
    page.locator(".compound-mark").first.wait_for()
    settled(page)
    return page


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def expected(months: int, **levers: float) -> list[str]:
    """The words of the curves of the same district, simulated here."""
    from xiaoqu_lab.view import curves  # noqa: PLC0415 - needs the extra `view`
    from xiaoqu_lab.view.session import Run  # noqa: PLC0415 - needs the extra `view`

    run = Run(load_scenario("hengdong"), {f"levers.{name}": value for name, value in levers.items()}, 7)
    for _ in range(months):
        run.step()
    drawn = ET.fromstring(curves.draw(run, None, run.newest, "en"))  # noqa: S314 - our own
    return ["".join(element.itertext()) for element in drawn.iter("{http://www.w3.org/2000/svg}text")]


def shown(page: Page) -> list[str]:
    return [str(words) for words in page.locator(".curves text").all_text_contents()]


def comes_to(page: Page, wanted: list[str]) -> None:
    """Wait until the curves say what is wanted."""
    comes(lambda: shown(page) == wanted)
    assert shown(page) == wanted


def test_it_shows_and_steps_the_same_district(view: View, visit: Visit, shoot: Shoot) -> None:
    page = opened(view, visit)
    assert page.locator(".compound-mark").count() == len(District("hengdong", rng=7).compounds)
    comes_to(page, expected(0))
    for month in (1, 2, 3):
        button(page, "Step").click()
        page.get_by_text(f"Time: {month}.0").wait_for()
    comes_to(page, expected(3))
    shoot(page, "mesa_door")


def test_reset_keeps_the_seed_and_every_value(view: View, visit: Visit) -> None:
    page = opened(view, visit)
    for _ in range(2):
        button(page, "Step").click()
    comes_to(page, expected(2))
    button(page, "Reset").click()
    page.get_by_text("Time: 0.0").wait_for()
    comes_to(page, expected(0))
    for _ in range(4):
        button(page, "Step").click()
    comes_to(page, expected(4))


def test_a_slider_takes_effect_on_reset_and_changes_nothing_else(view: View, visit: Visit) -> None:
    page = opened(view, visit)
    slider = page.locator(".v-input").filter(has_text=re.compile("^neighbour chiefs")).get_by_role("slider")
    slider.focus()
    slider.press("Home")
    settled(page)
    button(page, "Reset").click()
    for _ in range(12):
        button(page, "Step").click()
    changed = expected(12, neighbour_chiefs=0.0)
    comes_to(page, changed)
    assert changed != expected(12)


def test_it_plays(view: View, visit: Visit) -> None:
    page = opened(view, visit)
    button(page, "▶").click()
    page.wait_for_function("/Time: ([5-9]|[1-9]\\d+)\\.0/.test(document.body.innerText)")
    button(page, "❚❚").click()
    button(page, "▶").wait_for()


def test_two_visitors_have_two_models(view: View, visit: Visit) -> None:
    first = opened(view, visit)
    button(first, "Step").click()
    first.get_by_text("Time: 1.0").wait_for()
    second = opened(view, visit)
    button(second, "Step").click()
    second.get_by_text("Time: 1.0").wait_for()
    button(second, "Step").click()
    second.get_by_text("Time: 2.0").wait_for()
    assert first.get_by_text("Time: 1.0").is_visible()


def test_there_is_no_console(view: View, visit: Visit) -> None:
    page = opened(view, visit)
    assert "console" not in page.inner_text("body").lower()
