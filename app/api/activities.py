"""Activity instances, told by the history of their cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Response

from app.api import lists, moments
from app.api.basic import caller
from app.api.blueprint import answer, api
from app.api.declared import declared_count, declared_list
from app.api.history import milliseconds
from app.api.logs import CASES, cases_of
from app.api.shapes.past import HISTORIC_ACTIVITY
from app.services import services
from engine import ActivityFilter, CasesAsked, FilterKind, InvalidRequest, ListedActivity, Wanted, is_like

_FILTERS = {
    **CASES,
    "activityId": FilterKind.TEXT,
    "activityIdIn": FilterKind.TEXTS,
    "activityType": FilterKind.TEXT,
    "finished": FilterKind.FLAG,
    "unfinished": FilterKind.FLAG,
    "canceled": FilterKind.FLAG,
    **dict.fromkeys(("executionId", "activityInstanceId", "activityName", "activityNameLike"), FilterKind.TEXT),
    **dict.fromkeys(("startedBefore", "startedAfter", "finishedBefore", "finishedAfter"), FilterKind.MOMENT),
    "completeScope": FilterKind.FLAG,
    "tenantIdIn": FilterKind.TEXTS,
    "withoutTenantId": FilterKind.FLAG,
    "taskAssignee": FilterKind.TEXT,
}
_BOUNDS = (*CASES, "executionId")
_HOLDS: Mapping[str, Callable[[ListedActivity, Any], bool]] = {
    "executionId": lambda it, value: it.activity.instance_id == value,
    "activityId": lambda it, value: _element_of(it) == value,
    "activityIdIn": lambda it, value: _element_of(it) in value,
    "activityType": lambda it, value: it.type == value,
    "activityInstanceId": lambda it, value: _id_of(it) == value,
    "activityName": lambda it, value: _name_of(it) == value,
    "activityNameLike": lambda it, value: is_like(_name_of(it), value),
    "startedBefore": lambda it, value: it.activity.started_at <= value,
    "startedAfter": lambda it, value: it.activity.started_at >= value,
    "finishedBefore": lambda it, value: it.activity.ended_at is not None and it.activity.ended_at <= value,
    "finishedAfter": lambda it, value: it.activity.ended_at is not None and it.activity.ended_at >= value,
    "completeScope": lambda it, _value: _completes(it),
    "taskAssignee": lambda it, value: it.node.type == "userTask" and it.activity.assignee == value,
}
_BODY = "#multiInstanceBody"
_NEVER = datetime.max.replace(tzinfo=UTC)
_SORTS: dict[str, Callable[[ListedActivity], object]] = {
    "activityInstanceId": lambda it: it.activity.id,
    "instanceId": lambda it: it.activity.instance_id,
    "executionId": lambda it: it.activity.instance_id,
    "activityId": lambda it: it.activity.element_id,
    "activityName": lambda it: it.node.name,
    "activityType": lambda it: it.type,
    "startTime": lambda it: (it.activity.started_at, it.activity.order),
    "endTime": lambda it: it.activity.ended_at or _NEVER,
    "duration": lambda it: (it.activity.ended_at or _NEVER) - it.activity.started_at,
    "definitionId": lambda it: it.activity.definition_id,
    "occurrence": lambda it: (it.activity.started_at, it.activity.order),
    "tenantId": lambda _it: 0,
}


@api.route("/history/activity-instance", methods=["GET", "POST"])
@declared_list(_FILTERS, HISTORIC_ACTIVITY, _SORTS)
def list_activities() -> Response:
    """Flow nodes that were entered or passed."""
    wanted = lists.wanted(_FILTERS)
    found = _found(wanted)
    for sort in reversed(wanted.sorting):
        if sort.name not in _SORTS:
            raise InvalidRequest(f"Cannot set query parameter 'sortBy' to value '{sort.name}'")
        found.sort(key=_SORTS[sort.name], reverse=sort.descending)  # type: ignore[arg-type]  # each key has values of one type
    end = None if wanted.most is None else wanted.first + wanted.most
    return answer([_shown(it) for it in found[wanted.first : end]])


@api.route("/history/activity-instance/count", methods=["GET", "POST"])
@declared_count(_FILTERS)
def count_activities() -> Response:
    """How many there are."""
    return answer({"count": len(_found(lists.wanted(_FILTERS)))})


def _found(wanted: Wanted) -> list[ListedActivity]:
    """What fits. Raises `InvalidRequest` where it is of no cases: every chain would have to be read."""
    asked = wanted.filters
    if asked.keys().isdisjoint(_BOUNDS):
        raise InvalidRequest(f"activities are told by the chain of each case: one of {', '.join(_BOUNDS)} is needed")
    if wanted.any_of:
        raise InvalidRequest("'orQueries' is not supported here")
    if asked.get("tenantIdIn"):
        return []
    holds = [(_HOLDS[name], value) for name, value in asked.items() if name in _HOLDS and value is not False]
    found = services().engine.queries.activities(caller(), _filter(wanted))
    return [it for it in found if all(check(it, value) for check, value in holds)]


def _filter(wanted: Wanted) -> ActivityFilter:
    asked = wanted.filters
    elements = [*asked.get("activityIdIn", ()), *([asked["activityId"]] if "activityId" in asked else [])]
    executions = {asked["executionId"]} if asked.keys().isdisjoint(CASES) else None
    return ActivityFilter(
        of=cases_of(asked) if executions is None else CasesAsked(instances=executions),
        element_ids=frozenset(it.removesuffix(_BODY) for it in elements),
        finished=bool(asked.get("finished")),
        unfinished=bool(asked.get("unfinished")),
        cancelled=bool(asked.get("canceled")),
    )


def _element_of(it: ListedActivity) -> str:
    return f"{it.activity.element_id}{_BODY}" if it.is_body else it.activity.element_id


def _name_of(it: ListedActivity) -> str:
    return "" if it.is_body else it.node.name


def _completes(it: ListedActivity) -> bool:
    """Whether a scope is done with it: end events, and the instances of a multi-instance activity that completed."""
    is_instance = it.is_one_of_many and it.activity.ended_at is not None and not it.activity.cancelled
    return it.node.type == "endEvent" or is_instance


def _id_of(it: ListedActivity) -> str:
    return f"{_element_of(it)}:{it.activity.id}"


def _shown(it: ListedActivity) -> dict[str, object]:
    activity, node = it.activity, it.node
    element = _element_of(it)
    return {
        "id": _id_of(it),
        "parentActivityInstanceId": activity.instance_id if it.parent is None else _id_of(it.parent),
        "activityId": element,
        "activityName": _name_of(it) or None,
        "activityType": it.type,
        "processDefinitionKey": activity.definition_id.partition(":")[0],
        "processDefinitionId": activity.definition_id,
        "processInstanceId": activity.instance_id,
        "executionId": activity.instance_id,
        "taskId": activity.id if node.type == "userTask" and not it.is_body else None,
        "calledProcessInstanceId": activity.called_id,
        "calledCaseInstanceId": None,
        "assignee": activity.assignee,
        "startTime": moments.shown(activity.started_at),
        "endTime": moments.shown(activity.ended_at),
        "durationInMillis": milliseconds(activity.started_at, activity.ended_at),
        "canceled": activity.cancelled,
        "completeScope": _completes(it),
        "tenantId": None,
        "removalTime": None,
        "rootProcessInstanceId": activity.root_id,
    }
