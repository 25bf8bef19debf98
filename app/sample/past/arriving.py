"""The past arrives while the server already runs: played by a process of its own, then carried over, each case in one transaction.

Whoever stops the server in the middle loses nothing: the next start plays the stories that have not arrived.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from app.compose import compose
from app.records.carrying import carry, carry_edits
from app.records.tables import item
from app.sample.found import FOUNDER, found
from app.sample.past import scratch
from app.sample.past.play import PastClock
from app.sample.past.stories import SPAN, UNLISTED, number_of_incident
from app.sample.tables import sample_case, sample_past

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from app.services import Services
    from engine import WholeCase

log = logging.getLogger(__name__)

_BREATH = 0.01  # seconds between two arrivals: people go first
_NICE = 10
_LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the past has come: percent of the time that was played, cases that have arrived of those that are wanted."""

    wanted: int
    played: int
    arrived: int
    over: bool


class Arrival:
    """Plays the past and carries it over, once, in the background."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="past", daemon=True)
        self._child: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Begin, unless all has arrived."""
        found = progress(self._services)
        if found is not None and not found.over:
            self._thread.start()

    def stop(self) -> None:
        """End; what has arrived stays."""
        self._stopping.set()
        if self._child is not None:
            self._child.terminate()
        if self._thread.is_alive():
            self._thread.join()

    def run(self) -> None:
        """Play and carry over, here and now."""
        until = self._services.clock.now()
        with tempfile.TemporaryDirectory(prefix="crossdesk-past-") as name:
            folder = Path(name)
            with self._services.database.read() as connection:
                there = set(connection.execute(select(sample_case.c.story)).scalars())
            scratch.prepare(self._services, folder, until)
            self._play(folder, until.isoformat(), there)
            if not self._stopping.is_set():
                self._carry_over(folder)
        if not self._stopping.is_set():
            self._note(over=True)

    def _run(self) -> None:
        try:
            self.run()
        except Exception:
            if not self._stopping.is_set():
                log.exception("the past of the sample company could not be played: it stays without")
                self._note(over=True)

    def _play(self, folder: Path, until: str, there: set[int]) -> None:
        skip = ",".join(map(str, sorted(there)))
        command = [sys.executable, "-m", "app.cli", "past", str(folder), "--until", until, "--skip", skip, "--nice", str(_NICE)]
        self._child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own command
        seen = 0
        for line in self._child.stdout or ():
            if line.strip().isdigit() and (percent := int(line)) > seen:
                seen = percent
                self._note(played=percent)
        if self._child.wait() and not self._stopping.is_set():
            raise RuntimeError(f"playing ended with {self._child.returncode}")

    def _carry_over(self, folder: Path) -> None:
        with scratch.opened(self._services.settings, folder) as past:
            for story, root in sorted(scratch.played(folder).items(), key=lambda it: it[1]):
                if self._stopping.is_set():
                    return
                whole = past.engine.whole_cases.take(FOUNDER, root)
                self._put(past, story, whole)
                time.sleep(_BREATH)

    def _put(self, past: Services, story: int, whole: WholeCase) -> None:
        def beside(connection: Connection) -> None:
            with past.database.read() as played:
                carry(played, connection, [row["id"] for row in whole.cases])
                if story == number_of_incident(self._services.settings.sample_cases):
                    carry_edits(played, connection, item, UNLISTED)
            connection.execute(insert(sample_case), {"story": story, "case_id": whole.root_id})
            connection.execute(update(sample_past).values(arrived=sample_past.c.arrived + 1))

        self._services.engine.whole_cases.put(FOUNDER, whole, beside)

    def _note(self, **values: object) -> None:
        self._services.database.write(lambda connection: connection.execute(update(sample_past).values(**values)))


def found_with_past(services: Services, folders: list[Path]) -> None:
    """Found the company before its past began, and note that it is to have one."""
    if services.settings.sample_cases:
        early = compose(services.settings, PastClock(services.clock.now() - SPAN - timedelta(days=1)))
        found(early, folders)
        early.database.dispose()
    else:
        found(services, folders)
    row = {"id": 1, "wanted": services.settings.sample_cases, "played": 0, "arrived": 0, "over": services.settings.sample_cases == 0}
    services.database.write(lambda connection: connection.execute(insert(sample_past), row))


def progress(services: Services) -> Progress | None:
    """How far the past has come; None for a company without one."""
    with services.database.read() as connection:
        row = connection.execute(select(sample_past)).one_or_none()
    return None if row is None else Progress(row.wanted, row.played, row.arrived, row.over)


class Watched:
    """`progress` for pages: looked up at most once a second, and never again once it is over."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._next = 0.0
        self._known: Progress | None = None
        self._over = False

    def now(self) -> Progress | None:
        """The progress while something is still to come, else None."""
        if not self._over and time.monotonic() >= self._next:
            self._known = progress(self._services)
            self._over = self._known is None or self._known.over
            self._next = time.monotonic() + _LOOK_SECONDS
        return None if self._over else self._known
