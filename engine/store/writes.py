"""The writes of a step, gathered while it is worked out and sent together at its end.

On PostgreSQL that is one wait for all of them instead of one for each. Nothing that reads may be gathered: its result would come too late.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from engine.store.exchange import execute

if TYPE_CHECKING:
    from sqlalchemy import Connection, Dialect, Executable

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]]


class Writer(Protocol):
    """What takes a writing statement: a connection, or the writes that a step gathers."""

    @property
    def dialect(self) -> Dialect:
        """The dialect that statements are written for."""
        ...

    def execute(self, statement: Executable, parameters: Parameters, /) -> object:
        """Take a statement with its parameters; a sequence of them is one execution for all rows."""
        ...


class Writes:
    """The writes of one step, in order."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._gathered: list[tuple[Executable, Sequence[Mapping[str, Any]]]] = []

    @property
    def dialect(self) -> Dialect:
        """The dialect of the connection."""
        return self._connection.dialect

    def execute(self, statement: Executable, parameters: Parameters, /) -> None:
        """Keep a statement until `send`. It should be made once, not for each step: its text is kept."""
        self._gathered.append((statement, [parameters] if isinstance(parameters, Mapping) else parameters))

    def send(self) -> None:
        """Execute all of them. Raises what the first that fails raises."""
        gathered, self._gathered = self._gathered, []
        if gathered:
            execute(self._connection, gathered)
