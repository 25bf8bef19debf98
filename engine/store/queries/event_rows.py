"""The events of the history as rows, for questions that a database answers better than a reader of whole entries.

An entry is one text of JSON. SQLite and PostgreSQL both take it apart themselves, so that an answer of a few rows is a few rows on the way
here, however long the chain is; what it costs the database grows with the entries that it has to look into.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, FromClause, Integer, Text, cast, column, func, true
from sqlalchemy.dialects import postgresql

from engine.store import canonical
from engine.store.tables import history_entry

if TYPE_CHECKING:
    from sqlalchemy.sql.selectable import NamedFromClause

_TYPE, _TEXT = 0, 1  # of a stored value: [type, text]
_NAME, _FIELDS = 0, 1  # of an event: [name, {fields}]


@dataclass(frozen=True, slots=True)
class EventRows:
    """History entries, each joined with its events. `position` counts the events of an entry."""

    rows: FromClause
    entry: NamedFromClause
    position: ColumnElement[int]
    name: ColumnElement[str]
    text: ColumnElement[str]  # of the whole event
    field: Callable[[str], ColumnElement[str]]  # of an event, null where it has none: only texts and numbers
    value: Callable[[str], tuple[ColumnElement[str], ColumnElement[str]]]  # a field that holds a stored value: type and text


def event_rows(dialect: str) -> EventRows:
    """The events of all entries, for a condition on `entry`."""
    entry = history_entry.alias("entry")
    return _of_sqlite(entry) if dialect == "sqlite" else _of_postgresql(entry)


def mentions_field(entry: FromClause, name: str, value: str) -> ColumnElement[bool]:
    """Whether an entry may hold an event with this text in a field: looked for in the text, before anything is taken apart."""
    return entry.c.body.contains(f'"{name}":{canonical.dumps(value)}', autoescape=True)


def _of_sqlite(entry: NamedFromClause) -> EventRows:
    events = func.json_each(entry.c.body).table_valued(column("key", Integer), column("value", Text), name="event")

    def at(path: str) -> ColumnElement[str]:
        return func.json_extract(events.c.value, path, type_=Text)

    return EventRows(
        rows=entry.join(events, true()),
        entry=entry,
        position=events.c.key,
        name=at(f"$[{_NAME}]"),
        text=events.c.value,
        field=lambda name: at(f"$[{_FIELDS}].{name}"),
        value=lambda name: (at(f"$[{_FIELDS}].{name}[{_TYPE}]"), at(f"$[{_FIELDS}].{name}[{_TEXT}]")),
    )


def _of_postgresql(entry: NamedFromClause) -> EventRows:
    made: Any = func.json_array_elements(cast(entry.c.body, postgresql.JSON))
    events = made.table_valued(column("value", postgresql.JSON), with_ordinality="position", name="event").render_derived()
    event: Any = events.c.value
    of_fields = event[_FIELDS]
    return EventRows(
        rows=entry.join(events, true()),
        entry=entry,
        position=cast(events.c.position, Integer),
        name=event[_NAME].astext,
        text=cast(event, Text),
        field=lambda name: of_fields[name].astext,
        value=lambda name: (of_fields[name][_TYPE].astext, of_fields[name][_TEXT].astext),
    )
