"""The wake-up: no look is ever lost, whatever happens at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from engine.jobs.wakeup import WakeUp
from tests.conftest import FakeClock

PATIENCE = 20  # seconds, of which an undisturbed look takes a thousandth


def real_now() -> datetime:
    return datetime.now(UTC)


class Work:
    """Counts what was there to be done when it ran."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.wanted = 0
        self.done = 0
        self.due: datetime | None = None
        self.finished = threading.Condition()

    def __call__(self) -> datetime | None:
        with self.finished:
            self.done = self.wanted
            self.finished.notify_all()
        return self.due

    def wait_for(self, number: int) -> bool:
        with self.finished:
            return self.finished.wait_for(lambda: self.done >= number, PATIENCE)


@contextmanager
def running(work: Work) -> Iterator[WakeUp]:
    wake_up = WakeUp(work.clock, work, real_now, timedelta(milliseconds=1))
    wake_up.start()
    try:
        yield wake_up
    finally:
        wake_up.stop()


def test_every_look_finds_what_was_there_when_it_was_asked_for(clock: FakeClock) -> None:
    work = Work(clock)
    with running(work) as wake_up:
        for number in range(1, 400):
            work.wanted = number
            wake_up.look()
            assert work.wait_for(number), f"look {number} was lost"


def test_many_looks_at_once_lose_none(clock: FakeClock) -> None:
    work = Work(clock)
    with running(work) as wake_up:
        for number in range(1, 40):
            work.wanted = number
            threads = [threading.Thread(target=wake_up.look) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert work.wait_for(number), f"the looks of round {number} were lost"


def test_it_comes_again_when_something_is_due(clock: FakeClock) -> None:
    work = Work(clock)
    work.due = clock.now() + timedelta(milliseconds=50)
    with running(work):
        assert work.wait_for(0)
        work.wanted = 1
        assert work.wait_for(1)


def test_a_fault_of_the_work_does_not_end_it(clock: FakeClock) -> None:
    work = Work(clock)
    faults = [OSError("the database is away")]

    def faulty() -> datetime | None:
        if faults:
            raise faults.pop()
        return work()

    wake_up = WakeUp(clock, faulty, real_now, timedelta(milliseconds=1))
    wake_up.start()
    try:
        work.wanted = 1
        wake_up.look()
        assert work.wait_for(1)
    finally:
        wake_up.stop()


def test_a_hundred_looks_in_a_row_are_a_few(clock: FakeClock) -> None:
    work = Work(clock)
    runs: list[int] = []

    def counted() -> datetime | None:
        runs.append(work.wanted)
        return work()

    wake_up = WakeUp(clock, counted, real_now, timedelta(seconds=1))
    wake_up.start()
    try:
        assert work.wait_for(0)
        for number in range(1, 101):
            work.wanted = number
            wake_up.look()
        assert work.wait_for(100)
        assert len(runs) < 10, runs
    finally:
        wake_up.stop()


def test_a_clock_that_is_set_back_puts_no_look_off(clock: FakeClock) -> None:
    work, ahead = Work(clock), timedelta(hours=1)
    wake_up = WakeUp(clock, work, lambda: real_now() + ahead, timedelta(milliseconds=1))
    work.wanted = 1
    wake_up.start()  # a look at a moment that is an hour away, as after the clock was set back by an hour
    try:
        assert work.wait_for(1), "the look waits until the clock has caught up"
        ahead = timedelta(0)
        work.wanted = 2
        wake_up.look()  # the pause after the last look ends in an hour, too
        assert work.wait_for(2), "the next look waits"
    finally:
        wake_up.stop()


def test_what_is_asked_for_before_the_start_is_looked_at_when_it_starts(clock: FakeClock) -> None:
    work = Work(clock)
    wake_up = WakeUp(clock, work, real_now, timedelta(milliseconds=1))
    wake_up.look()  # as when a server founds a company before it serves
    wake_up.start()
    try:
        for number in (1, 2):
            work.wanted = number
            wake_up.look()
            assert work.wait_for(number), "nothing is ever looked at"
    finally:
        wake_up.stop()
