"""What a visitor of the view brings: the messages of the command line, and no reach beyond the files brought."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from xiaoqu import District, load_scenario
from xiaoqu.errors import InputError
from xiaoqu.roster import roster_template
from xiaoqu_lab.cli import main
from xiaoqu_lab.view.uploads import LARGEST, Uploads

if TYPE_CHECKING:
    from collections.abc import Iterator

SCENARIO = '[scenario]\nname = "mine"\nextends = "hengdong"\n\n[levers]\ntriage = "off"\n'


@pytest.fixture
def uploads() -> Iterator[Uploads]:
    brought = Uploads()
    yield brought
    brought.close()


def refusal(attempt: object, *arguments: object) -> InputError:
    with pytest.raises(InputError) as caught:
        attempt(*arguments)  # type: ignore[operator]
    return caught.value


def test_a_scenario_is_read(uploads: Uploads) -> None:
    assert uploads.read_scenario(SCENARIO.encode(), "mine.toml") == load_scenario("hengdong", {"levers.triage": "off"})


def test_a_ledger_takes_the_place_of_the_compounds(uploads: Uploads) -> None:
    scenario = uploads.read_ledger(roster_template().encode("gb18030"), "台账.csv", load_scenario("shaoshan"))
    names = [compound.name for compound in District(scenario, rng=1).compounds]
    assert names == ["桂花苑", "江畔家园"]
    assert scenario["levers.triage"] == load_scenario("shaoshan")["levers.triage"]


def test_a_scenario_names_a_ledger_brought_before_it(uploads: Uploads) -> None:
    text = SCENARIO + '\n[places]\nledger = "台账.csv"\n'
    assert "台账.csv" in refusal(uploads.read_scenario, text.encode(), "mine.toml").render("zh")
    uploads.read_ledger(roster_template().encode(), "台账.csv", load_scenario("hengdong"))
    assert len(uploads.read_scenario(text.encode(), "mine.toml").ledger or ()) == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("wrong.toml", SCENARIO + "tirage = 0.5\npatrols = 7\n"),
        ("broken.toml", "[scenario\n"),
        ("wrong.csv", "小区名称,户数\n桂花苑,-3\n,12\n"),
        ("empty.csv", ""),
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_messages_are_those_of_the_command_line(
    uploads: Uploads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, lang: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(text, "utf-8")
    said = CliRunner().invoke(main, ["check", name, "--lang", lang])
    assert said.exit_code == 2
    if name.endswith(".toml"):
        error = refusal(uploads.read_scenario, text.encode(), name)
    else:
        error = refusal(uploads.read_ledger, text.encode(), name, load_scenario("hengdong"))
    assert error.render("zh" if lang == "zh" else "en") == said.output.strip()


def test_messages_name_no_folder_of_ours(uploads: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the folder is inside the current one, and files are named from there."""
    for here in (Path.cwd(), uploads.folder.parent):
        monkeypatch.chdir(here)
        text = SCENARIO + '\n[places]\nledger = "absent.csv"\n'
        assert uploads.folder.name not in refusal(uploads.read_scenario, text.encode(), "mine.toml").render()
        broken = refusal(uploads.read_ledger, b"\xff\xfe", "ledger.csv", load_scenario("hengdong"))
        assert uploads.folder.name not in broken.render()


def test_it_brings_no_code(uploads: Uploads, tmp_path: Path) -> None:
    """The file that it names is not run, and neither is one that was brought under the ending of a ledger."""
    trap = tmp_path / "trap.py"
    trap.write_text("raise SystemExit('was run')", "utf-8")
    uploads.read_ledger(roster_template().encode(), "trap.py", load_scenario("hengdong"))
    for file in (str(trap), "trap.py"):
        text = SCENARIO + f'\n[modes.trap]\nfile = "{file}"\n'
        error = refusal(uploads.read_scenario, text.encode(), "mine.toml")
        assert [problem.code for problem in error.problems] == ["upload_runs_code"]
        assert error.problems[0].line == 9
        assert error.problems[0].key == "modes.trap.file"


def test_it_reaches_no_other_file(uploads: Uploads, tmp_path: Path) -> None:
    ledger = tmp_path / "compounds.csv"
    ledger.write_text(roster_template(), "utf-8")
    text = SCENARIO + f'\n[places]\nledger = "{ledger}"\n'
    error = refusal(uploads.read_scenario, text.encode(), "mine.toml")
    assert [problem.code for problem in error.problems] == ["upload_elsewhere"]


