"""How a sweep was made and may be made again: notices, design, failures, how to reproduce, limits, how to cite."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any, cast

from xiaoqu import load_scenario
from xiaoqu.errors import InputError
from xiaoqu.toml_lines import toml_value
from xiaoqu_lab.sweeps.effects import DRAWN
from xiaoqu_lab.sweeps.report_names import cut
from xiaoqu_lab.sweeps.report_numbers import by_chance
from xiaoqu_lab.sweeps.runs import code_version

if TYPE_CHECKING:
    from xiaoqu_lab.sweeps.design import Design
    from xiaoqu_lab.sweeps.factors import Factor
    from xiaoqu_lab.sweeps.measures import Measure
    from xiaoqu_lab.sweeps.report_names import Names
    from xiaoqu_lab.sweeps.results import Sweep

MOST_ERRORS = 5
MOST_POINTS_PRINTED = 100
VERSIONS = ("xiaoqu", "mesa", "numpy", "numba", "pandas", "pyarrow")


def notices(found: Sweep, names: Names) -> list[str]:
    """What a reader has to know first: runs that are missing, failed or left aside."""
    said, failed = [], len(found.failures)
    if found.missing:
        said.append(names.say("incomplete", missing=found.missing, runs=names.design.runs))
    if failed:
        said.append(names.say("some_failed", failed=failed, runs=len(found.runs), section=names.say("failures")))
    if found.unasked:
        said.append(names.say("unasked", count=found.unasked))
    return said


def design(found: Sweep, measure: Measure, names: Names) -> dict[str, Any]:
    """What was run: facts, the values of each factor, the ranges that were drawn from."""
    plan, say = names.design, names.say
    runs = {"runs": plan.runs, "tried": len(found.runs), "failed": len(found.failures)}
    size = {"points": len(plan.points), "replicates": plan.replicates, "months": plan.months, **runs}
    first = plan.seed + 1
    seeds = {"first": first, "last": first + plan.replicates - 1, "seed": plan.seed}
    keys = {factor.key for factor in plan.factors}
    ranges = {key: span for key, span in plan.scenario.ranges.items() if key not in keys}
    facts = [
        (say("design.scenario"), f"{plan.scenario.title(names.lang)} ({plan.scenario.name})"),
        (say("design.sampler"), say(f"sampler.{plan.sampler}")),
        (say("design.size"), say("design.size_is", **size)),
        (say("design.seeds"), say(f"design.{plan.numbers}", **seeds)),
        (say("design.ranges"), say(f"design.{plan.ranges}", count=len(ranges))),
        (say("design.outcome"), f"{names.outcome(measure.outcome)} ({measure})"),
        (say("design.kept"), ", ".join(plan.kept)),
    ]
    groups = []
    for kind, title in (("lever", "design.levers"), ("uncertainty", "design.uncertainties")):
        rows = [_factor(factor, names) for factor in plan.factors if factor.kind == kind]
        if rows:
            groups.append({"title": say(title), "rows": rows})
    listed = [
        {
            "name": names.parameter(key),
            "key": key,
            "range": say("to", low=f"{span.low:g}", high=f"{span.high:g}"),
            "why": span.why,
        }
        for key, span in ranges.items()
    ]
    return {"facts": facts, "groups": groups, "ranges": listed}


def _factor(factor: Factor, names: Names) -> dict[str, str]:
    if factor.span is not None:
        values = names.say("design.span", low=f"{factor.span[0]:g}", high=f"{factor.span[1]:g}")
    else:
        few = [names.value(factor.key, value) for value in factor.values[:12]]
        values = ", ".join(few) + (" …" if len(factor.values) > len(few) else "")
    base = names.value(factor.key, names.design.scenario[factor.key])
    return {"name": names.factor(factor.key), "key": factor.key, "base": base, "values": values}


def failures(found: Sweep, names: Names) -> dict[str, Any]:
    """The runs that failed, the first of them with their errors, and how to see one fail."""
    failed = found.failures
    if not len(failed):
        return {"what": names.say("failures.none"), "rows": []}
    kind = "all" if len(failed) == len(found.runs) else "some"
    rows = [
        {"run": f"{row.point}/{row.replicate}", "point": names.point(row.point), "error": cut(str(row.error))}
        for row in cast("Any", failed).head(MOST_ERRORS).itertuples()
    ]
    folder = found.folder.name or "DIR"
    is_plain = folder.replace("_", "").replace("-", "").replace(".", "").isalnum()
    return {
        "what": names.say(f"failures.{kind}", count=len(failed), tried=len(found.runs)),
        "rows": rows,
        "replay": f"uv run xiaoqu replay {folder if is_plain else f"'{folder}'"} {rows[0]['run']}",
    }


def reproduction(found: Sweep, names: Names) -> dict[str, Any]:
    """Command, design, scenario and versions that give the same sweep."""
    plan, now, say = found.plan, code_version(), names.say
    code = "reproduce.same" if plan.code == now else "reproduce.other"
    facts = [
        (say("reproduce.scenario_hash"), names.design.scenario.hash),
        (say("reproduce.code"), say(code, code=plan.code, now=now)),
        (say("reproduce.versions"), ", ".join(f"{name} {version(name)}" for name in VERSIONS)),
    ]
    return {
        "command": "uv run xiaoqu sweep design.toml --out results/again",
        "own": "" if _is_shipped(names.design) else say("reproduce.own"),
        "facts": facts,
        "design": design_toml(names.design, say("reproduce.many", count=f"{len(names.design.points):,}")),
        "scenario": plan.scenario_toml,
    }


def limits(intervals: int, names: Names) -> list[str]:
    """What the report cannot tell; `intervals` are looked at for whether they leave out nil."""
    said = [names.say(f"limits.{name}") for name in ("simulated", "assumptions", "stories", "ranges", "alone")]
    if intervals:
        said.append(names.say("limits.many", count=intervals, chance=by_chance(intervals)))
    return [*said, names.say("limits.window", months=names.design.months)]


def citation(found: Sweep, names: Names) -> str:
    """What to cite."""
    plan, scenario = found.plan, names.design.scenario
    facts = {"version": plan.version, "name": names.design.name, "scenario": scenario.name}
    return names.say("cite.what", **facts, hash=scenario.hash[:12], code=plan.code)


def design_toml(design: Design, many: str = "") -> str:
    """A design as the file that `read_design` reads.

    Args:
        design: what to write.
        many: what to say instead of the points of a long list.
    """
    stated = ("name", "question_en", "question_zh", "scenario", "sampler", "samples", "replicates", "seed", "months")
    head = {name: getattr(design, name) for name in (*stated, "ranges", "numbers", "outcomes", "events", "before")}
    head["scenario"] = design.scenario.name if _is_shipped(design) else "scenario.toml"
    if design.sampler not in DRAWN:
        del head["samples"]
    if not design.before:
        del head["before"]
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
