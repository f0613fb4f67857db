"""A user's own ledger of compounds (小区台账): what is read, and what is refused with its row."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaoqu.errors import InputError, Problem
from xiaoqu.roster import HEADERS, Roster, read_roster, roster_template

HEADER = (
    "编号,小区名称,社区,户数,建成年份,楼栋数,单元数,空置率,租户率,党员户数,物业费（元/㎡·月）,"
    "设施状况,现状模式,业委会,户均面积,经度,纬度,片区"
)
ROW = "007,桂花苑,城东社区,86,1998,3,8,0.12,0.25,9,0.6,差,三无,否,78.5,112.951,27.242,一片"
CHINESE = f"{HEADER}\n{ROW}\n"
ENGLISH = (
    f"{','.join(HEADERS)}\n007,桂花苑,86,城东社区,1998,3,8,0.12,0.25,9,0.6,poor,unmanaged,no,78.5,112.951,27.242,一片\n"
)

type Read = Callable[[str | bytes], Roster]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    monkeypatch.chdir(tmp_path)

    def write_and_read(text: str | bytes) -> Roster:
        path = Path("street.csv")
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_roster(path)

    return write_and_read


def refused(read: Read, text: str | bytes) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        read(text)
    assert "street.csv" in caught.value.render("zh")
    assert {problem.file for problem in caught.value.problems} == {"street.csv"}
    return list(caught.value.problems)


def test_chinese_and_english_headers_mean_the_same(read: Read) -> None:
    chinese, english = read(CHINESE), read(ENGLISH)
    assert chinese.rows == english.rows
    (row,) = chinese.rows
    assert row.model_dump() == {
        "id": "007",
        "name": "桂花苑",
        "households": 86,
        "community": "城东社区",
        "year_built": 1998,
        "buildings": 3,
        "stairwells": 8,
        "vacancy": 0.12,
        "tenancy": 0.25,
        "party_households": 9,
        "fee_yuan_per_m2": 0.6,
        "infrastructure": 0.15,
        "mode": "unmanaged",
        "has_committee": False,
        "flat_area_m2": 78.5,
        "x": 112.951,
        "y": 27.242,
        "adjacent_group": "一片",
    }
    assert chinese.encoding == "utf-8"
    assert chinese.ignored == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_encodings_that_offices_use(encoding: str, read: Read) -> None:
    roster = read(CHINESE.replace("㎡·", "").encode(encoding))
    assert roster.rows[0].name == "桂花苑"
    assert roster.encoding == ("gb18030" if encoding.startswith("gb") else "utf-8")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_separators_and_line_ends(separator: str, end: str, read: Read) -> None:
    text = CHINESE.replace(",", separator).replace("\n", end)
    assert read(text).rows == read(CHINESE).rows


def test_ids_stay_text(read: Read) -> None:
    ids = ["007", "12345678901234567", "NA", "None", "1e5", "=1+1"]
    roster = read("编号,户数\n" + "".join(f"{name},10\n" for name in ids))
    assert [row.id for row in roster.rows] == ids
    assert [row.name for row in roster.rows] == ids, "an id serves as name"


def test_a_name_serves_as_id_and_the_rest_may_be_missing(read: Read) -> None:
    roster = read("小区名称,户数,空置率,备注\n\n桂花苑,86,,靠河\n,,,\n")
    (row,) = roster.rows
    assert (row.id, row.name, row.households, row.vacancy, row.mode) == ("桂花苑", "桂花苑", 86, None, None)
    assert roster.ignored == ("备注",)


def test_quoted_cells_may_hold_separators_and_line_breaks(read: Read) -> None:
    roster = read('name,households\n"a, b",3\n"c\nd",4\n'.replace("c\nd", "c d"))
    assert [row.name for row in roster.rows] == ["a, b", "c d"]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["0.3", "1", "好"], [0.3, 1.0, 0.85]),
        (["30", "100", "1", "中"], [0.3, 1.0, 0.01, 0.5]),
        (["good", "Fair", "差"], [0.85, 0.5, 0.15]),
    ],
)
def test_the_condition_has_three_scales(cells: list[str], expected: list[float], read: Read) -> None:
    roster = read("name,households,设施状况\n" + "".join(f"a{n},1,{cell}\n" for n, cell in enumerate(cells)))
    assert [row.infrastructure for row in roster.rows] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("word", "mode"),
    [("物业公司", "property_company"), ("业委会自管", "committee"), ("自管会", "council"), ("三无", "unmanaged")],
)
def test_modes_have_their_chinese_names(word: str, mode: str, read: Read) -> None:
    for name in (word, mode, mode.upper()):
        assert read(f"name,households,现状模式\na,1,{name}\n").rows[0].mode == mode


def test_the_template_can_be_read(read: Read) -> None:
    roster = read(roster_template())
    assert len(roster.rows) == 2
    assert roster.ignored == ()
    assert None not in roster.rows[1].model_dump().values()
    assert len({alias for aliases in HEADERS.values() for alias in aliases}) == sum(map(len, HEADERS.values()))


# Header and row, the problem's row, column and code, words of the English message.
BAD = {
    "households missing": ("name,households", "a,", 2, "households", "missing_cell", "number of households"),
    "name missing": ("name,households", ",3", 2, "name", "missing_cell", "name (or id)"),
    "zero households": ("name,households", "a,0", 2, "households", "below", "at least 1"),
    "negative": ("name,households", "a,-4", 2, "households", "below", "at least 1"),
    "decimal count": ("name,户数", "a,10.5", 2, "户数", "not_whole_cell", "no decimals"),
    "unit": ("name,户数", "a,10户", 2, "户数", "not_whole_cell", "no unit"),
    "separator elsewhere": ("name,户数", 'a,"10,00"', 2, "户数", "not_whole_cell", "such as 1320"),
    "separator of what": ("name;户数;户均面积", "a;1;1,320", 2, "户均面积", "comma_number", "write 1320, or 1.320"),
    "full-width separator": ("name,户数", "a,１，３２０", 2, "户数", "fullwidth_number", "write 1320"),
    "full-width percent": ("name,户数,空置率", "a,1,１２％", 2, "空置率", "fullwidth_number", "write 0.12"),
    "full-width sign": ("name,户数,空置率", "a,1,12％", 2, "空置率", "fullwidth_number", "write 0.12"),
    "percent of yuan": ("name,户数,物业费", "a,1,12%", 2, "物业费", "not_number_cell", "only shares"),
    "percent above 1": ("name,户数,空置率", "a,1,120%", 2, "空置率", "above", "at most 1"),
    "total": ("name,户数", "合计,506", 2, "name", "total_row", "delete the row"),
    "spaced total": ("name,户数", "合 计：,506", 2, "name", "total_row", "looks like a total"),
    "total by id": ("编号,name,户数", "Total,,506", 2, "编号", "total_row", "delete the row"),
    "ragged total": ("name,户数,x", "小计,506", 2, "name", "total_row", "delete the row"),
    "future": ("name,户数,建成年份", "a,1,2099", 2, "建成年份", "future_year", "at most 20"),
    "underscore": ("name,户数", "a,1_000", 2, "户数", "not_whole_cell", "digits only"),
    "full-width": ("name,户数", "a,１２", 2, "户数", "fullwidth_number", "write 12"),
    "full-width point": ("name,户数,空置率", "a,1,０．２", 2, "空置率", "fullwidth_number", "write 0.2"),
    "other digits": ("name,户数", "a,١٢", 2, "户数", "not_whole_cell", "digits only"),
    "5,000 digits": ("name,户数", f"a,{'9' * 5_000}", 2, "户数", "not_whole_cell", "digits"),
    "too many": ("name,户数", "a,100001", 2, "户数", "above", "at most 100000"),
    "nan": ("name,户数,空置率", "a,1,nan", 2, "空置率", "not_number_cell", "number"),
    "inf": ("name,户数,x", "a,1,inf", 2, "x", "not_number_cell", "number"),
    "exponent": ("name,户数,x", "a,1,1e400", 2, "x", "not_number_cell", "number"),
    "percent of what": ("name,户数,空置率", "a,1,about 12%", 2, "空置率", "not_number_cell", "0.12"),
    "share above 1": ("name,户数,空置率", "a,1,12", 2, "空置率", "share", "did you mean 0.12?"),
    "share far above 1": ("name,户数,租户率", "a,1,1200", 2, "租户率", "above", "at most 1"),
    "negative share": ("name,户数,租户率", "a,1,-0.1", 2, "租户率", "below", "at least 0"),
    "condition": ("name,户数,设施状况", "a,1,很好", 2, "设施状况", "not_number_cell", "number"),
    "condition above 100": ("name,户数,设施状况", "a,1,101", 2, "设施状况", "above", "at most 100"),
    "mode": ("name,户数,现状模式", "a,1,物管", 2, "现状模式", "not_choice", "物业公司"),
    "committee": ("name,户数,业委会", "a,1,也许", 2, "业委会", "not_choice", "是"),
    "year": ("name,户数,建成年份", "a,1,98", 2, "建成年份", "below", "at least 1900"),
    "more members than households": ("name,户数,党员户数", "a,3,4", 2, "党员户数", "above_households", "3 households"),
    "ragged": ("name,户数", "a,1,2", 2, "", "ragged_row", "3 cells, and the header 2"),
    "short": ("name,户数,x", "a,1", 2, "", "ragged_row", "2 cells, and the header 3"),
    "control character": ("name,户数", "a\x07,1", 2, "name", "control_characters", "control"),
    "long name": ("name,户数", f"{'a' * 201},1", 2, "name", "long_text", "200"),
    "duplicate header": ("name,户数,x,x", "a,1,2,3", 1, "x", "duplicate_header", "2 times"),
    "two aliases": ("name,户数,households", "a,1,2", 1, "户数 / households", "two_aliases", "households"),
    "no households": ("name,面积", "a,1", 1, "", "missing_column", "户数"),
    "no name": ("户数", "1", 1, "", "missing_column", "小区名称"),
    "full-width commas": ("name，户数", "a，1", 1, "", "fullwidth_comma", ", or ; or tabs"),
    "no rows": ("name,户数", "", None, "", "empty_ledger", "at least one compound"),
    "open quote": ("name,户数", '"a,1', 2, "", "broken_csv", "quote"),
    "huge cell": ("name,户数", f'"{"a" * 200_000}",1', 2, "", "broken_csv", "field larger"),
}


def test_numbers_as_a_spreadsheet_writes_them(read: Read) -> None:
    text = 'name,户数,建成年份,空置率,租户率,设施状况\na,"1,320",1998.0,12%,7.5%,80%\nb,20.00,2001,0.12,100%,0.8\n'
    one, other = read(text).rows
    assert (one.households, one.year_built, one.vacancy, one.tenancy, one.infrastructure) == (
        1320,
        1998,
        0.12,
        0.075,
        0.8,
    )
    assert (other.households, other.tenancy, other.infrastructure) == (20, 1.0, 0.8)


@pytest.mark.parametrize("name", ["合计花园", "总计划小区", "Summer Court", "Totalka", "sum total court"])
def test_a_name_that_begins_like_a_total_is_a_name(name: str, read: Read) -> None:
    assert read(f"name,户数\n{name},3\n").rows[0].name == name


@pytest.mark.parametrize("title", ["城东街道小区台账,,", "城东街道小区台账", "城东街道,2025年,单位：户"])
def test_a_title_above_the_headers(title: str, read: Read) -> None:
    (problem,) = refused(read, f"{title}\n编号,小区名称,户数\n1,a,3\n")
    assert (problem.line, problem.code) == (1, "title_row")
    assert "row 1 looks like a title; the headers are in row 2" in problem.render("en")
    assert "第 1 行像是标题" in problem.render("zh")
    (problem,) = refused(read, "台账\n编号;小区名称;户数\n1;a;3\n")
    assert problem.code == "title_row"


@pytest.mark.parametrize("case", BAD.values(), ids=BAD)
def test_bad_rows(case: tuple[str, str, int | None, str, str, str], read: Read) -> None:
    header, row, number, column, code, words = case
    (problem,) = refused(read, f"{header}\n{row}\n")
    assert (problem.line, problem.key, problem.code) == (number, column, code)
    assert words in problem.render("en")
    if number is not None:
        assert f"row {number}" in problem.render("en")
        assert f"第 {number} 行" in problem.render("zh")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (CHINESE.encode("utf-16"), "utf16"),
        (CHINESE.encode("utf-16-le"), "utf16"),
        (b"PK\x03\x04 and so on", "workbook"),
        (b"name,households\n\xff\xff,1\n", "no_encoding"),
        (b"", "empty_ledger"),
        (b"\xef\xbb\xbf\n \n", "empty_ledger"),
    ],
)
def test_bad_bytes(data: bytes, code: str, read: Read) -> None:
    (problem,) = refused(read, data)
    assert problem.code == code


def test_all_problems_at_once_with_the_rows_of_a_spreadsheet(read: Read) -> None:
    text = "name,户数,空置率\na,1,0.1\n\nb,x,60\nc,0,0.1\nd,5\n"
    found = {(problem.line, problem.key, problem.code) for problem in refused(read, text)}
    assert found == {
        (4, "户数", "not_whole_cell"),
        (4, "空置率", "share"),
        (5, "户数", "below"),
        (6, "", "ragged_row"),
    }


def test_repeated_ids_name_their_first_five_rows(read: Read) -> None:
    text = "编号,小区名称,户数\n" + "".join(f"01,a{n},3\n" for n in range(7)) + "02,b,3\n"
    (problem,) = refused(read, text)
    assert (problem.line, problem.key, problem.seen, problem.code) == (3, "编号", "01", "repeated_id")
    assert "rows 2, 3, 4, 5, 6, …" in problem.rule
    (problem,) = refused(read, "小区名称,户数\na,1\na,2\n")
    assert (problem.key, problem.code) == ("小区名称", "repeated_id")
    assert len(read("编号,小区名称,户数\n1,a,1\n2,a,2\n").rows) == 2, "names may repeat where there are ids"


def test_a_ledger_that_was_changed_is_read_again_even_if_its_time_and_size_stayed(read: Read) -> None:
    """As on a file system that tells whole seconds."""
    assert read("name,户数\na,10\n").rows[0].households == 10
    path, stamp = Path("street.csv"), Path("street.csv").stat()
    path.write_text("name,户数\na,20\n", "utf-8")
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert read_roster(path).rows[0].households == 20


def test_a_column_that_is_wrong_throughout_is_not_said_a_thousand_times(read: Read) -> None:
    text = "name,户数,空置率\n" + "".join(f"a{n},1户,0.{n}x\n" for n in range(1000))
    problems = refused(read, text)
    assert len(problems) == 12
    assert [problem.facts["count"] for problem in problems if problem.code == "more_rows"] == [995, 995]


def test_no_ledger_at_all(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_roster(tmp_path / "none.csv")


def test_ten_thousand_compounds_in_good_time(read: Read) -> None:
    text = CHINESE + "".join(f"{ROW}\n".replace("007", str(n)) for n in range(1000, 11_000))
    start = time.process_time()  # of this process alone: what else the machine does takes nothing away
    assert len(read(text).rows) == 10_001
    assert time.process_time() - start < 3


@settings(deadline=None, max_examples=200)
@given(
    edits=st.lists(
        st.tuples(
            st.integers(0, len(CHINESE)), st.integers(0, 9), st.text(max_size=3) | st.sampled_from('",;\t\n\0１%')
        ),
        max_size=5,
    ),
    tail=st.binary(max_size=4),
)
def test_ledgers_of_any_kind(
    edits: list[tuple[int, int, str]], tail: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = CHINESE
    for at, length, piece in edits:
        text = text[:at] + piece + text[at + length :]
    path = tmp_path_factory.getbasetemp() / "fuzz.csv"
    path.write_bytes(text.encode("utf-8", "replace") + tail)
    roster, refused = None, InputError([])
    try:
        roster = read_roster(path)
    except InputError as error:
        refused = error
    assert (roster is None) == bool(refused.problems)
    assert refused.render("en")
    assert refused.render("zh")
