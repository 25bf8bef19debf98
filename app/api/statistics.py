"""How much stands where: by version, and by element of a version."""

from __future__ import annotations

from flask import Response, request

from app.api.basic import caller
from app.api.blueprint import answer, api, flag_of_query
from app.api.declared import declared
from app.api.definitions import known, shown
from app.api.shapes.base import listed
from app.api.shapes.cases import ELEMENT_STATISTICS, VERSION_STATISTICS
from app.services import services
from engine import FilterKind, InvalidRequest, Occupancy, Wanted

_OPTIONS = dict.fromkeys(("failedJobs", "incidents", "rootIncidents"), FilterKind.FLAG) | {"incidentsForType": FilterKind.TEXT}
_CLASS = "org.camunda.bpm.engine.rest.dto.repository."


@api.get("/process-definition/statistics")
@declared(answers=listed(VERSION_STATISTICS), query=_OPTIONS)
def count_by_version() -> Response:
    """How many cases of each version are open, and what has failed in them."""
    _check()
    found = services().engine.statistics.of_versions(caller())
    definitions = services().engine.queries.definitions(caller(), Wanted())
    return answer([
        {
            "@class": f"{_CLASS}ProcessDefinitionStatisticsResultDto",
            "id": it.row.id,
            **_told(found.get(it.row.id, Occupancy())),
            "definition": shown(it),
        }
        for it in definitions
    ])  # fmt: skip


@api.get("/process-definition/<of>/statistics", defaults={"by": "id"})
@api.get("/process-definition/key/<of>/statistics", defaults={"by": "key"})
@declared(answers=listed(ELEMENT_STATISTICS), query=_OPTIONS)
def count_by_element(by: str, of: str) -> Response:
    """How many tokens stand at each element of a version, and what has failed there."""
    _check()
    found = services().engine.statistics.of_elements(caller(), known(by, of).row.id)
    rows = sorted(found.items())
    return answer([{"@class": f"{_CLASS}ActivityStatisticsResultDto", "id": element, **_told(it)} for element, it in rows])


def _check() -> None:
    """Raises `InvalidRequest` where incidents are asked for in two ways."""
    if (flag_of_query("incidents") or flag_of_query("rootIncidents")) and "incidentsForType" in request.args:
        raise InvalidRequest("Only one of the query parameter incidents or incidentsForType can be set.")


def _told(it: Occupancy) -> dict[str, object]:
    """What is asked for of it: failed jobs and incidents only where they are."""
    kind = request.args.get("incidentsForType")
    every = flag_of_query("incidents") or flag_of_query("rootIncidents")
    kinds = it.incidents if every else {name: count for name, count in it.incidents.items() if name == kind}
    return {
        "instances": it.instances,
        "failedJobs": it.failed_jobs if flag_of_query("failedJobs") else 0,
        "incidents": [{"incidentType": name, "incidentCount": count} for name, count in sorted(kinds.items())],
    }
