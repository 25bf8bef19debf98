"""How constraints and indexes of the application's own tables are named; the migrations write the same names."""

from __future__ import annotations

from sqlalchemy import MetaData


def own_metadata() -> MetaData:
    """A metadata for the tables of one feature: each has its own, so that none can reach into another's."""
    return MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
