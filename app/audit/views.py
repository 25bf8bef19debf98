"""All cases with their filter, and the verification of the whole history."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from app.auth.views import actor
from app.cases.reading import read_cases, wanted_of
from app.services import services
from app.words import gettext
from engine import Forbidden, Report

blueprint = Blueprint("audit", __name__, url_prefix="/audit", template_folder="templates")


@blueprint.get("")
def index() -> str:
    """All cases."""
    return _page(None)


@blueprint.post("/verify")
def verify() -> str:
    """Check every chain of the history."""
    return _page(services().engine.history.verify(actor()))


def _page(report: Report | None) -> str:
    if not (actor().may_audit or actor().may_administer):
        raise Forbidden
    cases = read_cases(actor(), wanted_of(request.args), "audit.index", gettext("All cases"))
    return render_template("audit/index.html", cases=cases, report=report)
