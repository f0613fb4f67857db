"""Agent sets over a table do what Mesa's own sets do with the same views."""

from __future__ import annotations

import copy
import pickle
from random import Random
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mesa.agentset import AgentSet
from mesa.experimental.data_collection import DataRecorder

from xiaoqu.agentset import ColumnAgentSet, View
from xiaoqu.columns import B1, F4, I8, U1, Rows, Table, column

if TYPE_CHECKING:
    from collections.abc import Callable


class Flats(Table):
    belief: F4 = column("f4", unit="share", low=0.0, high=1.0, meaning="neighbours who pay")
    arrears: I8 = column("i8", unit="fen", low=0, meaning="dues not paid")
    compound: U1 = column("u1", unit="row", meaning="the compound it stands in")
    party: B1 = column("b1", unit="flag", meaning="a member lives here")


def arrears_in_yuan(table: Flats, rows: Rows) -> Any:
    return table.arrears[rows] / 100


def arrears_by_another_name(table: Flats, rows: Rows) -> I8:
    return table.arrears[rows]


class Household(View):
    belief: float
    arrears: int
    id_base = 1_000_000_000
    columns_derived = {"yuan": arrears_in_yuan, "debt": arrears_by_another_name}  # noqa: RUF012 - declared a ClassVar by View

    @property
    def name(self) -> str:
        return f"{self.compound}-{self.row % 3}"

    @property
    def doubt(self) -> float:
        return 1.0 - self.belief

    @doubt.setter
    def doubt(self, value: float) -> None:
        self.belief = 1.0 - value

    def pay(self, fen: int = 1) -> int:
        self.arrears = max(0, self.arrears - fen)
        return self.arrears


class Tenant(Household):
    """A view of a class that no set here consists of."""


Households = ColumnAgentSet[Household]
MODEL = mesa.Model(rng=1)
ATTRIBUTES = ("belief", "arrears", "compound", "party", "yuan", "name", "doubt", "row", "unique_id")
NUMBERS = tuple(name for name in ATTRIBUTES if name != "name")
ROW = st.tuples(st.floats(0, 1, width=32), st.integers(0, 3), st.sampled_from([0, 2, 255]), st.booleans())


@st.composite
def column_sets(draw: st.DrawFn, min_size: int = 0) -> Households:
    """Whole tables with many ties, and subsets of them in any order."""
    people = draw(st.lists(ROW, min_size=min_size, max_size=12))
    table = Flats(len(people))
    for row, person in enumerate(people):
        for name, value in zip(table.names, person, strict=True):
            getattr(table, name)[row] = value
    if draw(st.booleans()):
        return ColumnAgentSet(table, Household, MODEL, random=Random(5))
    rows = draw(st.permutations(range(len(people))))
    size = draw(st.integers(min_size, len(people)))
    return ColumnAgentSet(table, Household, MODEL, np.array(rows[:size], dtype=np.int64), Random(5))


def plain(agents: Households) -> list[Household]:
    """The views one by one, made without the set's own iteration."""
    numbers = np.arange(len(agents.table))[agents.rows]
    return [Household(agents.table, int(row), MODEL) for row in numbers]


def mesa_set(views: list[Household]) -> AgentSet[Household]:
    """Mesa's own set, which holds the views weakly, with the same state of its generator as `column_sets`."""
    return AgentSet(views, Random(5))


def positive(agent: Household) -> bool:
    return agent.arrears > 0


def party_and_compound(agent: Household) -> tuple[bool, int]:
    return agent.party, agent.compound


def street(size: int = 4) -> Households:
    table = Flats(size)
    table.arrears[:] = np.arange(size)
    return ColumnAgentSet(table, Household, MODEL)


# Looking


@given(agents=column_sets())
def test_a_set_is_the_sequence_of_its_views(agents: Households) -> None:
    views = plain(agents)
    assert len(agents) == len(views)
    assert list(agents) == agents.to_list() == views
    assert [agents[at] for at in range(-len(views), len(views))] == views + views
    assert all(type(view.row) is int for view in [*agents, *(agents[at] for at in range(len(views)))])
    for position in (len(views), -len(views) - 1):
        with pytest.raises(IndexError):
            agents[position]


