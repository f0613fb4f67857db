"""Agents asked why: the explanation is the rule, and a district that cannot be replayed gets no answer."""

import re
from dataclasses import FrozenInstanceError
from itertools import pairwise

import numpy as np
import pytest

from xiaoqu import District, explain_household, load_scenario
from xiaoqu.explain_household import Payday
from xiaoqu.explanation import Explanation, Line

SEED = 11
OVERRIDES = {"places.compounds": 5, "places.households": 400}


@pytest.fixture(scope="module")
def monthly() -> list[District]:
    """The same district after 1, 2, … 14 months."""
    districts = []
    for months in range(1, 15):
        district = District(load_scenario("hengdong", OVERRIDES), rng=SEED)
        district.run_for(months)
        districts.append(district)
    return districts


def value(explanation: Explanation, label: str) -> float:
    (found,) = [line.value for line in explanation.lines if line.label_en == label]
    assert isinstance(found, float)
    return found


def billed(district: District, row: int) -> bool:
    compounds = district.world.compounds
    return bool(compounds.last_bill[district.world.households.compound[row]] == district.month - 1)


def test_the_explained_decision_is_the_recorded_one(monthly: list[District]) -> None:
    seen: set[object] = set()
    for district in monthly:
        homes = district.world.households
        for row in range(district.month % 7, len(homes), 45):
            explanation = district.why(household=row)
            assert explanation.month == district.month - 1
            if "charges no dues" in explanation.summary_en:
                seen.add("no dues")
                continue
            logit = sum(line.contribution for line in explanation.lines if line.contribution is not None)
            assert logit == pytest.approx(value(explanation, "Logit of paying"), abs=1e-12)
            pays = value(explanation, "Pays")
            at_bill = any(line.label_en == "Bill, yuan" for line in explanation.lines)
            open_sum = value(explanation, "Bill, yuan" if at_bill else "Unpaid of the last bill, yuan")
            if open_sum > 0.0:
                drawn = value(explanation, "Draw; pays if below the chance")
                assert pays == (drawn < value(explanation, "Chance of paying"))
                assert (explanation.chance, explanation.draw) == (value(explanation, "Chance of paying"), drawn)
            else:
                assert pays == 0.0
            if billed(district, row):
                assert homes.paid[row] == pays
            if open_sum > 0.0 and not changed_hands(district, row):
                assert homes.bill[row] == (0 if pays else round(100 * open_sum))
            seen.add(("bill" if at_bill else "later", open_sum > 0.0, pays))
    assert {("bill", True, 1.0), ("bill", True, 0.0), ("later", True, 0.0), ("later", False, 0.0)} <= seen


def changed_hands(district: District, row: int) -> bool:
    """Whether a new body took over after this month's payment: then open bills became arrears."""
    compounds = district.world.compounds
    return bool(compounds.mode_since[district.world.households.compound[row]] == district.month - 1)


def test_one_run_answers_for_every_household_of_the_month(monthly: list[District]) -> None:
    district = monthly[7]
    payday = Payday(district.scenario, district.seed, 7, District)
    assert payday.digest == district.digest()
    for row in (0, 60, 61, 399):
        assert payday.why(row, district.digest()) == district.why(household=row)
    assert payday.why(5, "another").lines == ()
    with pytest.raises(ValueError, match="0 to 399"):
        payday.why(400, district.digest())


def test_late_payment_and_lead_are_explained(monthly: list[District]) -> None:
    late = led = 0
    for before, after in pairwise(monthly):
        bills_before, bills = before.world.households.bill, after.world.households.bill
        came = [
            row
            for row in range(len(bills))
            if bills_before[row] > 0 and bills[row] == 0 and not billed(after, row) and not changed_hands(after, row)
        ]
        for row in came[:2]:
            assert value(after.why(household=row), "Pays") == 1.0
            late += 1
        leaders = [
            row
            for row in range(len(bills))
            if billed(after, row) and after.world.households.roles[row] & 1 and after.world.households.paid[row]
        ]
        for row in leaders[:2]:
            neighbour = row + 1 if row + 1 < len(bills) else row - 1
            homes = after.world.households
            if homes.stairwell[neighbour] == homes.stairwell[row] and not homes.roles[neighbour] & 1:
                assert value(after.why(household=neighbour), "Lead: a Party neighbour paid first") == 1.0
                led += 1
            assert value(after.why(household=row), "Lead: a Party neighbour paid first") == 0.0
    assert late
    assert led


