"""A task's page, and what people do with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.auth.views import actor, safe_path
from app.cases.naming import outcome_name, person_name, step_name
from app.cases.rivals import told
from app.cases.standing import each_step, in_full, in_short, places
from app.errors import status_of
from app.inbox.reading import read_inbox
from app.inbox.wanted import wanted_of
from app.refusals import told as reason_of
from app.services import services
from app.tasks.reading import Typed, read_gone, read_task
from app.tasks.sending import input_kept, problems_of, sent_data, sent_version
from app.words import gettext, phrase
from engine import Conflict, InvalidSubmission, ModelFault, Rejection, Standing

if TYPE_CHECKING:
    from app.tasks.model import TaskPage
    from engine import UserTask

blueprint = Blueprint("tasks", __name__, url_prefix="/tasks", template_folder="templates")
_NAMED = 3  # of the steps that are still open
Answer = str | tuple[str, int] | Response


def tells_who_was_faster(view: Callable[[str], Answer]) -> Callable[[str], Answer]:
    """A view of a task that answers a `Conflict` with who was faster, and loses nothing of what was typed."""

    @wraps(view)
    def answer(task_id: str) -> Answer:
        try:
            return view(task_id)
        except Conflict as conflict:
            return _too_late(task_id, conflict)

    return answer


@blueprint.get("/<task_id>")
@tells_who_was_faster
def show(task_id: str) -> Answer:
    """A task beside the list it was opened from; only the task where the page asks for a part."""
    task = read_task(actor(), task_id, _back())
    services().engine.history.record_look(actor(), task.case_id, "task")
    return _page(task)


@blueprint.post("/<task_id>/complete")
@tells_who_was_faster
def complete(task_id: str) -> Answer:
    """Complete a task with one of its outcomes."""
    outcome = request.form.get("outcome", "")
    reason = request.form.get(f"reason-{outcome}", "").strip()
    data = sent_data(request.form.get("data"))
    before = services().engine.tasks.form_values(actor(), task_id).task
    try:
        with input_kept(task_id, data):
            came = services().engine.tasks.complete(
                actor(), task_id, data, outcome=outcome or None, reason=reason or None, version=sent_version()
            )
    except (Rejection, ModelFault) as refused:
        if isinstance(refused, Conflict):
            raise
        return _refused(task_id, refused, data, outcome, reason)
    _tell_what_next(before, outcome, came)
    return redirect(_back(), 303)


@blueprint.post("/<task_id>/claim")
@tells_who_was_faster
def claim(task_id: str) -> Answer:
    """Take a task, and stay with it."""
    services().engine.tasks.claim(actor(), task_id, sent_version())
    flash(gettext("It is yours now."), "done")
    return redirect(url_for("tasks.show", task_id=task_id), 303)


@blueprint.post("/<task_id>/release")
@tells_who_was_faster
def release(task_id: str) -> Answer:
    """Give a task back to those to whom it was offered."""
    services().engine.tasks.release(actor(), task_id, sent_version())
    flash(gettext("The others can take it now."), "done")
    return redirect(_back(), 303)


@blueprint.post("/<task_id>/resolve")
@tells_who_was_faster
def resolve(task_id: str) -> Answer:
    """Give a task back to whoever has asked for help with it."""
    services().engine.tasks.resolve(actor(), task_id, version=sent_version())
    flash(gettext("It has gone back."), "done")
    return redirect(_back(), 303)


@blueprint.post("/<task_id>/reassign")
@tells_who_was_faster
def reassign(task_id: str) -> Answer:
    """Give a task to somebody else, with a reason."""
    to = request.form.get("to", "")
    services().engine.tasks.reassign(actor(), task_id, to, request.form.get("reason", ""), sent_version())
    flash(gettext("Sent to %(person)s.", person=person_name(to)), "done")
    return redirect(_back(), 303)


@blueprint.post("/<task_id>/draft")
def keep_draft(task_id: str) -> Response:
    """Keep what was typed."""
    services().engine.tasks.save_draft(actor(), task_id, sent_data(request.get_data(as_text=True)))
    return Response(status=204)


def _too_late(task_id: str, conflict: Conflict) -> Answer:
    """Who was faster, how it stands now, and what was typed."""
    outcome = request.form.get("outcome", "")
    reason = request.form.get(f"reason-{outcome}", request.form.get("reason", "")).strip()
    typed = Typed(sent_data(request.form.get("data")), outcome, reason, told(conflict), too_late=True)
    if "ended" in conflict.details:
        return _gone(conflict, typed)
    if typed.data:  # it may come back to the same person
        services().engine.tasks.save_draft(actor(), task_id, typed.data)
    return _page(read_task(actor(), task_id, _back(), typed), 409)


def _gone(conflict: Conflict, typed: Typed) -> Answer:
    """Instead of a page that is not true any more."""
    if request.headers.get("HX-Target") == "side":
        return Response(status=204)
    gone = read_gone(actor(), conflict, _back(), typed)
    if request.headers.get("HX-Target") == "detail":
        return make_response(render_template("tasks/gone.html", gone=gone), 200)
    inbox = read_inbox(actor(), wanted_of(request.args))
    return render_template("inbox/index.html", inbox=inbox, task=None, task_gone=gone, opened=True), 409


def _back() -> str:
    return safe_path(request.values.get("back") or url_for("inbox.index", **wanted_of(request.args).as_query()))


def _page(task: TaskPage, status: int = 200) -> tuple[str, int]:
    if request.headers.get("HX-Request") and request.headers.get("HX-Target") in {"detail", "side"}:
        return render_template("tasks/detail.html", task=task), status
    inbox = read_inbox(actor(), wanted_of(request.args), current=task.id)
    return render_template("inbox/index.html", inbox=inbox, task=task, opened=True), status


def _refused(task_id: str, refused: Rejection | ModelFault, data: Mapping[str, object], outcome: str, reason: str) -> tuple[str, int]:
    """Show the task again with what was typed and what is wrong with it; the input is kept as a draft, too."""
    services().engine.tasks.save_draft(actor(), task_id, data)
    problems = problems_of(refused.problems) if isinstance(refused, InvalidSubmission) else ()
    why = (reason_of(refused) if isinstance(refused, Rejection) else "") or phrase(str(refused))
    told = "" if problems else gettext("It could not be sent: %(reason)s Nothing was changed.", reason=why)
    task = read_task(actor(), task_id, _back(), Typed(data, outcome, reason, told, problems))
    status = status_of(refused) if isinstance(refused, Rejection) else 500
    return _page(task, int(status))


def _tell_what_next(task: UserTask, outcome: str, came: frozenset[str]) -> None:
    """What happened, to whom, what next: only what came of it, else who is still at it."""
    definition = services().engine.definitions.get(task.definition_id)
    said = outcome_name(definition, task.element_id, outcome) or gettext("Complete")
    try:
        standing = services().engine.instances.standing(actor(), task.root_id)
    except Rejection:
        standing = Standing()
    coming, others = places(standing.at(came)), places(standing)
    if coming:
        flash(gettext("%(outcome)s. Next: %(steps)s.", outcome=said, steps=in_full(each_step(coming))), "done")
    elif others:
        flash(gettext("%(outcome)s. Still open: %(steps)s.", outcome=said, steps=in_short(each_step(others), _NAMED)), "done")
    else:
        flash(gettext("%(step)s: %(outcome)s.", step=step_name(definition, task.element_id, task.name), outcome=said), "done")
