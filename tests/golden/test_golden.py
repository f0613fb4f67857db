"""The golden runs: if results move, this says which outcomes and by how much."""

from __future__ import annotations

import json

from tests.golden import update


def test_nothing_moved() -> None:
    lines = update.moved(json.loads(update.FILE.read_text(encoding="utf-8")), update.measured())
    assert not lines, "results moved; if that is meant: uv run python -m tests.golden.update --yes\n" + "\n".join(lines)


def test_a_moved_figure_is_told() -> None:
    before: update.Golden = {"hengdong": {"trust": 0.5, "digest": "a"}}
    assert update.moved(before, {"hengdong": {"trust": 0.25, "digest": "a"}}) == ["hengdong: trust 0.5 -> 0.25 (-0.25)"]
