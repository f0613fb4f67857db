"""`xiaoqu view` started as a user starts it, and Debian's Chromium: for tests, benchmarks and the README's picture."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

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
PATIENCE = 180_000
"""Milliseconds that a test waits for what is to come: on a busy machine all takes long, and nothing is amiss."""


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
        return self.process.wait(timeout=PATIENCE / 1000)


def launch(folder: Path, command: list[str], **environment: str) -> View:
    """Start a command that serves the view, and wait for the address that it prints.

    Raises:
        RuntimeError: it ended instead.
    """
    log, watched = folder / "log.txt", folder / "watched.txt"
    watching = {"PYTHONPATH": str(WATCH), "XIAOQU_WATCH": str(watched), "PYTHONUNBUFFERED": "1"}
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, **watching, **environment}
        )
    while not (found := ADDRESS.search(log.read_text(encoding="utf-8"))):
        try:
            process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
        raise RuntimeError(f"{command} ended before it served anything:\n{log.read_text(encoding='utf-8')}")
    return View(found[0], process, log, watched)


def the_command(*arguments: str) -> list[str]:
    """`xiaoqu view` on any free port, without opening a browser."""
    return [sys.executable, "-m", "xiaoqu_lab", "view", *arguments, "--port", "0", "--no-browser"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, which resolves no name of another machine.

    Raises:
        RuntimeError: it is not installed.
    """
    path = shutil.which("chromium")
    if path is None:
        raise RuntimeError("Chromium and a Chinese font are needed: apt-get install chromium fonts-noto-cjk")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - from the group `browser`

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path, args=FLAGS)
