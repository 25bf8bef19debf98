"""The pages that only a trial has: who may begin, and the page of a case with all that can be done to it, by whom."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, flash, g, redirect, render_template, request, url_for

from app import i18n
from app.auth.views import actor
from app.cases.naming import process_name
from app.cases.reading import read_case
from app.services import services
from app.shell import face
from app.tasks.sending import sent_data
from app.trials.reading import events_that_start, read_panel, read_starts
from app.trials.time import pass_until
from app.words import gettext
from engine import CaseFilter, EventKind, Message, NotFound

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from engine import Offer

blueprint = Blueprint("trial", __name__, template_folder="templates")

OWNER = "~"
"""In the address of a page, instead of a person: the owner of the trial."""
_PROGRAM = "trial"  # the worker that does what programs would do
_MOST_PEOPLE = 200  # who may start a case, on one page


def home() -> Response:
    """The case of the trial; its cases where there are several, and who may begin one where there is none."""
    found = services().engine.instances.page(actor(), CaseFilter(), limit=2).rows
    if len(found) == 1:
        return _to(url_for("cases.show", case_id=found[0].case.number or found[0].case.id))
    return _to(url_for("cases.index") if found else url_for("trial.begin"))


@blueprint.get("/begin")
def begin() -> str:
    """Who may start a case of the process, and what starts one besides."""
    definition = services().engine.definitions.latest(g.trial.trial.key)
    url = url_for("start.form", key=definition.row.key)
    may = services().engine.definitions.starters(definition.row.id)
    people = [(face(it), g.trial.url(url, it)) for it in may[:_MOST_PEOPLE]]
    return render_template("trials/begin.html", name=process_name(definition), people=people, starts=read_starts(actor(), definition))


@blueprint.post("/begin/send")
def begin_by() -> Response:
    """Send the message or signal of a start event."""
    definition = services().engine.definitions.latest(g.trial.trial.key)
    event = next((it for it in events_that_start(definition) if it.id == request.form.get("element")), None)
    if event is None or event.event is None or event.event.name is None:
        raise NotFound("nothing starts by this")
    name, variables = event.event.name.source, sent_data(request.form.get("variables", "").strip())
    if event.event.kind is EventKind.SIGNAL:
        services().engine.signals.send(actor(), name, variables)
    else:
        services().engine.messages.correlate(actor(), Message(name, variables=variables))
    return _to(url_for("shell.home"))


@blueprint.post("/pass")
def let_pass() -> Response:
    """Let the time of the trial pass until a job is due, with everything that falls due before; what has failed for good is tried again."""
    job = next((it for it in services().engine.jobs.all(actor()) if it.id == request.form.get("job")), None)
    if job is None:
        raise NotFound("there is no such job any more")
    if job.retries == 0:
        services().engine.jobs.retry(actor(), job.id)
    whole = pass_until(services(), g.trial.trial.clock_file, job.due_at or services().clock.now())
    flash(gettext("It is %(moment)s now.", moment=i18n.show_exact(services().clock.now())), "done")
    if not whole:
        flash(gettext("Very much fell due on the way: it is not all done yet. Let the time pass once more."), "error")
    back = request.form.get("case")
    return _to(url_for("cases.show", case_id=back) if back else url_for("shell.home"))


def show(case_id: str) -> Response | str:
    """A case of the trial, for its owner: as whom they act elsewhere is left."""
    if g.trial.person != OWNER:
        return _to(request.full_path.rstrip("?"))
    case = read_case(actor(), case_id)
    return render_template("trials/case.html", case=case, panel=read_panel(actor(), case_id))


@blueprint.post("/cases/<case_id>/work")
def work(case_id: str) -> Response:
    """Go to a task as one of those whom it asks; who is only offered it takes it."""
    person, task_id = request.form.get("person", ""), request.form.get("task", "")
    worker = services().directory().actor(person)
    if services().engine.tasks.get(worker, task_id).assignee != person:
        services().engine.tasks.claim(worker, task_id)
    back = g.trial.url(url_for("cases.show", case_id=case_id))
    return redirect(g.trial.url(url_for("tasks.show", task_id=task_id, back=back), person), 303)


@blueprint.post("/cases/<case_id>/send")
def send(case_id: str) -> Response:
    """Give the case a message or a signal that it waits for, with variables."""
    variables = sent_data(request.form.get("variables", "").strip())
    offer = next((it for it in _offers(case_id) if it.subscription_id == request.form.get("subscription")), None)
    if offer is None:
        raise NotFound("the case does not wait for this any more")
    if offer.kind is EventKind.SIGNAL:
        services().engine.signals.send(actor(), offer.name, variables)
    elif variables:
        services().engine.messages.correlate(actor(), Message(offer.name, instance_id=offer.instance_id, variables=variables))
    else:
        services().engine.messages.give(actor(), case_id, offer.subscription_id, _today())
    flash(gettext("Noted. The case goes on."), "done")
    return _to(url_for("cases.show", case_id=case_id))


@blueprint.post("/cases/<case_id>/done")
def done(case_id: str) -> Response:
    """Report work as done that a program would do, with what it gives, or as ended by a business error."""
    variables, code = sent_data(request.form.get("variables", "").strip()), request.form.get("code", "").strip()
    tasks, task_id = services().engine.external_tasks, request.form.get("work", "")
    tasks.lock(actor(), task_id, _PROGRAM, timedelta(minutes=1))
    if code:
        tasks.report_error(actor(), task_id, _PROGRAM, code, variables=variables)
    else:
        tasks.report_completion(actor(), task_id, _PROGRAM, variables)
    flash(gettext("Noted. The case goes on."), "done")
    return _to(url_for("cases.show", case_id=case_id))


def _offers(case_id: str) -> list[Offer]:
    return services().engine.messages.offers(actor(), case_id, unnamed=True)


def _today() -> date:
    return i18n.now().date()


def _to(path: str) -> Response:
    """A page of the trial, as its owner."""
    return redirect(g.trial.url(path), 303)
