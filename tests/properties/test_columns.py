"""Column tables: what is declared is what is allocated, checked, digested and shown."""

from __future__ import annotations

import copy
import hashlib
import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaoqu.columns import B1, F4, F8, I8, U1, Table, column


class Flats(Table):
    belief: F4 = column("f4", unit="share", low=0.0, high=0.1, default=0.1, meaning="neighbours who pay")
    arrears: I8 = column("i8", unit="fen", low=0, meaning="dues not paid")
    kind: U1 = column("u1", unit="code", high=200, default=3, meaning="kind of flat")
    party: B1 = column("b1", unit="flag", default=True, meaning="a member lives here")


class Cottages(Flats):
    garden: F8 = column("f8", unit="m2", meaning="garden")


class SwappedNames(Table):
    """Two columns of `TwoNames` under each other's name."""

    second: I8 = column("i8", unit="1", meaning="…")
    first: I8 = column("i8", unit="1", meaning="…")


class TwoNames(Table):
    first: I8 = column("i8", unit="1", meaning="…")
    second: I8 = column("i8", unit="1", meaning="…")


def digest(table: Table) -> str:
    hasher = hashlib.sha256()
    table.update_digest(hasher)
    return hasher.hexdigest()


def test_a_table_allocates_what_its_class_declares() -> None:
    flats = Flats(7)
    assert len(flats) == 7
    assert flats.names == ("belief", "arrears", "kind", "party")
    assert [getattr(flats, name).dtype for name in flats.names] == [np.float32, np.int64, np.uint8, np.bool]
    assert [getattr(flats, name)[6] for name in flats.names] == [np.float32(0.1), 0, 3, True]
    assert all(getattr(flats, name).flags.c_contiguous for name in flats.names)
    assert flats.bytes_per_row == 4 + 8 + 1 + 1
    assert flats.nbytes == sum(getattr(flats, name).nbytes for name in flats.names)
    assert flats.check() == []


def test_the_columns_of_a_base_table_come_first() -> None:
    assert Cottages(1).names == (*Flats(1).names, "garden")
    assert "garden" not in Flats.columns


def test_tables_share_no_memory() -> None:
    one, other = Flats(3), Flats(3)
    one.arrears[:] = 5
    assert other.arrears.sum() == 0


def test_the_declaration_is_not_left_on_the_class() -> None:
    # A class attribute beside the instance attribute would slow down every access.
    assert not hasattr(Flats, "belief")


def test_a_wrong_declaration_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Mistyped\.money: the annotation is not an array of float32"):

        class Mistyped(Table):
            money: F8 = column("f4", unit="yuan", meaning="…")

    with pytest.raises(TypeError, match=r"Hiding\.check: every table has"):

        class Hiding(Table):
            check: F8 = column("f8", unit="1", meaning="…")  # type: ignore[assignment]

    with pytest.raises(ValueError, match=r"area must be at least 20 \(m2\), got 0"):

        class BadDefault(Table):
            area: F8 = column("f8", unit="m2", low=20, meaning="…")


def test_a_column_cannot_be_replaced_by_another_array() -> None:
    flats = Flats(3)
    before = flats.arrears
    with pytest.raises(AttributeError, match=r"table\.arrears\[:\]"):
        flats.arrears = flats.arrears + 1
    flats.arrears += 1
    assert flats.arrears is before
    assert before.tolist() == [1, 1, 1]


@given(beliefs=st.lists(st.floats(width=32), min_size=1, max_size=30))
def test_check_reports_exactly_the_rows_that_break_a_rule(beliefs: list[float]) -> None:
    flats = Flats(len(beliefs))
    flats.belief[:] = beliefs
    high = float(np.float32(0.1))
    rules = {
        "a finite number": [not math.isfinite(belief) for belief in beliefs],
        "at least 0.0 (share)": [belief < 0 for belief in beliefs],
        "at most 0.1 (share)": [belief > high for belief in beliefs],
    }
    expected = [
        f"belief must be {rule}: row {broken.index(True)} holds {np.float32(beliefs[broken.index(True)])}"
        f" (breaks in {sum(broken)} of {len(beliefs)} rows)"
        for rule, broken in rules.items()
        if any(broken)
    ]
    assert flats.check() == expected


