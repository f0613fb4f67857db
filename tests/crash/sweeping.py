"""The sweep that is killed: started as a process of its own by `tests.crash`.

python -m tests.crash.sweeping FOLDER WORKERS [CLUSTER] [--die-at CALL NUMBER]

With --die-at it kills itself at the NUMBER-th call of a system call of the commit (write, fsync, replace), before or
after it: every point at which a commit can be interrupted.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from tests.sweeps.small import small_design

from xiaoqu_lab import sweep
from xiaoqu_lab.sweeps.design import Design


def design() -> Design:
    """Sixteen points, eight replicates, in 32 batches."""
    vary = {f"levers.{name}": "off,on" for name in ("triage", "patrols", "volunteering", "neighbour_chiefs")}
    return small_design(8, vary=vary)


def die_at(call: str, number: int) -> None:
    """Kill this process before (even numbers) or after (odd numbers) the n-th call."""
    owner: Any = {"fsync": os, "replace": Path, "open": Path}[call]
    original = getattr(owner, call)
    calls = 0

    def counted(*args: Any, **options: Any) -> Any:
        nonlocal calls
        mine = call != "open" or str(args[0]).endswith(".partial")
        if mine and calls == number // 2 and number % 2 == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **options)
        if mine and calls == number // 2 and number % 2 == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        calls += mine
        return result

    setattr(owner, call, counted)


if __name__ == "__main__":
    folder, workers, *rest = sys.argv[1:]
    if "--die-at" in rest:
        at = rest.index("--die-at")
        die_at(rest[at + 1], int(rest[at + 2]))
        rest = rest[:at]
    sweep(design(), folder, workers=int(workers), cluster=rest[0] if rest else None)
