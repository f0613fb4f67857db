"""Tables of model/ODD.md that are written from the code, so that they cannot drift.

    uv run python -m tests.odd

rewrites what stands between `<!-- generated: NAME -->` and `<!-- end -->` and prints the names of the tables that
changed. tests/integration/test_odd.py holds that nothing would change.
"""

from __future__ import annotations

import ast
import re
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from xiaoqu import load_scenario, scenario_names
from xiaoqu.issues import Issues
from xiaoqu.ledger import PURPOSES
from xiaoqu.levers import Lever, all_levers
from xiaoqu.outcomes import DECLARED, DERIVED
from xiaoqu.parameters import number
from xiaoqu.roster import HEADERS
from xiaoqu.world import Compounds, Firms, Households, PartyMembers, Stairwells
from xiaoqu_lab.patterns import CHECKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

REPOSITORY = Path(__file__).resolve().parent.parent
ODD = REPOSITORY / "model" / "ODD.md"
LEVER_TESTS = REPOSITORY / "tests" / "integration" / "test_acceptance.py"

MECHANISMS = tuple(
    f"{case}{i}" for case, last in (("X", 9), ("D", 10), ("H", 12), ("S", 13)) for i in range(1, last + 1)
)
"""Ids of the documented mechanisms: Xiashesi, Daguan, Hengdong, Shaoshan."""
PATTERNS = tuple(f"P{i}" for i in range(1, 29))

MISSING = "**missing**"
BLOCK = re.compile(r"(<!-- generated: (?P<name>[^>]+?) -->\n)(?P<text>.*?)(<!-- end -->)", re.DOTALL)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; bars inside cells are escaped."""
    names = tuple(head)
    lines = [names, tuple("---" for _ in names), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |\n" for line in lines)


def shown(value: object) -> str:
    """A value as a reader writes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number(value)
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value) or "–"


def link(path: str) -> str:
    """A link from ODD.md to a file of the repository, named by its path."""
    target = path.removeprefix("model/") if path.startswith("model/") else f"../{path}"
    return f"[{path.removeprefix('model/xiaoqu/')}]({target})"


def parameters(section: str) -> str:
    """Defaults of one section of the baseline, with those of the sections inside it."""
    baseline = load_scenario("baseline").baseline
    rows = [
        (f"`{key.removeprefix(f'{section}.')}`", shown(entry.value), entry.unit, entry.en, entry.source)
        for key, entry in baseline.entries.items()
        if key.startswith(f"{section}.")
    ]
    return table(("parameter", "default", "unit", "meaning", "source"), rows)


def grades() -> str:
    """What each lever's "on" stands for."""
    rows = [(f"`{lever.key}`", number(lever.default), lever.en, lever.zh, lever.source) for lever in all_levers()]
    return table(("lever", '"on"', "what it does", "中文", "source"), rows)


def sections() -> list[str]:
    """The top sections of the baseline, in its order."""
    return list(dict.fromkeys(key.partition(".")[0] for key in load_scenario("baseline").baseline.entries))


def lever_of(mechanism: str) -> Lever | None:
    """The lever that stands for a mechanism."""
    return next((lever for lever in all_levers() if mechanism in lever.ids), None)


