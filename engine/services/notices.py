"""What people are told: written into the outbox by the step, delivered afterwards, at least once, shown once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from engine.model import Actor
from engine.services.runtime import Changed, Runtime
from engine.store.queries import notices as rows
from engine.store.queries import outbox
from engine.store.queries.notices import NoticeRow
from engine.work.notices import Notice

BATCH = 50
KIND = "notices"
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=1)

Send = Callable[[Notice], None]
"""Tells one person outside of the application, by e-mail or chat. It may raise: then it is tried again later."""


class Notices:
    """The bell, and the delivery behind it."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def unread(self, actor: Actor) -> int:
        """How many notices the actor has not read."""
        with self._runtime.database.read() as connection:
            return rows.unread(connection, actor.id)

    def newest(self, actor: Actor, limit: int = 30) -> Sequence[NoticeRow]:
        """The newest notices of the actor."""
        with self._runtime.database.read() as connection:
            return rows.newest(connection, actor.id, limit)

    def deliver(self, send: Send | None = None) -> datetime | None:
        """Deliver what is due in the outbox; returns when to come again, None while nothing is left.

        The bell is written in the transaction that empties the outbox. `send` comes before it: what it was told may be told again
        after a crash, under the same event id.
        """
        now = self._runtime.clock.now()
        for delivery in self._runtime.database.write(lambda connection: outbox.claim(connection, now, BATCH)):
            told = [Notice.read(record) for record in delivery.payload]
            try:
                for notice in told if send is not None and delivery.kind == KIND else ():
                    send(notice)  # type: ignore[misc]  # it is there
            except Exception as error:  # noqa: BLE001 - whatever a mail server may raise
                again = now + min(FIRST_WAIT * 2**delivery.tries, LONGEST_WAIT)
                self._write_down(told, delivery.event_id, now, again, repr(error))
            else:
                self._write_down(told, delivery.event_id, now, None, "")
        with self._runtime.database.read() as connection:
            return outbox.next_due(connection)

    def _write_down(self, told: Sequence[Notice], event_id: str, now: datetime, again: datetime | None, error: str) -> None:
        """Show the notices at the bell, also when the e-mail has to be tried again."""

        def work(connection: Connection) -> tuple[None, Changed]:
            rows.add(connection, [NoticeRow(it.person, it.event_id, it.kind, now, it.case, it.task, it.args) for it in told])
            if again is None:
                outbox.delivered(connection, event_id)
            else:
                outbox.failed(connection, event_id, error, again)
            return None, Changed(people=frozenset(it.person for it in told))

        self._runtime.commit(work)

    def mark_read(self, actor: Actor, event_id: str | None = None) -> None:
        """Note that the actor has read one notice, or all."""

        def work(connection: Connection) -> tuple[None, Changed]:
            rows.mark_read(connection, actor.id, self._runtime.clock.now(), event_id)
            return None, Changed(people=frozenset({actor.id}))

        self._runtime.commit(work)
