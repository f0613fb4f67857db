"""Stylised facts that the model reproduces with a wide margin, on seeds that calibration did not use.

Patterns that hold on some seeds only, or not at all, are left to the report (`python -m xiaoqu_lab.patterns`).
"""

import pytest

from xiaoqu_lab.patterns import CHECKS, run_all

ROBUST = (
    "P4-control",
    "P6",
    "P7",
    "P7-control",
    "P8",
    "P9",
    "P10",
    "P11",
    "P12",
    "P14",
    "P16",
    "P18-control",
    "P26",
    "P28",
)
FRESH_SEED = 101


@pytest.mark.slow
@pytest.mark.parametrize("name", ROBUST)
def test_pattern_holds(name: str) -> None:
    (pattern,) = run_all(only=[name], first_seed=FRESH_SEED)
    assert pattern.holds, f"{pattern.criterion}: {pattern.figures}"


@pytest.mark.slow
def test_a_pattern_fails_where_its_cause_is_taken_away() -> None:
    (pattern,) = run_all(only=["P7"], overrides={"payment.peers": 0.0}, first_seed=FRESH_SEED)
    assert not pattern.holds, pattern.figures


def test_every_check_goes_by_its_own_id() -> None:
    assert set(ROBUST) <= set(CHECKS)
    with pytest.raises(KeyError):
        run_all(only=["P99"])
