"""What one does with the world: run it, compare it with what was reported, sweep it, ask it why, look at it.

    from xiaoqu_lab import make_design, sweep, load, compare
    design = make_design("hengdong", {"levers.neighbour_chiefs": "off,on"}, replicates=30)
    found = sweep(design, "results/chiefs")        # the same call goes on where it stopped
    found.outcomes                                 # pandas
    compare("hengdong", {"levers.neighbour_chiefs": "off"}).table

A name is imported when it is first used, so that the command line's help needs no simulation.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xiaoqu_lab.sweeps.calibrate import calibrate as calibrate
    from xiaoqu_lab.sweeps.compare import compare as compare
    from xiaoqu_lab.sweeps.design_reading import make_design as make_design
    from xiaoqu_lab.sweeps.design_reading import read_design as read_design
    from xiaoqu_lab.sweeps.discover import discover as discover
    from xiaoqu_lab.sweeps.replay import replay as replay
    from xiaoqu_lab.sweeps.report import report as report
    from xiaoqu_lab.sweeps.results import load as load
    from xiaoqu_lab.sweeps.sensitivity import sensitivity as sensitivity
    from xiaoqu_lab.sweeps.sweep import estimate as estimate
    from xiaoqu_lab.sweeps.sweep import sweep as sweep

_WHERE = {
    "make_design": "sweeps.design_reading",
    "read_design": "sweeps.design_reading",
    "estimate": "sweeps.sweep",
    "sweep": "sweeps.sweep",
    "load": "sweeps.results",
    "compare": "sweeps.compare",
    "replay": "sweeps.replay",
    "report": "sweeps.report",
    "sensitivity": "sweeps.sensitivity",
    "discover": "sweeps.discover",
    "calibrate": "sweeps.calibrate",
}
"""Where each public call lives."""


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_WHERE)
