"""What user tasks say, whom they are offered to, and the remarks on them."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, request

from app.api import moments
from app.api.basic import caller
from app.api.blueprint import answer, api, body, link, moment_in, needed_in, nothing, text_in, whole_in
from app.api.declared import ENGINE_FAILS, declared
from app.api.errors import ENGINE, Refused
from app.api.looks import looked_at, looked_at_task
from app.api.shapes.base import MOMENT, NEEDED_TEXT, TEXT, WHOLE, listed, one_of, sent
from app.api.shapes.work import COMMENT, GROUP_COUNT, IDENTITY_LINK
from app.api.tasks import act
from app.services import services
from engine import Comment, Conflict, FilterKind, InvalidRequest, NotFound, Suspended, TaskUpdate

_CANDIDATE, _ASSIGNEE, _OWNER = "candidate", "assignee", "owner"
_LINK = sent(userId=TEXT, groupId=TEXT, type=one_of(_CANDIDATE, _ASSIGNEE, _OWNER), needed=("type",))
_TASK = sent(
    name=TEXT,
    description=TEXT,
    assignee=TEXT,
    owner=TEXT,
    delegationState=one_of("PENDING", "RESOLVED"),
    due=MOMENT,
    followUp=MOMENT,
    priority=WHOLE,
)


@api.put("/task/<task_id>")
@declared(takes=_TASK, fails=ENGINE_FAILS)
def update_task(task_id: str) -> Response:
    """Let a task say what the body says, as a whole."""
    given = body()
    for name in ("parentTaskId", "caseInstanceId", "tenantId"):
        if text_in(given, name) is not None:
            raise InvalidRequest(f"'{name}' is not supported: there are no subtasks, cases of CMMN and tenants")
    wanted = TaskUpdate(
        name=text_in(given, "name"),
        description=text_in(given, "description"),
        assignee=text_in(given, "assignee"),
        owner=text_in(given, "owner"),
        delegation=text_in(given, "delegationState"),
        due_at=moment_in(given, "due"),
        follow_up_at=moment_in(given, "followUp"),
        priority=whole_in(given, "priority"),
    )
    try:
        services().engine.task_details.update(caller(), task_id, wanted)
    except (NotFound, Conflict) as missing:
        raise Refused(404, "InvalidRequestException", f"No matching task with id {task_id}") from missing
    except Suspended as halted:
        raise Refused(400, "SuspendedEntityInteractionException", str(halted), ENGINE) from halted
    return nothing()


# ---- who has to do with it -------------------------------------------------------------------------------------------------


@api.get("/task/<task_id>/identity-links")
@declared(answers=listed(IDENTITY_LINK), query={"type": FilterKind.TEXT})
def list_identity_links(task_id: str) -> Response:
    """Who has a task, whose it is, and whom it is offered to."""
    looked_at_task(task_id)
    task = services().engine.tasks.get(caller(), task_id)
    users = [(it, _CANDIDATE) for it in (*task.candidate_users, *task.added_users)]
    groups = [(it, _CANDIDATE) for it in (*task.candidate_groups, *task.added_groups)]
    people = [*([(task.assignee, _ASSIGNEE)] if task.assignee else []), *([(task.owner, _OWNER)] if task.owner else []), *users]
    links = [
        *({"userId": user, "groupId": None, "type": kind} for user, kind in people),
        *({"userId": None, "groupId": group, "type": kind} for group, kind in groups),
    ]
    wanted = request.args.get("type")
    return answer([it for it in links if wanted in {None, it["type"]}])


@api.post("/task/<task_id>/identity-links")
@declared(takes=_LINK, fails=ENGINE_FAILS)
def add_identity_link(task_id: str) -> Response:
    """Give a task to somebody, say whose it is, or offer it to one more person or group."""
    user, group, kind = _link(body())
    details, tasks = services().engine.task_details, services().engine.tasks
    if kind == _CANDIDATE:
        act(task_id, "link", lambda: details.add_candidate(caller(), task_id, user=user, group=group))
    elif kind == _OWNER:
        act(task_id, "link", lambda: details.set_owner(caller(), task_id, user))
    else:
        act(task_id, "link", lambda: tasks.assign(caller(), task_id, user))
    return nothing()


@api.post("/task/<task_id>/identity-links/delete")
@declared(takes=_LINK, fails=ENGINE_FAILS)
def remove_identity_link(task_id: str) -> Response:
    """Take a task away from somebody, or offer it to a person or group no more."""
    user, group, kind = _link(body())
    details, tasks = services().engine.task_details, services().engine.tasks
    if kind == _CANDIDATE:
        act(task_id, "link", lambda: details.remove_candidate(caller(), task_id, user=user, group=group))
    elif kind == _OWNER:
        act(task_id, "link", lambda: details.set_owner(caller(), task_id, None))
    else:
        act(task_id, "link", lambda: tasks.assign(caller(), task_id, None))
    return nothing()


def _link(given: Mapping[str, object]) -> tuple[str | None, str | None, str]:
    """User, group and type of an identity link."""
    user, group, kind = text_in(given, "userId"), text_in(given, "groupId"), needed_in(given, "type")
    if user is not None and group is not None:
        raise InvalidRequest("Identity Link requires userId or groupId, but not both.")
    if not (user or group):
        raise InvalidRequest("Identity Link requires userId or groupId.")
    if kind not in {_CANDIDATE, _ASSIGNEE, _OWNER}:
        raise InvalidRequest(f"'{kind}' is no type of an identity link: {_CANDIDATE}, {_ASSIGNEE}, {_OWNER}")
    if group is not None and kind != _CANDIDATE:
        raise InvalidRequest(f"Incompatible usage: cannot use type '{kind}' together with a groupId")
    return user, group, kind


# ---- remarks ---------------------------------------------------------------------------------------------------------------


@api.get("/task/<task_id>/comment")
@declared(answers=listed(COMMENT))
def list_comments(task_id: str) -> Response:
    """The remarks on a task, open or ended, the newest first."""
    return answer([_comment(it) for it in _comments(task_id)])


@api.get("/task/<task_id>/comment/<comment_id>")
@declared(answers=COMMENT)
def read_comment(task_id: str, comment_id: str) -> Response:
    """One of them."""
    for it in _comments(task_id):
        if it.id == comment_id:
            return answer(_comment(it))
    message = f"Task comment with id {comment_id} does not exist for task id '{task_id}'."
    raise Refused(404, "InvalidRequestException", message)


@api.post("/task/<task_id>/comment/create")
@declared(takes=sent(message=NEEDED_TEXT, needed=("message",)), answers=COMMENT, fails=ENGINE_FAILS)
def create_comment(task_id: str) -> Response:
    """Remark on an open task."""
    message = text_in(body(), "message")
    if not message or not message.strip():
        raise Refused(400, "InvalidRequestException", "Not enough parameters submitted")
    try:
        made = services().engine.task_details.comment(caller(), task_id, message)
    except (NotFound, Conflict) as missing:
        raise _no_task(task_id, 400) from missing
    return answer({**_comment(made), "links": [link(f"/task/{task_id}/comment/{made.id}")]})


def _comments(task_id: str) -> list[Comment]:
    try:
        found = services().engine.task_details.comments(caller(), task_id)
    except NotFound as missing:
        raise _no_task(task_id, 404) from missing
    looked_at(*{it.instance_id for it in found})
    return found


def _no_task(task_id: str, status: int) -> Refused:
    return Refused(status, "InvalidRequestException", f"No task found for task id {task_id}")


def _comment(it: Comment) -> dict[str, object]:
    return {
        "links": [],
        "id": it.id,
        "userId": it.person,
        "time": moments.shown(it.at),
        "taskId": it.task_id,
        "message": it.message,
        "removalTime": None,
        "rootProcessInstanceId": it.root_id,
        "processInstanceId": None,
    }


# ---- reports ---------------------------------------------------------------------------------------------------------------


@api.get("/task/report/candidate-group-count")
@declared(answers=listed(GROUP_COUNT))
def count_by_candidate_group() -> Response:
    """How many tasks that nobody has each group is offered."""
    found = services().engine.task_details.count_by_group(caller())
    return answer([{"groupName": it.group, "taskCount": it.tasks} for it in found])
