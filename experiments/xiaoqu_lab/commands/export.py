"""`xiaoqu export`: a sweep's tables as files that pandas, R, DuckDB and Excel open."""

from __future__ import annotations

import json
from pathlib import Path

import click

from xiaoqu.errors import InputError
from xiaoqu_lab.console import tell_unasked
from xiaoqu_lab.folder import MANIFEST, hindrances, result_folder
from xiaoqu_lab.texts import Lang, text


@click.command()
@click.argument("folder")
@click.option("--out", required=True, metavar="DIR", help="option.export_out")
@click.option("--force", is_flag=True, help="option.force")
@click.pass_obj
def command(lang: Lang, folder: str, out: str, force: bool) -> None:
    """Write the tables."""
    from xiaoqu_lab.sweeps.results import load  # noqa: PLC0415 - pandas is imported
    from xiaoqu_lab.sweeps.sweep import manifest  # noqa: PLC0415 - slow to import

    if problems := hindrances(Path(out), force=force):  # said before what takes long
        raise InputError(problems)
    found = load(folder)
    with result_folder(Path(out), force=force) as draft:
        files = [path.name for path in found.export(draft)]
        # The account of what was written: by it a later export knows its own files from others.
        facts = json.loads(manifest(found)) | {"files": files}
        written = json.dumps(facts, ensure_ascii=False, indent=2) + "\n"
        (draft / MANIFEST).write_text(written, "utf-8", newline="\n")
        files.append(MANIFEST)
    click.echo(text("export.done", lang, count=len(files), folder=out))
    tell_unasked(found.unasked, folder, lang)
