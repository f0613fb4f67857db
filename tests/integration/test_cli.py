"""The command line: what it prints, in both languages, and how it refuses."""

import json
import os
import re
import signal
import string
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

from xiaoqu import District, load_scenario, scenario_names
from xiaoqu.levers import all_levers
from xiaoqu_lab.cli import COMMANDS, main
from xiaoqu_lab.console import FEWEST, figure, sparkline, unusual
from xiaoqu_lab.simulate import FEWEST as FEWEST_REPLICATES
from xiaoqu_lab.simulate import simulate
from xiaoqu_lab.texts import COMPLAINTS, HEADINGS, TEXTS

HEAVY = ("mesa", "numpy", "pandas", "numba", "matplotlib", "rich", "pydantic")


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)


def xiaoqu(*args: str) -> Result:
    result = CliRunner().invoke(main, list(args))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def refused(*args: str) -> str:
    """What is said about bad input."""
    result = xiaoqu(*args)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr


def run_python(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, *args], capture_output=True, check=False, text=True, encoding="utf-8"
    )


# Help and language


@pytest.mark.parametrize("args", [["--help"], ["--help", "--lang", "zh"], []])
def test_help_answers_without_importing_the_world(args: list[str]) -> None:
    code = (
        "import sys\nfrom xiaoqu_lab.cli import main\n"
        f"try:\n    main({args!r})\nexcept SystemExit as end:\n    assert not end.code\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = run_python("-c", code)
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip() == "[]"
    assert all(name in done.stdout for name in COMMANDS)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_help_fits_80_columns_in_both_languages(command: list[str], lang: str) -> None:
    shown = xiaoqu(*command, "--lang", lang, "--help").stdout
    assert max(map(cell_len, shown.splitlines())) <= 80
    assert ("Usage" in shown) == (lang == "en")
    assert ("选项" in shown) == (lang == "zh")


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_help_in_chinese_has_no_english_words_and_stands_in_columns(command: list[str]) -> None:
    shown = xiaoqu(*command, "--help", "--lang", "zh").stdout
    names = {"CSV", "HTML", "JSON", "PRIM", "SLURM"}
    assert set(re.findall("(?<![0-9])[A-Z]{2,}", shown)) <= names
    assert "required" not in shown
    options = [line for line in shown.splitlines() if line.startswith("  --")]
    gaps = [re.match(r"  \S+( [^ ]+)?( {2,})", line) for line in options]
    assert len({cell_len(gap[0]) for gap in gaps if gap}) == 1
    assert len(options) >= 2


def test_what_is_missing_is_named_as_help_names_it() -> None:
    assert "xiaoqu, SCENARIO" in refused("run")
    assert "xiaoqu，场景" in refused("run", "--lang", "zh")
    assert "xiaoqu, --outcome" in refused("discover", "x")
    assert "xiaoqu, NAME\n" in refused("new", "../x")
    assert "xiaoqu，名称\n" in refused("new", "../x", "--lang", "zh")


def test_a_choice_that_there_is_not_is_repeated() -> None:
    said = refused("sweep", "hengdong", "--sampler", "grid")
    assert "xiaoqu, --sampler\n  seen:   grid\n" in said


def test_results_in_chinese_name_outcomes_and_levers_in_chinese(tmp_path: Path) -> None:
    rows = xiaoqu("levers", "--lang", "zh").stdout.splitlines()[2:-1]
    assert not [row for row in rows if re.search("[a-z]", row.partition("   1   ")[2])]
    (tmp_path / "case.toml").write_text(
        '[scenario]\nname = "case"\nextends = "hengdong"\n[calendar]\nspin_up = 12\nmonths = 2\n'
        "[places]\ncompounds = 2\nhouseholds = 40\n",
        "utf-8",
    )
    few = ["--replicates", "2", "--workers", "0", "--lang", "zh"]
    swept = xiaoqu("sweep", "case.toml", "--vary", "levers.triage=off,on", "--out", "out", *few).stdout
    assert "与“原设定”相比" in swept
    assert "近12个月收缴率" in swept
    assert "as stated" not in swept
    compared = xiaoqu("compare", "case.toml", "--with", "levers.triage=on", "--outcome", "share_council", *few).stdout
    assert compared.startswith("case：场景已有的取值 与原设定对比")
    assert "自管会 share_council" in compared


def test_every_text_is_in_both_languages_with_the_same_facts() -> None:
    def facts(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for key, texts in {**TEXTS, **HEADINGS}.items():
        assert set(texts) == {"en", "zh"}, key
        assert facts(texts["en"]) == facts(texts["zh"]), key
    for key, pairs in COMPLAINTS.items():
        assert set(pairs) == {"en", "zh"}, key
        assert [facts(text) for text in pairs["en"]] == [facts(text) for text in pairs["zh"]], key


@pytest.mark.parametrize(
    ("variables", "args", "chinese"),
    [
        ({}, [], False),
        ({"LANG": "zh_CN.UTF-8"}, [], True),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, [], False),
        ({"LC_ALL": "zh_TW.UTF-8", "LANG": "C"}, [], True),
        ({"LANG": "zh_CN.UTF-8"}, ["--lang", "en"], False),
        ({}, ["--lang=zh"], True),
    ],
)
def test_the_language_is_asked_for_or_that_of_the_system(
    variables: dict[str, str], args: list[str], chinese: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert ("衡东" in xiaoqu("scenarios", *args).stdout) == chinese
    assert ("衡东" in xiaoqu(*args, "scenarios").stdout) == chinese


def test_the_module_runs_as_the_command() -> None:
    done = run_python("-m", "xiaoqu_lab", "--version")
    assert done.stdout.startswith("xiaoqu, version ")


# Running


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ["Hengdong", "1,786 households", "collection, 12 months", "Reported versus simulated", "96 %"]),
        ("zh", ["衡东", "1,786 户", "近12个月收缴率", "报道与模拟对比", "96 %"]),
    ],
)
def test_a_run_prints_curves_and_reported_versus_simulated(lang: str, words: list[str]) -> None:
    shown = xiaoqu("run", "hengdong", "--replicates", "2", "--lang", lang).stdout
    assert all(word in shown for word in words)
    assert max(map(cell_len, shown.splitlines())) <= 80
    assert "…" not in shown.replace(" … ", ""), "nothing is cut off"
    assert any(block in shown for block in "▂▃▄▅▆▇")


