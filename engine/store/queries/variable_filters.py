"""Conditions on variables: of the instance of a row, or of a scope of its own. Numbers compare as numbers, whatever their type."""

from __future__ import annotations

import operator
from decimal import Decimal
from typing import Any
from typing import cast as cast_type

from sqlalchemy import ColumnElement, Double, and_, case, cast, exists, func, not_, null, select

from engine.errors import InvalidRequest
from engine.store.queries.listings import Asked, Order, Sort, VariableFilter, manner
from engine.store.tables import variable
from engine.store.values import StoredValue, to_stored

_OPERATORS = {"eq": operator.eq, "neq": operator.ne, "gt": operator.gt, "gteq": operator.ge, "lt": operator.lt, "lteq": operator.le}
_NUMBERS = ("Integer", "Long", "Double")


def _number(kind: ColumnElement[Any], text: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((kind.in_(_NUMBERS), cast(text, Double)), else_=null())


_SORTED: dict[str, tuple[ColumnElement[Any], tuple[str, ...]]] = {  # by the types of Camunda: what is compared, and of which types here
    **{kind: (variable.c.value, (kind,)) for kind in ("String", "Boolean", "Date")},
    **dict.fromkeys(("Integer", "Short", "Long", "Double"), (_number(variable.c.type, variable.c.value), _NUMBERS)),
}


def has_variable(root_id: ColumnElement[str], scope_id: ColumnElement[str], wanted: VariableFilter, asked: Asked) -> ColumnElement[bool]:
    """Whether the scope has a variable of this name that compares as asked. Values above 4 kB are never equal to anything.

    With `variableNamesIgnoreCase` and `variableValuesIgnoreCase` among the filters, upper and lower case are one.
    """
    is_named = variable.c.name == wanted.name
    if asked.wanted.get("variableNamesIgnoreCase"):
        is_named = func.lower(variable.c.name) == func.lower(wanted.name)
    fits = compares(wanted, asked, variable.c.type, variable.c.value)
    return exists().where(variable.c.root_id == root_id, variable.c.scope_id == scope_id, is_named, fits)


IGNORE_CASE = {name: manner() for name in ("variableNamesIgnoreCase", "variableValuesIgnoreCase")}
"""The filters that say how the names and texts of variables are compared."""


def by_variable(root_id: ColumnElement[str], scope_id: ColumnElement[str]) -> Order:
    """A sort key by the value of the variable that the parameters name: rows whose value has another type count as without one."""

    def order(sort: Sort, _asked: Asked) -> ColumnElement[Any]:
        name, kind = sort.parameters.get("variable"), sort.parameters.get("type")
        if not isinstance(name, str) or not isinstance(kind, str) or kind.capitalize() not in _SORTED:
            raise InvalidRequest(f"'{sort.name}' needs the parameters 'variable' and 'type': {', '.join(_SORTED)}")
        value, types = _SORTED[kind.capitalize()]
        found = select(value).where(
            variable.c.root_id == root_id, variable.c.scope_id == scope_id, variable.c.name == name, variable.c.type.in_(types)
        )
        return found.scalar_subquery()

    return order


def compares(wanted: VariableFilter, asked: Asked, kind: ColumnElement[Any], text: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a stored value, its type and its text, compares as asked. Raises `InvalidRequest`."""
    stored, folded = to_stored(wanted.value), bool(asked.wanted.get("variableValuesIgnoreCase"))
    if wanted.operator in {"like", "notLike"}:
        if stored.type != "String" or stored.text is None:
            raise InvalidRequest(f"'{wanted.operator}' compares texts")
        is_like = asked.like_folded if folded else asked.like
        found = is_like(text, stored.text)
        return and_(kind == "String", found if wanted.operator == "like" else not_(found))
    if stored.type in _NUMBERS:
        return _ordered(wanted.operator, _number(kind, text), float(Decimal(stored.text or "0")))
    if wanted.operator in {"eq", "neq"}:
        same = _same(stored, kind, text, folded=folded)
        return same if wanted.operator == "eq" else not_(same)
    if stored.type not in {"String", "Date"}:
        raise InvalidRequest(f"'{wanted.operator}' compares numbers, texts and dates")
    return and_(kind == stored.type, _ordered(wanted.operator, text, stored.text))


def _same(stored: StoredValue, kind: ColumnElement[Any], text: ColumnElement[Any], *, folded: bool) -> ColumnElement[bool]:
    if stored.text is None:
        return kind == "Null"
    is_equal = func.lower(text) == func.lower(stored.text) if folded and stored.type == "String" else text == stored.text
    return and_(kind == stored.type, is_equal)


def _ordered(name: str, column: ColumnElement[Any], value: Any) -> ColumnElement[bool]:  # noqa: ANN401 - of the type of the column
    compare = _OPERATORS.get(name)
    if compare is None:
        raise InvalidRequest(f"there is no operator '{name}'")
    return cast_type("ColumnElement[bool]", compare(column, value))
