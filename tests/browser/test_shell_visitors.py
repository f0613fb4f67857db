"""What a visitor does and brings is that visitor's alone; what is wrong with it is said as on the command line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from tests.browser.waiting import at, settled

from xiaoqu.roster import roster_template
from xiaoqu_lab.cli import main
from xiaoqu_lab.view.uploads import LARGEST

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page
    from tests.browser.conftest import Start, View, Visit

pytestmark = pytest.mark.browser

MINE = '[scenario]\nname = "mine"\nextends = "hengdong"\ntitle_en = "My own street"\n\n[levers]\ntriage = "off"\n'


@pytest.fixture
def view(start: Start) -> View:
    return start("hengdong")


def opened(view: View, visit: Visit) -> Page:
    page = visit(view.address)
    page.locator(".compound-mark").first.wait_for()
    settled(page)
    return page


def bring(page: Page, file: Path) -> None:
    """Choose a file with the button for its kind."""
    page.locator("#tab-parameters").click()
    page.locator(f".file-button input[accept='{file.suffix}']").set_input_files(file)


def test_two_visitors_share_nothing(view: View, visit: Visit, tmp_path: Path) -> None:
    """One steps, brings a scenario and starts it; the other sees nothing of it, and the other way round."""
    first, second = opened(view, visit), opened(view, visit)
    for month in (0, 1, 2):
        first.locator("#step").click()
        at(first, month)
    (tmp_path / "mine.toml").write_text(MINE, "utf-8")
    bring(first, tmp_path / "mine.toml")
    first.locator("[data-pending]").first.wait_for()
    title = second.locator("#title").inner_text()
    at(second, -1)
    second.locator("#step").click()
    at(second, 0)
    at(first, 2)
    first.locator("#restart").click()
    at(first, -1)
    first.get_by_text("My own street").first.wait_for()
    second.locator("#step").click()
    at(second, 1)
    assert second.locator("#title").inner_text() == title
    third = opened(view, visit)
    at(third, -1)
    assert third.locator("#title").inner_text() == title


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("wrong.toml", MINE + "tirage = 0.5\npatrols = 7\n"),
        ("broken.toml", "[scenario\n"),
        ("wrong.csv", "小区名称,户数\n桂花苑,-3\n,12\n"),
    ],
)
def test_a_bad_file_is_answered_as_on_the_command_line(
    view: View, visit: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(text, "utf-8")
    said = CliRunner().invoke(main, ["check", name])
    assert said.exit_code == 2
    page = opened(view, visit)
    bring(page, tmp_path / name)
    page.locator("#plan-problem").wait_for()
    settled(page)
    assert page.locator("#plan-problem").text_content() == said.output.strip()
    page.locator("#step").click()  # and all goes on
    at(page, 0)


def test_a_file_that_is_too_large_is_not_taken(view: View, visit: Visit, tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    large.write_bytes(b"x" * (LARGEST + 100))
    page = opened(view, visit)
    bring(page, large)
    page.locator("#plan-problem").get_by_text(f"{LARGEST // 1024:,} KB").wait_for()


def test_a_ledger_of_ones_own_is_shown(view: View, visit: Visit, tmp_path: Path) -> None:
    """In the encoding that Chinese spreadsheets write."""
    ledger = tmp_path / "台账.csv"
    ledger.write_bytes(roster_template().encode("gb18030"))
    page = opened(view, visit)
    bring(page, ledger)
    page.locator("[data-pending]").first.wait_for()
    page.locator("#restart").click()
    page.locator(".district-map text").get_by_text("桂花苑").wait_for()
    settled(page)
    assert page.locator(".compound-mark").count() == 2


def test_names_in_a_ledger_are_never_markup(view: View, visit: Visit, tmp_path: Path) -> None:
    names = [
        "<img src=x onerror=document.title='broken'>",
        "a & b \"c\" 'd'",
        "</svg><script>alert(1)</script>",
        "]]>{{ 1 + 1 }}",
    ]
    ledger = tmp_path / "hostile.csv"
    quoted = ['"' + name.replace('"', '""') + '"' for name in names]
    ledger.write_text("\n".join(["小区名称,户数", *(f"{name},60" for name in quoted), ""]), "utf-8")
    page = opened(view, visit)
    bring(page, ledger)
    page.locator("[data-pending]").first.wait_for()
    page.locator("#restart").click()
    page.locator(".district-map text.name").get_by_text(names[1], exact=True).wait_for()
    settled(page)
    assert set(names) <= set(page.locator(".district-map text").all_text_contents())
    for month in range(6):
        page.locator("#step").click()
        at(page, month)
    page.wait_for_url(re.compile(r"[?&]month=5&"))
    for row, name in enumerate(names):
        page.locator(f".compound-mark[data-pick='{row}']").press("Enter")
        page.locator(".compound-page").get_by_text(name, exact=False).first.wait_for()
        page.go_back()
        page.locator(".district-map").wait_for()
    assert page.title() != "broken"
    assert page.locator("img[src=x], .xq script").count() == 0


def test_a_scenario_that_names_code_is_refused(view: View, visit: Visit, tmp_path: Path) -> None:
    trap, ran = tmp_path / "trap.py", tmp_path / "ran.txt"
    trap.write_text(f"open({str(ran)!r}, 'w')\n", "utf-8")
    (tmp_path / "mine.toml").write_text(MINE + f'\n[modes.trap]\nfile = "{trap}"\n', "utf-8")
    page = opened(view, visit)
    bring(page, tmp_path / "mine.toml")
    page.locator("#plan-problem").get_by_text("modes.trap.file").wait_for()
    settled(page)
    assert not ran.exists()