def test_json_is_one_object_and_true_to_the_district() -> None:
    result = xiaoqu(
        "run", "hengdong", "--json", "--seed", "7", "--months", "5", "--replicates", "2", "--set", "levers.triage=off"
    )
    found = json.loads(result.stdout)
    assert list(found) == ["scenario", "seed", "months", "replicates", "digest", "outcomes", "targets"]
    assert (found["scenario"], found["seed"], found["months"], found["replicates"]) == ("hengdong", 7, 5, 2)
    scenario = load_scenario("hengdong", {"levers.triage": "off"})
    district = District(scenario, rng=7)
    district.run_for(5)
    assert found["digest"] == district.digest()
    table = district.outcomes().drop(columns="month")
    assert list(found["outcomes"]) == list(table.columns)
    for name, value in found["outcomes"].items():
        expected = table[name].iloc[-1]
        assert value is None if expected != expected else value == expected, name
    assert isinstance(found["outcomes"]["billed"], int)
    assert [list(target) for target in found["targets"]] == [
        ["id", "reported", "simulated", "low", "high", "verdict"]
    ] * len(scenario.targets)
    assert {target["verdict"] for target in found["targets"]} == {"not_comparable"}, "five months are too few"


def test_a_run_says_what_was_changed_and_why_figures_cannot_be_compared() -> None:
    shown = xiaoqu("run", "hengdong", "--replicates", "0", "--months", "24", "--set", "places.compounds=12").stdout
    assert "Changed for this run: places.compounds = 12" in shown
    assert "places were changed" in " ".join(shown.split())
    assert "no replicates" in shown


def test_out_writes_a_result_once(tmp_path: Path) -> None:
    args = ["run", "hengdong", "--months", "2", "--replicates", "1", "--out", "results/first"]
    assert "Written to results/first" in xiaoqu(*args).stdout
    written = (tmp_path / "results" / "first" / "manifest.json").read_bytes()
    assert "--force" in refused(*args)
    assert (tmp_path / "results" / "first" / "manifest.json").read_bytes() == written
    assert xiaoqu(*args, "--force", "--lang", "zh").exit_code == 0
    assert [path.name for path in (tmp_path / "results").iterdir()] == ["first"]


@pytest.mark.skipif(os.name == "nt", reason="signals as on POSIX")
def test_ctrl_c_stops_cleanly(tmp_path: Path) -> None:
    # The script, as one calls it: with `python -m` Python may end by the signal itself, which shells tell as 130 too.
    command = [str(Path(sys.executable).with_name("xiaoqu")), "run", "hengdong", "--replicates", "5000", "--out", "out"]
    with subprocess.Popen(  # noqa: S603 - our own command
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        deadline = time.monotonic() + 180
        while not list(tmp_path.iterdir()) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.5)  # well into the work; any moment will do
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert "Nothing was written" in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


