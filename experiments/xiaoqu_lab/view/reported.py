"""The reported figures beside what this run has brought so far: all of them, also those that no curve can show.

One run gives no verdict: `xiaoqu run` compares with many.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from xiaoqu_lab import targets
from xiaoqu_lab.console import figure
from xiaoqu_lab.simulate import monthly_table
from xiaoqu_lab.texts import text

if TYPE_CHECKING:
    from xiaoqu.parameters import Target
    from xiaoqu_lab.texts import Lang
    from xiaoqu_lab.view.session import Run


def table(run: Run, lang: Lang) -> str:
    """The targets of a run's scenario as an HTML table, measured up to its newest month."""
    if not run.scenario.targets:
        return f'<p class="hint">{escape(text("run.no_targets", lang))}</p>'
    outcomes = monthly_table(run.district)
    heads = [text(f"targets.{name}", lang) for name in ("what", "reported", "simulated")]
    rows = [_row(run, target, targets.measure(target, outcomes), lang) for target in run.scenario.targets]
    head = "".join(f"<th>{escape(name)}</th>" for name in [*heads, text("view.reported.window", lang)])
    note = escape(text("view.reported.note", lang))
    return f'<p class="hint">{note}</p><table class="targets"><tr>{head}</tr>{"".join(rows)}</table>'


def _row(run: Run, target: Target, found: float, lang: Lang) -> str:
    """A target: definition with filter, reported, simulated, and its window or why the two cannot be compared."""
    reason = targets.hindrance(run.scenario, target, target.window[1] + 1)
    definition, how = (
        (target.definition_zh, target.filter_zh) if lang == "zh" else (target.definition_en, target.filter_en)
    )
    reported = text(f"relation.{target.relation}", lang, value=figure(target.reported, target.unit))
    window = text("view.reported.months", lang, first=target.window[0], last=target.window[1])
    if target.aggregate == "before":
        window = text("view.before", lang)
    elif run.newest < target.window[1]:
        window += text("view.reported.so_far", lang)
    if reason:
        window = text(f"reason.{reason}", lang)
    simulated = figure(found, target.unit, signed=target.aggregate == "change")
    cells = [
        f'{escape(definition)}<div class="source">{escape(how)}</div>',
        escape(reported),
        simulated,
        escape(window),
    ]
    return f'<tr data-target="{escape(target.id)}">' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
