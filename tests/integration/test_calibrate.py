"""Calibration: a planted truth is found, what cannot matter is not, nothing is done twice, and bad input is said."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from scipy.special import ndtri
from tests.sweeps.small import content

import xiaoqu_lab
from xiaoqu import District, InputError, load_scenario
from xiaoqu.parameters import Target
from xiaoqu_lab.cli import main
from xiaoqu_lab.commands.calibrate import show
from xiaoqu_lab.simulate import monthly_table
from xiaoqu_lab.sweeps import ensemble
from xiaoqu_lab.sweeps.calibrate import LIMITS, Calibration, calibrate, figures_of, plan, run
from xiaoqu_lab.sweeps.design_reading import read_design
from xiaoqu_lab.sweeps.ensemble import Figure
from xiaoqu_lab.sweeps.results import KEYS
from xiaoqu_lab.sweeps.store import take_lock
from xiaoqu_lab.sweeps.sweep import Progress, sweep
from xiaoqu_lab.targets import measure, measure_runs
from xiaoqu_lab.texts import Lang, text

TRUTH = 0.9
MATTERS, CANNOT = "payment.base", "programmes.deliberation_points"  # Hengdong has no deliberation points
VARY = {MATTERS: (-1.0, 2.0), CANNOT: (0.0, 1.0)}
PRIOR = {"a": (0.0, 1.0), "b": (0.0, 1.0)}
PLACES = {"compounds": 3, "households": 150}


def target(**changes: Any) -> Target:
    stated: dict[str, Any] = {
        "id": "t",
        "outcome": "satisfaction",
        "aggregate": "last",
        "window": (0, 3),
        "reported": 10.0,
        "relation": "about",
        "unit": "count",
        "definition_en": "x",
        "definition_zh": "x",
        "source": "invented",
        "case_id": "t",
    }
    return Target.model_validate(stated | changes)


def case(folder: Path, name: str, truth: float = TRUTH, **places: int) -> Path:
    """A small case whose reported figures are what the model itself brought with a known value of `payment.base`."""
    stated = PLACES | places
    text = f'[scenario]\nname = "{name}"\nextends = "hengdong"\n[calendar]\nspin_up = 24\nmonths = 12\n[places]\n'
    text += "".join(f"{key} = {value}\n" for key, value in stated.items())
    wanted = [
        target(id=f"{name}.before", outcome="collection_rate_12m", aggregate="before", window=(0, 0)),
        target(id=f"{name}.after", outcome="collection_rate_12m", window=(0, 11)),
        target(id=f"{name}.reported", outcome="reported", aggregate="sum", window=(0, 11)),
    ]
    path = folder / f"{name}.toml"
    path.write_text(text, "utf-8")
    history = District(load_scenario(path, {MATTERS: truth}).sample(7, 0), rng=4_711)
    history.run_for(12)
    table = monthly_table(history)
    for one in wanted:
        facts = one.model_copy(update={"reported": measure(one, table)}).model_dump()
        lines = (f"{key} = {json.dumps(value)}\n" for key, value in facts.items())
        text += "[[targets]]\n" + "".join(lines)
    path.write_text(text, "utf-8")
    return path


def by(table: pd.DataFrame, name: str) -> dict[str, dict[Any, Any]]:
    """The rows of a table by one of its columns."""
    return {row[name]: row for row in table.to_dict("records")}


def xiaoqu(*args: str) -> Result:
    result = CliRunner().invoke(main, list(args))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


# The distance


def test_a_misfit_counts_standard_deviations_beyond_the_filter() -> None:
    values = np.array([[9.0, 11.0], [4.0, 6.0], [19.0, 21.0], [np.nan, np.nan]])  # the pooled s is the root of 2
    error = np.sqrt(2.0) * np.sqrt(1.5)  # one history against a mean of two
    found, s = ensemble.misfit(target(), values)
    assert s == pytest.approx(np.sqrt(2.0))
    assert found.tolist() == pytest.approx([0.0, 5.0 / error - ndtri(0.95), -10.0 / error + ndtri(0.95), np.inf])
    success, _ = ensemble.misfit(target(percentiles=(75, 95)), values)
    assert success[0] == pytest.approx(-ndtri(0.75))  # a published success lies above the mean, so this one is too high
    enough, _ = ensemble.misfit(target(relation="more than"), values)
    assert enough.tolist() == pytest.approx([0.0, 5.0 / error - ndtri(0.95), 0.0, np.inf])
    rises, _ = ensemble.misfit(target(relation="rises", reported=0.0), values - 15.0)
    assert rises.tolist() == pytest.approx([5.0 / error - ndtri(0.95), 10.0 / error - ndtri(0.95), 0.0, np.inf])


def test_what_never_differs_is_measured_in_what_differs() -> None:
    assert ensemble.spread(np.array([[1.0, 1.0], [3.0, 3.0]])) == pytest.approx(np.sqrt(2.0))
    assert ensemble.spread(np.array([[1.0, 1.0], [1.0, 1.0]])) == 1.0


def test_every_case_counts_the_same() -> None:
    miss = np.array([[7.0, 9.0], [9.0, 11.0]])
    one = Figure("one", target(id="a"), miss)
    far = ensemble.misfit(one.target, miss)[0]
    assert ensemble.distance([one, one, Figure("two", target(id="b", reported=8.0), miss)]) == pytest.approx(
        np.sqrt((far**2 + ensemble.misfit(target(reported=8.0), miss)[0] ** 2) / 2.0)
    )


def test_the_nearest_are_kept_and_all_that_agree() -> None:
    distances = np.array([0.5, 0.0, 2.0, np.inf, 0.0, 0.0, 1.0, 1.0, 3.0, 4.0])
    assert np.flatnonzero(ensemble.accepted(distances, 0.1)).tolist() == [1, 4, 5]
    assert np.flatnonzero(ensemble.accepted(distances, 0.5)).tolist() == [0, 1, 4, 5, 6, 7]
    assert ensemble.accepted(distances, 1.0).sum() == 9


@pytest.mark.parametrize(
    ("share", "samples", "wanted"), [(0.07, 100, 7), (0.14, 100, 14), (0.28, 100, 28), (0.55, 100, 55), (0.1, 256, 26)]
)
def test_the_share_that_was_asked_is_kept(share: float, samples: int, wanted: int) -> None:
    assert ensemble.accepted(np.linspace(1.0, samples, samples), share).sum() == wanted


def test_a_target_that_most_samples_cannot_measure_decides_nothing() -> None:
    often = np.random.default_rng(1).normal(10.0, 1.0, (20, 3))
    for measured, reason in ((0, "nothing"), (1, "rarely"), (10, "rarely"), (11, "")):
        values = np.where(np.arange(20)[:, None] < measured, often, np.nan)
        rare = Figure("c", target(id="rare"), values)
        assert rare.hindrance == reason
        assert rare.usable == (not reason)
        usable = [one for one in (Figure("c", target(), often), rare) if one.usable]
        assert np.isfinite(ensemble.distance(usable)).sum() == (20 if reason else measured)
        row = ensemble.targets_table([rare], np.ones(20, dtype=bool)).to_dict("records")[0]
        assert (row["target"], row["reason"]) == ("c.rare", reason)
        assert (row["verdict"] == "not_comparable") == bool(reason)
        assert np.isnan(row["agree"]) == bool(reason)
        assert not reason or text(f"reason.{reason}", "en") != text(f"reason.{reason}", "zh")


# What the ensemble says


def drawn(samples: int, seed: int = 1) -> pd.DataFrame:
    draws = np.random.default_rng(seed)
    return pd.DataFrame({key: draws.uniform(*span, samples) for key, span in PRIOR.items()})


def test_chance_alone_is_not_called_identified() -> None:
    called = 0
    for seed in range(100):
        draws = drawn(300, seed)
        kept = np.random.default_rng(1_000 + seed).random(300) < 0.15
        called += int((ensemble.parameters_table(PRIOR, draws, kept)["verdict"] != "not_identified").sum())
    assert called <= 7  # of 200, at 1 %


def test_how_narrow_is_said_plainly() -> None:
    draws = drawn(400)
    near = (draws["a"] - 0.6).abs().to_numpy() < 0.1
    table = by(ensemble.parameters_table(PRIOR, draws, near), "parameter")
    assert table["a"]["verdict"] == "pinned"
    assert table["a"]["narrower"] == pytest.approx(0.8, abs=0.05)
    assert table["a"]["median"] == pytest.approx(0.6, abs=0.05)
    assert table["b"]["verdict"] == "not_identified"
    half = by(ensemble.parameters_table(PRIOR, draws, draws["a"].to_numpy() < 0.7), "parameter")
    assert half["a"]["verdict"] == "narrowed"


def test_parameters_known_only_together_are_named() -> None:
    draws = drawn(400)
    kept = draws[(draws["a"] + draws["b"] - 1.0).abs() < 0.1]
    (row,) = ensemble.correlations(kept).to_dict("records")
    assert (row["one"], row["other"]) == ("a", "b")
    assert row["correlation"] < -0.9
    assert ensemble.correlations(draws).empty


def figure(name: str, simulated: "pd.Series[float]", reported: float) -> Figure:
    noise = np.random.default_rng(len(name)).normal(0.0, 0.02, (len(simulated), 6))
    return Figure(name, target(id=name, reported=reported), simulated.to_numpy(dtype=float)[:, None] + noise)


def test_reports_that_pull_apart_are_named_with_what_each_wants() -> None:
    draws = drawn(300)
    low, high = figure("low", draws["a"], 0.2), figure("high", draws["a"], 0.8)
    (row,) = ensemble.conflicts([low, high], draws, 0.1).to_dict("records")
    assert (row["one"], row["other"], row["parameter"]) == ("low.low", "high.high", "a")
    assert row["apart"] > 5.0
    assert row["for_one"] == pytest.approx(0.2, abs=0.05)
    assert row["for_other"] == pytest.approx(0.8, abs=0.05)


def test_reports_that_can_be_met_together_do_not_pull_apart() -> None:
    draws = drawn(60)  # so few that no sample meets both
    one, other = figure("one", draws["a"], 0.2), figure("other", draws["b"], 0.8)
    assert ensemble.conflicts([one, other], draws, 0.1).empty
    # What no sample reaches is said of the target, not of every pair.
    beyond = figure("beyond", draws["a"], 3.0)
    assert ensemble.conflicts([one, beyond], draws, 0.1).empty
    table = ensemble.targets_table([one, beyond], np.ones(60, dtype=bool))
    assert table["out_of_reach"].tolist() == [False, True]


# From cases to an ensemble


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("cases")
    return case(folder, "north"), case(folder, "south", compounds=2, households=120)


@pytest.fixture(scope="module")
def kept(cases: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Calibration]:
    folder = tmp_path_factory.mktemp("calibration") / "out"
    return folder, calibrate(cases, VARY, folder, samples=32, replicates=4, keep=0.2, workers=0)


def test_a_planted_truth_is_found_and_what_cannot_matter_is_not(kept: tuple[Path, Calibration]) -> None:
    _, found = kept
    table = by(found.parameters, "parameter")
    assert table[MATTERS]["low"] <= TRUTH <= table[MATTERS]["high"]
    assert table[MATTERS]["verdict"] == "pinned"
    assert table[CANNOT]["verdict"] == "not_identified"
    assert found.kept == len(found.accepted) >= 7  # a fifth of 32


def test_intervals_hold_other_truths_as_often_as_they_say(
    kept: tuple[Path, Calibration], cases: tuple[Path, Path]
) -> None:
    # The runs do not depend on what was reported: other reports are judged on the same ones.
    planned = plan(cases, VARY, samples=32, replicates=4, keep=0.2)
    figures = [
        figure
        for design in planned.designs
        for figure in figures_of(design, kept[1].results[design.scenario.name])
        if figure.usable
    ]
    draws = kept[1].sampled[list(VARY)]
    held, unidentified = 0, 0
    truths = np.linspace(-0.6, 1.6, 12)
    for number, truth in enumerate(truths):
        tables = {}
        for path in cases:
            history = District(load_scenario(path, {MATTERS: truth}).sample(8, number), rng=9_000 + number)
            history.run_for(12)
            tables[path.stem] = monthly_table(history)
        reported = [
            figure._replace(
                target=figure.target.model_copy(update={"reported": measure(figure.target, tables[figure.case])})
            )
            for figure in figures
        ]
        inside = ensemble.accepted(ensemble.distance(reported), 0.2)
        table = by(ensemble.parameters_table(planned.spans, draws, inside), "parameter")
        held += table[MATTERS]["low"] <= truth <= table[MATTERS]["high"]
        unidentified += table[CANNOT]["verdict"] == "not_identified"
        assert table[MATTERS]["verdict"] != "not_identified", truth
    assert held >= 10  # of 12, where 9 in 10 are promised
    assert unidentified == 12


def test_what_cannot_matter_changes_no_run(cases: tuple[Path, Path]) -> None:
    scenario = load_scenario(cases[0])
    digests = set()
    for value in (0.0, 1.0):
        district = District(scenario.with_overrides({CANNOT: value}), rng=3)
        district.run_for(12)
        digests.add(district.digest())
    assert len(digests) == 1


def test_figures_of_the_case_below_are_not_compared(kept: tuple[Path, Calibration]) -> None:
    row = by(kept[1].targets, "target")["north.hengdong.collection"]
    assert (row["verdict"], row["reason"]) == ("not_comparable", "places")
    assert not [name for name in kept[1].sampled if "hengdong" in str(name)]
    assert {"north.before", "north.after", "north.reported", "south.after"} <= set(kept[1].sampled)


def test_a_target_is_measured_as_run_measures_it(kept: tuple[Path, Calibration], cases: tuple[Path, Path]) -> None:
    scenario = load_scenario(cases[0])
    results = kept[1].results["north"]
    values = dict(kept[1].sampled.loc[5, [MATTERS, CANNOT]])
    runs = results.runs
    seed = int(runs[(runs["point"] == 5) & (runs["replicate"] == 2)]["seed"].item())
    district = District(scenario.with_overrides(values).sample(1, 2), rng=seed)
    district.run_for(12)
    table = monthly_table(district)
    for one in scenario.targets:
        if one.id.startswith("north."):
            assert measure_runs(one, results.all_months, KEYS).to_dict()[(5, 2)] == measure(one, table)
    assert results.outcomes["month"].min() == 0  # the months before are kept apart
    assert results.all_months["month"].min() == -12
    assert xiaoqu_lab.replay(results.folder, "5/2").status == "same"


def test_the_same_samples_in_every_case_with_common_random_numbers(kept: tuple[Path, Calibration]) -> None:
    north, south = kept[1].results.values()
    pd.testing.assert_frame_equal(north.points, south.points)
    assert north.runs.groupby("replicate")["seed"].nunique().eq(1).all()
    assert kept[1].runs == 2 * 32 * 4


def test_a_stopped_calibration_goes_on_to_the_same_bytes(
    kept: tuple[Path, Calibration], cases: tuple[Path, Path], tmp_path: Path
) -> None:
    def stop(state: Progress) -> None:
        if state.done + state.before > 150:  # in the second case
            raise KeyboardInterrupt

    settings: dict[str, Any] = {"samples": 32, "replicates": 4, "keep": 0.2, "workers": 0}
    with pytest.raises(KeyboardInterrupt):
        calibrate(cases, VARY, tmp_path, watch=stop, **settings)
    seen: list[Progress] = []
    calibrate(cases, VARY, tmp_path, watch=seen.append, **settings)
    assert seen[0].before > 128
    assert (seen[-1].before + seen[-1].done, seen[-1].total) == (256, 256)
    assert content(tmp_path) == content(kept[0])


def test_more_samples_redo_nothing_and_give_what_they_would_have_given(
    kept: tuple[Path, Calibration], cases: tuple[Path, Path], tmp_path: Path
) -> None:
    settings: dict[str, Any] = {"keep": 0.2, "workers": 0}
    calibrate(cases[0], VARY, tmp_path, samples=20, replicates=3, **settings)
    seen: list[Progress] = []
    grown = calibrate(cases, VARY, tmp_path, samples=32, replicates=4, watch=seen.append, **settings)
    assert seen[-1].before == 60
    assert seen[-1].done == 256 - 60
    for name in ("samples.csv", "accepted.csv", "ensemble.json", "ensemble_north.toml", "scenario_south.toml"):
        assert (tmp_path / name).read_bytes() == (kept[0] / name).read_bytes(), name
    assert grown.accepted.equals(kept[1].accepted)
    watched: list[Progress] = []
    calibrate(cases, VARY, tmp_path, samples=32, replicates=4, keep=0.5, watch=watched.append, workers=0)
    assert watched == []  # another share runs nothing


def test_one_calibration_at_a_time_writes_to_a_folder(
    kept: tuple[Path, Calibration], cases: tuple[Path, Path], tmp_path: Path
) -> None:
    before = content(kept[0])
    settings: dict[str, Any] = {"samples": 32, "replicates": 4, "workers": 0}
    with take_lock(kept[0]), pytest.raises(InputError) as caught:
        calibrate(cases, VARY, kept[0], keep=0.5, **settings)  # nothing is to be run: only the summary differs
    assert [problem.code for problem in caught.value.problems] == ["sweep_locked"]
    assert content(kept[0]) == before
    # Where two were planned for one new folder, the second sees what the first has made of it.
    planned = [plan(cases[:1], {MATTERS: span}, tmp_path, samples=10, replicates=2) for span in (VARY[MATTERS], (0, 1))]
    run(planned[0], tmp_path, workers=0)
    with pytest.raises(InputError) as caught:
        run(planned[1], tmp_path, workers=0)
    assert {problem.code for problem in caught.value.problems} == {"other_calibration"}


def test_the_ensemble_can_be_swept(kept: tuple[Path, Calibration], tmp_path: Path) -> None:
    folder, found = kept
    design = read_design(folder / "ensemble_north.toml", {"replicates": 1})
    assert design.scenario.hash == found.results["north"]._design.scenario.hash
    assert [point.values for point in design.points] == list(found.accepted.itertuples(index=False, name=None))
    swept = sweep(design, tmp_path / "swept", workers=0)
    assert len(swept.runs) == found.kept
    assert not len(swept.failures)
    assert set(found.nearest) == set(VARY)
    assert tuple(found.nearest.values()) in set(found.accepted.itertuples(index=False, name=None))


# The command line


def test_what_it_would_cost_is_said_and_nothing_run(cases: tuple[Path, Path], tmp_path: Path) -> None:
    result = xiaoqu(*command(tmp_path / "out", cases, "--dry-run"))
    assert "32 samples × 4 replicates × 2 cases = 256 runs, 0 of them done" in result.stdout
    assert not (tmp_path / "out").exists()


def command(folder: Path, cases: tuple[Path, Path], *more: str) -> list[str]:
    vary = (f"{key}={low:g}:{high:g}" for key, (low, high) in VARY.items())
    options = ["--samples", "32", "--replicates", "4", "--keep", "0.2", "--workers", "0", "--out", str(folder)]
    return ["calibrate", ",".join(map(str, cases)), *(f"--vary={item}" for item in vary), *options, *more]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_command_tells_the_ensemble(kept: tuple[Path, Calibration], cases: tuple[Path, Path], lang: str) -> None:
    before = content(kept[0])
    result = xiaoqu(*command(kept[0], cases, "--lang", lang))
    assert result.exit_code == 0, result.stderr
    for word in (
        "payment.base",
        "north\n",
        "  before",
        "north, south",
        "256",
        "95",
        "xiaoqu sweep",
        f"--set {MATTERS}=",
    ):
        assert word in re.sub(" +\n", "\n", result.stdout), word
    for words in (("pinned", "已确定"), ("not identified", "无法识别"), ("not comparable", "不可比")):
        assert words[lang == "zh"] in result.stdout
        assert words[lang != "zh"] not in result.stdout
    assert content(kept[0]) == before  # asked again, nothing changes


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_tables_fit_80_columns_with_every_verdict(
    kept: tuple[Path, Calibration], lang: Lang, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    folder, found = kept
    wide = found.targets.head(1).assign(target="hengdong.deliberations", case="hengdong", reason="", relation="all")
    wide = wide.assign(prior_low=1_000.0, prior_high=9_999.0, low=1_111.0, high=8_888.0, reported=1_000.0, unit="count")
    verdicts = ("too_low", "too_high", "within_reach", "not_comparable", "missed")
    table = pd.concat([wide.assign(verdict=verdict, out_of_reach=verdict == "missed") for verdict in verdicts])
    show(found._replace(targets=table), str(folder), lang)
    shown = capsys.readouterr().out
    for key in (*(f"verdict.{verdict}" for verdict in verdicts), "calibrate.not_identified"):
        assert text(key, lang) in shown
    assert shown.count("hengdong") == 1, "a case is named once, over its targets"
    after = shown.partition(text("verdict.missed", lang))[2].partition("\n\n")[0]
    reach = text("join", lang) + text("calibrate.out_of_reach", lang)
    assert "".join(after.split()) == "".join(reach.split()), "wrapped, and nothing lost"


def test_json_is_what_the_folder_keeps(kept: tuple[Path, Calibration], cases: tuple[Path, Path]) -> None:
    result = xiaoqu(*command(kept[0], cases, "--json"))
    data = json.loads(result.stdout)
    assert data == json.loads((kept[0] / "ensemble.json").read_text("utf-8"))
    assert data["parameters"][0]["parameter"] == MATTERS
    assert data["parameters"][0]["median"] == kept[1].parameters["median"].iloc[0]
    assert data["kept"] == kept[1].kept


def test_everything_wrong_with_a_command_is_said_at_once(tmp_path: Path) -> None:
    result = xiaoqu(
        "calibrate",
        "hengdong,nowhere,baseline,hengdong",
        "--vary=payment.bsae=0:1",
        "--vary=payment.base=-99:1",
        "--vary=payment.trust=on,off",
        "--vary=payment.peers=2:1",
        "--keep=0",
        "--replicates=1",
        f"--out={tmp_path / 'out'}",
    )
    assert result.exit_code == 2
    assert result.stdout == ""
    said = result.stderr
    for words in (
        "did you mean payment.base?",
        "xiaoqu, payment.trust",
        "the low end is not below the high end",
        "the share to keep is above 0",
        "xiaoqu, --replicates",
        "nowhere\n",
        "two cases have this name",
        "no reported figure to compare with",
    ):
        assert said.count(words) == 1, (words, said)  # once, however many cases it concerns
    assert "-99" in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["hengdong", "--out", "x"], "nothing varies"),
        (["hengdong", "--vary", "payment.base=0:1"], "--out"),
        (["hengdong", "--vary", "payment.base=0:1:5", "--out", "x"], "low:high"),
        (["hengdong", "--vary", "payment.base=on,off", "--out", "x"], "low:high"),
        (["hengdong", "--vary", "payment.base=0:1", "--keep", "1.5", "--out", "x"], "at most 1"),
        (["hengdong", "--vary", "payment.base=0:1", "--keep", "some", "--out", "x"], "at most 1"),
        (["hengdong", "--vary", "payment.base=0:1", "--samples", "9", "--out", "x"], "10 to"),
        (["hengdong", "--vary", "payment.base=0:1", "--samples", "10000", "--out", "x"], "--max-runs 80000"),
        (["baseline", "--vary", "payment.base=0:1", "--out", "x"], "no reported figure"),
        (["hengdong", "--vary", "places.households=100:2000", "--out", "x"], "no reported figure"),
        (["hengdong,hengdong", "--vary", "payment.base=0:1", "--out", "x"], "two cases"),
        ([",", "--vary", "payment.base=0:1", "--out", "x"], "missing"),
    ],
)
def test_what_cannot_be_calibrated_is_refused(
    args: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = xiaoqu("calibrate", *args)
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert result.stdout == ""
    assert not list(tmp_path.iterdir())


def test_the_command_allows_what_python_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "samples", (12, 20))
    for samples in (9, 11, 21):
        given = xiaoqu("calibrate", "hengdong", "--vary", "payment.base=0:1", f"--samples={samples}", "--dry-run")
        assert given.stderr.count("12 to 20") == 1, given.output
        with pytest.raises(InputError, match="12 to 20"):
            plan(["hengdong"], {"payment.base": "0:1"}, samples=samples)


def test_the_folder_of_another_calibration_is_left_alone(
    kept: tuple[Path, Calibration], cases: tuple[Path, Path], tmp_path: Path
) -> None:
    before = content(kept[0])
    for changed, said in (
        ({"cases": cases, "vary": {MATTERS: (0.0, 1.0)}}, "payment.base=-1:2"),
        ({"cases": cases, "vary": VARY, "seed": 2}, "--seed"),
        ({"cases": cases[:1], "vary": VARY}, "south"),
    ):
        settings: dict[str, Any] = {"samples": 32, "replicates": 4, **changed}
        with pytest.raises(InputError, match=said):
            plan(settings.pop("cases"), settings.pop("vary"), kept[0], **settings)
    assert content(kept[0]) == before
    (tmp_path / "letter.txt").write_text("dear", "utf-8")
    with pytest.raises(InputError, match=r"letter\.txt"):
        plan(cases, VARY, tmp_path)
    with pytest.raises(InputError, match="file"):
        plan(cases, VARY, tmp_path / "letter.txt")
