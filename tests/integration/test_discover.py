"""Scenario discovery: a planted box is found, nothing is found where there is nothing, and it is told in words."""

import json
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

import xiaoqu_lab
from xiaoqu import District, load_scenario
from xiaoqu_lab.cli import main
from xiaoqu_lab.commands.discover import in_words
from xiaoqu_lab.sweeps.design import Design
from xiaoqu_lab.sweeps.design_reading import make_design, named_designs, read_design
from xiaoqu_lab.sweeps.discover import Limit, columns_of, discover, find_box
from xiaoqu_lab.sweeps.results import Sweep
from xiaoqu_lab.sweeps.runs import all_runs, recipe_of, scenario_of
from xiaoqu_lab.sweeps.sweep import sweep

SMALL = {"places.compounds": 2, "places.households": 60, "calendar.spin_up": 12, "calendar.months": 3}


def xiaoqu(*args: str) -> Result:
    result = CliRunner().invoke(main, list(args))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def planted(runs: int = 1_000) -> pd.DataFrame:
    draws = np.random.default_rng(4)
    return pd.DataFrame(
        {
            "places.vacancy": draws.random(runs),
            "places.tenancy": draws.random(runs),
            "levers.triage": draws.choice([0.0, 1.0], runs),
            "places.compounds": draws.choice([1, 2, 3, 4], runs),
            "modes.initial": draws.choice(["unmanaged", "committee", "council"], runs),
        }
    ).astype(object)


# A planted box


def test_a_planted_box_is_found() -> None:
    columns = planted()
    inside = (columns["places.vacancy"] > 0.5) & (columns["levers.triage"] == 0.0)
    box, way = find_box(columns, inside.to_numpy(dtype=bool))
    assert box is not None
    assert {limit.key for limit in box.limits} == {"places.vacancy", "levers.triage"}
    by_key = {limit.key: limit for limit in box.limits}
    assert by_key["places.vacancy"].low == pytest.approx(0.5, abs=0.03)
    assert by_key["places.vacancy"].high is None
    assert by_key["levers.triage"].values == (0.0,)
    assert by_key["levers.triage"].others == (1.0,)
    assert box.coverage > 0.9
    assert box.density > 0.95
    assert way["chosen"].sum() == 1


def test_the_figures_of_a_box_are_those_of_its_limits() -> None:
    columns = planted()
    chance = np.where(columns["places.vacancy"].to_numpy(float) < 0.3, 0.9, 0.1)
    happens = np.random.default_rng(5).random(len(columns)) < chance
    box, way = find_box(columns, happens)
    assert box is not None
    inside = np.ones(len(columns), dtype=bool)
    for limit in box.limits:
        values = columns[limit.key]
        inside &= values.isin(limit.values) if limit.values else True
        inside &= True if limit.low is None else values.astype(float) >= limit.low
        inside &= True if limit.high is None else values.astype(float) <= limit.high
        assert limit.quasi_p < 0.05
    assert box.runs == inside.sum()
    assert box.cases == happens[inside].sum()
    assert box.coverage == pytest.approx(happens[inside].sum() / happens.sum())
    assert box.density == pytest.approx(happens[inside].mean())
    # The rule: no box before or after it that fulfils it has more of both; the chosen one stands on the way.
    chosen = way[way["chosen"]].iloc[0]
    assert (chosen["coverage"], chosen["density"]) == (box.coverage, box.density)


def test_values_without_an_order_are_named() -> None:
    columns = planted()
    inside = (columns["modes.initial"] == "council").to_numpy(dtype=bool)
    box, _ = find_box(columns, inside)
    assert box is not None
    assert [(limit.key, limit.values, limit.low) for limit in box.limits] == [("modes.initial", ("council",), None)]
    assert (box.coverage, box.density) == (1.0, 1.0)


def test_whole_numbers_have_limits_that_occur() -> None:
    columns = planted()
    inside = (columns["places.compounds"].astype(int) >= 3).to_numpy(dtype=bool)
    box, _ = find_box(columns, inside)
    assert box is not None
    (limit,) = box.limits
    assert (limit.low, limit.high, limit.values, limit.others) == (3, None, (3, 4), (1, 2))


