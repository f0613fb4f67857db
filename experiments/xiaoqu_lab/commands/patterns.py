"""`xiaoqu patterns`: which stylised facts the model reproduces; a report, not a test."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from xiaoqu import load_scenario
from xiaoqu.errors import InputError, Problem, listed
from xiaoqu_lab import console
from xiaoqu_lab.complaints import complain, on_the_command_line, overrides, whole
from xiaoqu_lab.texts import Lang, text

if TYPE_CHECKING:
    from xiaoqu_lab.patterns import Pattern

MOST_SEEDS, MOST_SEED = 1_000, 2**32


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE", help="option.set")
@click.option("--seed", default="1", metavar="N", help="option.patterns_seed")
@click.option("--seeds", default="4", metavar="N", help="option.patterns_seeds")
@click.option("--details", is_flag=True, help="option.details")
@click.option("--json", "as_json", is_flag=True, help="option.json_list")
@click.pass_obj
def command(
    lang: Lang, ids: tuple[str, ...], changes: tuple[str, ...], seed: str, seeds: str, details: bool, as_json: bool
) -> None:
    """Try the model against stylised facts."""
    from xiaoqu_lab.patterns import CHECKS, run_all  # noqa: PLC0415 - the world is imported

    problems: list[Problem] = [
        complain("no_pattern", "ID", name, names=listed([*CHECKS])) for name in ids if name not in CHECKS
    ]
    changed = overrides(changes, problems)
    first = whole(seed, "--seed", 0, MOST_SEED, problems)
    count = whole(seeds, "--seeds", 2, MOST_SEEDS, problems)
    try:
        load_scenario("baseline", changed)
    except InputError as error:
        problems += on_the_command_line(error)
    if problems:
        raise InputError(problems)

    names = list(dict.fromkeys(ids)) or list(CHECKS)
    found: list[tuple[Pattern, float]] = []
    for number, name in enumerate(names, 1):
        click.echo(text("patterns.progress", lang, number=number, all=len(names), id=name), err=True)
        start = time.perf_counter()
        (pattern,) = run_all([name], changed, seeds=count, first_seed=first)
        found.append((pattern, time.perf_counter() - start))
        if not as_json:
            show(*found[-1], lang, details=details)
    if as_json:
        console.print_json([as_object(*one) for one in found])
        return
    missed = [pattern.id for pattern, _ in found if not pattern.holds]
    click.echo(text("patterns.count", lang, held=len(names) - len(missed), all=len(names)))
    if missed:
        click.echo(text("patterns.missed", lang, list=", ".join(missed)))


def as_object(pattern: Pattern, seconds: float) -> dict[str, Any]:
    """What `--json` prints of a pattern."""
    figures = {name: console.number_or_null(value) for name, value in pattern.figures.items()}
    return pattern._asdict() | {"holds": bool(pattern.holds), "figures": figures, "seconds": round(seconds, 3)}


def show(pattern: Pattern, seconds: float, lang: Lang, *, details: bool) -> None:
    """Print a pattern in one line, and on demand what was measured and what was asked of it.

    The criterion is in English in both languages: these are the words that were fixed before looking.
    """
    verdict = text("patterns.held" if pattern.holds else "patterns.not_held", lang)
    click.echo(f"{verdict}  {pattern.id:<11}  {pattern.title_zh if lang == 'zh' else pattern.title_en}")
    if details:
        figures = "; ".join(f"{label} {value:.3g}" for label, value in pattern.figures.items())
        shown = {"figures": figures, "criterion": pattern.criterion, "seconds": f"{seconds:.1f}"}
        for name, words in shown.items():
            click.echo(f"    {text(f'patterns.{name}', lang)}{words}")
        click.echo()
