"""The inbox: the first page after signing in."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.auth.views import actor
from app.cases.reading import case_by_number
from app.inbox.reading import read_inbox, wanted_of
from app.tasks.reading import read_task
from engine import Conflict, NotFound

blueprint = Blueprint("inbox", __name__, url_prefix="/inbox", template_folder="templates")


@blueprint.get("")
def index() -> str | AnyResponse | Response:
    """A section of the inbox, with its first task open at the right."""
    wanted = wanted_of(request.args)
    if wanted.text and (found := case_by_number(actor(), wanted.text)):
        return redirect(found, 303)
    opened = request.args.get("open")
    inbox = read_inbox(actor(), wanted, current=opened)
    if request.headers.get("HX-Request"):  # the list refreshes itself: the task at the right stays as it is
        return render_template("inbox/index.html", inbox=inbox, task=None)
    task = None
    if inbox.first_task:
        try:
            task = read_task(actor(), inbox.first_task, url_for("inbox.index", **wanted.as_query()))
        except (Conflict, NotFound):  # done by somebody else in this moment
            task = None
    return render_template("inbox/index.html", inbox=inbox, task=task)
