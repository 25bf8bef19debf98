"""Open process instances."""

from __future__ import annotations

from flask import Response

from app.api import lists
from app.api.basic import caller
from app.api.blueprint import answer, api
from app.api.errors import Refused
from app.services import services
from engine import ListedInstance, Queries, Wanted

_KINDS = Queries.filters()["instances"]


@api.route("/process-instance", methods=["GET", "POST"])
def list_instances() -> Response:
    """Process instances by filters."""
    return answer([shown(it) for it in services().engine.queries.instances(caller(), lists.wanted(_KINDS))])


@api.route("/process-instance/count", methods=["GET", "POST"])
def count_instances() -> Response:
    """How many there are."""
    return answer({"count": services().engine.queries.count_instances(caller(), lists.wanted(_KINDS))})


@api.get("/process-instance/<instance_id>")
def read_instance(instance_id: str) -> Response:
    """One process instance."""
    return answer(shown(find(instance_id)))


def find(instance_id: str) -> ListedInstance:
    """An open process instance that the caller sees. Raises `Refused`."""
    found = services().engine.queries.instances(caller(), Wanted({"processInstanceIds": [instance_id]}))
    if not found:
        raise Refused(404, "InvalidRequestException", f"Process instance with id {instance_id} does not exist")
    return found[0]


def shown(row: ListedInstance, *, ended: bool = False) -> dict[str, object]:
    """A process instance in an answer."""
    return {
        "links": [],
        "id": row.id,
        "definitionId": row.definition_id,
        "definitionKey": row.definition_id.partition(":")[0],
        "businessKey": row.business_key,
        "caseInstanceId": None,
        "ended": ended,
        "suspended": row.suspended,
        "tenantId": None,
    }
