"""Bad scenario files and overrides: every problem at once, with file, line, key, value, rule and remedy."""

import os
import re
import string
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from xiaoqu import layers, parameters, roster, scenario, toml_lines
from xiaoqu.catalogue import LABELS, MESSAGES
from xiaoqu.errors import MAX_PROBLEMS, InputError, Problem
from xiaoqu.parameters import Baseline
from xiaoqu.scenario import available_bytes, read_scenario

SMALL = Path(__file__).with_name("small_baseline.toml")
HEAD = '[scenario]\nname = "bad"\n'  # two lines: what follows begins on line 3
TARGET = """id = "a"
outcome = "b"
aggregate = "last"
window = [1, 12]
reported = 0.5
relation = "about"
unit = "share"
definition_en = "c"
definition_zh = "d"
source = "e"
case_id = "f"
"""

type Refuse = Callable[..., list[Problem]]


@pytest.fixture
def baseline(tmp_path: Path) -> Baseline:
    copy = tmp_path / "baseline.toml"
    copy.write_bytes(SMALL.read_bytes())
    return Baseline.read(copy)


@pytest.fixture
def refuse(baseline: Baseline, monkeypatch: pytest.MonkeyPatch) -> Refuse:
    """Loads a text from bad.toml, and returns the problems."""
    monkeypatch.chdir(baseline.path.parent)

    def read(text: str | bytes, overrides: Mapping[str, object] | None = None) -> list[Problem]:
        data = text if isinstance(text, bytes) else text.encode()
        Path("bad.toml").write_bytes(data)
        return problems_of(baseline, "bad.toml", overrides)

    return read


def problems_of(baseline: Baseline, path: str | Path, overrides: Mapping[str, object] | None = None) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        read_scenario(baseline, path, overrides)
    assert caught.value.problems
    english, chinese = str(caught.value), caught.value.render("zh")
    for problem in caught.value.problems:
        assert all(problem.text("en"))
        assert all(problem.text("zh"))
        assert problem.render("en") in english
        assert problem.render("zh") in chinese
    assert "pydantic" not in english
    assert "Traceback" not in english
    return list(caught.value.problems)


