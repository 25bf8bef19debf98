"""How often the flow nodes of a version were passed."""

from __future__ import annotations

from flask import Response, request

from app.api import lists
from app.api.basic import caller
from app.api.blueprint import answer, api, flag_of_query
from app.api.declared import SORTING, declared
from app.api.definitions import by_id
from app.api.looks import asked_for
from app.api.shapes.base import listed
from app.api.shapes.logs import HISTORIC_STATISTICS
from app.services import services
from engine import FilterKind, FlowNode, InvalidRequest, Occupancy, Passages, PastFilter

_FLAGS = ("canceled", "finished", "completeScope", "incidents")
_MOMENTS = ("startedAfter", "startedBefore", "finishedAfter", "finishedBefore")
_KINDS = dict.fromkeys(_FLAGS, FilterKind.FLAG) | dict.fromkeys(_MOMENTS, FilterKind.MOMENT) | {"processInstanceIdIn": FilterKind.TEXTS}


@api.get("/history/process-definition/<definition_id>/statistics")
@declared(answers=listed(HISTORIC_STATISTICS), query={**_KINDS, **SORTING})
def count_passages(definition_id: str) -> Response:
    """How often each flow node of a version was passed, and what stands there now."""
    asked = {name: lists.read(_KINDS[name], name, value) for name, value in request.args.items() if name in _KINDS}
    asked_for(asked)
    if request.args.get("sortBy", "activityId") != "activityId" or request.args.get("sortOrder", "asc") not in {"asc", "desc"}:
        raise InvalidRequest("activities are sorted by 'activityId', asc or desc")
    definition = by_id(definition_id)
    bounds = dict(zip(("started_after", "started_before", "finished_after", "finished_before"), map(asked.get, _MOMENTS), strict=True))
    wanted = PastFilter(**bounds, instance_ids=tuple(asked.get("processInstanceIdIn") or ()))  # type: ignore[arg-type]  # read by their kinds
    past = services().engine.logs.passages(caller(), definition_id, wanted)
    now = services().engine.statistics.of_elements(caller(), definition_id) if wanted == PastFilter() else {}
    rows = [
        _told(element, past.get(element, Passages()), now.get(element, Occupancy()), definition.process.nodes.get(element))
        for element in sorted(past.keys() | now.keys(), reverse=request.args.get("sortOrder") == "desc")
    ]
    return answer(rows)


def _told(element: str, past: Passages, now: Occupancy, node: FlowNode | None) -> dict[str, object]:
    """What is asked for of it: each count only where it is."""
    ends = node is not None and node.type == "endEvent"
    return {
        "id": element,
        "instances": now.instances,
        "canceled": past.cancelled if flag_of_query("canceled") else 0,
        "finished": past.finished if flag_of_query("finished") else 0,
        "completeScope": past.finished - past.cancelled if ends and flag_of_query("completeScope") else 0,
        "openIncidents": sum(now.incidents.values()) if flag_of_query("incidents") else 0,
        "resolvedIncidents": 0,
        "deletedIncidents": 0,
    }
