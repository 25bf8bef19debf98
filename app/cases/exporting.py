"""Lists of cases as tables: the columns that a list shows, with times and figures that can be reckoned with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Final

from app.cases.columns import columns_of, definition_of, shown
from app.cases.naming import MONEY, counterparty_of, person_name, process_name
from app.cases.standing import due_of, in_full, places
from app.cases.values import show_field, type_of
from app.cases.wanted import Wanted, filter_of
from app.i18n import local
from app.inbox.rows import state_of
from app.services import services
from app.sheets import Value
from app.words import gettext

if TYPE_CHECKING:
    from engine import Actor, CaseRow, Definition

ALWAYS: Final = "always"

Of = Callable[["CaseRow", "Definition"], Value]


def table_of(actor: Actor, wanted: Wanted) -> tuple[list[str], Iterator[list[Value]]]:
    """The head and the rows: all cases that the list finds, the newest first, read as they are asked for.

    With the columns that were chosen for the list; where none was, with all that there are.
    """
    definition = definition_of(wanted.process, wanted.version)
    chosen = {it.id for it in shown(definition, wanted.columns)} if wanted.columns else None
    parts = [(head, value) for column, head, value in _parts(definition) if chosen is None or column == ALWAYS or column in chosen]
    return [head for head, _ in parts], _rows(actor, wanted, [value for _, value in parts])


def _parts(definition: Definition | None) -> Iterator[tuple[str, str, Of]]:
    """Columns of the list with what stands for them in a table: a head and values."""
    yield ALWAYS, gettext("Number"), lambda row, _: row.case.number or row.case.id
    yield ALWAYS, gettext("Subject"), lambda row, known: row.case.subject or process_name(known)
    yield "", gettext("Process"), lambda _, known: process_name(known)
    for column in columns_of(definition):
        if column.field is not None:
            yield column.id, column.name, partial(_key, column.field.name)
        elif column.id == "partner":
            yield column.id, column.name, lambda row, known: counterparty_of(known, row.case.key_fields)
        elif column.id == "amount":
            yield column.id, column.name, _amount
    yield "step", gettext("State"), lambda row, _: in_full(it.step for it in places(row.standing)) or state_of(row.case, row.standing)[0]
    yield "holder", gettext("With"), lambda row, _: in_full(it.text for it in places(row.standing))
    yield "due", gettext("Due"), lambda row, _: _moment(due_of(places(row.standing)))
    yield "starter", gettext("Started by"), lambda row, _: person_name(row.case.started_by)
    yield "span", gettext("Started"), lambda row, _: _moment(row.case.started_at)
    yield "span", gettext("Ended"), lambda row, _: _moment(row.case.ended_at)
    yield "", gettext("Version"), lambda _, known: known.row.version


def _rows(actor: Actor, wanted: Wanted, values: list[Of]) -> Iterator[list[Value]]:
    known: dict[str, Definition] = {}
    for row in services().engine.instances.each(actor, filter_of(wanted)):
        version = row.case.definition_id
        if version not in known:
            known[version] = services().engine.definitions.get(version)
        yield [value(row, known[version]) for value in values]


def _key(name: str, row: CaseRow, known: Definition) -> Value:
    return _value(known, name, row.case.key_fields.get(name))


def _amount(row: CaseRow, known: Definition) -> Value:
    """The first amount among the key fields, as the list shows it."""
    names = (it.name for it in known.process.key_fields if it.type == MONEY)
    return next((_value(known, name, row.case.key_fields[name]) for name in names if row.case.key_fields.get(name) is not None), None)


def _value(definition: Definition, name: str, value: object) -> Value:
    """A figure or a date stays one; anything else as the form shows it."""
    if value is None or (isinstance(value, int | float | Decimal | date) and not isinstance(value, bool)):
        return value
    day = _day(value) if type_of(definition, name) == "date" else None
    return day or show_field(definition, name, value)


def _day(value: object) -> date | None:
    """A key field of type date is kept as text."""
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _moment(moment: datetime | None) -> datetime | None:
    return local(moment) if moment else None
