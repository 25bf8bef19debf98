"""Jobs: what is due, doing it, why it failed."""

from __future__ import annotations

from datetime import datetime

from flask import Response, request

from app.api import lists, moments
from app.api.basic import caller
from app.api.blueprint import answer, api, body, flag_in, flag_of_query, moment_in, nothing, retries_in, text_in, whole_in
from app.api.declared import ENGINE_FAILS, declared, declared_count, declared_list
from app.api.looks import looked_at
from app.api.shapes.base import FLAG, MOMENT, MOMENT_OR_NONE, PLAIN, RETRIES, WHOLE, sent
from app.api.shapes.work import JOB
from app.services import services
from engine import FilterKind, InvalidRequest, Job, NotFound, Queries, Wanted

_KINDS = Queries.filters()["jobs"]


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
