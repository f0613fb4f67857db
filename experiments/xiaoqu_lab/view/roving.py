"""One tab stop for a picture of many marks: arrow keys go from mark to mark, as they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import solara

if TYPE_CHECKING:
    from collections.abc import Sequence


@solara.component_vue("roving.vue", vuetify=False)
def Roving(children: Sequence[Any]) -> None:
    """Around a `Picture` of whose marks one says `tabindex="0"`, the others `tabindex="-1"`; see `roving.vue`."""
