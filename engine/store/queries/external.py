"""External tasks: those that a worker may have next, and the list of all (`GET|POST /external-task`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, or_, select, true, update

from engine.store.queries.listings import (
    TENANTS,
    Asked,
    Filter,
    FilterKind,
    Listing,
    VariableFilter,
    at_least,
    at_most,
    equals,
    flag,
    one_of,
)
from engine.store.queries.variable_filters import has_variable
from engine.store.queries.visible import visible_cases
from engine.store.tables import case_instance, external_task, process_definition, process_instance, token

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.access import Sight

_task, _instance, _definition = external_task.c, process_instance.c, process_definition.c
_OF_INSTANCE = and_(_instance.id == _task.instance_id, _instance.root_id == _task.root_id)  # the index is by root instances
_ROWS = external_task.join(process_instance, _OF_INSTANCE).join(process_definition, _definition.id == _instance.definition_id)
_CAN_BE_TRIED = and_(or_(_task.retries.is_(None), _task.retries > 0), ~_instance.suspended)


@dataclass(frozen=True, slots=True)
class Topic:
    """What a worker asks for: a topic, for how long it wants the tasks, and which of them.

    `variables`: the names that it wants to have; None: all, `local`: those of the task alone. `filters` are Camunda's, by name.
    """

    name: str
    lease: timedelta
    variables: Sequence[str] | None = None
    local: bool = False
    business_key: str | None = None
    filters: Mapping[str, Any] = field(default_factory=dict)
    variable_filters: Mapping[str, object] = field(default_factory=dict)
    properties: bool = False


class Free(NamedTuple):
    """A task that a worker may have, and for which of its topics it was found, from 0."""

    id: str
    topic: int


def free(
    conn: Connection, topics: Sequence[Topic], now: datetime, asked: Asked, *, most: int, by_priority: bool, descending: bool | None
) -> list[Free]:
    """The tasks that a worker may have, and that nobody else is about to take: their rows are locked, and locked ones are passed over."""
    query = _wanted(topics, asked).where(_is_free(now)).limit(most)
    if by_priority:
        query = query.order_by(_task.priority.desc())
    if descending is not None:
        query = query.order_by(_task.created_at.desc() if descending else _task.created_at.asc())
    rows = conn.execute(query.order_by(_task.id).with_for_update(of=external_task, skip_locked=True))
    return [Free(row.id, row.which) for row in rows]


def any_free(conn: Connection, topics: Sequence[Topic], now: datetime, asked: Asked) -> bool:
    """Whether there is one just now."""
    return conn.execute(_wanted(topics, asked).where(_is_free(now)).limit(1)).first() is not None


def next_free(conn: Connection, topics: Sequence[Topic], now: datetime, asked: Asked) -> datetime | None:
    """When the next lock of a task expires that a worker would have."""
    wanted = _wanted(topics, asked).where(_task.locked_until > now).subquery()
    found: datetime | None = conn.execute(select(func.min(wanted.c.locked_until))).scalar_one()
    return found


def roots_first(conn: Connection, task_ids: Collection[str]) -> list[str]:
    """These tasks in the order of their roots, the order of locks; those that are not there stand first."""
    roots = dict(conn.execute(select(_task.id, _task.root_id).where(_task.id.in_(sorted(task_ids)))).all())
    return sorted(set(task_ids), key=lambda it: (roots.get(it, ""), it))


def lock_for(conn: Connection, worker: str, until: Mapping[str, datetime]) -> None:
    """Give tasks to a worker, each until a moment."""
    conn.execute(_LOCK, [{"key": task_id, "worker": worker, "until": moment} for task_id, moment in until.items()])


_LOCK = update(external_task).where(_task.id == bindparam("key")).values(worker_id=bindparam("worker"), locked_until=bindparam("until"))


def _is_free(now: datetime | None) -> ColumnElement[bool]:
    return or_(_task.locked_until.is_(None), _task.locked_until <= now)


def _wanted(topics: Sequence[Topic], asked: Asked) -> Select[Any]:
    """Tasks of these topics that may be tried, locked or not."""
    conditions = [_of_topic(topic, asked) for topic in topics]
    which = case(*((condition, index) for index, condition in enumerate(conditions)), else_=-1)
    return select(_task.id, _task.locked_until, which.label("which")).select_from(_ROWS).where(_CAN_BE_TRIED, or_(*conditions))


_OF_TOPIC: dict[str, Filter] = {
    "processDefinitionId": equals(_instance.definition_id),
    "processDefinitionIdIn": one_of(_instance.definition_id),
    "processDefinitionKey": equals(_definition.key),
    "processDefinitionKeyIn": one_of(_definition.key),
    "processDefinitionVersionTag": equals(_definition.version_tag),
    "tenantIdIn": TENANTS["tenantIdIn"],
}
TOPIC_FILTERS = {name: it.kind for name, it in _OF_TOPIC.items()}
"""What narrows a topic besides the business key and variables, and what each takes."""


def _of_topic(topic: Topic, asked: Asked) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool] | None] = [_task.topic == topic.name]
    if topic.business_key is not None:
        conditions.append(_instance.business_key == topic.business_key)
    conditions += [_OF_TOPIC[name].condition(value, asked) for name, value in topic.filters.items()]
    wanted = (VariableFilter(name, "eq", value) for name, value in topic.variable_filters.items())
    conditions += [has_variable(_task.root_id, _task.instance_id, it, asked) for it in wanted]
    return and_(true(), *(it for it in conditions if it is not None))


# ---- the list ------------------------------------------------------------------------------------------------------------


def seen_external(sight: Sight) -> ColumnElement[bool]:
    """The condition that an external task is of a case that somebody sees."""
    return exists().where(case_instance.c.id == _task.instance_id, visible_cases(sight))


EXTERNAL = Listing(
    columns=(
        *external_task.columns, _instance.definition_id, _instance.business_key, _instance.suspended,
        _definition.key.label("definition_key"), _definition.version_tag, token.c.scope_id,
    ),
    rows=_ROWS.join(token, and_(token.c.root_id == _task.root_id, token.c.id == _task.id)),
    key=_task.id,
    filters={
        "externalTaskId": equals(_task.id),
        "externalTaskIdIn": one_of(_task.id),
        "topicName": equals(_task.topic),
        "workerId": equals(_task.worker_id),
        "locked": Filter(FilterKind.FLAG, lambda _value, asked: _task.locked_until > asked.now),
        "notLocked": Filter(FilterKind.FLAG, lambda _value, asked: _is_free(asked.now)),
        "withRetriesLeft": flag(or_(_task.retries.is_(None), _task.retries > 0)),
        "noRetriesLeft": flag(_task.retries == 0),
        "lockExpirationAfter": Filter(FilterKind.MOMENT, lambda moment, _asked: _task.locked_until > moment),
        "lockExpirationBefore": Filter(FilterKind.MOMENT, lambda moment, _asked: _task.locked_until < moment),
        "activityId": equals(_task.element_id),
        "activityIdIn": one_of(_task.element_id),
        "executionId": Filter(FilterKind.TEXT, lambda key, _asked: or_(_task.id == key, token.c.scope_id == key)),
        "processInstanceId": equals(_instance.id),
        "processInstanceIdIn": one_of(_instance.id),
        "processDefinitionId": equals(_instance.definition_id),
        "active": flag(~_instance.suspended),
        "suspended": flag(_instance.suspended),
        "priorityHigherThanOrEquals": at_least(_task.priority),
        "priorityLowerThanOrEquals": at_most(_task.priority),
    },
    sorts={
        "id": _task.id,
        "lockExpirationTime": _task.locked_until,
        "processInstanceId": _task.instance_id,
        "processDefinitionId": _instance.definition_id,
        "processDefinitionKey": _definition.key,
        "taskPriority": _task.priority,
        "createTime": _task.created_at,
    },
)  # fmt: skip
