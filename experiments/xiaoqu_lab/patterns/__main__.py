"""`python -m xiaoqu_lab.patterns [ids…] [--details] [--lang zh] [--set key=value …]`: a report, not a test."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

from xiaoqu_lab.cli import chosen_language
from xiaoqu_lab.patterns import CHECKS, run_all
from xiaoqu_lab.texts import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xiaoqu_lab.patterns import Pattern
    from xiaoqu_lab.texts import Lang


def main(args: Sequence[str] | None = None) -> None:
    """Print one line a pattern, then how many hold and which do not."""
    parser = argparse.ArgumentParser(prog="python -m xiaoqu_lab.patterns", description="Run the pattern checks.")
    parser.add_argument("ids", nargs="*", choices=[[], *CHECKS], help="P1 … P28, P2-control …; all if none is named")
    parser.add_argument("--details", action="store_true", help="figures, criterion and seconds as well")
    parser.add_argument("--lang", choices=("en", "zh"), help="language; by default that of the system")
    parser.add_argument("--scale", type=float, default=1.0, help="1 is four seeds of 80 compounds")
    parser.add_argument("--first-seed", type=int, default=1, help="first of the seeds")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a scenario override")
    given = sys.argv[1:] if args is None else list(args)
    asked, lang = parser.parse_args(given), chosen_language(given)
    overrides = dict(pair.split("=", 1) for pair in asked.set)
    missed, names = [], asked.ids or list(CHECKS)
    for number, name in enumerate(names, 1):
        print(text("patterns.progress", lang, number=number, all=len(names), id=name), file=sys.stderr, flush=True)
        start = time.perf_counter()
        (pattern,) = run_all(asked.scale, [name], overrides, asked.first_seed)
        if not pattern.holds:
            missed.append(name)
        print(line(pattern, lang), flush=True)
        if asked.details:
            print(details(pattern, time.perf_counter() - start, lang), flush=True)
    print(text("patterns.count", lang, held=len(names) - len(missed), all=len(names)))
    if missed:
        print(text("patterns.missed", lang, list=", ".join(missed)))


def line(pattern: Pattern, lang: Lang) -> str:
    """A pattern in one line: whether it held, its id, what it is."""
    verdict = text("patterns.held" if pattern.holds else "patterns.not_held", lang)
    return f"{verdict}  {pattern.id:<11}  {pattern.title_zh if lang == 'zh' else pattern.title_en}"


def details(pattern: Pattern, seconds: float, lang: Lang) -> str:
    """What was measured, what was asked of it (in English: it was fixed before looking), how long it took."""
    figures = "; ".join(f"{label} {value:.3g}" for label, value in pattern.figures.items())
    shown = {"figures": figures, "criterion": pattern.criterion, "seconds": f"{seconds:.1f}"}
    return "".join(f"    {text(f'patterns.{name}', lang)}{words}\n" for name, words in shown.items())


if __name__ == "__main__":
    main()
