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
from xiaoqu_lab.sweeps.follow import begin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xiaoqu_lab.sweeps.runs import Batch, Packet

_AHEAD = 2
"""Batches that a worker has at hand: the one it does and the next, so that it never waits for this process."""


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Engine(Protocol):
    """Whoever does batches."""

    def work(self, queue: deque[Batch]) -> Iterator[tuple[Batch, Packet | None]]:
        """Do the batches of a queue until it is empty and nothing is under way."""


class Here:
    """The calling process: no isolation, for notebooks, debuggers and small designs."""

    def work(self, queue: deque[Batch]) -> Iterator[tuple[Batch, Packet | None]]:
        """Do the batches of a queue."""
        while queue:
            batch = queue.popleft()
            yield batch, runs.do_batch(batch)


class Local:
    """Processes of this machine, started by spawning: nothing is inherited but what is sent."""

    def __init__(self, workers: int) -> None:
        """Name the number of workers."""
        self.workers = workers

    def work(self, queue: deque[Batch]) -> Iterator[tuple[Batch, Packet | None]]:
        """Do the batches of a queue."""
        # One pool for each worker: when a process dies it is known which batch it had, and no other is touched.
        slots = [_Slot() for _ in range(min(self.workers, len(queue)))]
        try:
            while queue or any(slot.waiting for slot in slots):
                for slot in slots:
                    while queue and len(slot.waiting) < _AHEAD:
                        slot.give(queue.popleft())
                done, _ = wait([slot.waiting[0][1] for slot in slots if slot.waiting], return_when=FIRST_COMPLETED)
                for slot in slots:
                    if slot.waiting and slot.waiting[0][1] in done:
                        yield slot.take(queue)
        finally:
            for slot in slots:
                slot.stop()


class _Slot:
    """One worker process with the batches that it was given, in order."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[Batch, Future[Packet]]] = deque()
        self._pool = self._new()

    def _new(self) -> ProcessPoolExecutor:
        spawn = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(1, mp_context=spawn, initializer=begin)

    def give(self, batch: Batch) -> None:
        """Hand over a batch."""
        try:
            future = self._pool.submit(runs.do_batch, batch)
        except BrokenProcessPool:  # it died between batches, of nothing that we gave it
            self._pool = self._new()
            future = self._pool.submit(runs.do_batch, batch)
        self.waiting.append((batch, future))

    def take(self, queue: deque[Batch]) -> tuple[Batch, Packet | None]:
        """The oldest batch and its packet; batches behind one that killed the process go back to the queue."""
        batch, future = self.waiting.popleft()
        try:
            return batch, future.result()
        except BrokenProcessPool:
            queue.extendleft(other for other, _ in reversed(self.waiting))
            self.waiting.clear()
            self.stop()
            self._pool = self._new()
            return batch, None

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

    def work(self, queue: deque[Batch]) -> Iterator[tuple[Batch, Packet | None]]:
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
        with client:
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
