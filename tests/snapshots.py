"""What a database held, to put it into another empty one of the same schema: quicker than doing again what filled it."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import psycopg
from psycopg import sql

from engine.store.database import Database

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"


class Snapshot:
    """All rows of a database."""

    def __init__(self, database: Database) -> None:
        self._tables: dict[str, bytes] = {}
        if database.dialect == "sqlite":
            self._folder = tempfile.TemporaryDirectory(prefix="crossdesk-snapshot-")
            self._file = Path(self._folder.name) / "snapshot.db"
            with closing(sqlite3.connect(path_of(database))) as source, closing(sqlite3.connect(self._file)) as copy:
                source.backup(copy)
        else:
            with psycopg.connect(url_of(database)) as connection:
                assert not connection.execute("SELECT 1 FROM pg_sequences").fetchone(), "a sequence would not be copied"
                self._tables = {name: rows for (name,) in connection.execute(_TABLES).fetchall() if (rows := copy_out(connection, name))}

    def fill(self, database: Database) -> None:
        """Put the rows into an empty database."""
        if database.dialect == "sqlite":
            with closing(sqlite3.connect(self._file)) as source, closing(sqlite3.connect(path_of(database))) as copy:
                source.backup(copy)
            return
        with psycopg.connect(url_of(database)) as connection:
            connection.execute("SET session_replication_role = replica")  # in whatever order: foreign keys and triggers do not look
            for name, rows in self._tables.items():
                with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))) as copying:
                    copying.write(rows)


def copy_out(connection: psycopg.Connection, table: str) -> bytes:
    """The rows of a table."""
    with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copying:
        return b"".join(bytes(part) for part in copying)


def path_of(database: Database) -> str:
    """The file of an SQLite database."""
    path = database._writer.url.database
    assert path
    return path


def url_of(database: Database) -> str:
    """The address of a PostgreSQL database, as its driver takes it."""
    return database._writer.url.set(drivername="postgresql").render_as_string(hide_password=False)
