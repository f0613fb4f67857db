"""What programmes put into a compound, worked out, and what they take back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.strategies import put_to_vote, set_terms, small

from xiaoqu.governance import assembly, programmes
from xiaoqu.governance.law import Matter
from xiaoqu.governance.programmes import Intensities, RunningCosts
from xiaoqu.world import COMMUNITY_FIRM, PARTY

if TYPE_CHECKING:
    from xiaoqu import District

quiet = partial(small, 2, campaign__months=0)
KEPT_UP = ("levers__volunteering", "levers__patrols", "levers__partner_units", "levers__deliberation_points")


def intensities(district: District, **values: float) -> None:
    nothing = dict.fromkeys(Intensities._fields, 0.0)
    set_terms(district, Intensities, "programmes", **(nothing | values))


def test_what_is_kept_up_in_a_covered_compound() -> None:
    """At half a grade, for N flats: 0.5 x 2 yuan x N, 0.5 x (0.1 hour x N + 12 hours), half a point."""
    district = quiet(**dict.fromkeys(KEPT_UP, 0.5))
    compounds = district.world.compounds
    flats = compounds.households[0]
    intensities(district, donations=2.0, volunteer_hours=0.1, patrol_hours=12.0, deliberation_points=1.0)
    free = dict.fromkeys(RunningCosts._fields, 0.0)
    costs = {"patrols": 500.0, "volunteering": 80.0, "civic_life": 250.0}
    set_terms(district, RunningCosts, "programme_costs", **(free | costs))
    programmes.put_in_place(district, 0)
    assert compounds.donations[0] == pytest.approx(1.0 * flats)
    assert compounds.extra_hours[0] == pytest.approx(0.05 * flats + 6.0)
    assert compounds.points[0] == 0.5
    assert compounds.programme_costs[0] == pytest.approx(250.0 + 40.0), "what is off costs nothing"


@pytest.mark.parametrize("mode", [0, 1], ids=["unmanaged", "managed"])
def test_when_the_campaign_reaches_a_compound(mode: int) -> None:
    """Sponsors and bought cleaning are for the unmanaged; 2 x 100 yuan a flat of works, in fen, are for all."""
    begun = {"levers__cadre_sponsors": 2.0, "levers__community_firms": 0.5, "levers__infrastructure_works": 2.0}
    district = quiet(**begun, levers__local_jobs=1.0)
    compounds = district.world.compounds
    flats = compounds.households[0]
    compounds.mode[0], compounds.reporting[0] = mode, 7
    intensities(district, sponsored_share=0.3, baseline_service=4.0, works_money=100.0, jobs_share=1.0, jobs_income=9.0)
    programmes.cover(district, 0)
    assert compounds.covered[0] == 1.0
    assert compounds.members_in_service[0] == 7
    assert district.world.programme_money[0] == 2.0 * 10_000.0 * flats
    assert district.world.tally.household_income[0] > 0.0
    assert compounds.sponsor[0] == (0.0 if mode else pytest.approx(0.6))
    assert compounds.public_charge[0] == (0.0 if mode else pytest.approx(0.5 * 4.0 * flats))


def test_a_chief_is_the_most_civic_owner_of_the_stairwell_who_lives_there() -> None:
    """A chance of a twelfth a flat is sure with twelve flats: one chief a stairwell, appointed anew in the same way."""
    district = quiet(levers__neighbour_chiefs=1.0, places__compounds=1, places__households=24)
    world = district.world
    households = world.households
    households.tenure[:], households.disposition[:] = 0, np.arange(24) % 12
    households.tenure[[11, 22]] = 1, 2  # the most civic of the first stairwell rents, the second's second is away
    intensities(district, chiefs_per_household=1.0 / 12.0)
    for _ in range(2):
        programmes.appoint_chiefs(district, 0)
        assert np.flatnonzero(district.households.get("is_chief")).tolist() == [10, 23]
        assert world.compounds.chiefs[0] == world.stairwells.chief.sum() == 2
    intensities(district, chiefs_per_household=0.0)
    programmes.appoint_chiefs(district, 0)
    assert not district.households.get("is_chief").any()
    assert world.compounds.chiefs[0] == 0


def test_local_jobs_go_to_those_who_live_there_and_once() -> None:
    """At grade 1 all who live there earn 1,500 more, and dues weigh on them by 0.5 x ln(7,500 / 6,000) less."""
    district = quiet(levers__local_jobs=1.0, payment__burden=0.5, places__compounds=1, places__households=40)
    households = district.world.households
    households.tenure[:], households.income[:], households.steady[:] = np.arange(40) % 3, 6000.0, 0.0
    here = households.tenure != 2
    intensities(district, jobs_share=1.0, jobs_income=1500.0)
    programmes.give_work(district, 0)
    assert (households.income == np.where(here, 7500.0, 6000.0)).all()
    assert households.steady == pytest.approx(np.where(here, 0.5 * np.log(1.25), 0.0), rel=1e-6)
    assert district.world.tally.household_income[0] == pytest.approx(1500.0 * here.sum())
    programmes.give_work(district, 0, given=1.0)
    assert households.income.max() == 7500.0, "who has work is not given it again"


@pytest.mark.parametrize(
    ("resident", "reporting", "strength"),
    [(0, 0, 0.0), (1, 0, 0.06), (2, 0, 0.06), (2, 1, 0.2), (3, 0, 0.2)],
    ids=["nobody", "one joins a joint branch", "two as well", "one who reports in makes three", "three form one"],
)
def test_a_branch_of_its_own_takes_three_members(resident: int, reporting: int, strength: float) -> None:
    starts = {"organisation__branch_start": 0.2, "organisation__branch_start_joint": 0.06}
    district = quiet(levers__party_branches=1.0, **starts, places__compounds=1)
    world = district.world
    world.households.roles[:] = np.where(np.arange(len(world.households)) < resident, PARTY, 0)
    world.compounds.members_in_service[0] = reporting
    programmes.form_branch(district, 0)
    assert district.compound(0).branch is None, "it is outside the campaign"
    world.compounds.covered[0] = 1.0
    programmes.form_branch(district, 0)
    branch = district.compound(0).branch
    assert world.compounds.branch[0] == strength
    assert (branch is not None, world.compounds.has_branch[0]) == (strength > 0.0, strength > 0.0)
    assert branch is None or branch.joint == (resident + reporting < 3)


def test_that_members_pay_first_is_announced_yearly_by_a_branch() -> None:
    district = quiet(levers__members_pay_first=1.0)
    compounds = district.world.compounds
    before = compounds.announced.copy()
    compounds.has_branch[:2], compounds.covered[1:] = 1, 1.0
    for row in range(3):
        programmes.announce(district, row)
    assert compounds.announced[:3].tolist() == [before[0], district.month, before[2]]
    again = [district.agenda.months_of("announce", row) for row in range(3)]
    assert again == [[], [district.month + 12], [district.month + 12]], "there may be a branch by then"


def test_what_owners_are_told_of_a_lease() -> None:
    """Half of 8 yuan a flat are hoped to lower the dues: over 50 m² a flat by 0.08 yuan; quality is to gain 0.3."""
    told = {"assembly__relief_lease": 0.5, "assembly__gain_lease": 0.3, "assembly__gain_committee": 0.1}
    district = quiet(levers__public_revenue=0.7, **told)
    world = district.world
    compounds = world.compounds
    set_terms(district, assembly.AssemblyTerms, "assembly", turnout=1000.0, absent=1000.0, yes=1000.0)
    compounds.public_potential[0], compounds.area[0] = 8.0, 5000 * compounds.households[0]
    compounds.mode[0], compounds.quality[0] = 1, 0.4
    programmes.lease_common_parts(district, 0)
    assert not world.tally.assemblies.any(), "it is outside the campaign"
    compounds.covered[:] = 1.0
    compounds.mode[1] = 0
    for row in (0, 0, 1):
        programmes.lease_common_parts(district, row)
    assert world.tally.assemblies.tolist() == [1.0, 0.0, 0.0, 0.0], "once, and where somebody is in charge"
    assert compounds.leased[0] == 0.7
    proposal = put_to_vote(district, 0)
    assert proposal.matter == Matter.BUSINESS_WITH_COMMON_PARTS
    assert proposal.fee_change == pytest.approx(-0.08)
    assert proposal.expected_quality == pytest.approx(0.7)


def test_practice_spreads_to_those_below_the_best() -> None:
    """Of firms of one kind at 0.8, 1.0, 1.2 the upper quarter is good, 1.1; half a grade closes a tenth of the gap."""
    good = {"programmes__learning": 0.2, "programmes__good_practice": 0.75}
    district = quiet(levers__associations=0.5, **good, firms__per_compound=0.0, levers__community_firms=1.0)
    world = district.world
    firms, compounds = world.firms, world.compounds
    firms.kind[:] = COMMUNITY_FIRM
    firms.kind[:3], firms.efficiency[:] = 0, 0.7
    firms.efficiency[:3], compounds.firm[0] = [0.8, 1.0, 1.2], 0
    compounds.has_committee[:], compounds.ability[:] = [1, 1, 1, 0], [0.2, 0.4, 0.6, 0.1]
    programmes.spread_practice(district)
    assert firms.efficiency[0] == 0.8, "nothing is spread where there is no campaign"
    compounds.covered[:] = 1.0
    programmes.spread_practice(district)
    assert firms.efficiency[:4] == pytest.approx([0.83, 1.01, 1.2, 0.7])
    assert compounds.ability == pytest.approx([0.23, 0.41, 0.6, 0.1])
    assert compounds.efficiency[0] == pytest.approx(0.83), "what its firm has learned is seen at once"
    compounds.covered[0] = 0.0
    programmes.spread_practice(district)
    assert compounds.ability[:2] == pytest.approx([0.23, 0.42425]), "of those in the campaign 0.5525 is good"


@pytest.mark.parametrize(
    ("fixed", "supervision", "covered", "floor"),
    [
        (300.0, 0.0, 1.0, 0.5),
        (700.0, 0.0, 1.0, 0.7),
        (300.0, 0.5, 1.0, 0.7),
        (300.0, 3.0, 1.0, 0.9),
        (300.0, 1.0, 0.0, 0.5),
    ],
    ids=[
        "as low as any",
        "what the contract needs",
        "half supervised",
        "no more than supervised",
        "outside the campaign",
    ],
)
def test_how_far_a_crew_can_be_cut(fixed: float, supervision: float, covered: float, floor: float) -> None:
    floors = {"firms__crew_floor": 0.5, "firms__crew_floor_supervised": 0.9}
    district = quiet(levers__firm_supervision=supervision, **floors, places__managed_share=1.0)
    compound, compounds = district.compound(0), district.world.compounds
    assert compound.contract is not None
    compound.contract = compound.contract._replace(fixed=fixed)
    compounds.standard_cost[0], compounds.covered[0] = 1000.0, covered
    programmes.set_crew_floor(district, 0)
    assert compounds.crew_floor[0] == pytest.approx(floor)
    assert compounds.supervised[0] == min(1.0, supervision * covered)
    programmes.uncover(district, 0)
    assert compounds.crew_floor[0] == pytest.approx(max(0.5, fixed / 1000.0)), "with the programmes supervision ends"


def test_what_ends_with_the_programmes() -> None:
    district = quiet()
    compounds = district.world.compounds
    kept_up = ("covered", "sponsor", "points", "members_in_service", "donations", "extra_hours", "public_charge")
    for name in (*kept_up, "subsidy", "programme_costs", "leased", "branch"):
        getattr(compounds, name)[:] = 1
    programmes.uncover(district, 0)
    ended = {
        name for name, column in compounds.columns.items() if getattr(compounds, name)[0] < getattr(compounds, name)[1]
    }
    assert ended >= {*kept_up, "subsidy", "programme_costs"}
    assert (compounds.leased[0], compounds.branch[0]) == (1.0, 1.0), "leases and branches go on"


# Levers that change on the way.
CHANGED = {"levers.infrastructure_works": 1.0, "levers.cadre_sponsors": 1.0, "levers.party_branches": 1.0}
CHANGED |= {"levers.local_jobs": 1.0, "levers.members_pay_first": 1.0}


def on_the_way(*grades: float) -> District:
    """All compounds covered since month 0; from then on each month has the next of the grades."""
    more: dict[str, object] = {key.replace(".", "__"): grades[0] for key in CHANGED}
    more |= {"programmes__works_money": 1.0, "programmes__jobs_share": 1.0, "programmes__sponsored_share": 0.5}
    district = small(2, **more, campaign__months=0, campaign__self_start=0.0, campaign__imitation=0.0)
    for compound in district.compounds:
        compound.planned_at = 0
        programmes.cover(district, compound.row)
    district.world.compounds.mode[3], district.world.compounds.sponsor[3] = 1, 0.0
    for month, grade in enumerate(grades[1:], start=1):
        district.world.month = month
        district.change(dict.fromkeys(CHANGED, grade))
        programmes.change_levers(district, {key.removeprefix("levers."): grade for key in CHANGED})
    return district


def test_works_and_jobs_are_given_up_to_the_highest_grade_once() -> None:
    """1.0, back to 0.5, then 1.5: a yuan a flat at first, nothing, half a yuan more."""
    flats = 240
    for grades, given in (((1.0,), 1.0), ((1.0, 0.5), 1.0), ((1.0, 0.5, 1.5), 1.5), ((1.0, 0.5, 0.7), 1.0)):
        assert on_the_way(*grades).world.programme_money[0] == pytest.approx(100.0 * given * flats)
    once = on_the_way(0.5, 0.2, 1.0).world.households
    assert (once.income == on_the_way(1.0).world.households.income).all()


def test_a_sponsor_goes_with_the_grade_where_one_is_wanted() -> None:
    """Half a sponsor's time at grade 1; the compound that has come to a mode without one gets none."""
    assert on_the_way(1.0, 2.0).world.compounds.sponsor.tolist() == [1.0, 1.0, 1.0, 0.0]
    assert on_the_way(1.0, 0.5).world.compounds.sponsor.tolist() == [0.25, 0.25, 0.25, 0.0]


def test_what_begins_on_the_way_is_dated_unless_it_is_already() -> None:
    """Switched off and on again within the year, the announcement stays where it was dated; else it is made at once."""
    keys = ("members_pay_first", "committee_formation", "public_revenue")
    district = quiet()
    world, agenda = district.world, district.agenda
    world.compounds.covered[:2], world.compounds.has_branch[:], world.month = 1.0, 1, 5
    before = world.compounds.announced[0]
    for kind in ("announce", "committee", "lease"):
        for month in agenda.months_of(kind, 1):
            agenda.by_month[month].clear()
        agenda.add(9, kind, 0)
    programmes.change_levers(district, dict.fromkeys(keys, 1.0))
    assert world.compounds.announced[:3].tolist() == [before, 5, before]
    assert [agenda.months_of("announce", row) for row in range(3)] == [[9], [17], []]
    assert [agenda.months_of("committee", row) for row in range(3)] == [[9], [6], []]
    assert [agenda.months_of("lease", row) for row in range(3)] == [[9], [6], []]
    programmes.change_levers(district, dict.fromkeys(keys, 0.5))
    assert [agenda.months_of("committee", row) for row in range(3)] == [[9], [6], []], "it has begun before"
