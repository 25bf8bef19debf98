"""Writing what a step changed: the difference between two sets of rows, and nothing else.

Each table is written at most by one insert, one update and one delete, so the number of statements does not grow with the number of
rows. The caller holds the root's lock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, delete, insert, update

from engine.store.queries.upsert import insert_or_update
from engine.store.rows import CANDIDATES, TIMER, Instance, JobRow, Root, TaskRow
from engine.store.tables import (
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
from engine.tokens.state import Scope, ScopeKind, Subscription

if TYPE_CHECKING:
    from sqlalchemy import Delete, Executable, Insert, Table, Update

    from engine.store.values import StoredValue
    from engine.store.writes import Writer

LARGE = 4096
"""Characters of a value from which on it stands in a table of its own."""

Values = dict[str, Any]
_REPLACED = (token, subscription, job, user_task)  # tables in which a row that is gone makes room for a new one


@dataclass(frozen=True, slots=True)
class Difference:
    """What is new, changed and gone, each in order."""

    new: list[Any]
    changed: list[Any]
    gone: list[str]


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> Difference:
    """Compare two mappings of ids to frozen rows."""
    return Difference(
        new=[row for key, row in after.items() if key not in before],
        changed=[row for key, row in after.items() if key in before and before[key] != row],
        gone=[key for key in before if key not in after],
    )


def save_root(writer: Writer, root_id: str, before: Root, after: Root) -> None:
    """Write the difference between what was loaded and what is to be.

    A new scope of kind `instance` needs no entry in `after.instances` unless it has a business key; a new timer needs its job, under the
    id of its subscription, and its job goes with it.
    """
    _write(writer, process_instance, root_id, difference(_instances(before), _instances(after)), _plain(Instance))
    _write(writer, scope, root_id, difference(_inner_scopes(before), _inner_scopes(after)), _scope_values)
    _write(writer, token, root_id, difference(before.state.tokens, after.state.tokens), _token_values)
    _write(writer, subscription, root_id, difference(_subscriptions(before), _subscriptions(after)), _subscription_values(after))
    _write(writer, job, root_id, difference(before.jobs, _jobs(after)), _plain(JobRow))
    _save_variables(writer, root_id, before.variables, after.variables)
    save_tasks(writer, root_id, before.tasks, after.tasks)


def save_tasks(writer: Writer, root_id: str, before: Mapping[str, TaskRow], after: Mapping[str, TaskRow]) -> None:
    """Write the difference between user tasks, with their candidates."""
    _write(writer, user_task, root_id, difference(before, after), _task_values)
    old, new = _candidates(before), _candidates(after)
    gone, added = [it for it in old if it not in new], [it for it in new if it not in old]
    replaced = list(zip(gone, added, strict=False))
    _run(writer, _FORGET_CANDIDATE, [_candidate_key(it) for it in gone[len(replaced) :]])
    _run(writer, _REPLACE_CANDIDATE, [{**_candidate_key(it), **_candidate(by)} for it, by in replaced])
    _run(writer, _insert(task_candidate), [{**_candidate(it), "root_id": root_id} for it in added[len(replaced) :]])


def _write(writer: Writer, table: Table, root_id: str, rows: Difference, values: Callable[[Any], Values]) -> None:
    """A row that is gone makes room for a new one: one statement instead of two, for the usual step that moves one token."""
    replaced = list(zip(rows.gone, rows.new, strict=False)) if table in _REPLACED else []
    gone, new = rows.gone[len(replaced) :], rows.new[len(replaced) :]
    changed = [*((row.id, row) for row in rows.changed), *replaced]
    if gone:
        _run(writer, _delete(table), [{"key_root": root_id, "key": key} for key in gone])
    if changed:
        _run(writer, _update(table), [{**values(row), "key_root": root_id, "key": key} for key, row in changed])
    if new:
        _run(writer, _insert(table), [{**values(row), "root_id": root_id} for row in new])


def _run(writer: Writer, statement: Executable, rows: Sequence[Values]) -> None:
    """One execution for all rows; a single row without the detour of a batch."""
    if rows:
        writer.execute(statement, rows[0] if len(rows) == 1 else rows)


# Statements are made once: making one takes longer than executing it.


@cache
def _insert(table: Table) -> Insert:
    return insert(table)


@cache
def _delete(table: Table) -> Delete:
    return delete(table).where(table.c.root_id == bindparam("key_root"), table.c.id == bindparam("key"))


@cache
def _update(table: Table) -> Update:
    columns: Values = {column.name: bindparam(column.name) for column in table.columns if column.name != "root_id"}
    return update(table).where(table.c.root_id == bindparam("key_root"), table.c.id == bindparam("key")).values(columns)


def job_values(root_id: str, row: JobRow) -> Values:
    """A job as its table has it, for one that no step makes: of a version, or of a case whose root nobody has locked."""
    return {**_plain(JobRow)(row), "root_id": root_id}


def _plain(kind: type[Any]) -> Callable[[Any], Values]:
    """For rows whose fields are the columns."""
    names = [field.name for field in fields(kind)]
    return lambda row: {name: getattr(row, name) for name in names}


def _instances(root: Root) -> dict[str, Instance]:
    """Each scope of kind `instance` as the row of its instance."""
    return {
        row.id: root.instances.get(row.id) or Instance(row.id, row.definition_id, row.owner)
        for row in root.state.scopes.values()
        if row.kind is ScopeKind.INSTANCE
    }


def _inner_scopes(root: Root) -> dict[str, Scope]:
    return {key: row for key, row in root.state.scopes.items() if row.kind is not ScopeKind.INSTANCE}


def _subscriptions(root: Root) -> dict[str, Subscription]:
    return {key: row for key, row in root.state.subscriptions.items() if row.kind != TIMER}


def _jobs(root: Root) -> dict[str, JobRow]:
    """All jobs but timers whose subscription is gone. A timer without a job would never fire: that is a bug."""
    waiting = {row.id for row in root.state.subscriptions.values() if row.kind == TIMER}
    if missing := waiting - root.jobs.keys():
        raise ValueError(f"timers without a due date: {sorted(missing)}")
    return {key: row for key, row in root.jobs.items() if row.kind != TIMER or key in waiting}


def _scope_values(row: Scope) -> Values:
    return {**_plain(Scope)(row), "kind": row.kind.value}


def _token_values(row: Any) -> Values:  # noqa: ANN401
    return {**_plain(type(row))(row), "state": row.state.value}


def _subscription_values(root: Root) -> Callable[[Any], Values]:
    def values(row: Subscription) -> Values:
        instance_id = root.state.scopes[row.scope_id].instance_id
        instance = root.instances.get(instance_id)
        return {**_plain(Subscription)(row), "instance_id": instance_id, "business_key": instance.business_key if instance else None}

    return values


def _task_values(row: TaskRow) -> Values:
    return {name: value for name, value in _plain(TaskRow)(row).items() if name not in CANDIDATES.values()}


Candidate = tuple[str, str, str]
"""Task, kind, and the person or group."""

_THIS_CANDIDATE = and_(*(task_candidate.c[name] == bindparam(f"key_{name}") for name in ("task_id", "kind", "value")))
_FORGET_CANDIDATE = delete(task_candidate).where(_THIS_CANDIDATE)
_REPLACE_CANDIDATE = update(task_candidate).where(_THIS_CANDIDATE).values({name: bindparam(name) for name in ("task_id", "kind", "value")})


def _candidates(tasks: Mapping[str, TaskRow]) -> dict[Candidate, None]:
    """In order."""
    named = ((task, kind, getattr(task, name)) for task in tasks.values() for kind, name in CANDIDATES.items())
    return {(task.id, kind, value): None for task, kind, values in named for value in values}


def _candidate(row: Candidate) -> Values:
    return dict(zip(("task_id", "kind", "value"), row, strict=True))


def _candidate_key(row: Candidate) -> Values:
    return {f"key_{name}": value for name, value in _candidate(row).items()}


def _save_variables(
    writer: Writer,
    root_id: str,
    before: Mapping[str, Mapping[str, StoredValue]],
    after: Mapping[str, Mapping[str, StoredValue]],
) -> None:
    old = {(scope_id, name): value for scope_id, values in before.items() for name, value in values.items()}
    new = {(scope_id, name): value for scope_id, values in after.items() for name, value in values.items()}
    changed = {key: value for key, value in new.items() if old.get(key) != value}
    if gone := [key for key in old if key not in new]:
        _run(writer, _delete_values(variable), [{"key_root": root_id, "key_scope": key[0], "key_name": key[1]} for key in gone])
    large = {key: value.text for key, value in changed.items() if _is_large(value)}
    if shrunk := [key for key in changed if key in old and _is_large(old[key]) and key not in large]:
        _run(writer, _delete_values(variable_value), [{"key_root": root_id, "key_scope": key[0], "key_name": key[1]} for key in shrunk])
    _run(
        writer,
        insert_or_update(variable, writer.dialect.name),
        [
            {
                "root_id": root_id,
                "scope_id": key[0],
                "name": key[1],
                "type": value.type,
                "value": None if key in large else value.text,
            }
            for key, value in changed.items()
        ],
    )
    _run(
        writer,
        insert_or_update(variable_value, writer.dialect.name),
        [{"root_id": root_id, "scope_id": key[0], "name": key[1], "value": text} for key, text in large.items()],
    )


def _is_large(value: StoredValue) -> bool:
    return value.text is not None and len(value.text) > LARGE


@cache
def _delete_values(table: Table) -> Delete:
    row = {"root_id": "key_root", "scope_id": "key_scope", "name": "key_name"}
    return delete(table).where(*(table.c[name] == bindparam(key) for name, key in row.items()))
