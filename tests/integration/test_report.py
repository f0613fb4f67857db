"""The report of a sweep: figures that follow from the store, one file that opens offline, both languages, bad days."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from xiaoqu import load_scenario
from xiaoqu.scenario import Scenario
from xiaoqu_lab import load, make_design, read_design, report, sweep
from xiaoqu_lab.cli import main
from xiaoqu_lab.drawing import Axis
from xiaoqu_lab.sweeps.design import Design
from xiaoqu_lab.sweeps.effects import (
    FREE,
    RATIO,
    SAVES,
    SAVES_ONLY,
    UNKNOWN,
    effects,
    group_of,
    interactions,
    per_yuan,
)
from xiaoqu_lab.sweeps.intervals import Interval, of_mean
from xiaoqu_lab.sweeps.report import render
from xiaoqu_lab.sweeps.report_drawings import Curve, panel
from xiaoqu_lab.sweeps.report_findings import MOST_SHOWN
from xiaoqu_lab.sweeps.report_method import design_toml
from xiaoqu_lab.sweeps.report_texts import TEXTS
from xiaoqu_lab.sweeps.results import Sweep
from xiaoqu_lab.sweeps.store import Store

SMALL = {"places.compounds": 2, "places.households": 60, "calendar.spin_up": 12}
OUTCOMES = ("satisfaction", "collection_rate_12m", "public_money", "turnout", "visits")
CHIEFS, PATROLS, MEETINGS = "levers.neighbour_chiefs", "levers.patrols", "levers.three_party_meetings"
POISON = Path(__file__).parents[1] / "sweeps" / "poison"
SECTIONS = ("answer", "effects", "interactions", "curves", "yuan", "design", "failures", "reproduce", "limits", "cite")


def small(**more: object) -> Scenario:
    return load_scenario("hengdong", SMALL | more)


def designed(vary: dict[str, object], scenario: Scenario | None = None, **settings: Any) -> Design:
    fixed: dict[str, Any] = {"replicates": 4, "months": 8, "outcomes": OUTCOMES}
    return make_design(scenario or small(), vary, **(fixed | settings))


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    """Two levers, every combination."""
    design = designed({CHIEFS: "off,on", PATROLS: "off,on"})
    return sweep(design, tmp_path_factory.mktemp("grid"), workers=0)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    """Two levers that the scenario has on and one that it has off, one at a time; repairs cost the public nothing."""
    dear = {"response.tier_money": 0.0, "levers.infrastructure_works": "off", "response.small_cost_share": 0.0}
    design = designed(dict.fromkeys((CHIEFS, PATROLS, MEETINGS), "flip"), small(**dear), sampler="one_at_a_time")
    return sweep(design, tmp_path_factory.mktemp("alone"), workers=0)


def by_hand(found: Sweep, outcome: str, how: str) -> dict[tuple[float, ...], np.ndarray]:
    """A measure by the values of the factors, one number a replicate, straight from the table of outcomes."""
    keys = [factor["key"] for factor in found.design["factors"]]
    table = found.outcomes.merge(found.points[["point", *keys]], on="point")
    result: dict[tuple[float, ...], np.ndarray] = {}
    for place in {tuple(map(float, row)) for row in found.points[keys].to_numpy()}:
        here = table[(table[keys] == list(place)).all(axis=1)]
        runs = [run[outcome] for _, run in here.groupby("replicate")]
        result[place] = np.array([float(run.iloc[-1]) if how == "last" else float(run.sum()) for run in runs])
    return result


def rows_of(page: str, section: str) -> list[list[str]]:
    """The cells of a section's tables as plain text."""
    body = re.search(rf'<section id="{section}">.*?</section>', page, re.DOTALL)
    assert body is not None, section
    rows = re.findall(r"<tr>(.*?)</tr>", body[0], re.DOTALL)
    cells = [re.findall(r"<td.*?>(.*?)</td>", row, re.DOTALL) for row in rows]
    return [[" ".join(unescape(re.sub(r"<[^>]*>", " ", cell)).split()) for cell in row] for row in cells if row]


