"""`xiaoqu check`: whether a file of one's own is fine, and what it says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from xiaoqu import load_scenario
from xiaoqu.errors import InputError, Problem, display
from xiaoqu.roster import HEADERS, read_roster
from xiaoqu.toml_lines import toml_value
from xiaoqu_lab import console
from xiaoqu_lab.complaints import refuse
from xiaoqu_lab.texts import Lang, mode_name, text

if TYPE_CHECKING:
    from xiaoqu.modes import Mode
    from xiaoqu.roster import Roster
    from xiaoqu.scenario import Scenario


@click.command()
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="option.json")
@click.pass_obj
def command(lang: Lang, file: str, as_json: bool) -> None:
    """Check a scenario or a ledger of compounds, and sum it up."""
    from xiaoqu_lab.targets import unknown_outcomes  # noqa: PLC0415 - pandas is imported

    if Path(file).is_dir() and not (Path(file) / "scenario.toml").is_file():
        refuse("no_scenario_file", seen=file)
    if Path(file).suffix.lower() in (".toml", "") or Path(file).is_dir():
        scenario = load_scenario(file)
        problems: list[Problem] = [*unknown_outcomes(scenario)]
        try:
            own = _own_modes(scenario)
        except InputError as error:
            problems += error.problems
        if problems:
            raise InputError(problems)
        if as_json:
            console.print_json({"file": file} | as_object(scenario, own))
        else:
            _show_scenario(scenario, own, file, lang)
        return
    roster = read_roster(Path(file))
    if as_json:
        console.print_json({"file": file, "ledger": _ledger(roster)})
    else:
        console.output().print(Text(text("check.fine", lang, file=file), style="bold"))
        _show_roster(roster, lang)


def as_object(scenario: Scenario, own: list[type[Mode]]) -> dict[str, Any]:
    """What `--json` prints of a scenario."""
    return {
        "name": scenario.name,
        "title_en": scenario.title("en"),
        "title_zh": scenario.title("zh"),
        "layers": _layers(scenario),
        "ledger": None if scenario.roster is None else _ledger(scenario.roster),
        "modes": [
            {
                "name": mode.name,
                "title_en": mode.title_en,
                "title_zh": mode.title_zh,
                "file": display(scenario.files[f"modes.{mode.name}.file"]),
            }
            for mode in own
        ],
        "targets": len(scenario.targets),
        "differs": [
            {
                "key": key,
                "value": scenario.files[key].name if key in scenario.files else scenario[key],
                "range": [span.low, span.high] if (span := scenario.ranges.get(key)) else None,
                "baseline": declared.value if (declared := scenario.baseline.entries.get(key)) else None,
                "layer": scenario.layer(key),
            }
            for key in _differing(scenario)
        ],
    }


def _layers(scenario: Scenario) -> list[str]:
    """The names of the layers, lowest first."""
    return ["baseline", *(layer.name for layer in scenario.layers)]


def _differing(scenario: Scenario) -> list[str]:
    """The keys that some layer sets otherwise than the baseline."""
    return [key for key in scenario if scenario.layer(key) != "baseline"]


def _ledger(roster: Roster) -> dict[str, Any]:
    """What `--json` prints of a ledger."""
    return {
        "compounds": len(roster.rows),
        "households": _households(roster),
        "encoding": roster.encoding,
        "columns": _used(roster),
        "ignored": list(roster.ignored),
    }


def _households(roster: Roster) -> int:
    return sum(row.households for row in roster.rows)


def _used(roster: Roster) -> list[str]:
    """The columns in which some compound has something."""
    return [name for name in HEADERS if any(getattr(row, name) is not None for row in roster.rows)]


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
    out.print(Text(text("check.layers", lang, list=", ".join(_layers(scenario)))))
    if scenario.roster is not None:
        _show_roster(scenario.roster, lang)
    for mode in own:
        title = mode_name(mode.name, lang, {mode.name: (mode.title_en or mode.name, mode.title_zh or mode.name)})
        path = display(scenario.files[f"modes.{mode.name}.file"])
        out.print(Text(text("check.mode", lang, name=title, file=path)))
    out.print(text("check.targets", lang, count=len(scenario.targets)))
    changed = _differing(scenario)
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


def _show_roster(roster: Roster, lang: Lang) -> None:
    out = console.output()
    facts = {"compounds": len(roster.rows), "households": _households(roster), "encoding": roster.encoding}
    out.print(text("check.ledger", lang, **facts))
    shown = [HEADERS[name][1 if lang == "zh" else 0] for name in _used(roster)]
    out.print(Text(text("check.filled", lang, list=", ".join(shown))))
    if roster.ignored:
        out.print(Text(text("check.ignored", lang, list=", ".join(roster.ignored))))
