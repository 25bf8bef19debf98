"""Locking one root instance with what is open in it, and reading user tasks."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, select

from engine.model import Case, CaseState
from engine.store.exchange import fetch
from engine.store.history import ORGANISATION, Head
from engine.store.loading import ROOT, ROOT_OF_EXTERNAL, ROOT_OF_TASK, TASK_COLUMNS, read_rows
from engine.store.rows import CANDIDATES, ExternalRow, Root, TaskRow
from engine.store.tables import case_instance, external_task, history_head, process_instance, task_candidate, task_draft, user_task

if TYPE_CHECKING:
    from sqlalchemy import Connection, SelectBase, Table

    from engine.store.exchange import Parameters

    Content = tuple[SelectBase, Parameters]


@dataclass(frozen=True, slots=True)
class Lock:
    """A root instance that this transaction alone may change, with what every step asks at once.

    `organisation` is the head of the chain of the organisation: the version of what may be remembered of it. `has_draft`: somebody has
    kept a draft of the task that was asked for. `before` is all that is open in it, read after it was locked.
    """

    root_id: str
    head: Head
    case: Case
    organisation: Head | None
    has_draft: bool
    before: Root


def lock_root(conn: Connection, root_id: str, *, skip_locked: bool = False, with_content: bool = True) -> Lock | None:
    """Lock a root instance. None when it is not open, or with `skip_locked` when somebody else has it (PostgreSQL).

    Without `with_content` what is open in it is not read: `before` is empty.
    """
    return _lock(conn, _ROOT_IF_FREE if skip_locked else _ROOT_ALONE, (ROOT, {"root": root_id}) if with_content else None, root_id)


def lock_root_of_task(conn: Connection, task_id: str) -> Lock | None:
    """Lock the root instance of an open user task. None when there is no such task.

    Whoever waited for the lock must look for the task again: it may have been completed meanwhile.
    """
    return _lock(conn, _ROOT_OF_TASK, (ROOT_OF_TASK, {"key": task_id}), task_id)


def lock_root_of_external(conn: Connection, task_id: str) -> tuple[Lock, ExternalRow] | None:
    """Lock the root instance of an external task, then the task, in one statement: both are as they are now. None when it is not there."""
    found = _locked(conn, _ROOT_OF_EXTERNAL, (ROOT_OF_EXTERNAL, {"key": task_id}), task_id)
    if found is None:
        return None
    lock, values = found
    return lock, ExternalRow(**{one.name: values[f"external_{one.name}"] for one in fields(ExternalRow)})


def lock_roots(conn: Connection, root_ids: set[str]) -> dict[str, Lock]:
    """Lock several root instances in the order of their ids, the order that everybody keeps. Those not open are missing."""
    found = (lock_root(conn, root_id) for root_id in sorted(root_ids))
    return {lock.root_id: lock for lock in found if lock is not None}


def load_tasks(conn: Connection, root_id: str) -> dict[str, TaskRow]:
    """The open user tasks of a root with their candidates."""
    return read_tasks(conn, user_task.c.root_id == root_id)


def read_tasks(conn: Connection, condition: ColumnElement[bool]) -> dict[str, TaskRow]:
    """The open user tasks that satisfy a condition, with their candidates, by id in order, in one statement."""
    query = (
        select(*(user_task.c[name] for name in TASK_COLUMNS), task_candidate.c.kind, task_candidate.c.value)
        .outerjoin(task_candidate, task_candidate.c.task_id == user_task.c.id)
        .where(condition)
        .order_by(user_task.c.id, task_candidate.c.value)
    )
    found: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
    for row in conn.execute(query):
        _, candidates = found.setdefault(row[0], (dict(zip(TASK_COLUMNS, row, strict=False)), {}))
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


def _locking(query: Select[Any], *further: Table, skip_locked: bool = False) -> Select[Any]:
    """All are locked, so that after a wait all are read anew: a row that is only joined would be the one from before the wait."""
    return query.with_for_update(of=[process_instance, history_head, case_instance, *further], skip_locked=skip_locked)


# Built once: making a statement of this size takes longer than executing it.
_BY_ROOT = _lockable().where(process_instance.c.id == bindparam("key"))
_ROOT_ALONE = _locking(_BY_ROOT)
_ROOT_IF_FREE = _locking(_BY_ROOT, skip_locked=True)
_ROOT_OF_TASK = _locking(
    _lockable()
    .add_columns(exists().where(task_draft.c.key == bindparam("key")).label("has_draft"))
    .join(user_task, user_task.c.root_id == process_instance.c.id)
    .where(user_task.c.id == bindparam("key"))
)
_ROOT_OF_EXTERNAL = _locking(
    _lockable()
    .add_columns(*(external_task.c[one.name].label(f"external_{one.name}") for one in fields(ExternalRow)))
    .join(external_task, external_task.c.root_id == process_instance.c.id)
    .where(external_task.c.id == bindparam("key")),
    external_task,
)


def _lock(conn: Connection, query: Select[Any], content: Content | None, key: str) -> Lock | None:
    found = _locked(conn, query, content, key)
    return found and found[0]


def _locked(conn: Connection, query: Select[Any], content: Content | None, key: str) -> tuple[Lock, dict[str, Any]] | None:
    """Lock, then read: two statements in one go. The second begins when the first has the lock, and sees what was committed before.

    Gives the values of the first with it.
    """
    locked, *rows = fetch(conn, (query, {"key": key}), *([content] if content else ()))
    if not locked:
        return None
    values = dict(zip(query.selected_columns.keys(), locked[0], strict=True))
    case = {name: values[f"case_{name}"] for name in _CASE}
    digest = values["organisation_hash"]
    lock = Lock(
        root_id=values["id"],
        head=Head(values["seq"], values["hash"]),
        case=Case(id=values["id"], **{**case, "state": CaseState(case["state"])}),
        organisation=Head(values["organisation_seq"], digest) if digest is not None else None,
        has_draft=bool(values.get("has_draft", False)),
        before=read_rows(rows[0] if rows else ()),
    )
    return lock, values
