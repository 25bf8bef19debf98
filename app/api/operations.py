"""`GET /history/user-operation`: what people and programs did with a case, a row for each property that they changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from flask import Response

from app.api import moments
from app.api.blueprint import answer, api
from app.api.declared import declared_count, declared_list
from app.api.logs import AT, Log, Row, after, before, equals, every, of_case, one_of, told_of
from app.api.shapes.logs import USER_OPERATION
from engine import ActorKind, FilterKind, LoggedEvent, ToldCase, Wanted

_TASK, _OPERATOR = "TaskWorker", "Operator"
_NONE: Final = ((None, None, None),)
Fields = Mapping[str, Any]
Properties = tuple[tuple[str | None, object, object], ...]
Operation = tuple[str, str, Properties]


def _of_link(verb: str) -> Callable[[Fields], Operation]:
    def link(fields: Fields) -> Operation:
        who, kind = (fields["user"], "User") if fields.get("user") else (fields.get("group"), "Group")
        change = ("candidate", None, who) if verb == "Add" else ("candidate", who, None)
        return f"{verb}{kind}Link", "IdentityLink", (change,)

    return link


def _delegated(fields: Fields) -> Operation:
    return (
        "Delegate",
        "Task",
        (("delegation", None, "PENDING"), ("owner", None, fields.get("owner")), ("assignee", None, fields["assignee"])),
    )


def _resolved(fields: Fields) -> Operation:
    return "Resolve", "Task", (("delegation", "PENDING", "RESOLVED"), ("assignee", fields.get("before"), fields.get("assignee")))


def _changed_external(fields: Fields) -> Operation:
    if fields.get("retries") is not None:
        return "SetExternalTaskRetries", "ExternalTask", (("retries", None, fields["retries"]),)
    return "SetPriority", "ExternalTask", (("priority", None, fields.get("priority")),)


def _changed_job(fields: Fields) -> Operation:
    if fields.get("due_at") is not None:
        return "RecalculateDueDate" if fields.get("recalculated") else "SetDueDate", "Job", (("duedate", None, fields["due_at"]),)
    if fields.get("suspended") is not None:
        kind, state = ("SuspendJob", "suspended") if fields["suspended"] else ("ActivateJob", "active")
        return kind, "Job", (("suspensionState", None, state),)
    return "SetPriority", "Job", (("priority", None, fields.get("priority")),)


_OPERATIONS: Mapping[str, Callable[[Fields], Operation]] = {
    "CaseOpened": lambda _: ("Create", "ProcessInstance", _NONE),
    "CaseCancelled": lambda fields: ("Delete", "ProcessInstance", (("deleteReason", None, fields["reason"]),)),
    "InstanceSuspended": lambda _: ("Suspend", "ProcessInstance", (("suspensionState", None, "suspended"),)),
    "InstanceResumed": lambda _: ("Activate", "ProcessInstance", (("suspensionState", None, "active"),)),
    "InstanceModified": lambda _: ("ModifyProcessInstance", "ProcessInstance", _NONE),
    "UserTaskClaimed": lambda fields: ("Claim", "Task", (("assignee", fields.get("before"), fields["assignee"]),)),
    "UserTaskReassigned": lambda fields: ("Assign", "Task", (("assignee", fields.get("before"), fields["assignee"]),)),
    "UserTaskReleased": lambda fields: ("Assign", "Task", (("assignee", fields.get("assignee"), None),)),
    "UserTaskDelegated": _delegated,
    "UserTaskResolved": _resolved,
    "UserTaskCompleted": lambda _: ("Complete", "Task", (("delete", "false", "true"),)),
    "UserTaskChanged": lambda fields: ("Update", "Task", tuple((name, *both) for name, both in sorted(fields["changes"].items()))),
    "UserTaskCommented": lambda fields: ("AddComment", "Comment", (("comment", None, fields["message"]),)),
    "AttachmentAdded": lambda fields: ("AddAttachment", "Attachment", (("name", None, fields.get("name")),)),
    "AttachmentDeleted": lambda fields: ("DeleteAttachment", "Attachment", (("name", None, fields.get("name")),)),
    "UserTaskCandidateAdded": _of_link("Add"),
    "UserTaskCandidateRemoved": _of_link("Delete"),
    "JobRetried": lambda fields: ("SetJobRetries", "Job", (("retries", None, fields["retries"]),)),
    "JobChanged": _changed_job,
    "JobDeleted": lambda _: ("Delete", "Job", _NONE),
    "ExternalTaskChanged": _changed_external,
}
_VARIABLES: Mapping[str, str] = {"VariableChanged": "SetVariable", "VariableRemoved": "RemoveVariable"}
_OF_TASKS = frozenset({"Task", "IdentityLink", "Comment", "Attachment"})
_LOG = Log(
    filters={
        **{name: equals(name) for name in ("processDefinitionId", "processDefinitionKey", "executionId", "taskId", "jobId", "userId")},
        **{name: equals(name) for name in ("externalTaskId", "operationId", "operationType", "entityType", "category", "property")},
        "entityTypeIn": one_of("entityType"),
        "categoryIn": one_of("category"),
        "afterTimestamp": (FilterKind.MOMENT, after),
        "beforeTimestamp": (FilterKind.MOMENT, before),
    },
    sorts={"timestamp": AT},
    refused=("deploymentId", "batchId", "jobDefinitionId", "caseDefinitionId", "caseInstanceId", "caseExecutionId"),
)


@api.get("/history/user-operation")
@declared_list(_LOG.kinds, USER_OPERATION, _LOG.keys)
def list_operations() -> Response:
    """What people and programs did with some cases, a row for each property that they changed."""
    wanted = _LOG.wanted()
    return answer(_LOG.page(_asked(wanted), wanted))


@api.get("/history/user-operation/count")
@declared_count(_LOG.kinds)
def count_operations() -> Response:
    """How many there are."""
    wanted = _LOG.wanted()
    return answer({"count": len(_LOG.fitting(_asked(wanted), wanted))})


def _asked(wanted: Wanted) -> Iterator[Row]:
    return every(_rows, told_of(wanted, (*_OPERATIONS, *_VARIABLES)))


def _rows(told: ToldCase) -> Iterator[Row]:
    """Of what persons and programs did; what timers and the system do is none of it."""
    for _, entry in groupby(told.events, key=lambda it: it.seq):
        events = list(entry)
        if events[0].actor_kind is ActorKind.SYSTEM:
            continue
        acts = [it for it in events if it.name in _OPERATIONS]
        for it in acts:
            yield from _of_event(told, it, _OPERATIONS[it.name](it.fields))
        for it in () if acts else events:  # variables that were set with an act are part of it
            yield from _of_event(told, it, (_VARIABLES[it.name], "Variable", ((it.fields["name"], *_values(it.fields)),)))


def _values(fields: Fields) -> tuple[object, object]:
    """Before and after, as texts."""
    was, now = fields.get("before"), fields.get("after")
    return (was[1] if was else None), (now[1] if now else None)


def _of_event(told: ToldCase, it: LoggedEvent, operation: Operation) -> Iterator[Row]:
    kind, entity, properties = operation
    is_external = entity == "ExternalTask"
    for number, (name, old, new) in enumerate(properties, 1):
        yield {
            "id": f"{it.id}-{number}",
            "deploymentId": None,
            **of_case(told.case),
            "executionId": told.case.id,
            "caseDefinitionId": None,
            "caseInstanceId": None,
            "caseExecutionId": None,
            "taskId": None if is_external else it.fields.get("task"),
            "externalTaskId": it.fields.get("task") if is_external else None,
            "jobId": it.fields.get("job"),
            "jobDefinitionId": None,
            "batchId": None,
            "userId": it.actor,
            "timestamp": moments.shown(it.at),
            "operationId": f"{it.chain}-{it.seq}",
            "operationType": kind,
            "entityType": entity,
            "property": name,
            "orgValue": None if old is None else str(old),
            "newValue": None if new is None else str(new),
            "category": _TASK if entity in _OF_TASKS else _OPERATOR,
            "annotation": it.fields.get("reason") or None,
            AT: it.at,
        }
