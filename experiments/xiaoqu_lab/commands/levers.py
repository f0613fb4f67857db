"""`xiaoqu levers`: what a programme can switch."""

from __future__ import annotations

import click
from rich.text import Text

from xiaoqu.levers import all_levers
from xiaoqu_lab import console
from xiaoqu_lab.texts import Lang, text


@click.command()
@click.option("--json", "as_json", is_flag=True, help="option.json_list")
@click.pass_obj
def command(lang: Lang, as_json: bool) -> None:
    """List the levers that `--set` can switch."""
    levers = all_levers()
    if as_json:
        console.print_json(
            [
                {
                    "id": list(lever.ids),
                    "lever": lever.key,
                    "default": lever.default,
                    "off": lever.off,
                    "moves": lever.moves,
                    "description_en": lever.en,
                    "description_zh": lever.zh,
                    "source": lever.source,
                    "file": lever.file,
                }
                for lever in levers
            ]
        )
        return
    table = console.plain_table()
    for name in ("key", "ids", "on", "moves", "what"):
        table.add_column(text(f"levers.{name}", lang), overflow="fold")
    for lever in levers:
        key = lever.key.removeprefix("levers.")
        moves, what = (console.outcome_name(lever.moves), lever.zh) if lang == "zh" else (lever.moves, lever.en)
        table.add_row(key, " ".join(lever.ids), f"{lever.default:g}", moves, what)
    out = console.output()
    out.print(table)
    out.print(Text(text("levers.how", lang, off=levers[0].off)))
