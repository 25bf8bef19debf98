"""People's work: open user tasks with their candidates and drafts, and the tasks that ended."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, SmallInteger, Table

from engine.store.moments import Moment
from engine.store.schema.base import metadata, optional_text, text

user_task = Table(
    "user_task",
    metadata,
    text("id", primary_key=True),  # the id of its token
    text("root_id"),
    text("instance_id"),
    text("element_id"),
    text("name"),
    optional_text("assignee"),
    optional_text("owner"),
    optional_text("delegation"),  # PENDING: somebody else works on it for its owner; RESOLVED: it came back
    optional_text("excluded_person"),  # who may not take it: the initiator, where an outcome approves
    Column("created_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=True),
    Column("follow_up_at", Moment, nullable=True),
    Column("priority", Integer, nullable=False),
    optional_text("form_key"),
    optional_text("description"),  # null in rows of older versions: what the model says; empty: somebody took it away
    Column("updated_at", Moment, nullable=True),  # when it was last changed
    Column("version", Integer, nullable=False),
    optional_text("deadline"),  # as the model says it: "2 wd"
    Column("deadline_at", Moment, nullable=True),
    Column("deadline_stage", SmallInteger, nullable=False),  # done so far: 0 none, 1 reminded, 2 the superior, 3 the process owner
    Index(None, "root_id"),
)
Index(
    "ix_user_task_assignee",
    user_task.c.assignee,
    sqlite_where=user_task.c.assignee.is_not(None),
    postgresql_where=user_task.c.assignee.is_not(None),
)

task_candidate = Table(  # written with its task, under the root's lock: no foreign key, as between the tables of what is open
    "task_candidate",
    metadata,
    text("task_id"),
    text("kind"),  # user, group; added-user, added-group: may take it from whoever has it
    text("value"),
    text("root_id"),
    PrimaryKeyConstraint("task_id", "kind", "value"),
    Index(None, "value", "kind", "task_id"),
    sqlite_with_rowid=False,
)

task_draft = Table(  # what somebody has typed and not sent: of a task, or of a start form
    "task_draft",
    metadata,
    text("person"),
    text("key"),
    text("data"),
    Column("saved_at", Moment, nullable=False),
    PrimaryKeyConstraint("person", "key"),
    Index(None, "key"),  # whoever completes a task looks whether anybody has typed something there
)

finished_task = Table(
    "finished_task",
    metadata,
    text("id", primary_key=True),
    text("root_id"),
    text("instance_id"),
    text("element_id"),
    text("name"),
    optional_text("person"),  # who completed it; for a task that was taken away, its assignee
    Column("created_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=True),
    Column("ended_at", Moment, nullable=False),
    optional_text("outcome"),
    optional_text("delete_reason"),  # null: completed; else why it was taken away
    optional_text("owner"),
    Column("follow_up_at", Moment, nullable=True),
    Column("priority", Integer, nullable=True),  # null, with the owner and the next: it ended in an older version
    optional_text("description"),
)
Index(  # "Done" of a person, newest first
    "ix_finished_task_person",
    finished_task.c.person,
    finished_task.c.ended_at,
    finished_task.c.id,
    sqlite_where=finished_task.c.delete_reason.is_(None),
    postgresql_where=finished_task.c.delete_reason.is_(None),
)
Index(  # the tasks of a case, and at which elements of it a person has worked
    "ix_finished_task_instance",
    finished_task.c.instance_id,
    finished_task.c.person,
    finished_task.c.element_id,
)
