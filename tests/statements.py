"""What is sent to a database, for tests that count or read it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy
from sqlalchemy import event


@contextmanager
def statements(of: sqlalchemy.Engine | type[sqlalchemy.Engine] = sqlalchemy.Engine) -> Iterator[list[str]]:
    """The statements that are sent meanwhile, in order: of one engine, or of all there are."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, sql: str, *_rest: object) -> None:
        sent.append(sql)

    event.listen(of, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(of, "before_cursor_execute", note)
