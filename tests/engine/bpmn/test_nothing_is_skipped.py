"""Nothing that the standard allows inside a process is skipped in silence.

Each element and attribute of its XML schema runs, is refused, is warned of, or is one of those few that say nothing to an engine; so is
each of Camunda's. What the schema or the checks gain has to be put somewhere here.
"""

from collections.abc import Iterator
from importlib import metadata

import pytest
from lxml import etree

from engine.bpmn.checks import Known, check
from engine.bpmn.checks.schema import SCHEMA_PATH
from engine.bpmn.checks.support import DATA_OF_EVENTS, DRAWN_ONLY, UNSUPPORTED, WITHOUT_EFFECT
from engine.bpmn.names import ACTIVITIES, FLOW_NODES
from engine.bpmn.reader import read_model

from .builder import definitions, element, extension, flow, one, process


def words(text: str) -> set[str]:
    """Names that are written one after the other."""
    return set(text.split())


XSD = "{http://www.w3.org/2001/XMLSchema}"

RUNS = (FLOW_NODES - UNSUPPORTED.keys()) | words(
    """
    process sequenceFlow conditionExpression expression formalExpression laneSet lane childLaneSet flowNodeRef incoming outgoing
    multiInstanceLoopCharacteristics loopCardinality loopDataInputRef inputDataItem
    completionCondition loopDataOutputRef outputDataItem standardLoopCharacteristics loopCondition script
    messageEventDefinition timerEventDefinition errorEventDefinition terminateEventDefinition timeDate timeDuration timeCycle
    signalEventDefinition escalationEventDefinition conditionalEventDefinition condition linkEventDefinition compensateEventDefinition
    cancelEventDefinition eventDefinitionRef association extensionElements
    humanPerformer potentialOwner resourceAssignmentExpression
    """
)
INSIDE_REFUSED = words(  # elements that stand only inside of refused ones
    """
    activationCondition correlationPropertyBinding correlationPropertyRef dataPath from to
    correlationKey participantRef messageFlowRef innerParticipantRef outerParticipantRef participantAssociation
    resourceRef resourceParameterBinding
    """
)
INSIDE_WARNED = words(  # … of those that are warned of
    """
    dataState sourceRef targetRef dataInputRefs dataOutputRefs optionalInputRefs optionalOutputRefs whileExecutingInputRefs
    whileExecutingOutputRefs inputSetRefs outputSetRefs
    """
)
ABSTRACT = {"artifact", "eventDefinition", "flowElement", "loopCharacteristics"}
FOR_READERS = {"documentation", "text", "textAnnotation", "group", "categoryValueRef"}  # of the diagram
CONCEPTUAL = {  # "supports" and the interfaces name other models; a partition element names what a lane stands for
    "supports",
    "supportedInterfaceRef",
    "partitionElement",
    "source",  # of a link: its name says it
    "target",
}
PLACES = [RUNS, set(UNSUPPORTED), INSIDE_REFUSED, set(DRAWN_ONLY), set(DATA_OF_EVENTS), set(WITHOUT_EFFECT), INSIDE_WARNED]
PLACES += [ABSTRACT, FOR_READERS, CONCEPTUAL]

READ_ATTRIBUTES = words(
    """
    id name isExecutable sourceRef targetRef default attachedToRef cancelActivity isInterrupting triggeredByEvent calledElement
    isSequential messageRef errorRef signalRef escalationRef activityRef isForCompensation scriptFormat testBefore loopMaximum
    cancelRemainingInstances ordering instantiate
    """
)
REFUSED_ATTRIBUTES = {  # with a value that would change something, and the code of the refusal
    "behavior": "unsupported-loop-behaviour",
    "completionQuantity": "unsupported-quantity",
    "startQuantity": "unsupported-quantity",
    "eventGatewayType": "unsupported-parallel-gateway",
    "isImmediate": "unsupported-not-immediate",
    "language": "unsupported-language",
    "parallelMultiple": "unsupported-parallel-multiple",
}
WARNED_ATTRIBUTES = {"operationRef", "waitForCompletion"}
OF_REFUSED = words(  # attributes that only refused elements have
    """
    calledChoreographyRef correlationKeyRef correlationPropertyRef initiatingParticipantRef loopType method parameterRef
    """
)
OF_WARNED = {"dataObjectRef", "dataStoreRef", "inputDataRef", "outputDataRef", "isCollection"}
SAYS_NOTHING = {  # why each of them may be left aside
    "associationDirection": "of a line between a note and what it is about",
    "categoryValueRef": "of a group, which is drawn",
    "definitionalCollaborationRef": "names the drawing",
    "evaluatesToTypeRef": "FEEL knows the types of its values",
    "gatewayDirection": "says again what the flows say",
    "implementation": "a technology's name; the handler or expression says what is done",
    "isClosed": "whether a model shows all messages, for its readers",
    "itemSubjectRef": "the type of a drawn data element",
    "noneBehaviorEventRef": 'has a meaning with behavior="None" only, which is refused',
    "oneBehaviorEventRef": 'has a meaning with behavior="One" only, which is refused',
    "partitionElementRef": "what a lane stands for; crossdesk:performer says who works",
    "processType": "for readers; isExecutable decides",
    "textFormat": "of a note",
}


