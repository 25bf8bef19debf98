"""What signing in asks of the organisation and of the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from sqlalchemy import Connection, ScalarSelect, SelectBase

    from engine import Directory


class People(Protocol):
    """What is asked of the organisation here: its version within a statement of ours, and what it was at that version."""

    @property
    def version(self) -> ScalarSelect[bytes]:
        """The version, as a part of a statement."""
        ...

    def at(self, version: bytes | None) -> Directory:
        """The people of a version that was just read."""
        ...


class Transactions(Protocol):
    """The part of the database that is needed here."""

    def glance(self, query: SelectBase, parameters: Mapping[str, object]) -> Sequence[tuple[Any, ...]]:
        """What one statement reads."""
        ...

    def begin(self) -> AbstractContextManager[Connection]:
        """A write transaction, committed once at its end."""
        ...

    def read(self) -> AbstractContextManager[Connection]:
        """A snapshot to read."""
        ...
