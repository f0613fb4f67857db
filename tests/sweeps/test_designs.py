"""Designs: what is asked for is what is run, and what is wrong is said before the first run."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sweeps.small import OUTCOMES, VARY, small_design, small_scenario

from xiaoqu import load_scenario
from xiaoqu.errors import InputError
from xiaoqu_lab.sweeps import runs, samplers
from xiaoqu_lab.sweeps.design_reading import make_design, named_designs, read_design
from xiaoqu_lab.sweeps.factors import Factor


def codes(caught: pytest.ExceptionInfo[InputError]) -> set[str]:
    return {problem.code for problem in caught.value.problems}


def test_a_full_factorial_has_every_combination_once() -> None:
    design = small_design(vary={"levers.triage": "off,on", "places.vacancy": "0.1:0.3:3"})
    assert {point.values for point in design.points} == {(t, v) for t in (0.0, 1.0) for v in (0.1, 0.2, 0.3)}
    assert design.runs == 6 * 4 == design.most_runs


def test_one_at_a_time_changes_one_thing_at_a_time() -> None:
    design = small_design(vary={"levers.*": "flip"}, sampler="one_at_a_time")
    assert design.points[0].differences == ()
    assert all(len(point.differences) == 1 for point in design.points[1:])
    assert len(design.points) == 1 + len(design.scenario.get_section("levers"))
    for point in design.points[1:]:
        ((key, value),) = point.differences
        assert (value == 0.0) == (design.scenario[key] != 0.0)


@given(st.integers(2, 40), st.integers(0, 2**32))
def test_a_latin_hypercube_has_one_sample_in_each_stratum(samples: int, seed: int) -> None:
    factors = (Factor("a", "lever", (0.0, 1.0), (0.0, 1.0)), Factor("b", "lever", (0.0, 1.0), (0.0, 1.0)))
    shares = samplers.unit_rows("latin_hypercube", factors, samples, seed)
    for column in shares.T:
        assert sorted((column * samples).astype(int)) == list(range(samples))
    alone = samplers.unit_rows("latin_hypercube", factors[:1], samples, seed)
    assert np.array_equal(alone[:, 0], shares[:, 0]), "another factor moves this one's values"


@given(st.integers(1, 90), st.integers(0, 6), st.integers(0, 2**32))
def test_a_hypercube_that_grows_keeps_its_samples(samples: int, doublings: int, seed: int) -> None:
    factors = (Factor("a", "lever", (0.0, 1.0), (0.0, 1.0)), Factor("b", "lever", (0.0, 1.0), (0.0, 1.0)))
    few, many = (samplers.unit_rows("growing_hypercube", factors, size, seed) for size in (samples, 100))
    assert np.array_equal(few, many[:samples])
    for column in many[: 2**doublings].T:
        assert sorted((column * 2**doublings).astype(int)) == list(range(2**doublings))
    alone = samplers.unit_rows("growing_hypercube", factors[1:], samples, seed)
    assert np.array_equal(alone[:, 0], few[:, 1]), "another factor moves this one's values"


def test_the_columns_of_a_hypercube_that_grows_know_nothing_of_each_other() -> None:
    factors = [Factor(name, "lever", (0.0, 1.0), (0.0, 1.0)) for name in "abcd"]
    shares = samplers.unit_rows("growing_hypercube", factors, 1_024, 5)
    correlations = np.corrcoef(shares.T) - np.eye(4)
    assert np.abs(correlations).max() < 0.1
    cells = {tuple(row) for row in (shares[:, :2] * 16).astype(int).tolist()}
    assert len(cells) > 240  # of 256: rows of a fixed order would fill few


@pytest.mark.parametrize(
    "sampler", ["sobol", "morris", "latin_hypercube", "growing_hypercube", "full_factorial", "one_at_a_time"]
)
def test_the_number_of_rows_is_known_before_they_are_made(sampler: str) -> None:
    vary = {"places.vacancy": "0.1:0.3:4", "levers.triage": "off,on", "levers.patrols": "0:1:3"}
    design = small_design(vary=vary, sampler=sampler, samples=8)
    assert design.rows_count == len(design.rows)
    assert len(design.points) == len(set(design.rows))
    assert [design.points[number].values for number in design.point_of_row] == list(design.rows)


@given(st.floats(0.0, 1.0), st.integers(-5, 5), st.integers(1, 9))
def test_a_factor_stays_within_its_span(share: float, low: int, width: int) -> None:
    whole = Factor("a", "lever", (low, low + width), (low, low + width), whole=True)
    assert low <= whole.at(share) <= low + width  # type: ignore[operator]
    assert isinstance(whole.at(share), int)
    listed = Factor("a", "lever", ("x", "y", "z"))
    assert listed.at(share) in listed.values


def test_replicates_of_all_points_come_before_the_next_replicate() -> None:
    everything = runs.all_runs(small_design(3))
    assert [run.replicate for run in everything] == [0] * 4 + [1] * 4 + [2] * 4
    assert len({run.key for run in everything}) == 12


def test_points_share_their_seeds_unless_numbers_are_independent() -> None:
    common, independent = small_design(3), small_design(3, numbers="independent")
    assert len({run.seed for run in runs.all_runs(common)}) == 3
    assert len({run.seed for run in runs.all_runs(independent)}) == 12


def test_a_run_is_named_by_what_decides_its_result() -> None:
    keys = {run.key for run in runs.all_runs(small_design(2))}
    assert keys < {run.key for run in runs.all_runs(small_design(3))}, "growing a design renames its runs"
    other = small_scenario(payment__habit=2.0)
    for changed in (
        small_design(2, seed=2),
        small_design(2, months=5),
        small_design(2, ranges="middle"),
        small_design(2, events=("all",)),
        small_design(2, before=12),
        small_design(2, scenario=other),
    ):
        assert keys.isdisjoint({run.key for run in runs.all_runs(changed)})
    assert keys.isdisjoint({run.key for run in runs.all_runs(small_design(2), code="another version")})


def test_a_file_gives_the_design_that_python_gives(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        """
[design]
name = "mine"
question_en = "Does triage matter?"
scenario = "hengdong"
replicates = 4
outcomes = ["collection_rate_12m", "satisfaction", "public_money"]
[levers]
"levers.triage" = ["off", "on"]
[uncertainties]
"places.vacancy" = { low = 0.1, high = 0.3, steps = 3 }
""",
        "utf-8",
    )
    found = read_design(tmp_path / "mine.toml")
    vary = {"levers.triage": "off,on", "places.vacancy": "0.1:0.3:3"}
    assert found.points == make_design("hengdong", vary, replicates=4).points
    assert [factor.kind for factor in found.factors] == ["lever", "uncertainty"]
    assert read_design(tmp_path / "mine.toml", {"replicates": 9}).replicates == 9


def test_points_can_come_from_a_table(tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text("levers.triage,places.vacancy\noff,0.2\n,0.3\n", "utf-8-sig")
    head = '[design]\nscenario = "hengdong"\nsampler = "list"\nfile = "points.csv"\n'
    (tmp_path / "mine.toml").write_text(head, "utf-8")
    design = read_design(tmp_path / "mine.toml")
    assert [dict(point.differences) for point in design.points] == [
        {"levers.triage": 0.0, "places.vacancy": 0.2},
        {"places.vacancy": 0.3},
    ]
    (tmp_path / "points.csv").write_text("levers.triage,places.vacancy\noff\nmaybe,1.4\n", "utf-8")
    with pytest.raises(InputError) as caught:
        read_design(tmp_path / "mine.toml")
    assert {problem.line for problem in caught.value.problems} == {2, 3}


def test_everything_wrong_with_a_design_is_said_at_once_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(
        """[design]
