"""How long past cases are kept: the time to live that a version has, which its model says first and people may change.

What is longer ago may be removed, and is removed only when an administrator asks for it.
"""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

from sqlalchemy import Connection, delete, insert, select, true, update

from engine import access
from engine.bpmn.retention import MOST_DAYS
from engine.errors import InvalidRequest, NotFound
from engine.model import SYSTEM, Actor, Job
from engine.program_events import HistoryCleaned, HistoryCleanupAsked, HistoryTimeToLiveChanged
from engine.services.job_reading import to_job, with_suspension
from engine.services.runtime import Changed, Runtime
from engine.store import canonical, history
from engine.store.queries import removal
from engine.store.queries.listings import Wanted
from engine.store.queries.retention import ENDED, EndedCases, cases_over, count_over
from engine.store.rows import CLEANUP, JOB_RETRIES, JobRow
from engine.store.saving import job_values
from engine.store.tables import job, process_definition

MOST_VERSIONS = 1000
"""So many the report tells at once."""
MOST_ROOTS = 100
"""So many root cases are removed in one transaction."""
TIME_OVER = "the time to live of the version was over"


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

    def clean_up(self, actor: Actor) -> Job:
        """Have past cases removed whose time to live is over, with what they called and their history: administrators.

        A job does it, in transactions of at most `MOST_ROOTS` root cases each; it is the one that is there already, if any. Who asked, and
        then the chain of each case that went, stand in the chain of deployments. Nothing is ever removed unless somebody asks for it here.
        """
        access.may_delete(actor)

        def work(connection: Connection) -> tuple[Job, Changed]:
            head, now = history.lock_head(connection, history.DEPLOYMENTS), self._runtime.clock.now()
            known = connection.execute(select(job.c.id).where(job.c.root_id == CLEANUP)).scalar_one_or_none()
            job_id = known or self._runtime.new_id()
            row = JobRow(job_id, CLEANUP, CLEANUP, "", now, now, JOB_RETRIES, data=canonical.dumps({"by": actor.id}))
            connection.execute(delete(job).where(job.c.id == job_id))
            connection.execute(insert(job), job_values(CLEANUP, row))
            history.append(connection, history.DEPLOYMENTS, actor, now, [HistoryCleanupAsked(job_id)], head)
            return to_job(SimpleNamespace(**job_values(CLEANUP, row))), Changed(jobs=True)

        return self._runtime.commit(work)

    def cleanup_job(self, actor: Actor) -> Job | None:
        """The job that removes past cases, until it has done so; None where nobody has asked. Administrators and auditors."""
        access.may_see_jobs(actor)
        with self._runtime.database.read() as connection:
            found = connection.execute(with_suspension().where(job.c.root_id == CLEANUP)).one_or_none()
        return None if found is None else to_job(found)

    def remove_by_job(self, connection: Connection, job_id: str) -> Changed | None:
        """Remove the next cases whose time is over, and the job with the last of them. None where the job is gone. Within a transaction."""
        head, now = history.lock_head(connection, history.DEPLOYMENTS), self._runtime.clock.now()
        asked = connection.execute(select(job.c.data).where(job.c.id == job_id)).scalar_one_or_none()
        if asked is None:
            return None
        roots = cases_over(connection, now, MOST_ROOTS + 1)
        if len(roots) > MOST_ROOTS:
            roots.pop()
            connection.execute(update(job).where(job.c.id == job_id).values(retries=JOB_RETRIES, error=None))
        else:
            connection.execute(delete(job).where(job.c.id == job_id))
        chains = removal.heads_of(connection, roots)
        removal.delete_cases(connection, roots)
        if chains:
            told = HistoryCleaned(canonical.loads(asked)["by"], TIME_OVER, chains)
            history.append(connection, history.DEPLOYMENTS, SYSTEM, now, [told], head)
        return Changed(cases=frozenset(roots), jobs=True)