@given(agents=column_sets(), cut=st.slices(12))
def test_a_slice_is_a_set_of_the_same_views(agents: Households, cut: slice) -> None:
    assert isinstance(agents[cut], ColumnAgentSet)
    assert list(agents[cut]) == plain(agents)[cut]


@given(agents=column_sets())
def test_a_set_contains_its_own_rows_and_no_others(agents: Households) -> None:
    views = plain(agents)
    rows = range(len(agents.table))
    assert [Household(agents.table, row, MODEL) in agents for row in rows] == [
        row in [view.row for view in views] for row in rows
    ]
    assert not any(Household(Flats(12), row, MODEL) in agents for row in rows)
    assert "belief" not in agents


@given(agents=column_sets(), rows=st.lists(st.integers(0, 11)))
def test_rows_are_taken_once_and_in_the_order_given(agents: Households, rows: list[int]) -> None:
    rows = [row for row in rows if row < len(agents.table)]
    chosen = ColumnAgentSet(agents.table, Household, MODEL, np.array(rows, dtype=np.int64))
    assert [view.row for view in chosen] == list(dict.fromkeys(rows))


@given(one=column_sets(), data=st.data())
def test_set_operators_combine_subsets(one: Households, data: st.DataObject) -> None:
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=len(one), max_size=len(one))), dtype=np.bool)
    some, rest = one.select(mask), one.select(~mask)
    assert some | rest == one
    assert one - some == rest
    assert one & some == some
    assert some.isdisjoint(rest)
    assert isinstance(one & some, ColumnAgentSet)


# Choosing and ordering


@pytest.mark.parametrize("at_most", [float("inf"), -2, -0.5, 0, 0.0, 0.3, 1, 1.0, 1.5, 3, 40])
@given(
    agents=column_sets(),
    condition=st.sampled_from([None, positive]),
    agent_type=st.sampled_from([None, View, Household, Tenant]),
    inplace=st.booleans(),
)
def test_select_agrees_with_mesa(
    agents: Households,
    at_most: float,
    condition: Callable[[Household], bool] | None,
    agent_type: Any,
    inplace: bool,
) -> None:
    views = plain(agents)
    expected = list(mesa_set(views).select(condition, at_most, agent_type=agent_type))
    selected = agents.select(condition, at_most, inplace, agent_type)
    assert list(selected) == expected
    assert (selected is agents) == inplace
    assert list(agents) == (expected if inplace else views)


@given(agents=column_sets(), at_most=st.integers(0, 4))
def test_select_asks_no_more_agents_than_mesa_does(agents: Households, at_most: int) -> None:
    views = plain(agents)
    expected: list[Household] = []
    asked: list[Household] = []
    mesa_set(views).select(lambda view: expected.append(view) or positive(view), at_most)  # type: ignore[func-returns-value]
    agents.select(lambda view: asked.append(view) or positive(view), at_most)  # type: ignore[func-returns-value]
    assert asked == expected


@given(agents=column_sets(), data=st.data(), at_most=st.integers(0, 12))
def test_select_takes_masks_and_positions(agents: Households, data: st.DataObject, at_most: int) -> None:
    views = plain(agents)
    mask = data.draw(st.lists(st.booleans(), min_size=len(views), max_size=len(views)))
    by_mask = agents.select(np.array(mask, dtype=np.bool), at_most)
    assert list(by_mask) == [view for view, chosen in zip(views, mask, strict=True) if chosen][:at_most]
    if views:
        positions = data.draw(st.lists(st.integers(-len(views), len(views) - 1)))
        by_position = agents.select(np.array(positions, dtype=np.int64))
        assert list(by_position) == list(dict.fromkeys(views[position] for position in positions))
    with pytest.raises(IndexError):
        agents.select(np.ones(len(views) + 1, dtype=np.bool))


