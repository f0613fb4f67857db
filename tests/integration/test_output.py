"""What `--out` writes: complete or absent, readable in pandas, R and Excel, the same bytes for the same run."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pandas as pd
import pytest

from xiaoqu import District, InputError, load_scenario
from xiaoqu_lab.dictionary import of_compounds, of_district
from xiaoqu_lab.figures import draw
from xiaoqu_lab.folder import MANIFEST, hindrances, result_folder
from xiaoqu_lab.output import tidy_tables, write
from xiaoqu_lab.simulate import Result, Step, simulate

TABLES = ("district_month", "compound_month", "events", "targets", "replicates")
MONTHS, REPLICATES = 14, 3


def small() -> Result:
    scenario = load_scenario("hengdong", {"levers.patrols": "on"})
    return simulate(scenario, seed=5, months=MONTHS, replicates=REPLICATES)


@pytest.fixture(scope="module")
def result() -> Result:
    return small()


@pytest.fixture(scope="module")
def folder(result: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results") / "结果"
    with result_folder(folder, force=False) as draft:
        write(result, draft)
    return folder


def test_the_base_run_is_the_district_that_anybody_can_run(result: Result) -> None:
    district = District(result.scenario, rng=5)
    district.run_for(MONTHS)
    assert result.digest == district.digest()
    pd.testing.assert_frame_equal(result.campaign.drop(columns="adoption"), district.outcomes())


def test_replicates_differ_in_seed_and_in_what_is_known_as_a_range(result: Result) -> None:
    assert [replicate.seed for replicate in result.replicates] == [6, 7, 8]
    for key, span in result.scenario.ranges.items():
        drawn = [replicate.sampled[key] for replicate in result.replicates]
        assert len(set(drawn)) == REPLICATES
        assert all(span.low <= value <= span.high for value in drawn)


def test_a_replicate_does_not_depend_on_how_many_there_are(result: Result) -> None:
    fewer = simulate(result.scenario, seed=5, months=MONTHS, replicates=1)
    assert fewer.replicates[0].targets == pytest.approx(result.replicates[0].targets, nan_ok=True)


def test_progress_runs_from_nothing_to_the_last_month() -> None:
    steps: list[Step] = []
    simulate(load_scenario("hengdong"), months=2, replicates=1, progress=steps.append)
    assert [(step.run, step.month) for step in steps] == [(0, -36), (0, 0), (0, 1), (1, -36), (1, 0), (1, 1)]
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert steps[-1].done == steps[-1].total - 1


def test_the_tables_on_disk_are_those_of_the_run(result: Result, folder: Path) -> None:
    for name, frame in tidy_tables(result).items():
        parquet = pd.read_parquet(folder / f"{name}.parquet")
        pd.testing.assert_frame_equal(parquet, frame)
        table = pd.read_csv(folder / f"{name}.csv", encoding="utf-8")
        assert list(table.columns) == list(frame.columns), "the mark at the start must not stick to the first name"
        assert len(table) == len(frame)
    months = pd.read_parquet(folder / "district_month.parquet")["month"]
    assert months.tolist() == list(range(MONTHS))


def test_the_dictionary_describes_every_column_and_no_other(result: Result, folder: Path) -> None:
    dictionary = pd.read_csv(folder / "dictionary.csv")
    frames = tidy_tables(result)
    assert set(dictionary["table"]) == set(TABLES)
    for name, frame in frames.items():
        assert dictionary.loc[dictionary["table"] == name, "name"].tolist() == list(frame.columns)
    assert dictionary[["unit", "dtype", "en", "zh"]].notna().all(axis=None)
    modes = result.district.world.modes
    assert {meaning.name for meaning in of_district(modes)} == set(frames["district_month"].columns)
    assert {meaning.name for meaning in of_compounds()} == set(frames["compound_month"].columns)


def test_the_manifest_says_what_was_run_and_with_what(result: Result, folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    assert manifest["scenario_hash"] == result.scenario.hash
    assert (manifest["seed"], manifest["months"], manifest["replicates"]) == (5, MONTHS, REPLICATES)
    assert manifest["digest"] == result.digest
    assert manifest["values"]["levers.patrols"]["layer"] == "override"
    assert manifest["values"]["places.compounds"]["value"] == 11
    assert set(manifest["values"]) == set(result.scenario)
    assert manifest["ranges"]["places.vacancy"]["low"] == 0.1
    assert {"python", "xiaoqu", "mesa", "numpy", "numba", "pandas"} <= set(manifest["versions"])
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {*manifest["files"], MANIFEST} == written


def test_the_same_run_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    with result_folder(again, force=False) as draft:
        write(small(), draft)
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        other = again / path.relative_to(folder)
        if path.name == MANIFEST:  # the one place that knows the time
            first, second = (json.loads(file.read_text("utf-8")) for file in (path, other))
            assert first.pop("written_utc")
            assert second.pop("written_utc")
            assert first == second
        else:
            assert path.read_bytes() == other.read_bytes(), path.name


def test_a_result_runs_again_wherever_it_is_moved(tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    (place / "scenario.toml").write_text('[scenario]\nname = "own"\n[places]\nledger = "mine.csv"\n', "utf-8")
    (place / "mine.csv").write_text("小区名称,户数\n=1+1,60\n桂花苑,80\n", "utf-8")
    scenario = load_scenario(place)
    with result_folder(tmp_path / "out", force=False) as draft:
        write(simulate(scenario, months=3, replicates=0), draft)
    moved = (tmp_path / "out").rename(tmp_path / "moved")
    (place / "mine.csv").unlink()
    assert load_scenario(moved) == scenario
    compounds = pd.read_csv(moved / "compound_month.csv")
    assert set(compounds["name"]) == {"'=1+1", "桂花苑"}, "a spreadsheet must not run a name"
    assert set(pd.read_parquet(moved / "compound_month.parquet")["name"]) == {"=1+1", "桂花苑"}
    assert str(tmp_path) not in (moved / "scenario.toml").read_text("utf-8")
    assert str(tmp_path) not in (moved / MANIFEST).read_text("utf-8")


@pytest.mark.parametrize(("lang", "word"), [("en", "by household"), ("zh", "按户")])
def test_figures_are_drawn_in_both_languages(result: Result, lang: str, word: str) -> None:
    figures = draw(result, "zh" if lang == "zh" else "en")
    assert sorted(figures) == ["adoption", "collection", "issues", "satisfaction"]
    for svg in figures.values():
        assert ET.fromstring(svg).tag.endswith("svg")  # noqa: S314 - our own file
    assert word in figures["collection"], "text stays text"


def test_figures_show_reported_figures_only_where_they_can_be_compared(result: Result) -> None:
    assert "reported" not in draw(result)["collection"], "the run ends before the window"
    full = simulate(load_scenario("hengdong"), replicates=2)
    assert "reported 96" in draw(full)["collection"]


def test_a_run_without_dues_or_events_can_be_written_and_drawn(tmp_path: Path) -> None:
    scenario = load_scenario("baseline", {"places.compounds": "2"})
    with result_folder(tmp_path / "out", force=False) as draft:
        write(simulate(scenario, months=1, replicates=1), draft, "zh")
    assert pd.read_parquet(tmp_path / "out" / "targets.parquet").empty


def test_a_finished_result_is_replaced_only_by_force(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with result_folder(out, force=False) as draft:
        (draft / MANIFEST).write_text('{"files": []}', "utf-8")
    assert [problem.code for problem in hindrances(out, force=False)] == ["out_exists"]
    with pytest.raises(InputError), result_folder(out, force=False):
        pytest.fail("must not begin")
    with result_folder(out, force=True) as draft:
        (draft / MANIFEST).write_text('{"files": ["new"]}', "utf-8")
        (draft / "new").touch()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]
    assert (out / "new").exists()
    assert hindrances(folder, force=True) == []


def test_what_no_run_wrote_is_never_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    assert hindrances(out, force=False) == [], "an empty folder is welcome"
    (out / "thesis.docx").touch()
    assert [problem.code for problem in hindrances(out, force=True)] == ["out_foreign"]
    (out / MANIFEST).write_text('{"files": []}', "utf-8")
    assert [problem.code for problem in hindrances(out, force=True)] == ["out_foreign"]
    assert [problem.code for problem in hindrances(out / MANIFEST, force=True)] == ["out_file"]


def test_a_run_that_fails_leaves_the_old_result_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with result_folder(out, force=False) as draft:
        (draft / MANIFEST).write_text('{"files": []}', "utf-8")
    with pytest.raises(InputError, match="No space left"), result_folder(out, force=True):
        raise OSError(28, "No space left on device")
    with pytest.raises(KeyboardInterrupt), result_folder(out, force=True) as draft:
        raise KeyboardInterrupt
    assert [path.name for path in tmp_path.rglob("*")] == ["out", MANIFEST]


def test_a_place_that_cannot_be_written_is_said_before_the_run(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError) as caught, result_folder(tmp_path / "file" / "out", force=False):
        pytest.fail("must not begin")
    assert caught.value.problems[0].code == "not_writable"


def test_chinese_figures_ask_for_chinese_fonts_first(result: Result) -> None:
    for lang, first in (("en", "'DejaVu Sans', 'Noto Sans CJK SC'"), ("zh", "'Noto Sans CJK SC', 'Microsoft YaHei'")):
        for name, svg in draw(result, "zh" if lang == "zh" else "en").items():
            families = re.findall(r"""font[^;"']*?('[^;"]*'), sans-serif""", svg)
            assert families, name
            assert all(family.startswith(first) for family in families), families[:3]


def test_the_legend_names_line_median_and_band(result: Result) -> None:
    assert "line: seed 5; thin dots: median; band: 5–95 % of 3 runs" in draw(result)["collection"]
    assert "细点线：中位数" in draw(result, "zh")["satisfaction"]
