"""`xiaoqu scenarios`: what there is to run."""

from __future__ import annotations

import click

from xiaoqu import load_scenario, scenario_names
from xiaoqu_lab import console
from xiaoqu_lab.texts import Lang, text


@click.command()
@click.pass_obj
def command(lang: Lang) -> None:
    """List the shipped scenarios."""
    table = console.plain_table()
    for name in ("name", "title"):
        table.add_column(text(f"scenarios.{name}", lang), overflow="fold")
    for name in ("compounds", "months", "targets"):
        table.add_column(text(f"scenarios.{name}", lang), justify="right")
    for name in scenario_names():
        scenario = load_scenario(name)
        compounds = len(scenario.ledger) if scenario.ledger is not None else scenario["places.compounds"]
        table.add_row(
            name,
            scenario.title(lang),
            f"{compounds:,}",
            str(scenario["calendar.months"]),
            str(len(scenario.targets)),
        )
    console.output().print(table)
