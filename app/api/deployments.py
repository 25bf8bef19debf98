"""Deployments: files in, versions of processes and decisions out."""

from __future__ import annotations

from flask import Response, request

from app.api import moments
from app.api.basic import caller
from app.api.blueprint import answer, api, flag_of_query, link, nothing
from app.api.declared import ENGINE_FAILS, declared
from app.api.definitions import shown as shown_definition
from app.api.errors import by_resource
from app.api.shapes.base import FLAG, TEXT, Shape
from app.api.shapes.cases import DEPLOYED, DEPLOYMENT
from app.services import services
from engine import KEPT_SOURCES, DeploymentRow, FilterKind, InvalidRequest

_TRUE, _FALSE = "true", "false"
_FIELDS: dict[str, Shape] = {
    "deployment-name": TEXT,
    "deployment-source": TEXT,
    "enable-duplicate-filtering": FLAG,
    "deploy-changed-only": FLAG,
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
    )
    row = engine.deployments.get(made.id)
    definitions = {it.id: shown_definition(engine.definitions.get(it.id)) for it in made.definitions}
    more = {
        "deployedProcessDefinitions": definitions or None,
        "deployedCaseDefinitions": None,
        "deployedDecisionDefinitions": None,
        "deployedDecisionRequirementsDefinitions": None,
    }
    told = {"warnings": by_resource(made.warnings)} if made.warnings else {}
    return answer({"links": [link(f"/deployment/{row.id}")], **shown(row), **more, **told})


@api.get("/deployment/<deployment_id>")
@declared(answers=DEPLOYMENT)
def read_deployment(deployment_id: str) -> Response:
    """One deployment."""
    return answer(shown(services().engine.deployments.get(deployment_id)))


@api.delete("/deployment/<deployment_id>")
@declared(query=_DELETION, fails=ENGINE_FAILS)
def delete_deployment(deployment_id: str) -> Response:
    """Delete it; with `cascade` also its cases and their history, which the chain of deployments then names."""
    reason = request.args.get("reason", "")
    services().engine.deployments.delete(caller(), deployment_id, cascade=flag_of_query("cascade"), reason=reason)
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
