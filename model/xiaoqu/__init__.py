"""Simulate how residential compounds (小区) come to govern themselves, and who pays.

    from xiaoqu import District, load_scenario
    district = District(load_scenario("hengdong"), rng=7)
    district.run_for(24)
    district.outcomes()

A name is imported when it is first used: reading a scenario needs neither Mesa nor numba.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xiaoqu.district import District
    from xiaoqu.errors import InputError
    from xiaoqu.scenario import Scenario, load_scenario, scenario_names

__version__ = "0.1.0"
__all__ = ["District", "InputError", "Scenario", "load_scenario", "scenario_names"]

_HOMES = {
    "District": "xiaoqu.district",
    "InputError": "xiaoqu.errors",
    "Scenario": "xiaoqu.scenario",
    "load_scenario": "xiaoqu.scenario",
    "scenario_names": "xiaoqu.scenario",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'xiaoqu' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
