"""Transactions: what is promised of commits, of waiting writers and of readers."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError, OperationalError

from engine.errors import DatabaseUnavailable, OutcomeUnknown
from engine.store.database import ATTEMPTS, Database
from engine.store.tables import role


def add_role(database: Database, name: str) -> None:
    with database.begin() as conn:
        conn.execute(insert(role), {"id": name, "name": name, "translations": "{}"})


def role_names(database: Database) -> list[str]:
    with database.read() as conn:
        return list(conn.execute(select(role.c.id).order_by(role.c.id)).scalars())


def test_a_live_connection_has_durable_settings(database):
    durable = {
        "sqlite": {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"},
        "postgresql": {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"},
    }
    assert database.durability() == durable[database.dialect]


def test_a_transaction_is_committed_when_its_block_ends(database):
    add_role(database, "buyer")
    assert role_names(database) == ["buyer"]


def test_a_transaction_is_rolled_back_when_its_block_raises(database):
    with pytest.raises(KeyError), database.begin() as conn:
        conn.execute(insert(role), {"id": "buyer", "name": "Buyer", "translations": "{}"})
        raise KeyError
    assert role_names(database) == []


def test_a_reader_cannot_write(database):
    with pytest.raises(DBAPIError, match=r"read-?only"), database.read() as conn:
        conn.execute(insert(role), {"id": "buyer", "name": "Buyer", "translations": "{}"})


def test_a_reader_sees_one_moment_however_long_it_reads(database):
    with database.read() as conn:
        before = conn.execute(select(role.c.id)).scalars().all()
        with ThreadPoolExecutor(1) as pool:
            pool.submit(add_role, database, "buyer").result()
        assert conn.execute(select(role.c.id)).scalars().all() == before == []
    assert role_names(database) == ["buyer"]


def test_a_second_transaction_within_the_first_is_refused_instead_of_waiting_for_itself(database):
    with database.begin(), pytest.raises(RuntimeError, match="one use case is one transaction"), database.begin():
        pass
    add_role(database, "buyer")  # and the thread may write again


def test_twenty_writers_at_once_all_come_through(database):
    def write(writer: int) -> None:
        for number in range(20):
            add_role(database, f"{writer:02d}-{number:02d}")

    with ThreadPoolExecutor(20) as pool:
        for future in [pool.submit(write, writer) for writer in range(20)]:
            future.result()
    assert len(role_names(database)) == 400


@pytest.mark.sqlite
def test_writers_of_several_processes_wait_for_each_other(sqlite_url):
    """Two `Database`s have two writing connections, as two processes have."""
    databases = [Database(sqlite_url) for _ in range(4)]

    def write(writer: int) -> None:
        for number in range(25):
            add_role(databases[writer % 4], f"{writer:02d}-{number:02d}")

    with ThreadPoolExecutor(20) as pool:
        for future in [pool.submit(write, writer) for writer in range(20)]:
            future.result()
    assert len(role_names(databases[0])) == 500
    for database in databases:
        database.dispose()


@pytest.mark.postgresql
def test_a_deadlock_is_begun_again_and_both_come_through(postgresql_url):
    database = Database(postgresql_url)
    add_role(database, "a")
    add_role(database, "b")
    both_hold_one = threading.Barrier(2)
    attempts: list[str] = []

    def rename(first: str, second: str) -> None:
        def work(conn) -> None:
            attempts.append(first)
            conn.execute(update(role).where(role.c.id == first).values(name=first + second))
            if len(attempts) <= 2:
                both_hold_one.wait()
            conn.execute(update(role).where(role.c.id == second).values(name=first + second))

        database.write(work)

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(rename, "a", "b"), pool.submit(rename, "b", "a")]:
            future.result()
    assert len(attempts) >= 3
    database.dispose()


@pytest.mark.postgresql
def test_a_connection_that_the_server_closed_is_replaced_unseen(postgresql_url, postgresql_server):
    database = Database(postgresql_url)
    add_role(database, "a")  # the pool now holds a connection
    postgresql_server.admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [postgresql_url.split("/")[3].split("?")[0]]
    )
    database.write(lambda conn: conn.execute(insert(role), {"id": "b", "name": "b", "translations": "{}"}))
    assert role_names(database) == ["a", "b"]
    database.dispose()


@pytest.mark.postgresql
def test_a_connection_lost_at_the_commit_leaves_the_outcome_unknown_and_is_not_tried_again(postgresql_url, postgresql_server):
    database, attempts = Database(postgresql_url), []

    def work(conn) -> None:
        attempts.append(1)
        conn.execute(insert(role), {"id": "a", "name": "a", "translations": "{}"})
        pid = conn.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        postgresql_server.admin.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])

    with pytest.raises(OutcomeUnknown):
        database.write(work)
    assert len(attempts) == 1
    assert role_names(database) == []
    database.dispose()


@pytest.mark.postgresql
def test_a_database_that_is_away_is_told_and_nothing_was_changed(tmp_path):
    database = Database(f"postgresql://nobody@/nothing?host={tmp_path}")
    with pytest.raises(DatabaseUnavailable) as told:
        database.write(lambda _connection: None)
    assert type(told.value) is DatabaseUnavailable
    with pytest.raises(DatabaseUnavailable), database.read():
        pass


def test_an_error_that_cannot_pass_is_not_tried_again(database):
    attempts = []

    def work(conn) -> None:
        attempts.append(1)
        conn.execute(insert(role), {"id": "a", "name": None, "translations": "{}"})

    with pytest.raises(DBAPIError):
        database.write(work)
    assert len(attempts) == 1


def test_what_never_succeeds_is_given_up_after_three_attempts(database):
    attempts = []
    busy = sqlite3.OperationalError("database is locked")
    busy.sqlite_errorcode = sqlite3.SQLITE_BUSY  # as the driver sets it

    def work(_conn) -> None:
        attempts.append(1)
        raise OperationalError("BEGIN", {}, busy)

    with pytest.raises(OperationalError):
        database.write(work)
    assert len(attempts) == ATTEMPTS


def test_sqlite_in_memory_is_refused():
    with pytest.raises(ValueError, match="needs a file"):
        Database("sqlite://")