def _schema() -> etree._Element:
    path = metadata.distribution("SpiffWorkflow").locate_file(SCHEMA_PATH)
    return etree.parse(str(path).replace("BPMN20.xsd", "Semantic.xsd")).getroot()


class Standard:
    """What the schema allows inside a process: element names with their attributes."""

    def __init__(self) -> None:
        root = _schema()
        self.types = {item.get("name"): item for item in root.findall(f"{XSD}complexType")}
        self.elements = {item.get("name"): item for item in root.findall(f"{XSD}element")}
        self.found: dict[str, set[str]] = {}
        todo = [("process", "tProcess")]
        while todo:
            name, kind = todo.pop()
            if name in self.found:
                continue
            declared = self.elements.get(name)
            if declared is not None:
                kind = declared.get("type")
                todo += [(other, None) for other, item in self.elements.items() if _local(item.get("substitutionGroup")) == name]
            self.found[name] = set(self._attributes(kind))
            todo += self._parts(kind)

    def _ancestry(self, kind: str | None) -> Iterator[etree._Element]:
        while kind in self.types:
            yield self.types[kind]
            base = self.types[kind].find(f".//{XSD}extension")
            kind = base.get("base") if base is not None else None

    def _parts(self, kind: str | None) -> list[tuple[str, str | None]]:
        parts = (part for item in self._ancestry(kind) for part in item.iter(f"{XSD}element"))
        return [(_local(part.get("ref") or part.get("name")), part.get("type")) for part in parts]

    def _attributes(self, kind: str | None) -> list[str]:
        found = (part.get("name") for item in self._ancestry(kind) for part in item.iter(f"{XSD}attribute"))
        return [name for name in found if name]


def _local(name: str | None) -> str:
    return (name or "").rpartition(":")[2]


STANDARD = Standard()


def problems(data: bytes) -> list[str]:
    """The codes that the checks find."""
    return [problem.code for problem in check(read_model(data, "order.bpmn"), Known(strict=False, handlers=frozenset({"h"})))]


