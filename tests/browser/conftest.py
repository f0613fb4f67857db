"""The view in a real browser: the command is started as a user would, and Chromium opens the address that it prints.

    view = start("hengdong", "--seed", "3")       # once for all tests that start it alike: visitors share nothing
    page = visit(view.address)                    # a visitor of its own, watched: see `visit`
    shoot(page, "district")                       # a picture to look at: XIAOQU_SHOTS=folder uv run … pytest -m browser

A test module here says `pytestmark = pytest.mark.browser` and imports playwright for types only, so that the first
command of the README can collect it without.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

    type Start = Callable[..., View]
    type Visit = Callable[..., Page]
    type Shoot = Callable[[Page, str], None]

WATCH = Path(__file__).parent / "watch"
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)/\?token=[\w-]+")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


@dataclass
class View:
    """A running `xiaoqu view`.

    Attributes:
        address: What it printed, token included.
        process: The server.
        log: Where its output goes.
        watched: Where the server notes what it must not do; see `watch/sitecustomize.py`.
    """

    address: str
    process: subprocess.Popen[bytes]
    log: Path
    watched: Path

    @property
    def faults(self) -> str:
        """What it did that it must not do."""
        return self.watched.read_text("utf-8") if self.watched.exists() else ""

    @property
    def port(self) -> int:
        return urlsplit(self.address).port or 0

    @property
    def root(self) -> str:
        """The address without the token."""
        return f"http://127.0.0.1:{self.port}/"

    def close(self) -> int:
        """End it as Ctrl-C does; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=30)


def launch(folder: Path, command: list[str], **environment: str) -> View:
    """Start a command that serves the view, and wait for the address that it prints."""
    log, watched = folder / "log.txt", folder / "watched.txt"
    watching = {"PYTHONPATH": str(WATCH), "XIAOQU_WATCH": str(watched), "PYTHONUNBUFFERED": "1"}
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603
            command, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, **watching, **environment}
        )
    while not (found := ADDRESS.search(log.read_text(encoding="utf-8"))):
        try:
            process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
        pytest.fail(f"{command} ended before it served anything:\n{log.read_text(encoding='utf-8')}")
    return View(found[0], process, log, watched)


def the_command(*arguments: str) -> list[str]:
    """`xiaoqu view` on any free port, without opening a browser."""
    return [sys.executable, "-m", "xiaoqu_lab", "view", *arguments, "--port", "0", "--no-browser"]


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
    """Debian's Chromium."""
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("these tests need Chromium and a Chinese font: apt-get install chromium fonts-noto-cjk")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - from the group `browser`

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path, args=FLAGS)


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
