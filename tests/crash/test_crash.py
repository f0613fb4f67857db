"""A few harms of every kind in CI; `python -m tests.crash` does as many as one likes."""

import subprocess
import sys
from collections import Counter

import pytest
from tests.crash.__main__ import DASK, undone


def test_trials_that_harm_nothing_are_no_success() -> None:
    harmed, idle = Counter({"harms": 3, "workers killed": 1}), Counter({"sweeps": 40, "identical": 40})
    assert undone({"commit points": harmed, "flips and cuts": harmed, DASK: harmed}) == []
    assert undone({"commit points": idle, "flips and cuts": harmed}) == ["commit points: nothing was harmed"]
    assert len(undone({DASK: idle})) == 2
    assert undone({DASK: Counter({"harms": 20})}) == [f"{DASK}: no worker was killed; give more --cluster-kills"]


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
