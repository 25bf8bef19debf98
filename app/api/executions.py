"""Executions, activity instances and event subscriptions of open process instances."""

from __future__ import annotations

from contextlib import suppress
from typing import TypeVar

from flask import Response

from app.api import lists
from app.api.basic import caller
from app.api.blueprint import answer, api, body, nothing
from app.api.declared import ENGINE_FAILS, Scope, declared, declared_count, declared_list
from app.api.errors import Refused
from app.api.looks import looked_at
from app.api.shapes.base import SENT_VARIABLE, SENT_VARIABLES, TEXT, VARIABLE, VARIABLES, listed, sent
from app.api.shapes.cases import ACTIVITY_TREE, EXECUTION, SUBSCRIPTION
from app.api.values import all_shown, changes_in, typed, variables_in
from app.api.values import shown as shown_variable
from app.services import services
from engine import (
    ActivityInstance,
    EventSubscription,
    Execution,
    FilterKind,
    NotFound,
    Process,
    Queries,
    StoredValue,
    Wanted,
    activity_type,
)

_OF_BODY = "#multiInstanceBody"
_It = TypeVar("_It")
_AWAITED = {"messageEventSubscriptionName": "message", "signalEventSubscriptionName": "signal"}
_TOLD = {
    "eventSubscriptionId": "id", "eventType": "kind", "eventName": "name", "activityId": "element_id", "executionId": "execution_id",
}  # fmt: skip
_OF_EXECUTION, _OF_SUBSCRIPTION = (Queries.filters()[name] for name in ("executions", "subscriptions"))


@api.get("/process-instance/<instance_id>/activity-instances")
@declared(answers=ACTIVITY_TREE)
def read_tree(instance_id: str) -> Response:
    """What is going on in a process instance, as a tree."""
    process, root = services().engine.executions.tree(caller(), instance_id)
    definition = services().engine.instances.get(caller(), instance_id).definition.row.id
    looked_at(instance_id)
    return answer(_node(process, root, None, (instance_id, definition)))


def _node(process: Process, it: ActivityInstance, parent: str | None, of: tuple[str, str]) -> dict[str, object]:
    name = it.element_id.removesuffix(_OF_BODY)
    node = process.nodes.get(name)
    own = it.token_id if node is None else f"{it.element_id}:{it.token_id}"
    kind = "processDefinition" if node is None else "multiInstanceBody" if it.element_id != name else activity_type(node)
    title = process.name if node is None else node.name
    return {
        "id": own,
        "parentActivityInstanceId": parent,
        "activityId": of[1] if node is None else it.element_id,
        "activityName": title or None,
        "activityType": kind,
        "processInstanceId": of[0],
        "processDefinitionId": of[1],
        "childActivityInstances": [_node(process, child, own, of) for child in it.children],
        "childTransitionInstances": [],
        "executionIds": [it.execution_id],
        "incidentIds": [],
        "incidents": [],
        "name": title or None,
    }


@api.route("/execution", methods=["GET", "POST"])
@declared_list(_OF_EXECUTION, EXECUTION)
def list_executions() -> Response:
    """Executions of open process instances, also by activity or by the message or signal that they wait for."""
    wanted = lists.wanted(_OF_EXECUTION)
    return answer([_shown(it) for it in _page(_executions(wanted), wanted)])


@api.route("/execution/count", methods=["GET", "POST"])
@declared_count(_OF_EXECUTION)
def count_executions() -> Response:
    """How many there are."""
    return answer({"count": len(_executions(lists.wanted(_OF_EXECUTION)))})


def _executions(wanted: Wanted) -> list[Execution]:
    engine, asked = services().engine, wanted.filters
    awaited = {(kind, asked[name]) for name, kind in _AWAITED.items() if name in asked}
    found: list[Execution] = []
    for instance_id in engine.queries.holders(caller(), wanted):
        with suppress(NotFound):  # it has ended meanwhile
            found += engine.executions.of_instance(caller(), instance_id)
    return [it for it in found if asked.get("activityId") in {None, it.element_id} and awaited <= it.awaits]


def _page(found: list[_It], wanted: Wanted) -> list[_It]:
    return found[wanted.first : None if wanted.most is None else wanted.first + wanted.most]


@api.get("/execution/<execution_id>")
@declared(answers=EXECUTION)
def read_execution(execution_id: str) -> Response:
    """One execution."""
    found = services().engine.executions.get(caller(), execution_id)
    looked_at(found.instance_id)
    return answer(_shown(found))


