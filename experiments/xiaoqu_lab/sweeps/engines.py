"""Engines: who does the batches. All give the same packets, in whatever order they come.

    here    this process, one batch after the other
    local   spawned processes on this machine; they end with their parent, however it ends
    dask    the workers of a running Dask cluster; the store stays here, so that no shared disk is needed

An engine yields (batch, packet); the packet is None where the batch killed its worker. It takes batches from a queue
that the caller may add to while it runs.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol

from xiaoqu_lab.complaints import refuse
from xiaoqu_lab.sweeps import runs
from xiaoqu_lab.sweeps.follow import begin, started

if TYPE_CHECKING:
    from collections.abc import Generator

    from xiaoqu_lab.sweeps.runs import Batch, Packet

_AHEAD = 2
"""Batches that a worker has at hand: the one it does and the next, so that it never waits for this process."""
_VAIN_STARTS = 3
"""Times that a worker may die while it starts: somebody may have killed it, but not again and again."""


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Engine(Protocol):
    """Whoever does batches."""

    def work(self, queue: deque[Batch]) -> Generator[tuple[Batch, Packet | None]]:
        """Do the batches of a queue until it is empty and nothing is under way."""


class Here:
    """The calling process: no isolation, for notebooks, debuggers and small designs."""

    def work(self, queue: deque[Batch]) -> Generator[tuple[Batch, Packet | None]]:
        """Do the batches of a queue."""
        while queue:
            batch = queue.popleft()
            yield batch, runs.do_batch(batch)


class Local:
    """Processes of this machine, started by spawning: nothing is inherited but what is sent."""

    def __init__(self, workers: int) -> None:
        """Name the number of workers."""
        self.workers = workers

    def work(self, queue: deque[Batch]) -> Generator[tuple[Batch, Packet | None]]:
        """Do the batches of a queue."""
        # One pool for each worker: when a process dies it is known which batch it had, and no other is touched.
        slots = [_Slot() for _ in range(min(self.workers, len(queue)))]
        try:
            while queue or any(slot.waiting for slot in slots):
                for slot in slots:
                    while queue and len(slot.waiting) < _AHEAD and slot.takes(queue[0]):
                        queue.popleft()
                done, _ = wait([slot.waiting[0][1] for slot in slots if slot.waiting], return_when=FIRST_COMPLETED)
                for slot in slots:
                    if slot.waiting and slot.waiting[0][1] in done:
                        yield from slot.take(queue)
        finally:
            for slot in slots:
                slot.stop()


class _Slot:
    """One worker process with the batches that it was given, in order."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[Batch, Future[Packet]]] = deque()
        self._vain_starts = 0
        self._start()

    def _start(self) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(1, mp_context=spawn, initializer=begin)
        self._started: Future[None] | None = None

    def takes(self, batch: Batch) -> bool:
        """Hand over a batch; False where the process died and an earlier batch has to be judged first."""
        try:
            future = self._submit(batch)
        except BrokenProcessPool:
            if self.waiting:  # one of these may have killed it: `take` finds out, and starts another
                return False
            self._start()  # it died between batches, of nothing that we gave it
            future = self._submit(batch)
        self.waiting.append((batch, future))
        return True

    def _submit(self, batch: Batch) -> Future[Packet]:
        if self._started is None:
            self._started = self._pool.submit(started)
        return self._pool.submit(runs.do_batch, batch)

    def take(self, queue: deque[Batch]) -> Generator[tuple[Batch, Packet | None]]:
        """The oldest batch and its packet; batches behind one that killed the process go back to the queue.

        Raises:
            InputError: the process dies again and again before it does anything.
        """
        batch, future = self.waiting.popleft()
        try:
            packet = future.result()
        except BrokenProcessPool:
            queue.extendleft(other for other, _ in reversed(self.waiting))
            self.waiting.clear()
            self.stop()
            if self._started is not None and self._started.exception() is not None:  # no batch's fault
                self._vain_starts += 1
                if self._vain_starts == _VAIN_STARTS:
                    refuse("workers_do_not_start", "--workers", count=_VAIN_STARTS)
                queue.appendleft(batch)
            else:
                self._vain_starts = 0
                yield batch, None
            self._start()
        else:
            self._vain_starts = 0
            yield batch, packet

    def stop(self) -> None:
        """End the process, whatever it does."""
        processes = list((self._pool._processes or {}).values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()
        for process in processes:
            process.join()


class Dask:
    """The workers of a running Dask cluster; each should be a process with one thread."""

    def __init__(self, address: str) -> None:
        """Name the scheduler, such as tcp://10.0.0.1:8786."""
        self.address = address

    def work(self, queue: deque[Batch]) -> Generator[tuple[Batch, Packet | None]]:
        """Do the batches of a queue."""
        try:
            import distributed  # noqa: PLC0415 - an extra
        except ImportError:
            refuse("needs_extra", "--cluster", self.address, extra="cluster")
        try:
            dask: Any = distributed  # it has no types
            client = dask.Client(self.address, timeout="20s")
        except OSError as error:
            refuse("no_cluster", "--cluster", self.address, detail=str(error))
        try:
            with client:
                yield from _exchange(client, dask, queue)
        # Which of the three depends on how far the client had got with finding out.
        except (dask.CancelledError, dask.client.ClosedClientError, dask.comm.CommClosedError):
            refuse("cluster_lost", "--cluster", self.address)


def _exchange(client: Any, dask: Any, queue: deque[Batch]) -> Generator[tuple[Batch, Packet | None]]:
    """Hand a queue's batches to a cluster, a few ahead of its cores, and take what comes back."""
    most = max(2, _AHEAD * len(client.ncores()))
    numbers = count()  # a batch that is tried again is another task
    under_way: dict[Any, Batch] = {}
    results = dask.as_completed([])
    while queue or under_way:
        while queue and len(under_way) < most:
            batch = queue.popleft()
            future = client.submit(runs.do_batch, batch, key=f"{batch.key}-{next(numbers)}", pure=False)
            under_way[future] = batch
            results.add(future)
        future = next(results)
        batch = under_way.pop(future)
        if isinstance(future.exception(), dask.KilledWorker):
            yield batch, None
        else:
            yield batch, future.result()
        future.release()
