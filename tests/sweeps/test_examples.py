"""The scripts in docs/examples/questions run, each with two replicates."""

import subprocess
import sys
from pathlib import Path

import pytest

from xiaoqu_lab.sweeps.design_reading import named_designs

QUESTIONS = sorted((Path(__file__).parents[2] / "docs" / "examples" / "questions").glob("*.py"))


def test_every_design_has_a_script() -> None:
    assert {path.stem for path in QUESTIONS} == {*named_designs(), "calibration"}


@pytest.mark.slow
@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_a_question_is_answered(path: Path, tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, str(path), "2"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 4