# What stands below HEAD; the line and key of the problem; its code; words of the English message.
BAD = {
    "1 unknown key": ("[places]\nhousholds = 12", 4, "places.housholds", "unknown_key_guess", "places.households"),
    "1 key of another section": ("[payment]\ncompounds = 1", 4, "payment.compounds", "unknown_key_guess", "places"),
    "1 key like no other": ("[payment]\nxyz = 1", 4, "payment.xyz", "unknown_key", "belief_weights, billing, habit"),
    "1 unknown section": ("[paymnet]\nhabit = 1", 3, "paymnet", "unknown_section_guess", "payment"),
    "1 section like no other": ("[xyz]\nhabit = 1", 3, "xyz", "unknown_section", "levers, modes, payment"),
    "1 value for a section": ("payment.habit = 1\n", 3, "scenario.payment", "unknown_field", "name, title_en"),
    "1 section as value": ("[modes]\ncouncil = 3", 4, "modes.council", "is_table", "[modes.council]"),
    "1 unknown header": ('titel_en = "x"', 3, "scenario.titel_en", "unknown_field_guess", "title_en"),
    "1 unknown mode": ("[modes.counsil]\nfee = 1", 3, "modes.counsil", "unknown_mode_guess", "council"),
    "1 mode without file": ("[modes.xyz]\nfee = 1", 3, "modes.xyz", "unknown_mode", 'file = "xyz.py"'),
    "2 true as count": ("[places]\ncompounds = true", 4, "places.compounds", "not_int", "not true or false"),
    "2 true as number": ("[payment]\nhabit = true", 4, "payment.habit", "not_float", "number"),
    "3 text as count": ('[places]\ncompounds = "10"', 4, "places.compounds", "not_int", "no quotes"),
    "3 text with separator": ('[places]\ncompounds = "1_000"', 4, "places.compounds", "not_int", "no quotes"),
    "3 decimal count": ("[places]\ncompounds = 10.0", 4, "places.compounds", "not_int", "no decimal point"),
    "3 text as number": ('[payment]\nhabit = "2"', 4, "payment.habit", "not_float", "without quotes"),
    "3 number as text": ("[payment]\nbilling = 2", 4, "payment.billing", "not_str", "quotes"),
    "3 number as truth": ("[modes.council]\nenabled = 1", 4, "modes.council.enabled", "not_bool", "true or false"),
    "3 text as list": ('[modes]\nallowed = "council"', 4, "modes.allowed", "not_list", "square brackets"),
    "3 mixed list": ("[payment]\nbelief_weights = [0.1, true]", 4, "payment.belief_weights", "mixed_list", "[0.5"),
    "3 nested list": ("[payment]\nbelief_weights = [[0.1]]", 4, "payment.belief_weights", "mixed_list", "simple"),
    "3 date": ("[payment]\nhabit = 2024-01-01", 4, "payment.habit", "not_float", "number"),
    "4 nan": ("[payment]\nhabit = nan", 4, "payment.habit", "not_finite", "NaN"),
    "4 inf": ("[payment]\nhabit = -inf", 4, "payment.habit", "not_finite", "finite"),
    "4 overflow": ("[payment]\nhabit = 1e400", 4, "payment.habit", "not_finite", "1e308"),
    "4 inf as count": ("[places]\ncompounds = inf", 4, "places.compounds", "not_finite", "finite"),
    "4 nan in a list": ("[payment]\nbelief_weights = [nan]", 4, "payment.belief_weights", "not_finite", "NaN"),
    "5 negative": ("[places]\ncompounds = -3", 4, "places.compounds", "below", "at least 1"),
    "5 too many": ("[places]\ncompounds = 10_001", 4, "places.compounds", "above", "at most 10,000"),
    "6 percent": ("[places]\nvacancy = 60", 4, "places.vacancy", "share", "did you mean 0.6?"),
    "6 share above 1": ("[places]\nvacancy = 1.4", 4, "places.vacancy", "share", "between 0 and 1"),
    "6 share far above 1": ("[places]\nvacancy = 600", 4, "places.vacancy", "above", "at most 1"),
    "6 negative share": ("[places]\nvacancy = -0.1", 4, "places.vacancy", "below", "at least 0"),
    "7 shares": (
        "[types]\nselfish = 0.4",
        4,
        "types.selfish",
        "group_sum",
        "1.1: types.reciprocal 0.6 + types.selfish 0.4",
    ),
    "8 more than": ("[places]\ncompounds = 3\ncommittees = 4", 5, "places.committees", "at_most", "3 (bad.toml:4)"),
    "8 more than may be": (
        '[places]\ncommittees = 4\ncompounds = { low = 3, high = 9, why = "?" }',
        4,
        "places.committees",
        "at_most",
        "low = 3",
    ),
    "8 more than there are, in some replicates": (
        '[places]\ncompounds = 4\ncommittees = { low = 1, high = 5, why = "?" }',
        5,
        "places.committees",
        "at_most",
        "4 (bad.toml:4)",
    ),
    "9 zero": ("[places]\ncompounds = 0", 4, "places.compounds", "below", "at least 1"),
    "9 too few": ("[places]\nhouseholds = 3\ncompounds = 4", 5, "places.compounds", "empty_compounds", "4 compounds"),
    "10 huge": ("[places]\nhouseholds = 900_000_000_000", 4, "places.households", "memory", "230,400.0 GB"),
    "12 dots": (f"[places]\na{'.a' * 17} = 1", 4, f"places.a{'.a' * 17}", "too_many_dots", "at most 16 dots"),
    "12 dots in a header": (f"[a{'.a' * 17}]", 3, f"a{'.a' * 17}", "too_many_dots", "at most 16 dots"),
    "12 dots in a table": (f"[places]\nx = {{ a{'.a' * 17} = 1 }}", 4, "places.x", "too_many_dots", "16"),
    "13 nesting": (f"[places]\nx = {'[' * 20_000}{']' * 20_000}", 4, "places.x", "too_deep", "at most 16 deep"),
    "14 many digits": (f"[places]\ncompounds = {'9' * 5_000}", 4, "places.compounds", "long_number", "40"),
    "14 hexadecimal": (f"[places]\ncompounds = 0x{'f' * 5_000}", 4, "places.compounds", "long_number", "40"),
    "14 beyond 64 bits": ("[places]\ncompounds = 0xffffffffffffffff", 4, "places.compounds", "too_large", "64 bits"),
    "14 beyond 64 bits as number": (f"[payment]\nhabit = {2**64}", 4, "payment.habit", "too_large", "64 bits"),
    "15 duplicate": ("[payment]\nhabit = 1\nhabit = 2", 5, "payment.habit", "duplicate_key", "line 4"),
    "15 duplicate, dotted": ("[payment]\nhabit = 1\n[x]\n[payment]", 6, "payment", "duplicate_key", "line 3"),
    "18 quotes": ("title_zh = “衡东”", 3, "scenario.title_zh", "fullwidth_punctuation", "column 12: “"),
    "18 comma": (
        "[payment]\nbelief_weights = [0.1，\n 0.2]",
        4,
        "payment.belief_weights",
        "fullwidth_punctuation",
        "，",
    ),
    "18 second row": (
        "[payment]\nbelief_weights = [0.1,\n 0.2， 0.3]",
        5,
        "payment.belief_weights",
        "fullwidth_punctuation",
        "column 5",
    ),
    "18 equals": ("[payment]\nhabit ＝ 2", 4, "payment.habit", "fullwidth_punctuation", "mark ="),
    "18 no quotes": ("title_zh = 衡东", 3, "scenario.title_zh", "unquoted_text", "quotes"),
    "19 digits": ("[places]\ncompounds = １２", 4, "places.compounds", "fullwidth_digit", "digit 1"),
    "20 bare key": ("[places]\n户数 = 3", 4, "places.户数", "foreign_key_guess", "places.households"),
    "20 quoted key": ('[places]\n"户数" = 3', 4, "places.户数", "unknown_key_guess", "places.households"),
    "20 key without match": ("[places]\n猫 = 3", 4, "places.猫", "foreign_key", "scenarios/baseline.toml"),
    "lever word": ('[levers]\ntriage = "onn"', 4, "levers.triage", "not_lever", '"on", "off"'),
    "lever grade": ("[levers]\ntriage = 3", 4, "levers.triage", "above", "at most 2"),
    "choice": ('[payment]\nbilling = "daily"', 4, "payment.billing", "not_choice", "monthly, yearly"),
    "control character": ('[payment]\nbilling = "a\\u0007"', 4, "payment.billing", "control_characters", "control"),
    "range order": ('[payment]\nhabit = { low = 2, high = 1, why = "?" }', 4, "payment.habit", "range_order", "swap"),
    "range out of bounds": ('[payment]\nhabit = { low = 1, high = 11, why = "?" }', 4, "payment.habit", "above", "10"),
    "range without why": ("[payment]\nhabit = { low = 1, high = 2 }", 4, "payment.habit", "range_form", "why"),
    "range misspelt": ('[payment]\nhabit = { lo = 1, high = 2, why = "?" }', 4, "payment.habit", "range_form", "lo"),
    "range of texts": (
        '[payment]\nbilling = { low = 1, high = 2, why = "?" }',
        4,
        "payment.billing",
        "range_kind",
        "number",
    ),
    "range in a group": (
        '[types]\nselfish = { low = 0.2, high = 0.4, why = "?" }',
        4,
        "types.selfish",
        "range_in_group",
        "types",
    ),
    "range of decimal counts": (
        '[places]\ncompounds = { low = 1.0, high = 2, why = "?" }',
        4,
        "places.compounds",
        "not_int",
        "whole",
    ),
    "range of huge ends": (
        f'[payment]\nhabit = {{ low = 0, high = {10**39}, why = "?" }}',
        4,
        "payment.habit",
        "too_large",
        "64",
    ),
    "initial mode": ('[modes]\nallowed = ["council"]', 4, "modes.allowed", "initial_mode", "council"),
    "allowed mode": (
        '[modes]\nallowed = ["unmanaged", "kouncil"]',
        4,
        "modes.allowed",
        "allowed_mode",
        "council, unmanaged",
    ),
    "ledger missing": ('[places]\nledger = "none.csv"', 4, "places.ledger", "no_file", "none.csv"),
    "mode's file missing": ('[modes.own]\nfile = "own.py"', 4, "modes.own.file", "no_file", "own.py"),
    "mode without a file name": ('[modes.own]\nfile = ""', 4, "modes.own.file", "no_file", "folder"),
    "mode's file no text": ("[modes.own]\nfile = 3", 4, "modes.own.file", "not_str", "quotes"),
    "mode's range": ('[modes.own]\nfile = "bad.toml"\nx = { low = 1 }', 5, "modes.own.x", "not_free", "single value"),
    "mode's key": ('[modes.own]\nfile = "bad.toml"\nx = [1]', 5, "modes.own.x", "not_free", "single value"),
    "syntax": ("[places]\ncompounds 3", 4, "places.compounds", "syntax", "Expected '='"),
    "syntax, open quote": ('[places]\nledger = "x', 4, "places.ledger", "syntax", "quotes"),
    "syntax, open header": ("[places", 3, "places", "syntax", "Expected ']'"),
    "targets not a list": ("[targets]\nx = 1", 3, "targets", "targets_form", "[[targets]]"),
    "target field": (
        f"[[targets]]\n{TARGET.replace('last', 'latest')}",
        6,
        "targets.0.aggregate",
        "not_choice",
        "'last'",
    ),
    "target incomplete": (
        f"[[targets]]\n{TARGET.replace('unit', 'unti')}",
        10,
        "targets.0.unti",
        "unknown_field_guess",
        "unit",
    ),
    "30 target's window": (
        f"[[targets]]\n{TARGET.replace('1, 12', '12, 1')}",
        7,
        "targets.0.window",
        "target_window",
        "before",
    ),
    "target's window in three": (
        f"[[targets]]\n{TARGET.replace('1, 12', '1, 2, 3')}",
        7,
        "targets.0.window",
        "wrong_length",
        "two",
    ),
}


