"""Making a seal: in one transaction with the entry that says so, which is written behind the line of the file.

The line goes to the file first. After a crash between the two the file is one seal ahead, and the next seal begins by taking that one into
the database. Where the database is behind (restored from a backup) or the file is (lost), numbers and digests go on from whichever is
ahead: sealing never stops, and the verifier names the gap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select, update

from engine.audit.seals import BadSeal, ReadSeal, Seal, SealBook, SealedHead, SealKey, digest_of, read_seal
from engine.events import HistorySealed
from engine.model import SYSTEM
from engine.store import history
from engine.store.history import SEALS
from engine.store.tables import history_entry, history_head

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST_HEADS = 2000
"""So many chains go into one seal: their heads are locked while the line is written."""

_GREW = (
    select(history_head.c.chain, history_head.c.seq, history_head.c.hash)
    .where(history_head.c.seq != history_head.c.sealed, history_head.c.chain != SEALS)
    .order_by(history_head.c.chain)
    .limit(MOST_HEADS)
    # A case that somebody works on at this moment is left to the next seal: nobody waits for the other.
    .with_for_update(skip_locked=True)
)
_MARK = update(history_head).where(history_head.c.chain == bindparam("of"), history_head.c.seq >= bindparam("upto"))
_MARK = _MARK.values(sealed=bindparam("upto"))


@dataclass(frozen=True, slots=True)
class Sealing:
    """Where seals go, what signs them, and how often."""

    book: SealBook
    key: SealKey
    interval: timedelta


@dataclass(frozen=True, slots=True)
class Sealed:
    """The newest seal that the database knows of."""

    number: int
    digest: str
    at: datetime


def unsealed(conn: Connection) -> int:
    """How many chains have grown since they were sealed."""
    grown = select(func.count()).select_from(history_head).where(history_head.c.seq != history_head.c.sealed, history_head.c.chain != SEALS)
    return conn.execute(grown).scalar_one()


def newest(conn: Connection, doubtful: Sequence[range] = ()) -> Sealed | None:
    """The newest seal by the chain of seals. `doubtful`: numbers of its entries that are not as they were written.

    Somebody may have written anything into the table: what says nothing of a seal is passed over, so that sealing never stops.
    """
    columns = history_entry.c
    query = select(columns.seq, columns.at, columns.body).where(columns.chain == SEALS).order_by(columns.seq.desc()).limit(1)
    row = conn.execute(query).one_or_none()
    while row is not None:
        if not any(row.seq in it for it in doubtful) and (read := _read(row.at, row.body)):
            return read
        row = conn.execute(query.where(columns.seq < row.seq)).one_or_none()
    return None


def _read(at: datetime, body: str) -> Sealed | None:
    try:
        ((_, fields),) = history.events_of(SEALS, body)
        return Sealed(int(fields["number"]), str(fields["digest"]), at)
    except (KeyError, TypeError, ValueError):
        return None


def seal(conn: Connection, now: datetime, book: SealBook, key: SealKey) -> Sealed | None:
    """Seal up to `MOST_HEADS` chains that have grown, and return the seal; None where none has grown. Call it again until it is None."""
    head = history.lock_head(conn, SEALS)
    known, last = newest(conn), _last(book, key)
    if last is not None and (known is None or last.seal.number > known.number):
        known = _take(conn, last, head, now)
        head = history.lock_head(conn, SEALS)
    grown = [SealedHead(chain, seq, bytes(digest)) for chain, seq, digest in conn.execute(_GREW)]
    if not grown:
        return None
    own = [SealedHead(SEALS, head.seq, head.hash)] if head.seq else []
    made = Seal((known.number if known else 0) + 1, now, known.digest if known else "", (*grown, *own))
    line = key.line_of(made)
    book.append(line)
    return _take(conn, ReadSeal(made, digest_of(line)), head, now)


def _last(book: SealBook, key: SealKey) -> ReadSeal | None:
    line = book.last()
    try:
        return None if line is None else read_seal(line, key.public)
    except BadSeal:
        return None  # somebody wrote into the file: the verifier says so, and sealing goes on from what the database knows


def _take(conn: Connection, taken: ReadSeal, head: history.Head, now: datetime) -> Sealed:
    """Write down that a seal was made."""
    made = taken.seal
    event = HistorySealed(made.number, taken.digest, len(made.heads))
    history.append(conn, SEALS, SYSTEM, now, [event], head)
    _mark(conn, made.heads)
    return Sealed(made.number, taken.digest, now)


def _mark(conn: Connection, heads: Sequence[SealedHead]) -> None:
    conn.execute(_MARK, [{"of": head.chain, "upto": head.seq} for head in heads])
