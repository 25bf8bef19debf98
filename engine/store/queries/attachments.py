"""Files on cases as rows: added, listed, read, deleted. Content that two files share is stored once, and goes with the last of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Row, delete, exists, func, insert, select

from engine.program_events import AttachmentAdded
from engine.store.history import events_of
from engine.store.queries.upsert import insert_or_update
from engine.store.tables import attachment, attachment_content, history_entry

if TYPE_CHECKING:
    from sqlalchemy import Connection

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a case, or of one of its tasks. It has a `digest` (SHA-256) and a `size` in bytes, or a `url` where its content lies."""

    id: str
    root_id: str
    instance_id: str
    task_id: str | None
    element_id: str | None
    name: str | None
    description: str | None
    type: str | None
    url: str | None
    digest: str | None
    size: int | None
    added_at: datetime
    added_by: str
    entry: int  # of the case's chain, which tells of it


_COLUMNS = tuple(attachment.c[name] for name in Attachment.__dataclass_fields__)


def insert_contents(conn: Connection, contents: Mapping[str, bytes]) -> None:
    """Write contents by their digests, in the order of these: the order of locks. One that is there is written over, and held.

    So whoever deletes the last other file of this content waits, and sees the new one.
    """
    statement = insert_or_update(attachment_content, conn.dialect.name)
    for digest in sorted(contents):
        conn.execute(statement, {"digest": digest, "content": contents[digest]})


def insert_attachment(conn: Connection, row: Attachment) -> None:
    """Write a file, whose content is there."""
    conn.execute(insert(attachment), {name: getattr(row, name) for name in Attachment.__dataclass_fields__})


def count_of_root(conn: Connection, root_id: str) -> int:
    """How many files a case has, with those of the cases that it calls."""
    return int(conn.execute(select(func.count()).select_from(attachment).where(attachment.c.root_id == root_id)).scalar_one())


def of_instance(conn: Connection, root_id: str, instance_id: str) -> list[Attachment]:
    """The files of a case without those that it calls, of its tasks too, the oldest first."""
    return _rows(conn, (attachment.c.root_id == root_id) & (attachment.c.instance_id == instance_id))


def of_task(conn: Connection, root_id: str, task_id: str) -> list[Attachment]:
    """The files of a task, the oldest first."""
    return _rows(conn, (attachment.c.root_id == root_id) & (attachment.c.task_id == task_id))


def find(conn: Connection, attachment_id: str, *, lock: bool = False) -> Attachment | None:
    """A file by its id; with `lock` nobody else deletes it until this transaction ends."""
    query = select(*_COLUMNS).where(attachment.c.id == attachment_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _attachment(row)


def content_of(conn: Connection, digest: str) -> bytes | None:
    """What is stored under a digest, whether or not it has that digest."""
    found = conn.execute(select(attachment_content.c.content).where(attachment_content.c.digest == digest)).scalar_one_or_none()
    return None if found is None else bytes(found)


def digest_told(conn: Connection, row: Attachment) -> str | None:
    """The digest with which the history says that a file was added; None where it does not say so."""
    query = select(history_entry.c.body).where(history_entry.c.chain == row.root_id, history_entry.c.seq == row.entry)
    body = conn.execute(query).scalar_one_or_none()
    try:
        events = list(events_of(row.root_id, body)) if body else []
    except (ValueError, TypeError):  # altered until it was no entry any more
        return None
    return next((it.get("digest") for name, it in events if name == AttachmentAdded.__name__ and it.get("attachment") == row.id), None)


def delete_attachments(conn: Connection, of_them: ColumnElement[bool]) -> None:
    """Delete files, and contents that nobody else refers to."""
    digests = conn.execute(select(attachment.c.digest).where(of_them, attachment.c.digest.is_not(None)).distinct()).scalars().all()
    conn.execute(delete(attachment).where(of_them))
    ordered = sorted(str(it) for it in digests)
    for start in range(0, len(ordered), _AT_ONCE):
        _delete_unused(conn, ordered[start : start + _AT_ONCE])


def _delete_unused(conn: Connection, digests: Iterable[str]) -> None:
    """Two statements: the second begins when all are held, and sees whatever was added before that."""
    these = attachment_content.c.digest.in_(list(digests))
    conn.execute(select(attachment_content.c.digest).where(these).order_by(attachment_content.c.digest).with_for_update()).all()
    conn.execute(delete(attachment_content).where(these, ~exists().where(attachment.c.digest == attachment_content.c.digest)))


def _rows(conn: Connection, wanted: ColumnElement[bool]) -> list[Attachment]:
    return [_attachment(row) for row in conn.execute(select(*_COLUMNS).where(wanted).order_by(attachment.c.id))]


def _attachment(row: Row[Any]) -> Attachment:
    return Attachment(**dict(zip(Attachment.__dataclass_fields__, row, strict=True)))