@given(
    agents=column_sets(),
    key=st.sampled_from([*ATTRIBUTES, party_and_compound]),
    ascending=st.booleans(),
    inplace=st.booleans(),
)
def test_sort_agrees_with_mesa_even_among_equals(agents: Households, key: Any, ascending: bool, inplace: bool) -> None:
    views = plain(agents)
    expected = list(mesa_set(views).sort(key, ascending))
    result = agents.sort(key, ascending, inplace)
    assert list(result) == expected
    assert list(agents) == (expected if inplace else views)


@given(agents=column_sets(), inplace=st.booleans())
def test_shuffle_gives_mesas_order(agents: Households, inplace: bool) -> None:
    views = plain(agents)
    expected = list(mesa_set(views).shuffle())
    result = agents.shuffle(inplace)
    assert list(result) == expected
    assert list(agents) == (expected if inplace else views)


@given(agents=column_sets(), by=st.sampled_from([*ATTRIBUTES, party_and_compound]))
def test_groupby_agrees_with_mesa(agents: Households, by: Any) -> None:
    views = plain(agents)
    expected = mesa_set(views).groupby(by)
    groups = agents.groupby(by)
    assert [(key, list(group)) for key, group in groups] == [(key, list(group)) for key, group in expected]
    assert [type(key) for key, _ in groups] == [type(key) for key, _ in expected]
    assert all(isinstance(group, ColumnAgentSet) for _, group in groups)
    assert groups.agg("compound", sum) == expected.agg("compound", sum)
    assert groups.count() == expected.count()
    lists = agents.groupby(by, result_type="list").groups
    assert lists == mesa_set(views).groupby(by, result_type="list").groups


# Values


@given(agents=column_sets(), name=st.sampled_from(ATTRIBUTES))
def test_get_agrees_with_mesa(agents: Households, name: str) -> None:
    views = plain(agents)
    values = agents.get(name)
    assert isinstance(values, np.ndarray)
    assert values.tolist() == mesa_set(views).get(name)
    if name in agents.table.columns:
        assert values.dtype == agents.table.columns[name].dtype
    else:
        assert (values.dtype == object) == (name == "name" and len(views) > 0)


@given(agents=column_sets(), names=st.lists(st.sampled_from(ATTRIBUTES), min_size=1, max_size=4))
def test_get_of_several_attributes_has_one_row_an_agent(agents: Households, names: list[str]) -> None:
    views = plain(agents)
    values = agents.get(names)
    assert values.shape == (len(views), len(names))
    assert values.tolist() == mesa_set(views).get(names)


@given(agents=column_sets(min_size=1), name=st.sampled_from(["belief", "arrears", "yuan", "debt"]))
def test_what_get_returns_is_a_copy(agents: Households, name: str) -> None:
    before = agents.get(name).tolist()
    agents.get(name)[:] = 77
    assert agents.get(name).tolist() == before


@given(agents=column_sets(min_size=1), default=st.sampled_from([None, 0, 1.5, "none"]))
def test_missing_attributes_are_handled_as_in_mesa(agents: Households, default: object) -> None:
    views = plain(agents)
    for names in ("height", ["height", "arrears"]):
        expected = mesa_set(views).get(names, "default", default)
        assert agents.get(names, "default", default).tolist() == expected
        with pytest.raises(AttributeError, match="Household has no 'height'; columns: belief"):
            agents.get(names)
    with pytest.raises(ValueError, match="handle_missing"):
        agents.get("arrears", "skip")  # type: ignore[arg-type]


@given(agents=column_sets(min_size=1), name=st.sampled_from(NUMBERS))
def test_agg_agrees_with_mesa(agents: Households, name: str) -> None:
    views = plain(agents)
    assert agents.agg(name, [min, max]) == mesa_set(views).agg(name, [min, max])
    for func in (sum, np.mean):  # in 64 bits; Python's sum of its own floats is exact to the last digit
        assert agents.agg(name, func) == pytest.approx(mesa_set(views).agg(name, func), rel=1e-14, abs=0)


