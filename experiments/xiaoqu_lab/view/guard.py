"""Who may talk to the view: pages that this launch served, on this machine, and nobody else.

A page of any site that the person has open can send requests to this machine. So each request and each websocket has to
name our own address as host and, where a browser says from where it comes, as origin; and it has to carry the cookie
that only the address with the token of this launch hands out.
"""

from __future__ import annotations

import hmac
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    Scope = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
    App = Callable[[Scope, Receive, Send], Awaitable[None]]

POLICY_VIOLATION = 1008
"""The code with which a websocket is closed."""

REFUSED = """xiaoqu: 403

Open the address that `xiaoqu view` printed when it started; each start has its own.
请打开 `xiaoqu view` 启动时显示的网址；每次启动的网址不同。
"""


class Guard:
    """Stands before an ASGI application.

    Args:
        app: The application.
        port: The port that we listen on.
        token: The secret of this launch, in the address that was printed.
    """

    def __init__(self, app: App, port: int, token: str) -> None:
        self.app = app
        self.token = token
        self.hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}
        if port == 80:
            self.hosts |= {"127.0.0.1", "localhost"}
        # Cookies do not tell ports apart, so that two launches side by side need two names.
        self.cookie = f"xiaoqu-{port}"
        self.headers = [(name.encode(), value.encode()) for name, value in _headers(self.hosts).items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, hand out the cookie, or refuse."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if not self.is_ours(scope):
            await self.refuse(scope, send)
        elif scope["type"] == "http" and self.knows([value for name, value in query if name == "token"]):
            await self.welcome(scope, query, send)
        elif self.knows(self.cookies(scope)):
            await self.app(scope, receive, self.with_headers(send))
        else:
            await self.refuse(scope, send)

    def is_ours(self, scope: Scope) -> bool:
        """Whether host and origin are ours, each named at most once."""
        hosts, origins = _values(scope, b"host"), _values(scope, b"origin")
        return len(hosts) == 1 and hosts[0] in self.hosts and origins in ([], [f"http://{hosts[0]}"])

    def knows(self, given: list[str]) -> bool:
        """Whether the secret is among what was given."""
        return any(hmac.compare_digest(value.encode(), self.token.encode()) for value in given)

    def cookies(self, scope: Scope) -> list[str]:
        """What cookies of our name hold; other servers of this machine may have set others, in whatever form."""
        parts = [part.strip().partition("=") for header in _values(scope, b"cookie") for part in header.split(";")]
        return [value for name, _, value in parts if name == self.cookie]

    async def welcome(self, scope: Scope, query: list[tuple[str, str]], send: Send) -> None:
        """Hand out the cookie and go on to the address without the token, so that it stays in no history or link.

        The page goes on by itself: when redirected on the way from elsewhere, a browser keeps a strict cookie back.
        """
        rest = urlencode([(name, value) for name, value in query if name != "token"])
        # With two slashes at its start an address would name another machine.
        there = quote("/" + scope["path"].lstrip("/")) + (f"?{rest}" if rest else "")
        body = f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={escape(there)}">'
        cookie = f"{self.cookie}={self.token}; Path=/; HttpOnly; SameSite=Strict"
        headers = [(b"set-cookie", cookie.encode()), (b"cache-control", b"no-store")]
        await self.answer(200, "text/html", body, send, headers)

    async def refuse(self, scope: Scope, send: Send) -> None:
        """Say no; it is not said why, but what to do."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        else:
            await self.answer(403, "text/plain", REFUSED, send, [])

    async def answer(self, status: int, kind: str, body: str, send: Send, more: list[tuple[bytes, bytes]]) -> None:
        """Send a small answer of our own."""
        headers = [(b"content-type", f"{kind}; charset=utf-8".encode()), *self.headers, *more]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body.encode()})

    def with_headers(self, send: Send) -> Send:
        """Add our headers to whatever the application answers."""

        async def sending(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self.headers]
            await send(message)

        return sending


def _values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for header, value in scope["headers"] if header == name]


def _headers(hosts: set[str]) -> dict[str, str]:
    """Headers that keep the page to this machine, whatever gets into it."""
    sockets = " ".join(f"ws://{host}" for host in sorted(hosts))
    policy = {
        "default-src": "'none'",
        # Vue compiles its templates in the page, and Solara's page has its start-up scripts in it.
        "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": f"'self' {sockets}",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        # Nothing to others; to ourselves yes, or the browser hides the origin of what a closing page sends.
        "referrer-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
    }
