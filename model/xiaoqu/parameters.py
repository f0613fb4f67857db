"""The parameters that `baseline.toml` declares, and what a single value may be.

The checks of values know neither files nor lines: they raise a `RefusedError` that `scenario.py` turns into a
`Problem`.
"""

import math
import numbers
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from xiaoqu.errors import InputError, Problem, display, from_pydantic, listed, nearest, printable
from xiaoqu.toml_lines import document_of, parse_document, toml_value

type Value = bool | int | float | str | tuple[bool | int | float | str, ...]

# Safe as a file name everywhere: no path, no control characters, none of the names that Windows keeps.
SAFE_NAME = r"^(?!(?i:con|prn|aux|nul|com\d|lpt\d)\Z)[A-Za-z0-9][A-Za-z0-9_-]{0,63}\Z"
_LARGEST = 2**63 - 1
_NOT_A = {bool: "not_bool", int: "not_int", float: "not_float", str: "not_str", tuple: "not_list"}


class RefusedError(Exception):
    """One value breaks one rule; becomes a `Problem` where file and line are known."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False, regex_engine="python-re")


class Range(_Strict):
    """Inclusive bounds of what is not known exactly, and why; it resolves to the midpoint."""

    low: float
    high: float
    why: str = Field(min_length=1)


class Target(_Strict):
    """A reported figure that the simulation is compared with; never an input.

    `percentiles` is the reporting filter in numbers: between which percentiles of the simulated histories a figure that
    came to be reported is expected, the middle 90 % unless stated.
    """

    id: str
    outcome: str
    aggregate: Literal["last", "sum", "mean", "max", "change", "before"]
    window: tuple[int, int]
    reported: float
    relation: Literal["about", "more than", "all", "rises"]
    unit: str
    definition_en: str
    definition_zh: str
    filter_en: str = ""
    filter_zh: str = ""
    percentiles: tuple[float, float] = (5.0, 95.0)
    source: str
    case_id: str


class Header(_Strict):
    """The [scenario] table of a file."""

    name: str = Field(pattern=SAFE_NAME)
    title_en: str = ""
    title_zh: str = ""
    description_en: str = ""
    description_zh: str = ""
    source: str = ""
    extends: str = ""


class Entry(_Strict):
    """One parameter as the baseline declares it.

    `low` and `high` are inclusive. `on` makes it a lever, and is the grade that "on" stands for. The values
    of one `group` sum to 1. `at_most` names a parameter that this one may not exceed. A lever that decides who is
    there `from_start` cannot change during a run.
    """

    value: bool | int | float | str | tuple[bool | int | float | str, ...]
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    en: str
    zh: str
    source: str
    on: float | None = None
    ids: tuple[str, ...] = ()
    moves: str = ""
    file: str = ""
    group: str = ""
    at_most: str = ""
    from_start: bool = False

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """Inclusive bounds; a share lies between 0 and 1 unless it says otherwise."""
        low, high = (0.0, 1.0) if self.unit == "share" else (None, None)
        return low if self.low is None else self.low, high if self.high is None else self.high

    def check(self, raw: object) -> Value:
        """The value that `raw` stands for.

        Raises:
            RefusedError: `raw` breaks a rule of this parameter.
        """
        kind = type(self.value)
        value = plain(self._grade(raw))
        if kind is float and type(value) is int and abs(value) <= _LARGEST:
            value = float(value)
        if type(value) is not kind:
            raise RefusedError(self._not_a(kind, value), example=toml_value(self.value))
        if isinstance(value, tuple):
            return self._check_list(value)
        self._check_item(value)
        return value

    def check_range(self, raw: Mapping[str, object]) -> Range:
        """The range that a table stands for.

        Raises:
            RefusedError: It is not a range, or its ends break a rule of this parameter.
        """
        try:
            stated = Range.model_validate(raw)
        except ValidationError as error:
            raise RefusedError(
                "range_form", fields=listed([name for name, *_ in from_pydantic(error, Range.model_fields)])
            ) from None
        if self.group or type(self.value) not in (int, float):
            raise RefusedError("range_in_group" if self.group else "range_kind", group=self.group)
        low, high = self.check(raw["low"]), self.check(raw["high"])
        if cast("float", low) > cast("float", high):
            raise RefusedError("range_order", low=number(cast("float", low)), high=number(cast("float", high)))
        # Not validated again: the field would turn the ends of a count into floats.
        return Range.model_construct(low=low, high=high, why=stated.why)

    def parse(self, text: str) -> object:
        """What a text such as `--set key=text` gives stands for, not yet checked.

        Raises:
            RefusedError: The text is no TOML value.
        """
        if isinstance(self.value, str) or (self.on is not None and text in ("on", "off")):
            return text
        start = "value = "
        document = parse_document(start + text, "")
        if document.problems and document.problems[0].code != "syntax":
            problem = document.problems[0]
            raise RefusedError(problem.code, **_shifted(problem.facts, len(start)))
        if set(document.values) != {"value"}:
            raise RefusedError("not_toml" if self.on is None else "not_lever", example=toml_value(self.value))
        return document.values["value"]

    def _grade(self, raw: object) -> object:
        """A lever's "on" and "off" (and true and false) as grades."""
        if self.on is None or not isinstance(raw, bool | str):
            return raw
        return {"on": self.on, True: self.on, "off": 0.0, False: 0.0}.get(raw, raw)

    def _not_a(self, kind: type, value: object) -> str:
        if isinstance(value, float) and not math.isfinite(value):
            return "not_finite"
        if type(value) is int and abs(value) > _LARGEST:
            return "too_large"
        return "not_lever" if self.on is not None else _NOT_A[kind]

    def _check_list(self, items: tuple[object, ...]) -> Value:
        """Items are of the type of the baseline's; where it has none, of one type."""
        kinds = {type(item) for item in (cast("tuple[object, ...]", self.value) or items)}
        if kinds == {float}:
            items = tuple(float(item) if type(item) is int and abs(item) <= _LARGEST else item for item in items)
        if not {type(item) for item in items} <= kinds or len(kinds) > 1:
            raise RefusedError("mixed_list", example=toml_value(self.value))
        for item in items:
            self._check_item(item)
        return cast("Value", items)

    def _check_item(self, item: object) -> None:
        if isinstance(item, str):
            if not printable(item):
                raise RefusedError("control_characters")
            if self.choices and item not in self.choices:
                raise RefusedError("not_choice", choices=listed(self.choices))
        elif isinstance(item, int | float):
            self._check_number(item)
        else:  # a date, or a list within the list
            raise RefusedError("mixed_list", example=toml_value(self.value))

    def _check_number(self, value: float) -> None:
        check_number(value)
        low, high = self.bounds
        if self.unit == "share" and 1 < value <= 100:
            raise RefusedError("share", guess=f"{value / 100:g}")
        if low is not None and value < low:
            raise RefusedError("below", low=number(low))
        if high is not None and value > high:
            raise RefusedError("above", high=number(high))


