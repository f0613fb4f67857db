"""No two decisions share a draw: among those whom one draw has chosen, the next one chooses at its own chance.

A draw that served twice would leave every chance by itself right, and only what hangs together wrong.
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.strategies import BASELINE, set_terms

from xiaoqu import District
from xiaoqu.governance import assembly
from xiaoqu.governance.law import Matter
from xiaoqu.month import organisation, payment, problems

PLACES = {
    "places.compounds": 40,
    "places.households": 20_000,
    "campaign.months": 0,
    "calendar.spin_up": 12,
    "eligibility.volunteers_per_stairwell": 1.0,
}


@pytest.fixture
def district() -> District:
    """20,000 flats, nobody absent; what 40 compounds' organisations do is one draw each."""
    made = District(BASELINE.with_overrides(PLACES), rng=6)
    made.world.households.tenure[:] = 0
    made.world.compounds.occupied[:] = made.world.compounds.households
    return made


def is_half(chosen: np.ndarray) -> None:
    """One half, within 5 standard errors."""
    assert len(chosen) > 1000
    assert abs(chosen.mean() - 0.5) < 2.5 / np.sqrt(len(chosen))


def set_payment(district: District, **values: float) -> None:
    nothing = dict.fromkeys(payment.PaymentTerms._fields, 0.0)
    set_terms(district, payment.PaymentTerms, "payment", **(nothing | {"lead_life": 1.0} | values))
    households, compounds = district.world.households, district.world.compounds
    households.steady[:], households.arrears[:], households.bill[:] = 0.0, 777, 0
    compounds.flat_fee[:], compounds.bill_offset[:] = 100.0, district.month % compounds.billing


def test_paying_and_clearing_old_debts(district: District) -> None:
    set_payment(district, clear=0.5)
    payment.run(district.world)
    households = district.world.households
    paid = households.paid.astype(bool)
    is_half(paid)
    is_half(households.arrears[paid] == 0)


def test_being_called_on_and_paying(district: District) -> None:
    set_payment(district)
    district.world.compounds.visits[:] = 0.5
    district.world.households.fatigue[:] = 0.0
    payment.run(district.world)
    called = district.world.households.fatigue > 0.0
    for group in (called, ~called):
        is_half(district.world.households.paid[group])


def test_having_a_problem_its_kind_and_its_report(district: District) -> None:
    stated = {"share_private": 0.5, "share_large": 0.0, "hotline": 0.5, "chief": 0.0, "service_points": 0.0}
    set_terms(district, problems.ProblemTerms, "problems", rate=0.3, **stated)
    world = district.world
    world.households.trust[:] = 0.5
    world.mode_table.reporting[:] = 0.0
    world.issues.count = 0
    problems.run(world)
    columns, count = world.issues.columns, world.issues.count
    private, heard = columns.kind[:count] == 0, columns.reported[:count] == world.month
    is_half(private)
    is_half(heard)
    is_half(heard[private])


def test_coming_to_the_assembly_and_saying_yes(district: District) -> None:
    nothing = dict.fromkeys(assembly.AssemblyTerms._fields, 0.0)
    set_terms(district, assembly.AssemblyTerms, "assembly", **nothing)
    counts = [
        assembly.hold(district, row, assembly.Proposal(Matter.OTHER, 0.5, 0.0, "for this test")).count
        for row in range(40)
    ]
    heads, part, yes = (sum(getattr(count, name) for count in counts) for name in ("heads", "heads_part", "heads_yes"))
    assert abs(part / heads - 0.5) < 2.5 / np.sqrt(heads)
    assert abs(yes / part - 0.5) < 2.5 / np.sqrt(part)


def test_volunteers_who_leave_and_who_join(district: District) -> None:
    """About as many leave as join; were it the same draw, the balance would have the same sign everywhere."""
    world, compounds = district.world, district.world.compounds
    nothing = dict.fromkeys(organisation.OrganisationTerms._fields, 0.0)
    sizes = {"branch_members": 1.0, "committee_households": 1.0, "council_households": 1.0, "size_fixed": 1.0}
    # Half of those who are there leave: 0.5 x 1; each stairwell finds one with 0.5 x (anyway 0.5 + quality 0.5).
    even = {"quit": 0.5, "recruit": 0.5, "recruit_anyway": 0.5, "recruit_most": 10.0}
    set_terms(district, organisation.OrganisationTerms, "organisation", **(nothing | sizes | even))
    compounds.is_council[:], compounds.branch[:], compounds.quality[:] = 1, 0.0, 0.5
    compounds.volunteers[:] = compounds.stairwells
    before = compounds.volunteers.copy()
    organisation.run(world)
    change = compounds.volunteers - before
    assert (change > 0).any()
    assert (change < 0).any()
