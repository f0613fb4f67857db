"""`xiaoqu view`: the page in the browser."""

from __future__ import annotations

import importlib.util
import os
import sys
import threading
import webbrowser
from contextlib import suppress

import click

from xiaoqu import load_scenario
from xiaoqu.errors import InputError, Problem
from xiaoqu_lab.commands.run import MOST_SEED
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
    from xiaoqu_lab.targets import unknown_outcomes  # noqa: PLC0415 - pandas is imported

    problems: list[Problem] = []
    changed = overrides(changes, problems)
    number = whole(seed, "--seed", 0, MOST_SEED, problems)  # what `xiaoqu run` takes too
    door = None if port is None else whole(port, "--port", 0, 65535, problems)
    try:
        loaded = load_scenario(scenario, changed)
        problems += unknown_outcomes(loaded)
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)
    if any(key.startswith("modes.") for key in loaded.files):
        from xiaoqu.district import build_modes  # noqa: PLC0415 - the world is imported

        build_modes(loaded)  # runs the modes of the user's own, for only so can they be checked
    if not all(importlib.util.find_spec(name) for name in ("solara", "solara_assets", "uvicorn")):
        refuse("needs_extra", "view", extra="view")

    from xiaoqu_lab.view.launch import Launch  # noqa: PLC0415 - what is wrong is said before
    from xiaoqu_lab.view.server import listen, serve  # noqa: PLC0415 - needs the extra

    def announce(address: str) -> None:
        click.echo(text("view.open", lang, address=address))
        if not no_browser and has_screen():
            # Beside the server, which has to answer while the browser starts.
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    listener = listen(door)
    with suppress(KeyboardInterrupt):  # Ctrl-C is how one closes it
        serve(Launch(scenario, changed, number, lang), listener, announce)
    click.echo(text("view.closed", lang))


def has_screen() -> bool:
    """Whether a browser has somewhere to show itself; without, one in the terminal might open over our own words."""
    return sys.platform in ("win32", "darwin") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
