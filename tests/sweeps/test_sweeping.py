"""Sweeping: failures stay where they belong, differences are paired, precision is reached, runs can be replayed."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from tests.sweeps.small import SMALL, content, small_design

from xiaoqu import load_scenario
from xiaoqu.errors import InputError
from xiaoqu_lab import cli, compare, load, replay, sweep
from xiaoqu_lab.sweeps.compare import narrowing
from xiaoqu_lab.sweeps.design import Design
from xiaoqu_lab.sweeps.design_reading import make_design
from xiaoqu_lab.sweeps.intervals import of_mean, of_ratio
from xiaoqu_lab.sweeps.measures import read_condition, read_measure
from xiaoqu_lab.sweeps.sweep import Until, estimate

POISON = Path(__file__).parent / "poison"


def poisoned(strengths: list[float], replicates: int = 2) -> Design:
    scenario = load_scenario(POISON, SMALL | {"levers.modes_by_eligibility": "on", "campaign.pace": 1.0})
    return make_design(scenario, {"modes.poison.strength": strengths}, replicates=replicates)


def test_a_run_that_fails_leaves_the_others_alone(tmp_path: Path) -> None:
    found = sweep(poisoned([0.0, 1.0]), tmp_path, workers=0)
    assert found.runs["status"].to_list() == ["ok", "ok", "failed", "failed"]
    assert (found.failures["error"] == "RuntimeError: this rule is wrong").all()
    assert found.failures["traceback"].str.contains("poison.py").all()
    assert set(found.outcomes["point"]) == {0}
    again = replay(tmp_path, "1/0")
    assert again.status == "failed"
    assert "this rule is wrong" in again.traceback
    assert replay(tmp_path, "0/1").status == "same"


def test_a_run_that_kills_its_worker_is_found_out_and_recorded(tmp_path: Path) -> None:
    # One batch holds all: only taking it apart tells which run it is.
    design = poisoned([0.0, 2.0], replicates=1)
    found = sweep(design, tmp_path / "one", workers=1)
    assert found.runs["status"].to_list() == ["ok", "died"]
    assert found.missing == 0
    sweep(design, tmp_path / "two", workers=2)
    assert content(tmp_path / "one") == content(tmp_path / "two")


@pytest.mark.slow
def test_a_run_that_never_ends_is_ended_and_recorded_where_a_limit_is_set(tmp_path: Path) -> None:
    found = sweep(poisoned([0.0, 4.0], replicates=1), tmp_path, workers=1, limit=10)
    assert found.runs["status"].to_list() == ["ok", "died"]
    assert "--limit" in found.failures["error"].item()


def test_a_limit_needs_a_worker_to_end(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        sweep(poisoned([0.0]), tmp_path, workers=0, limit=5)
    assert caught.value.problems[0].code == "limit_here"


@pytest.mark.slow
def test_no_kernel_is_compiled_within_the_limit_of_a_run() -> None:
    """What `_warm` leaves to be compiled would count as time of the first run that needs it."""
    script = (
        "import importlib\n"
        "from tests.kernels import trace\n"
        "from xiaoqu_lab.sweeps.runs import _warm\n"
        "_warm()\n"
        "for name in trace.called_from_python():\n"
        "    module, _, kernel = f'xiaoqu.{name}'.rpartition('.')\n"
        "    if not getattr(importlib.import_module(module), kernel).signatures:\n"
        "        print(name)\n"
    )
    root = str(Path(__file__).parents[2])
    told = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True
    )
    # This one is for tests alone: the kernel of payment holds its parts.
    assert told.stdout.split() == ["month.payment.inclination"]


@pytest.mark.slow
def test_what_never_ends_has_no_estimate_under_a_limit() -> None:
    assert math.isnan(estimate(poisoned([4.0]), limit=3).seconds)
    assert estimate(poisoned([0.0]), limit=60).seconds > 0.0


def test_a_rule_that_calls_exit_fails_its_run_and_not_the_sweep(tmp_path: Path) -> None:
    found = sweep(poisoned([0.0, 3.0], replicates=1), tmp_path, workers=1)
    assert found.runs["status"].to_list() == ["ok", "failed"]
    assert found.failures["error"].to_list() == ["SystemExit: half a character: ?"]


@pytest.mark.slow
def test_a_script_that_its_workers_run_again_is_told_so_and_records_no_failure(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from tests.sweeps.small import small_design\n"
        "from xiaoqu_lab import sweep\n"
        f"sweep(small_design(1), {str(tmp_path / 'out')!r}, workers=1)\n",
        "utf-8",
    )
    root = str(Path(__file__).parents[2])
    told = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, script], env=os.environ | {"PYTHONPATH": root}, capture_output=True, text=True, check=False
    )
    assert told.returncode != 0
    assert '`if __name__ == "__main__":`' in told.stderr
    assert not list((tmp_path / "out").glob("*/*.parquet"))


def test_failed_runs_are_tried_again_only_when_asked(tmp_path: Path) -> None:
    design = poisoned([0.0, 1.0])
    sweep(design, tmp_path, workers=0)
    before = content(tmp_path)
    seen: list[object] = []
    sweep(design, tmp_path, workers=0, watch=seen.append)
    assert seen == []
    sweep(design, tmp_path, workers=0, watch=seen.append, retry_failed=True)
    assert len(seen) > 0
    assert set(before) <= set(content(tmp_path))
    assert len(load(tmp_path).runs) == 4


def test_replay_gives_the_same_figures(tmp_path: Path) -> None:
    found = sweep(small_design(2), tmp_path, workers=0)
    key = str(found.runs["run"].iloc[5])
    assert replay(tmp_path, key).status == "same"
    assert replay(tmp_path, key[:10]).run == key
    for nonsense in ("9/9", "zzz", "", "0/x"):
        with pytest.raises(InputError):
            replay(tmp_path, nonsense)


def test_common_numbers_narrow_the_difference(tmp_path: Path) -> None:
    vary = {"levers.neighbour_chiefs": "off,on"}
    widths = {}
    for numbers in ("common", "independent"):
        design = small_design(24, vary=vary, numbers=numbers, ranges="draw")
        found = sweep(design, tmp_path / numbers, workers=0)
        widths[numbers] = of_mean(found.differences("satisfaction:mean")["difference"].to_numpy()).half
    assert widths["common"] < 0.8 * widths["independent"]


def test_until_adds_replicates_until_the_difference_is_known(tmp_path: Path) -> None:
    vary = {"levers.neighbour_chiefs": "off,on"}
    design = small_design(4, vary=vary)
    first = of_mean(sweep(design, tmp_path / "a", workers=0).differences("satisfaction")["difference"].to_numpy())
    goal = first.half / 2
    found = sweep(design, tmp_path / "b", workers=0, until=Until("satisfaction", goal))
    reached = of_mean(found.differences("satisfaction")["difference"].to_numpy())
    assert reached.half <= goal
    assert reached.values > 4
    before = content(tmp_path / "b")
    again = sweep(design, tmp_path / "b", workers=0, until=Until("satisfaction", goal))
    assert content(tmp_path / "b") == before
    assert len(again.runs) == len(found.runs)
    capped = sweep(design, tmp_path / "c", workers=0, until=Until("satisfaction", 1e-9, most=6))
    assert capped.runs["replicate"].max() == 5


def test_compare_pairs_runs_by_hand(tmp_path: Path) -> None:
    scenario = load_scenario("hengdong", SMALL)
    found = compare(scenario, {"levers.triage": "off"}, outcome="backlog", replicates=4, out=tmp_path, workers=0)
    outcomes = load(tmp_path).outcomes
    last = outcomes[outcomes["month"] == 3].pivot_table(index="replicate", columns="point", values="backlog")
    by_hand = of_mean((last[1] - last[0]).to_numpy())
    assert found.last == by_hand
    assert found.table["month"].to_list() == [0, 1, 2, 3]
    assert found.narrowed == pytest.approx(narrowing(last[0].to_numpy(), last[1].to_numpy()))
    nothing = compare(scenario, {"levers.triage": "on"}, outcome="backlog", replicates=3, workers=0)
    assert (nothing.table["difference"] == 0.0).all()
    assert nothing.narrowed == np.inf


def test_intervals_against_values_worked_out_by_hand() -> None:
    # 1, 2, 3, 4: mean 2.5, standard error sqrt(5/3)/2 = 0.6455, t(3 degrees, 97.5 %) = 3.18245
    found = of_mean(np.array([1.0, 2.0, 3.0, 4.0, np.nan]))
    assert found.mean == 2.5
    assert found.half == pytest.approx(3.182446 * 0.6454972, rel=1e-6)
    assert found.values == 4
    assert of_mean(np.array([1.0])).half == np.inf
    ratio = of_ratio(np.array([2.0, 4.0, 6.0, 8.0]), np.array([1.0, 2.0, 3.0, 4.0]))
    assert (ratio.mean, ratio.low, ratio.high) == pytest.approx((2.0, 2.0, 2.0))
    assert np.isnan(of_ratio(np.array([2.0, 4.0]), np.array([-1.0, 1.0])).mean)


def test_measures_and_conditions_read_what_people_write() -> None:
    known = ["satisfaction", "public_money"]
    assert str(read_measure("satisfaction", known)) == "satisfaction:last"
    assert str(read_measure("public_money", known)) == "public_money:sum"
    assert read_measure("satisfaction:11", known).how == "11"
    assert str(read_condition("satisfaction:mean <= 0.6", known)) == "satisfaction:mean <= 0.6"
    for wrong in ("", "satisfactoin", "satisfaction:median", "satisfaction:", "a b"):
        with pytest.raises(InputError):
            read_measure(wrong, known)
    for wrong in ("satisfaction", "satisfaction < x", "< 3", "satisfaction = 0.5"):
        with pytest.raises(InputError):
            read_condition(wrong, known)


def test_the_command_line_from_sweep_to_export(tmp_path: Path) -> None:
    call = CliRunner()
    (tmp_path / "mine.toml").write_text(
        '[design]\nscenario = "hengdong"\nreplicates = 2\nmonths = 2\nsampler = "list"\n'
        + "[[points]]\n\n[[points]]\n".replace("\n\n", '\n"places.compounds" = 2\n"places.households" = 60\n\n', 1)
        + '"places.compounds" = 2\n"places.households" = 60\n"levers.triage" = "off"\n',
        "utf-8",
    )
    out = str(tmp_path / "out")
    cost = call.invoke(cli.main, ["sweep", str(tmp_path / "mine.toml"), "--out", out, "--dry-run"])
    assert "= 4 runs, 0 of them done" in cost.output
    assert not (tmp_path / "out").exists()
    told = call.invoke(cli.main, ["sweep", str(tmp_path / "mine.toml"), "--out", out, "--workers", "0"])
    assert told.exit_code == 0, told.output
    assert "2 points × 2 replicates = 4 runs" in told.output
    again = call.invoke(cli.main, ["sweep", str(tmp_path / "mine.toml"), "--out", out, "--lang", "zh"])
    assert "已完成 4 次" in again.output
    replayed = call.invoke(cli.main, ["replay", out, "1/1"])
    assert replayed.exit_code == 0, replayed.output
    exported = call.invoke(cli.main, ["export", out, "--out", str(tmp_path / "tables")])
    assert exported.exit_code == 0, exported.output
    assert (tmp_path / "tables" / "runs.csv").is_file()


def test_an_export_is_replaced_only_on_demand_and_alone(tmp_path: Path) -> None:
    found = sweep(small_design(2), tmp_path / "sweep", workers=0)
    out = tmp_path / "tables"
    args = ["export", str(tmp_path / "sweep"), "--out", str(out)]

    def told(*more: str) -> tuple[int, str]:
        result = CliRunner().invoke(cli.main, [*args, *more])
        return result.exit_code, result.output

    assert told()[0] == 0
    listed = json.loads((out / "manifest.json").read_text("utf-8"))
    assert sorted([*listed["files"], "manifest.json"]) == sorted(path.name for path in out.iterdir())
    assert listed["runs"] == len(found.runs) == 8
    first = content(out)
    (out / "runs.csv").write_text("edited", "utf-8")
    code, said = told()
    assert (code, "add --force" in said) == (2, True)
    assert (out / "runs.csv").read_text("utf-8") == "edited"
    (out / "mine.txt").write_text("mine", "utf-8")
    code, said = told("--force")
    assert (code, "mine.txt" in said) == (2, True)
    assert "runs.csv" not in said
    assert (out / "mine.txt").read_text("utf-8") == "mine"
    (out / "mine.txt").unlink()
    assert told("--force")[0] == 0
    assert content(out) == first


def test_runs_that_a_smaller_design_leaves_aside_are_told_and_kept(tmp_path: Path) -> None:
    def told(*args: str) -> str:
        result = CliRunner().invoke(cli.main, list(args))
        assert result.exit_code == 0, result.output
        return " ".join(result.output.split())

    (tmp_path / "case.toml").write_text(
        '[scenario]\nname = "case"\nextends = "hengdong"\n[calendar]\nspin_up = 12\nmonths = 3\n'
        "[places]\ncompounds = 3\nhouseholds = 90\n",
        "utf-8",
    )
    case, out = str(tmp_path / "case.toml"), str(tmp_path / "out")
    swept = ["sweep", case, "--vary", "levers.triage=off,on", "--out", out, "--workers", "0", "--replicates"]
    assert "Left aside" not in told(*swept, "5")
    assert load(out).unasked == 0
    assert "6 further runs" in told(*swept, "2")
    assert (load(out).unasked, len(load(out).runs)) == (6, 4)
    assert json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))["unasked"] == 6
    assert "6 further runs" in told("export", out, "--out", str(tmp_path / "tables"))
    assert "另有 6 次运行" in told("discover", out, "--outcome", "satisfaction < 2", "--lang", "zh")
    assert json.loads(told("discover", out, "--outcome", "satisfaction < 2", "--json"))["unasked"] == 6
    compared = ["compare", case, "--with", "levers.triage=off", "--out", out, "--workers", "0", "--replicates", "3"]
    assert json.loads(told(*compared, "--json"))["unasked"] == 4, "the runs of both points are there already"
    assert "4 further runs" in told(*compared)
    assert "10 runs, 10 of them done" in told(*swept, "5", "--dry-run"), "nothing was lost"


@pytest.mark.parametrize(
    "args",
    [
        ["sweep", "hengdong"],
        ["sweep", "hengdong", "--out", "x", "--vary", "levers.triage"],
        ["sweep", "hengdong", "--out", "x", "--vary", "levers.triag=off,on"],
        ["sweep", "nowhere", "--out", "x", "--vary", "levers.triage=off,on"],
        [
            "sweep",
            "hengdong",
            "--out",
            "x",
            "--vary",
            "places.vacancy=0:1:10000",
            "--vary",
            "places.party_share=0:1:10000",
        ],
        ["sweep", "hengdong", "--out", "x", "--vary", "levers.triage=off,on", "--until-ci", "0"],
        ["sweep", "hengdong", "--out", "x", "--vary", "levers.triage=off,on", "--replicates", "many"],
        ["compare", "hengdong"],
        ["compare", "hengdong", "--with", "levers.triage=off", "--outcome", "hapiness"],
        ["replay", "x", "0/0"],
        ["export", "x", "--out", "y"],
        ["cluster", "slurm", "--memory", "much"],
    ],
)
def test_what_cannot_be_done_is_said_in_both_languages_and_leaves_nothing(
    args: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for lang in ("en", "zh"):
        told = CliRunner().invoke(cli.main, [*args, "--lang", lang])
        assert told.exit_code == 2, told.output
        assert "Traceback" not in told.output
        assert ("remedy" if lang == "en" else "改法") in told.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("args", "keys"),
    [
        (["compare", "hengdong", "--with", "levers.triag=off", "--with", "nonsense"], ["--with", "outcomes"]),
        (["sweep", "hengdong", "--vary", "levers.triag=off,on"], ["--outcome"]),
        (["sensitivity", "hengdong", "--vary", "levers.triag=0:1"], ["--outcome"]),
    ],
)
def test_everything_that_is_wrong_with_a_question_is_said_at_once(
    args: list[str], keys: list[str], tmp_path: Path
) -> None:
    (tmp_path / "mine.txt").touch()
    wrong = ["--outcome", "hapiness", "--replicates", "many", "--out", str(tmp_path / "mine.txt")]
    told = CliRunner().invoke(cli.main, [*args, *wrong])
    assert told.exit_code == 2
    assert told.stdout == ""
    for key in ("--replicates", "levers.triag", "--out", *keys):
        assert f"xiaoqu, {key}\n" in told.stderr
    assert "--set" not in told.stderr, "nobody typed that"


@pytest.mark.parametrize("command", ["sweep", "sensitivity"])
def test_a_name_of_neither_kind_is_told_both_kinds(command: str, tmp_path: Path) -> None:
    out = ["--out", str(tmp_path / "out")]
    for name in ("nodesign", "nodesign.toml"):
        told = CliRunner().invoke(cli.main, [command, name, *out])
        assert told.exit_code == 2
        for known in ("the designs are:", "programmes", "quorum", "the scenarios:", "hengdong", "my_street"):
            assert known in told.stderr
    assert "did you mean programmes?" in CliRunner().invoke(cli.main, [command, "programms", *out]).stderr
    chinese = CliRunner().invoke(cli.main, [command, "hengdon", *out, "--lang", "zh"]).stderr
    assert "是不是 hengdong？" in chinese
    assert "可用场景" in chinese


def test_the_script_for_a_cluster_is_python() -> None:
    told = CliRunner().invoke(cli.main, ["cluster", "slurm", "--jobs", "3", "--queue", "long"])
    assert told.exit_code == 0
    compile(told.output, "start_workers.py", "exec")
    assert "cluster.scale(jobs=3)" in told.output
