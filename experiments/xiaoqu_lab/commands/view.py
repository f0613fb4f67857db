"""`xiaoqu view`: the page in the browser."""

from __future__ import annotations

import importlib.util
import webbrowser
from contextlib import suppress

import click

from xiaoqu import load_scenario
from xiaoqu.errors import InputError, Problem
from xiaoqu_lab import targets
from xiaoqu_lab.commands.run import MOST_REPLICATES
from xiaoqu_lab.complaints import overrides, refuse, whole
from xiaoqu_lab.texts import Lang, text


@click.command()
@click.argument("scenario", default="hengdong")
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE", help="option.set")
@click.option("--seed", default="1", metavar="N", help="option.seed")
@click.option("--port", metavar="N", help="option.port")
@click.option("--no-browser", is_flag=True, help="option.no_browser")
@click.pass_obj
def command(lang: Lang, scenario: str, changes: tuple[str, ...], seed: str, port: str | None, no_browser: bool) -> None:
    """Open the page; it stays until Ctrl-C."""
    problems: list[Problem] = []
    changed = overrides(changes, problems)
    number = whole(seed, "--seed", 0, 2**64 - 2 - MOST_REPLICATES, problems)  # what `xiaoqu run` takes too
    door = None if port is None else whole(port, "--port", 0, 65535, problems)
    try:
        loaded = load_scenario(scenario, changed)
        problems += targets.unknown_outcomes(loaded)
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)
    if not all(importlib.util.find_spec(name) for name in ("solara", "solara_assets", "uvicorn")):
        refuse("needs_extra", "view", extra="view")

    from xiaoqu_lab.view.launch import Launch  # noqa: PLC0415 - what is wrong is said before
    from xiaoqu_lab.view.server import listen, serve  # noqa: PLC0415 - needs the extra

    def announce(address: str) -> None:
        click.echo(text("view.open", lang, address=address))
        if not no_browser:
            webbrowser.open(address)

    listener = listen(door)
    with suppress(KeyboardInterrupt):  # Ctrl-C is how one closes it
        serve(Launch(scenario, changed, number, lang), listener, announce)
    click.echo(text("view.closed", lang))
