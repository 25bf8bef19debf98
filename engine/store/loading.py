"""Loading what is open in one root instance: one statement for its instances, scopes, tokens, subscriptions, jobs, variables and tasks.

Each row comes as its kind, its id and its other columns as one JSON array: rows of different tables fit into one result, and a driver has
three columns to describe instead of twenty.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    FromClause,
    FunctionElement,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.ext.compiler import compiles

from engine.store.exchange import fetch
from engine.store.moments import Moment, from_milliseconds
from engine.store.rows import CANDIDATES, TIMER, Instance, JobRow, Root, TaskRow
from engine.store.tables import (
    external_task,
    job,
    process_instance,
    scope,
    subscription,
    task_candidate,
    token,
    user_task,
    variable,
    variable_value,
)
from engine.store.values import StoredValue
from engine.tokens.state import Scope, ScopeKind, State, Subscription, Token, TokenState

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.sql.compiler import SQLCompiler

    from engine.store.libpq import Row

TASK_COLUMNS = [field.name for field in fields(TaskRow) if field.name not in CANDIDATES.values()]


def load_root(conn: Connection, root_id: str) -> Root:
    """All that is open in a root instance, rows in the order in which they were made."""
    return _read(conn, ROOT, root_id)


def load_state(conn: Connection, root_id: str) -> Root:
    """Instances, scopes, tokens, subscriptions and jobs of a root; no variables and no user tasks."""
    return _read(conn, _STATE, root_id)


def load_variables(conn: Connection, root_id: str) -> dict[str, dict[str, StoredValue]]:
    """The variables of a root: scope or token id, to name, to value."""
    return _read(conn, _VARIABLES, root_id).variables


class _JsonArray(FunctionElement[str]):
    """The columns of a row as the text of a JSON array."""

    name = "json_array"
    type = Text()
    inherit_cache = True


@compiles(_JsonArray)
def _json_array(element: _JsonArray, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's signature
    return f"json_array({compiler.process(element.clauses, **options)})"


@compiles(_JsonArray, "postgresql")
def _json_build_array(element: _JsonArray, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    return f"CAST(json_build_array({compiler.process(element.clauses, **options)}) AS TEXT)"


def _read(conn: Connection, query: Select[Any] | CompoundSelect[Any], root_id: str) -> Root:
    (rows,) = fetch(conn, (query, {"root": root_id}))
    return read_rows(rows)


def read_rows(rows: Iterable[Row]) -> Root:
    """The rows of a root as the statements of this module find them, in the order in which they were made."""
    root = Root(State())
    tasks: dict[str, list[Any]] = {}
    candidates: dict[str, dict[str, list[str]]] = {}
    for what, key, data in sorted(rows, key=_made):
        values = json.loads(data)
        if what == "task":
            tasks[key] = values
        elif what == "candidate":
            candidates.setdefault(key, {}).setdefault(CANDIDATES[values[0]], []).append(values[1])
        else:
            _READERS[what](root, key, values)
    for key, values in tasks.items():
        root.tasks[key] = _task(key, values, candidates.get(key, {}))
    return root


def _made(row: Row) -> tuple[str, str]:
    return row[1], row[2]


def _task(key: str, values: list[Any], candidates: dict[str, list[str]]) -> TaskRow:
    named = dict(zip(_TASK_NAMES, values, strict=True))
    for name in _TASK_MOMENTS:
        if named[name] is not None:
            named[name] = from_milliseconds(named[name])
    named.update((name, tuple(people)) for name, people in candidates.items())
    return TaskRow(id=key, **named)


def _read_instance(root: Root, key: str, values: list[Any]) -> None:
    definition_id, caller, business_key, suspended, path, calls = values
    root.instances[key] = Instance(key, definition_id, caller, business_key, bool(suspended), path, calls)
    root.state.scopes[key] = Scope(key, key, definition_id, None, ScopeKind.INSTANCE, caller)


def _read_scope(root: Root, key: str, values: list[Any]) -> None:
    instance_id, definition_id, element_id, kind, owner, loop_count = values
    root.state.scopes[key] = Scope(key, instance_id, definition_id, element_id, ScopeKind(kind), owner, loop_count)


def _read_token(root: Root, key: str, values: list[Any]) -> None:
    scope_id, element_id, state, flow_id, loop_index = values
    root.state.tokens[key] = Token(key, scope_id, element_id, TokenState(state), flow_id, loop_index)


def _read_subscription(root: Root, key: str, values: list[Any]) -> None:
    root.state.subscriptions[key] = Subscription(key, *values)


def _read_job(root: Root, key: str, values: list[Any]) -> None:
    instance_id, kind, element_id, created_at, due_at, retries, scope_id, token_id, data, error, priority, suspended = values
    root.jobs[key] = JobRow(
        key,
        instance_id,
        kind,
        element_id,
        from_milliseconds(created_at),
        from_milliseconds(due_at),
        retries,
        scope_id,
        token_id,
        data,
        error,
        priority,
        bool(suspended),
    )
    if kind == TIMER:
        root.state.subscriptions[key] = Subscription(key, TIMER, data, element_id, scope_id, token_id)


def _read_variable(root: Root, key: str, values: list[Any]) -> None:
    name, kind, value = values
    root.variables.setdefault(key, {})[name] = StoredValue(kind, value)


_READERS: dict[str, Callable[[Root, str, list[Any]], None]] = {
    "instance": _read_instance,
    "scope": _read_scope,
    "token": _read_token,
    "subscription": _read_subscription,
    "job": _read_job,
    "variable": _read_variable,
}


def _part(what: str, key: ColumnElement[Any], columns: Iterable[ColumnElement[Any]], source: FromClause | None = None) -> Select[Any]:
    """One part of the union: its kind, the id of a row, and the rest of it as JSON."""
    table = key.table if source is None else source
    # Moments as the numbers that they are stored as: JSON knows no moments.
    plain = [type_coerce(column, BigInteger) if isinstance(column.type, Moment) else column for column in columns]
    return select(literal_column(f"'{what}'", Text).label("what"), key.label("id"), _JsonArray(*plain).label("data")).select_from(table)


def _of_root(what: str, table: Table, names: str, root: ColumnElement[Any]) -> Select[Any]:
    columns = [table.c[name] for name in names.split()]
    return _part(what, table.c.id, columns).where(table.c.root_id == root)


_TASK_NAMES = [name for name in TASK_COLUMNS if name != "id"]
_TASK_MOMENTS = [name for name in _TASK_NAMES if isinstance(user_task.c[name].type, Moment)]
_LARGE = and_(
    variable_value.c.root_id == variable.c.root_id,
    variable_value.c.scope_id == variable.c.scope_id,
    variable_value.c.name == variable.c.name,
)


def _variables(root: ColumnElement[Any]) -> Select[Any]:
    columns = [variable.c.name, variable.c.type, func.coalesce(variable.c.value, variable_value.c.value)]
    return _part("variable", variable.c.scope_id, columns, variable.outerjoin(variable_value, _LARGE)).where(variable.c.root_id == root)


def _state(root: ColumnElement[Any]) -> list[Select[Any]]:
    return [
        _of_root("instance", process_instance, "definition_id caller_token_id business_key suspended path calls", root),
        _of_root("scope", scope, "instance_id definition_id element_id kind owner loop_count", root),
        _of_root("token", token, "scope_id element_id state flow_id loop_index", root),
        _of_root("subscription", subscription, "kind name element_id scope_id token_id", root),
        _of_root("job", job, "instance_id kind element_id created_at due_at retries scope_id token_id data error priority suspended", root),
    ]


def _everything(root: ColumnElement[Any]) -> CompoundSelect[Any]:
    candidates = _part(
        "candidate",
        task_candidate.c.task_id,
        [task_candidate.c.kind, task_candidate.c.value],
        task_candidate.join(user_task, user_task.c.id == task_candidate.c.task_id),
    )
    tasks = _of_root("task", user_task, " ".join(_TASK_NAMES), root)
    return union_all(*_state(root), _variables(root), tasks, candidates.where(user_task.c.root_id == root))


def _root_of(table: Table) -> ColumnElement[Any]:
    asked = table.alias("asked")
    return select(asked.c.root_id).where(asked.c.id == bindparam("key")).scalar_subquery()


# Built once: making a statement of this size takes longer than executing it.
_ROOT_ID: ColumnElement[Any] = bindparam("root")
_VARIABLES = _variables(_ROOT_ID)
_STATE = union_all(*_state(_ROOT_ID))
ROOT = _everything(_ROOT_ID)
"""All that is open in the root instance `root`, for `read_rows`."""
ROOT_OF_TASK = _everything(_root_of(user_task))
"""The same of the root instance that the open user task `key` belongs to."""
ROOT_OF_EXTERNAL = _everything(_root_of(external_task))
"""The same of the root instance that the external task `key` belongs to."""
