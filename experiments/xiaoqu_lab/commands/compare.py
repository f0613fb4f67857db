"""`xiaoqu compare`: a scenario with itself, some values changed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from xiaoqu.errors import InputError, Problem
from xiaoqu_lab import console
from xiaoqu_lab.commands.effort import MOST_WORKERS, check_out
from xiaoqu_lab.commands.sweep import difference, difference_heading, progress
from xiaoqu_lab.complaints import complain, months_of, on_the_command_line, overrides, whole
from xiaoqu_lab.console import FEWEST
from xiaoqu_lab.texts import Lang, text

if TYPE_CHECKING:
    from xiaoqu_lab.sweeps.compare import Comparison


@click.command()
@click.argument("scenario")
@click.option("--with", "changes", multiple=True, metavar="KEY=VALUE", help="option.with")
@click.option("--outcome", default="collection_rate_12m", metavar="NAME", help="option.compare_outcome")
@click.option("--replicates", default="30", metavar="N", help="option.compare_replicates")
@click.option("--months", metavar="N", help="option.months")
@click.option("--seed", default="1", metavar="N", help="option.seed")
@click.option("--workers", metavar="N", help="option.workers")
@click.option("--out", metavar="DIR", help="option.sweep_out")
@click.option("--json", "as_json", is_flag=True, help="option.json")
@click.pass_obj
def command(
    lang: Lang,
    scenario: str,
    changes: tuple[str, ...],
    outcome: str,
    replicates: str,
    months: str | None,
    seed: str,
    workers: str | None,
    out: str | None,
    as_json: bool,
) -> None:
    """Compare pairs of runs."""
    from xiaoqu_lab.sweeps import compare as comparison  # noqa: PLC0415 - slow to import
    from xiaoqu_lab.sweeps.design_reading import MOST_MONTHS, MOST_REPLICATES, MOST_SEED  # noqa: PLC0415 - slow to import

    problems: list[Problem] = []
    changed = overrides(changes, problems, "--with")
    if not changes:
        problems.append(complain("missing_argument", "--with", command="xiaoqu compare"))
    pairs = whole(replicates, "--replicates", FEWEST, MOST_REPLICATES, problems)
    length = months_of(months, MOST_MONTHS, problems)
    number = whole(seed, "--seed", 0, MOST_SEED, problems)
    processes = None if workers is None else whole(workers, "--workers", 0, MOST_WORKERS, problems)
    try:
        planned = comparison.plan(scenario, changed, outcome=outcome, replicates=pairs, seed=number, months=length)
    except InputError as error:
        problems += on_the_command_line(error)
    check_out(out, problems)
    if problems:
        raise InputError(problems)

    console.tell_too_late(planned.scenario, planned.months, lang)
    with progress(lang) as watch:
        found = comparison.run(planned, out=out, workers=processes, watch=watch)
    if as_json:
        console.print_json(as_object(found))
    else:
        show(found, lang)


def as_object(found: Comparison) -> dict[str, Any]:
    """What `--json` prints."""
    facts = found._asdict()
    del facts["results"]
    rows = found.table.astype(object).to_dict("records")
    facts["table"] = [{str(name): console.number_or_null(value) for name, value in row.items()} for row in rows]
    facts["unasked"] = found.results.unasked
    facts["narrowed"] = console.number_or_null(found.narrowed)
    facts["last"] = {name: console.number_or_null(value) for name, value in found.last._asdict().items()}
    return facts


def show(found: Comparison, lang: Lang) -> None:
    """Print the differences month by month, and what common random numbers brought."""
    from xiaoqu_lab.sweeps.design import shown  # noqa: PLC0415 - slow to import
    from xiaoqu_lab.sweeps.measures import Measure  # noqa: PLC0415 - slow to import

    changes = ", ".join(f"{key}={shown(value)}" for key, value in found.changes.items())
    facts = {"scenario": found.scenario, "replicates": found.replicates}
    facts["changes"] = changes or text("compare.unchanged", lang)
    console.output().print(Text(text("compare.title", lang, **facts), style="bold"))
    shown_table = console.plain_table(title=console.outcome_words(found.outcome, lang), title_justify="left")
    unit = Measure(found.outcome, "last").unit
    for name in ("compare.month", "compare.base", "compare.changed", difference_heading(unit), "sweep.interval"):
        shown_table.add_column(text(name, lang), justify="right")
    for row in found.table.to_dict("records"):
        base, changed = (console.figure(row[name], unit) for name in ("base", "changed"))
        signed = [difference(row[name], unit) for name in ("difference", "low", "high")]
        shown_table.add_row(str(row["month"]), base, changed, signed[0], f"{signed[1]} – {signed[2]}")
    console.output().print(shown_table)
    console.tell_unasked(found.results.unasked, found.results.folder, lang)
    if math.isinf(found.narrowed):
        click.echo(text("compare.same", lang))
    elif not math.isnan(found.narrowed):
        click.echo(text("compare.narrowed", lang, factor=found.narrowed, runs=found.narrowed**2))
