"""The page of a district: `Page` is what `xiaoqu view` shows.

Ids and classes that tests rely on: #title, #facts, #lang, #theme; #month (with data-month), #where, #play, #step,
#back, #newest, #slider, #jump, #go, #speed; .tile (with data-figure); .district-map, .compound-mark, #state, #find,
#show-a, #show-b; .curves, .panel (with data-panel), .reported, .line.b, .difference; #feed, .event (with data-kind),
.event-compound, #kind; .problem; #tab-<name>; what steering.py and share_pane.py list.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import solara

from xiaoqu.errors import InputError
from xiaoqu_lab.texts import text
from xiaoqu_lab.view import curves, key_figures, reported
from xiaoqu_lab.view import map as district_map
from xiaoqu_lab.view.compound import CompoundPage
from xiaoqu_lab.view.feed import KINDS, feed
from xiaoqu_lab.view.launch import launched
from xiaoqu_lab.view.picture import Picture
from xiaoqu_lab.view.plan import Plan
from xiaoqu_lab.view.series import FIRST
from xiaoqu_lab.view.session import LAST, SPEEDS, Session
from xiaoqu_lab.view.share_pane import SharePane
from xiaoqu_lab.view.sharing import read_link, written_link
from xiaoqu_lab.view.steering import Steering
from xiaoqu_lab.view.uploads import Uploads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from xiaoqu_lab.texts import Lang

STYLE = Path(__file__).with_name("style.css")


@solara.component_vue("controls.vue", vuetify=False)
def _Controls(
    t: dict[str, str],
    month: int,
    first: int,
    newest: int,
    last: int,
    past: bool,
    playing: bool,
    jumping: bool,
    speed: int,
    speeds: list[dict[str, Any]],
    frame: int,
    event_tick: Callable[[float], None],
    event_act: Callable[[dict[str, Any]], None],
) -> None:
    """Time controls, keys and clock; see `controls.vue`."""


@solara.component_vue("masthead.vue", vuetify=False)
def _Masthead(
    t: dict[str, str],
    title: str,
    facts: str,
    lang: str,
    theme: str,
    link: str,
    place: str,
    event_choose: Callable[[dict[str, str]], None],
    event_follow: Callable[[str], None],
) -> None:
    """Title, language, colours; keeps the address of the page; see `masthead.vue`."""


@solara.component_vue("map_head.vue", vuetify=False)
def _MapHead(
    t: dict[str, str],
    two: bool,
    side: str,
    state: str,
    states: list[dict[str, str]],
    names: list[str],
    event_choose: Callable[[dict[str, str]], None],
    event_open: Callable[[int], None],
) -> None:
    """What fills the marks, and the search for a compound; see `map_head.vue`."""


@solara.component_vue("feed.vue", vuetify=False)
def _Feed(
    t: dict[str, str],
    kind: str,
    kinds: list[dict[str, str]],
    items: list[dict[str, Any]],
    event_choose: Callable[[str], None],
    event_pick: Callable[[int], None],
) -> None:
    """The feed of events; see `feed.vue`."""


@solara.component_vue("tabs.vue", vuetify=False)
def _Tabs(label: str, tab: str, tabs: list[dict[str, str]], event_choose: Callable[[str], None]) -> None:
    """The row of tabs; see `tabs.vue`."""


@solara.component
def Layout(children: list[Any]) -> None:
    """The page alone, without Solara's own frame."""
    solara.Div(children=children)


@solara.component
def Page() -> None:
    """What one visitor sees; everything that it shows is built here, so that visitors share nothing."""
    frame = solara.use_reactive(0)
    search = solara.use_router().search or ""

    def changed() -> None:
        frame.set(frame.peek() + 1)

    session = solara.use_memo(lambda: _begun(search, changed), [])
    plan = solara.use_memo(lambda: Plan(session), [])
    uploads = solara.use_memo(Uploads, [])
    solara.use_effect(lambda: uploads.close, [])
    solara.Style(STYLE)
    with solara.Div(classes=["xq", session.theme]), solara.Div(classes=["page"]):
        _head(session)
        _controls(session, frame.value)
        if session.error is not None:
            told = escape(session.error.render(session.lang))
            solara.HTML(tag="div", classes=["problem"], attributes={"role": "alert"}, unsafe_innerHTML=told)
        other = None if session.b is None else session.b.series
        tiles = key_figures.tiles(session.a.series, session.shown, session.lang, other)
        solara.HTML(tag="div", classes=["tiles"], unsafe_innerHTML=tiles)
        if session.compound is None:
            with solara.Div(classes=["panes"]):
                with solara.Div(classes=["left"]):
                    DistrictMap(session, frame.value)
                    EventFeed(session, frame.value)
                drawn = curves.draw(session.a, session.b, session.shown, session.lang)
                Picture(drawn, label=text("view.curves", session.lang))
        else:
            CompoundPage(
                district=session.run.at(session.shown),
                month=session.shown,
                row=session.compound,
                lang=session.lang,
                household=session.household,
                on_household=lambda household: session.open(session.compound, household),
                on_close=lambda: session.open(None),
            )
        Tabs(session, plan, uploads, frame.value)


