"""`xiaoqu scenarios`: what there is to run."""

from __future__ import annotations

import click
from rich.text import Text

from xiaoqu import load_scenario, scenario_names
from xiaoqu_lab import console
from xiaoqu_lab.texts import Lang, text


@click.command()
@click.option("--json", "as_json", is_flag=True, help="option.json_list")
@click.pass_obj
def command(lang: Lang, as_json: bool) -> None:
    """List the shipped scenarios."""
    found = [load_scenario(name) for name in scenario_names()]
    rows = [
        {
            "name": scenario.name,
            "title_en": scenario.title("en"),
            "title_zh": scenario.title("zh"),
            "compounds": len(scenario.ledger) if scenario.ledger is not None else int(scenario["places.compounds"]),
            "months": int(scenario["calendar.months"]),
            "targets": len(scenario.targets),
        }
        for scenario in found
    ]
    if as_json:
        console.print_json(rows)
        return
    table = console.plain_table()
    for name in ("name", "title"):
        table.add_column(text(f"scenarios.{name}", lang), overflow="fold")
    for name in ("compounds", "months", "targets"):
        table.add_column(text(f"scenarios.{name}", lang), justify="right")
    for row in rows:
        counts = (f"{row[name]:,}" for name in ("compounds", "months", "targets"))
        table.add_row(Text(f"{row['name']}"), Text(f"{row[f'title_{lang}']}"), *counts)
    console.output().print(table)
