"""A street's own ledger of compounds (小区台账), read from a CSV file and checked.

Offices keep such ledgers in spreadsheets, with Chinese or English headers, in UTF-8 or GBK, with commas, semicolons
or tabs. Ids stay text, so that "007", 17 digits and "NA" survive. What is missing is None: the scenario's statistics
fill it.
"""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from xiaoqu.errors import InputError, Problem, display, from_pydantic, listed, printable

MAX_BYTES = 32 * 1024 * 1024
_SHOWN_ROWS = 5


class RosterRow(BaseModel):
    """One compound of a ledger; None where the ledger does not say.

    Shares lie between 0 and 1, the fee is yuan per square metre and month, the area square metres per flat.
    `infrastructure` is the condition from 0 (bad) to 1 (good). `x` and `y` are any map coordinates.
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)

    id: str = Field(min_length=1, max_length=200)
    name: str = Field(min_length=1, max_length=200)
    households: int = Field(ge=1, le=100_000)
    community: str | None = None
    year_built: int | None = Field(None, ge=1900, le=2100)
    buildings: int | None = Field(None, ge=1, le=10_000)
    stairwells: int | None = Field(None, ge=1, le=10_000)
    vacancy: float | None = Field(None, ge=0, le=1)
    tenancy: float | None = Field(None, ge=0, le=1)
    party_households: int | None = Field(None, ge=0)
    fee_yuan_per_m2: float | None = Field(None, ge=0, le=100)
    infrastructure: float | None = Field(None, ge=0, le=1)
    mode: str | None = None
    has_committee: bool | None = None
    flat_area_m2: float | None = Field(None, ge=10, le=2_000)
    x: float | None = None
    y: float | None = None
    adjacent_group: str | None = None


@dataclass(frozen=True)
class Roster:
    """A ledger as read: its compounds, the encoding that fitted, the columns that were left out."""

    rows: tuple[RosterRow, ...]
    encoding: str
    ignored: tuple[str, ...]


# The headers that a column may have; upper and lower case, spaces and a unit in brackets do not count.
HEADERS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "编号", "序号", "小区编号", "小区编码", "compound_id"),
    "name": ("name", "小区名称", "小区", "名称", "compound"),
    "households": ("households", "户数", "总户数", "住户数", "n_households"),
    "community": ("community", "社区", "所属社区", "社区名称"),
    "year_built": ("year_built", "建成年份", "建成时间", "建成年代", "year"),
    "buildings": ("buildings", "楼栋数", "栋数", "楼栋"),
    "stairwells": ("stairwells", "单元数", "单元", "楼道数"),
    "vacancy": ("vacancy", "空置率"),
    "tenancy": ("tenancy", "租户率", "出租率", "租户占比"),
    "party_households": ("party_households", "党员户数", "党员户", "党员家庭数"),
    "fee_yuan_per_m2": ("fee_yuan_per_m2", "物业费", "物业费标准", "fee"),
    "infrastructure": ("infrastructure", "设施状况", "基础设施", "设施"),
    "mode": ("mode", "现状模式", "管理模式", "治理模式", "模式"),
    "has_committee": ("has_committee", "业委会", "有无业委会", "是否有业委会", "committee"),
    "flat_area_m2": ("flat_area_m2", "户均面积", "flat_area"),
    "x": ("x", "经度", "lon", "longitude"),
    "y": ("y", "纬度", "lat", "latitude"),
    "adjacent_group": ("adjacent_group", "片区", "相邻组", "网格"),
}
_FIELDS = {alias: name for name, aliases in HEADERS.items() for alias in aliases}

_MODES = {
    "property_company": ("property_company", "物业公司", "专业物业", "物业", "company"),
    "committee": ("committee", "业委会自管", "业委会自治", "业委会"),
    "council": ("council", "自管会", "自管委员会", "居民自管会"),
    "unmanaged": ("unmanaged", "三无", "三无小区", "无管理", "无"),
}
_MODE_OF = {word: mode for mode, words in _MODES.items() for word in words}
_YES = {"是": True, "有": True, "yes": True, "true": True, "1": True}
_YES_NO = _YES | {"否": False, "无": False, "没有": False, "no": False, "false": False, "0": False}
# A word for the condition is a third of the scale; its middle is our reading (assumption).
_CONDITION = {"好": "0.85", "良好": "0.85", "good": "0.85", "中": "0.5", "一般": "0.5", "fair": "0.5"} | {
    "差": "0.15",
    "较差": "0.15",
    "poor": "0.15",
}
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?")
# How spreadsheets write numbers: 1,320 and 20.0 and 12%.
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3}){1,5}(\.[0-9]{1,18})?")
_TOTAL = re.compile(r"(合计|总计|小计|共计|total|subtotal|grandtotal|sum)([:：(（0-9].*)?")


class _CellError(Exception):
    """A cell cannot be read; carries the catalogue's code and facts."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def read_roster(path: Path) -> Roster:
    """Read a ledger.

    Raises:
        InputError: Everything that is wrong with it, with row numbers as a spreadsheet shows them.
    """
    file = display(path)
    try:
        size = path.stat().st_size
        data = b"" if size > MAX_BYTES else path.read_bytes()
    except OSError as error:
        raise InputError([Problem("unreadable", file, seen=str(error.strerror))]) from None
    if size > MAX_BYTES:
        facts = {"limit": MAX_BYTES // 1024}
        raise InputError([Problem("file_too_large", file, seen=f"{size:,} bytes", facts=facts)])
    return _read(data, file)


def roster_template() -> str:
    """A ledger to start from, with every column and two invented compounds."""
    names = [HEADERS[name][1] for name in RosterRow.model_fields]
    rows = [
        "001,桂花苑,86,城东社区,1998,3,8,0.12,0.25,9,0.6,0.4,三无,否,78,112.951,27.242,一片区",
        "002,江畔家园,420,城东社区,2012,7,28,0.08,0.2,31,1.2,0.8,物业公司,是,105,112.953,27.243,一片区",
    ]
    return "\n".join([",".join(names), *rows, ""])


@lru_cache(maxsize=2)
def _read(data: bytes, file: str) -> Roster:
    """Many runs of one scenario read the same ledger: once. Its bytes decide, for file systems tell times coarsely."""
    text, encoding = _decode(data, file)
    table = _table(text, file)
    if len(table) < 2:
        raise InputError([Problem("empty_ledger", file, facts={"example": "小区名称,户数"})])
    head_row, header = table[0]
    _refuse_title(table, file)
    columns = _columns(header, head_row, file)
    sheet = _Sheet(file, header, columns, _condition_scale(table[1:], columns))
    for row, cells in table[1:]:
        sheet.add(row, cells)
    sheet.report_repeated_ids()
    if sheet.problems:
        raise InputError(_first_rows(sheet.problems))
    ignored = tuple(name for index, name in enumerate(header) if index not in columns.values() and name)
    return Roster(tuple(sheet.rows.values()), encoding, ignored)


def _decode(data: bytes, file: str) -> tuple[str, str]:
    """The text, and the encoding that fitted."""
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise InputError([Problem("workbook", file)])
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data:
        raise InputError([Problem("utf16", file)])
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("gb18030"), "gb18030"
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError([Problem("no_encoding", file, line, seen=f"0x{data[error.start]:02x}")]) from None


def _table(text: str, file: str) -> list[tuple[int, list[str]]]:
    """The rows that are not empty, cells stripped, each with its number in a spreadsheet."""
    lines = text.lstrip().split("\n", 4)[:4]
    # A title above the headers has no separator.
    head = lines[0] if "，" in lines[0] else next((line for line in lines if set(line) & set(",;\t")), lines[0])
    separator = max(",;\t", key=head.count)
    if separator not in head and "，" in head:
        raise InputError([Problem("fullwidth_comma", file, 1, seen=head)])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        rows = [(row, [cell.strip() for cell in cells]) for row, cells in enumerate(reader, 1)]
    except csv.Error as error:
        raise InputError([Problem("broken_csv", file, reader.line_num, facts={"detail": str(error)})]) from None
    return [(row, cells) for row, cells in rows if any(cells)]


def _field_of(header: str) -> str:
    """The field that a header means, else ""."""
    return _FIELDS.get(re.sub(r"[(（].*|\s", "", header).lower(), "")


def _refuse_title(table: Sequence[tuple[int, list[str]]], file: str) -> None:
    """A title, a date or a unit above the row of headers.

    Raises:
        InputError: The headers stand in one of the next rows.
    """
    for number, (head_row, cells) in enumerate(table[:6]):
        fields = {_field_of(cell) for cell in cells}
        if "households" in fields and fields & {"name", "id"}:
            above = [
                Problem(
                    "title_row", file, row, seen=" ".join(filter(None, title)), facts={"row": row, "head": head_row}
                )
                for row, title in table[:number]
            ]
            if above:
                raise InputError(above)
            return


def _columns(header: Sequence[str], row: int, file: str) -> dict[str, int]:
    """Where each field stands.

    Raises:
        InputError: A header or a field stands twice, or a required one is missing: rows make no sense then.
    """
    fields = [_field_of(name) for name in header]
    problems = [
        Problem("duplicate_header", file, row, name, facts={"times": times})
        for name, times in Counter(filter(None, header)).items()
        if times > 1
    ]
    for name in dict.fromkeys(filter(None, fields)):
        headers = dict.fromkeys(head for head, found in zip(header, fields, strict=True) if found == name)
        if len(headers) > 1:
            problems.append(Problem("two_aliases", file, row, " / ".join(headers), facts={"field": name}))
    for wanted in (("name", "id"), ("households",)):
        if not any(name in fields for name in wanted):
            aliases = listed([alias for name in wanted for alias in HEADERS[name]])
            facts = {"field": " / ".join(wanted), "aliases": aliases}
            problems.append(Problem("missing_column", file, row, seen=listed(header), facts=facts))
    if problems:
        raise InputError(problems)
    return {name: index for index, name in enumerate(fields) if name}


def _condition_scale(rows: Iterable[tuple[int, Sequence[str]]], columns: Mapping[str, int]) -> float:
    """What stands for a good condition in this ledger: 1, or 100 if any compound has more than 1."""
    index = columns.get("infrastructure", 0)
    texts = [cells[index] for _, cells in rows if index < len(cells)] if "infrastructure" in columns else []
    return 100.0 if any(float(text) > 1 for text in texts if _NUMBER.fullmatch(text)) else 1.0


@dataclass
class _Sheet:
    """A ledger being read: the compounds so far by row, and the problems."""

    file: str
    header: Sequence[str]
    columns: Mapping[str, int]
    condition_scale: float
    rows: dict[int, RosterRow] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, row: int, cells: Sequence[str]) -> None:
        """Read one row; what is wrong with it goes to the problems."""
        for name in ("name", "id"):
            text = cells[self.columns[name]] if self.columns.get(name, len(cells)) < len(cells) else ""
            if _TOTAL.fullmatch(re.sub(r"\s", "", text).lower()):
                self._report("total_row", row, name, text, {})
                return
        if len(cells) != len(self.header):
            counts = {"cells": len(cells), "columns": len(self.header)}
            self.problems.append(Problem("ragged_row", self.file, row, seen=" | ".join(cells), facts=counts))
            return
        texts = {name: cells[index] for name, index in self.columns.items()}
        # An id or a name alone serves for both.
        texts["id"] = texts.get("id") or texts.get("name", "")
        texts["name"] = texts.get("name") or texts["id"]
        values: dict[str, object] = {}
        for name, text in texts.items():
            try:
                values[name] = self._value(name, text)
            except _CellError as error:
                if name in self.columns:  # else it is said of the column that stands in for it
                    self._report(error.code, row, name, text, error.facts)
        try:
            found = RosterRow.model_validate(values)
        except ValidationError as error:
            for name, code, _, facts in from_pydantic(error, RosterRow.model_fields):
                if name in values and name in self.columns:  # else the cell is reported already
                    self._report(code, row, name, texts[name], facts)
            return
        if found.party_households is not None and found.party_households > found.households:
            most = {"most": found.households}
            self._report("above_households", row, "party_households", texts["party_households"], most)
        self.rows[row] = found

    def report_repeated_ids(self) -> None:
        """An id names one compound."""
        rows_of: dict[str, list[int]] = {}
        for row, found in self.rows.items():
            rows_of.setdefault(found.id, []).append(row)
        for name, rows in rows_of.items():
            if len(rows) > 1:
                facts = {"rows": listed([str(row) for row in rows], _SHOWN_ROWS)}
                self._report("repeated_id", rows[1], "id" if "id" in self.columns else "name", name, facts)

    def _value(self, name: str, text: str) -> object:
        """What a cell says; None if it is empty."""
        if not text and name in _REQUIRED:
            raise _CellError("missing_cell")
        if text.endswith(("%", "％")) and name in (*_SHARES, "infrastructure"):
            return _percent(text)
        value = _READERS.get(name, _text)(text) if text else None
        if name == "year_built" and isinstance(value, int) and value > (year := _this_year()):
            raise _CellError("future_year", high=year)
        if name == "infrastructure" and isinstance(value, float) and text not in _CONDITION:
            if value > self.condition_scale:
                raise _CellError("above", high=f"{self.condition_scale:g}")
            return value / self.condition_scale
        if name in _SHARES and isinstance(value, float) and 1 < value <= 100:
            raise _CellError("share", guess=f"{value / 100:g}")
        return value

    def _report(self, code: str, row: int, name: str, text: str, facts: Mapping[str, object]) -> None:
        head = self.header[self.columns[name]]
        self.problems.append(Problem(code, self.file, row, head, text, {"field": name, **facts}))


