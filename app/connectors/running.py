"""The threads that call connectors: beside the worker for jobs, so that a receiver who hangs keeps no timer and no page waiting."""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from engine import CONNECTORS, Changed, WakeUp

if TYPE_CHECKING:
    from app.services import BusinessClock
    from engine import Engine

_LAST_MOMENT = 0.5  # seconds: the server stops within three
log = logging.getLogger("crossdesk.connectors")


class Callers:
    """So many calls go on at once in a process; each thread takes the next one that is due."""

    def __init__(self, engine: Engine, clock: BusinessClock, threads: int) -> None:
        self._engine = engine
        self._threads = threads
        self._wanted = threading.Condition()
        self._looks = 0  # how often there was something to look for
        self._stopped = False
        self._running: list[threading.Thread] = []
        self.wake_up = WakeUp(clock, self._look, lambda: datetime.now(UTC))

    def heard(self, changed: Changed) -> None:
        """A commit has brought work for a connector."""
        if any(topic.startswith(CONNECTORS) for topic in changed.topics):
            self.wake_up.look()

    def start(self) -> None:
        """Begin. The threads end with the process: what a call was about is called again under the same key."""
        self._running = [threading.Thread(target=self._run, name=f"connectors-{number}", daemon=True) for number in range(self._threads)]
        for thread in self._running:
            thread.start()
        self.wake_up.start()

    def stop(self) -> None:
        """Take up no further calls. Those that go on are waited for a moment, and else made again by the next process."""
        with self._wanted:
            self._stopped = True
            self._wanted.notify_all()
        self.wake_up.stop()
        until = time.monotonic() + _LAST_MOMENT
        for thread in self._running:
            thread.join(max(until - time.monotonic(), 0))

    def _look(self) -> datetime | None:
        """Let the threads look; when the next call is due, asked for before: what falls due in between is found by them."""
        due = self._engine.connectors.next_due()
        with self._wanted:
            self._looks += 1
            self._wanted.notify_all()
        return due

    def _run(self) -> None:
        seen = 0
        while True:
            with self._wanted:
                self._wanted.wait_for(lambda seen=seen: self._stopped or self._looks != seen)  # type: ignore[misc]
                seen = self._looks
                if self._stopped:
                    return
            self._call_all()

    def _call_all(self) -> None:
        """Call what is due, one after the other."""
        try:
            while not self._stopped and self._engine.connectors.run_next():
                pass
        except Exception:
            # The database may be away for a moment: the next look comes by itself.
            log.exception("connectors could not be called")
