"""Runs first in the server that the browser tests start; writes down what it must not do.

That is: turn to an address outside this machine, and load the console of Mesa's, which runs what is typed into a page.
"""

import os
import sys
from pathlib import Path

HERE = ("127.", "localhost", "::1")
CONSOLE = "mesa.visualization.command_console"


def note(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else ""  # a file of this machine has no host
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    elif event == "import" and arguments[0] == CONSOLE:
        host = CONSOLE
    else:
        return
    if host and not str(host).startswith(HERE):
        with Path(os.environ["XIAOQU_WATCH"]).open("a", encoding="utf-8") as file:
            file.write(f"{event} {host}\n")


sys.addaudithook(note)
