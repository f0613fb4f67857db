"""`python -m xiaoqu_lab.patterns [ids…] [--scale 1.0] [--first-seed 1] [--set key=value …]`: a report, not a test."""

from __future__ import annotations

import argparse
import time

from rich.console import Console
from rich.table import Table

from xiaoqu_lab.patterns import CHECKS, run_all


def main() -> None:
    """Print one line per pattern."""
    parser = argparse.ArgumentParser(prog="python -m xiaoqu_lab.patterns", description="Run the pattern checks.")
    parser.add_argument("ids", nargs="*", choices=[[], *CHECKS], help="P1 … P28, P2-control …; all if none is named")
    parser.add_argument("--scale", type=float, default=1.0, help="1 is four seeds of 80 compounds")
    parser.add_argument("--first-seed", type=int, default=1, help="first of the seeds")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a scenario override")
    asked = parser.parse_args()
    overrides = dict(pair.split("=", 1) for pair in asked.set)
    table = Table(show_lines=True)
    for heading in ("pattern", "holds", "figures", "criterion", "seconds"):
        table.add_column(heading, overflow="fold")
    kept, names = 0, asked.ids or list(CHECKS)
    for name in names:
        start = time.perf_counter()
        (pattern,) = run_all(asked.scale, [name], overrides, asked.first_seed)
        kept += pattern.holds
        figures = "; ".join(f"{label} {value:.3g}" for label, value in pattern.figures.items())
        verdict = "yes" if pattern.holds else "[red]no[/red]"
        seconds = f"{time.perf_counter() - start:.1f}"
        table.add_row(
            f"{pattern.id} {pattern.title_en} {pattern.title_zh}", verdict, figures, pattern.criterion, seconds
        )
    console = Console()
    console.print(table)
    console.print(f"{kept} of {len(names)} hold.")


if __name__ == "__main__":
    main()
