"""How lists by Camunda 7's filters are read: a page in one statement, of what somebody sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement

from engine.access import Sight, sight
from engine.errors import Forbidden
from engine.model import Actor
from engine.organisation.directory import Directory
from engine.organisation.service import VERSION
from engine.services.runtime import Runtime
from engine.store.queries.listings import BESIDE, Listing, Wanted
from engine.store.queries.told import answered, asks_chains

_BY_VARIABLES = ("processVariables", "taskVariables", "variables", "processVariable", "taskVariable", "executionVariable")
_EVERYTHING = Sight("", everything=True, groups=frozenset(), lanes=frozenset(), departments=frozenset())
Seen = Callable[[Sight], ColumnElement[bool]]


class Listed:
    """What services with such lists share."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def _rows(self, listing: Listing, actor: Actor | None, wanted: Wanted, seen: Seen) -> list[dict[str, Any]]:
        """A page of a list. One statement reads it, by the organisation in memory, and says which one it should have been."""
        organisation = self._runtime.organisation
        if asks_chains(listing, wanted):
            return self._told(listing, actor, wanted, seen)
        with self._runtime.database.glancing() as connection:
            directory = organisation.newest(connection)
            rows = listing.page(connection, wanted, directory, seen(_sight(actor, directory, wanted)), VERSION)
        versions = {row.pop(BESIDE) for row in rows}
        if versions and organisation.newest_at(versions.pop()) is directory:
            return rows
        with self._runtime.database.read() as connection:  # nothing, or the organisation has changed
            directory = self._runtime.directory(connection)
            return listing.page(connection, wanted, directory, seen(_sight(actor, directory, wanted)))

    def _count(self, listing: Listing, actor: Actor | None, wanted: Wanted, seen: Seen) -> int:
        with self._runtime.database.read() as connection:
            directory = self._runtime.directory(connection)
            condition = seen(_sight(actor, directory, wanted))
            return listing.count(connection, answered(connection, listing, wanted, directory, condition), directory, condition)

    def _told(self, listing: Listing, actor: Actor | None, wanted: Wanted, seen: Seen) -> list[dict[str, Any]]:
        """A page of a list with filters that chains answer. Raises `InvalidRequest` where too many would have to be read."""
        with self._runtime.database.read() as connection:
            directory = self._runtime.directory(connection)
            condition = seen(_sight(actor, directory, wanted))
            return listing.page(connection, answered(connection, listing, wanted, directory, condition), directory, condition)


def _sight(actor: Actor | None, directory: Directory, wanted: Wanted) -> Sight:
    """What somebody sees. Filters and sort keys by variables would tell fields that are hidden from most people."""
    who = sight(actor, directory) if actor else _EVERYTHING
    asked = {name for group in (wanted.filters, *wanted.any_of) for name in group} | {sort.name for sort in wanted.sorting}
    if not who.everything and not asked.isdisjoint(_BY_VARIABLES):
        raise Forbidden("only workers, administrators and auditors filter and sort by variables")
    return who
