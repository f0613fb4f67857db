"""Map, curves, key figures and feed as they are drawn: what is on them follows from the district. No browser needed."""

from __future__ import annotations

import math
import re
import tracemalloc
from html import unescape
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from xiaoqu import load_scenario
from xiaoqu.tally import INDEX
from xiaoqu_lab.console import figure
from xiaoqu_lab.simulate import simulate
from xiaoqu_lab.texts import TEXTS
from xiaoqu_lab.view import curves, key_figures, reported
from xiaoqu_lab.view import map as district_map
from xiaoqu_lab.view.feed import KINDS, LONGEST, feed
from xiaoqu_lab.view.palette import standalone
from xiaoqu_lab.view.session import Session

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own


@pytest.fixture(scope="module")
def session() -> Session:
    """Hengdong after its last month."""
    session = Session(load_scenario("hengdong"), 1, "en", lambda: None, {})
    for _ in range(24):
        session.step()
    return session


@pytest.fixture(scope="module")
def beside() -> Session:
    """Two runs that part in month 3."""
    session = Session(load_scenario("hengdong", {"calendar.spin_up": 12}), 1, "en", lambda: None, {})
    for _ in range(3):
        session.step()
    session.compare()
    while session.playing:
        session.tick(1.0)
    session.change("levers.neighbour_chiefs", "off")
    for _ in range(6):
        session.step()
    return session


@pytest.fixture(scope="module")
def eventful() -> Session:
    """A district in which something of every kind has happened."""
    session = Session(load_scenario("daguan", {"calendar.spin_up": 12}), 1, "en", lambda: None, {})
    session.step()
    session.change("levers.neighbour_chiefs", "0.25")
    for _ in range(19):
        session.step()
    return session


def drawn_map(session: Session, state: str = "collection", month: int | None = None, lang: str = "en") -> ET.Element:
    district = session.a.district
    where = district_map.places(district)
    data = session.a.recorded(session.shown if month is None else month)
    modes, own = district.world.modes, district.mode_titles
    return parsed(district_map.draw(where, data, modes, state, "zh" if lang == "zh" else "en", own, "a map"))


def marks(svg: ET.Element) -> list[ET.Element]:
    return [item for item in svg.iter(f"{SVG}path") if "compound-mark" in item.get("class", "")]


def words(svg: ET.Element) -> str:
    return " ".join(svg.itertext())


# The map


def test_every_compound_is_a_button_with_its_mode_and_state(session: Session) -> None:
    data = session.a.recorded(23)
    found = marks(drawn_map(session))
    assert [mark.get("data-pick") for mark in found] == [str(row) for row in range(11)]
    for row, mark in enumerate(found):
        code = int(data[INDEX["mode"], row])
        assert f"m{code}" in mark.get("class", "").split()
        share = 100.0 * data[INDEX["collected_12m"], row] / data[INDEX["billed_12m"], row]
        assert f"f{min(4, int(share // 20))}" in mark.get("class", "").split()
        assert f"{share:.0f} %" in words(mark)
        assert mark.get("role") == "button"
    assert len({int(code) for code in data[INDEX["mode"]]}) == 3


def test_modes_differ_in_shape_as_well_as_in_colour() -> None:
    outlines = {re.sub(r"[-\d. ]+", "", district_map.shape(code, 0.0, 0.0, 10.0)) for code in range(6)}
    sizes = {district_map.shape(code, 0.0, 0.0, 10.0) for code in range(6)}
    assert len(sizes) == 6
    assert len(outlines) >= 5


@pytest.mark.parametrize("state", district_map.STATES)
def test_a_state_of_choice_fills_the_marks_and_is_named_in_the_legend(session: Session, state: str) -> None:
    for lang in ("en", "zh"):
        picture = drawn_map(session, state, lang=lang)
        assert TEXTS[f"view.state.{state}"]["zh" if lang == "zh" else "en"] in words(picture)
        filled = [re.search(r"f(-?\d)", mark.get("class", "")) for mark in marks(picture)]
        assert all(level is not None for level in filled)


def test_the_past_is_drawn_as_it_was(session: Session) -> None:
    before = [mark.get("class") for mark in marks(drawn_map(session, month=-1))]
    assert all("m0" in str(kind).split() for kind in before)
    assert before != [mark.get("class") for mark in marks(drawn_map(session))]


