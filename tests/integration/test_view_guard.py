"""The guard of the view lets through what this launch's own page sends, and nothing else."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import pytest

from xiaoqu_lab.view.guard import Guard

if TYPE_CHECKING:
    from collections.abc import MutableMapping

PORT, TOKEN = 8765, "s3cret-token"
HOST = f"127.0.0.1:{PORT}"
COOKIE = f"xiaoqu-{PORT}={TOKEN}"
OURS = {"host": HOST, "origin": f"http://{HOST}", "cookie": COOKIE}


def asked(
    kind: str, headers: list[tuple[str, str]], query: str = "", port: int = PORT, path: str = "/"
) -> list[dict[str, Any]]:
    """What is sent back to a request; the application behind the guard answers 200, or accepts."""
    sent: list[dict[str, Any]] = []

    async def application(_scope: object, _receive: object, send: Any) -> None:
        if kind == "http":
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
            await send({"type": "http.response.body", "body": b"ours"})
        else:
            await send({"type": "websocket.accept"})

    async def receive() -> MutableMapping[str, Any]:
        raise AssertionError("the guard reads nothing")

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append({**message})

    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    scope = {"type": kind, "path": path, "query_string": query.encode(), "headers": raw}
    asyncio.run(Guard(application, port, TOKEN)(scope, receive, send))
    return sent


def passes(kind: str, headers: list[tuple[str, str]], query: str = "") -> bool:
    """Whether the application got to answer; otherwise it was refused as it should be."""
    first, *rest = asked(kind, headers, query)
    if kind == "websocket":
        assert first["type"] == "websocket.accept" or first == {"type": "websocket.close", "code": 1008}
        return bool(first["type"] == "websocket.accept")
    if rest[0]["body"] == b"ours":
        return True
    assert first["status"] == 403
    assert TOKEN not in repr((first, rest))
    return False


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_our_own_page_passes(kind: str) -> None:
    assert passes(kind, [*OURS.items()])
    assert passes(kind, [("host", HOST), ("cookie", f"other=1; {COOKIE}")])  # not every request says its origin
    assert passes(kind, [("host", HOST), ("cookie", f'a={{"b":[1]}}; {COOKIE}')])  # as other servers may set them
    local = f"localhost:{PORT}"
    assert passes(kind, [("host", local), ("origin", f"http://{local}"), ("cookie", COOKIE)])


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    "changed",
    [
        {"host": "evil.example"},
        {"host": f"evil.example:{PORT}"},
        {"host": "127.0.0.1"},
        {"host": f"127.0.0.1:{PORT + 1}"},
        {"host": f"0.0.0.0:{PORT}"},
        {"host": f"127.0.0.1.evil.example:{PORT}"},
        {"host": None},
        {"origin": "http://evil.example"},
        {"origin": f"https://{HOST}"},
        {"origin": f"http://127.0.0.1:{PORT + 1}"},  # another server of this machine, whose pages get our cookie
        {"origin": f"http://localhost:{PORT}"},  # not the host that was asked
        {"origin": "null"},
        {"origin": ""},
        {"cookie": None},
        {"cookie": ""},
        {"cookie": f"xiaoqu-{PORT}=other"},
        {"cookie": f"xiaoqu-{PORT}="},
        {"cookie": f"xiaoqu-{PORT + 1}={TOKEN}"},
        {"cookie": f"xiaoqu-{PORT}={TOKEN}x"},
        {"cookie": "\x7f=;=;;"},
        {"cookie": f"xiaoqu-{PORT}=é"},
    ],
    ids=str,
)
def test_everything_else_is_refused(kind: str, changed: dict[str, str | None]) -> None:
    headers = [(name, value) for name, value in {**OURS, **changed}.items() if value is not None]
    assert not passes(kind, headers)


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_what_is_said_twice_is_not_believed(kind: str) -> None:
    for name in ("host", "origin"):
        assert not passes(kind, [*OURS.items(), (name, OURS[name])])


def test_the_token_gives_the_cookie_and_leaves_the_address() -> None:
    start, body = asked("http", [("host", HOST)], f"scenario=daguan&token={TOKEN}&set=levers.patrols%40%3Doff")
    headers = dict(start["headers"])
    assert start["status"] == 200
    assert headers[b"set-cookie"] == f"{COOKIE}; Path=/; HttpOnly; SameSite=Strict".encode()
    assert headers[b"cache-control"] == b"no-store"
    assert b'content="0;url=/?scenario=daguan&amp;set=levers.patrols%40%3Doff"' in body["body"]
    assert TOKEN.encode() not in body["body"]


@pytest.mark.parametrize("path", ["//evil.example/x", "///evil.example/x", "/\\evil.example/x"])
def test_the_token_leads_to_no_other_machine(path: str) -> None:
    _, body = asked("http", [("host", HOST)], f"token={TOKEN}", path=path)
    (there,) = re.findall(rb'url=([^"]*)', body["body"])
    assert re.match(rb"/[^/\\]", there)


def test_what_an_address_holds_is_no_markup() -> None:
    _, body = asked("http", [("host", HOST)], f"token={TOKEN}&x=%22%3E%3Cscript%3E")
    assert b"<script" not in body["body"]


@pytest.mark.parametrize("query", ["token=", "token=other", f"token={TOKEN}%20", "token=%ff"])
def test_a_wrong_token_gives_nothing(query: str) -> None:
    assert not passes("http", [("host", HOST)], query)


def test_a_token_opens_no_websocket_and_no_other_origin() -> None:
    """A page that got hold of the address still cannot use it."""
    assert not passes("websocket", [("host", HOST)], f"token={TOKEN}")
    evil = [("host", HOST), ("origin", "http://evil.example")]
    assert not passes("http", evil, f"token={TOKEN}")


def test_every_answer_keeps_the_page_to_this_machine() -> None:
    for headers in ([*OURS.items()], [("host", "evil.example")]):
        answered = dict(asked("http", headers)[0]["headers"])
        policy = dict(part.split(" ", 1) for part in answered[b"content-security-policy"].decode().split("; "))
        assert policy["default-src"] == policy["frame-ancestors"] == policy["form-action"] == "'none'"
        for sources in policy.values():
            for source in sources.split():
                assert source.startswith("'") or source in ("data:", "blob:", f"ws://{HOST}", f"ws://localhost:{PORT}")
        assert answered[b"x-content-type-options"] == b"nosniff"
        assert answered[b"x-frame-options"] == b"DENY"
        assert answered[b"referrer-policy"] == b"same-origin"
        assert answered[b"cross-origin-resource-policy"] == b"same-origin"


def test_the_usual_port_is_not_named_by_browsers() -> None:
    headers = [("host", "127.0.0.1"), ("cookie", f"xiaoqu-80={TOKEN}")]
    assert asked("http", headers, port=80)[1]["body"] == b"ours"
