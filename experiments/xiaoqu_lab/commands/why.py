"""`xiaoqu why`: the terms of a household's decision, or a compound's steps towards its mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.text import Text

from xiaoqu import load_scenario
from xiaoqu.errors import InputError, Problem
from xiaoqu_lab import console
from xiaoqu_lab.complaints import complain, overrides, whole
from xiaoqu_lab.texts import Lang, text

if TYPE_CHECKING:
    from xiaoqu.explain import Explanation

BAR = 8
"""Width of the longest bar, in characters, on either side."""


@click.command()
@click.argument("scenario")
@click.option("--household", metavar="N", help="option.household")
@click.option("--compound", metavar="N", help="option.compound")
@click.option("--month", metavar="N", help="option.month")
@click.option("--seed", default="1", metavar="N", help="option.seed")
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE", help="option.set")
@click.pass_obj
def command(
    lang: Lang,
    scenario: str,
    household: str | None,
    compound: str | None,
    month: str | None,
    seed: str,
    changes: tuple[str, ...],
) -> None:
    """Ask why a household paid, or how a compound came to its mode."""
    problems: list[Problem] = []
    if (household is None) == (compound is None):
        problems.append(complain("household_or_compound"))
    number = whole(seed, "--seed", 0, 2**64 - 1, problems)
    asked = None if month is None else whole(month, "--month", 0, 1199, problems)
    changed = overrides(changes, problems)
    try:
        loaded = load_scenario(scenario, changed)
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)

    from xiaoqu import District  # noqa: PLC0415 - what is wrong is said before the world is imported

    last = int(loaded["calendar.months"]) - 1 if asked is None else asked
    with console.waiting(lang):
        district = District(loaded, rng=number)
        row, option, size = (
            (household, "--household", len(district.households))
            if household is not None
            else (compound, "--compound", len(district.compounds))
        )
        wanted = whole(row or "", option, 0, size - 1, problems)
        if problems:
            raise InputError(problems)
        district.run_for(last + 1)
    found = district.why(household=wanted) if household is not None else district.why(compound=wanted)
    show(found, number, lang)


def show(found: Explanation, seed: int, lang: Lang) -> None:
    """Print an explanation: a line a term, with a bar for what it adds."""
    out = console.output()
    title = found.title_zh if lang == "zh" else found.title_en
    out.print(Text(text("why.title", lang, title=title, seed=seed), style="bold"))
    out.print()
    added = [line.contribution for line in found.lines if line.contribution is not None]
    longest = max(map(abs, added), default=0.0)
    table = console.plain_table()
    table.add_column(text("why.what", lang), overflow="fold")
    table.add_column(text("why.value", lang), justify="right" if added else "left", overflow="fold")
    if added:
        table.add_column(text("why.weight", lang), justify="right")
        table.add_column(text("why.adds", lang), justify="right")
        table.add_column("", no_wrap=True)
    for line in found.lines:
        label = line.label_zh if lang == "zh" else line.label_en
        value = line.value if isinstance(line.value, str) else f"{line.value:.3g}"
        cells = [label, value]
        if added:
            weight = "" if line.weight is None else f"{line.weight:.3g}"
            adds = "" if line.contribution is None else f"{line.contribution:+.2f}"
            cells += [weight, adds, _bar(line.contribution, longest)]
        table.add_row(*map(Text, cells))
    out.print(table)
    out.print()
    out.print(Text(found.summary_zh if lang == "zh" else found.summary_en))


def _bar(contribution: float | None, longest: float) -> str:
    """A bar to the left of a middle line for what speaks against, to the right for what speaks for."""
    if contribution is None or not longest:
        return ""
    blocks = "█" * round(BAR * abs(contribution) / longest)
    return f"{blocks:>{BAR}}│" if contribution < 0 else f"{'':{BAR}}│{blocks}"