# Bad input


def test_everything_that_is_wrong_with_a_run_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").touch()
    said = refused(
        *("run", "hengdong", "--seed", "-1", "--months", "1.5", "--replicates", "many", "--out", "taken"),
        *("--set", "levers.triag=on", "--set", "places.vacancy=60", "--set", "nonsense"),
    )
    assert "Problems: 7" in said
    for words in ("--seed", "--months", "--replicates", "mine.txt", "levers.triage?", "0.6", "key=value"):
        assert words in said


DATED = "levers.patrols@12"


@pytest.mark.parametrize(
    "args",
    [
        ["run", "hengdong", "--set", f"{DATED}=off", "--months", "12"],
        ["compare", "hengdong", "--with", f"{DATED}=off", "--months", "12"],
        ["sweep", "hengdong", "--vary", f"{DATED}=off,on", "--months", "12", "--dry-run"],
    ],
)
def test_a_change_that_comes_after_the_last_month_is_refused(args: list[str]) -> None:
    said = refused(*args)
    assert "Problems: 1" in said
    assert f"xiaoqu, {DATED}\n" in said
    assert "ends with month 11" in said
    assert "第 11 月结束" in refused(*args, "--lang", "zh")
    # A mistake in the months is said by itself: nothing follows from it.
    assert DATED not in refused(*(arg.replace("12", "twelve") if arg == "12" else arg for arg in args))


def test_a_change_in_a_design_that_comes_too_late_is_refused_at_its_line(tmp_path: Path) -> None:
    design = '[design]\nscenario = "hengdong"\nmonths = 12\n[levers]\n"levers.patrols@11" = ["off", "on"]\n'
    (tmp_path / "mine.toml").write_text(f'{design}"{DATED}" = ["off", "on"]\n', "utf-8")
    said = refused("sweep", "mine.toml", "--dry-run")
    assert "Problems: 1" in said
    assert f"mine.toml, line 6, {DATED}\n" in said


def test_a_shorter_run_of_a_scenario_with_dates_says_what_it_does_not_come_to(tmp_path: Path) -> None:
    (tmp_path / "dated.toml").write_text(
        f'[scenario]\nname = "dated"\nextends = "hengdong"\n["levers"]\n"{DATED.partition(".")[2]}" = "off"\n', "utf-8"
    )
    short = xiaoqu("run", "dated.toml", "--months", "12", "--replicates", "0", "--json")
    assert (short.exit_code, short.stderr) == (0, f"Never acts, for the run ends with month 11: {DATED}.\n")
    plain = xiaoqu("run", "hengdong", "--months", "12", "--replicates", "0", "--json")
    assert (plain.exit_code, plain.stderr) == (0, "")
    assert json.loads(short.stdout)["digest"] == json.loads(plain.stdout)["digest"]
    assert xiaoqu("run", "dated.toml", "--months", "13", "--replicates", "0").stderr == ""
    compared = ["compare", "dated.toml", "--with", "levers.triage=off", "--months", "12", "--workers", "0"]
    assert DATED in xiaoqu(*compared, "--replicates", "2").stderr


@pytest.mark.parametrize(
    ("args", "english", "chinese"),
    [
        (["rn"], "no such command", "没有这个命令"),
        (["run"], "this is missing", "缺少此项"),
        (["run", "hengdong", "extra"], "more on the command line", "多了内容"),
        (["run", "hengdong", "--foo"], "no such option", "没有这个选项"),
        (["run", "hengdong", "--seed"], "cannot be used so", "不能这样用"),
        (["run", "nowhere"], "no shipped scenario", "没有叫这个名字的内置场景"),
        (["check", "nowhere.csv"], "cannot be read", "读不了"),
        (["new", "../../x"], "folder's name", "文件夹名"),
        (["new", "hengdong"], "a shipped scenario", "内置场景"),
        (["why", "hengdong"], "one household or one compound", "一户或一个小区"),
        (["why", "hengdong", "--household", "1786"], "from 0 to 1785", "0 到 1785"),
        (["why", "hengdong", "--compound", "１"], "from 0 to 10", "0 到 10"),
    ],
)
def test_refusals_are_said_in_both_languages(args: list[str], english: str, chinese: str) -> None:
    assert english in refused(*args)
    assert chinese in refused("--lang", "zh", *args)


