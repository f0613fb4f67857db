"""What the page of a compound draws and says, without a browser: exact, complete in both languages, quick."""

import re
import time
from itertools import pairwise
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from xiaoqu import District, load_scenario
from xiaoqu.explain_compound import Votes, steps
from xiaoqu.governance.law import Count, Matter, is_carried, is_valid
from xiaoqu.kernels import logistic
from xiaoqu.world import ABSENT, CHIEF, COMMITTEE_MEMBER, COUNCIL_MEMBER, PARTY, TENANT
from xiaoqu_lab.texts import TEXTS, Lang
from xiaoqu_lab.view import answers, bands, grid, portrait, sections
from xiaoqu_lab.view.accounts import books

SVG, XHTML = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xhtml}"
LANGUAGES: tuple[Lang, ...] = ("en", "zh")


@pytest.fixture(scope="module")
def district() -> District:
    """Hengdong after two years: committees, councils and a firm, vacant flats, arrears, failed attempts."""
    built = District(load_scenario("hengdong"), rng=1)
    built.run_for(24)
    return built


def parsed(drawn: str) -> ET.Element:
    """What a browser reads: a picture or section that is no well-formed XML fails here."""
    return ET.fromstring(drawn)  # noqa: S314 - drawn here


def cells(drawn: str) -> list[ET.Element]:
    return list(parsed(drawn).iter(f"{SVG}use"))


