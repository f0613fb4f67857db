"""A small Dask cluster in processes of its own, which kills one of its workers now and then.

It says its scheduler's address, runs until its input ends, and then says how many workers it has killed.
"""

import os
import random
import signal
import subprocess
import sys
import threading
from typing import Any

PATIENCE = 12.0
"""Least seconds between two kills: a worker takes some to start again, and killed at once none would end a batch."""


def started() -> subprocess.Popen[str]:
    """The cluster's process, which leads a session of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.crash.cluster"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


def main() -> None:
    """Run the cluster."""
    import distributed  # noqa: PLC0415 - an extra

    cluster_of: Any = distributed.LocalCluster  # it has no types
    luck, stop, killed = random.Random("workers"), threading.Event(), 0

    with cluster_of(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster:

        def kill_workers() -> None:
            nonlocal killed
            while not stop.wait(luck.uniform(1.0, 2.0) * PATIENCE):
                workers = [nanny.process.pid for nanny in cluster.workers.values() if nanny.process]
                running = [pid for pid in workers if pid]
                if running:
                    os.kill(luck.choice(running), signal.SIGKILL)
                    killed += 1

        thread = threading.Thread(target=kill_workers)
        thread.start()
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
        stop.set()
        thread.join()
    print(killed, flush=True)


if __name__ == "__main__":
    main()
