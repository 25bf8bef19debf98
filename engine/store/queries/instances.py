"""Open process instances as Camunda 7's REST interface counts them (`GET|POST /process-instance/count`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, exists, select

from engine.store.queries.listings import Asked, Filter, FilterKind, Listing, VariableFilter, equals, flag, like, one_of
from engine.store.queries.variable_filters import has_variable
from engine.store.queries.visible import visible_cases
from engine.store.tables import case_instance, incident, process_definition, process_instance

if TYPE_CHECKING:
    from engine.access import Sight

_instance = process_instance.c


def seen_instances(sight: Sight) -> ColumnElement[bool]:
    """The condition that an instance is a case that somebody sees."""
    if sight.everything:
        return visible_cases(sight)
    return exists().where(case_instance.c.id == _instance.id, visible_cases(sight))


def _of_key(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return _instance.definition_id.in_(select(process_definition.c.id).where(condition))


def _variables(wanted: Iterable[VariableFilter], asked: Asked) -> ColumnElement[bool]:
    return and_(*(has_variable(_instance.root_id, _instance.id, it, asked) for it in wanted))


_SORTS: dict[str, ColumnElement[Any]] = {
    "instanceId": _instance.id,
    "definitionId": _instance.definition_id,
    "businessKey": _instance.business_key,
}
INSTANCES = Listing(
    columns=(_instance.id, _instance.definition_id, _instance.business_key, _instance.suspended),
    rows=process_instance,
    key=_instance.id,
    filters={
        "processInstanceIds": one_of(_instance.id),
        "businessKey": equals(_instance.business_key),
        "businessKeyLike": like(_instance.business_key),
        "processDefinitionId": equals(_instance.definition_id),
        "processDefinitionKey": Filter(FilterKind.TEXT, lambda key, _asked: _of_key(process_definition.c.key == key)),
        "processDefinitionKeyIn": Filter(FilterKind.TEXTS, lambda keys, _asked: _of_key(process_definition.c.key.in_(list(keys)))),
        "processDefinitionKeyNotIn": Filter(FilterKind.TEXTS, lambda keys, _asked: ~_of_key(process_definition.c.key.in_(list(keys)))),
        "deploymentId": Filter(FilterKind.TEXT, lambda value, _asked: _of_key(process_definition.c.deployment_id == value)),
        "rootProcessInstances": flag(_instance.caller_token_id.is_(None)),
        "active": flag(~_instance.suspended),
        "suspended": flag(_instance.suspended),
        "withIncident": flag(exists().where(incident.c.instance_id == _instance.id)),
        "variables": Filter(FilterKind.VARIABLES, _variables),
    },
    sorts=_SORTS,
    refused=frozenset({
        "caseInstanceId", "superProcessInstance", "subProcessInstance", "superCaseInstance", "subCaseInstance", "incidentId",
        "incidentType", "incidentMessage", "incidentMessageLike", "activityIdIn", "leafProcessInstances", "variableNamesIgnoreCase",
        "variableValuesIgnoreCase",
    }),
)  # fmt: skip
