"""What the page of a district says, in English and Chinese; part of the one catalogue in `xiaoqu_lab.texts`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Lang = Literal["en", "zh"]

TEXTS: Mapping[str, Mapping[Lang, str]] = {}

COMPLAINTS: Mapping[str, Mapping[Lang, tuple[str, str]]] = {}
"""Rule and remedy of each complaint."""