@dataclass(frozen=True, eq=False)
class Baseline:
    """Every parameter, and the folder of the scenarios shipped beside `baseline.toml`."""

    path: Path
    entries: Mapping[str, Entry]
    lines: Mapping[str, int]

    @classmethod
    def read(cls, path: Path) -> "Baseline":
        """Read and check a baseline file.

        Raises:
            InputError: Everything that is wrong with it.
        """
        try:
            data = path.read_bytes()
        except OSError as error:
            raise InputError([Problem("unreadable", display(path), seen=str(error.strerror))]) from None
        return _read_baseline(path, data)

    @cached_property
    def sections(self) -> frozenset[str]:
        """Every table that holds parameters, such as "payment", "modes" and "modes.property_company"."""
        tables = {key.rpartition(".")[0] for key in self.entries}
        return frozenset(tables | {table.partition(".")[0] for table in tables})

    def names(self) -> list[str]:
        """The scenarios shipped beside the baseline."""
        folder = self.path.parent
        files = [path.stem for path in folder.glob("*.toml") if path.name != self.path.name]
        return sorted(files + [path.parent.name for path in folder.glob("*/scenario.toml")])

    def find(self, name: str | Path, beside: Path) -> Path | None:
        """The file of a scenario.

        A path counts from the folder `beside`, and is a file or a folder with scenario.toml; what is no such
        path is looked for among the shipped names.
        """
        candidates = [beside / name, beside / name / "scenario.toml"]
        if re.fullmatch(SAFE_NAME, str(name)):
            shipped = self.path.parent
            candidates += [shipped / f"{name}.toml", shipped / name / "scenario.toml"]
        return next((path for path in candidates if is_file(path)), None)

    def not_found(self, name: str) -> "RefusedError":
        """Why a scenario is refused that `find` does not know."""
        names = self.names()
        return guessing("no_scenario", nearest(name, names), names=listed(names))

    def guess(self, key: str) -> str:
        """The parameter that an unknown key may have meant, else ""."""
        section, _, name = key.rpartition(".")
        if not name.isascii():
            return next((other for other, entry in self.entries.items() if name in entry.zh), "")
        inside = nearest(name, self._inside(section))
        elsewhere = [other for other in self.entries if other.rpartition(".")[2] == name]
        return f"{section}.{inside}" if inside else elsewhere[0] if elsewhere else ""

    def unknown(self, key: str) -> "RefusedError":
        """Why a key is refused, and what it may have meant."""
        section, _, _ = key.rpartition(".")
        if key in self.sections:
            return RefusedError("is_table", section=key)
        mode = re.match(r"modes\.([^.]+)", key)
        modes = sorted(table.removeprefix("modes.") for table in self.sections if table.startswith("modes."))
        if mode is not None and mode[1] not in modes and modes:
            return guessing("unknown_mode", nearest(mode[1], modes), name=mode[1], names=listed(modes))
        if section not in self.sections:
            tables = sorted(table for table in self.sections if "." not in table)
            top = key.partition(".")[0]
            return guessing("unknown_section", nearest(top, tables), name=top, names=listed(tables))
        return guessing("unknown_key", self.guess(key), name=section, names=listed(self._inside(section)))

    def _inside(self, section: str) -> list[str]:
        return sorted(name for parent, _, name in (key.rpartition(".") for key in self.entries) if parent == section)


