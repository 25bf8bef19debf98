"""Decision definitions, and decisions made for programs."""

from __future__ import annotations

from flask import Response

from app.api import lists
from app.api.basic import caller
from app.api.blueprint import answer, api, body, nothing
from app.api.declared import ENGINE_FAILS, Scope, declared, declared_count, declared_list
from app.api.errors import ENGINE, Refused
from app.api.shapes.base import SENT_VARIABLES, VARIABLES, listed, sent
from app.api.shapes.cases import DECISION, DECISION_XML
from app.api.values import all_shown, variables_in
from app.services import services
from engine import DecisionVersion, ModelFault, NotFound, Queries, Wanted

_KINDS = Queries.filters()["decisions"]


@api.get("/decision-definition")
@declared_list(_KINDS, DECISION, Queries.sorts()["decisions"])
def list_decisions() -> Response:
    """Decision definitions by filters."""
    return answer([shown(it) for it in services().engine.deployed.decisions(caller(), lists.wanted(_KINDS))])


@api.get("/decision-definition/count")
@declared_count(_KINDS)
def count_decisions() -> Response:
    """How many there are."""
    return answer({"count": services().engine.deployed.count_decisions(caller(), lists.wanted(_KINDS))})


@api.get("/decision-definition/<of>", defaults={"by": "id"})
@api.get("/decision-definition/key/<of>", defaults={"by": "key"})
@declared(answers=DECISION)
def read_decision(by: str, of: str) -> Response:
    """A version of a decision by its id, or the latest of a key."""
    return answer(shown(_known(by, of)))


@api.get("/decision-definition/<of>/xml", defaults={"by": "id"})
@api.get("/decision-definition/key/<of>/xml", defaults={"by": "key"})
@declared(answers=DECISION_XML)
def read_decision_xml(by: str, of: str) -> Response:
    """The file in which it stands, as it was deployed."""
    found = _known(by, of)
    text = services().engine.deployed.decision_xml(caller(), found.id).decode("utf-8", "replace")
    return answer({"id": found.id, "dmnXml": text})


@api.get("/decision-definition/<of>/diagram", defaults={"by": "id"})
@api.get("/decision-definition/key/<of>/diagram", defaults={"by": "key"})
@declared()
def read_decision_diagram(by: str, of: str) -> Response:
    """No picture is deployed beside a decision: 204, as in Camunda."""
    _known(by, of)
    return nothing()


@api.post("/decision-definition/key/<key>/evaluate")
@declared(takes=sent(variables=SENT_VARIABLES), answers=listed(VARIABLES), fails=ENGINE_FAILS)
def evaluate(key: str) -> Response:
    """Make a decision by its latest version: a row for each rule that counts."""
    try:
        return _evaluated(key, None)
    except NotFound as missing:
        raise _no_such_key(key) from missing


@api.post("/decision-definition/<decision_id>/evaluate")
@declared(takes=sent(variables=SENT_VARIABLES), answers=listed(VARIABLES), fails=ENGINE_FAILS)
def evaluate_version(decision_id: str) -> Response:
    """Make a decision by one of its versions."""
    found = _by_id(decision_id, before=f"Cannot evaluate decision {decision_id}: ")
    return _evaluated(found.key, found.version)


@api.get("/decision-definition/key/<key>/tenant-id/<tenant>")
@api.get("/decision-definition/key/<key>/tenant-id/<tenant>/xml")
@api.post("/decision-definition/key/<key>/tenant-id/<tenant>/evaluate")
@declared(refuses=True, scope=Scope.READ)
def decision_of_a_tenant(key: str, tenant: str) -> Response:
    """No decision belongs to a tenant: not found, as in Camunda."""
    raise Refused(404, "RestException", f"No matching decision definition with key: {key} and tenant-id: {tenant}")


def shown(it: DecisionVersion) -> dict[str, object]:
    """A version of a decision in an answer."""
    return {
        "id": it.id,
        "key": it.key,
        "category": None,
        "name": it.name or None,
        "version": it.version,
        "resource": it.resource_name,
        "deploymentId": it.deployment_id,
        "tenantId": None,
        "decisionRequirementsDefinitionId": None,
        "decisionRequirementsDefinitionKey": None,
        "historyTimeToLive": None,
        "versionTag": it.version_tag,
    }


def _evaluated(key: str, version: int | None) -> Response:
    variables = variables_in(body())
    try:
        found = services().engine.decisions.rows(caller(), key, variables, version=version)
    except ModelFault as fault:  # Camunda says it as it says all that an evaluation may fail by
        raise Refused(500, "RestException", f"Cannot evaluate decision {key}: {fault}", ENGINE) from fault
    return answer([all_shown(row) for row in found])


def _known(by: str, of: str) -> DecisionVersion:
    if by == "id":
        return _by_id(of)
    found = services().engine.deployed.decisions(caller(), Wanted({"key": of, "latestVersion": True}))
    if not found:
        raise _no_such_key(of)
    return found[0]


def _by_id(decision_id: str, before: str = "") -> DecisionVersion:
    found = services().engine.deployed.decisions(caller(), Wanted({"decisionDefinitionId": decision_id}))
    if not found:
        message = f"{before}no deployed decision definition found with id '{decision_id}': decisionDefinition is null"
        raise Refused(404, "InvalidRequestException", message, ENGINE)
    return found[0]


def _no_such_key(key: str) -> Refused:
    return Refused(404, "RestException", f"No matching decision definition with key: {key} and no tenant-id")
