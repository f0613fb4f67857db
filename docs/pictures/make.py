"""Makes the README's pictures from the running view.

uv run --extra view --group browser python -m docs.pictures.make
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.running import chromium, launch, the_command

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HERE = Path(__file__).parent
SIZE = {"width": 1280, "height": 870}
PLACE = "month=18"
MOST_BYTES = 300_000


def main() -> None:
    """Draw the district of a case, in both languages."""
    with chromium() as browser, tempfile.TemporaryDirectory() as room:
        for lang in ("en", "zh"):
            folder = Path(room) / lang
            folder.mkdir()
            view = launch(folder, the_command("daguan", "--lang", lang))
            try:
                draw(browser, f"{view.address}&{PLACE}", HERE / f"view.{lang}.png")
            finally:
                view.close()


def draw(browser: Browser, address: str, file: Path) -> None:
    """Save what a visitor of an address sees."""
    page = browser.new_page(viewport=SIZE, color_scheme="light")
    page.goto(address)
    page.locator("#month[data-month='18']").wait_for(timeout=120_000)
    page.evaluate("document.fonts.ready.then(() => true)")
    page.mouse.move(0, 0)
    page.screenshot(path=file)
    page.close()
    size = file.stat().st_size
    print(f"{file.name}: {size:,} bytes")
    if size > MOST_BYTES:
        raise SystemExit(f"{file.name} is larger than {MOST_BYTES:,} bytes")


if __name__ == "__main__":
    main()
