"""What happened: user tasks and activities, open and ended."""

from __future__ import annotations

from flask import Response

from app.api import lists, moments
from app.api.basic import caller
from app.api.blueprint import answer, api
from app.services import services
from engine import ActivityFilter, FilterKind, HistoricTask, Queries

_TASKS = Queries.filters()["historic_tasks"]
_ACTIVITIES = {
    "processInstanceId": FilterKind.TEXT,
    "processDefinitionId": FilterKind.TEXT,
    "activityId": FilterKind.TEXT,
    "finished": FilterKind.FLAG,
    "unfinished": FilterKind.FLAG,
    "canceled": FilterKind.FLAG,
}


@api.route("/history/task", methods=["GET", "POST"])
def list_historic_tasks() -> Response:
    """User tasks, open and ended, by filters."""
    return answer([_task(it) for it in services().engine.queries.historic_tasks(caller(), lists.wanted(_TASKS))])


@api.route("/history/task/count", methods=["GET", "POST"])
def count_historic_tasks() -> Response:
    """How many there are."""
    return answer({"count": services().engine.queries.count_historic_tasks(caller(), lists.wanted(_TASKS))})


@api.route("/history/activity-instance/count", methods=["GET", "POST"])
def count_activities() -> Response:
    """How many flow nodes were entered or passed."""
    asked = lists.wanted(_ACTIVITIES).filters
    element = asked.get("activityId")
    wanted = ActivityFilter(
        instance_id=asked.get("processInstanceId"),
        definition_id=asked.get("processDefinitionId"),
        element_ids=frozenset({element}) if element else frozenset(),
        finished=bool(asked.get("finished")),
        unfinished=bool(asked.get("unfinished")),
        cancelled=bool(asked.get("canceled")),
    )
    return answer({"count": services().engine.queries.count_activities(caller(), wanted)})


def milliseconds(task: HistoricTask) -> int | None:
    """How long a task was open."""
    return None if task.ended_at is None else round((task.ended_at - task.created_at).total_seconds() * 1000)


def _task(task: HistoricTask) -> dict[str, object]:
    return {
        "id": task.id,
        "processDefinitionKey": task.definition_key,
        "processDefinitionId": task.definition_id,
        "processInstanceId": task.instance_id,
        "executionId": task.instance_id,
        "caseDefinitionKey": None,
        "caseDefinitionId": None,
        "caseInstanceId": None,
        "caseExecutionId": None,
        "activityInstanceId": f"{task.element_id}:{task.id}",
        "name": task.name,
        "description": None,
        "deleteReason": None if task.ended_at is None else "deleted" if task.delete_reason else "completed",
        "owner": task.owner,
        "assignee": task.assignee,
        "startTime": moments.shown(task.created_at),
        "endTime": moments.shown(task.ended_at),
        "duration": milliseconds(task),
        "taskDefinitionKey": task.element_id,
        "priority": task.priority,
        "due": moments.shown(task.due_at),
        "parentTaskId": None,
        "followUp": moments.shown(task.follow_up_at),
        "tenantId": None,
        "removalTime": None,
        "rootProcessInstanceId": task.root_id,
        "taskState": _state(task),
    }


def _state(task: HistoricTask) -> str:
    if task.ended_at is not None:
        return "Deleted" if task.delete_reason else "Completed"
    return "Created" if task.version == 1 else "Updated"
