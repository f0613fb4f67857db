"""The view in a real browser: the command is started as a user would, and Chromium opens the address that it prints.

    view = start("hengdong", "--seed", "3")       # once for all tests that start it alike: visitors share nothing
    page = visit(view.address)                    # a visitor of its own, watched: see `visit`
    shoot(page, "district")                       # a picture to look at: XIAOQU_SHOTS=folder uv run … pytest -m browser

A test module here says `pytestmark = pytest.mark.browser` and imports playwright for types only, so that the first
command of the README can collect it without.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from tests.browser.running import PATIENCE, View, chromium, launch, the_command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

    type Start = Callable[..., View]
    type Visit = Callable[..., Page]
    type Shoot = Callable[[Page, str], None]

__all__ = ["View"]


@pytest.fixture(scope="session")
def running() -> Iterator[dict[tuple[str, ...], View]]:
    """What was started, by its arguments."""
    views: dict[tuple[str, ...], View] = {}
    yield views
    for view in views.values():
        view.close()


@pytest.fixture(autouse=True)
def _nothing_leaves_the_machine(running: dict[tuple[str, ...], View]) -> Iterator[None]:
    """Fail the test during which a server did what it must not do."""
    before = {view.address: view.faults for view in running.values()}
    yield
    for arguments, view in running.items():
        assert view.faults == before.get(view.address, ""), arguments


@pytest.fixture(scope="session")
def start(running: dict[tuple[str, ...], View], tmp_path_factory: pytest.TempPathFactory) -> Start:
    """Start `xiaoqu view` with arguments; the same arguments give the same server."""

    def starting(*arguments: str) -> View:
        if arguments not in running:
            running[arguments] = launch(tmp_path_factory.mktemp("view"), the_command(*arguments))
        return running[arguments]

    return starting


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; without it the tests fail, and say what to install."""
    with chromium() as found:
        yield found


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Open an address as a new visitor (1280 × 800), and fail the test for whatever goes wrong unseen.

    That is: a request or websocket to another machine, an error in the page's console, and one in its scripts.
    `refused=True` says that the server is expected to refuse, or to go, which the console reports.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def visiting(address: str, *, refused: bool = False, **options: object) -> Page:
        settings = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", **options}
        context = browser.new_context(**settings)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        watch(page, faults, refused=refused)
        page.goto(address)
        return page

    yield visiting
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


def watch(page: Page, faults: list[str], *, refused: bool) -> None:
    """Note what goes wrong in a page."""

    def outside(kind: str, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("data", "blob", "about") and parts.hostname not in ("127.0.0.1", "localhost"):
            faults.append(f"{kind} to another machine: {address}")

    def failed(address: str, why: str) -> None:
        if why != "net::ERR_ABORTED":  # whoever leaves a page leaves what it was still loading
            faults.append(f"failed: {address}: {why}")

    page.on("request", lambda request: outside("request", request.url))
    page.on("websocket", lambda socket: outside("websocket", socket.url))
    page.on("pageerror", lambda error: faults.append(f"error in a script: {error}"))
    if not refused:
        page.on("requestfailed", lambda request: failed(request.url, request.failure or ""))
        page.on(
            "console",
            lambda line: faults.append(f"console: {line.text} {line.location}") if line.type == "error" else None,
        )


@pytest.fixture
def shoot(tmp_path: Path) -> Shoot:
    """Save a picture of a page in the folder that XIAOQU_SHOTS names, else in the test's own."""
    folder = Path(os.environ.get("XIAOQU_SHOTS", tmp_path))

    def shooting(page: Page, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", full_page=True)

    return shooting
