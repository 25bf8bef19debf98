"""`GET /history/identity-link-log`: in whose hands the user tasks of a case were, and whom they were offered to."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response

from app.api import moments
from app.api.blueprint import answer, api
from app.api.declared import declared_count, declared_list
from app.api.logs import AT, Log, Row, after, before, equals, every, of_case, told_of
from app.api.shapes.logs import IDENTITY_LINK_LOG
from engine import ActorKind, FilterKind, LoggedEvent, ToldCase

_EVENTS = (
    "UserTaskCreated", "UserTaskClaimed", "UserTaskReleased", "UserTaskReassigned", "UserTaskDelegated", "UserTaskResolved",
    "UserTaskChanged", "UserTaskCandidateAdded", "UserTaskCandidateRemoved", "UserTaskEscalated",
)  # fmt: skip
_ADD, _DELETE = "add", "delete"
_LOG = Log(
    filters={
        **{name: equals(name) for name in ("taskId", "type", "userId", "groupId", "assignerId", "operationType")},
        **{name: equals(name) for name in ("processDefinitionId", "processDefinitionKey")},
        "dateAfter": (FilterKind.MOMENT, after),
        "dateBefore": (FilterKind.MOMENT, before),
    },
    sorts={
        "time": AT, "type": "type", "userId": "userId", "groupId": "groupId", "taskId": "taskId", "operationType": "operationType",
        "assignerId": "assignerId", "processDefinitionId": "processDefinitionId", "processDefinitionKey": "processDefinitionKey",
    },
)  # fmt: skip


@api.get("/history/identity-link-log")
@declared_list(_LOG.kinds, IDENTITY_LINK_LOG, _LOG.keys)
def list_identity_link_logs() -> Response:
    """Who got and lost the user tasks of one case, whose they were, and whom they were offered to."""
    wanted = _LOG.wanted()
    return answer(_LOG.page(every(_rows, told_of(wanted, _EVENTS)), wanted))


@api.get("/history/identity-link-log/count")
@declared_count(_LOG.kinds)
def count_identity_link_logs() -> Response:
    """How many there are."""
    wanted = _LOG.wanted()
    return answer({"count": len(_LOG.fitting(every(_rows, told_of(wanted, _EVENTS)), wanted))})


Link = tuple[str, str, str | None, str | None]
"""Operation, type, user, group."""


def _rows(told: ToldCase) -> Iterator[Row]:
    """Who has a task is followed: an event says who gets it, and not always who had it."""
    of_definition = {name: value for name, value in of_case(told.case).items() if name != "processInstanceId"}
    holders: dict[str, str | None] = {}
    for it in told.events:
        task = str(it.fields["task"])
        for number, (operation, kind, user, group) in enumerate(_links(it, holders.get(task)), 1):
            if kind == "assignee":
                holders[task] = user if operation == _ADD else None
            yield {
                "id": f"{it.id}-{number}",
                "time": moments.shown(it.at),
                **of_definition,
                "type": kind,
                "userId": user,
                "groupId": group,
                "taskId": task,
                "operationType": operation,
                "assignerId": None if it.actor_kind is ActorKind.SYSTEM or it.name == "UserTaskCreated" else it.actor,
                AT: it.at,
            }


def _links(it: LoggedEvent, holder: str | None) -> Iterator[Link]:
    fields = it.fields
    if it.name in {"UserTaskCreated", "UserTaskEscalated", "UserTaskCandidateAdded", "UserTaskCandidateRemoved"}:
        operation = _DELETE if it.name == "UserTaskCandidateRemoved" else _ADD
        one_user, one_group = ([fields[name]] if fields.get(name) else [] for name in ("user", "group"))
        yield from ((operation, "candidate", user, None) for user in fields.get("users") or one_user)
        yield from ((operation, "candidate", None, group) for group in fields.get("groups") or one_group)
    if it.name == "UserTaskChanged":
        yield from _owner(fields["changes"].get("owner") or [None, None])
        return
    if it.name == "UserTaskDelegated":
        yield from _owner([None, fields.get("owner")])
    after_it = None if it.name == "UserTaskReleased" else fields.get("assignee")
    if it.name.startswith("UserTaskCandidate") or it.name == "UserTaskEscalated" or after_it == holder:
        return
    if holder is not None:
        yield _DELETE, "assignee", holder, None
    if after_it is not None:
        yield _ADD, "assignee", after_it, None


def _owner(change: list[str | None]) -> Iterator[Link]:
    was, now = change
    if was is not None:
        yield _DELETE, "owner", was, None
    if now is not None:
        yield _ADD, "owner", now, None