def test_what_cannot_be_measured_is_marked_so(session: Session) -> None:
    data = session.a.recorded(23).copy()
    data[INDEX["billed_12m"], 4] = 0.0
    district = session.a.district
    svg = district_map.draw(
        district_map.places(district), data, district.world.modes, "collection", "en", district.mode_titles, ""
    )
    (mark,) = [mark for mark in marks(parsed(svg)) if mark.get("data-pick") == "4"]
    assert "f-1" in mark.get("class", "").split()
    assert "–" in words(mark)


@pytest.mark.parametrize("compounds", [1, 11, 130, 1000])
def test_no_mark_hides_another_or_leaves_the_picture(compounds: int) -> None:
    size = {"places.compounds": compounds, "places.households": 60 * compounds, "calendar.spin_up": 12}
    district = Session(load_scenario("daguan", size), 1, "en", lambda: None, {}).a.district
    where = district_map.places(district)
    away = np.hypot(where.x[:, None] - where.x, where.y[:, None] - where.y)
    np.fill_diagonal(away, np.inf)
    touching = where.radius[:, None] + where.radius[None, :] - away
    assert touching.max(initial=-np.inf) < 2.5  # pixels; a shape reaches a little over its circle
    assert (where.x - where.radius >= 0).all()
    assert (where.x + where.radius <= district_map.WIDTH).all()
    assert (where.y + where.radius <= district_map.HEIGHT).all()
    larger = where.households > 2 * np.median(where.households)
    assert where.radius[larger].min(initial=np.inf) > np.median(where.radius)


def test_marks_are_parted_by_their_neighbours_alone_once_a_run() -> None:
    """Not by all pairs: of 1,500 compounds one table of those takes 18 MB."""
    size = {"places.compounds": 1500, "places.households": 3000, "calendar.spin_up": 12}
    run = Session(load_scenario("daguan", size), 1, "en", lambda: None, {}).a
    tracemalloc.start()
    assert run.places is run.places
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1500 * 1500 * 8 / 4


def test_two_runs_are_drawn_as_far_as_both_have_come(beside: Session) -> None:
    session = Session(beside.a.base, 1, "en", lambda: None, {})
    assert 'class="line b"' in curves.draw(beside.a, session.a, -1, "en")
    assert 'class="line b"' in curves.draw(session.a, beside.a, -1, "en")


def test_names_of_others_are_text_and_never_markup(session: Session) -> None:
    district = session.a.district
    where = district_map.places(district)._replace(names=('<b onclick="x">&', *["x"] * 10))
    svg = district_map.draw(where, session.a.recorded(23), district.world.modes, "trust", "en", {}, '"<&')
    assert '<b onclick="x">&' in words(parsed(svg))
    assert "<b" not in svg


def test_a_saved_picture_needs_no_page(session: Session) -> None:
    svg = standalone(curves.draw(session.a, None, 23, "zh"))
    assert "var(" not in svg
    assert parsed(svg).tag == f"{SVG}svg"


# The curves


def panel(svg: str, key: str) -> ET.Element:
    (found,) = [group for group in parsed(svg).iter(f"{SVG}g") if group.get("data-panel") == key]
    return found


def test_reported_figures_are_marked_at_their_height_and_month(session: Session) -> None:
    group = panel(curves.draw(session.a, None, 23, "en"), "collection")
    (mark,) = [item for item in group.iter(f"{SVG}g") if item.get("class") == "reported"]
    assert mark.get("data-target") == "hengdong.collection"
    assert "reported 96 %" in words(mark)
    (diamond,) = mark.iter(f"{SVG}path")
    x, y = map(float, re.findall(r"[\d.]+", diamond.get("d", ""))[:2])
    assert y + 5 == pytest.approx(curves.TOP + 0.04 * curves.PLOT, abs=0.1)
    across = curves.WIDTH - curves.LEFT - curves.RIGHT
    assert x == pytest.approx(curves.LEFT + across * (23 + 12) / (24 + 12), abs=0.1)


