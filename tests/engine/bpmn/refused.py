"""One small model for each thing that the checks find: its code, the file, and the element that must be named.

A list for each noun; `test_checks.py` runs them all and demands that no code is left without a model.
"""

from .builder import chain, condition, definitions, element, extension, flow, one, process, straight

MESSAGE = element("message", id="M", name="Confirmed")
ERROR = element("error", id="E", errorCode="short")
NO_CODE = element("error", id="E2")
TAKES = extension(element("camunda:executionListener", event="take", expression="${1}"))
LATE = element("timerEventDefinition", element("timeDuration", "PT1H"))
BADLY_LATE = element("timerEventDefinition", element("timeDuration", "one hour"))
GROOVY = element("camunda:inputParameter", element("camunda:script", "1", scriptFormat="groovy"), name="a")


def event(name, *parts, **attributes):
    """A process with one event of interest, `it`, its event definition inside."""
    return definitions(
        MESSAGE, ERROR, NO_CODE, process(element("startEvent", id="s"), element("task", id="t"), event_(name, *parts, **attributes))
    )


def event_(name, *parts, **attributes):
    """The event itself."""
    return element(name, *parts, **{"id": "it", **attributes})


def catching(definition, name="intermediateCatchEvent", **attributes):
    """A process that reaches a catching event, `it`."""
    return definitions(MESSAGE, ERROR, straight(event_(name, definition, **attributes), ids=["it"]))


def linked(name, id):  # noqa: A002  the attribute is called that
    """A link event."""
    return element(name, element("linkEventDefinition", name="on"), id=id)


def gateway(kind, *flows, **attributes):
    """A gateway `it` between a start event and the tasks `a` and `b`."""
    nodes = [element("startEvent", id="s"), element(kind, **{"id": "it", **attributes}), element("task", id="a"), element("task", id="b")]
    return definitions(process(*nodes, flow("s", "it"), *flows))


def timer(kind, text):
    """A timer catch event."""
    return catching(element("timerEventDefinition", element(kind, text) if kind else ""))


def task_with(*extensions, **attributes):
    """A user task with extension elements."""
    return one("userTask", extension(*extensions) if extensions else "", **attributes)


def constraint(name, **attributes):
    """A constraint of a field in a form inside of the model."""
    return element("camunda:validation", element("camunda:constraint", name=name, **attributes))


def form_data(*inner, twice=1, **attributes):
    """A user task with a form of one field inside of the model."""
    return task_with(element("camunda:formData", element("camunda:formField", *inner, **{"id": "n", **attributes}) * twice))


def case(**attributes):
    """A process with `crossdesk:case`."""
    return definitions(process(extension(element("crossdesk:case", **attributes)), element("startEvent", id="s")))


def key_field(*names, type="text"):  # noqa: A002  the attribute is called that
    """A process with key fields."""
    fields = [element("crossdesk:keyField", name=name, type=type, label="L") for name in names]
    return definitions(process(extension(element("crossdesk:case", *fields)), element("startEvent", id="s")))


def loop(*parts, on="userTask", **attributes):
    """A multi-instance activity."""
    return one(on, element("multiInstanceLoopCharacteristics", *parts, **attributes))


def event_subprocess(*inside, **attributes):
    """An event subprocess `it` beside a start event."""
    sub = element("subProcess", *inside, **{"id": "it", "triggeredByEvent": "true", **attributes})
    return definitions(MESSAGE, ERROR, process(element("startEvent", id="s"), element("endEvent", id="e"), sub, flow("s", "e")))


def two_handlers(definition):
    """A process with two event subprocesses that begin by the same event, at `in1` and `in2`."""
    starts = (element("startEvent", definition, id=f"in{n}") for n in (1, 2))
    return definitions(
        ERROR, process(*(element("subProcess", it, triggeredByEvent="true", id=f"sub{n}") for n, it in enumerate(starts, 1)), START_HERE)
    )


def message():
    """A message event definition."""
    return element("messageEventDefinition", messageRef="M")


START = element("startEvent", id="inner")
START_HERE = element("startEvent", id="s")
BEGINS = {"id": "it", "instantiate": "true", "messageRef": "M"}
OUTCOME = {"id": "ok", "kind": "done", "name": "OK"}
HANDLER = {"name": "reserve-stock"}


def connected(**inputs: str) -> str:
    """A connector with what it is told."""
    told = (element("crossdesk:parameter", name=name, value=value) for name, value in inputs.items())
    return extension(element("crossdesk:connector", *told, name="http"))


def nested(depth):
    """Subprocesses inside each other."""
    return definitions(
        process("".join(f'<bpmn:subProcess id="s{n}">' for n in range(1, depth + 1)) + START + "</bpmn:subProcess>" * depth, START_HERE)
    )


