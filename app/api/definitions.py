"""Process definitions."""

from __future__ import annotations

from flask import Response, request

from app.api import lists
from app.api.basic import caller
from app.api.blueprint import answer, api, body, flag_of_query, nothing, whole_in
from app.api.declared import ENGINE_FAILS, Scope, declared, declared_count, declared_list
from app.api.errors import ENGINE, Refused
from app.api.shapes.base import DAYS, sent
from app.api.shapes.cases import DEFINITION, XML
from app.services import services
from engine import Definition, FilterKind, HasCases, InvalidRequest, NotFound, Queries, Wanted

_KINDS = Queries.filters()["definitions"]
_DELETION = dict.fromkeys(("cascade", "skipCustomListeners", "skipIoMappings"), FilterKind.FLAG) | {"reason": FilterKind.TEXT}
_NOT_ALONE = "ENGINE-03076 Deletion of process definition without cascading failed."


@api.route("/process-definition", methods=["GET"])
@declared_list(_KINDS, DEFINITION, Queries.sorts()["definitions"])
def list_definitions() -> Response:
    """Process definitions by filters."""
    return answer([shown(it) for it in services().engine.queries.definitions(caller(), lists.wanted(_KINDS))])


@api.get("/process-definition/count")
@declared_count(_KINDS)
def count_definitions() -> Response:
    """How many there are."""
    return answer({"count": services().engine.queries.count_definitions(caller(), lists.wanted(_KINDS))})


@api.get("/process-definition/<definition_id>")
@declared(answers=DEFINITION)
def read_definition(definition_id: str) -> Response:
    """One version by its id."""
    return answer(shown(_as_it_stands(by_id(definition_id))))


@api.get("/process-definition/key/<key>")
@declared(answers=DEFINITION)
def read_latest_definition(key: str) -> Response:
    """The latest version of a process."""
    return answer(shown(_as_it_stands(latest(key))))


@api.get("/process-definition/<definition_id>/xml")
@declared(answers=XML)
def read_xml(definition_id: str) -> Response:
    """The model of a version, as it was deployed."""
    return _xml(by_id(definition_id))


@api.get("/process-definition/key/<key>/xml")
@declared(answers=XML)
def read_latest_xml(key: str) -> Response:
    """The model of the latest version."""
    return _xml(latest(key))


@api.put("/process-definition/<of>/history-time-to-live", defaults={"by": "id"})
@api.put("/process-definition/key/<of>/history-time-to-live", defaults={"by": "key"})
@declared(takes=sent(historyTimeToLive=DAYS), fails=ENGINE_FAILS)
def set_history_time_to_live(by: str, of: str) -> Response:
    """Say for how many days the ended cases of a version are kept at least; null: until somebody deletes them with their version."""
    days = whole_in(body(), "historyTimeToLive")
    try:
        services().engine.retention.set_time_to_live(caller(), known(by, of).row.id, days)
    except InvalidRequest as refusal:
        raise Refused(400, "BadUserRequestException", str(refusal), ENGINE) from refusal
    return nothing()


@api.delete("/process-definition/<of>", defaults={"by": "id"})
@api.delete("/process-definition/key/<of>", defaults={"by": "key"})
@declared(query=_DELETION, fails=ENGINE_FAILS)
def delete_definition(by: str, of: str) -> Response:
    """Delete one version; with `cascade` also its cases and their history, which the chain of deployments then names."""
    definition_id = of if by == "id" else latest(of).row.id
    cascade, reason = flag_of_query("cascade"), request.args.get("reason", "")
    try:
        services().engine.deployments.delete_version(caller(), definition_id, cascade=cascade, reason=reason)
    except NotFound as missing:
        raise Refused(404, "InvalidRequestException", str(missing), ENGINE) from missing
    except HasCases as refusal:
        raise not_alone(f"Process definition with id: {definition_id}", refusal) from refusal
    return nothing()


def not_alone(what: str, refusal: HasCases) -> Refused:
    """Something has cases, and is deleted with them alone."""
    why = f"{what} can't be deleted, because there are {refusal.details['cases']} dependent process instances."
    return Refused(500, "ProcessEngineException", f"{_NOT_ALONE} {why}", ENGINE)


@api.get("/process-definition/<of>/diagram", defaults={"by": "id"})
@api.get("/process-definition/key/<of>/diagram", defaults={"by": "key"})
@declared()
def read_diagram(by: str, of: str) -> Response:
    """No picture is deployed beside a model, which has its diagram in it: 204, as in Camunda."""
    known(by, of)
    return nothing()


@api.get("/process-definition/key/<key>/tenant-id/<tenant>")
@api.get("/process-definition/key/<key>/tenant-id/<tenant>/xml")
@api.post("/process-definition/key/<key>/tenant-id/<tenant>/start")
@declared(refuses=True, scope=Scope.READ)
def of_a_tenant(key: str, tenant: str) -> Response:
    """No definition belongs to a tenant: not found, as in Camunda."""
    raise Refused(404, "RestException", f"No matching process definition with key: {key} and tenant-id: {tenant}")


def shown(definition: Definition) -> dict[str, object]:
    """A process definition in an answer."""
    row, process = definition.row, definition.process
    return {
        "id": row.id,
        "key": row.key,
        "category": definition.category or None,
        "description": process.documentation or None,
        "name": row.name or None,
        "version": row.version,
        "resource": row.resource_name,
        "deploymentId": row.deployment_id,
        "diagram": None,
        "suspended": row.suspended,
        "tenantId": None,
        "versionTag": row.version_tag,
        "historyTimeToLive": row.history_time_to_live,
        "startableInTasklist": process.startable_in_tasklist,
    }


def _as_it_stands(definition: Definition) -> Definition:
    """What may have changed of it is asked anew."""
    found = services().engine.queries.definitions(caller(), Wanted({"processDefinitionId": definition.row.id}))
    return next(iter(found), definition)


def by_id(definition_id: str) -> Definition:
    """A version by its id. Raises `Refused`."""
    try:
        return services().engine.definitions.get(definition_id)
    except NotFound as missing:
        raise Refused(404, "InvalidRequestException", f"No matching definition with id {definition_id}", ENGINE) from missing


def latest(key: str) -> Definition:
    """The latest version of a process. Raises `Refused`."""
    try:
        return services().engine.definitions.latest(key)
    except NotFound as missing:
        raise no_such_key(key) from missing


def known(by: str, of: str) -> Definition:
    """A version by its id, or the latest of a key. Raises `Refused`."""
    return by_id(of) if by == "id" else latest(of)


def no_such_key(key: str) -> Refused:
    """There is no process of this key."""
    return Refused(404, "RestException", f"No matching process definition with key: {key} and no tenant-id")


def _xml(definition: Definition) -> Response:
    text = services().engine.definitions.xml(definition.row.id).decode("utf-8", "replace")
    return answer({"id": definition.row.id, "bpmn20Xml": text})
