"""The inbox: four sections of one person's work. Each section is one condition, used by its page, its total and its count alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, exists, false, func, literal, or_, select, tuple_, type_coerce

from engine.store.moments import to_milliseconds
from engine.store.queries.pages import Page, bounded, cut, from_cursor, key_fields, mentions, to_cursor
from engine.store.queries.visible import asks
from engine.store.tables import case_instance, finished_task, task_candidate, user_task

if TYPE_CHECKING:
    from sqlalchemy import Connection

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
    text: str | None = None  # in number, subject or key fields
    overdue: bool = False
    department: str | None = None  # claimable: offered to this department or to a role in it


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A task, or in "Started by me" a case, as a list shows it. Subject and key fields are those of the task's own case, else of its root."""

    case_id: str  # the root
    number: str | None
    subject: str
    key_fields: Mapping[str, object]
    initiator: str
    start_department: str | None
    definition_id: str  # of the task's own case
    definition_key: str
    started_at: datetime
    task_id: str | None = None
    element_id: str | None = None
    name: str | None = None
    assignee: str | None = None
    created_at: datetime | None = None
    due_at: datetime | None = None
    version: int | None = None
    priority: int | None = None
    ended_at: datetime | None = None  # of the finished task, or of the case
    outcome: str | None = None
    state: str | None = None  # of the case, in "Started by me"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows each section has; `overdue` and `due_today` of what is mine to do."""

    todo: int
    claimable: int
    done: int
    started: int
    started_open: int
    overdue: int
    due_today: int


@dataclass(frozen=True, slots=True)
class Groups:
    """How many rows of a filtered section are overdue, due today and later."""

    overdue: int
    today: int
    later: int


@dataclass(frozen=True, slots=True)
class Day:
    """Now, and when today ends where the company is."""

    now: datetime
    end: datetime


def page(
    conn: Connection, actor: Actor, section: Section, wanted: InboxFilter, day: Day, after: str | None = None, limit: int = 50
) -> Page[InboxRow]:
    """A page of a section. Tasks to do and to claim come by due date, those without one last; the others newest first."""
    limit = bounded(limit)
    query = _Query.of(actor, section, wanted, day)
    rows, more = cut(list(conn.execute(query.page(after, limit + 1)).mappings()), limit)
    fields = key_fields(conn, [row[name] for row in rows for name in ("case_id", "own_id")])
    cursor = to_cursor(*query.keys_of(rows[-1])) if more else None
    total = len(rows) if after is None and not more else conn.execute(query.total()).scalar_one()
    return Page(tuple(_to_row(row, fields) for row in rows), total, cursor)


def counts(conn: Connection, actor: Actor, day: Day) -> Counts:
    """How many rows each section has, without a filter, in one statement."""
    nothing = InboxFilter()
    parts = {section: _Query.of(actor, section, nothing, day).total().scalar_subquery() for section in Section}
    mine = select(func.count()).select_from(user_task).where(_mine(actor))
    columns = {
        "todo": parts[Section.TODO],
        "claimable": parts[Section.CLAIMABLE],
        "done": parts[Section.DONE],
        "started": parts[Section.STARTED],
        "started_open": select(func.count()).select_from(root).where(_started(actor), root.c.ended_at.is_(None)).scalar_subquery(),
        "overdue": mine.where(user_task.c.due_at < day.now).scalar_subquery(),
        "due_today": mine.where(user_task.c.due_at >= day.now, user_task.c.due_at < day.end).scalar_subquery(),
    }
    row = conn.execute(select(*(column.label(name) for name, column in columns.items()))).mappings().one()
    return Counts(**row)


def groups(conn: Connection, actor: Actor, section: Section, wanted: InboxFilter, day: Day) -> Groups:
    """How the tasks of a filtered section, "To do" or "Claimable", divide by due date. The three add up to the page's total."""
    due = user_task.c.due_at
    overdue, today = due < day.now, and_(due >= day.now, due < day.end)
    query = _Query.of(actor, section, wanted, day).select_from_all(
        func.count(case((overdue, 1))), func.count(case((today, 1))), func.count(case((or_(due.is_(None), due >= day.end), 1)))
    )
    return Groups(*conn.execute(query).one())


def claimable_by_group(conn: Connection, actor: Actor, day: Day) -> dict[str, int]:
    """How many claimable tasks each group of the person is offered; a task that is offered to two counts in both."""
    query = (
        _Query.of(actor, Section.CLAIMABLE, InboxFilter(), day)
        .select_from_all(task_candidate.c.value, func.count(user_task.c.id.distinct()))
        .where(task_candidate.c.task_id == user_task.c.id, task_candidate.c.kind.in_(("group", "added-group")))
        .where(task_candidate.c.value.in_(sorted(actor.groups)))
        .group_by(task_candidate.c.value)
        .order_by(task_candidate.c.value)
    )
    return {value: count for value, count in conn.execute(query)}