def _text(text: str) -> str:
    if not printable(text):
        raise _CellError("control_characters")
    return text


def _whole(text: str) -> int:
    return int(_digits(text, whole=True))


def _real(text: str) -> float:
    return float(_digits(text, whole=False))


def _digits(text: str, *, whole: bool) -> str:
    """A number as a spreadsheet writes it, in plain digits: 1,320 as 1320 and, of a whole number, 20.0 as 20.

    Full-width digits are refused as in a scenario file, with what to write. So is 1,320 where it could be 1.320.
    """
    ascii_text = unicodedata.normalize("NFKC", text)
    if ascii_text != text:
        try:
            plain = _digits(ascii_text, whole=whole)
        except _CellError:
            plain = ""
        if plain:
            raise _CellError("fullwidth_number", ascii=plain)
    if _THOUSANDS.fullmatch(text):
        if not whole:
            raise _CellError("comma_number", plain=text.replace(",", ""), point=text.replace(",", ".", 1))
        text = text.replace(",", "")
    match = _NUMBER.fullmatch(text)
    if match is not None and whole and match[1] and not match[1].strip(".0"):
        return text.removesuffix(match[1])
    if match is None or (whole and match[1]):
        raise _CellError("not_whole_cell" if whole else "not_number_cell")
    return text


