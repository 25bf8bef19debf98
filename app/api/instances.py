"""Open process instances."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, request

from app.api import lists
from app.api.basic import caller
from app.api.blueprint import answer, api, body, flag_in, flag_of_query, nothing, text_in
from app.api.declared import ENGINE_FAILS, declared, declared_count, declared_list
from app.api.errors import Refused
from app.api.looks import looked_at
from app.api.shapes.base import FLAG, SENT_VARIABLES, TEXT, listed, one_of, sent
from app.api.shapes.cases import INSTANCE
from app.api.values import variables_in
from app.services import services
from engine import Case, Conflict, FilterKind, Instruction, InstructionKind, InvalidRequest, ListedInstance, NotFound, Queries, Wanted

_KINDS = Queries.filters()["instances"]
_DELETION = dict.fromkeys(("skipCustomListeners", "skipIoMappings", "skipSubprocesses", "failIfNotExists"), FilterKind.FLAG)
_ENDED = "DELETE /process-instance"  # why, in the history: a client gives no reason
INSTRUCTION = sent(
    type=one_of(*InstructionKind),
    activityId=TEXT,
    transitionId=TEXT,
    activityInstanceId=TEXT,
    ancestorActivityInstanceId=TEXT,
    variables=SENT_VARIABLES,
    needed=("type",),
)
"""An instruction by hand: where something is to start, or to be cancelled."""
_MODIFICATION = sent(instructions=listed(INSTRUCTION), annotation=TEXT, skipCustomListeners=FLAG, skipIoMappings=FLAG)


@api.route("/process-instance", methods=["GET", "POST"])
@declared_list(_KINDS, INSTANCE, Queries.sorts()["instances"])
def list_instances() -> Response:
    """Process instances by filters."""
    return answer([shown(it) for it in services().engine.queries.instances(caller(), lists.wanted(_KINDS))])


@api.route("/process-instance/count", methods=["GET", "POST"])
@declared_count(_KINDS)
def count_instances() -> Response:
    """How many there are."""
    return answer({"count": services().engine.queries.count_instances(caller(), lists.wanted(_KINDS))})


@api.get("/process-instance/<instance_id>")
@declared(answers=INSTANCE)
def read_instance(instance_id: str) -> Response:
    """One process instance."""
    return answer(shown(find(instance_id)))


@api.delete("/process-instance/<instance_id>")
@declared(query=_DELETION, fails=ENGINE_FAILS)
def delete_instance(instance_id: str) -> Response:
    """End a process instance from outside; its history is kept. Nothing is mapped out of what is ended."""
    flag_of_query("skipIoMappings")
    if flag_of_query("skipSubprocesses"):
        raise InvalidRequest("'skipSubprocesses' is not supported: what a case has called ends with it")
    try:
        found = services().engine.instances.get(caller(), instance_id).case
        if found.parent_id is not None:
            raise InvalidRequest(f"the process instance {instance_id} was called by {found.parent_id}: cancel its call activity there")
        services().engine.instances.cancel(caller(), instance_id, _ENDED, silently=flag_of_query("skipCustomListeners"))
    except (NotFound, Conflict) as missing:
        if request.args.get("failIfNotExists", "true").lower() == "true":
            raise _no_instance(instance_id) from missing
    return nothing()


def _no_instance(instance_id: str) -> Refused:
    return Refused(404, "InvalidRequestException", f"Process instance with id {instance_id} does not exist")


@api.post("/process-instance/<instance_id>/modification")
@declared(takes=_MODIFICATION, fails=ENGINE_FAILS)
def modify_instance(instance_id: str) -> Response:
    """Change where a process instance stands: elements are cancelled and started, in order, all or none."""
    sent = body()
    if sent.get("instructions") in (None, []):
        find(instance_id)  # nothing is to be done, and that is no mistake
        return nothing()
    instructions = instructions_in(sent, "instructions")
    note, silently, unmapped = text_in(sent, "annotation") or "", flag_in(sent, "skipCustomListeners"), flag_in(sent, "skipIoMappings")
    services().engine.modification.modify(caller(), instance_id, instructions, note, silently=silently, unmapped=unmapped)
    return nothing()


def instructions_in(sent: Mapping[str, object], name: str) -> list[Instruction]:
    """Instructions by hand under a name of a body. Raises `InvalidRequest`."""
    given = sent.get(name)
    if not isinstance(given, list) or not all(isinstance(it, Mapping) for it in given):
        raise InvalidRequest(f"'{name}' must be a list of objects")
    return [_instruction(it) for it in given]


def _instruction(sent: Mapping[str, object]) -> Instruction:
    kind = text_in(sent, "type")
    if kind not in set(InstructionKind):
        raise InvalidRequest(f"'{kind}' is no type of an instruction: {', '.join(InstructionKind)}")
    if text_in(sent, "transitionInstanceId") is not None:
        raise InvalidRequest("'transitionInstanceId' is not supported: name the activity")
    given = sent.get("variables")
    local = {name for name, it in given.items() if isinstance(it, Mapping) and it.get("local")} if isinstance(given, Mapping) else set()
    values = variables_in(sent)
    return Instruction(
        InstructionKind(kind),
        text_in(sent, "transitionId" if kind == InstructionKind.TRANSITION else "activityId"),
        _token(text_in(sent, "activityInstanceId")),
        _token(text_in(sent, "ancestorActivityInstanceId")),
        {name: it for name, it in values.items() if name not in local},
        {name: it for name, it in values.items() if name in local},
    )


def _token(activity_instance: str | None) -> str | None:
    """An activity instance is named by its element and its token."""
    return None if activity_instance is None else activity_instance.rpartition(":")[2]


def find(instance_id: str) -> ListedInstance:
    """An open process instance that the caller sees. Raises `Refused`."""
    found = services().engine.queries.instances(caller(), Wanted({"processInstanceIds": [instance_id]}))
    if not found:
        raise _no_instance(instance_id)
    looked_at(found[0].id)
    return found[0]


def shown_case(case: Case) -> dict[str, object]:
    """A process instance that has just begun, in an answer."""
    return shown(ListedInstance(case.id, case.definition_id, case.business_key, suspended=False), ended=case.ended_at is not None)


def shown(row: ListedInstance, *, ended: bool = False) -> dict[str, object]:
    """A process instance in an answer."""
    return {
        "links": [],
        "id": row.id,
        "definitionId": row.definition_id,
        "definitionKey": row.definition_id.partition(":")[0],
        "businessKey": row.business_key,
        "caseInstanceId": None,
        "ended": ended,
        "suspended": row.suspended,
        "tenantId": None,
    }
