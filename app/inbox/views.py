"""The inbox: the first page after signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.auth.views import actor
from app.cases.reading import case_by_number, read_case
from app.inbox.reading import read_inbox
from app.inbox.wanted import wanted_of
from app.services import services
from app.tasks.reading import read_task
from engine import Conflict, NotFound

if TYPE_CHECKING:
    from app.cases.model import CasePage
    from app.tasks.model import TaskPage

blueprint = Blueprint("inbox", __name__, url_prefix="/inbox", template_folder="templates")


@blueprint.get("")
def index() -> str | AnyResponse | Response:
    """A section of the inbox, with its first task or case open at the right, or with the case that the address names."""
    wanted = wanted_of(request.args)
    if wanted.text and (found := case_by_number(actor(), wanted.text)):
        return redirect(found, 303)
    opened = request.args.get("open")
    inbox = read_inbox(actor(), wanted, current=opened)
    if request.headers.get("HX-Request"):  # the list refreshes itself: what is open at the right stays as it is
        return render_template("inbox/index.html", inbox=inbox, task=None)
    back_url = url_for("inbox.index", **wanted.as_query())
    reference = (opened or inbox.first_case) if wanted.lists_cases else None
    task = _task(inbox.first_task, back_url) if inbox.first_task else None
    case = _case(reference) if reference else None
    is_opened = bool(opened and case)
    return render_template("inbox/index.html", inbox=inbox, task=task, case=case, row=reference, back_url=back_url, opened=is_opened)


def _task(task_id: str, back_url: str) -> TaskPage | None:
    try:
        return read_task(actor(), task_id, back_url)
    except (Conflict, NotFound):  # done by somebody else in this moment
        return None


def _case(reference: str) -> CasePage | None:
    try:
        case = read_case(actor(), reference)
    except NotFound:  # not to be seen any more
        return None
    if actor().may_audit:
        services().engine.history.record_look(actor(), case.id, "page")
    return case
