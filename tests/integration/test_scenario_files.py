"""Scenario files: layers over a baseline, ranges, hashes, and the way to a file and back."""

import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaoqu.errors import InputError
from xiaoqu.parameters import Baseline
from xiaoqu.scenario import Scenario, load_scenario, read_scenario, scenario_names, scenario_path

SMALL = Path(__file__).with_name("small_baseline.toml")
STREET = """
[scenario]
name = "street"
title_en = "A street"
title_zh = "一条街"
source = "invented"

[places]
compounds = { low = 5, high = 9, why = "not counted" }
vacancy = { low = 0.1, high = 0.2, why = "not reported" }

[levers]
neighbour_chiefs = "on"

[[targets]]
id = "collection"
outcome = "collection_rate"
aggregate = "last"
window = [12, 24]
reported = 0.96
relation = "about"
unit = "share"
definition_en = "yuan collected of yuan billed"
definition_zh = "已收占应收"
source = "report"
case_id = "H6"
"""

type Load = Callable[..., Scenario]


@pytest.fixture
def baseline(tmp_path: Path) -> Baseline:
    copy = tmp_path / "baseline.toml"
    copy.write_bytes(SMALL.read_bytes())
    return Baseline.read(copy)


@pytest.fixture
def load(baseline: Baseline) -> Load:
    """Writes a text to a file beside the baseline and loads it."""

    def write_and_load(text: str = STREET, name: str = "street.toml", **overrides: object) -> Scenario:
        path = baseline.path.parent / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text, "utf-8")
        return read_scenario(baseline, path, {key.replace("__", "."): raw for key, raw in overrides.items()})

    return write_and_load


def test_every_value_knows_the_layer_that_set_it(load: Load) -> None:
    load()
    child = '[scenario]\nname = "child"\nextends = "street"\nsource = "memo"\n[levers]\ntriage = "on"\n'
    scenario = load(child, "child.toml", payment__habit="3")
    assert [scenario["payment.habit"], scenario["levers.triage"]] == [3.0, 0.5]
    assert [scenario["levers.neighbour_chiefs"], scenario["places.households"]] == [1.0, 2000]
    keys = ["payment.habit", "levers.triage", "levers.neighbour_chiefs", "places.households"]
    assert [scenario.layer(key) for key in keys] == ["override", "child", "street", "baseline"]
    expected = ["stated for this run", "memo", "invented", "assumption"]
    assert [scenario.source(key) for key in keys] == expected
    assert scenario.source("places.vacancy") == "not reported"
    assert scenario.name == "child"
    assert scenario.title("zh") == "child"
    assert [target.id for target in scenario.targets] == ["collection"]


def test_a_child_replaces_targets_of_the_same_id(load: Load) -> None:
    load()
    target = STREET[STREET.index("[[targets]]") :].replace("0.96", "0.8")
    child = load(f'[scenario]\nname = "child"\nextends = "street.toml"\n{target}', "child.toml")
    assert [found.reported for found in child.targets] == [0.8]


def test_titles_fall_back_on_the_other_language(load: Load) -> None:
    scenario = load('[scenario]\nname = "one"\ntitle_zh = "一"\ndescription_en = "It."\n')
    assert (scenario.title("en"), scenario.title("zh"), scenario.description("zh")) == ("一", "一", "It.")


@pytest.mark.parametrize(
    ("raw", "grade"),
    [("on", 0.5), ("off", 0.0), (True, 0.5), (False, 0.0), (1.5, 1.5), ("1.5", 1.5), (1, 1.0), ("true", 0.5)],
)
def test_a_lever_is_on_off_or_a_grade(load: Load, raw: object, grade: float) -> None:
    value = load(levers__triage=raw)["levers.triage"]
    assert value == grade
    assert type(value) is float


def test_overrides_may_be_texts_of_any_type(load: Load) -> None:
    scenario = load(
        places__compounds="12",
        payment__billing="monthly",
        modes__allowed='["council"]',
        modes__initial="council",
        modes__council__enabled="false",
        places__vacancy='{ low = 0.3, high = 0.5, why = "a guess" }',
        payment__belief_weights=[1, 0.5],
    )
    assert scenario["places.compounds"] == 12
    assert scenario["payment.billing"] == "monthly"
    assert scenario["modes.allowed"] == ("council",)
    assert scenario["modes.council.enabled"] is False
    assert scenario["places.vacancy"] == pytest.approx(0.4)
    assert scenario["payment.belief_weights"] == (1.0, 0.5)


