"""Lists of cases as tables: the columns that a list shows, with times and figures that can be reckoned with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Final

from app.cases.columns import columns_of, definition_of, names_read, shown
from app.cases.fields import list_fields
from app.cases.naming import MONEY, counterparty_of, person_name, process_name
from app.cases.standing import due_of, in_full, places
from app.cases.values import day_of, is_empty, show_field
from app.cases.wanted import filter_of
from app.i18n import local
from app.inbox.rows import state_of
from app.services import services
from app.sheets import Value
from app.words import gettext

if TYPE_CHECKING:
    from app.cases.fields import ListFields, SearchField
    from app.cases.wanted import Wanted
    from engine import Actor, CaseFilter, CaseRow, Definition

ALWAYS: Final = "always"

Of = Callable[["CaseRow", "Definition"], Value]


def table_of(actor: Actor, wanted: Wanted) -> tuple[list[str], Iterator[list[Value]]]:
    """The head and the rows: all cases that the list finds, the newest first, read as they are asked for.

    With the columns that were chosen for the list; where none was, with all key fields and what every list has.
    """
    known = list_fields(actor, definition_of(wanted.process, wanted.version))
    usual = [it for it in columns_of(known) if it.field is None or it.field.is_key]
    chosen = shown(known, wanted.columns) if wanted.columns else tuple(usual)
    ids = {ALWAYS, *(it.id for it in chosen), *([] if wanted.columns else [""])}
    parts = [(head, value) for column, head, value in _parts(known) if column in ids]
    asked, names = filter_of(wanted, known), names_read(chosen)
    return [head for head, _ in parts], _rows(actor, asked, names, [value for _, value in parts])


def _parts(known: ListFields) -> Iterator[tuple[str, str, Of]]:
    """Columns of the list with what stands for them in a table: a head and values."""
    yield ALWAYS, gettext("Number"), lambda row, _: row.case.number or row.case.id
    yield ALWAYS, gettext("Subject"), lambda row, known: row.case.subject or process_name(known)
    yield "", gettext("Process"), lambda _, known: process_name(known)
    for column in columns_of(known):
        if column.field is not None:
            yield column.id, column.name, partial(_field, column.field)
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


def _rows(actor: Actor, asked: CaseFilter, names: tuple[str, ...], values: list[Of]) -> Iterator[list[Value]]:
    known: dict[str, Definition] = {}
    for row in services().engine.instances.each(actor, asked, columns=names):
        version = row.case.definition_id
        if version not in known:
            known[version] = services().engine.definitions.get(version)
        yield [value(row, known[version]) for value in values]


def _field(field: SearchField, row: CaseRow, known: Definition) -> Value:
    value = row.case.key_fields.get(field.name)
    return _value(known, field.name, row.values.get(field.name) if value is None else value, is_day=field.kind == "date")


def _amount(row: CaseRow, known: Definition) -> Value:
    """The first amount among the key fields, as the list shows it."""
    names = (it.name for it in known.process.key_fields if it.type == MONEY)
    return next((_value(known, name, row.case.key_fields[name]) for name in names if row.case.key_fields.get(name) is not None), None)


def _value(definition: Definition, name: str, value: object, *, is_day: bool = False) -> Value:
    """A figure or a date stays one; anything else as the form shows it, and nothing where nothing was entered."""
    if is_empty(value):
        return None
    if isinstance(value, int | float | Decimal | date) and not isinstance(value, bool):
        return value
    return (day_of(value) if is_day else None) or show_field(definition, name, value)


def _moment(moment: datetime | None) -> datetime | None:
    return local(moment) if moment else None
