"""What BPMN has and the engine does not run yet: refused with the element and a way round, never skipped in silence."""

from __future__ import annotations

from typing import Final

from engine.bpmn.checks.findings import Findings
from engine.bpmn.data import copies, data_names
from engine.bpmn.names import (
    CROSSDESK,
    EVENTS,
    Element,
    bpmn,
    camunda,
    child,
    children,
    extension,
    flag,
    is_bpmn,
    local_name,
    text_of,
)

UNSUPPORTED: Final = {
    "complexGateway": "unsupported-complex-gateway",
    "complexBehaviorDefinition": "unsupported-loop-behaviour",
    "assignment": "unsupported-data-assignment",
    "transformation": "unsupported-data-assignment",
    "resourceRole": "unsupported-resource-role",
    "performer": "unsupported-resource-role",
    "correlationSubscription": "unsupported-correlation-key",
    "choreographyTask": "unsupported-choreography",
    "callChoreography": "unsupported-choreography",
    "subChoreography": "unsupported-choreography",
    "event": "unsupported-event-element",
    "implicitThrowEvent": "unsupported-event-element",
}
"""Elements by name; their code in the table of messages."""

DRAWN_ONLY: Final = frozenset(
    {
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "dataInputAssociation",
        "dataOutputAssociation",
        "ioSpecification",
        "property",
    }
)
"""Elements that are drawn, and without effect."""

WITHOUT_EFFECT: Final = frozenset({"ioBinding", "rendering", "operationRef", "auditing", "monitoring"})
"""Elements of the standard that name what stands outside of the process: web services, screens, logs. Nothing here reads them."""

DATA: Final = ("dataObject", "dataObjectReference", "property")

DATA_OF_EVENTS: Final = frozenset({"dataInput", "dataOutput", "inputSet", "outputSet"})

SCRIPTS: Final = ("feel", "juel", "text/feel", "application/feel")
"""What a script may be written in; a script in JUEL is one `${…}`."""

EXPRESSION_LANGUAGES: Final = ("feel", "https://www.omg.org/spec/dmn/")
"""How the languages begin that a condition may name; `${…}` needs none."""


def check_support(findings: Findings) -> None:
    """Every element of the executable processes."""
    root = findings.model.tree
    for item in children(root, "extension", "import"):
        if is_bpmn(item, "import"):
            findings.warn("no-effect", item, name="import")
        elif flag(item.get("mustUnderstand"), default=False):
            findings.error("unsupported-must-understand", item, name=item.get("definition", ""))
    copied = _copied(findings)
    for item in findings.elements():
        if not is_bpmn(item):
            continue
        name = local_name(item)
        if name in UNSUPPORTED:
            findings.error(UNSUPPORTED[name], item)
        if item not in copied:
            _warn(findings, item, name)
        _check_attributes(findings, item)
        _check_own(findings, item, name)


def _copied(findings: Findings) -> set[Element]:
    """The data objects, associations and declarations of activities of which something is copied."""
    items = [item for item in findings.elements() if is_bpmn(item)]
    names = data_names(findings.model.tree)
    found: set[Element] = set()
    for activity in items:
        for association, source, target in copies(activity, names):
            found |= {association, *children(activity, "ioSpecification")}
            found |= {it for it in items if names.get(it.get("id", "")) in {source, target} and local_name(it) in DATA}
    return found


def _warn(findings: Findings, item: Element, name: str) -> None:
    """What is drawn and read by nobody: refusing it would keep out most files of other tools."""
    parent = item.getparent()
    of_event = name in DATA_OF_EVENTS and parent is not None and is_bpmn(parent, *EVENTS)
    if of_event or (name in DRAWN_ONLY and not _feeds_loop(item)):
        findings.warn("drawn-only", item, name=name)
    if name in WITHOUT_EFFECT:
        findings.warn("no-effect", item, name=name)
    if not flag(item.get("waitForCompletion"), default=True):
        findings.warn("no-effect", item, name="waitForCompletion")
    if item.get("operationRef"):
        findings.warn("no-effect", item, name="operationRef")


def _check_attributes(findings: Findings, item: Element) -> None:
    if flag(item.get("parallelMultiple"), default=False):
        findings.error("unsupported-parallel-multiple", item)
    if item.get("eventGatewayType", "Exclusive") != "Exclusive" and not flag(item.get("instantiate"), default=False):
        findings.error("unsupported-parallel-gateway", item)
    if item.get("behavior", "All") != "All":
        findings.error("unsupported-loop-behaviour", item)
    for attribute in ("startQuantity", "completionQuantity"):
        if item.get(attribute, "1") != "1":
            findings.error("unsupported-quantity", item, attribute=attribute)
    script = item.get("scriptFormat") or "feel"
    if is_bpmn(item, "scriptTask") and script.lower() not in SCRIPTS:
        findings.error("unsupported-script-task", item, language=script)
    language = (item.get("language") or "").lower()
    if language and not language.startswith(EXPRESSION_LANGUAGES):
        findings.error("unsupported-language", item, language=item.get("language"))


def _check_own(findings: Findings, item: Element, name: str) -> None:
    if (
        name == "sendTask"
        and all(extension(item, CROSSDESK, way) is None for way in ("handler", "connector"))
        and not any(camunda(item, way) for way in ("expression", "type"))
    ):
        findings.error("unsupported-send-task", item)
    if (
        name in {"humanPerformer", "potentialOwner"}
        and item.find(f"{bpmn('resourceAssignmentExpression')}/{bpmn('formalExpression')}") is None
    ):
        findings.error("unsupported-resource-role", item)
    if not flag(item.get("isImmediate"), default=True):
        findings.error("unsupported-not-immediate", item)
    repeats = any(child(item, loop) is not None for loop in ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics"))
    if name in {"task", "manualTask"} and repeats:
        findings.error("loop-of-nothing", item, name=name)


def _feeds_loop(item: Element) -> bool:
    """Whether a data element is there only because the schema wants one behind `loopDataInputRef`."""
    parent = item.getparent()
    if parent is None:
        return False
    loop = parent.find(bpmn("multiInstanceLoopCharacteristics"))
    return loop is not None and bool(text_of(child(loop, "loopDataInputRef"))) and is_bpmn(item, "ioSpecification")