def test_asking_changes_nothing(monthly: list[District]) -> None:
    before = monthly[5].digest()
    assert monthly[5].why(household=3) == monthly[5].why(household=3)
    assert monthly[5].why(compound=1) == monthly[5].why(compound=1)
    assert monthly[5].digest() == before


def test_a_district_changed_by_hand_gets_no_answer() -> None:
    district = District(load_scenario("hengdong", OVERRIDES), rng=SEED)
    district.run_for(2)
    district.world.households.trust[200] = 0.9
    explanation = district.why(household=3)
    assert explanation.lines == ()
    assert "changed by hand" in explanation.summary_en
    assert "手工" in explanation.summary_zh


def test_what_the_lines_leave_out_is_shown_as_a_further_term(
    monthly: list[District], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = next(row for row in range(400) if billed(monthly[7], row))
    whole = monthly[7].why(household=row)
    assert not [line for line in whole.lines if "Further terms" in line.label_en]
    monkeypatch.setattr(
        explain_household, "half", lambda label_en, label_zh, *_: Line(label_en, label_zh, 0.0, 0.0, 0.0)
    )
    partly = monthly[7].why(household=row)
    assert value(partly, "Further terms of the rule") == 1.0
    logit = "Logit of paying"
    assert value(partly, logit) == pytest.approx(value(whole, logit), abs=1e-6)
    assert value(partly, "Pays") == value(whole, "Pays")


def test_impossible_questions_name_the_range(monthly: list[District]) -> None:
    for row in (-1, 400):
        with pytest.raises(ValueError, match="0 to 399"):
            monthly[0].why(household=row)
    with pytest.raises(ValueError, match="0 to 4"):
        monthly[0].why(compound=5)
    with pytest.raises(ValueError, match="one household or one compound"):
        monthly[0].why()
    with pytest.raises(ValueError, match="no month"):
        District(load_scenario("hengdong", OVERRIDES), rng=SEED).why(household=0)


def test_every_step_of_a_compound_is_told_in_order(monthly: list[District]) -> None:
    district = monthly[-1]
    for row in range(len(district.compounds)):
        explanation = district.why(compound=row)
        dated = [line for line in explanation.lines if line.label_en.startswith("Month ")]
        months = [int(line.label_en.split()[1].rstrip(":")) for line in dated]
        assert months == sorted(months)
        events = [event for event in district.world.events if event.compound == row]
        assert len([line for line in dated if "call for tenders" not in line.label_en]) == len(events)
        due = [line for line in explanation.lines if line.label_en.startswith("Due: ")]
        agenda = [*district.agenda.upcoming(row), *district.agenda.upcoming(-1)]
        assert [line.value for line in due] == sorted(item.month for item in agenda)
        modes = [line.label_en for line in explanation.lines if line.label_en.startswith("Mode ")]
        assert len(modes) == len(district.modes) - 1
        assert sum("in force" in label for label in modes) == (district.world.compounds.mode[row] > 0)


def test_votes_stand_beside_what_the_law_asks(monthly: list[District]) -> None:
    district = monthly[-1]
    outcomes = set()
    for row in range(len(district.compounds)):
        votes = [event for event in district.world.events if event.compound == row and event.kind == "assembly"]
        told = [line for line in district.why(compound=row).lines if "(need" in line.label_en]
        assert len(told) == len(votes), "one line a ballot"
        for line, event in zip(told, votes, strict=True):
            heads = int(district.world.compounds.households[row])
            (counts,) = re.findall(r"(\d+)/(\d+) vote \(need (\d+)\), (\d+) yes \(need (\d+)\)", line.label_en)
            part, of, least, yes, majority = (int(number) for number in counts)
            assert re.findall(r"\d+", line.label_zh)[1:] == [str(n) for n in (part, of, least, yes, majority)]
            assert event.note == f"{part}/{of} take part, {yes} yes"
            assert of == heads
            assert 3 * least >= 2 * heads > 3 * (least - 1)
            if "lease common parts" in line.label_en:
                assert 4 * majority >= 3 * part > 4 * (majority - 1)
            else:
                assert 2 * majority > part >= 2 * (majority - 1)
            if "carried" in line.label_en:
                assert part >= least
                assert yes >= majority
            outcomes.add("carried" in line.label_en)
    assert outcomes == {True, False}


def test_a_carried_vote_that_brought_no_firm_is_explained() -> None:
    district = District(load_scenario("xiashesi"), rng=2)  # a seed in which such a vote occurs
    district.run_for(12)
    reasons = set()
    for row in range(len(district.compounds)):
        lines = [line.label_en for line in district.why(compound=row).lines if line.dated]
        adopted = any("mode, property company" in label for label in lines)
        for number, label in enumerate(lines):
            if "hire a firm: carried" not in label:
                continue
            after = lines[number + 1] if number + 1 < len(lines) else ""
            if not adopted and district.compound(row).offer is None:
                assert after.startswith("    no firm came of it: "), (row, lines)
                reasons.add(after)
    assert any("neighbours that would share it" in reason for reason in reasons)


def test_why_a_firm_leaves_is_told_by_its_own_figures() -> None:
    """In the month of the notice a firm stands beyond the line that the explanation names."""
    district = District(load_scenario("xiashesi"), rng=1)
    told, leaving = 0, set()
    for month in range(18):
        district.step()
        left = {e.compound: e.subject for e in district.world.events if e.month == month and "leaves" in e.subject}
        leaving |= set(left.values())
        compounds = district.world.compounds
        for row in np.flatnonzero(compounds.firm >= 0).tolist() if left else ():
            lines = {line.label_en.strip(): line.value for line in district.why(compound=row).lines}
            (contract,) = [label for label in lines if label.startswith("Contract of firm ")]
            (months,) = [label for label in lines if label.startswith("months of lean income")]
            result, lasted = lines[contract], lines[months]
            spare = lines["a year's income beyond the smallest crew, yuan; lean below 0"]
            assert isinstance(result, float)
            assert isinstance(lasted, float)
            assert isinstance(spare, float)
            rows = list(district.compound(row).bundle)
            assert result == pytest.approx(compounds.contract_result[rows].sum())
            bearable = float(contract.rpartition("below ")[2].replace(",", ""))
            needed = district.scenario["firms.capital_months"] * compounds.standard_cost[rows].sum()
            assert bearable == pytest.approx(-needed, abs=0.5)
            told += 1
            if left.get(row) == "the firm leaves: losses":
                assert result < bearable
            if left.get(row) == "the firm leaves: lean years":
                assert lasted >= float(re.findall(r"from (\d+) on", months)[0])
                assert spare < 0
    assert told > len(leaving) > 0


def test_effort_and_volunteers_of_those_in_charge_are_told() -> None:
    seen, district = set(), District(load_scenario("my_street"), rng=SEED)
    for _ in range(4):
        district.run_for(4)
        compounds = district.world.compounds
        for row in range(len(compounds)):
            lines = {line.label_en.strip(): line.value for line in district.why(compound=row).lines}
            driver = district.modes[int(compounds.mode[row])].driver
            if driver == "effort":
                (effort,) = [value for label, value in lines.items() if label.startswith("Effort of the committee")]
                assert effort == compounds.effort[row]
            if driver == "volunteers":
                assert lines["Volunteers of the council"] == compounds.volunteers[row]
            seen.add(driver)
            assert ("Volunteers of the council" in lines) == (driver == "volunteers")
    assert {"effort", "volunteers"} <= seen


def test_a_compound_goes_by_its_number_its_id_and_its_name() -> None:
    district = District(load_scenario("my_street"), rng=SEED)
    district.run_for(1)
    assert district.scenario.ledger is not None
    row = district.scenario.ledger[2]
    for explanation in (
        district.why(compound=2),
        district.why(household=int(district.world.compounds.first[2])),
    ):
        for title in (explanation.title_en, explanation.title_zh):
            assert row.id in title
            assert row.name in title
        assert re.search(r"[Cc]ompound 2 \(id", explanation.title_en)
        assert "第2号小区（编号" in explanation.title_zh


def test_unmanaged_compound_is_told_how_owners_would_vote() -> None:
    district = District(load_scenario("hengdong", OVERRIDES), rng=SEED)
    labels = [line.label_en.strip() for line in district.why(compound=0).lines]
    assert "mean chance of a yes, if put to the vote" in labels
    assert any(label.startswith("owners who would stand") for label in labels)


def test_both_languages(monthly: list[District]) -> None:
    for explanation in (monthly[9].why(household=17), *(monthly[-1].why(compound=row) for row in range(5))):
        chinese = [explanation.title_zh, explanation.summary_zh, *(line.label_zh for line in explanation.lines)]
        assert not [text for text in chinese if re.search(r"[A-Za-z]{3,}", text.replace("logit", ""))]
        english = [explanation.title_en, explanation.summary_en, *(line.label_en for line in explanation.lines)]
        assert not [text for text in english if re.search(r"[\u4e00-\u9fff]", text)]


def test_lines_are_frozen() -> None:
    line = Line("a", "甲", 1.0)
    with pytest.raises(FrozenInstanceError):
        line.value = 2.0  # type: ignore[misc]
