"""Locking and loading one root instance: three statements, however many called instances, branches and variables there are."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)

from engine.model import Case, CaseState
from engine.store.history import ORGANISATION, Head
from engine.store.moments import from_milliseconds
from engine.store.rows import CANDIDATES, TIMER, Instance, JobRow, Root, TaskRow
from engine.store.tables import (
    case_instance,
    history_head,
    job,
    process_instance,
    scope,
    subscription,
    task_candidate,
    task_draft,
    token,
    user_task,
    variable,
    variable_value,
)
from engine.store.values import StoredValue
from engine.tokens.state import Scope, ScopeKind, State, Subscription, Token, TokenState

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row


@dataclass(frozen=True, slots=True)
class Lock:
    """A root instance that this transaction alone may change, with what every step asks at once.

    `organisation` is the head of the chain of the organisation: the version of what may be remembered of it. `has_draft`: somebody has
    kept a draft of the task that was asked for.
    """

    root_id: str
    head: Head
    case: Case
    organisation: Head | None = None
    has_draft: bool = False


def lock_root(conn: Connection, root_id: str, *, skip_locked: bool = False) -> Lock | None:
    """Lock a root instance. None when it is not open, or with `skip_locked` when somebody else has it (PostgreSQL)."""
    return _lock(conn, _lockable().where(process_instance.c.id == root_id), skip_locked=skip_locked)


def lock_root_of_task(conn: Connection, task_id: str) -> Lock | None:
    """Lock the root instance of an open user task, in one statement. None when there is no such task.

    Whoever waited for the lock must look for the task again: it may have been completed meanwhile.
    """
    draft = exists().where(task_draft.c.key == task_id).label("has_draft")
    query = _lockable().add_columns(draft).join(user_task, user_task.c.root_id == process_instance.c.id).where(user_task.c.id == task_id)
    return _lock(conn, query, skip_locked=False)


def lock_roots(conn: Connection, root_ids: set[str]) -> dict[str, Lock]:
    """Lock several root instances in the order of their ids, the order that everybody keeps. Those not open are missing."""
    found = (lock_root(conn, root_id) for root_id in sorted(root_ids))
    return {lock.root_id: lock for lock in found if lock is not None}


def load_root(conn: Connection, root_id: str) -> Root:
    """All that is open in a root instance, rows in the order in which they were made."""
    root = _read_rows(conn, _ROOT, root_id)
    root.tasks = load_tasks(conn, root_id)
    return root


def load_state(conn: Connection, root_id: str) -> Root:
    """Instances, scopes, tokens, subscriptions and jobs of a root, in one statement; no variables and no user tasks."""
    return _read_rows(conn, _STATE, root_id)


def _read_rows(conn: Connection, query: CompoundSelect[Any], root_id: str) -> Root:
    """The rows of a union, in the order in which they were made."""
    root = Root(State())
    for row in sorted(conn.execute(query, {"root": root_id}), key=lambda row: (row.id, row.a)):
        _READERS[row.what](root, row)
    return root


def load_variables(conn: Connection, root_id: str) -> dict[str, dict[str, StoredValue]]:
    """The variables of a root: scope or token id, to name, to value."""
    variables: dict[str, dict[str, StoredValue]] = {}
    for scope_id, name, kind, value in conn.execute(_VARIABLES, {"root": root_id}):
        variables.setdefault(scope_id, {})[name] = StoredValue(kind, value)
    return variables


def load_tasks(conn: Connection, root_id: str) -> dict[str, TaskRow]:
    """The open user tasks of a root with their candidates."""
    return read_tasks(conn, user_task.c.root_id == root_id)


def read_tasks(conn: Connection, condition: ColumnElement[bool]) -> dict[str, TaskRow]:
    """The open user tasks that satisfy a condition, with their candidates, by id in order, in one statement."""
    query = (
        select(*(user_task.c[name] for name in _TASK_COLUMNS), task_candidate.c.kind, task_candidate.c.value)
        .outerjoin(task_candidate, task_candidate.c.task_id == user_task.c.id)
        .where(condition)
        .order_by(user_task.c.id, task_candidate.c.value)
    )
    found: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
    for row in conn.execute(query):
        _, candidates = found.setdefault(row[0], (dict(zip(_TASK_COLUMNS, row, strict=False)), {}))
        if row[-2] is not None:
            candidates.setdefault(CANDIDATES[row[-2]], []).append(row[-1])
    return {
        key: TaskRow(**{**values, **{name: tuple(people) for name, people in candidates.items()}})
        for key, (values, candidates) in found.items()
    }


_CASE = ("root_id", "parent_id", "definition_id", "definition_key", "number", "subject", "business_key", "started_at", "started_by",
         "start_department", "ended_at", "state")  # fmt: skip
_organisation = history_head.alias("organisation_head")


def _lockable() -> Select[Any]:
    return (
        select(
            process_instance.c.id,
            history_head.c.seq,
            history_head.c.hash,
            _organisation.c.seq.label("organisation_seq"),
            _organisation.c.hash.label("organisation_hash"),
            *(case_instance.c[name].label(f"case_{name}") for name in _CASE),
        )
        .join(history_head, history_head.c.chain == process_instance.c.id)
        .join(case_instance, case_instance.c.id == process_instance.c.id)
        .outerjoin(_organisation, _organisation.c.chain == ORGANISATION)
    )


def _lock(conn: Connection, query: Select[Any], *, skip_locked: bool) -> Lock | None:
    # All three are locked, so that after a wait all are read anew: a row that is only joined would be the one from before the wait.
    locked = query.with_for_update(of=[process_instance, history_head, case_instance], skip_locked=skip_locked)
    row = conn.execute(locked).one_or_none()
    if row is None:
        return None
    values = row._asdict()
    case = {name: values[f"case_{name}"] for name in _CASE}
    organisation = Head(row.organisation_seq, bytes(row.organisation_hash)) if row.organisation_hash is not None else None
    return Lock(
        root_id=row.id,
        head=Head(row.seq, bytes(row.hash)),
        case=Case(id=row.id, **{**case, "state": CaseState(case["state"])}),
        organisation=organisation,
        has_draft=bool(values.get("has_draft", False)),
    )


def _read_instance(root: Root, row: Row[Any]) -> None:
    root.instances[row.id] = Instance(row.id, row.a, row.b, row.c, bool(row.x), row.d)
    root.state.scopes[row.id] = Scope(row.id, row.id, row.a, None, ScopeKind.INSTANCE, row.b)


def _read_scope(root: Root, row: Row[Any]) -> None:
    root.state.scopes[row.id] = Scope(row.id, row.a, row.b, row.c, ScopeKind(row.d), row.e, row.x)


def _read_token(root: Root, row: Row[Any]) -> None:
    root.state.tokens[row.id] = Token(row.id, row.a, row.b, TokenState(row.c), row.d, row.x)


def _read_subscription(root: Root, row: Row[Any]) -> None:
    root.state.subscriptions[row.id] = Subscription(row.id, row.a, row.b, row.c, row.d, row.e)


def _read_job(root: Root, row: Row[Any]) -> None:
    root.jobs[row.id] = JobRow(
        id=row.id,
        instance_id=row.a,
        kind=row.b,
        element_id=row.c,
        scope_id=row.d,
        token_id=row.e,
        data=row.f,
        error=row.g,
        created_at=from_milliseconds(row.x),
        due_at=from_milliseconds(row.y),
        retries=row.z,
    )
    if row.b == TIMER:
        root.state.subscriptions[row.id] = Subscription(row.id, TIMER, row.f, row.c, row.d, row.e)


def _read_variable(root: Root, row: Row[Any]) -> None:
    root.variables.setdefault(row.id, {})[row.a] = StoredValue(row.b, row.c)


_READERS = {
    "variable": _read_variable,
    "instance": _read_instance,
    "scope": _read_scope,
    "token": _read_token,
    "subscription": _read_subscription,
    "job": _read_job,
}


_TEXTS, _NUMBERS = "abcdefg", "xyz"


def _part(what: str, table: Table, texts: str, numbers: list[ColumnElement[Any]]) -> Select[Any]:
    """One part of the union: the id, up to seven texts `a` to `g` and up to three numbers `x` to `z`, filled up with nulls."""
    columns = [table.c[name] for name in texts.split()]
    return select(
        literal(what, Text, literal_execute=True).label("what"),
        table.c.id.label("id"),
        *(column.label(name) for column, name in zip(columns, _TEXTS, strict=False)),
        *(cast(null(), Text).label(name) for name in _TEXTS[len(columns) :]),
        *(column.label(name) for column, name in zip(numbers, _NUMBERS, strict=False)),
        *(cast(null(), BigInteger).label(name) for name in _NUMBERS[len(numbers) :]),
    ).where(table.c.root_id == bindparam("root"))


_PARTS = (
    _part(
        "instance",
        process_instance,
        "definition_id caller_token_id business_key path",
        [case((process_instance.c.suspended, 1), else_=0)],
    ),
    _part("scope", scope, "instance_id definition_id element_id kind owner", [scope.c.loop_count]),
    _part("token", token, "scope_id element_id state flow_id", [token.c.loop_index]),
    _part("subscription", subscription, "kind name element_id scope_id token_id", []),
    _part(
        "job",
        job,
        "instance_id kind element_id scope_id token_id data error",
        [type_coerce(job.c.created_at, BigInteger), type_coerce(job.c.due_at, BigInteger), job.c.retries],
    ),
)
_LARGE = and_(
    variable_value.c.root_id == variable.c.root_id,
    variable_value.c.scope_id == variable.c.scope_id,
    variable_value.c.name == variable.c.name,
)
_VALUE = func.coalesce(variable.c.value, variable_value.c.value)
_STATE = union_all(*_PARTS)
_ROOT = union_all(
    *_PARTS,
    select(
        literal("variable", Text, literal_execute=True).label("what"),
        variable.c.scope_id.label("id"),
        *(column.label(name) for column, name in zip((variable.c.name, variable.c.type, _VALUE), _TEXTS, strict=False)),
        *(cast(null(), Text).label(name) for name in _TEXTS[3:]),
        *(cast(null(), BigInteger).label(name) for name in _NUMBERS),
    )
    .outerjoin(variable_value, _LARGE)
    .where(variable.c.root_id == bindparam("root")),
)

_VARIABLES = (
    select(variable.c.scope_id, variable.c.name, variable.c.type, _VALUE)
    .outerjoin(variable_value, _LARGE)
    .where(variable.c.root_id == bindparam("root"))
    .order_by(variable.c.scope_id, variable.c.name)
)

_TASK_COLUMNS = [field.name for field in fields(TaskRow) if field.name not in CANDIDATES.values()]