def test_nothing_is_found_where_there_is_nothing() -> None:
    happens = np.random.default_rng(6).random(1_000) < 0.3
    box, way = find_box(planted(), happens)
    assert box is None or box.density < 0.45  # chance alone never makes a box that convinces
    assert len(way) > 1


@pytest.mark.parametrize("always", [False, True])
def test_what_never_or_always_happens_has_no_box(always: bool) -> None:
    box, way = find_box(planted(50), np.full(50, always))
    assert box is None
    assert way.empty


def test_the_same_box_whatever_the_hash_seed() -> None:
    code = (
        "import sys; sys.path.insert(0, 'tests/integration')\n"
        "from test_discover import planted; from xiaoqu_lab.sweeps.discover import find_box\n"
        "x = planted(400); y = ((x['modes.initial'] != 'council') & (x['places.vacancy'] < 0.6)).to_numpy(bool)\n"
        "print(find_box(x, y)[0])"
    )
    said = {
        subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
    assert "places.vacancy" in said.pop()


def test_only_the_known_warnings_are_silenced() -> None:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        find_box(planted(100), np.arange(100) < 50)
        warnings.warn("ipyparallel is something else", UserWarning, stacklevel=1)
    assert [str(warning.message) for warning in seen] == ["ipyparallel is something else"]


# The runs of a sweep


VARY = {"places.vacancy": "0.0:0.7", "modes.initial": "unmanaged,committee"}


def small_design(ranges: str) -> Design:
    scenario = load_scenario("hengdong", SMALL)
    return make_design(scenario, VARY, sampler="latin_hypercube", samples=40, replicates=3, ranges=ranges)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    return sweep(small_design("middle"), tmp_path_factory.mktemp("discover") / "store", workers=1)


def test_columns_are_what_the_runs_had() -> None:
    """Every factor and every range drawn, run by run, as a worker resolves them."""
    design = small_design("draw")
    recipe, numbers = recipe_of(design), {point.key: point.number for point in design.points}
    runs = all_runs(design)[::7]
    points, replicates = (
        np.array(list(of)) for of in zip(*((numbers[r.point], r.replicate) for r in runs), strict=True)
    )
    columns = columns_of(design, points, replicates)
    assert set(columns) == set(design.scenario.ranges) | {"places.vacancy", "modes.initial"}
    for row, run in zip(columns.to_dict("records"), runs, strict=True):
        scenario = scenario_of(recipe.scenario, recipe.ranges_seed, run)
        assert row == {key: scenario[str(key)] for key in row}


def test_a_factor_at_the_middle_of_its_range_has_the_value_drawn() -> None:
    scenario = load_scenario("hengdong", SMALL)
    middle = scenario["places.vacancy"]
    design = make_design(scenario, {"places.vacancy": [0.05, middle]}, replicates=3)
    columns = columns_of(design, np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))
    drawn = [scenario.sample(design.seed, replicate)["places.vacancy"] for replicate in (0, 1)]
    assert columns["places.vacancy"].tolist() == [0.05, 0.05, *drawn]


def test_the_columns_of_a_design_without_draws_are_its_factors(found: Sweep) -> None:
    assert set(discover(found, OUTCOME).columns) == set(VARY)


OUTCOME = "share_unmanaged:0 < 0.5"
"""In the first month: where compounds begin under a committee, and it lasts through the spin-up."""


def test_a_sweep_is_asked(found: Sweep) -> None:
    asked = xiaoqu_lab.discover(found.folder, OUTCOME)
    values = found.outcomes[found.outcomes["month"] == 0]["share_unmanaged"]
    assert asked.runs == len(found.runs) == 120
    assert asked.cases == (values < 0.5).sum()
    assert asked.box is not None
    assert {limit.key: limit.values for limit in asked.box.limits}["modes.initial"] == ("committee",)
    assert asked.box.density > asked.share
    assert asked.cautions == ("few_runs",)


