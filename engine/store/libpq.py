"""Several statements to PostgreSQL in one go: all are sent at once, and waited for once.

The driver's own pipeline hands each statement over by itself, with a look at the socket and a call to the system for each. Here libpq,
which the driver exposes (`psycopg.pq`), gathers all of them and sends them as one. Statements are prepared once per connection.
"""

from __future__ import annotations

import select
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format, TransactionStatus

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn, PGresult

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Command:
    """A statement with `$1` for its parameters, the name under which it is prepared, and each row of parameters to execute it with."""

    name: bytes
    sql: bytes
    rows: Sequence[Sequence[object]]


def exchange(driver: psycopg.Connection, prepared: set[bytes], commands: Sequence[Command]) -> list[list[Row]]:
    """Execute all of them, beginning a transaction where the connection would. Gives what each command read, in order.

    `prepared`: the names that this connection knows, kept by the caller. Raises what the first that fails raises; those after it have
    not been executed then. A connection of which nobody could say how far it came is closed.
    """
    encoded = [[_encode(row) for row in command.rows] for command in commands]
    pgconn = driver.pgconn
    try:
        pgconn.enter_pipeline_mode()
        wanted = _send(driver, prepared, commands, encoded)
        pgconn.pipeline_sync()
        answers = _answers(pgconn)
        pgconn.exit_pipeline_mode()
    except BaseException:
        driver.close()
        raise
    for answer in answers:
        if answer.status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
            prepared.clear()  # what was to be prepared after it was not
            raise error_from_result(answer)
    prepared.update(command.name for command in commands)
    read: list[list[Row]] = [[] for _ in commands]
    for answer, command in zip(answers, wanted, strict=True):
        if command is not None:
            read[command].extend(_rows(answer))
    return read


def _send(
    driver: psycopg.Connection, prepared: set[bytes], commands: Sequence[Command], encoded: Iterable[list[tuple[list[Any], list[int]]]]
) -> list[int | None]:
    """Hand everything to libpq. Gives of each answer to come the command whose rows it brings, if any."""
    pgconn = driver.pgconn
    wanted: list[int | None] = []
    if not driver.autocommit and pgconn.transaction_status == TransactionStatus.IDLE:
        pgconn.send_query_params(_begin(driver), None)
        wanted.append(None)
    asked = set(prepared)
    for number, (command, rows) in enumerate(zip(commands, encoded, strict=True)):
        if command.name not in asked:
            asked.add(command.name)
            pgconn.send_close_prepared(command.name)  # the server may still have it from before a rollback; else it does nothing
            pgconn.send_prepare(command.name, command.sql)
            wanted += [None, None]
        for values, formats in rows:
            pgconn.send_query_prepared(command.name, values, formats, Format.BINARY)
            wanted.append(number)
    return wanted


def _begin(driver: psycopg.Connection) -> bytes:
    level = f" ISOLATION LEVEL {driver.isolation_level.name.replace('_', ' ')}" if driver.isolation_level is not None else ""
    return f"BEGIN{level}{' READ ONLY' if driver.read_only else ''}".encode()


def _answers(pgconn: PGconn) -> list[PGresult]:
    """All answers up to the end of the exchange. Raises `psycopg.OperationalError` where the connection is lost."""
    poll = select.poll()
    poll.register(pgconn.socket, select.POLLIN | select.POLLOUT)
    while pgconn.flush():  # there is more to send: the server may have to be listened to first
        poll.poll()
        pgconn.consume_input()
    poll.modify(pgconn.socket, select.POLLIN)
    answers: list[PGresult] = []
    while True:
        while pgconn.is_busy():
            poll.poll()
            pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:
            continue  # the end of one command
        if result.status == ExecStatus.PIPELINE_SYNC:
            return answers
        if pgconn.status == ConnStatus.BAD:
            raise error_from_result(result)
        answers.append(result)


# ---- values ----------------------------------------------------------------------------------------------------------------


def _encode(values: Sequence[object]) -> tuple[list[Any], list[int]]:
    """Parameters as they are sent, with the format of each. Their types are those that the statement gives them."""
    encoders = [_encoder(type(value)) for value in values]
    return [encode(value) for (encode, _), value in zip(encoders, values, strict=True)], [wire for _, wire in encoders]


_ENCODERS: dict[type, tuple[Callable[[Any], bytes | None], int]] = {
    type(None): (lambda _value: None, Format.TEXT),
    bool: (lambda value: b"t" if value else b"f", Format.TEXT),
    int: (lambda value: b"%d" % value, Format.TEXT),
    float: (lambda value: repr(value).encode(), Format.TEXT),
    Decimal: (lambda value: str(value).encode(), Format.TEXT),
    date: (lambda value: value.isoformat().encode(), Format.TEXT),
    str: (str.encode, Format.BINARY),  # of a text with a NUL, C would see the beginning alone
    bytes: (bytes, Format.BINARY),
    memoryview: (bytes, Format.BINARY),
}


def _encoder(kind: type) -> tuple[Callable[[Any], bytes | None], int]:
    """That of the type, or of what it is a kind of: an enumeration of texts is a text."""
    known = _ENCODERS.get(kind)
    if known is None:
        known = next((_ENCODERS[base] for base in kind.__mro__ if base in _ENCODERS), None)
        if known is None:
            raise TypeError(f"no parameter of a statement: {kind.__name__}")
        _ENCODERS[kind] = known
    return known


def _integer(data: bytes) -> int:
    return int.from_bytes(data, "big", signed=True)


_FIRST_DAY = date(2000, 1, 1)
_DECODERS: dict[int, Any] = {
    16: lambda data: data != b"\0",  # boolean
    17: bytes,  # bytea
    20: _integer,  # bigint
    21: _integer,  # smallint
    23: _integer,  # integer
    25: bytes.decode,  # text
    701: lambda data: struct.unpack(">d", data)[0],  # double precision
    1082: lambda data: _FIRST_DAY + timedelta(_integer(data)),  # date
    1043: bytes.decode,  # varchar
}
"""By the numbers of the built-in types, in their binary form."""


def _rows(result: PGresult) -> list[Row]:
    decoders = [_DECODERS[result.ftype(column)] for column in range(result.nfields)]
    return [
        tuple([None if (data := result.get_value(row, column)) is None else decode(data) for column, decode in enumerate(decoders)])
        for row in range(result.ntuples)
    ]
