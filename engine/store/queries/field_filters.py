"""Conditions on the data of cases, open and ended: `amount` at least 50,000, `supplier` one of two, `needed_by` before a day.

Three places know a value, and each case is asked where it costs least. Key fields stand in a table of their own, by their names. The
variables of an open case are rows. Those of an ended one stand in its history alone: there the last change of the name counts, and the
database has to read the entries of the case for it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, Double, and_, case, cast, exists, false, func, literal, null, or_, select

from engine.errors import InvalidRequest
from engine.phrases import Phrase
from engine.store.queries.event_rows import event_rows, mentions_field
from engine.store.tables import case_field, case_instance, variable

Value: TypeAlias = "str | Decimal | bool | date | tuple[str, ...]"
"""What is looked for: its type says how it is compared. Several texts: any of them."""

FIELD_OPERATORS: Final = ("eq", "neq", "contains", "lt", "lte", "gt", "gte")
"""How the value of a field may be compared."""

_COMPARE: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "eq": operator.eq,
    "neq": operator.ne,
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}
NUMBERS: Final = ("Integer", "Long", "Double")
"""The types of stored values that are numbers."""


@dataclass(frozen=True, slots=True)
class FieldFilter:
    """A condition on a variable of a case. Of `FIELD_OPERATORS` texts know eq, neq and contains, yes and no know eq and neq."""

    name: str
    operator: str
    value: Value

    def __post_init__(self) -> None:
        """Raises `InvalidRequest` for an operator that its value does not know."""
        known = (
            {"contains", "eq", "neq"} if isinstance(self.value, str) else {"eq", "neq"} if isinstance(self.value, bool | tuple) else None
        )
        if self.operator not in (known or set(FIELD_OPERATORS) - {"contains"}):
            raise InvalidRequest(Phrase("“{operator}” cannot be asked of this value", operator=self.operator))


@dataclass(frozen=True, slots=True)
class _Stored:
    """Where a value stands: its text, its number where it is one, and whether it is of a type."""

    text: ColumnElement[Any]
    number: ColumnElement[Any]
    is_of: Callable[..., ColumnElement[bool]]


def has_value(wanted: FieldFilter, dialect: str) -> ColumnElement[bool]:
    """Whether a case of `case_instance` has a value that compares as asked. A field that was never filled in compares with nothing."""
    mine = case_field.c.case_id == case_instance.c.id, case_field.c.name == wanted.name
    as_key = exists().where(*mine, _compares(wanted, _in_key_field()))
    is_key = exists().where(*mine)
    return or_(as_key, and_(~is_key, or_(_in_variable(wanted), and_(case_instance.c.ended_at.is_not(None), _in_history(wanted, dialect)))))


def _in_variable(wanted: FieldFilter) -> ColumnElement[bool]:
    columns = variable.c
    mine = columns.root_id == case_instance.c.root_id, columns.scope_id == case_instance.c.id, columns.name == wanted.name
    stored = _Stored(columns.value, _number(columns.type, columns.value), lambda *types: columns.type.in_(types))
    return exists().where(*mine, _compares(wanted, stored))


def _in_history(wanted: FieldFilter, dialect: str) -> ColumnElement[bool]:
    """What the last change of the variable says, in the chain of the case: 1 where it compares as asked."""
    events = event_rows(dialect)
    kind, text = events.value("after")
    stored = _Stored(text, _number(kind, text), lambda *types: kind.in_(types))
    changed = events.name.in_(("VariableChanged", "VariableRemoved"))
    scope = func.coalesce(events.field("scope"), events.entry.c.chain)
    last = (
        select(case((_compares(wanted, stored), 1), else_=0))
        .select_from(events.rows)
        .where(events.entry.c.chain == case_instance.c.root_id, mentions_field(events.entry, "name", wanted.name))
        .where(changed, events.field("name") == wanted.name, scope == case_instance.c.id)
        .order_by(events.entry.c.seq.desc(), events.position.desc())
        .limit(1)
    )
    return last.correlate(case_instance).scalar_subquery() == 1


def _in_key_field() -> _Stored:
    """A key field has no type of a value: the text of yes and no is `true` and `false`, and a day is its text."""
    return _Stored(case_field.c.text, case_field.c.number, lambda *_types: case_field.c.text.is_not(None))


def _number(kind: ColumnElement[Any], text: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((kind.in_(NUMBERS), cast(text, Double)), else_=null())


def _compares(wanted: FieldFilter, stored: _Stored) -> ColumnElement[bool]:
    value = wanted.value
    if isinstance(value, bool):
        return and_(stored.is_of("Boolean"), _COMPARE[wanted.operator](stored.text, "true" if value else "false"))
    if isinstance(value, Decimal):
        found: ColumnElement[bool] = _COMPARE[wanted.operator](stored.number, float(value))
        return found
    if isinstance(value, date):
        return and_(stored.is_of("Date", "String"), _on_day(wanted.operator, stored.text, value))
    return and_(stored.is_of("String"), _as_text(wanted.operator, stored.text, value))


def _as_text(name: str, text: ColumnElement[Any], value: str | tuple[str, ...]) -> ColumnElement[bool]:
    if isinstance(value, tuple):
        among = text.in_(value) if value else false()
        return among if name == "eq" else ~among
    if name == "contains":
        return text.icontains(value, autoescape=True)
    return text == value if name == "eq" else text != value


def _on_day(name: str, text: ColumnElement[Any], day: date) -> ColumnElement[bool]:
    """A day, or a moment of that day: both are written with the day in front, so that they compare as texts."""
    first, last = literal(day.isoformat()), literal((day + timedelta(days=1)).isoformat())
    within = and_(text >= first, text < last)
    conditions: dict[str, ColumnElement[bool]] = {
        "eq": within,
        "neq": ~within,
        "lt": text < first,
        "lte": text < last,
        "gt": text >= last,
        "gte": text >= first,
    }
    return conditions[name]