@pytest.mark.parametrize("case", BAD.values(), ids=BAD)
def test_bad_statements(case: tuple[str, int, str, str, str], refuse: Refuse) -> None:
    text, line, key, code, words = case
    problems = refuse(HEAD + text)
    found = {(problem.file, problem.line, problem.key, problem.code): problem for problem in problems}
    problem = found.pop(("bad.toml", line, key, code))
    assert problem.seen
    assert words in problem.render("en")
    # A misspelt field is also a missing one; the repeated header of that case stands below an unknown section.
    assert {other for *_, other in found} <= {"missing_field", "unknown_section"}


NAMES = ["../../x", "CON", "con", "nul", "com1", "a b", "a\\u0000", "", "x" * 65, "-x", "街", "a.b", "a\\n"]


@pytest.mark.parametrize("name", NAMES)
def test_names_are_safe_as_file_names(name: str, refuse: Refuse) -> None:
    (problem,) = refuse(f'[scenario]\nname = "{name}"\n')
    assert (problem.line, problem.key, problem.code) == (2, "scenario.name", "unsafe_name")


# The override; its code; words of the English message.
OVERRIDES: dict[str, tuple[str, object, str, str]] = {
    "1 unknown": ("places.housholds", 3, "unknown_key_guess", "places.households"),
    "1 unknown section": ("place.households", 3, "unknown_section_guess", "places"),
    "1 no section": ("households", 3, "unknown_section", "payment, places"),
    "1 whole section": ("payment", 3, "is_table", "[payment]"),
    "2 true": ("places.compounds", True, "not_int", "whole number"),
    "2 true as text": ("places.compounds", "true", "not_int", "whole number"),
    "3 quoted": ("places.compounds", '"1_000"', "not_int", "no quotes"),
    "3 decimal": ("places.compounds", 10.0, "not_int", "no decimal point"),
    "3 decimal as text": ("places.compounds", "10.0", "not_int", "no decimal point"),
    "4 nan": ("payment.habit", float("nan"), "not_finite", "NaN"),
    "4 nan as text": ("payment.habit", "nan", "not_finite", "NaN"),
    "4 inf": ("payment.habit", "inf", "not_finite", "finite"),
    "4 1e400": ("payment.habit", "1e400", "not_finite", "1e308"),
    "5 negative": ("places.compounds", "-1", "below", "at least 1"),
    "6 percent": ("places.vacancy", "60", "share", "0.6"),
    "12 dots": (f"a{'.a' * 5_000}", 1, "unknown_section", "no section"),
    "13 nested": ("payment.habit", "[" * 20_000, "too_deep", "16"),
    "14 digits": ("places.compounds", "9" * 5_000, "long_number", "40"),
    "14 64 bits": ("places.compounds", 2**63, "too_large", "64 bits"),
    "19 full-width": ("places.compounds", "１２", "fullwidth_digit", "column 1: １"),
    "not a value": ("places.compounds", "twelve", "not_toml", "such as 20"),
    "two statements": ("places.compounds", "3\n[x]", "not_toml", "such as 20"),
    "nothing": ("places.compounds", "", "not_toml", "such as 20"),
    "None": ("places.compounds", None, "not_int", "whole number"),
    "lever": ("levers.triage", "yes", "not_lever", '"on"'),
    "lever list": ("levers.triage", [1], "not_lever", "grade"),
    "empty range": ("payment.habit", {}, "range_form", "low, high, why"),
    "ledger": ("places.ledger", "none.csv", "no_file", "none.csv"),
    "ledger folder": ("places.ledger", ".", "no_file", "."),
    "ledger with an endless name": ("places.ledger", "x" * 5_000, "no_file", "xxx"),
    "surrogate": ("payment.billing", "\ud800", "control_characters", "control"),
    "group": ("types.selfish", "0.2", "group_sum", "0.9"),
}


