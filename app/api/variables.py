"""The variables of process instances and of user tasks."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response

from app.api.basic import caller
from app.api.blueprint import answer, api, body, nothing
from app.api.declared import ENGINE_FAILS, Scope, declared
from app.api.errors import ENGINE, Refused
from app.api.looks import looked_at, looked_at_task
from app.api.shapes.base import SENT_VARIABLE, SENT_VARIABLES, TEXT, VARIABLE, VARIABLES, listed, sent
from app.api.values import all_shown, shown, typed, variables_in
from app.services import services
from engine import Conflict, FilterKind, InvalidRequest, NotFound, StoredValue

_INSTANCE, _TASK, _LOCAL = "/process-instance/<owner>/variables", "/task/<owner>/variables", "/task/<owner>/localVariables"
_NO_OWNER = (*ENGINE_FAILS, "NullValueException")


def _read(kind: str, owner: str, name: str | None = None) -> dict[str, StoredValue]:
    """The variables of a process instance, or of a task."""
    try:
        if kind == "instance":
            looked_at(owner)
            return services().engine.variables.of_instance(caller(), owner)
        looked_at_task(owner)
        return services().engine.variables.of_task(caller(), owner, local=kind == "local")
    except (NotFound, Conflict) as missing:
        raise _no_owner(kind, owner, "get", name) from missing


def _change(kind: str, owner: str, values: Mapping[str, object], removed: list[str], name: str | None = None) -> None:
    """Set and remove variables; `name`: the one that the call is about."""
    try:
        if kind == "instance":
            services().engine.variables.change(caller(), owner, values, removed)
        else:
            services().engine.variables.change_at_task(caller(), owner, values, removed, local=kind == "local")
    except NotFound as missing:
        raise _no_owner(kind, owner, "delete" if removed else "put", name) from missing


def _no_owner(kind: str, owner: str, verb: str, name: str | None) -> Refused:
    """Whose variables they are is not there. Camunda says it in two ways: of one variable, and of all."""
    what = "execution" if kind == "instance" else "task"
    message = f"{what} {owner} doesn't exist: {what} is null"
    if name is None:
        return Refused(500, "NullValueException", message, ENGINE)
    whose = "process instance" if kind == "instance" else "task"
    return Refused(500, "RestException", f"Cannot {verb} {whose} variable {name}: {message}", ENGINE)


@api.get(_INSTANCE, defaults={"kind": "instance"})
@api.get(_TASK, defaults={"kind": "task"})
@api.get(_LOCAL, defaults={"kind": "local"})
@declared(answers=VARIABLES, query={"deserializeValues": FilterKind.FLAG}, fails=_NO_OWNER)
def read_variables(kind: str, owner: str) -> Response:
    """All of them."""
    return answer(all_shown(_read(kind, owner)))


@api.post(_INSTANCE, defaults={"kind": "instance"})
@api.post(_TASK, defaults={"kind": "task"})
@api.post(_LOCAL, defaults={"kind": "local"})
@declared(takes=sent(modifications=SENT_VARIABLES, deletions=listed(TEXT)), fails=_NO_OWNER)
def change_variables(kind: str, owner: str) -> Response:
    """Set and remove several at once: `modifications` and `deletions`."""
    sent = body()
    removed = sent.get("deletions") or []
    if not isinstance(removed, list) or not all(isinstance(it, str) for it in removed):
        raise InvalidRequest("'deletions' must be a list of names")
    kept = {name: value for name, value in variables_in(sent, "modifications").items() if name not in removed}
    _change(kind, owner, kept, removed)  # what is set and deleted at once is deleted, as in Camunda
    return nothing()


@api.get(f"{_INSTANCE}/<name>", defaults={"kind": "instance"})
@api.get(f"{_TASK}/<name>", defaults={"kind": "task"})
@api.get(f"{_LOCAL}/<name>", defaults={"kind": "local"})
@declared(answers=VARIABLE, query={"deserializeValue": FilterKind.FLAG}, fails=_NO_OWNER)
def read_variable(kind: str, owner: str, name: str) -> Response:
    """One of them."""
    return answer(shown(_one(kind, owner, name)))


@api.get(f"{_INSTANCE}/<name>/data", defaults={"kind": "instance"})
@api.get(f"{_TASK}/<name>/data", defaults={"kind": "task"})
@api.get(f"{_LOCAL}/<name>/data", defaults={"kind": "local"})
@declared(refuses=True, fails=_NO_OWNER, scope=Scope.WORK)
def read_data(kind: str, owner: str, name: str) -> Response:
    """The bytes of one of them; only bytes and files have some."""
    _one(kind, owner, name)
    raise Refused(400, "InvalidRequestException", f"Value of variable '{name}' is not a binary value.")


@api.put(f"{_INSTANCE}/<name>", defaults={"kind": "instance"})
@api.put(f"{_TASK}/<name>", defaults={"kind": "task"})
@api.put(f"{_LOCAL}/<name>", defaults={"kind": "local"})
@declared(takes=SENT_VARIABLE, fails=_NO_OWNER)
def put_variable(kind: str, owner: str, name: str) -> Response:
    """Set one of them."""
    _change(kind, owner, {name: typed(name, body())}, [], name)
    return nothing()


@api.delete(f"{_INSTANCE}/<name>", defaults={"kind": "instance"})
@api.delete(f"{_TASK}/<name>", defaults={"kind": "task"})
@api.delete(f"{_LOCAL}/<name>", defaults={"kind": "local"})
@declared(fails=_NO_OWNER)
def remove_variable(kind: str, owner: str, name: str) -> Response:
    """Remove one of them."""
    _change(kind, owner, {}, [name], name)
    return nothing()


def _one(kind: str, owner: str, name: str) -> StoredValue:
    found = _read(kind, owner, name).get(name)
    if found is None:
        raise Refused(
            404,
            "InvalidRequestException",
            f"{'process instance' if kind == 'instance' else 'task'} variable with name {name} does not exist",
        )
    return found
