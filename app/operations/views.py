"""Incidents with their repair, jobs, and the health of the server."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.auth.views import actor, only_administrators
from app.cases.rivals import told
from app.operations.health import read_health
from app.operations.model import Report
from app.operations.reading import MOST_INCIDENTS, read_incidents, read_jobs, report_of
from app.services import services
from app.words import gettext
from engine import Conflict, WorkState

_LONGEST = 100  # characters of a search

blueprint = Blueprint("operations", __name__, url_prefix="/administration", template_folder="templates")


blueprint.before_request(only_administrators)


@blueprint.get("/incidents")
def incidents() -> str:
    """What failed until nobody tried it any more."""
    return _incidents()


@blueprint.post("/incidents/<incident_id>")
def incidents_try_again(incident_id: str) -> Response | tuple[str, int]:
    """Have one tried again; `root` is the case in which it stands."""
    try:
        services().engine.incidents.try_again(actor(), incident_id, request.form.get("root", ""))
    except Conflict as conflict:
        return _incidents(problem=told(conflict)), 409
    flash(gettext("It is being tried again. If it fails once more, it comes back to this list."), "done")
    return redirect(url_for("operations.incidents"), 303)


@blueprint.post("/incidents")
def incidents_try_all_again() -> str:
    """Have several tried again, or all, each for itself, and say what became of each. Chosen are `one` as `<incident> <root>`."""
    lines, _ = read_incidents(actor())
    chosen = [(incident, root) for incident, _, root in (it.partition(" ") for it in request.form.getlist("one"))]
    if request.form.get("which") == "all":
        chosen = [(it.id, it.root_id) for it in lines]
    tried = services().engine.incidents.try_all_again(actor(), chosen[:MOST_INCIDENTS])
    if not chosen:
        return _incidents(problem=gettext("Choose what shall be tried again."))
    return _incidents(report=report_of(tried, {it.id: it.title for it in lines}))


@blueprint.get("/jobs")
def jobs() -> str:
    """What runs by itself, and how it stands."""
    wanted, after = request.args.get("state", ""), request.args.get("after", 0, type=int)
    state = WorkState(wanted) if wanted in {it.value for it in WorkState} else None
    page = read_jobs(actor(), state, request.args.get("q", "").strip()[:_LONGEST], max(after, 0))
    return render_template("operations/jobs.html", page=page)


@blueprint.get("/health")
def health() -> str:
    """Whether the server is well, and what to do where it is not."""
    return render_template("operations/health.html", sections=read_health(actor()))


def _incidents(problem: str = "", report: Report | None = None) -> str:
    lines, is_more = read_incidents(actor())
    return render_template("operations/incidents.html", lines=lines, is_more=is_more, problem=problem, report=report)
