"""What is open now: tokens, what they wait for, variables and jobs. When a case ends, its rows here are deleted.

Every row carries the root instance, and keys begin with it: a step reads and writes the rows of one root, side by side. There are no
foreign keys between these tables: the root's lock keeps them whole, and a check for each row of each step would only cost.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKeyConstraint, Index, Integer, PrimaryKeyConstraint, Table, false

from engine.store.moments import Moment
from engine.store.schema.base import metadata, optional_text, text

process_instance = Table(  # the scope of kind `instance` of the token game; the root's row is the lock of the case
    "process_instance",
    metadata,
    text("id", primary_key=True),
    text("root_id"),
    text("definition_id"),
    optional_text("caller_token_id"),  # the call activity that called it
    optional_text("business_key"),
    Column("suspended", Boolean, nullable=False),
    text("path"),  # elements and flows ever visited, as JSON: written only when it grows
    Column("calls", Integer, nullable=False, server_default="0"),  # how many cases it has called: the next one's number
    Index(None, "root_id"),
)

scope = Table(  # scopes inside an instance: subprocess, event subprocess, multi-instance body
    "scope",
    metadata,
    text("root_id"),
    text("id"),
    text("instance_id"),
    text("definition_id"),
    text("element_id"),
    text("kind"),
    optional_text("owner"),
    Column("loop_count", Integer, nullable=True),
    PrimaryKeyConstraint("root_id", "id"),
    sqlite_with_rowid=False,
)

token = Table(
    "token",
    metadata,
    text("root_id"),
    text("id"),
    text("scope_id"),
    text("element_id"),
    text("state"),
    optional_text("flow_id"),
    Column("loop_index", Integer, nullable=True),
    PrimaryKeyConstraint("root_id", "id"),
    sqlite_with_rowid=False,
)

subscription = Table(  # all but timers, which are jobs
    "subscription",
    metadata,
    text("root_id"),
    text("id"),
    text("instance_id"),
    text("kind"),
    text("name"),
    optional_text("business_key"),  # of the instance, so that a message finds its receiver by one index
    text("element_id"),
    text("scope_id"),
    optional_text("token_id"),
    PrimaryKeyConstraint("root_id", "id"),
    Index(None, "name", "business_key"),
    sqlite_with_rowid=False,
)

job = Table(
    "job",
    metadata,
    text("id", primary_key=True),  # of a timer: the id of its subscription
    text("root_id"),  # of a timer start event: the id of the process definition
    text("instance_id"),
    text("kind"),
    text("element_id"),
    optional_text("scope_id"),
    optional_text("token_id"),  # of a stage of a deadline: the id of the user task
    text("data"),  # of a timer: its subscription's name; of a delivery: what is delivered, as JSON
    Column("created_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("retries", Integer, nullable=False),
    optional_text("error"),
    Column("priority", BigInteger, nullable=False, server_default="0"),
    Column("suspended", Boolean, nullable=False, server_default=false()),
    Index(None, "root_id"),
    Index(None, "due_at", "id"),
    Index(None, "priority", "due_at", "id"),
)

variable = Table(
    "variable",
    metadata,
    text("root_id"),
    text("scope_id"),  # a scope, or a token for one item of a multi-instance
    text("name"),
    text("type"),
    optional_text("value"),  # null where it is Null, or large: then it stands in `variable_value`
    PrimaryKeyConstraint("root_id", "scope_id", "name"),
    sqlite_with_rowid=False,
)

variable_value = Table(  # values of more than 4 kB, kept out of the way of the small ones
    "variable_value",
    metadata,
    text("root_id"),
    text("scope_id"),
    text("name"),
    text("value"),
    PrimaryKeyConstraint("root_id", "scope_id", "name"),
    ForeignKeyConstraint(["root_id", "scope_id", "name"], ["variable.root_id", "variable.scope_id", "variable.name"], ondelete="CASCADE"),
)

external_task = Table(  # what waits for a worker; a lock is a lease on the row, not a lock of the case
    "external_task",
    metadata,
    text("id", primary_key=True),  # the id of its token
    text("root_id"),
    text("instance_id"),
    text("element_id"),
    text("topic"),
    Column("priority", BigInteger, nullable=False),
    optional_text("worker_id"),
    Column("locked_until", Moment, nullable=True),
    Column("retries", Integer, nullable=True),  # null: nothing has failed
    optional_text("error"),
    optional_text("error_details"),
    Column("created_at", Moment, nullable=False),
    Index(None, "root_id"),
    Index(None, "topic", "id"),
)

incident = Table(
    "incident",
    metadata,
    text("id", primary_key=True),
    text("root_id"),
    text("instance_id"),
    text("element_id"),
    text("kind"),  # failedJob, failedExternalTask
    optional_text("job_id"),  # or the id of the external task
    Column("created_at", Moment, nullable=False),
    text("message"),
    Index(None, "root_id"),
    Index(None, "job_id"),
)
