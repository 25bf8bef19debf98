"""Process definitions as Camunda 7's REST interface lists them (`GET /process-definition`)."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, exists, func, select

from engine.store.queries.listings import Asked, Filter, FilterKind, Listing, after, equals, flag, like, manner, one_of
from engine.store.tables import deployment, incident, process_definition, process_instance, start_subscription

_definition = process_definition.c
_version = process_definition.alias("other_version")
_is_latest = (
    _definition.version
    == select(func.max(_version.c.version)).where(_version.c.key == _definition.key).correlate(process_definition).scalar_subquery()
)


def may_start() -> ColumnElement[bool]:
    """The condition that a row of `start_subscription` is of a version that is not suspended."""
    return ~exists().where(_definition.id == start_subscription.c.definition_id, _definition.suspended)


def _with_incident(condition: Callable[[str, Asked], ColumnElement[bool]]) -> Filter:
    """An incident of one of its open cases, or of its own: of a case that could not begin."""
    of_cases = process_instance.c.id == incident.c.instance_id
    version = func.coalesce(process_instance.c.definition_id, incident.c.instance_id)
    rows = select(version).select_from(incident.outerjoin(process_instance, of_cases))
    return Filter(FilterKind.TEXT, lambda value, asked: _definition.id.in_(rows.where(condition(value, asked))))


DEFINITIONS = Listing(
    columns=(_definition.id, _definition.suspended, _definition.history_time_to_live),
    rows=process_definition.join(deployment, deployment.c.id == _definition.deployment_id),
    key=_definition.id,
    filters={
        "processDefinitionId": equals(_definition.id),
        "processDefinitionIdIn": one_of(_definition.id),
        "name": equals(_definition.name),
        "nameLike": like(_definition.name),
        "deploymentId": equals(_definition.deployment_id),
        "deployedAt": equals(deployment.c.deployed_at, FilterKind.MOMENT),
        "deployedAfter": after(deployment.c.deployed_at),
        "key": equals(_definition.key),
        "keysIn": one_of(_definition.key),
        "keyLike": like(_definition.key),
        "version": equals(_definition.version, FilterKind.NUMBER),
        **{name: flag(_is_latest) for name in ("latestVersion", "latest")},
        "resourceName": equals(_definition.resource_name),
        "resourceNameLike": like(_definition.resource_name),
        "active": flag(~_definition.suspended),
        "suspended": flag(_definition.suspended),
        "versionTag": equals(_definition.version_tag),
        "versionTagLike": like(_definition.version_tag),
        "withoutVersionTag": flag(_definition.version_tag.is_(None)),
        "incidentId": _with_incident(lambda value, _asked: incident.c.id == value),
        "incidentType": _with_incident(lambda value, _asked: incident.c.kind == value),
        "incidentMessage": _with_incident(lambda value, _asked: incident.c.message == value),
        "incidentMessageLike": _with_incident(lambda value, asked: asked.like(incident.c.message, value)),
        # what stands in the model alone: `Queries.definitions` looks there
        **{name: Filter(FilterKind.TEXT, lambda _value, _asked: None) for name in ("category", "categoryLike", "startableBy")},
        **{name: manner() for name in ("startableInTasklist", "notStartableInTasklist", "startablePermissionCheck")},
    },
    sorts={
        "category": _definition.category,
        "key": _definition.key,
        "id": _definition.id,
        "name": _definition.name,
        "version": _definition.version,
        "deploymentId": _definition.deployment_id,
        "deployTime": deployment.c.deployed_at,
        "versionTag": _definition.version_tag,
    },
)