def joins(count):
    """A row of inclusive gateways, each reached by two flows."""
    nodes = [
        element("inclusiveGateway", id=f"g{n}") + flow(f"g{n - 1}", f"g{n}") + flow(f"g{n - 1}", f"g{n}", id=f"b{n}")
        for n in range(1, count)
    ]
    return definitions(process(element("startEvent", id="g0"), *nodes))


STRUCTURE = [
    ("schema", one("task", "text"), "it"),
    ("schema", one("boundaryEvent"), "it"),
    ("schema", definitions(process(element("startEvent", id="1 a"))), "1 a"),
    ("unknown-element", one("robotTask"), "it"),
    ("unknown-attribute", one("task", colour="red"), "it"),
    ("duplicate-id", definitions(process(element("startEvent", id="it"), element("endEvent", id="it"))), "it"),
    ("too-long", definitions(process(element("startEvent", id="i" * 256))), "i" * 256),
    ("too-long", one("task", name="n" * 1001), "it"),
    ("further-problems", definitions(process(*(element("userTask", id=f"t{number}") for number in range(1_001)))), "definitions"),
    ("nested-too-deep", nested(51), "s51"),
    ("duplicate-id", definitions(element("message", id="it"), process(element("startEvent", id="it"))), "it"),
    ("missing-id", definitions(process(element("startEvent"))), "order"),
    ("missing-id", definitions(process(id=None)), "definitions"),
    ("no-executable-process", definitions(process(isExecutable="false")), "definitions"),
    ("empty-process", definitions(process()), "order"),
    ("empty-process", one("subProcess"), "it"),
    ("dangling-reference", catching(element("messageEventDefinition", messageRef="gone")), "it"),
    ("dangling-reference", catching(element("messageEventDefinition", messageRef="E")), "it"),
    ("dangling-reference", event("boundaryEvent", element("errorEventDefinition", errorRef="M"), attachedToRef="t"), "it"),
    ("error-by-id", event("boundaryEvent", element("errorEventDefinition", errorRef="gone"), attachedToRef="t"), "it"),
    ("dangling-reference", one("receiveTask", messageRef="gone"), "it"),
    ("message-without-name", catching(element("messageEventDefinition")), "it"),
    ("lane-names-nothing", definitions(process(element("laneSet", element("lane", element("flowNodeRef", "gone"), id="it")))), "it"),
    ("flow-reference-ignored", one("task", element("incoming", "gone")), "it"),
    (
        "drawing-of-nothing",
        definitions(
            process(element("startEvent", id="s")),
            '<bpmndi:BPMNDiagram><bpmndi:BPMNPlane><bpmndi:BPMNShape id="it" bpmnElement="gone">'
            '<dc:Bounds x="1" y="1" width="1" height="1"/></bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>',
        ),
        "it",
    ),
    ("default-leads-elsewhere", gateway("exclusiveGateway", flow("it", "a"), default="s_it"), "it"),
    ("default-with-condition", gateway("exclusiveGateway", flow("it", "a", condition("1 = 1"), id="f"), default="f"), "f"),
    ("boundary-without-host", event("boundaryEvent", message(), attachedToRef="s"), "it"),
    ("boundary-without-host", event("boundaryEvent", message(), attachedToRef="gone"), "it"),
    (
        "boundary-elsewhere",
        definitions(
            MESSAGE, process(element("task", id="t"), element("subProcess", event_("boundaryEvent", message(), attachedToRef="t"), id="s"))
        ),
        "it",
    ),
    ("boundary-of-nothing", event("boundaryEvent", message(), attachedToRef="t"), "it"),
    ("flow-to-nowhere", definitions(process(element("startEvent", id="s"), flow("s", "gone", id="it"))), "it"),
    ("flow-to-nowhere", definitions(process(element("startEvent", id="s"), flow("gone", "s", id="it"))), "it"),
    (
        "flow-across-scopes",
        definitions(
            process(element("startEvent", id="s"), element("subProcess", element("task", id="t"), id="sub"), flow("s", "t", id="it"))
        ),
        "it",
    ),
]

FLOWS = [
    ("gateway-without-way-out", gateway("exclusiveGateway"), "it"),
    ("gateway-without-way-out", gateway("eventBasedGateway"), "it"),
    ("flow-without-condition", gateway("exclusiveGateway", flow("it", "a", condition("1 = 1")), flow("it", "b")), "it_b"),
    (
        "gateway-without-default",
        gateway("exclusiveGateway", flow("it", "a", condition("1 = 1")), flow("it", "b", condition("1 = 2"))),
        "it",
    ),
    ("event-gateway-target", gateway("eventBasedGateway", flow("it", "a"), flow("it", "b")), "a"),
    (
        "event-gateway-target-shared",
        definitions(
            MESSAGE,
            straight(element("eventBasedGateway", id="g"), event_("intermediateCatchEvent", message()), ids=["g", "it"]).replace(
                "</bpmn:process>", flow("start", "it") + "</bpmn:process>"
            ),
        ),
        "it",
    ),
    (
        "event-gateway-target-boundary",
        definitions(
            MESSAGE,
            straight(
                element("eventBasedGateway", id="g"),
                element("receiveTask", id="it", messageRef="M"),
                element("boundaryEvent", message(), id="b", attachedToRef="it"),
                ids=["g", "it"],
            ),
        ),
        "it",
    ),
    ("too-many-inclusive-joins", joins(1_002), "g1001"),
    ("condition-not-evaluated", gateway("parallelGateway", flow("it", "a", condition("1 = 1"))), "it_a"),
    ("condition-not-evaluated", gateway("eventBasedGateway", flow("it", "a"), default="it_a"), "it"),
    ("never-reached", definitions(process(element("startEvent", id="s"), element("task", id="it"))), "it"),
    ("never-reached", definitions(process(element("startEvent", id="s"), element("task", id="it"), flow("it", "it"))), "it"),
]

