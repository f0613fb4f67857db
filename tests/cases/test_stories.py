"""What happens to bodies over the months, in words that a street clerk can check. More stories: test_law.py."""

from __future__ import annotations

import itertools

import pytest

from xiaoqu import District, load_scenario
from xiaoqu.governance import evaluation, formation

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
    nothing_works = {"modes.property_company.enabled": False, "modes.committee.enabled": False, "willing.duty": -10.0}
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
