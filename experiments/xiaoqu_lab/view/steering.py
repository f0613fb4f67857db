"""Steering: levers that change from the next month on, and what changes on restart, told apart; a second run beside.

Ids and classes for tests: #compare, #alone, #side-a, #side-b; .lever (with data-lever) with .off, .on, .graded and
.since; #lever-problem; #scenario, #seed, #search, .parameter (with data-key), #pending with [data-pending], .undo,
[data-kept], .drop, #plan-problem, #restart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import solara

from xiaoqu.errors import InputError, listed
from xiaoqu.levers import all_levers
from xiaoqu.outcomes import BY_NAME
from xiaoqu.parameters import number
from xiaoqu.scenario import load_scenario, scenario_names
from xiaoqu_lab.complaints import complain
from xiaoqu_lab.texts import text
from xiaoqu_lab.view.file_button import FileButton
from xiaoqu_lab.view.launch import launched
from xiaoqu_lab.view.plan import as_said, as_text, names_file
from xiaoqu_lab.view.uploads import LARGEST

if TYPE_CHECKING:
    from collections.abc import Callable

    from xiaoqu_lab.texts import Lang
    from xiaoqu_lab.view.plan import Plan
    from xiaoqu_lab.view.session import Run, Session, Side
    from xiaoqu_lab.view.uploads import Uploads

BROUGHT = "…"
"""What a scenario of the visitor's own is called in the choice of scenarios."""


@solara.component_vue("steering.vue", vuetify=False)
def _Steering(
    t: dict[str, str],
    tab: str,
    two: bool,
    side: str,
    groups: list[dict[str, Any]],
    problem: str,
    scenario: str,
    scenarios: list[dict[str, str]],
    seed: str,
    pending: list[dict[str, str]],
    kept: list[dict[str, str]],
    parameters: list[dict[str, Any]],
    event_act: Callable[[dict[str, str]], None],
) -> None:
    """Levers and parameters; see `steering.vue`."""


@solara.component
def Steering(session: Session, plan: Plan, uploads: Uploads, tab: str, frame: int) -> None:  # noqa: ARG001 - it tells of news
    """What can be changed; `tab` is "levers" or "parameters"."""
    lang = session.lang
    error, set_error = solara.use_state(None)
    run, side = session.run, session.side

    def act(asked: dict[str, str]) -> None:
        try:
            set_error(None)
            _do(session, plan, asked)
        except InputError as wrong:
            set_error(wrong)
        session.changed()

    def bring(put: Callable[[bytes, str], None]) -> Callable[[str, bytes], None]:
        def brought(name: str, data: bytes) -> None:
            try:
                set_error(None)
                put(data, name)
            except InputError as wrong:
                set_error(wrong)
            session.changed()

        return brought

    # A hundred kilobytes of words: only when something of it has changed.
    about = [tab, plan.base.layers, plan.changes(side), side, lang]
    parameters = solara.use_memo(lambda: _parameters(plan, side, lang) if tab == "parameters" else [], about)
    wrong = plan.problems() if tab == "parameters" else []
    problem = error.render(lang) if error is not None else InputError(wrong).render(lang) if wrong else ""
    if tab == "parameters":
        with solara.Div(classes=["uploads"]):
            kinds = (
                (".toml", "upload_scenario", lambda data, name: plan.choose(uploads.read_scenario(data, name), "")),
                (".csv", "upload_ledger", lambda data, name: plan.settle(uploads.read_ledger(data, name, plan.base))),
            )
            for ending, key, put in kinds:
                FileButton(text(f"view.{key}", lang), bring(put), LARGEST, ending)
    _Steering(
        t=_words(lang),
        tab=tab,
        two=session.b is not None,
        side=side,
        groups=_groups(run, lang) if tab == "levers" else [],
        problem=problem,
        scenario=plan.origin or BROUGHT,
        scenarios=_scenarios(plan, lang),
        seed=plan.seed,
        pending=[item._asdict() for item in plan.differences()],
        kept=_kept(session, plan),
        parameters=parameters,
        event_act=act,
    )