def _mine(actor: Actor) -> ColumnElement[bool]:
    return user_task.c.assignee == actor.id


def _claimable(actor: Actor) -> ColumnElement[bool]:
    """Offered to this person, and one that this person may take: no approver of an own request, no auditor."""
    if actor.may_audit:
        return false()
    asked = exists().where(task_candidate.c.task_id == user_task.c.id, asks(actor.id, actor.groups))
    added = exists().where(
        task_candidate.c.task_id == user_task.c.id, asks(actor.id, actor.groups), task_candidate.c.kind.in_(_ADDED)
    )
    return and_(
        or_(user_task.c.excluded_person.is_(None), user_task.c.excluded_person != actor.id),
        or_(and_(user_task.c.assignee.is_(None), asked), and_(user_task.c.assignee != actor.id, added)),
    )


def _done(actor: Actor) -> ColumnElement[bool]:
    return and_(finished_task.c.person == actor.id, finished_task.c.delete_reason.is_(None))


def _started(actor: Actor) -> ColumnElement[bool]:
    return and_(root.c.started_by == actor.id, root.c.parent_id.is_(None))


def _offered_to(department: str) -> ColumnElement[bool]:
    value = task_candidate.c.value
    return exists().where(
        task_candidate.c.task_id == user_task.c.id,
        task_candidate.c.kind.in_(("group", "added-group")),
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
_OWN_COLUMNS = (own.c.id.label("own_id"), own.c.definition_id, own.c.definition_key, own.c.subject)
_TASK_COLUMNS = tuple(
    user_task.c[name] for name in ("element_id", "name", "assignee", "created_at", "due_at", "version", "priority")
)
_DONE_COLUMNS = tuple(finished_task.c[name] for name in ("element_id", "name", "created_at", "due_at", "ended_at", "outcome"))
_DUE = func.coalesce(type_coerce(user_task.c.due_at, BigInteger), literal(_NEVER, BigInteger, literal_execute=True))


@dataclass(frozen=True, slots=True)
class _Query:
    """A section with its filter: where its rows come from, and the keys by which they are ordered and paged."""

    columns: tuple[Any, ...]
    rows: Any  # the tables, joined
    condition: ColumnElement[bool]
    keys: tuple[ColumnElement[Any], ...]
    key_names: tuple[str, ...]
    descending: bool

    @classmethod
    def of(cls, actor: Actor, section: Section, wanted: InboxFilter, day: Day) -> _Query:
        """The query of a section."""
        if section is Section.STARTED:
            columns = (*_CASE_COLUMNS, root.c.id.label("own_id"), root.c.definition_id, root.c.definition_key, root.c.ended_at, root.c.state)
            condition = and_(_started(actor), *_of_case(wanted, root))
            return cls(columns, root, condition, (root.c.id,), ("case_id",), descending=True)
        if section is Section.DONE:
            task, of_person = finished_task, _done(actor)
            columns = (*_CASE_COLUMNS, *_OWN_COLUMNS, task.c.id.label("task_id"), *_DONE_COLUMNS)
            keys = (type_coerce(task.c.ended_at, BigInteger), task.c.id)
            return cls(columns, _with_cases(task), and_(of_person, *_of_case(wanted, own)), keys, ("ended_at", "task_id"), descending=True)
        condition = and_(_mine(actor) if section is Section.TODO else _claimable(actor), *_of_case(wanted, own))
        if wanted.overdue:
            condition = and_(condition, user_task.c.due_at < day.now)
        if wanted.department:
            condition = and_(condition, _offered_to(wanted.department))
        columns = (*_CASE_COLUMNS, *_OWN_COLUMNS, user_task.c.id.label("task_id"), *_TASK_COLUMNS)
        return cls(columns, _with_cases(user_task), condition, (_DUE, user_task.c.id), ("due_at", "task_id"), descending=False)

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
        return select(*columns).select_from(self.rows).where(self.condition)


def _with_cases(task: Any) -> Any:  # noqa: ANN401 - open or finished tasks
    return task.join(root, root.c.id == task.c.root_id).join(own, own.c.id == task.c.instance_id)


def _of_case(wanted: InboxFilter, case_table: Any) -> list[ColumnElement[bool]]:  # noqa: ANN401 - an alias
    conditions: list[ColumnElement[bool]] = []
    if wanted.process:
        conditions.append(case_table.c.definition_key == wanted.process)
    if wanted.text:
        conditions.append(or_(mentions(wanted.text, root), mentions(wanted.text, own)) if case_table is own else mentions(wanted.text, root))
    return conditions


def _to_row(row: Mapping[Any, Any], fields: Mapping[str, Mapping[str, object]]) -> InboxRow:
    values = {name: value for name, value in row.items() if name not in {"own_id", "root_subject", "subject"}}
    own_id = row["own_id"]
    return InboxRow(
        **values, subject=row.get("subject") or row["root_subject"], key_fields=fields.get(own_id) or fields.get(row["case_id"]) or {}
    )
