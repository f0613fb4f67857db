"""What a run looks like in a terminal: small charts, then reported versus simulated. Colour is never needed."""

from __future__ import annotations

import json
import math
import re
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
import numpy as np
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from xiaoqu_lab.texts import TEXTS, Lang, mode_name, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from xiaoqu.columns import F8
    from xiaoqu.scenario import Scenario
    from xiaoqu_lab.simulate import Result, Step
    from xiaoqu_lab.targets import Comparison

BLOCKS = " ▁▂▃▄▅▆▇█"
CHART_WIDTH, MIN_CHART, GAP = 36, 12, 2
CURVES = ("collection_rate_12m", "resolution_rate", "satisfaction", "adoption")
TELLING = 10
"""Replicates without which an interval says little about what is unusual."""
FEWEST = 2
"""Replicates without which there is no interval; as in `xiaoqu_lab.simulate`, which takes long to import."""
PLAIN_SECONDS = 5.0
"""How often progress is told where it cannot be drawn."""


def output() -> Console:
    """The console of results."""
    return Console(highlight=False)


def print_json(value: object) -> None:
    """Print one JSON value; what is not a number is null."""
    unicode = "utf" in (sys.stdout.encoding or "").lower()
    click.echo(json.dumps(value, ensure_ascii=not unicode, indent=2, allow_nan=False))


def number_or_null(value: Any) -> int | float | None:
    """A number in Python's own type for JSON; null if it is none."""
    if isinstance(value, int | np.integer):
        return int(value)
    return float(value) if math.isfinite(value) else None


@contextmanager
def progress_bar(replicates: int, lang: Lang) -> Iterator[Callable[[Step], None]]:
    """Show how far a simulation has come, on the error stream: a bar on a terminal, else a line now and then."""

    def describe(step: Step) -> str:
        if step.run:
            return text("progress.replicate", lang, run=step.run, runs=replicates)
        return text("progress.first" if step.month < 0 else "progress.base", lang)

    console = Console(stderr=True)
    if not console.is_terminal:
        told = time.monotonic()

        def tell(step: Step) -> None:
            nonlocal told
            if time.monotonic() - told >= PLAIN_SECONDS:
                told = time.monotonic()
                click.echo(f"{100 * step.done // step.total:3d} %  {describe(step)}", err=True)

        yield tell
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda step: bar.update(task, description=describe(step), completed=step.done, total=step.total)


@contextmanager
def waiting(lang: Lang) -> Iterator[None]:
    """Show on the error stream that something is under way, if that is a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(text("progress.first", lang)):
        yield


def tell_unasked(count: int, folder: object, lang: Lang) -> None:
    """Say how many runs of a folder are left aside, if there are any."""
    if count:
        click.echo(text("sweep.unasked", lang, count=count, folder=folder))


def tell_too_late(scenario: Scenario, months: int, lang: Lang) -> None:
    """Say on the error stream which of a scenario's own dated levers a run that ends before them leaves out."""
    late = [
        f"levers.{name}@{month}" for month in scenario.changes if month >= months for name in scenario.changes[month]
    ]
    if late:
        click.echo(text("run.too_late", lang, last=months - 1, list=", ".join(late)), err=True)


def sparkline(values: F8, width: int = CHART_WIDTH) -> str:
    """Shares as blocks of eight heights from 0 to 1, averaged down to at most `width`; a dot where there is none."""
    bins = np.array_split(values, min(width, len(values)))
    means = [float(np.mean(part[~np.isnan(part)])) if (~np.isnan(part)).any() else math.nan for part in bins]
    return "".join(
        "·" if math.isnan(mean) else BLOCKS[max(1, round(8 * min(max(mean, 0.0), 1.0)))] if mean > 0 else " "
        for mean in means
    )


def percent(value: float) -> str:
    """A share in per cent."""
    return "–" if math.isnan(value) else f"{100 * value:.0f} %"


def figure(value: float, unit: str, *, signed: bool = False) -> str:
    """A figure in its unit, short: shares in per cent, fen as yuan."""
    if math.isnan(value):
        return "–"
    sign = "+" if signed else ""
    if unit == "share":
        return f"{100 * value:{sign}.1f} %".replace(".0 %", " %")
    if unit.startswith("fen"):
        return f"¥{value / 100:{sign},.0f}"
    decimals = 0 if value == round(value) or abs(value) >= 100 else 1 if unit == "count" or abs(value) >= 10 else 2
    return f"{value:{sign},.{decimals}f}"