def _do(session: Session, plan: Plan, asked: dict[str, str]) -> None:
    """Do what was asked on the page.

    Raises:
        InputError: everything that is wrong with it.
    """
    of: Side = "b" if asked.get("side", session.side) == "b" else "a"
    match asked["do"]:
        case "side":
            session.choose(side=asked["value"])
        case "compare":
            session.compare()
        case "alone":
            session.alone()
        case "lever":
            session.change(asked["key"], asked["value"].strip())
        case "set":
            plan.set(of, asked["key"], asked["value"])
        case "seed":
            plan.set_seed(asked["value"])
        case "scenario":
            _choose(plan, asked["value"])
        case "undo":
            plan.undo(of, asked["key"])
        case "drop":
            plan.drop(of, asked["key"])
        case "restart":
            plan.start()


def _choose(plan: Plan, name: str) -> None:
    """Plan a scenario that the page offers; one that was brought is planned already.

    Raises:
        InputError: it is none of them, such as a path.
    """
    if name == BROUGHT:
        return
    if name not in (*scenario_names(), launched().scenario):
        raise InputError([complain("page_scenario", "scenario", name, names=listed(scenario_names()))])
    plan.choose(load_scenario(name), name)


def _words(lang: Lang) -> dict[str, str]:
    names = (
        "side compare alone two_hint one_hint next_month lever_hint off default graded moves from_start on_restart"
        " parameter_hint scenario seed search search_hint pending nothing_pending kept undo drop restart found more"
        " file_only"
    )
    return {name: text(f"view.steer.{name}", lang) for name in names.split()}


def _groups(run: Run, lang: Lang) -> list[dict[str, Any]]:
    """The levers in the order of the baseline, by the case that first documents them."""
    scenario, month = run.scenario, run.district.month
    groups: dict[str, list[dict[str, Any]]] = {}
    for lever in all_levers():
        entry = scenario.entry(lever.key)
        low, high = entry.bounds
        dates = sorted(since for since, grades in scenario.changes.items() if lever.key[7:] in grades)
        told = [
            text("view.steer.since", lang, value=f"{scenario[f'{lever.key}@{date}']:g}", month=date) for date in dates
        ]
        outcome = BY_NAME[lever.moves]
        groups.setdefault(lever.ids[0][0], []).append(
            {
                "key": lever.key,
                "name": lever.key.removeprefix("levers.").replace("_", " ") if lang == "en" else lever.zh,
                "help": lever.en if lang == "en" else "",
                "ids": " ".join(lever.ids),
                "on": lever.default,
                "low": number(low or 0.0),
                "high": number(high or 0.0),
                "unit": text("view.steer.grade", lang),
                "moves": outcome.zh if lang == "zh" else outcome.en,
                "source": lever.source,
                "fixed": entry.from_start,
                "value": scenario[lever.key if entry.from_start else f"{lever.key}@{month}"],
                "since": "; ".join(told),
            }
        )
    return [{"title": text(f"view.steer.case.{case}", lang), "levers": levers} for case, levers in groups.items()]


def _scenarios(plan: Plan, lang: Lang) -> list[dict[str, str]]:
    """The scenarios that can be chosen; one that the visitor brought, or that the view was started with, among them."""
    known = scenario_names()
    own = [] if plan.origin in known else [{"value": plan.origin or BROUGHT, "name": plan.base.title(lang)}]
    return own + [{"value": name, "name": name} for name in known]


def _kept(session: Session, plan: Plan) -> list[dict[str, str]]:
    """The changes that the runs have and keep."""
    sides: tuple[Side, ...] = ("a", "b")
    return [
        {"side": side, "key": key, "value": as_said(value)}
        for side, _ in zip(sides, session.runs, strict=False)
        for key, value in plan.kept(side).items()
    ]


def _parameters(plan: Plan, side: Side, lang: Lang) -> list[dict[str, Any]]:
    """What changes on restart: every parameter but those levers that can change on the way."""
    found = []
    base, changes = plan.base, plan.changes(side)
    for key in base:
        entry = base.entry(key)
        if "@" in key or (entry.on is not None and not entry.from_start):
            continue
        low, high = entry.bounds
        bounds = f"{number(low)}–{number(high)}" if low is not None and high is not None else ""
        what = entry.zh if lang == "zh" else entry.en
        found.append(
            {
                "key": key,
                "what": what,
                "unit": entry.unit,
                "bounds": bounds,
                "source": base.source(key),
                "choices": list(entry.choices) if isinstance(base[key], str) else [],
                "value": as_said(changes.get(key, as_text(base, key))),
                "fixed": names_file(base, key),
                "search": f"{key} {key.replace('_', ' ')} {entry.en} {entry.zh}".lower(),
            }
        )
    return found
