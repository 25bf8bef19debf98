"""What all tables share: the metadata and how constraints are named, so that migrations can name them on every database."""

from __future__ import annotations

from sqlalchemy import Column, MetaData, Text

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    },
)


def text(name: str, *, primary_key: bool = False) -> Column[str]:
    """A column of text that always has a value. Lengths are not limited: both databases store what is there."""
    return Column(name, Text, primary_key=primary_key, nullable=False)


def optional_text(name: str) -> Column[str | None]:
    """A column of text that may be null."""
    return Column(name, Text, nullable=True)
