"""What people are told: written into the outbox by the step, delivered afterwards, at least once, shown once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from engine import access
from engine.model import Actor
from engine.services.runtime import Changed, Runtime
from engine.store.queries import notices as rows
from engine.store.queries import outbox
from engine.store.queries.notices import NoticeRow
from engine.store.queries.outbox import Delivery, OutboxLoad
from engine.work.notices import Notice, NoticeKind

BATCH = 100
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
        claimed = self._runtime.database.write(lambda connection: outbox.claim(connection, now, BATCH))
        if send is None and claimed:
            self._write_down(claimed, now)
        elif send is not None:
            for delivery in claimed:
                self._write_down([delivery], now, _failure(delivery, send))
        with self._runtime.database.read() as connection:
            return outbox.next_due(connection)

    def _write_down(self, deliveries: Sequence[Delivery], now: datetime, error: Exception | None = None) -> None:
        """Show the notices at the bell, also when the e-mail has to be tried again; take back what was offered and is done."""
        told = [notice for delivery in deliveries for notice in _told(delivery)]
        ended = [task for delivery in deliveries for task in delivery.payload["ended"]]

        def work(connection: Connection) -> tuple[None, Changed]:
            offered = {it.task for it in told if it.kind is NoticeKind.TASK_OFFERED and it.task}
            done = offered - rows.still_open(connection, offered) if offered else set()
            shown = [it for it in told if it.kind is not NoticeKind.TASK_OFFERED or it.task not in done]
            rows.add(connection, [NoticeRow(it.person, it.event_id, it.kind, now, it.case, it.task, it.args) for it in shown])
            had = rows.take_back(connection, NoticeKind.TASK_OFFERED, ended) if ended else set()
            if error is None:
                outbox.delivered(connection, [delivery.event_id for delivery in deliveries])
            else:
                for delivery in deliveries:
                    again = now + min(FIRST_WAIT * 2**delivery.tries, LONGEST_WAIT)
                    outbox.failed(connection, delivery.event_id, repr(error), again)
            return None, Changed(people=frozenset(had.union(it.person for it in shown)))

        self._runtime.commit(work)

    def outbox(self, actor: Actor) -> OutboxLoad:
        """How much is still to be delivered, and what failed of it. Administrators and auditors."""
        access.may_see_jobs(actor)
        with self._runtime.database.read() as connection:
            return outbox.load(connection)

    def mark_read(self, actor: Actor, event_id: str | None = None) -> None:
        """Note that the actor has read one notice, or all."""

        def work(connection: Connection) -> tuple[None, Changed]:
            rows.mark_read(connection, actor.id, self._runtime.clock.now(), event_id)
            return None, Changed(people=frozenset({actor.id}))

        self._runtime.commit(work)


def _told(delivery: Delivery) -> list[Notice]:
    """The notices of a delivery."""
    return [Notice.read(record) for record in delivery.payload["told"]]


def _failure(delivery: Delivery, send: Send) -> Exception | None:
    """Send the notices of a delivery; what kept one of them from being sent."""
    if delivery.kind != KIND:
        return None
    try:
        for notice in _told(delivery):
            send(notice)
    except Exception as error:  # noqa: BLE001 - whatever a mail server may raise
        return error
    return None
