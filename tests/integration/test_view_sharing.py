"""The address that restores what is seen, and the files that reproduce it on the command line. No browser needed."""

from __future__ import annotations

import csv
import io
import json
import shlex
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pandas as pd
import pytest

from xiaoqu import load_scenario
from xiaoqu.errors import InputError
from xiaoqu_lab.view import saving
from xiaoqu_lab.view.launch import Launch
from xiaoqu_lab.view.session import Run, Session
from xiaoqu_lab.view.sharing import read_link, written_link

if TYPE_CHECKING:
    from pathlib import Path

SMALL = {"places.compounds": "4", "places.households": "160", "calendar.spin_up": "12"}
CHIEFS = "levers.neighbour_chiefs"


def begun(months: int = 0) -> Session:
    session = Session(load_scenario("hengdong"), 5, "en", lambda: None, SMALL, "hengdong")
    for _ in range(months):
        session.step()
    return session


def restored(search: str, launch: Launch | None = None) -> Session:
    session = Session.following(read_link(search, launch or Launch()), lambda: None)
    while session.playing:
        session.tick(1.0)
    return session


# The address


def test_a_link_restores_scenario_seed_month_changes_second_run_language_and_open_compound() -> None:
    session = begun(4)
    session.change(CHIEFS, "0.5")
    session.step()
    session.compare()
    while session.playing:
        session.tick(1.0)
    session.change("levers.patrols", "off")
    session.step()
    session.jump(2)
    session.choose(lang="zh")
    session.open(3, 17)
    there = restored(written_link(session, session.origin))
    assert [run.digest() for run in there.runs] == [run.digest() for run in session.runs]
    assert (there.shown, there.a.newest, there.a.seed, there.lang) == (2, 5, 5, "zh")
    assert (there.compound, there.household) == (3, 17)
    assert [run.changes for run in there.runs] == [run.changes for run in session.runs]
    assert written_link(there, there.origin) == written_link(session, session.origin)


def test_a_bare_address_is_what_the_page_was_started_with() -> None:
    launch = Launch("hengdong", {**SMALL, CHIEFS: "off"}, 9, "zh")
    session = restored("", launch)
    assert (session.a.seed, session.lang, session.shown, session.a.scenario[CHIEFS]) == (9, "zh", -1, 0.0)
    # Where the changes were taken back the address says so.
    assert restored("?set=", launch).a.changes == {}


def test_back_and_forward_move_within_the_same_runs() -> None:
    session = begun(6)
    here = written_link(session, session.origin)
    run = session.a
    session.open(2)
    session.follow(read_link(here, Launch()))
    assert session.a is run
    assert (session.compound, session.shown) == (None, 5)
    session.follow(read_link(here.replace("month=5", "newest=5&month=1") + "&compound=2", Launch()))
    assert session.a is run
    assert (session.compound, session.shown) == (2, 1)


def test_the_way_back_leads_through_changes_made_since() -> None:
    """What was steered on the way is not thrown away by the browser's button."""
    session = begun(6)
    here = written_link(session, session.origin)
    session.open(2)
    session.change("levers.patrols", "off")
    session.step()
    run = session.a
    session.choose(lang="zh")
    session.follow(read_link(here, Launch()))
    assert session.a is run
    assert (session.compound, session.shown, session.a.newest, session.lang) == (None, 5, 6, "en")
    assert "levers.patrols@6" in session.a.changes


def test_an_address_of_other_runs_restarts_them() -> None:
    session = begun(3)
    query = urlencode([("seed", 8), ("month", 1), *(("set", f"{key}={value}") for key, value in SMALL.items())])
    session.follow(read_link(query, Launch()))
    while session.playing:
        session.tick(1.0)
    assert (session.a.seed, session.a.newest) == (8, 1)


