"""Which variables cases and user tasks had when they ended: the last change of each, in the chain of the case."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true

from engine.store.queries.among import among
from engine.store.queries.event_rows import event_rows, mentions_field
from engine.store.queries.variable_filters import compares, has_variable

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.store.queries.listings import Asked, VariableFilter
    from engine.store.queries.told import Question


def had_variables(conn: Connection, roots: Collection[str], scopes: Collection[str], question: Question) -> set[str]:
    """The scopes, process instances or user tasks, that had a variable for each condition, or for one. What was removed has no value."""
    each = [_had(conn, roots, scopes, it, question.asked) for it in question.value]
    if question.together:
        return set(scopes).intersection(*each)
    return set().union(*each)


def have_variables(root_id: ColumnElement[str], scope_id: ColumnElement[str], question: Question) -> ColumnElement[bool]:
    """The condition that an open scope has such variables now."""
    each = (has_variable(root_id, scope_id, it, question.asked) for it in question.value)
    return and_(true(), *each) if question.together else or_(false(), *each)


def _had(conn: Connection, roots: Collection[str], scopes: Collection[str], wanted: VariableFilter, asked: Asked) -> set[str]:
    events = event_rows(asked.dialect)
    entry, name = events.entry.c, events.field("name")
    kind, text = events.value("after")
    scope = func.coalesce(events.field("scope"), entry.chain)
    folded = bool(asked.wanted.get("variableNamesIgnoreCase"))
    is_named = func.lower(name) == func.lower(wanted.name) if folded else name == wanted.name
    mentioned: ColumnElement[bool] = true() if folded else mentions_field(events.entry, "name", wanted.name)
    newest: Any = func.row_number().over(partition_by=(scope, name), order_by=(entry.seq.desc(), events.position.desc()))
    changes = (
        select(scope.label("scope"), kind.label("kind"), text.label("text"), newest.label("newest"))
        .select_from(events.rows)
        .where(among(entry.chain, roots, asked.dialect), mentioned, events.name.in_(("VariableChanged", "VariableRemoved")), is_named)
        .where(among(scope, scopes, asked.dialect))
        .subquery()
    )
    last = changes.c
    query = select(last.scope).where(last.newest == 1, last.kind.is_not(None), compares(wanted, asked, last.kind, last.text))
    return set(conn.execute(query).scalars())