scenario = "hengdong"
replicates = -1
sampler = "grid"
[levers]
"levers.triag" = ["off", "on"]
"levers.patrols" = ["off", 7]
[uncertainties]
"places.vacancy" = { low = 0.3, high = 0.1, steps = 3 }
"places.party_share" = { low = 0.1, high = 60 }
[other]
x = 1
""",
        "utf-8",
    )
    with pytest.raises(InputError) as caught:
        read_design(tmp_path / "bad.toml")
    places = {(problem.line, problem.key) for problem in caught.value.problems}
    assert {3, 4, 6, 7, 9, 10, 11} <= {line for line, _ in places}
    assert all("bad.toml" in message for message in (caught.value.render("en"), caught.value.render("zh")))


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"vary": {}}, "no_factors"),
        ({"vary": {"places.vacancy": "0.1:0.3"}}, "span_form"),
        ({"vary": {"places.vacancy": "0.1:0.3:1"}}, "span_steps"),
        ({"vary": {"places.vacancy": "nan"}}, "not_finite"),
        ({"vary": {"modes.initial": ["nobody"]}}, "initial_mode"),
        ({"sampler": "list"}, "no_points"),
        ({"sampler": "sobol", "samples": 12, "vary": {"places.vacancy": "0.1:0.3"}}, "not_power_of_two"),
        ({"seed": -1}, "below"),
    ],
)
def test_a_design_that_cannot_be_run_is_refused(settings: dict[str, object], code: str) -> None:
    with pytest.raises(InputError) as caught:
        small_design(**settings)  # type: ignore[arg-type]
    assert code in codes(caught)
    assert caught.value.render("zh")


@pytest.mark.parametrize(
    ("spec", "seen"),
    [
        ("0.1:0.3", "0.1:0.3"),
        ({"low": 0.1, "high": 0.3}, "{ low = 0.1, high = 0.3 }"),
        ({"low": True}, "{ low = true }"),
    ],
)
def test_a_span_is_shown_as_it_was_written(spec: object, seen: str) -> None:
    with pytest.raises(InputError) as caught:
        small_design(vary={"places.vacancy": spec, "places.nowhere": spec})
    problems = {problem.key: problem for problem in caught.value.problems}
    assert (problems["places.vacancy"].code, problems["places.vacancy"].seen) == ("span_form", seen)
    assert problems["places.nowhere"].code.startswith("unknown_key"), "its form is not what is wrong with it"
    assert len(caught.value.problems) == 2


def test_the_head_of_a_design_is_shown_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('[design]\nscenario = "hengdong"\nseed = { x = true }\n', "utf-8")
    with pytest.raises(InputError) as caught:
        read_design(tmp_path / "bad.toml")
    assert "{ x = true }" in {problem.seen for problem in caught.value.problems}


def test_a_key_of_a_mode_that_the_scenario_does_not_state_is_refused() -> None:
    poison = load_scenario(Path(__file__).parent / "poison")
    for spec in ("1,2", "1:2:2"):
        with pytest.raises(InputError) as caught:
            make_design(poison, {"modes.poison.sanction": spec})
        assert codes(caught) >= {"not_stated"}
    with pytest.raises(InputError) as caught:
        make_design(poison, points=[{}, {"modes.poison.sanction": 1}])
    assert codes(caught) == {"not_stated"}


def test_an_outcome_that_nobody_declared_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        make_design(small_scenario(), VARY, outcomes=("satisfction",))
    assert codes(caught) == {"unknown_outcome_guess"}


def test_an_impossible_pair_is_refused_before_the_first_run() -> None:
    with pytest.raises(InputError):
        small_design(vary={"places.compounds": [3, 500], "places.households": [90, 100_000]})


def test_the_designs_that_come_along_can_be_read() -> None:
    designs = named_designs()
    assert "programmes" in designs
    for path in designs.values():
        design = read_design(path)
        assert design.question_en
        assert design.question_zh
        assert 0 < design.runs <= 20_000


def test_kept_outcomes_have_the_shares_of_all_modes() -> None:
    kept = small_design().kept
    assert kept[: len(OUTCOMES)] == OUTCOMES
    assert {"share_unmanaged", "share_property_company", "share_committee", "share_council"} <= set(kept)