@pytest.mark.parametrize(
    ("search", "code"),
    [
        ("scenario=/etc/passwd", "link_scenario"),
        ("scenario=../baseline.toml", "link_scenario"),
        ("set=places.ledger=/etc/passwd", "link_file"),
        ("set=modes.mine.file=/tmp/mine.py", "link_file"),
        ("b=places.ledger=x.csv", "link_file"),
        ("seed=-1", "not_whole"),
        ("seed=1e9", "not_whole"),
        ("month=1200", "not_whole"),
        ("compound=x", "not_whole"),
        ("set=nonsense", "set_form"),
    ],
)
def test_an_address_reads_no_file_and_is_refused_in_the_words_of_the_command_line(search: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read_link("?" + search, Launch())
    assert [problem.code for problem in caught.value.problems] == [code]
    for lang in ("en", "zh"):
        assert caught.value.render("zh" if lang == "zh" else "en")


def test_a_file_that_the_page_was_started_with_may_be_named_again_but_no_other_in_its_place(tmp_path: Path) -> None:
    for name in ("good", "other"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('was run')", "utf-8")
    launch = Launch("hengdong", {"modes.mine.file": str(tmp_path / "good.py")})
    for way in ("set", "b"):
        assert read_link("?" + urlencode([(way, f"modes.mine.file={tmp_path / 'good.py'}")]), launch)
        with pytest.raises(InputError) as caught:
            read_link("?" + urlencode([(way, f"modes.mine.file={tmp_path / 'other.py'}")]), launch)
        assert [problem.code for problem in caught.value.problems] == ["link_file"]


def test_a_month_beyond_the_newest_is_simulated_up_to() -> None:
    query = urlencode([("newest", 1), ("month", 5), *(("set", f"{key}={value}") for key, value in SMALL.items())])
    session = restored("?" + query)
    assert (session.shown, session.a.newest) == (5, 5)
    assert session.a.recorded(session.shown).shape[1] == 4


def test_back_and_forward_work_with_a_scenario_of_ones_own_but_no_link_to_it() -> None:
    session = begun(3)
    session.origin = ""
    run = session.a
    here = written_link(session, session.origin)
    session.open(2)
    session.follow(read_link(here, Launch(), session.a.base))
    assert (session.a, session.compound) == (run, None)
    with pytest.raises(InputError) as caught:
        read_link(here, Launch())
    assert [problem.code for problem in caught.value.problems] == ["link_own"]


def test_wrong_values_in_an_address_are_refused_with_the_scenarios_own_messages() -> None:
    with pytest.raises(InputError) as caught:
        Session.following(read_link("?set=places.vacancy=3&set=payment.habbit=1", Launch()), lambda: None)
    assert sorted(problem.key for problem in caught.value.problems) == ["payment.habbit", "places.vacancy"]


def test_a_compound_that_is_not_there_is_not_opened() -> None:
    assert restored("?" + urlencode([("set", f"{k}={v}") for k, v in SMALL.items()]) + "&compound=99").compound is None


# The files


def run_by_hand(line: str, folder: Path) -> dict[str, object]:
    """The line that the page shows, run as it stands."""
    program, *arguments = shlex.split(line)
    assert program == "xiaoqu"
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "xiaoqu_lab", *arguments], cwd=folder, capture_output=True, check=True, text=True
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_the_saved_scenario_and_the_line_shown_give_the_same_digest(tmp_path: Path) -> None:
    session = begun(3)
    session.change(CHIEFS, "0.5")
    for _ in range(3):
        session.step()
    session.change("levers.patrols", "off")
    session.change(CHIEFS, "on")
    session.step()
    name = saving.stem(session.a, "a", two=False)
    saved = saving.scenario(session.a, name)
    (tmp_path / saved.name).write_bytes(saved.data)
    found = run_by_hand(saving.command(session.a, name), tmp_path)
    assert found["digest"] == session.a.digest()
    assert (found["seed"], found["months"]) == (5, 7)


def test_a_run_with_a_ledger_is_saved_with_it(tmp_path: Path) -> None:
    run = Run(load_scenario("my_street"), {"calendar.spin_up": "12"}, 2)
    for _ in range(2):
        run.step()
    name = saving.stem(run, "a", two=False)
    saved = saving.scenario(run, name)
    with zipfile.ZipFile(io.BytesIO(saved.data)) as archive:
        archive.extractall(tmp_path)
    assert run_by_hand(saving.command(run, name), tmp_path)["digest"] == run.digest()


def test_the_table_has_every_outcome_and_no_formula() -> None:
    session = begun(3)
    saved = saving.table(session.a, "name")
    table = pd.read_csv(io.BytesIO(saved.data), encoding="utf-8-sig")
    pd.testing.assert_frame_equal(table, session.a.district.outcomes(), check_dtype=False)
    rows = list(csv.reader(io.StringIO(saved.data.decode("utf-8-sig"))))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@", "\t"))]


def test_before_the_first_month_the_table_has_heads_and_no_rows() -> None:
    table = pd.read_csv(io.BytesIO(saving.table(begun().a, "name").data), encoding="utf-8-sig")
    assert list(table.columns) == list(begun(1).a.district.outcomes().columns)
    assert len(table) == 0


def test_pictures_are_saved_as_seen() -> None:
    session = begun(3)
    session.choose(state="trust")
    assert "Trust" in saving.map_picture(session, session.a, "name", "map").data.decode()
    session.choose(lang="zh")
    assert "满意度与信任" in saving.curves_picture(session, "name", "zh").data.decode()


def test_names_of_files_tell_the_two_runs_apart() -> None:
    session = begun(2)
    session.compare()
    while session.playing:
        session.tick(1.0)
    assert session.b is not None
    names = {saving.stem(session.a, "a", two=True), saving.stem(session.b, "b", two=True)}
    assert names == {"hengdong-seed5-months2-a", "hengdong-seed5-months2-b"}
