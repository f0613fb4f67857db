"""What a sweep found, section by section: the answer, effects, interactions, curves, effects per yuan, and points."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from xiaoqu.outcomes import BY_NAME
from xiaoqu_lab.drawing import Axis
from xiaoqu_lab.sweeps import effects
from xiaoqu_lab.sweeps.intervals import of_mean
from xiaoqu_lab.sweeps.report_drawings import WHISKER_WIDTH, Curve, panel, whisker
from xiaoqu_lab.sweeps.report_names import cut
from xiaoqu_lab.sweeps.report_numbers import Notation, by_chance

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xiaoqu.parameters import Value
    from xiaoqu_lab.sweeps.measures import Measure
    from xiaoqu_lab.sweeps.report_names import Names
    from xiaoqu_lab.sweeps.results import Sweep

MOST_SHOWN = 40
"""Rows of a table of effects, interactions or points."""
MOST_TOLD = 3
"""Effects named in the answer."""
MOST_COLUMNS = 3
"""Points whose curves are drawn beside those of the reference."""
MOST_MAPS = 2
BAND = (0.05, 0.95)
PUBLIC = effects.COST.partition(":")[0]
"""The outcome that effects are set against unless asked otherwise."""


class Findings:
    """What follows from the runs about one measure, and about its price; each section as its part of the template."""

    def __init__(self, found: Sweep, measure: Measure, cost: Measure | None, names: Names) -> None:
        self._found, self._measure, self._cost, self._names = found, measure, cost, names
        self._design, self._say, self._lang = names.design, names.say, names.lang
        self._reference = found.reference
        self._table = effects.values(found, measure)
        self._effects = effects.effects(found, measure)
        self._crossed = effects.interactions(found, measure)
        self._priced: Any = None if cost is None else effects.per_yuan(found, measure, cost)
        self._measured = bool((~np.isnan(self._table)).any())
        base = self._table[self._reference]
        self._differences = {
            number: of_mean(row - base)
            for number, row in enumerate(self._table)
            if number != self._reference and (~np.isnan(row - base)).any()
        }
        self._ranked = sorted(self._differences, key=lambda number: -abs(self._differences[number].mean))
        ends = [*self._effects["low"], *self._effects["high"], *self._effects["mean"]]
        ends += [value for interval in self._differences.values() for value in interval[:3]]
        self.notation = Notation.of(measure.unit, ends, self._lang)

    @property
    def intervals(self) -> int:
        """How many effects and interactions have an interval."""
        return sum(int(np.isfinite(frame["low"]).sum()) for frame in (self._effects, self._crossed))

    def answer(self) -> list[str]:
        """The findings in a few sentences."""
        outcome = self._names.outcome(self._measure.outcome)
        if not self._measured:
            return [self._say("answer.nothing", outcome=outcome)]
        said = []
        level = of_mean(self._table[self._reference])
        if level.values:
            mean, low, high = (self.notation.level(value) for value in level[:3])
            known = "answer.interval" if level.values > 1 else "answer.one"
            interval = self._say(known, low=low, high=high, replicates=level.values)
            what = {"point": self._names.point(self._reference), "outcome": outcome, "interval": interval}
            value, how = self.notation.with_unit(mean), self._names.how(self._measure)
            said.append(self._say("answer.level", value=value, how=how, **what))
        said += self._told_effects()
        said += self._told_per_yuan()
        crossed = self._crossed[np.isfinite(self._crossed["low"])]
        if len(crossed):
            said.append(self._say("answer.cross", count=len(crossed), clear=len(_clear(crossed))))
        return [*said, self._say("answer.model")]

    def _told_effects(self) -> list[str]:
        if not len(self._effects):
            return [self._say("answer.no_effects")]
        seen = self._effects[self._effects["replicates"] > 0]
        known = seen[np.isfinite(seen["low"])]
        if not len(known):
            return [self._say("answer.no_interval", count=len(seen))]
        clear = _clear(known)
        if not len(clear):
            said = [self._say("answer.none_clear", count=len(known))]
        else:
            told = []
            for row in _largest(clear, "mean", MOST_TOLD).itertuples():
                what, notation = self._named(row), self.notation.fit(row.low, row.high)
                mean, low, high = notation.told(row.mean), notation.change(row.low), notation.change(row.high)
                facts = {"name": what["name"], "step": what["step"] or row.factor, "mean": mean}
                told.append(self._say("answer.item", low=low, high=high, **facts))
            counts = {"count": len(known), "clear": len(clear), "chance": by_chance(len(known))}
            said = [self._say("answer.largest", list=self._joined(told), **counts)]
        if len(known) > len(clear):
            said.append(self._say("answer.unclear", count=len(known) - len(clear)))
        same = int(((known["low"] == 0) & (known["high"] == 0)).sum())
        if same:
            said.append(self._say("answer.same", count=same))
        return said

    def _told_per_yuan(self) -> list[str]:
        """Which levers bring most for the money, where the design has levers that cost any."""
        if self._cost is None or not self._cost.unit.startswith("fen"):
            return []
        paid, free = self._group(effects.RATIO), self._group(effects.FREE)
        if not len(paid):
            return []
        digits = Notation.of("", paid["ratio"], self._lang)
        told = []
        for row in paid.head(MOST_TOLD).itertuples():
            fitted = digits.fit(row.ratio_low, row.ratio_high)
            ratio, low, high = (fitted.change(value) for value in (row.ratio, row.ratio_low, row.ratio_high))
            told.append(self._say("answer.yuan_item", name=self._named(row)["name"], ratio=ratio, low=low, high=high))
        said = [self._say("answer.yuan", list=self._joined(told), count=len(paid), free=len(free))]
        helps = free[free["effect_low"] > 0.0].head(MOST_TOLD)
        if len(helps):
            names = [
                f"“{self._names.factor(row.factor)}” {self.notation.told(row.effect)}" for row in helps.itertuples()
            ]
            said.append(self._say("answer.free", list=self._joined(names)))
        return said

    def _joined(self, items: list[str]) -> str:
        return self._say("answer.item_join").join(items)

    def _group(self, name: str) -> Any:
        """The levers of a group of `effects.per_yuan`, the best first."""
        by = "ratio" if name == effects.RATIO else "effect"
        here = self._priced[self._priced["group"] == name]
        return here.sort_values(by, ascending=False, kind="stable")

    def _named(self, row: Any) -> dict[str, str]:
        """What a row of effects is about: a step of a factor, or a package of values."""
        if row.start is None:
            return {"name": self._names.package(row.factor), "key": cut(row.factor), "step": "", "base": ""}
        return {
            "name": self._names.factor(row.factor),
            "key": cut(row.factor),
            "step": self._names.step(row.factor, row.start, row.end),
            "base": self._names.value(row.factor, row.base),
        }

    def effects(self) -> dict[str, Any]:
        """What each factor changes, the largest first."""
        sampler = self._design.sampler
        kind = {"one_at_a_time": "alone", "full_factorial": "pairs", "list": "packages"}.get(sampler, "plane")
        frame = _largest(self._effects, "mean")
        axis = self._axis(frame.itertuples())
        rows = []
        for row in frame.itertuples():
            what = self._named(row)
            rows.append({**what, **self._told(row, axis, what["name"]), "replicates": row.replicates})
        thin = len(frame) > 0 and int(self._effects["replicates"].min()) < self._design.replicates
        return {
            "what": self._say(f"effects.{kind}", base=self._names.point(self._reference)),
            "sign": {"alone": self._say("effects.sign_alone"), "packages": ""}.get(kind, self._say("effects.sign")),
            "packages": kind == "packages",
            "rows": rows,
            "sorted": self._sorted(len(rows), len(self._effects)),
            "axis": axis,
            "thin": thin or (self._measured and bool(np.isnan(self._table).any())),
        }

    def _sorted(self, shown: int, count: int) -> str:
        """In which order rows stand, and whether all do."""
        return self._say("effects.sorted" if shown == count else "effects.shown", shown=shown, count=count)

    def _told(self, found: Any, axis: Axis, name: str) -> dict[str, Any]:
        """Mean, interval and drawing of a difference in the outcome in question: an interval, or a row with one."""
        notation = self.notation.fit(found.low, found.high)
        span = notation.span(found.low, found.high)
        drawn = whisker(axis, self._scaled(found), f"{name}: {span}")
        return {"mean": notation.change(found.mean), "span": span, "drawn": drawn}

    def _axis(self, found: Iterable[Any]) -> Axis:
        return Axis.around([value for each in found for value in self._scaled(each)], WHISKER_WIDTH)

    def _scaled(self, found: Any) -> list[float]:
        return [self.notation.scale * value for value in (found.mean, found.low, found.high)]

    def interactions(self) -> dict[str, Any]:
        """What two factors change together, the largest first."""
        if not len(self._crossed):
            crossing = "many" if len(self._design.points) > effects.MOST_CROSSED else "none"
            kinds = {"one_at_a_time": "one", "full_factorial": crossing, "list": crossing}
            kind = kinds.get(self._design.sampler, "drawn")
            return {"nothing": self._say(f"interactions.{kind}"), "rows": []}
        frame = _largest(self._crossed, "mean")
        axis = self._axis(frame.itertuples())
        rows = [
            {
                "first": self._names.factor(row.first),
                "first_step": self._names.step(row.first, row.first_start, row.first_end),
                "second": self._names.factor(row.second),
                "second_step": self._names.step(row.second, row.second_start, row.second_end),
                "replicates": row.replicates,
                **self._told(row, axis, f"{row.first} × {row.second}"),
            }
            for row in frame.itertuples()
        ]
        pairs = list(dict.fromkeys(zip(frame["first"], frame["second"], strict=True)))[:MOST_MAPS]
        return {
            "nothing": "",
            "rows": rows,
            "sorted": self._sorted(len(rows), len(self._crossed)),
            "axis": axis,
            "maps": [self._map(*pair) for pair in pairs],
        }

    def _map(self, first: str, second: str) -> dict[str, Any]:
        """The mean outcome by two factors, over all that the others are."""
        keys = [factor.key for factor in self._design.factors]
        a, b = keys.index(first), keys.index(second)
        cells: dict[tuple[Value, Value], list[int]] = {}
        for point in self._design.points:
            cells.setdefault((point.values[a], point.values[b]), []).append(point.number)
        rows, columns = (sorted(set(values), key=_order) for values in zip(*cells, strict=True))
        means = {place: of_mean(self._table[numbers]).mean for place, numbers in cells.items()}
        finite = [value for value in means.values() if math.isfinite(value)]
        low, high = min(finite, default=0.0), max(finite, default=1.0)

        def cell(row: Value, column: Value) -> dict[str, Any]:
            mean = means.get((row, column), math.nan)
            share = (mean - low) / (high - low) if high > low and math.isfinite(mean) else 0.0
            return {"words": self.notation.level(mean), "depth": f"{0.08 + 0.47 * share:.2f}"}

        what = {
            "outcome": self._names.outcome(self._measure.outcome),
            "unit": self._say("unit.share") if self.notation.is_share else self.notation.unit,
            "first": self._names.factor(first),
            "second": self._names.factor(second),
        }
        return {
            "caption": self._say("interactions.map", **what),
            "columns": [self._names.value(second, value) for value in columns],
            "rows": [(self._names.value(first, row), [cell(row, column) for column in columns]) for row in rows],
        }

    def curves(self) -> dict[str, Any]:
        """Adoption, collection and the outcome in question by month, for the points that differ most."""
        others = [number for number in self._ranked if self._differences[number].mean != 0.0][:MOST_COLUMNS]
        wanted = ["adoption", *dict.fromkeys(("collection_rate_12m", self._measure.outcome))]
        names = [name for name in wanted if _source(name) in self._found.names]
        lack = [self._names.outcome(name) for name in wanted if name not in names and name != "adoption"]
        some = len(self._found.outcomes) > 0
        return {
            "rows": [self._drawn(name, others) for name in names] if some else [],
            "columns": [self._names.point(number) for number in others or [self._reference]],
            "compared": bool(others),
            "reference": self._say("curves.reference", label=self._names.point(self._reference)),
            "lack": self._say("curves.lack", list=", ".join(lack)) if lack and some else "",
        }

    def _drawn(self, name: str, others: Sequence[int]) -> dict[str, Any]:
        """One row of panels: an outcome at the reference and at each other point."""
        declared = BY_NAME.get(_source(name))
        notation = Notation.of(declared.unit if declared else "share", [], self._lang)
        curves = {number: self._curve(name, number, notation.scale) for number in (self._reference, *others)}
        ends = [value for curve in curves.values() for value in (*curve.low, *curve.high, *curve.mean)]
        finite = [value for value in ends if math.isfinite(value)]
        top, bottom = max([0.0, *finite]), min([0.0, *finite])
        within = notation.is_share and top <= 100.0
        span = (0.0, 100.0) if within else (bottom, top if top > bottom else bottom + 1.0)
        title = self._say("curves.adoption") if name == "adoption" else self._names.outcome(name)
        unit = "%" if notation.is_share else notation.unit
        panels = []
        for number in others or [self._reference]:
            pair = [curves[self._reference]._replace(kind="other")] if others else []
            label = f"{title}: {self._names.point(number)}"
            panels.append(panel([*pair, curves[number]], span, unit, self._say("curves.month"), label))
        return {"title": title, "unit": unit, "panels": panels}

    def _curve(self, name: str, point: int, scale: float) -> Curve:
        here = self._found.outcomes
        here = here[here["point"] == point]
        values = here[_source(name)].astype(float)
        by_month = (1.0 - values if name == "adoption" else values).groupby(here["month"])
        mean = by_month.mean()
        if not len(mean):
            return Curve("this", np.zeros(1), *np.full((3, 1), np.nan))
        band = (by_month.quantile(share) for share in BAND)
        drawn = (scale * np.asarray(series, dtype=float) for series in (mean, *band))
        return Curve("this", np.asarray(mean.index, dtype=float), *drawn)

    def per_yuan(self) -> dict[str, Any]:
        """What each lever changes for the money that it changes, in groups."""
        if self._cost is None:
            return {"nothing": self._say("yuan.lack", cost=effects.COST), "groups": []}
        frame = self._priced
        if not len(frame) or not self._measured:
            return {"nothing": self._say("curves.none" if len(frame) else "yuan.none"), "groups": []}
        money = self._cost.unit.startswith("fen")
        ends = [*frame["cost"], *frame["cost_low"], *frame["cost_high"]]
        paid = Notation.of(self._cost.unit, ends, self._lang)
        ratios = frame[["ratio", "ratio_low", "ratio_high"]].to_numpy(dtype=float)
        digits = Notation.of("", ratios[:, 0], self._lang)
        axis = Axis.around(ratios.ravel().tolist(), WHISKER_WIDTH)
        groups = []
        for group in effects.GROUPS:
            here = self._group(group)
            if not len(here):
                continue
            most = here.head(MOST_SHOWN)
            groups.append(
                {
                    "title": self._say(f"yuan.{group}"),
                    "note": self._say("yuan.free_note") if group == effects.FREE else "",
                    "is_ratio": group == effects.RATIO,
                    "sorted": self._sorted(len(most), len(here)) if len(most) < len(here) else "",
                    "rows": [self._yuan_row(row, paid, digits, axis) for row in most.itertuples()],
                }
            )
        what = {
            "outcome": self._names.outcome(self._measure.outcome),
            "how": self._names.how(self._measure),
            "cost": self._names.outcome(self._cost.outcome),
            "cost_how": self._names.how(self._cost),
        }
        return {
            "nothing": "",
            "groups": groups,
            "what": self._say("yuan.what", **what),
            "interval": self._say("yuan.widths" if self._design.sampler in effects.DRAWN else "yuan.resampled"),
            "private": self._say("yuan.private") if self._cost.outcome == PUBLIC else "",
            "cost_head": self._say("col.cost") if money else f"{self._say('col.cost_other')} ({paid.unit})",
            "ratio_head": self._say("col.ratio" if money else "col.ratio_other"),
            "axis": axis,
        }

    def _yuan_row(self, row: Any, paid: Notation, digits: Notation, axis: Axis) -> dict[str, Any]:
        what = self._named(row)
        notation = self.notation.fit(row.effect_low, row.effect_high)
        digits = digits.fit(row.ratio_low, row.ratio_high)
        ratio = digits.change(row.ratio)
        return {
            **what,
            "effect": notation.change(row.effect),
            "effect_span": notation.span(row.effect_low, row.effect_high),
            "cost": paid.change(row.cost),
            "cost_span": paid.span(row.cost_low, row.cost_high),
            "ratio": ratio,
            "ratio_span": digits.span(row.ratio_low, row.ratio_high),
            "drawn": whisker(axis, (row.ratio, row.ratio_low, row.ratio_high), f"{what['name']}: {ratio}"),
        }

    def points(self) -> dict[str, Any] | None:
        """The points that differ most, where the table of effects does not have them already."""
        if self._design.sampler in ("one_at_a_time", "list") or not self._differences:
            return None
        ranked = self._ranked[:MOST_SHOWN]
        axis = self._axis(self._differences[number] for number in ranked)
        rows = []
        for number in ranked:
            name, level = self._names.point(number), self.notation.level(of_mean(self._table[number]).mean)
            rows.append(
                {"name": name, "key": number, "level": level, **self._told(self._differences[number], axis, name)}
            )
        facts = {"shown": len(rows), "count": len(self._differences)}
        return {
            "what": self._say("pointstable.what", base=self._names.point(self._reference), **facts),
            "rows": rows,
            "axis": axis,
        }


def _clear(frame: Any) -> Any:
    """The rows whose interval leaves out nil."""
    return frame[(frame["low"] > 0) | (frame["high"] < 0)]


def _largest(frame: Any, column: str, most: int = MOST_SHOWN) -> Any:
    """The rows with the largest values, either way, those without any last."""
    return frame.sort_values(column, key=abs, ascending=False, kind="stable").head(most)


def _source(name: str) -> str:
    """The outcome that a curve is drawn from: adoption is what is not unmanaged."""
    return "share_unmanaged" if name == "adoption" else name


def _order(value: Value) -> tuple[int, float, str]:
    return (0, float(value), "") if isinstance(value, int | float) else (1, 0.0, str(value))
