"""What an explanation is: lines labelled in both languages, terms of a sum among them, and a summary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xiaoqu.district import District


@dataclass(frozen=True, slots=True)
class Line:
    """One row of an explanation, labelled in English and Chinese.

    Attributes:
        label_en, label_zh: what the row is about.
        value: what was found; "" where the label says it all.
        weight: what one unit of `value` counts for; None where the row is not a product.
        contribution: what the row adds to a sum, in logits; None where the row is not a term of a sum.
        dated: whether the row is an event or something due: a sentence, its value at the end.
    """

    label_en: str
    label_zh: str
    value: float | str
    weight: float | None = None
    contribution: float | None = None
    dated: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why something came about in `month`: lines in the order of the rule, and a summary of a few sentences.

    The contributions of a household's lines add up to the logit of its decision. Without lines there is no answer, and
    the summary says why. A household that has something to decide pays if `draw` is below `chance`.
    """

    title_en: str
    title_zh: str
    lines: tuple[Line, ...]
    summary_en: str
    summary_zh: str
    month: int
    chance: float | None = None
    draw: float | None = None


def product(label_en: str, label_zh: str, value: float, weight: float) -> Line:
    """A term of a sum: a value by its weight."""
    return Line(label_en, label_zh, value, weight, weight * value + 0.0)  # no -0.0


def half(label_en: str, label_zh: str, share: float, weight: float) -> Line:
    """A term of a sum in which a share counts by its distance from one half."""
    return Line(f"{label_en}; against one half", f"{label_zh}（减0.5）", share, weight, weight * (share - 0.5))


def agree(mirrored: bool, difference: str) -> None:
    """Raise RuntimeError unless explanation and rule agree."""
    if not mirrored:
        raise RuntimeError(f"the explanation no longer mirrors the rule: {difference}")


def check_row(kind: str, row: int, rows: int) -> None:
    """Raise ValueError unless there is such a row."""
    if not 0 <= row < rows:
        raise ValueError(f"there is no {kind} {row}: rows run from 0 to {rows - 1}")


def compound_name(district: District, row: int) -> tuple[str, str]:
    """The number of a compound, its id in the ledger and its name."""
    name, ledger = district.compound(row).name, district.scenario.ledger
    own = "" if ledger is None or ledger[row].id == name else ledger[row].id
    said_en = f"id {own}, {name}" if own else f"name {name}"
    said_zh = f"编号 {own}，{name}" if own else f"名称 {name}"
    return f"{row} ({said_en})", f"{row}号小区（{said_zh}）"
