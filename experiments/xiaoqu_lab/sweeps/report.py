"""The report of a sweep: one HTML file, in English or Chinese, that opens offline, prints, and runs no script.

Figures are small drawings in SVG beside words in HTML: labels are set in the reader's own fonts and wrap by
themselves, so that none overlaps another and Chinese always shows. The same sweep gives the same bytes.
"""

from __future__ import annotations

import math
import os
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from xiaoqu import load_scenario
from xiaoqu.errors import InputError, display
from xiaoqu.outcomes import BY_NAME
from xiaoqu.toml_lines import toml_value
from xiaoqu_lab.complaints import complain
from xiaoqu_lab.drawing import Axis, round_numbers, svg
from xiaoqu_lab.sweeps import effects as figures
from xiaoqu_lab.sweeps.design import Design, shown
from xiaoqu_lab.sweeps.intervals import Interval, of_mean
from xiaoqu_lab.sweeps.measures import read_measure
from xiaoqu_lab.sweeps.results import Sweep, load
from xiaoqu_lab.sweeps.runs import code_version
from xiaoqu_lab.sweeps.store import design_of
from xiaoqu_lab.texts import TEXTS, Lang, mode_name, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xiaoqu.columns import F8
    from xiaoqu.parameters import Value
    from xiaoqu_lab.sweeps.measures import Measure

