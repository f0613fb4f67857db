"""Engines: whoever does the batches, the store has the same bytes."""

from pathlib import Path
from typing import Any

import pytest
from tests.crash.cluster import started
from tests.sweeps.small import content, small_design

from xiaoqu.errors import InputError
from xiaoqu_lab import load, sweep
from xiaoqu_lab.sweeps import runs


def test_a_dask_cluster_gives_the_same_bytes(tmp_path: Path) -> None:
    import distributed  # noqa: PLC0415 - slow to import

    cluster_of: Any = distributed.LocalCluster  # it has no types

    sweep(small_design(), tmp_path / "here", workers=0)
    options: dict[str, Any] = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None, "silence_logs": 50}
    with cluster_of(**options) as cluster:
        sweep(small_design(), tmp_path / "dask", cluster=cluster.scheduler_address)
    assert content(tmp_path / "dask") == content(tmp_path / "here")


def test_a_cluster_that_does_not_answer_is_said_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import distributed  # noqa: PLC0415

    monkeypatch.setattr(distributed, "Client", _refuse)
    with pytest.raises(InputError) as caught:
        sweep(small_design(), tmp_path, cluster="tcp://127.0.0.1:9")
    assert caught.value.problems[0].code == "no_cluster"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the client's own, as it gives up
def test_a_cluster_that_goes_away_is_said_and_what_was_committed_stays(tmp_path: Path) -> None:
    with started() as cluster:
        assert cluster.stdout is not None
        address = cluster.stdout.readline().strip()
        with pytest.raises(InputError) as caught:
            sweep(small_design(100), tmp_path, cluster=address, watch=lambda _: cluster.kill())
    assert caught.value.problems[0].code == "cluster_lost"
    assert load(tmp_path).missing < 400


def test_results_of_other_code_are_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = runs.do_batch
    monkeypatch.setattr(runs, "do_batch", lambda batch: original(batch)._replace(code="another"))
    with pytest.raises(InputError) as caught:
        sweep(small_design(1), tmp_path, workers=0)
    assert caught.value.problems[0].code == "other_code"
    assert not list(tmp_path.glob("*/*.parquet"))


def _refuse(address: str, timeout: str) -> Any:
    """What the client does after its twenty seconds."""
    raise OSError(f"Timed out trying to connect to {address} after {timeout}")
