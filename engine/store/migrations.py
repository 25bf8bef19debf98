"""Bringing a database to the newest schema, once, whoever comes first.

Every server calls `upgrade` when it starts. Where there is nothing to do, that is one small query: the newest revision is known from the
file names (`0003_what_changed.py` is revision `0003`), and Alembic is not even imported. Else one process migrates in one transaction while
others wait for its lock, and a process that dies in between leaves the schema as it was.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from engine.errors import CrossdeskError

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

    from engine.store.database import Database

_LOCK = 4_711_202_601  # any number that nobody else uses, for PostgreSQL's advisory lock
_PLACES = (Path(__file__).resolve().parents[2] / "alembic", Path(sys.prefix) / "share" / "crossdesk" / "alembic")


class SchemaTooNew(CrossdeskError):
    """The database was migrated by a newer version of Crossdesk."""

    code = "schema-too-new"


def upgrade(database: Database) -> bool:
    """Migrate to the newest revision; whether there was something to do."""
    wanted = newest_revision()
    with database.read() as connection:
        if current_revision(connection) == wanted:
            return False
    with database.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        current = current_revision(connection)
        if current == wanted:  # another process was faster
            return False
        if current is not None and current > wanted:
            raise SchemaTooNew(f"the database has revision {current}, this version of Crossdesk knows {wanted}")
        _run(connection)
    return True


def is_migrated(database: Database) -> bool:
    """Whether the database has the schema of this version."""
    with database.read() as connection:
        return current_revision(connection) == newest_revision()


def newest_revision() -> str:
    """The newest revision that this version of Crossdesk knows."""
    return max(path.name.split("_")[0] for path in (_folder() / "versions").glob("[0-9]*_*.py"))


def current_revision(connection: Connection) -> str | None:
    """The revision of the database, or None where it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def configuration(connection: Connection) -> Config:
    """What Alembic's commands need to work on a connection that is within a transaction of ours."""
    from alembic.config import Config  # noqa: PLC0415 - costs more than the check above, and is hardly ever needed

    config = Config()
    config.set_main_option("script_location", str(_folder()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _run(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415

    command.upgrade(configuration(connection), "head")


def _folder() -> Path:
    """Where the migrations are: beside the sources, or where the installed application keeps them."""
    for place in _PLACES:
        if (place / "env.py").exists():
            return place
    raise FileNotFoundError(f"no migrations in {' or '.join(map(str, _PLACES))}")