@lru_cache(maxsize=8)
def _read_baseline(path: Path, data: bytes) -> Baseline:
    """Read once, as long as its bytes stay the same: file systems tell times coarsely."""
    file = display(path)
    document = document_of(data, file)
    problems = list(document.problems)
    entries: dict[str, Entry] = {}
    for key, table in _declared(document.values):
        line = document.line(key)
        try:
            entries[key] = Entry.model_validate(lists_as_tuples(table))
            entries[key].check(entries[key].value)
        except ValidationError as error:
            for name, code, seen, facts in from_pydantic(error, Entry.model_fields):
                problems.append(Problem(code, file, line, f"{key}.{name}", str(seen), facts))
        except RefusedError as refused:
            problems.append(Problem(refused.code, file, line, key, toml_value(entries[key].value), refused.facts))
    if problems:
        raise InputError(problems)
    return Baseline(path, entries, document.lines)


def _declared(table: Mapping[str, Any], start: str = "") -> Iterator[tuple[str, Any]]:
    for name, item in table.items():
        if isinstance(item, dict) and "value" not in item and any(isinstance(inner, dict) for inner in item.values()):
            yield from _declared(item, f"{start}{name}.")
        else:
            yield f"{start}{name}", item


def lists_as_tuples(table: Mapping[str, Any]) -> dict[str, Any]:
    """A TOML table with its lists made fit for frozen models."""
    return {name: tuple(item) if isinstance(item, list) else item for name, item in table.items()}


def is_file(path: Path) -> bool:
    """Whether a path leads to a file; one that cannot be followed, such as an endless name, does not."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def number(value: float) -> str:
    """A number for a message: a whole one without its ".0"."""
    return f"{int(value):,}" if value == int(value) else repr(value)


def free_entry(value: object) -> Entry:
    """The entry of a value that no baseline declares: a key of a custom mode.

    Raises:
        RefusedError: It is neither a number, true or false, nor text.
    """
    value = plain(value)
    if not isinstance(value, bool | int | float | str):
        raise RefusedError("not_free")
    entry = Entry(value=0.0 if isinstance(value, float) else value, en="", zh="", source="")
    entry.check(value)
    return entry.model_copy(update={"value": value})


def check_number(value: float) -> None:
    """Refuse what is not finite, and whole numbers that 64 bits do not hold."""
    if isinstance(value, int) and abs(value) > _LARGEST:
        raise RefusedError("too_large")
    if not math.isfinite(value):
        raise RefusedError("not_finite")


def plain(value: object) -> object:
    """A value in Python's own types: NumPy's numbers are numbers too, and lists become tuples."""
    match value:
        case bool() | str():
            return value
        case numbers.Integral():
            return int(value)
        case numbers.Real():
            return float(value) + 0.0  # -0.0 and 0.0 are the same scenario
        case list() | tuple():
            return tuple(map(plain, value))
        case _:
            return value


def _shifted(facts: Mapping[str, object], by: int) -> dict[str, object]:
    """Facts of a problem in a text that had `by` characters put before it."""
    return {name: fact - by if name == "column" and isinstance(fact, int) else fact for name, fact in facts.items()}


def guessing(code: str, guess: str, **facts: object) -> RefusedError:
    """A refusal in the wording that has a guess, if there is one."""
    return RefusedError(f"{code}_guess" if guess else code, guess=guess, **facts)