@pytest.mark.parametrize("case", OVERRIDES.values(), ids=OVERRIDES)
def test_bad_overrides(case: tuple[str, object, str, str], refuse: Refuse) -> None:
    key, raw, code, words = case
    (problem,) = refuse(HEAD, {key: raw})
    assert (problem.file, problem.line, problem.key, problem.code) == ("", None, key, code)
    assert words in problem.render("en")
    assert "--set" in problem.render("zh")


def test_everything_at_once(refuse: Refuse, baseline: Baseline) -> None:
    baseline.path.with_name("street.csv").write_text("name,households\na,0\nb,-\n", "utf-8")
    text = """[scenario]
name = "bad"
titel_en = "typo"
[places]
housholds = 12
compounds = "10"
vacancy = 60
committees = １２
ledger = "street.csv"
[payment]
habit = 1
habit = 2
x 3
[levers]
triage = "onn"
[types]
selfish = 0.9
"""
    problems = refuse(text, {"levers.neighbour_chiefs": "perhaps"})
    places = [(problem.file, problem.line, problem.code) for problem in problems]
    assert sorted(places, key=str) == sorted(
        [
            ("bad.toml", 3, "unknown_field_guess"),
            ("bad.toml", 5, "unknown_key_guess"),
            ("bad.toml", 6, "not_int"),
            ("bad.toml", 7, "share"),
            ("bad.toml", 8, "fullwidth_digit"),
            ("bad.toml", 12, "duplicate_key"),
            ("bad.toml", 13, "syntax"),
            ("bad.toml", 15, "not_lever"),
            ("bad.toml", 17, "group_sum"),
            ("street.csv", 2, "below"),
            ("street.csv", 3, "not_whole_cell"),
            ("", None, "not_lever"),
        ],
        key=str,
    )


