"""The database and its transactions: one way to read, one way to write, the same on SQLite and PostgreSQL.

A write is one transaction with one commit at its end. On SQLite there is one writing connection, so writers of this process queue for it
in the pool instead of polling for the file's lock, and `BEGIN IMMEDIATE` with a long busy timeout keeps writers of other processes apart:
nobody ever reads "database is locked". A read is a snapshot that cannot write. What is committed is on the disk (`synchronous=FULL`;
`fsync` and `synchronous_commit`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError

from engine.errors import DatabaseUnavailable, OutcomeUnknown
from engine.store.exchange import Parameters, fetch, forget_prepared

if TYPE_CHECKING:
    from sqlalchemy import SelectBase
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

    from engine.store.libpq import Row

Result = TypeVar("Result")

ATTEMPTS = 3
_PAUSE_SECONDS = 0.02
_WAIT_SECONDS = 60  # for a connection, and on SQLite for writers of other processes
_READERS = 20  # connections kept open for readers; on PostgreSQL for all
_OVERFLOW = 20
_RETRYABLE_STATES = frozenset({"40001", "40P01"})  # serialization_failure, deadlock_detected
_SQLITE_BUSY = 5
_SQLITE_READ_ONLY = 8  # of a file that cannot be written; of a reader that writes it is our own mistake
_SQLITE_UNUSABLE = frozenset({14, 26})  # cannot be opened, not a database
_SIZE = "select pg_database_size(current_database())"
# What only some may read has no row here for the others; over a socket neither end has an address.
_FOLDER = """
select setting from pg_settings where name = 'data_directory'
and coalesce(host(inet_server_addr()), '') = coalesce(host(inet_client_addr()), '')
"""
_DURABILITY = {
    "sqlite": ("PRAGMA", ("journal_mode", "synchronous", "foreign_keys")),
    "postgresql": ("SHOW", ("fsync", "synchronous_commit", "full_page_writes")),
}


class Database:
    """A database by its URL: `sqlite:///var/crossdesk.db` (a file, never memory) or `postgresql://user@host/name`.

    Safe to use from many threads; make a new one after a fork.
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.dialect: Literal["sqlite", "postgresql"] = "sqlite" if parsed.get_backend_name() == "sqlite" else "postgresql"
        self._writing = threading.local()
        if self.dialect == "sqlite":
            if not parsed.database or parsed.database == ":memory:":
                raise ValueError("SQLite needs a file: sqlite:///path/to/file.db")
            self._writer = _sqlite_engine(url, writes=True)
            self._reader = self._glancer = _sqlite_engine(url, writes=False)
        else:
            self._writer = _postgresql_engine(url)
            self._reader = self._writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            self._glancer = self._writer.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A write transaction: committed once when the block ends, rolled back when it raises.

        A second one within the first, in the same thread, would wait for itself: it raises RuntimeError at once.
        """
        if getattr(self._writing, "now", False):
            raise RuntimeError("this thread already has a write transaction: one use case is one transaction")
        self._writing.now = True
        try:
            with self._writer.begin() as connection:
                yield connection
        finally:
            self._writing.now = False

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A snapshot of the database that does not change while it is read, and that refuses writes.

        Raises `DatabaseUnavailable` where the connection is lost or cannot be made.
        """
        with self._reading(self._reader) as connection:
            yield connection

    def glance(self, query: SelectBase, parameters: Parameters) -> list[Row]:
        """What one query reads, as `read`: it is a snapshot by itself, so PostgreSQL is asked once and not three times."""
        with self.glancing() as connection:
            (rows,) = fetch(connection, (query, parameters))
        return rows

    @contextmanager
    def glancing(self) -> Iterator[Connection]:
        """Where each statement is a snapshot by itself: PostgreSQL is told nothing before and after it. Raises as `read`."""
        with self._reading(self._glancer) as connection:
            yield connection

    @contextmanager
    def _reading(self, engine: Engine) -> Iterator[Connection]:
        try:
            with engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            if _is_away(error):
                raise DatabaseUnavailable from error
            raise

    def write(self, work: Callable[[Connection], Result]) -> Result:
        """Do `work` in a write transaction and return its result after the commit.

        A deadlock, a serialization failure or a connection lost before the commit rolls back unseen and begins again from a fresh
        read, three times in all: `work` must read what it decides upon within itself, and have no other effects. Raises
        `OutcomeUnknown` where the connection was lost at the commit, else `DatabaseUnavailable` where the database is away.
        """
        for attempt in range(1, ATTEMPTS + 1):
            progress = _Progress()
            try:
                with self.begin() as connection:
                    result = work(connection)
                    progress.worked = True
            except DBAPIError as error:
                if attempt == ATTEMPTS or not _may_retry(error, progress):
                    if _is_away(error) or _sqlite_code(error) == _SQLITE_READ_ONLY:
                        raise (OutcomeUnknown if progress.worked else DatabaseUnavailable) from error
                    raise
                time.sleep(_PAUSE_SECONDS * attempt)  # so that the other one of a deadlock goes first
            else:
                return result
        raise AssertionError  # unreachable: the last attempt returns or raises

    def dispose(self) -> None:
        """Close all connections that are not in use."""
        self._writer.dispose()
        self._reader.dispose()

    def durability(self) -> dict[str, str]:
        """The settings that decide whether a commit survives a crash, as the live connection that writes reports them."""
        command, names = _DURABILITY[self.dialect]
        with self._writer.connect() as connection:
            return {name: str(connection.exec_driver_sql(f"{command} {name}").scalar_one()) for name in names}

    def size(self) -> int:
        """How large the database is, in bytes, without what SQLite has not moved from its log into the file yet."""
        query = "select page_count * page_size from pragma_page_count(), pragma_page_size()" if self.dialect == "sqlite" else _SIZE
        with self.read() as connection:
            return int(connection.exec_driver_sql(query).scalar_one())

    def folder(self) -> Path | None:
        """Where the data lie on this machine, to ask for the room that is left; None where that cannot be known.

        A PostgreSQL server says it to those alone who may read all settings, and on this machine it is only where both ends of the
        connection have one address.
        """
        if self.dialect == "sqlite":
            return Path(str(self._writer.url.database)).resolve().parent
        with self.read() as connection:
            told = connection.exec_driver_sql(_FOLDER).scalar_one_or_none()
        return Path(str(told)) if told else None