def test_reported_figures_of_other_places_are_not_set_beside() -> None:
    changed = Session(load_scenario("hengdong", {"calendar.spin_up": 12}), 1, "en", lambda: None, {})
    assert 'class="reported"' in curves.draw(changed.a, None, -1, "en")
    other = Session(changed.a.base, 1, "en", lambda: None, {"places.compounds": "5", "places.households": "300"})
    assert 'class="reported"' not in curves.draw(other.a, None, -1, "en")


def test_the_line_at_the_shown_month_moves_and_names_are_set_beside_values(session: Session) -> None:
    def cursor(month: int) -> float:
        group = panel(curves.draw(session.a, None, month, "en"), "satisfaction")
        (line,) = [item for item in group.iter(f"{SVG}path") if item.get("class") == "cursor"]
        return float(re.findall(r"[\d.]+", line.get("d", ""))[0])

    assert cursor(6) < cursor(12) < cursor(23)
    legend = words(panel(curves.draw(session.a, None, 6, "en"), "satisfaction"))
    assert f"{100 * session.a.series.at('satisfaction', 6):.0f} %" in legend


def test_adoption_is_stacked_to_the_whole(session: Session) -> None:
    group = panel(curves.draw(session.a, None, 23, "en"), "adoption")
    areas = [item for item in group.iter(f"{SVG}path") if item.get("class") == "area"]
    assert len(areas) == 4
    heights = [float(y) for _, y in re.findall(r"([\d.]+) ([\d.]+)", areas[-1].get("d", ""))]
    assert min(heights) == max(curves.TOP, min(heights)) == curves.TOP


def test_a_second_run_is_dotted_and_its_difference_drawn(beside: Session) -> None:
    alone = curves.draw(beside.a, None, 8, "en")
    assert 'class="difference"' not in alone
    assert 'class="line b"' not in alone
    assert beside.b is not None
    group = panel(curves.draw(beside.a, beside.b, 8, "en"), "collection")
    bars = [item for item in group.iter(f"{SVG}rect") if item.get("class") == "difference"]
    values = 100 * (beside.b.series["collection_rate_12m"] - beside.a.series["collection_rate_12m"])
    assert len(bars) == int((np.abs(values) > 0.02).sum()) > 0
    assert values[-1] < 0.0
    assert f"{values[-1]:+.1f} pts".replace("-", "−") in words(group)
    # Before they part there is no bar.
    parted = curves.LEFT + (curves.WIDTH - curves.LEFT - curves.RIGHT) * (3 + 12) / (24 + 12)
    assert min(float(bar.get("x", 0)) for bar in bars) > parted - 12


def test_a_run_of_any_length_is_drawn_with_as_many_points_as_can_be_seen(session: Session) -> None:
    series = session.a.series
    long = {name: np.resize(series[name], 1200).tolist() for name in series._values}
    length, values = series.length, series._values
    try:
        series.length, series._values = 1200, long
        assert len(curves.draw(session.a, None, 23, "en")) < 120_000
    finally:
        series.length, series._values = length, values


# Key figures


def tile(html: str, name: str) -> str:
    found = re.search(rf'data-figure="{name}">(.*?)</div>', html)
    assert found is not None
    return unescape(re.sub(r"<[^>]*>", " ", found[1]))


def test_key_figures_tell_the_change_since_the_year_before(session: Session) -> None:
    series = session.a.series
    html = key_figures.tiles(series, 23, "en")
    now, before = (100 * series.at("satisfaction", month) for month in (23, 11))
    assert f"{now:.1f} %" in tile(html, "satisfaction").replace("  ", " ")
    assert f"{now - before:+.1f} pts" in tile(html, "satisfaction")
    assert "no year before" in tile(key_figures.tiles(series, -12, "en"), "satisfaction")


def test_more_open_matters_are_worse_and_more_collection_is_better(session: Session) -> None:
    series = session.a.series
    for month in (5, 11, 23):
        html = key_figures.tiles(series, month, "en")
        for name, sign in (("backlog", -1), ("collection_rate_12m", 1)):
            change = sign * (series.at(name, month) - series.at(name, month - 12))
            kind = re.search(rf'data-figure="{name}">.*?class="change ?(\w*)"', html)
            assert kind is not None
            if not math.isnan(change) and abs(change) > 1e-3:
                assert kind[1] == ("better" if change > 0 else "worse")