@given(
    agents=column_sets(),
    change=st.sampled_from([("belief", 0.3), ("arrears", 7), ("compound", 4), ("party", True), ("doubt", 0.25)]),
)
def test_set_agrees_with_setting_every_view(agents: Households, change: tuple[str, Any]) -> None:
    expected = copy.deepcopy(agents.table)
    for view in plain(agents):
        setattr(Household(expected, view.row, MODEL), *change)
    assert agents.set(*change) is agents
    assert agents.table.to_frame().equals(expected.to_frame())


@given(agents=column_sets())
def test_set_takes_one_value_an_agent(agents: Households) -> None:
    values = np.arange(len(agents))
    agents.set("arrears", values)
    assert [view.arrears for view in plain(agents)] == values.tolist()


def test_set_checks_bounds_before_it_writes() -> None:
    agents = street()
    with pytest.raises(ValueError, match=r"arrears must be at least 0 \(fen\), got -2"):
        agents.set("arrears", np.array([5, 5, -2, 5]))
    assert agents.get("arrears").tolist() == [0, 1, 2, 3]
    with pytest.raises(AttributeError, match="Household cannot keep 'height'"):
        agents.set("height", 3)


@given(agents=column_sets(), method=st.sampled_from(["pay", Household.pay]), fen=st.integers(0, 3))
def test_map_and_do_act_on_every_view_in_turn(agents: Households, method: Any, fen: int) -> None:
    expected = [max(0, view.arrears - fen) for view in plain(agents)]
    twin = copy.deepcopy(agents)
    assert agents.map(method, fen=fen) == expected
    assert agents.get("arrears").tolist() == expected
    assert twin.do(method, fen) is twin
    assert twin.get("arrears").tolist() == expected


@given(agents=column_sets())
def test_shuffle_do_visits_in_mesas_order_and_leaves_the_set_alone(agents: Households) -> None:
    views = plain(agents)
    expected: list[Household] = []
    seen: list[Household] = []
    mesa_set(views).shuffle_do(expected.append)
    assert agents.shuffle_do(seen.append) is agents
    assert seen == expected
    assert list(agents) == views


def test_columns_are_read_and_chosen_without_making_a_view() -> None:
    class Unviewable(Household):
        def __init__(self, *_: object) -> None:
            raise AssertionError("made a view")

    table = Flats(6)
    agents = ColumnAgentSet(table, Unviewable, MODEL)
    table.arrears[:] = range(6)
    some = agents.select(table.arrears > 2).sort("arrears").shuffle()[:2].set("party", True)
    assert table.party.sum() == 2
    assert some.groupby("party").agg("arrears", len) == {True: 2}
    assert some.get(["arrears", "yuan"]).shape == (2, 2)
    with pytest.raises(AssertionError, match="made a view"):
        agents.get("doubt")


# Views


def test_a_view_is_an_agent_that_the_model_does_not_know() -> None:
    model = mesa.Model(rng=3)
    view = ColumnAgentSet(Flats(18), Household, model)[17]
    assert isinstance(view, mesa.Agent)
    assert (view.row, view.unique_id, view.pos, repr(view)) == (17, 1_000_000_017, None, "<Household 17>")
    assert view.random is model.random
    assert len(model.agents) == 0
    with pytest.raises(TypeError, match="cannot be removed"):
        view.remove()


@given(agents=column_sets(min_size=1), data=st.data())
def test_a_view_reads_python_values_and_writes_through(agents: Households, data: st.DataObject) -> None:
    table = agents.table
    view = agents[data.draw(st.integers(0, len(agents) - 1))]
    others = np.arange(len(table)) != view.row
    assert [type(getattr(view, name)) for name in table.names] == [float, int, int, bool]
    before = table.to_frame()
    view.belief = data.draw(st.floats(0, 1))
    view.arrears += 2
    assert table.to_frame(others).equals(before[others])
    assert table.to_frame()["arrears"][view.row] == before["arrears"][view.row] + 2
    assert table.to_frame()["belief"][view.row] == np.float32(view.belief)


