"""What one does with the world: run it, compare it, ask it why, look at it.

from xiaoqu import load_scenario
from xiaoqu_lab import simulate
result = simulate(load_scenario("hengdong"), seed=7)
result.comparisons
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xiaoqu_lab.simulate import Result, simulate

__all__ = ["Result", "simulate"]


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: the command line's help needs no simulation."""
    if name not in __all__:
        raise AttributeError(f"module 'xiaoqu_lab' has no attribute {name!r}")
    import importlib  # noqa: PLC0415 - only for the first use of a name

    return getattr(importlib.import_module("xiaoqu_lab.simulate"), name)
