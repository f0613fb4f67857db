"""One component that shows a picture drawn as an SVG string and says which of its marks was picked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import solara

if TYPE_CHECKING:
    from collections.abc import Callable


@solara.component_vue("picture.vue", vuetify=False)
def _Drawing(svg: str, label: str, event_pick: Callable[[str], None]) -> None:
    """The picture in the page; see `picture.vue`."""


@solara.component
def Picture(svg: str, on_pick: Callable[[str], None] | None = None, label: str = "") -> None:
    """Show a picture; every element with `data-pick="key"` is a button.

    Args:
        svg: One `<svg xmlns="http://www.w3.org/2000/svg">` element, well-formed XML: whatever is not ours (names in a
            ledger) has to be escaped. Marks to pick also carry `tabindex="0" role="button" aria-label="…"`.
        on_pick: Called with the key when a mark is clicked, or when Enter or Space is pressed on it.
        label: What the picture is, for those who do not see it.
    """

    def pick(key: str) -> None:
        if on_pick is not None:
            on_pick(key)

    _Drawing(svg=svg, label=label, event_pick=pick)
