"""What the project promises at its door: the public names, the books, the draws, the levers, the same bytes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from xiaoqu import District, load_scenario
from xiaoqu.levers import all_levers
from xiaoqu.streams import Purpose

if TYPE_CHECKING:
    from xiaoqu.scenario import Scenario

CASES = ("xiashesi", "daguan", "hengdong", "shaoshan")
PROMISED = (
    "month",
    "collection_rate",
    "collection_rate_12m",
    "collection_rate_households",
    "problems",
    "reported",
    "settled",
    "resolution_rate",
    "backlog",
    "satisfaction",
    "trust",
    "share_unmanaged",
    "share_property_company",
    "share_committee",
    "share_council",
)
SMALL = """
from xiaoqu import District, load_scenario
district = District(load_scenario("hengdong", {"places.compounds": 4, "places.households": 300,
                                               "calendar.spin_up": 12}), rng=3)
district.run_for(6)
print(district.digest())
"""


def test_public_door() -> None:
    district = District(load_scenario("hengdong"), rng=1)
    district.run_for(3)
    district.step()
    frame = district.outcomes()
    assert set(PROMISED) <= set(frame.columns)
    assert frame["month"].tolist() == [0, 1, 2, 3]
    assert district.steps == 4
    assert district.ledger.residue() == 0
    assert district.households[17].arrears >= 0
    assert len(district.households.get("satisfaction")) == 1786


@pytest.mark.parametrize("name", CASES)
def test_books_balance_every_month(name: str) -> None:
    """Skipping one side of an entry leaves a residue; the balances themselves are far from zero."""
    district = District(load_scenario(name), rng=5)
    for _ in range(6):
        district.step()
        assert district.ledger.residue() == 0
    assert (
        min(abs(fen) for fen in (district.ledger.balances()["households"], district.ledger.balances()["staff"])) > 1e6
    )


@pytest.mark.slow
def test_books_balance_at_a_million_households() -> None:
    district = District(load_scenario("hengdong", {"places.compounds": 6000, "places.households": 1_000_000}), rng=1)
    for _ in range(12):
        district.step()
        assert district.ledger.residue() == 0


def test_all_mechanisms_have_a_lever() -> None:
    documented = {
        f"{case}{i}" for case, last in (("X", 9), ("D", 10), ("H", 12), ("S", 13)) for i in range(1, last + 1)
    }
    assert len(documented) == 44
    assert {mechanism for lever in all_levers() for mechanism in lever.ids} == documented


def run(scenario: Scenario) -> tuple[District, str]:
    """Run a scenario to its end; also the digest of draws that its households' keys stand for.

    Draws are functions of keys, so what could differ are the keys: who lives where, under which number. That rules use
    no other draws is held by tests/properties/test_common_random_numbers.py.
    """
    district = District(scenario, rng=1)
    district.run_for(scenario["calendar.months"])
    compounds, number = district.world.compounds, district.world.households.number
    drawn = hashlib.sha256()
    for key, first, size in zip(compounds.key, compounds.first, compounds.households, strict=True):
        for purpose in (Purpose.PROBLEMS, Purpose.PAYMENT):
            drawn.update(district.world.streams.uniforms(purpose, 0, number[first : first + size], int(key)))
    return district, drawn.hexdigest()


WITH: dict[str, tuple[District, str]] = {}


@pytest.mark.parametrize("lever", all_levers(), ids=lambda lever: lever.key)
def test_lever_off_changes_the_outcome_and_no_draw(lever: Any) -> None:
    users = [name for name in CASES if load_scenario(name)[lever.key] > 0.0]
    assert users, "no case uses this lever"
    moved = False
    for name in users:
        if name not in WITH:
            WITH[name] = run(load_scenario(name))
        with_it, draws = WITH[name]
        without, same_draws = run(load_scenario(name, {lever.key: "off"}))
        assert same_draws == draws
        assert without.digest() != with_it.digest()
        one, other = (district.outcomes()[lever.moves].fillna(0.0) for district in (with_it, without))
        moved |= bool((one != other).any())
    assert moved, f"{lever.moves} is the same with and without {lever.key} in every case that uses it"


def digest_of(code: str, **environment: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], env=os.environ | environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_same_seed_same_bytes_everywhere() -> None:
    plain = digest_of(SMALL)
    assert digest_of(SMALL, PYTHONHASHSEED="1", NUMBA_NUM_THREADS="1") == plain
    assert digest_of(SMALL, PYTHONHASHSEED="2", NUMBA_NUM_THREADS="2") == plain
    assert digest_of(SMALL.replace("rng=3", "rng=4")) != plain


def test_same_bytes_without_the_compiler() -> None:
    """Every kernel equals its plain-Python text, to the last bit of a small Hengdong."""
    assert digest_of(SMALL, NUMBA_DISABLE_JIT="1") == digest_of(SMALL)
