"""The four documented cases as they are, month by month, and a district of a million households."""

from __future__ import annotations

import numpy as np
import pytest
from tests.strategies import breaches

from xiaoqu import District, load_scenario
from xiaoqu.tally import INDEX


def live(district: District, months: int) -> None:
    """Step by months; every month the books balance and no bill and no matter is lost."""
    world = district.world
    assert district.ledger.residue() == 0
    for _ in range(months):
        households = world.households
        purses, owed = int(households.purse.sum()), int(households.arrears.sum()) + int(households.bill.sum())
        before = len(world.issues)
        district.step()
        assert district.ledger.residue() == 0
        month = {name: float(world.tally.history[-1][row].sum()) for name, row in INDEX.items()}
        paid = month["collected"] + month["collected_late"] + month["collected_arrears"]
        assert purses - int(households.purse.sum()) == paid
        assert int(households.arrears.sum()) + int(households.bill.sum()) - owed == month["billed"] - paid
        gone = sum(count for name, count in month.items() if name.startswith("settled_by_")) + month["lapsed"]
        assert len(world.issues) == before + month["problems"] - gone
        assert breaches(district) == []


@pytest.mark.parametrize("name", ["xiashesi", "daguan", "hengdong", "shaoshan"])
def test_a_case_keeps_its_books_to_the_end(name: str) -> None:
    scenario = load_scenario(name)
    district = District(scenario, rng=11)
    live(district, scenario["calendar.months"])
    turned_over = district.ledger.balances()
    assert min(-turned_over["households"], turned_over["staff"]) > 1_000_000, "hardly any money moved"


@pytest.mark.slow
def test_a_million_households_keep_their_books_for_a_year() -> None:
    sizes = {"places.compounds": 6000, "places.households": 1_000_000}
    district = District(load_scenario("hengdong", sizes), rng=11)
    assert (len(district.households), len(district.compounds)) == (1_000_000, 6000)
    live(district, 12)
    assert np.abs(district.world.ledger.outside).max() > 2**31, "sums no longer fit 32 bits, and need not"
