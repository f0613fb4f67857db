"""`xiaoqu calibrate`: which values of shared parameters agree with what the cases report."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from xiaoqu.errors import InputError, Problem
from xiaoqu_lab import console
from xiaoqu_lab.commands import effort
from xiaoqu_lab.commands.sweep import progress, tell_cost
from xiaoqu_lab.complaints import complain, factors_of, on_the_command_line, refuse, whole
from xiaoqu_lab.texts import Lang, text

if TYPE_CHECKING:
    from xiaoqu_lab.sweeps.calibrate import Calibration, Plan

MOST_CONFLICTS = 6
"""Pairs of targets that are shown; ensemble.json has them all."""


@click.command()
@click.argument("cases", metavar="CASE[,CASE…]")
@click.option("--vary", multiple=True, metavar="KEY=LOW:HIGH", help="option.calibrate_vary")
@click.option("--samples", metavar="N", help="option.calibrate_samples")
@click.option("--replicates", metavar="N", help="option.calibrate_replicates")
@click.option("--keep", metavar="SHARE", help="option.keep")
@click.option("--seed", metavar="N", help="option.seed")
@click.option("--out", metavar="DIR", help="option.calibrate_out")
@effort.options
@click.option("--json", "as_json", is_flag=True, help="option.json")
@click.pass_obj
def command(
    lang: Lang,
    /,
    cases: str,
    vary: tuple[str, ...],
    keep: str | None,
    out: str | None,
    as_json: bool,
    **settings: Any,
) -> None:
    """Calibrate."""
    from xiaoqu_lab.sweeps.calibrate import LIMITS, plan, run  # noqa: PLC0415 - slow to import

    problems: list[Problem] = []
    changes: dict[str, Any] = {}
    for name, (least, most) in LIMITS.items():
        given = settings[name]
        if given is not None:
            changes[name] = whole(given, f"--{name}", least, most, problems)
    share = _share(keep, problems)
    changes |= {} if share is None else {"keep": share}
    asked = effort.read(settings, problems)
    factors = factors_of(vary, problems)
    if out is None and not asked.dry_run:
        problems.append(complain("missing_argument", "--out", command="xiaoqu calibrate"))

    named = [case.strip() for case in cases.split(",") if case.strip()]
    try:
        planned = plan(named, factors, out, **changes)
    except InputError as error:
        raise InputError([*problems, *on_the_command_line(error)]) from None
    if problems:
        raise InputError(problems)
    if planned.runs > asked.most:
        design = planned.designs[0]
        facts = {"points": design.rows_count * len(planned.designs), "replicates": design.replicates}
        refuse("too_many_runs", "--max-runs", f"{planned.runs:,}", runs=planned.runs, most=asked.most, **facts)
    _show_cost(planned, out, asked, lang, on_errors=as_json)
    if asked.dry_run or out is None:
        return
    try:
        with progress(lang) as watch:
            found = run(planned, out, workers=asked.workers, cluster=asked.cluster, limit=asked.limit, watch=watch)
    except KeyboardInterrupt:
        click.echo(text("sweep.stopped", lang, folder=out), err=True)
        sys.exit(effort.INTERRUPTED)
    if as_json:
        console.print_json(found.described())
    else:
        show(found, out, lang)


def show(found: Calibration, folder: str, lang: Lang) -> None:
    """Print what the ensemble says: parameters, targets, what goes together, what pulls apart, what to do next."""
    output = console.output()
    click.echo()
    facts = {"cases": ", ".join(found.cases), "kept": found.kept, "samples": found.samples}
    output.print(Text(text("calibrate.title", lang, **facts), style="bold"))
    failed = text("sweep.failed_so_far", lang, failed=found.failed) if found.failed else ""
    facts = {"replicates": found.replicates, "runs": found.runs, "agreeing": found.agreeing}
    facts |= {"keep": 100.0 * found.keep, "threshold": found.threshold}
    click.echo(text("calibrate.facts", lang, failed=failed, **facts))
    console.tell_unasked(found.unasked, folder, lang)
    for caution in found.cautions:
        click.echo(text(f"calibrate.caution.{caution}", lang))
    click.echo()
    _show_parameters(found, lang)
    click.echo(text("calibrate.about", lang))
    click.echo()
    _show_targets(found, lang)
    if len(found.correlations):
        click.echo()
        output.print(Text(text("calibrate.correlations", lang), style="bold"))
        for row in found.correlations.to_dict("records"):
            pair = {"one": row["one"], "other": row["other"], "value": row["correlation"]}
            output.print(Text(f"  {text('calibrate.correlation', lang, **pair)}"))
    click.echo()
    _show_conflicts(found, folder, lang)
    click.echo()
    click.echo(text("calibrate.written", lang, folder=folder))
    settings = " ".join(f"--set {key}={value}" for key, value in found.nearest.items())
    file = Path(folder) / f"ensemble_{found.cases[0]}.toml"
    click.echo(text("calibrate.next", lang, file=file, case=found.cases[0], settings=settings))


def _show_parameters(found: Calibration, lang: Lang) -> None:
    table = console.plain_table()
    table.add_column(text("calibrate.parameter", lang), min_width=12, overflow="fold")
    for name in ("prior", "median", "interval", "narrower"):
        table.add_column(text(f"calibrate.{name}", lang), justify="right", no_wrap=True)
    table.add_column(text("targets.verdict", lang), min_width=10, overflow="fold")
    for row in found.parameters.to_dict("records"):
        spans = [
            f"{_value(row[low])} … {_value(row[high])}" for low, high in (("prior_low", "prior_high"), ("low", "high"))
        ]
        narrower = console.percent(row["narrower"]) if row["verdict"] != "not_identified" else "–"
        cells = [spans[0], _value(row["median"]), spans[1], narrower, text(f"calibrate.{row['verdict']}", lang)]
        table.add_row(Text(str(row["parameter"])), *cells)
    console.output().print(table)


def _show_targets(found: Calibration, lang: Lang) -> None:
    table = console.plain_table(title=text("calibrate.targets", lang), title_justify="left", title_style="bold")
    table.add_column(text("calibrate.target", lang), min_width=12, overflow="fold")
    for name in ("reported", "all", "ensemble"):
        table.add_column(text(f"calibrate.{name}", lang), justify="right", no_wrap=True)
    table.add_column(text("targets.verdict", lang), min_width=10, overflow="fold")
    case = None
    for row in found.targets.to_dict("records"):
        if row["case"] != case:  # said once, over its targets, which leaves the verdict room
            case = row["case"]
            table.add_row(Text(str(case)))
        stated = text(f"relation.{row['relation']}", lang, value=console.figure(row["reported"], row["unit"]))
        spans = [_span(row, *ends) for ends in (("prior_low", "prior_high"), ("low", "high"))]
        verdict = text(f"verdict.{row['verdict']}", lang)
        if row["reason"]:
            verdict = text("join", lang).join([verdict, text(f"reason.{row['reason']}", lang)])
        elif row["out_of_reach"]:
            verdict = text("join", lang).join([verdict, text("calibrate.out_of_reach", lang)])
        table.add_row(Text(f"  {str(row['target']).removeprefix(f'{case}.')}"), stated, *spans, verdict)
    console.output().print(table)


def _show_conflicts(found: Calibration, folder: str, lang: Lang) -> None:
    if found.conflicts.empty:
        click.echo(text("calibrate.no_conflict", lang))
        return
    output = console.output()
    output.print(Text(text("calibrate.conflicts", lang), style="bold"))
    for row in found.conflicts.head(MOST_CONFLICTS).to_dict("records"):
        facts = {str(name): value for name, value in row.items()}
        said = [
            text(f"calibrate.{name}", lang, **facts)
            for name in ("conflict", "wants")
            if name == "conflict" or row["parameter"]
        ]
        output.print(Text(f"  {' '.join(said)}"))
    left = len(found.conflicts) - MOST_CONFLICTS
    if left > 0:
        click.echo("  " + text("calibrate.more_conflicts", lang, count=left, file=Path(folder) / "ensemble.json"))


def _show_cost(planned: Plan, out: str | None, asked: effort.Effort, lang: Lang, *, on_errors: bool) -> None:
    """Say what is to be run and what it will cost; beside JSON on the error stream."""
    from xiaoqu_lab.sweeps.sweep import estimate  # noqa: PLC0415 - slow to import

    with console.waiting(lang):
        costs = [
            estimate(design, None if out is None else Path(out) / design.scenario.name, asked.workers, asked.limit)
            for design in planned.designs
        ]
    design = planned.designs[0]
    facts = {"samples": design.samples, "replicates": design.replicates, "cases": len(costs)}
    runs, done = sum(cost.runs for cost in costs), sum(cost.done for cost in costs)
    click.echo(text("calibrate.plan", lang, runs=runs, done=done, **facts), err=on_errors)
    if done < runs:
        tell_cost(costs, lang, on_errors=on_errors)


def _share(given: str | None, problems: list[Problem]) -> float | None:
    """The share to keep; what cannot be read goes to the problems, what is out of bounds is said with all the rest."""
    if given is None:
        return None
    try:
        return float(given)
    except ValueError:
        problems.append(complain("keep_share", "--keep", given))
        return None


def _span(row: dict[Any, Any], low: str, high: str) -> str:
    if math.isnan(row[low]):
        return "–"
    ends = [console.figure(row[name], row["unit"]) for name in (low, high)]
    return f"{ends[0].removesuffix(' %')} … {ends[1]}"


def _value(value: float) -> str:
    return f"{value:.3g}"
