"""Statements that go to the driver directly: the same values, the same errors and the same transactions as through SQLAlchemy."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum

import pytest
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    bindparam,
    delete,
    event,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError

from engine.store.database import Database
from engine.store.exchange import execute, fetch
from engine.store.moments import Moment
from engine.store.tables import user_task

things = Table(
    "things",
    MetaData(),
    Column("id", String, primary_key=True),
    Column("small", Integer),
    Column("large", BigInteger),
    Column("yes", Boolean),
    Column("raw", LargeBinary),
    Column("note", Text),
    Column("tiny", SmallInteger),
    Column("number", Double),
    Column("day", Date),
    Column("at", Moment),
)
INSERT = insert(things)
ALL = select(things).order_by(things.c.id)
RENAME = update(things).where(things.c.id == bindparam("key")).values(id=bindparam("name"))
FORGET = delete(things).where(things.c.id == bindparam("key"))
BY_ID = select(things.c.id, things.c.large).where(things.c.id == bindparam("key"))
NOON = datetime(2026, 3, 2, 12, 0, 0, 7000, tzinfo=UTC)
ROWS = [
    dict(zip(things.columns.keys(), values, strict=True))
    for values in (
        ("a", -7, 2**40, True, b"\x00\xff'", "", -1, 0.1, date(1999, 12, 31), NOON),
        ("值 % $1 \\ '", 0, -(2**63), False, b"", "\n", 7, -1e300, date(2026, 3, 2), NOON),
        ("z", *[None] * 9),
    )
]


@pytest.fixture
def stored(database):
    """The database with a table of every kind of column."""
    with database.begin() as connection:
        things.create(connection)
    return database


def row(key: str, **values: object) -> dict[str, object]:
    return {**dict.fromkeys(things.columns.keys()), "id": key, **values}


def ids(database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(select(things.c.id).order_by(things.c.id)).scalars())


def test_values_come_back_as_they_went_and_as_sqlalchemy_reads_them(stored):
    with stored.begin() as connection:
        execute(connection, [(INSERT, ROWS)])
        (found,) = fetch(connection, (ALL, {}))
    assert [dict(zip(things.columns.keys(), it, strict=True)) for it in found] == sorted(ROWS, key=lambda it: str(it["id"]))
    with stored.read() as connection:
        assert found == [tuple(it) for it in connection.execute(ALL)]


def test_every_kind_of_column_of_the_engine_is_among_them():
    used = {type(column.type) for table in user_task.metadata.tables.values() for column in table.columns}
    assert used <= {type(column.type) for column in things.columns}


class Colour(StrEnum):
    RED = "red"


def test_an_enumeration_of_texts_is_a_text(stored):
    with stored.begin() as connection:
        execute(connection, [(INSERT, [row(Colour.RED)])])
    assert ids(stored) == ["red"]


def test_a_later_statement_sees_what_an_earlier_one_did(stored):
    with stored.begin() as connection:
        found = execute(
            connection,
            [
                (INSERT, [row("a", large=1), row("b", large=2)]),
                (BY_ID, [{"key": "b"}]),
                (RENAME, [{"key": "b", "name": "c"}]),
                (FORGET, [{"key": "a"}]),
                (BY_ID, [{"key": "b"}]),
                (BY_ID, [{"key": "c"}]),
            ],
        )
    assert found == [[], [("b", 2)], [], [], [], [("c", 2)]]
    assert ids(stored) == ["c"]


def test_what_fails_takes_the_transaction_with_it_and_leaves_the_connection_as_good_as_before(stored):
    for _ in range(3):  # prepared, and prepared anew after the rollback
        with pytest.raises(IntegrityError), stored.begin() as connection:
            execute(connection, [(INSERT, [row("a")]), (INSERT, [row("a")]), (FORGET, [{"key": "a"}])])
        assert ids(stored) == []
        with stored.begin() as connection:
            execute(connection, [(INSERT, [row("a")])])
        assert ids(stored) == ["a"]
        with stored.begin() as connection:
            execute(connection, [(FORGET, [{"key": "a"}])])


def test_a_rollback_of_the_drivers_own_statements_does_not_take_ours(stored):
    """The driver drops all prepared statements of a connection after it has prepared some of its own and rolled back."""
    for number in range(12):
        with pytest.raises(ZeroDivisionError), stored.begin() as connection:
            connection.execute(BY_ID, {"key": "a"})
            execute(connection, [(INSERT, [row("a")])])
            _ = number / 0
    with stored.begin() as connection:
        execute(connection, [(INSERT, [row("a")])])
    assert ids(stored) == ["a"]


def test_a_connection_given_back_without_a_commit_keeps_working(stored):
    for _ in range(8):
        with stored._writer.connect() as connection:
            connection.execute(BY_ID, {"key": "a"})
            execute(connection, [(INSERT, [row("a")])])
    assert ids(stored) == []
    with stored.begin() as connection:
        execute(connection, [(INSERT, [row("a")])])
    assert ids(stored) == ["a"]


def test_a_reader_refuses_to_write(stored):
    with pytest.raises(Exception, match=r"readonly|read-only"), stored.read() as connection:
        execute(connection, [(INSERT, [row("a")])])
    assert ids(stored) == []


def test_a_glance_reads_one_statement_and_leaves_nothing_open(stored):
    with stored.begin() as connection:
        execute(connection, [(INSERT, [row("a", large=5)])])
    for _ in range(30):  # more than there are connections
        assert stored.glance(BY_ID, {"key": "a"}) == [("a", 5)]
    assert stored.glance(BY_ID, {"key": "b"}) == []


def test_what_is_larger_than_any_buffer_goes_both_ways_at_once(stored):
    """Who only sends would wait for a server that waits for its answers to be read."""
    large = "值" * 1_000_000
    given = select(literal_column("1"), things.c.id).where(things.c.id == bindparam("key"))
    with stored.begin() as connection:
        execute(connection, [(INSERT, [row(large[:500])])])
        execute(connection, [(RENAME, [{"key": large[:500], "name": "a"}])])
    echo = select(bindparam("text", type_=String).concat("!"))
    with stored.begin() as connection:
        found = fetch(connection, *((echo, {"text": large}) for _ in range(12)), (given, {"key": "a"}))
    assert [it[0][0] for it in found[:-1]] == [large + "!"] * 12
    assert found[-1] == [(1, "a")]


def test_listeners_hear_of_each_statement_once(stored):
    heard: list[tuple[str, str, bool]] = []
    engine = stored._writer
    event.listen(engine, "before_cursor_execute", lambda _c, _k, sql, _p, _x, many: heard.append(("before", sql.split()[0], many)))
    event.listen(engine, "after_cursor_execute", lambda _c, _k, sql, _p, _x, many: heard.append(("after", sql.split()[0], many)))
    with stored.begin() as connection:
        execute(connection, [(INSERT, [row("a"), row("b")]), (FORGET, [{"key": "a"}])])
    assert sorted(it for it in heard if it[1] != "BEGIN") == [
        ("after", "DELETE", False),
        ("after", "INSERT", True),
        ("before", "DELETE", False),
        ("before", "INSERT", True),
    ]


@pytest.mark.postgresql
def test_a_text_that_the_database_cannot_hold_is_an_error_of_the_data(postgresql_url):
    database = Database(postgresql_url)
    with database.begin() as connection:
        things.create(connection)
    with pytest.raises(DataError), database.begin() as connection:
        execute(connection, [(INSERT, [row("a\0b")])])
    with pytest.raises(ProgrammingError), database.begin() as connection:
        fetch(connection, (select(literal_column("no_such_column")), {}))
    with pytest.raises(TypeError, match="object"), database.begin() as connection:  # a type that no hot path has
        execute(connection, [(INSERT, [row("a", note=object())])])
    with database.begin() as connection:
        execute(connection, [(INSERT, [row("a")])])
    assert ids(database) == ["a"]
    database.dispose()