def test_an_unknown_language_is_refused() -> None:
    assert "choose among: en, zh" in refused("scenarios", "--lang", "fr")


# The other commands


def test_scenarios_lists_what_is_shipped() -> None:
    shown = xiaoqu("scenarios").stdout
    assert all(name in shown for name in scenario_names())


def test_scenarios_are_given_as_json() -> None:
    found = json.loads(xiaoqu("scenarios", "--json").stdout)
    assert [row["name"] for row in found] == scenario_names()
    for row in found:
        scenario = load_scenario(row["name"])
        assert list(row) == ["name", "title_en", "title_zh", "compounds", "months", "targets"]
        assert (row["title_zh"], row["months"]) == (scenario.title("zh"), scenario["calendar.months"])
        assert row["targets"] == len(scenario.targets)
    assert {row["name"]: row["compounds"] for row in found}["my_street"] == len(load_scenario("my_street").ledger or ())


def test_check_gives_json_of_a_scenario_and_of_a_ledger(tmp_path: Path) -> None:
    found = json.loads(xiaoqu("check", "my_street", "--json").stdout)
    scenario = load_scenario("my_street")
    assert (found["file"], found["name"], found["layers"]) == ("my_street", "my_street", ["baseline", "my_street"])
    assert found["ledger"]["households"] == sum(row.households for row in scenario.ledger or ())
    differs = {row["key"]: row for row in found["differs"]}
    assert set(differs) == {key for key in scenario if scenario.layer(key) != "baseline"}
    assert differs["campaign.pace"]["range"] == [0.1, 0.3]
    assert differs["levers.neighbour_chiefs"] == {
        "key": "levers.neighbour_chiefs",
        "value": 0.5,
        "range": None,
        "baseline": 0.0,
        "layer": "my_street",
    }
    (tmp_path / "c.csv").write_text("小区名称,户数,备注\n桂花苑,30,x\n", "utf-8")
    ledger = json.loads(xiaoqu("check", "c.csv", "--json").stdout)
    assert ledger["file"] == "c.csv"
    assert (ledger["ledger"]["compounds"], ledger["ledger"]["households"]) == (1, 30)
    assert ledger["ledger"]["ignored"] == ["备注"]
    assert "Problems: 1" in refused("check", "nowhere.csv", "--json")


def test_why_gives_json_that_adds_up() -> None:
    args = ["why", "hengdong", "--month", "9", "--json"]
    district = District(load_scenario("hengdong"), rng=1)
    district.run_for(10)
    found = json.loads(xiaoqu(*args, "--household", "17").stdout)
    expected = district.why(household=17)
    assert (found["scenario"], found["seed"], found["household"], found["month"]) == ("hengdong", 1, 17, 9)
    assert found["summary_zh"] == expected.summary_zh
    assert [line["label_en"] for line in found["lines"]] == [line.label_en for line in expected.lines]
    assert [line["contribution"] for line in found["lines"]] == [line.contribution for line in expected.lines]
    assert (found["chance"], found["draw"]) == (expected.chance, expected.draw)
    compound = json.loads(xiaoqu(*args, "--compound", "3").stdout)
    assert (compound["compound"], compound["summary_en"]) == (3, district.why(compound=3).summary_en)


def test_levers_are_listed_and_given_as_json() -> None:
    found = json.loads(xiaoqu("levers", "--json").stdout)
    assert [row["lever"] for row in found] == [lever.key for lever in all_levers()]
    fields = ["id", "lever", "default", "off", "moves", "description_en", "description_zh", "source", "file"]
    for row in found:
        assert list(row) == fields
        assert row["id"]
        load_scenario("hengdong", {row["lever"]: row["default"]})
        load_scenario("hengdong", {row["lever"]: row["off"]})
    shown = xiaoqu("levers", "--lang", "zh").stdout
    assert all(lever.key.removeprefix("levers.") in shown for lever in all_levers())


def test_check_sums_up_a_scenario_and_shows_where_it_differs() -> None:
    shown = xiaoqu("check", "hengdong").stdout
    assert "baseline, hengdong" in shown
    assert "places.compounds" in shown
    assert "0.1 to 0.2" in shown
    assert "payment.habit" not in shown