@api.get("/execution/<execution_id>/localVariables")
@declared(answers=VARIABLES)
def read_local_variables(execution_id: str) -> Response:
    """The variables of an execution alone."""
    return answer(all_shown(services().engine.executions.local_variables(caller(), execution_id)))


@api.get("/execution/<execution_id>/localVariables/<name>")
@declared(answers=VARIABLE, query={"deserializeValue": FilterKind.FLAG})
def read_local_variable(execution_id: str, name: str) -> Response:
    """One variable of an execution alone."""
    return answer(shown_variable(_local(execution_id, name)))


@api.post("/execution/<execution_id>/localVariables")
@declared(takes=sent(modifications=SENT_VARIABLES, deletions=listed(TEXT)), fails=ENGINE_FAILS)
def change_local_variables(execution_id: str) -> Response:
    """Set and remove several variables of an execution alone: `modifications` and `deletions`."""
    services().engine.executions.change(caller(), execution_id, *changes_in(body()))
    return nothing()


@api.put("/execution/<execution_id>/localVariables/<name>")
@declared(takes=SENT_VARIABLE, fails=ENGINE_FAILS)
def put_local_variable(execution_id: str, name: str) -> Response:
    """Set one variable of an execution alone."""
    services().engine.executions.change(caller(), execution_id, {name: typed(name, body())})
    return nothing()


@api.delete("/execution/<execution_id>/localVariables/<name>")
@declared(fails=ENGINE_FAILS)
def remove_local_variable(execution_id: str, name: str) -> Response:
    """Remove one variable of an execution alone."""
    services().engine.executions.change(caller(), execution_id, {}, [name])
    return nothing()


@api.get("/execution/<execution_id>/localVariables/<name>/data")
@declared(refuses=True, scope=Scope.WORK)
def read_local_data(execution_id: str, name: str) -> Response:
    """The bytes of one of them; only bytes and files have some, and there are none here."""
    _local(execution_id, name)
    raise Refused(400, "InvalidRequestException", f"Value of variable '{name}' is not a binary value.")


def _local(execution_id: str, name: str) -> StoredValue:
    found = services().engine.executions.local_variables(caller(), execution_id).get(name)
    if found is None:
        raise Refused(404, "InvalidRequestException", f"execution variable with name {name} does not exist")
    return found


@api.post("/execution/<execution_id>/signal")
@declared(takes=sent(variables=SENT_VARIABLES), fails=ENGINE_FAILS)
def signal_execution(execution_id: str) -> Response:
    """Go on from a receive task without its message."""
    services().engine.executions.signal(caller(), execution_id, variables_in(body()))
    return nothing()


@api.post("/execution/<execution_id>/messageSubscriptions/<name>/trigger")
@declared(takes=sent(variables=SENT_VARIABLES), fails=ENGINE_FAILS)
def trigger_message(execution_id: str, name: str) -> Response:
    """Give a message to the execution that waits for it."""
    services().engine.executions.trigger(caller(), execution_id, name, variables_in(body()))
    return nothing()


@api.get("/event-subscription")
@declared_list(_OF_SUBSCRIPTION, SUBSCRIPTION)
def list_subscriptions() -> Response:
    """What open process instances wait for."""
    wanted = lists.wanted(_OF_SUBSCRIPTION)
    return answer(
        [
            {
                "id": it.id,
                "eventType": it.kind,
                "eventName": it.name or None,
                "executionId": it.execution_id,
                "processInstanceId": it.instance_id,
                "activityId": it.element_id,
                "createdDate": None,
                "tenantId": None,
            }
            for it in _page(_subscriptions(wanted), wanted)
        ]
    )


@api.get("/event-subscription/count")
@declared_count(_OF_SUBSCRIPTION)
def count_subscriptions() -> Response:
    """How many there are."""
    return answer({"count": len(_subscriptions(lists.wanted(_OF_SUBSCRIPTION)))})


def _subscriptions(wanted: Wanted) -> list[EventSubscription]:
    engine, found = services().engine, list[EventSubscription]()
    for instance_id in engine.queries.holders(caller(), wanted, waiting=True):
        with suppress(NotFound):  # it has ended meanwhile
            found += engine.executions.subscriptions(caller(), instance_id)
    asked = [(attribute, wanted.filters[name]) for name, attribute in _TOLD.items() if name in wanted.filters]
    return [it for it in found if all(getattr(it, attribute) == value for attribute, value in asked)]


def _shown(it: Execution) -> dict[str, object]:
    return {"id": it.id, "processInstanceId": it.instance_id, "ended": False, "tenantId": None}
