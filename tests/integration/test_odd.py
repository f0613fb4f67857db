"""model/ODD.md is true to the code: schedule, agenda, generated tables, files, the 44 mechanisms."""

from __future__ import annotations

import re

import pytest
from tests import odd

from xiaoqu.governance.meetings import HANDLERS
from xiaoqu.schedule import SCHEDULE

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


@pytest.mark.parametrize("name", SUBMODELS)
def test_numbers_of_a_submodel_stand_in_its_code_or_in_a_generated_table(name: str) -> None:
    """A number changed in a rule and not here is noticed; prose has none that could grow stale."""
    text = odd.BLOCK.sub("", SUBMODELS[name]).replace(name, "")
    code = "".join(
        path.read_text(encoding="utf-8")
        for link in re.findall(r"\]\((xiaoqu/[^)]+\.py)\)", text)
        for path in [odd.ODD.parent / link]
    )
    assert code
    equations = "".join(re.findall(r"```text\n(.*?)```", text, flags=re.DOTALL))
    assert set(DECIMAL.findall(equations)) <= set(DECIMAL.findall(code))
    prose = re.sub(r"```text\n.*?```|[Ee]vidence [\d.,\s]+|[(, ]7\.\d+", " ", text, flags=re.DOTALL)
    assert not DECIMAL.findall(prose)


def test_its_limits_are_named() -> None:
    assert "What this model cannot tell you" in TEXT