EVENTS = [
    ("event-place", event("startEvent", element("errorEventDefinition", errorRef="E")), "it"),
    ("event-place", event("intermediateCatchEvent"), "it"),
    ("event-place", event("intermediateCatchEvent", element("errorEventDefinition", errorRef="E")), "it"),
    ("event-place", event("intermediateThrowEvent", element("errorEventDefinition", errorRef="E")), "it"),
    ("event-place", event("boundaryEvent", element("terminateEventDefinition"), attachedToRef="t"), "it"),
    ("event-place", event("boundaryEvent", attachedToRef="t"), "it"),
    ("event-place", event("endEvent", element("timerEventDefinition", element("timeDuration", "PT1H"))), "it"),
    ("event-place", one("subProcess", element("startEvent", message(), id="in")), "in"),
    ("event-place", event_subprocess(element("startEvent", id="in")), "in"),
    ("error-must-interrupt", event("boundaryEvent", element("errorEventDefinition"), attachedToRef="t", cancelActivity="false"), "it"),
    (
        "error-must-interrupt",
        event_subprocess(element("startEvent", element("errorEventDefinition"), id="in", isInterrupting="false")),
        "in",
    ),
    ("error-without-code", event("endEvent", element("errorEventDefinition", errorRef="E2")), "it"),
    ("error-without-code", event("endEvent", element("errorEventDefinition")), "it"),
    ("dangling-reference", catching(element("eventDefinitionRef", "x")), "it"),
    ("dangling-reference", event("intermediateThrowEvent", element("compensateEventDefinition", activityRef="s")), "it"),
    ("timer-text", timer("timeCycle", "R3/10 hours"), "it"),
    ("timer-text", task_with(element("camunda:taskListener", BADLY_LATE, event="timeout", expression="${1}")), "it"),
    ("timer-text", timer("timeCycle", "0 61 * * * ?"), "it"),
    ("signal-without-name", catching(element("signalEventDefinition")), "it"),
    ("conditional-without-condition", catching(element("conditionalEventDefinition", element("condition"))), "it"),
    ("link-to-nowhere", event("intermediateThrowEvent", element("linkEventDefinition", name="on")), "it"),
    (
        "link-twice",
        definitions(process(element("startEvent", id="s"), *(linked("intermediateCatchEvent", name) for name in ("first", "it")))),
        "it",
    ),
    ("link-with-flow", catching(element("linkEventDefinition", name="on")), "it"),
    ("compensation-without-handler", event("boundaryEvent", element("compensateEventDefinition"), attachedToRef="t"), "it"),
    ("compensation-with-flow", one("serviceTask", isForCompensation="true"), "it"),
    ("never-compensates", event("userTask", isForCompensation="true"), "it"),
    (
        "boundary-of-handler",
        event("boundaryEvent", message(), attachedToRef="undo").replace(
            b"</bpmn:process>", element("userTask", id="undo", isForCompensation="true").encode() + b"</bpmn:process>"
        ),
        "it",
    ),
    ("cancel-elsewhere", event("endEvent", element("cancelEventDefinition")), "it"),
    ("cancel-elsewhere", event("boundaryEvent", element("cancelEventDefinition"), attachedToRef="t"), "it"),
    (
        "cancel-without-boundary",
        one("transaction", element("endEvent", element("cancelEventDefinition"), id="inside")),
        "inside",
    ),
    ("service-says-nothing", one("scriptTask", scriptFormat="feel"), "it"),
    ("loop-without-number", one("userTask", element("standardLoopCharacteristics")), "it"),
    ("loop-of-nothing", one("task", element("standardLoopCharacteristics", loopMaximum="2")), "it"),
    ("no-effect", event("endEvent", element("compensateEventDefinition", waitForCompletion="false")), "it"),
    ("interrupting-ignored", definitions(process(element("startEvent", id="it", isInterrupting="false"))), "it"),
    ("flow-into-start", definitions(process(element("startEvent", id="it"), element("task", id="t"), flow("t", "it"))), "it"),
    ("flow-out-of-end", definitions(process(element("endEvent", id="it"), element("task", id="t"), flow("it", "t"))), "it"),
    ("timer-without-time", timer(None, ""), "it"),
    ("timer-without-time", timer("timeDuration", ""), "it"),
    ("timer-text", timer("timeDuration", "2 days"), "it"),
    ("timer-text", timer("timeDuration", "P"), "it"),
    ("timer-text", timer("timeDuration", "P1W"), "it"),
    ("timer-text", timer("timeDuration", "P1Y2M3D"), "it"),
    ("timer-text", timer("timeDuration", "2026-01-31"), "it"),
    ("timer-text", timer("timeDate", "P3D"), "it"),
    ("timer-text", timer("timeDate", "20260131"), "it"),
    ("timer-text", timer("timeDuration", "PT"), "it"),
    ("timer-text", timer("timeDate", "tomorrow"), "it"),
    ("event-subprocess-starts", event_subprocess(element("task", id="in")), "it"),
    (
        "event-subprocess-starts",
        event_subprocess(element("startEvent", message(), id="in"), element("startEvent", element("errorEventDefinition"), id="in2")),
        "it",
    ),
    (
        "event-subprocess-flow",
        event_subprocess(element("startEvent", message(), id="in")).replace(
            b"</bpmn:process>", flow("s", "it").encode() + b"</bpmn:process>"
        ),
        "it",
    ),
    (
        "event-subprocess-plain",
        event_subprocess(element("startEvent", message(), id="in"), element("multiInstanceLoopCharacteristics", camunda__collection="c")),
        "it",
    ),
    ("several-starts", definitions(process(element("startEvent", id="s"), element("startEvent", id="it"))), "it"),
    (
        "message-starts-twice",
        definitions(MESSAGE, process(element("startEvent", message(), id="s"), element("startEvent", message(), id="it"))),
        "it",
    ),
    (
        "message-start-expression",
        definitions(element("message", id="M", name="Order ${number}"), process(element("startEvent", message(), id="it"))),
        "it",
    ),
    ("instantiate-place", one("receiveTask", instantiate="true", messageRef="M"), "it"),
    ("instantiate-place", gateway("eventBasedGateway", flow("it", "a"), instantiate="true"), "it"),
    ("instantiate-without-message", definitions(process(element("receiveTask", id="it", instantiate="true"))), "it"),
    *(
        ("instantiate-plain", definitions(MESSAGE, process(element("receiveTask", *inside, **BEGINS, **how), beside)), "it")
        for inside, how, beside in (
            ([element("multiInstanceLoopCharacteristics", element("loopCardinality", "2"))], {}, ""),
            ([], {"camunda__asyncBefore": "true"}, ""),
            ([], {}, element("boundaryEvent", message(), id="b", attachedToRef="it")),
        )
    ),
    ("process-without-start", definitions(process(element("task", id="t"))), "order"),
    ("receive-task-without-message", one("receiveTask"), "it"),
    ("caught-before", two_handlers(element("errorEventDefinition", errorRef="E")), "in2"),
    ("caught-twice", two_handlers(element("escalationEventDefinition")), "in2"),
    (
        "caught-twice",
        event("boundaryEvent", element("errorEventDefinition", errorRef="E"), attachedToRef="t").replace(
            b"</bpmn:process>",
            element("boundaryEvent", element("errorEventDefinition", errorRef="E"), id="again", attachedToRef="t").encode()
            + b"</bpmn:process>",
        ),
        "again",
    ),
]

