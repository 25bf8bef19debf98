"""Migrations of all tables, the engine's and the application's, as one chain for SQLite and PostgreSQL.

`engine.store.migrations.upgrade` hands over its connection, which is within a transaction and holds the migration lock; the command line
opens a connection of its own to `CROSSDESK_DATABASE_URL`.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from typing import TYPE_CHECKING

from alembic import context

from engine.store.database import Database
from engine.store.moments import Moment
from engine.store.tables import metadata

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from sqlalchemy import Connection, MetaData

APPLICATION_TABLES = ("app.auth.tables", "app.cases.tables", "app.records.tables", "app.sample.tables")


def all_metadata() -> list[MetaData]:
    """The engine's tables and those of the application's features that are installed."""
    found = [metadata]
    for name in APPLICATION_TABLES:
        package = name.rpartition(".")[0]
        if importlib.util.find_spec("app") and importlib.util.find_spec(package) and importlib.util.find_spec(name):
            found.append(importlib.import_module(name).metadata)
    return found


def render_item(kind: str, item: object, _autogen: AutogenContext) -> str | bool:
    """Columns of our own types are written as what they are in the database."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.BigInteger()"
    return False


def run(connection: Connection) -> None:
    """Run the migrations on a connection."""
    context.configure(
        connection=connection,
        target_metadata=all_metadata(),
        compare_type=True,
        transactional_ddl=True,  # true of SQLite too, as its transactions are ours and not the driver's
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
elif context.is_offline_mode():
    raise SystemExit("migrations need a database: set CROSSDESK_DATABASE_URL")
else:
    with Database(os.environ.get("CROSSDESK_DATABASE_URL", "sqlite:///var/crossdesk.db")).begin() as own:
        run(own)
