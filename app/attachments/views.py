"""Adding files to a case, downloading and deleting them. Each answers with the list as it stands, or goes back to the page."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.attachments.reading import Files, read_files
from app.auth.views import actor, safe_path
from app.downloads import file_answer
from app.refusals import told
from app.security import takes_files
from app.services import services
from app.words import gettext, ngettext
from engine import Conflict, InvalidRequest, NewAttachment, NotFound, Rejection, Suspended

blueprint = Blueprint("attachments", __name__, template_folder="templates")
Answer = str | tuple[str, int] | Response
_NAMED = 3  # of the files that were added


@blueprint.get("/cases/<case_id>/attachments")
def index(case_id: str) -> Answer:
    """The list as it stands, for a page that is open; in a browser without scripts the page of the case."""
    if not request.headers.get("HX-Request"):
        return redirect(url_for("cases.show", case_id=case_id, _anchor="attachments"), 303)
    services().engine.history.record_look(actor(), case_id, "page")
    return _part(_files(case_id))


@blueprint.post("/cases/<case_id>/attachments")
@takes_files
def add(case_id: str) -> Answer:
    """Add the files that were chosen: to a task where the form names one, else to the case."""
    task, files = request.form.get("task", ""), services().engine.attachments
    try:
        new = _chosen()
        made = files.attach_to_task(actor(), task, new) if task else files.attach_to_case(actor(), case_id, new)
    except (InvalidRequest, Conflict, Suspended) as refused:
        return _refused(case_id, refused)
    names = gettext(", ").join(it.name or "" for it in made[:_NAMED])
    said = ngettext("Added: %(names)s", "%(num)s files were added: %(names)s", len(made), names=names)
    return _done(case_id, said if len(made) <= _NAMED else gettext("%(said)s …", said=said))


@blueprint.get("/attachments/<attachment_id>")
def download(attachment_id: str) -> Response:
    """The content of a file, to be saved. An auditor's look is written into the history of its case."""
    files = services().engine.attachments
    found = files.get(actor(), attachment_id)
    content = files.content(actor(), attachment_id)
    if content is None:
        raise NotFound(f"the attachment {attachment_id!r} has no content here")
    services().engine.history.record_look(actor(), found.instance_id, "attachment")
    return file_answer(content, found.name or found.id)


@blueprint.post("/attachments/<attachment_id>/delete")
def delete(attachment_id: str) -> Answer:
    """Delete a file."""
    files = services().engine.attachments
    found = files.get(actor(), attachment_id)
    files.detach(actor(), attachment_id)
    return _done(found.instance_id, gettext("Deleted: %(name)s", name=found.name or found.url or found.id))


def _chosen() -> list[NewAttachment]:
    """The files of the form. A browser may send the folders of a name, too: they are left out. Raises `InvalidRequest`."""
    parts = [it for it in request.files.getlist("files") if it.filename]
    if not parts:
        raise InvalidRequest(gettext("Choose a file first."))
    return [NewAttachment(_base_name(it.filename or ""), type=it.mimetype or None, content=it.read()) for it in parts]


def _base_name(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]


def _done(case_id: str, said: str) -> Answer:
    if request.headers.get("HX-Request"):
        return _part(replace(_files(case_id), said=said))
    flash(said, "done")
    return redirect(_back(case_id), 303)


def _refused(case_id: str, refused: Rejection) -> Answer:
    why = told(refused) or str(refused)
    if request.headers.get("HX-Request"):
        return _part(replace(_files(case_id), problem=why)), 422
    flash(why, "error")
    return redirect(_back(case_id), 303)


def _files(case_id: str) -> Files:
    case = services().engine.instances.get(actor(), case_id).case
    task = request.values.get("task", "")
    refreshes = request.values.get("refreshes") == "1"
    return read_files(actor(), case, case.definition_id, _back(case_id), task=task, refreshes=refreshes)


def _part(files: Files) -> str:
    return render_template("attachments/section.html", files=files)


def _back(case_id: str) -> str:
    return safe_path(request.values.get("back") or url_for("cases.show", case_id=case_id))