PEOPLE = [
    ("starters-computed", definitions(process(element("startEvent", id="s"), camunda__candidateStarterUsers="${starter}")), "order"),
    ("unknown-group", task_with(camunda__candidateGroups="purchasing, unknown"), "it"),
    ("unknown-group", definitions(process(element("startEvent", id="s"), camunda__candidateStarterGroups="unknown")), "order"),
    (
        "unknown-group",
        definitions(process(element("laneSet", element("lane", extension(element("crossdesk:performer", group="unknown")), id="it")))),
        "it",
    ),
    (
        "unknown-group",
        catching(extension(element("crossdesk:offer", group="unknown", label="Give")) + message()),
        "it",
    ),
    ("unknown-person", task_with(camunda__assignee="nobody"), "it"),
    ("unknown-person", task_with(camunda__candidateUsers="kermit,nobody"), "it"),
    ("unknown-person", definitions(process(element("startEvent", id="s"), camunda__candidateStarterUsers="nobody")), "order"),
    ("unknown-owner", case(owner="nobody"), "order"),
    ("unknown-form", task_with(camunda__formKey="gone"), "it"),
    ("unknown-form", definitions(process(element("startEvent", id="it", camunda__formKey="gone"))), "it"),
    (
        "unknown-field",
        task_with(element("crossdesk:fields", element("crossdesk:field", name="margin", access="hidden")), camunda__formKey="request"),
        "it",
    ),
    (
        "field-twice",
        task_with(element("crossdesk:fields", element("crossdesk:field", name="amount", access="read") * 2), camunda__formKey="request"),
        "it",
    ),
    ("form-field-type", form_data(type="colour"), "it"),
    ("form-field-choices", form_data(type="enum"), "it"),
    ("form-field-default", form_data(type="long", defaultValue="many"), "it"),
    ("form-field-default", form_data(type="date", defaultValue="31.01.2026"), "it"),
    ("form-field-pattern", form_data(type="date", datePattern="EEE dd/MM/yyyy"), "it"),
    ("form-field-constraint", form_data(constraint("validator", config="com.example.Check"), type="string"), "it"),
    ("form-field-constraint", form_data(constraint("min", config="few"), type="long"), "it"),
    ("field-twice", form_data(type="string", twice=2), "it"),
    ("missing-id", form_data(type="string", id=None), "it"),
    ("camunda-ignored", one("userTask", extension(element("camunda:formData")), camunda__formKey="request"), "it"),
    ("camunda-ignored", task_with(element("camunda:formData", businessKey="n")), "it"),
    ("camunda-ignored", one("serviceTask", extension(element("camunda:formData")), camunda__expression="${1}"), "it"),
    ("fields-without-form", task_with(element("crossdesk:fields", element("crossdesk:field", name="amount", access="read"))), "it"),
    ("nobody-asked", one("userTask"), "it"),
    *(
        ("deadline", task_with(element("crossdesk:deadline", duration=text)), "it")
        for text in ("2", "2wd", "0 wd", "-1 wd", "2 days", "1.5 wd", "2  wd")
    ),
    ("due-date", task_with(camunda__dueDate="soon"), "it"),
    ("due-date", task_with(camunda__followUpDate="2026-13-01"), "it"),
    ("priority", task_with(camunda__priority="high"), "it"),
    ("outcome-twice", task_with(element("crossdesk:outcome", **OUTCOME) * 2), "it"),
    ("outcome-id", task_with(element("crossdesk:outcome", **{**OUTCOME, "id": "a b"})), "it"),
    (
        "outcome-variable",
        definitions(straight(element("userTask", extension(element("crossdesk:outcome", **OUTCOME)), id="re-check"), ids=["re-check"])),
        "re-check",
    ),
    ("unknown-word", task_with(element("crossdesk:outcome", **{**OUTCOME, "kind": "shrug"})), "it"),
    ("unknown-word", task_with(element("crossdesk:fields", default="secret")), "it"),
    (
        "unknown-word",
        task_with(element("crossdesk:fields", element("crossdesk:field", name="amount", access="secret")), camunda__formKey="request"),
        "it",
    ),
    ("unknown-word", case(visibility="participants friends"), "order"),
    ("unknown-word", key_field("amount", type="colour"), "order"),
    (
        "unknown-word",
        definitions(
            process(
                extension(element("crossdesk:case", element("crossdesk:variable", name="rest", type="colour", label="Rest"))),
                element("startEvent", id="s"),
            )
        ),
        "order",
    ),
    *(("number-prefix", case(numberPrefix=text), "order") for text in ("pa", "P-A", "1A", "ABCDEFGHI")),
    ("key-field-twice", key_field("amount", "amount"), "order"),
    (
        "key-field-hidden",
        definitions(
            process(
                extension(element("crossdesk:case", element("crossdesk:keyField", name="amount", type="money", label="L"))),
                element("startEvent", id="s"),
                element("userTask", extension(element("crossdesk:fields", default="hidden")), id="it", camunda__formKey="request"),
            )
        ),
        "it",
    ),
    ("key-field-name", key_field("the amount"), "order"),
]

