"""Print the figures and write them to benchmarks/results/: `uv run python -m benchmarks [--quick]`.

Ratios measured side by side in one run are what to trust; the digits vary with the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import agreement, measure
from benchmarks.measure import Size

if TYPE_CHECKING:
    from benchmarks.agreement import Comparison
    from benchmarks.measure import Bytes, Seconds, Speed

SIZES = (Size(1_800, 11, 24, 24, 9), Size(20_000, 125, 24, 12, 5), Size(1_000_000, 6_000, 24, 2, 1))
SEEDS = range(30)
RESULTS = Path(__file__).parent / "results"


def main() -> None:
    """Measure, print, save."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out 1,000,000 households and the empty cache")
    quick: bool = parser.parse_args().quick
    sizes = [size for size in SIZES if not quick or size.households < 100_000]
    print(f"xiaoqu benchmarks, {platform.machine()}, {os.cpu_count()} cores, one thread used")

    # Memory first: a child's peak starts at what its parent had, and this process is still small.
    largest = sizes[-1]._replace(months=12)
    ours = measure.memory("model", largest)
    plain = measure.memory("plain", SIZES[1]._replace(months=3))
    # Then small things before large ones, which leave memory in pieces.
    helped, fresh = measure.time_help(7), measure.time_fresh_result(3)
    run, plain_run = measure.time_runs(15)
    fixed = measure.fixed_cost(15)
    speeds = {size: measure.time_size(size) for size in sizes}
    comparison = agreement.compare(SEEDS, 20_000, 125)
    cold = None if quick else measure.time_cold_result()

    for size, speed in speeds.items():
        print_speed(size, speed)
    print_fixed(fixed)
    print_memory(largest, ours, plain)
    print_agreement(comparison)
    print("\nTargets")
    for size, speed in speeds.items():
        ns = per_household(speed.whole["total"], size)
        if size.households < 2_000:
            print(f"  {size.households:>9,} households: {ns:.0f} ns per household-month (no target below 2,000)")
        else:
            verdict(f"{size.households:>9,} households, ns per household-month", ns, 120, 60)
    verdict("Hengdong, 60 months, ms a run once warm", run * 1e3, 20, 10)
    print(f"  {'the three rules in plain Mesa, 60 months, ms a run':55}{plain_run * 1e3:10.1f}")
    verdict("bytes of state a household", ours.state, 128, 64)
    if not quick:
        verdict("1,000,000 households, 6,000 compounds, 12 months, GiB", ours.peak_process / 2**30, 4, None)
    verdict("xiaoqu --help, ms", helped * 1e3, 300, 150)
    verdict("fresh process to the Hengdong result, s", fresh, 6, 3)
    if cold is not None:
        print(f"  {'the same with nothing compiled yet, s (no target)':55}{cold:10.1f}")
    save(
        {
            "speeds": {size.households: speed._asdict() for size, speed in speeds.items()},
            "seconds_of_a_run": run,
            "seconds_of_a_plain_run": plain_run,
            "fixed_seconds_a_month": fixed,
            "bytes": {"households": largest.households, "model": ours._asdict(), "plain": plain._asdict()},
            "agreement": comparison._asdict(),
            "seconds_of_help": helped,
            "seconds_to_result": fresh,
            "seconds_to_result_cold": cold,
        }
    )


def per_household(seconds: float, size: Size) -> float:
    """Nanoseconds per household-month."""
    return seconds * 1e9 / size.households


def print_speed(size: Size, speed: Speed) -> None:
    """Whole model by phase, and the three rules beside plain Mesa."""
    print(f"\n{size.households:,} households, {size.compounds:,} compounds; ns per household-month")
    print(f"  build with 36 months of spin-up: {speed.build * 1e3:,.0f} ms")
    for name, seconds in speed.whole.items():
        if name != "total":
            share = seconds / speed.whole["total"]
            print(f"  {name:14}{per_household(seconds, size):9.1f}{share:7.0%}{seconds * 1e6:12,.0f} µs a month")
    print(f"  {'whole model':14}{per_household(speed.whole['total'], size):9.1f}")
    run = speed.build + size.months * speed.whole["total"]
    print(f"  {'60 months':14}{per_household(run / (36 + size.months), size):9.1f}  with building and spin-up")
    print(f"  {'three rules':14}{'model':>9}{'plain Mesa':>12}{'ratio':>8}")
    for name in speed.plain:
        mine, theirs = (per_household(seconds[name], size) for seconds in (speed.rules, speed.plain))
        print(f"  {name:14}{mine:9.1f}{theirs:12,.0f}{theirs / mine:7.0f}x")


def print_fixed(fixed: Seconds) -> None:
    """What a month costs before any household does."""
    parts = ", ".join(f"{name} {seconds * 1e6:.0f}" for name, seconds in fixed.items() if name != "total")
    print(f"\nFixed cost of a month (11 compounds of 4 flats): {fixed['total'] * 1e6:.0f} µs ({parts})")


def print_memory(size: Size, ours: Bytes, plain: Bytes) -> None:
    """Bytes a household."""
    print(f"\nBytes a household, {size.households:,} households, {size.months} months")
    print(f"  its row {ours.row:.0f}; all arrays of the world {ours.state:.0f}; plain Mesa {plain.state:.0f}")
    print(f"  recorded months {ours.history:.0f}; growth of the process at its peak {ours.peak:.0f}")


def print_agreement(comparison: Comparison) -> None:
    """Rates of both versions, and whether they agree."""
    print(f"\nThe three rules, {len(SEEDS)} seeds, 20,000 households: model, plain Mesa, difference (standard error)")
    for name, mine, theirs, error in zip(comparison.model._fields, *comparison, strict=True):
        doubt = "  more than chance" if abs(mine - theirs) > agreement.CHANCE * error + agreement.ROUNDING else ""
        print(f"  {name:14}{mine:9.4f}{theirs:9.4f}{mine - theirs:10.4f} ({error:.4f}){doubt}")
    faults = comparison.faults()
    print("  they agree" if not faults else "  THEY DISAGREE: " + "; ".join(faults))


def verdict(what: str, value: float, target: float, aim: float | None) -> None:
    """One line: the figure, the target, and whether it is met."""
    met = "met" if value <= target else "missed"
    aims = "" if aim is None else f"; aim {aim:g}: {'met' if value <= aim else 'missed'}"
    print(f"  {what:55}{value:10.1f}   target {target:g}: {met}{aims}")


def save(figures: dict[str, object]) -> None:
    """Write the figures with the versions behind them."""
    RESULTS.mkdir(exist_ok=True)
    packages = {name: version(name) for name in ("mesa", "numba", "numpy", "xiaoqu")}
    about = {"machine": platform.machine(), "python": platform.python_version(), **packages}
    path = RESULTS / f"{time.strftime('%Y-%m-%d-%H%M%S')}.json"
    path.write_text(json.dumps({"about": about, **figures}, indent=2), encoding="utf-8")
    print(f"\nWritten to {path}")


if __name__ == "__main__":
    main()