def words(page: str) -> str:
    """What a reader sees, without the style sheet."""
    plain = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", plain)).split())


def number(cell: str) -> float:
    return float(cell.replace("−", "-").replace(",", ""))


def xiaoqu(*args: str) -> Result:
    result = CliRunner().invoke(main, list(args))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


# Figures


def test_main_effects_are_means_of_paired_differences_over_the_other_factor(grid: Sweep) -> None:
    seen = by_hand(grid, "satisfaction", "last")
    expected = of_mean(((seen[1.0, 0.0] - seen[0.0, 0.0]) + (seen[1.0, 1.0] - seen[0.0, 1.0])) / 2)
    row = effects(grid, "satisfaction").set_index("factor").loc[CHIEFS]
    assert (row["start"], row["end"], row["base"]) == (0.0, 1.0, 1.0)
    assert [row["mean"], row["low"], row["high"]] == pytest.approx(expected[:3], abs=1e-12)
    assert row["replicates"] == 4
    assert abs(expected.mean) > 1e-4


def test_an_interaction_is_a_difference_of_differences(grid: Sweep) -> None:
    seen = by_hand(grid, "satisfaction", "last")
    expected = of_mean(seen[1.0, 1.0] - seen[0.0, 1.0] - seen[1.0, 0.0] + seen[0.0, 0.0])
    (row,) = interactions(grid, "satisfaction").to_dict("records")
    assert [row["mean"], row["low"], row["high"]] == pytest.approx(expected[:3], abs=1e-12)
    assert expected.mean != 0.0


def test_the_effect_of_a_lever_that_is_on_is_base_minus_off(alone: Sweep) -> None:
    seen = by_hand(alone, "satisfaction", "last")
    base = seen[1.0, 1.0, 0.0]
    found = effects(alone, "satisfaction").set_index("factor")["mean"]
    assert found[CHIEFS] == pytest.approx((base - seen[0.0, 1.0, 0.0]).mean(), abs=1e-12)
    assert found[MEETINGS] == pytest.approx((seen[1.0, 1.0, 1.0] - base).mean(), abs=1e-12)
    assert interactions(alone).empty


def test_effects_per_public_yuan_are_ratios_of_means_in_points_per_ten_thousand_yuan(alone: Sweep) -> None:
    gained, paid = by_hand(alone, "satisfaction", "last"), by_hand(alone, "public_money", "sum")
    base, off = (1.0, 1.0, 0.0), (0.0, 1.0, 0.0)
    row = per_yuan(alone, "satisfaction").set_index("factor").loc[CHIEFS]
    points, fen = 100 * (gained[base] - gained[off]).mean(), (paid[base] - paid[off]).mean()
    assert row["cost"] == pytest.approx(fen)
    assert row["group"] == RATIO
    assert row["ratio"] == pytest.approx(points / (fen / 1_000_000))
    assert row["ratio_low"] <= row["ratio"] <= row["ratio_high"]


def test_groups_of_cost_follow_from_what_can_be_told_from_nil() -> None:
    up, flat, down = Interval(1.0, 0.5, 1.5, 9), Interval(0.1, -1.0, 1.2, 9), Interval(-1.0, -2.0, -0.1, 9)
    one = Interval(1.0, -np.inf, np.inf, 1)
    assert group_of(up, up) == group_of(flat, up) == group_of(down, up) == RATIO
    assert group_of(up, flat) == FREE
    assert group_of(up, down) == SAVES
    assert group_of(flat, down) == group_of(down, down) == SAVES_ONLY
    assert group_of(one, one) == UNKNOWN


def test_the_table_shows_the_figures_of_the_store(grid: Sweep) -> None:
    seen = by_hand(grid, "satisfaction", "last")
    expected = of_mean(((seen[1.0, 0.0] - seen[0.0, 0.0]) + (seen[1.0, 1.0] - seen[0.0, 1.0])) / 2)
    rows = rows_of(render(grid), "effects")
    (row,) = [cells for cells in rows if cells[0].endswith(CHIEFS)]
    low, high = row[5].split(" to ")
    shown = [number(row[4]), number(low), number(high)]
    assert shown == pytest.approx([100 * value for value in expected[:3]], abs=0.0501)
    assert row[6] == "4"
    (crossed,) = [cells for cells in rows_of(render(grid), "interactions") if len(cells) == 6]
    twice = of_mean(seen[1.0, 1.0] - seen[0.0, 1.0] - seen[1.0, 0.0] + seen[0.0, 0.0])
    assert number(crossed[3]) == pytest.approx(100 * twice.mean, abs=0.0501)


