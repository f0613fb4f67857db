"""What happens to bodies over the months, in words that a street clerk can check. More stories: test_law.py."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from tests.strategies import set_terms

from xiaoqu import District, load_scenario
from xiaoqu.governance import assembly, evaluation, formation, programmes, tender
from xiaoqu.governance.law import Matter
from xiaoqu.month import organisation, payment

QUIET = {"places.compounds": 3, "places.households": 900, "campaign.months": 0, "calendar.spin_up": 12}
# Whatever is put to the vote is carried by all, or by nobody.
ALL_AGREE = {"assembly.yes": 5.0, "assembly.turnout": 5.0, "assembly.absent": 5.0}
NOBODY_COMES = {"assembly.turnout": -5.0, "assembly.absent": -5.0, "assembly.mobilisation": 0.0}


def quiet(**more: object) -> District:
    return District(load_scenario("baseline", QUIET | more), rng=4)


def modes(district: District, row: int, months: int) -> list[str]:
    """The mode at the start of each month."""
    seen = []
    for _ in range(months):
        seen.append(district.compound(row).mode_name)
        district.step()
    return seen


def said(district: District, kind: str, row: int) -> list[tuple[int, str]]:
    """Month and subject of a compound's events of one kind."""
    return [
        (event.month, event.subject) for event in district.world.events if (event.kind, event.compound) == (kind, row)
    ]


def test_a_dismissed_firm_has_sixty_days_and_its_successor_follows_without_a_gap() -> None:
    served = {"places.managed_share": 1.0, "firms.mended": 1.0, "firms.least_margin": -0.9, "firms.bid_chance": 1.0}
    district = quiet(**(served | ALL_AGREE))
    district.run_for(1)
    row = 0
    old = int(district.world.compounds.firm[row])
    assert old >= 0
    # Rated poor six months ago, and not better since:
    district.compound(row).rated_poor_at = float(evaluation.standing(district)[row])
    district.agenda.add(1, "mend", row)
    seen = modes(district, row, 4)
    assert said(district, "notice", row) == [(1, "dismissed")]
    assert [due.month for due in district.agenda.upcoming(row) if due.kind == "leave"] == []
    assert seen == ["property_company"] * 4
    assert [event.month for event in district.world.events if event.kind == "mode" and event.compound == row][-1] == 3
    assert int(district.world.compounds.firm[row]) not in (old, -1)
    assert district.outcomes()["replacements"].tolist() == [0, 1, 0, 0, 0]


def test_a_dismissed_firm_without_successor_serves_its_notice_and_leaves_the_compound_unmanaged() -> None:
    served = {"places.managed_share": 1.0, "firms.mended": 1.0, "firms.bid_chance": 0.0}
    district = quiet(**(served | ALL_AGREE))
    district.run_for(1)
    district.compound(0).rated_poor_at = float(evaluation.standing(district)[0])
    district.agenda.add(1, "mend", 0)
    # Dismissed at the meetings of month 1, gone at those of month 3: months 1, 2, 3 begin under the firm.
    assert modes(district, 0, 4) == ["property_company"] * 3 + ["unmanaged"]
    bills = district.outcomes_by_compound().query("compound == 0 and month in (1, 2, 3)")
    assert (bills["billed"] > 0.0).any()
    assert (bills["flow_service"] > 0.0).all()


def test_a_firm_that_has_mended_stays() -> None:
    district = quiet(**({"places.managed_share": 1.0, "firms.mended": 0.1} | ALL_AGREE))
    district.run_for(1)
    district.compound(0).rated_poor_at = float(evaluation.standing(district)[0]) - 0.3
    district.agenda.add(1, "mend", 0)
    district.run_for(4)
    assert said(district, "notice", 0) == []
    assert [month for month, _ in said(district, "mended", 0)] == [1]


def test_owners_who_do_not_meet_cannot_dismiss() -> None:
    served = {"places.managed_share": 1.0, "firms.mended": 1.0}
    district = quiet(**(served | NOBODY_COMES))
    district.run_for(1)
    district.compound(0).rated_poor_at = float(evaluation.standing(district)[0])
    district.agenda.add(1, "mend", 0)
    district.run_for(4)
    assert said(district, "notice", 0) == []
    assert said(district, "assembly", 0) == [(1, "dismiss the firm: no quorum")]


