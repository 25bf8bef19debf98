"""Process instances, open and ended, as Camunda 7's REST interface lists them (`GET|POST /history/process-instance`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, exists, false, func, or_, select, type_coerce

from engine.errors import InvalidRequest
from engine.model import CaseState
from engine.store.queries.event_rows import event_rows, mentions_field
from engine.store.queries.instances import standing_at
from engine.store.queries.listings import Asked, Filter, FilterKind, Listing, after, before, equals, flag, like, one_of
from engine.store.tables import case_instance, incident, job, process_definition

_case, _definition = case_instance.c, process_definition.c


def _in_state(state: CaseState) -> Filter:
    return flag(_case.state == state.value)


def _executed(elements: Iterable[str], asked: Asked) -> ColumnElement[bool]:
    """A token has reached one of the elements, as the chain tells: of few cases, or every chain would be read."""
    if asked.wanted.keys().isdisjoint(_FEW):
        raise InvalidRequest(f"executedActivityIdIn reads the history of each case: narrow them by one of {', '.join(sorted(_FEW))}")
    events = event_rows(asked.dialect)
    entry, names = events.entry.c, list(elements)
    reached = (
        select(entry.seq)
        .select_from(events.rows)
        .where(entry.chain == _case.root_id, or_(false(), *(mentions_field(events.entry, "element", it) for it in names)))
        .where(events.name.in_(("ElementEntered", "ElementPassed")), events.field("element").in_(names))
        .where(func.coalesce(events.field("instance"), entry.chain) == _case.id)
    )
    return exists(reached.correlate(case_instance))


_FEW = frozenset({
    "processInstanceId", "processInstanceIds", "rootProcessInstanceId", "superProcessInstanceId", "processInstanceBusinessKey",
    "processInstanceBusinessKeyIn",
})  # fmt: skip
_called = case_instance.alias("called_case")
_SORTS: dict[str, ColumnElement[Any]] = {
    "instanceId": _case.id,
    "definitionId": _case.definition_id,
    "definitionKey": _case.definition_key,
    "definitionName": _definition.name,
    "definitionVersion": _definition.version,
    "businessKey": _case.business_key,
    "startTime": _case.started_at,
    "endTime": _case.ended_at,
    "duration": type_coerce(_case.ended_at, BigInteger) - type_coerce(_case.started_at, BigInteger),
}
HISTORIC_INSTANCES = Listing(
    columns=(
        _case.id, _case.root_id, _case.parent_id, _case.definition_id, _case.definition_key, _case.business_key, _case.started_at,
        _case.started_by, _case.ended_at, _case.state,
    ),
    rows=case_instance.join(process_definition, _definition.id == _case.definition_id),
    key=_case.id,
    filters={
        "processInstanceId": equals(_case.id),
        "processInstanceIds": one_of(_case.id),
        "processInstanceIdNotIn": Filter(FilterKind.TEXTS, lambda ids, _asked: _case.id.not_in(list(ids))),
        "rootProcessInstanceId": equals(_case.root_id),
        "rootProcessInstances": flag(_case.parent_id.is_(None)),
        "superProcessInstanceId": equals(_case.parent_id),
        "processDefinitionId": equals(_case.definition_id),
        "processDefinitionKey": equals(_case.definition_key),
        "processDefinitionKeyIn": one_of(_case.definition_key),
        "processDefinitionKeyNotIn": Filter(FilterKind.TEXTS, lambda keys, _asked: _case.definition_key.not_in(list(keys))),
        "processDefinitionName": equals(_definition.name),
        "processDefinitionNameLike": like(_definition.name),
        "processInstanceBusinessKey": equals(_case.business_key),
        "processInstanceBusinessKeyIn": one_of(_case.business_key),
        "processInstanceBusinessKeyLike": like(_case.business_key),
        "startedBy": equals(_case.started_by),
        "startedBefore": before(_case.started_at),
        "startedAfter": after(_case.started_at),
        "finished": flag(_case.ended_at.is_not(None)),
        "unfinished": flag(_case.ended_at.is_(None)),
        "finishedBefore": before(_case.ended_at),
        "finishedAfter": after(_case.ended_at),
        **dict.fromkeys(("withIncidents", "withRootIncidents"), flag(exists().where(incident.c.instance_id == _case.id))),
        "withJobsRetrying": flag(exists().where(job.c.instance_id == _case.id, job.c.retries > 0, job.c.error.is_not(None))),
        "subProcessInstanceId": Filter(
            FilterKind.TEXT, lambda called, _asked: _case.id.in_(select(_called.c.parent_id).where(_called.c.id == called))
        ),
        **dict.fromkeys(
            ("activeActivityIdIn", "activityIdIn"), Filter(FilterKind.TEXTS, lambda names, _asked: _case.id.in_(standing_at(names)))
        ),
        "executedActivityIdIn": Filter(FilterKind.TEXTS, _executed),
        "active": _in_state(CaseState.ACTIVE),
        "suspended": _in_state(CaseState.SUSPENDED),
        "completed": _in_state(CaseState.COMPLETED),
        "externallyTerminated": _in_state(CaseState.EXTERNALLY_TERMINATED),
        "internallyTerminated": _in_state(CaseState.INTERNALLY_TERMINATED),
    },
    sorts=_SORTS,
    refused=frozenset({
        "variables", "executedActivityBefore", "executedActivityAfter", "executedJobBefore", "executedJobAfter", "incidentType",
        "incidentStatus", "incidentMessage", "incidentMessageLike", "incidentIdIn", "superCaseInstanceId", "subCaseInstanceId",
        "caseInstanceId", "variableNamesIgnoreCase", "variableValuesIgnoreCase",
    }),
)  # fmt: skip