def test_drawn_points_give_the_slopes_of_a_plane_and_only_the_largest_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vary: dict[str, object] = {CHIEFS: "0:1", "places.vacancy": "0.1:0.3", "modes.council.enabled": "true,false"}
    design = designed(vary, sampler="latin_hypercube", samples=1_000, replicates=2)
    with Store(tmp_path) as store:
        store.write_plan(design)
    found = load(tmp_path)
    assert "not complete: 2,000 of 2,000 runs" in words(render(found))
    points = np.array([point.values for point in design.points], dtype=float)
    truth = 0.2 + 0.3 * points[:, 0] - 0.5 * points[:, 1] + 0.05 * points[:, 2]
    frames = [
        pd.DataFrame({"point": np.arange(1_000), "replicate": r, "month": 0, "satisfaction": truth + 0.001 * r})
        for r in range(2)
    ]
    rows = pd.concat(frames, ignore_index=True)
    monkeypatch.setattr(found, "_joined", lambda _, columns: rows.reindex(columns=["point", "replicate", *columns]))
    slopes = effects(found, "satisfaction").set_index("factor")["mean"]
    assert slopes.tolist() == pytest.approx([0.3, -0.5 * 0.2, 0.05], abs=1e-9)
    page = render(found)
    assert len(rows_of(page, "pointstable")) == MOST_SHOWN
    assert f"the {MOST_SHOWN} that differ most of 999" in words(page)
    assert "cannot show interactions one by one" in words(page)
    assert len(page.encode()) < 2_000_000


# The file


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_it_is_one_small_file_that_asks_for_nothing_and_runs_nothing(grid: Sweep, alone: Sweep, lang: str) -> None:
    for found in (grid, alone):
        page = render(found, lang="zh" if lang == "zh" else "en")
        assert len(page.encode()) < 2_000_000
        assert not re.search(r"""(?:src|href)\s*=\s*["']?\s*(?:https?:)?//""", page, re.IGNORECASE)
        assert not re.search(r"<script|<link|<iframe|@import|url\(|\son[a-z]+\s*=", page, re.IGNORECASE)
        assert page == render(found, lang="zh" if lang == "zh" else "en")
        targets = re.findall(r'href="([^"]*)"', page)
        assert targets
        assert all(f'id="{target.removeprefix("#")}"' in page for target in targets)


def test_every_section_is_there_in_chinese(grid: Sweep) -> None:
    page = render(grid, lang="zh")
    assert '<html lang="zh-CN">' in page
    for name in SECTIONS:
        assert f"<h2>{TEXTS[f'report.{name}']['zh']}</h2>" in page
        assert f"<h2>{TEXTS[f'report.{name}']['en']}</h2>" not in page
    assert "95% 区间" in page
    assert "百分点" in page


def test_every_section_is_there_in_english_and_says_what_it_cannot_tell(alone: Sweep) -> None:
    page = render(alone)
    for name in SECTIONS:
        assert f"<h2>{TEXTS[f'report.{name}']['en']}</h2>" in page
    text = words(page)
    assert "This design cannot show interactions: it changes one factor at a time." in text
    assert "the scenario as stated minus the same without it" in text
    assert "success stories" in text
    assert "about 0.1 of them would leave out nil by chance" in text  # 3 effects / 20, rounded
    assert "No run failed." in text
    assert alone.plan.code in text
    assert alone.design["scenario_hash"] in text


