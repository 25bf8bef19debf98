"""The `camunda:` vocabulary: what is read, what is refused because it would be skipped otherwise, what is left aside with a warning."""

from __future__ import annotations

from itertools import chain
from typing import Final

from lxml import etree

from engine.bpmn.checks.findings import Findings
from engine.bpmn.checks.mappings import check_mapping
from engine.bpmn.mappings import LISTENERS
from engine.bpmn.names import (
    BPMNDI,
    CAMUNDA,
    CROSSDESK,
    DC,
    DI,
    FLOW_NODES,
    XSI,
    Element,
    camunda,
    elements,
    flag,
    is_bpmn,
    local_name,
    namespace_of,
    text_of,
)
from engine.bpmn.retries import read_cycle

USER_TASK: Final = ("userTask",)
PROCESS: Final = ("process",)
DECIDES: Final = ("businessRuleTask", "serviceTask", "sendTask")  # where a decision does not belong, another check says so
CALLS: Final = ("callActivity",)
REPEATS: Final = ("multiInstanceLoopCharacteristics",)
CATCHES: Final = ("errorEventDefinition",)
SENDS: Final = ("messageEventDefinition",)
THROWS: Final = ("intermediateThrowEvent", "endEvent")
EXTERNAL: Final = ("serviceTask", "sendTask", "businessRuleTask", "messageEventDefinition")

OF_WORKERS: Final = ("topic", "taskPriority")

READ: Final = {
    **dict.fromkeys(("assignee", "candidateUsers", "candidateGroups", "dueDate", "followUpDate", "priority"), USER_TASK),
    **dict.fromkeys(("formKey", "formRef"), ("userTask", "startEvent")),
    "initiator": ("startEvent",),
    **dict.fromkeys(("versionTag", "historyTimeToLive", "candidateStarterUsers", "candidateStarterGroups"), PROCESS),
    "isStartableInTasklist": PROCESS,
    "expression": (*DECIDES, *SENDS),
    "resultVariable": (*DECIDES, *SENDS, "scriptTask"),
    **dict.fromkeys(("variableName", "variableEvents"), ("conditionalEventDefinition",)),
    "escalationCodeVariable": ("escalationEventDefinition",),
    **dict.fromkeys(("decisionRef", "mapDecisionResult"), DECIDES),
    **dict.fromkeys(("decisionRefBinding", "decisionRefVersion", "decisionRefVersionTag"), DECIDES),
    "topic": EXTERNAL,
    "taskPriority": (*EXTERNAL, "process"),
    "jobPriority": (*FLOW_NODES, "process"),
    **dict.fromkeys(("calledElementBinding", "calledElementVersion", "calledElementVersionTag"), CALLS),
    **dict.fromkeys(("collection", "elementVariable"), REPEATS),
    **dict.fromkeys(("errorCodeVariable", "errorMessageVariable"), CATCHES),
    "errorMessage": ("error",),
}
"""Attributes that the reader reads, with the BPMN elements on which it does."""

QUIET: Final = frozenset(
    {
        "exclusive",
        "diagramRelationId",
        "modelerTemplate",
        "modelerTemplateVersion",
        "modelerTemplateIcon",
        "formRefBinding",
        "isStartable",
        "type",
        "asyncBefore",
        "asyncAfter",
        "async",
    }
)
"""Attributes without a meaning here, or with one that is looked at by its value."""

REFUSED: Final = {
    "class": "unsupported-java",
    "delegateExpression": "unsupported-java",
    "variableMappingClass": "unsupported-java",
    "variableMappingDelegateExpression": "unsupported-java",
    "formHandlerClass": "unsupported-java",
    "caseRef": "unsupported-case-call",
    "caseBinding": "unsupported-case-call",
    "caseVersion": "unsupported-case-call",
    "resource": "unsupported-script-task",
    "calledElementTenantId": "unsupported-tenant",
    "decisionRefTenantId": "unsupported-tenant",
}
"""Attributes that would be skipped, with the code of the refusal."""

REFUSED_ELEMENTS: Final = {
    "connector": "unsupported-connector",
    "field": "unsupported-java",
}
"""Extension elements that would be skipped, with the code of the refusal."""

READ_ELEMENTS: Final = {
    "in": ("callActivity", "signalEventDefinition"),
    "out": ("callActivity",),
    "errorEventDefinition": EXTERNAL,
    "formData": ("userTask", "startEvent"),
    "inputOutput": tuple(FLOW_NODES),
    "executionListener": (*FLOW_NODES, "process", "sequenceFlow"),
    "taskListener": USER_TASK,
    "failedJobRetryTimeCycle": tuple(FLOW_NODES),
}
"""Extension elements that the reader reads, with the BPMN elements on which it does."""

QUIET_ELEMENTS: Final = frozenset({"properties"})
"""Extension elements that say nothing to an engine."""

