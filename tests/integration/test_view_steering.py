"""What the page may ask for, and what it is told of parameters. No browser needed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from unittest.mock import Mock

import pytest
from tests.integration.beginnings import OWN_SCENARIO, begun

from xiaoqu.errors import InputError
from xiaoqu_lab.view.launch import launched
from xiaoqu_lab.view.plan import Plan
from xiaoqu_lab.view.uploads import Uploads

if TYPE_CHECKING:
    from pathlib import Path

solara = pytest.importorskip("solara")
from xiaoqu_lab.view import steering  # noqa: E402 - it is drawn with Solara


def test_the_page_names_no_file(tmp_path: Path) -> None:
    """Whatever it sends: what is not offered there is refused, and nothing of it is run or read."""
    (tmp_path / "mine.py").write_text("raise SystemExit('was run')", "utf-8")
    (tmp_path / "scenario.toml").write_text(OWN_SCENARIO, "utf-8")
    session = begun()
    plan = Plan(session)
    for asked in (
        {"do": "set", "key": "modes.mine.file", "value": str(tmp_path / "mine.py")},
        {"do": "set", "key": "places.ledger", "value": str(tmp_path / "mine.py")},
        {"do": "scenario", "value": str(tmp_path)},
        {"do": "scenario", "value": str(tmp_path / "scenario.toml")},
    ):
        with pytest.raises(InputError) as caught:
            steering._do(session, plan, asked)
        assert [problem.code for problem in caught.value.problems] in (["page_file"], ["page_scenario"])
        assert caught.value.render("en") != caught.value.render("zh")
    assert plan.differences() == []
    steering._do(session, plan, {"do": "scenario", "value": launched().scenario})
    steering._do(session, plan, {"do": "scenario", "value": "my_street"})
    assert [item.key for item in plan.differences()] == ["scenario"]


def test_parameters_are_put_into_words_only_when_something_of_them_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred kilobytes of words, and a frame every tenth of a second."""
    session = begun()
    plan, uploads, told = Plan(session), Uploads(), Mock(side_effect=steering._parameters)
    monkeypatch.setattr(steering, "_parameters", told)
    page = partial(steering.Steering, session, plan, uploads, "parameters")
    _, context = solara.render(page(0), handle_error=False)
    try:
        context.render(page(1))
        assert told.call_count == 1
        plan.set("a", "payment.habit", "1.25")
        context.render(page(2))
        session.choose(lang="zh")
        context.render(page(3))
        context.render(page(4))
        assert [call.args[2] for call in told.call_args_list] == ["en", "en", "zh"]
    finally:
        context.close()
        uploads.close()