def test_a_refused_value_is_no_ground_to_judge_others_by(refuse: Refuse) -> None:
    (problem,) = refuse(HEAD + "[types]\nselfish = 30\naltruist = 0.2")
    assert (problem.line, problem.code) == (4, "share")


def test_a_message_says_it_all_in_both_languages(refuse: Refuse) -> None:
    (problem,) = refuse(HEAD + "[places]\nvacancy = 60\n")
    assert problem.render("en") == (
        "bad.toml, line 4, places.vacancy\n"
        "  seen:   60\n"
        "  rule:   a share lies between 0 and 1\n"
        "  remedy: did you mean 0.6?"
    )
    assert problem.render("zh") == (
        "bad.toml，第 4 行，places.vacancy\n  写的是：60\n  规则：  比例在 0 与 1 之间\n  改法：  是不是 0.6？"
    )
    assert (problem.rule, problem.remedy) == ("a share lies between 0 and 1", "did you mean 0.6?")


def test_messages_stand_in_the_order_of_the_file_and_overrides_last() -> None:
    places = [("", None), ("b.toml", 9), ("a.toml", 7), ("b.toml", 2)]
    lines = InputError(Problem("not_bool", file, line) for file, line in places).render().splitlines()
    heads = ["a.toml, line 7", "b.toml, line 2", "b.toml, line 9", "override (--set)"]
    assert [line for line in lines if line in heads] == heads


