"""Jobs and incidents: what is due, doing it, what failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Response, request

from app.api import moments
from app.api.basic import caller
from app.api.blueprint import answer, api, body, nothing, text_in
from app.api.declared import ENGINE_FAILS, declared, declared_count, declared_list
from app.api.looks import asked_for, looked_at
from app.api.shapes.base import MOMENT, PLAIN, WHOLE, sent
from app.api.shapes.work import INCIDENT, JOB
from app.services import services
from engine import FilterKind, IncidentView, InvalidRequest, Job, NotFound

_TEXTS = {"jobId": "id", "processInstanceId": "instance_id", "activityId": "element_id", "failedActivityId": "element_id"}
_FLAGS: Mapping[str, Callable[[Job], bool]] = {
    "withException": lambda job: job.error is not None,
    "noRetriesLeft": lambda job: job.retries == 0,
    "withRetriesLeft": lambda job: job.retries > 0,
    "suspended": lambda job: job.suspended,
    "active": lambda job: not job.suspended,
}
_SORTED: Mapping[str, Callable[[Job], str]] = {
    "jobId": lambda job: job.id,
    "jobDueDate": lambda job: moments.shown(job.due_at) or "",
    "jobRetries": lambda job: f"{job.retries:010d}",
    "processInstanceId": lambda job: job.instance_id,
}
_OF_INCIDENT: Mapping[str, Callable[[IncidentView], str | None]] = {
    "incidentId": lambda it: it.incident.id,
    "incidentType": lambda it: it.incident.kind,
    "processInstanceId": lambda it: it.incident.instance_id,
    "processDefinitionId": lambda it: it.definition_id,
    "activityId": lambda it: it.incident.element_id,
    "failedActivityId": lambda it: it.incident.element_id,
    "configuration": lambda it: it.incident.job_id,
}
_TENANTS = {"tenantIdIn": FilterKind.TEXTS}
_NAMES = (*_TEXTS, "processDefinitionId", "processDefinitionKey")
_JOB_KINDS = dict.fromkeys(_NAMES, FilterKind.TEXT) | dict.fromkeys(_FLAGS, FilterKind.FLAG) | _TENANTS
_INCIDENT_KINDS = dict.fromkeys(_OF_INCIDENT, FilterKind.TEXT) | _TENANTS


@api.get("/job")
@declared_list(_JOB_KINDS, JOB, _SORTED)
def list_jobs() -> Response:
    """Jobs by instance, definition and failure, the first that failed or is due first."""
    return answer(_part([_shown(job, definition) for job, definition in _wanted()]))


@api.get("/job/count")
@declared_count(_JOB_KINDS)
def count_jobs() -> Response:
    """How many there are."""
    return answer({"count": len(_wanted())})


@api.get("/job/<job_id>")
@declared(answers=JOB)
def read_job(job_id: str) -> Response:
    """One job."""
    job, definition = _found(job_id)
    looked_at(job.instance_id)
    return answer(_shown(job, definition))


@api.get("/job/<job_id>/stacktrace")
@declared(answers=PLAIN)
def read_reason(job_id: str) -> Response:
    """Why a job failed."""
    job, _ = _found(job_id)
    looked_at(job.instance_id)
    return Response(job.error or "", content_type="text/plain")


@api.post("/job/<job_id>/execute")
@declared(fails=ENGINE_FAILS)
def execute_job(job_id: str) -> Response:
    """Do a job now."""
    services().engine.jobs.execute(caller(), job_id)
    return nothing()


@api.put("/job/<job_id>/retries")
@declared(takes=sent(retries=WHOLE, dueDate=MOMENT, needed=("retries",)), fails=ENGINE_FAILS)
def set_retries(job_id: str) -> Response:
    """Say how often a job may be tried from now on, and from when; with 0 it is an incident."""
    sent = body()
    retries, due = sent.get("retries"), text_in(sent, "dueDate")
    if not isinstance(retries, int) or isinstance(retries, bool):
        raise InvalidRequest("'retries' must be a number")
    services().engine.jobs.retry(caller(), job_id, retries, _moment(due) if due else None)
    return nothing()


@api.get("/incident")
@declared_list(_INCIDENT_KINDS, INCIDENT)
def list_incidents() -> Response:
    """What waits for a person to repair it, of all that the caller may see."""
    found = _incidents()
    asked_for(request.args)
    return answer(_part([_incident(it) for it in found]))


@api.get("/incident/count")
@declared_count(_INCIDENT_KINDS)
def count_incidents() -> Response:
    """How many there are."""
    return answer({"count": len(_incidents())})


@api.get("/incident/<incident_id>")
@declared(answers=INCIDENT)
def read_incident(incident_id: str) -> Response:
    """One of them."""
    for it in services().engine.incidents.all(caller()):
        if it.incident.id == incident_id:
            looked_at(it.incident.instance_id)
            return answer(_incident(it))
    raise NotFound(f"No matching incident with id {incident_id}", incident=incident_id)


def _incidents() -> list[IncidentView]:
    """Those that the filters leave, the newest first."""
    found = services().engine.incidents.all(caller())
    if request.args.get("tenantIdIn"):
        return []
    for name, value in _OF_INCIDENT.items():
        wanted = request.args.get(name)
        if wanted is not None:
            found = [it for it in found if value(it) == wanted]
    return found


def _found(job_id: str) -> tuple[Job, str]:
    for job, definition in services().engine.jobs.with_definitions(caller()):
        if job.id == job_id:
            return job, definition
    raise NotFound(f"Job with id {job_id} does not exist", job=job_id)


def _moment(text: str) -> datetime:
    try:
        return moments.read(text)
    except ValueError as error:
        raise InvalidRequest(f"'dueDate' is no moment: {text!r}") from error


def _part(found: list[dict[str, object]]) -> list[dict[str, object]]:
    """The page of a list that `firstResult` and `maxResults` ask for."""
    first, most = (request.args.get(name, type=int) for name in ("firstResult", "maxResults"))
    return found[first or 0 :][: most if most is not None else None]


def _wanted() -> list[tuple[Job, str]]:
    found = services().engine.jobs.with_definitions(caller())
    asked_for(request.args)
    if request.args.get("tenantIdIn"):
        return []  # nothing belongs to a tenant
    for name, attribute in _TEXTS.items():
        wanted = request.args.get(name)
        if wanted is not None:
            found = [(job, of) for job, of in found if getattr(job, attribute) == wanted and (of != job.instance_id or name == "jobId")]
    definition, key = request.args.get("processDefinitionId"), request.args.get("processDefinitionKey")
    found = [(job, of) for job, of in found if definition in {None, of} and key in {None, of.partition(":")[0]}]
    for name, holds in _FLAGS.items():
        if request.args.get(name) == "true":
            found = [(job, of) for job, of in found if holds(job)]
    return _sorted(found)


def _sorted(found: list[tuple[Job, str]]) -> list[tuple[Job, str]]:
    """By what `sortBy` names, where it does; what failed or is due first otherwise."""
    by, order = request.args.get("sortBy"), request.args.get("sortOrder")
    if (by is None) != (order is None) or by not in {None, *_SORTED} or order not in {None, "asc", "desc"}:
        raise InvalidRequest(f"Cannot sort jobs by {by!r}, {order!r}: sortBy and sortOrder (asc, desc) go together")
    return found if by is None else sorted(found, key=lambda it: _SORTED[by](it[0]), reverse=order == "desc")


def _shown(job: Job, definition: str) -> dict[str, object]:
    starts = job.instance_id == definition
    return {
        "id": job.id,
        "jobDefinitionId": None,
        "dueDate": moments.shown(job.due_at),
        "processInstanceId": None if starts else job.instance_id,
        "executionId": None if starts else job.instance_id,
        "processDefinitionId": definition,
        "processDefinitionKey": definition.partition(":")[0],
        "retries": job.retries,
        "exceptionMessage": job.error,
        "failedActivityId": job.element_id if job.error is not None else None,
        "suspended": job.suspended,
        "priority": 0,
        "tenantId": None,
        "createTime": moments.shown(job.created_at),
        "batchId": None,
    }


def _incident(view: IncidentView) -> dict[str, object]:
    it = view.incident
    starts = it.instance_id == view.definition_id  # a case that could not begin
    return {
        "id": it.id,
        "processDefinitionId": view.definition_id,
        "processInstanceId": None if starts else it.instance_id,
        "executionId": None if starts else it.instance_id,
        "incidentTimestamp": moments.shown(it.created_at),
        "incidentType": it.kind,
        "activityId": it.element_id,
        "failedActivityId": it.element_id,
        "causeIncidentId": it.id,
        "rootCauseIncidentId": it.id,
        "configuration": it.job_id,
        "incidentMessage": it.message,
        "tenantId": None,
        "jobDefinitionId": None,
        "annotation": None,
    }
