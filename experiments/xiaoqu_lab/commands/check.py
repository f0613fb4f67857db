"""`xiaoqu check`: whether a file of one's own is fine, and what it says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.text import Text

from xiaoqu import load_scenario
from xiaoqu.errors import InputError, Problem, display
from xiaoqu.roster import HEADERS, read_roster
from xiaoqu.toml_lines import toml_value
from xiaoqu_lab import console, targets
from xiaoqu_lab.complaints import refuse
from xiaoqu_lab.texts import Lang, mode_name, text

if TYPE_CHECKING:
    from xiaoqu.modes import Mode
    from xiaoqu.roster import Roster
    from xiaoqu.scenario import Scenario


@click.command()
@click.argument("file")
@click.pass_obj
def command(lang: Lang, file: str) -> None:
    """Check a scenario or a ledger of compounds, and sum it up."""
    if Path(file).is_dir() and not (Path(file) / "scenario.toml").is_file():
        refuse("no_scenario_file", seen=file)
    if Path(file).suffix.lower() in (".toml", "") or Path(file).is_dir():
        scenario = load_scenario(file)
        problems: list[Problem] = [*targets.unknown_outcomes(scenario)]
        try:
            own = _own_modes(scenario)
        except InputError as error:
            problems += error.problems
        if problems:
            raise InputError(problems)
        _show_scenario(scenario, own, file, lang)
    else:
        _show_ledger(read_roster(Path(file)), file, lang)


def _own_modes(scenario: Scenario) -> list[type[Mode]]:
    """The scenario's own modes; their files are run, for only so can they be checked."""
    if not any(key.startswith("modes.") for key in scenario.files):
        return []
    from xiaoqu.modes.own import own_modes  # noqa: PLC0415 - the world is imported

    return [*own_modes(scenario).values()]


def _show_scenario(scenario: Scenario, own: list[type[Mode]], file: str, lang: Lang) -> None:
    out = console.output()
    out.print(Text(text("check.fine", lang, file=file), style="bold"))
    out.print(Text(scenario.title(lang)))
    layers = ", ".join(["baseline", *(layer.name for layer in scenario.layers)])
    out.print(Text(text("check.layers", lang, list=layers)))
    if scenario.roster is not None:
        _show_roster(scenario.roster, lang)
    for mode in own:
        title = mode_name(mode.name, lang, {mode.name: (mode.title_en or mode.name, mode.title_zh or mode.name)})
        path = display(scenario.files[f"modes.{mode.name}.file"])
        out.print(Text(text("check.mode", lang, name=title, file=path)))
    out.print(text("check.targets", lang, count=len(scenario.targets)))
    changed = [key for key in scenario if scenario.layer(key) != "baseline"]
    if not changed:
        return
    table = console.plain_table(title=text("check.differs", lang), title_justify="left")
    for name in ("key", "value", "baseline", "layer"):
        table.add_column(text(f"check.{name}", lang), overflow="fold", no_wrap=name == "key")
    for key in changed:
        value = toml_value(scenario[key])
        if key in scenario.ranges:
            span = scenario.ranges[key]
            value = text("check.range", lang, low=f"{span.low:g}", high=f"{span.high:g}")
        elif key in scenario.files:
            value = scenario.files[key].name
        declared = scenario.baseline.entries.get(key)
        below = toml_value(declared.value) if declared else ""
        table.add_row(*map(Text, (key, value, below, scenario.layer(key))))
    out.print()
    out.print(table)


def _show_ledger(roster: Roster, file: str, lang: Lang) -> None:
    console.output().print(Text(text("check.fine", lang, file=file), style="bold"))
    _show_roster(roster, lang)


def _show_roster(roster: Roster, lang: Lang) -> None:
    out = console.output()
    households = sum(row.households for row in roster.rows)
    facts = {"compounds": len(roster.rows), "households": households, "encoding": roster.encoding}
    out.print(text("check.ledger", lang, **facts))
    used = [name for name in HEADERS if any(getattr(row, name) is not None for row in roster.rows)]
    shown = [HEADERS[name][1 if lang == "zh" else 0] for name in used]
    out.print(Text(text("check.filled", lang, list=", ".join(shown))))
    if roster.ignored:
        out.print(Text(text("check.ignored", lang, list=", ".join(roster.ignored))))
