"""`xiaoqu report`: a sweep written up as one HTML file."""

from __future__ import annotations

import click

from xiaoqu_lab.commands.sweep import bytes_shown
from xiaoqu_lab.texts import Lang, text


@click.command()
@click.argument("folder")
@click.option("--outcome", metavar="NAME", help="option.report_outcome")
@click.option("--cost", metavar="NAME", help="option.cost")
@click.option("--out", metavar="FILE", help="option.report_out")
@click.option("--force", is_flag=True, help="option.report_force")
@click.pass_obj
def command(lang: Lang, folder: str, outcome: str | None, cost: str | None, out: str | None, force: bool) -> None:
    """Write the report."""
    from xiaoqu_lab.sweeps.report import report  # noqa: PLC0415 - pandas is imported

    path = report(folder, outcome=outcome, cost=cost, lang=lang, out=out, force=force)
    click.echo(text("report.done", lang, file=path, size=bytes_shown(path.stat().st_size)))
