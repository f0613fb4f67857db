"""Save and share: the link, the files, the line that runs it again, and the digest to compare.

Ids and classes for tests: #link, #copy; .run (with data-side) with .save-scenario, .save-table, .save-map,
.save-curves, .command, .digest.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import solara

from xiaoqu_lab.texts import text
from xiaoqu_lab.view import saving
from xiaoqu_lab.view.sharing import written_link

if TYPE_CHECKING:
    from collections.abc import Callable

    from xiaoqu_lab.view.saving import Saved
    from xiaoqu_lab.view.session import Run, Session, Side


@solara.component_vue("sharing.vue", vuetify=False)
def _Sharing(
    t: dict[str, str],
    link: str,
    own: bool,
    runs: list[dict[str, str]],
    file: dict[str, Any] | None,
    event_save: Callable[[dict[str, str]], None],
) -> None:
    """Link, files, command and digest; see `sharing.vue`."""


@solara.component
def SharePane(session: Session, frame: int) -> None:  # noqa: ARG001 - the frame says that something is new
    """What can be saved of what is before the visitor."""
    file, set_file = solara.use_state(None)
    lang = session.lang
    names = "link link_hint link_own copy copied scenario table map curves command digest"

    def save(asked: dict[str, str]) -> None:
        saved = _saved(session, "b" if asked["side"] == "b" else "a", asked["kind"])
        data = base64.b64encode(saved.data).decode()
        # Numbered, so that the same file can be saved twice.
        set_file({"name": saved.name, "kind": saved.kind, "data": data, "number": (file or {}).get("number", 0) + 1})

    _Sharing(
        t={name: text(f"view.share.{name}", lang) for name in names.split()},
        link=written_link(session, session.origin),
        own=session.origin == "",
        runs=[_told(session, run, "b" if number else "a") for number, run in enumerate(session.runs)],
        file=file,
        event_save=save,
    )


def _saved(session: Session, side: Side, kind: str) -> Saved:
    run = session.b if side == "b" and session.b is not None else session.a
    name = saving.stem(run, side, two=session.b is not None)
    if kind == "scenario":
        return saving.scenario(run, name)
    if kind == "table":
        return saving.table(run, name)
    if kind == "map":
        return saving.map_picture(session, run, name, text("view.map.label", session.lang, month=session.shown))
    return saving.curves_picture(session, name, session.lang)


def _told(session: Session, run: Run, side: Side) -> dict[str, str]:
    """What stands beside the files of a run."""
    lang = session.lang
    title = text("view.share.files", lang, side=side.upper() if session.b is not None else "").strip()
    if run.newest < 0 or session.playing:
        why = text("view.share.stop" if session.playing else "view.share.nothing", lang)
        return {"side": side, "title": title, "command": "", "digest": "", "why": why}
    line = saving.command(run, saving.stem(run, side, two=session.b is not None))
    return {"side": side, "title": title, "command": line, "digest": run.digest(), "why": ""}
