"""A district is a Mesa model: seeds, steps, events, agents, data collection and batch runs as Mesa users know them."""

from __future__ import annotations

import mesa
import numpy as np
import pytest

from xiaoqu import District, load_scenario
from xiaoqu.agents.compound import Compound
from xiaoqu.agents.property_firm import PropertyFirm

SMALL: dict[str, object] = {"places.compounds": 4, "places.households": 300, "calendar.spin_up": 12}


@pytest.fixture(scope="module")
def district() -> District:
    """Six months of a small Hengdong. Tests here read it and leave it as it is."""
    small = District(load_scenario("hengdong", SMALL), rng=7)
    small.run_for(6)
    return small


def test_it_is_a_model_that_steps_months(district: District) -> None:
    assert isinstance(district, mesa.Model)
    assert (district.steps, district.month, district.time) == (6, 6, 6.0)
    stepped = District(load_scenario("hengdong", SMALL), rng=7)
    for _ in range(6):
        stepped.step()
    assert stepped.digest() == district.digest()


def test_the_seed_decides_everything(district: District) -> None:
    digests = []
    for seed in (7, 8):
        other = District(load_scenario("hengdong", SMALL), rng=seed)
        other.run_for(6)
        digests.append(other.digest())
    assert digests[0] == district.digest() != digests[1]
    assert District(load_scenario("hengdong", SMALL)).seed != District(load_scenario("hengdong", SMALL)).seed
    for seed in (-1, 2**64):
        with pytest.raises(ValueError, match=r"seed|non-negative"):
            District(load_scenario("hengdong", SMALL), rng=seed)


def test_nobody_touches_the_global_generators() -> None:
    """Seeding, or drawing from, what other code uses would spoil a user's own experiment."""
    np.random.seed(5)  # noqa: NPY002 - the global generator is what this is about
    before = np.random.get_state()[1].tobytes()  # noqa: NPY002 - it too
    District(load_scenario("hengdong", SMALL), rng=7).run_for(3)
    assert np.random.get_state()[1].tobytes() == before  # noqa: NPY002 - it too


def test_households_are_an_agent_set(district: District) -> None:
    households = district.households
    assert len(households) == 300
    one = households[17]
    assert one.arrears == district.world.households.arrears[17]
    assert isinstance(one, mesa.Agent)
    assert one.unique_id == households[17].unique_id != households[18].unique_id
    owing = households.select(lambda household: household.arrears > 0)
    assert {household.arrears > 0 for household in owing} == {True}
    assert len(owing) == np.count_nonzero(households.get("arrears"))
    assert households.agg("satisfaction", np.mean) == pytest.approx(households.get("satisfaction").mean(), abs=1e-6)


def test_columns_are_taken_without_a_loop(district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    """No view is made for `get`, `agg` or `set` of a column: a million households are one array operation."""

    def refuse(*_: object) -> None:
        raise AssertionError("one view was made")

    monkeypatch.setattr(district.households.view_class, "__init__", refuse)
    assert district.households.get("satisfaction").dtype == np.float32
    assert district.households.get("is_party").sum() == district.world.compounds.party.sum()
    district.households.agg("owes", np.sum)
    with pytest.raises(AssertionError, match="one view"):
        _ = district.households[0]


def test_deliberate_agents_are_in_the_model(district: District) -> None:
    assert list(district.agents_by_type[PropertyFirm]) == district.firms
    assert list(district.agents_by_type[Compound]) == district.compounds
    assert not any(type(agent).__name__ == "Household" for agent in district.agents)
    ids = [agent.unique_id for agent in district.agents]
    assert len(set(ids)) == len(ids)
    row = district.compound(2)
    assert row.quality == district.world.compounds.quality[2]
    assert len(row.residents) == row.households


def test_a_users_events_fire_in_their_month() -> None:
    district = District(load_scenario("hengdong", SMALL), rng=7)
    seen: list[tuple[str, int]] = []

    def early() -> None:
        seen.append(("at 2", district.month))

    def late() -> None:
        seen.append(("after 4", district.month))

    district.schedule_event(late, after=4.0)
    district.schedule_event(early, at=2.0)
    district.run_for(6)
    assert [name for name, _ in seen] == ["at 2", "after 4"]
    assert seen[1][1] - seen[0][1] == 2
    assert seen[0][1] in (1, 2), "at the turn of the second month"


def test_the_data_collector_serves_the_outcomes(district: District) -> None:
    frame = district.datacollector.get_model_vars_dataframe()
    assert frame.index.tolist() == [1, 2, 3, 4, 5, 6]
    assert frame["month"].tolist() == [0, 1, 2, 3, 4, 5]
    plain = district.outcomes()
    assert (frame["trust"].to_numpy() == plain["trust"].to_numpy()).all()
    assert list(frame.columns) == list(plain.columns)


def test_batch_run() -> None:
    """Mesa's own sweep, in this process: one row for each scenario and seed, with the last month's outcomes."""
    scenarios = [load_scenario("hengdong", {**SMALL, "levers.neighbour_chiefs": grade}) for grade in ("on", "off")]
    rows = mesa.batch_run(
        District,
        {"scenario": scenarios},
        rng=[1, 2],
        number_processes=1,
        max_steps=5,
        display_progress=False,
    )
    assert len(rows) == 4
    for row in rows:
        alone = District(row["scenario"], rng=row["rng"])
        alone.run_for(row["Step"])
        assert row["month"] == row["Step"] - 1
        assert row["trust"] == alone.outcomes()["trust"].iloc[-1]
    assert len({row["trust"] for row in rows}) == 4


def test_sizes_are_ordinary_overrides() -> None:
    scenario = load_scenario("hengdong", {"places.compounds": 6000, "places.households": 1_000_000})
    assert (scenario["places.compounds"], scenario["places.households"]) == (6000, 1_000_000)
    assert scenario.layer("places.compounds") == "override"
    district = District(load_scenario("hengdong", {"places.compounds": 60, "places.households": 3001}), rng=1)
    assert (len(district.compounds), len(district.households)) == (60, 3001)


def test_what_is_not_there_to_measure_is_null() -> None:
    """Where nothing is billed there is no collection rate: not 0, not 1."""
    free = {
        "modes.unmanaged.flat_fee": 0.0,
        "campaign.months": 0,
        "campaign.self_start": 0.0,
        "campaign.imitation": 0.0,
    }
    district = District(load_scenario("baseline", {**SMALL, **free}), rng=1)
    district.run_for(4)
    frame = district.outcomes()
    assert frame["collection_rate"].isna().all()
    assert frame["collection_rate_12m"].isna().all()
    assert (frame["billed"] == 0).all()
    assert (frame["share_unmanaged"] == 1.0).all()
    assert len(frame) == 4
