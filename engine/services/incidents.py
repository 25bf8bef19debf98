"""Incidents: what failed until nobody tried it any more. Somebody mends what was wrong, and has it tried again.

Two people at once: the first one wins, and the second reads who it was. Several at once are several use cases: what cannot be tried again
keeps none of the others from it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, select, update

from engine import access
from engine.errors import Conflict, Forbidden, InvalidRequest, NotFound, Rejection
from engine.events import Event, JobRetried
from engine.model import Actor, ActorKind, Case, Incident
from engine.program_events import ExternalTaskChanged
from engine.services import case_rows
from engine.services.case_reading import CaseReading
from engine.services.external_work import FAILED_TASK
from engine.services.runtime import Changed, Runtime
from engine.services.standing import family
from engine.store import history
from engine.store.game import lock_root
from engine.store.queries.failures import (
    MOST,
    FoundIncident,
    Try,
    count_incidents,
    incidents,
    is_version,
    mentions,
    narrowed,
    owned_by,
    tries,
)
from engine.store.rows import CLEANUP
from engine.store.tables import external_task, incident, job

RETRIES = 1
"""Who tries again wants to know at once whether it went well."""
_MOST = 200  # entries of a case that are looked through for who was faster, the newest first
_AGAIN = {"JobRetried", "ExternalTaskChanged"}
NO_FILTERS: Mapping[str, object] = {}


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An incident as people look at it. `root`: none where a case could not even begin. `tries`: those that failed, the newest first."""

    incident: Incident
    definition_id: str
    root: Case | None
    tries: tuple[Try, ...]
    may_try_again: bool

    @property
    def reason(self) -> str:
        """Why the last try failed."""
        return self.tries[0].reason if self.tries else self.incident.message


@dataclass(frozen=True, slots=True)
class TriedAgain:
    """What became of one of several: None, or why it could not be tried again."""

    incident_id: str
    refused: Rejection | None = None


class Incidents:
    """The incidents of all cases."""

    def __init__(self, runtime: Runtime, cases: CaseReading) -> None:
        self._runtime = runtime
        self._cases = cases

    def all(
        self,
        actor: Actor,
        limit: int = MOST,
        *,
        of: Mapping[str, object] = NO_FILTERS,
        text: str = "",
        first: int = 0,
        order: Sequence[tuple[str, bool]] = (),
    ) -> list[IncidentView]:
        """What waits for a repair, the newest first: everything for administrators and auditors, else what one's own processes have.

        `of`: only those with these values, by the names of an incident's fields and what `narrowed` knows besides. `text`: only those that
        mention it, in the number or subject of the case, the key of the process, the id of the step or the reason. `first`: so many are
        left out. `order`: fields, each with whether it goes downwards.
        """
        with self._runtime.database.read() as connection:
            conditions = _wanted(connection, actor, of, text)
            return self._views(connection, actor, incidents(connection, *conditions, first=first, most=limit, order=order))

    def count(self, actor: Actor, *, of: Mapping[str, object] = NO_FILTERS, text: str = "") -> int:
        """How many there are, however many `all` tells of."""
        with self._runtime.database.read() as connection:
            return count_incidents(connection, *_wanted(connection, actor, of, text))

    def of_case(self, actor: Actor, case_id: str) -> list[IncidentView]:
        """What waits for a repair in a case that the actor sees, and in the cases that it calls. Raises `NotFound`.

        Why it failed may quote what steps hide: it is told to administrators, auditors and the owner of the process alone.
        """
        with self._runtime.database.read() as connection:
            case = self._cases.visible(connection, actor, case_id)
            found = incidents(connection, incident.c.root_id == case.root_id)
            if found and case.parent_id is not None:
                within = family(connection, case.id)
                found = [it for it in found if it.incident.instance_id in within]
            return self._views(connection, actor, found, of_case=True)

    def try_again(self, actor: Actor, incident_id: str, root_id: str) -> None:
        """Have it tried again; the incident is gone. The owner of the process, and administrators.

        `root_id`: the root case in which it stands, or the version whose case could not begin. Raises `Conflict` where somebody was
        faster, with `by`, or where the case went on or ended.
        """
        access.may_change(actor)

        def work(connection: Connection) -> tuple[None, Changed]:
            lock = lock_root(connection, root_id, with_content=False)
            access.may_repair(actor, owner_of(self._runtime, connection, root_id))
            gone = delete(incident).where(incident.c.id == incident_id, incident.c.root_id == root_id).returning(incident)
            row = connection.execute(gone).one_or_none()
            if row is None:
                raise self._why_gone(connection, incident_id, root_id)
            now = self._runtime.clock.now()
            event, changed = _give_retries(connection, Incident(**row._asdict()), now)
            if lock is not None:
                history.append(connection, root_id, actor, now, [event], lock.head)
            return None, changed

        self._runtime.commit(work)

    def try_all_again(self, actor: Actor, wanted: Sequence[tuple[str, str]]) -> list[TriedAgain]:
        """Several of them, each (its id, its root) in a transaction of its own; what became of each. At most `MOST`."""
        access.may_change(actor)
        if len(wanted) > MOST:
            raise InvalidRequest(f"at most {MOST} are tried again at once", most=MOST)
        return [self._attempt(actor, incident_id, root_id) for incident_id, root_id in dict.fromkeys(wanted)]

    def _attempt(self, actor: Actor, incident_id: str, root_id: str) -> TriedAgain:
        try:
            self.try_again(actor, incident_id, root_id)
        except Rejection as refused:
            return TriedAgain(incident_id, refused)
        return TriedAgain(incident_id)

    # ---- reading ---------------------------------------------------------------------------------------------------------

    def _views(
        self, connection: Connection, actor: Actor, found: Collection[FoundIncident], *, of_case: bool = False
    ) -> list[IncidentView]:
        """Those that the actor may see, with why they failed."""
        owners = {it.incident.root_id: self._owner_of(connection, it) for it in found}
        seen = [it for it in found if of_case or access.sees_incidents(actor, owners[it.incident.root_id])]
        told = {root_id for root_id, owner in owners.items() if access.sees_incidents(actor, owner)}
        failed = tries(connection, (it.incident.root_id for it in seen if it.incident.root_id in told))
        return [
            IncidentView(
                it.incident if it.incident.root_id in told else replace(it.incident, message=""),
                it.definition_id,
                it.root,
                tuple(failed.get(it.incident.job_id or "", ())),
                _may_repair(actor, owners[it.incident.root_id]),
            )
            for it in seen
        ]

    def _owner_of(self, connection: Connection, found: FoundIncident) -> str | None:
        version = found.root.definition_id if found.root is not None else found.incident.root_id
        return self._runtime.catalogue.definition(connection, version).process.owner

    def _why_gone(self, connection: Connection, incident_id: str, root_id: str) -> Conflict:
        """Who had it tried again; nobody, where the case went on or ended."""
        for entry in history.entries(connection, root_id, None, _MOST):
            for name, fields in entry.events:
                if name in _AGAIN and fields.get("incident") == incident_id:
                    by = entry.actor if entry.actor_kind is ActorKind.PERSON else None
                    return Conflict(f"{by} was faster", incident=incident_id, event="JobRetried", by=by, at=entry.at)
        return Conflict("this does not wait for a repair any more", incident=incident_id, event="IncidentEnded")


