"""What `xiaoqu view` was started with: the page begins there, unless its address says otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xiaoqu_lab.texts import Lang


@dataclass(frozen=True)
class Launch:
    """One launch of the server; every visitor starts from it and shares nothing else.

    Attributes:
        scenario: Name or path, already known to load with the changes.
        changes: What `--set` changed, by key, as text.
        seed: Seed of the run shown first.
        lang: Language shown first.
    """

    scenario: str = "hengdong"
    changes: Mapping[str, object] = field(default_factory=dict)
    seed: int = 1
    lang: Lang = "en"


_launched = Launch()


def launched() -> Launch:
    """What this process was started with; the defaults where the page runs without `xiaoqu view`."""
    return _launched


def remember(launch: Launch) -> None:
    """Say what this process is started with; called once, before the first page."""
    global _launched  # noqa: PLW0603 - Solara imports the page by name, so nothing can be handed to it
    _launched = launch
