"""A mode of the user's own: the example of docs/own_mode.md loads, is adopted, keeps the books, and can be left out."""

from pathlib import Path

import pytest

from xiaoqu import District, load_scenario

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "housing_cooperative"
SHIPPED = ["unmanaged", "property_company", "committee", "council"]


def run(overrides: dict[str, object], scenario: Path | str = EXAMPLE) -> District:
    district = District(load_scenario(scenario, overrides), rng=7)
    district.run_for(12)
    return district


@pytest.fixture(scope="module")
def district() -> District:
    return run({})


def test_some_compounds_adopt_it_and_the_books_balance(district: District) -> None:
    share = district.outcomes()["share_housing_cooperative"]
    assert share.iloc[0] == 0.0
    assert 0.0 < share.max() < 1.0
    assert district.ledger.residue() == 0


def test_it_sets_what_its_scenario_and_its_file_say(district: District) -> None:
    world = district.world
    rows = world.compounds.mode == world.modes.index("housing_cooperative")
    assert world.compounds.households[rows].max() <= 250
    assert (world.compounds.has_committee[rows] == 1).all()
    assert (world.compounds.fee[rows] == 30.0).all()
    assert (world.compounds.published[rows] == 1.0).all()
    assert world.compounds.volunteers[rows].min() >= 1.0


def test_it_pays_dues_under_the_common_rule(district: District) -> None:
    months = district.outcomes_by_compound()
    own = months[months["mode"] == "housing_cooperative"]
    assert own["billed"].sum() > 0.0
    assert 0.0 < own["collected"].sum() < own["billed"].sum()


def test_its_own_numbers_matter() -> None:
    nobody = run({"modes.housing_cooperative.largest": 0})
    assert nobody.outcomes()["share_housing_cooperative"].max() == 0.0
    refused = nobody.events().query("kind == 'attempt failed'")["note"]
    assert nobody.world.compounds.mode.max() > 0
    assert refused.str.contains("flats are too many").any()


def test_left_out_of_the_allowed_modes_it_is_gone(district: District) -> None:
    without = run({"modes.allowed": SHIPPED})
    assert "share_housing_cooperative" not in without.outcomes()
    assert set(without.outcomes_by_compound()["mode"]) <= set(SHIPPED)
    assert without.digest() == run({}, "hengdong").digest() != district.digest()