@given(value=st.integers(-400, 400) | st.integers() | st.floats() | st.sampled_from([True, 7.0, 2.5]))
def test_a_small_integer_column_admits_whole_numbers_within_its_bounds(value: float) -> None:
    fits = math.isfinite(value) and value == int(value) and 0 <= value <= 200
    if fits:
        assert Flats.columns["kind"].admit(value).tolist() == [value]
    else:
        with pytest.raises(ValueError, match="kind must be"):
            Flats.columns["kind"].admit(value)


@given(value=st.floats(-0.2, 0.2) | st.floats())
def test_a_float_column_admits_finite_numbers_within_its_bounds_after_rounding(value: float) -> None:
    with np.errstate(over="ignore"):
        rounded = np.float32(value)
    if 0 <= rounded <= np.float32(0.1):
        assert Flats.columns["belief"].admit(value).tolist() == [float(rounded)]
    else:
        with pytest.raises(ValueError, match=r"belief must be (a finite|at least 0\.0|at most 0\.1)"):
            Flats.columns["belief"].admit(value)


@pytest.mark.parametrize("value", ["much", None, [0.0, 5.0], 2 + 1j])
def test_an_error_shows_the_value_that_was_refused(value: object) -> None:
    shown = "5.0" if isinstance(value, list) else repr(value)
    with pytest.raises(ValueError, match="belief must be") as caught:
        Flats.columns["belief"].admit(value)  # type: ignore[arg-type]
    assert shown in str(caught.value)


@given(
    values=st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=8),
    data=st.data(),
)
def test_the_digest_sees_every_change_and_nothing_else(values: list[int], data: st.DataObject) -> None:
    one, other = Flats(len(values)), Flats(len(values))
    one.arrears[:] = other.arrears[:] = values
    assert digest(one) == digest(other)
    row = data.draw(st.integers(0, len(values) - 1))
    name = data.draw(st.sampled_from(one.names))
    getattr(other, name).view(np.uint8)[row * getattr(other, name).itemsize] ^= 1
    assert digest(one) != digest(other)


def test_the_digest_covers_names_order_and_length() -> None:
    assert digest(TwoNames(2)) != digest(SwappedNames(2))
    assert digest(TwoNames(0)) != digest(TwoNames(1))
    assert digest(Flats(1)) != digest(Cottages(1))


@given(arrears=st.lists(st.integers(0, 1000), max_size=10), data=st.data())
def test_a_frame_is_a_copy_of_the_chosen_rows(arrears: list[int], data: st.DataObject) -> None:
    flats = Flats(len(arrears))
    flats.arrears[:] = arrears
    owing = flats.arrears > data.draw(st.integers(-1, 1000))
    whole, some = flats.to_frame(), flats.to_frame(owing)
    assert tuple(whole.columns) == tuple(some.columns) == flats.names
    assert whole["arrears"].tolist() == arrears
    assert some["arrears"].tolist() == [value for value, owes in zip(arrears, owing, strict=True) if owes]
    assert some.index.tolist() == np.flatnonzero(owing).tolist()
    assert some.equals(flats.to_frame(np.flatnonzero(owing)))
    assert [whole[name].dtype for name in flats.names] == [getattr(flats, name).dtype for name in flats.names]
    flats.arrears[:] = 7_777
    assert whole["arrears"].tolist() == arrears


def test_copies_and_pickles_are_equal_and_separate() -> None:
    flats = Flats(4)
    flats.arrears[:] = [1, 2, 3, 4]
    for other in (copy.deepcopy(flats), pickle.loads(pickle.dumps(flats))):  # noqa: S301 - our own bytes
        assert digest(other) == digest(flats)
        other.arrears[0] = 9
        assert flats.arrears[0] == 1
