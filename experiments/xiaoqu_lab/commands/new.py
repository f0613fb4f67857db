"""`xiaoqu new`: a scenario of one's own, with one's own ledger of compounds or a template."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

import click

from xiaoqu import load_scenario, scenario_names
from xiaoqu.errors import InputError, Problem
from xiaoqu.levers import all_levers
from xiaoqu.parameters import SAFE_NAME
from xiaoqu.roster import read_roster, roster_template
from xiaoqu.toml_lines import toml_value
from xiaoqu_lab.complaints import complain
from xiaoqu_lab.texts import Lang, text

LEDGER = "compounds.csv"


@click.command()
@click.argument("name")
@click.option("--ledger", metavar="CSV", help="option.ledger")
@click.pass_obj
def command(lang: Lang, name: str, ledger: str | None) -> None:
    """Start a scenario of one's own in a new folder."""
    folder = Path(name)
    problems: list[Problem] = []
    if not re.match(SAFE_NAME, name):
        problems.append(complain("unsafe_name", "NAME", name))
    elif folder.exists() or folder.is_symlink():
        problems.append(complain("folder_exists", "NAME", name))
    elif name in scenario_names():
        problems.append(complain("shipped_name", "NAME", name))
    if ledger is not None:
        try:
            read_roster(Path(ledger))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    try:
        draft = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=Path.cwd()))
    except OSError as error:
        raise InputError([complain("not_writable", "NAME", name, detail=error.strerror)]) from None
    try:
        if ledger is None:
            (draft / LEDGER).write_text(roster_template(), "utf-8-sig")
        else:
            shutil.copyfile(ledger, draft / LEDGER)
        (draft / "scenario.toml").write_text(_scenario(name, lang), "utf-8")
        load_scenario(draft)
        draft.chmod(0o755)  # mkdtemp makes folders that nobody else may read
        draft.rename(folder)
    except OSError as error:
        raise InputError([complain("not_writable", "NAME", name, detail=error.strerror)]) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    click.echo(text("new.done", lang, folder=folder))
    click.echo(text("new.next", lang, name=folder))


def _scenario(name: str, lang: Lang) -> str:
    """The text of a scenario file that names the ledger, with every lever to hand."""
    months = load_scenario("baseline")["calendar.months"]
    levers = [
        f'# {lever.key.removeprefix("levers.")} = "on"  # {lever.zh if lang == "zh" else lever.en}'
        for lever in all_levers()
    ]
    lines = [
        f"# {text('new.file', lang)}",
        "",
        "[scenario]",
        f"name = {toml_value(name)}",
        f"title_en = {toml_value(name)}",
        f"title_zh = {toml_value(name)}",
        f"source = {toml_value(text('new.source', lang))}",
        "",
        "[calendar]",
        f"months = {months}",
        "",
        f"# {text('new.range', lang)}",
        "[places]",
        f"ledger = {toml_value(LEDGER)}",
        "",
        f"# {text('new.levers', lang)}",
        "[levers]",
        *levers,
    ]
    return "\n".join([*lines, ""])
