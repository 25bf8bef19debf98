"""Jobs as Camunda 7's REST interface lists them (`GET|POST /job`)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, null, or_

from engine.store.queries.listings import Asked, Filter, FilterKind, Listing, at_least, at_most, between, equals, flag, manner, one_of
from engine.store.queries.pending import IS_SUSPENDED
from engine.store.rows import CLEANUP
from engine.store.tables import job, process_definition, process_instance
from engine.tokens.state import AFTER, BEFORE

_instance_of, _version_of = process_instance.alias("instance_of"), process_definition.alias("version_of")
_job, _instance, _definition = job.c, _instance_of.c, _version_of.c
_of_version = func.coalesce(_instance.definition_id, _job.instance_id)  # a job that starts a case is of its version
_version = case((_job.kind == CLEANUP, null()), else_=_of_version)
_has_failed = _job.error.is_not(None)
_delivers = or_(_job.kind == "delivery", _job.data.in_((BEFORE, AFTER)))


def _executable(_value: object, asked: Asked) -> ColumnElement[bool]:
    return and_(_job.retries > 0, _job.due_at <= asked.now, ~IS_SUSPENDED)


_SORTS: dict[str, ColumnElement[Any]] = {
    "jobId": _job.id,
    "executionId": _instance.id,
    "processInstanceId": _instance.id,
    "processDefinitionId": _version,
    "processDefinitionKey": _definition.key,
    "jobRetries": _job.retries,
    "jobDueDate": _job.due_at,
    "jobPriority": _job.priority,
}
JOBS = Listing(
    columns=(
        *(
            _job[name]
            for name in ("id", "root_id", "instance_id", "kind", "element_id", "due_at", "retries", "error", "created_at", "priority")
        ),
        IS_SUSPENDED.label("is_suspended"),
        _version.label("of"),
    ),
    rows=job.outerjoin(_instance_of, _instance.id == _job.instance_id).outerjoin(_version_of, _definition.id == _version),
    key=_job.id,
    filters={
        "jobId": equals(_job.id),
        "jobIds": one_of(_job.id),
        "processInstanceId": equals(_instance.id),
        "processInstanceIds": one_of(_instance.id),
        "executionId": equals(_instance.id),
        "processDefinitionId": equals(_version),
        "processDefinitionKey": equals(_definition.key),
        "activityId": equals(_job.element_id),
        "failedActivityId": Filter(FilterKind.TEXT, lambda value, _asked: and_(_job.element_id == value, _has_failed)),
        "withRetriesLeft": flag(_job.retries > 0),
        "noRetriesLeft": flag(_job.retries == 0),
        "executable": Filter(FilterKind.FLAG, _executable),
        "timers": flag(~_delivers),
        "messages": flag(_delivers),
        "dueDates": between(_job.due_at),
        "createTimes": between(_job.created_at),
        "withException": flag(_has_failed),
        "exceptionMessage": equals(_job.error),
        "active": flag(~IS_SUSPENDED),
        "suspended": flag(IS_SUSPENDED),
        "priorityHigherThanOrEquals": at_least(_job.priority),
        "priorityLowerThanOrEquals": at_most(_job.priority),
        "includeJobsWithoutTenantId": manner(),
    },
    sorts=_SORTS,
    refused=frozenset({"jobDefinitionId", "acquired"}),
)
