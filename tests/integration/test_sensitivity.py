"""Sensitivity: indices with known values, what noise is worth, and the way from a scenario to a table."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

import xiaoqu_lab
from xiaoqu import InputError, load_scenario
from xiaoqu.scenario import Scenario
from xiaoqu_lab.cli import main
from xiaoqu_lab.commands.sensitivity import bar
from xiaoqu_lab.sweeps.design_reading import make_design
from xiaoqu_lab.sweeps.factors import Factor
from xiaoqu_lab.sweeps.samplers import Sampler, unit_rows
from xiaoqu_lab.sweeps.sensitivity import Sensitivity, default_factors, morris, noise_share, plan, sensitivity, sobol
from xiaoqu_lab.sweeps.sweep import sweep

NAMES = ["a", "b", "c"]
FACTORS = [Factor(name, "uncertainty", (0.0, 1.0), (0.0, 1.0)) for name in NAMES]
SMALL = {
    "places.compounds": 2,
    "places.households": 60,
    "calendar.spin_up": 12,
    "calendar.months": 3,
}
VARY = {"places.vacancy": "0.0:0.7", "levers.triage": "0:1", "places.size_sigma": "0.1,0.2"}


def small(name: str = "hengdong") -> Scenario:
    return load_scenario(name, SMALL)


def xiaoqu(*args: str) -> Result:
    result = CliRunner().invoke(main, list(args))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def figure(table: pd.DataFrame, factor: str, name: str) -> float:
    return float(table[table["factor"] == factor][name].item())


# Indices with known values


def test_sobol_of_ishigami() -> None:
    shares = unit_rows("sobol", FACTORS, 2_048, 3)
    x = -np.pi + 2.0 * np.pi * shares
    y = np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    table = sobol(NAMES, np.column_stack([y, y]))
    # Exact: https://www.sfu.ca/~ssurjano/ishigami.html, a = 7, b = 0.1
    for name, first, total in (("a", 0.3139, 0.5576), ("b", 0.4424, 0.4424), ("c", 0.0, 0.2437)):
        assert figure(table, name, "S1") == pytest.approx(first, abs=0.03)
        assert figure(table, name, "ST") == pytest.approx(total, abs=0.03)
    assert table["factor"].tolist() == ["a", "b", "c"]
    assert table["clear"].all()
    assert (table["floor"] == 0.0).all()


def test_morris_of_a_plane() -> None:
    shares = unit_rows("morris", FACTORS, 8, 3)
    y = 2.0 * shares[:, 1] - 3.0 * shares[:, 2]
    table = morris(NAMES, shares, np.column_stack([y, y]))
    assert table["factor"].tolist() == ["c", "b", "a"]
    assert table["mu_star"].tolist() == pytest.approx([3.0, 2.0, 0.0])
    assert table["mu"].tolist() == pytest.approx([-3.0, 2.0, 0.0])
    assert table["sigma"].tolist() == pytest.approx([0.0, 0.0, 0.0], abs=1e-12)
    assert table["clear"].tolist() == [True, True, False]


def test_an_interaction_shows_in_sigma() -> None:
    shares = unit_rows("morris", FACTORS, 30, 5)
    y = (shares[:, 0] - 0.5) * (shares[:, 1] - 0.5)
    table = morris(NAMES, shares, np.column_stack([y, y]))
    assert figure(table, "a", "sigma") > 0.2
    assert abs(figure(table, "a", "mu")) < figure(table, "a", "mu_star")


@pytest.mark.parametrize(("sampler", "samples", "index"), [("morris", 200, "mu_star"), ("sobol", 512, "ST")])
def test_noise_alone_is_called_noise(sampler: Sampler, samples: int, index: str) -> None:
    shares = unit_rows(sampler, FACTORS, samples, 3)
    called_effects = 0
    for seed in range(10):
        values = np.random.default_rng(seed).normal(size=(len(shares), 8))
        table = morris(NAMES, shares, values) if sampler == "morris" else sobol(NAMES, values)
        assert table[index].to_numpy() == pytest.approx(table["floor"].to_numpy(), rel=0.25)
        assert noise_share(values, common=False) > 0.8
        called_effects += int(table["clear"].sum())
    assert called_effects <= 4  # of 30, at 2.5 % each


def test_an_effect_is_told_from_noise() -> None:
    noise = np.random.default_rng(1)
    for sampler, samples in (("morris", 40), ("sobol", 256)):
        shares = unit_rows(sampler, FACTORS, samples, 3)  # type: ignore[arg-type]
        values = 4.0 * shares[:, [0]] + noise.normal(size=(len(shares), 8))
        table = morris(NAMES, shares, values) if sampler == "morris" else sobol(NAMES, values)
        assert table[table["clear"]]["factor"].tolist() == ["a"]


def test_the_share_of_noise_is_the_variance_of_the_means() -> None:
    noise = np.random.default_rng(2)
    points = noise.normal(0.0, 1.0, (400, 1))
    values = points + noise.normal(0.0, 2.0, (400, 16))  # variance of a mean: 4 / 16
    assert noise_share(values, common=False) == pytest.approx(0.25 / 1.25, abs=0.04)
    shifted = values + noise.normal(0.0, 50.0, (1, 16))  # what a replicate has in common is no noise
    assert noise_share(shifted, common=True) == pytest.approx(0.25 / 1.25, abs=0.04)
    assert noise_share(shifted, common=False) == 1.0


def test_lost_runs_do_not_spoil_the_share_of_noise() -> None:
    noise = np.random.default_rng(3)
    values = noise.normal(0.0, 1.0, (400, 1)) + noise.normal(0.0, 2.0, (400, 16))
    values[::7, 3] = np.nan
    assert noise_share(values, common=True) == pytest.approx(0.2, abs=0.04)


def test_one_replicate_tells_nothing_about_noise() -> None:
    shares = unit_rows("morris", FACTORS, 8, 3)
    values = shares[:, [0]]
    assert math.isnan(noise_share(values, common=True))
    for table in (morris(NAMES, shares, values), sobol(NAMES, np.random.default_rng(1).random((40, 1)))):
        assert table["floor"].isna().all()
        assert not table["clear"].any()


def test_an_outcome_that_nothing_moves() -> None:
    table = sobol(NAMES, np.full((40, 3), 0.7))
    assert (table[["S1", "ST", "S1_conf", "ST_conf", "floor"]] == 0.0).all(axis=None)
    assert not table["clear"].any()
    assert math.isnan(noise_share(np.full((8, 3), 0.7), common=True))


# From a scenario to a table


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Sensitivity]:
    folder = tmp_path_factory.mktemp("morris") / "store"
    return folder, sensitivity(small(), VARY, samples=3, replicates=3, out=folder, workers=1)


def test_a_scenario_is_screened(kept: tuple[Path, Sensitivity]) -> None:
    _, found = kept
    assert (found.method, found.rows, found.replicates) == ("morris", 12, 3)
    assert found.outcome == "collection_rate_12m:last"
    assert found.points <= found.rows  # steps of a listed factor that do not change it are one point
    assert found.runs == 3 * found.points
    assert set(found.table["factor"]) == set(VARY)
    assert found.table["mu_star"].iloc[0] > 0.0
    assert 0.0 <= found.noise <= 1.0


def test_the_means_come_from_the_runs(kept: tuple[Path, Sensitivity]) -> None:
    _, found = kept
    last = found.results.outcomes.groupby(["point", "replicate"])["collection_rate_12m"].last()
    means = last.groupby("point").mean()
    assert found.mean == pytest.approx(means.mean())
    assert found.spread == pytest.approx(means.std())


def test_a_finished_sweep_is_analysed_as_it_stands(kept: tuple[Path, Sensitivity]) -> None:
    folder, found = kept
    again = xiaoqu_lab.sensitivity(folder)
    assert again.table.equals(found.table)
    assert sensitivity(again.results, outcome="satisfaction:mean").outcome == "satisfaction:mean"


def test_sobol_runs_and_throws_its_folder_away() -> None:
    vary = {"places.vacancy": "0.0:0.7", "levers.triage": "0:1"}
    found = sensitivity(small(), vary, method="sobol", samples=4, replicates=2, outcome="satisfaction:mean", workers=1)
    assert (found.rows, found.method, found.outcome) == (16, "sobol", "satisfaction:mean")
    assert found.table["ST"].between(0.0, 5.0).all()
    assert not found.results.folder.exists()


def test_a_scenarios_own_questions() -> None:
    scenario = load_scenario("hengdong")
    factors = default_factors(scenario)
    assert factors["places.vacancy"] == {"low": 0.1, "high": 0.2}
    assert factors["levers.neighbour_chiefs"] == {"low": 0.0, "high": 1.0}
    assert "levers.cadre_sponsors" not in factors  # off in this case
    assert len(factors) == len(scenario.ranges) + 18
    design = plan(scenario)
    assert (design.sampler, design.rows_count) == ("morris", 10 * (len(factors) + 1))


def test_a_design_is_sampled_by_the_method() -> None:
    design = plan("programmes", method="sobol", replicates=2)
    assert (design.sampler, design.samples, design.replicates, len(design.factors)) == ("sobol", 64, 2, 33)
    assert plan("programmes").sampler == "morris"


def test_what_cannot_be_analysed_is_refused(tmp_path: Path) -> None:
    design = make_design(small(), {"levers.triage": "off,on"}, replicates=1)
    grid = sweep(design, tmp_path / "grid", workers=1)
    for attempt in (
        lambda: sensitivity(grid),
        lambda: plan("three_modes"),
        lambda: plan("baseline"),
        lambda: plan("programmes", {"places.vacancy": "0:0.5"}),
        lambda: plan("hengdong", outcome="happiness"),
        lambda: plan("nowhere"),
    ):
        with pytest.raises(InputError):
            attempt()


def test_an_outcome_that_was_never_measured_is_refused(kept: tuple[Path, Sensitivity]) -> None:
    with pytest.raises(InputError, match="points"):
        sensitivity(kept[0], outcome="turnout:99")


# The command line


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_command_explains_its_table(kept: tuple[Path, Sensitivity], lang: str) -> None:
    result = xiaoqu("sensitivity", str(kept[0]), "--lang", lang)
    assert result.exit_code == 0, result.output
    for name in VARY:
        assert name in result.stdout
    for sign in ("μ*", "σ", "█", "95"):
        assert sign in result.stdout
    assert ("noise of the means" if lang == "en" else "噪声") in result.stdout


def test_json_has_every_figure(kept: tuple[Path, Sensitivity]) -> None:
    folder, found = kept
    data = json.loads(xiaoqu("sensitivity", str(folder), "--json").stdout)
    assert data["noise"] == found.noise
    assert [row["factor"] for row in data["factors"]] == found.table["factor"].tolist()
    assert data["factors"][0]["mu_star"] == found.table["mu_star"].iloc[0]
    assert isinstance(data["factors"][0]["clear"], bool)


def test_the_command_refuses(kept: tuple[Path, Sensitivity]) -> None:
    for args, said in (
        ([str(kept[0]), "--samples", "3"], "--samples"),
        (["hengdong", "--vary", "places.vacancy"], "factor is key=values"),
        (["hengdong", "--replicates", "0"], "--replicates"),
        (["hengdong", "--method", "sobol", "--samples", "100"], "power of two"),
        (["hengdong", "--method", "sobol", "--samples", "1024"], "20,000"),
        (["baseline"], "no ranges"),
    ):
        result = xiaoqu("sensitivity", *args)
        assert result.exit_code == 2, args
        assert said in result.stderr, args
        assert result.stdout == ""


def test_bars_grow_with_their_share() -> None:
    assert [bar(share) for share in (0.0, 0.5, 1.0)] == ["", "█" * 6, "█" * 12]
    assert len({bar(i / 96) for i in range(97)}) == 97
