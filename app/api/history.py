"""What happened: process instances and user tasks, open and ended."""

from __future__ import annotations

from datetime import datetime

from flask import Response

from app.api import lists, moments
from app.api.basic import caller
from app.api.blueprint import answer, api
from app.api.declared import declared, declared_count, declared_list
from app.api.errors import Refused
from app.api.looks import looked_at
from app.api.shapes.past import HISTORIC_INSTANCE, HISTORIC_TASK
from app.services import services
from engine import HistoricInstance, HistoricTask, Queries, Wanted

_TASKS = Queries.filters()["historic_tasks"]
_INSTANCES = Queries.filters()["historic_instances"]


@api.route("/history/task", methods=["GET", "POST"])
@declared_list(_TASKS, HISTORIC_TASK, Queries.sorts()["historic_tasks"])
def list_historic_tasks() -> Response:
    """User tasks, open and ended, by filters."""
    return answer([_task(it) for it in services().engine.queries.historic_tasks(caller(), lists.wanted(_TASKS))])


@api.route("/history/task/count", methods=["GET", "POST"])
@declared_count(_TASKS)
def count_historic_tasks() -> Response:
    """How many there are."""
    return answer({"count": services().engine.queries.count_historic_tasks(caller(), lists.wanted(_TASKS))})


@api.route("/history/process-instance", methods=["GET", "POST"])
@declared_list(_INSTANCES, HISTORIC_INSTANCE, Queries.sorts()["historic_instances"])
def list_historic_instances() -> Response:
    """Process instances, open and ended, by filters."""
    return answer([_instance(it) for it in services().engine.queries.historic_instances(caller(), lists.wanted(_INSTANCES))])


@api.route("/history/process-instance/count", methods=["GET", "POST"])
@declared_count(_INSTANCES)
def count_historic_instances() -> Response:
    """How many there are."""
    return answer({"count": services().engine.queries.count_historic_instances(caller(), lists.wanted(_INSTANCES))})


@api.get("/history/process-instance/<instance_id>")
@declared(answers=HISTORIC_INSTANCE)
def read_historic_instance(instance_id: str) -> Response:
    """One process instance, open or ended."""
    found = services().engine.queries.historic_instances(caller(), Wanted({"processInstanceId": instance_id}))
    if not found:
        raise Refused(404, "InvalidRequestException", f"Historic process instance with id {instance_id} does not exist")
    looked_at(instance_id)
    return answer(_instance(found[0]))


def milliseconds(began: datetime, ended: datetime | None) -> int | None:
    """How long something took."""
    return None if ended is None else round((ended - began).total_seconds() * 1000)


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
        "description": task.description or None,
        "deleteReason": None if task.ended_at is None else "deleted" if task.delete_reason else "completed",
        "owner": task.owner,
        "assignee": task.assignee,
        "startTime": moments.shown(task.created_at),
        "endTime": moments.shown(task.ended_at),
        "duration": milliseconds(task.created_at, task.ended_at),
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


def _instance(it: HistoricInstance) -> dict[str, object]:
    return {
        "id": it.id,
        "businessKey": it.business_key,
        "processDefinitionId": it.definition_id,
        "processDefinitionKey": it.definition_key,
        "processDefinitionName": it.definition.name or None,
        "processDefinitionVersion": it.definition.version,
        "startTime": moments.shown(it.started_at),
        "endTime": moments.shown(it.ended_at),
        "removalTime": None,
        "durationInMillis": milliseconds(it.started_at, it.ended_at),
        "startUserId": it.started_by,
        "startActivityId": None,
        "deleteReason": None,
        "rootProcessInstanceId": it.root_id,
        "superProcessInstanceId": it.parent_id,
        "superCaseInstanceId": None,
        "caseInstanceId": None,
        "tenantId": None,
        "state": it.state.value,
        "restartedProcessInstanceId": None,
    }
