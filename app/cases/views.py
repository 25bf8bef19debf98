"""The list of cases and the page of one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.audit import words
from app.auth.views import actor
from app.cases import saved
from app.cases.exporting import table_of
from app.cases.lists import read_cases, read_views
from app.cases.reading import called_links, more_called, read_case
from app.cases.record import record_of
from app.cases.replay import read_window
from app.cases.rivals import told
from app.cases.saved import SavedView
from app.cases.timelines import read_earlier
from app.cases.wanted import wanted_of
from app.inbox.wanted import wanted_of as inbox_of
from app.services import services
from app.sheets import table_file
from app.words import gettext
from engine import Conflict, InvalidRequest

MOST_FINDINGS = 20  # told on the page of a case; the command `crossdesk verify-audit` lists all

blueprint = Blueprint("cases", __name__, url_prefix="/cases", template_folder="templates")


@blueprint.get("")
def index() -> str:
    """The cases that the person may see."""
    wanted = wanted_of(request.args)
    cases = read_cases(actor(), wanted, "cases.index", gettext("Cases"))
    return render_template("cases/index.html", cases=cases, saved=read_views(actor(), wanted))


@blueprint.post("/views")
def save_view() -> Response:
    """Keep the filters and columns of the list under a name."""
    wanted, name = wanted_of(request.form), " ".join(request.form.get("name", "").split())
    query = urlencode(wanted.as_query(), doseq=True)
    view = SavedView(services().new_id(), actor().id, name, request.form.get("department") or None, query)
    saved.save(services().database, actor(), view, services().clock.now())
    flash(gettext("Saved as “%(name)s”.", name=name), "done")
    return redirect(url_for("cases.index", **wanted.as_query()), 303)


@blueprint.post("/views/<view_id>/remove")
def remove_view(view_id: str) -> Response:
    """Forget a view of one's own."""
    saved.remove(services().database, actor(), view_id)
    flash(gettext("The view was removed."), "done")
    return redirect(url_for("cases.index"), 303)


@blueprint.get("/export")
def export() -> Response:
    """The list with its filters as a table: `?kind=xlsx` or `csv`."""
    head, rows = table_of(actor(), wanted_of(request.args))
    return table_file(gettext("Cases"), head, rows, request.args.get("kind", ""))


@blueprint.get("/<case_id>")
def show(case_id: str) -> str:
    """One case, beside the list of an inbox where that asks for it.

    An auditor's look is written into its history, also where the page only fetches how it stands now: a header is soon forged.
    """
    case = read_case(actor(), case_id)
    services().engine.history.record_look(actor(), case.id, "page")
    if request.headers.get("HX-Target", "") not in {"detail", "side"}:
        return render_template("cases/show.html", case=case)
    back_url = url_for("inbox.index", **inbox_of(request.args).as_query())
    return render_template("cases/pane.html", case=case, row=case_id, back_url=back_url)


@blueprint.get("/<case_id>/earlier")
def earlier(case_id: str) -> str:
    """The part of a case's timeline before an entry."""
    before = request.args.get("before", type=int)
    if before is None:
        raise InvalidRequest(gettext("The entry is missing."))
    view = services().engine.instances.get(actor(), case_id)
    services().engine.history.record_look(actor(), view.case.root_id, "page")
    return render_template("tasks/earlier.html", timeline=read_earlier(actor(), view, before, everything=actor().sees_everything))


@blueprint.get("/<case_id>/called")
def called(case_id: str) -> str:
    """Links to the cases that a case has called before one of them."""
    found, has_more = services().engine.instances.called(actor(), case_id, request.args.get("before"))
    case = services().engine.instances.get(actor(), case_id).case
    services().engine.history.record_look(actor(), case.root_id, "page")
    more_url = more_called(case, found, has_more=has_more)
    return render_template("cases/called.html", links=called_links(found), more_url=more_url)


@blueprint.get("/<case_id>/moments")
def moments(case_id: str) -> Response:
    """A window of the moments of a case, for its replay: that of the entry `?at=`, else the last. An auditor's look at each is recorded."""
    found = read_window(actor(), case_id, request.args.get("at", type=int))
    services().engine.history.record_look(actor(), case_id, "replay")
    return jsonify(found)


@blueprint.get("/<case_id>/record")
def record(case_id: str) -> Response:
    """All that the history of a case tells, as a table for who sees everything: `?kind=xlsx` or `csv`. An auditor's look is recorded."""
    number, head, rows = record_of(actor(), case_id)
    services().engine.history.record_look(actor(), case_id, "record")
    return table_file(number, head, rows, request.args.get("kind", ""))


@blueprint.post("/<case_id>/messages/<subscription_id>")
def give(case_id: str, subscription_id: str) -> Response | tuple[str, int]:
    """Give a message that the case waits for."""
    try:
        day = date.fromisoformat(request.form.get("at", ""))
    except ValueError:
        raise InvalidRequest(gettext("The date could not be read.")) from None
    remark, element = request.form.get("remark", ""), request.form.get("element")
    try:
        services().engine.messages.give(actor(), case_id, subscription_id, day, remark, element=element)
    except Conflict as conflict:
        case = replace(read_case(actor(), case_id), problem=told(conflict), remark=remark.strip())
        return render_template("cases/show.html", case=case), 409
    flash(gettext("Noted. The case goes on."), "done")
    return redirect(url_for("cases.show", case_id=case_id), 303)


@blueprint.post("/<case_id>/begin/<token_id>/<element_id>")
def begin(case_id: str, token_id: str, element_id: str) -> Response | tuple[str, int]:
    """Begin what the process leaves to people."""
    case = services().engine.instances.get(actor(), case_id).case
    try:
        services().engine.ad_hoc.begin_activity(actor(), case.id, token_id, element_id)
    except Conflict as conflict:
        return render_template("cases/show.html", case=replace(read_case(actor(), case_id), problem=told(conflict))), 409
    flash(gettext("It has begun."), "done")
    return redirect(url_for("cases.show", case_id=case_id), 303)


@blueprint.post("/<case_id>/incidents/<incident_id>")
def try_again(case_id: str, incident_id: str) -> Response | tuple[str, int]:
    """Have tried again what failed until nobody tried it any more."""
    case = services().engine.instances.get(actor(), case_id).case
    try:
        services().engine.incidents.try_again(actor(), incident_id, case.root_id)
    except Conflict as conflict:
        return render_template("cases/show.html", case=replace(read_case(actor(), case_id), problem=told(conflict))), 409
    flash(gettext("It is being tried again."), "done")
    return redirect(url_for("cases.show", case_id=case_id), 303)


@blueprint.post("/<case_id>/cancel")
def cancel(case_id: str) -> Response:
    """End a case, with a reason."""
    services().engine.instances.cancel(actor(), case_id, request.form.get("reason", ""))
    flash(gettext("The case was ended."), "done")
    return redirect(url_for("cases.show", case_id=case_id), 303)


@blueprint.post("/<case_id>/verify")
def verify(case_id: str) -> str:
    """Check the history of one case."""
    case = read_case(actor(), case_id)
    services().engine.history.record_look(actor(), case.id, "verification")
    report = services().engine.history.verify(actor(), case.id)
    if report.findings:
        text = gettext("; ").join(f"{words.place_of(it)}: {words.text_of(it)}" for it in report.findings[:MOST_FINDINGS])
    else:
        text = gettext("%(entries)s entries checked: whole", entries=report.entries)
    return render_template("cases/show.html", case=replace(case, verified=text, is_whole=not report.findings))
