"""TOML text to values, with the line of every key and all mistakes at once.

`tomllib` gives no line for a key, stops at the first mistake, and a small hostile file keeps it busy for long. So one
pass over the text comes first: it finds the statements and their lines, and sets aside those that cannot be right.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

from xiaoqu.catalogue import SYNTAX_ZH
from xiaoqu.errors import MAX_PROBLEMS, Problem

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 256 * 1024
MAX_DOTS = 16  # dots in one dotted key: tomllib's time grows with their square
MAX_DEPTH = 16  # brackets within brackets: tomllib recurses
MAX_DIGITS = 40  # characters of one number
_RETRIES = 10

# Strings and comments, where anything may stand.
_OPAQUE = re.compile(r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*', re.DOTALL)
_PART = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'|[^.\s"\']+')
_LONG_NUMBER = re.compile(rf"\b[0-9][0-9a-fA-FxXoO_]{{{MAX_DIGITS},}}")
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_ASCII_FOR = dict(
    zip("，：；“”‘’＝［］【】｛｝（）。．、＃－＿＋\u3000\xa0", ",:;\"\"''=[][]{}()..,#-_+  ", strict=True)
)
_FULLWIDTH_DIGITS = {letter: str(digit) for digit, letter in enumerate("０１２３４５６７８９")}


class Document(NamedTuple):
    """What a TOML text says, as far as it can be read; `lines` has every key, and where each table first appears."""

    values: dict[str, Any]
    lines: dict[str, int]
    problems: list[Problem]

    def line(self, key: str) -> int | None:
        """The line of a dotted key, or of the nearest table above it."""
        while key and key not in self.lines:
            key = key.rpartition(".")[0]
        return self.lines.get(key)


class _Statement(NamedTuple):
    """A table header, or a key with its value: lines `first` to `last`, counted from 1."""

    first: int
    last: int
    key: str
    plain: str  # the text, strings and comments blanked
    is_header: bool = False
    may_repeat: bool = False


def read_document(path: "Path", file: str) -> Document:
    """Read a TOML file; `file` is its name in messages."""
    try:
        size = path.stat().st_size
        data = b"" if size > MAX_BYTES else path.read_bytes()
    except OSError as error:
        return Document({}, {}, [Problem("unreadable", file, seen=str(error.strerror))])
    if size > MAX_BYTES:
        facts = {"limit": MAX_BYTES // 1024}
        return Document({}, {}, [Problem("file_too_large", file, seen=f"{size:,} bytes", facts=facts)])
    return document_of(data, file)


def document_of(data: bytes, file: str) -> Document:
    """Read TOML from the bytes of a file; `file` is its name in messages."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Document({}, {}, [Problem("not_utf8", file, line, seen=f"0x{data[error.start]:02x}")])
    return _parsed(text, file)


def parse_document(text: str, file: str) -> Document:
    """Read TOML text; `file` is its name in messages."""
    lines = text.split("\n")
    statements = list(_statements(lines, _OPAQUE.sub(_blank, text).split("\n")))
    problems: list[Problem] = []
    stated: dict[str, int] = {}
    where: dict[str, int] = {}
    for position, statement in enumerate(statements):
        problem = _mistake(statement, lines, stated, file)
        stated.setdefault(statement.key, statement.first)
        for key in _with_tables(statement.key):
            where.setdefault(key, statement.first)
        if problem is not None:
            problems.append(problem)
            _set_aside(lines, statements, position)
        if len(problems) >= MAX_PROBLEMS:
            return Document({}, where, problems)
    return Document(_parse(lines, statements, file, problems), where, problems)


_parsed = lru_cache(maxsize=8)(parse_document)
"""Many runs of one scenario read the same text: it is parsed once, and nobody writes into a Document."""


def toml_value(value: object) -> str:
    """A value as TOML writes it."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            # JSON's escapes are TOML's; only DEL is allowed by the one and not by the other.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case list() | tuple():
            return f"[{', '.join(map(toml_value, value))}]"
        case dict():
            return f"{{ {', '.join(f'{name} = {toml_value(item)}' for name, item in value.items())} }}"
        case _:
            return str(value)


def toml_key(name: str) -> str:
    """The last part of a key as TOML writes it."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else toml_value(name)


def _blank(match: re.Match[str]) -> str:
    return "\n".join(" " * len(line) for line in match.group().split("\n"))


def _statements(lines: list[str], plain_lines: list[str]) -> Iterator[_Statement]:
    table, arrays = "", dict[str, int]()
    first, depth, key = 0, 0, ""
    for number, (line, plain) in enumerate(zip(lines, plain_lines, strict=True), 1):
        if depth == 0 and plain.lstrip().startswith("["):
            table, may_repeat = _header(line[: len(plain.rstrip())], arrays)
            yield _Statement(number, number, table, plain, is_header=True, may_repeat=may_repeat)
            continue
        if depth == 0:
            name, equals, plain_value = plain.partition("=")
            # Without an equals sign the first word is the best name for what was meant.
            name = line[: len(name)] if equals else next(iter(line.split()), "")
            first, key = number, f"{table}.{_dotted(name)}".strip(".")
        else:
            plain_value = plain
        depth = max(0, depth + _opened(plain_value))
        if (depth == 0 or number == len(lines)) and "".join(plain_lines[first - 1 : number]).strip():
            text = "\n".join(plain_lines[first - 1 : number])
            yield _Statement(first, number, key, text, may_repeat="=" not in text)


