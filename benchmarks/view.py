"""How fast the view is, in a real browser: `uv run --extra view --group browser python -m benchmarks.view [--quick]`.

What a person waits for is measured in the page: from the click until the new month is drawn. The digits vary with the
machine and with what else it does; the seconds of processor beside them vary less.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.browser.running import chromium, launch, the_command

from benchmarks.__main__ import verdict

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from tests.browser.running import View

DISTRICT = ["daguan", "--set", "calendar.months=1200"]
LARGE = ["--set", "places.compounds=1000", "--set", "places.households=160000"]
STEPS = 40
PLAYED_SECONDS = 10.0
LONG = 1_000
WARM = 24
"""Months before anything is measured."""
# Both pictures and the number of the month are new, and the browser has had a frame to draw them in.
STEP = """async () => {
  const seen = () => [
    document.querySelector("#month").dataset.month,
    document.querySelector(".district-map").getAttribute("aria-label"),
    document.querySelector(".curves .cursor").getAttribute("d"),
  ];
  const before = seen();
  const frame = () => new Promise(requestAnimationFrame);
  const begun = performance.now();
  document.querySelector("#step").click();
  while (seen().some((now, place) => now === before[place])) await frame();
  await frame();
  return performance.now() - begun;
}"""


class Measured(NamedTuple):
    """What was measured of one district.

    Attributes:
        shown: milliseconds from the click until the month is drawn, one a step.
        cpu: milliseconds of the server's processor a step.
        sent: bytes from the server to the page a step, before compression.
        played: months a second.
    """

    shown: list[float]
    cpu: float
    sent: float
    played: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.view", description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"leave out the {LONG:,} steps")
    quick: bool = parser.parse_args().quick
    with chromium() as browser, tempfile.TemporaryDirectory() as room:
        small, grown = measured(browser, Path(room), DISTRICT, 0 if quick else LONG)
        large, _ = measured(browser, Path(room), [*DISTRICT, *LARGE], 0)
    print(f"xiaoqu view in Chromium, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; medians of {STEPS} steps")
    for name, found in (("130 compounds, 33,000 households", small), ("1,000 compounds, 160,000 households", large)):
        low, high = min(found.shown), sorted(found.shown)[int(0.95 * len(found.shown))]
        print(f"\n{name}")
        median = statistics.median(found.shown)
        print(f"  from click to drawn, ms: least, median, 95th percentile {low:9.0f}{median:8.0f}{high:8.0f}")
        print(f"  processor of the server a step, ms {found.cpu:30.0f}")
        print(f"  bytes to the page a step {found.sent:40,.0f}")
        print(f"  months a second of play {found.played:41.1f}")
    print("\nTargets")
    verdict("130 compounds, ms from click to drawn", statistics.median(small.shown), 150, None)
    verdict("1,000 compounds, ms from click to drawn", statistics.median(large.shown), 400, None)
    verdict("130 compounds, ms a month of play", 1_000 / small.played, 100, None)
    if not quick:
        alone = model_growth(LONG)
        print(f"  {LONG:,} steps: the server grew by {grown:.0f} MB, a model alone by {alone:.0f} MB: its records")
        verdict(f"growth of the view itself over {LONG:,} steps, MB", grown - alone, 20, None)


def measured(browser: Browser, room: Path, arguments: list[str], long: int) -> tuple[Measured, float]:
    """Step and play a district; then, if asked for, step on and say by how many MB the server grew."""
    folder = Path(tempfile.mkdtemp(dir=room))
    view = launch(folder, the_command(*arguments))
    try:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        sent: list[int] = []
        page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sent.append(len(frame))))
        warm(page, view)
        sent.clear()
        before = cpu_seconds(view)
        shown = [float(page.evaluate(STEP)) for _ in range(STEPS)]
        cpu, each = (cpu_seconds(view) - before) / STEPS, sum(sent) / STEPS
        held = resident(view.process.pid)
        for _ in range(long):
            page.evaluate(STEP)
        grown = resident(view.process.pid) - held
        warm(page, view)  # anew: a run has at most 1,200 months
        found = Measured(shown, 1_000 * cpu, each, played(page))
        page.close()
    finally:
        view.close()
    return found, grown


def warm(page: Page, view: View) -> None:
    """Open the page, and go on until compounds have their modes and curves their length."""
    page.goto(view.address)
    page.locator(".compound-mark").first.wait_for(timeout=300_000)
    for _ in range(WARM):
        page.evaluate(STEP)


def played(page: Page) -> float:
    """Months a second at the highest speed."""
    page.locator("#speed").select_option("24")
    page.locator("#play").click()
    page.wait_for_timeout(1_000)
    begun, first = time.perf_counter(), month(page)
    page.wait_for_timeout(1_000 * PLAYED_SECONDS)
    last, ended = month(page), time.perf_counter()
    page.locator("#play").click()
    page.wait_for_timeout(1_000)
    return (last - first) / (ended - begun)


def month(page: Page) -> int:
    """The month that the page shows."""
    return int(page.locator("#month").get_attribute("data-month") or 0)


def cpu_seconds(view: View) -> float:
    """Seconds of processor that the server has used."""
    fields = Path(f"/proc/{view.process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(process: int) -> float:
    """Megabytes of a process in memory."""
    pages = int(Path(f"/proc/{process}/statm").read_text("utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def model_growth(months: int) -> float:
    """By how many MB a process grows that only simulates the same months."""
    code = f"""
import os
from benchmarks.view import DISTRICT, STEPS, WARM, resident
from xiaoqu import District, load_scenario
district = District(load_scenario(DISTRICT[0], dict([DISTRICT[2].split("=")])), rng=1)
district.run_for(WARM + STEPS)
before = resident(os.getpid())
district.run_for({months})
print(resident(os.getpid()) - before)
"""
    return float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)  # noqa: S603 - our own code


if __name__ == "__main__":
    main()