def test_numbers_of_numpy_are_numbers(load: Load) -> None:
    scenario = load(places__compounds=np.int64(7), payment__habit=np.float32(1.5))
    assert [scenario["places.compounds"], scenario["payment.habit"]] == [7, 1.5]
    assert [type(scenario[key]) for key in ("places.compounds", "payment.habit")] == [int, float]


def test_an_override_replaces_a_range(load: Load) -> None:
    scenario = load(places__vacancy=0.5)
    assert scenario["places.vacancy"] == 0.5
    assert list(scenario.ranges) == ["places.compounds"]


def test_a_range_resolves_to_its_midpoint_and_is_sampled_by_replicate(load: Load) -> None:
    scenario = load()
    assert (scenario["places.compounds"], scenario["places.vacancy"]) == (7, pytest.approx(0.15))
    draws = [scenario.sample(seed=4, replicate=r) for r in range(300)]
    vacancies = [draw["places.vacancy"] for draw in draws]
    assert 0.1 <= min(vacancies) < 0.105
    assert 0.195 < max(vacancies) <= 0.2
    assert abs(float(np.mean(vacancies)) - 0.15) < 5 * (0.1 / 12**0.5) / 300**0.5
    assert {draw["places.compounds"] for draw in draws} == {5, 6, 7, 8, 9}
    assert {type(draw["places.compounds"]) for draw in draws} == {int}
    assert draws[0].layer("places.vacancy") == "sample"
    assert not draws[0].ranges
    assert scenario.sample(4, 17) == scenario.sample(4, 17)
    assert scenario.sample(4, 17) != scenario.sample(5, 17)


def test_a_range_more_moves_no_other_draw(load: Load) -> None:
    one = load()
    other = load(payment__habit={"low": 1.0, "high": 2.0, "why": "unknown"})
    assert one.sample(1, 0)["places.vacancy"] == other.sample(1, 0)["places.vacancy"]
    assert one.sample(1, 0)["places.compounds"] == other.sample(1, 0)["places.compounds"]


def test_draws_of_two_ranges_are_independent(load: Load) -> None:
    scenario = load(payment__habit={"low": 1.0, "high": 2.0, "why": "unknown"})
    draws = [scenario.sample(9, r) for r in range(400)]
    pairs = [[draw["places.vacancy"] for draw in draws], [draw["payment.habit"] for draw in draws]]
    assert abs(float(np.corrcoef(pairs)[0, 1])) < 5 / 400**0.5


def test_a_negative_seed_is_refused(load: Load) -> None:
    with pytest.raises(InputError, match="at least 0"):
        load().sample(-1, 0)


def test_equal_when_equal(load: Load) -> None:
    reordered = """
        [levers]            # other order, comments, titles
        neighbour_chiefs = true
        [places]
        vacancy = { low = 0.10, high = 2e-1, why = "another reason" }
        compounds = { high = 9, low = 5, why = "another reason" }
        households = 2_000
        [scenario]
        name = "other"
        """
    one, other = load(), load(reordered, "other.toml")
    assert one == other
    assert hash(one) == hash(other)
    assert len(one.hash) == 64
    assert one != load(payment__habit=2.5)
    assert load(places__compounds=7)["places.compounds"] == one["places.compounds"]
    assert one != load(places__compounds=7), "a range is not its midpoint"
    assert one != "street"
    assert load(payment__habit=-0.0) == load(payment__habit=0.0)


def test_frozen_and_typed(load: Load) -> None:
    scenario = load(payment__habit=3)
    with pytest.raises(FrozenInstanceError):
        scenario.roster = None  # type: ignore[misc]
    assert type(scenario["payment.habit"]) is float
    assert scenario["payment.belief_weights"] == (0.5, 0.4, 0.1)
    scenario.get_section("payment")["habit"] = 9.9
    assert scenario["payment.habit"] == 3.0
    with pytest.raises(KeyError):
        scenario["payment.nothing"]


def test_survives_pickling(load: Load) -> None:
    scenario = load()
    copy = pickle.loads(pickle.dumps(scenario))  # noqa: S301 - our own bytes
    assert copy == scenario
    assert copy.sample(1, 1) == scenario.sample(1, 1)
    assert copy.with_overrides({"levers.triage": "on"}) == load(levers__triage="on")
    assert copy.entry("payment.habit").zh == "习惯的权重"


def test_with_overrides_is_loading_with_overrides(load: Load) -> None:
    assert load().with_overrides({"payment.habit": "3"}) == load(payment__habit=3.0)
    with pytest.raises(InputError, match="at most 10"):
        load().with_overrides({"payment.habit": 30})


