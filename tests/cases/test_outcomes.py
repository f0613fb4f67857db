"""How outcomes follow from the tally: two months of four compounds, each figure with its sum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.strategies import small

from xiaoqu import tally
from xiaoqu.outcomes import _quantile
from xiaoqu.tally import Tally

if TYPE_CHECKING:
    from xiaoqu import District


def with_history(*months: dict[str, list[float]]) -> District:
    """A district of four compounds whose tally says this of month 0, month 1 and so on; what is not named is 0."""
    district = small(1, campaign__months=0)
    world = district.world
    world.compounds.households[:], world.compounds.occupied[:] = [10, 20, 30, 40], [10, 10, 20, 40]
    world.tally = Tally(4)
    for month, rows in enumerate(months):
        world.tally.data[:] = 0.0
        for name, row in rows.items():
            getattr(world.tally, name)[:] = row
        world.tally.keep(month, np.zeros(61))
    return district


FIRST: dict[str, list[float]] = {
    "billed": [100, 0, 300, 0],
    "collected": [80, 0, 120, 0],
    "collected_late": [0, 50, 0, 0],
    "collected_arrears": [0, 30, 0, 0],
    "satisfaction": [0.2, 0.4, 0.6, 0.8],
    "quality": [0.2, 0.4, 0.6, 0.8],
    "crew": [0.5, 0.9, 1.0, 0.0],
    "has_firm": [1, 0, 1, 0],
    "has_committee": [1, 1, 1, 0],
    "has_branch": [1, 0, 1, 1],
    "served": [1, 1, 0, 1],
    "committee_functions": [1, 0, 0, 0],
    "effort": [0.9, 0.3, 0.3, 0.7],
    "published": [1, 1, 0, 0],
    "mode": [1, 0, 3, 1],
    "firm": [2, -1, 2, 0],
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("billed", 400),
        ("collection_rate", 200 / 400),
        ("satisfaction", (2.0 + 4.0 + 12.0 + 32.0) / 80),  # over flats lived in
        ("quality", (2.0 + 8.0 + 18.0 + 32.0) / 100),  # over all flats
        ("crew_level", (5.0 + 30.0) / 40),  # where firms serve
        ("committee_effort", (0.9 + 0.3 + 0.3) / 3),  # where committees are
        ("share_functioning", 1 / 3),  # of three committees
        ("share_three_coverages", 1 / 4),  # branch, committee and service: the first
        ("share_published", 2 / 4),
        ("share_unmanaged", 1 / 4),
        ("modes_in_use", 2),
        ("largest_portfolio", 2),
        ("collection_rate_cumulative", (200 + 50 + 30) / 400),
    ],
)
def test_the_figure_of_a_month(name: str, value: float) -> None:
    assert with_history(FIRST).outcomes()[name].tolist() == [pytest.approx(value)]


def test_where_there_is_nothing_to_measure_it_is_null_and_what_adds_up_goes_on() -> None:
    """In month 1 no bill goes out; 60 of old debts come in: 340 of the 400 billed so far."""
    frame = with_history(FIRST, {"collected_late": [60.0, 0.0, 0.0, 0.0], "firm": [-1.0] * 4}).outcomes()
    assert np.isnan(frame["collection_rate"][1])
    assert np.isnan(frame["crew_level"][1])
    assert frame["collection_rate_cumulative"].tolist() == pytest.approx([280 / 400, 340 / 400])
    assert (frame["billed"][1], frame["largest_portfolio"][1], frame["modes_in_use"][1]) == (0, 0, 0)


def test_by_compound() -> None:
    rows: dict[str, Any] = {"billed_12m": [100, 0, 300, 0], "collected_12m": [80, 0, 120, 0], "mode": [1, 0, 0, 0]}
    district = with_history(rows, rows)
    frame = district.outcomes_by_compound()
    assert list(frame.columns)[:5] == ["month", "compound", "name", "mode", "billed"]
    assert frame["month"].tolist() == [0] * 4 + [1] * 4
    assert frame["compound"].tolist() == [0, 1, 2, 3] * 2
    assert frame["collection_rate_12m"].iloc[[0, 2]].tolist() == pytest.approx([0.8, 0.4])
    assert frame["collection_rate_12m"].iloc[[1, 3]].isna().all()
    assert frame["mode"].iloc[:2].tolist() == [district.world.modes[1], "unmanaged"]


def test_before_the_first_month_there_is_nothing() -> None:
    district = with_history()
    assert len(district.outcomes()) == len(district.outcomes_by_compound()) == 0


def test_how_long_matters_wait() -> None:
    """Ten settled in month 0: five at once, four after a month, one after seven. In month 12 they no longer count."""
    waits = np.zeros((13, 61))
    waits[0, [0, 1, 7]] = 5.0, 4.0, 1.0
    assert [_quantile(waits, share)[0] for share in (0.5, 0.51, 0.9, 0.91)] == [0.0, 1.0, 1.0, 7.0]
    assert _quantile(waits, 0.91)[11] == 7.0
    assert np.isnan(_quantile(waits, 0.91)[12])
    waits[12, 3] = 1.0
    assert _quantile(waits, 0.91)[12] == 3.0


def test_what_a_closed_month_says_of_each_compound() -> None:
    """A committee functions above the least effort; served is who has a mode or what the public buys."""
    district = small(1, campaign__months=0, organisation__effort_least=0.3)
    world = district.world
    compounds = world.compounds
    compounds.has_committee[:], compounds.effort[:] = [1, 1, 0, 1], [0.31, 0.3, 0.9, 0.8]
    compounds.mode[:], compounds.subsidy[:], compounds.firm[:] = [2, 0, 0, 1], [0.0, 9.0, 0.0, 0.0], [-1, -1, -1, 0]
    tally.run(world)
    assert world.tally.committee_functions.tolist() == [1.0, 0.0, 0.0, 1.0]
    assert world.tally.served.tolist() == [1.0, 1.0, 0.0, 1.0]
    assert world.tally.has_firm.tolist() == [0.0, 0.0, 0.0, 1.0]
    assert world.tally.quality.tolist() == compounds.quality.tolist()
