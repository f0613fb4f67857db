"""One component: a button to choose a file of the visitor's with."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import solara

if TYPE_CHECKING:
    from collections.abc import Callable


@solara.component_vue("file_button.vue", vuetify=False)
def _FileButton(label: str, accept: str, limit: int, event_file: Callable[[dict[str, str]], None]) -> None:
    """The button in the page; see `file_button.vue`."""


@solara.component
def FileButton(label: str, on_file: Callable[[str, bytes], None], limit: int, accept: str = "") -> None:
    """A button to choose a file with.

    Args:
        label: What it says.
        on_file: Called with name and content; of a file larger than the limit, with one byte more than that.
        limit: Bytes that may be sent.
        accept: The endings that the browser offers, such as ".toml" or ".csv,.txt".
    """

    def sent(message: dict[str, str]) -> None:
        on_file(message["name"], base64.b64decode(message["data"]))

    _FileButton(label=label, accept=accept, limit=limit, event_file=sent)
