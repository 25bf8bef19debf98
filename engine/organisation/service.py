"""The organisation kept in memory: read again only when it was changed, by whichever process.

Every change appends to the chain `organisation`, so the head of that chain is the version of everything here. It is asked once a
transaction, by one row; its hash also tells a change that was rolled back from the one that came in its place.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from sqlalchemy import select

from engine.organisation.directory import Directory
from engine.organisation.rows import read_directory
from engine.store.history import ORGANISATION
from engine.store.tables import history_head
from engine.work.calendar import WorkingCalendar
from engine.work.calendar_rows import read_calendar

if TYPE_CHECKING:
    from sqlalchemy import Connection, Transaction

_HEAD = select(history_head.c.seq, history_head.c.hash).where(history_head.c.chain == ORGANISATION)
VERSION = select(history_head.c.hash).where(history_head.c.chain == ORGANISATION).scalar_subquery()
"""The version of the organisation, to be asked for within another statement."""


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """The organisation and the calendar of one version."""

    version: bytes | None
    directory: Directory
    calendar: WorkingCalendar


class OrganisationCache:
    """The directory and the calendar as a transaction sees them. Safe to use from many threads."""

    def __init__(self, usual: WorkingCalendar | None = None) -> None:
        """`usual` gives the zone, the holidays of a year, and the hours where none are stored."""
        self.usual = usual or WorkingCalendar()
        self._lock = threading.Lock()
        self._newest: _Snapshot | None = None
        self._asked: WeakKeyDictionary[Transaction, _Snapshot] = WeakKeyDictionary()

    def directory(self, conn: Connection) -> Directory:
        """The departments, roles and people."""
        return self._snapshot(conn).directory

    def calendar(self, conn: Connection) -> WorkingCalendar:
        """The working calendar."""
        return self._snapshot(conn).calendar

    def newest(self, conn: Connection) -> Directory:
        """The directory in memory, whatever has changed since; the first time it is read."""
        with self._lock:
            newest = self._newest
        return newest.directory if newest is not None else self.directory(conn)

    def newest_at(self, version: bytes | None) -> Directory | None:
        """The directory of a version that was just read from the database, if it is the one in memory."""
        with self._lock:
            newest = self._newest
        return newest.directory if newest is not None and newest.version == version else None

    def is_at(self, conn: Connection, version: bytes | None) -> None:
        """The head of the chain `organisation` is known already in this transaction: do not ask for it."""
        transaction = conn.get_transaction()
        with self._lock:
            if transaction is not None and transaction not in self._asked and self._newest is not None and self._newest.version == version:
                self._asked[transaction] = self._newest

    def forget(self, conn: Connection) -> None:
        """Ask again within this transaction: it has changed the organisation itself."""
        transaction = conn.get_transaction()
        with self._lock:
            if transaction is not None:
                self._asked.pop(transaction, None)

    def _snapshot(self, conn: Connection) -> _Snapshot:
        transaction = conn.get_transaction()
        with self._lock:
            known = self._asked.get(transaction) if transaction is not None else None
        if known is not None:
            return known
        snapshot = self._current(conn)
        transaction = conn.get_transaction()
        with self._lock:
            if transaction is not None:
                self._asked[transaction] = snapshot
        return snapshot

    def _current(self, conn: Connection) -> _Snapshot:
        head = conn.execute(_HEAD).one_or_none()
        seq, version = (head.seq, bytes(head.hash)) if head else (0, None)
        with self._lock:
            newest = self._newest
        if newest is not None and newest.version == version:
            return newest
        read = _Snapshot(version, read_directory(conn, seq), read_calendar(conn, self.usual))
        with self._lock:
            self._newest = read
        return read
