"""What activities say besides being there: people's work, services, calls, loops (BPMN 2.0, 10.3)."""

from __future__ import annotations

import re
from typing import Final

from engine.bpmn.events import Declared
from engine.bpmn.extensions import read_deadline, read_fields, read_named, read_outcomes
from engine.bpmn.form_data import FORM_DATA, READONLY, FormField, read_form_data
from engine.bpmn.form_links import FORM_SUFFIX, PLAIN, PREFIXES, FormLink
from engine.bpmn.loop_model import AdHoc, Loop
from engine.bpmn.mapping_model import ExternalError
from engine.bpmn.model import Call, FieldAccess, Service, Text, UserTask
from engine.bpmn.names import (
    CAMUNDA,
    Element,
    camunda,
    child,
    children,
    extension,
    extensions,
    flag,
    is_bpmn,
    is_computed,
    reference,
    text_of,
)
from engine.bpmn.passing import read_mapping
from engine.bpmn.retries import RetryCycle, read_cycle

_RESOURCE: Final = re.compile(r"(?P<kind>user|group)\s*\((?P<name>.*)\)")


def read_user_task(element: Element) -> UserTask | None:
    """Who does a user task, until when, with which form and outcomes."""
    if not is_bpmn(element, "userTask"):
        return None
    fields, default = read_fields(element)
    form_key, form_link, form_data = read_form(element)
    said = bool(fields) or default is not None
    if form_data:
        fields, default = (*fields, *readonly_of(form_data)), default or FieldAccess.WRITE
    return UserTask(
        assignee=attribute_text(element, "assignee") or _resources(element, "humanPerformer").get("", None),
        candidate_users=_joined(attribute_text(element, "candidateUsers"), _resources(element, "potentialOwner").get("user")),
        candidate_groups=_joined(attribute_text(element, "candidateGroups"), _resources(element, "potentialOwner").get("group")),
        due_date=attribute_text(element, "dueDate"),
        follow_up_date=attribute_text(element, "followUpDate"),
        priority=attribute_text(element, "priority"),
        form_key=form_key,
        form_link=form_link,
        form_data=form_data,
        outcomes=read_outcomes(element),
        deadline=read_deadline(element),
        fields=fields,
        default_field_access=default or FieldAccess.READ,
        declares_fields=said,
    )


def _resources(element: Element, name: str) -> dict[str, Text]:
    """Whom a resource role of the standard names, as Camunda reads its expression: `user(ann), group(sales), sales`; a performer is one."""
    found: dict[str, list[str]] = {}
    line = element.sourceline or 0
    for role in children(element, name):
        line = role.sourceline or 0
        assigned = child(role, "resourceAssignmentExpression")
        expression = None if assigned is None else child(assigned, "formalExpression")
        for part in text_of(expression).split(",") if name == "potentialOwner" else [text_of(expression)]:
            named = _RESOURCE.fullmatch(part.strip())
            kind = "" if name != "potentialOwner" else named["kind"] if named else "group"
            found.setdefault(kind, []).append(named["name"].strip() if named and kind else part.strip())
    return {kind: Text(", ".join(names), line) for kind, names in found.items() if any(names)}


def _joined(*texts: Text | None) -> Text | None:
    """What an attribute and the standard's elements name, together."""
    given = [text for text in texts if text is not None]
    return Text(", ".join(text.source for text in given), given[0].line) if given else None


def read_form(element: Element) -> tuple[Text | None, FormLink, tuple[FormField, ...]]:
    """The form key of a user task or start event; where it has none, that of its `camunda:formData`, and the fields of that."""
    (found, link), fields = read_form_key(element), read_form_data(element)
    if found is not None or not fields:
        return found, link, ()
    return Text(f"{FORM_DATA}{element.get('id', '')}", element.sourceline or 0), PLAIN, fields


def readonly_of(fields: tuple[FormField, ...]) -> tuple[tuple[str, FieldAccess], ...]:
    """What may only be read of them."""
    return tuple((field.id, FieldAccess.READ) for field in fields if field.has(READONLY))


def read_form_key(element: Element) -> tuple[Text | None, FormLink]:
    """The form of a user task or start event: `purchase-request` is the resource `purchase-request.form`.

    The Camunda Modeler also writes `camunda-forms:deployment:purchase-request.form` as the key, which means the same, or `camunda:formRef`:
    the id that stands in the form.
    """
    found, ref = attribute_text(element, "formKey"), attribute_text(element, "formRef")
    if found is None:
        link = FormLink(refers=True, binding=camunda(element, "formRefBinding"), version=camunda(element, "formRefVersion"))
        return ref, PLAIN if ref is None else link
    prefix = next((it for it in PREFIXES if found.source.startswith(it)), "")
    written = found.source.removeprefix(prefix)
    if not prefix or not (prefix == PREFIXES[0] or is_computed(written) or written.endswith(FORM_SUFFIX)):
        return found, PLAIN
    name = written.removesuffix(FORM_SUFFIX)
    return Text(name, found.line), FormLink(prefix, written[len(name) :])