def _percent(text: str) -> float:
    """A share in per cent: 12% is 0.12."""
    ascii_text = unicodedata.normalize("NFKC", text)
    number = ascii_text.removesuffix("%").strip()
    if not _NUMBER.fullmatch(number):
        raise _CellError("not_number_cell")
    share = Decimal(number).scaleb(-2)
    if ascii_text != text:
        raise _CellError("fullwidth_number", ascii=f"{share.normalize():f}")
    return float(share)


def _this_year() -> int:
    """The year by the clocks that are furthest ahead."""
    return (datetime.now(UTC) + timedelta(hours=14)).year


def _condition(text: str) -> float:
    return _real(_CONDITION.get(text.lower(), text))


def _one_of(words: Mapping[str, object]) -> Callable[[str], object]:
    def read(text: str) -> object:
        if text.lower() not in words:
            raise _CellError("not_choice", choices=listed(list(words)))
        return words[text.lower()]

    return read


def _first_rows(problems: Sequence[Problem]) -> list[Problem]:
    """The first rows of each kind of problem in each column, and how many more there are."""
    kinds: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        kinds.setdefault((problem.code, problem.key), []).append(problem)
    shown: list[Problem] = []
    for same in kinds.values():
        shown += same[:_SHOWN_ROWS]
        if len(same) > _SHOWN_ROWS:
            facts = {"count": len(same) - _SHOWN_ROWS}
            shown.append(Problem("more_rows", same[0].file, same[_SHOWN_ROWS].line, same[0].key, facts=facts))
    return shown


_REQUIRED = ("id", "name", "households")
_SHARES = ("vacancy", "tenancy")
_READERS: Mapping[str, Callable[[str], object]] = {
    "households": _whole,
    "year_built": _whole,
    "buildings": _whole,
    "stairwells": _whole,
    "vacancy": _real,
    "tenancy": _real,
    "party_households": _whole,
    "fee_yuan_per_m2": _real,
    "infrastructure": _condition,
    "mode": _one_of(_MODE_OF),
    "has_committee": _one_of(_YES_NO),
    "flat_area_m2": _real,
    "x": _real,
    "y": _real,
}