def test_a_firm_that_keeps_losing_leaves_after_three_months_notice() -> None:
    district = quiet(**{"places.managed_share": 1.0, "payment.base": -9.0, "firms.bid_chance": 0.0})
    district.run_for(36)
    given = {event.compound: event for event in district.world.events if event.kind == "notice"}
    assert given, "nobody pays, and no firm ever leaves"
    for row, notice in given.items():
        assert notice.subject in ("the firm leaves: losses", "the firm leaves: lean years")
        left = [spell.month for spell in district.compound(row).spells if spell.why == "the firm has left"]
        assert left == [notice.month + 3]


def with_committee() -> District:
    # Effort that does not wear: what ends here is the term, not the committee's strength.
    standing = {"modes.initial": "committee", "places.committee_share": 1.0, "willing.seat": 4.0}
    return quiet(**(standing | {"organisation.effort_wear": 0.0} | ALL_AGREE))


def test_a_committees_term_ends_and_it_is_elected_again() -> None:
    district = with_committee()
    before = district.compound(0).committee
    assert before is not None
    length = before.term_ends - before.elected
    assert length in (36, 48, 60), "three, four or five years"
    district.run_for(before.term_ends - district.month + 1)
    after = district.compound(0).committee
    assert after is not None
    assert after is not before
    assert after.elected == before.term_ends
    assert district.compound(0).mode_name == "committee"
    assert "elect a committee: carried" in [subject for _, subject in said(district, "assembly", 0)]


def test_a_term_that_ends_without_candidates_ends_the_committee_and_its_mode() -> None:
    district = quiet(
        **({"modes.initial": "committee", "places.committee_share": 1.0, "willing.seat": -10.0} | ALL_AGREE)
    )
    committee = district.compound(0).committee
    assert committee is not None
    committee.term_ends = district.month
    district.agenda.add(district.month, "end_of_term", 0)
    district.step()
    assert said(district, "election failed", 0)[-1][1] == "too few candidates"
    assert said(district, "committee ended", 0)[-1][1] == "not re-elected"
    assert district.compound(0).committee is None
    assert district.compound(0).mode_name == "unmanaged"
    assert not district.compound(0).residents.get("is_committee_member").any()


def test_a_council_that_runs_out_of_volunteers_dissolves_after_half_a_year() -> None:
    nobody_joins = {f"organisation.{name}": 0.0 for name in ("recruit", "recruit_groups", "recruit_civic")}
    willing = {"modes.initial": "council", "willing.duty": 1.0, "organisation.quit": 0.0}
    district = quiet(**(willing | nobody_joins))
    compounds = district.world.compounds
    council = district.compound(0).council
    assert council is not None
    assert compounds.volunteers[0] > 0.0
    start = district.month
    compounds.volunteers[0] = 0.0
    while district.compound(0).council is not None:
        district.step()
        assert district.month < 24, "a council without volunteers goes on for ever"
    # Half a year of weakness, seen at the next quarterly review.
    assert 6 <= district.month - start <= 9
    assert district.compound(0).spells[-1].why == "volunteers gone"
    assert district.compound(0).mode_name == "unmanaged"
    assert not district.compound(0).residents.get("is_council_member").any()
    assert compounds.fee[0] == 0.0
    assert district.compound(1).mode_name == "council", "the others go on"


def test_trusteeship_opens_the_accounts_of_what_the_community_answers_for() -> None:
    trusted, alone = (
        District(load_scenario("hengdong", {"levers.trusteeship": grade}), rng=3) for grade in ("on", "off")
    )
    for district in (trusted, alone):
        district.run_for(18)
    held = [compound for community in trusted.communities for compound in community.in_trust]
    assert held
    for compound in held:
        assert compound.mode_name in ("committee", "council") or compound.firm >= 0
        assert compound.published == 1.0
    assert not any(community.in_trust for community in alone.communities)
    assert trusted.outcomes()["share_trustee"].iloc[-1] == len(held) / len(trusted.compounds)


def test_a_failed_attempt_is_tried_again_and_sooner_in_trust() -> None:
    nothing_works: dict[str, object] = {"campaign.retry": 6, "campaign.retry_trustee": 3}
    nothing_works |= {"modes.property_company.enabled": False, "modes.committee.enabled": False, "willing.duty": -10.0}
    for grade, wait in (("on", 3), ("off", 6)):
        district = District(load_scenario("hengdong", nothing_works | {"levers.trusteeship": grade}), rng=3)
        district.run_for(24)
        tried = [month for month, _ in said(district, "attempt failed", 0)]
        assert len(tried) > 1
        assert {later - earlier for earlier, later in itertools.pairwise(tried)} == {wait}


