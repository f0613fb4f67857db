"""`xiaoqu sensitivity`: which factors move an outcome, and what of it is noise."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from xiaoqu.errors import InputError, Problem
from xiaoqu_lab import console
from xiaoqu_lab.commands.effort import MOST_WITH, MOST_WITHOUT_CONSENT, MOST_WORKERS, check_out
from xiaoqu_lab.commands.sweep import check_size, progress
from xiaoqu_lab.complaints import complain, factors_of, on_the_command_line, whole
from xiaoqu_lab.texts import Lang, text

if TYPE_CHECKING:
    from xiaoqu_lab.sweeps.sensitivity import Method, Sensitivity

INDICES = {"morris": ("mu_star", "mu", "sigma"), "sobol": ("ST", "S1")}
"""What the table shows of each method, the index that ranks first."""
WITH_INTERVAL = ("mu_star", "S1", "ST")
BAR_WIDTH = 12
_EIGHTHS = " ▏▎▍▌▋▊▉█"


@click.command()
@click.argument("scenario")
@click.option("--method", type=click.Choice(("morris", "sobol")), help="option.method")
@click.option("--vary", multiple=True, metavar="KEY=LOW:HIGH", help="option.sensitivity_vary")
@click.option("--samples", metavar="N", help="option.sensitivity_samples")
@click.option("--replicates", metavar="N", help="option.sensitivity_replicates")
@click.option("--outcome", metavar="NAME", help="option.outcome")
@click.option("--out", metavar="DIR", help="option.sensitivity_out")
@click.option("--workers", metavar="N", help="option.workers")
@click.option("--yes", is_flag=True, help="option.yes")
@click.option("--json", "as_json", is_flag=True, help="option.json")
@click.pass_obj
def command(
    lang: Lang,
    /,
    scenario: str,
    method: Method | None,
    vary: tuple[str, ...],
    samples: str | None,
    replicates: str | None,
    outcome: str | None,
    out: str | None,
    workers: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Analyse a scenario, a design or a finished sweep."""
    problems: list[Problem] = []
    rows = None if samples is None else whole(samples, "--samples", 1, 1_000_000, problems)
    times = None if replicates is None else whole(replicates, "--replicates", 1, 100_000, problems)
    processes = None if workers is None else whole(workers, "--workers", 1, MOST_WORKERS, problems)
    factors = factors_of(vary, problems)

    from xiaoqu_lab.sweeps import sensitivity as analysis  # noqa: PLC0415 - slow to import

    if analysis.is_sweep(scenario):
        given = {"--method": method, "--vary": vary, "--samples": samples, "--replicates": replicates, "--out": out}
        problems += [complain("vary_of_sweep", name, option=name) for name, value in given.items() if value]
        if problems:
            raise InputError(problems)
        found = analysis.sensitivity(scenario, outcome=outcome)
    else:
        check_out(out, problems)
        try:
            planned = analysis.plan(scenario, factors, method=method, outcome=outcome, samples=rows, replicates=times)
        except InputError as error:
            raise InputError([*problems, *on_the_command_line(error)]) from None
        if problems:
            raise InputError(problems)
        check_size(planned, MOST_WITH if yes else MOST_WITHOUT_CONSENT)
        console.tell_too_late(planned.scenario, planned.months, lang)
        with progress(lang) as watch:
            found = analysis.sensitivity(planned, outcome=outcome, out=out, workers=processes, watch=watch)
    if as_json:
        console.print_json(as_object(found))
    else:
        show(found, lang)


def as_object(found: Sensitivity) -> dict[str, Any]:
    """What `--json` prints."""
    facts = found._asdict()
    del facts["results"], facts["table"]
    facts["unasked"] = found.results.unasked
    for name in ("mean", "spread", "noise"):
        facts[name] = console.number_or_null(facts[name])
    facts["factors"] = [
        {
            str(name): value if isinstance(value, str | bool) else console.number_or_null(value)
            for name, value in row.items()
        }
        for row in found.table.to_dict("records")
    ]
    return facts


def show(found: Sensitivity, lang: Lang) -> None:
    """Print the factors, the strongest first, and what each figure means."""
    output = console.output()
    title = {"scenario": found.scenario, "measure": console.outcome_words(found.outcome, lang)}
    method = text(f"sensitivity.{found.method}", lang)
    output.print(Text(text("sensitivity.title", lang, **title, method=method), style="bold"))
    failed = text("sweep.failed_so_far", lang, failed=found.failed) if found.failed else ""
    mean, spread = (console.figure(value, found.unit) for value in (found.mean, found.spread))
    facts = {"rows": found.rows, "points": found.points, "replicates": found.replicates, "runs": found.runs}
    click.echo(text("sensitivity.facts", lang, **facts, failed=failed, mean=mean, spread=spread))
    console.tell_unasked(found.results.unasked, found.results.folder, lang)
    indices = INDICES[found.method]
    first = indices[0]
    if not found.table[first].any():
        click.echo(text("sensitivity.constant", lang))
        return
    table = console.plain_table()
    table.add_column(text("sensitivity.factor", lang), overflow="fold")
    table.add_column("")
    for name in indices:
        table.add_column(text(f"sensitivity.{name}", lang), justify="right", no_wrap=True)
    table.add_column(text("sensitivity.floor", lang), justify="right", no_wrap=True)
    top = float(found.table[first].max())
    for row in found.table.to_dict("records"):
        cells = [_cell(found, row, name) for name in indices]
        mark = "*" if row["clear"] else ""
        table.add_row(
            Text(f"{row['factor']}{mark}"), bar(row[first] / top), *cells, _figure(found, row["floor"], "floor")
        )
    output.print(table)
    for name in (*indices, "floor"):
        click.echo(text(f"sensitivity.about.{name}", lang, index=text(f"sensitivity.{first}", lang)))
    if math.isnan(found.noise):
        click.echo(text("sensitivity.noise_unknown", lang))
    else:
        share = console.figure(found.noise, "share")
        click.echo(text("sensitivity.noise", lang, share=share, replicates=found.replicates))


def bar(share: float) -> str:
    """A share as a bar of eighths of a character."""
    eighths = round(8 * BAR_WIDTH * min(max(share, 0.0), 1.0))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _cell(found: Sensitivity, row: dict[Any, Any], name: str) -> str:
    value = _figure(found, row[name], name)
    return f"{value} ± {_figure(found, row[f'{name}_conf'], name)}" if name in WITH_INTERVAL else value


def _figure(found: Sensitivity, value: float, name: str) -> str:
    """Effects in the unit of the outcome, shares of variance as plain numbers."""
    if found.method == "morris":
        return console.figure(value, found.unit, signed=name == "mu")
    return "–" if math.isnan(value) else f"{value:.2f}"
