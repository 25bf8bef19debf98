"""Writing and reading the history: append-only, one row for each transaction of a chain.

The chain of a case is its root instance and is written under the root's lock. Events without a case have a chain per kind, which is
locked by its head.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.audit.chain import START, link
from engine.events import Event
from engine.model import Actor, ActorKind, HistoryEntry
from engine.program_events import IMPLIED
from engine.store import canonical
from engine.store.moments import to_milliseconds
from engine.store.tables import history_entry, history_head

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.store.writes import Writer

DEPLOYMENTS = "deployments"
ORGANISATION = "organisation"
SIGN_IN = "sign-in"
SEALS = "seals"
VERIFICATIONS = "verifications"


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a chain: its number, which is the count of entries, and its hash."""

    seq: int
    hash: bytes


EMPTY = Head(0, START)

_INSERT_ENTRY = insert(history_entry)
_INSERT_HEAD = insert(history_head)
_UPDATE_HEAD = update(history_head).where(history_head.c.chain == bindparam("of")).values(seq=bindparam("seq"), hash=bindparam("hash"))


def lock_head(conn: Connection, chain: str) -> Head:
    """Lock a chain by its head and return it. For chains without an open case: those per kind, and cases that have ended."""
    query = select(history_head.c.seq, history_head.c.hash).where(history_head.c.chain == chain).with_for_update()
    row = conn.execute(query).one_or_none()
    if row is None:  # the first entry of a chain: whoever comes second waits for the first one's row
        first = (postgresql if conn.dialect.name == "postgresql" else sqlite).insert(history_head)
        conn.execute(first.on_conflict_do_nothing(), {"chain": chain, "seq": EMPTY.seq, "hash": EMPTY.hash})
        row = conn.execute(query).one()
    return Head(row.seq, bytes(row.hash))


def append(conn: Connection, chain: str, actor: Actor, at: datetime, events: Iterable[Event], head: Head | None = None) -> Head:
    """Append one entry with all events of the transaction and return the new head.

    `head` is what the root's lock returned, or `EMPTY` for a case that begins; without it the chain is locked here. Call it once per
    chain and transaction.
    """
    return append_after(conn, lock_head(conn, chain) if head is None else head, chain, actor, at, events)


def append_after(writer: Writer, head: Head, chain: str, actor: Actor, at: datetime, events: Iterable[Event]) -> Head:
    """As `append`, after a head that is known: it reads nothing."""
    body = canonical.dumps([_record(event, chain) for event in events])
    seq = head.seq + 1
    values = {"chain": chain, "seq": seq, "at": at, "actor": actor.id, "actor_kind": actor.kind.value, "body": body}
    new = Head(seq, link(head.hash, chain, seq, to_milliseconds(at), actor.id, actor.kind.value, body))
    writer.execute(_INSERT_ENTRY, {**values, "hash": new.hash})
    if head is EMPTY:  # not `==`: the head row of a chain per kind may be there and still empty
        writer.execute(_INSERT_HEAD, {"chain": chain, "seq": new.seq, "hash": new.hash})
    else:
        writer.execute(_UPDATE_HEAD, {"of": chain, "seq": new.seq, "hash": new.hash})
    return new


def _record(event: Event, chain: str) -> tuple[str, dict[str, object]]:
    """An event as it is stored: what the chain implies is left out. Half of an entry would be the id of its case otherwise."""
    name, fields = event.record()
    implied = IMPLIED.get(name)
    if implied is not None and fields.get(implied) == chain:
        del fields[implied]
    return name, fields


def events_of(chain: str, body: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The events of a stored entry, each with all its fields."""
    for name, fields in canonical.loads(body, integer=int):
        implied = IMPLIED.get(name)
        if implied is not None:
            fields.setdefault(implied, chain)
        yield name, fields


def entries(conn: Connection, chain: str, before_seq: int | None = None, limit: int = 100) -> list[HistoryEntry]:
    """The newest entries of a chain, newest first; `before_seq` continues a page."""
    query = select(history_entry).where(history_entry.c.chain == chain).order_by(history_entry.c.seq.desc()).limit(limit)
    if before_seq is not None:
        query = query.where(history_entry.c.seq < before_seq)
    return [read_entry(row) for row in conn.execute(query)]


def read_entry(row: Any) -> HistoryEntry:  # noqa: ANN401 - a row of `history_entry`
    """An entry as callers see it."""
    return HistoryEntry(
        chain=row.chain,
        seq=row.seq,
        at=row.at,
        actor=row.actor,
        actor_kind=ActorKind(row.actor_kind),
        events=tuple(events_of(row.chain, row.body)),
        hash=bytes(row.hash).hex(),
    )
