"""Deleting a deployment: which cases go with it, and every row of theirs. The caller records what is deleted, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, delete, exists, select

from engine.store.queries.whole_cases import delete_rows
from engine.store.rows import STARTS, SUSPENSION
from engine.store.tables import (
    case_instance,
    decision_definition,
    definition_viewer,
    deployment,
    deployment_resource,
    history_head,
    incident,
    job,
    outbox,
    process_definition,
    resource,
    start_subscription,
    task_candidate,
    user_task,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

_AT_ONCE = 500


def hold_definitions(conn: Connection, wanted: ColumnElement[bool]) -> dict[str, str]:
    """The process definitions that are wanted, id to key. Until this transaction ends nobody starts a case of them."""
    query = select(process_definition.c.id, process_definition.c.key).where(wanted)
    return {row.id: row.key for row in conn.execute(query.order_by(process_definition.c.id).with_for_update())}


def roots_of(conn: Connection, definition_ids: Iterable[str]) -> list[str]:
    """The roots of these definitions, open and ended, in the order of their ids: the order of locks."""
    query = select(case_instance.c.id).where(case_instance.c.definition_id.in_(sorted(definition_ids)), case_instance.c.parent_id.is_(None))
    return list(conn.execute(query.order_by(case_instance.c.id)).scalars())


def called_from_elsewhere(conn: Connection, definition_ids: Iterable[str]) -> str | None:
    """A case of these definitions that a case of any other calls: its history stands in the chain of that one."""
    ids = sorted(definition_ids)
    root = case_instance.alias("root_case")
    query = select(case_instance.c.id).join(root, root.c.id == case_instance.c.root_id)
    found: str | None = conn.execute(
        query.where(case_instance.c.definition_id.in_(ids), root.c.definition_id.not_in(ids)).limit(1)
    ).scalar()
    return found


def heads_of(conn: Connection, roots: Sequence[str]) -> list[list[object]]:
    """Case, count of entries and last hash of each of these chains, locked: nobody appends to them any more."""
    query = select(history_head).order_by(history_head.c.chain).with_for_update()
    rows = [row for batch in _batches(roots) for row in conn.execute(query.where(history_head.c.chain.in_(batch)))]
    return [[row.chain, row.seq, bytes(row.hash).hex()] for row in rows]


def asked_people(conn: Connection, roots: Sequence[str]) -> tuple[set[str], set[str]]:
    """The people and groups in whose lists the open tasks of these roots stand."""
    people: set[str] = set()
    groups: set[str] = set()
    for batch in _batches(roots):
        people.update(
            conn.execute(select(user_task.c.assignee).where(user_task.c.root_id.in_(batch), user_task.c.assignee.is_not(None))).scalars()
        )
        for kind, value in conn.execute(select(task_candidate.c.kind, task_candidate.c.value).where(task_candidate.c.root_id.in_(batch))):
            (groups if kind.endswith("group") else people).add(value)
    return people, groups


def delete_cases(conn: Connection, roots: Sequence[str]) -> None:
    """Delete every row of these roots and of the cases that they call, their history included."""
    told = list(conn.execute(select(outbox.c.event_id)).scalars())  # what is still to be told: few
    for batch in _batches(roots):
        delete_rows(conn, batch)
        gone = set(batch)
        if events := [event for event in told if event.partition(":")[0] in gone]:
            _delete(conn, outbox, outbox.c.event_id.in_(events))


def delete_deployment(conn: Connection, deployment_id: str) -> None:
    """Delete a deployment that has no cases any more: definitions, what they listen to, and files that nobody else has."""
    delete_definitions(conn, process_definition.c.deployment_id == deployment_id)
    _delete(conn, decision_definition, decision_definition.c.deployment_id == deployment_id)
    digests = list(conn.execute(select(deployment_resource.c.digest).where(deployment_resource.c.deployment_id == deployment_id)).scalars())
    _delete(conn, deployment_resource, deployment_resource.c.deployment_id == deployment_id)
    unused = ~exists().where(deployment_resource.c.digest == resource.c.digest)
    _delete(conn, resource, resource.c.digest.in_(digests) & unused)
    _delete(conn, deployment, deployment.c.id == deployment_id)


def delete_definitions(conn: Connection, wanted: ColumnElement[bool]) -> None:
    """Delete process definitions that have no cases any more, with what they listen to and are to do."""
    definitions = select(process_definition.c.id).where(wanted)
    _delete(conn, start_subscription, start_subscription.c.definition_id.in_(definitions))
    _delete(conn, definition_viewer, definition_viewer.c.definition_id.in_(definitions))
    _delete(conn, job, job.c.kind.in_((*STARTS, SUSPENSION)) & job.c.root_id.in_(definitions))
    _delete(conn, incident, incident.c.root_id.in_(definitions))
    _delete(conn, process_definition, wanted)


def _delete(conn: Connection, table: Any, condition: ColumnElement[bool]) -> None:  # noqa: ANN401 - any table
    conn.execute(delete(table).where(condition))


def _batches(roots: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(roots), _AT_ONCE):
        yield roots[start : start + _AT_ONCE]