def test_the_command_says_it_in_words(found: Sweep) -> None:
    english = xiaoqu("discover", str(found.folder), "--outcome", OUTCOME)
    assert english.exit_code == 0
    for words in ("initial committee", "modes.initial", "density", "overall", "cover", "quasi-p", "Caution"):
        assert words in english.stdout
    chinese = xiaoqu("discover", str(found.folder), "--outcome", OUTCOME, "--lang", "zh").stdout
    for words in ("为 committee", "密度", "注意"):
        assert words in chinese
    data = json.loads(xiaoqu("discover", str(found.folder), "--outcome", OUTCOME, "--json").stdout)
    assert data["box"]["words"] in data["answer"]
    assert data["answer"] in english.stdout.replace("\n", " ")
    assert data["box"]["coverage"] == discover(found, OUTCOME).box.coverage  # type: ignore[union-attr]
    assert sum(step["chosen"] for step in data["trajectory"]) == 1


@pytest.mark.parametrize(
    ("bound", "caution", "chinese"), [("< -1", "never", "从不成立"), ("< 2", "always", "总是成立")]
)
def test_that_nothing_is_found_is_an_answer(found: Sweep, bound: str, caution: str, chinese: str) -> None:
    asked = ["discover", str(found.folder), "--outcome", f"satisfaction {bound}"]
    shown, machine = xiaoqu(*asked), xiaoqu(*asked, "--json")
    assert (shown.exit_code, machine.exit_code) == (0, 0)
    data = json.loads(machine.stdout)
    assert (data["box"], data["cautions"]) == (None, [caution])
    assert data["answer"].startswith(f"It {caution} holds")
    assert data["answer"] in shown.stdout
    assert chinese in json.loads(xiaoqu(*asked, "--json", "--lang", "zh").stdout)["answer"]


def test_the_command_refuses(found: Sweep, tmp_path: Path) -> None:
    for folder, outcome, said in (
        (tmp_path, "satisfaction < 1", "no sweep"),
        (found.folder, "satisfaction", "an outcome, a sign and a number"),
        (found.folder, "happiness < 1", "happiness"),
        (found.folder, "satisfaction:77 < 1", "no run has a value"),
    ):
        result = xiaoqu("discover", str(folder), "--outcome", outcome)
        assert result.exit_code == 2, outcome
        assert said in result.stderr


def test_conditions_in_words() -> None:
    def words(low: float | None, high: float | None, values: tuple[object, ...], others: tuple[object, ...]) -> str:
        return in_words(Limit("levers.x", low, high, values, others, 0.01), "x", "en")  # type: ignore[arg-type]

    assert words(None, 0.0, (0.0,), (1.0,)) == "x off"
    assert words(1.0, None, (1.0,), (0.0,)) == "x on"
    assert words(None, 1.0, (0.5, 1.0), (2.0,)) == "x at most 1"
    assert words(0.25, 0.5, (), ()) == "x from 0.25 to 0.5"
    assert words(None, None, (True,), (False,)) == "x true"
    assert words(None, None, ("a", "b"), ("c",)) == "x a or b"


# Named designs


def test_named_designs_can_be_read_and_ask_in_two_languages() -> None:
    designs = {name: read_design(path) for name, path in named_designs().items()}
    assert {"programmes", "three_modes", "party_instruments", "campaign_capacity", "viability_wall", "quorum"} <= set(
        designs
    )
    assert "after_the_campaign" in designs
    for name, design in designs.items():
        assert design.name == name
        assert design.question_en.endswith("?")
        assert design.question_zh.endswith("？")
        assert design.runs < 20_000
        assert name in (Path(__file__).parents[2] / "experiments/designs/README.md").read_text("utf-8")
    after = designs["after_the_campaign"]
    assert after.months > max(length for length in after.factors[0].values if isinstance(length, int))


def test_the_three_modes_begin_as_stated() -> None:
    """In the first month every compound is under the mode that its point states, with the same people."""
    design = read_design("three_modes")
    seen = []
    for point in design.points:
        scenario = design.at(point).with_overrides({"places.compounds": 6})
        district = District(scenario, rng=3)
        first = district.outcomes(-12).iloc[0]
        assert first["month"] == -12
        assert first[f"share_{scenario['modes.initial']}"] == 1.0
        assert [mode.name for mode in district.modes] == list(dict.fromkeys(["unmanaged", scenario["modes.initial"]]))
        households, compounds = district.world.households, district.world.compounds
        seen.append(
            (households.disposition.tolist(), compounds.public_potential.tolist(), compounds.infrastructure.shape)
        )
    assert seen.count(seen[0]) == len(design.points) == 4
