"""Open process instances as Camunda 7's REST interface counts them (`GET|POST /process-instance/count`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select

from engine.store.queries.listings import Asked, Filter, FilterKind, Listing, VariableFilter, equals, flag, like, one_of
from engine.store.queries.variable_filters import IGNORE_CASE, has_variable
from engine.store.queries.visible import visible_cases
from engine.store.tables import case_instance, incident, process_definition, process_instance, scope, token
from engine.tokens.state import BODY

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


def _variables(wanted: Iterable[VariableFilter], asked: Asked) -> ColumnElement[bool] | None:
    return and_(*(has_variable(_instance.root_id, _instance.id, it, asked) for it in wanted)) if wanted else None


def _with_incident(condition: Callable[[str, Asked], ColumnElement[bool]]) -> Filter:
    return Filter(FilterKind.TEXT, lambda value, asked: exists().where(incident.c.instance_id == _instance.id, condition(value, asked)))


def _called_by(caller: str) -> ColumnElement[bool]:
    """The condition that a case was called by another."""
    return _instance.id.in_(select(case_instance.c.id).where(case_instance.c.parent_id == caller))


def _calls(called: str) -> ColumnElement[bool]:
    return _instance.id == select(case_instance.c.parent_id).where(case_instance.c.id == called).scalar_subquery()


def _calls_nobody() -> ColumnElement[bool]:
    called = case_instance.alias("called_case")
    return ~exists().where(called.c.parent_id == _instance.id, called.c.ended_at.is_(None))


def standing_at(elements: Iterable[str]) -> Select[Any]:
    """The ids of the process instances in which a token stands at one of the elements, itself or inside of a subprocess."""
    rows = token.outerjoin(scope, and_(scope.c.root_id == token.c.root_id, scope.c.id == token.c.scope_id))
    found = select(func.coalesce(scope.c.instance_id, token.c.scope_id)).select_from(rows)
    return found.where(token.c.element_id.in_([it.removesuffix(BODY) for it in elements]))


_SORTS: dict[str, ColumnElement[Any]] = {
    "instanceId": _instance.id,
    "definitionId": _instance.definition_id,
    "definitionKey": select(process_definition.c.key).where(process_definition.c.id == _instance.definition_id).scalar_subquery(),
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
        **IGNORE_CASE,
        "incidentId": _with_incident(lambda value, _asked: incident.c.id == value),
        "incidentType": _with_incident(lambda value, _asked: incident.c.kind == value),
        "incidentMessage": _with_incident(lambda value, _asked: incident.c.message == value),
        "incidentMessageLike": _with_incident(lambda value, asked: asked.like(incident.c.message, value)),
        "superProcessInstance": Filter(FilterKind.TEXT, lambda value, _asked: _called_by(value)),
        "subProcessInstance": Filter(FilterKind.TEXT, lambda value, _asked: _calls(value)),
        "leafProcessInstances": flag(_calls_nobody()),
        "activityIdIn": Filter(FilterKind.TEXTS, lambda names, _asked: _instance.id.in_(standing_at(names))),
    },
    sorts=_SORTS,
    refused=frozenset({"caseInstanceId", "superCaseInstance", "subCaseInstance"}),
)