def test_falling_back_leaves_the_last_bill_as_arrears_and_charges_only_sanitation() -> None:
    district = with_committee()
    district.run_for(6)
    homes = district.compound(0).residents
    owed = homes.get("owes").copy()
    assert owed.sum() > 0
    formation.fall_back(district, 0, "for this story")
    assert (homes.get("arrears") == owed).all()
    assert not homes.get("bill").any()
    compounds = district.world.compounds
    assert compounds.fee[0] == 0.0
    assert compounds.flat_fee[0] == pytest.approx(100.0 * district.scenario["modes.unmanaged.flat_fee"])


# An assembly of thirty flats. Of the owners who live there all come; of those who live elsewhere nobody does.
VOTES = {"turnout": 1000.0, "absent": -1000.0, "yes": 0.0, "gain": 0.0, "cost": 0.0, "yes_trust": 0.0}


def thirty_flats(live_in: int, agree: int, their_flat: int = 80, other_flat: int = 80) -> District:
    """`live_in` owners live there, the first `agree` of them say yes; sizes of flats in m²."""
    small = {"places.compounds": 1, "places.households": 30, "campaign.months": 0, "levers.public_revenue": "on"}
    district = District(load_scenario("baseline", small | {"calendar.spin_up": 12}), rng=4)
    households, compounds = district.world.households, district.world.compounds
    at_home = np.arange(30) < live_in
    households.tenure[:] = np.where(at_home, 0, 2)
    households.area[:] = np.where(at_home, 100 * their_flat, 100 * other_flat)
    compounds.area[0], compounds.occupied[0] = households.area.sum(), live_in
    households.disposition[:] = np.where(np.arange(30) < agree, 9.0, -9.0)
    set_terms(district, assembly.AssemblyTerms, "assembly", turnout_civic=0.0, yes_civic=1000.0, **VOTES)
    return district


@pytest.mark.parametrize(
    ("flats", "result"),
    [
        ({"live_in": 20, "agree": 11}, "carried"),
        ({"live_in": 20, "agree": 10}, "rejected"),
        ({"live_in": 19, "agree": 19}, "no quorum"),
        ({"live_in": 20, "agree": 20, "their_flat": 79}, "no quorum"),
        ({"live_in": 19, "agree": 19, "their_flat": 200, "other_flat": 25}, "no quorum"),
        ({"live_in": 20, "agree": 11, "their_flat": 81}, "carried"),
    ],
    ids=[
        "exactly two thirds come, one more than half of them agrees",
        "exactly two thirds come, half of them agree",
        "one below two thirds comes, and all of them agree",
        "two thirds of the owners, but not of the area",
        "nine tenths of the area, but not two thirds of the owners",
        "two thirds of the owners and a little more of the area",
    ],
)
def test_an_assembly_of_thirty_flats(flats: dict[str, int], result: str) -> None:
    district = thirty_flats(**flats)
    ballot = assembly.hold(district, 0, assembly.Proposal(Matter.HIRE_OR_DISMISS_FIRM, 0.5, 0.0, "hire a firm"))
    assert said(district, "assembly", 0)[-1] == (0, f"hire a firm: {result}")
    assert district.world.events[-1].note == f"{flats['live_in']}/30 take part, {flats['agree']} yes"
    assert (ballot.valid, ballot.carried) == (result != "no quorum", result == "carried")


@pytest.mark.parametrize(("agree", "leased"), [(17, False), (18, True)], ids=["one below", "three quarters"])
def test_common_parts_are_leased_by_three_quarters(agree: int, leased: bool) -> None:
    """24 of 30 owners take part: 13 would hire a firm, 18 must agree to lease the common parts."""
    district = thirty_flats(24, agree)
    compounds = district.world.compounds
    compounds.covered[0], compounds.mode[0] = 1.0, 1
    programmes.lease_common_parts(district, 0)
    assert (compounds.leased[0] > 0.0) == leased
    again = [due.month for due in district.agenda.upcoming(0) if due.kind == "lease"]
    assert again == ([] if leased else [12]), "those who refuse are asked again in a year"


