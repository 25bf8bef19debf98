"""Examples for gateways, flows, data, people and what is drawn."""

from __future__ import annotations

from tests.engine.bpmn.builder import chain, definitions, element, flow, one, process
from tests.engine.services.conftest import user_task
from tests.engine.services.examples.example import Examples, Refused, Runs
from tests.engine.services.examples.parts import DECLARED, END, MESSAGE, SIGNAL, START, TIMER, A, B, event, model, straight, text
from tests.engine.services.test_data_objects import DECLARED as INPUTS
from tests.engine.services.test_data_objects import INTO, OBJECTS, OUT

HOLDS = '<conditionExpression xsi:type="tFormalExpression">{2}</conditionExpression>'
IF = f'<sequenceFlow id="{{0}}_{{1}}" sourceRef="{{0}}" targetRef="{{1}}">{HOLDS}</sequenceFlow>'


def split(kind: str, *conditions: str, default: str = "") -> str:
    """A split and a join of this kind around the tasks a and b."""
    ways = [IF.format("g", name, it) if it else f"g > {name}" for name, it in zip("ab", conditions, strict=True)]
    gateways = f'<{kind} id="g" {default}/><{kind} id="j"/>'
    return model(START, gateways, A, B, END, "s > g", *ways, "a > j", "b > j", "j > e")


def forks(*flows: str, attributes: str = "") -> str:
    """A task with several flows out of it."""
    return model(START, user_task("t", f'camunda:candidateGroups="sales" {attributes}'), A, B, END, "s > t", *flows, "a > e", "b > e")


def begun_by_gateway() -> str:
    """A process that begins by a message or a signal, behind a gateway that nothing leads to."""
    waits = event("intermediateCatchEvent", "c", MESSAGE), event("intermediateCatchEvent", "late", SIGNAL)
    gateway = '<eventBasedGateway id="g" instantiate="true"/>'
    return model(gateway, *waits, A, B, END, "g > c", "g > late", "c > a", "late > b", "a > e", "b > e", before=DECLARED)


def begun_by_all() -> str:
    """One that waits for both of its messages."""
    waits = event("intermediateCatchEvent", "c", MESSAGE), '<receiveTask id="r" messageRef="n"/>'
    gateway = '<eventBasedGateway id="g" instantiate="true" eventGatewayType="Parallel"/>'
    flows = ("g > c", "g > r", "c > a", "r > b", "a > e", "b > e")
    return model(gateway, *waits, A, B, END, *flows, before=DECLARED + '<message id="n" name="N"/>')


def gateway_that_begins(**attributes: str) -> bytes:
    """One that a flow leads to."""
    parts = element("startEvent", id="s"), element("eventBasedGateway", id="it", instantiate="true", **attributes)
    tasks = (element("receiveTask", id=name, messageRef="M") for name in "ab")
    return definitions(element("message", id="M", name="m"), process(*parts, *tasks, chain("s", "it", "a"), flow("it", "b")))


GATEWAYS: Examples = {
    "exclusiveGateway, parallelGateway, inclusiveGateway, eventBasedGateway": [
        Runs(split("exclusiveGateway", "= n = 1", "", default='default="g_b"'), "open b\nb", variables={"n": 2}, passes="g b j e"),
        Runs(split("parallelGateway", "", ""), "open a b\na\nb", passes="g j e"),
        Runs(split("inclusiveGateway", "= n = 1", "", default='default="g_b"'), "open a\na", variables={"n": 1}, passes="g a j e"),
        Runs(
            split("inclusiveGateway", "= n > 0".replace(">", "&gt;"), "= n = 1"), "open a b\na\nopen b\nb", variables={"n": 1}, passes="j e"
        ),
        Runs(
            model(
                START,
                '<eventBasedGateway id="g"/>',
                event("intermediateCatchEvent", "c", MESSAGE),
                event("intermediateCatchEvent", "late", TIMER),
                A,
                B,
                END,
                "s > g",
                "g > c",
                "g > late",
                "c > a",
                "late > b",
                "a > e",
                "b > e",
                before=DECLARED,
            ),
            "message M\nopen a\na",
            passes="g c a e",
        ),
    ],
    "eventBasedGateway with instantiate": [
        Runs(begun_by_gateway(), "message M\nopen a\na", passes="g c a e"),
        Runs(begun_by_gateway(), "signal X\nopen b\nb", passes="g late b e"),
        Refused(gateway_that_begins(), "instantiate-place"),
    ],
    'eventGatewayType="Parallel"': [
        Runs(begun_by_all(), "message N\nopen b\nmessage M\nopen a b\na\nb", passes="g r b c a e"),
        Refused(one("eventBasedGateway", eventGatewayType="Parallel"), "unsupported-parallel-gateway"),
        Refused(gateway_that_begins(eventGatewayType="Parallel"), "instantiate-place"),
    ],
    "complexGateway": [Refused(one("complexGateway"), "unsupported-complex-gateway")],
    "conditional and default flows of activities, several flows out of an activity": [
        Runs(forks("t > a", "t > b"), "t\nopen a b\na\nb", passes="t a b"),
        Runs(forks(IF.format("t", "a", "= n = 1"), "t > b", attributes='default="t_b"'), "t n=1\nopen a\na", passes="t a"),
        Runs(forks(IF.format("t", "a", "= n = 1"), "t > b", attributes='default="t_b"'), "t n=2\nopen b\nb", passes="t b"),
    ],
    'isImmediate="false"': [
        Refused(
            definitions(
                process("\n", element("startEvent", id="s"), element("endEvent", id="e"), flow("s", "e", id="it", isImmediate="false"))
            ),
            "unsupported-not-immediate",
        ),
    ],
}