SERVICES = [
    ("service-says-too-much", one("serviceTask", extension(element("crossdesk:handler", **HANDLER)), camunda__expression="${1}"), "it"),
    ("service-says-nothing", one("serviceTask"), "it"),
    ("rule-without-decision", one("businessRuleTask"), "it"),
    ("decision-elsewhere", one("serviceTask", camunda__decisionRef="level"), "it"),
    ("unknown-handler", one("serviceTask", extension(element("crossdesk:handler", name="gone"))), "it"),
    ("unknown-decision", one("businessRuleTask", camunda__decisionRef="gone"), "it"),
    ("unknown-word", one("businessRuleTask", camunda__decisionRef="level", camunda__mapDecisionResult="all"), "it"),
    ("unknown-connector", one("serviceTask", extension(element("crossdesk:connector", name="gone"))), "it"),
    ("connector-without-input", one("serviceTask", connected()), "it"),
    ("connector-input", one("serviceTask", connected(url="x", colour="red")), "it"),
    ("connector-fixed", one("serviceTask", connected(url="x", key="= secret")), "it"),
    ("unknown-word", one("serviceTask", connected(url="x", method="TRACE")), "it"),
    ("service-says-too-much", one("serviceTask", connected(url="x"), camunda__expression="${1}"), "it"),
    ("external-topic", one("serviceTask", camunda__type="external", camunda__topic="crossdesk:http"), "it"),
    ("retry-cycle", one("task", extension(element("camunda:failedJobRetryTimeCycle", "five times"))), "it"),
    ("retry-cycle", one("task", extension(element("camunda:failedJobRetryTimeCycle", "${cycle}"))), "it"),
    (
        "parameter-twice",
        one("serviceTask", extension(element("crossdesk:handler", element("crossdesk:parameter", name="p", value="1") * 2, **HANDLER))),
        "it",
    ),
    ("call-of-nothing", one("callActivity"), "it"),
    ("unknown-process", one("callActivity", calledElement="gone"), "it"),
    ("unknown-word", one("callActivity", calledElement="replenish", camunda__calledElementBinding="newest"), "it"),
    ("call-without-version", one("callActivity", calledElement="replenish", camunda__calledElementBinding="version"), "it"),
    ("mapping", one("callActivity", extension(element("camunda:in", source="a")), calledElement="replenish"), "it"),
    ("mapping", one("callActivity", extension(element("camunda:out", target="a")), calledElement="replenish"), "it"),
    (
        "mapping",
        one("callActivity", extension(element("camunda:in", variables="all", source="a", target="b")), calledElement="replenish"),
        "it",
    ),
    ("mapping", event("endEvent", element("signalEventDefinition", extension(element("camunda:in", source="a")), signalRef="S")), "it"),
    ("loop-without-number", loop(), "it"),
    ("loop-with-two-numbers", loop(element("loopCardinality", "3"), camunda__collection="c"), "it"),
    ("loop-number", loop(element("loopCardinality", "three")), "it"),
    ("loop-variable-without-collection", loop(element("loopCardinality", "3"), camunda__elementVariable="e"), "it"),
    ("loop-of-nothing", loop(element("loopCardinality", "3"), on="manualTask"), "it"),
]