def test_check_finds_what_is_wrong_with_a_ledger_by_row(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("小区名称,户数\n桂花苑,many\n江畔,0\n", "utf-8")
    said = refused("check", "bad.csv")
    assert "row 2" in said
    assert "row 3" in said
    assert refused("new", "street", "--ledger", "bad.csv").count("row") == said.count("row")
    assert not (tmp_path / "street").exists()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_new_starts_a_scenario_that_runs(tmp_path: Path, lang: str) -> None:
    assert xiaoqu("new", "street", "--lang", lang).exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["street"]
    assert xiaoqu("check", "street").exit_code == 0
    assert "2 compounds" in xiaoqu("run", "street", "--months", "2", "--replicates", "0").stdout
    scenario = (tmp_path / "street" / "scenario.toml").read_text("utf-8")
    assert all(f'# {lever.key.removeprefix("levers.")} = "on"' in scenario for lever in all_levers())
    on = scenario.replace("# triage", "triage")
    (tmp_path / "street" / "scenario.toml").write_text(on, "utf-8")
    assert load_scenario("street")["levers.triage"] > 0


def test_new_takes_a_ledger_and_overwrites_nothing(tmp_path: Path) -> None:
    ledger = "小区名称,户数\n桂花苑,86\n".encode("gb18030")
    (tmp_path / "mine.csv").write_bytes(ledger)
    assert xiaoqu("new", "street", "--ledger", "mine.csv").exit_code == 0
    assert (tmp_path / "street" / "compounds.csv").read_bytes() == ledger
    shown = xiaoqu("check", "street/compounds.csv").stdout
    assert "1 compounds, 86 households; read as gb18030" in shown
    refused("new", "street")
    (tmp_path / "file").touch()
    refused("new", "file")


@pytest.mark.parametrize(("lang", "who"), [("en", "Household 17"), ("zh", "17")])
def test_why_shows_terms_and_contributions(lang: str, who: str) -> None:
    shown = xiaoqu("why", "hengdong", "--household", "17", "--month", "9", "--lang", lang).stdout
    district = District(load_scenario("hengdong"), rng=1)
    district.run_for(10)
    found = district.why(household=17)
    assert who in shown.splitlines()[0]
    flat = "".join(shown.split())
    for line in found.lines:
        label = line.label_zh if lang == "zh" else line.label_en
        assert "".join(label.split())[:20] in flat
        if line.contribution is not None:
            assert f"{line.contribution:+.2f}" in shown
    assert "█" in shown
    assert max(map(cell_len, shown.splitlines())) <= 80


def test_why_shows_the_steps_of_a_compound() -> None:
    assert "committee" in xiaoqu("why", "hengdong", "--compound", "3").stdout.lower()


# Charts and figures


def test_columns_are_named_and_each_curve_keeps_to_one_line() -> None:
    for lang, names in (("en", ("seed 1,", "median", "5–95 %", "of 3")), ("zh", ("种子 1", "中位数", "（3 次）"))):
        shown = xiaoqu("run", "xiashesi", "--replicates", "3", "--months", "60", "--lang", lang).stdout
        curves = shown.partition("\n\n")[2].partition("\n\n")[0].splitlines()
        assert all(name in shown for name in names)
        rows = curves[next(n for n, line in enumerate(curves) if line.startswith("──")) + 1 :]
        assert len(rows) >= 4
        for row in rows:
            assert cell_len(row) <= 80
            assert "%" in row, f"a label that is wrapped: {rows}"


def test_a_run_is_as_long_as_its_scenario_says() -> None:
    scenario = load_scenario("hengdong", overrides={"calendar.months": 3})
    assert simulate(scenario, replicates=0).table["month"].iloc[-1] == 2, "months count from the campaign's start"


def test_a_seed_that_is_unusual_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    few = simulate(load_scenario("hengdong"), seed=3, months=2, replicates=2)
    assert unusual(few, "en") == "", "two replicates say nothing"
    result = few._replace(replicates=few.replicates * 5)
    rows = len(result.table)
    far = (np.full(rows, 0.54), np.full(rows, 0.79))
    result.table["satisfaction"] = 0.31
    monkeypatch.setattr(type(result), "band", lambda _, name: far if name == "satisfaction" else None)
    assert unusual(result, "en") == ("Seed 3 is unusual: satisfaction ends at 31 %, outside 54–79 %. Go by the median.")
    assert "满意度期末为 31 %，不在 54–79 % 之内" in unusual(result, "zh")
    result.table["satisfaction"] = 0.79
    assert unusual(result, "en") == ""


@pytest.mark.parametrize("replicates", ["0", "1"])
def test_fewer_than_two_replicates_make_no_interval(replicates: str) -> None:
    args = ["run", "hengdong", "--months", "24", "--replicates", replicates]
    shown = xiaoqu(*args).stdout
    assert "5–95" not in shown.replace("no interval", "")
    assert "median" not in shown.partition("Too few")[0]
    assert "of replicates are at or below" not in shown
    targets = json.loads(xiaoqu(*args, "--json").stdout)["targets"]
    assert {target["verdict"] for target in targets} >= {"not_comparable", "met"}
    assert {(target["low"], target["high"]) for target in targets} == {(None, None)}


def test_two_modules_agree_on_the_fewest_replicates() -> None:
    assert FEWEST_REPLICATES == FEWEST


def test_one_input_is_not_inputs() -> None:
    shown = xiaoqu("run", "my_street", "--months", "1", "--replicates", "2").stdout
    assert "draw 1 input that" in " ".join(shown.split())


def test_sparklines_show_height_gaps_and_length() -> None:
    assert sparkline(np.array([0.0, 0.01, 0.5, 1.0, np.nan])) == " ▁▄█·"
    assert len(sparkline(np.linspace(0, 1, 600), width=36)) == 36


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.96, "share", "96 %"),
        (0.9615, "share", "96.2 %"),
        (1800, "count", "1,800"),
        (12.34, "count", "12.3"),
        (123456, "fen", "¥1,235"),
        (float("nan"), "share", "–"),
    ],
)
def test_figures_are_short_and_in_their_unit(value: float, unit: str, shown: str) -> None:
    assert figure(value, unit) == shown


