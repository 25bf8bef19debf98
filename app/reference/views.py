"""The pages: all calls, those of one resource, and the shapes of what they answer."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, render_template, request
from werkzeug.wrappers import Response

from app.api.blueprint import answer
from app.api.document import ALWAYS, document_of
from app.auth.token_words import scopes
from app.reference.reading import CallShown, calls, resources, shapes
from app.words import gettext

blueprint = Blueprint("reference", __name__, url_prefix="/api", template_folder="templates")


@blueprint.get("")
def index() -> str:
    """Every call in a line, by what it is about."""
    return render_template("reference/index.html", resources=resources(_calls()), errors=_errors())


@blueprint.get("/shapes")
def named_shapes() -> str:
    """What the calls take and answer, by name."""
    return render_template("reference/shapes.html", shapes=shapes())


@blueprint.get("/download")
def download() -> Response:
    """The document itself, for programs that make clients of it."""
    found = answer(document_of(current_app))
    found.headers["Content-Disposition"] = 'attachment; filename="openapi.json"'
    return found


@blueprint.get("/<resource>")
def resource(resource: str) -> str:
    """The calls of one resource, with all that they take and answer."""
    known = resources(_calls())
    if resource not in known:
        abort(404)
    return render_template("reference/resource.html", resource=resource, calls=known[resource], scopes=scopes())


def _calls() -> list[CallShown]:
    return calls(request.host_url.rstrip("/"))


def _errors() -> list[tuple[int, str]]:
    """What any call may answer."""
    return [(status, gettext(why)) for status, why in ALWAYS.items()]
