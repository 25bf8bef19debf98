"""Open user tasks as Camunda 7's REST interface lists them (`GET|POST /task`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select

from engine.store.moments import Moment
from engine.store.queries.listings import (
    NO_SUCH,
    Asked,
    Filter,
    FilterKind,
    Listing,
    Order,
    VariableFilter,
    after,
    at_least,
    at_most,
    before,
    equals,
    equals_folded,
    flag,
    like,
    like_folded,
    manner,
    one_of,
)
from engine.store.queries.variable_filters import IGNORE_CASE, by_variable, has_variable
from engine.store.queries.visible import GROUP_KINDS, USER_KINDS, visible_cases
from engine.store.tables import case_instance, process_definition, process_instance, task_candidate, token, user_task

if TYPE_CHECKING:
    from engine.access import Sight

_task, _instance = user_task.c, process_instance.c
_candidate = task_candidate.c
OF_INSTANCE = and_(_instance.id == _task.instance_id, _instance.root_id == _task.root_id)
"""That a task is of a process instance. The index of what is open is by root instances."""
_changed = func.coalesce(_task.updated_at, _task.created_at, type_=Moment)


def seen_tasks(sight: Sight) -> ColumnElement[bool]:
    """The condition that a task is of a case that somebody sees."""
    if sight.everything:
        return visible_cases(sight)
    return exists().where(case_instance.c.id == _task.instance_id, visible_cases(sight))


def _of_definition(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return _instance.definition_id.in_(select(process_definition.c.id).where(condition))


def _named(kinds: Iterable[str], *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    named = select(_candidate.task_id).where(_candidate.kind.in_(list(kinds)), *conditions)
    if conditions:  # few are offered to one group or person: their index is asked, not each task in turn
        return _task.id.in_(named)
    return named.where(_candidate.task_id == _task.id).exists()


def _offered(condition: ColumnElement[bool], asked: Asked) -> ColumnElement[bool]:
    """Candidates match only tasks that nobody has, unless `includeAssignedTasks` is given."""
    return condition if asked.wanted.get("includeAssignedTasks") else and_(_task.assignee.is_(None), condition)


def _to_groups(groups: Iterable[str], asked: Asked) -> ColumnElement[bool]:
    return _offered(_named(GROUP_KINDS, _candidate.value.in_(sorted(groups))), asked)


def _to_user(user: str, asked: Asked) -> ColumnElement[bool]:
    """To the user, or to a group of that user."""
    by_group = _named(GROUP_KINDS, _candidate.value.in_(sorted(asked.directory.groups_of(user))))
    return _offered(or_(_named(USER_KINDS, _candidate.value == user), by_group), asked)


def _involves(user: str, _asked: Asked) -> ColumnElement[bool]:
    return or_(_task.assignee == user, _task.owner == user, _named(USER_KINDS, _candidate.value == user))


def _process_variables(wanted: Iterable[VariableFilter], asked: Asked) -> ColumnElement[bool] | None:
    return and_(*(has_variable(_task.root_id, _task.instance_id, it, asked) for it in wanted)) if wanted else None


def _task_variables(wanted: Iterable[VariableFilter], asked: Asked) -> ColumnElement[bool] | None:
    """Variables of the task alone: those of its item of a multi-instance activity."""
    return and_(*(has_variable(_task.root_id, _task.id, it, asked) for it in wanted)) if wanted else None


_OF_CMMN = (
    "caseDefinitionId", "caseDefinitionKey", "caseDefinitionName", "caseDefinitionNameLike", "caseExecutionId", "caseInstanceBusinessKey",
    "caseInstanceBusinessKeyLike", "caseInstanceId", "parentTaskId",
)  # fmt: skip
_FILTERS: dict[str, Filter] = {
    "taskId": equals(_task.id),
    "taskIdIn": one_of(_task.id),
    "activityInstanceIdIn": Filter(FilterKind.TEXTS, lambda ids, _asked: _task.id.in_([it.rpartition(":")[2] for it in ids])),
    "processInstanceId": equals(_instance.id),
    "processInstanceIdIn": one_of(_instance.id),
    "processInstanceBusinessKey": equals(_instance.business_key),
    "processInstanceBusinessKeyIn": one_of(_instance.business_key),
    "processInstanceBusinessKeyLike": like(_instance.business_key),
    "processDefinitionId": equals(_instance.definition_id),
    "processDefinitionKey": Filter(FilterKind.TEXT, lambda key, _asked: _of_definition(process_definition.c.key == key)),
    "processDefinitionKeyIn": Filter(FilterKind.TEXTS, lambda keys, _asked: _of_definition(process_definition.c.key.in_(list(keys)))),
    "processDefinitionName": Filter(FilterKind.TEXT, lambda name, _asked: _of_definition(process_definition.c.name == name)),
    "processDefinitionNameLike": Filter(FilterKind.TEXT, lambda name, asked: _of_definition(asked.like(process_definition.c.name, name))),
    "assignee": equals(_task.assignee),
    "assigneeLike": like(_task.assignee),
    "assigneeIn": one_of(_task.assignee),
    "assigneeNotIn": Filter(FilterKind.TEXTS, lambda people, _asked: _task.assignee.not_in(list(people))),
    "owner": equals(_task.owner),
    "delegationState": Filter(FilterKind.TEXT, lambda state, _asked: _task.delegation == state.upper()),
    "assigned": flag(_task.assignee.is_not(None)),
    "unassigned": flag(_task.assignee.is_(None)),
    "candidateGroup": Filter(FilterKind.TEXT, lambda group, asked: _to_groups([group], asked)),
    "candidateGroups": Filter(FilterKind.TEXTS, _to_groups),
    "candidateUser": Filter(FilterKind.TEXT, _to_user),
    "candidateGroupLike": Filter(
        FilterKind.TEXT, lambda pattern, asked: _offered(_named(GROUP_KINDS, asked.like(_candidate.value, pattern)), asked)
    ),
    "includeAssignedTasks": manner(),
    "involvedUser": Filter(FilterKind.TEXT, _involves),
    "withCandidateGroups": Filter(FilterKind.FLAG, lambda _value, asked: _offered(_named(GROUP_KINDS), asked)),
    "withoutCandidateGroups": Filter(FilterKind.FLAG, lambda _value, asked: _offered(~_named(GROUP_KINDS), asked)),
    "withCandidateUsers": Filter(FilterKind.FLAG, lambda _value, asked: _offered(_named(USER_KINDS), asked)),
    "withoutCandidateUsers": Filter(FilterKind.FLAG, lambda _value, asked: _offered(~_named(USER_KINDS), asked)),
    "taskDefinitionKey": equals(_task.element_id),
    "taskDefinitionKeyIn": one_of(_task.element_id),
    "taskDefinitionKeyLike": like(_task.element_id),
    "executionId": equals(token.c.scope_id),
    "name": equals_folded(_task.name),
    "nameNotEqual": Filter(FilterKind.TEXT, lambda name, _asked: func.lower(_task.name) != func.lower(name)),
    "nameLike": like_folded(_task.name),
    "nameNotLike": Filter(FilterKind.TEXT, lambda name, asked: ~asked.like_folded(_task.name, name)),
    "description": equals_folded(_task.description),
    "descriptionLike": like_folded(_task.description),
    "priority": equals(_task.priority, FilterKind.NUMBER),
    "minPriority": at_least(_task.priority),
    "maxPriority": at_most(_task.priority),
    "dueDate": equals(_task.due_at, FilterKind.MOMENT),
    "dueBefore": before(_task.due_at),
    "dueAfter": after(_task.due_at),
    "withoutDueDate": flag(_task.due_at.is_(None)),
    "followUpDate": equals(_task.follow_up_at, FilterKind.MOMENT),
    "followUpBefore": before(_task.follow_up_at),
    "followUpAfter": after(_task.follow_up_at),
    "followUpBeforeOrNotExistent": Filter(
        FilterKind.MOMENT, lambda moment, _asked: or_(_task.follow_up_at.is_(None), _task.follow_up_at < moment)
    ),
    "createdOn": equals(_task.created_at, FilterKind.MOMENT),
    "createdBefore": before(_task.created_at),
    "createdAfter": after(_task.created_at),
    "updatedAfter": after(_changed),
    "active": flag(~_instance.suspended),
    "suspended": flag(_instance.suspended),
    "processVariables": Filter(FilterKind.VARIABLES, _process_variables),
    "taskVariables": Filter(FilterKind.VARIABLES, _task_variables),
    **dict.fromkeys(_OF_CMMN, NO_SUCH),
    "caseInstanceVariables": Filter(FilterKind.VARIABLES, lambda _value, _asked: false()),
    **IGNORE_CASE,
}
_SORTS: dict[str, ColumnElement[Any] | Order] = {
    "instanceId": _task.instance_id,
    "dueDate": _task.due_at,
    "followUpDate": _task.follow_up_at,
    "executionId": token.c.scope_id,
    "assignee": _task.assignee,
    "created": _task.created_at,
    "lastUpdated": _changed,
    "description": func.nullif(_task.description, ""),
    "id": _task.id,
    "name": _task.name,
    "nameCaseInsensitive": func.lower(_task.name),
    "priority": _task.priority,
    **dict.fromkeys(("processVariable", "executionVariable"), by_variable(_task.root_id, _task.instance_id)),
    "taskVariable": by_variable(_task.root_id, _task.id),
}
_REFUSED = frozenset({
    "assigneeExpression", "assigneeLikeExpression", "candidateGroupExpression", "candidateGroupsExpression", "candidateUserExpression",
    "createdAfterExpression", "createdBeforeExpression",
    "createdOnExpression", "dueAfterExpression", "dueBeforeExpression", "dueDateExpression", "followUpAfterExpression",
    "followUpBeforeExpression", "followUpBeforeOrNotExistentExpression", "followUpDateExpression", "involvedUserExpression",
    "ownerExpression", "processInstanceBusinessKeyExpression", "processInstanceBusinessKeyLikeExpression",
    "updatedAfterExpression", "withCommentAttachmentInfo", "withTaskLocalVariablesInReturn", "withTaskVariablesInReturn",
})  # fmt: skip
TASKS = Listing(
    columns=(
        *(_task[name] for name in (
            "id", "root_id", "instance_id", "element_id", "name", "assignee", "owner", "created_at", "due_at", "follow_up_at", "priority",
            "form_key", "version", "delegation", "description", "updated_at",
        )),
        _instance.definition_id,
        _instance.suspended,
        token.c.scope_id,
    ),
    rows=user_task.join(process_instance, OF_INSTANCE).join(
        token, and_(token.c.root_id == _task.root_id, token.c.id == _task.id)
    ),
    key=_task.id,
    filters=_FILTERS,
    sorts=_SORTS,
    refused=_REFUSED,
    alike=frozenset({"tenantId", "caseExecutionId", "caseInstanceId"}),
)  # fmt: skip