def outcome_words(typed: object, lang: Lang) -> str:
    """An outcome, a measure or a condition as it is typed; in Chinese the outcome's name goes before."""
    key = re.match("[a-z_0-9]*", str(typed))
    if lang == "en" or not key:
        return str(typed)
    return f"{outcome_name(key[0])} {typed}"


def outcome_name(key: str) -> str:
    """What an outcome is called in Chinese; a mode's share by the mode."""
    from xiaoqu.outcomes import BY_NAME  # noqa: PLC0415 - slow to import

    if key not in BY_NAME:
        return mode_name(key.removeprefix("share_"), "zh")
    settler = f"settler.{key.removeprefix('settled_by_')}"
    # Declared is who settles by a key, and there are words for it.
    return f"{text('outcome.settled', 'zh')}{text(settler, 'zh')}" if settler in TEXTS else BY_NAME[key].zh


def show_result(result: Result, lang: Lang) -> None:
    """Print what a person wants first."""
    console = output()
    facts = {
        "compounds": len(result.district.compounds),
        "households": len(result.district.households),
        "months": result.months,
        "seed": result.seed,
    }
    console.print(Text(result.scenario.title(lang), style="bold"))
    console.print(text("run.facts", lang, **facts))
    changed = [key for key in result.scenario if result.scenario.layer(key) == "override"]
    if changed:
        listed = ", ".join(f"{key} = {result.scenario[key]}" for key in changed)
        console.print(Text(text("run.changed", lang, list=listed)))
    console.print()
    console.print(_curves(result, lang))
    console.print()
    if result.comparisons:
        console.print(_targets(result, lang))
        console.print(_notes(result.comparisons, lang))
    else:
        console.print(text("run.no_targets", lang))
    console.print(Text(_interval(result, lang)))
    if strange := unusual(result, lang):
        console.print(Text(strange))


def plain_table(**options: Any) -> Table:
    """A table that is readable without colour and when piped."""
    return Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), **options)


def _curves(result: Result, lang: Lang) -> Table:
    """A line a curve: label, before, chart, end of the base run, median and interval of the replicates."""
    months = result.table["month"].to_numpy()
    replicates, own = len(result.replicates), result.district.mode_titles
    rows: list[tuple[str, str, F8, list[str]]] = []

    def row(label: str, name: str, *, headline: bool = True) -> None:
        values = result.table[name].to_numpy(dtype=float)
        before = values[months < 0]
        band, middle = (result.band(name), result.middle(name)) if headline else (None, None)
        ends = [percent(values[-1])]
        if replicates >= FEWEST:
            ends += ["", ""] if band is None or middle is None else [percent(middle[-1]), _span(band)]
        rows.append((label, percent(before[-1]) if len(before) else "", values[months >= 0], ends))

    for name in CURVES:
        row(text(f"curve.{name}", lang), name)
    for mode in result.district.world.modes[1:]:
        if result.table[f"share_{mode}"].any():
            row("  " + mode_name(mode, lang, own), f"share_{mode}", headline=False)

    heads = [text("run.after", lang, seed=result.seed)]
    if replicates >= FEWEST:
        heads += [text("run.median", lang), text("run.band", lang, replicates=replicates)]
    first, second = text("run.curves", lang), text("run.before", lang)
    columns = [[first, *(line[0] for line in rows)], [second, *(line[1] for line in rows)]]
    columns += [[head, *(line[3][i] for line in rows)] for i, head in enumerate(heads)]
    taken = [max(cell_len(part) for cell in column for part in cell.split("\n")) for column in columns]
    # A chart gives way to what stands beside it: each curve keeps to one line.
    room = max(MIN_CHART, min(CHART_WIDTH, output().width - sum(taken) - GAP * len(columns)))
    title, scale = text("run.chart", lang, last=result.months - 1), text("run.scale", lang)
    title = f"{title} {scale}" if cell_len(f"{title} {scale}") <= room else f"{title}\n{scale}"

    table = plain_table()
    table.add_column(first, overflow="fold")
    table.add_column(second, justify="right", no_wrap=True)
    table.add_column(title, no_wrap=True)
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)
    for label, start, values, ends in rows:
        table.add_row(label, start, sparkline(values, room), *ends)
    return table


