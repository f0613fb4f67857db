"""Around the page: the command, who may open what it serves, and that nothing leaves the machine."""

from __future__ import annotations

import http.client
import http.server
import json
import socket
import threading
from typing import TYPE_CHECKING

import pytest
from tests.browser.running import PATIENCE, launch, the_command
from tests.browser.waiting import at, comes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.browser.conftest import Start, View, Visit

pytestmark = pytest.mark.browser

HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
KERNEL = "/jupyter/api/kernels/7f3a/channels?session_id=9b1c"


@pytest.fixture
def view(start: Start) -> View:
    return start("hengdong")


def asked(view: View, path: str, headers: Mapping[str, str]) -> tuple[int, str]:
    """Status and text of an answer to a request with exactly these headers."""
    connection = http.client.HTTPConnection("127.0.0.1", view.port, timeout=PATIENCE / 1000)
    connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    said = "" if answer.status == 101 else answer.read().decode()
    connection.close()
    return answer.status, said


def cookie(view: View) -> str:
    return f"xiaoqu-{view.port}={view.address.partition('token=')[2]}"


def test_the_page_opens_and_keeps_no_token_in_its_address(view: View, visit: Visit) -> None:
    page = visit(view.address)
    page.locator(".compound-mark").first.wait_for()
    assert page.url.startswith(view.root)
    assert "token" not in page.url
    held = {each["name"]: each for each in page.context.cookies()}[f"xiaoqu-{view.port}"]
    assert (held["httpOnly"], held["sameSite"]) == (True, "Strict")
    page.reload()
    page.locator(".compound-mark").first.wait_for()


def test_who_does_not_know_the_address_is_told_what_to_do(view: View, visit: Visit) -> None:
    page = visit(view.root, refused=True)
    assert "xiaoqu view" in page.inner_text("body")
    assert page.locator(".compound-mark").count() == 0


def test_requests_and_websockets_need_our_host_our_origin_and_the_cookie(view: View) -> None:
    """The same request passes with the one, and fails with the other."""
    host = f"127.0.0.1:{view.port}"
    ours = {"Host": host, "Origin": f"http://{host}", "Cookie": cookie(view)}
    assert asked(view, "/", ours)[0] == 200
    assert asked(view, KERNEL, {**ours, **HANDSHAKE})[0] == 101
    for wrong in (
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": f"http://127.0.0.1:{view.port + 1}"},
        {"Host": f"evil.example:{view.port}"},
        {"Cookie": ""},
        {"Cookie": f"xiaoqu-{view.port}=guessed"},
    ):
        assert asked(view, "/", {**ours, **wrong})[0] == 403, wrong
        assert asked(view, KERNEL, {**ours, **wrong, **HANDSHAKE})[0] == 403, wrong


def test_a_library_that_is_not_here_is_not_fetched_from_elsewhere(view: View) -> None:
    """Solara would; `_nothing_leaves_the_machine` sees it."""
    host = f"127.0.0.1:{view.port}"
    assert asked(view, "/_solara/cdn/absent@1.0.0/dist/absent.js", {"Host": host, "Cookie": cookie(view)})[0] == 404


def test_a_mark_keeps_the_focus_while_months_go_by(view: View, visit: Visit) -> None:
    """The element itself stays, so that what is hovered over or read aloud is not taken away."""
    page = visit(view.address)
    mark = page.locator(".compound-mark").nth(4)
    mark.wait_for()
    mark.focus()
    mark.evaluate("mark => { mark.isTheSame = true; }")
    shapes = mark.get_attribute("class")
    for month in range(12):
        page.keyboard.press("ArrowRight")
        at(page, month)
    assert mark.get_attribute("class") != shapes, "the picture is another"
    assert page.evaluate("document.activeElement.isTheSame")
    page.keyboard.press("Enter")
    page.locator(".compound-page").wait_for()


