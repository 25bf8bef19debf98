"""Jobs and incidents: what is due, doing it, what failed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import Response, request

from app.api import lists, moments
from app.api.basic import caller
from app.api.blueprint import answer, api, body, flag_in, flag_of_query, moment_in, nothing, retries_in, text_in, whole_in
from app.api.declared import ENGINE_FAILS, declared, declared_count, declared_list
from app.api.looks import asked_for, looked_at
from app.api.shapes.base import FLAG, MOMENT, MOMENT_OR_NONE, PLAIN, RETRIES, WHOLE, sent
from app.api.shapes.work import INCIDENT, JOB
from app.services import services
from engine import FilterKind, IncidentView, InvalidRequest, Job, NotFound, Queries, Wanted

_OF_INCIDENT: Mapping[str, str] = {
    "incidentId": "id",
    "incidentType": "kind",
    "processInstanceId": "instance_id",
    "processDefinitionId": "definition_id",
    "activityId": "element_id",
    "failedActivityId": "element_id",
    "configuration": "job_id",
}
_KINDS = Queries.filters()["jobs"]
_OF_WORKERS = "failedExternalTask"  # where Camunda does not say that an activity failed
MOST_INCIDENTS = 1000
"""So many are in one answer."""
_INCIDENT_KINDS = dict.fromkeys(_OF_INCIDENT, FilterKind.TEXT) | {"tenantIdIn": FilterKind.TEXTS}


@api.route("/job", methods=["GET", "POST"])
@declared_list(_KINDS, JOB, Queries.sorts()["jobs"])
def list_jobs() -> Response:
    """Jobs by filters; unless they are sorted, the first that failed or is due first."""
    return answer([shown(job, definition) for job, definition in services().engine.jobs.with_definitions(caller(), _wanted())])


@api.route("/job/count", methods=["GET", "POST"])
@declared_count(_KINDS)
def count_jobs() -> Response:
    """How many there are."""
    return answer({"count": services().engine.jobs.count(caller(), _wanted())})


@api.post("/job/retries")
@declared(refuses=True)
def set_retries_of_jobs() -> Response:
    """There are no batches: set the retries of each job, or try incidents again on their page."""
    raise InvalidRequest("batches are not supported: PUT /job/{id}/retries for each job")


@api.get("/job/<job_id>")
@declared(answers=JOB)
def read_job(job_id: str) -> Response:
    """One job."""
    job, definition = _found(job_id)
    looked_at(job.instance_id)
    return answer(shown(job, definition))


@api.get("/job/<job_id>/stacktrace")
@declared(answers=PLAIN, or_nothing=True)
def read_reason(job_id: str) -> Response:
    """Why a job failed."""
    job, _ = _found(job_id)
    looked_at(job.instance_id)
    return Response(job.error, content_type="text/plain") if job.error else nothing()


@api.post("/job/<job_id>/execute")
@declared(fails=ENGINE_FAILS)
def execute_job(job_id: str) -> Response:
    """Do a job now."""
    services().engine.jobs.execute(caller(), job_id)
    return nothing()


@api.put("/job/<job_id>/retries")
@declared(takes=sent(retries=RETRIES, dueDate=MOMENT, needed=("retries",)), fails=ENGINE_FAILS)
def set_retries(job_id: str) -> Response:
    """Say how often a job may be tried from now on, and from when; with 0 it is an incident."""
    sent = body()
    retries, due = retries_in(sent), text_in(sent, "dueDate")
    if retries is None:
        raise InvalidRequest("'retries' must be a number")
    now = services().clock.now() if "dueDate" in sent and not due else None  # as in Camunda: null is no date, and that is now
    services().engine.jobs.retry(caller(), job_id, retries, _moment(due) if due else now)
    return nothing()


@api.put("/job/<job_id>/priority")
@declared(takes=sent(priority=WHOLE, needed=("priority",)), fails=ENGINE_FAILS)
def set_job_priority(job_id: str) -> Response:
    """Let a job come before or after others that are due."""
    priority = whole_in(body(), "priority")
    if priority is None:
        raise InvalidRequest(f"Priority for job '{job_id}' cannot be null.")
    services().engine.jobs.set_priority(caller(), job_id, priority)
    return nothing()


@api.put("/job/<job_id>/duedate")
@declared(takes=sent(duedate=MOMENT_OR_NONE, cascade=FLAG), fails=ENGINE_FAILS)
def set_due_date(job_id: str) -> Response:
    """Say when a job is due; without a date it is now."""
    given = body()
    if flag_in(given, "cascade"):
        raise InvalidRequest("'cascade' is not supported: a cycle goes on from the time at which it fires")
    services().engine.jobs.set_due(caller(), job_id, moment_in(given, "duedate"))
    return nothing()


@api.post("/job/<job_id>/duedate/recalculate")
@declared(query={"creationDateBased": FilterKind.FLAG}, fails=ENGINE_FAILS)
def recalculate_due_date(job_id: str) -> Response:
    """Let the model say anew when a timer is due, counted from when it was armed, or from now."""
    from_creation = "creationDateBased" not in request.args or flag_of_query("creationDateBased")
    services().engine.jobs.recalculate(caller(), job_id, from_creation=from_creation)
    return nothing()


@api.put("/job/<job_id>/suspended")
@declared(takes=sent(suspended=FLAG), fails=ENGINE_FAILS)
def suspend_job(job_id: str) -> Response:
    """Let a job wait, whenever it is due, or let it be done again."""
    services().engine.jobs.suspend(caller(), job_id, suspended=flag_in(body(), "suspended"))
    return nothing()


@api.delete("/job/<job_id>")
@declared(fails=ENGINE_FAILS)
def delete_job(job_id: str) -> Response:
    """What the job was for does not happen; what waits for it waits in vain."""
    services().engine.jobs.drop(caller(), job_id)
    return nothing()


@api.get("/incident")
@declared_list(_INCIDENT_KINDS, INCIDENT)
def list_incidents() -> Response:
    """What waits for a person to repair it, of all that the caller may see."""
    of = _incidents_of()
    asked_for(request.args)
    first, most = lists.paging()
    limit = MOST_INCIDENTS if most is None else min(most, MOST_INCIDENTS)
    found = [] if of is None else services().engine.incidents.all(caller(), limit, of=of, first=first)
    return answer([_incident(it) for it in found])


@api.get("/incident/count")
@declared_count(_INCIDENT_KINDS)
def count_incidents() -> Response:
    """How many there are."""
    of = _incidents_of()
    return answer({"count": 0 if of is None else services().engine.incidents.count(caller(), of=of)})


@api.get("/incident/<incident_id>")
@declared(answers=INCIDENT)
def read_incident(incident_id: str) -> Response:
    """One of them."""
    for it in services().engine.incidents.all(caller(), of={"id": incident_id}):
        looked_at(it.incident.instance_id)
        return answer(_incident(it))
    raise NotFound(f"No matching incident with id {incident_id}", incident=incident_id)


def _incidents_of() -> Mapping[str, str] | None:
    """What the filters ask for, by the names of an incident's fields; None where nothing can fit."""
    asked = [(field, request.args[name]) for name, field in _OF_INCIDENT.items() if name in request.args]
    wanted = dict(asked)
    contradicts = any(wanted[field] != value for field, value in asked)  # activityId and failedActivityId
    return None if contradicts or request.args.get("tenantIdIn") else wanted


