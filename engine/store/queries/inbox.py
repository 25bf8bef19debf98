"""The inbox: four sections of one person's work, as pages, totals and counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, or_, select

from engine.store.queries.holders import Holder, holders
from engine.store.queries.pages import Page, bounded, cut, key_fields, to_cursor
from engine.store.queries.sections import Day, InboxFilter, Section, SectionQuery, mine, root, started
from engine.store.queries.visible import GROUP_KINDS
from engine.store.tables import task_candidate, user_task

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.model import Actor

__all__ = ["Counts", "Day", "Groups", "InboxFilter", "InboxRow", "Section", "claimable_by_group", "counts", "groups", "page"]


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A task, or in "Started by me" a case, as a list shows it.

    Subject and key fields are those of the task's own case where it has some, else those of its root.
    """

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
    own_number: str | None = None  # of the task's own case, where that is a called one
    holders: tuple[Holder, ...] = ()  # whom the case waits for, in "Started by me"


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


def page(
    conn: Connection, actor: Actor, section: Section, wanted: InboxFilter, day: Day, after: str | None = None, limit: int = 50
) -> Page[InboxRow]:
    """A page of a section. Tasks to do and to claim come by due date, those without one last; the others newest first."""
    limit = bounded(limit)
    query = SectionQuery.of(actor, section, wanted, day)
    rows, more = cut(list(conn.execute(query.page(after, limit + 1)).mappings()), limit)
    fields = key_fields(conn, [row[name] for row in rows for name in ("case_id", "own_id")])
    cursor = to_cursor(*query.keys_of(rows[-1])) if more else None
    total = len(rows) if after is None and not more else conn.execute(query.total()).scalar_one()
    waiting = holders(conn, [row["case_id"] for row in rows]) if section is Section.STARTED else {}
    return Page(tuple(_to_row(row, fields, waiting.get(row["case_id"], ())) for row in rows), total, cursor)


def counts(conn: Connection, actor: Actor, day: Day) -> Counts:
    """How many rows each section has, without a filter, in one statement."""
    nothing = InboxFilter()
    parts = {section: SectionQuery.of(actor, section, nothing, day).total().scalar_subquery() for section in Section}
    my_tasks = select(func.count()).select_from(user_task).where(mine(actor))
    columns = {
        "todo": parts[Section.TODO],
        "claimable": parts[Section.CLAIMABLE],
        "done": parts[Section.DONE],
        "started": parts[Section.STARTED],
        "started_open": select(func.count()).select_from(root).where(started(actor), root.c.ended_at.is_(None)).scalar_subquery(),
        "overdue": my_tasks.where(user_task.c.due_at < day.now).scalar_subquery(),
        "due_today": my_tasks.where(user_task.c.due_at >= day.now, user_task.c.due_at < day.end).scalar_subquery(),
    }
    row = conn.execute(select(*(column.label(name) for name, column in columns.items()))).mappings().one()
    return Counts(**row)


def groups(conn: Connection, actor: Actor, section: Section, wanted: InboxFilter, day: Day) -> Groups:
    """How the tasks of a filtered section, "To do" or "Claimable", divide by due date. The three add up to the page's total."""
    due = user_task.c.due_at
    overdue, today = due < day.now, and_(due >= day.now, due < day.end)
    query = SectionQuery.of(actor, section, wanted, day).select_from_all(
        func.count(case((overdue, 1))), func.count(case((today, 1))), func.count(case((or_(due.is_(None), due >= day.end), 1)))
    )
    return Groups(*conn.execute(query).one())


def claimable_by_group(conn: Connection, actor: Actor, day: Day) -> dict[str, int]:
    """How many claimable tasks each group of the person is offered; a task that is offered to two counts in both."""
    offer = task_candidate.alias("offer")
    query = (
        SectionQuery.of(actor, Section.CLAIMABLE, InboxFilter(), day)
        .select_from_all(offer.c.value, func.count(user_task.c.id.distinct()))
        .where(offer.c.task_id == user_task.c.id, offer.c.kind.in_(GROUP_KINDS), offer.c.value.in_(sorted(actor.groups)))
        .group_by(offer.c.value)
        .order_by(offer.c.value)
    )
    return {row[0]: row[1] for row in conn.execute(query)}


def _to_row(row: Mapping[Any, Any], fields: Mapping[str, Mapping[str, object]], waiting: tuple[Holder, ...]) -> InboxRow:
    values = {name: value for name, value in row.items() if name not in {"own_id", "own_number", "root_subject", "subject"}}
    own_id = row["own_id"]
    return InboxRow(
        **values,
        own_number=row.get("own_number") if own_id != row["case_id"] else None,
        subject=row.get("subject") or row["root_subject"],
        key_fields=fields.get(own_id) or fields.get(row["case_id"]) or {},
        holders=waiting,
    )