MOST_SHOWN = 40
"""Rows of a table of effects, interactions or points."""
MOST_TOLD = 3
"""Effects named in the answer."""
MOST_COLUMNS = 3
"""Points whose curves are drawn beside those of the reference."""
MOST_MAPS = 2
MOST_CHANGES = 3
"""Values that a point's label names."""
MOST_ERRORS = 5
MOST_POINTS_PRINTED = 100
MOST_DECIMALS = 4
MOST_NAMED = 300
"""Characters of a name or an error that came from elsewhere."""
BAND = (0.05, 0.95)
VERSIONS = ("xiaoqu", "mesa", "numpy", "numba", "pandas", "pyarrow")


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
    known = figures.known_outcomes(found)
    measure = figures.measure_of(found, outcome)
    price = None
    if cost is not None or read_name(figures.COST) in known:
        price = read_measure(cost or figures.COST, known)
    environment = Environment(
        loader=PackageLoader("xiaoqu_lab.sweeps", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("report.html.j2")
    return template.render(_Report(found, measure, price, lang).everything())


def read_name(measure: str) -> str:
    """The outcome that a measure is of."""
    return measure.partition(":")[0]


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
        os.replace(draft, path)  # noqa: PTH105 - as elsewhere, whole or not at all
    except OSError as error:
        if draft is not None:
            draft.unlink(missing_ok=True)
        detail = error.strerror or type(error).__name__
        raise InputError([complain("not_writable", "--out", display(path.absolute()), detail=detail)]) from None


class Figure(NamedTuple):
    """How numbers of a measure are shown.

    Attributes:
        scale: from the outcome's own unit to the shown one.
        unit: what the shown unit is called on an axis.
        is_share: whether differences are percentage points.
        is_count: whether the unit goes without saying.
        decimals: of differences.
    """

    scale: float
    unit: str
    is_share: bool
    is_count: bool
    decimals: int
    lang: Lang

    @classmethod
    def of(cls, measure_unit: str, differences: Iterable[float], lang: Lang) -> Figure:
        """How numbers of a unit are shown, with as many decimals as the largest difference calls for."""
        share, money = measure_unit == "share", measure_unit.startswith("fen")
        scale = 100.0 if share else 0.01 if money else 1.0
        name = "points" if share else measure_unit.replace("fen", "yuan")
        unit = _unit(name, lang)
        sizes = [abs(scale * value) for value in differences if math.isfinite(value)]
        size = max(sizes, default=1.0) or 1.0
        decimals = min(max(1 - math.floor(math.log10(size)), 0), 4)
        return cls(scale, unit, share, measure_unit.startswith("count"), max(decimals, 1) if share else decimals, lang)

    def level(self, value: float) -> str:
        """A level: a share in per cent, money in yuan."""
        if not math.isfinite(value):
            return "–"
        if self.is_share:
            return f"{_number(100 * value, 1)} %"
        return _number(self.scale * value, self.decimals)

    def change(self, value: float) -> str:
        """A difference, with its sign, without its unit."""
        if not math.isfinite(value):
            return "–"
        return _number(self.scale * value, self.decimals, signed=True)

    def fit(self, low: float, high: float) -> Figure:
        """The same, with as many decimals as the width of an interval calls for: two digits of its half."""
        half = self.scale * (high - low) / 2.0
        if not math.isfinite(half) or half <= 0.0:
            return self
        least, most = (1, 3) if self.is_share else (0, MOST_DECIMALS)
        decimals = min(max(1 - math.floor(math.log10(half)), least), most)
        return self._replace(decimals=decimals)

    def told(self, value: float) -> str:
        """A difference, with its sign and unit, within a sentence."""
        if self.is_share:
            return text("report.points", self.lang, value=self.change(value))
        return self.with_unit(self.change(value))

    def with_unit(self, number: str) -> str:
        """A number with its unit, unless it is a mere count."""
        return number if self.is_share or self.is_count else f"{number} {self.unit}"

    def span(self, low: float, high: float) -> str:
        """An interval of differences."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return text("report.no_interval", self.lang)
        if low == high == 0.0:
            return text("report.no_difference", self.lang)
        return text("report.to", self.lang, low=self.change(low), high=self.change(high))


def _unit(name: str, lang: Lang) -> str:
    """What a unit is called."""
    return text(f"report.unit.{name}", lang) if f"report.unit.{name}" in TEXTS else name


def _number(value: float, decimals: int, *, signed: bool = False) -> str:
    """A number with a true minus sign; nil has no sign."""
    rounded = round(value, decimals)
    sign = "" if not signed or rounded <= 0 else "+"
    return f"{sign}{rounded + 0.0:,.{decimals}f}".replace("-", "−")


WHISKER_WIDTH, ROW = 280.0, 24.0


def whisker_axis(axis: Axis) -> Markup:
    """The ticks of a column of whiskers."""
    parts = []
    for tick in axis.ticks:
        x = axis.at(tick)
        label = f"{tick:g}".replace("-", "−")
        parts.append(Markup('<text x="{}" y="12" text-anchor="middle">{}</text>').format(x, label))
        parts.append(Markup('<path class="tick" d="M{} 17V22"/>').format(x))
    return svg(axis.width, 22, parts, "axis")


def whisker(axis: Axis, interval: Sequence[float], label: str) -> Markup:
    """A dot with its interval; filled if the interval leaves out nil."""
    mean, low, high = (float(value) for value in interval[:3])
    y = ROW / 2
    parts = []
    if math.isfinite(low) and math.isfinite(high):
        parts.append(Markup('<path class="bar" d="M{} {}H{}"/>').format(axis.at(low), y, axis.at(high)))
    if math.isfinite(mean):
        kind = "clear" if low > 0 or high < 0 else "vague"
        parts.append(Markup('<circle class="{}" cx="{}" cy="{}" r="4.5"/>').format(kind, axis.at(mean), y))
    return svg(axis.width, ROW, parts, "whisker", label)


PANEL_WIDTH, PANEL_HEIGHT = 320.0, 176.0
LEFT, RIGHT, TOP, BOTTOM = 50.0, 10.0, 10.0, 38.0


class Curve(NamedTuple):
    """A line by month with its band; `kind` is "this" or "other"."""

    kind: str
    months: F8
    mean: F8
    low: F8
    high: F8


def panel(
    curves: Sequence[Curve], span: tuple[float, float], unit: str, scale: float, month: str, label: str
) -> Markup:
    """Lines and bands by month; values are multiplied by `scale`, shares run from 0 to 100 %."""
    months = np.concatenate([curve.months for curve in curves])
    first, last = float(months.min()), float(months.max())
    low, high = span
    across, down = PANEL_WIDTH - LEFT - RIGHT, PANEL_HEIGHT - TOP - BOTTOM

    def x(value: float) -> float:
        return round(LEFT + (value - first) / max(last - first, 1.0) * across, 1)

    def y(value: float) -> float:
        return round(TOP + (high - value) / (high - low) * down, 1)

    parts = []
    for tick in round_numbers(low, high, 5):
        parts.append(Markup('<path class="grid" d="M{} {}H{}"/>').format(LEFT, y(tick), PANEL_WIDTH - RIGHT))
        words = f"{tick:,.10g}".replace("-", "−") + (" %" if unit == "%" else "")
        parts.append(Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(LEFT - 6, y(tick) + 4, words))
    for tick in round_numbers(first, last, 6):
        if tick == round(tick):
            parts.append(Markup('<path class="tick" d="M{} {}v4"/>').format(x(tick), TOP + down))
            place = (x(tick), TOP + down + 17)
            parts.append(Markup('<text x="{}" y="{}" text-anchor="middle">{:g}</text>').format(*place, tick))
    parts.append(Markup('<path class="tick" d="M{} {}H{}"/>').format(LEFT, TOP + down, PANEL_WIDTH - RIGHT))
    place = (LEFT + across / 2, PANEL_HEIGHT - 4)
    parts.append(Markup('<text x="{:g}" y="{:g}" text-anchor="middle">{}</text>').format(*place, month))
    for curve in curves:
        there = ~np.isnan(curve.low)
        if there.any() and (curve.high[there] > curve.low[there]).any():
            over = [f"{x(m)} {y(scale * v)}" for m, v in zip(curve.months[there], curve.high[there], strict=True)]
            under = [f"{x(m)} {y(scale * v)}" for m, v in zip(curve.months[there], curve.low[there], strict=True)]
            shape = "M" + "L".join([*over, *reversed(under)]) + "Z"
            parts.append(Markup('<path class="band {}" d="{}"/>').format(curve.kind, shape))
    for curve in curves:
        path, pen = [], "M"
        for m, value in zip(curve.months, curve.mean, strict=True):
            if math.isnan(value):
                pen = "M"
                continue
            path.append(f"{pen}{x(m)} {y(scale * value)}")
            pen = "L"
        parts.append(Markup('<path class="line {}" d="{}"/>').format(curve.kind, "".join(path)))
    return svg(PANEL_WIDTH, PANEL_HEIGHT, parts, "panel", label)


class _Report:
    """What the template is filled with."""

    def __init__(self, found: Sweep, measure: Measure, cost: Measure | None, lang: Lang) -> None:
        self.found, self.measure, self.cost, self.lang = found, measure, cost, lang
        self.design: Design = design_of(found.plan)
        self.scenario = self.design.scenario
        self.table = figures.values(found, measure)
        self.reference = found.reference
        self.effects = figures.effects(found, measure)
        self.interactions = figures.interactions(found, measure)
        self.entries = {key: self.scenario.entry(key) for key in (factor.key for factor in self.design.factors)}
        self.kinds = {factor.key: factor.kind for factor in self.design.factors}
        self.measured = bool((~np.isnan(self.table)).any())
        self.differences = self._differences()
        ends = [*self.effects["low"], *self.effects["high"], *self.effects["mean"]]
        ends += [value for interval in self.differences.values() for value in interval[:3]]
        self.figure = Figure.of(measure.unit, ends, lang)

    def say(self, key: str, **facts: object) -> str:
        return text(f"report.{key}", self.lang, **facts)

    def everything(self) -> dict[str, Any]:
        """All that the template needs."""
        en = self.lang == "en"
        sections = ["answer", "effects", "interactions", "curves", "yuan", "pointstable", "design", "failures"]
        sections += ["reproduce", "limits", "cite"]
        points = self._points()
        if points is None:
            sections.remove("pointstable")
        question = self.design.question_en if en else self.design.question_zh or self.design.question_en
        title = self.scenario.title(self.lang)
        return {
            "say": self.say,
            "lang": "en" if en else "zh-CN",
            "title": title,
            "name": self.design.name,
            "question": question or self.say("question_none", outcome=self.outcome_name(self.measure), scenario=title),
            "sections": sections,
            "notices": self._notices(),
            "answer": self._answer(),
            "outcome": self.outcome_name(self.measure),
            "how": self.how(self.measure),
            "measure": str(self.measure),
            "unit": self.figure.unit,
            "effects": self._effects(),
            "interactions": self._interactions(),
            "curves": self._curves(),
            "yuan": self._yuan(),
            "points": points,
            "design": self._design(),
            "failures": self._failures(),
            "reproduce": self._reproduce(),
            "limits": self._limits(),
            "cite": self._cite(),
        }

    # Names

    def outcome_name(self, measure: Measure) -> str:
        """What an outcome is called."""
        return self.outcome_named(measure.outcome)

    def outcome_named(self, name: str) -> str:
        """What an outcome is called; a mode's share by the mode."""
        declared = BY_NAME.get(name)
        if declared:
            return declared.zh if self.lang == "zh" else f"{name.replace('_', ' ')}: {declared.en}"
        return mode_name(name.removeprefix("share_"), self.lang)

    def how(self, measure: Measure) -> str:
        """How its months become one number."""
        if measure.how.isdigit():
            return self.say("how.month", month=measure.how)
        return self.say(f"how.{measure.how}")

    def factor_name(self, key: str) -> str:
        """What a factor is called; the label of a package as it is."""
        entry = self.entries.get(key)
        words = (entry.zh if self.lang == "zh" else entry.en) if entry else ""
        section, mode, *rest = [*key.split("."), "", ""]
        if words and section == "modes" and any(rest):  # "fee by area": whose?
            words = self.say("value_of", name=mode_name(mode, self.lang), value=words)
        return _cut(words or key)

    def value(self, key: str, value: Value | None) -> str:
        """A value as a person reads it."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return self.say("yes" if value else "no")
        if key.startswith("levers."):
            if value == 0.0:
                return self.say("off")
            if value == self.entries[key].on:
                return self.say("on")
        return f"{value:.4g}" if isinstance(value, float) and 1e-3 < abs(value) < 1e3 else _cut(shown(value))

    def step(self, key: str, start: Value | None, end: Value | None) -> str:
        """From which value to which."""
        if start is None and end is None:
            return ""
        unit = self.entries[key].unit
        told = self.say("step", start=self.value(key, start), end=self.value(key, end))
        plain = not isinstance(start, int | float) or isinstance(start, bool) or key.startswith("levers.")
        return told if plain or unit in ("", "share", "flag") else f"{told} {_unit(unit, self.lang)}"

    def point_name(self, number: int) -> str:
        """A point by what it changes."""
        point = self.design.points[number]
        changes: Sequence[tuple[str, Value]] = point.differences
        if not changes:
            return self.say("as_stated")
        if self.design.points[self.reference].differences:  # then what it shares with the scenario says little
            changes = list(zip((factor.key for factor in self.design.factors), point.values, strict=True))
        said = [
            self.say("value_of", name=self.factor_name(key), value=self.value(key, value))
            for key, value in changes[:MOST_CHANGES]
        ]
        if len(changes) > MOST_CHANGES:
            said.append(self.say("and_more", count=len(changes) - MOST_CHANGES))
        return self.say("answer.item_join").join(said)

    # Sections

    def _differences(self) -> dict[int, Interval]:
        """Each point against the reference."""
        base = self.table[self.reference]
        return {
            number: of_mean(row - base)
            for number, row in enumerate(self.table)
            if number != self.reference and (~np.isnan(row - base)).any()
        }

    def _notices(self) -> list[str]:
        found, said = self.found, []
        if found.missing:
            said.append(self.say("incomplete", missing=found.missing, runs=self.design.runs))
        failed = len(found.failures)
        if failed:
            said.append(
                self.say("some_failed", failed=failed, runs=len(found.runs), section=self.say("failures")),
            )
        return said

    def _answer(self) -> list[str]:
        if not self.measured:
            return [self.say("answer.nothing", outcome=self.outcome_name(self.measure))]
        said = []
        level = of_mean(self.table[self.reference])
        if level.values:
            figure = self.figure
            facts = {"low": figure.level(level.low), "high": figure.level(level.high), "replicates": level.values}
            interval = self.say("answer.interval", **facts) if level.values > 1 else self.say("answer.one")
            where = self.point_name(self.reference)
            value = figure.with_unit(figure.level(level.mean))
            names = {"outcome": self.outcome_name(self.measure), "how": self.how(self.measure)}
            said.append(self.say("answer.level", point=where, value=value, interval=interval, **names))
        said += self._told_effects()
        said += self._told_per_yuan()
        crossed = self.interactions[np.isfinite(self.interactions["low"])]
        if len(crossed):
            clear = int(((crossed["low"] > 0) | (crossed["high"] < 0)).sum())
            said.append(self.say("answer.cross", count=len(crossed), clear=clear))
        return [*said, self.say("answer.model")]

    def _told_per_yuan(self) -> list[str]:
        """Which levers bring most for the money, where the design has levers that cost any."""
        if self.cost is None or not self.cost.unit.startswith("fen"):
            return []
        frame = figures.per_yuan(self.found, self.measure, self.cost)
        paid = frame[frame["group"] == figures.RATIO].sort_values("ratio", ascending=False, kind="stable")
        if not len(paid):
            return []
        digits = Figure.of("", paid["ratio"].tolist(), self.lang)._replace(scale=1.0)
        most: list[Any] = list(paid.head(MOST_TOLD).itertuples())
        told = [
            self.say(
                "answer.yuan_item",
                name=self._packaged(row.factor) if row.start is None else self.factor_name(row.factor),
                ratio=figure.change(row.ratio),
                low=figure.change(row.ratio_low),
                high=figure.change(row.ratio_high),
            )
            for row in most
            for figure in [digits.fit(row.ratio_low, row.ratio_high)]
        ]
        listed = self.say("answer.item_join").join(told)
        free = frame[frame["group"] == figures.FREE]
        said = [self.say("answer.yuan", list=listed, count=len(paid), free=len(free))]
        helps = free[free["effect_low"] > 0.0].sort_values("effect", ascending=False, kind="stable")
        if len(helps):
            best: list[Any] = list(helps.head(MOST_TOLD).itertuples())
            names = [f"“{self.factor_name(row.factor)}” {self.figure.told(row.effect)}" for row in best]
            said.append(self.say("answer.free", list=self.say("answer.item_join").join(names)))
        return said

    def _told_effects(self) -> list[str]:
        seen = self.effects[self.effects["replicates"] > 0]
        if not len(self.effects):
            return [self.say("answer.no_effects")]
        known = seen[np.isfinite(seen["low"])]
        if not len(known):
            return [self.say("answer.no_interval", count=len(seen))]
        clear = known[(known["low"] > 0) | (known["high"] < 0)]
        if not len(clear):
            said = [self.say("answer.none_clear", count=len(known))]
        else:
            largest = clear.reindex(clear["mean"].abs().sort_values(ascending=False, kind="stable").index)
            told = [
                self.say(
                    "answer.item",
                    name=self.factor_name(row.factor) if row.start is not None else self._package(row.Index),
                    step=self.step(row.factor, row.start, row.end) if row.start is not None else row.factor,
                    mean=figure.told(row.mean),
                    low=figure.change(row.low),
                    high=figure.change(row.high),
                )
                for row in largest.head(MOST_TOLD).itertuples()
                for figure in [self.figure.fit(row.low, row.high)]
            ]
            listed = self.say("answer.item_join").join(told)
            facts = {"count": len(known), "clear": len(clear), "chance": _chance(len(known))}
            said = [self.say("answer.largest", list=listed, **facts)]
        if len(known) > len(clear):
            said.append(self.say("answer.unclear", count=len(known) - len(clear)))
        same = int(((known["low"] == 0) & (known["high"] == 0)).sum())
        if same:
            said.append(self.say("answer.same", count=same))
        return said

    def _package(self, row: int) -> str:
        others = [point.number for point in self.design.points if point.number != self.reference]
        return self.point_name(others[row])

    def _effects(self) -> dict[str, Any]:
        sampler = self.design.sampler
        kind = {"one_at_a_time": "alone", "full_factorial": "pairs", "list": "packages"}.get(sampler, "plane")
        frame = _largest(self.effects, "mean")
        axis = self._axis(frame)
        rows = []
        for row in frame.itertuples():
            package = row.start is None
            name = self._package(row.Index) if package else self.factor_name(row.factor)
            step = "" if package else self.step(row.factor, row.start, row.end)
            rows.append(
                {
                    "name": name,
                    "key": _cut(row.factor),
                    "step": step,
                    "base": "" if package else self.value(row.factor, row.base),
                    **self._told((row.mean, row.low, row.high), axis, name),
                    "replicates": row.replicates,
                }
            )
        base = self.point_name(self.reference)
        thin = bool(len(frame)) and int(self.effects["replicates"].min()) < self.design.replicates
        return {
            "what": self.say(f"effects.{kind}", base=base),
            "sign": {"alone": self.say("effects.sign_alone"), "packages": ""}.get(kind, self.say("effects.sign")),
            "packages": kind == "packages",
            "rows": rows,
            "sorted": self._sorted(len(rows), len(self.effects)),
            "axis": whisker_axis(axis),
            "nil": axis.nil,
            "thin": thin or self._holes(),
        }

    def _sorted(self, shown_rows: int, count: int) -> str:
        """In which order rows stand, and whether all do."""
        if shown_rows == count:
            return self.say("effects.sorted")
        return self.say("effects.shown", shown=shown_rows, count=count)

    def _holes(self) -> bool:
        """Whether the runs that are there lack some pairs."""
        return self.measured and bool(np.isnan(self.table).any())

    def _told(self, interval: Sequence[float], axis: Axis, name: str) -> dict[str, Any]:
        """Mean, interval and drawing of a difference in the outcome in question."""
        figure = self.figure.fit(interval[1], interval[2])
        span = figure.span(interval[1], interval[2])
        drawn = whisker(axis, [figure.scale * float(value) for value in interval[:3]], f"{name}: {span}")
        return {"mean": figure.change(interval[0]), "span": span, "drawn": drawn}

    def _axis(self, frame: Any) -> Axis:
        ends = np.concatenate([frame[name].to_numpy(dtype=float) for name in ("mean", "low", "high")])
        return Axis.around((self.figure.scale * ends).tolist(), WHISKER_WIDTH)

    def _interactions(self) -> dict[str, Any]:
        if not len(self.interactions):
            kinds = {"one_at_a_time": "one", "full_factorial": "none", "list": "none"}
            kind = kinds.get(self.design.sampler, "drawn")
            if kind == "none" and len(self.design.points) > figures.MOST_CROSSED:
                kind = "many"
            return {"nothing": self.say(f"interactions.{kind}"), "rows": []}
        frame = _largest(self.interactions, "mean")
        axis = self._axis(frame)
        rows = [
            {
                "first": self.factor_name(row.first),
                "first_step": self.step(row.first, row.first_start, row.first_end),
                "second": self.factor_name(row.second),
                "second_step": self.step(row.second, row.second_start, row.second_end),
                "replicates": row.replicates,
                **self._told((row.mean, row.low, row.high), axis, f"{row.first} × {row.second}"),
            }
            for row in frame.itertuples()
        ]
        pairs = list(dict.fromkeys(zip(frame["first"], frame["second"], strict=True)))[:MOST_MAPS]
        return {
            "nothing": "",
            "rows": rows,
            "sorted": self._sorted(len(rows), len(self.interactions)),
            "axis": whisker_axis(axis),
            "nil": axis.nil,
            "maps": [self._map(*pair) for pair in pairs],
        }

    def _map(self, first: str, second: str) -> dict[str, Any]:
        """The mean outcome by two factors, over all that the others are."""
        keys = [factor.key for factor in self.design.factors]
        a, b = keys.index(first), keys.index(second)
        rows = sorted({point.values[a] for point in self.design.points}, key=_order)
        columns = sorted({point.values[b] for point in self.design.points}, key=_order)
        cells: dict[tuple[Value, Value], list[int]] = {}
        for point in self.design.points:
            cells.setdefault((point.values[a], point.values[b]), []).append(point.number)
        means = {place: _mean(self.table[numbers]) for place, numbers in cells.items()}
        finite = [value for value in means.values() if math.isfinite(value)]
        low, high = min(finite, default=0.0), max(finite, default=1.0)

        def cell(row: Value, column: Value) -> dict[str, Any]:
            mean = means.get((row, column), math.nan)
            share = (mean - low) / (high - low) if high > low and math.isfinite(mean) else 0.0
            return {"words": self.figure.level(mean), "depth": f"{0.08 + 0.47 * share:.2f}"}

        unit = self.say("unit.share") if self.figure.is_share else self.figure.unit
        names = {"first": self.factor_name(first), "second": self.factor_name(second)}
        return {
            "caption": self.say("interactions.map", outcome=self.outcome_name(self.measure), unit=unit, **names),
            "first": names["first"],
            "second": names["second"],
            "columns": [self.value(second, value) for value in columns],
            "rows": [(self.value(first, row), [cell(row, column) for column in columns]) for row in rows],
        }

    def _curves(self) -> dict[str, Any]:
        ranked = sorted(self.differences, key=lambda number: -abs(self.differences[number].mean))
        others = [number for number in ranked if self.differences[number].mean != 0.0][:MOST_COLUMNS]
        wanted = ["adoption", *dict.fromkeys(("collection_rate_12m", self.measure.outcome))]
        names = [name for name in wanted if self._source(name) in self.found.names]
        lack = [self.outcome_named(name) for name in wanted if name not in names and name != "adoption"]
        drawn = [self._drawn(name, others) for name in names] if len(self.found.outcomes) else []
        return {
            "rows": drawn,
            "columns": [self.point_name(number) for number in others] or [self.point_name(self.reference)],
            "compared": bool(others),
            "reference": self.say("curves.reference", label=self.point_name(self.reference)),
            "lack": self.say("curves.lack", list=", ".join(lack)) if lack and len(self.found.outcomes) else "",
        }

    @staticmethod
    def _source(name: str) -> str:
        return "share_unmanaged" if name == "adoption" else name

    def _drawn(self, name: str, others: Sequence[int]) -> dict[str, Any]:
        """One row of panels: an outcome at the reference and at each other point."""
        declared = BY_NAME.get(self._source(name))
        unit = declared.unit if declared else "share"
        figure = Figure.of(unit, [], self.lang)
        shares = figure.is_share
        curves = {number: self._curve(name, number) for number in (self.reference, *others)}
        ends = [value for curve in curves.values() for value in (*curve.low, *curve.high, *curve.mean)]
        finite = [figure.scale * value for value in ends if math.isfinite(value)]
        top, bottom = max([0.0, *finite]), min([0.0, *finite])
        span = (0.0, 100.0) if shares and top <= 100.0 else (bottom, top if top > bottom else bottom + 1.0)
        title = self.say("curves.adoption") if name == "adoption" else self.outcome_named(name)
        shown_unit = "%" if shares else figure.unit
        panels = []
        for number in others or [self.reference]:
            pair = [curves[self.reference]._replace(kind="other")] if others else []
            lines = [*pair, curves[number]]
            label = f"{title}: {self.point_name(number)}"
            panels.append(panel(lines, span, shown_unit, figure.scale, self.say("curves.month"), label))
        return {"title": title, "unit": shown_unit, "panels": panels}

    def _curve(self, name: str, point: int) -> Curve:
        here = self.found.outcomes
        here = here[here["point"] == point]
        values = here[self._source(name)].astype(float)
        by_month = (1.0 - values if name == "adoption" else values).groupby(here["month"])
        mean = by_month.mean()
        low, high = (by_month.quantile(share) for share in BAND)
        if not len(mean):
            return Curve("this", np.zeros(1), np.full(1, np.nan), np.full(1, np.nan), np.full(1, np.nan))
        drawn = [np.asarray(series, dtype=float) for series in (mean, low, high)]
        return Curve("this", np.asarray(mean.index, dtype=float), drawn[0], drawn[1], drawn[2])

    def _yuan(self) -> dict[str, Any]:
        if self.cost is None:
            lack = self.say("yuan.lack", cost=figures.COST)
            return {"nothing": lack, "groups": []}
        frame = figures.per_yuan(self.found, self.measure, self.cost)
        if not len(frame) or not self.measured:
            none = self.say("yuan.none") if not len(frame) else self.say("curves.none")
            return {"nothing": none, "groups": []}
        money = self.cost.unit.startswith("fen")
        ends = [*frame["cost"], *frame["cost_low"], *frame["cost_high"]]
        paid = Figure.of(self.cost.unit, ends, self.lang)
        ratios = frame[["ratio", "ratio_low", "ratio_high"]].to_numpy(dtype=float)
        digits = Figure.of("", ratios[:, 0].tolist(), self.lang)._replace(scale=1.0)
        axis = Axis.around(ratios.ravel().tolist(), WHISKER_WIDTH)
        groups = []
        for group in figures.GROUPS:
            here = frame[frame["group"] == group]
            if not len(here):
                continue
            by = "ratio" if group == figures.RATIO else "effect"
            here = here.reindex(here[by].sort_values(ascending=False, kind="stable").index)
            most = here.head(MOST_SHOWN)
            groups.append(
                {
                    "title": self.say(f"yuan.{group}"),
                    "note": self.say("yuan.free_note") if group == figures.FREE else "",
                    "is_ratio": group == figures.RATIO,
                    "sorted": self._sorted(len(most), len(here)) if len(most) < len(here) else "",
                    "rows": [self._yuan_row(row, paid, digits, axis) for row in most.itertuples()],
                }
            )
        ratio = "col.ratio" if money else "col.ratio_other"
        what = {
            "outcome": self.outcome_name(self.measure),
            "how": self.how(self.measure),
            "cost": self.outcome_name(self.cost),
            "cost_how": self.how(self.cost),
        }
        return {
            "nothing": "",
            "groups": groups,
            "what": self.say("yuan.what", **what),
            "interval": self.say("yuan.widths" if self.design.sampler in figures.DRAWN else "yuan.resampled"),
            "private": self.say("yuan.private") if self.cost.outcome == read_name(figures.COST) else "",
            "cost_head": self.say("col.cost") if money else f"{self.say('col.cost_other')} ({paid.unit})",
            "ratio_head": self.say(ratio),
            "axis": whisker_axis(axis),
            "nil": axis.nil,
        }

    def _yuan_row(self, row: Any, paid: Figure, digits: Figure, axis: Axis) -> dict[str, Any]:
        package = row.start is None
        name = self._packaged(row.factor) if package else self.factor_name(row.factor)
        ratio = (row.ratio, row.ratio_low, row.ratio_high)
        figure = self.figure.fit(row.effect_low, row.effect_high)
        digits = digits.fit(row.ratio_low, row.ratio_high)
        return {
            "name": name,
            "key": _cut(row.factor),
            "step": "" if package else self.step(row.factor, row.start, row.end),
            "base": "" if package else self.value(row.factor, row.base),
            "effect": figure.change(row.effect),
            "effect_span": figure.span(row.effect_low, row.effect_high),
            "cost": paid.change(row.cost),
            "cost_span": paid.span(row.cost_low, row.cost_high),
            "ratio": digits.change(row.ratio),
            "ratio_span": digits.span(row.ratio_low, row.ratio_high),
            "drawn": whisker(axis, ratio, f"{name}: {digits.change(row.ratio)}"),
        }

    def _packaged(self, label: str) -> str:
        return next((self.point_name(point.number) for point in self.design.points if point.label == label), label)

    def _points(self) -> dict[str, Any] | None:
        """The points that differ most, where the table of effects does not have them already."""
        if self.design.sampler in ("one_at_a_time", "list") or not self.differences:
            return None
        ranked = sorted(self.differences, key=lambda number: -abs(self.differences[number].mean))[:MOST_SHOWN]
        ends = [self.figure.scale * value for number in ranked for value in self.differences[number][:3]]
        axis = Axis.around(ends, WHISKER_WIDTH)
        rows = [
            {
                "name": self.point_name(number),
                "key": number,
                "level": self.figure.level(of_mean(self.table[number]).mean),
                **self._told(self.differences[number], axis, self.point_name(number)),
            }
            for number in ranked
        ]
        facts = {"shown": len(rows), "count": len(self.differences)}
        return {
            "what": self.say("pointstable.what", base=self.point_name(self.reference), **facts),
            "rows": rows,
            "axis": whisker_axis(axis),
            "nil": axis.nil,
        }

    def _design(self) -> dict[str, Any]:
        design, found = self.design, self.found
        size = {
            "points": len(design.points),
            "replicates": design.replicates,
            "runs": design.runs,
            "months": design.months,
            "tried": len(found.runs),
            "failed": len(found.failures),
        }
        first = design.seed + 1
        seeds = {"first": first, "last": first + design.replicates - 1, "seed": design.seed}
        ranges = {key: span for key, span in self.scenario.ranges.items() if key not in self.kinds}
        facts = [
            (self.say("design.scenario"), f"{self.scenario.title(self.lang)} ({self.scenario.name})"),
            (self.say("design.sampler"), self.say(f"sampler.{design.sampler}")),
            (self.say("design.size"), self.say("design.size_is", **size)),
            (self.say("design.seeds"), self.say(f"design.{design.numbers}", **seeds)),
            (self.say("design.ranges"), self.say(f"design.{design.ranges}", count=len(ranges))),
            (self.say("design.outcome"), f"{self.outcome_name(self.measure)} ({self.measure})"),
            (self.say("design.kept"), ", ".join(design.kept)),
        ]
        groups = []
        for kind in ("lever", "uncertainty"):
            rows = [self._factor(factor) for factor in design.factors if factor.kind == kind]
            if rows:
                title = self.say("design.levers" if kind == "lever" else "design.uncertainties")
                groups.append({"title": title, "rows": rows})
        listed = [
            {
                "name": _cut(self._entry_words(key)),
                "key": key,
                "range": self.say("to", low=f"{span.low:g}", high=f"{span.high:g}"),
                "why": span.why,
            }
            for key, span in ranges.items()
        ]
        return {"facts": facts, "groups": groups, "ranges": listed}

    def _entry_words(self, key: str) -> str:
        entry = self.scenario.entry(key)
        return (entry.zh if self.lang == "zh" else entry.en) or key

    def _factor(self, factor: Any) -> dict[str, str]:
        if factor.span is not None:
            values = self.say("design.span", low=f"{factor.span[0]:g}", high=f"{factor.span[1]:g}")
        else:
            few = [self.value(factor.key, value) for value in factor.values[:12]]
            values = ", ".join(few) + (" …" if len(factor.values) > len(few) else "")
        base = self.value(factor.key, self.scenario[factor.key])
        return {"name": self.factor_name(factor.key), "key": factor.key, "base": base, "values": values}

    def _failures(self) -> dict[str, Any]:
        failures = self.found.failures
        if not len(failures):
            return {"what": self.say("failures.none"), "rows": []}
        kind = "all" if len(failures) == len(self.found.runs) else "some"
        rows = [
            {
                "run": f"{row.point}/{row.replicate}",
                "point": self.point_name(row.point),
                "error": _cut(str(row.error)),
            }
            for row in cast("Any", failures).head(MOST_ERRORS).itertuples()
        ]
        return {
            "what": self.say(f"failures.{kind}", count=len(failures), tried=len(self.found.runs)),
            "rows": rows,
            "replay": f"uv run xiaoqu replay {self._folder()} {rows[0]['run']}",
        }

    def _folder(self) -> str:
        name = self.found.folder.name or "DIR"
        return name if name.replace("_", "").replace("-", "").replace(".", "").isalnum() else f"'{name}'"

    def _reproduce(self) -> dict[str, Any]:
        plan, now = self.found.plan, code_version()
        ours = _is_shipped(self.design)
        code = "reproduce.same" if plan.code == now else "reproduce.other"
        facts = [
            (self.say("reproduce.scenario_hash"), self.scenario.hash),
            (self.say("reproduce.code"), self.say(code, code=plan.code, now=now)),
            (self.say("reproduce.versions"), ", ".join(f"{name} {version(name)}" for name in VERSIONS)),
        ]
        return {
            "command": "uv run xiaoqu sweep design.toml --out results/again",
            "own": "" if ours else self.say("reproduce.own"),
            "facts": facts,
            "design": design_toml(self.design, self.say("reproduce.many", count=f"{len(self.design.points):,}")),
            "scenario": plan.scenario_toml,
        }

    def _limits(self) -> list[str]:
        count = int(np.isfinite(self.effects["low"]).sum()) + int(np.isfinite(self.interactions["low"]).sum())
        names = ["simulated", "assumptions", "stories", "ranges", "alone"]
        said = [self.say(f"limits.{name}") for name in names]
        if count:
            said.append(self.say("limits.many", count=count, chance=_chance(count)))
        return [*said, self.say("limits.window", months=self.design.months)]

    def _cite(self) -> str:
        plan = self.found.plan
        facts = {"version": plan.version, "name": self.design.name, "scenario": self.scenario.name}
        return self.say("cite.what", **facts, hash=self.scenario.hash[:12], code=plan.code)


def design_toml(design: Design, many: str = "") -> str:
    """A design as the file that `read_design` reads.

    Args:
        design: what to write.
        many: what to say instead of the points of a long list.
    """
    head: dict[str, object] = {
        "name": design.name,
        "question_en": design.question_en,
        "question_zh": design.question_zh,
        "scenario": design.scenario.name if _is_shipped(design) else "scenario.toml",
        "sampler": design.sampler,
    }
    if design.sampler in figures.DRAWN:
        head["samples"] = design.samples
    for name in ("replicates", "seed", "months", "ranges", "numbers", "outcomes", "events"):
        head[name] = getattr(design, name)
    lines = ["[design]", *(f"{name} = {toml_value(value)}" for name, value in head.items() if value != "")]
    if design.sampler == "list":
        if len(design.points) > MOST_POINTS_PRINTED:
            return "\n".join([*lines, many]) + "\n"
        keys = [factor.key for factor in design.factors]
        for point in design.points:
            lines += ["", "[[points]]"]
            lines += [f"{toml_value(key)} = {toml_value(value)}" for key, value in zip(keys, point.values, strict=True)]
        return "\n".join(lines) + "\n"
    for title, kind in (("levers", "lever"), ("uncertainties", "uncertainty")):
        here = [factor for factor in design.factors if factor.kind == kind]
        if here:
            lines += ["", f"[{title}]"]
        for factor in here:
            span = factor.span and {"low": factor.span[0], "high": factor.span[1]}
            lines.append(f"{toml_value(factor.key)} = {toml_value(span or factor.values)}")
    return "\n".join(lines) + "\n"


def _is_shipped(design: Design) -> bool:
    """Whether a scenario of that name comes with this version and is the same."""
    try:
        return load_scenario(design.scenario.name).hash == design.scenario.hash
    except InputError:
        return False


def _largest(frame: Any, column: str) -> Any:
    """The rows with the largest values, either way, those without any last."""
    return frame.reindex(frame[column].abs().sort_values(ascending=False, kind="stable").index).head(MOST_SHOWN)


def _mean(values: F8) -> float:
    finite = values[~np.isnan(values)]
    return float(finite.mean()) if len(finite) else math.nan


def _chance(count: int) -> str:
    """How many of so many 95 % intervals leave out nil by chance."""
    return f"{count / 20:.0f}" if count >= 200 else f"{count / 20:.1f}"


def _order(value: Value) -> tuple[int, float, str]:
    return (0, float(value), "") if isinstance(value, int | float) else (1, 0.0, str(value))


def _cut(words: str) -> str:
    return words if len(words) <= MOST_NAMED else words[: MOST_NAMED - 1] + "…"
