"""Small designs that run in milliseconds, for tests of sweeps."""

from pathlib import Path

from xiaoqu import load_scenario
from xiaoqu.scenario import Scenario
from xiaoqu_lab.sweeps.design import Design
from xiaoqu_lab.sweeps.design_reading import make_design

SMALL = {"places.compounds": 3, "places.households": 90, "calendar.spin_up": 12, "calendar.months": 4}
OUTCOMES = ("collection_rate_12m", "satisfaction", "public_money")
VARY = {"levers.triage": "off,on", "levers.patrols": "off,on"}


def small_scenario(name: str = "hengdong", **more: object) -> Scenario:
    """A case at a fraction of its size."""
    return load_scenario(name, SMALL | {key.replace("__", "."): value for key, value in more.items()})


def small_design(replicates: int = 4, **settings: object) -> Design:
    """Four points."""
    factors = settings.pop("vary", VARY)
    scenario = settings.pop("scenario", None) or small_scenario()
    return make_design(scenario, factors, outcomes=OUTCOMES, replicates=replicates, **settings)  # type: ignore[arg-type]


def content(folder: Path) -> dict[str, bytes]:
    """Every byte of a store by file name, the lock aside."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
