"""`xiaoqu discover`: under which conditions something happens in the runs of a sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from xiaoqu_lab import console
from xiaoqu_lab.texts import Lang, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from xiaoqu.parameters import Value
    from xiaoqu_lab.sweeps.discover import Discovery, Limit


@click.command()
@click.argument("folder")
@click.option("--outcome", required=True, metavar="CONDITION", help="option.condition")
@click.option("--json", "as_json", is_flag=True, help="option.json")
@click.pass_obj
def command(lang: Lang, folder: str, outcome: str, as_json: bool) -> None:
    """Find a box."""
    from xiaoqu_lab.sweeps.discover import discover  # noqa: PLC0415 - slow to import

    with console.waiting(lang):
        found = discover(folder, outcome)
    if as_json:
        console.print_json(as_object(found, lang))
    else:
        show(found, folder, lang)


def as_object(found: Discovery, lang: Lang) -> dict[str, Any]:
    """What `--json` prints."""
    box = None
    if found.box is not None:
        box = found.box._asdict() | {
            "words": words(found, lang),
            "limits": [limit._asdict() | {"quasi_p": float(limit.quasi_p)} for limit in found.box.limits],
        }
    return {
        "scenario": found.scenario,
        "outcome": found.outcome,
        "runs": found.runs,
        "unmeasured": found.unmeasured,
        "unasked": found.unasked,
        "points": found.points,
        "cases": found.cases,
        "share": console.number_or_null(found.share),
        "factors": [str(key) for key in found.columns.columns],
        "answer": answer(found, lang),
        "box": box,
        "trajectory": found.trajectory.astype(object).to_dict("records"),
        "cautions": list(found.cautions),
    }


def show(found: Discovery, folder: str, lang: Lang) -> None:
    """Print the conditions in words, then how good they are."""
    output = console.output()
    asked = console.outcome_words(found.outcome, lang)
    output.print(Text(text("discover.title", lang, scenario=found.scenario, outcome=asked), style="bold"))
    share = console.figure(found.share, "share")
    facts = {"runs": found.runs, "points": found.points, "cases": found.cases, "share": share}
    click.echo(text("discover.share", lang, **facts))
    if found.unmeasured:
        click.echo(text("discover.unmeasured", lang, count=found.unmeasured))
    console.tell_unasked(found.unasked, folder, lang)
    box = found.box
    if box is not None:
        click.echo()
        output.print(Text(answer(found, lang)))
        shares = {name: console.figure(getattr(box, name), "share") for name in ("density", "coverage")}
        lift = box.density / found.share
        click.echo(text("discover.box", lang, runs=box.runs, cases=box.cases, share=share, lift=lift, **shares))
        click.echo()
        table = console.plain_table()
        table.add_column(text("discover.condition", lang), overflow="fold")
        table.add_column(text("discover.key", lang), overflow="fold")
        table.add_column(text("discover.quasi_p", lang), justify="right", no_wrap=True)
        namer = names(lang)
        for limit in box.limits:
            table.add_row(Text(in_words(limit, namer(limit.key), lang)), Text(limit.key), f"{limit.quasi_p:.2g}")
        output.print(table)
        click.echo(text("discover.rule", lang, boxes=len(found.trajectory)))
    for caution in found.cautions:
        click.echo(text(f"discover.caution.{caution}", lang))


def answer(found: Discovery, lang: Lang) -> str:
    """The answer in one sentence: the conditions, or that there are none, which is an answer too."""
    if found.box is None:
        return text(f"discover.caution.{found.cautions[0]}", lang)
    return text("discover.words", lang, conditions=words(found, lang))


def words(found: Discovery, lang: Lang) -> str:
    """All conditions of the box in one sentence."""
    namer = names(lang)
    limits = found.box.limits if found.box is not None else ()
    return text("discover.and", lang).join(in_words(limit, namer(limit.key), lang) for limit in limits)


def in_words(limit: Limit, name: str, lang: Lang) -> str:
    """A condition as a person says it."""
    if limit.values and set(limit.values) <= {True, False} and isinstance(limit.values[0], bool):
        return text("discover.yes" if limit.values[0] else "discover.no", lang, name=name)
    if limit.key.startswith("levers.") and limit.values:
        if limit.values == (0.0,):
            return text("discover.off", lang, name=name)
        if limit.others == (0.0,):
            return text("discover.on", lang, name=name)
    if (limit.low is None and limit.high is None) or len(limit.values) == 1:
        return text("discover.is", lang, name=name, values=text("discover.or", lang).join(map(_plain, limit.values)))
    facts = {"name": name, "low": _plain(limit.low), "high": _plain(limit.high)}
    code = "at_most" if limit.low is None else "at_least" if limit.high is None else "between"
    return text(f"discover.{code}", lang, **facts)


def names(lang: Lang) -> Callable[[str], str]:
    """How parameters are called: in English by the last part of the key, in Chinese as the baseline explains them."""
    from xiaoqu.scenario import shipped_baseline  # noqa: PLC0415 - pydantic is imported

    entries = shipped_baseline().entries

    def name(key: str) -> str:
        parts = key.split(".")
        known = entries.get(key)
        if lang == "zh" and known is not None and len(parts) == 2:
            return known.zh
        return " ".join(parts[1:] if parts[0] == "modes" else parts[-1:]).replace("_", " ")

    return name


def _plain(value: Value | None) -> str:
    from xiaoqu_lab.sweeps.design import shown  # noqa: PLC0415 - slow to import

    return "" if value is None else f"{value:.3g}" if isinstance(value, float) else shown(value)