EXPRESSIONS = [
    ("expression", gateway("exclusiveGateway", flow("it", "a", condition("amount >"))), "it_a"),
    ("expression", gateway("exclusiveGateway", flow("it", "a", condition("${amount >}"))), "it_a"),
    ("expression", gateway("exclusiveGateway", flow("it", "a", condition("${T(java.lang.Runtime).getRuntime()}"))), "it_a"),
    ("expression", gateway("exclusiveGateway", flow("it", "a", condition("__import__('os').system('id')"))), "it_a"),
    ("expression", task_with(camunda__assignee="= 1 +"), "it"),
    ("expression", task_with(camunda__candidateUsers="${"), "it"),
    ("expression", task_with(camunda__candidateGroups="= ("), "it"),
    ("expression", task_with(camunda__dueDate="= now( +"), "it"),
    ("expression", task_with(camunda__followUpDate="= ]"), "it"),
    ("expression", task_with(camunda__priority="= ]"), "it"),
    ("expression", task_with(camunda__formKey="= ]"), "it"),
    ("expression", definitions(process(element("startEvent", id="it", camunda__formKey="= ]"))), "it"),
    ("expression", one("serviceTask", camunda__expression="${execution.setVariable('a', }"), "it"),
    *(
        (
            "expression",
            definitions(process(*listening, element("startEvent", id="s"), element("endEvent", id="e"), flow("s", "e", *of_flow))),
            of,
        )
        for listening, of_flow, of in (
            ([extension(element("camunda:executionListener", event="start", expression="${"))], [], "order"),
            ([], [extension(element("camunda:executionListener", event="take", expression="${"))], "s_e"),
        )
    ),
    (
        "expression",
        task_with(
            element(
                "camunda:taskListener",
                element("timerEventDefinition", element("timeDuration", "= ]")),
                event="timeout",
                expression="${1}",
            )
        ),
        "it",
    ),
    (
        "expression",
        one("serviceTask", extension(element("crossdesk:handler", element("crossdesk:parameter", name="p", value="= ]"), **HANDLER))),
        "it",
    ),
    ("expression", one("businessRuleTask", camunda__decisionRef="= ]"), "it"),
    ("expression", one("callActivity", calledElement="= ]"), "it"),
    (
        "expression",
        one("callActivity", extension(element("camunda:in", sourceExpression="= ]", target="a")), calledElement="replenish"),
        "it",
    ),
    ("expression", one("callActivity", extension(element("camunda:in", businessKey="${")), calledElement="replenish"), "it"),
    (
        "expression",
        event(
            "endEvent",
            element("signalEventDefinition", extension(element("camunda:in", sourceExpression="= ]", target="a")), signalRef="S"),
        ),
        "it",
    ),
    ("expression", loop(element("loopCardinality", "= ]")), "it"),
    ("expression", loop(camunda__collection="= ]"), "it"),
    ("expression", timer("timeDuration", "= ]"), "it"),
    (
        "expression",
        definitions(element("message", id="M", name="${"), straight(event_("intermediateCatchEvent", message()), ids=["it"])),
        "it",
    ),
    ("expression", case(subject="= ]"), "order"),
    ("expression", case(subject="Order ${number}"), "order"),
]

