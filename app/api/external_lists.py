"""External tasks: lists of them, one of them, and why it failed."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response

from app.api import lists, moments
from app.api.basic import caller
from app.api.blueprint import answer, api, flag_of_query, nothing
from app.api.declared import Scope, declared, declared_count, declared_list
from app.api.errors import ENGINE, Refused
from app.api.looks import looked_at
from app.api.shapes.base import PLAIN, TEXT, listed
from app.api.shapes.work import EXTERNAL_TASK
from app.services import services
from engine import ExternalTask, FilterKind, InvalidRequest, NotFound, Queries, Suspended, Wanted

_KINDS = Queries.filters()["external_tasks"]
_OF_TOPICS = {"withLockedTasks": "locked", "withUnlockedTasks": "notLocked", "withRetriesLeft": "withRetriesLeft"}


@api.route("/external-task", methods=["GET", "POST"])
@declared_list(_KINDS, EXTERNAL_TASK, Queries.sorts()["external_tasks"])
def list_external() -> Response:
    """External tasks by filters."""
    return answer([shown(it) for it in services().engine.external_tasks.all(caller(), lists.wanted(_KINDS))])


@api.route("/external-task/count", methods=["GET", "POST"])
@declared_count(_KINDS)
def count_external() -> Response:
    """How many there are."""
    return answer({"count": services().engine.external_tasks.count(caller(), lists.wanted(_KINDS))})


@api.get("/external-task/topic-names")
@declared(query=dict.fromkeys(_OF_TOPICS, FilterKind.FLAG), answers=listed(TEXT), scope=Scope.WORK)
def list_topics() -> Response:
    """The topics of what is open."""
    wanted = Wanted({name: True for asked, name in _OF_TOPICS.items() if flag_of_query(asked)})
    return answer(sorted({it.topic for it in services().engine.external_tasks.all(caller(), wanted)}))


@api.get("/external-task/<task_id>")
@declared(answers=EXTERNAL_TASK, scope=Scope.WORK)
def read_external(task_id: str) -> Response:
    """One of them."""
    return answer(shown(_found(task_id)))


@api.get("/external-task/<task_id>/errorDetails")
@declared(answers=PLAIN, or_nothing=True, scope=Scope.WORK)
def read_external_error(task_id: str) -> Response:
    """What its worker said in full when it failed."""
    details = _found(task_id).error_details
    return Response(details, content_type="text/plain") if details else nothing()


def on_task(do: Callable[[], None]) -> None:
    """Do something with an external task. What is refused of it has the status and the type by which workers know it."""
    try:
        do()
    except (NotFound, InvalidRequest, Suspended) as refused:
        raise Refused(404 if isinstance(refused, NotFound) else 400, "RestException", str(refused), ENGINE) from refused


def _found(task_id: str) -> ExternalTask:
    try:
        found = services().engine.external_tasks.get(caller(), task_id)
    except NotFound as missing:
        raise Refused(404, "RestException", str(missing)) from missing
    looked_at(found.instance_id)
    return found


def shown(it: ExternalTask) -> dict[str, object]:
    """An external task in an answer."""
    return {
        "id": it.id,
        "activityId": it.element_id,
        "activityInstanceId": f"{it.element_id}:{it.id}",
        "errorMessage": it.error,
        "executionId": it.execution_id,
        "lockExpirationTime": moments.shown(it.locked_until),
        "processDefinitionId": it.definition_id,
        "processDefinitionKey": it.definition_key,
        "processDefinitionVersionTag": it.version_tag,
        "processInstanceId": it.instance_id,
        "retries": it.retries,
        "suspended": it.suspended,
        "workerId": it.worker_id,
        "topicName": it.topic,
        "tenantId": None,
        "priority": it.priority,
        "businessKey": it.business_key,
    }