@pytest.mark.parametrize(
    ("name", "value", "error", "message"),
    [
        ("belief", 1.5, ValueError, r"belief must be at most 1\.0 \(share\), got 1\.5"),
        ("belief", float("nan"), ValueError, "belief must be a finite number, got nan"),
        ("compound", 256, ValueError, "compound must be a number that fits uint8, got 256"),
        ("arrears", [1, 2], ValueError, "broadcast"),
        ("beleif", 0.5, AttributeError, "Household cannot keep 'beleif'; columns: belief, arrears"),
        ("yuan", 0.5, AttributeError, "Household cannot keep 'yuan'"),
        ("name", "x", AttributeError, "no setter"),
        ("row", 3, AttributeError, "Household cannot keep 'row'"),
    ],
)
def test_a_view_refuses_what_does_not_fit(name: str, value: Any, error: type[Exception], message: str) -> None:
    agents = street()
    before = agents.table.to_frame()
    with pytest.raises(error, match=message):
        setattr(agents[2], name, value)
    assert agents.table.to_frame().equals(before)


def test_views_are_equal_when_they_show_the_same_row_of_the_same_table() -> None:
    one, other = street(), street()
    assert one[2] == one[2:][0]
    assert not [different for different in (one[3], other[2], 2) if one[2] == different]
    assert len({one[2], one[2:][0], one[3], other[2]}) == 3


def test_copies_and_pickles_of_a_view_work() -> None:
    view = street()[3]
    assert copy.copy(view) == view
    for twin in (copy.deepcopy(view), pickle.loads(pickle.dumps(view))):  # noqa: S301 - our own bytes
        assert (twin.row, twin.arrears) == (3, 3)
        twin.arrears = 9
        assert view.arrears == 3


def test_a_view_class_must_not_hide_a_column() -> None:
    class Nosy(Household):
        party = "liberal"

    with pytest.raises(TypeError, match="Nosy hides the columns party"):
        ColumnAgentSet(Flats(2), Nosy, MODEL)


def test_rows_outside_the_table_are_refused() -> None:
    for rows in (np.array([4]), np.array([True, False])):
        with pytest.raises(IndexError):
            ColumnAgentSet(Flats(4), Household, MODEL, rows)


@pytest.mark.parametrize("method", ["add", "discard", "remove"])
def test_rows_are_neither_added_nor_removed(method: str) -> None:
    agents = street()
    with pytest.raises(TypeError, match="neither added nor removed"):
        getattr(agents, method)(agents[0])
    with pytest.raises(TypeError, match="is not a row of this Flats table"):
        agents | street()
    with pytest.raises(TypeError, match="neither added nor removed"):
        agents.clear()
    assert len(agents) == 4


# Mesa's own data collection


def total_arrears(model: Street) -> int:
    return int(model.households.agg("arrears", sum))


class Street(mesa.Model[Any, Any]):
    def __init__(self) -> None:
        super().__init__(rng=1)
        self.households = ColumnAgentSet(street().table, Household, self)
        self.datacollector = mesa.DataCollector({"Arrears": total_arrears})

    def step(self) -> None:
        self.households.do("pay")
        self.datacollector.collect(self)


def test_mesas_track_agents_and_recorder_read_the_columns() -> None:
    model = Street()
    model.data_registry.track_agents(model.households, "homes", ["arrears", "yuan"])
    recorder = DataRecorder(model, {"homes": {"interval": 1}})
    model.run_for(3)
    frame = recorder.get_table_dataframe("homes")
    assert frame[frame["time"] == 2]["arrears"].tolist() == [0, 0, 0, 1]
    assert frame["unique_id"].tolist() == [1_000_000_000 + row for row in range(4)] * (len(frame) // 4)


def test_mesas_data_collector_aggregates_a_column_set() -> None:
    model = Street()
    model.run_for(3)
    assert model.datacollector.get_model_vars_dataframe()["Arrears"].tolist() == [3, 1, 0]
