"""The writes of a step are sent together: all of them or none, and what fails is told as of a statement on its own."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from engine.store.database import Database
from engine.store.tables import department
from engine.store.writes import Writes


def named(name: str) -> dict[str, object]:
    return {"id": name, "name": name, "translations": "{}", "parent_id": None, "position": 1}


def names(database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(select(department.c.id).order_by(department.c.id)).scalars())


def test_nothing_happens_before_they_are_sent_and_all_of_it_in_order_then(database):
    with database.begin() as connection:
        writes = Writes(connection)
        writes.execute(insert(department), named("sales"))
        writes.execute(insert(department), [named("finance"), named("stock")])
        writes.execute(delete(department).where(department.c.id == bindparam("key")), {"key": "finance"})
        assert connection.execute(select(department.c.id)).all() == []
        writes.send()
        assert len(connection.execute(select(department.c.id)).all()) == 2
    assert names(database) == ["sales", "stock"]


@pytest.mark.parametrize("last", [True, False])
def test_one_that_fails_takes_all_with_it(database, last):
    def work(connection):
        writes = Writes(connection)
        writes.execute(insert(department), named("sales"))
        writes.execute(insert(department), named("sales"))
        if not last:
            for number in range(20):
                writes.execute(insert(department), named(f"d{number}"))
        writes.send()

    with pytest.raises(IntegrityError):
        database.write(work)
    assert names(database) == []
    with database.begin() as connection:  # the connection is as good as before
        connection.execute(insert(department), named("sales"))
    assert names(database) == ["sales"]


@pytest.mark.postgresql
def test_a_connection_that_is_lost_is_told_as_lost(postgresql_server, postgresql_url):
    database = Database(postgresql_url)
    with pytest.raises(OperationalError) as caught, database.begin() as connection:
        process = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        writes = Writes(connection)
        writes.execute(insert(department), named("sales"))
        postgresql_server.admin.execute("SELECT pg_terminate_backend(%s, 5000)", [process])
        writes.send()
    assert caught.value.connection_invalidated
    assert isinstance(caught.value.orig, psycopg.Error)
    assert names(database) == []
    database.dispose()