def _wanted(connection: Connection, actor: Actor, of: Mapping[str, object], text: str) -> list[ColumnElement[bool]]:
    """What is asked for, of what somebody may see."""
    return [*narrowed(connection, of), *([mentions(text)] if text else []), *_shown_to(actor)]


def _shown_to(actor: Actor) -> list[ColumnElement[bool]]:
    """The condition by `access.sees_incidents`, which knows some who see all."""
    return [] if access.sees_incidents(actor, None) else [owned_by({actor.id, *actor.groups})]


def owner_of(runtime: Runtime, connection: Connection, root_id: str) -> str | None:
    """Who owns the process of a root case, or of the version that a job belongs to; nobody what removes past cases. Raises `NotFound`."""
    if root_id == CLEANUP:
        return None
    of = root_id if is_version(root_id) else case_rows.load(connection, root_id).definition_id
    return runtime.catalogue.definition(connection, of).process.owner


def _may_repair(actor: Actor, owner: str | None) -> bool:
    try:
        access.may_repair(actor, owner)
    except Forbidden:
        return False
    return True


def _give_retries(connection: Connection, failed: Incident, now: datetime) -> tuple[Event, Changed]:
    """Let what failed be tried again, now."""
    cases = frozenset({failed.root_id})
    if failed.kind == FAILED_TASK:
        tried = update(external_task).where(external_task.c.id == failed.job_id).values(retries=RETRIES, locked_until=None)
        row = connection.execute(tried.returning(external_task.c.topic)).one_or_none()
        if row is None:
            raise NotFound(f"there is no external task {failed.job_id!r}", task=failed.job_id)
        event = ExternalTaskChanged(str(failed.job_id), failed.element_id, retries=RETRIES, incident=failed.id)
        return event, Changed(cases=cases, topics=frozenset({row.topic}))
    if not connection.execute(select(job.c.id).where(job.c.id == failed.job_id)).one_or_none():
        raise NotFound(f"there is no job {failed.job_id!r}", job=failed.job_id)
    connection.execute(update(job).where(job.c.id == failed.job_id).values(retries=RETRIES, error=None, due_at=now))
    return JobRetried(str(failed.job_id), RETRIES, failed.id), Changed(cases=cases, jobs=True)
