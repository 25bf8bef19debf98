"""Jobs and incidents: what is due, doing it, what failed."""

from __future__ import annotations

from flask import Response, request

from app.api import moments
from app.api.basic import caller
from app.api.blueprint import answer, api, body, nothing
from app.api.looks import asked_for, looked_at
from app.services import services
from engine import Incident, InvalidRequest, Job

_TEXTS = {"jobId": "id", "processInstanceId": "instance_id", "failedActivityId": "element_id"}


@api.get("/job")
def list_jobs() -> Response:
    """Jobs by instance, definition and failure, the first that failed or is due first."""
    return answer([_shown(job, definition) for job, definition in _wanted()])


@api.get("/job/count")
def count_jobs() -> Response:
    """How many there are."""
    return answer({"count": len(_wanted())})


@api.get("/job/<job_id>/stacktrace")
def read_reason(job_id: str) -> Response:
    """Why a job failed."""
    found = [job for job, _ in services().engine.jobs.with_definitions(caller()) if job.id == job_id]
    looked_at(*(job.instance_id for job in found))
    return Response(found[0].error or "" if found else "", content_type="text/plain")


@api.post("/job/<job_id>/execute")
def execute_job(job_id: str) -> Response:
    """Do a job now."""
    services().engine.jobs.execute(caller(), job_id)
    return nothing()


@api.put("/job/<job_id>/retries")
def set_retries(job_id: str) -> Response:
    """Give a failed job new retries; how many is the engine's."""
    if not isinstance(body().get("retries"), int):
        raise InvalidRequest("'retries' must be a number")
    services().engine.jobs.retry(caller(), job_id)
    return nothing()


@api.get("/incident")
def list_incidents() -> Response:
    """What waits for a person to repair it."""
    instance_id = request.args.get("processInstanceId")
    found = services().engine.jobs.incidents(caller())
    asked_for(request.args)
    return answer([_incident(it) for it in found if instance_id in {None, it.instance_id}])


def _wanted() -> list[tuple[Job, str]]:
    found = services().engine.jobs.with_definitions(caller())
    asked_for(request.args)
    for name, attribute in _TEXTS.items():
        wanted = request.args.get(name)
        if wanted is not None:
            found = [(job, of) for job, of in found if getattr(job, attribute) == wanted and (of != job.instance_id or name == "jobId")]
    definition, key = request.args.get("processDefinitionId"), request.args.get("processDefinitionKey")
    found = [(job, of) for job, of in found if definition in {None, of} and key in {None, of.partition(":")[0]}]
    if request.args.get("withException") == "true":
        found = [(job, of) for job, of in found if job.error is not None]
    return found


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
        "suspended": False,
        "priority": 0,
        "tenantId": None,
        "createTime": moments.shown(job.created_at),
        "batchId": None,
    }


def _incident(it: Incident) -> dict[str, object]:
    return {
        "id": it.id,
        "processDefinitionId": None,
        "processInstanceId": it.instance_id,
        "executionId": it.instance_id,
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