@pytest.fixture
def hostile_page(view: View) -> Iterator[str]:
    """A page of another server of this machine, which a browser sends our cookie along with; it tries what it can."""
    script = f"""
        const tried = {{}};
        const note = (what, how) => {{ tried[what] = how; document.title = JSON.stringify(tried); }};
        const socket = new WebSocket("ws://127.0.0.1:{view.port}{KERNEL}");
        socket.onopen = () => note("websocket", "opened");
        socket.onerror = () => note("websocket", "refused");
        fetch("{view.root}", {{credentials: "include"}})
          .then(() => note("fetch", "read"), () => note("fetch", "refused"));
        fetch("{view.root}", {{credentials: "include", mode: "no-cors"}})
          .then(() => note("blind", "sent"), () => note("blind", "refused"));
        const image = new Image();
        image.onload = () => note("image", "read");
        image.onerror = () => note("image", "refused");
        image.src = "{view.root}static/assets/favicon.png";
        const frame = document.createElement("iframe");
        frame.onload = () => note("frame", "tried");
        frame.src = "{view.root}";
        document.body.append(frame);
    """

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(f"<!doctype html><body><script>{script}</script></body>".encode())

        def log_message(self, *_: object) -> None:
            """Not into the tests' output."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def test_another_page_in_the_same_browser_gets_nothing(view: View, visit: Visit, hostile_page: str) -> None:
    page = visit(view.address, refused=True)
    page.locator(".compound-mark").first.wait_for()
    other = page.context.new_page()
    other.goto(hostile_page)
    other.wait_for_function("Object.keys(JSON.parse(document.title || '{}')).length === 5")
    tried = json.loads(other.title())
    assert tried == {
        "websocket": "refused",
        "fetch": "refused",
        "blind": "refused",
        "image": "refused",
        "frame": "tried",
    }
    framed = next(frame for frame in other.frames if frame.parent_frame is not None)
    assert framed.locator(".compound-mark").count() == 0


def test_a_closed_tab_frees_its_model(tmp_path: Path, visit: Visit) -> None:
    view = launch(tmp_path, the_command("hengdong"))  # of which no earlier visitor is about to leave

    def models() -> int:
        headers = {"Host": f"127.0.0.1:{view.port}", "Cookie": cookie(view)}
        return int(json.loads(asked(view, "/resourcez", headers)[1])["kernels"]["total"])

    try:
        assert models() == 0
        page = visit(view.address)
        page.locator(".compound-mark").first.wait_for()
        assert models() == 1
        page.close(run_before_unload=True)
        assert comes(lambda: models() == 0), "the closed tab's model is still there"
    finally:
        assert view.close() == 0


def test_the_address_is_opened_in_the_browser_of_the_system(tmp_path: Path) -> None:
    """Where there is a screen; where there is none, the command goes on without a word."""
    opened, browser = tmp_path / "opened.txt", tmp_path / "browser.sh"
    browser.write_text(f'#!/bin/sh\necho "$1" >> {opened}\n', "utf-8")
    browser.chmod(0o755)
    command = [*the_command("hengdong")[:-1]]
    for screen in ("", ":7"):
        folder = tmp_path / f"screen{screen}"
        folder.mkdir()
        view = launch(folder, command, BROWSER=f"{browser} %s", DISPLAY=screen, WAYLAND_DISPLAY="")
        try:
            if screen:
                assert comes(lambda: opened.exists() and opened.read_text("utf-8") != "")
            else:
                assert not comes(opened.exists, seconds=1.0)
        finally:
            assert view.close() == 0
    assert opened.read_text("utf-8").strip() == view.address


def test_other_machines_are_not_listened_to(tmp_path: Path) -> None:
    """127.0.0.2 reaches a server that listens everywhere, and none that listens on 127.0.0.1."""
    view = launch(tmp_path, the_command("hengdong"), HOST="0.0.0.0", SOLARA_HOST="0.0.0.0")  # noqa: S104 - what must not be heard
    try:
        socket.create_connection(("127.0.0.1", view.port), timeout=PATIENCE / 1000).close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", view.port), timeout=PATIENCE / 1000)
    finally:
        assert view.close() == 0


def test_ctrl_c_ends_it_while_a_page_is_open(tmp_path: Path, visit: Visit) -> None:
    view = launch(tmp_path, the_command("hengdong", "--lang", "zh"))
    page = visit(view.address, refused=True)
    page.locator(".compound-mark").first.wait_for()
    assert view.close() == 0
    said = view.log.read_text("utf-8")
    assert said.rstrip().endswith("页面已关闭。")
    assert "Traceback" not in said
    assert "Warning" not in said
