"""Files on user tasks, as Camunda 7 has them."""

from __future__ import annotations

from flask import Response, request

from app.api import moments
from app.api.basic import caller
from app.api.blueprint import answer, api, link, nothing
from app.api.declared import ENGINE_FAILS, declared
from app.api.errors import Refused
from app.api.looks import looked_at
from app.api.shapes.base import BINARY, TEXT, Shape, listed
from app.api.shapes.work import ATTACHMENT
from app.downloads import file_answer
from app.security import takes_files
from app.services import services
from engine import Attachment, Conflict, InvalidRequest, NewAttachment, NotFound

_UPLOAD: Shape = {
    "type": "object",
    "properties": {
        "attachment-name": TEXT,
        "attachment-description": TEXT,
        "attachment-type": TEXT,
        "url": {**TEXT, "description": "where the content lies, where none is sent"},
        "content": {"type": "string", "format": "binary", "description": "the file, with a file name"},
    },
    "x-media": "multipart",
}
_REPLACED = "\ufffd"  # stands for what was no UTF-8


@api.get("/task/<task_id>/attachment")
@declared(answers=listed(ATTACHMENT))
def list_attachments(task_id: str) -> Response:
    """The files of a task, open or ended."""
    return answer([_shown(it) for it in _of_task(task_id, 404)])


@api.get("/task/<task_id>/attachment/<attachment_id>")
@declared(answers=ATTACHMENT)
def read_attachment(task_id: str, attachment_id: str) -> Response:
    """One of them, without its content."""
    found = _find(task_id, attachment_id)
    if found is None:
        message = f"Task attachment with id {attachment_id} does not exist for task id '{task_id}'."
        raise Refused(404, "InvalidRequestException", message)
    looked_at(found.instance_id)
    return answer(_shown(found))


@api.get("/task/<task_id>/attachment/<attachment_id>/data")
@declared(answers=BINARY, fails=ENGINE_FAILS)
def read_attachment_data(task_id: str, attachment_id: str) -> Response:
    """The content of one, byte for byte."""
    found = _find(task_id, attachment_id)
    content = services().engine.attachments.content(caller(), found.id) if found else None
    if found is None or content is None:
        message = f"Attachment content for attachment with id '{attachment_id}' does not exist for task id '{task_id}'."
        raise Refused(404, "InvalidRequestException", message)
    looked_at(found.instance_id)
    return file_answer(content, found.name or found.id, known=False)


@api.delete("/task/<task_id>/attachment/<attachment_id>")
@declared(fails=ENGINE_FAILS)
def delete_attachment(task_id: str, attachment_id: str) -> Response:
    """Delete one: by who added it, while its case is open, and by administrators."""
    missing = f"Deletion is not possible. No attachment exists for task id '{task_id}' and attachment id '{attachment_id}'."
    found = _find(task_id, attachment_id)
    if found is None:
        raise Refused(404, "InvalidRequestException", missing)
    try:
        services().engine.attachments.detach(caller(), found.id)
    except NotFound as gone:
        raise Refused(404, "InvalidRequestException", missing) from gone
    return nothing()


@api.post("/task/<task_id>/attachment/create")
@takes_files
@declared(takes=_UPLOAD, answers=ATTACHMENT, fails=ENGINE_FAILS)
def create_attachment(task_id: str) -> Response:
    """Add a file to an open task: its content, or the address where it lies. `multipart/form-data`."""
    _of_task(task_id, 400)
    sent = _sent()
    if sent.content is None and sent.url is None:
        message = "No content or url to remote content exists to create the task attachment."
        raise Refused(400, "InvalidRequestException", message)
    try:
        [made] = services().engine.attachments.attach_to_task(caller(), task_id, [sent])
    except (NotFound, Conflict) as missing:
        raise _no_task(task_id, 400) from missing
    return answer({**_shown(made), "links": [link(f"/task/{task_id}/attachment/{made.id}")]})


def _sent() -> NewAttachment:
    """The parts of the form. What has a content has no address, as in Camunda. Raises `InvalidRequest`."""
    form, content = request.form, _content()
    return NewAttachment(
        form.get("attachment-name") or None,
        form.get("attachment-description") or None,
        form.get("attachment-type") or None,
        content,
        form.get("url") if content is None else None,
    )


def _content() -> bytes | None:
    file = request.files.get("content")
    if file is not None:
        content: bytes = file.read()
        return content
    text = request.form.get("content")
    if text is not None and _REPLACED in text:
        raise InvalidRequest("the part 'content' is no text: send it with a file name")
    return None if text is None else text.encode()


def _of_task(task_id: str, status: int) -> list[Attachment]:
    try:
        found = services().engine.attachments.of_task(caller(), task_id)
    except NotFound as missing:
        raise _no_task(task_id, status) from missing
    looked_at(*{it.instance_id for it in found})
    return found


def _find(task_id: str, attachment_id: str) -> Attachment | None:
    try:
        found = services().engine.attachments.get(caller(), attachment_id)
    except NotFound:
        return None
    return found if found.task_id == task_id else None


def _no_task(task_id: str, status: int) -> Refused:
    return Refused(status, "InvalidRequestException", f"No task found for task id {task_id}")


def _shown(it: Attachment) -> dict[str, object]:
    return {
        "links": [],
        "id": it.id,
        "name": it.name,
        "description": it.description,
        "taskId": it.task_id,
        "type": it.type,
        "url": it.url,
        "createTime": moments.shown(it.added_at),
        "removalTime": None,
        "rootProcessInstanceId": it.root_id,
    }
