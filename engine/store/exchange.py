"""Executing statements of the hot paths: each is compiled once, and several are sent together.

SQLAlchemy says what a statement is; what it does for each execution (looking its text up, wrapping cursor and result) costs more than the
database takes for it, so these go to the driver directly. Listeners to `before_cursor_execute` and `after_cursor_execute` hear of them as
of any other.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import psycopg
from sqlalchemy import Float, Numeric
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import SelectBase

from engine.store import libpq

if TYPE_CHECKING:
    from sqlalchemy import ClauseElement, Connection, Dialect, Executable
    from sqlalchemy.types import TypeEngine

    from engine.store.libpq import Row

Parameters = Mapping[str, Any]
_numbers = itertools.count(1)
_PREPARED = "crossdesk_prepared"  # in what SQLAlchemy remembers of a connection
_DIALECTS: dict[str, Dialect] = {
    "postgresql": PGDialect_psycopg(paramstyle="numeric_dollar"),  # type: ignore[no-untyped-call] # how libpq numbers parameters
    "sqlite": SQLiteDialect_pysqlite(paramstyle="qmark"),
}


def execute(connection: Connection, statements: Sequence[tuple[Executable, Sequence[Parameters]]]) -> list[list[Row]]:
    """Execute statements in order, each with its rows of parameters, and give what each has read: on PostgreSQL with one wait for all.

    A statement should be made once, not for each execution: its text is kept. Raises what SQLAlchemy would raise.
    """
    compiled = [_compile(statement, connection.dialect.name, tuple(rows[0])) for statement, rows in statements]
    rows = [one.parameters(rows) for one, (_, rows) in zip(compiled, statements, strict=True)]
    driver: Any = connection.connection.dbapi_connection
    with _as_sqlalchemy(connection, driver):
        if isinstance(driver, psycopg.Connection):
            found = _on_postgresql(connection, driver, compiled, rows)
        else:
            found = _on_sqlite(connection, driver, compiled, rows)
    return [one.read(it) for one, it in zip(compiled, found, strict=True)]


def fetch(connection: Connection, *queries: tuple[SelectBase, Parameters]) -> list[list[Row]]:
    """What each query finds: on PostgreSQL with one wait for all."""
    return execute(connection, [(cast("Executable", query), [parameters]) for query, parameters in queries])


def stream(connection: Connection, query: SelectBase, at_once: int) -> Iterator[list[Row]]:
    """What a query finds, `at_once` rows at a time, as the driver gives them: for reading a whole table, where each row's cost counts."""
    one = _Compiled(cast("Executable", query), _DIALECTS[connection.dialect.name], ())
    driver: Any = connection.connection.dbapi_connection
    (parameters,) = one.parameters([{}])
    with _as_sqlalchemy(connection, driver):
        if isinstance(driver, psycopg.Connection):
            cursor: Any = psycopg.RawServerCursor(driver, one.name.decode())
            cursor.execute(one.sql, parameters, binary=True)
        else:
            cursor = driver.execute(one.sql, parameters)
        with closing(cursor):
            while rows := cursor.fetchmany(at_once):
                yield rows


def forget_prepared(remembered: dict[Any, Any]) -> None:
    """What is remembered of a connection says nothing about prepared statements any more: the driver drops all after a rollback."""
    remembered.pop(_PREPARED, None)


class _Compiled:
    """A statement as a driver takes it."""

    def __init__(self, statement: Executable, dialect: Dialect, names: Sequence[str]) -> None:
        compiled = cast(SQLCompiler, cast("ClauseElement", statement).compile(dialect=dialect, column_keys=list(names)))
        self.sql = str(compiled)
        self.name = b"crossdesk_%d" % next(_numbers)  # never given twice: a connection may still know one that is forgotten here
        self._order = compiled.positiontup or []
        self._constants = {name: bind.effective_value for name, bind in compiled.binds.items() if name not in names}
        self._binds = _processors({name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()})
        columns = enumerate(statement.selected_columns) if isinstance(statement, SelectBase) else ()
        self._results = _processors({at: _result_processor(column.type, dialect) for at, column in columns})

    def parameters(self, rows: Sequence[Parameters]) -> list[tuple[Any, ...]]:
        """The rows in the order of the text."""
        return [self._row(row) for row in rows]

    def _row(self, row: Parameters) -> tuple[Any, ...]:
        values = {**self._constants, **row}
        for name, process in self._binds.items():
            values[name] = process(values[name])
        return tuple([values[name] for name in self._order])

    def read(self, rows: list[Row]) -> list[Row]:
        """What was read, as the types of the columns have it."""
        if not self._results or not rows:
            return rows
        return [tuple([self._results[at](value) if at in self._results else value for at, value in enumerate(row)]) for row in rows]


def _result_processor(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    if isinstance(kind, Float | Numeric):  # it would ask which number of PostgreSQL's it is; both drivers give what the column says
        return None
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _processors(found: Mapping[Any, Callable[[Any], Any] | None]) -> dict[Any, Callable[[Any], Any]]:
    return {key: process for key, process in found.items() if process is not None}


@lru_cache(maxsize=1_000)  # statements are made once: there are a few dozen
def _compile(statement: Executable, dialect: str, names: tuple[str, ...]) -> _Compiled:
    return _Compiled(statement, _DIALECTS[dialect], names)


def _on_postgresql(
    connection: Connection, driver: psycopg.Connection, compiled: Sequence[_Compiled], rows: Sequence[list[Row]]
) -> list[list[Row]]:
    commands = [libpq.Command(one.name, one.sql.encode(), these) for one, these in zip(compiled, rows, strict=True)]
    for one, these in zip(compiled, rows, strict=True):
        _tell(connection.dispatch.before_cursor_execute, connection, one, these)
    found = libpq.exchange(driver, connection.info.setdefault(_PREPARED, set()), commands)
    for one, these in zip(compiled, rows, strict=True):
        _tell(connection.dispatch.after_cursor_execute, connection, one, these)
    return found


def _on_sqlite(
    connection: Connection, driver: sqlite3.Connection, compiled: Sequence[_Compiled], rows: Sequence[list[Row]]
) -> list[list[Row]]:
    found: list[list[Row]] = []
    for one, these in zip(compiled, rows, strict=True):
        _tell(connection.dispatch.before_cursor_execute, connection, one, these)
        cursor = driver.execute(one.sql, these[0]) if len(these) == 1 else driver.executemany(one.sql, these)
        found.append(cursor.fetchall())
        _tell(connection.dispatch.after_cursor_execute, connection, one, these)
    return found


def _tell(listeners: Callable[..., object], connection: Connection, one: _Compiled, rows: list[Row]) -> None:
    many = len(rows) > 1
    listeners(connection, None, one.sql, rows if many else rows[0], None, many)


@contextmanager
def _as_sqlalchemy(connection: Connection, driver: Any) -> Iterator[None]:  # noqa: ANN401 - of either database
    """Tell errors of the driver as SQLAlchemy tells them."""
    try:
        yield
    except (psycopg.Error, sqlite3.Error) as error:
        lost = connection.dialect.is_disconnect(cast("Any", error), driver, None)
        if lost:
            connection.invalidate(error)
        kind = psycopg.Error if isinstance(error, psycopg.Error) else sqlite3.Error
        raise DBAPIError.instance(None, None, error, kind, connection_invalidated=lost, dialect=connection.dialect) from error