DATA: Examples = {
    "laneSet, lane": [
        Runs(
            model(
                '<laneSet id="lanes"><lane id="lane" name="Sales">'
                "<extensionElements>"
                '<crossdesk:performer group="sales"/></extensionElements>'
                "<flowNodeRef>a</flowNodeRef></lane></laneSet>",
                START,
                user_task("a", ""),
                END,
                "s > a",
                "a > e",
            ),
            "a",
            passes="a",
        ),
    ],
    "dataObject, dataObjectReference, property, data associations, ioSpecification": [
        Runs(
            model(
                OBJECTS, START, f'<userTask id="a" camunda:candidateGroups="sales">{INPUTS}{INTO}{OUT}</userTask>', END, "s > a", "a > e"
            ),
            "a found=7",
            variables={"order": "A1"},
            gives={"given": "A1", "d2": 7},
            passes="a",
        ),
        Runs(model('<dataObject id="obj" name="o"/>', START, A, END, "s > a", "a > e"), "a", warns=("drawn-only", "obj")),
    ],
    "dataStoreReference": [
        Runs(model('<dataStoreReference id="obj" name="Shelf"/>', START, A, END, "s > a", "a > e"), "a", warns=("drawn-only", "obj")),
    ],
    "assignment, transformation of a data association": [
        Refused(
            definitions(
                process(
                    element("dataObject", id="d"),
                    element("startEvent", id="s"),
                    "\n",
                    element(
                        "userTask",
                        element(
                            "ioSpecification",
                            element("dataInput", id="i"),
                            element("inputSet", element("dataInputRefs", "i")),
                            element("outputSet"),
                        ),
                        element("dataInputAssociation", element("sourceRef", "d"), element("targetRef", "i"), inside),
                        id="it",
                        camunda__assignee="kermit",
                    ),
                    "\n",
                    chain("s", "it"),
                )
            ),
            "unsupported-data-assignment",
        )
        for inside in (element("transformation", "1"), element("assignment", element("from", "1"), element("to", "i")))
    ],
    "potentialOwner, humanPerformer": [
        Runs(
            straight(
                f'<userTask id="a"><{role}><resourceAssignmentExpression>{text("formalExpression", who)}</resourceAssignmentExpression>'
                f"</{role}></userTask>",
                ids="a",
            ),
            "a",
            passes="a",
        )
        for role, who in (("potentialOwner", "user(sue), group(sales), sales"), ("humanPerformer", "sam"))
    ],
    "performer, resourceRole": [
        Refused(
            one(
                "userTask",
                element(role, element("resourceAssignmentExpression", element("formalExpression", "sue"))),
                camunda__assignee="kermit",
            ),
            "unsupported-resource-role",
        )
        for role in ("performer", "resourceRole")
    ],
    "operationRef, ioBinding, rendering, auditing, monitoring, import": [
        Runs(
            model(START, f'<userTask id="a" camunda:candidateGroups="sales"><{name}/></userTask>', END, "s > a", "a > e"),
            "a",
            warns=("no-effect", "a"),
        )
        for name in ("auditing", "monitoring", "rendering")
    ],
    "correlationSubscription, choreographies, implicitThrowEvent": [
        Refused(one("implicitThrowEvent"), "unsupported-event-element"),
        Refused(
            definitions(process("\n", element("startEvent", id="s"), element("correlationSubscription", id="it", correlationKeyRef="k"))),
            "unsupported-correlation-key",
        ),
    ],
    "documentation, textAnnotation, group, association": [
        Runs(
            model(
                "<documentation>What it is for</documentation>",
                START,
                A,
                END,
                "s > a",
                "a > e",
                "<textAnnotation id='n'><text>Mind</text></textAnnotation>"
                '<group id="gr"/><association id="as" sourceRef="a" targetRef="n"/>',
            ),
            "a",
            passes="s a e",
        ),
    ],
}

EXAMPLES: Examples = {**GATEWAYS, **DATA}
