"""Files on cases: content once by its digest, and a row for each file of a case."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Integer, LargeBinary, Table

from engine.store.moments import Moment
from engine.store.schema.base import metadata, optional_text, text

attachment_content = Table(
    "attachment_content",
    metadata,
    text("digest", primary_key=True),  # SHA-256 of the content, as hexadecimal digits
    Column("content", LargeBinary, nullable=False),
)

attachment = Table(
    "attachment",
    metadata,
    text("id", primary_key=True),
    text("root_id"),
    text("instance_id"),
    optional_text("task_id"),  # null: of the case as a whole
    optional_text("element_id"),  # of the task
    optional_text("name"),
    optional_text("description"),
    optional_text("type"),  # as whoever added it calls it: nothing is decided by it
    optional_text("url"),  # of content that lies elsewhere; then there is no digest
    optional_text("digest"),
    Column("size", BigInteger, nullable=True),  # bytes of the content
    Column("added_at", Moment, nullable=False),
    text("added_by"),
    Column("entry", Integer, nullable=False),  # the entry of the case's chain that tells of it
    ForeignKeyConstraint(["digest"], ["attachment_content.digest"]),
)
Index("ix_attachment_root_id", attachment.c.root_id)
Index("ix_attachment_digest", attachment.c.digest)
