"""Deployments: files in, versions of processes and decisions out."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import datetime
from urllib.parse import quote

from flask import Response, request

from app.api import lists, moments
from app.api.basic import caller
from app.api.blueprint import answer, api, flag_of_query, link, nothing
from app.api.decisions import shown as shown_decision
from app.api.declared import ENGINE_FAILS, declared, declared_count, declared_list
from app.api.definitions import not_alone
from app.api.definitions import shown as shown_definition
from app.api.errors import Refused, by_resource
from app.api.shapes.base import FLAG, MOMENT, PLAIN, TEXT, Shape, listed
from app.api.shapes.cases import DEPLOYED, DEPLOYMENT, RESOURCE
from app.services import services
from engine import KEPT_SOURCES, DeploymentRow, FilterKind, HasCases, InvalidRequest, NotFound, Queries, Wanted

_TRUE, _FALSE = "true", "false"
_KINDS = Queries.filters()["deployments"]
_MEDIA = {
    ".bpmn": "application/xml",
    ".dmn": "application/xml",
    ".xml": "application/xml",
    ".form": "application/json",
    ".json": "application/json",
}
_FIELDS: dict[str, Shape] = {
    "deployment-name": TEXT,
    "deployment-source": TEXT,
    "enable-duplicate-filtering": FLAG,
    "deploy-changed-only": FLAG,
    "deployment-activation-time": MOMENT,
}
_FILE: Shape = {"type": "string", "format": "binary", "description": "a resource; its file name is its name"}
_DELETION = dict.fromkeys(("cascade", "skipCustomListeners", "skipIoMappings"), FilterKind.FLAG) | {"reason": FilterKind.TEXT}
_UPLOAD: Shape = {"type": "object", "properties": _FIELDS, "additionalProperties": _FILE, "x-media": "multipart"}


@api.post("/deployment/create")
@declared(takes=_UPLOAD, answers=DEPLOYED, fails=ENGINE_FAILS)
def create_deployment() -> Response:
    """`multipart/form-data`: a part with a file name is a resource of that name."""
    files: dict[str, bytes] = {}
    for it in (part for _, parts in request.files.lists() for part in parts):
        if not it.filename:
            raise InvalidRequest(f"No file name found in the deployment resource described by form parameter '{it.name}'.")
        if it.filename in files:
            raise InvalidRequest(f"Two deployment resources have the name '{it.filename}'. Give each a name of its own.")
        files[it.filename] = it.read()
    if not files:
        raise InvalidRequest("No deployment resources contained in the form upload.")
    engine = services().engine
    made = engine.definitions.deploy(
        caller(),
        request.form.get("deployment-name", ""),
        files,
        source=_source(),
        strict=False,
        only_changed=_flag("enable-duplicate-filtering") or _flag("deploy-changed-only"),
        active_at=_moment("deployment-activation-time"),
    )
    row = engine.deployments.get(made.id)
    definitions = {it.id: shown_definition(engine.definitions.get(it.id)) for it in made.definitions}
    of_files = [] if made.repeated else engine.deployed.decisions(caller(), Wanted({"deploymentId": made.id}))
    decisions = {it.id: shown_decision(it) for it in of_files}
    more = {
        "deployedProcessDefinitions": definitions or None,
        "deployedCaseDefinitions": None,
        "deployedDecisionDefinitions": decisions or None,
        "deployedDecisionRequirementsDefinitions": None,
    }
    told = {"warnings": by_resource(made.warnings)} if made.warnings else {}
    return answer({"links": [link(f"/deployment/{row.id}")], **shown(row), **more, **told})


@api.get("/deployment")
@declared_list(_KINDS, DEPLOYMENT, Queries.sorts()["deployments"])
def list_deployments() -> Response:
    """Deployments by filters."""
    return answer([{"links": [], **shown(it)} for it in services().engine.deployed.deployments(_wanted())])


@api.get("/deployment/count")
@declared_count(_KINDS)
def count_deployments() -> Response:
    """How many there are."""
    return answer({"count": services().engine.deployed.count_deployments(_wanted())})


def _wanted() -> Wanted:
    wanted = lists.wanted(_KINDS)
    if "source" in wanted.filters and wanted.filters.get("withoutSource"):
        raise InvalidRequest('The query parameters "withoutSource" and "source" cannot be used in combination.')
    return wanted


@api.get("/deployment/<deployment_id>")
@declared(answers=DEPLOYMENT)
def read_deployment(deployment_id: str) -> Response:
    """One deployment."""
    return answer({"links": [], **shown(services().engine.deployments.get(deployment_id))})


@api.get("/deployment/<deployment_id>/resources")
@declared(answers=listed(RESOURCE))
def list_resources(deployment_id: str) -> Response:
    """The files of a deployment."""
    try:
        names = services().engine.deployed.files(caller(), deployment_id)
    except NotFound as missing:
        message = f"Deployment resources for deployment id '{deployment_id}' do not exist."
        raise Refused(404, "InvalidRequestException", message) from missing
    return answer([_resource(deployment_id, name) for name in names])


@api.get("/deployment/<deployment_id>/resources/<resource_id>")
@declared(answers=RESOURCE)
def read_resource(deployment_id: str, resource_id: str) -> Response:
    """One of them by its id."""
    name, _ = _file(deployment_id, resource_id)
    return answer(_resource(deployment_id, name))


@api.get("/deployment/<deployment_id>/resources/<resource_id>/data")
@declared(answers=PLAIN)
def read_resource_data(deployment_id: str, resource_id: str) -> Response:
    """What stands in it, byte for byte."""
    name, content = _file(deployment_id, resource_id)
    kind = next((kind for ending, kind in _MEDIA.items() if name.endswith(ending)), "application/octet-stream")
    found = Response(content, content_type=kind)
    found.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name.rpartition('/')[2])}"
    return found


def _resource(deployment_id: str, name: str) -> dict[str, object]:
    return {"id": _id_of(name), "name": name, "deploymentId": deployment_id}


def _id_of(name: str) -> str:
    """The id of a file: its name in letters that a path may have."""
    return urlsafe_b64encode(name.encode()).decode().rstrip("=")


def _file(deployment_id: str, resource_id: str) -> tuple[str, bytes]:
    deployed = services().engine.deployed
    try:
        name = next(it for it in deployed.files(caller(), deployment_id) if _id_of(it) == resource_id)
        return name, deployed.file(caller(), deployment_id, name)
    except (NotFound, StopIteration) as missing:
        message = f"Deployment resource with resource id '{resource_id}' for deployment id '{deployment_id}' does not exist."
        raise Refused(404, "InvalidRequestException", message) from missing


@api.delete("/deployment/<deployment_id>")
@declared(query=_DELETION, fails=ENGINE_FAILS)
def delete_deployment(deployment_id: str) -> Response:
    """Delete it; with `cascade` also its cases and their history, which the chain of deployments then names."""
    reason = request.args.get("reason", "")
    try:
        services().engine.deployments.delete(caller(), deployment_id, cascade=flag_of_query("cascade"), reason=reason)
    except HasCases as refusal:
        raise not_alone(f"Deployment with id: {deployment_id}", refusal) from refusal
    return nothing()


def shown(row: DeploymentRow) -> dict[str, object]:
    """A deployment in an answer."""
    return {
        "id": row.id,
        "name": row.name or None,
        "source": row.source or None,
        "deploymentTime": moments.shown(row.deployed_at),
        "tenantId": None,
    }


def _source() -> str:
    source = request.form.get("deployment-source", "")
    if source in KEPT_SOURCES:
        raise InvalidRequest(f"deployment-source '{source}' is reserved: name another one")
    return source


def _flag(name: str) -> bool:
    return request.form.get(name, _FALSE).strip().lower() == _TRUE


def _moment(name: str) -> datetime | None:
    """A moment of a form; None where it says nothing."""
    text = request.form.get(name, "").strip()
    try:
        return moments.read(text) if text else None
    except ValueError as error:
        raise InvalidRequest(f"Cannot set {name} to {text!r}: yyyy-MM-dd'T'HH:mm:ss.SSSZ is expected") from error
