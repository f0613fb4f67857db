"""The store: complete at any moment, nothing damaged read, nothing done twice."""

import errno
import multiprocessing
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from tests.sweeps.small import OUTCOMES, SMALL, content, small_design

from xiaoqu import District, load_scenario
from xiaoqu.errors import InputError
from xiaoqu_lab import load, sweep
from xiaoqu_lab.sweeps.runs import batch_size
from xiaoqu_lab.sweeps.store import QUARANTINE, Store, survey

if TYPE_CHECKING:
    from xiaoqu_lab.sweeps.sweep import Progress


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store") / "done"
    sweep(small_design(), folder, workers=0)
    return folder


def copy(folder: Path, to: Path) -> Path:
    for name, data in content(folder).items():
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        (to / name).write_bytes(data)
    return to


def test_a_run_of_a_sweep_is_the_run_that_python_gives(finished: Path) -> None:
    found = load(finished)
    design = small_design()
    assert found.missing == 0
    assert len(found.runs) == design.runs == 16
    for point, replicate in ((0, 0), (3, 2)):
        scenario = design.at(design.points[point]).sample(design.seed, replicate)
        district = District(scenario, rng=design.seed + 1 + replicate)
        district.run_for(design.months)
        wanted = district.outcomes()
        rows = found.outcomes[(found.outcomes["point"] == point) & (found.outcomes["replicate"] == replicate)]
        assert rows["month"].to_list() == wanted["month"].to_list()
        for name in OUTCOMES:
            pd.testing.assert_series_equal(
                rows[name].reset_index(drop=True), wanted[name].astype(float), check_names=False, check_exact=True
            )
        events = found.events[(found.events["point"] == point) & (found.events["replicate"] == replicate)]
        assert len(events) == sum(event.kind == "mode" for event in district.world.events)


def test_a_finished_sweep_is_not_done_again(finished: Path, tmp_path: Path) -> None:
    folder = copy(finished, tmp_path / "again")
    seen: list[object] = []
    sweep(small_design(), folder, workers=0, watch=seen.append)
    assert seen == []
    assert content(folder) == content(finished)


def test_two_sweeps_of_a_design_are_the_same_bytes_whatever_the_workers(finished: Path, tmp_path: Path) -> None:
    sweep(small_design(), tmp_path / "two", workers=2)
    assert content(tmp_path / "two") == content(finished)


def test_a_design_that_has_grown_does_only_what_is_new(finished: Path, tmp_path: Path) -> None:
    folder = copy(finished, tmp_path / "grown")
    seen: list[Progress] = []
    vary = {"levers.triage": "off,on", "levers.patrols": "0,0.5,1"}
    grown = sweep(small_design(6, vary=vary), folder, workers=0, watch=seen.append)
    assert seen[-1].before == 16
    assert seen[-1].done == 6 * 6 - 16
    anew = sweep(small_design(6, vary=vary), tmp_path / "anew", workers=0)
    for table in ("points", "runs", "outcomes", "events"):
        pd.testing.assert_frame_equal(getattr(grown, table), getattr(anew, table), check_exact=True)


def test_a_batch_is_on_disk_before_the_next_is_counted(tmp_path: Path) -> None:
    def look(state: "Progress") -> None:
        assert sum(len(part.table) for part in survey(tmp_path).parts) == state.done

    sweep(small_design(20), tmp_path, workers=0, watch=look)


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for the most memory in /proc")
def test_memory_is_flat_in_the_number_of_runs(tmp_path: Path) -> None:
    # Not `ru_maxrss`: a process that is started begins with the most that its parent ever held, which hides its own.
    code = (
        "import re, sys; from pathlib import Path\n"
        "from tests.sweeps.small import small_design, small_scenario; from xiaoqu_lab import sweep\n"
        "tiny = small_scenario(places__households=20, places__compounds=1)\n"
        "sweep(small_design(int(sys.argv[1]), scenario=tiny), Path(sys.argv[2]), workers=0)\n"
        "print(int(re.search(r'VmHWM:\\s*(\\d+)', Path('/proc/self/status').read_text())[1]) // 1024)"
    )
    megabytes = []
    for replicates in (100, 800):  # 400 and 3,200 runs
        command = [sys.executable, "-c", code, str(replicates), str(tmp_path / str(replicates))]
        root = Path(__file__).parents[2]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)  # noqa: S603 - our own interpreter
        megabytes.append(int(done.stdout))
    assert megabytes[1] - megabytes[0] < 20


