"""Reported against simulated: what a target measures, the verdict, and when there is none."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from xiaoqu import InputError, load_scenario
from xiaoqu.parameters import Target
from xiaoqu_lab.targets import compare, hindrance, judge, measure, unknown_outcomes

NAN = float("nan")


def target(**changes: Any) -> Target:
    stated: dict[str, Any] = {
        "id": "t",
        "outcome": "x",
        "aggregate": "last",
        "window": (1, 3),
        "reported": 5.0,
        "relation": "about",
        "unit": "count",
        "definition_en": "x",
        "definition_zh": "x",
        "source": "invented",
        "case_id": "t",
    }
    return Target.model_validate(stated | changes)


def table(values: dict[int, float]) -> pd.DataFrame:
    return pd.DataFrame({"month": list(values), "x": list(values.values())})


@pytest.mark.parametrize(
    ("aggregate", "expected"),
    [("last", 7.0), ("sum", 13.0), ("mean", 6.5), ("max", 7.0), ("change", 3.0), ("before", 2.0)],
)
def test_a_target_measures_its_window_and_skips_months_without_a_value(aggregate: str, expected: float) -> None:
    values = {-2: 2.0, -1: NAN, 0: 4.0, 1: 6.0, 2: NAN, 3: 7.0, 4: 100.0}
    assert measure(target(aggregate=aggregate), table(values)) == expected


def test_the_end_of_a_window_is_its_last_month_with_a_value() -> None:
    values = {0: 1.0, 1: 6.0, 2: 8.0, 3: NAN}
    assert measure(target(), table(values)) == 8.0
    assert measure(target(aggregate="change"), table(values)) == 7.0


@pytest.mark.parametrize("aggregate", ["last", "sum", "mean", "max", "change", "before"])
def test_where_nothing_was_measured_there_is_no_figure(aggregate: str) -> None:
    found = compare(target(), [measure(target(aggregate=aggregate), table({0: NAN, 1: NAN, 4: 3.0}))])
    assert (found.verdict, found.reason, found.measured) == ("not_comparable", "nothing", 0)


def test_the_change_over_a_window_from_month_0_is_against_the_spin_up() -> None:
    assert measure(target(aggregate="change", window=(0, 1)), table({-1: 2.0, 0: 9.0, 1: 3.0})) == 1.0


@pytest.mark.parametrize(
    ("relation", "points", "verdict"),
    [
        ("about", (4.0, 4.5, 5.0), "inside"),
        ("about", (5.0, 5.5, 6.0), "inside"),
        ("about", (3.0, 4.0, 4.9), "too_low"),
        ("about", (5.1, 6.0, 7.0), "too_high"),
        ("more than", (4.0, 5.1, 6.0), "met"),
        ("more than", (4.0, 5.0, 5.1), "within_reach"),
        ("more than", (5.0, 5.0, 5.0), "missed"),
        ("all", (4.0, 5.0, 5.0), "met"),
        ("all", (4.0, 4.9, 5.0), "within_reach"),
        ("all", (4.0, 4.5, 4.9), "missed"),
        ("rises", (0.1, 1.0, 2.0), "met"),
        ("rises", (0.0, 1.0, 2.0), "within_reach"),
        ("rises", (-2.0, -1.0, 0.0), "missed"),
    ],
)
def test_the_verdict_stands_at_its_boundaries(relation: str, points: tuple[float, float, float], verdict: str) -> None:
    assert judge(target(relation=relation), *points) == verdict


def test_a_share_of_all_may_be_off_by_rounding() -> None:
    assert judge(target(relation="all", reported=1.0), 0.5, 1.0 - 1e-15, 1.0) == "met"


def test_the_interval_runs_from_5_to_95_per_cent_and_leaves_out_runs_without_a_value() -> None:
    found = compare(target(reported=50.0), [*map(float, range(101)), NAN, NAN])
    assert (found.low, found.simulated, found.high, found.measured) == (5.0, 50.0, 95.0, 101)
    assert found.percentile == pytest.approx(100 * 51 / 101)


def test_a_figure_is_not_held_against_other_places_or_a_shorter_run(tmp_path: Path) -> None:
    plain = load_scenario("hengdong")
    first = plain.targets[0]
    assert hindrance(plain, first, 24) == ""
    assert hindrance(plain, first, first.window[1]) == "window"
    assert hindrance(plain.with_overrides({"levers.triage": "off"}), first, 24) == ""
    assert hindrance(plain.with_overrides({"places.compounds": 12}), first, 24) == "places"
    file = tmp_path / "other.toml"
    file.write_text('[scenario]\nname = "other"\nextends = "hengdong"\n[places]\nhouseholds = 2000\n', "utf-8")
    assert hindrance(load_scenario(file), first, 24) == "places"
    assert compare(first, [first.reported], "places").verdict == "not_comparable"


def test_a_target_on_an_outcome_that_nobody_declared_is_found_with_its_line(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "scenarios" / "hengdong.toml"
    text = shipped.read_text("utf-8").replace('outcome = "resolution_rate"', 'outcome = "resolution_rat"')
    file = tmp_path / "typo.toml"
    file.write_text(text, "utf-8")
    (problem,) = unknown_outcomes(load_scenario(file))
    assert problem.line == text[: text.index("resolution_rat")].count("\n") + 1
    assert problem.remedy == "did you mean resolution_rate?"
    assert unknown_outcomes(load_scenario("hengdong")) == []


def test_a_reporting_filter_is_two_percentiles_in_order(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "scenarios" / "hengdong.toml"
    text = shipped.read_text("utf-8")
    stated = {target.id: target.percentiles for target in load_scenario("hengdong").targets}
    assert stated["hengdong.collection"] == (75.0, 95.0)
    assert stated["hengdong.settled"] == (5.0, 95.0)
    file = tmp_path / "filter.toml"
    for wrong in ("[95, 75]", "[75, 175]", "[75]", '"high"'):
        file.write_text(text.replace("percentiles = [75, 95]", f"percentiles = {wrong}", 1), "utf-8")
        with pytest.raises(InputError) as caught:
            load_scenario(file)
        (problem,) = caught.value.problems
        assert problem.key == "targets.0.percentiles"
        assert problem.render("zh")
