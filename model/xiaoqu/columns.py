"""Column tables: one contiguous NumPy array per attribute, each attribute declared once.

A table is a class whose body lists its columns the way a dataclass lists its fields:

    class Households(Table):
        belief: F4 = column("f4", unit="share", low=0.0, high=1.0, meaning="neighbours thought to pay")
        arrears: I8 = column("i8", unit="fen", low=0, meaning="dues owed and not paid")

    households = Households(rows=1_000)
    households.belief[:] = 0.5  # a plain array: rules and kernels work on it directly

The declaration drives allocation, checking, the digest and the documentation. This module knows neither
Mesa nor pandas, so that the rules of the month can import it; `agentset.py` makes a table look like agents.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, get_type_hints

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from collections.abc import Buffer, Iterator

    import pandas as pd

F4 = NDArray[np.float32]
F8 = NDArray[np.float64]
I4 = NDArray[np.int32]
I8 = NDArray[np.int64]
U1 = NDArray[np.uint8]
U2 = NDArray[np.uint16]
B1 = NDArray[np.bool]

Rows = slice | I8
"""Which rows of a table: `slice(None)` for all, or row numbers. `table.belief[rows]` works for both."""


class Hasher(Protocol):
    """What `hashlib.sha256()` and its kin offer."""

    def update(self, data: Buffer, /) -> object:
        """Take in more bytes."""


@dataclass(frozen=True, slots=True)
class Column:
    """The declaration of one column; `column()` makes it, the table class names it.

    Bounds are inclusive. A floating column holds finite numbers only.
    """

    name: str
    dtype: np.dtype[Any]
    unit: str
    meaning: str
    low: float | None
    high: float | None
    default: float

    def admit(self, values: ArrayLike) -> NDArray[Any]:
        """Return values as this column stores them, at least one-dimensional.

        Raises:
            ValueError: A value is no number, is lost in the column's dtype (2.5 in an integer column, 300
                in one byte) or breaks a bound. The message names the column, the rule and the value.

        """
        given = np.atleast_1d(np.asarray(values))
        if given.dtype.kind not in "biuf":
            raise ValueError(f"{self.name} must be a number that fits {self.dtype}, got {values!r}")
        with np.errstate(invalid="ignore", over="ignore"):  # what overflows is reported below
            stored = given.astype(self.dtype)
        if self.dtype.kind != "f" and (lost := stored != given).any():
            raise ValueError(f"{self.name} must be a number that fits {self.dtype}, got {given[lost][0]}")
        for rule, broken in self.broken_rules(stored):
            raise ValueError(f"{self.name} must be {rule}, got {given[broken][0]}")
        return stored

    def broken_rules(self, values: NDArray[Any]) -> Iterator[tuple[str, B1]]:
        """Yield each rule that some of the values break, in words, with the mask of those values."""
        rules: list[tuple[str, B1]] = []
        if self.dtype.kind == "f":
            rules.append(("a finite number", ~np.isfinite(values)))
        if self.low is not None:
            rules.append((f"at least {self.low} ({self.unit})", values < self.low))
        if self.high is not None:
            rules.append((f"at most {self.high} ({self.unit})", values > self.high))
        return ((rule, broken) for rule, broken in rules if broken.any())


def column(
    dtype: str,
    *,
    unit: str,
    meaning: str,
    low: float | None = None,
    high: float | None = None,
    default: float = 0,
) -> Any:
    """Declare a column in the body of a `Table`.

    Args:
        dtype: "f4", "f8", "i4", "i8", "u1", "u2" or "b1"; the annotation beside it has to say the same.
        unit: Unit of the values, such as "share", "fen" or "hours/month".
        meaning: One line for a reader who does not know the model.
        low: Smallest value allowed.
        high: Largest value allowed.
        default: Value that every row starts with.

    """
    return Column("", np.dtype(dtype), unit, meaning, low, high, default)


class Table:
    """Base of all column tables: `Households(rows)` allocates every declared column as an attribute.

    Columns are plain instance attributes. Write into them (`table.belief[:] = …`); binding another array to
    the name raises, because kernels, views and agent sets hold on to the first one.

    Attributes:
        columns: The declarations by name, in declared order, those of a base table first.

    """

    columns: ClassVar[dict[str, Column]] = {}

    def __init_subclass__(cls) -> None:
        """Collect the declared columns and take them off the class, where they would shadow the arrays.

        Raises:
            TypeError: A column has a name that tables use themselves, or an annotation of another dtype.
            ValueError: A default breaks its column's own bounds.

        """
        super().__init_subclass__()
        declared = {name: value for name, value in vars(cls).items() if isinstance(value, Column)}
        hints = get_type_hints(cls)
        array_of: Any = NDArray
        for name, unnamed in declared.items():
            if hasattr(Table, name):
                raise TypeError(f"{cls.__name__}.{name}: every table has an attribute of this name")
            if hints.get(name) != array_of[unnamed.dtype.type]:
                raise TypeError(f"{cls.__name__}.{name}: the annotation is not an array of {unnamed.dtype}")
            declared[name] = replace(unnamed, name=name)
            declared[name].admit(unnamed.default)
            delattr(cls, name)
        cls.columns = {**cls.columns, **declared}

    def __init__(self, rows: int) -> None:
        """Allocate `rows` rows, each column filled with its default."""
        self._rows = rows
        for name, declared in self.columns.items():
            self.__dict__[name] = np.full(rows, declared.default, dtype=declared.dtype)

    def __len__(self) -> int:
        return self._rows

    if not TYPE_CHECKING:  # a declared __setattr__ would let mypy accept any misspelt attribute

        def __setattr__(self, name, value):
            # `table.belief += 0.1` works in place and then assigns the same array: that is fine.
            if name in self.columns and value is not self.__dict__[name]:
                raise AttributeError(f"{name} is a column: write into it, as in table.{name}[:] = …")
            super().__setattr__(name, value)

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in declared order."""
        return tuple(self.columns)

    @property
    def bytes_per_row(self) -> int:
        """Bytes that one row takes over all columns."""
        return sum(declared.dtype.itemsize for declared in self.columns.values())

    @property
    def nbytes(self) -> int:
        """Bytes that all columns take."""
        return self.bytes_per_row * len(self)

    def check(self) -> list[str]:
        """Return every violation of a declaration as a line of text; an empty list is a sound table."""
        return [
            f"{name} must be {rule}: row {broken.argmax()} holds {values[broken][0]}"
            f" (breaks in {broken.sum()} of {len(self)} rows)"
            for name, declared in self.columns.items()
            for values in [getattr(self, name)]
            for rule, broken in declared.broken_rules(values)
        ]

    def update_digest(self, hasher: Hasher) -> None:
        """Feed name, dtype and bytes of every column, in declared order, to a `hashlib` object."""
        for name, declared in self.columns.items():
            hasher.update(f"{name} {declared.dtype.str} {len(self)}\n".encode())
            hasher.update(getattr(self, name))

    def to_frame(self, rows: Rows | B1 | None = None) -> pd.DataFrame:
        """Return a copy as a data frame, indexed by row number; `rows` picks some of them."""
        import pandas as pd  # noqa: PLC0415 - pandas takes 0.4 s to import and no rule needs it

        chosen = slice(None) if rows is None else rows
        return pd.DataFrame(
            {name: getattr(self, name)[chosen] for name in self.columns},
            index=pd.Index(np.arange(len(self))[chosen], name="row"),
        )