@pytest.mark.parametrize("colouring", grid.COLOURINGS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_flat_is_a_cell_that_says_its_class(district: District, colouring: str, lang: Lang) -> None:
    homes = district.world.households
    seen = set()
    for row in range(len(district.compounds)):
        here = np.flatnonzero(homes.compound == row).tolist()
        marks = cells(grid.draw(district, row, colouring, lang))
        assert [mark.get("data-pick") for mark in marks] == [f"household-{home}" for home in here]
        for mark, home, number in zip(marks, here, grid.classes(district, row, colouring).tolist(), strict=True):
            said = mark.findtext(f"{SVG}title") or ""
            words = TEXTS[f"shade.{grid.SHADES[colouring][number].key}"][lang]
            assert words in said
            assert str(home) in said
            vacant = homes.tenure[home] == ABSENT
            assert (TEXTS["grid.vacant"][lang] in said) == vacant
            assert mark.get("href") == f"#flat-{number}{'v' if vacant else ''}"
            seen.add(number)
        assert sum(mark.get("tabindex") == "0" for mark in marks) == 1, "one tab stop"
    assert len(seen) >= 3


def test_classes_are_what_they_are_called(district: District) -> None:
    homes, c = district.world.households, district.world.compounds
    for row in range(len(district.compounds)):
        here = slice(int(c.first[row]), int(c.first[row] + c.households[row]))
        owed = 0.01 * (homes.arrears[here] + homes.bill[here])
        arrears = grid.classes(district, row, "arrears")
        assert ((owed == 0) == (arrears == 0)).all()
        assert ((owed > 300) == (arrears > 1)).all()
        assert ((owed > 3000) == (arrears == 4)).all()
        trust = grid.classes(district, row, "trust")
        assert (np.abs(homes.trust[here] - (trust + 0.5) / 5) <= 0.1 + 1e-6).all()
        roles, role = homes.roles[here], grid.classes(district, row, "role")
        assert ((role == 0) == (roles & COMMITTEE_MEMBER > 0)).all()
        assert (roles[role == 1] & COUNCIL_MEMBER > 0).all()
        assert (roles[role == 2] & CHIEF > 0).all()
        assert (roles[role == 3] & PARTY > 0).all()
        assert (homes.tenure[here][role == 5] == TENANT).all()
        payment = grid.classes(district, row, "payment")
        assert (homes.bill[here][payment == 2] > 0).all()
        assert (homes.bill[here][payment < 2] == 0).all()
        assert (homes.arrears[here][payment == 1] > 0).all()


def test_the_picked_flat_is_ringed_and_the_tab_stop(district: District) -> None:
    home = int(district.world.compounds.first[3]) + 17
    drawn = parsed(grid.draw(district, 3, "payment", "en", home))
    assert [m.get("data-pick") for m in drawn.iter(f"{SVG}use") if m.get("tabindex") == "0"] == [f"household-{home}"]
    (ring,) = [box for box in drawn.iter(f"{SVG}rect") if box.get("class") == "ring"]
    (mark,) = [m for m in drawn.iter(f"{SVG}use") if m.get("data-pick") == f"household-{home}"]
    assert float(ring.get("x", 0)) == float(mark.get("x", 0)) - 1
    assert float(ring.get("y", 0)) == float(mark.get("y", 0)) - 1


def test_nothing_lies_outside_the_picture_or_on_another_flat() -> None:
    """From the smallest to the largest compound."""
    built = District(load_scenario("shaoshan"), rng=2)
    sizes = built.world.compounds.households
    for row in (int(sizes.argmin()), int(sizes.argmax()), 7):
        drawn = parsed(grid.draw(built, row, "payment", "zh"))
        _, _, width, height = map(float, drawn.get("viewBox", "").split())
        assert width <= grid.WIDTH + 2
        marks = [(float(m.get("x", 0)), float(m.get("y", 0))) for m in drawn.iter(f"{SVG}use")]
        assert len(set(marks)) == len(marks) == sizes[row]
        assert all(0 <= x < width and 0 <= y < height for x, y in marks)


def test_names_are_escaped() -> None:
    built = District(load_scenario("my_street"), rng=1)
    built.compounds[0].name = '<script>alert("x")</script> & Co'
    drawn = sections.head(built, 0, "en")
    assert "<script" not in drawn
    assert built.compounds[0].name in "".join(parsed(drawn).itertext())


def test_spells_cover_the_kept_months_without_a_gap(district: District) -> None:
    for row in range(len(district.compounds)):
        told = bands.spells(district, row)
        assert told[0].month == -12
        assert told[-1].end == district.month
        assert all(before.end == after.month for before, after in pairwise(told))
        assert told[-1].mode == district.compound(row).mode_name
        drawn = parsed(bands.modes(district, row, "zh"))
        picks = [mark.get("data-pick") for mark in drawn.iter(f"{SVG}g") if mark.get("data-pick")]
        assert picks == [f"spell-{spell.month}" for spell in told]


def test_columns_of_money_are_as_tall_as_what_moved(district: District) -> None:
    entries = books(district, 3)
    drawn = parsed(bands.money(entries, "en"))
    moved = {e.month: sum(abs(bands.ACCOUNT_SIGNS[n] * e.flows[n]) for n, _ in bands.FLOWS) for e in entries}
    tall = {}
    for mark in drawn.iter(f"{SVG}g"):
        boxes = [box for box in mark.iter(f"{SVG}rect") if box.get("class") != "catch"]
        tall[int(mark.get("data-pick", "").removeprefix("month-"))] = sum(float(b.get("height", 0)) for b in boxes)
    most = max(moved, key=lambda month: moved[month])
    for month, fen in moved.items():
        assert tall[month] == pytest.approx(tall[most] * fen / moved[most], abs=0.6)
    assert {name for name, _ in bands.FLOWS} == set(bands.ACCOUNT_SIGNS)


def test_open_matters_by_tier_are_those_by_age() -> None:
    for case in ("hengdong", "daguan"):
        built = District(load_scenario(case), rng=3)
        built.run_for(14)
        some = 0
        for row in range(len(built.compounds)):
            found = portrait.matters(built, row, "en")
            assert found.open == sum(count.number for count in found.by_age)
            assert found.open == sum(count.number for count in found.by_tier)
            settled = found.year[-1].value.replace(",", "")
            assert int(settled) == sum(count.number for count in found.settled)
            some += found.open
        assert some


def test_households_are_asked_in_the_month_shown_and_at_the_last_bill(district: District) -> None:
    asking, month = answers.Asking(), district.month - 1
    c, homes = district.world.compounds, district.world.households
    earlier = 0
    for row in range(0, len(homes), 97):
        found = asking.household(district.scenario, district.seed, month, row, district.digest())
        assert found.now == district.why(household=row)
        last = int(c.last_bill[homes.compound[row]])
        assert (found.last_bill is not None) == (0 <= last < month)
        if found.last_bill is not None:
            assert found.last_bill.month == last
            then = District(district.scenario, rng=district.seed)
            then.run_for(last + 1)
            assert found.last_bill == then.why(household=row)
            earlier += 1
    assert earlier
    changed = asking.household(district.scenario, district.seed, month, 0, "changed by hand")
    assert changed.now.lines == ()
    assert changed.last_bill is None


@pytest.mark.parametrize("lang", LANGUAGES)
def test_terms_add_up_to_the_chance(district: District, lang: Lang) -> None:
    asking, seen = answers.Asking(), 0
    for row in range(3, len(district.world.households), 211):
        found = asking.household(district.scenario, district.seed, 23, row, district.digest())
        for explanation in (found.now, found.last_bill):
            if explanation is None or explanation.chance is None:
                continue
            told = answers.answer(explanation, lang)
            assert told.logit == sum(term.adds or 0.0 for term in told.terms)
            bill = any(line.label_en == "Bill, yuan" for line in explanation.lines)
            if bill:
                assert logistic(told.logit) == pytest.approx(told.chance, abs=1e-9)
            assert max(abs(term.share) for term in told.terms) == 1.0
            assert told.draw is not None
            pays = told.draw < (told.chance or 0.0)
            assert (": paid" in explanation.summary_en) == pays
            seen += 1
    assert seen


def test_a_question_that_is_overtaken_is_simulated_no_further(district: District) -> None:
    asking = answers.Asking()
    first = asking.turn("household")
    begun = first(district.scenario, rng=1)
    begun.step()
    other = asking.turn("decision")
    begun.step()
    expected = District(district.scenario, rng=1)
    expected.run_for(2)
    assert begun.digest() == expected.digest()
    asking.turn("household")
    with pytest.raises(answers.OvertakenError):
        begun.step()
    with pytest.raises(answers.OvertakenError):
        asking.household(district.scenario, district.seed, 2, 0, "", first)
    question = answers.question(district, 3, len(steps(district, 3)) - 1)
    assert answers.decision(question, other) == answers.decision(question)
    asking.stop()
    with pytest.raises(answers.OvertakenError):
        answers.decision(question, other)


def test_decisions_are_looked_at_on_the_state_they_fell_on(district: District) -> None:
    kinds = set()
    for row in range(len(district.compounds)):
        for number, step in enumerate(steps(district, row)):
            if step.kind in kinds or step.month < 0:
                continue
            kinds.add(step.kind)
            found = answers.decision(answers.question(district, row, number))
            state = step.month - 1 if found.asked.changed else step.month
            assert found.state == state
            then = District(district.scenario, rng=district.seed)
            for _ in range(state + 1):
                then.step()
            assert found.lines == tuple(line for line in then.why(compound=row).lines if not line.dated)
            assert found.lines
            if step.kind == "assembly":
                assert found.asked.cast is not None
                assert found.asked.cast.part >= found.asked.cast.yes
            assert all(other.month == step.month for other in found.asked.others)
    assert {"mode", "assembly", "attempt failed", "committee elected"} <= kinds


def test_a_firm_that_leaves_is_told_by_what_it_leaves_for() -> None:
    built = District(load_scenario("xiashesi"), rng=1)
    built.run_for(20)
    left = [event for event in built.world.events if event.kind == "notice" and "leaves" in event.subject]
    assert left
    for event in left:
        found = steps(built, event.compound)
        number = next(n for n, step in enumerate(found) if step.kind == "notice" and step.month == event.month)
        told = answers.decision(answers.question(built, event.compound, number))
        assert told.state == event.month
        said = {line.label_en.strip(): line.value for line in told.lines}
        assert any(label.startswith("Contract of firm ") for label in said)
        (months,) = [label for label in said if label.startswith("months of lean income")]
        least = float(re.findall(r"from (\d+) on", months)[0])
        lean = said["a year's income beyond the smallest crew, yuan; lean below 0"]
        lasted = said[months]
        assert isinstance(lean, float)
        assert isinstance(lasted, float)
        if event.subject.endswith("lean years"):
            assert lean < 0
            assert lasted >= least


def test_areas_of_a_ballot_are_those_that_were_counted(district: District) -> None:
    known = 0
    for row in range(len(district.compounds)):
        found = steps(district, row)
        remembered = district.compound(row).last_assembly
        last = [number for number, step in enumerate(found) if step.kind == "assembly"][-1:]
        for number in last:
            area = answers.decision(answers.question(district, row, number)).area
            assert remembered is not None
            assert area == remembered[2].count
            known += 1
    assert known


@pytest.mark.parametrize("special", [False, True])
@pytest.mark.parametrize("part", [1, 3_000, 40_001, 100_000])
def test_what_a_ballot_needs_is_what_the_law_asks_to_the_hundredth(part: int, special: bool) -> None:
    matter = Matter.BUSINESS_WITH_COMMON_PARTS if special else Matter.OTHER
    area = Count(heads=9, area=100_000, heads_part=9, area_part=part, heads_yes=9, area_yes=0)
    cast = Votes(heads=9, part=9, yes=9, quorum=6, majority=7 if special else 5, special=special)
    _, turnout, _, yes = sections.ballots(cast, area, "en")
    least = round(100 * turnout.need)
    assert is_valid(area._replace(area_part=least))
    assert not is_valid(area._replace(area_part=least - 1))
    least = round(100 * yes.need)
    taken = Count(9, part, 9, part, 9, 0)
    assert is_carried(matter, taken._replace(area_yes=least))
    assert not is_carried(matter, taken._replace(area_yes=least - 1))


def test_before_the_campaign_only_the_log_is_kept() -> None:
    built = District(load_scenario("shaoshan"), rng=1)
    built.run_for(1)
    row = next(row for row in range(len(built.compounds)) if steps(built, row) and steps(built, row)[0].month < -1)
    found = answers.decision(answers.question(built, row, 0))
    assert (found.state, found.lines) == (None, ())


def test_every_section_is_well_formed_in_both_languages() -> None:
    """Also of a compound that nothing has happened to yet, and of one with all bodies."""
    for case, overrides in (("my_street", {}), ("hengdong", {"places.compounds": 2, "places.households": 8})):
        built = District(load_scenario(case, overrides), rng=1)
        for months in (0, 8):
            for _ in range(months):
                built.step()
            for row in range(len(built.compounds)):
                for lang in LANGUAGES:
                    draw_all(built, row, lang)


def draw_all(built: District, row: int, lang: Lang) -> None:
    """Every section of the page of a compound."""
    home, number = int(built.world.compounds.first[row]), len(steps(built, row)) - 1
    for colouring in grid.COLOURINGS:
        parsed(grid.draw(built, row, colouring, lang, home))
        parsed(grid.legend(colouring, lang))
    parsed(sections.head(built, row, lang))
    parsed(sections.steps_so_far(built, row, lang, 0))
    parsed(sections.household(built, home, lang, None, busy=True))
    parsed(sections.statements(books(built, row), built.month - 1, lang))
    parsed(sections.drawn("bodies", lang, portrait.bodies(built, row, lang)))
    parsed(sections.drawn("matters", lang, portrait.matters(built, row, lang)))
    parsed(bands.modes(built, row, lang))
    parsed(bands.money(books(built, row), lang))
    if number >= 0:
        parsed(sections.decision(answers.question(built, row, number), None, lang, busy=True))


def test_a_statement_on_the_page_adds_up(district: District) -> None:
    """Read as a person would: opening, what came and went, closing, in yuan with two decimals."""

    def fen(said: str) -> int:
        return int(said.replace(",", "").replace(".", "").replace("−", "-").replace("+", "") or 0)

    for row in range(len(district.compounds)):
        page = parsed(sections.statements(books(district, row), 20, "en"))
        tables = [table for table in page.iter(f"{XHTML}table") if table.get("data-holder") != "beside"]
        assert [table.get("data-holder") for table in tables] == ["account", "repair_fund", "owed"]
        for table in tables:
            for column in (1, 2):
                lines = [line for line in table.iter(f"{XHTML}tr") if line.get("data-row")]
                told = [fen(list(line)[column].text or "") for line in lines]
                assert [lines[0].get("data-row"), lines[-1].get("data-row")] == ["opening", "closing"]
                assert told[-1] == sum(told[:-1])


def test_both_languages_say_everything(district: District) -> None:
    for row in range(len(district.compounds)):
        for body in portrait.bodies(district, row, "zh"):
            assert not re.search(r"[A-Za-z]{3,}", body.title + "".join(f.label + f.value for f in body.facts))
        for fact in (*portrait.place(district, row, "zh"), *portrait.figures(district, row, "zh")):
            assert not re.search(r"[A-Za-z]{3,}", fact.label + fact.value)
        for fact in portrait.agenda(district, row, "zh"):
            assert not re.search(r"[A-Za-z]{3,}", fact.label + fact.value)
        english = [*portrait.place(district, row, "en"), *portrait.household(district, row, "en")]
        assert not re.search(r"[\u4e00-\u9fff]", "".join(f.label + f.value for f in english))


def test_the_largest_compound_is_drawn_in_time() -> None:
    """A tenth of a second of computing for 1,570 flats: with the browser's part the page opens in two tenths."""
    built = District(load_scenario("shaoshan"), rng=1)
    built.run_for(3)
    row = int(built.world.compounds.households.argmax())
    spent = []
    for _ in range(5):
        begun = time.process_time()
        grid.draw(built, row, "payment", "en")
        bands.modes(built, row, "en")
        bands.money(books(built, row), "en")
        portrait.place(built, row, "en")
        portrait.bodies(built, row, "en")
        portrait.matters(built, row, "en")
        steps(built, row)
        spent.append(time.process_time() - begun)
    assert min(spent) < 0.1