def test_uv_does_not_compile_the_environment_at_every_run() -> None:
    # Measured on 2 cores: a first run of 89 s instead of 12 s, and 2.5 s instead of 0.6 s for every later one.
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    assert "compile-bytecode" not in project["tool"].get("uv", {})


def test_a_compound_may_be_asked_for_by_number_id_or_name() -> None:
    Path("c.csv").write_text("编号,小区名称,户数\nA7,桂花苑,30\n0,江畔,40\nA9,江畔,30\n", "utf-8")
    xiaoqu("new", "s", "--ledger", "c.csv")
    by_number = xiaoqu("why", "s", "--compound", "0", "--month", "1")
    assert "Compound 0 (id A7, 桂花苑)" in by_number.stdout
    assert "--compound 1" in by_number.stderr, "0 is also the id of another compound"
    for asked in ("A7", "桂花苑"):
        assert xiaoqu("why", "s", "--compound", asked, "--month", "1").stdout == by_number.stdout
    assert "their numbers: 1, 2" in refused("why", "s", "--compound", "江畔", "--month", "1")
    assert "did you mean 桂花苑?" in refused("why", "s", "--compound", "桂花花苑", "--month", "1")
    assert "0 到 2 的序号" in refused("why", "s", "--compound", "77", "--month", "1", "--lang", "zh")


def test_events_stand_apart_from_terms_and_months_beyond_the_case_are_said_to_be() -> None:
    result = xiaoqu("why", "xiashesi", "--compound", "3", "--month", "13")
    events, terms = result.stdout.partition("what  ")[::2]
    assert "Month 0: " in events
    assert "Month 0: " not in terms
    assert "weight" not in events
    assert "Month 13 lies beyond the scenario's months (0–11)" in result.stderr
    assert "beyond" not in xiaoqu("why", "xiashesi", "--compound", "3", "--month", "11").stderr


def test_keys_are_not_wrapped() -> None:
    shown = xiaoqu("check", "shaoshan").stdout
    scenario = load_scenario("shaoshan")
    assert all(f"\n{key} " in shown for key in scenario if scenario.layer(key) != "baseline")


def test_small_mistakes_are_said_plainly() -> None:
    assert '"on", "off"' in refused("run", "hengdong", "--set", "levers.triage=maybe")
    said = refused("run", "hengdong", "--set", "levers.triage=2e9", "--set", "levers.triage=off")
    assert "2e9, off" in said
    Path("empty").mkdir()
    assert "no scenario.toml" in refused("check", "empty")
    assert "没有 scenario.toml" in refused("check", "empty", "--lang", "zh")


def test_a_district_says_what_it_cannot_do() -> None:
    district = District("hengdong", rng=1)
    assert district.digest() == District(load_scenario("hengdong"), rng=1).digest()
    with pytest.raises(TypeError, match="not from int"):
        District(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="at least 0"):
        district.run_for(-1)
    with pytest.raises(IndexError, match="from 0 to"):
        district.households[99_999_999]
