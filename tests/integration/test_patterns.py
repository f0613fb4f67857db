"""Stylised facts that the model reproduces with a wide margin, on seeds that calibration did not use.

Patterns that hold on some seeds only, or not at all, are left to the report (`python -m xiaoqu_lab.patterns`).
"""

import pytest

from xiaoqu_lab.patterns import CHECKS, Pattern, run_all
from xiaoqu_lab.patterns.__main__ import main

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


FOUND = {
    "P1": Pattern("P1", "One thing", "甲", True, {"share": 0.25}, "a quarter"),
    "P2": Pattern("P2", "Another", "乙", False, {"share": 0.5}, "more than half"),
}


@pytest.fixture
def pretend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xiaoqu_lab.patterns.__main__.run_all", lambda _scale, only, *_: [FOUND[only[0]]])


@pytest.mark.usefixtures("pretend")
def test_one_line_a_pattern_and_the_misses_by_id(capsys: pytest.CaptureFixture[str]) -> None:
    main(["P1", "P2", "--lang", "en"])
    shown = capsys.readouterr()
    assert shown.out.splitlines() == [
        "held      P1           One thing",
        "not held  P2           Another",
        "1 of 2 hold.",
        "Not held: P2",
    ]
    assert shown.err.splitlines() == ["1 of 2: P1", "2 of 2: P2"]
    main(["P1", "P2", "--lang", "zh"])
    assert "不成立  P2           乙\n2 项中 1 项成立。\n不成立：P2" in capsys.readouterr().out


@pytest.mark.usefixtures("pretend")
def test_details_are_shown_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    main(["P2", "--lang", "en"])
    assert "more than half" not in capsys.readouterr().out
    main(["P2", "--details", "--lang", "en"])
    shown = capsys.readouterr().out
    assert "measured:  share 0.5" in shown
    assert "criterion: more than half" in shown
