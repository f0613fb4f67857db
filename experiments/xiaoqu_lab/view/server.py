"""Serves the page on this machine: Solara's application behind the guard, with nothing fetched from elsewhere."""

from __future__ import annotations

import secrets
import socket
import warnings
from typing import TYPE_CHECKING, Any

import solara.settings
import uvicorn
from solara.server import settings
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from xiaoqu_lab.complaints import refuse
from xiaoqu_lab.view.guard import Guard
from xiaoqu_lab.view.launch import Launch, remember

if TYPE_CHECKING:
    from collections.abc import Callable

LOOPBACK = "127.0.0.1"
USUAL_PORT = 8765
LARGEST_MESSAGE = 8 * 2**20
"""Bytes of one message from the browser."""
PAGE = "xiaoqu_lab.view.app"
"""The module whose `Page` is shown."""


def listen(port: int | None) -> socket.socket:
    """Take a port of this machine that no other machine reaches.

    Args:
        port: The port; None takes the usual one or, where it is taken, any free one.

    Raises:
        InputError: if the port is taken.
    """
    if port is None:
        try:
            return socket.create_server((LOOPBACK, USUAL_PORT))
        except OSError:
            port = 0
    try:
        return socket.create_server((LOOPBACK, port))
    except OSError as error:
        refuse("port_taken", "--port", str(port), reason=error.strerror)


def serve(launch: Launch, listener: socket.socket, announce: Callable[[str], None], page: str = PAGE) -> None:
    """Serve the page until the process is interrupted.

    Args:
        launch: What every visitor starts from.
        listener: The socket from `listen`.
        announce: Called with the address, token included, once the page can be opened.
        page: Module or file with the `Page` to show.
    """
    remember(launch)
    port = listener.getsockname()[1]
    token = secrets.token_urlsafe(24)
    guarded = Guard(application(page, port), port, token)
    quiet = {"log_level": "warning", "access_log": False, "timeout_graceful_shutdown": 1}
    # No proxy stands between the browser and us, so what a request says of one is not believed.
    config = uvicorn.Config(guarded, proxy_headers=False, ws_max_size=LARGEST_MESSAGE, **quiet)
    server = _Server(config, lambda: announce(f"http://{LOOPBACK}:{port}/?token={token}"))
    server.run(sockets=[listener])


class _Server(uvicorn.Server):
    """Says when it can be reached."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._announce()


def application(page: str, port: int) -> Any:
    """Solara's ASGI application for a page, set up to keep to this machine."""
    settings.main.mode = "production"
    settings.main.root_path = ""
    settings.main.base_url = f"http://{LOOPBACK}:{port}/"
    settings.telemetry.mixpanel_enable = False
    settings.session.http_only = True
    settings.kernel.max_per_session = 8  # tabs of one browser, each with a model of its own
    settings.kernel.cull_timeout = "1h"  # for a tab that is gone without a word: a laptop asleep comes back
    settings.theme.title = "xiaoqu 小区"
    settings.theme.show_banner = False
    settings.theme.loader = "plain"
    solara.settings.assets.proxy = True  # the page asks us for its libraries, not the network they come from
    # The page is at this machine's number, not at https; Solara advises those who serve it to others.
    warnings.filterwarnings("ignore", message="Cookies with samesite=none", module="solara")
    from solara.server import app as pages  # noqa: PLC0415 - reads the settings when it is imported
    from solara.server import starlette  # noqa: PLC0415 - reads the settings, too

    pages.apps["__default__"] = pages.AppScript(page)
    # Solara would ask the internet for a library that solara-assets does not hold; ours comes first and does not.
    libraries = Mount("/_solara/cdn", StaticFiles(directory=settings.assets.proxy_cache_dir))
    # Chromium sometimes asks for the icon of old beside the one that the page names.
    icon = Route("/favicon.ico", lambda _: Response(status_code=204))
    return Starlette(routes=[libraries, icon, *starlette.routes], lifespan=starlette.lifespan)
