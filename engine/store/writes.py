"""The writes of a step, gathered while it is worked out and sent together at its end.

On PostgreSQL they go through the driver's pipeline: one wait for all of them instead of one for each. Nothing that reads may be gathered:
its result would come too late.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import psycopg
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Dialect, Executable

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]]


class Writer(Protocol):
    """What takes a writing statement: a connection, or the writes that a step gathers."""

    @property
    def dialect(self) -> Dialect:
        """The dialect that statements are written for."""
        ...

    def execute(self, statement: Executable, parameters: Parameters | None = None, /) -> object:
        """Take a statement with its parameters; a sequence of them is one execution for all rows."""
        ...


class Writes:
    """The writes of one step, in order."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._gathered: list[tuple[Executable, Parameters | None]] = []

    @property
    def dialect(self) -> Dialect:
        """The dialect of the connection."""
        return self._connection.dialect

    def execute(self, statement: Executable, parameters: Parameters | None = None, /) -> None:
        """Keep a statement until `send`."""
        self._gathered.append((statement, parameters))

    def send(self) -> None:
        """Execute all of them. Raises what the first that fails raises."""
        gathered, self._gathered = self._gathered, []
        with _pipeline(self._connection):
            for statement, parameters in gathered:
                self._connection.execute(statement, parameters)


@contextmanager
def _pipeline(connection: Connection) -> Iterator[None]:
    """Send what is executed in this block without waiting for each answer, where the driver can do that."""
    driver = connection.connection.dbapi_connection
    if not isinstance(driver, psycopg.Connection):
        yield
        return
    try:
        with driver.pipeline():
            yield
    except psycopg.Error as error:
        # An answer that came after its statement was left: told as SQLAlchemy tells it of a statement that waits for its answer.
        lost = connection.dialect.is_disconnect(error, driver, None)
        if lost:
            connection.invalidate(error)
        raise DBAPIError.instance(None, None, error, psycopg.Error, connection_invalidated=lost, dialect=connection.dialect) from error
