"""Cases as a whole: every row that belongs to a root instance. What deletes or moves cases asks here what goes along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, Table, delete, insert, select, true

from engine.store.history import DEPLOYMENTS, ORGANISATION
from engine.store.queries.attachments import delete_attachments
from engine.store.queries.upsert import insert_or_update
from engine.store.tables import (
    attachment,
    attachment_content,
    calendar_day,
    calendar_hours,
    case_field,
    case_instance,
    case_participant,
    decision_definition,
    definition_viewer,
    department,
    deployment,
    deployment_resource,
    external_task,
    finished_task,
    history_entry,
    history_head,
    incident,
    job,
    membership,
    notice,
    number_block,
    once_key,
    person,
    process_definition,
    process_instance,
    resource,
    role,
    scope,
    start_subscription,
    subscription,
    task_candidate,
    task_draft,
    token,
    user_task,
    variable,
    variable_value,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

_GROUND = (
    deployment, resource, deployment_resource, process_definition, definition_viewer, start_subscription, decision_definition, department,
    role, person, membership, calendar_hours, calendar_day,
)  # fmt: skip
_BY_ROOT = (
    process_instance, scope, token, subscription, job, variable, variable_value, incident, user_task, task_candidate, external_task,
    attachment,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class WholeCase:
    """All rows of a root instance and of the cases that it calls, by table."""

    root_id: str
    rows: Mapping[str, Sequence[Mapping[str, Any]]]

    @property
    def cases(self) -> Sequence[Mapping[str, Any]]:
        """The rows of `case_instance`: the root and what it calls."""
        return self.rows[case_instance.name]

    @property
    def number(self) -> str | None:
        """The number that people know the case by."""
        number: str | None = next(row["number"] for row in self.cases if row["id"] == self.root_id)
        return number

    @property
    def head(self) -> Mapping[str, Any]:
        """The head of its chain."""
        return self.rows[history_head.name][0]


def read_case(conn: Connection, root_id: str) -> WholeCase:
    """Every row of a root."""
    contents = select(attachment.c.digest).where(attachment.c.root_id == root_id)
    rows = {table.name: _rows(conn, table, of_them) for table, of_them in _belongings([root_id])}
    return WholeCase(root_id, {**rows, attachment_content.name: _rows(conn, attachment_content, attachment_content.c.digest.in_(contents))})


def insert_case(conn: Connection, whole: WholeCase) -> None:
    """Write every row of a root that was read elsewhere. No seal of this database covers it yet."""
    if contents := whole.rows.get(attachment_content.name, ()):  # another case here may have some of them
        conn.execute(insert_or_update(attachment_content, conn.dialect.name), sorted(contents, key=lambda it: str(it["digest"])))
    for table, _ in _belongings([whole.root_id]):
        rows = whole.rows.get(table.name, ())
        _insert(conn, table, [{**row, "sealed": 0} for row in rows] if table is history_head else rows)


def copy_ground(source: Connection, target: Connection) -> None:
    """Copy what cases stand on into an empty database: what is deployed and the organisation, each with its chain."""
    for table in _GROUND:
        _insert(target, table, _rows(source, table, true()))
    for table in (history_entry, history_head):
        _insert(target, table, _rows(source, table, table.c.chain.in_((DEPLOYMENTS, ORGANISATION))))


def begin_numbers(conn: Connection, prefix: str, year: int, first: int) -> None:
    """Let the case numbers of an empty database begin with `first`."""
    conn.execute(insert(number_block), {"prefix": prefix, "year": year, "next": first})


def delete_rows(conn: Connection, roots: Sequence[str]) -> None:
    """Delete every row of these roots, and the contents of their files that no other case has."""
    delete_attachments(conn, attachment.c.root_id.in_(roots))
    for table, of_them in reversed(_belongings(roots)):
        conn.execute(delete(table).where(of_them))


def _rows(conn: Connection, table: Table, wanted: ColumnElement[bool]) -> list[Mapping[str, Any]]:
    return [dict(row) for row in conn.execute(select(table).where(wanted)).mappings()]


def _insert(conn: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        conn.execute(insert(table), rows)


def _belongings(roots: Sequence[str]) -> list[tuple[Table, ColumnElement[bool]]]:
    """Each table with the condition for the rows of these roots, in the order in which rows can be inserted."""
    cases = _with_called(roots)
    tasks = select(user_task.c.id).where(user_task.c.root_id.in_(roots))
    return [
        (case_instance, case_instance.c.id.in_(cases)),
        (case_field, case_field.c.case_id.in_(cases)),
        (case_participant, case_participant.c.root_id.in_(roots)),
        *((table, table.c.root_id.in_(roots)) for table in _BY_ROOT),
        (finished_task, finished_task.c.instance_id.in_(cases)),
        (task_draft, task_draft.c.key.in_(tasks)),
        (once_key, once_key.c.case_id.in_(cases)),
        (notice, notice.c.case_id.in_(cases)),
        (history_entry, history_entry.c.chain.in_(roots)),
        (history_head, history_head.c.chain.in_(roots)),
    ]


def _with_called(roots: Sequence[str]) -> Select[tuple[str]]:
    """The ids of these roots and of all that they call, level by level: there is an index of called cases, and none of roots."""
    tree = select(case_instance.c.id).where(case_instance.c.id.in_(roots)).cte("whole_case", recursive=True)
    called = select(case_instance.c.id).join(tree, case_instance.c.parent_id == tree.c.id)
    return select(tree.union_all(called).c.id)
