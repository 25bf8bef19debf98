"""Work that is done side by side by processes of its own, begun by all at the same moment."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.synchronize import Barrier

Job = TypeVar("Job")
Result = TypeVar("Result")
Begin = Callable[[], object]
"""Waits until everybody is ready."""

_READY_SECONDS = 120


def side_by_side(work: Callable[[Job, Begin], Result], jobs: Sequence[Job]) -> list[Result]:
    """Do each job in a process: `work` prepares itself, calls what it is given to begin with the others, and returns.

    Both have to be picklable. Raises `RuntimeError` where one of the processes breaks; what it said is on standard error.
    """
    context = multiprocessing.get_context("spawn")
    barrier, started = context.Barrier(len(jobs)), []
    for job in jobs:
        here, there = context.Pipe(duplex=False)
        process = context.Process(target=_hand, args=(work, job, barrier, there), daemon=True)
        process.start()
        there.close()  # so that the end of the process is the end of what comes from it
        started.append((process, here))
    try:
        return [here.recv() for _, here in started]
    except EOFError:
        raise RuntimeError("a process of the benchmark broke") from None
    finally:
        for process, here in started:
            process.join()
            here.close()


def _hand(work: Callable[[Job, Begin], Result], job: Job, barrier: Barrier, there: Connection) -> None:
    there.send(work(job, lambda: barrier.wait(_READY_SECONDS)))
