"""The sweep that is harmed, and how it is started: as a fork of the trials, which have everything imported.

A fork costs milliseconds where a fresh interpreter takes seconds, so that the time of a trial goes into sweeping. The
workers that the sweep starts are fresh processes, as always.
"""

import os
import select
import signal
import sys
import traceback
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from tests.sweeps.small import small_design

from xiaoqu_lab import sweep
from xiaoqu_lab.sweeps.design import Design


@cache
def design() -> Design:
    """Sixteen points, six replicates, in 32 batches."""
    vary = {f"levers.{name}": "off,on" for name in ("triage", "patrols", "volunteering", "neighbour_chiefs")}
    return small_design(6, vary=vary)


class Harmed:
    """A running sweep in a session of its own, so that what it leaves behind can be found."""

    def __init__(
        self, folder: Path, workers: int, cluster: str | None = None, prepare: Callable[[], object] = int
    ) -> None:
        """Start it; `prepare` is called in its process first."""
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            _run(folder, workers, cluster, prepare)
        self._handle = os.pidfd_open(self.pid)
        self.code: int | None = None

    def ended(self, within: float) -> bool:
        """Whether it ends within so many seconds; `code` is its exit code then, or minus the signal that ended it."""
        if self.code is None and select.select([self._handle], [], [], within)[0]:
            self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
            os.close(self._handle)
        return self.code is not None

    def end(self, within: float = 180.0) -> int:
        """Its exit code; one that hangs is killed."""
        if not self.ended(within):
            os.kill(self.pid, signal.SIGKILL)
            self.ended(10.0)
            return -1
        assert self.code is not None
        return self.code


def _run(folder: Path, workers: int, cluster: str | None, prepare: Callable[[], object]) -> None:
    """The life of the fork; it never comes back."""
    code = 1
    try:
        os.setsid()
        # What it says is kept beside the store: read when something went wrong.
        log = os.open(folder.with_suffix(".log"), os.O_CREAT | os.O_APPEND | os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(log, stream)
        prepare()
        sweep(design(), folder, workers=workers, cluster=cluster)
        code = 0
    except BaseException:  # noqa: BLE001 - whatever it was, the fork must not go on as the trials
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def die_at(call: str, number: int) -> None:
    """Have this process kill itself before (even numbers) or after (odd numbers) a call of a commit.

    Args:
        call: "open" of a draft, "fsync" or "replace": all calls at which a commit can be interrupted.
        number: twice the number of the call, plus one for after.
    """
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