class CouncilTerms(NamedTuple):
    fee: float
    enabled: bool


class PlaceTerms(NamedTuple):
    compounds: int
    vacancy: float


class PaymentTerms(NamedTuple):
    belief_weights: tuple[float, ...]
    billing: str


class WrongTerms(NamedTuple):
    vacancy: int
    habits: float


def test_fill_makes_named_tuples(load: Load) -> None:
    scenario = load()
    assert scenario.fill(CouncilTerms, "modes.council") == (0.2, True)
    assert scenario.fill(PlaceTerms, "places") == PlaceTerms(7, scenario["places.vacancy"])
    assert scenario.fill(PaymentTerms, "payment") == ((0.5, 0.4, 0.1), "yearly")


def test_fill_refuses_what_does_not_fit(load: Load) -> None:
    with pytest.raises(InputError) as caught:
        load().fill(WrongTerms, "places")
    assert [(problem.code, problem.key) for problem in caught.value.problems] == [
        ("other_type", "places.vacancy"),
        ("missing_value", "places.habits"),
    ]


def test_sections_hold_their_own_values_only(load: Load) -> None:
    scenario = load()
    assert scenario.get_section("modes") == {"initial": "unmanaged", "allowed": ("unmanaged", "council")}
    assert scenario.get_section("modes.council") == {"enabled": True, "fee": 0.2}
    assert scenario.get_section("nothing") == {}


CUSTOM = """
[scenario]
name = "custom"
[modes]
allowed = ["unmanaged", "cooperative"]
[modes.cooperative]
file = "cooperative.py"
fee = 1
label = "合作社"
"""


def test_a_mode_of_ones_own(load: Load, baseline: Baseline) -> None:
    code = baseline.path.with_name("cooperative.py")
    code.write_text("raise SystemExit('never run here')\n")
    scenario = load(CUSTOM)
    assert scenario.files == {"modes.cooperative.file": code}
    assert scenario.get_section("modes.cooperative") == {"file": "cooperative.py", "fee": 1, "label": "合作社"}
    assert scenario.with_overrides({"modes.cooperative.fee": "2"})["modes.cooperative.fee"] == 2
    assert scenario.with_overrides({"modes.cooperative.fee": "1.5"})["modes.cooperative.fee"] == 1.5
    assert scenario.with_overrides({"modes.cooperative.crew": "3"})["modes.cooperative.crew"] == 3
    assert scenario.with_overrides({"modes.cooperative.label": "12"})["modes.cooperative.label"] == "12"
    assert scenario.entry("modes.cooperative.label").value == "合作社"
    again = load(CUSTOM)
    assert again == scenario
    code.write_bytes(code.read_bytes().replace(b"\n", b"\r\n"))
    assert load(CUSTOM) == scenario, "line ends are not a change"
    code.write_text("other code\n")
    assert load(CUSTOM) != scenario


@pytest.mark.parametrize("key", ["places.compounds", "places.households"])
def test_a_number_of_places_contradicts_a_ledger_below_it(key: str) -> None:
    with pytest.raises(InputError) as caught:
        load_scenario("my_street", {key: "3000"})
    (problem,) = caught.value.problems
    assert (problem.code, problem.key, problem.file) == ("ledger_decides", key, "")
    assert "compounds.csv" in problem.rule
    assert key in problem.text("zh")[1]
    assert load_scenario("my_street", {key: "3000", "places.ledger": ""}).ledger is None


LEDGER = "小区名称,户数\n桂花苑,86\n江畔家园,420\n"


def test_a_ledger_counts_by_its_content(load: Load, baseline: Baseline) -> None:
    street = '[scenario]\nname = "street"\n[places]\nledger = "{}"\n'
    for name, text in {"a.csv": LEDGER, "b.csv": LEDGER, "c.csv": LEDGER.replace("86", "87")}.items():
        baseline.path.with_name(name).write_text(text, "utf-8")
    baseline.path.with_name("gbk.csv").write_text(LEDGER, "gb18030")
    one, same, gbk, other = (load(street.format(name)) for name in ("a.csv", "b.csv", "gbk.csv", "c.csv"))
    assert one.ledger is not None
    assert [row.households for row in one.ledger] == [86, 420]
    assert one == same == gbk
    assert one != other
    assert one.with_overrides({"places.ledger": ""}).ledger is None


