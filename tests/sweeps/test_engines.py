"""Engines: whoever does the batches, the store has the same bytes."""

import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.crash.cluster import started
from tests.sweeps.small import content, small_design

from xiaoqu.errors import InputError
from xiaoqu_lab import calibrate, load, sweep
from xiaoqu_lab.sweeps import engines, follow, runs
from xiaoqu_lab.sweeps import sweep as sweeping

CASE = """
[scenario]
name = "tiny"
extends = "hengdong"
[calendar]
spin_up = 12
months = 4
[places]
compounds = 3
households = 90
[[targets]]
id = "tiny.reported"
case_id = "tiny"
outcome = "reported"
aggregate = "sum"
window = [0, 3]
reported = 20
relation = "about"
unit = "count"
definition_en = "x"
definition_zh = "x"
source = "invented"
"""


def test_a_dask_cluster_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import distributed  # noqa: PLC0415 - slow to import

    cluster_of: Any = distributed.LocalCluster  # it has no types

    case, vary = tmp_path / "tiny.toml", {"payment.base": (-1.0, 2.0)}
    case.write_text(CASE, "utf-8")
    few: dict[str, Any] = {"samples": 10, "replicates": 2}
    sweep(small_design(), tmp_path / "here", workers=0)
    options: dict[str, Any] = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None, "silence_logs": 50}
    with cluster_of(**options) as cluster:
        sweep(small_design(), tmp_path / "dask", cluster=cluster.scheduler_address)
        with monkeypatch.context() as patched:  # nobody else could do the runs of a calibration's cases
            patched.setattr(sweeping, "Local", None)
            patched.setattr(sweeping, "Here", None)
            calibrate(case, vary, tmp_path / "over dask", **few, cluster=cluster.scheduler_address)
    assert content(tmp_path / "dask") == content(tmp_path / "here")
    calibrate(case, vary, tmp_path / "by itself", **few, workers=0)
    assert content(tmp_path / "over dask") == content(tmp_path / "by itself")


def test_a_cluster_that_does_not_answer_is_said_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import distributed  # noqa: PLC0415 - slow to import

    monkeypatch.setattr(distributed, "Client", _refuse)
    with pytest.raises(InputError) as caught:
        sweep(small_design(), tmp_path, cluster="tcp://127.0.0.1:9")
    assert caught.value.problems[0].code == "no_cluster"


@pytest.fixture
def cluster() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A cluster of two workers in processes of its own, and its scheduler's address."""
    with started() as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the client's own, as it gives up
@pytest.mark.parametrize("harm", [signal.SIGKILL, signal.SIGTERM])
def test_a_cluster_that_goes_away_is_said_and_what_was_committed_stays(
    cluster: tuple[subprocess.Popen[str], str], harm: signal.Signals, tmp_path: Path
) -> None:
    process, address = cluster
    with pytest.raises(InputError) as caught:
        sweep(small_design(100), tmp_path, cluster=address, watch=lambda _: process.send_signal(harm))
    assert caught.value.problems[0].code == "cluster_lost"
    assert load(tmp_path).missing < 400


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("door", ["_gather", "submit"])
def test_a_cluster_that_goes_away_between_two_steps_of_the_client_is_said(
    cluster: tuple[subprocess.Popen[str], str],
    door: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The client learns of it in several ways, by what it was doing; each is tried on purpose here."""
    import distributed  # noqa: PLC0415 - slow to import

    process, address = cluster
    client_of: Any = distributed.Client
    original = getattr(client_of, door)

    def harmed(client: Any, *arguments: Any, **options: Any) -> Any:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return original(client, *arguments, **options)

    monkeypatch.setattr(client_of, door, harmed)
    with pytest.raises(InputError) as caught:
        sweep(small_design(2), tmp_path, cluster=address)
    assert caught.value.problems[0].code == "cluster_lost"


def test_results_of_other_code_are_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = runs.do_batch
    monkeypatch.setattr(runs, "do_batch", lambda batch: original(batch)._replace(code="another"))
    with pytest.raises(InputError) as caught:
        sweep(small_design(1), tmp_path, workers=0)
    assert caught.value.problems[0].code == "other_code"
    assert not list(tmp_path.glob("*/*.parquet"))


class Killer:
    """Stands for a batch that kills its worker: it does so as it is unpacked there."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (3,)


def one_run() -> runs.Batch:
    design = small_design(1)
    return runs.Batch("one", runs.recipe_of(design), tuple(runs.all_runs(design)[:1]))


def test_a_batch_that_kills_while_another_is_handed_over_is_found_out() -> None:
    killer: Any = Killer()
    queue: deque[runs.Batch] = deque()
    slot = engines._Slot()
    try:
        assert slot.takes(killer)
        slot.waiting[0][1].exception()  # the worker is gone, and nobody has looked yet
        assert not slot.takes(one_run())
        assert list(slot.take(queue)) == [(killer, None)]
        assert not queue
        assert slot.takes(one_run())  # the worker that was started instead does it
        ((_, packet),) = slot.take(queue)
        assert packet is not None
    finally:
        slot.stop()


def test_a_worker_that_works_has_started_however_often_it_did_not_before(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = one_run()
    queue: deque[runs.Batch] = deque()
    # A worker that begins so is killed before it has started, however long it takes until somebody kills it.
    never = partial(time.sleep, 600)
    monkeypatch.setattr(engines, "begin", never)
    slot = engines._Slot()

    def kill() -> None:
        for process in [*slot._pool._processes.values()]:
            process.kill()
            process.join()

    def kill_as_it_starts() -> None:
        assert slot.takes(batch)
        kill()
        assert list(slot.take(queue)) == []
        assert queue.popleft() is batch

    try:
        kill_as_it_starts()
        monkeypatch.setattr(engines, "begin", follow.begin)  # of the one that is started after the next
        kill_as_it_starts()
        assert slot.takes(batch)
        assert len(list(slot.take(queue))) == 1
        monkeypatch.setattr(engines, "begin", never)
        kill()  # as it waits for more: the next one that is started is killed again
        broken = slot._pool
        while not broken._broken:
            time.sleep(0.01)
        kill_as_it_starts()
        kill_as_it_starts()
        with pytest.raises(InputError) as caught:
            kill_as_it_starts()
        assert caught.value.problems[0].code == "workers_do_not_start"
    finally:
        slot.stop()


def _refuse(address: str, timeout: str) -> Any:
    """What the client does after its twenty seconds."""
    raise OSError(f"Timed out trying to connect to {address} after {timeout}")