def test_money_is_shown_in_words_of_the_language(session: Session) -> None:
    fen = session.a.series.at("arrears", 23)
    assert f"{fen / 1e5:,.0f} k yuan" in " ".join(
        tile(key_figures.tiles(session.a.series, 23, "en"), "arrears").split()
    )
    assert f"{fen / 1e6:,.1f} 万元" in " ".join(tile(key_figures.tiles(session.a.series, 23, "zh"), "arrears").split())


# The feed


def test_the_feed_tells_what_the_log_tells_up_to_the_month(session: Session) -> None:
    district = session.a.district
    for month in (3, 11, 23):
        told = feed(district, month, "en")
        logged = [event for event in district.world.events if event.month <= month]
        tally = district.world.tally
        tenders = sum(int((data[INDEX["tenders"]] > 0).sum()) for data in tally.history[: month - tally.months[0] + 1])
        logged = [event for event in logged if event.month >= tally.months[0]]
        assert len(told) == min(LONGEST, len(logged) + tenders) > 0
        assert f"Month {max(event.month for event in logged)}" in told[0].words or "tenders" in told[0].words
        assert not [item for item in told if int(re.findall(r"Month (-?\d+)", item.words)[0]) > month]


def test_assemblies_are_told_with_turn_out_and_votes(session: Session) -> None:
    (first, *_) = [item for item in feed(session.a.district, 23, "en", "assembly") if "carried" in item.words]
    assert re.search(r"\d+/\d+ vote \(need \d+\), \d+ yes \(need \d+\)", first.words)
    (zh, *_) = [item for item in feed(session.a.district, 23, "zh", "assembly") if item.key == first.key]
    assert "业主大会" in zh.words


@pytest.mark.parametrize("kind", KINDS)
def test_a_filter_lets_its_kinds_through_and_no_other(eventful: Session, kind: str) -> None:
    district = eventful.a.district
    filtered = feed(district, eventful.shown, "en", kind)
    assert all(item.group == kind for item in filtered)
    logged = sum(event.kind in KINDS[kind] and event.month >= -12 for event in district.world.events)
    if kind == "tender":  # counted, not logged; failed ones are both
        logged += sum(int((data[INDEX["tenders"]] > 0).sum()) for data in district.world.tally.history)
    assert len(filtered) == min(LONGEST, logged) > 0


def test_a_lever_that_changed_is_told_by_what_it_is(beside: Session) -> None:
    assert beside.b is not None
    (en,), (zh,) = feed(beside.b.district, 8, "en", "lever"), feed(beside.b.district, 8, "zh", "lever")
    assert en.words == "Month 3: lever changed, neighbour chiefs: 0"
    assert re.search(r"第3月：手段调整，[^A-Za-z]+：0", zh.words)
    assert feed(beside.a.district, 8, "en", "lever") == []


def test_tenders_are_told_from_the_tally(session: Session) -> None:
    tally = session.a.district.world.tally
    called = sum(int((data[INDEX["tenders"]] > 0).sum()) for data in tally.history)
    told = [item for item in feed(session.a.district, 23, "en", "tender") if "call for tenders" in item.words]
    assert len(told) == min(called, LONGEST) > 0


# Reported figures


def test_reported_figures_are_measured_as_on_the_command_line(session: Session, beside: Session) -> None:
    result = simulate(session.a.scenario, seed=1, months=24, replicates=0)
    html = reported.table(session.a, "en")
    for comparison in result.comparisons:
        row = re.search(rf'data-target="{comparison.target.id}">(.*?)</tr>', html)
        assert row is not None
        signed = comparison.target.aggregate == "change"
        assert f"<td>{figure(comparison.simulated, comparison.target.unit, signed=signed)}</td>" in row[1]
    assert "so far" not in html
    assert "so far" in reported.table(beside.a, "en")
    assert "报道" in reported.table(beside.a, "zh")
    other = Session(
        load_scenario("hengdong"), 1, "en", lambda: None, {"places.compounds": "5", "places.households": "300"}
    )
    assert "the places were changed" in reported.table(other.a, "en")