def test_a_byte_order_mark_is_no_problem(baseline: Baseline) -> None:
    path = baseline.path.with_name("bom.toml")
    path.write_bytes(b"\xef\xbb\xbf" + HEAD.encode().replace(b"\n", b"\r\n"))
    assert read_scenario(baseline, path).name == "bad"


@pytest.mark.parametrize("encoding", ["gbk", "utf-16"])
def test_other_encodings_are_named(encoding: str, refuse: Refuse) -> None:
    (problem,) = refuse((HEAD + 'title_zh = "衡东县"').encode(encoding))
    assert problem.code == "not_utf8"
    assert "UTF-8" in problem.remedy
    assert problem.line == (3 if encoding == "gbk" else 1)


def test_big_files_are_not_read(refuse: Refuse) -> None:
    (problem,) = refuse(HEAD + "#" * 300_000)
    assert problem.code == "file_too_large"


HOSTILE = {
    "dots": ".".join("a" * 100_000) + " = 1",
    "headers": "[" + ".".join("a" * 100_000) + "]",
    "quoted dots": '"a".' * 60_000 + "a = 1",
    "unknown keys": "[places]\n" + "\n".join(f"hous{n} = {n}" for n in range(15_000)),
    "unknown long keys": "[places]\n" + "\n".join(f"{'households' * 200}{n} = {n}" for n in range(100)),
    "duplicates": "[payment]\n" + "habit = 1\n" * 24_000,
    "syntax": "[payment]\n" + "habit 1\n" * 30_000,
    "brackets": "x = " + "[" * 250_000,
    "quotes": '"' * 250_000,
    "triple quotes": '"""\\' * 60_000,
    "backslashes": 'x = "' + "\\" * 250_000,
    "fullwidth": "x = １\n" * 24_000,
    "braces": "x = " + "{a=" * 80_000,
    "targets": "[[targets]]\n" * 20_000,
    "one long key": "a" * 250_000 + " = 1",
    "numbers": "[payment]\nhabit = [" + "1, " * 80_000 + "]",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_are_refused_in_good_time(text: str, refuse: Refuse) -> None:
    start = time.process_time()  # of this process alone: what else the machine does takes nothing away
    problems = refuse(HEAD + text)
    assert time.process_time() - start < 3
    assert len(problems) <= 3 * MAX_PROBLEMS


def test_unknown_scenarios(baseline: Baseline, refuse: Refuse) -> None:
    baseline.path.with_name("hengdong.toml").write_text(HEAD, "utf-8")
    for name in ("hengdnog", "../hengdong.toml", "x" * 5_000, "a\0b", "none.toml", "", "街"):
        (problem,) = problems_of(baseline, name)
        assert problem.code in ("no_scenario", "no_scenario_guess")
        assert "hengdong" in problem.remedy
    assert "did you mean hengdong?" in problems_of(baseline, "hengdnog")[0].remedy
    problem = refuse('[scenario]\nname = "bad"\nextends = "hengdnog"\n')[0]
    assert (problem.line, problem.key, problem.code) == (3, "scenario.extends", "no_scenario_guess")


def test_a_circle_of_extends_is_found(baseline: Baseline) -> None:
    for name, parent in {"one": "two", "two": "one"}.items():
        text = f'[scenario]\nname = "{name}"\nextends = "{parent}"\n'
        baseline.path.with_name(f"{name}.toml").write_text(text, "utf-8")
    (problem,) = problems_of(baseline, "one")
    assert (problem.file, problem.line, problem.code) == (problem.file, 3, "extends_itself")
    assert problem.file.endswith("two.toml")


@pytest.mark.parametrize("text", ["", "# nothing", "scenario = 3", "[places]\ncompounds = 3"])
def test_a_file_needs_its_header(text: str, refuse: Refuse) -> None:
    assert [problem.code for problem in refuse(text)] == ["no_header"]


def test_a_file_needs_a_name(refuse: Refuse) -> None:
    (problem,) = refuse("[scenario]\n")
    assert (problem.line, problem.key, problem.code) == (1, "scenario.name", "missing_field")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_files_that_may_not_be_read(baseline: Baseline) -> None:
    path = baseline.path.with_name("secret.toml")
    path.write_text(HEAD, "utf-8")
    path.chmod(0)
    assert problems_of(baseline, path)[0].code == "unreadable"


def test_memory_is_estimated_before_anything_is_allocated(
    refuse: Refuse, baseline: Baseline, monkeypatch: pytest.MonkeyPatch
) -> None:
    available = available_bytes()
    assert available is None or available > 1_000_000
    monkeypatch.setattr(scenario, "available_bytes", lambda: 512_000)
    (problem,) = refuse(HEAD, {"places.households": 2_001})
    assert problem.code == "memory"
    assert "at most 2,000 households" in problem.remedy
    assert read_scenario(baseline, "baseline", {"places.households": 2_000})["places.households"] == 2_000
    assert read_scenario(baseline, "baseline", {"places.households": 0})["places.households"] == 0
    (problem,) = refuse(HEAD, {"places.households": 0, "places.compounds": 21})
    assert (problem.key, problem.code) == ("places.compounds", "memory")
    Path("big.csv").write_text("name,households\na,2001\n", "utf-8")
    (problem,) = refuse(HEAD + '[places]\nledger = "big.csv"\n')
    assert (problem.key, problem.line, problem.code) == ("places.ledger", 4, "memory")
    monkeypatch.setattr(scenario, "available_bytes", lambda: None)
    assert read_scenario(baseline, "baseline", {"places.households": 10**9})["places.households"] == 10**9


@pytest.mark.parametrize(
    ("entry", "code", "key"),
    [
        ('value = 1\nen = "a"\nzh = "b"', "missing_field", "a.b.source"),
        ('value = 1\nen = "a"\nzh = "b"\nsource = "c"\nlo = 1', "unknown_field_guess", "a.b.lo"),
        ('value = 1\nen = "a"\nzh = "b"\nsource = "c"\nlow = 2', "below", "a.b"),
        ('value = 60\nunit = "share"\nen = "a"\nzh = "b"\nsource = "c"', "share", "a.b"),
        ('value = [1, "a"]\nen = "a"\nzh = "b"\nsource = "c"', "mixed_list", "a.b"),
        ("value = ", "syntax", "a.b.value"),
    ],
)
def test_bad_baselines(entry: str, code: str, key: str, tmp_path: Path) -> None:
    path = tmp_path / "baseline.toml"
    path.write_text(f"[a.b]\n{entry}\n", "utf-8")
    with pytest.raises(InputError) as caught:
        Baseline.read(path)
    problem = caught.value.problems[0]
    assert (problem.code, problem.key) == (code, key)
    assert problem.line in (1, 2)


def test_no_baseline_at_all(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        Baseline.read(tmp_path / "baseline.toml")


# Fuzzing: whatever the file and the override say, there is a scenario or an InputError, and nothing else.

GOOD = (
    HEAD
    + """title_zh = "衡东" # comment
[places]
compounds = { low = 5, high = 9, why = "not reported" }
vacancy = 0.1
[payment]
belief_weights = [0.5,
  0.4, 0.1]
[levers]
triage = "on"
[modes.own]
file = "own.py"
"""
    + f"[[targets]]\n{TARGET}"
)
PIECES = [
    *"[]{}=.,\"'#\n\r\\\t 0-+_e",
    '"""',
    "'''",
    "[[",
    "]]",
    "“",
    "，",
    "１",
    "户",
    "nan",
    "1e999",
    "\0",
    "a.b",
    "\ufeff",
]
TEXTS = st.text(st.sampled_from(string.printable + "“，１户\u3000")) | st.sampled_from(PIECES)


def read_or_refuse(baseline: Baseline, path: Path, overrides: Mapping[str, object]) -> None:
    refused = InputError([])
    try:
        read_scenario(baseline, path, overrides)
    except InputError as error:
        refused = error
    assert refused.render("en")
    assert refused.render("zh")


@settings(deadline=None, max_examples=150)
@given(
    edits=st.lists(st.tuples(st.integers(0, len(GOOD)), st.integers(0, 6), TEXTS), max_size=4),
    key=st.sampled_from(["places.compounds", "levers.triage", "payment.belief_weights", "modes.own.x", "x.y"]),
    raw=st.none() | TEXTS | st.integers() | st.floats() | st.lists(st.floats() | st.text()) | st.binary(),
)
@example(edits=[], key="x", raw=None)
def test_files_and_overrides_of_any_kind(
    edits: list[tuple[int, int, str]], key: str, raw: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp() / "fuzz"
    folder.mkdir(exist_ok=True)
    (folder / "own.py").write_text("")
    (folder / "baseline.toml").write_bytes(SMALL.read_bytes())
    baseline = Baseline.read(folder / "baseline.toml")
    text = GOOD
    for at, length, piece in edits:
        text = text[:at] + piece + text[at + length :]
    path = folder / "fuzz.toml"
    path.write_bytes(text.encode())
    read_or_refuse(baseline, path, {})
    read_or_refuse(baseline, path, {key: raw})


@settings(deadline=None, max_examples=100)
@given(data=st.binary(max_size=200))
def test_bytes_of_any_kind(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.toml"
    path.write_bytes(data)
    read_or_refuse(Baseline.read(SMALL), path, {})


def test_a_good_text_is_good(baseline: Baseline) -> None:
    """Else the fuzzing above would never leave the first line."""
    baseline.path.with_name("own.py").write_text("")
    path = baseline.path.with_name("good.toml")
    path.write_text(GOOD, "utf-8")
    assert read_scenario(baseline, path)["places.vacancy"] == 0.1


# The catalogue

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("code", MESSAGES)
def test_every_message_is_in_both_languages(code: str) -> None:
    assert set(MESSAGES[code]) == {"en", "zh"}
    names: dict[str, set[str]] = {}
    for lang, texts in MESSAGES[code].items():
        assert len(texts) == 2
        assert all(bool(CHINESE.search(text)) == (lang == "zh") for text in texts), "each in its language"
        fields = {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}
        names[lang] = {name.removesuffix("_zh") for name in fields}
    assert names["en"] == names["zh"]


def test_every_code_in_use_is_in_the_catalogue() -> None:
    modules = (layers, parameters, roster, scenario, toml_lines)
    source = "".join(Path(str(module.__file__)).read_text("utf-8") for module in modules)
    used = set(re.findall(r'(?:Error|Problem|guessing|problem)\(\s*"([a-z0-9_]+)"', source))
    assert len(used) > 30
    assert used <= set(MESSAGES)
    assert LABELS["en"].keys() == LABELS["zh"].keys()