def _header(text: str, arrays: dict[str, int]) -> tuple[str, bool]:
    """The key of a [header], and whether it may stand twice; `arrays` counts the [[headers]] seen."""
    key = _dotted(text.strip().strip("[]"))
    if text.lstrip().startswith("[["):
        arrays[key] = arrays.get(key, -1) + 1
        return f"{key}.{arrays[key]}", True
    return key, key.partition(".")[0] in arrays


def _dotted(text: str) -> str:
    return ".".join(part.strip("\"'") for part in _PART.findall(text))


def _with_tables(key: str) -> Iterator[str]:
    """A key and the tables that it is in, up to the depth that is read."""
    parts = key.split(".", MAX_DOTS + 1)
    return (".".join(parts[:end]) for end in range(len(parts), 0, -1))


def _opened(plain: str) -> int:
    return plain.count("[") + plain.count("{") - plain.count("]") - plain.count("}")


def _mistake(statement: _Statement, lines: list[str], stated: dict[str, int], file: str) -> Problem | None:
    """The first thing that cannot be right about a statement."""
    plain, row = statement.plain, statement.first
    facts: dict[str, object]
    if statement.key in stated and not statement.may_repeat:
        code, facts = "duplicate_key", {"first": stated[statement.key]}
    elif _most_dots(plain) > MAX_DOTS:
        code, facts = "too_many_dots", {"limit": MAX_DOTS}
    elif _deepest(plain) > MAX_DEPTH:
        code, facts = "too_deep", {"limit": MAX_DEPTH}
    elif len(plain) > MAX_DIGITS and _LONG_NUMBER.search(plain.partition("=")[2]):
        code, facts = "long_number", {"limit": MAX_DIGITS}
    elif not plain.isascii():
        code, at, facts = _not_ascii(plain)
        row += plain.count("\n", 0, at)
    else:
        return None
    seen = "\n".join(lines[statement.first - 1 : statement.last]).strip()
    return Problem(code, file, row, statement.key, seen, facts)


def _most_dots(plain: str) -> int:
    """Dots in the longest dotted key."""
    if plain.count(".") <= MAX_DOTS:
        return 0
    return max(part.count(".") for part in re.split(r"[,={}\[\]\n]", plain))


def _deepest(plain: str) -> int:
    """How deep brackets are nested."""
    if plain.count("[") + plain.count("{") <= MAX_DEPTH:
        return 0
    return max(accumulate(1 if mark in "[{" else -1 for mark in re.findall(r"[\[\]{}]", plain)))


def _not_ascii(plain: str) -> tuple[str, int, dict[str, object]]:
    """What stands outside quotes where TOML wants ASCII: code, position, facts."""
    odd = [(at, letter) for at, letter in enumerate(plain) if not letter.isascii()]
    # Punctuation first: a “quoted” Chinese text has both, and the quotes are what is wrong.
    at, letter = next((pair for pair in odd if pair[1] in _ASCII_FOR), odd[0])
    column = at - plain.rfind("\n", 0, at)
    if letter in _ASCII_FOR:
        code = "fullwidth_punctuation"
    elif letter in _FULLWIDTH_DIGITS:
        code = "fullwidth_digit"
    else:
        code = "unquoted_text" if "=" in plain[:at] else "foreign_key"
    ascii_letter = _ASCII_FOR.get(letter, _FULLWIDTH_DIGITS.get(letter, ""))
    return code, at, {"letter": letter, "column": column, "ascii": ascii_letter}


def _set_aside(lines: list[str], statements: list[_Statement], position: int) -> None:
    """Blank a statement with what belongs to it: the rest of a long string, all that is under a [header]."""
    bad = statements[position]
    after = (other.first for other in statements[position + 1 :] if other.is_header or not bad.is_header)
    for number in range(bad.first, next(after, len(lines) + 1)):
        lines[number - 1] = ""


def _parse(lines: list[str], statements: list[_Statement], file: str, problems: list[Problem]) -> dict[str, Any]:
    """The values; a statement with a syntax error is reported, set aside, and the rest read again."""
    for _ in range(_RETRIES):
        try:
            return tomllib.loads("\n".join(lines))
        except (ValueError, RecursionError) as error:
            problem, position = _syntax_error(str(error), lines, statements, file)
            problems.append(problem)
            if position is None:
                break
            _set_aside(lines, statements, position)
    return {}


def _syntax_error(
    message: str, lines: list[str], statements: list[_Statement], file: str
) -> tuple[Problem, int | None]:
    """A problem from tomllib's message, and the statement to set aside if one is to blame."""
    match = _PLACE.search(message)
    row = int(match[1]) if match and match[1] else max(n for n, line in enumerate(lines, 1) if line.strip())
    detail = message[: match.start()] if match else message
    detail_zh = next((zh for en, zh in SYNTAX_ZH.items() if detail.startswith(en)), detail)
    owner = [i for i, s in enumerate(statements) if s.first <= row <= s.last and lines[s.first - 1]]
    key = statements[owner[-1]].key if owner else ""
    seen = lines[row - 1].strip() if row <= len(lines) else ""
    facts = {"detail": detail, "detail_zh": detail_zh}
    return Problem("syntax", file, row, key, seen, facts), owner[-1] if owner else None