class TestTheStandard:
    def test_every_element_has_its_place(self):
        assert STANDARD.found.keys() - set().union(*PLACES) == set()

    def test_no_element_has_two_places(self):
        assert sorted(name for name in STANDARD.found if sum(name in place for place in PLACES) > 1) == []

    def test_every_attribute_has_its_place(self):
        names = set().union(*STANDARD.found.values())
        placed = [READ_ATTRIBUTES, set(REFUSED_ATTRIBUTES), WARNED_ATTRIBUTES, OF_REFUSED, OF_WARNED, set(SAYS_NOTHING)]
        assert names - set().union(*placed) == set()
        assert sorted(name for name in names if sum(name in place for place in placed) > 1) == []

    @pytest.mark.parametrize("name", sorted(name for name, own in STANDARD.found.items() if "isForCompensation" in own and name in RUNS))
    def test_no_activity_counts_tokens_or_compensates_in_a_flow(self, name):
        assert "compensation-with-flow" in problems(one(name, isForCompensation="true"))
        assert "unsupported-quantity" in problems(one(name, startQuantity="2"))
        assert "unsupported-quantity" in problems(one(name, completionQuantity="2"))

    @pytest.mark.parametrize("name", sorted(name for name, own in STANDARD.found.items() if "isForCompensation" in own and name in RUNS))
    @pytest.mark.parametrize("inside", ["performer", "humanPerformer", "potentialOwner", "resourceRole"])
    def test_no_activity_has_roles_of_the_standard(self, name, inside):
        assert any(code.startswith("unsupported-") for code in problems(one(name, element(inside))))

    @pytest.mark.parametrize("place", ["startEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "endEvent"])
    @pytest.mark.parametrize(
        "kind", ["signal", "escalation", "compensate", "cancel", "conditional", "link", "message", "timer", "error", "terminate"]
    )
    def test_an_event_runs_or_is_refused_wherever_it_stands(self, place, kind):
        inside = {"conditional": element("condition", "a"), "timer": element("timeDuration", "PT1H")}.get(kind, "")
        named = {"link": {"name": "l"}, "message": {"messageRef": "M"}, "error": {"errorRef": "E"}, "signal": {"signalRef": "S"}}.get(
            kind, {}
        )
        host = {"attachedToRef": "host"} if place == "boundaryEvent" else {}
        event = element(place, element(f"{kind}EventDefinition", inside, **named), id="it", **host)
        nodes = [element("startEvent", id="s"), element("userTask", id="host", camunda__assignee="kermit"), flow("s", "host")]
        where = {"startEvent": [], "boundaryEvent": []}.get(place, [flow("host", "it")])
        declared = [element("message", id="M", name="m"), element("error", id="E", errorCode="e"), element("signal", id="S", name="x")]
        found = check(read_model(definitions(*declared, process(*nodes, event, *where)), "order.bpmn"), Known(strict=False))
        refused = {problem.element for problem in found if not problem.warning}
        runs = {
            "startEvent": {"message", "timer", "signal", "conditional"},
            "intermediateCatchEvent": {"message", "timer", "signal", "conditional"},
            "intermediateThrowEvent": {"message", "signal", "escalation", "compensate"},
            "boundaryEvent": {"message", "timer", "signal", "conditional", "error", "escalation"},
            "endEvent": {"message", "signal", "error", "escalation", "terminate", "compensate"},
        }  # links need each other, what undoes needs a handler, and to cancel needs a transaction: test_checks.py
        assert refused == (set() if kind in runs[place] else {"it"})


CAMUNDA = {
    "process": "candidateStarterGroups candidateStarterUsers historyTimeToLive isStartableInTasklist versionTag jobPriority taskPriority",
    "startEvent": "asyncAfter asyncBefore exclusive formHandlerClass formKey formRef formRefBinding formRefVersion initiator jobPriority",
    "userTask": "assignee asyncAfter asyncBefore candidateGroups candidateUsers dueDate exclusive followUpDate formHandlerClass formKey"
    " formRef formRefBinding formRefVersion jobPriority priority",
    "serviceTask": "asyncAfter asyncBefore class delegateExpression exclusive expression jobPriority resultVariable taskPriority topic"
    " type",
    "sendTask": "asyncAfter asyncBefore class delegateExpression exclusive expression jobPriority resultVariable taskPriority topic type",
    "businessRuleTask": "asyncAfter asyncBefore class decisionRef decisionRefBinding decisionRefTenantId decisionRefVersion"
    " decisionRefVersionTag delegateExpression exclusive expression jobPriority mapDecisionResult resultVariable taskPriority"
    " topic type",
    "scriptTask": "asyncAfter asyncBefore exclusive jobPriority resource resultVariable",
    "callActivity": "asyncAfter asyncBefore calledElementBinding calledElementTenantId calledElementVersion calledElementVersionTag"
    " caseBinding caseRef caseTenantId caseVersion exclusive jobPriority variableMappingClass variableMappingDelegateExpression",
    "multiInstanceLoopCharacteristics": "asyncAfter asyncBefore collection elementVariable exclusive",
    "errorEventDefinition": "errorCodeVariable errorMessageVariable",
    "signalEventDefinition": "async",
    "escalationEventDefinition": "escalationCodeVariable",
    "conditionalEventDefinition": "variableName variableEvents",
    "conditionExpression": "resource",
    "error": "errorMessage",
}
"""Camunda 7's attributes (its reference of custom extensions), by the elements that they are for."""

VALUES = {"type": "external", "asyncBefore": "true", "asyncAfter": "true", "async": "true", "formRefBinding": "latest"}
WITHOUT_MEANING = {"exclusive", "historyTimeToLive", "versionTag", "isStartableInTasklist"}
READ = {
    "process": {"candidateStarterGroups", "candidateStarterUsers", "jobPriority", "taskPriority"},
    "startEvent": {"formKey", "formRef", "initiator"},
    "userTask": {"assignee", "candidateGroups", "candidateUsers", "dueDate", "followUpDate", "formKey", "formRef", "priority"},
    "serviceTask": {"expression", "resultVariable"},
    "sendTask": {"resultVariable", "expression"},
    "scriptTask": {"resultVariable"},
    "businessRuleTask": {
        "decisionRef", "decisionRefBinding", "decisionRefVersion", "decisionRefVersionTag", "mapDecisionResult", "resultVariable",
    },
    "callActivity": {"calledElementBinding", "calledElementVersion", "calledElementVersionTag"},
    "multiInstanceLoopCharacteristics": {"asyncBefore", "collection", "elementVariable"},
    "error": {"errorMessage"},
    "errorEventDefinition": {"errorCodeVariable", "errorMessageVariable"},
    "escalationEventDefinition": {"escalationCodeVariable"},
    "conditionalEventDefinition": {"variableName", "variableEvents"},
}  # fmt: skip
HANDLES = extension(element("crossdesk:handler", name="h"))
AROUND = {"serviceTask": {}, "sendTask": {}, "businessRuleTask": {"camunda__decisionRef": "d"}, "scriptTask": {}}
"""Tasks that say what they do, so that nothing but the attribute is to be told."""

EXTENSIONS = words(
    "connector constraint entry errorEventDefinition executionListener failedJobRetryTimeCycle field formData formField formProperty in"
    " inputOutput inputParameter list map out outputParameter potentialStarter script taskListener validation value"
)


class TestCamunda:
    @pytest.mark.parametrize(("name", "attribute"), [(name, attribute) for name, all_ in CAMUNDA.items() for attribute in all_.split()])
    def test_an_attribute_is_read_refused_or_warned_of(self, name, attribute):
        plain = self._file(name, {})
        given = self._file(name, {f"camunda__{attribute}": VALUES.get(attribute, "1")})
        told = set(problems(given)) - set(problems(plain))
        later = {"asyncBefore", "asyncAfter", "jobPriority"} if name in FLOW_NODES else set()
        if attribute in READ.get(name, set()) | WITHOUT_MEANING | later:
            assert not {"camunda-ignored", "unsupported-java"} & told
        else:
            assert told, f"camunda:{attribute} on <{name}> is skipped in silence"

    @pytest.mark.parametrize("name", ["userTask", "serviceTask", "startEvent", "callActivity", "process", "sequenceFlow"])
    @pytest.mark.parametrize("inside", sorted(EXTENSIONS))
    def test_an_extension_element_is_read_refused_or_warned_of(self, name, inside):
        part = extension(element(f"camunda:{inside}", source="a", target="b"))
        told = set(problems(self._file(name, {}, part))) - set(problems(self._file(name, {}, extension())))
        mapped = name in ACTIVITIES and inside == "inputOutput"
        mapped = mapped or (name in {"userTask", "startEvent"} and inside == "formData")
        assert told or mapped or (name == "callActivity" and inside in {"in", "out"})

    def _file(self, name: str, attributes: dict[str, str], part: str = "") -> bytes:
        """A file with one element of this name."""
        start, task, flow_ = element("startEvent", id="s"), element("userTask", id="t", camunda__assignee="kermit"), flow("s", "t")
        if name in AROUND:
            attributes = {**AROUND[name], **attributes}
            part = part or {"businessRuleTask": "", "scriptTask": element("script", "1")}.get(name, HANDLES)
        if name.endswith("EventDefinition"):
            part = element("boundaryEvent", element(name, **attributes), id="b", attachedToRef="t")
        files = {
            "process": lambda: definitions(process(part, start, **attributes)),
            "error": lambda: definitions(element("error", id="it", **attributes), process(start)),
            "startEvent": lambda: definitions(process(element("startEvent", part, id="s", **attributes))),
            "sequenceFlow": lambda: definitions(process(start, task, flow("s", "t", part))),
            "conditionExpression": lambda: definitions(process(start, task, flow("s", "t", element(name, "a", **attributes)))),
            "multiInstanceLoopCharacteristics": lambda: one("userTask", element(name, element("loopCardinality", "2"), **attributes)),
        }
        if name.endswith("EventDefinition"):
            return definitions(process(start, task, flow_, part))
        return files.get(name, lambda: one(name, part, **attributes))()
