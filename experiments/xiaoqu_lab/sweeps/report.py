"""The report of a sweep: one HTML file, in English or Chinese, that opens offline, prints, and runs no script.

Figures are small drawings in SVG beside words in HTML: labels are set in the reader's own fonts and wrap by
themselves, so that none overlaps another and Chinese always shows. The same sweep gives the same bytes.

    report_findings.py   what was found, section by section: answer, effects, interactions, curves, per yuan, points
    report_method.py     how it was made: design, failures, how to reproduce, limits, how to cite
    report_drawings.py   whiskers and panels, as SVG
    report_names.py      what outcomes, factors, values and points are called
    report_numbers.py    how numbers and intervals are written
    report.html.j2       the page; report_texts.py has its texts
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from xiaoqu.errors import InputError, display
from xiaoqu_lab.complaints import complain
from xiaoqu_lab.folder import not_writable
from xiaoqu_lab.sweeps import effects, report_method
from xiaoqu_lab.sweeps.measures import read_measure
from xiaoqu_lab.sweeps.report_drawings import whisker_axis
from xiaoqu_lab.sweeps.report_findings import PUBLIC, Findings
from xiaoqu_lab.sweeps.report_names import Names
from xiaoqu_lab.sweeps.results import Sweep, load
from xiaoqu_lab.sweeps.store import design_of

if TYPE_CHECKING:
    from xiaoqu_lab.texts import Lang


def report(
    folder: str | Path,
    *,
    outcome: str | None = None,
    cost: str | None = None,
    lang: Lang = "en",
    out: str | Path | None = None,
    force: bool = False,
) -> Path:
    """Write a sweep up as one HTML file.

    Args:
        folder: the sweep.
        outcome: the measure in question, such as "satisfaction:mean"; by default the first of the design.
        cost: the measure that effects are set against; by default "public_money:sum".
        lang: "en" or "zh".
        out: the file; by default report.html in the folder, in Chinese report.zh.html.
        force: whether a file of that name may be replaced.

    Returns:
        The file.

    Raises:
        InputError: the folder is no sweep, an outcome was not kept, or the file is there already.
    """
    path = Path(out) if out else Path(folder) / ("report.html" if lang == "en" else f"report.{lang}.html")
    _check_file(path, force=force)
    found = load(folder)
    _write(path, render(found, outcome=outcome, cost=cost, lang=lang))
    return path


def render(found: Sweep, *, outcome: str | None = None, cost: str | None = None, lang: Lang = "en") -> str:
    """The report as HTML text; arguments as of `report`.

    Raises:
        InputError: the sweep keeps no such outcome.
    """
    known = effects.known_outcomes(found)
    measure = effects.measure_of(found, outcome)
    price = read_measure(cost or effects.COST, known) if cost is not None or PUBLIC in known else None
    design = design_of(found.plan)
    names = Names(design, lang)
    findings = Findings(found, measure, price, names)
    title, outcome_name = design.scenario.title(lang), names.outcome(measure.outcome)
    asked = design.question_en if lang == "en" else design.question_zh or design.question_en
    environment = Environment(
        loader=PackageLoader("xiaoqu_lab.sweeps", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2").render(
        say=names.say,
        whisker_axis=whisker_axis,
        lang="en" if lang == "en" else "zh-CN",
        title=title,
        name=design.name,
        question=asked or names.say("question_none", outcome=outcome_name, scenario=title),
        notices=report_method.notices(found, names),
        outcome=outcome_name,
        how=names.how(measure),
        unit=findings.notation.unit,
        answer=findings.answer(),
        effects=findings.effects(),
        interactions=findings.interactions(),
        curves=findings.curves(),
        yuan=findings.per_yuan(),
        points=findings.points(),
        design=report_method.design(found, measure, names),
        failures=report_method.failures(found, names),
        reproduce=report_method.reproduction(found, names),
        limits=report_method.limits(findings.intervals, names),
        cite=report_method.citation(found, names),
    )


def _check_file(path: Path, *, force: bool) -> None:
    if path.is_dir():
        raise InputError([complain("report_folder", "--out", display(path.absolute()))])
    if path.exists() and not force:
        raise InputError([complain("report_exists", "--out", display(path.absolute()))])


def _write(path: Path, page: str) -> None:
    """Write a file whole or not at all."""
    draft = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("wb", prefix=".partial-", dir=path.parent, delete=False) as file:
            draft = Path(file.name)
            file.write(page.encode())
        draft.chmod(0o644)
        draft.replace(path)
    except OSError as error:
        if draft is not None:
            draft.unlink(missing_ok=True)
        raise InputError([not_writable(path, error)]) from None
