"""What failed in a case: `GET /history/incident`, `/history/job-log` and `/history/external-task-log`."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response

from app.api import moments
from app.api.basic import caller
from app.api.blueprint import answer, api
from app.api.declared import declared_count, declared_list
from app.api.logs import AT, Log, Row, after, at_least, at_most, before, equals, every, flag, like, of_case, one_of, told_of
from app.api.shapes.logs import EXTERNAL_TASK_LOG, HISTORIC_INCIDENT, JOB_LOG
from app.services import services
from engine import FilterKind, LoggedEvent, ToldCase, put_together

_JOB, _TASK = "JobFailed", "ExternalTaskFailed"
_RETRIED, _CHANGED, _DONE, _THROWN = "JobRetried", "ExternalTaskChanged", "ExternalTaskCompleted", "ExternalTaskErrorThrown"
_MADE, _CANCELLED, _LEFT = "ExternalTaskCreated", "ElementCancelled", "ElementLeft"
_OF_CASE = ("processInstanceId", "processDefinitionId", "processDefinitionKey")
_INCIDENTS = Log(
    filters={
        **{name: equals(name) for name in ("processDefinitionId", "processDefinitionKey", "executionId", "activityId", "failedActivityId")},
        **{name: equals(name) for name in ("incidentType", "incidentMessage", "causeIncidentId", "rootCauseIncidentId", "configuration")},
        "incidentId": equals("id"),
        "incidentMessageLike": like("incidentMessage"),
        "processDefinitionKeyIn": one_of("processDefinitionKey"),
        "historyConfiguration": equals("historyConfiguration"),
        **{name: flag(name) for name in ("open", "resolved", "deleted")},
        "createTimeAfter": (FilterKind.MOMENT, after),
        "createTimeBefore": (FilterKind.MOMENT, before),
        "endTimeAfter": (FilterKind.MOMENT, lambda row, moment: row["endTime"] is not None and moments.read(row["endTime"]) >= moment),
        "endTimeBefore": (FilterKind.MOMENT, lambda row, moment: row["endTime"] is not None and moments.read(row["endTime"]) <= moment),
    },
    sorts={
        "incidentId": "id", "incidentMessage": "incidentMessage", "createTime": AT, "endTime": "endTime", "incidentType": "incidentType",
        "incidentState": "open",
        **{name: name for name in ("activityId", "configuration", "historyConfiguration", "executionId", "causeIncidentId")},
        **{name: name for name in ("rootCauseIncidentId", *_OF_CASE)},
    },
    refused=("jobDefinitionIdIn",),
)  # fmt: skip
_JOBS = Log(
    filters={
        **{name: equals(name) for name in ("jobId", "executionId", "processDefinitionId", "processDefinitionKey")},
        "logId": equals("id"),
        "jobExceptionMessage": equals("jobExceptionMessage"),
        "activityIdIn": one_of("activityId"),
        "failedActivityIdIn": one_of("failedActivityId"),
        "executionIdIn": one_of("executionId"),
        "failureLog": flag("failureLog"),
        "jobPriorityLowerThanOrEquals": at_most("jobPriority"),
        "jobPriorityHigherThanOrEquals": at_least("jobPriority"),
    },
    sorts={
        "timestamp": AT, "occurrence": AT,
        **{name: name for name in ("jobId", "jobRetries", "jobPriority", "jobDueDate", "activityId", "executionId", *_OF_CASE)},
        **{name: name for name in ("jobDefinitionId", "deploymentId", "hostname")},
    },
    refused=(
        "creationLog", "successLog", "deletionLog", "jobDefinitionId", "jobDefinitionType", "jobDefinitionConfiguration", "deploymentId",
        "hostname",
    ),
)  # fmt: skip
_TASKS = Log(
    filters={
        **{name: equals(name) for name in ("externalTaskId", "topicName", "workerId", "errorMessage")},
        **{name: equals(name) for name in ("processDefinitionId", "processDefinitionKey")},
        "logId": equals("id"),
        **{f"{name}In": one_of(name) for name in ("activityId", "activityInstanceId", "executionId")},
        **{name: flag(name) for name in ("creationLog", "failureLog", "successLog", "deletionLog")},
        "priorityLowerThanOrEquals": at_most("priority"),
        "priorityHigherThanOrEquals": at_least("priority"),
    },
    sorts={
        "timestamp": AT,
        **{name: name for name in ("externalTaskId", "topicName", "workerId", "retries", "priority")},
        **{name: name for name in ("activityId", "activityInstanceId", "executionId", *_OF_CASE)},
    },
)  # fmt: skip


@api.get("/history/incident")
@declared_list(_INCIDENTS.kinds, HISTORIC_INCIDENT, _INCIDENTS.keys)
def list_historic_incidents() -> Response:
    """What failed for good in one case: what waits still, and what was repaired or went away."""
    wanted = _INCIDENTS.wanted()
    return answer(_INCIDENTS.page(every(_incidents, told_of(wanted, _OF_INCIDENTS)), wanted))


@api.get("/history/incident/count")
@declared_count(_INCIDENTS.kinds)
def count_historic_incidents() -> Response:
    """How many there are."""
    wanted = _INCIDENTS.wanted()
    return answer({"count": len(_INCIDENTS.fitting(every(_incidents, told_of(wanted, _OF_INCIDENTS)), wanted))})


@api.route("/history/job-log", methods=["GET", "POST"])
@declared_list(_JOBS.kinds, JOB_LOG, _JOBS.keys)
def list_job_logs() -> Response:
    """The tries of jobs of one case that failed: those that succeeded are told by what they did."""
    wanted = _JOBS.wanted()
    return answer(_JOBS.page(every(_job_logs, told_of(wanted, [_JOB])), wanted))


@api.route("/history/job-log/count", methods=["GET", "POST"])
@declared_count(_JOBS.kinds)
def count_job_logs() -> Response:
    """How many there are."""
    wanted = _JOBS.wanted()
    return answer({"count": len(_JOBS.fitting(every(_job_logs, told_of(wanted, [_JOB])), wanted))})


@api.route("/history/external-task-log", methods=["GET", "POST"])
@declared_list(_TASKS.kinds, EXTERNAL_TASK_LOG, _TASKS.keys)
def list_external_task_logs() -> Response:
    """What became of the external tasks of one case: made, failed, done, taken away."""
    wanted = _TASKS.wanted()
    return answer(_TASKS.page(every(_task_logs, told_of(wanted, _OF_TASKS)), wanted))


@api.route("/history/external-task-log/count", methods=["GET", "POST"])
@declared_count(_TASKS.kinds)
def count_external_task_logs() -> Response:
    """How many there are."""
    wanted = _TASKS.wanted()
    return answer({"count": len(_TASKS.fitting(every(_task_logs, told_of(wanted, _OF_TASKS)), wanted))})


_OF_INCIDENTS = (_JOB, _TASK, _RETRIED, _CHANGED, _DONE, _THROWN, _CANCELLED, _LEFT)
_OF_TASKS = (_MADE, _TASK, _DONE, _CHANGED, _CANCELLED, _LEFT)


def _message(it: LoggedEvent) -> str | None:
    return str(put_together(str(it.fields.get("message") or ""), it.fields.get("parts"))) or None


def _incidents(told: ToldCase) -> list[Row]:
    """One for each failure that left no retries; what happened to the same job or task next says what became of it."""
    found: list[Row] = []
    waiting: dict[str, Row] = {}  # by job or external task
    for it in told.events:
        of = str(it.fields.get("job") or it.fields.get("task") or it.fields.get("token"))
        row = waiting.get(of)
        if row is not None and it.fields.get("retries") != 0:  # each says what became of it, unless no retries are left again
            row["id"] = row["causeIncidentId"] = row["rootCauseIncidentId"] = it.fields.get("incident") or row["id"]
            row.update(open=False, resolved=it.name != _CANCELLED, deleted=it.name == _CANCELLED, endTime=moments.shown(it.at))
            del waiting[of]
        elif row is None and _makes_incident(it):
            waiting[of] = _incident(told, it, of)
            found.append(waiting[of])
    known = services().engine.logs.open_incidents(caller(), told.case.id) if waiting else {}
    for of, row in waiting.items():
        if of in known:
            row["id"] = row["causeIncidentId"] = row["rootCauseIncidentId"] = known[of]
        elif told.case.ended_at is not None:
            row.update(open=False, deleted=True, endTime=moments.shown(told.case.ended_at))
    return found


def _makes_incident(it: LoggedEvent) -> bool:
    """No retries are left: a try failed, or somebody has said so."""
    return it.name in {_JOB, _TASK, _RETRIED, _CHANGED} and it.fields.get("retries") == 0 and it.fields.get("element") is not None


def _incident(told: ToldCase, it: LoggedEvent, of: str) -> Row:
    of_job = it.name in {_JOB, _RETRIED}
    return {
        "id": it.id,
        **of_case(told.case),
        "executionId": told.case.id,
        "createTime": moments.shown(it.at),
        "endTime": None,
        "incidentType": "failedJob" if of_job else "failedExternalTask",
        "activityId": it.fields["element"],
        "failedActivityId": it.fields["element"] if of_job else None,
        "causeIncidentId": it.id,
        "rootCauseIncidentId": it.id,
        "configuration": of,
        "historyConfiguration": it.id,
        "incidentMessage": _message(it),
        "jobDefinitionId": None,
        **{name: name == "open" for name in ("open", "deleted", "resolved")},
        "annotation": None,
        AT: it.at,
    }


def _job_logs(told: ToldCase) -> Iterator[Row]:
    for it in told.events:
        yield {
            "id": it.id,
            "timestamp": moments.shown(it.at),
            **of_case(told.case),
            "jobId": it.fields["job"],
            "jobDueDate": None,
            "jobRetries": it.fields["retries"],
            "jobPriority": it.fields.get("priority") or 0,
            "jobExceptionMessage": _message(it),
            "jobDefinitionId": None,
            "jobDefinitionType": None,
            "jobDefinitionConfiguration": None,
            "activityId": it.fields["element"],
            "failedActivityId": it.fields["element"],
            "executionId": it.instance_id,
            "deploymentId": None,
            "hostname": None,
            "batchId": None,
            **_step("failureLog"),
            AT: it.at,
        }


def _step(name: str) -> dict[str, bool]:
    return {it: it == name for it in ("creationLog", "failureLog", "successLog", "deletionLog")}


def _task_logs(told: ToldCase) -> Iterator[Row]:
    """A row for each step; what the task was made with is told by each, and of a failure the retries that there were before it."""
    made: dict[str, LoggedEvent] = {}
    retries: dict[str, int | None] = {}
    priority: dict[str, int] = {}
    steps = {_MADE: "creationLog", _TASK: "failureLog", _DONE: "successLog", _CANCELLED: "deletionLog", _LEFT: "deletionLog"}
    for it in told.events:
        task = str(it.fields.get("task") or it.fields.get("token"))
        if it.name == _MADE:
            made[task], priority[task] = it, it.fields.get("priority") or 0
        if task not in made:
            continue
        if it.name in steps:
            yield _task_log(told, it, made[task], (retries.get(task), priority[task]), steps[it.name])
        if it.name in {_CHANGED, _TASK}:
            retries[task] = retries.get(task) if it.fields.get("retries") is None else it.fields["retries"]
            priority[task] = priority[task] if it.fields.get("priority") is None else it.fields["priority"]
        if it.name in {_DONE, _CANCELLED, _LEFT}:
            del made[task]


def _task_log(told: ToldCase, it: LoggedEvent, made: LoggedEvent, now: tuple[int | None, int], step: str) -> Row:
    task = str(made.fields["task"])
    return {
        "id": it.id,
        "timestamp": moments.shown(it.at),
        **of_case(told.case),
        "externalTaskId": task,
        "topicName": made.fields["topic"],
        "workerId": it.fields.get("worker"),
        "priority": now[1],
        "retries": now[0],
        "errorMessage": it.fields.get("message") or None,
        "activityId": made.fields["element"],
        "activityInstanceId": f"{made.fields['element']}:{task}",
        "executionId": told.case.id,
        **_step(step),
        AT: it.at,
    }
