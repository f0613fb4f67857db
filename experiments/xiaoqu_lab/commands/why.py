"""`xiaoqu why`: the terms of a household's decision, or a compound's steps towards its mode."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from xiaoqu import load_scenario
from xiaoqu.errors import InputError, Problem, listed, nearest
from xiaoqu.scenario import shipped_baseline
from xiaoqu_lab import console
from xiaoqu_lab.complaints import complain, overrides, whole
from xiaoqu_lab.texts import Lang, text

if TYPE_CHECKING:
    from rich.table import Table

    from xiaoqu import District
    from xiaoqu.explanation import Explanation, Line

BAR = 8
"""Width of the longest bar, in characters, on either side."""


@click.command()
@click.argument("scenario")
@click.option("--household", metavar="N", help="option.household")
@click.option("--compound", metavar="N", help="option.compound")
@click.option("--month", metavar="N", help="option.month")
@click.option("--seed", default="1", metavar="N", help="option.seed")
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE", help="option.set")
@click.option("--json", "as_json", is_flag=True, help="option.json")
@click.pass_obj
def command(
    lang: Lang,
    scenario: str,
    household: str | None,
    compound: str | None,
    month: str | None,
    seed: str,
    changes: tuple[str, ...],
    as_json: bool,
) -> None:
    """Ask why a household paid, or how a compound came to its mode."""
    problems: list[Problem] = []
    if (household is None) == (compound is None):
        problems.append(complain("household_or_compound"))
    number = whole(seed, "--seed", 0, 2**64 - 1, problems)
    _, most = shipped_baseline().entries["calendar.months"].bounds
    asked = None if month is None else whole(month, "--month", 0, int(most or 1) - 1, problems)
    changed = overrides(changes, problems)
    try:
        loaded = load_scenario(scenario, changed)
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)

    from xiaoqu import District  # noqa: PLC0415 - what is wrong is said before the world is imported

    months = int(loaded["calendar.months"])
    last = months - 1 if asked is None else asked
    if last >= months:
        click.echo(text("why.beyond", lang, month=last, last=months - 1), err=True)
    with console.waiting(lang):
        district = District(loaded, rng=number)
        row, option, size = (
            (household, "--household", len(district.households))
            if household is not None
            else (compound, "--compound", len(district.compounds))
        )
        wanted = (
            whole(row or "", option, 0, size - 1, problems)
            if household is not None
            else _compound(district, row or "", problems, lang)
        )
        if problems:
            raise InputError(problems)
        district.run_for(last + 1)
    found = district.why(household=wanted) if household is not None else district.why(compound=wanted)
    if as_json:
        whose = {"scenario": loaded.name, "seed": number, option.removeprefix("--"): wanted}
        console.print_json(whose | as_object(found))
    else:
        show(found, number, lang)


def as_object(found: Explanation) -> dict[str, Any]:
    """What `--json` prints: the explanation as it is, with null for what is not a number."""
    facts = asdict(found)
    facts["lines"] = [{name: _plain(value) for name, value in line.items()} for line in facts["lines"]]
    return {name: _plain(value) for name, value in facts.items()}


def _plain(value: Any) -> Any:
    return console.number_or_null(value) if isinstance(value, float) else value


def show(found: Explanation, seed: int, lang: Lang) -> None:
    """Print an explanation: events as sentences, then a line a term, with a bar for what it adds."""
    out = console.output()
    title = found.title_zh if lang == "zh" else found.title_en
    out.print(Text(text("why.title", lang, title=title, seed=seed), style="bold"))
    out.print()
    chinese = lang == "zh"
    for line in found.lines:
        if line.dated:
            out.print(Text(_sentence(line, chinese=chinese)))
    lines = [line for line in found.lines if not line.dated]
    if len(lines) < len(found.lines):
        out.print()
    if lines:
        out.print(_terms(lines, lang))
        out.print()
    out.print(Text(found.summary_zh if chinese else found.summary_en))


def _sentence(line: Line, *, chinese: bool) -> str:
    """An event: its label, and its value where it has one."""
    label = line.label_zh if chinese else line.label_en
    value = line.value if isinstance(line.value, str) else f"{line.value:.3g}"
    return f"{label} {value}".rstrip()


def _compound(district: District, asked: str, problems: list[Problem], lang: Lang) -> int:
    """The row of a compound asked for by number, else by its id in the ledger, else by its name."""
    ids = [row.id for row in district.scenario.ledger or ()]
    names = [compound.name for compound in district.compounds]
    by_id = ids.index(asked) if asked in ids else None
    if re.fullmatch(r"0|[1-9][0-9]{0,8}", asked) and int(asked) < len(names):
        if by_id is not None and by_id != int(asked):
            click.echo(text("why.also_id", lang, asked=asked, row=by_id), err=True)
        return int(asked)
    rows = [by_id] if by_id is not None else [row for row, name in enumerate(names) if name == asked]
    if len(rows) == 1:
        return rows[0]
    most = len(names) - 1
    if rows:
        problems.append(complain("same_name", "--compound", asked, rows=listed([str(row) for row in rows])))
    else:
        guess = nearest(asked, [*ids, *names])
        code = "no_compound_guess" if guess else "no_compound"
        problems.append(complain(code, "--compound", asked, most=most, guess=guess))
    return 0


def _terms(lines: list[Line], lang: Lang) -> Table:
    """A table, a line a term, with a bar for what it adds."""
    added = [line.contribution for line in lines if line.contribution is not None]
    longest = max(map(abs, added), default=0.0)
    table = console.plain_table()
    table.add_column(text("why.what", lang), overflow="fold")
    table.add_column(text("why.value", lang), justify="right" if added else "left", overflow="fold")
    if added:
        table.add_column(text("why.weight", lang), justify="right")
        table.add_column(text("why.adds", lang), justify="right")
        table.add_column("", no_wrap=True)
    for line in lines:
        label = line.label_zh if lang == "zh" else line.label_en
        value = line.value if isinstance(line.value, str) else f"{line.value:.3g}"
        cells = [label, value]
        if added:
            weight = "" if line.weight is None else f"{line.weight:.3g}"
            adds = "" if line.contribution is None else f"{line.contribution:+.2f}"
            cells += [weight, adds, _bar(line.contribution, longest)]
        table.add_row(*map(Text, cells))
    return table


def _bar(contribution: float | None, longest: float) -> str:
    """A bar to the left of a middle line for what speaks against, to the right for what speaks for."""
    if contribution is None or not longest:
        return ""
    blocks = "█" * round(BAR * abs(contribution) / longest)
    return f"{blocks:>{BAR}}│" if contribution < 0 else f"{'':{BAR}}│{blocks}"