def _span(band: tuple[F8, F8]) -> str:
    """The last month of a band."""
    return f"{percent(band[0][-1]).removesuffix(' %')}–{percent(band[1][-1])}"


def unusual(result: Result, lang: Lang) -> str:
    """The curves on which the base run ends outside the interval of the replicates; "" if there are none."""
    found: list[str] = []
    for name in CURVES if len(result.replicates) >= TELLING else ():
        band, end = result.band(name), float(result.table[name].iloc[-1])
        # As shown: what rounds to the same per cent is not said to be outside.
        if band is not None and not math.isnan(end) and (end < band[0][-1] - 0.005 or end > band[1][-1] + 0.005):
            curve = text(f"curve.{name}", lang)
            found.append(text("run.outside", lang, curve=curve, end=percent(end), band=_span(band)))
    return text("run.unusual", lang, seed=result.seed, list=text("join", lang).join(found)) if found else ""


def _targets(result: Result, lang: Lang) -> Table:
    comparisons, replicates = result.comparisons, len(result.replicates)
    title = text("targets.title", lang)
    table = plain_table(title=title, title_justify="left", title_style="bold")
    table.add_column("")
    table.add_column(text("targets.what", lang), ratio=1, overflow="fold")
    for name in ("reported", "median", "band") if replicates >= FEWEST else ("reported", "simulated"):
        table.add_column(text(f"targets.{name}", lang, replicates=replicates), justify="right", no_wrap=True)
    table.add_column(text("targets.verdict", lang), max_width=14, overflow="fold")
    for number, comparison in enumerate(comparisons, 1):
        target = comparison.target
        value = figure(target.reported, target.unit)
        cells = [
            str(number),
            target.definition_zh if lang == "zh" else target.definition_en,
            text(f"relation.{target.relation}", lang, value=value),
            figure(comparison.simulated, target.unit, signed=target.aggregate == "change"),
        ]
        cells += [interval(comparison)] if replicates >= FEWEST else []
        table.add_row(*cells, verdict(comparison, lang))
    return table


def _notes(comparisons: Sequence[Comparison], lang: Lang) -> Table:
    """How each figure came to be reported, and where it lies among the replicates."""
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column()
    table.add_column(overflow="fold")
    for number, comparison in enumerate(comparisons, 1):
        target = comparison.target
        notes = [target.filter_zh if lang == "zh" else target.filter_en]
        if target.relation == "about" and not math.isnan(comparison.percentile):
            notes.append(text("targets.percentile", lang, percentile=comparison.percentile))
        if any(notes):
            table.add_row(str(number), text("join", lang).join(filter(None, notes)), style="dim")
    return table


def interval(comparison: Comparison) -> str:
    """The 5–95 % interval of a figure."""
    if not comparison.measured or math.isnan(comparison.low):
        return "–"
    unit, signed = comparison.target.unit, comparison.target.aggregate == "change"
    low, high = (figure(value, unit, signed=signed) for value in (comparison.low, comparison.high))
    return f"{low.removesuffix(' %')}{' … ' if signed else '–'}{high}"


def verdict(comparison: Comparison, lang: Lang) -> str:
    """The verdict in words, with the reason where there is none."""
    words = text(f"verdict.{comparison.verdict}", lang)
    if not comparison.reason:
        return words
    colon = "：" if lang == "zh" else ": "
    return f"{words}{colon}{text(f'reason.{comparison.reason}', lang)}"


def _interval(result: Result, lang: Lang) -> str:
    replicates, ranges = len(result.replicates), len(result.scenario.ranges)
    if not replicates:
        return text("run.no_replicates", lang, seed=result.seed)
    if replicates < FEWEST:
        return text("run.one_replicate", lang)
    key = "run.interval_end" if not ranges else "run.interval_range" if ranges == 1 else "run.interval_ranges"
    end = text(key, lang, ranges=ranges)
    return text("run.interval", lang, seed=result.seed, replicates=replicates) + end