EXTENSIONS = [
    ("crossdesk-element", task_with(element("crossdesk:outcom", **OUTCOME)), "it"),
    ("crossdesk-place", one("serviceTask", extension(element("crossdesk:deadline", duration="2 wd"))), "it"),
    ("crossdesk-place", task_with(element("crossdesk:field", name="amount", access="read")), "it"),
    ("crossdesk-attribute", task_with(element("crossdesk:deadline", duration="2 wd", reminder="1 wd")), "it"),
    ("crossdesk-attribute", one("userTask", crossdesk__deadline="2 wd"), "it"),
    ("crossdesk-missing-attribute", task_with(element("crossdesk:deadline")), "it"),
    ("crossdesk-missing-attribute", task_with(element("crossdesk:outcome", id="ok", kind="done")), "it"),
    ("crossdesk-twice", task_with(element("crossdesk:deadline", duration="2 wd") * 2), "it"),
    (
        "crossdesk-element",
        definitions(element("message", extension(element("crossdesk:ofer", group="sales")), id="it", name="m"), process(START_HERE)),
        "it",
    ),
    ("camunda-ignored", one("task", camunda__priority="3"), "it"),
    ("camunda-ignored", one("serviceTask", extension(element("crossdesk:handler", **HANDLER)), camunda__assignee="kermit"), "it"),
    ("camunda-ignored", one("userTask", camunda__initiator="me"), "it"),
    ("camunda-ignored", catching(element("signalEventDefinition", extension(element("camunda:in", variables="all")), signalRef="S")), "it"),
    ("camunda-ignored", catching(element("signalEventDefinition", signalRef="S", camunda__async="true")), "it"),
    ("camunda-ignored", one("userTask", camunda__resultVariable="r"), "it"),
    ("camunda-ignored", one("userTask", extension(element("camunda:in", source="a", target="b"))), "it"),
    ("timeout-listener", task_with(element("camunda:taskListener", event="timeout", expression="${1}")), "it"),
    ("timeout-listener", task_with(element("camunda:taskListener", LATE, event="create", expression="${1}")), "it"),
    ("listener-never-called", gateway("eventBasedGateway", flow("it", "a", TAKES)), "it_a"),
    ("no-effect", one("receiveTask", operationRef="o"), "it"),
    ("no-effect", one("userTask", element("rendering")), "it"),
    ("no-effect", one("task", element("auditing")), "it"),
    (
        "no-effect",
        definitions(
            element("import", namespace="n", location="x.bpmn", importType="http://www.omg.org/spec/BPMN/20100524/MODEL"),
            process(START_HERE),
        ),
        "definitions",
    ),
    ("drawn-only", event("intermediateCatchEvent", element("dataOutput", id="d"), message()), "d"),
    ("camunda-ignored", one("task", extension(element("camunda:potentialStarter"))), "it"),
    ("foreign-extension", one("task", extension('<x:note xmlns:x="urn:x"/>')), "it"),
    ("form-binding", task_with(camunda__formRef="request", camunda__formRefBinding="latest"), "it"),
    ("drawn-only", definitions(process(element("startEvent", id="s"), element("dataObject", id="it"))), "it"),
]