def test_what_is_stated_elsewhere_is_escaped(tmp_path: Path) -> None:
    evil = '<script>alert("1")</script>'
    (tmp_path / "evil.toml").write_text(
        f"[scenario]\nname = 'evil'\nextends = 'hengdong'\ntitle_en = '{evil}'\ntitle_zh = '<b>坏'\n", "utf-8"
    )
    scenario = load_scenario(tmp_path / "evil.toml", SMALL)
    question = '<img src="http://example.org/x" onerror="x()">'
    design = designed({CHIEFS: "off,on"}, scenario, replicates=2, months=2, question_en=question)
    found = sweep(design, tmp_path / "out", workers=0)
    page = render(found)
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page
    assert evil in words(page)


def test_the_design_printed_is_the_design_that_was_run(grid: Sweep, tmp_path: Path) -> None:
    drawn = make_design("hengdong", {CHIEFS: "0:1", "places.vacancy": "0.1:0.3"}, sampler="sobol", samples=4)
    listed = make_design("hengdong", points=[{}, {CHIEFS: "off", "modes.council.billing": 3}], replicates=3, before=2)
    crossed = make_design("hengdong", {CHIEFS: "off,on", "places.vacancy": [0.1, 0.2]}, question_en='What "if"?')
    for design in (drawn, listed, crossed):
        path = tmp_path / "design.toml"
        path.write_text(design_toml(design), "utf-8")
        assert read_design(path).described() == design.described()
    assert "save it, too, as scenario.toml" in words(render(grid))  # the small scenario is nobody's


def test_ticks_stand_apart() -> None:
    for low, high in [(-0.0003, 0.0001), (0, 1), (-3.3, 0), (-12_345, 99_999), (0.5, 23.1), (-1e-9, 1e-9), (0, 0)]:
        axis = Axis.around([low, high, np.inf, np.nan], 280.0)
        places = [axis.at(tick) for tick in axis.ticks]
        widest = max(len(f"{tick:g}") for tick in axis.ticks) * 6.5
        assert len(places) >= 2
        assert min(np.diff(places)) > widest
        assert places[0] - widest / 2 >= 0
        assert places[-1] + widest / 2 <= 280


# Bad days


def test_failures_are_counted_shown_and_replayable(tmp_path: Path) -> None:
    scenario = load_scenario(POISON / "scenario.toml", SMALL)
    design = designed({"modes.poison.strength": [0.0, 1.0]}, scenario, replicates=2, months=3)
    found = sweep(design, tmp_path / "some", workers=0)
    text = words(render(found))
    assert "2 of 4 runs failed and are left out" in text
    assert "RuntimeError: this rule is wrong" in text
    assert "uv run xiaoqu replay some 1/0" in text
    assert "modes.poison.strength" in text
    everything = designed({"modes.poison.strength": [1.0]}, scenario, replicates=2, months=3)
    text = words(render(sweep(everything, tmp_path / "all", workers=0)))
    assert "All 2 runs that were tried failed" in text
    assert "there is nothing to answer with" in text


def test_an_unfinished_sweep_says_so(tmp_path: Path) -> None:
    design = designed({CHIEFS: "off,on"}, replicates=2, months=2)
    sweep(design, tmp_path, workers=0)
    with Store(tmp_path) as store:
        store.write_plan(design.with_replicates(5))
    text = words(render(load(tmp_path)))
    assert "not complete: 6 of 10 runs have not been done" in text
    assert "Some pairs lack a run" in text


def test_runs_that_the_design_does_not_ask_for_are_told(tmp_path: Path) -> None:
    design = designed({CHIEFS: "off,on"}, replicates=3, months=2)
    sweep(design, tmp_path, workers=0)
    smaller = sweep(design.with_replicates(2), tmp_path, workers=0)
    assert "The folder holds 2 further runs" in words(render(smaller))
    assert "另有 2 次运行不属于本设计" in words(render(smaller, lang="zh"))


def test_a_band_breaks_where_its_line_does() -> None:
    gap = np.array([0.2, np.nan, np.nan, 0.4, 0.5])
    months = np.arange(5.0)
    drawn = panel([Curve("this", months, gap, gap - 0.1, gap + 0.1)], (0.0, 1.0), "%", "month", "x")
    (band,) = re.findall(r'class="band this" d="([^"]*)"', drawn)
    assert band.count("M") == band.count("Z") == 2
    (path,) = re.findall(r'class="line this" d="([^"]*)"', drawn)
    assert path.count("M") == 2


