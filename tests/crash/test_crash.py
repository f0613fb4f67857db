"""A few harms of every kind in CI; `python -m tests.crash` does as many as one likes."""

import subprocess
import sys

import pytest


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for left-over processes in /proc")
def test_harmed_sweeps_end_as_unharmed_ones() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash", "--kills", "3", "--flips", "150", "--every", "96"],
        capture_output=True,
        text=True,
        check=False,
        timeout=1_200,
    )
    assert done.returncode == 0, done.stdout + done.stderr