def test_what_it_extends_elsewhere_is_refused_and_not_told(uploads: Uploads, tmp_path: Path) -> None:
    """Neither what a file elsewhere holds, nor what a ledger there holds, shows in the messages."""
    (tmp_path / "secret.toml").write_text('[scenario]\nname = "s"\n[db]\npassword = "hunter2"\n', "utf-8")
    (tmp_path / "secret.csv").write_text("hunter2,password\nhunter2,1\n", "utf-8")
    (tmp_path / "good.toml").write_text('[scenario]\nname = "s"\n[places]\nledger = "secret.csv"\n', "utf-8")
    (tmp_path / "chain.toml").write_text('[scenario]\nname = "password"\nextends = "secret.toml"\n', "utf-8")
    for file in ("secret.toml", "good.toml", "chain.toml", "absent.toml"):
        text = f'[scenario]\nname = "mine"\nextends = "{tmp_path / file}"\n[levers]\ntirage = 1.0\n'
        error = refusal(uploads.read_scenario, text.encode(), "mine.toml")
        codes = {problem.key: problem.code for problem in error.problems}
        assert codes.keys() == {"scenario.extends", "levers.tirage"}
        assert codes["scenario.extends"] == ("no_scenario" if file == "absent.toml" else "upload_elsewhere")
        for told in (error.render("en"), error.render("zh")):
            assert "password" not in told
            assert "secret" not in told or file == "secret.toml"
    ledger = SCENARIO + f'\n[places]\nledger = "{tmp_path / "secret.csv"}"\n'
    error = refusal(uploads.read_scenario, ledger.encode(), "mine.toml")
    assert [problem.code for problem in error.problems] == ["upload_elsewhere"]
    assert "hunter2" not in error.render()


def test_it_extends_a_shipped_scenario_or_one_brought_before(uploads: Uploads) -> None:
    uploads.read_scenario(SCENARIO.encode(), "first.toml")
    text = '[scenario]\nname = "second"\nextends = "first.toml"\n'
    assert uploads.read_scenario(text.encode(), "second.toml")["levers.triage"] == 0.0


def test_a_file_brought_again_changes_nothing_that_runs(uploads: Uploads) -> None:
    """The newest of a name is what a scenario finds that is brought later."""
    whole = roster_template()
    one = "\n".join(whole.splitlines()[:2])
    scenario = uploads.read_ledger(whole.encode(), "ledger.csv", load_scenario("hengdong"))
    uploads.read_ledger(one.encode(), "ledger.csv", load_scenario("hengdong"))
    assert len(scenario.with_overrides({"levers.patrols": "off"}).ledger or ()) == 2
    named = SCENARIO + '\n[places]\nledger = "ledger.csv"\n'
    later = uploads.read_scenario(named.encode(), "mine.toml")
    assert len(later.ledger or ()) == 1
    uploads.read_ledger(whole.encode(), "ledger.csv", load_scenario("hengdong"))
    assert len(later.with_overrides({"levers.patrols": "off"}).ledger or ()) == 1


@pytest.mark.parametrize("name", ["../../mine.toml", "..\\..\\mine.toml", "/etc/mine.toml"])
def test_folders_in_a_name_are_dropped(uploads: Uploads, name: str) -> None:
    uploads.read_scenario(SCENARIO.encode(), name)
    assert [path.name for path in uploads.folder.rglob("*") if path.is_file()] == ["mine.toml"]


@pytest.mark.parametrize("name", ["", "..", "a\x00.toml", "区" * 80 + ".toml"])
def test_names_that_cannot_be_kept(uploads: Uploads, name: str) -> None:
    assert refusal(uploads.read_scenario, SCENARIO.encode(), name).problems[0].code == "upload_name"
    assert not [*uploads.folder.iterdir()]


def test_too_large_is_refused_unread(uploads: Uploads) -> None:
    error = refusal(uploads.read_ledger, b"x" * (LARGEST + 1), "large.csv", load_scenario("hengdong"))
    assert [problem.code for problem in error.problems] == ["file_too_large"]
    assert not [*uploads.folder.iterdir()]


def test_files_go_when_the_visitor_goes(uploads: Uploads) -> None:
    uploads.read_scenario(SCENARIO.encode(), "mine.toml")
    uploads.close()
    assert not uploads.folder.exists()
