"""The cases of law.toml, and stories that a street clerk can read."""

from __future__ import annotations

import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaoqu import District, load_scenario
from xiaoqu.governance import evaluation, formation, tender
from xiaoqu.governance.law import SPECIAL, Count, Matter, is_carried, is_valid

CASES = tomllib.loads(Path(__file__).with_name("law.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["says"])
def test_article_278(case: dict[str, Any]) -> None:
    (heads, part, yes), (area, area_part, area_yes) = case["heads"], case["area"]
    count = Count(heads, area, part, area_part, yes, area_yes)
    assert is_valid(count) == case["valid"]
    assert is_carried(Matter(case["matter"]), count) == case["carried"]


@st.composite
def counts(draw: st.DrawFn) -> Count:
    """Ballots around every threshold: k - 1, k, k + 1."""
    whole = [draw(st.integers(3, 40)), draw(st.integers(300, 4000))]
    part, yes = [], []
    for size in whole:
        near = draw(st.sampled_from([2 * size // 3, size])) + draw(st.integers(-1, 1))
        part.append(min(size, max(0, near)))
        share = draw(st.sampled_from([part[-1] // 2, 3 * part[-1] // 4, part[-1]])) + draw(st.integers(-1, 1))
        yes.append(min(part[-1], max(0, share)))
    return Count(whole[0], whole[1], part[0], part[1], yes[0], yes[1])


@given(counts(), st.sampled_from(list(Matter)))
@settings(deadline=None, max_examples=400)
def test_against_exact_fractions(count: Count, matter: Matter) -> None:
    quorum = Fraction(2, 3)
    valid = Fraction(count.heads_part, count.heads) >= quorum and Fraction(count.area_part, count.area) >= quorum
    assert is_valid(count) == valid
    if not valid:
        assert not is_carried(matter, count)
        return
    shares = Fraction(count.heads_yes, count.heads_part), Fraction(count.area_yes, count.area_part)
    enough = min(shares) >= Fraction(3, 4) if matter in SPECIAL else min(shares) > Fraction(1, 2)
    assert is_carried(matter, count) == enough


@given(counts(), st.sampled_from(list(Matter)))
@settings(deadline=None, max_examples=200)
def test_one_more_yes_never_loses_a_passing_vote(count: Count, matter: Matter) -> None:
    if is_carried(matter, count) and count.heads_yes < count.heads_part and count.area_yes < count.area_part:
        more = count._replace(heads_yes=count.heads_yes + 1, area_yes=count.area_yes + 1)
        assert is_carried(matter, more)


MANAGED = {"places.compounds": 3, "places.households": 900, "places.managed_share": 1.0, "campaign.months": 0}


def managed(**more: object) -> District:
    return District(load_scenario("baseline", MANAGED | {"calendar.spin_up": 12} | more), rng=4)


def test_a_tender_without_bids_leaves_the_compound_as_it_was() -> None:
    district = District(load_scenario("hengdong", {"firms.bid_chance": 0.0}), rng=1)
    company = next(mode for mode in district.modes if mode.name == "property_company")
    assert tender.award(district, 5, company) is False
    assert district.compound(5).offer is None
    assert "nobody bid" in set(district.events()["subject"])


def test_a_firm_leaves_with_three_months_notice_and_serves_until_then() -> None:
    district = managed()
    row = next(row for row in range(3) if district.world.compounds.firm[row] >= 0)
    district.run_for(1)
    evaluation.give_notice(district, row, evaluation.NOTICE_LEAVING, "for this story")
    served = []
    for _ in range(5):
        served.append(district.compound(row).mode_name)
        district.step()
    # Notice in month 1, gone in month 4: months 1 to 4 begin under the firm, and it is paid for them.
    assert served == ["property_company"] * 4 + ["unmanaged"]
    own = district.outcomes_by_compound().query("compound == @row and month in (1, 2, 3)")
    assert (own["flow_service"] > 0.0).all()


def test_old_arrears_are_paid_off_and_credited() -> None:
    district = managed(**{"payment.base": 9.0, "payment.clear": 1.0})
    households = district.world.households
    households.arrears[:] = 12_345
    before = int(households.purse.sum())
    district.run_for(3)  # quarterly bills: every compound bills once
    cleared = district.outcomes()["collected_arrears"].sum()
    assert cleared >= 0.9 * 12_345 * len(households)
    paid = district.outcomes()[["collected", "collected_late", "collected_arrears"]].to_numpy().sum()
    assert before - int(households.purse.sum()) == paid


def test_a_committee_that_ends_takes_its_mode_with_it() -> None:
    district = District(load_scenario("hengdong"), rng=1)
    district.run_for(12)
    row = next(compound.row for compound in district.compounds if compound.mode_name == "committee")
    members = district.compound(row).residents
    assert members.get("is_committee_member").sum() >= 3
    formation.end_committee(district, row, "for this story")
    assert district.compound(row).mode_name == "unmanaged"
    assert district.compound(row).committee is None
    assert members.get("is_committee_member").sum() == 0
    district.run_for(6)
    assert district.ledger.residue() == 0


def test_the_campaign_takes_its_programmes_away_when_it_ends() -> None:
    district = District(load_scenario("hengdong", {"campaign.months": 8}), rng=1)
    district.run_for(8)
    assert district.world.compounds.chiefs.sum() > 0
    district.world.compounds.donations[:] = 100.0  # whatever partner units give
    district.run_for(1)
    compounds = district.world.compounds
    assert not compounds.covered.any()
    assert not compounds.chiefs.any()
    assert not district.world.stairwells.chief.any()
    assert not district.households.get("is_chief").any()
    for name in ("sponsor", "points", "members_in_service", "donations", "extra_hours", "programme_costs", "subsidy"):
        assert not getattr(compounds, name).any(), name