@solara.component
def Tabs(session: Session, plan: Plan, uploads: Uploads, frame: int) -> None:
    """What is below: levers, parameters, saving; one at a time."""
    tab, set_tab = solara.use_state("levers")
    names = ("levers", "parameters", "reported", "share")
    tabs = _choices(session.lang, "view.tab", names)
    _Tabs(label=text("view.tabs", session.lang), tab=tab, tabs=tabs, event_choose=set_tab)
    with solara.Div(classes=["tab"], attributes={"id": "tab"}):
        if tab == "share":
            SharePane(session, frame)
        elif tab == "reported":
            html = escape(text("view.reported.stop", session.lang))
            html = html if session.playing else reported.table(session.run, session.lang)
            solara.HTML(tag="div", attributes={"id": "reported"}, unsafe_innerHTML=html)
        else:
            Steering(session, plan, uploads, tab, frame)


def _begun(search: str, changed: Callable[[], None]) -> Session:
    """What the address asks for; what the page was started with, and what is wrong, where it cannot be had."""
    launch = launched()
    try:
        return Session.following(read_link(search, launch), changed)
    except InputError as wrong:
        session = Session.following(read_link("", launch), changed)
        session.error = wrong
        return session


def _follow(session: Session, search: str) -> None:
    """Go where the browser went, by its buttons for back and forward."""
    try:
        session.follow(read_link(search, launched(), None if session.origin else session.a.base))
    except InputError as wrong:
        session.error = wrong
        session.changed()


def _words(lang: Lang, *keys: str) -> dict[str, str]:
    """Texts for a template, by the last part of their key."""
    return {key.rpartition(".")[2]: text(key, lang) for key in keys}


def _choices(lang: Lang, group: str, values: Iterable[str]) -> list[dict[str, str]]:
    """What can be chosen, each value with its text of a group of texts."""
    return [{"value": value, "name": text(f"{group}.{value}", lang)} for value in values]


def _head(session: Session) -> None:
    lang, run = session.lang, session.a
    facts = text(
        "view.facts",
        lang,
        compounds=len(run.district.compounds),
        households=len(run.district.households),
        seed=run.seed,
    )
    if run.changes:
        facts += " · " + text("view.changed", lang, count=len(run.changes))
    _Masthead(
        t=_words(lang, "view.language", "view.theme", "view.theme.auto", "view.theme.light", "view.theme.dark"),
        title=run.scenario.title(lang),
        facts=facts,
        lang=lang,
        theme=session.theme,
        link=written_link(session, session.origin),
        place="" if session.compound is None else str(session.compound),
        event_choose=lambda chosen: session.choose(**chosen),
        event_follow=lambda search: _follow(session, search),
    )


def _controls(session: Session, frame: int) -> None:
    lang = session.lang
    keys = ("step", "back", "play", "pause", "speed", "newest", "jump", "go", "slider", "keys")
    where = text("view.of_last", lang, last=session.end)
    if session.shown < 0:
        where = text("view.before", lang)
    elif session.shown > session.end:
        where = text("view.beyond", lang)
    if session.is_past:
        where = text("view.past", lang, newest=session.newest)
    words = _words(lang, *(f"view.{key}" for key in keys))
    now = text("view.month", lang, month=str(session.shown).replace("-", "−"))
    acts: dict[str, Callable[[Any], None]] = {
        "step": lambda _: session.step(),
        "back": lambda _: session.back(),
        "play": lambda _: session.play(),
        "pause": lambda _: session.pause(),
        "speed": lambda value: session.choose(speed=int(value)),
        "show": lambda value: session.jump(int(value)),
        "jump": lambda value: session.jump_to(str(value)),
    }
    _Controls(
        t={**words, "now": now, "where": where, "month": now},
        month=session.shown,
        first=FIRST,
        newest=session.newest,
        last=LAST,
        past=session.is_past,
        playing=session.playing,
        jumping=session.jumping,
        speed=session.speed,
        speeds=[{"value": speed, "name": text("view.per_second", lang, speed=speed)} for speed in SPEEDS],
        frame=frame,
        event_tick=session.tick,
        event_act=lambda asked: acts[asked["do"]](asked.get("value")),
    )


@solara.component
def DistrictMap(session: Session, frame: int) -> None:  # noqa: ARG001 - the frame says that something is new
    """The map with what is chosen about it."""
    lang, run = session.lang, session.run
    where = run.places
    _MapHead(
        t=_words(lang, "view.map", "view.fill", "view.find", "view.find.none", "view.run"),
        two=session.b is not None,
        side=session.side,
        state=session.state,
        states=_choices(lang, "view.state", district_map.STATES),
        names=list(where.names),
        event_choose=lambda chosen: session.choose(**chosen),
        event_open=session.open,
    )
    district = run.district
    label = text("view.map.label", lang, month=session.shown)
    modes, own = district.world.modes, district.mode_titles
    drawn = district_map.draw(where, run.recorded(session.shown), modes, session.state, lang, own, label)
    Picture(drawn, on_pick=lambda row: session.open(int(row)), label=label)


@solara.component
def EventFeed(session: Session, frame: int) -> None:  # noqa: ARG001 - the frame says that something is new
    """The feed with its filter."""
    lang = session.lang
    _Feed(
        t={**_words(lang, "view.events", "view.kind"), "none": text("view.events.none", lang)},
        kind=session.kind,
        kinds=_choices(lang, "view.kind", ("", *KINDS)),
        items=[item._asdict() for item in feed(session.run.district, session.shown, lang, session.kind)],
        event_choose=lambda kind: session.choose(kind=kind),
        event_pick=session.open,
    )
