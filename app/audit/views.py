"""All cases with their filter, and the verification of the whole history."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, render_template, request

from app.audit import words
from app.auth.views import actor
from app.cases.lists import read_cases
from app.cases.naming import person_name
from app.cases.wanted import wanted_of
from app.services import services
from app.words import gettext
from engine import Forbidden, NotFound, Report

MOST_SHOWN = 200  # findings on the page; the command `crossdesk verify-audit` lists all
MOST_REMOVALS = 20

blueprint = Blueprint("audit", __name__, url_prefix="/audit", template_folder="templates")


@blueprint.get("")
def index() -> str:
    """All cases."""
    return _page(None)


@blueprint.post("/verify")
def verify() -> str:
    """Check every chain of the history; that it was done, and what it found, is noted in the history itself."""
    report = services().engine.history.verify(actor())
    services().engine.history.note_verification(actor(), report, "page")
    return _page(report)


def _page(report: Report | None) -> str:
    if not actor().sees_everything:
        raise Forbidden
    cases = read_cases(actor(), wanted_of(request.args), "audit.index", gettext("All cases"))
    shown = report.findings[:MOST_SHOWN] if report else []
    numbers = _numbers({finding.chain for finding in shown})
    removals = words.removals_of(report)[:MOST_REMOVALS] if report else []
    return render_template(
        "audit/index.html",
        cases=cases,
        report=report,
        shown=shown,
        numbers=numbers,
        removals=removals,
        words=words,
        person_name=person_name,
    )


def _numbers(chains: set[str]) -> Mapping[str, str]:
    """The numbers of the cases among these chains: a case that was removed, or a chain of another kind, has none."""
    found = {}
    for chain in chains:
        try:
            number = services().engine.instances.get(actor(), chain).case.number
        except NotFound:
            continue
        found[chain] = number or chain
    return found
