"""The view: watch a district in the browser, ask it why, change its course. `xiaoqu view` opens it.

For users of Mesa, `solara_viz` shows the same district behind Mesa's own controls. It is imported when it is first
used: the command line reads the texts of this package and needs none of its libraries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xiaoqu_lab.view.mesa_door import solara_viz as solara_viz


def __getattr__(name: str) -> Any:
    if name != "solara_viz":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from xiaoqu_lab.view.mesa_door import solara_viz  # noqa: PLC0415 - needs the extra `view`

    return solara_viz
