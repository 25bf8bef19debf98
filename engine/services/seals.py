"""Sealing the history at intervals. Of several servers on one database, one makes each seal."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from engine import access
from engine.audit.sealing import newest, seal, unsealed
from engine.model import Actor
from engine.services.runtime import Changed, Runtime

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Seals:
    """The seals of the history, where they are set up."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._due: datetime | None = None  # not known yet

    def next_due(self) -> datetime | None:
        """When the next seal is due; None where the history is not sealed."""
        sealing = self._runtime.sealing
        if sealing is None:
            return None
        if self._due is None:
            with self._runtime.database.read() as connection:
                last = newest(connection)
            self._due = last.at + sealing.interval if last else self._runtime.clock.now()
        return self._due

    def last(self, actor: Actor) -> datetime | None:
        """When the history was sealed last, as the database knows it; None for never. Administrators and auditors."""
        access.may_verify(actor)
        with self._runtime.database.read() as connection:
            found = newest(connection)
        return found.at if found else None

    def unsealed(self, actor: Actor) -> int:
        """How many chains have entries that no seal covers yet. Administrators and auditors."""
        access.may_verify(actor)
        with self._runtime.database.read() as connection:
            return unsealed(connection)

    def run_due(self) -> int:
        """Seal what has grown, if it is time. Returns how many seals were made."""
        due, now = self.next_due(), self._runtime.clock.now()
        return 0 if due is None or due > now else self.seal(now)

    def seal(self, due: datetime | None = None) -> int:
        """Seal what has grown since the last time; with `due`, only if no other server has done so in the meantime."""
        sealing = self._runtime.sealing
        if sealing is None:
            return 0
        made = 0

        def work(connection: Connection) -> tuple[bool, Changed]:
            if due is not None and made == 0:
                last = newest(connection)
                if last is not None and last.at + sealing.interval > due:
                    return False, Changed()
            return seal(connection, self._runtime.clock.now(), sealing.book, sealing.key) is not None, Changed()

        while self._runtime.commit(work):
            made += 1
        self._due = self._runtime.clock.now() + sealing.interval
        return made
