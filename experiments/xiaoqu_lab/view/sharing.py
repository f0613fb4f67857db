"""The address that restores what is before a visitor, and the files that reproduce it on the command line.

    ?scenario=hengdong&seed=1&newest=23&month=12&set=levers.patrols@6=off&b=levers.patrols=on&lang=zh&compound=3

`set` is what `--set` takes, `b` the same for the second run. An address comes from anywhere: it can name the shipped
scenarios and what the page was started with, and change numbers, but name no file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, urlencode

from xiaoqu.errors import InputError, Problem, listed
from xiaoqu.scenario import load_scenario, scenario_names
from xiaoqu_lab.commands.run import MOST_SEED
from xiaoqu_lab.complaints import complain, overrides, whole
from xiaoqu_lab.texts import LANGUAGES
from xiaoqu_lab.view.plan import as_said, names_file
from xiaoqu_lab.view.series import FIRST
from xiaoqu_lab.view.session import LAST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xiaoqu.scenario import Scenario
    from xiaoqu_lab.texts import Lang
    from xiaoqu_lab.view.launch import Launch
    from xiaoqu_lab.view.session import Session

ROWS_MOST = 10**9


class Link(NamedTuple):
    """What an address says.

    Attributes:
        scenario: a shipped one by name, or what the page was started with; "" is a file of the visitor's own.
        changes, second: what differs from it, in the run and in the one beside it; None for no second run.
        newest, month: the newest month and the one that is shown; -1 is before the campaign.
    """

    scenario: str
    seed: int
    changes: Mapping[str, object]
    second: Mapping[str, object] | None
    newest: int
    month: int
    lang: Lang
    compound: int | None
    household: int | None

    def base(self) -> Scenario:
        """The scenario without the changes.

        Raises:
            InputError: it cannot be loaded.
        """
        return load_scenario(self.scenario)


def read_link(search: str, launch: Launch, own: Scenario | None = None) -> Link:
    """What an address asks for; where it says nothing, what the page was started with.

    Args:
        search: the address from its question mark on.
        launch: what the page was started with.
        own: the scenario that the visitor has brought, if that is before them.

    Raises:
        InputError: everything that is wrong with it.
    """
    said = parse_qs(search.removeprefix("?"), keep_blank_values=True)
    problems: list[Problem] = []

    def last(name: str) -> str | None:
        return said[name][-1] if name in said else None

    def number(name: str, most: int) -> int | None:
        given = last(name)
        return None if given is None else whole(given, name, 0, most, problems)

    def month(name: str) -> int | None:
        given = last(name)
        if given in {str(before) for before in range(FIRST, 0)}:
            return int(given or 0)
        return number(name, LAST)

    named, scenario = last("scenario"), launch.scenario
    if named is not None and named != launch.scenario:
        scenario = named
        if named == "" and own is None:
            problems.append(complain("link_own", "scenario"))
        elif named and named not in scenario_names():
            problems.append(complain("link_scenario", "scenario", named, names=listed(scenario_names())))
    lang = last("lang")
    changes = dict(launch.changes) if scenario == launch.scenario and "set" not in said else {}
    changes |= overrides(filter(None, said.get("set", ())), problems)
    second = overrides(filter(None, said["b"]), problems) if "b" in said else None
    asked, newest = month("month"), month("newest")
    newest = -1 if newest is None else newest
    shown = newest if asked is None else asked
    link = Link(
        scenario,
        launch.seed if (seed := number("seed", MOST_SEED)) is None else seed,
        changes,
        second,
        max(-1, newest, shown),
        shown,
        ("zh" if lang == "zh" else "en") if lang in LANGUAGES else launch.lang,
        number("compound", ROWS_MOST),
        number("household", ROWS_MOST),
    )
    if not problems:
        base = own if own is not None and not scenario else link.base()
        given = [*link.changes.items(), *(link.second or {}).items()]
        # A file that the page was started with may be named again; another under the same key may not.
        other = [key for key, value in given if launch.changes.get(key) != value]
        problems += [complain("link_file", key) for key in other if names_file(base, key)]
    if problems:
        raise InputError(problems)
    return link


def written_link(session: Session, scenario: str) -> str:
    """The address, without its start, of what is before a visitor; `scenario` is what its scenario is called there."""
    run = session.a
    said: list[tuple[str, object]] = [("scenario", scenario), ("seed", run.seed)]
    said += [("newest", session.newest)] if session.is_past else []
    said += [("month", session.shown)]
    said += [("set", f"{key}={as_said(value)}") for key, value in run.changes.items()]
    said += [] if run.changes else [("set", "")]  # not what the page was started with
    if session.b is not None:
        said += [("b", f"{key}={as_said(value)}") for key, value in session.b.changes.items()] or [("b", "")]
    said.append(("lang", session.lang))
    said += [("compound", session.compound)] if session.compound is not None else []
    said += [("household", session.household)] if session.household is not None else []
    return "?" + urlencode(said, safe="@=.,")
