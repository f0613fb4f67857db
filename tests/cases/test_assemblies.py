"""An assembly, worked out: who is called, who comes, who says yes, and what is written down."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from tests.strategies import set_terms, small

from xiaoqu.governance import assembly
from xiaoqu.governance.assembly import AssemblyTerms, Poll
from xiaoqu.governance.law import Matter
from xiaoqu.kernels import logistic

NOTHING = dict.fromkeys(AssemblyTerms._fields, 0.0)
quiet = partial(small, 2, campaign__months=0)


def votes(terms: dict[str, float], given: dict[str, float], live_in: bool = True) -> Poll:
    """Three equal households of 50 m² and 5,000 yuan with trust 0.4 vote; what is not given is 0."""
    given = dict(given)
    state = {"disposition": 0.0, "trust": 0.4, "area": 5000, "income": 5000.0, "tenure": 0 if live_in else 2}
    state |= {name: given.pop(name) for name in set(given) & set(state)}
    kinds = {"area": np.int32, "tenure": np.uint8}
    column: Any = {name: np.full(3, value, kinds.get(name, np.float32)) for name, value in state.items()}
    called = [given.pop(name, 0.0) for name in ("mobilised", "online", "gain", "fee_change", "branch")]
    assert not given, "the rule asks for nothing of that name"
    place: tuple[Any, ...] = (AssemblyTerms(**(NOTHING | terms)), np.uint64(1), np.uint64(2), 5, 6, 0)
    columns = [column[name] for name in ("tenure", "area", "income", "disposition", "trust")]
    everything = *place, *called, (0, 3), np.arange(3, dtype=np.int32), *columns
    found = [Poll(*rule(*everything)) for rule in (assembly.cast_votes, assembly._cast)]
    assert found[0] == found[1], "compiled and plain differ"
    return found[0]


@pytest.mark.parametrize(
    ("terms", "given", "logit"),
    [
        ({"yes": 0.7}, {}, 0.7),
        ({"gain": 2.0}, {"gain": 0.3}, 0.6),
        # 0.3 yuan x 50 m² is once 0.3 % of 5,000 yuan: -1.5 ln 2
        ({"cost": 1.5}, {"fee_change": 0.3}, -1.0397),
        ({"cost": 1.5}, {"fee_change": 0.3, "area": 10_000, "income": 10_000.0}, -1.0397),
        # relief counts up to half of that: -1.5 ln 0.5
        ({"cost": 1.5}, {"fee_change": -0.9}, 1.0397),
        ({"yes_trust": 2.0}, {"trust": 0.6}, 0.4),
        ({"yes_trust": 2.0, "yes_branch": 0.15}, {"trust": 0.6, "branch": 1.0}, 0.7),
        ({"yes_civic": 0.3}, {"disposition": -2.0}, -0.6),
    ],
)
def test_who_says_yes(terms: dict[str, float], given: dict[str, float], logit: float) -> None:
    assert votes(terms, given).approval == pytest.approx(logistic(logit), abs=1e-5)


@pytest.mark.parametrize(
    ("terms", "given", "come"),
    [
        ({"turnout": 1000.0}, {}, (True, False)),
        ({"absent": 1000.0}, {}, (False, True)),
        ({"turnout_civic": 1000.0}, {"disposition": 1.1}, (True, False)),
        ({"turnout_trust": 5500.0}, {"trust": 0.6}, (True, False)),
        ({"turnout_trust": 5500.0}, {"trust": 0.55}, (False, False)),
        ({"mobilisation": 1100.0}, {"mobilised": 1.0}, (True, False)),
        ({"absent_mobilisation": 1100.0}, {"mobilised": 1.0}, (False, True)),
        ({"online": 1100.0}, {"online": 1.0}, (True, False)),
        ({"absent_online": 1100.0}, {"online": 1.0}, (False, True)),
        ({"mobilisation": 1100.0, "absent_mobilisation": 1100.0}, {"online": 1.0}, (False, False)),
    ],
)
def test_who_comes(terms: dict[str, float], given: dict[str, float], come: tuple[bool, bool]) -> None:
    """Owners who live there, and those who do not; each term has to turn a logit of -1000."""
    base = {"turnout": -1000.0, "absent": -1000.0}
    found = tuple(votes(base | terms, given, live_in=here).heads_part == 3 for here in (True, False))
    assert found == come


@pytest.mark.parametrize(
    ("changed", "called"),
    [
        ({}, 0.1 + 0.2 * 0.5),
        # asked first: 0.3 x half a grade x branch 0.5; the team: 0.4 x (1 + 0.25 x 0.8)
        ({"covered": 1.0}, 0.1 + 0.2 * 0.5 + 0.3 * 0.5 * 0.5 + 0.4 * (1.0 + 0.25 * 0.8)),
        ({"covered": 1.0, "branch": 0.0, "sponsor": 0.0}, 0.1 + 0.4),
        ({"covered": 1.0, "branch": 4.0}, 1.3),
    ],
    ids=["the branch and the notice", "in the campaign", "the team alone", "no more than can come together"],
)
def test_who_is_called(changed: dict[str, float], called: float) -> None:
    strengths = {
        "own": 0.1,
        "branch": 0.2,
        "consent": 0.3,
        "campaign": 0.4,
        "sponsor": 0.25,
        "example": 9.0,
        "most": 1.3,
    }
    district = quiet(levers__party_consent=0.5)
    terms = {f"mobilisation_{name}": value for name, value in strengths.items()}
    set_terms(district, AssemblyTerms, "assembly", **terms)
    for name, value in ({"branch": 0.5, "sponsor": 0.8, "covered": 0.0} | changed).items():
        getattr(district.world.compounds, name)[0] = value
    assert assembly.mobilisation(district, 0) == pytest.approx(called)


def test_an_example_next_door_calls_too() -> None:
    """A neighbour that came to a mode last month and is more satisfied by 0.3: half of that."""
    district = quiet()
    world = district.world
    world.compounds.satisfaction[:] = 0.4
    world.compounds.mode[1], world.compounds.mode_since[1], world.compounds.satisfaction[1] = 3, -1, 0.7
    plain = {"mobilisation_own": 0.0, "mobilisation_branch": 0.0, "mobilisation_example": 0.5}
    set_terms(district, AssemblyTerms, "assembly", **plain)
    assert assembly.mobilisation(district, 0) == pytest.approx(0.15)


@pytest.mark.parametrize("covered", [0.0, 1.0])
def test_what_an_assembly_is_told_and_what_it_counts(covered: float) -> None:
    """Quality is to rise from 0.4 to 0.7; online ballots are for compounds of the campaign."""
    district = quiet(levers__online_ballots=1.0, places__compounds=1)
    world = district.world
    world.households.tenure[:], world.compounds.quality[0], world.compounds.covered[0] = 2, 0.4, covered
    terms = {"gain": 2.0, "absent": -1000.0, "absent_online": 2000.0, "opinions": 0.1}
    set_terms(district, AssemblyTerms, "assembly", **(NOTHING | terms))
    proposal = assembly.Proposal(Matter.OTHER, 0.7, 0.0, "for this story")
    found = assembly.poll(district, 0, proposal)
    assert found.approval == pytest.approx(logistic(0.6))
    assert found.heads_part == covered * len(world.households)
    assert (found.area_part, found.heads_yes > 0, found.area_yes > 0) == (
        covered * world.compounds.area[0],
        *[covered > 0] * 2,
    )


@pytest.mark.parametrize(
    ("part", "yes", "counted"),
    [(39, 39, (0, 0)), (40, 20, (1, 0)), (45, 23, (1, 1))],
    ids=["too few", "a tie", "carried"],
)
def test_what_is_written_down(part: int, yes: int, counted: tuple[int, int]) -> None:
    """60 owners of 1 m²; an opinion from each tenth participant, 4.5 rounded up."""
    district = quiet(places__compounds=1, places__households=60)
    compounds, tally = district.world.compounds, district.world.tally
    compounds.area[0] = 6000
    set_terms(district, AssemblyTerms, "assembly", opinions=0.1)
    proposal = assembly.Proposal(Matter.OTHER, 0.7, 0.0, "for this story")
    assembly.declare(district, 0, proposal, Poll(part, 100 * part, yes, 100 * yes, 0.5))
    assert (tally.assemblies[0], tally.assemblies_valid[0], tally.assemblies_passed[0]) == (1, *counted)
    assert tally.turnout_sum[0] == part / 60
    assert tally.opinions[0] == (5.0 if part == 45 else 4.0)
