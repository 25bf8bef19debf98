"""Looking at jobs: what is due, what failed, what waits. It changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import SimpleNamespace

from sqlalchemy import Select, select, true

from engine import access
from engine.errors import NotFound
from engine.model import Actor, Incident, Job, JobKind
from engine.services.runtime import Runtime
from engine.store.queries import pending
from engine.store.queries.failures import Try, tries
from engine.store.queries.jobs import JOBS
from engine.store.queries.listings import Sort, Wanted
from engine.store.queries.pending import IS_SUSPENDED, PendingWork, WorkState
from engine.store.rows import STARTS, TIMER
from engine.store.tables import incident, job

MOST = 1000
_IN_ORDER = job.c.retries, job.c.due_at, job.c.id


@dataclass(frozen=True, slots=True)
class WorkLoad:
    """How what runs by itself stands: how much of each state, since when something is due that nobody has done, when the next is."""

    counts: Mapping[WorkState, int]
    oldest_due: datetime | None
    next_due: datetime | None


class JobReading:
    """The part of `Jobs` that changes nothing."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def next_due(self) -> datetime | None:
        """When the next job is due; None while nothing waits."""
        with self._runtime.database.read() as connection:
            first = select(job.c.due_at).where(job.c.retries > 0, ~IS_SUSPENDED).order_by(job.c.due_at, job.c.id).limit(1)
            found: datetime | None = connection.execute(first).scalar_one_or_none()
            return found

    def pending(
        self, actor: Actor, state: WorkState | None = None, text: str = "", *, offset: int = 0, limit: int = 100
    ) -> tuple[list[PendingWork], int]:
        """What runs by itself: jobs, and external tasks for programs; and how much there is in all. Administrators and auditors.

        What needs somebody comes first, then by its time. `text`: in the number or subject of the root case, or the key of the process.
        """
        access.may_see_jobs(actor)
        with self._runtime.database.read() as connection:
            found, total = pending.page(connection, self._runtime.clock.now(), state, text, offset, limit)
            failed = tries(connection, (it.root_id for it in found if it.error is not None))
        return [replace(it, error=failed[it.id][0].reason) if it.error and it.id in failed else it for it in found], total

    def load(self, actor: Actor) -> WorkLoad:
        """How all that stands, in figures. Administrators and auditors."""
        access.may_see_jobs(actor)
        now = self._runtime.clock.now()
        with self._runtime.database.read() as connection:
            counts, oldest = pending.counts(connection, now), pending.oldest_due(connection, now)
        return WorkLoad(counts, oldest, self.next_due())

    def tries(self, actor: Actor, job_id: str) -> tuple[Try, ...]:
        """The tries of a job that failed, the newest first. Administrators and auditors. Raises `NotFound`."""
        access.may_see_jobs(actor)
        found = self._find(job_id)
        with self._runtime.database.read() as connection:
            return tuple(tries(connection, [found.root_id]).get(job_id, ()))

    def all(self, actor: Actor) -> list[Job]:
        """All jobs, those that failed first."""
        access.may_see_jobs(actor)
        with self._runtime.database.read() as connection:
            return [to_job(row) for row in connection.execute(with_suspension().order_by(*_IN_ORDER).limit(MOST))]

    def with_definitions(self, actor: Actor, wanted: Wanted | None = None) -> list[tuple[Job, str | None]]:
        """Jobs by Camunda 7's filters, each with its process definition, if it has one; unless they are sorted, those that failed first."""
        access.may_see_jobs(actor)
        asked = replace(wanted or Wanted(), now=self._runtime.clock.now())
        if not asked.sorting:
            asked = replace(asked, sorting=(Sort("jobRetries", descending=False), Sort("jobDueDate", descending=False)))
        with self._runtime.database.read() as connection:
            rows = JOBS.page(connection, asked, self._runtime.directory(connection), true())
        return [(to_job(SimpleNamespace(**row)), row["of"]) for row in rows]

    def count(self, actor: Actor, wanted: Wanted) -> int:
        """How many there are."""
        access.may_see_jobs(actor)
        asked = replace(wanted, now=self._runtime.clock.now())
        with self._runtime.database.read() as connection:
            return JOBS.count(connection, asked, self._runtime.directory(connection), true())

    def incidents(self, actor: Actor) -> list[Incident]:
        """What waits for a person to repair it, the oldest first."""
        access.may_see_jobs(actor)
        with self._runtime.database.read() as connection:
            return [Incident(**row._asdict()) for row in connection.execute(select(incident).order_by(incident.c.id).limit(MOST))]

    def _find(self, job_id: str) -> Job:
        with self._runtime.database.read() as connection:
            row = connection.execute(with_suspension().where(job.c.id == job_id)).one_or_none()
        if row is None:
            raise NotFound(f"there is no job {job_id!r}", job=job_id)
        return to_job(row)


def with_suspension() -> Select[tuple[object, ...]]:
    """Jobs, each with whether it waits to be resumed."""
    return select(job, IS_SUSPENDED.label("is_suspended"))


def to_job(row: object) -> Job:
    """A row of `job`, with whether it is suspended, as the public value."""
    names = ("id", "root_id", "instance_id", "element_id", "due_at", "retries", "error", "created_at", "priority")
    kind = getattr(row, "kind", TIMER)
    values = {name: getattr(row, name) for name in names}
    return Job(**values, kind=JobKind.TIMER if kind in STARTS else JobKind(kind), suspended=bool(getattr(row, "is_suspended", False)))
