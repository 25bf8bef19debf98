"""The forms of user tasks: what they are, what they hold, and sending them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from flask import Response, request

from app.api.basic import caller
from app.api.blueprint import JSON, answer, api, body, flag_in
from app.api.declared import ENGINE_FAILS, declared
from app.api.errors import ENGINE, Refused
from app.api.looks import looked_at, looked_at_task
from app.api.shapes.base import FLAG, SENT_VARIABLES, VARIABLES, sent
from app.api.shapes.work import TASK_FORM
from app.api.tasks import act, answered
from app.api.values import all_shown, variables_in
from app.services import services
from engine import Conflict, FilterKind, InvalidSubmission, NotFound, StoredValue

_PENDING = "PENDING"


@api.get("/task/<task_id>/form")
@declared(answers=TASK_FORM)
def read_form(task_id: str) -> Response:
    """The key of the form of a task."""
    try:
        found = services().engine.queries.task(caller(), task_id)
    except NotFound as missing:
        raise Refused(400, "RestException", f"Cannot get form for task {task_id}", ENGINE) from missing
    looked_at(found.instance_id)
    ref = found.form_link.ref(found.form_key)
    return answer({"key": found.form_link.key(found.form_key), "camundaFormRef": ref and asdict(ref), "contextPath": None})


@api.get("/task/<task_id>/form-variables")
@declared(answers=VARIABLES, query={"variableNames": FilterKind.TEXTS, "deserializeValues": FilterKind.FLAG})
def read_form_variables(task_id: str) -> Response:
    """What a task sees, with the fields of its `camunda:formData` as that has them; or those of it that `variableNames` names."""
    looked_at_task(task_id)
    return answer(all_shown(wanted(services().engine.variables.of_form(caller(), task_id))))


def wanted(values: Mapping[str, StoredValue]) -> dict[str, StoredValue]:
    """Those of the variables of a form that `variableNames` names, or all of them."""
    names = request.args.get("variableNames")
    asked = None if names is None else {it.strip() for it in names.split(",")}
    return {name: value for name, value in values.items() if asked is None or name in asked}


@api.get("/task/<task_id>/deployed-form")
@declared(answers={"type": "object"})
def read_deployed_form(task_id: str) -> Response:
    """The form of a task, as it was deployed: JSON of form-js."""
    try:
        found = services().engine.tasks.form_values(caller(), task_id)
    except (NotFound, Conflict) as missing:
        raise Refused(404, "InvalidRequestException", f"No matching task with id {task_id}") from missing
    looked_at(found.task.instance_id)
    if found.form is None and services().engine.queries.task(caller(), task_id).form_link.is_deployed:
        raise Refused(404, "InvalidRequestException", f"The form {found.task.form_key} of the task with id {task_id} is not deployed.")
    if found.form is None:
        message = "One of the attributes 'formKey' and 'camunda:formRef' must be supplied but none were set."
        raise Refused(400, "InvalidRequestException", message)
    return Response(found.form, content_type=JSON)


@api.get("/task/<task_id>/rendered-form")
@declared(refuses=True)
def read_rendered_form(task_id: str) -> Response:
    """Forms are rendered from JSON in the browser: there is no HTML of one, as in Camunda where the model has no `camunda:formData`."""
    looked_at_task(task_id)
    services().engine.tasks.get(caller(), task_id)
    raise Refused(404, "InvalidRequestException", f"No matching rendered form for task with the id {task_id} found.")


@api.post("/task/<task_id>/submit-form")
@declared(takes=sent(variables=SENT_VARIABLES, withVariablesInReturn=FLAG), answers=VARIABLES, or_nothing=True, fails=ENGINE_FAILS)
def submit_form(task_id: str) -> Response:
    """Complete a task with what its form allows; one that was delegated goes back to its owner.

    A form in the model (`camunda:formData`) checks what is sent, converts it and adds its defaults. One in a file counts, as with
    `complete`, where the model says what the step may do with its fields.
    """
    given = body()
    values, tells = variables_in(given), flag_in(given, "withVariablesInReturn")
    try:
        return answered(task_id, lambda: act(task_id, "submit", lambda: _submit(task_id, values)), tells=tells)
    except InvalidSubmission as wrong:
        raise Refused(400, "RestException", f"Cannot submit task form {task_id}: {wrong}", ENGINE) from wrong


def _submit(task_id: str, values: dict[str, object]) -> None:
    tasks = services().engine.tasks
    if tasks.get(caller(), task_id).delegation == _PENDING:
        tasks.resolve(caller(), task_id, values, by="submission")
    else:
        tasks.complete(caller(), task_id, values, by="submission")