def test_paths_count_from_the_file_that_states_them(load: Load, baseline: Baseline) -> None:
    (baseline.path.parent / "deep").mkdir()
    baseline.path.with_name("deep").joinpath("c.csv").write_text(LEDGER, "utf-8")
    load('[scenario]\nname = "parent"\n[places]\nledger = "c.csv"\n', "deep/parent.toml")
    child = load('[scenario]\nname = "child"\nextends = "deep/parent.toml"\n', "child.toml")
    assert child.files["places.ledger"] == baseline.path.parent / "deep" / "c.csv"


def test_named_scenarios(baseline: Baseline, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    load(name="named.toml")
    load(name="own/scenario.toml")
    assert baseline.names() == ["named", "own"]
    shipped = baseline.path.parent
    elsewhere = shipped / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert read_scenario(baseline, "named") == read_scenario(baseline, "own")
    assert read_scenario(baseline, shipped / "own") == read_scenario(baseline, "own")
    # A folder of the user's own comes before a shipped scenario of the same name.
    (elsewhere / "own").mkdir()
    (elsewhere / "own" / "scenario.toml").write_text('[scenario]\nname = "mine"\n', "utf-8")
    assert read_scenario(baseline, "own").name == "mine"
    assert read_scenario(baseline, "baseline", {"payment.habit": 1}).layer("payment.habit") == "override"


def overrides() -> st.SearchStrategy[dict[str, object]]:
    shares = st.floats(0, 1)
    spans = st.tuples(shares, shares).map(
        lambda pair: {"low": min(pair), "high": max(pair), "why": '不知道 "so" \\ \t \x7f it is'}
    )
    return st.fixed_dictionaries(
        {},
        optional={
            "places.compounds": st.integers(1, 2_000),
            "places.households": st.integers(10_000, 100_000),
            "places.vacancy": shares | spans,
            "payment.habit": st.floats(0, 10) | st.integers(0, 10),
            "payment.belief_weights": st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1),
            "payment.billing": st.sampled_from(["monthly", "yearly"]),
            "levers.triage": st.sampled_from(["on", "off", True, False]) | st.floats(0, 2),
            "modes.council.enabled": st.booleans(),
            "modes.cooperative.label": st.text(st.characters(exclude_categories=["Cc", "Cs"])),
            "modes.cooperative.fee": st.integers(0, 2**63 - 1),
        },
    )


@settings(deadline=None)
@given(overrides=overrides(), beside=st.booleans())
def test_to_toml_round_trips(
    overrides: dict[str, object], beside: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("round")
    (folder / "baseline.toml").write_bytes(SMALL.read_bytes())
    (folder / "c.csv").write_text(LEDGER, "utf-8")
    (folder / "cooperative.py").write_text("x = 1\n")
    target = STREET[STREET.index("[[targets]]") :]
    ledger = "" if {"places.compounds", "places.households"} & set(overrides) else "c.csv"
    (folder / "first.toml").write_text(f'{CUSTOM}\n[places]\nledger = "{ledger}"\n{target}', "utf-8")
    baseline = Baseline.read(folder / "baseline.toml")
    scenario = read_scenario(baseline, folder / "first.toml", overrides)
    copy_path = folder / "copy.toml" if beside else tmp_path_factory.mktemp("other") / "copy.toml"
    copy_path.write_text(scenario.to_toml(folder if beside else None), "utf-8")
    copy = read_scenario(baseline, copy_path)
    assert copy == scenario
    assert copy.targets == scenario.targets
    assert copy.title("zh") == scenario.title("zh")
    assert copy.sample(3, 1) == scenario.sample(3, 1)


def test_loading_is_light() -> None:
    """`--help` and `--version` read scenarios without the numerical libraries."""
    heavy = "numpy pandas numba mesa"
    code = f"import sys, xiaoqu.scenario; print([m for m in '{heavy}'.split() if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own command
    assert found.stdout.strip() == "[]"


def test_shipped_scenarios_load_and_round_trip(tmp_path: Path) -> None:
    for name in scenario_names():
        scenario = load_scenario(name)
        assert scenario == load_scenario(scenario_path(name))
        assert load_scenario(scenario_path(name).parent if name == "my_street" else name) == scenario
        path = tmp_path / "copy.toml"
        path.write_text(scenario.to_toml(), "utf-8")
        assert load_scenario(path) == scenario
        assert scenario.title("en")
        assert scenario.title("zh")


def test_the_street_of_ones_own_has_a_ledger() -> None:
    scenario = load_scenario("my_street")
    assert scenario.ledger is not None
    assert len(scenario.ledger) == 14
