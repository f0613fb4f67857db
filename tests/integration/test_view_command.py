"""`xiaoqu view` before it serves anything: what is wrong is said at once, in the words of the other commands."""

from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from xiaoqu_lab.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

EXTRA = ("solara", "solara_assets", "uvicorn")


@pytest.fixture
def view(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command without its libraries: whatever is refused here is refused before anything starts."""
    for name in EXTRA:
        monkeypatch.setitem(sys.modules, name, None)

    def called(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["view", *arguments])

    return called


def test_the_missing_libraries_are_said_with_the_remedy(view: Callable[..., Result]) -> None:
    for lang in ("en", "zh"):
        result = view("hengdong", "--lang", lang)
        assert result.exit_code == 2
        assert "uv run --extra view xiaoqu" in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["hengdon"], "hengdong"),
        (["--set", "levers.triagee=off"], "levers.triage"),
        (["--set", "levers.triage"], "--set"),
        (["--set", "levers.triage=7"], "levers.triage"),
        (["--seed", "-1"], "--seed"),
        (["--seed", str(2**64)], "--seed"),
        (["--port", "70000"], "--port"),
        (["--port", "http"], "--port"),
        (["--prot", "8000"], "--port"),
    ],
)
def test_bad_input_is_refused(view: Callable[..., Result], arguments: list[str], said: str) -> None:
    result = view(*arguments)
    assert result.exit_code == 2
    assert said in result.output
    assert "uv run --extra" not in result.output, "the input comes first"
    assert "Traceback" not in result.output


def test_messages_are_those_of_run(view: Callable[..., Result]) -> None:
    wrong = ["hengdong", "--set", "levers.triage=7", "--set", "payment.habbit=1", "--seed", "x"]
    expected = CliRunner().invoke(main, ["run", *wrong])
    assert view(*wrong).output == expected.output


def test_a_mode_of_ones_own_is_run_before_anything_starts(view: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("raise ValueError('not yet')", "utf-8")
    text = '[scenario]\nname = "mine"\nextends = "hengdong"\n\n[modes.mine]\nfile = "mine.py"\n'
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    result = view(str(tmp_path / "mine.toml"))
    assert result.exit_code == 2
    assert "ValueError: not yet" in result.output
    assert "Traceback" not in result.output


def test_a_taken_port_is_said_with_the_remedy() -> None:
    pytest.importorskip("solara")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(main, ["view", "--port", str(port), "--no-browser"])
    assert result.exit_code == 2
    assert str(port) in result.output
    assert "--port" in result.output
    assert "Traceback" not in result.output