UNSUPPORTED = [
    ("unsupported-several-definitions", catching(message() + element("linkEventDefinition", name="on")), "it"),
    ("unsupported-parallel-multiple", catching(message(), parallelMultiple="true"), "it"),
    (
        "unsupported-data-assignment",
        one(
            "task",
            element("dataInputAssociation", element("targetRef", "x"), element("assignment", element("from", "a"), element("to", "b"))),
        ),
        "it",
    ),
    (
        "unsupported-not-immediate",
        definitions(process(START_HERE, element("task", id="t"), flow("s", "t", id="it", isImmediate="false"))),
        "it",
    ),
    (
        "unsupported-language",
        timer("timeDuration", "PT1H").replace(
            b"<bpmn:timeDuration", b'<bpmn:timeDuration xsi:type="bpmn:tFormalExpression" language="groovy"'
        ),
        "it",
    ),
    ("ad-hoc-begins", one("adHocSubProcess", element("startEvent", id="inner")), "inner"),
    ("unsupported-complex-gateway", gateway("complexGateway", flow("it", "a")), "it"),
    ("unsupported-script-task", one("scriptTask", element("script", "1 + 1"), scriptFormat="groovy"), "it"),
    ("unsupported-script-task", one("userTask", camunda__resource="deployment://x.js"), "it"),
    ("unsupported-send-task", one("sendTask"), "it"),
    ("unsupported-loop-behaviour", loop(camunda__collection="c", behavior="One"), "it"),
    ("unsupported-loop-behaviour", loop(element("complexBehaviorDefinition", element("condition", "a")), camunda__collection="c"), "it"),
    ("unsupported-resource-role", one("userTask", element("potentialOwner")), "it"),
    ("unsupported-resource-role", one("userTask", element("performer")), "it"),
    ("unsupported-resource-role", one("userTask", element("humanPerformer")), "it"),
    (
        "unsupported-correlation-key",
        definitions(process(element("startEvent", id="s"), element("correlationSubscription", id="it", correlationKeyRef="k"))),
        "it",
    ),
    (
        "unsupported-choreography",
        one("choreographyTask", element("participantRef", "a") * 2, element("messageFlowRef", "m"), initiatingParticipantRef="a"),
        "it",
    ),
    ("unsupported-event-element", one("implicitThrowEvent"), "it"),
    ("unsupported-parallel-gateway", gateway("eventBasedGateway", flow("it", "a"), eventGatewayType="Parallel"), "it"),
    ("unsupported-quantity", one("task", startQuantity="2"), "it"),
    (
        "unsupported-language",
        gateway(
            "exclusiveGateway",
            flow("it", "a", condition("x").replace("<bpmn:cond", "<bpmn:cond", 1).replace(" xsi", ' language="groovy" xsi')),
        ),
        "it_a",
    ),
    (
        "unsupported-must-understand",
        definitions(element("extension", definition="x", mustUnderstand="true"), process(element("startEvent", id="s"))),
        "definitions",
    ),
    ("unsupported-java", one("serviceTask", camunda__class="com.example.Job"), "it"),
    ("unsupported-java", one("serviceTask", camunda__delegateExpression="${job}"), "it"),
    ("unsupported-java", one("serviceTask", extension(element("camunda:field", name="a"))), "it"),
    ("unsupported-case-call", one("callActivity", camunda__caseRef="case"), "it"),
    ("unknown-word", one("businessRuleTask", camunda__decisionRef="level", camunda__decisionRefBinding="newest"), "it"),
    ("call-without-version", one("businessRuleTask", camunda__decisionRef="level", camunda__decisionRefBinding="version"), "it"),
    ("unsupported-tenant", one("callActivity", calledElement="replenish", camunda__calledElementTenantId="t"), "it"),
    (
        "external-among-others",
        event(
            "endEvent",
            element("messageEventDefinition", messageRef="M", camunda__type="external", camunda__topic="print"),
            element("terminateEventDefinition"),
        ),
        "it",
    ),
    ("external-without-topic", one("serviceTask", camunda__type="external"), "it"),
    (
        "external-error",
        one("serviceTask", extension(element("camunda:errorEventDefinition")), camunda__type="external", camunda__topic="print"),
        "it",
    ),
    (
        "expression",
        one(
            "serviceTask",
            extension(element("camunda:errorEventDefinition", errorRef="E", expression="${")),
            camunda__type="external",
            camunda__topic="print",
        ),
        "it",
    ),
    ("camunda-ignored", one("serviceTask", extension(element("camunda:errorEventDefinition")), camunda__expression="${1}"), "it"),
    ("unsupported-task-type", one("serviceTask", camunda__type="mail"), "it"),
    ("unsupported-async", definitions(process(START_HERE, camunda__asyncBefore="true")), "order"),
    ("unsupported-async", loop(camunda__collection="c", camunda__asyncAfter="true"), "it"),
    ("unsupported-input-output", definitions(process(extension(element("camunda:inputOutput")), element("startEvent", id="s"))), "order"),
    ("unsupported-script-task", task_with(element("camunda:inputOutput", GROOVY)), "it"),
    ("unsupported-listener", task_with(element("camunda:taskListener", event="create")), "it"),
    ("unsupported-listener", task_with(element("camunda:taskListener", event="start", expression="${1}")), "it"),
    ("unsupported-listener", one("task", extension(element("camunda:taskListener", event="create", expression="${1}"))), "it"),
    ("unsupported-listener", one("task", extension(element("camunda:executionListener", event="take", expression="${1}"))), "it"),
    ("unsupported-java", task_with(element("camunda:taskListener", event="create", **{"class": "a.B"})), "it"),
    ("unsupported-listener", one("userTask", extension(element("camunda:executionListener", event="start"))), "it"),
    ("unsupported-connector", one("serviceTask", extension(element("camunda:connector"))), "it"),
    ("other-engine", one("serviceTask", extension('<z:taskDefinition xmlns:z="http://camunda.org/schema/zeebe/1.0"/>')), "it"),
]

CALLS = [("call-cycle", one("callActivity", calledElement="order"), "it")]

REFUSED = [*STRUCTURE, *FLOWS, *EVENTS, *PEOPLE, *SERVICES, *EXPRESSIONS, *EXTENSIONS, *UNSUPPORTED]
"""Everything that `check` finds; `CALLS` is found by `call_cycles`."""

__all__ = ["CALLS", "REFUSED", "chain"]
