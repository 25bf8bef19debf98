"""Lists of cases as tables: what a list shows, with the key fields of the process where it is one process alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from app.cases.naming import person_name, process_name
from app.cases.reading import Wanted, filter_of
from app.cases.standing import due_of, in_full, places
from app.cases.values import show_field, type_of
from app.i18n import language, local
from app.inbox.rows import state_of
from app.services import services
from app.sheets import MOST_ROWS, Value
from app.words import gettext

if TYPE_CHECKING:
    from engine import Actor, CaseRow, Definition

_PAGE: Final = 200


def table_of(actor: Actor, wanted: Wanted) -> tuple[list[str], list[list[Value]]]:
    """The head and the rows: the cases that somebody may see, the newest first, `MOST_ROWS` at most."""
    definition = _only(wanted)
    fields = definition.process.key_fields if definition else ()
    labels = [field.translations.get(language(), field.label or field.name) for field in fields]
    head = [gettext("Number"), gettext("Subject"), gettext("Process"), *labels, gettext("State"), gettext("With"), gettext("Due")]
    head += [gettext("Started by"), gettext("Started"), gettext("Ended")]
    names = [field.name for field in fields]
    return head, [_row(row, names) for row in _rows(actor, wanted)]


def _only(wanted: Wanted) -> Definition | None:
    latest = services().engine.definitions.all_latest()
    return next((it for it in latest if it.row.key == wanted.process), None)


def _rows(actor: Actor, wanted: Wanted) -> Iterator[CaseRow]:
    shown, after, left = filter_of(wanted), None, MOST_ROWS
    while left > 0:
        page = services().engine.instances.page(actor, shown, after=after, limit=min(_PAGE, left))
        yield from page.rows
        after, left = page.after, left - len(page.rows)
        if after is None:
            return


def _row(row: CaseRow, fields: list[str]) -> list[Value]:
    case = row.case
    definition = services().engine.definitions.get(case.definition_id)
    open_now = places(row.standing)
    return [
        case.number or case.id,
        case.subject or process_name(definition),
        process_name(definition),
        *(_value(definition, name, case.key_fields.get(name)) for name in fields),
        in_full(it.step for it in open_now) or state_of(case, row.standing)[0],
        in_full(it.text for it in open_now),
        _moment(due_of(open_now)),
        person_name(case.started_by),
        _moment(case.started_at),
        _moment(case.ended_at),
    ]


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
