"""External tasks: workers fetch them, do them, and report what came of it.

A worker that would wait for its answer (`asyncResponseTimeout`) holds no thread: the call answers at once, and says in the environment of
the request for what it would wait; the server asks again when something has come (`app.polls`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Response, request

from app.api import lists, moments
from app.api.basic import caller
from app.api.blueprint import answer, api, body, flag_in, needed_in, nothing, retries_in, text_in, whole_in
from app.api.declared import ENGINE_FAILS, Scope, declared, shape_in_body
from app.api.external_lists import on_task, shown
from app.api.shapes.base import COUNTED, FLAG, NEEDED_TEXT, RETRIES, SENT_VARIABLES, TEXT, WHOLE, Shape, listed, map_of, one_of, sent
from app.api.shapes.work import LOCKED_EXTERNAL_TASK
from app.api.values import all_shown, typed, variables_in
from app.polls import ENVIRON, Poll
from app.services import services
from engine import ExternalTask, Failure, Fetch, InvalidRequest, Queries, Sort, Topic

LONGEST_WAIT = 1_800_000  # milliseconds, as in Camunda
_TOPIC_KINDS = Queries.filters()["topics"]


def _report(*needed: str, **fields: Shape) -> Shape:
    """What a worker reports."""
    return sent(workerId=NEEDED_TEXT, variables=SENT_VARIABLES, **fields, needed=("workerId", *needed))


def _lease(duration: str) -> Shape:
    return sent(workerId=NEEDED_TEXT, **{duration: _DURATION}, needed=("workerId", duration))


_DURATION: Shape = {"type": "integer", "minimum": 1, "description": "milliseconds"}
_TOPIC = sent(
    topicName=NEEDED_TEXT,
    lockDuration=_DURATION,
    variables=listed(TEXT),
    localVariables=FLAG,
    businessKey=TEXT,
    processVariables=map_of({}),
    includeExtensionProperties=FLAG,
    **{name: shape_in_body(kind) for name, kind in _TOPIC_KINDS.items()},
    needed=("topicName", "lockDuration"),
)
_FETCH = sent(
    workerId=NEEDED_TEXT,
    maxTasks=COUNTED,
    usePriority=FLAG,
    asyncResponseTimeout={"type": "integer", "maximum": LONGEST_WAIT, "description": "milliseconds"},
    sorting=listed(sent(sortBy=one_of("createTime"), sortOrder=one_of("asc", "desc"), needed=("sortBy", "sortOrder"))),
    topics=listed(_TOPIC),
    needed=("workerId", "maxTasks"),
)
_FAILURE = _report(errorMessage=TEXT, errorDetails=TEXT, retries=RETRIES, retryTimeout=COUNTED, localVariables=SENT_VARIABLES)


@api.post("/external-task/fetchAndLock")
@declared(takes=_FETCH, answers=listed(LOCKED_EXTERNAL_TASK), fails=ENGINE_FAILS, scope=Scope.WORK)
def fetch_and_lock() -> Response:
    """Lock tasks of some topics for a worker; with `asyncResponseTimeout` the answer may wait until there are some."""
    wanted, patience = _wanted(body())
    found = services().engine.external_tasks.fetch(caller(), wanted)
    poll = request.environ.get(ENVIRON)
    if not found and patience and isinstance(poll, Poll):
        free_at = services().engine.external_tasks.next_free(caller(), wanted)
        soon = None if free_at is None else (free_at - services().clock.now()).total_seconds()
        is_partial = any(topic.filters or topic.variable_filters or topic.business_key is not None for topic in wanted.topics)
        poll.wait_for([topic.name for topic in wanted.topics], patience.total_seconds(), soon, is_partial=is_partial)
    return answer([_fetched(it) for it in found])


def _wanted(sent: Mapping[str, object]) -> tuple[Fetch, timedelta]:
    worker = _worker(sent)
    patience = whole_in(sent, "asyncResponseTimeout") or 0
    if patience > LONGEST_WAIT:
        raise InvalidRequest(f"The asynchronous response timeout cannot be set to a value greater than {LONGEST_WAIT} milliseconds")
    topics = [] if sent.get("topics") is None else sent["topics"]
    if not isinstance(topics, list) or not all(isinstance(it, Mapping) for it in topics):
        raise InvalidRequest("'topics' must be a list of objects")
    most = whole_in(sent, "maxTasks")
    if most is None:
        raise InvalidRequest("maxTasks is required")
    found = Fetch(worker, [_topic(it) for it in topics], most, flag_in(sent, "usePriority"), _newest_first(lists.sorting(sent)))
    return found, timedelta(milliseconds=max(patience, 0))


def _newest_first(sorting: list[Sort]) -> bool | None:
    for it in sorting:
        if it.name != "createTime":
            raise InvalidRequest(f"Cannot set query sortBy parameter to value {it.name}")
        return it.descending
    return None


def _topic(sent: Mapping[str, object]) -> Topic:
    name, lease = text_in(sent, "topicName"), whole_in(sent, "lockDuration")
    if not name or lease is None:
        raise InvalidRequest("each topic needs a topicName and a lockDuration")
    names = sent.get("variables")
    if names is not None and (not isinstance(names, list) or not all(isinstance(it, str) for it in names)):
        raise InvalidRequest("'variables' must be a list of names")
    wanted = sent.get("processVariables") or {}
    if not isinstance(wanted, Mapping):
        raise InvalidRequest("'processVariables' must be an object of names and values")
    return Topic(
        name,
        _span("lockDuration", lease),
        names,
        flag_in(sent, "localVariables"),
        text_in(sent, "businessKey"),
        lists.filters_in(_TOPIC_KINDS, sent),
        {str(key): typed(str(key), it) if isinstance(it, Mapping) else it for key, it in wanted.items()},
        flag_in(sent, "includeExtensionProperties"),
    )


@api.post("/external-task/<task_id>/complete")
@declared(takes=_report(localVariables=SENT_VARIABLES), fails=ENGINE_FAILS, scope=Scope.WORK)
def complete_external(task_id: str) -> Response:
    """It is done; its case goes on."""
    sent = body()
    values, local = variables_in(sent), variables_in(sent, "localVariables")
    on_task(lambda: services().engine.external_tasks.report_completion(caller(), task_id, _worker(sent), values, local))
    return nothing()


@api.post("/external-task/<task_id>/failure")
@declared(takes=_FAILURE, fails=ENGINE_FAILS, scope=Scope.WORK)
def fail_external(task_id: str) -> Response:
    """It could not be done: it is tried again later, or is an incident."""
    sent = body()
    retries, wait = retries_in(sent) or 0, whole_in(sent, "retryTimeout") or 0
    failure = Failure(text_in(sent, "errorMessage"), text_in(sent, "errorDetails"), retries, _span("retryTimeout", wait))
    values, local = variables_in(sent), variables_in(sent, "localVariables")
    on_task(lambda: services().engine.external_tasks.report_failure(caller(), task_id, _worker(sent), failure, values, local))
    return nothing()


@api.post("/external-task/<task_id>/bpmnError")
@declared(takes=_report("errorCode", errorCode=NEEDED_TEXT, errorMessage=TEXT), fails=ENGINE_FAILS, scope=Scope.WORK)
def throw_external(task_id: str) -> Response:
    """It came to a business error, which the process may catch."""
    sent = body()
    code = needed_in(sent, "errorCode")
    message, values = text_in(sent, "errorMessage") or "", variables_in(sent)
    on_task(lambda: services().engine.external_tasks.report_error(caller(), task_id, _worker(sent), code, message, values))
    return nothing()


@api.post("/external-task/<task_id>/lock")
@declared(takes=_lease("lockDuration"), fails=ENGINE_FAILS, scope=Scope.WORK)
def lock_external(task_id: str) -> Response:
    """Lock one of them."""
    sent = body()
    on_task(
        lambda: services().engine.external_tasks.lock(
            caller(), task_id, _worker(sent), _span("lockDuration", _needed(sent, "lockDuration"))
        )
    )
    return nothing()


@api.post("/external-task/<task_id>/extendLock")
@declared(takes=_lease("newDuration"), fails=ENGINE_FAILS, scope=Scope.WORK)
def extend_lock(task_id: str) -> Response:
    """Keep it for longer, from now on."""
    sent = body()
    on_task(
        lambda: services().engine.external_tasks.extend(
            caller(), task_id, _worker(sent), _span("newDuration", _needed(sent, "newDuration"))
        )
    )
    return nothing()


@api.post("/external-task/<task_id>/unlock")
@declared(fails=ENGINE_FAILS, scope=Scope.WORK)
def unlock_external(task_id: str) -> Response:
    """Let other workers have it."""
    on_task(lambda: services().engine.external_tasks.unlock(caller(), task_id))
    return nothing()


@api.put("/external-task/<task_id>/retries")
@declared(takes=sent(retries=RETRIES, needed=("retries",)), fails=ENGINE_FAILS)
def set_external_retries(task_id: str) -> Response:
    """Say how often it may be tried."""
    retries = _retries(body())
    on_task(lambda: services().engine.external_tasks.set_retries(caller(), task_id, retries))
    return nothing()


@api.put("/external-task/<task_id>/priority")
@declared(takes=sent(priority=WHOLE, needed=("priority",)), fails=ENGINE_FAILS)
def set_external_priority(task_id: str) -> Response:
    """Let it come before or after others."""
    on_task(lambda: services().engine.external_tasks.set_priority(caller(), task_id, _needed(body(), "priority")))
    return nothing()


def _worker(sent: Mapping[str, object]) -> str:
    worker = text_in(sent, "workerId")
    if not worker:
        raise InvalidRequest("workerId is required")
    return worker


def _retries(sent: Mapping[str, object]) -> int:
    value = retries_in(sent)
    if value is None:
        raise InvalidRequest("'retries' is required")
    return value


def _needed(sent: Mapping[str, object], name: str) -> int:
    value = whole_in(sent, name)
    if value is None:
        raise InvalidRequest(f"'{name}' is required")
    return value


def _span(name: str, milliseconds: int) -> timedelta:
    try:
        return timedelta(milliseconds=milliseconds)
    except OverflowError as error:
        raise InvalidRequest(f"'{name}' is too long") from error


def _fetched(it: ExternalTask) -> dict[str, Any]:
    """With what only its worker gets."""
    more: dict[str, Any] = {"variables": all_shown(it.variables or {}), "errorDetails": it.error_details}
    more["createTime"] = moments.shown(it.created_at)
    return {**shown(it), **more, "extensionProperties": dict(it.properties or {})}
