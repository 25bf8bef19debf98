"""The sections of the inbox as queries: one condition each, so that a page, its total and its count never differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, exists, false, func, literal, or_, select, tuple_, type_coerce

from engine.store.moments import to_milliseconds
from engine.store.queries.pages import from_cursor, mentions
from engine.store.queries.visible import GROUP_KINDS, tasks_asking
from engine.store.tables import case_instance, finished_task, task_candidate, user_task

if TYPE_CHECKING:
    from engine.model import Actor

_NEVER = 2**62
"""Stands for the due date of tasks that have none: they come last."""

_ADDED = ("added-user", "added-group")

root = case_instance.alias("root_case")
own = case_instance.alias("own_case")


class Section(StrEnum):
    """A section of the inbox."""

    TODO = "todo"  # mine
    CLAIMABLE = "claimable"  # nobody's, and offered to me; or somebody's, and an escalation lets me take it over
    DONE = "done"  # completed by me
    STARTED = "started"  # cases that I started


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """What a list is narrowed to; everything is optional."""

    process: str | None = None  # key of the process of the task or case
    text: str | None = None  # in number, subject, key fields or the name of who started it
    named: frozenset[str] = frozenset()  # what the text is called in key fields
    overdue: bool = False
    department: str | None = None  # claimable: offered to this department or to a role in it


@dataclass(frozen=True, slots=True)
class Day:
    """Now, and when today ends where the company is."""

    now: datetime
    end: datetime


def mine(actor: Actor) -> ColumnElement[bool]:
    """The condition that a user task is this person's to do."""
    return user_task.c.assignee == actor.id


def _claimable(actor: Actor) -> ColumnElement[bool]:
    """Offered to this person, and one that this person may take: no approver of an own request, no auditor."""
    if actor.may_audit:
        return false()
    asked = tasks_asking(actor.id, actor.groups)
    added = asked.where(task_candidate.c.kind.in_(_ADDED))
    return and_(
        user_task.c.id.in_(asked),
        or_(user_task.c.excluded_person.is_(None), user_task.c.excluded_person != actor.id),
        or_(user_task.c.assignee.is_(None), and_(user_task.c.assignee != actor.id, user_task.c.id.in_(added))),
    )


def _done(actor: Actor) -> ColumnElement[bool]:
    return and_(finished_task.c.person == actor.id, finished_task.c.delete_reason.is_(None))


def started(actor: Actor) -> ColumnElement[bool]:
    """The condition that a case, no called one, was started by this person."""
    return and_(root.c.started_by == actor.id, root.c.parent_id.is_(None))


def _offered_to(department: str) -> ColumnElement[bool]:
    value = task_candidate.c.value
    return exists().where(
        task_candidate.c.task_id == user_task.c.id,
        task_candidate.c.kind.in_(GROUP_KINDS),
        or_(value == department, value.startswith(f"{department}:", autoescape=True)),
    )


_CASE_COLUMNS = (
    root.c.id.label("case_id"),
    root.c.number,
    root.c.started_by.label("initiator"),
    root.c.start_department,
    root.c.started_at,
    root.c.subject.label("root_subject"),
)
_OWN_COLUMNS = (own.c.id.label("own_id"), own.c.number.label("own_number"), own.c.definition_id, own.c.definition_key, own.c.subject)
_STARTED_COLUMNS: tuple[Any, ...] = (
    *_CASE_COLUMNS,
    root.c.id.label("own_id"),
    *(root.c[name] for name in ("definition_id", "definition_key", "ended_at", "state")),
)
_TASK_COLUMNS: tuple[Any, ...] = (
    *_CASE_COLUMNS,
    *_OWN_COLUMNS,
    user_task.c.id.label("task_id"),
    *(user_task.c[name] for name in ("element_id", "name", "assignee", "created_at", "due_at", "version", "priority")),
)
_DONE_COLUMNS: tuple[Any, ...] = (
    *_CASE_COLUMNS,
    *_OWN_COLUMNS,
    finished_task.c.id.label("task_id"),
    *(finished_task.c[name] for name in ("element_id", "name", "created_at", "due_at", "ended_at", "outcome")),
)
_DUE = func.coalesce(type_coerce(user_task.c.due_at, BigInteger), literal(_NEVER, BigInteger, literal_execute=True))


