"""The writes of a step, gathered while it is worked out and sent together at its end.

On PostgreSQL they go through the driver's pipeline: one wait for all of them instead of one for each. Nothing that reads may be gathered:
its result would come too late.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol, cast

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

if TYPE_CHECKING:
    from sqlalchemy import ClauseElement, Connection, Dialect, Executable

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]]


class Writer(Protocol):
    """What takes a writing statement: a connection, or the writes that a step gathers."""

    @property
    def dialect(self) -> Dialect:
        """The dialect that statements are written for."""
        ...

    def execute(self, statement: Executable, parameters: Parameters, /) -> object:
        """Take a statement with its parameters; a sequence of them is one execution for all rows."""
        ...


class Writes:
    """The writes of one step, in order."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._gathered: list[tuple[Executable, Sequence[Mapping[str, Any]]]] = []

    @property
    def dialect(self) -> Dialect:
        """The dialect of the connection."""
        return self._connection.dialect

    def execute(self, statement: Executable, parameters: Parameters, /) -> None:
        """Keep a statement until `send`. It should be made once, not for each step: its text is kept."""
        self._gathered.append((statement, [parameters] if isinstance(parameters, Mapping) else parameters))

    def send(self) -> None:
        """Execute all of them. Raises what the first that fails raises."""
        gathered, self._gathered = self._gathered, []
        with _pipeline(self._connection):
            for statement, rows in gathered:
                compiled = _compile(statement, self.dialect, tuple(rows[0]))
                self._connection.exec_driver_sql(compiled.sql, compiled.parameters(rows))


class _Compiled:
    """A statement as the driver takes it. SQLAlchemy would look its text up for each execution, by a key made of the whole statement."""

    def __init__(self, statement: Executable, dialect: Dialect, names: Sequence[str]) -> None:
        compiled = cast(SQLCompiler, cast("ClauseElement", statement).compile(dialect=dialect, column_keys=list(names)))
        self.sql = str(compiled)
        self._order = compiled.positiontup
        self._constants = {name: value for name, value in compiled.params.items() if name not in names}
        processors = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()}
        self._processors = {name: processor for name, processor in processors.items() if processor is not None}

    def parameters(self, rows: Sequence[Mapping[str, Any]]) -> Any:  # noqa: ANN401 - a tuple or a dictionary, or a list of them
        """The rows as the driver takes them; a single one without the detour of a batch."""
        prepared = [self._row(row) for row in rows]
        return prepared[0] if len(prepared) == 1 else prepared

    def _row(self, row: Mapping[str, Any]) -> tuple[Any, ...] | dict[str, Any]:
        values = {**self._constants, **row}
        for name, process in self._processors.items():
            values[name] = process(values[name])
        return values if self._order is None else tuple([values[name] for name in self._order])


@lru_cache(maxsize=1_000)  # statements are made once: there are a few dozen
def _compile(statement: Executable, dialect: Dialect, names: tuple[str, ...]) -> _Compiled:
    return _Compiled(statement, dialect, names)


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