NOWHERE: Final = ("",)
QUIET_NAMESPACES: Final = frozenset({"", BPMNDI, DC, DI, XSI, CAMUNDA, CROSSDESK, "http://www.w3.org/XML/1998/namespace"})
DRAWING_TOOLS: Final = (
    "http://bpmn.io/schema/bpmn",
    "http://www.omg.org/spec/BPMN/non-normative/color",
    "http://camunda.org/schema/modeler",
)
OTHER_ENGINES: Final = {
    "http://camunda.org/schema/zeebe/1.0": "Camunda 8",
    "http://flowable.org/bpmn": "Flowable",
    "http://activiti.org/bpmn": "Activiti",
    "http://spiffworkflow.org/bpmn/schema/1.0/core": "SpiffWorkflow",
}


def check_camunda(findings: Findings) -> None:
    """Every attribute and extension element of the executable processes that is not of the BPMN namespace."""
    for item in chain(findings.elements(), findings.declared()):
        if is_bpmn(item):
            _check_attributes(findings, item)
        if is_bpmn(item, "extensionElements"):
            for extension in elements(item):
                _check_extension(findings, extension)


def _check_attributes(findings: Findings, item: Element) -> None:
    for key, value in item.attrib.items():
        name = etree.QName(key)
        if name.namespace == CAMUNDA:
            _check_camunda_attribute(findings, item, name.localname, str(value))
        elif name.namespace:
            _foreign(findings, item, name.namespace, name.localname)


def _check_camunda_attribute(findings: Findings, item: Element, name: str, value: str) -> None:
    if name in REFUSED:
        findings.error(REFUSED[name], item, name=name, language=name)
    elif name == "async" and is_bpmn(item, "signalEventDefinition"):
        if not _throws(item):
            findings.warn("camunda-ignored", item, name=name)
    elif name in {"asyncBefore", "asyncAfter", "async"} and flag(value, default=False):
        if not (is_bpmn(item, *FLOW_NODES) or (name != "asyncAfter" and is_bpmn(item, *REPEATS))):
            findings.error("unsupported-async", item, name=name)
    elif name == "type":
        if value != "external" or not is_bpmn(item, *EXTERNAL):
            findings.error("unsupported-task-type", item, type=value)
    elif name == "formRefBinding" and value != "deployment":
        findings.warn("form-binding", item, value=value)
    elif name not in QUIET and (local_name(item) not in READ.get(name, NOWHERE) or (name in OF_WORKERS and _does_it_here(item))):
        findings.warn("camunda-ignored", item, name=name)


def _does_it_here(task: Element) -> bool:
    """Whether a task is no external one: then no worker asks for its topic and priority."""
    return not is_bpmn(task, *PROCESS) and camunda(task, "type") != "external"


def _check_extension(findings: Findings, item: Element) -> None:
    name = local_name(item)
    if namespace_of(item) == CAMUNDA:
        if name in REFUSED_ELEMENTS:
            findings.error(REFUSED_ELEMENTS[name], item, name=name)
        elif name in LISTENERS or name == "inputOutput":
            check_mapping(findings, item, _around(item))
        elif name == "failedJobRetryTimeCycle" and is_bpmn(_around(item), *FLOW_NODES):
            _check_cycle(findings, item)
        elif name not in QUIET_ELEMENTS and not _is_read(item, name):
            findings.warn("camunda-ignored", item, name=name)
    elif namespace_of(item) not in QUIET_NAMESPACES:
        _foreign(findings, item, namespace_of(item), name)


def _is_read(item: Element, name: str) -> bool:
    """Whether the reader reads an extension element where it stands."""
    around = _around(item)
    if name == "errorEventDefinition" and _does_it_here(around):
        return False
    return is_bpmn(around, *READ_ELEMENTS.get(name, NOWHERE)) and (
        is_bpmn(around, *FLOW_NODES, *PROCESS, "sequenceFlow") or _throws(around)
    )


def _throws(definition: Element) -> bool:
    """Whether an event definition is of an event that throws."""
    event = definition.getparent()
    return event is not None and is_bpmn(event, *THROWS)


def _check_cycle(findings: Findings, item: Element) -> None:
    """When to try again stands in the model as it is: it is asked for where nothing of the case can be computed any more."""
    try:
        read_cycle(text_of(item))
    except ValueError:
        findings.error("retry-cycle", item, text=text_of(item))


def _around(extension: Element) -> Element:
    """The BPMN element that an extension element belongs to."""
    holder = extension.getparent()
    owner = holder.getparent() if holder is not None else None
    return extension if owner is None else owner


def _foreign(findings: Findings, item: Element, namespace: str, name: str) -> None:
    if namespace in QUIET_NAMESPACES or namespace.startswith(DRAWING_TOOLS):
        return
    if namespace in OTHER_ENGINES:
        findings.error("other-engine", item, name=name, engine=OTHER_ENGINES[namespace])
    else:
        findings.warn("foreign-extension", item, name=name, namespace=namespace)
