"""Each parameter of the baseline moves some district: a value that nothing reads would be a promise not kept."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from xiaoqu import District, InputError, load_scenario
from xiaoqu.levers import all_levers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from xiaoqu.parameters import Entry
    from xiaoqu.scenario import Scenario

MONTHS = 60
ELSEWHERE = {
    "calendar.months": "how long `xiaoqu run` goes on: tests/integration/test_cli.py",
    "places.ledger": "names a file: tests/integration/test_roster.py",
}
"""Parameters that no district reads, and where they are tried."""

EIGHT = {
    "places.compounds": 8,
    "places.households": 560,
    "places.compounds_per_community": 4,
    "calendar.spin_up": 24,
}
ALL_LEVERS = {lever.key: 1.0 for lever in all_levers()}
MANAGED = {"places.managed_share": 0.5, "places.committee_share": 0.5}


@cache
def settings() -> tuple[Scenario, ...]:
    """Districts that together use every rule; the small ones come first."""
    return (
        load_scenario("hengdong", overrides={"places.households": 600}),
        load_scenario("baseline", overrides={**EIGHT, **MANAGED, **ALL_LEVERS, "campaign.covers": "all"}),
        load_scenario("baseline", overrides={**EIGHT, **MANAGED}),
        load_scenario("xiashesi", overrides={"places.compounds": 20, "places.households": 1200}),
        load_scenario("daguan", overrides={"places.compounds": 12, "places.households": 900}),
        load_scenario("shaoshan", overrides={"places.compounds": 20, "places.households": 1600}),
        # Long enough for warned firms that had cut crew and corners, and for terms that end.
        load_scenario("xiashesi", overrides={"campaign.months": 120, "levers.double_evaluation": 1.0}),
        # Compounds above 400 flats need more crew, and a market firm serves them.
        load_scenario("baseline", overrides={"places.compounds": 2, "places.households": 2400, "calendar.spin_up": 12}),
        # Firms that owners refuse to pay in common, and win back.
        load_scenario("shaoshan"),
    )


@cache
def digest(number: int) -> str:
    """How the setting of that number ends as it stands."""
    return end_of(settings()[number])


def end_of(scenario: Scenario) -> str:
    """The digest of a district after some years."""
    district = District(scenario, rng=1)
    district.run_for(MONTHS)
    return district.digest()


def others(scenario: Scenario, key: str, entry: Entry) -> Iterator[Mapping[str, object]]:
    """Other values that the parameter may have: its bounds, and some near what it is."""
    value = scenario[key]
    if isinstance(value, bool):
        yield {key: not value}
    elif isinstance(value, str):
        yield from ({key: choice} for choice in entry.choices or scenario["modes.allowed"] if choice != value)
    elif isinstance(value, tuple):
        yield from ({key: list(value[:i] + value[i + 1 :])} for i in range(len(value)))
    elif entry.group:
        for other, beside in scenario.baseline.entries.items():
            if beside.group == entry.group and other != key:
                half = 0.5 * min(value, scenario[other])
                yield {key: value - half, other: scenario[other] + half}
    else:
        near = (value * 2 or 1, value * 0.5)
        far = () if key.startswith(("places.", "calendar.")) else entry.bounds  # a million compounds take their time
        for number in {type(value)(number) for number in (*near, *far) if number is not None} - {value}:
            yield {key: number}


def acts(key: str, entry: Entry) -> bool:
    """Whether some other value ends some setting otherwise."""
    for number, scenario in enumerate(settings()):
        for change in others(scenario, key, entry):
            try:
                changed = scenario.with_overrides(change)
            except InputError:  # beyond its bounds, or not beside the others' values
                continue
            if end_of(changed) != digest(number):
                return True
    return False


@pytest.mark.slow
def test_every_parameter_acts() -> None:
    entries = load_scenario("baseline").baseline.entries
    idle = [key for key, entry in entries.items() if key not in ELSEWHERE and not acts(key, entry)]
    assert not idle


def test_the_parameters_tried_elsewhere_exist() -> None:
    assert set(ELSEWHERE) <= set(load_scenario("baseline").baseline.entries)