def test_one_replicate_has_no_interval_and_one_point_no_effect(tmp_path: Path) -> None:
    page = render(sweep(designed({CHIEFS: "off,on"}, replicates=1, months=2), tmp_path / "one", workers=0))
    assert "with one replicate none has an interval" in words(page)
    assert rows_of(page, "effects")[0][5] == "no interval"
    assert "Fewer than two replicates" in words(page)
    page = render(sweep(designed({}, points=[{}], replicates=2, months=2), tmp_path / "point", workers=0))
    assert "There is nothing to compare: the design has one point." in words(page)
    assert "<svg" in page


def test_a_list_of_points_is_a_list_of_packages(tmp_path: Path) -> None:
    points = [{}, {CHIEFS: "off", PATROLS: "off"}, {"places.vacancy": 0.3}]
    found = sweep(designed({}, points=points, replicates=3, months=4), tmp_path, workers=0)
    table = found.measure("satisfaction").pivot_table(index="replicate", columns="point", values="value")
    assert effects(found)["mean"].tolist() == pytest.approx([(table[i] - table[0]).mean() for i in (1, 2)])
    assert len(per_yuan(found)) == 1  # the other package is no lever
    text = words(render(found))
    assert "neighbour chiefs report, mediate, call on households: off; " in text
    assert "no two factors are tried both together and apart" in text


def test_an_outcome_that_nothing_measured_is_no_effect(grid: Sweep, tmp_path: Path) -> None:
    still = designed({CHIEFS: "off,on"}, small(**{"levers.trusteeship": "off"}), replicates=2, months=1)
    found = sweep(still, tmp_path, workers=0)
    found.outcomes["turnout"] = np.nan
    page = render(found, outcome="turnout")
    assert "No run of this sweep measured" in words(page)
    assert "nan" not in words(page).split()
    assert "satisfaction" not in words(render(grid, outcome="visits:mean")).split("Design")[0]


# The command


def test_the_command_writes_a_file_and_replaces_none_unasked(grid: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    folder = str(grid.folder)
    done = xiaoqu("report", folder)
    assert done.exit_code == 0, done.stderr
    page = grid.folder / "report.html"
    assert page.read_text("utf-8") == render(grid)
    page.write_text("mine", "utf-8")
    refused = xiaoqu("report", folder)
    assert refused.exit_code == 2
    assert "--force" in refused.stderr
    assert page.read_text("utf-8") == "mine"
    assert xiaoqu("report", folder, "--force").exit_code == 0
    assert page.read_text("utf-8") == render(grid)
    assert xiaoqu("report", folder, "--lang", "zh", "--outcome", "visits:mean").exit_code == 0
    assert "入户走访" in (grid.folder / "report.zh.html").read_text("utf-8")
    assert load(grid.folder).missing == 0  # the folder is still a sweep
    assert xiaoqu("sweep", "hengdong", "--out", folder, "--vary", f"{CHIEFS}=on", "--dry-run").exit_code == 0


def test_the_command_refuses_what_it_cannot_report(grid: Sweep, tmp_path: Path) -> None:
    out = str(tmp_path / "x.html")
    for args, told in {
        (str(tmp_path),): "no sweep",
        (str(grid.folder), "--outcome", "satisfactoin", "--out", out): "satisfaction",
        (str(grid.folder), "--cost", "joy", "--out", out): "joy",
        (str(grid.folder), "--out", str(tmp_path)): "folder",
    }.items():
        refused = xiaoqu("report", *args)
        assert refused.exit_code == 2, args
        assert told in refused.stderr
        assert "Traceback" not in refused.stderr
    assert not list(tmp_path.iterdir())


def test_python_can_report_too(grid: Sweep, tmp_path: Path) -> None:
    path = report(grid.folder, outcome="satisfaction:mean", cost="visits", out=tmp_path / "deep" / "r.html")
    assert "per unit of cost" in path.read_text("utf-8")
    assert [file.name for file in path.parent.iterdir()] == ["r.html"]