def read_service(element: Element, declared: Declared) -> Service | None:
    """What a service, send, script or business rule task does; a throwing message event may do the same, on its definition."""
    if is_bpmn(element, "intermediateThrowEvent", "endEvent"):
        message = child(element, "messageEventDefinition")
        return None if message is None else _service(message, declared)
    if not is_bpmn(element, "serviceTask", "sendTask", "businessRuleTask", "scriptTask"):
        return None
    return _service(element, declared)


def _service(element: Element, declared: Declared) -> Service:
    external = camunda(element, "type") == "external"
    handler, of_handler = read_named(element, "handler")
    connector, of_connector = read_named(element, "connector")
    return Service(
        handler=handler,
        connector=connector,
        parameters=(*of_handler, *of_connector),
        topic=(attribute_text(element, "topic") or Text("", element.sourceline or 0)) if external else None,
        priority=attribute_text(element, "taskPriority") if external else None,
        errors=tuple(_error(item, declared) for item in extensions(element, CAMUNDA, "errorEventDefinition")) if external else (),
        expression=attribute_text(element, "expression"),
        script=element_text(child(element, "script")),
        decision=attribute_text(element, "decisionRef"),
        decision_binding=camunda(element, "decisionRefBinding") or "latest",
        decision_version=attribute_text(element, "decisionRefVersion") or attribute_text(element, "decisionRefVersionTag"),
        result_variable=camunda(element, "resultVariable"),
        map_decision_result=camunda(element, "mapDecisionResult"),
    )


def _error(item: Element, declared: Declared) -> ExternalError:
    line, expression = item.sourceline or 0, item.get("expression")
    code = declared.code(reference(item.get("errorRef")), "errorCode")
    return ExternalError(code, Text(expression, line) if expression else None, line)


def read_retries(element: Element) -> RetryCycle | None:
    """How often what fails here is tried again. What cannot be read is as nothing said: the checks name it."""
    found = extension(element, CAMUNDA, "failedJobRetryTimeCycle")
    if found is None:
        return None
    try:
        return read_cycle(text_of(found))
    except ValueError:
        return None


def read_call(element: Element) -> Call | None:
    """What a call activity calls, and which variables go in and come out."""
    if not is_bpmn(element, "callActivity"):
        return None
    called = (element.get("calledElement") or "").strip()
    prefix, _, plain = called.partition(":")
    if plain and not is_computed(called) and prefix in element.nsmap:  # a qualified name, as the standard writes it
        called = plain
    tagged = attribute_text(element, "calledElementVersionTag")
    return Call(
        called_element=Text(called, element.sourceline or 0),
        binding=camunda(element, "calledElementBinding") or "latest",
        version=attribute_text(element, "calledElementVersion") or tagged,
        ins=tuple(read_mapping(item) for item in extensions(element, CAMUNDA, "in")),
        outs=tuple(read_mapping(item) for item in extensions(element, CAMUNDA, "out")),
    )


def read_ad_hoc(element: Element) -> AdHoc | None:
    """What an ad-hoc subprocess says of its activities."""
    if not is_bpmn(element, "adHocSubProcess"):
        return None
    return AdHoc(
        sequential=element.get("ordering") == "Sequential",
        completion=element_text(child(element, "completionCondition")),
        cancels_remaining=flag(element.get("cancelRemainingInstances"), default=True),
    )


def read_loop(element: Element) -> Loop | None:
    """The multi-instance characteristics of an activity, the standard's words and Camunda's, or its standard loop."""
    found = child(element, "multiInstanceLoopCharacteristics")
    if found is None:
        return _standard_loop(child(element, "standardLoopCharacteristics"))
    return Loop(
        sequential=flag(found.get("isSequential"), default=False),
        cardinality=element_text(child(found, "loopCardinality")),
        collection=attribute_text(found, "collection") or element_text(child(found, "loopDataInputRef")),
        element_variable=camunda(found, "elementVariable") or _item(child(found, "inputDataItem")),
        completion_condition=element_text(child(found, "completionCondition")),
        output_collection=text_of(child(found, "loopDataOutputRef")) or None,
        output_element=_item(child(found, "outputDataItem")),
        async_before=flag(camunda(found, "asyncBefore") or camunda(found, "async"), default=False),
    )


def _standard_loop(found: Element | None) -> Loop | None:
    """Goes round while its condition holds, as often as its maximum says (BPMN 2.0, 13.3.6)."""
    if found is None:
        return None
    maximum = found.get("loopMaximum")
    return Loop(
        sequential=True,
        cardinality=None if maximum is None else Text(maximum, found.sourceline or 0),
        completion_condition=element_text(child(found, "loopCondition")),
        standard=True,
        test_before=flag(found.get("testBefore"), default=False),
    )


def _item(item: Element | None) -> str | None:
    """The name of a data item of a loop."""
    return None if item is None else item.get("name") or item.get("id")


def attribute_text(element: Element, name: str) -> Text | None:
    """A `camunda:` attribute with its line."""
    value = camunda(element, name)
    return None if value is None else Text(value, element.sourceline or 0)


def element_text(element: Element | None) -> Text | None:
    """What an element says, with its line; None where it is missing or empty."""
    text = text_of(element)
    return Text(text, element.sourceline or 0) if element is not None and text else None