@dataclass(frozen=True, slots=True)
class SectionQuery:
    """A section with its filter: where its rows come from, and the keys by which they are ordered and paged."""

    columns: tuple[Any, ...]
    rows: Any  # the tables, joined
    counted: Any  # those of them that the condition needs
    condition: ColumnElement[bool]
    keys: tuple[ColumnElement[Any], ...]
    key_names: tuple[str, ...]
    descending: bool

    @classmethod
    def of(cls, actor: Actor, section: Section, wanted: InboxFilter, day: Day) -> SectionQuery:
        """The query of a section."""
        if section is Section.STARTED:
            condition = and_(started(actor), *_of_case(wanted, root))
            return cls(_STARTED_COLUMNS, root, root, condition, (root.c.id,), ("case_id",), descending=True)
        if section is Section.DONE:
            condition = and_(_done(actor), *_of_case(wanted, own))
            newest = (type_coerce(finished_task.c.ended_at, BigInteger), finished_task.c.id)
            return cls(_DONE_COLUMNS, *_tables(finished_task, wanted), condition, newest, ("ended_at", "task_id"), descending=True)
        condition = and_(mine(actor) if section is Section.TODO else _claimable(actor), *_of_case(wanted, own))
        if wanted.overdue:
            condition = and_(condition, user_task.c.due_at < day.now)
        if wanted.department:
            condition = and_(condition, _offered_to(wanted.department))
        keys = (_DUE, user_task.c.id)
        return cls(_TASK_COLUMNS, *_tables(user_task, wanted), condition, keys, ("due_at", "task_id"), descending=False)

    def page(self, after: str | None, limit: int) -> Select[Any]:
        """The rows behind a cursor."""
        query = select(*self.columns).select_from(self.rows).where(self.condition).limit(limit)
        query = query.order_by(*(key.desc() if self.descending else key for key in self.keys))
        if after is not None:
            place = from_cursor(after, *([str] if len(self.keys) == 1 else [int, str]))
            row = tuple_(*self.keys)
            query = query.where(row < tuple_(*place) if self.descending else row > tuple_(*place))
        return query

    def keys_of(self, row: Mapping[Any, Any]) -> list[str | int]:
        """The keys of a row, for a cursor."""
        values = [row[name] for name in self.key_names]
        return [to_milliseconds(value) if isinstance(value, datetime) else _NEVER if value is None else value for value in values]

    def total(self) -> Select[Any]:
        """How many rows pass the filter."""
        return self.select_from_all(func.count())

    def select_from_all(self, *columns: Any) -> Select[Any]:  # noqa: ANN401 - expressions of any type
        """Aggregates over all rows that pass the filter."""
        return select(*columns).select_from(self.counted).where(self.condition)


def _tables(task: Any, wanted: InboxFilter) -> tuple[Any, Any]:  # noqa: ANN401 - open or finished tasks
    """The tasks with their cases, for rows; and for counts the same, or the tasks alone where no filter looks at the case."""
    joined = task.join(root, root.c.id == task.c.root_id).join(own, own.c.id == task.c.instance_id)
    return joined, joined if wanted.process or wanted.text else task


def _of_case(wanted: InboxFilter, case_table: Any) -> list[ColumnElement[bool]]:  # noqa: ANN401 - an alias
    conditions: list[ColumnElement[bool]] = []
    if wanted.process:
        conditions.append(case_table.c.definition_key == wanted.process)
    if wanted.text:
        cases = (root,) if case_table is root else (root, own)
        conditions.append(or_(*(mentions(wanted.text, table, wanted.named) for table in cases)))
    return conditions
