"""Incidents: what waits for a person to repair it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Response

from app.api import lists, moments
from app.api.basic import caller
from app.api.blueprint import answer, api
from app.api.declared import declared, declared_count, declared_list
from app.api.looks import looked_at
from app.api.shapes.work import INCIDENT
from app.services import services
from engine import FilterKind, IncidentView, InvalidRequest, NotFound, Wanted

_OF_WORKERS: Final = "failedExternalTask"  # where Camunda does not say that an activity failed
MOST_INCIDENTS = 1000
"""So many are in one answer."""
_FIELDS: Final[Mapping[str, tuple[FilterKind, str]]] = {
    **dict.fromkeys(("incidentId", "causeIncidentId", "rootCauseIncidentId"), (FilterKind.TEXT, "id")),
    **dict.fromkeys(("processInstanceId", "executionId"), (FilterKind.TEXT, "instance_id")),
    **dict.fromkeys(("activityId", "failedActivityId"), (FilterKind.TEXT, "element_id")),
    "incidentType": (FilterKind.TEXT, "kind"),
    "incidentMessage": (FilterKind.TEXT, "message"),
    "incidentMessageLike": (FilterKind.TEXT, "message_like"),
    "processDefinitionId": (FilterKind.TEXT, "definition_id"),
    "processDefinitionKeyIn": (FilterKind.TEXTS, "definition_keys"),
    "configuration": (FilterKind.TEXT, "job_id"),
    "incidentTimestampAfter": (FilterKind.MOMENT, "after"),
    "incidentTimestampBefore": (FilterKind.MOMENT, "before"),
}
"""The filters: what each takes, and the field of an incident."""
_FINDING_NOTHING: Final = ("tenantIdIn", "jobDefinitionIdIn")  # there are neither
_KINDS: Final = {name: kind for name, (kind, _) in _FIELDS.items()} | dict.fromkeys(_FINDING_NOTHING, FilterKind.TEXTS)
_SORTS: Final[Mapping[str, str | None]] = {
    **{name: _FIELDS[name][1] for name in ("incidentId", "causeIncidentId", "rootCauseIncidentId", "processInstanceId", "executionId")},
    **{name: _FIELDS[name][1] for name in ("activityId", "incidentType", "incidentMessage", "processDefinitionId", "configuration")},
    "incidentTimestamp": "created_at",
    "tenantId": None,
}


@api.get("/incident")
@declared_list(_KINDS, INCIDENT, tuple(_SORTS))
def list_incidents() -> Response:
    """What waits for a person to repair it, of all that the caller may see."""
    wanted = lists.wanted(_KINDS)
    of = _of(wanted)
    limit = MOST_INCIDENTS if wanted.most is None else min(wanted.most, MOST_INCIDENTS)
    order = [(field, sort.descending) for sort in wanted.sorting if (field := _field(sort.name)) is not None]
    found = [] if of is None else services().engine.incidents.all(caller(), limit, of=of, first=wanted.first, order=order)
    return answer([_shown(it) for it in found])


@api.get("/incident/count")
@declared_count(_KINDS)
def count_incidents() -> Response:
    """How many there are."""
    of = _of(lists.wanted(_KINDS))
    return answer({"count": 0 if of is None else services().engine.incidents.count(caller(), of=of)})


@api.get("/incident/<incident_id>")
@declared(answers=INCIDENT)
def read_incident(incident_id: str) -> Response:
    """One of them."""
    for it in services().engine.incidents.all(caller(), of={"id": incident_id}):
        looked_at(it.incident.instance_id)
        return answer(_shown(it))
    raise NotFound(f"No matching incident with id {incident_id}", incident=incident_id)


def _of(wanted: Wanted) -> Mapping[str, object] | None:
    """What the filters ask for, by the names of an incident's fields; None where nothing can fit."""
    asked = [(_FIELDS[name][1], value) for name, value in wanted.filters.items() if name in _FIELDS]
    found: dict[str, object] = dict(asked)
    contradicts = any(found[field] != value for field, value in asked)  # activityId and failedActivityId
    return None if contradicts or any(wanted.filters.get(name) for name in _FINDING_NOTHING) else found


def _field(name: str) -> str | None:
    if name not in _SORTS:
        raise InvalidRequest(f"Cannot set query parameter 'sortBy' to value '{name}'")
    return _SORTS[name]


def _shown(view: IncidentView) -> dict[str, object]:
    it = view.incident
    starts = it.instance_id == view.definition_id  # a case that could not begin
    return {
        "id": it.id,
        "processDefinitionId": view.definition_id,
        "processInstanceId": None if starts else it.instance_id,
        "executionId": None if starts else it.instance_id,
        "incidentTimestamp": moments.shown(it.created_at),
        "incidentType": it.kind,
        "activityId": it.element_id,
        "failedActivityId": None if it.kind == _OF_WORKERS else it.element_id,
        "causeIncidentId": it.id,
        "rootCauseIncidentId": it.id,
        "configuration": it.job_id,
        "incidentMessage": it.message or None,
        "tenantId": None,
        "jobDefinitionId": None,
        "annotation": None,
    }
