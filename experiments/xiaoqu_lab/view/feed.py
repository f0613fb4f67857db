"""The feed of events: what the log and the tally tell, the newest first, in the words of `xiaoqu.explain_compound`."""

from __future__ import annotations

from bisect import bisect_right
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xiaoqu.explain_compound import told, told_tender
from xiaoqu.explanation import Line
from xiaoqu.tally import INDEX
from xiaoqu_lab.texts import Lang, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xiaoqu import District
    from xiaoqu.world import Event

KINDS: dict[str, tuple[str, ...]] = {
    "assembly": ("assembly", "postponed"),
    "tender": ("tender", "tender failed"),
    "election": ("committee elected", "election failed", "committee ended"),
    "mode": ("mode", "attempt failed"),
    "exit": ("notice",),
    "replacement": ("firm replaced", "rated poor", "red firm", "warned", "mended"),
    "plan": ("plan", "programmes end"),
    "branch": ("branch formed", "members pay first"),
    "lever": ("lever",),
}
"""Filters of the feed, and the kinds of event that each lets through; "tender" is counted, not logged."""
LONGEST = 60
"""Events shown."""


class Told(NamedTuple):
    """One line of the feed."""

    key: str
    group: str
    compound: int
    name: str
    words: str


def feed(district: District, month: int, lang: Lang, group: str = "") -> list[Told]:
    """The newest events up to a month.

    Args:
        district: at that month or later.
        month: the month that is shown.
        lang: of the words; names stay as they are.
        group: which of `KINDS` is let through; "" for all.
    """
    return list(islice(_events(district, month, lang, group), LONGEST))


def _events(district: District, month: int, lang: Lang, group: str) -> Iterator[Told]:
    """All of them, the newest first; those of one month by the order of the log, tenders before what came of them."""
    events, titles = district.world.events, district.mode_titles
    wanted = KINDS.get(group, ())
    groups = {kind: name for name, kinds in KINDS.items() for kind in kinds}
    place = bisect_right(events, month, key=attrgetter("month"))
    months = district.world.tally.months
    for now in range(month, months[0] - 1, -1):
        while place > 0 and events[place - 1].month == now:
            place -= 1
            event = events[place]
            if not group or event.kind in wanted:
                said = _changed_lever(event, district) if event.kind == "lever" else told(event, titles)
                yield _line(f"e{place}", groups.get(event.kind, ""), event.compound, district, said, lang)
        if not group or "tender" in wanted:
            data = district.world.tally.history[now - months[0]]
            for row in np.flatnonzero(data[INDEX["tenders"]])[::-1].tolist():
                said = told_tender(now, float(data[INDEX["bids"], row]))
                yield _line(f"t{now}.{row}", "tender", row, district, said, lang)


def _changed_lever(event: Event, district: District) -> Line:
    """What the log says of a lever that changed, by what it is rather than by its key."""
    entry = district.scenario.entry(f"levers.{event.subject}")
    names: dict[Lang, str] = {"en": event.subject.replace("_", " "), "zh": entry.zh}
    en, zh = (
        text("view.lever_changed", lang, month=event.month, name=name, grade=f"{event.value:g}")
        for lang, name in names.items()
    )
    return Line(en, zh, "", dated=True)


def _line(key: str, group: str, compound: int, district: District, said: Line, lang: Lang) -> Told:
    label = said.label_zh if lang == "zh" else said.label_en
    value = said.value if isinstance(said.value, str) else f"{said.value:.3g}"
    name = district.compounds[compound].name if compound >= 0 else ""
    return Told(key, group, compound, name, f"{label} {value}".rstrip())