@cache
def _lever_test_functions() -> dict[str, tuple[str, ...]]:
    """Test functions of LEVER_TESTS and the names of their arguments; empty while the file does not exist."""
    if not LEVER_TESTS.is_file():
        return {}
    body = ast.parse(LEVER_TESTS.read_text(encoding="utf-8")).body
    functions = [node for node in body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    return {node.name: tuple(argument.arg for argument in node.args.args) for node in functions}


def test_of(lever: Lever) -> str:
    """The test that holds a lever: the one named after it, else the first that takes a `lever`; "" if there is none."""
    functions = _lever_test_functions()
    named = [name for name in functions if name.startswith(f"test_{lever.key.removeprefix('levers.')}")]
    general = [name for name, arguments in functions.items() if "lever" in arguments]
    return next(iter(named + general), "")


def mechanisms() -> str:
    """One row per documented mechanism: lever, what it moves first, file, test."""
    rows = []
    for mechanism in MECHANISMS:
        lever = lever_of(mechanism)
        if lever is None:
            rows.append((mechanism, MISSING, "", "", ""))
            continue
        test = test_of(lever)
        path = LEVER_TESTS.relative_to(REPOSITORY).as_posix()
        held = f"[{path}](../{path})::{test}" if test else MISSING
        rows.append((mechanism, f"`{lever.key}`", f"`{lever.moves}`", link(lever.file), held))
    return table(("id", "lever", "moves first", "file", "test"), rows)


def outcomes() -> str:
    """The declared outcomes."""
    rows = [(f"`{o.name}`", o.unit, o.dtype, o.over_time, o.en, o.zh) for o in DECLARED + DERIVED]
    return table(("outcome", "unit", "type", "over time", "meaning", "中文"), rows)


def purposes() -> str:
    """What money is paid for, by whom, to whom."""
    rows = [(f"`{purpose.name}`", purpose.payer, purpose.receiver, purpose.zh) for purpose in PURPOSES]
    return table(("purpose", "payer", "receiver", "中文"), rows)


TABLES = {
    "households": Households,
    "stairwells": Stairwells,
    "compounds": Compounds,
    "firms": Firms,
    "Party members": PartyMembers,
    "issues": Issues,
}


def columns(name: str) -> str:
    """The columns of one table of the world."""
    rows = []
    for column in TABLES[name].columns.values():
        low, high = ("" if end is None else number(end) for end in (column.low, column.high))
        span = f"{low} … {high}" if low or high else ""
        kind, start = str(column.dtype), number(column.default)
        rows.append((f"`{column.name}`", kind, column.unit, span, start, column.meaning))
    return table(("column", "type", "unit", "range", "start", "meaning"), rows)


def cases() -> list[str]:
    """Shipped scenarios."""
    return [name for name in scenario_names() if name != "baseline"]


def ranges() -> str:
    """Inputs that no report gives, as the shipped scenarios carry them."""
    rows = []
    for name in cases():
        for key, span in load_scenario(name).ranges.items():
            rows.append((name, f"`{key}`", number(span.low), number(span.high), span.why))
    return table(("scenario", "input", "low", "high", "why a range"), rows)


def targets() -> str:
    """Reported figures, what they are compared with, and the filter they went through."""
    rows = []
    for name in cases():
        for target in load_scenario(name).targets:
            window = f"{target.window[0]}–{target.window[1]}"
            measure = f"{target.aggregate} of `{target.outcome}`"
            reported = f"{target.relation} {number(target.reported)}"
            rows.append((target.id, measure, window, reported, target.definition_en, target.filter_en or "–"))
    return table(("target", "measured as", "months", "reported", "our definition", "reporting filter"), rows)


def headers() -> str:
    """Headers that the ledger of compounds understands."""
    return table(("field", "accepted headers"), [(f"`{name}`", "、".join(words)) for name, words in HEADERS.items()])


def unchecked() -> str:
    """The patterns that no check runs."""
    checked = {name.partition("-")[0] for name in CHECKS}
    without = [pattern for pattern in PATTERNS if pattern not in checked]
    return f"Patterns without a check of their own: {', '.join(without) or 'none'}.\n"


GENERATED: dict[str, Callable[[], str]] = {
    **{f"columns {name}": partial(columns, name) for name in TABLES},
    **{f"parameters {name}": partial(parameters, name) for name in sections() if name != "levers"},
    "parameters levers": grades,
    "mechanisms": mechanisms,
    "outcomes": outcomes,
    "purposes": purposes,
    "ranges": ranges,
    "targets": targets,
    "ledger headers": headers,
    "unchecked patterns": unchecked,
}
"""What each generated block holds, by its name."""


def generated(text: str) -> tuple[str, list[str]]:
    """The text with every block written anew, and the names of those that changed.

    Raises:
        KeyError: if a block has a name that nothing generates.
    """
    changed: list[str] = []

    def renew(block: re.Match[str]) -> str:
        fresh = GENERATED[block["name"]]()
        if fresh != block["text"]:
            changed.append(block["name"])
        return f"{block[1]}{fresh}{block[4]}"

    return BLOCK.sub(renew, text), changed


def main() -> None:
    """Rewrite the blocks of ODD.md in place."""
    text, changed = generated(ODD.read_text(encoding="utf-8"))
    ODD.write_text(text, encoding="utf-8")
    for name in changed or ["nothing"]:
        print("changed:", name)


if __name__ == "__main__":
    main()
