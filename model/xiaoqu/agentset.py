"""Rows of a column table that look like Mesa agents.

A `ColumnAgentSet` is a Mesa agent set over the rows of a table: iterate, index, select, get, agg, groupby.
It hands out `View`s on demand, one row each. Whatever names a column is done on the whole array at once;
whatever takes a Python function of an agent makes one view a row (about 0.5 µs) and loops.

    class Household(View):
        id_base = 1_000_000_000
        columns_derived = {"owes": lambda table, rows: table.arrears[rows] > 0}

    households = ColumnAgentSet(table, Household, model)
    households[17].belief = 0.7
    households.select(table.arrears > 0).agg("belief", np.mean)
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NoReturn, Self, overload

import mesa
import numpy as np
from mesa.agentset import AbstractAgentSet, GroupBy
from numpy.typing import NDArray

from xiaoqu.columns import I8, Rows, Table

if TYPE_CHECKING:
    from random import Random

Derived = Callable[[Any, Rows], NDArray[Any]]
"""Computes an attribute of the given rows of a table, as one array."""


class View(mesa.Agent[Any]):
    """One row of a column table, seen as a Mesa agent.

    Attributes are the columns (read as Python scalars, written through to the column and checked against its
    bounds), what `columns_derived` computes, and whatever a subclass defines. A view keeps nothing itself: it
    is made on demand and thrown away, is not registered with the model, and views of one row are equal.

    Attributes:
        id_base: The `unique_id` of row 0, far above the ids that Mesa gives out.
        columns_derived: Attributes computed for many rows at once, for views and agent sets alike.
        row: The row's number in its table.
        model: The model it lives in.

    """

    __slots__ = ("_table", "model", "row")

    _table: Table
    row: int
    model: Any
    id_base: ClassVar[int]
    columns_derived: ClassVar[Mapping[str, Derived]] = {}
    pos = None

    def __init__(self, table: Table, row: int, model: mesa.Model[Any, Any]) -> None:
        # mesa.Agent.__init__ would register the view with the model, so it is not called.
        put = object.__setattr__
        put(self, "_table", table)
        put(self, "row", row)
        put(self, "model", model)

    @property
    def unique_id(self) -> int:  # type: ignore[override]
        """Mesa's identifier, stable over the run and in a range of the view class's own."""
        return self.id_base + self.row

    def __getattr__(self, name: str) -> Any:
        table = self._table
        if name in table.columns:
            return getattr(table, name).item(self.row)
        if name in self.columns_derived:
            return self.columns_derived[name](table, np.array([self.row])).item()
        raise AttributeError(f"{type(self).__name__} has no {name!r}; columns: {', '.join(table.names)}")

    def __setattr__(self, name: str, value: Any) -> None:
        table = self._table
        if name in table.columns:
            getattr(table, name)[self.row : self.row + 1] = table.columns[name].admit(value)
        elif isinstance(getattr(type(self), name, None), property):
            super().__setattr__(name, value)
        else:
            raise AttributeError(f"{type(self).__name__} cannot keep {name!r}; columns: {', '.join(table.names)}")

    def __setstate__(self, state: tuple[Any, dict[str, Any]]) -> None:
        # Copies and pickles start as an empty object, on which __getattr__ and __setattr__ cannot work yet.
        for name, value in state[1].items():
            object.__setattr__(self, name, value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, View):
            return NotImplemented
        return self._table is other._table and self.row == other.row

    def __hash__(self) -> int:
        return hash((id(self._table), self.row))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.row}>"

    def remove(self) -> NoReturn:
        """Refuse: the rows of a table are neither added nor removed."""
        raise TypeError(f"{self!r} is a row of a table and cannot be removed")


class ColumnAgentSet[V: View](AbstractAgentSet[V]):
    """An ordered set of table rows with the interface of a Mesa agent set.

    Differences from Mesa's own sets: values come as NumPy arrays, `select` also takes an array, `set` also
    takes one value a row, and rows can be neither added nor removed (set operators such as `a & b` work).

    Attributes:
        table: The table whose rows these are.
        view_class: What iterating and indexing yield.
        model: Passed on to the views.
        random: Python's generator, for `shuffle` and `shuffle_do`.

    """

    def __init__(
        self,
        table: Table,
        view_class: type[V],
        model: mesa.Model[Any, Any],
        rows: NDArray[Any] | None = None,
        random: Random | None = None,
    ) -> None:
        """Make a set of `rows` (row numbers or a mask, in this order and each once), or of the whole table.

        Raises:
            TypeError: The view class defines an attribute that is also a column.
            IndexError: A row number is not in the table, or a mask has another length.

        """
        if clash := [name for name in table.names if hasattr(view_class, name)]:
            raise TypeError(f"{view_class.__name__} hides the columns {', '.join(clash)}")
        self.table = table
        self.view_class = view_class
        self.model = model
        self.random = model.random if random is None else random
        self._rows: I8 | None = None  # None is the whole table in its own order
        if rows is not None:
            self._rows = self._pick(rows)

    @property
    def rows(self) -> Rows:
        """The rows as an index into any column of the table: `table.belief[agents.rows]`."""
        return slice(None) if self._rows is None else self._rows

    def _row_numbers(self) -> I8:
        return np.arange(len(self.table)) if self._rows is None else self._rows

    def _pick(self, positions: NDArray[Any]) -> I8:
        """Return the row numbers at positions of this set (numbers or a mask), each once."""
        picked: I8 = self._row_numbers()[positions]
        if (picked[1:] > picked[:-1]).all():  # ascending, so without repetition: no need to sort
            return picked
        first = np.unique(picked, return_index=True)[1]
        return picked[np.sort(first)]

    def _with(self, rows: I8, *, inplace: bool = False) -> Self:
        """Return this set or a copy of it, now made of `rows`."""
        changed = self if inplace else copy.copy(self)
        changed._rows = rows
        return changed

    def _rows_of(self, agents: Iterable[V]) -> I8:
        rows = []
        for agent in agents:
            if not isinstance(agent, View) or agent._table is not self.table:
                raise TypeError(f"{agent!r} is not a row of this {type(self.table).__name__} table")
            rows.append(agent.row)
        return np.array(list(dict.fromkeys(rows)), dtype=np.int64)

    def _update(self, agents: Iterable[V]) -> Self:
        return self._with(self._rows_of(agents), inplace=True)

    def _from_iterable(self, agents: Iterable[V]) -> Self:  # type: ignore[override]
        # The set operators of collections.abc build their results with this.
        return self._with(self._rows_of(agents))

    # Looking at the rows

    def __len__(self) -> int:
        return len(self.table) if self._rows is None else len(self._rows)

    def __iter__(self) -> Iterator[V]:
        rows = range(len(self.table)) if self._rows is None else self._rows.tolist()
        for row in rows:
            yield self.view_class(self.table, row, self.model)

    def __contains__(self, agent: object) -> bool:
        if not isinstance(agent, View) or agent._table is not self.table:
            return False
        return self._rows is None or bool((self._rows == agent.row).any())

    @overload
    def __getitem__(self, item: int) -> V: ...
    @overload
    def __getitem__(self, item: slice) -> Self: ...
    def __getitem__(self, item: int | slice) -> V | Self:
        """Return the view at a position, or the subset that a slice cuts out."""
        if isinstance(item, slice):
            return self._with(self._row_numbers()[item])
        try:
            position = range(len(self))[item]
        except IndexError:
            raise IndexError(f"there is no number {item}: numbers run from 0 to {len(self) - 1}") from None
        row = position if self._rows is None else int(self._rows[position])
        return self.view_class(self.table, row, self.model)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)} {self.view_class.__name__}>"

    def to_list(self) -> list[V]:
        """Return one view a row."""
        return list(self)

    # Choosing and ordering rows

    def select(
        self,
        filter_func: Callable[[V], bool] | NDArray[Any] | None = None,
        at_most: float = math.inf,
        inplace: bool = False,
        agent_type: type[Any] | None = None,
    ) -> Self:
        """Return the agents that meet every condition, in the order of this set.

        Args:
            filter_func: A function of a view; or, without a loop, a mask with one entry for each agent
                of this set, or integer positions in this set (the result then follows their order).
            at_most: At most this many; a float up to 1.0 is a share of this set, rounded down.
            inplace: Change and return this set instead of a new one.
            agent_type: A class that the view class must be or inherit from, else nothing is selected.

        Raises:
            IndexError: A mask has another length than the set, or a position lies outside it.

        """
        limit = len(self)
        if isinstance(at_most, float) and at_most <= 1.0:
            limit = max(0, int(len(self) * at_most))
        elif at_most < len(self):
            limit = max(0, math.ceil(at_most))
        if agent_type is not None and not issubclass(self.view_class, agent_type):
            limit = 0
        if filter_func is None:
            if limit == len(self):
                return self if inplace else copy.copy(self)
            rows = self._row_numbers()
        elif callable(filter_func):
            matching = (position for position, view in enumerate(self) if filter_func(view))
            rows = self._row_numbers()[np.fromiter(islice(matching, limit), dtype=np.int64)]
        else:
            rows = self._pick(filter_func)
        return self._with(rows[:limit], inplace=inplace)

    def sort(self, key: Callable[[V], Any] | str, ascending: bool = False, inplace: bool = False) -> Self:
        """Return the agents sorted by an attribute or a function of a view; equal ones keep their order."""
        keys = self.get(key) if isinstance(key, str) else np.fromiter(self.map(key), dtype=object)
        if keys.dtype == object:
            positions = sorted(range(len(keys)), key=keys.__getitem__, reverse=not ascending)
            order = np.array(positions, dtype=np.int64)
        elif ascending:
            order = np.argsort(keys, kind="stable")
        else:  # sorted backwards and read backwards, ties end up in their old order
            order = len(keys) - 1 - np.argsort(keys[::-1], kind="stable")[::-1]
        return self._with(self._row_numbers()[order], inplace=inplace)

    def shuffle(self, inplace: bool = False) -> Self:
        """Return the agents in the order that Mesa's own sets would get from the same generator."""
        rows = self._row_numbers().tolist()
        self.random.shuffle(rows)
        return self._with(np.array(rows, dtype=np.int64), inplace=inplace)

    def groupby(
        self, by: Callable[[V], Hashable] | str, result_type: Literal["agentset", "list"] = "agentset"
    ) -> GroupBy:
        """Group by an attribute or a function of a view; groups come in order of first appearance."""
        keys = self.get(by) if isinstance(by, str) else np.fromiter(self.map(by), dtype=object)
        rows = self._row_numbers()
        groups: dict[Any, Any] = {key: self._with(rows[at]) for key, at in _positions_by_key(keys).items()}
        if result_type == "list":
            return GroupBy({key: group.to_list() for key, group in groups.items()})
        return ColumnGroupBy(groups)

    # Values

    def get(  # type: ignore[override]  # arrays where Mesa has lists
        self,
        attr_names: str | list[str],
        handle_missing: Literal["error", "default"] = "error",
        default_value: Any = None,
    ) -> NDArray[Any]:
        """Return the values of one attribute as a new array, or of several as one row of values an agent.

        A column and an entry of `columns_derived` are taken at once, in their own dtype; any other attribute
        of the view class is read in a loop, and gives an object array unless all values are numbers. Several
        attributes share a 2-D array of shape (agents, names) and of a dtype that holds them all.

        Args:
            attr_names: An attribute of the views, or a list of them.
            handle_missing: What to do about an attribute that a view lacks: raise, or use the default value.
            default_value: The value for "default".

        Raises:
            AttributeError: An attribute is missing and `handle_missing` is "error".
            ValueError: `handle_missing` is neither "error" nor "default".

        """
        if handle_missing not in ("error", "default"):
            raise ValueError(f'handle_missing must be "error" or "default", got {handle_missing!r}')
        fallback = () if handle_missing == "error" else (default_value,)
        if isinstance(attr_names, str):
            return self._values(attr_names, *fallback)
        return np.column_stack([self._values(name, *fallback) for name in attr_names])

    def _values(self, name: str, *fallback: object) -> NDArray[Any]:
        if name in self.table.columns:
            return np.array(getattr(self.table, name)[self.rows])
        if name in self.view_class.columns_derived:
            return np.array(self.view_class.columns_derived[name](self.table, self.rows))
        values = [getattr(view, name, *fallback) for view in self]
        if all(isinstance(value, bool | int | float | np.generic) for value in values):
            return np.array(values)
        return np.fromiter(values, dtype=object)

    def set(self, attr_name: str, value: Any) -> Self:  # type: ignore[override]
        """Set an attribute of every agent: to one value, or a column to an array with one value an agent.

        Raises:
            ValueError: A value does not fit the column, which then stays as it was.

        """
        if attr_name in self.table.columns:
            getattr(self.table, attr_name)[self.rows] = self.table.columns[attr_name].admit(value)
        else:
            for view in self:
                setattr(view, attr_name, value)
        return self

    def agg(self, attribute: str, func: Callable[..., Any] | Iterable[Callable[..., Any]]) -> Any:
        """Return func(values), or a list of results for several functions.

        Functions see numbers in 64 bits: the sum of a one-byte column does not overflow.
        """
        values = self.get(attribute)
        if values.dtype.kind in "iu":
            values = values.astype(np.int64)
        elif values.dtype.kind == "f":
            values = values.astype(np.float64)
        return func(values) if callable(func) else [each(values) for each in func]

    # Acting, one view after the other

    def map(self, method: Callable[..., Any] | str, *args: Any, **kwargs: Any) -> list[Any]:
        """Call a method by name, or a function of a view, for every agent and return the results."""
        if isinstance(method, str):
            return [getattr(view, method)(*args, **kwargs) for view in self]
        return [method(view, *args, **kwargs) for view in self]

    def do(self, method: Callable[..., Any] | str, *args: Any, **kwargs: Any) -> Self:
        """Call a method by name, or a function of a view, for every agent."""
        if isinstance(method, str):
            for view in self:
                getattr(view, method)(*args, **kwargs)
        else:
            for view in self:
                method(view, *args, **kwargs)
        return self

    def shuffle_do(self, method: Callable[..., Any] | str, *args: Any, **kwargs: Any) -> Self:
        """Do it in a random order; the set keeps its own order."""
        self.shuffle().do(method, *args, **kwargs)
        return self

    # What a set of rows cannot do

    def add(self, agent: V) -> NoReturn:
        """Refuse, as do `discard`, `remove` and the operators built on them."""
        raise TypeError(f"{agent!r}: the rows of a table are neither added nor removed; use select")

    discard = add
    remove = add


class ColumnGroupBy(GroupBy):
    """Mesa's groups, aggregated column by column."""

    def agg(self, attr_name: str, func: Callable[..., Any]) -> dict[Hashable, Any]:
        """Return func(values of the attribute) for every group."""
        return {key: group.agg(attr_name, func) for key, group in self}


def _positions_by_key(keys: NDArray[Any]) -> dict[Hashable, I8]:
    """Map every distinct key, in order of first appearance, to its positions in ascending order."""
    if keys.dtype == object:
        found: dict[Hashable, list[int]] = {}
        for position, key in enumerate(keys):
            found.setdefault(key, []).append(position)
        return {key: np.array(positions) for key, positions in found.items()}
    distinct, first, codes, counts = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
    positions = np.split(np.argsort(codes, kind="stable"), np.cumsum(counts)[:-1])
    return {distinct[code].item(): positions[code] for code in np.argsort(first)}
