"""What a user may get wrong in a mode of one's own: said by file and line, with a remedy, exit 2, no traceback."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.integration.beginnings import OWN_SCENARIO

from xiaoqu import District, InputError, load_scenario
from xiaoqu_lab.cli import main

CODE = """from xiaoqu.modes import Mode

class Mine(Mode):
    name = "mine"
    title_en = "My own way"
    title_zh = "自创模式"
    driver = "nobody"
    defaults = Mode.defaults | {"largest": 50, "share": 1}

    def obstacle(self, district, row):
        return ""

    def adopt(self, district, row):
        district.change_mode(row, self)
        return True
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


def write(code: str = CODE, more: str = "") -> None:
    Path("scenario.toml").write_text(OWN_SCENARIO + more, "utf-8")
    Path("mine.py").write_text(code, "utf-8")


def xiaoqu(*args: str) -> Result:
    return CliRunner().invoke(main, [*args])


def refused(*args: str) -> str:
    result = xiaoqu(*args)
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.stderr
    return result.stderr


# The section: what stands on line 8, where it is said, what is said in both languages.
SECTIONS = {
    "text for a number": ('flat_fee = "abc"', "a number is needed", "须为数"),
    "never a bill": ("billing = 0", "at least 1", "不得小于 1"),
    "half a month": ("billing = 1.5", "a whole number is needed", "须为整数"),
    "not a switch": ("enabled = 1", "true or false", "true 或 false"),
    "a share above one": ("public_use = 30", "0.3", "0.3"),
    "too dear": ("fee = 11.0", "at most 10", "不得大于 10"),
    "nobody knows it": ("nonsense = 3", "take it away, or name it in the class", "请去掉"),
    "nearly known": ("larges = 3", "did you mean largest?", "是不是 largest？"),
    "own number as text": ('largest = "many"', "a number is needed", "须为数"),
}


@pytest.mark.parametrize("name", SECTIONS)
@pytest.mark.parametrize("command", ["check", "run"])
def test_a_wrong_section_is_refused_by_line(name: str, command: str) -> None:
    line, en, zh = SECTIONS[name]
    write(more=line + "\n")
    args = ["."] if command == "check" else [".", "--months", "1", "--replicates", "0"]
    said = refused(command, *args)
    assert "scenario.toml, line 8, modes.mine." in said
    assert en in said
    assert zh in refused(command, *args, "--lang", "zh")


def test_what_class_and_mode_know_is_accepted() -> None:
    write(more="largest = 20\nshare = 0.5\nfee = 1\nbilling = 12\n")
    assert xiaoqu("check", ".").exit_code == 0
    district = District(load_scenario("."), rng=1)
    assert district.modes[1].numbers["share"] == 0.5


# The file: what is replaced by what; line, rule and remedy that are said.
FILES = {
    "syntax": ("def obstacle(self, district, row):", "def obstacle(self, district, row)", 10, "expected ':'", "mend"),
    "other name": ('name = "mine"', 'name = "others"', 4, "[modes.mine]", 'name = "mine"'),
    "shipped name": ('name = "mine"', 'name = "council"', 4, "[modes.mine]", 'name = "mine"'),
    "no name": ('    name = "mine"\n', "", 3, "[modes.mine]", 'name = "mine"'),
    "driver": ('driver = "nobody"', 'driver = "magic"', 7, "none of the possible", '"crew"'),
    "no obstacle": ("def obstacle", "def obstacles", 3, "obstacle", "def obstacle(self, district, row)"),
    "no adopt": ("def adopt", "def adopts", 3, "adopt", "def adopt(self, district, row)"),
    "too few arguments": ("def adopt(self, district, row)", "def adopt(self, row)", 13, "row", "def adopt(self,"),
    "no subclass": ("class Mine(Mode):", "class Mine:", None, "no subclass of Mode", "own_mode.md"),
    "defaults": ('Mode.defaults | {"largest": 50, "share": 1}', "[1]", 8, "defaults is a dict", "largest"),
    "cannot be imported": ("from xiaoqu.modes import Mode", "import no_such_thing", 1, "ModuleNotFoundError", "mend"),
    "raises": ('    driver = "nobody"', "    driver = 1 / 0", 7, "ZeroDivisionError: division by zero", "mend"),
    "exits": ('    driver = "nobody"', "    raise SystemExit(3)", 7, "SystemExit: 3", "mend"),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("command", ["check", "run"])
def test_a_wrong_file_is_refused_by_line(name: str, command: str) -> None:
    old, new, line, rule, remedy = FILES[name]
    assert old in CODE
    write(CODE.replace(old, new))
    args = ["."] if command == "check" else [".", "--months", "1", "--replicates", "0"]
    said = refused(command, *args)
    assert ("mine.py, line " + str(line) if line else "mine.py") in said
    assert rule in said.partition("remedy:")[0]
    assert remedy in said.partition("remedy:")[2]
    assert refused(command, *args, "--lang", "zh") != said


@pytest.mark.parametrize("method", ["obstacle", "adopt"])
def test_what_fails_during_a_run_is_one_message(method: str) -> None:
    body = '        return ""' if method == "obstacle" else "        district.change_mode(row, self)"
    write(CODE.replace(body, '        return {}["size"]'))
    said = refused("run", ".", "--months", "12", "--replicates", "0", "--out", "out")
    assert f"mine.py, line {11 if method == 'obstacle' else 14}" in said
    assert "KeyError: 'size'" in said
    assert 'return {}["size"]' in said
    assert not Path("out").exists()
    assert "这一行出错" in refused("why", ".", "--compound", "0", "--lang", "zh")


def test_what_fails_elsewhere_stays_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ArithmeticError("a fault of the model")

    write()
    monkeypatch.setattr(District, "step", fail)
    result = xiaoqu("run", ".", "--months", "1", "--replicates", "0")
    assert isinstance(result.exception, ArithmeticError)


def test_loading_a_scenario_runs_no_code() -> None:
    write("raise SystemExit('it ran')")
    scenario = load_scenario(".")
    with pytest.raises(InputError, match="it ran"):
        District(scenario, rng=1)


def test_a_file_does_not_replace_a_shipped_mode() -> None:
    write(CODE + '\nclass Other(Mode):\n    name = "council"\n')
    District(load_scenario("."), rng=1)
    assert District(load_scenario("hengdong"), rng=1).digest()


def test_its_title_is_shown_wherever_the_mode_is() -> None:
    write()
    for lang, title in (("en", "My own way"), ("zh", "自创模式")):
        assert title in xiaoqu("check", ".", "--lang", lang).stdout
        run = xiaoqu("run", ".", "--replicates", "0", "--lang", lang, "--out", f"out_{lang}")
        assert title in run.stdout
        assert title in Path(f"out_{lang}/figures/adoption.svg").read_text("utf-8")
        why = xiaoqu("why", ".", "--compound", "0", "--lang", lang).stdout
        assert why.count(title) >= 2, "in the steps and in the summary"
    assert "My own way" in Path("out_en/dictionary.csv").read_text("utf-8")
