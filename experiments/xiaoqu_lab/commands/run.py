"""`xiaoqu run`: the main job."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xiaoqu import load_scenario
from xiaoqu.errors import InputError, Problem
from xiaoqu.scenario import shipped_baseline
from xiaoqu_lab import console
from xiaoqu_lab.complaints import months_of, overrides, too_late, whole
from xiaoqu_lab.folder import hindrances, result_folder
from xiaoqu_lab.texts import Lang, text

if TYPE_CHECKING:
    from xiaoqu_lab.simulate import Result

MOST_REPLICATES = 100_000
MOST_SEED = 2**64 - 2 - MOST_REPLICATES
"""Replicates take the seeds that follow."""


@click.command()
@click.argument("scenario")
@click.option("--seed", default="1", metavar="N", help="option.seed")
@click.option("--months", metavar="N", help="option.months")
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE", help="option.set")
@click.option("--replicates", default="20", metavar="N", help="option.replicates")
@click.option("--out", metavar="DIR", help="option.out")
@click.option("--force", is_flag=True, help="option.force")
@click.option("--json", "as_json", is_flag=True, help="option.json")
@click.pass_obj
def command(
    lang: Lang,
    scenario: str,
    seed: str,
    months: str | None,
    changes: tuple[str, ...],
    replicates: str,
    out: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Run a case and compare it with what was reported."""
    problems: list[Problem] = []
    changed = overrides(changes, problems)
    runs = whole(replicates, "--replicates", 0, MOST_REPLICATES, problems)
    number = whole(seed, "--seed", 0, MOST_SEED, problems)
    _, most = shipped_baseline().entries["calendar.months"].bounds
    length = months_of(months, int(most or 1), problems)
    try:
        loaded = load_scenario(scenario, changed)
        length = length or int(loaded["calendar.months"])
        problems += too_late(changed, length)
    except InputError as error:
        problems += error.problems
    if out is not None:
        problems += hindrances(Path(out), force=force)
    if problems:
        raise InputError(problems)

    from xiaoqu_lab.output import write  # noqa: PLC0415 - what is wrong is said before
    from xiaoqu_lab.simulate import simulate  # noqa: PLC0415 - the world and pandas are imported

    console.tell_too_late(loaded, length, lang)
    with nullcontext() if out is None else result_folder(Path(out), force=force) as draft:
        with console.progress_bar(runs, lang) as progress:
            result = simulate(loaded, seed=number, months=length, replicates=runs, progress=progress)
        files = write(result, draft, lang) if draft else []
    if as_json:
        console.print_json(as_object(result))
        return
    console.show_result(result, lang)
    if out is not None:
        click.echo(text("run.written", lang, folder=out, count=len(files)))


def as_object(result: Result) -> dict[str, Any]:
    """What `--json` prints."""
    final = result.campaign.drop(columns=["month", "adoption"])
    return {
        "scenario": result.scenario.name,
        "seed": result.seed,
        "months": result.months,
        "replicates": len(result.replicates),
        "digest": result.digest,
        "outcomes": {str(name): console.number_or_null(values.iloc[-1]) for name, values in final.items()},
        "targets": [
            {
                "id": comparison.target.id,
                "reported": comparison.target.reported,
                "simulated": console.number_or_null(comparison.simulated),
                "low": console.number_or_null(comparison.low),
                "high": console.number_or_null(comparison.high),
                "verdict": comparison.verdict,
            }
            for comparison in result.comparisons
        ],
    }
