"""What was deployed: files once per content, and the versions of processes and decisions that they hold."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from engine.store.moments import Moment
from engine.store.schema.base import metadata, optional_text, text

deployment = Table(
    "deployment",
    metadata,
    text("id", primary_key=True),
    text("name"),
    text("source"),  # processes, studio, command, rest
    Column("deployed_at", Moment, nullable=False),
    text("deployed_by"),
    optional_text("reason"),  # why, in the words of who published it
)

resource = Table(
    "resource",
    metadata,
    text("digest", primary_key=True),  # SHA-256 of the content, as hexadecimal digits
    Column("content", LargeBinary, nullable=False),
)

deployment_resource = Table(
    "deployment_resource",
    metadata,
    text("deployment_id"),
    text("name"),
    text("digest"),
    PrimaryKeyConstraint("deployment_id", "name"),
    ForeignKeyConstraint(["deployment_id"], ["deployment.id"]),
    ForeignKeyConstraint(["digest"], ["resource.digest"]),
)

process_definition = Table(
    "process_definition",
    metadata,
    text("id", primary_key=True),  # key:version:unique
    text("key"),
    Column("version", Integer, nullable=False),
    text("name"),
    text("deployment_id"),
    text("resource_name"),
    optional_text("version_tag"),
    optional_text("category"),
    Column("suspended", Boolean, nullable=False),
    Column("history_time_to_live", Integer, nullable=True),  # in days; null: its cases are kept
    # Who sees its cases, besides the participants: see `definition_viewer` for the departments of the lanes.
    optional_text("owner"),  # a person or a group
    Column("seen_by_department", Boolean, nullable=False),
    Column("seen_by_everyone", Boolean, nullable=False),
    UniqueConstraint("key", "version"),
    ForeignKeyConstraint(["deployment_id"], ["deployment.id"]),
)

definition_viewer = Table(  # groups whose members see every case of the definition: the departments of its lanes
    "definition_viewer",
    metadata,
    text("definition_id"),
    text("group_id"),
    PrimaryKeyConstraint("definition_id", "group_id"),
    ForeignKeyConstraint(["definition_id"], ["process_definition.id"]),
    sqlite_with_rowid=False,
)

start_subscription = Table(  # message, signal and conditional start events of the latest versions
    "start_subscription",
    metadata,
    text("kind"),
    text("name"),
    text("definition_id"),
    text("element_id"),
    PrimaryKeyConstraint("kind", "name", "definition_id", "element_id"),
    ForeignKeyConstraint(["definition_id"], ["process_definition.id"]),
    sqlite_with_rowid=False,
)

decision_definition = Table(
    "decision_definition",
    metadata,
    text("id", primary_key=True),  # key:version:unique
    text("key"),
    Column("version", Integer, nullable=False),
    text("name"),
    text("deployment_id"),
    text("resource_name"),
    optional_text("version_tag"),
    UniqueConstraint("key", "version"),
    ForeignKeyConstraint(["deployment_id"], ["deployment.id"]),
)

model_draft = Table(  # what analysts have drawn and not published: one draft of each process, and of each file of decisions
    "model_draft",
    metadata,
    text("kind"),  # process, decision
    text("key"),  # of decisions: the first key of the file that it began with
    text("resource_name"),
    Column("content", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),  # counts how often it was saved: who saves names the one that was opened
    text("based_on"),  # the id of the version that it began with
    Column("saved_at", Moment, nullable=False),
    text("saved_by"),
    PrimaryKeyConstraint("kind", "key"),
)

number_block = Table(  # the next case number that no block has taken yet
    "number_block",
    metadata,
    text("prefix"),
    Column("year", Integer, nullable=False),
    Column("next", BigInteger, nullable=False),
    PrimaryKeyConstraint("prefix", "year"),
    sqlite_with_rowid=False,
)
