"""Process definitions, and starting their cases."""

from __future__ import annotations

from flask import Response

from app.api import lists
from app.api.basic import caller
from app.api.blueprint import answer, api, body, flag_in, link, text_in
from app.api.declared import ENGINE_FAILS, Scope, declared, declared_count, declared_list
from app.api.errors import ENGINE, Refused
from app.api.instances import shown as shown_instance
from app.api.shapes.base import FLAG, SENT_VARIABLES, TEXT, sent
from app.api.shapes.cases import DEFINITION, STARTED, XML
from app.api.values import all_shown, variables_in
from app.services import services
from engine import Definition, ListedInstance, NotFound, Queries, Wanted

_KINDS = Queries.filters()["definitions"]


@api.route("/process-definition", methods=["GET"])
@declared_list(_KINDS, DEFINITION, Queries.sorts()["definitions"])
def list_definitions() -> Response:
    """Process definitions by filters."""
    return answer([shown(it) for it in services().engine.queries.definitions(lists.wanted(_KINDS))])


@api.get("/process-definition/count")
@declared_count(_KINDS)
def count_definitions() -> Response:
    """How many there are."""
    return answer({"count": services().engine.queries.count_definitions(lists.wanted(_KINDS))})


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


@api.post("/process-definition/<definition_id>/start")
@declared(takes=sent(variables=SENT_VARIABLES, businessKey=TEXT, withVariablesInReturn=FLAG), answers=STARTED, fails=ENGINE_FAILS)
def start(definition_id: str) -> Response:
    """Start a case of a version."""
    try:
        return _start(definition_id.partition(":")[0], definition_id)
    except NotFound as missing:
        message = f"Cannot instantiate process definition {definition_id}: no matching definition with this id"
        raise Refused(404, "RestException", message) from missing


@api.post("/process-definition/key/<key>/start")
@declared(takes=sent(variables=SENT_VARIABLES, businessKey=TEXT, withVariablesInReturn=FLAG), answers=STARTED, fails=ENGINE_FAILS)
def start_latest(key: str) -> Response:
    """Start a case of the latest version."""
    try:
        return _start(key, None)
    except NotFound as missing:
        raise _no_such_key(key) from missing


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
        "category": row.category or definition.model.target_namespace,
        "description": process.documentation or None,
        "name": row.name or None,
        "version": row.version,
        "resource": row.resource_name,
        "deploymentId": row.deployment_id,
        "diagram": None,
        "suspended": row.suspended,
        "tenantId": None,
        "versionTag": row.version_tag,
        "historyTimeToLive": _days(process.history_time_to_live),
        "startableInTasklist": process.startable_in_tasklist,
    }


def _as_it_stands(definition: Definition) -> Definition:
    """Whether it is suspended is asked anew."""
    found = services().engine.queries.definitions(Wanted({"processDefinitionId": definition.row.id}))
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
        raise _no_such_key(key) from missing


def _no_such_key(key: str) -> Refused:
    return Refused(404, "RestException", f"No matching process definition with key: {key} and no tenant-id")


def _xml(definition: Definition) -> Response:
    text = services().engine.definitions.xml(definition.row.id).decode("utf-8", "replace")
    return answer({"id": definition.row.id, "bpmn20Xml": text})


def _start(key: str, definition_id: str | None) -> Response:
    sent = body()
    case = services().engine.instances.start(
        caller(), key, variables_in(sent), business_key=text_in(sent, "businessKey"), definition_id=definition_id
    )
    row = ListedInstance(case.id, case.definition_id, case.business_key, suspended=False)
    told = {**shown_instance(row, ended=case.ended_at is not None), "links": [link(f"/process-instance/{case.id}")]}
    if flag_in(sent, "withVariablesInReturn"):
        told["variables"] = all_shown(services().engine.instances.stored_variables(caller(), case.id))
    return answer(told)


def _days(text: str | None) -> int | None:
    """`30` and `P30D` are thirty days; other durations have no number of days."""
    digits = (text or "").removeprefix("P").removesuffix("D")
    return int(digits) if digits.isdecimal() else None