def _found(job_id: str) -> tuple[Job, str | None]:
    for found in services().engine.jobs.with_definitions(caller(), Wanted({"jobId": job_id})):
        return found
    raise NotFound(f"Job with id {job_id} does not exist", job=job_id)


def _moment(text: str) -> datetime:
    try:
        return moments.read(text)
    except ValueError as error:
        raise InvalidRequest(f"'dueDate' is no moment: {text!r}") from error


def _wanted() -> Wanted:
    wanted = lists.wanted(_KINDS)
    if wanted.filters.get("timers") and wanted.filters.get("messages"):
        raise InvalidRequest("Parameter timers cannot be used together with parameter messages.")
    return wanted


def shown(job: Job, definition: str | None) -> dict[str, object]:
    """A job in an answer, with its process definition, if it has one."""
    of_no_case = definition is None or job.instance_id == definition
    return {
        "id": job.id,
        "jobDefinitionId": None,
        "dueDate": moments.shown(job.due_at),
        "processInstanceId": None if of_no_case else job.instance_id,
        "executionId": None if of_no_case else job.instance_id,
        "processDefinitionId": definition,
        "processDefinitionKey": definition.partition(":")[0] if definition else None,
        "retries": job.retries,
        "exceptionMessage": job.error,
        "failedActivityId": (job.element_id or None) if job.error is not None else None,
        "suspended": job.suspended,
        "priority": job.priority,
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
        "failedActivityId": None if it.kind == _OF_WORKERS else it.element_id,
        "causeIncidentId": it.id,
        "rootCauseIncidentId": it.id,
        "configuration": it.job_id,
        "incidentMessage": it.message or None,
        "tenantId": None,
        "jobDefinitionId": None,
        "annotation": None,
    }
