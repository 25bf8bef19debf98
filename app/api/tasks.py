"""User tasks: lists, who has them, completing them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace

from flask import Response

from app.api import lists, moments
from app.api.basic import caller
from app.api.blueprint import answer, api, body, flag_in, nothing, text_in
from app.api.declared import ENGINE_FAILS, declared, declared_count, declared_list
from app.api.errors import ENGINE, Refused
from app.api.looks import looked_at
from app.api.shapes.base import FLAG, NEEDED_TEXT, SENT_VARIABLES, TEXT, VARIABLES, sent
from app.api.shapes.work import TASK
from app.api.values import all_shown, variables_in
from app.services import services
from engine import Conflict, InvalidRequest, ListedTask, NotFound, Queries, Suspended, Wanted

_KINDS = Queries.filters()["tasks"]
_OFFERED = frozenset({
    "candidateUser", "candidateGroup", "candidateGroups", "candidateGroupLike", "withCandidateGroups", "withoutCandidateGroups",
    "withCandidateUsers", "withoutCandidateUsers",
})  # fmt: skip
"""The filters that leave out what somebody has, unless `includeAssignedTasks` is given."""


@api.route("/task", methods=["GET", "POST"])
@declared_list(_KINDS, TASK, Queries.sorts()["tasks"])
def list_tasks() -> Response:
    """Open user tasks by filters."""
    return answer([shown(it) for it in services().engine.queries.tasks(caller(), _wanted())])


@api.route("/task/count", methods=["GET", "POST"])
@declared_count(_KINDS)
def count_tasks() -> Response:
    """How many there are."""
    return answer({"count": services().engine.queries.count_tasks(caller(), _wanted())})


def _wanted() -> Wanted:
    """What is asked for. Raises `InvalidRequest` for what Camunda does not take together."""
    wanted = lists.wanted(_KINDS)
    for group in (wanted.filters, *wanted.any_of):
        if group.get("includeAssignedTasks") and group.keys().isdisjoint(_OFFERED):
            raise InvalidRequest(f"Invalid query usage: one of {', '.join(sorted(_OFFERED))} is needed beside includeAssignedTasks")
        state = group.get("delegationState")
        if state is not None and str(state).upper() not in {"PENDING", "RESOLVED"}:
            raise InvalidRequest(f"Valid values for property 'delegationState' are 'PENDING' or 'RESOLVED', but was '{state}'")
    one, several = wanted.filters.get("candidateGroup"), wanted.filters.get("candidateGroups")
    if one is not None and isinstance(several, list):  # the task must be offered to one that both name
        both = {"candidateGroups": [it for it in several if it == one]}
        wanted = replace(wanted, filters={name: it for name, it in wanted.filters.items() if name != "candidateGroup"} | both)
    if "candidateUser" in wanted.filters and not wanted.filters.keys().isdisjoint({"candidateGroup", "candidateGroups"}):
        raise InvalidRequest("Invalid query usage: cannot set both candidateGroup and candidateUser")
    return wanted


@api.get("/task/<task_id>")
@declared(answers=TASK)
def read_task(task_id: str) -> Response:
    """One open user task."""
    found = services().engine.queries.task(caller(), task_id)
    looked_at(found.instance_id)
    return answer(shown(found))


@api.post("/task/<task_id>/claim")
@declared(takes=sent(userId=TEXT), fails=(*ENGINE_FAILS, "NullValueException", "TaskAlreadyClaimedException"))
def claim(task_id: str) -> Response:
    """Give a task that nobody has to a person; without one, take it from whoever has it."""
    person = text_in(body(), "userId")
    tasks, actor = services().engine.tasks, caller()
    try:
        if person is None:
            act(task_id, "claim", lambda: tasks.assign(actor, task_id, None))
        elif person == actor.id and not actor.may_act_for_others:
            act(task_id, "claim", lambda: _claim_own(task_id))
        else:
            act(task_id, "claim", lambda: tasks.claim_for(actor, task_id, person))
    except Conflict as taken:
        message = f"Task '{task_id}' is already claimed by someone else."
        raise Refused(500, "TaskAlreadyClaimedException", message, ENGINE) from taken
    return nothing()


@api.post("/task/<task_id>/unclaim")
@declared(fails=ENGINE_FAILS)
def unclaim(task_id: str) -> Response:
    """Nobody has the task from now on."""
    act(task_id, "unclaim", lambda: services().engine.tasks.assign(caller(), task_id, None))
    return nothing()


@api.post("/task/<task_id>/assignee")
@declared(takes=sent(userId=TEXT), fails=ENGINE_FAILS)
def assign(task_id: str) -> Response:
    """Give the task to a person, whoever has it; without one, to nobody."""
    person = text_in(body(), "userId")
    act(task_id, "assign", lambda: services().engine.tasks.assign(caller(), task_id, person))
    return nothing()


@api.post("/task/<task_id>/delegate")
@declared(takes=sent(userId=NEEDED_TEXT, needed=("userId",)), fails=(*ENGINE_FAILS, "NullValueException"))
def delegate(task_id: str) -> Response:
    """Let somebody else work on the task for its owner."""
    person = text_in(body(), "userId")
    if not person:
        raise Refused(400, "InvalidRequestException", "userId is null or empty")
    act(task_id, "delegate", lambda: services().engine.tasks.delegate(caller(), task_id, person))
    return nothing()


@api.post("/task/<task_id>/resolve")
@declared(takes=sent(variables=SENT_VARIABLES), fails=(*ENGINE_FAILS, "NullValueException"))
def resolve(task_id: str) -> Response:
    """Give the task back to its owner."""
    values = variables_in(body())
    act(task_id, "resolve", lambda: services().engine.tasks.resolve(caller(), task_id, values))
    return nothing()


@api.post("/task/<task_id>/complete")
@declared(takes=sent(variables=SENT_VARIABLES, withVariablesInReturn=FLAG), answers=VARIABLES, or_nothing=True, fails=ENGINE_FAILS)
def complete(task_id: str) -> Response:
    """Complete the task; its case goes on."""
    sent = body()
    values = variables_in(sent)
    tells, tasks = flag_in(sent, "withVariablesInReturn"), services().engine.tasks
    return answered(task_id, lambda: act(task_id, "complete", lambda: tasks.complete(caller(), task_id, values, by="program")), tells=tells)


@api.post("/task/<task_id>/bpmnError")
@declared(takes=sent(errorCode=NEEDED_TEXT, errorMessage=TEXT, variables=SENT_VARIABLES, needed=("errorCode",)), fails=ENGINE_FAILS)
def fail(task_id: str) -> Response:
    """The task fails with a business error."""
    sent = body()
    code = _code_in(sent, "errorCode")
    values = variables_in(sent)
    act(task_id, "fail", lambda: services().engine.tasks.fail(caller(), task_id, code, text_in(sent, "errorMessage") or "", values))
    return nothing()


@api.post("/task/<task_id>/bpmnEscalation")
@declared(takes=sent(escalationCode=NEEDED_TEXT, variables=SENT_VARIABLES, needed=("escalationCode",)), fails=ENGINE_FAILS)
def escalate(task_id: str) -> Response:
    """The task escalates."""
    sent = body()
    code = _code_in(sent, "escalationCode")
    values = variables_in(sent)
    act(task_id, "escalate", lambda: services().engine.tasks.escalate(caller(), task_id, code, values))
    return nothing()


def _code_in(given: Mapping[str, object], name: str) -> str:
    """The code of an error or escalation."""
    code = text_in(given, name)
    if not code:
        raise Refused(400, "RestException", f"{name} is null or empty", ENGINE)
    return code


def answered(task_id: str, do: Callable[[], object], *, tells: bool) -> Response:
    """Complete a task; where it `tells`, the answer is the variables of its case as they are then, also of one that has ended."""
    instance_id = _instance_of(task_id) if tells else None
    do()
    return nothing() if instance_id is None else answer(all_shown(services().engine.instances.stored_variables(caller(), instance_id)))


def _instance_of(task_id: str) -> str | None:
    """None where the task is gone: completing it says so."""
    try:
        return services().engine.queries.task(caller(), task_id).instance_id
    except NotFound:
        return None


def shown(task: ListedTask) -> dict[str, object]:
    """A user task in an answer."""
    ref = task.form_link.ref(task.form_key)
    return {
        "id": task.id,
        "name": task.name or None,
        "assignee": task.assignee,
        "created": moments.shown(task.created_at),
        "due": moments.shown(task.due_at),
        "followUp": moments.shown(task.follow_up_at),
        "lastUpdated": moments.shown(task.updated_at),
        "delegationState": task.delegation,
        "description": task.description,
        "executionId": task.scope_id,
        "owner": task.owner,
        "parentTaskId": None,
        "priority": task.priority,
        "processDefinitionId": task.definition_id,
        "processInstanceId": task.instance_id,
        "taskDefinitionKey": task.element_id,
        "caseExecutionId": None,
        "caseInstanceId": None,
        "caseDefinitionId": None,
        "suspended": task.suspended,
        "formKey": task.form_link.key(task.form_key),
        "camundaFormRef": ref and asdict(ref),
        "tenantId": None,
        "taskState": "Created" if task.updated_at is None and task.version == 1 else "Updated",
    }


def act(task_id: str, verb: str, do: Callable[[], object]) -> None:
    """Do something with an open task. One that is done, or that the caller may not see, is none, as Camunda answers it."""
    try:
        do()
    except NotFound as missing:
        raise _no_task(task_id, verb) from missing
    except Suspended as halted:
        raise _halted(task_id, verb, str(halted)) from halted
    except Conflict as late:
        if "ended" in late.details:
            raise _no_task(task_id, verb) from late
        raise


def _no_task(task_id: str, verb: str) -> Refused:
    message = f"Cannot find task with id {task_id}: task is null"
    match verb:  # as Camunda does
        case "complete":
            return Refused(500, "RestException", f"Cannot complete task {task_id}: {message}", ENGINE)
        case "submit":
            return Refused(500, "RestException", f"Cannot submit task form {task_id}: {message}", ENGINE)
        case "claim" | "delegate" | "resolve":
            return Refused(500, "NullValueException", message, ENGINE)
        case "fail" | "escalate":
            return Refused(404, "RestException", message, ENGINE)
        case _:
            return Refused(400, "NotFoundException", message, ENGINE)


def _halted(task_id: str, verb: str, why: str) -> Refused:
    """The case of the task is suspended. Each of Camunda's calls says that in its own way."""
    match verb:
        case "complete":
            return Refused(500, "RestException", f"Cannot complete task {task_id}: {why}", ENGINE)
        case "submit":
            return Refused(500, "RestException", f"Cannot submit task form {task_id}: {why}", ENGINE)
        case "fail" | "escalate":
            return Refused(400, "RestException", why, ENGINE)
        case _:
            return Refused(400, "SuspendedEntityInteractionException", why, ENGINE)


def _claim_own(task_id: str) -> None:
    """A person takes what is offered; to take it twice is no mistake."""
    actor = caller()
    try:
        services().engine.tasks.claim(actor, task_id)
    except Conflict as had:
        if had.details.get("by") != actor.id or "ended" in had.details:
            raise
