"""What a rule's wrapper hands over is what its kernel calls it: two columns swapped would still be numbers.

Each kernel is listened to for a month, and every array it gets is found again among the columns of the tables, the
rows of the tally, the world's own arrays and the levers, each at a grade of its own.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.strategies import LEVERS, small

from xiaoqu import tally
from xiaoqu.month import judgement, organisation, payment, problems, response, service, settlement

if TYPE_CHECKING:
    from xiaoqu import District
    from xiaoqu.world import World

KERNELS = [
    *[(judgement, "judge"), (organisation, "live_on"), (payment, "pay"), (problems, "problems_everywhere")],
    *[(response, "plan_capacity"), (response, "respond"), (response, "dealt_with"), (service, "serve")],
    *[(settlement, "settle"), (tally, "close")],
]
# What goes by another name inside a kernel than in the tables, or by one that two tables have; `=` is made for it.
CALLED = {
    "judge": "satisfaction=households.satisfaction trust=households.trust mean_satisfaction=compounds.satisfaction"
    " mean_trust=compounds.trust",
    "live_on": "active=levers.party_branches groups=levers.stairwell_groups civic=levers.civic_life"
    " thanks=levers.volunteering joint_review=levers.joint_review runs=",
    "pay": "first=compounds.first households=compounds.households stair_first=stairwells.first"
    " stair_households=stairwells.households offset=compounds.bill_offset area=compounds.area"
    " flat_area=households.area satisfaction=households.satisfaction trust=households.trust",
    "problems_everywhere": "first=compounds.first households=compounds.households has_chief=stairwells.chief"
    " trust=households.trust reports=tally.reported channel= who= kind= reported=",
    "plan_capacity": "members=compounds.members_in_service meetings=levers.three_party_meetings patrols=levers.patrols"
    " mode_capacity=mode_table.capacity mode_driver=mode_table.driver capacity=world.capacity",
    "respond": "triage=levers.triage called=levers.tiered_response joint=levers.joint_review reported=issues.reported"
    " capacity=world.capacity tiers=world.tier_budget programme=world.programme_money settled=tally.settled_by"
    " reports=tally.reported ages=tally.backlog_by_age",
    "dealt_with": "",
    "serve": "hours=tally.volunteer_hours",
    "settle": "firm_cash=firms.cash flows=tally.flows",
    "close": "first=compounds.first households=compounds.households arrears=households.arrears"
    " reported=tally.reported out_arrears=tally.arrears out_vintage=tally.billed_12m out_reported=tally.reported_12m"
    " out_settled=tally.settled_12m",
}


def places(world: World) -> dict[tuple[int, tuple[int, ...]], set[str]]:
    """Every array of the world by address and shape: the names it goes by."""
    found: dict[tuple[int, tuple[int, ...]], set[str]] = {}

    def note(name: str, array: Any) -> None:
        if isinstance(array, np.ndarray) and array.size:
            found.setdefault((array.ctypes.data, array.shape), set()).add(name)

    tables: dict[str, Any] = {"households": world.households, "compounds": world.compounds, "firms": world.firms}
    tables |= {"stairwells": world.stairwells, "issues": world.issues.columns}
    for name, table in tables.items():
        for column in table.columns:
            note(f"{name}.{column}", getattr(table, column))
    own: dict[str, Any] = {"world": world, "tally": world.tally, "ledger": world.ledger}
    for name, holder in own.items():
        for field, array in vars(holder).items():
            note(f"{name}.{field}", array)
    for field in world.mode_table._fields:
        note(f"mode_table.{field}", getattr(world.mode_table, field))
    note("tally.billed_12m", world.tally.data[tally.INDEX["billed_12m"] :][:6])
    return found


def named(rule: Any, module: Any, handed: tuple[Any, ...]) -> dict[str, Any]:
    """Arguments by the kernel's own names, structs by those of their fields; parameters of the rule left out."""
    found: dict[str, Any] = {}
    asked = inspect.signature(getattr(rule, "py_func", rule)).parameters
    for (name, declared), value in zip(asked.items(), handed, strict=True):
        if isinstance(value, tuple):
            struct = getattr(module, str(declared.annotation))
            found |= {} if struct.__name__.endswith("Terms") else dict(zip(struct._fields, value, strict=True))
        else:
            found[name] = value
    return found


@pytest.mark.parametrize(("module", "name"), KERNELS, ids=lambda each: each if isinstance(each, str) else "")
def test_each_column_goes_by_its_own_name(module: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    district = small(1, places__compounds=5, places__households=200, firms__per_compound=2.0)
    world = district.world
    district.run_for(2)
    world.compounds.covered[:] = 1.0
    grades = {lever.removeprefix("levers."): (1 + place) / 64.0 for place, lever in enumerate(LEVERS)}
    world._levers |= grades
    world.compounds.firm[:] = 0  # whoever serves may meet
    known = places(world)
    heard = heard_by(district, module, name, monkeypatch)
    assert heard, "the wrapper does not call this kernel"
    stated = dict(each.split("=") for each in CALLED[name].split())
    wrong = {}
    for argument, array in heard.items():
        if isinstance(array, np.ndarray):
            names = known.get((array.ctypes.data, array.shape), set())
            if not names and array.shape == world.compounds.covered.shape:
                names = {f"levers.{lever}" for lever, grade in grades.items() if (array == grade).all()}
            fits = stated[argument] in (names or {""}) if argument in stated else argument in own_names(names)
            if not fits:
                wrong[argument] = sorted(names)
    assert not wrong
    assert set(stated) <= set(heard), "the kernel asks for nothing of that name"


def own_names(names: set[str]) -> set[str]:
    """Names without their tables."""
    return {name.split(".")[1] for name in names}


def heard_by(district: District, module: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a kernel gets when the wrapper of its module runs."""
    rule, heard = getattr(module, name), {}

    def listen(*handed: Any) -> Any:
        heard.update(named(rule, module, handed))
        return rule(*handed)

    monkeypatch.setattr(module, name, listen)
    module.run(district.world)
    return heard


def test_a_committee_runs_what_is_under_its_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    district = small(1, campaign__months=0)
    district.world.compounds.mode[:] = [mode.code for mode in district.modes]
    runs = heard_by(district, organisation, "live_on", monkeypatch)["runs"]
    assert [mode.name for mode in district.modes if runs[mode.code]] == ["committee"]


def test_three_parties_meet_where_a_firm_serves_or_a_committee_functions(monkeypatch: pytest.MonkeyPatch) -> None:
    district = small(1, levers__three_party_meetings=0.5, organisation__effort_least=0.3, campaign__months=0)
    compounds = district.world.compounds
    compounds.firm[:], compounds.effort[:], compounds.covered[:] = [0, -1, -1, 0], [0.0, 0.31, 0.3, 0.9], [1, 1, 1, 0]
    meetings = heard_by(district, response, "plan_capacity", monkeypatch)["meetings"]
    assert meetings.tolist() == [0.5, 0.5, 0.0, 0.0]
