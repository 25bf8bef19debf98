"""The wake-up: one APScheduler job in memory, moved to the moment at which something is due next.

The truth is the table of jobs; this only knows when to look. A process that was down over a due time looks when it starts. Nothing polls
instances: once a minute the next due time is read again, for jobs that another process has made without telling.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from engine.ports import Clock

log = logging.getLogger("crossdesk.jobs")

LONGEST_SLEEP = timedelta(seconds=60)
SHORTEST_SLEEP = timedelta(milliseconds=100)  # what is due and cannot be done now, because somebody else is at it, is not hammered at
AFTER_A_FAULT = timedelta(seconds=5)
PAUSE = timedelta(milliseconds=200)  # between two looks that were asked for: under load each does what many commits have brought
_JOB = "wake-up"
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class _Scheduler(BackgroundScheduler):  # type: ignore[misc]  # APScheduler has no types
    """A scheduler that notices when the machine's clock was set back.

    It waits until a moment on that clock: set back by an hour, it would sleep for an hour too long. Nothing here is ever put off for longer
    than the longest sleep, so a longer wait says that the clock was set back, and the look comes at once.
    """

    def _process_jobs(self) -> float | None:
        wait: float | None = super()._process_jobs()
        if wait is None or wait <= LONGEST_SLEEP.total_seconds() + 1:
            return wait
        try:
            self.modify_job(_JOB, next_run_time=_LONG_AGO)
        except JobLookupError:  # it was taken away meanwhile: whoever did that has set the next one
            return wait
        return 0


class WakeUp:
    """Calls `work` when something is due. `work` does what is due and says when to come again; None: nothing waits."""

    def __init__(
        self, clock: Clock, work: Callable[[], datetime | None], real_now: Callable[[], datetime], pause: timedelta = PAUSE
    ) -> None:
        """`clock` is the company's, which may be moved; `real_now` the machine's, by which one sleeps."""
        self._clock = clock
        self._work = work
        self._real_now = real_now
        self._lock = threading.Lock()
        self._pause = pause
        self._not_before = datetime.min.replace(tzinfo=UTC)  # a pause after the last look
        self._looked_at: datetime | None = None
        self._running = False
        self._coming = False  # a look that was asked for is scheduled
        self._again = False
        self._stopped = False
        self._scheduler = _Scheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(1)},
            # One thread and `_running` keep it to one at a time. APScheduler counts an instance until a moment after it has returned: with
            # a maximum of one, a look at that moment would be skipped, and nothing would ever look again.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 10},
        )

    def start(self) -> None:
        """Begin, with a look at once."""
        self._scheduler.start()
        self.look()

    def stop(self) -> None:
        """End after the work that is going on."""
        with self._lock:
            self._stopped = True  # the scheduler holds its own lock while it waits: work that ends now must not ask it for anything
        self._scheduler.shutdown(wait=True)

    def since_last_look(self) -> timedelta | None:
        """How long ago it looked last, by the machine's clock; None before the first look."""
        with self._lock:
            return None if self._looked_at is None else self._real_now() - self._looked_at

    def look(self) -> None:
        """Look now, or a pause after the last look: something was added, or the clock was moved. Any thread may call it, at any time."""
        with self._lock:
            if self._running:
                self._again = True
            elif not self._coming:
                self._coming = self._schedule(max(self._real_now(), self._not_before))

    def _schedule(self, at: datetime) -> bool:
        """Move the wake-up, and say whether it will come: not before the start, nor after the stop.

        Under the lock, so that a later look is never put off by the end of an earlier one.
        """
        if not self._scheduler.running or self._stopped:
            return False
        self._scheduler.add_job(self._run, "date", run_date=at, id=_JOB, replace_existing=True)
        return True

    def _run(self) -> None:
        with self._lock:
            self._running, self._coming, self._again = True, False, False
        sleep = LONGEST_SLEEP
        try:
            due = self._work()
            if due is not None:
                sleep = min(max(due - self._clock.now(), SHORTEST_SLEEP), LONGEST_SLEEP)
        except Exception:
            # The database may be away for a moment: the truth is there when it comes back.
            log.exception("due work could not be done")
            sleep = AFTER_A_FAULT
        with self._lock:
            self._looked_at = self._real_now()
            self._running, self._coming = False, self._again
            self._not_before = self._real_now() + self._pause
            self._schedule(self._not_before if self._again else self._real_now() + sleep)
