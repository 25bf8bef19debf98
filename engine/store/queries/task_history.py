"""User tasks, open and finished, as Camunda 7's REST interface lists them (`GET|POST /history/task`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ColumnElement, Text, and_, case, cast, func, literal, null, select, type_coerce, union_all

from engine.store.moments import Moment
from engine.store.queries.listings import (
    NO_SUCH,
    Filter,
    FilterKind,
    Listing,
    after,
    at_least,
    at_most,
    before,
    equals,
    equals_folded,
    flag,
    like,
    like_folded,
    one_of,
)
from engine.store.queries.past_hands import hands_filters
from engine.store.queries.past_variables import had_variables, have_variables
from engine.store.queries.tasks import OF_INSTANCE
from engine.store.queries.told import Question, Row, by_chain, roots_of
from engine.store.queries.variable_filters import IGNORE_CASE
from engine.store.queries.visible import visible_cases
from engine.store.tables import case_instance, finished_task, process_definition, process_instance, user_task

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.access import Sight

_open, _ended = user_task.c, finished_task.c
_NO_MOMENT = type_coerce(cast(null(), BigInteger), Moment)
_NO_TEXT = cast(null(), Text)
_historic = union_all(
    select(
        _open.id, _open.root_id, process_instance.c.id.label("instance_id"), _open.element_id, _open.name, _open.assignee, _open.owner,
        _open.created_at, _open.due_at, _open.follow_up_at, _open.priority, _NO_MOMENT.label("ended_at"), _NO_TEXT.label("delete_reason"),
        _open.version, _open.description,
    ).join_from(user_task, process_instance, OF_INSTANCE),
    select(
        _ended.id, _ended.root_id, _ended.instance_id, _ended.element_id, _ended.name, _ended.person, _ended.owner, _ended.created_at,
        _ended.due_at, _ended.follow_up_at, _ended.priority, _ended.ended_at, _ended.delete_reason, literal(0), _ended.description,
    ),
).subquery("historic_task")  # fmt: skip
_task = _historic.c
_own = case_instance.alias("own_case")


def seen_history(sight: Sight) -> ColumnElement[bool]:
    """The condition that a task is of a case that somebody sees."""
    return visible_cases(sight, _own)


def _with_reason(reason: str) -> ColumnElement[bool]:
    """`completed`, or `deleted` for what was taken away."""
    if reason == "completed":
        return and_(_task.ended_at.is_not(None), _task.delete_reason.is_(None))
    return and_(_task.delete_reason.is_not(None), literal(reason == "deleted"))


def _of_cases(conn: Connection, rows: Sequence[Row], question: Question) -> set[str]:
    """The tasks whose process instances had the variables."""
    found = had_variables(conn, roots_of(rows), {it.instance_id for it in rows}, question)
    return {it.id for it in rows if it.instance_id in found}


def _of_tasks(conn: Connection, rows: Sequence[Row], question: Question) -> set[str]:
    """The tasks that had the variables themselves."""
    return had_variables(conn, roots_of(rows), [it.id for it in rows], question)


_OF_CMMN = ("caseDefinitionId", "caseDefinitionKey", "caseDefinitionName", "caseExecutionId", "caseInstanceId")
_delete_reason = case((_task.delete_reason.is_not(None), "deleted"), (_task.ended_at.is_not(None), "completed"), else_=null())
_SORTS: dict[str, ColumnElement[Any]] = {
    "executionId": _task.instance_id,
    "activityInstanceId": _task.id,
    "taskId": _task.id,
    "processDefinitionId": _own.c.definition_id,
    "processInstanceId": _task.instance_id,
    "duration": type_coerce(_task.ended_at, BigInteger) - type_coerce(_task.created_at, BigInteger),
    "endTime": _task.ended_at,
    "startTime": _task.created_at,
    "taskName": _task.name,
    "assignee": _task.assignee,
    "owner": _task.owner,
    "taskDescription": func.nullif(_task.description, ""),
    "dueDate": _task.due_at,
    "followUpDate": _task.follow_up_at,
    "deleteReason": _task.delete_reason,
    "taskDefinitionKey": _task.element_id,
    "priority": _task.priority,
}
HISTORIC_TASKS = Listing(
    columns=(*_task, _own.c.definition_id, _own.c.definition_key),
    rows=_historic.join(_own, _own.c.id == _task.instance_id),
    key=_task.id,
    filters={
        "taskId": equals(_task.id),
        "processInstanceId": equals(_task.instance_id),
        "rootProcessInstanceId": equals(_task.root_id),
        "processInstanceBusinessKey": equals(_own.c.business_key),
        "processInstanceBusinessKeyIn": one_of(_own.c.business_key),
        "processInstanceBusinessKeyLike": like(_own.c.business_key),
        "processDefinitionId": equals(_own.c.definition_id),
        "processDefinitionKey": equals(_own.c.definition_key),
        "processDefinitionName": Filter(
            FilterKind.TEXT,
            lambda name, _asked: _own.c.definition_id.in_(select(process_definition.c.id).where(process_definition.c.name == name)),
        ),
        "taskName": equals_folded(_task.name),
        "taskNameLike": like_folded(_task.name),
        "taskDescription": equals_folded(_task.description),
        "taskDescriptionLike": like_folded(_task.description),
        "taskDefinitionKey": equals(_task.element_id),
        "taskDefinitionKeyIn": one_of(_task.element_id),
        "taskDeleteReason": Filter(FilterKind.TEXT, lambda reason, _asked: _with_reason(reason)),
        "taskAssignee": equals(_task.assignee),
        "taskAssigneeLike": like(_task.assignee),
        **dict.fromkeys(("assigned", "taskAssigned"), flag(_task.assignee.is_not(None))),
        **dict.fromkeys(("unassigned", "taskUnassigned"), flag(_task.assignee.is_(None))),
        "taskOwner": equals(_task.owner),
        "taskOwnerLike": like(_task.owner),
        "executionId": equals(_task.instance_id),
        "activityInstanceIdIn": Filter(FilterKind.TEXTS, lambda ids, _asked: _task.id.in_([it.rpartition(":")[2] for it in ids])),
        "taskDeleteReasonLike": Filter(FilterKind.TEXT, lambda pattern, asked: asked.like(_delete_reason, pattern)),
        "taskPriority": equals(_task.priority, FilterKind.NUMBER),
        "taskDueDate": equals(_task.due_at, FilterKind.MOMENT),
        "taskDueDateBefore": before(_task.due_at),
        "taskDueDateAfter": after(_task.due_at),
        "withoutTaskDueDate": flag(_task.due_at.is_(None)),
        "taskFollowUpDate": equals(_task.follow_up_at, FilterKind.MOMENT),
        "taskFollowUpDateBefore": before(_task.follow_up_at),
        "taskFollowUpDateAfter": after(_task.follow_up_at),
        "finished": flag(_task.ended_at.is_not(None)),
        "unfinished": flag(_task.ended_at.is_(None)),
        "processFinished": flag(_own.c.ended_at.is_not(None)),
        "processUnfinished": flag(_own.c.ended_at.is_(None)),
        "startedBefore": at_most(_task.created_at, FilterKind.MOMENT),
        "startedAfter": at_least(_task.created_at, FilterKind.MOMENT),
        "finishedBefore": at_most(_task.ended_at, FilterKind.MOMENT),
        "finishedAfter": at_least(_task.ended_at, FilterKind.MOMENT),
        **hands_filters(_task.id, _task.assignee, _task.owner),
        "processVariables": by_chain(
            FilterKind.VARIABLES,
            _task.id,
            _of_cases,
            lambda question: have_variables(_task.root_id, _task.instance_id, question),
            lambda _question: _own.c.ended_at.is_not(None),
        ),
        "taskVariables": by_chain(
            FilterKind.VARIABLES,
            _task.id,
            _of_tasks,
            lambda question: have_variables(_task.root_id, _task.id, question),
            lambda _question: _task.ended_at.is_not(None),
        ),
        **IGNORE_CASE,
        **dict.fromkeys(_OF_CMMN, NO_SUCH),
        "taskParentTaskId": NO_SUCH,
    },
    sorts=_SORTS,
    alike=frozenset({"tenantId", "caseDefinitionId", "caseInstanceId", "caseExecutionId"}),
)  # fmt: skip
