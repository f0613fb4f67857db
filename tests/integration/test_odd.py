"""model/ODD.md is true to the code: schedule, agenda, generated tables, files, the 44 mechanisms."""

from __future__ import annotations

import io
import re
import tokenize
from typing import TYPE_CHECKING

import pytest
from tests import odd

from xiaoqu import load_scenario
from xiaoqu.governance.meetings import HANDLERS
from xiaoqu.schedule import SCHEDULE

if TYPE_CHECKING:
    from pathlib import Path

TEXT = odd.ODD.read_text(encoding="utf-8")


def section(number: int) -> str:
    """The text of one top section."""
    return TEXT.split(f"\n## {number} ")[1].split(f"\n## {number + 1} ")[0]


def numbered(text: str) -> list[str]:
    """The bold names of a numbered list, in order."""
    return re.findall(r"^\d+\. \*\*(\w+)\*\*", text, flags=re.MULTILINE)


def test_schedule_and_agenda_are_those_of_the_code() -> None:
    assert numbered(section(3)) == [phase.name for phase in SCHEDULE] + list(HANDLERS)


def test_generated_tables_are_up_to_date() -> None:
    _, changed = odd.generated(TEXT)
    assert not changed, "run: uv run python -m tests.odd"
    assert odd.MISSING not in TEXT


def test_every_part_of_the_baseline_is_described() -> None:
    blocks = {match["name"] for match in odd.BLOCK.finditer(TEXT)}
    assert {f"parameters {name}" for name in odd.sections()} <= blocks


@pytest.mark.parametrize("mechanism", odd.MECHANISMS)
def test_every_mechanism_has_lever_file_and_test(mechanism: str) -> None:
    (row,) = [line for line in section(8).splitlines() if line.startswith(f"| {mechanism} |")]
    lever = odd.lever_of(mechanism)
    assert lever is not None
    assert f"`{lever.key}`" in row
    assert (odd.REPOSITORY / lever.file).is_file()
    assert odd.test_of(lever)


def test_every_file_named_exists() -> None:
    named = set(re.findall(r"\]\(([^)#\s]+?)\)", TEXT))  # a link has no blank, an equation has
    files = {path for path in named if not path.startswith("http")}
    assert files
    for path in files:
        assert (odd.ODD.parent / path).resolve().exists(), path


SUBMODELS = {part.partition("\n")[0]: part for part in section(7).split("\n### ")[1:]}
DECIMAL = re.compile(r"(?<![\d.])\d+\.\d+(?![\d.])")


def words_of_code(path: Path) -> str:
    """A file without its comments and texts, which may be as stale as what is checked."""
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline)
    return " ".join(token.string for token in tokens if token.type not in (tokenize.COMMENT, tokenize.STRING))


@pytest.mark.parametrize("name", SUBMODELS)
def test_numbers_of_a_submodel_stand_in_its_code_or_in_a_generated_table(name: str) -> None:
    """A number changed in a rule and not here is noticed; prose has none that could grow stale."""
    text = odd.BLOCK.sub("", SUBMODELS[name]).replace(name, "")
    code = " ".join(words_of_code(odd.ODD.parent / link) for link in re.findall(r"\]\((xiaoqu/[^)]+\.py)\)", text))
    assert code
    equations = "".join(re.findall(r"```text\n(.*?)```", text, flags=re.DOTALL))
    assert set(DECIMAL.findall(equations)) <= set(DECIMAL.findall(code))
    prose = re.sub(r"```text\n.*?```|[Ee]vidence [\d.,\s]+|[(, ]7\.\d+", " ", text, flags=re.DOTALL)
    assert not DECIMAL.findall(prose)


DEPENDENT = re.compile(
    r"^(the same|its|that|more of it|the rest|which|until|after)\b|\b(of|beyond|part of) that\b|\blowers? it\b"
)


def test_the_meaning_of_a_parameter_stands_alone() -> None:
    """Tables, reports and the page show it without the line above it."""
    entries = load_scenario("baseline").baseline.entries
    assert not [f"{key}: {entry.en}" for key, entry in entries.items() if DEPENDENT.search(entry.en)]
    assert all(entry.zh for entry in entries.values())


def test_its_limits_are_named() -> None:
    assert "What this model cannot tell you" in TEXT
