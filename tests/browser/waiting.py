"""How a test waits for a page: for what it is to show, never for a length of time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.browser.running import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page


def settled(page: Page) -> None:
    """Wait until all that was asked so far is drawn.

    The server says what has changed part by part, the month long before the pictures on a slow machine. It answers in
    order: when it has answered this, it has said all before.
    """
    page.evaluate("async () => { await solara.debug.kernel().requestCommInfo({}); }")


def at(page: Page, month: int) -> None:
    """Wait until the whole page shows a month."""
    page.locator(f"#month[data-month='{month}']").wait_for()
    settled(page)


def go_to(page: Page, month: int) -> None:
    """Ask for a month, and wait for it."""
    page.locator("#jump").fill(str(month))
    page.locator("#go").click()
    at(page, month)


def comes(wanted: Callable[[], bool], seconds: float = PATIENCE / 1000) -> bool:
    """Whether something comes to be so within some seconds."""
    until = time.monotonic() + seconds
    while not (found := wanted()) and time.monotonic() < until:
        time.sleep(0.05)
    return found
