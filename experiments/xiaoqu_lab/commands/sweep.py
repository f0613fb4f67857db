"""`xiaoqu sweep`: thousands of scenarios, and nothing lost."""

from __future__ import annotations

import math
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bar
from rich.text import Text

from xiaoqu.errors import InputError, Problem
from xiaoqu_lab import console
from xiaoqu_lab.commands import effort
from xiaoqu_lab.complaints import complain, factors_of, months_of, on_the_command_line, refuse, whole
from xiaoqu_lab.texts import Lang, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from xiaoqu_lab.sweeps.design import Design
    from xiaoqu_lab.sweeps.results import Sweep
    from xiaoqu_lab.sweeps.sweep import Estimate, Progress

SAMPLERS = ("full_factorial", "one_at_a_time", "latin_hypercube", "growing_hypercube", "sobol", "morris")
MOST_SHOWN = 40
"""Points in the table at the end; the report has them all."""


@click.command()
@click.argument("design", required=False)
@click.option("--out", metavar="DIR", help="option.sweep_out")
@click.option("--vary", multiple=True, metavar="KEY=VALUES", help="option.vary")
@click.option("--sampler", type=click.Choice(SAMPLERS), metavar="NAME", help="option.sampler")
@click.option("--samples", metavar="N", help="option.samples")
@click.option("--replicates", metavar="N", help="option.sweep_replicates")
@click.option("--months", metavar="N", help="option.months")
@click.option("--seed", metavar="N", help="option.seed")
@click.option("--outcome", metavar="NAME", help="option.outcome")
@click.option("--until-ci", metavar="WIDTH", help="option.until_ci")
@effort.options
@click.option("--retry-failed", is_flag=True, help="option.retry_failed")
@click.pass_obj
def command(
    lang: Lang,
    /,
    design: str | None,
    out: str | None,
    vary: tuple[str, ...],
    until_ci: str | None,
    retry_failed: bool,
    **settings: Any,
) -> None:
    """Run a design."""
    if design is None:
        _list_designs(lang)
        return
    problems: list[Problem] = []
    asked = effort.read(settings, problems)
    width = _width(until_ci, problems)
    if out is None and not asked.dry_run:
        problems.append(complain("missing_argument", "--out", command="xiaoqu sweep"))
    effort.check_out(out, problems)
    try:
        planned = planned_design(design, vary, settings, problems)
    except InputError as error:
        raise InputError([*problems, *on_the_command_line(error)]) from None
    if problems:
        raise InputError(problems)
    check_size(planned, asked.most)
    console.tell_too_late(planned.scenario, planned.months, lang)

    from xiaoqu_lab.sweeps.sweep import Until, estimate, sweep  # noqa: PLC0415 - what is wrong is said before

    with console.waiting(lang):
        cost = estimate(planned, out, asked.workers, asked.limit)
    click.echo(
        text(
            "sweep.plan",
            lang,
            points=len(planned.points),
            replicates=planned.replicates,
            runs=cost.runs,
            done=cost.done,
        )
    )
    if cost.done < cost.runs:
        tell_cost([cost], lang)
    if asked.dry_run or out is None:
        return
    until = None if width is None else Until(planned.outcomes[0], width)
    try:
        with progress(lang) as watch:
            results = sweep(
                planned,
                out,
                workers=asked.workers,
                cluster=asked.cluster,
                limit=asked.limit,
                until=until,
                retry_failed=retry_failed,
                watch=watch,
            )
    except KeyboardInterrupt:
        click.echo(text("sweep.stopped", lang, folder=out), err=True)
        sys.exit(effort.INTERRUPTED)
    show(results, out, lang)


def tell_cost(costs: Sequence[Estimate], lang: Lang, *, on_errors: bool = False) -> None:
    """Say what sweeps, one after the other, will take."""
    seconds = sum(cost.seconds for cost in costs)
    if math.isnan(seconds):
        click.echo(text("sweep.no_estimate", lang), err=on_errors)
        return
    size, workers = bytes_shown(sum(cost.bytes for cost in costs)), max(cost.workers for cost in costs)
    click.echo(text("sweep.cost", lang, time=duration(seconds, lang), workers=workers, size=size), err=on_errors)


def planned_design(design: str, vary: tuple[str, ...], settings: dict[str, Any], problems: list[Problem]) -> Design:
    """The design that a command line asks for: a design's file or name, or a scenario with factors.

    Raises:
        InputError: what is wrong with it.
    """
    from xiaoqu_lab.sweeps import design_reading as designs  # noqa: PLC0415 - slow to import

    changes: dict[str, Any] = {}
    limits = {
        "samples": designs.MOST_POINTS,
        "replicates": designs.MOST_REPLICATES,
        "seed": designs.MOST_SEED,
    }
    for name, most in limits.items():
        given = settings[name]
        if given is not None:
            changes[name] = whole(given, f"--{name}", 0 if name == "seed" else 1, most, problems)
    if settings["months"] is not None:
        changes["months"] = months_of(settings["months"], designs.MOST_MONTHS, problems)
    if settings["sampler"]:
        changes["sampler"] = settings["sampler"]
    if designs.is_design(design):
        if vary:
            problems.append(complain("design_and_vary", "--vary", vary[0]))
        return designs.read_design(design, changes, outcome=settings["outcome"])
    return designs.make_design(design, factors_of(vary, problems), outcome=settings["outcome"], **changes)


