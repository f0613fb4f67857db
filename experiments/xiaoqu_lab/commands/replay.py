"""`xiaoqu replay`: one run of a sweep again, alone."""

from __future__ import annotations

import json
import sys

import click

from xiaoqu_lab import console
from xiaoqu_lab.texts import Lang, text


@click.command()
@click.argument("folder")
@click.argument("run")
@click.option("--json", "as_json", is_flag=True, help="option.json")
@click.pass_obj
def command(lang: Lang, folder: str, run: str, as_json: bool) -> None:
    """Run it again and compare."""
    from xiaoqu_lab.sweeps.replay import replay  # noqa: PLC0415 - the world is imported

    found = replay(folder, run)
    if as_json:
        facts = found._asdict() | {"outcomes": json.loads(found.outcomes.to_json(orient="records"))}
        console.print_json(facts)
    else:
        click.echo(text(f"replay.{found.status}", lang, **found._asdict()))
        click.echo(text("replay.scenario", lang, differences=json.dumps(found.differences, ensure_ascii=False)))
        if found.traceback:
            click.echo(found.traceback)
    if found.status in ("other", "failed"):
        sys.exit(1)
