"""Process instances, open and ended, as Camunda 7's REST interface lists them (`GET|POST /history/process-instance`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ColumnElement, exists, select, type_coerce

from engine.model import CaseState
from engine.store.queries.instances import standing_at
from engine.store.queries.listings import NO_SUCH, Filter, FilterKind, Listing, at_least, at_most, equals, flag, like, one_of
from engine.store.queries.past_activities import active_within, by_itself_within, ended_at_one_of
from engine.store.queries.past_incidents import incident_filters
from engine.store.queries.past_variables import had_variables, have_variables
from engine.store.queries.told import Question, Row, by_chain, roots_of
from engine.store.queries.variable_filters import IGNORE_CASE
from engine.store.tables import case_instance, job, process_definition

if TYPE_CHECKING:
    from sqlalchemy import Connection

_case, _definition = case_instance.c, process_definition.c


def _in_state(state: CaseState) -> Filter:
    return flag(_case.state == state.value)


def _process_variables(conn: Connection, rows: Sequence[Row], question: Question) -> set[str]:
    return had_variables(conn, roots_of(rows), [it.id for it in rows], question)


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
        "startedBefore": at_most(_case.started_at, FilterKind.MOMENT),
        "startedAfter": at_least(_case.started_at, FilterKind.MOMENT),
        "finished": flag(_case.ended_at.is_not(None)),
        "unfinished": flag(_case.ended_at.is_(None)),
        "finishedBefore": at_most(_case.ended_at, FilterKind.MOMENT),
        "finishedAfter": at_least(_case.ended_at, FilterKind.MOMENT),
        **incident_filters(_case.root_id, _case.id),
        "withJobsRetrying": flag(exists().where(job.c.instance_id == _case.id, job.c.retries > 0, job.c.error.is_not(None))),
        "subProcessInstanceId": Filter(
            FilterKind.TEXT, lambda called, _asked: _case.id.in_(select(_called.c.parent_id).where(_called.c.id == called))
        ),
        **dict.fromkeys(
            ("activeActivityIdIn", "activityIdIn"), Filter(FilterKind.TEXTS, lambda names, _asked: _case.id.in_(standing_at(names)))
        ),
        "executedActivityIdIn": by_chain(FilterKind.TEXTS, _case.id, ended_at_one_of),
        **dict.fromkeys(("executedActivityBefore", "executedActivityAfter"), by_chain(FilterKind.MOMENT, _case.id, active_within)),
        **dict.fromkeys(("executedJobBefore", "executedJobAfter"), by_chain(FilterKind.MOMENT, _case.id, by_itself_within)),
        "variables": by_chain(
            FilterKind.VARIABLES,
            _case.id,
            _process_variables,
            lambda question: have_variables(_case.root_id, _case.id, question),
            lambda _question: _case.ended_at.is_not(None),
        ),
        **IGNORE_CASE,
        **dict.fromkeys(("superCaseInstanceId", "subCaseInstanceId", "caseInstanceId"), NO_SUCH),
        "active": _in_state(CaseState.ACTIVE),
        "suspended": _in_state(CaseState.SUSPENDED),
        "completed": _in_state(CaseState.COMPLETED),
        "externallyTerminated": _in_state(CaseState.EXTERNALLY_TERMINATED),
        "internallyTerminated": _in_state(CaseState.INTERNALLY_TERMINATED),
    },
    sorts=_SORTS,
)  # fmt: skip