class _Progress:
    """How far an attempt came."""

    worked = False


def _may_retry(error: DBAPIError, progress: _Progress) -> bool:
    """Whether nothing can have been committed and a new attempt may succeed."""
    original: Any = error.orig
    if getattr(original, "sqlstate", None) in _RETRYABLE_STATES:
        return True
    if _sqlite_code(error) == _SQLITE_BUSY:
        return True
    # Whether a commit that lost its connection took place is not known: only what was lost before it may be done again.
    return error.connection_invalidated and not progress.worked


def _sqlite_code(error: DBAPIError) -> int:
    """What SQLite says, without its finer distinctions; 0 on PostgreSQL."""
    code: int = getattr(error.orig, "sqlite_errorcode", 0)
    return code & 0xFF


def _is_away(error: DBAPIError) -> bool:
    """Whether the connection was lost, or could not be made."""
    original: Any = error.orig
    if _sqlite_code(error) in _SQLITE_UNUSABLE:
        return True
    if not isinstance(original, psycopg.OperationalError):
        return error.connection_invalidated
    # Without a state there was no server to give one; else it is starting, stopping, or has ended the connection.
    return error.connection_invalidated or original.sqlstate is None or original.sqlstate.startswith(("08", "57P"))


def _sqlite_engine(url: str, *, writes: bool) -> Engine:
    engine = create_engine(
        url,
        pool_size=1 if writes else _READERS,
        max_overflow=0 if writes else _OVERFLOW,
        pool_timeout=_WAIT_SECONDS,
        connect_args={"timeout": _WAIT_SECONDS, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: DBAPIConnection, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin transactions of its own
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        if not writes:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql_engine(url: str) -> Engine:
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=_READERS,
        max_overflow=_OVERFLOW,
        pool_timeout=_WAIT_SECONDS,
        pool_use_lifo=True,  # connections that are not needed grow old and are closed by the server, not kept busy in turn
        connect_args={
            "connect_timeout": 10,
            # A server that froze within a transaction gives up its locks after a minute; its late write is refused.
            "options": "-c synchronous_commit=on -c idle_in_transaction_session_timeout=60s -c jit=off",
        },
    )

    @event.listens_for(engine, "rollback")
    def _rolled_back(connection: Connection) -> None:
        if not connection.invalidated:
            forget_prepared(connection.info)

    @event.listens_for(engine, "reset")
    def _given_back(connection: DBAPIConnection, record: ConnectionPoolEntry, _state: object) -> None:
        if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:  # it is rolled back now
            forget_prepared(record.info)

    return engine
