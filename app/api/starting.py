"""Starting cases of process definitions, and their start forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from flask import Response

from app.api.basic import caller
from app.api.blueprint import JSON, answer, api, body, flag_in, link, text_in
from app.api.declared import ENGINE_FAILS, declared
from app.api.definitions import known, no_such_key
from app.api.errors import ENGINE, Refused
from app.api.instances import INSTRUCTION, instructions_in, shown_case
from app.api.shapes.base import FLAG, SENT_VARIABLES, TEXT, VARIABLES, listed, sent
from app.api.shapes.cases import STARTED
from app.api.shapes.work import TASK_FORM
from app.api.task_forms import wanted
from app.api.values import all_shown, variables_in
from app.services import services
from engine import Definition, FilterKind, FlowNode, InvalidRequest, InvalidSubmission, NotFound, Suspended

_START = sent(
    variables=SENT_VARIABLES,
    businessKey=TEXT,
    startInstructions=listed(INSTRUCTION),
    skipCustomListeners=FLAG,
    skipIoMappings=FLAG,
    withVariablesInReturn=FLAG,
)


@api.post("/process-definition/<definition_id>/start")
@declared(takes=_START, answers=STARTED, fails=ENGINE_FAILS)
def start(definition_id: str) -> Response:
    """Start a case of a version."""
    return _start_version(definition_id)


@api.post("/process-definition/<definition_id>/submit-form")
@declared(takes=_START, answers=STARTED, fails=ENGINE_FAILS)
def submit_start_form(definition_id: str) -> Response:
    """Start a case of a version by its start form: one in the model (`camunda:formData`) checks what is sent, and adds its defaults."""
    return _start_version(definition_id, submits=True)


@api.post("/process-definition/key/<key>/start")
@declared(takes=_START, answers=STARTED, fails=ENGINE_FAILS)
def start_latest(key: str) -> Response:
    """Start a case of the latest version."""
    return _start_latest(key)


@api.post("/process-definition/key/<key>/submit-form")
@declared(takes=_START, answers=STARTED, fails=ENGINE_FAILS)
def submit_latest_start_form(key: str) -> Response:
    """Start a case of the latest version by its start form, as `submit-form` of a version."""
    return _start_latest(key, submits=True)


def _start_version(definition_id: str, *, submits: bool = False) -> Response:
    try:
        return _start(definition_id.partition(":")[0], definition_id, submits=submits)
    except NotFound as missing:
        message = f"Cannot instantiate process definition {definition_id}: no matching definition with this id"
        raise Refused(404, "RestException", message) from missing


def _start_latest(key: str, *, submits: bool = False) -> Response:
    try:
        return _start(key, None, submits=submits)
    except NotFound as missing:
        raise no_such_key(key) from missing


def _start(key: str, definition_id: str | None, *, submits: bool) -> Response:
    given = body()
    silently, unmapped = flag_in(given, "skipCustomListeners"), flag_in(given, "skipIoMappings")
    instructions = instructions_in(given, "startInstructions") if given.get("startInstructions") else []
    _check(given, bare=not instructions)
    try:
        case = services().engine.instances.start(
            caller(),
            key,
            variables_in(given),
            business_key=text_in(given, "businessKey"),
            definition_id=definition_id,
            instructions=instructions,
            silently=silently,
            unmapped=unmapped,
            by="submission" if submits else "program",
        )
    except Suspended as halted:
        raise Refused(500, "RestException", f"Cannot instantiate process definition {definition_id or key}: {halted}", ENGINE) from halted
    except InvalidSubmission as wrong:
        raise Refused(400, "RestException", f"Cannot instantiate process definition {definition_id or key}: {wrong}", ENGINE) from wrong
    told = {**shown_case(case), "links": [link(f"/process-instance/{case.id}")]}
    if flag_in(given, "withVariablesInReturn"):
        told["variables"] = all_shown(services().engine.instances.stored_variables(caller(), case.id))
    return answer(told)


def _check(given: Mapping[str, object], *, bare: bool) -> None:
    """Refuse what is not to be had. Raises `InvalidRequest`."""
    if text_in(given, "caseInstanceId") is not None:
        raise InvalidRequest("'caseInstanceId' is not supported: there are no cases of CMMN")
    if bare and (flag_in(given, "skipCustomListeners") or flag_in(given, "skipIoMappings")):
        raise InvalidRequest(
            "Cannot skip custom listeners or input/output mappings when start a process instance at default start activity."
        )


# ---- start forms -----------------------------------------------------------------------------------------------------------


@api.get("/process-definition/<of>/startForm", defaults={"by": "id"})
@api.get("/process-definition/key/<of>/startForm", defaults={"by": "key"})
@declared(answers=TASK_FORM)
def read_start_form(by: str, of: str) -> Response:
    """The key of the start form of a version."""
    start = _start_event(known(by, of))
    name = start.form_key.source if start is not None and start.form_key is not None else None
    ref = None if start is None else start.form_link.ref(name)
    return answer({"key": start and start.form_link.key(name), "camundaFormRef": ref and asdict(ref), "contextPath": None})


@api.get("/process-definition/<of>/deployed-start-form", defaults={"by": "id"})
@api.get("/process-definition/key/<of>/deployed-start-form", defaults={"by": "key"})
@declared(answers={"type": "object"})
def read_deployed_start_form(by: str, of: str) -> Response:
    """The start form of a version, as it was deployed: JSON of form-js."""
    definition = known(by, of)
    start = _start_event(definition)
    key = start.form_key.source if start is not None and start.form_key is not None else None
    form = services().engine.definitions.form(definition.row.id, key) if key else None
    if form is None and start is not None and start.form_link.is_deployed:
        raise Refused(404, "InvalidRequestException", f"The form {key} of the process definition {definition.row.id} is not deployed.")
    if form is None:
        message = "One of the attributes 'formKey' and 'camunda:formRef' must be supplied but none were set."
        raise Refused(400, "InvalidRequestException", message)
    return Response(form, content_type=JSON)


@api.get("/process-definition/<of>/form-variables", defaults={"by": "id"})
@api.get("/process-definition/key/<of>/form-variables", defaults={"by": "key"})
@declared(answers=VARIABLES, query={"variableNames": FilterKind.TEXTS, "deserializeValues": FilterKind.FLAG})
def read_start_form_variables(by: str, of: str) -> Response:
    """The fields of a start form in the model (`camunda:formData`) with their defaults, or those that `variableNames` names."""
    definition = known(by, of)
    return answer(all_shown(wanted(services().engine.form_data.variables(caller(), definition.row.id))))


@api.get("/process-definition/<of>/rendered-form", defaults={"by": "id"})
@api.get("/process-definition/key/<of>/rendered-form", defaults={"by": "key"})
@declared(refuses=True)
def read_rendered_start_form(by: str, of: str) -> Response:
    """Forms are rendered from JSON in the browser: there is no HTML of one."""
    definition = known(by, of)
    message = f"No matching rendered start form for process definition with the id {definition.row.id} found."
    raise Refused(404, "InvalidRequestException", message, ENGINE)


def _start_event(definition: Definition) -> FlowNode | None:
    """The start event with a form that a case begins with when nothing else has begun it."""
    start = definition.compiled.default_start()
    return start if start is not None and start.form_key is not None else None
