"""Incidents with their repair, jobs, and the health of the server."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.auth.views import actor, only_administrators
from app.cases.rivals import told
from app.operations.health import read_health
from app.operations.model import Report
from app.operations.reading import MOST_TRIED, read_incidents, read_jobs, report_of
from app.services import services
from app.words import gettext
from engine import Conflict, WorkState

_LONGEST = 100  # characters of a search

blueprint = Blueprint("operations", __name__, url_prefix="/administration", template_folder="templates")


blueprint.before_request(only_administrators)


@blueprint.get("/incidents")
def incidents() -> str:
    """What failed until nobody tried it any more; `q`: only what mentions it."""
    return _incidents(_search(request.args.get("q")))


@blueprint.post("/incidents/<incident_id>")
def incidents_try_again(incident_id: str) -> Response | tuple[str, int]:
    """Have one tried again; `root` is the case in which it stands."""
    try:
        services().engine.incidents.try_again(actor(), incident_id, request.form.get("root", ""))
    except Conflict as conflict:
        return _incidents(_search(request.form.get("q")), problem=told(conflict)), 409
    flash(gettext("It is being tried again. If it fails once more, it comes back to this list."), "done")
    return redirect(url_for("operations.incidents", q=_search(request.form.get("q")) or None), 303)


@blueprint.post("/incidents")
def incidents_try_all_again() -> str:
    """Have several tried again, or all that mention `q`, each for itself, and say what became of each.

    Chosen are `one` as `<incident> <root>`. The newest thousand of all are tried.
    """
    text = _search(request.form.get("q"))
    chosen = [(incident, root) for incident, _, root in (it.partition(" ") for it in request.form.getlist("one"))]
    every = request.form.get("which") == "all"
    if not (chosen or every):
        return _incidents(text, problem=gettext("Choose what shall be tried again."))
    lines = read_incidents(actor(), text, MOST_TRIED if every else 0).lines
    if every:
        chosen = [(it.id, it.root_id) for it in lines]
    tried = services().engine.incidents.try_all_again(actor(), chosen[:MOST_TRIED])
    return _incidents(text, report=report_of(tried, {it.id: it.title for it in lines}))


@blueprint.get("/jobs")
def jobs() -> str:
    """What runs by itself, and how it stands."""
    wanted, after = request.args.get("state", ""), request.args.get("after", 0, type=int)
    state = WorkState(wanted) if wanted in {it.value for it in WorkState} else None
    page = read_jobs(actor(), state, _search(request.args.get("q")), max(after, 0))
    return render_template("operations/jobs.html", page=page)


@blueprint.get("/health")
def health() -> str:
    """Whether the server is well, and what to do where it is not."""
    return render_template("operations/health.html", sections=read_health(actor()))


def _incidents(text: str, problem: str = "", report: Report | None = None) -> str:
    return render_template("operations/incidents.html", page=read_incidents(actor(), text), problem=problem, report=report)


def _search(given: str | None) -> str:
    return (given or "").strip()[:_LONGEST]
