"""How a compound comes to a body: who stands, who is elected, which mode is tried, what waits, what a term leaves."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.strategies import put_to_vote, set_terms, small

from xiaoqu.governance import assembly, evaluation, formation, meetings
from xiaoqu.governance.law import Matter
from xiaoqu.governance.people import WillingTerms, willing_households
from xiaoqu.governance.tender import Offer
from xiaoqu.streams import Purpose

if TYPE_CHECKING:
    from xiaoqu import District

alone = partial(small, 1, places__compounds=1, campaign__months=0)


def carry(district: District, yes: float = 1000.0) -> None:
    """Every owner comes to every assembly, and says yes (or no)."""
    nothing = dict.fromkeys(assembly.AssemblyTerms._fields, 0.0)
    set_terms(
        district, assembly.AssemblyTerms, "assembly", **(nothing | {"turnout": 1000.0, "absent": 1000.0, "yes": yes})
    )


def stand(district: District, number: int) -> None:
    """The last `number` households stand, each more civic than the one before; all are owners who live there."""
    households = district.world.households
    last = np.arange(len(households)) - (len(households) - number)
    households.tenure[:], households.roles[:] = 0, 0
    households.disposition[:] = np.where(last >= 0, 9.0 + 0.01 * last, -9.0)
    nobody = dict.fromkeys(WillingTerms._fields, 0.0)
    set_terms(district, WillingTerms, "willing", **(nobody | {"civic": 1000.0}))


# Three seats below 100 flats, five below 400, seven below 1,000, then nine. Three must stand for three seats, five for
# five, seven or nine seats less two for the larger; an odd number is seated.
@pytest.mark.parametrize(
    ("flats", "standing", "seated"),
    [
        *[(60, 2, 0), (60, 3, 3), (60, 8, 3)],
        *[(120, 4, 0), (120, 5, 5), (120, 9, 5)],
        *[(420, 4, 0), (420, 5, 5), (420, 6, 5), (420, 7, 7)],
        *[(1000, 6, 0), (1000, 7, 7), (1000, 8, 7), (1000, 9, 9)],
    ],
)
def test_who_is_seated(flats: int, standing: int, seated: int) -> None:
    district = alone(places__households=flats, places__size_most=2000)
    carry(district)
    stand(district, standing)
    assert formation.elect_committee(district, 0) == (seated > 0)
    committee = district.compound(0).committee
    assert (0 if committee is None else len(committee.members)) == seated
    assert district.world.compounds.has_committee[0] == (seated > 0)
    if committee is not None:
        assert sorted(committee.members) == list(range(flats - seated, flats)), "the most civic of those who stand"


def test_owners_expect_a_little_of_a_committee_and_pay_nothing_for_it() -> None:
    district = alone(assembly__gain_committee=0.1, assembly__gain_lease=0.3)
    carry(district)
    stand(district, 5)
    district.world.compounds.quality[0] = 0.4
    formation.elect_committee(district, 0)
    proposal = put_to_vote(district, 0)
    assert (proposal.matter, proposal.fee_change) == (Matter.ELECT_COMMITTEE, 0.0)
    assert proposal.expected_quality == pytest.approx(0.5)


def test_with_what_a_committee_starts() -> None:
    """Ability about 3 / (3 + 7); effort 0.1 and 0.8 times about 8 / (8 + 2): shapes so large that they vary little."""
    shapes = {"ability_alpha": 15.0, "ability_beta": 35.0, "drive_alpha": 40.0, "drive_beta": 10.0}
    shapes |= {"drive_least": 0.1, "drive_spread": 0.8}
    district = alone()
    district.world.scenario = district.scenario.with_overrides({f"organisation.{key}": v for key, v in shapes.items()})
    carry(district)
    stand(district, 5)
    district.world.compounds.weak_months[0] = 7.0
    assert formation.elect_committee(district, 0)
    assert district.world.compounds.ability[0] == pytest.approx(0.3, abs=0.15)
    assert district.world.compounds.effort[0] == pytest.approx(0.1 + 0.8 * 0.8, abs=0.1)
    assert district.world.compounds.weak_months[0] == 0.0


@pytest.mark.parametrize(
    ("branch", "covered", "lever", "crossed"), [(1, 1, 1, 1), (0, 1, 1, 0), (1, 0, 1, 0), (1, 1, 0, 0)]
)
def test_one_person_holds_both_posts_only_where_branch_and_programme_are(
    branch: int, covered: int, lever: int, crossed: int
) -> None:
    district = alone(levers__cross_appointment=lever, programmes__cross_share=1.0)
    carry(district)
    stand(district, 5)
    compounds = district.world.compounds
    compounds.has_branch[0], compounds.covered[0] = branch, covered
    formation.elect_committee(district, 0)
    assert compounds.cross[0] == crossed


def test_who_is_asked_to_stand_and_to_volunteer() -> None:
    """A logit of -1000 is no and of +1000 yes: each term is tried against a base that it must turn."""
    district = alone()
    compounds, households = district.world.compounds, district.world.households
    households.tenure[:30], households.tenure[30:], households.disposition[:] = 0, 1, 0.0
    households.roles[:] = np.arange(len(households)) % 2  # every second household has a Party member
    compounds.cohesion[0], compounds.trustee[0], compounds.branch[0] = 0.75, 1, 0.0

    def willing(purpose: Purpose, **terms: float) -> int:
        nothing = dict.fromkeys(WillingTerms._fields, 0.0) | {"seat": -1000.0, "duty": -1000.0}
        set_terms(district, WillingTerms, "willing", **(nothing | terms))
        return len(willing_households(district, 0, purpose))

    seats, duties = Purpose.CANDIDATES, Purpose.VOLUNTEERS
    assert [willing(who, seat=1000.0) for who in (seats, duties)] == [30, 0], "owners who live there, no tenants"
    assert [willing(who, duty=1000.0) for who in (seats, duties)] == [0, 30]
    assert willing(seats, member=2000.0) == 15
    # Ties count from one half: 0.75 turns -1000 with 4,400 (+1,100), not with 3,600 (+900).
    assert [willing(seats, ties=weight) for weight in (4400.0, 3600.0)] == [30, 0]
    # The trustee calls with a fifth of a campaign's strength, beside the notice itself.
    set_terms(district, assembly.AssemblyTerms, "assembly", mobilisation_own=0.0, mobilisation_example=0.0)
    assert [willing(seats, mobilised=5500.0, trustee=t) for t in (0.2, 0.15)] == [30, 0]


def test_the_committee_that_ends_leaves_nothing_behind() -> None:
    """And a compound that a firm serves keeps the firm."""
    district = small(4, places__compounds=1, places__managed_share=1.0, campaign__months=0)
    carry(district)
    stand(district, 5)
    compounds = district.world.compounds
    assert formation.elect_committee(district, 0)
    compounds.cross[0] = 1.0
    formation.end_committee(district, 0, "for this story")
    assert (compounds.effort[0], compounds.cross[0], compounds.has_committee[0]) == (0.0, 0.0, 0)
    assert district.compound(0).mode_name == "property_company"


def test_a_council_outlives_the_committee_beside_it() -> None:
    district = alone(modes__initial="council", willing__duty=2.0, places__committee_share=1.0)
    formation.end_committee(district, 0, "for this story")
    assert district.compound(0).mode_name == "council"


@pytest.mark.parametrize("crossed", [0.0, 1.0])
@pytest.mark.parametrize("again", [True, False])
def test_what_the_end_of_a_term_leaves(crossed: float, again: bool) -> None:
    """Re-elected: three quarters of the old effort 0.8 and a quarter of the new 0.2. Else ties break where one person
    held both posts: a tenth is lost."""
    keys = {"effort_kept": 0.75, "drive_least": 0.2, "drive_spread": 0.0}
    district = alone(programmes__cross_loss=0.1, places__committee_share=1.0)
    changed: dict[str, object] = {f"organisation.{key}": value for key, value in keys.items()}
    district.world.scenario = district.scenario.with_overrides(changed)
    carry(district)
    stand(district, 5 if again else 0)
    compounds, committee = district.world.compounds, district.compound(0).committee
    assert committee is not None
    compounds.effort[0], compounds.cohesion[0], compounds.cross[0] = 0.8, 0.5, crossed
    evaluation.end_of_term(district, 0)
    assert district.compound(0).committee is committee, "it is not yet due"
    committee.term_ends = district.month
    evaluation.end_of_term(district, 0)
    assert compounds.effort[0] == pytest.approx(0.75 * 0.8 + 0.25 * 0.2 if again else 0.0)
    assert compounds.cohesion[0] == pytest.approx(0.45 if crossed and not again else 0.5)
    assert (district.compound(0).committee is not None) == again


# The attempt: which modes are asked, and in what order.
def tried(district: District, covered: float = 1.0) -> list[str]:
    """The modes that an attempt asks, as the log tells of one that fails."""
    carry(district, yes=-1000.0)
    stand(district, 5)
    district.world.compounds.covered[0], district.world.compounds.infrastructure[0] = covered, 0.0
    assert not formation.attempt(district, 0)
    return [reason.split(":")[0] for reason in district.world.events[-1].note.split("; ")]


IN_ORDER = ["property_company", "committee", "council"]
NO_COUNCIL: dict[str, object] = {"eligibility.volunteers_per_stairwell": 10.0}


def test_by_eligibility_all_modes_are_asked_in_order_each_time() -> None:
    district = alone(levers__modes_by_eligibility=1.0, **NO_COUNCIL)
    assert [tried(district), tried(district)] == [IN_ORDER, IN_ORDER]


def test_without_it_the_campaign_sends_a_compound_to_one_mode_after_the_other() -> None:
    """The last is tried again and again; who starts by itself asks all of them, campaign or not."""
    district = alone(**NO_COUNCIL)
    assert tried(district, covered=0.0) == IN_ORDER
    assert [tried(district) for _ in range(4)] == [[name] for name in (*IN_ORDER, "council")]


def test_nothing_is_tried_where_something_is_under_way() -> None:
    district = alone(**NO_COUNCIL)
    district.agenda.add(district.month + 1, "attempt", 0)
    formation.retry_later(district, 0)
    assert district.agenda.months_of("attempt", 0) == [district.month + 1], "one chain of attempts is enough"
    district.world.compounds.mode[0] = 1
    assert not formation.attempt(district, 0), "it has a mode"
    district.world.compounds.mode[0] = 0
    district.compound(0).offer = Offer(0, 0.5, 1.0, 1.0, 0.0, (0,))
    assert not formation.attempt(district, 0), "a firm is about to take over"
    assert district.world.tally.attempts[0] == 0.0


def test_a_council_starts_with_two_volunteers_at_least() -> None:
    """A tenth of a volunteer a stairwell would be less; two a stairwell take up the rota, not more."""
    district = alone(eligibility__volunteers_per_stairwell=0.1, places__households=60)
    council = next(mode for mode in district.modes if mode.name == "council")
    stairwells = int(district.world.compounds.stairwells[0])
    for number, obstacle in ((1, "1 volunteers"), (2, ""), (60, "")):
        stand(district, number)
        assert council.obstacle(district, 0) == obstacle
    council.begin(district, 0)
    assert district.world.compounds.volunteers[0] == 2 * stairwells < 60


@pytest.mark.parametrize("adopts", [True, False])
def test_the_committee_there_is_adopts_if_it_works(adopts: bool) -> None:
    """With effort above the least it puts the mode to the vote; else another is elected first."""
    district = alone(places__committee_share=1.0, eligibility__committee_effort=0.3)
    carry(district)
    stand(district, 5)
    district.world.compounds.effort[0] = 0.31 if adopts else 0.3
    mode = next(mode for mode in district.modes if mode.name == "committee")
    change = mode.fee_change(district, 0)
    assert mode.adopt(district, 0)
    assert district.world.tally.elections[0] == (0.0 if adopts else 1.0)
    assert district.compound(0).mode_name == "committee"
    proposal = put_to_vote(district, 0)
    assert (proposal.what, proposal.fee_change) == ("adopt committee", change)
    assert proposal.expected_quality == district.scenario["eligibility.expected_quality_own"]


def test_the_change_of_dues_is_told_for_the_mean_flat() -> None:
    """60 flats on 3,000 m², 50 m² each: 5 yuan a flat are 0.1 a m². From 0.2 + 0.1 to 0.5 + 0.2."""
    district = alone(places__households=60)
    compounds = district.world.compounds
    compounds.area[0], compounds.fee[0], compounds.flat_fee[0] = 300_000, 20.0, 500.0
    mode = district.modes[1]
    mode.numbers |= {"fee": 0.5, "flat_fee": 10.0}
    assert mode.fee_change(district, 0) == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("lever", "branch", "yes", "held"),
    [(1.0, 1, 0.0, True), (1.0, 1, -1.0, False), (1.0, 0, -1.0, True), (0.0, 1, -1.0, True)],
    ids=["half agree", "too few agree", "no branch to ask", "without the programme"],
)
def test_asked_first_what_has_no_support_waits(lever: float, branch: int, yes: float, held: bool) -> None:
    """S6: e^0 / (1 + e^0) = 0.5 would agree, or e^-1 / (1 + e^-1) = 0.27, where 0.45 are needed."""
    district = alone(levers__party_consent=lever, assembly__consent_least=0.45)
    carry(district, yes)
    district.world.compounds.has_branch[0], district.world.compounds.covered[0] = branch, 1.0
    proposal = assembly.Proposal(Matter.OTHER, district.world.compounds.quality.item(0), 0.0, "for this story")
    formation.put_to_vote(district, 0, proposal, 0)
    assert (district.world.tally.assemblies[0], district.world.tally.postponed[0]) == (held, not held)


@pytest.mark.parametrize(
    ("dissatisfied", "tenants", "mode", "starts"),
    [(12, 0, 0, True), (11, 0, 0, False), (12, 1, 0, False), (12, 0, 1, False)],
    ids=["a fifth of the owners sign", "one signature less", "a tenant's does not count", "it has a mode"],
)
def test_who_starts_by_itself(dissatisfied: int, tenants: int, mode: int, starts: bool) -> None:
    """Looked at once a quarter: a chance of a third a month is sure."""
    district = alone(campaign__self_start=1 / 3, campaign__imitation=0.0, places__households=60)
    households = district.world.households
    households.tenure[:], households.satisfaction[:] = 0, 0.9
    households.satisfaction[:dissatisfied], households.tenure[:tenants] = 0.1, 1
    district.world.compounds.mode[0] = mode
    formation.start_by_themselves(district)
    assert district.agenda.months_of("attempt", 0) == ([district.month + 1] if starts else [])


def test_an_example_next_door_is_imitated() -> None:
    """The neighbour that came to a mode last month is more satisfied by 0.4: 3 x 0.9 x 0.4 is above 1."""
    district = small(1, campaign__self_start=0.0, campaign__imitation=0.9, campaign__months=0)
    world = district.world
    world.households.satisfaction[:], world.households.tenure[:], world.compounds.satisfaction[:] = 0.1, 0, 0.4
    formation.start_by_themselves(district)
    assert not district.agenda.months_of("attempt", 0)
    world.compounds.mode[1], world.compounds.mode_since[1], world.compounds.satisfaction[1] = 3, -1, 0.8
    formation.start_by_themselves(district)
    assert district.agenda.months_of("attempt", 0) == [district.month + 1]


def test_a_firm_takes_over_next_month_or_when_the_old_one_leaves() -> None:
    district = alone()
    district.agenda.add(district.month + 3, "leave", 0)
    formation.schedule_take_over(district, 0)
    assert district.agenda.months_of("takeover", 0) == [district.month + 1], "nobody serves who could leave"
    district = small(4, places__compounds=1, places__managed_share=1.0, campaign__months=0)
    district.agenda.add(district.month + 3, "leave", 0)
    formation.schedule_take_over(district, 0)
    assert district.agenda.months_of("takeover", 0) == [district.month + 3]


def test_an_election_that_fails_is_called_again_where_the_programme_is() -> None:
    district = alone(campaign__retry_committee=5)
    carry(district)
    stand(district, 0)
    compounds = district.world.compounds
    meetings.committee(district, 0)
    assert district.agenda.months_of("committee", 0) == [], "it is outside the campaign"
    compounds.covered[0] = 1.0
    meetings.committee(district, 0)
    assert district.agenda.months_of("committee", 0) == [district.month + 5]
    meetings.committee(district, 0)
    assert sorted(district.agenda.months_of("committee", 0)) == [district.month + 1, district.month + 5]
    assert district.world.tally.elections[0] == 1.0, "not twice a month"


def test_no_election_is_called_where_a_committee_is() -> None:
    district = alone(places__committee_share=1.0)
    district.world.compounds.covered[0] = 1.0
    meetings.committee(district, 0)
    assert district.world.tally.elections[0] == 0.0


@pytest.mark.parametrize("covered", [0.0, 1.0])
def test_the_campaign_has_a_failed_attempt_repeated(covered: float) -> None:
    """Who tried by itself may start by itself again."""
    district = alone(campaign__retry=7, **NO_COUNCIL)
    carry(district, yes=-1000.0)
    stand(district, 5)
    district.world.compounds.covered[0] = covered
    meetings.attempt(district, 0)
    assert district.world.tally.attempts_failed[0] == 1.0
    assert district.agenda.months_of("attempt", 0) == ([district.month + 7] if covered else [])