def check_size(design: Design, most: int) -> None:
    """Refuse a design that is larger than was allowed, before a single point is made.

    Raises:
        InputError: it is.
    """
    from xiaoqu_lab.sweeps.design_reading import MOST_POINTS  # noqa: PLC0415 - slow to import

    facts = {"points": design.rows_count, "replicates": design.replicates, "runs": design.most_runs, "most": most}
    if design.most_runs > most:
        refuse("too_many_runs", "--max-runs", f"{design.most_runs:,}", **facts)
    if design.rows_count > MOST_POINTS:
        refuse("too_many_points", seen=f"{design.rows_count:,}", most=MOST_POINTS)


@contextmanager
def progress(lang: Lang) -> Iterator[Callable[[Progress], None]]:
    """Show how far a sweep has come, on the error stream: a bar on a terminal, else a line now and then."""
    screen = Console(stderr=True)

    def describe(state: Progress) -> str:
        failed = text("sweep.failed_so_far", lang, failed=state.failed) if state.failed else ""
        facts = {"done": state.before + state.done, "total": state.total, "rate": state.rate}
        return text("sweep.progress", lang, **facts, left=duration(state.left, lang), failed=failed)

    if not screen.is_terminal:
        told = 0.0

        def tell(state: Progress) -> None:
            nonlocal told
            if state.seconds - told >= console.PLAIN_SECONDS:
                told = state.seconds
                click.echo(describe(state), err=True)

        yield tell
        return
    with Bar(BarColumn(), TextColumn("{task.description}"), console=screen, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda state: bar.update(
            task, description=describe(state), completed=state.before + state.done, total=state.total
        )


def show(results: Sweep, folder: str, lang: Lang) -> None:
    """Print what a sweep brought: what failed, and each point's difference from the base in the outcome in question."""
    from xiaoqu_lab.sweeps.design import AS_STATED  # noqa: PLC0415 - slow to import
    from xiaoqu_lab.sweeps.intervals import of_mean  # noqa: PLC0415 - slow to import
    from xiaoqu_lab.sweeps.measures import read_measure  # noqa: PLC0415 - slow to import

    click.echo(text("sweep.finished", lang, runs=len(results.runs), folder=folder))
    console.tell_unasked(results.unasked, folder, lang)
    failures = results.failures
    if len(failures):
        first = failures.iloc[0]
        facts = {"count": len(failures), "error": first["error"], "folder": folder, "run": first["run"][:12]}
        click.echo(text("sweep.failures", lang, **facts))
    if len(results.points) > 1 and len(failures) < len(results.runs):
        measure = read_measure(results.design["outcomes"][0], results.names)
        labels = results.points.set_index("point")["label"].replace(AS_STATED, text("compare.base", lang))
        facts = {"base": labels[results.reference], "replicates": results.design["replicates"]}
        title = text("sweep.effects", lang, measure=console.outcome_words(measure, lang), **facts)
        table = console.plain_table(title=title, title_justify="left")
        table.add_column(text("sweep.point", lang), overflow="fold")
        table.add_column(text(difference_heading(measure.unit), lang), justify="right")
        table.add_column(text("sweep.interval", lang), justify="right")
        found = [
            (of_mean(paired["difference"].to_numpy(dtype=float)), str(labels[point]))
            for point, paired in results.differences(measure).groupby("point")
        ]
        for interval, label in sorted(found, key=lambda pair: -pair[0].mean)[:MOST_SHOWN]:
            figures = [difference(value, measure.unit) for value in interval[:3]]
            table.add_row(Text(label), figures[0], f"{figures[1]} – {figures[2]}")
        console.output().print(table)
    click.echo(text("sweep.next", lang, folder=folder))


def difference(value: float, unit: str) -> str:
    """A difference, short: that of two shares in percentage points."""
    return (
        f"{100 * value:+.1f}" if unit == "share" and math.isfinite(value) else console.figure(value, unit, signed=True)
    )


def difference_heading(unit: str) -> str:
    """The key of the heading over differences, which says when they are percentage points."""
    return "sweep.points" if unit == "share" else "sweep.difference"


def duration(seconds: float, lang: Lang) -> str:
    """A length of time, short."""
    if not math.isfinite(seconds):
        return text("time.unknown", lang)
    if seconds < 100:
        return text("time.seconds", lang, value=seconds)
    if seconds < 5_400:
        return text("time.minutes", lang, value=seconds / 60)
    return text("time.hours", lang, value=seconds / 3_600)


def bytes_shown(size: int) -> str:
    """A size on disk, short."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{max(size / 1e6, 0.1):.1f} MB"


def _list_designs(lang: Lang) -> None:
    from xiaoqu_lab.sweeps.design_reading import named_designs, read_design  # noqa: PLC0415 - slow to import

    click.echo(text("designs.title", lang))
    table = console.plain_table()
    for name in ("name", "question", "runs"):
        table.add_column(text(f"designs.{name}", lang), overflow="fold", justify="right" if name == "runs" else "left")
    for name, path in named_designs().items():
        design = read_design(path)
        question = design.question_zh if lang == "zh" else design.question_en
        table.add_row(Text(name), Text(question), f"{design.most_runs:,}")
    console.output().print(table)


def _width(given: str | None, problems: list[Problem]) -> float | None:
    if given is None:
        return None
    try:
        width = float(given)
    except ValueError:
        width = math.nan
    if not 0.0 < width < math.inf:
        problems.append(complain("not_number", "--until-ci", given))
    return width
