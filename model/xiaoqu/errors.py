"""What is wrong with the input, said so that the person who wrote it can mend it.

Readers do not stop at the first mistake: they collect every `Problem`, and raise one `InputError` with all.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from xiaoqu.catalogue import LABELS, MESSAGES

if TYPE_CHECKING:
    from pydantic import ValidationError

Lang = Literal["en", "zh"]

# Beyond this many problems in one file, more lines help nobody (and looking for near misses takes time).
MAX_PROBLEMS = 100
_SHOWN = 80  # characters of a value that a message repeats


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        code: Its entry in the catalogue.
        file: The file it is in; empty for an override.
        line: The line (in a ledger: the spreadsheet row) counted from 1, where there is one.
        key: The dotted key, or the column of a ledger.
        seen: The value as it was written.
        facts: What the message fills in, such as the bound that was broken.
    """

    code: str
    file: str = ""
    line: int | None = None
    key: str = ""
    seen: str = ""
    facts: Mapping[str, object] = field(default_factory=dict, hash=False)

    @property
    def rule(self) -> str:
        """The rule that was broken, in English."""
        return self.text("en")[0]

    @property
    def remedy(self) -> str:
        """What to do about it, in English."""
        return self.text("en")[1]

    def text(self, lang: Lang) -> tuple[str, str]:
        """Rule and remedy in a language."""
        rule, remedy = MESSAGES[self.code][lang]
        return rule.format(**self.facts), remedy.format(**self.facts)

    def render(self, lang: Lang = "en") -> str:
        """The whole message: where, what was seen, the rule, the remedy."""
        labels = LABELS[lang]
        place = [self.file or labels["override"]]
        if self.line is not None:
            # A ledger is edited in a spreadsheet, which counts rows.
            unit = "line" if self.file.endswith((".toml", ".py")) else "row"
            place.append(labels[unit].format(line=self.line))
        if self.key:
            place.append(shorten(self.key))
        rule, remedy = self.text(lang)
        rows = [(labels["rule"], rule), (labels["remedy"], remedy)]
        if self.seen:
            rows.insert(0, (labels["seen"], shorten(self.seen)))
        return "\n".join([labels["join"].join(place), *(f"  {label}{text}" for label, text in rows)])


class InputError(Exception):
    """The input cannot be used; `problems` says everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        # The problems are the only argument, so that the error survives the way back from a worker process.
        super().__init__(self.problems)

    def __str__(self) -> str:
        return self.render()

    def render(self, lang: Lang = "en") -> str:
        """All messages, file by file and line by line."""
        ordered = sorted(self.problems, key=lambda problem: (not problem.file, problem.file, problem.line or 0))
        title = LABELS[lang]["title"].format(count=len(ordered))
        return "\n".join([title, *(problem.render(lang) for problem in ordered)])


def shorten(text: str) -> str:
    """A value fit for one line of a message: no control characters, not too long."""
    flat = "".join(letter if letter.isprintable() else " " for letter in text[: _SHOWN + 1])
    return flat if len(flat) <= _SHOWN else flat[:_SHOWN] + "…"


_EXAMPLES = {"not_int": "12", "not_float": "0.5", "not_str": '"text"', "not_list": "[1, 12]"}
# What pydantic calls its complaints, and what ours are called.
_CODES = {
    "missing": "missing_field",
    "extra_forbidden": "unknown_field",
    "int_type": "not_int",
    "float_type": "not_float",
    "bool_type": "not_bool",
    "string_type": "not_str",
    "tuple_type": "not_list",
    "literal_error": "not_choice",
    "greater_than_equal": "below",
    "greater_than": "below",
    "less_than_equal": "above",
    "string_pattern_mismatch": "unsafe_name",
    "string_too_short": "empty_text",
    "string_too_long": "long_text",
    "too_short": "wrong_length",
    "too_long": "wrong_length",
    "finite_number": "not_finite",
}


def from_pydantic(error: "ValidationError", fields: Iterable[str]) -> list[tuple[str, str, object, dict[str, object]]]:
    """What pydantic says in our words: (field, code, value seen, facts), one for each field."""
    found: dict[str, tuple[str, str, object, dict[str, object]]] = {}
    for detail in error.errors(include_url=False):
        name = str(detail["loc"][0]) if detail["loc"] else ""
        code = _CODES.get(detail["type"], "bad_field")
        guess = nearest(name, fields) if code == "unknown_field" else ""
        context: Mapping[str, Any] = detail.get("ctx", {})
        facts: dict[str, object] = {
            "field": name,
            "fields": listed([*fields]),
            "guess": guess,
            "low": context.get("ge", context.get("gt")),
            "high": context.get("le"),
            "choices": str(context.get("expected", "")).replace(" or ", ", "),
            "example": _EXAMPLES.get(code, ""),
        }
        seen = "" if code == "missing_field" else detail["input"]
        found.setdefault(name, (name, f"{code}_guess" if guess else code, seen, facts))
    return list(found.values())


def listed(names: Sequence[str], most: int = 30) -> str:
    """Names for a message, the first `most` of them."""
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")


def nearest(name: str, names: Iterable[str]) -> str:
    """The name that was probably meant, else ""."""
    found = get_close_matches(name[:100], [*names], n=1, cutoff=0.7)
    return found[0] if found else ""


def display(path: Path) -> str:
    """A path for a message: from the current folder where it is inside, else in full."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def printable(text: str) -> bool:
    """Whether a text is free of control characters and of halves of characters."""
    return not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text)