def test_nobody_bids_and_the_compound_stays_as_it_was() -> None:
    """The attempt fails before any vote; dues, debts and mode stay; it is tried again after the waiting time."""
    alone: dict[str, object] = {"modes.committee.enabled": False, "modes.council.enabled": False}
    open_to_firms = {"eligibility.company_infrastructure": 0.0, "firms.bid_chance": 0.0, "firms.least_margin": -0.9}
    district = District(load_scenario("hengdong", alone | open_to_firms), rng=3)
    before = {name: getattr(district.world.compounds, name).copy() for name in ("mode", "fee", "flat_fee", "firm")}
    district.run_for(18)
    tried = [month for month, _ in said(district, "attempt failed", 0)]
    assert len(tried) > 1
    assert [month for month, why in said(district, "tender failed", 0) if why == "nobody bid"] == tried
    assert said(district, "assembly", 0) == []
    assert district.outcomes()["bids"].sum() == 0
    assert district.outcomes()["tenders"].sum() > 0
    for name, column in before.items():
        assert (getattr(district.world.compounds, name) == column).all(), name


def test_a_firm_takes_over_the_month_after_the_vote() -> None:
    sure = {"firms.bid_chance": 1.0, "firms.least_margin": -0.9, "eligibility.company_infrastructure": 0.0}
    district = District(load_scenario("hengdong", sure | ALL_AGREE), rng=3)
    district.run_for(18)
    begun = 0
    for compound in district.compounds:
        votes = [month for month, what in said(district, "assembly", compound.row) if what == "hire a firm: carried"]
        starts = [spell.month for spell in compound.spells if spell.mode == "property_company" and spell.month > 0]
        assert starts == [month + 1 for month in votes if month + 1 < 18]
        begun += len(starts)
    assert begun


def test_a_dismissed_firm_is_not_asked_again() -> None:
    sure = {"firms.bid_chance": 1.0, "firms.least_margin": -0.9, "places.managed_share": 1.0}
    district = quiet(**sure)
    company = next(mode for mode in district.modes if mode.name == "property_company")
    for firm in range(len(district.firms)):
        offer = tender.make_offer(district, 0, company, without=firm)
        assert offer is not None
        assert offer.firm != firm


def test_a_committee_that_manages_and_is_idle_for_a_year_ends() -> None:
    """It is looked at every half year: 12 idle months or more end it, fewer do not."""
    district = with_committee()
    set_terms(district, organisation.OrganisationTerms, "organisation", effort_recover=0.0)
    compounds = district.world.compounds
    compounds.effort[0], compounds.weak_months[0] = 0.0, 0.0
    idle = 0
    while district.compound(0).committee is not None:
        assert idle < 18, "an idle committee goes on for ever"
        district.step()
        idle += 1
    assert idle >= 12
    assert said(district, "committee ended", 0) == [(idle - 1, "idle for a year")]
    assert district.compound(0).mode_name == "unmanaged"


def test_three_unpaid_bills_are_paid_off_at_once_and_only_once() -> None:
    """For nine months nobody pays the quarterly bill; then everybody pays the fourth and what is old with it."""
    district = quiet(**{"modes.unmanaged.billing": 3, "campaign.self_start": 0.0, "campaign.imitation": 0.0})
    households = district.world.households
    households.arrears[:], households.bill[:], households.purse[:] = 0, 0, 0
    set_terms(district, payment.PaymentTerms, "payment", base=-1000.0, clear=1.0)
    district.run_for(9)
    charge = np.rint(300.0 * district.scenario["modes.unmanaged.flat_fee"])
    owed = households.arrears + households.bill
    assert (owed == 3 * charge).all(), "three bills of three months each"
    assert not households.purse.any()
    set_terms(district, payment.PaymentTerms, "payment", base=1000.0, clear=1.0)
    district.run_for(3)
    assert not households.arrears.any()
    assert not households.bill.any()
    assert (households.purse == -4 * charge).all(), "three old bills and the new one, each paid once"
    months = district.outcomes().iloc[-3:]
    late, now = months["collected_arrears"].sum() + months["collected_late"].sum(), months["collected"].sum()
    assert late == owed.sum()
    assert now == months["billed"].sum() == charge * len(households)
    district.run_for(3)
    assert (households.purse == -5 * charge).all(), "nothing is asked twice"


def test_a_committee_that_is_replaced_gives_up_its_seats() -> None:
    district = with_committee()
    old = district.compound(0).committee
    assert old is not None
    district.run_for(1)
    district.world.households.disposition[:] *= -1.0  # now others are the most civic, and they are seated
    assert formation.elect_committee(district, 0)
    new = district.compound(0).committee
    assert new is not None
    assert set(new.members) != set(old.members)
    seated = np.flatnonzero(district.compound(0).residents.get("is_committee_member"))
    assert sorted(seated + district.world.compounds.first[0]) == sorted(new.members)
