"""How long past cases are kept: the time to live that a version has, which its model says first and people may change."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, select, true, update

from engine import access
from engine.bpmn.retention import MOST_DAYS
from engine.errors import InvalidRequest, NotFound
from engine.model import Actor
from engine.program_events import HistoryTimeToLiveChanged
from engine.services.runtime import Changed, Runtime
from engine.store import history
from engine.store.queries.listings import Wanted
from engine.store.queries.retention import ENDED, EndedCases, count_over
from engine.store.tables import process_definition

MOST_VERSIONS = 1000
"""So many the report tells at once."""


class Retention:
    """What may be removed of the past, and when."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def report(self, actor: Actor, wanted: Wanted) -> list[EndedCases]:
        """How much has ended of each version, and how much of that may be removed; at most `MOST_VERSIONS`. Administrators and auditors."""
        access.may_oversee(actor)
        asked = replace(wanted, most=min(MOST_VERSIONS if wanted.most is None else wanted.most, MOST_VERSIONS))
        with self._runtime.database.read() as connection:
            rows = ENDED.page(connection, asked, self._runtime.directory(connection), true())
            over = count_over(connection, [row["id"] for row in rows], self._runtime.clock.now())
        return [
            EndedCases(
                row["id"], row["key"], row["name"], row["version"], row["history_time_to_live"], row["finished"], over.get(row["id"], 0)
            )
            for row in rows
        ]

    def count_report(self, actor: Actor, wanted: Wanted) -> int:
        """Of how many versions `report` would tell."""
        access.may_oversee(actor)
        with self._runtime.database.read() as connection:
            return ENDED.count(connection, wanted, self._runtime.directory(connection), true())

    def set_time_to_live(self, actor: Actor, definition_id: str, days: int | None) -> None:
        """Say how many days the ended cases of a version are kept at least; None: until their deployment is deleted.

        The process owner and administrators. Nothing is removed by it. Raises `NotFound`, and `InvalidRequest` for negative days.
        """
        if days is not None and not 0 <= days <= MOST_DAYS:
            least = "greater than or equal to 0" if days < 0 else f"less than or equal to {MOST_DAYS}"
            raise InvalidRequest(f"historyTimeToLive is not {least}", days=days)

        def work(connection: Connection) -> tuple[None, Changed]:
            head = history.lock_head(connection, history.DEPLOYMENTS)
            access.may_repair(actor, self._runtime.catalogue.definition(connection, definition_id).process.owner)
            columns = process_definition.c
            found = connection.execute(select(columns.history_time_to_live).where(columns.id == definition_id)).one_or_none()
            if found is None:  # what is in memory may have been deleted
                raise NotFound(f"no process definition with the id {definition_id!r} is deployed", id=definition_id)
            if found.history_time_to_live != days:
                connection.execute(update(process_definition).where(columns.id == definition_id).values(history_time_to_live=days))
                event = HistoryTimeToLiveChanged(definition_id, found.history_time_to_live, days)
                history.append(connection, history.DEPLOYMENTS, actor, self._runtime.clock.now(), [event], head)
            return None, Changed()

        self._runtime.commit(work)
