"""Conditions on variables: of the instance of a row, or of a scope of its own. Numbers compare as numbers, whatever their type."""

from __future__ import annotations

import operator
from decimal import Decimal
from typing import Any
from typing import cast as cast_type

from sqlalchemy import ColumnElement, Double, and_, case, cast, exists, not_, null

from engine.errors import InvalidRequest
from engine.store.queries.listings import Asked, VariableFilter
from engine.store.tables import variable
from engine.store.values import to_stored

_OPERATORS = {"eq": operator.eq, "neq": operator.ne, "gt": operator.gt, "gteq": operator.ge, "lt": operator.lt, "lteq": operator.le}
_NUMBERS = ("Integer", "Long", "Double")
_NUMBER = case((variable.c.type.in_(_NUMBERS), cast(variable.c.value, Double)), else_=null())


def has_variable(root_id: ColumnElement[str], scope_id: ColumnElement[str], wanted: VariableFilter, asked: Asked) -> ColumnElement[bool]:
    """Whether the scope has a variable of this name that compares as asked. Values above 4 kB are never equal to anything."""
    return exists().where(
        variable.c.root_id == root_id, variable.c.scope_id == scope_id, variable.c.name == wanted.name, _compares(wanted, asked)
    )


def _compares(wanted: VariableFilter, asked: Asked) -> ColumnElement[bool]:
    stored = to_stored(wanted.value)
    if wanted.operator in {"like", "notLike"}:
        if stored.type != "String" or stored.text is None:
            raise InvalidRequest(f"'{wanted.operator}' compares texts")
        found = and_(variable.c.type == "String", asked.like(variable.c.value, stored.text))
        return found if wanted.operator == "like" else and_(variable.c.type == "String", not_(found))
    if stored.type in _NUMBERS:
        return _ordered(wanted.operator, _NUMBER, float(Decimal(stored.text or "0")))
    if wanted.operator == "eq":
        return _same(stored.type, stored.text)
    if wanted.operator == "neq":
        return not_(_same(stored.type, stored.text))
    if stored.type not in {"String", "Date"}:
        raise InvalidRequest(f"'{wanted.operator}' compares numbers, texts and dates")
    return and_(variable.c.type == stored.type, _ordered(wanted.operator, variable.c.value, stored.text))


def _same(kind: str, text: str | None) -> ColumnElement[bool]:
    return variable.c.type == "Null" if text is None else and_(variable.c.type == kind, variable.c.value == text)


def _ordered(name: str, column: ColumnElement[Any], value: Any) -> ColumnElement[bool]:  # noqa: ANN401 - of the type of the column
    compare = _OPERATORS.get(name)
    if compare is None:
        raise InvalidRequest(f"there is no operator '{name}'")
    return cast_type("ColumnElement[bool]", compare(column, value))