def test_what_a_stored_scenario_reads_is_gone_with_the_process(tmp_path: Path) -> None:
    scenario = load_scenario(Path(__file__).parent / "poison", SMALL)  # a mode in a file of its own
    with Store(tmp_path / "store") as store:
        store.write_plan(small_design(1, scenario=scenario))
    (tmp_path / "temporary").mkdir()
    code = (
        "import sys, tempfile; from pathlib import Path\n"
        "from xiaoqu_lab.sweeps.store import current_plan, design_of\n"
        "for _ in range(3): scenario = design_of(current_plan(Path(sys.argv[1]))).scenario\n"
        "(path,) = scenario.files.values(); assert 'this rule is wrong' in path.read_text()\n"
        "print(len([*Path(tempfile.gettempdir()).rglob('scenario.toml')]))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "store")]
    environment = os.environ | {"TMPDIR": str(tmp_path / "temporary")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own interpreter
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "1"  # however often it is loaded
    assert not [*(tmp_path / "temporary").iterdir()]


def test_files_are_few(tmp_path: Path) -> None:
    design = small_design(20)
    found = sweep(design, tmp_path, workers=0)
    assert found.runs["seed"].to_list() == [design.seed + 1 + replicate for replicate in range(20)] * 4
    batches = -(-design.runs // batch_size(design))
    assert len(list(tmp_path.glob("*/*.parquet"))) == 3 * batches
    assert batch_size(small_design(25_000)) == 250  # 100,000 runs in 400 batches


def test_another_design_in_the_folder_leaves_the_first_alone(finished: Path, tmp_path: Path) -> None:
    folder = copy(finished, tmp_path / "other")
    other = sweep(small_design(2, seed=5), folder, workers=0)
    assert len(other.runs) == 8
    again = sweep(small_design(), folder, workers=0)
    pd.testing.assert_frame_equal(again.outcomes, load(finished).outcomes, check_exact=True)


@pytest.mark.parametrize("harm", ["flip", "cut", "empty", "remove"])
def test_damaged_files_are_noticed_set_aside_and_done_again(finished: Path, tmp_path: Path, harm: str) -> None:
    folder = copy(finished, tmp_path / "harmed")
    luck = random.Random(harm)
    files = [path for path in sorted(folder.glob("*/*.parquet")) if luck.random() < 0.4]
    assert files
    for path in files:
        data = bytearray(path.read_bytes())
        if harm == "remove":
            path.unlink()
            continue
        data[luck.randrange(len(data))] ^= 1 << luck.randrange(8)
        path.write_bytes({"flip": bytes(data), "cut": bytes(data[: len(data) // 2]), "empty": b""}[harm])
    if harm == "remove":
        before = load(folder) if not survey(folder).damaged else None
        assert before is None or before.missing > 0
    else:
        with pytest.raises(InputError) as caught:
            load(folder)
        assert caught.value.problems[0].code == "part_damaged"
    mended = sweep(small_design(), folder, workers=0)
    assert mended.missing == 0
    kept = {name: data for name, data in content(folder).items() if not name.startswith(QUARANTINE)}
    assert kept == content(finished)


def test_what_a_killed_commit_left_half_written_is_cleared_away(finished: Path, tmp_path: Path) -> None:
    folder = copy(finished, tmp_path / "half")
    for place in ("runs", "outcomes", "plans"):
        victim = min((folder / place).iterdir())
        (folder / place / f"{victim.name}.partial").write_bytes(victim.read_bytes()[:100])
    (folder / "manifest.json.partial").write_bytes(b"{")
    assert load(folder).missing == 0
    sweep(small_design(), folder, workers=0)
    assert content(folder) == content(finished)


def test_a_damaged_plan_is_noticed(finished: Path, tmp_path: Path) -> None:
    folder = copy(finished, tmp_path / "plan")
    (plan,) = folder.glob("plans/*.json")
    plan.write_bytes(plan.read_bytes().replace(b"hengdong", b"hengdung"))
    with pytest.raises(InputError):
        load(folder)
    sweep(small_design(), folder, workers=0)
    assert load(folder).missing == 0


def test_a_second_sweep_in_the_folder_is_refused(finished: Path, tmp_path: Path) -> None:
    folder = copy(finished, tmp_path / "locked")
    with Store(folder), pytest.raises(InputError) as caught:
        sweep(small_design(), folder, workers=0)
    assert caught.value.problems[0].code == "sweep_locked"
    sweep(small_design(), folder, workers=0)


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("do not touch")
    with pytest.raises(InputError) as caught:
        sweep(small_design(), tmp_path, workers=0)
    assert caught.value.problems[0].code == "out_foreign"
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_a_folder_of_plans_that_are_not_ours_is_left_alone(tmp_path: Path) -> None:
    theirs = ("plans/2024.json", "plans/2024.garden.json", "runs/marathon.parquet", "video.mp4.partial", "thesis.docx")
    for name in theirs:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("do not touch")
    with pytest.raises(InputError) as caught:
        sweep(small_design(), tmp_path, workers=0)
    assert caught.value.problems[0].code == "out_foreign"
    (tmp_path / "thesis.docx").unlink()
    (tmp_path / "video.mp4.partial").unlink()
    assert sweep(small_design(1), tmp_path, workers=0).missing == 0
    assert all((tmp_path / name).read_text() == "do not touch" for name in theirs[:3])
    assert load(tmp_path).missing == 0


def test_a_sweep_can_be_read_while_another_process_writes_to_it(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copy(finished, tmp_path / "growing")
    files = [path for name in ("outcomes", "events", "runs") for path in sorted((folder / name).iterdir())]
    late = {path: path.read_bytes() for path in files}
    for path in late:
        path.unlink()
    original = Path.glob

    def glob(self: Path, pattern: str) -> list[Path]:
        found = [*original(self, pattern)]
        if self.parent == folder and late and self.name in ("outcomes", "events", "runs"):
            path = next(iter(late))  # as if this file had been committed while the folders were listed
            path.write_bytes(late.pop(path))
        return found

    monkeypatch.setattr(Path, "glob", glob)
    for _ in range(len(files)):
        assert load(folder).missing >= 0
    while late:
        load(folder)
    assert load(folder).missing == 0


@pytest.mark.parametrize("workers", [0, 1])
def test_a_full_disk_is_said_and_the_sweep_goes_on_when_there_is_room(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    folder = tmp_path / "扫描 结果"
    original, room = os.fsync, 20

    def fsync(descriptor: int) -> None:
        nonlocal room
        room -= 1
        if room < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        original(descriptor)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fsync)
        with pytest.raises(InputError) as caught:
            sweep(small_design(), folder, workers=workers)
    assert caught.value.problems[0].code == "sweep_not_written"
    assert multiprocessing.active_children() == []
    assert not list(folder.rglob("*.partial"))
    assert 0 < len(list(folder.glob("runs/*"))) < len(list(finished.glob("runs/*")))
    sweep(small_design(), folder, workers=0)
    assert content(folder) == content(finished)


def test_a_file_system_without_locks_is_not_called_another_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl")

    def flock(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(InputError) as caught:
        sweep(small_design(), tmp_path, workers=0)
    assert caught.value.problems[0].code == "sweep_not_written"


def test_what_is_no_sweep_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load(tmp_path / "nothing")
    assert caught.value.problems[0].code == "no_sweep"


def test_tables_are_exported_for_spreadsheets(finished: Path, tmp_path: Path) -> None:
    found = load(finished)
    files = found.export(tmp_path / "out")
    assert len(files) == 10
    outcomes = pd.read_csv(tmp_path / "out" / "outcomes.csv")
    pd.testing.assert_frame_equal(
        outcomes, found.outcomes, check_dtype=False, check_exact=True, check_column_type=False
    )
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "out" / "outcomes.parquet"), found.outcomes)
