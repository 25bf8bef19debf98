"""Examples for the activities."""

from __future__ import annotations

from tests.engine.bpmn.builder import element, one
from tests.engine.services.conftest import user_task
from tests.engine.services.examples.example import Examples, Refused, Runs
from tests.engine.services.examples.parts import (
    DECLARED,
    END,
    ERROR,
    MESSAGE,
    START,
    UNDO,
    A,
    B,
    event,
    extended,
    flows,
    model,
    service,
    straight,
    sub,
    text,
    undoable,
    undoable_model,
)
from tests.engine.services.test_decisions import level

BEGUN_BY_MESSAGE = '<receiveTask id="r" messageRef="m" instantiate="true"/>'
DECIDES = 'camunda:decisionRef="decide" camunda:resultVariable="level" camunda:mapDecisionResult="singleEntry"'
PEOPLE = 'camunda:candidateUsers="sam" camunda:candidateGroups="sales" camunda:dueDate="${now()}" camunda:followUpDate="2026-05-01" '
CALLED = straight(A, ids="a", key="q").encode()
MAPS = '<camunda:in source="n" target="m"/><camunda:in businessKey="K1"/><camunda:out sourceExpression="= m + 1" target="got"/>'
ALL_IN = extended('<camunda:in variables="all"/>')
EXTERNAL = 'camunda:type="external" camunda:topic="ship"'

ON_HANDLER = undoable_model(
    START,
    undoable("a"),
    "\n" + event("boundaryEvent", "it", MESSAGE, 'attachedToRef="undo_a"'),
    END,
    "s > a",
    "a > e",
    before=DECLARED,
)

TASKS: Examples = {
    "task, manualTask": [Runs(straight('<task id="t"/>', '<manualTask id="y"/>', ids="t y"), passes="s t y e")],
    "userTask": [
        Runs(
            straight(
                user_task("a", PEOPLE + 'camunda:priority="70" camunda:formKey="ask"').replace('name="a"', 'name="ask ${n}"'), ids="a"
            ),
            "a",
            variables={"n": 1},
            passes="a",
        ),
        Runs(straight(user_task("a", 'camunda:assignee="${who}" camunda:formRef="ask"'), ids="a"), "a", variables={"who": "sam"}),
    ],
    "serviceTask": [
        Runs(
            straight(service("w"), '<serviceTask id="v" camunda:expression="${1 + 1}" camunda:resultVariable="two"/>', ids="w v"),
            passes="w v",
            gives={"two": 2},
        ),
        Refused(one("serviceTask", camunda__class="org.example.Job"), "unsupported-java"),
    ],
    "sendTask": [
        Runs(straight('<sendTask id="w" camunda:expression="${2}" camunda:resultVariable="n"/>', ids="w"), passes="w", gives={"n": 2}),
        Refused(one("sendTask"), "unsupported-send-task"),
    ],
    "external tasks": [
        Runs(straight(f'<serviceTask id="w" {EXTERNAL} camunda:taskPriority="9"/>', ids="w"), "work ship n=1", passes="w", gives={"n": 1}),
        Runs(straight(event("intermediateThrowEvent", "w", f"<messageEventDefinition {EXTERNAL}/>"), ids="w"), "work ship", passes="w"),
        Runs(
            model(
                START,
                f'<sendTask id="w" {EXTERNAL}>'
                + extended('<camunda:errorEventDefinition errorRef="bad" expression="${n == 1}"/>')
                + "</sendTask>",
                event("boundaryEvent", "caught", ERROR, 'attachedToRef="w"'),
                A,
                END,
                "s > w",
                "w > e",
                "caught > a",
                "a > e",
                before=DECLARED,
            ),
            "work ship n=1\na",
            passes="caught a",
        ),
    ],
    "scriptTask": [
        Runs(
            straight('<scriptTask id="w" scriptFormat="feel" camunda:resultVariable="n"><script>1 + 2</script></scriptTask>', ids="w"),
            gives={"n": 3},
            passes="w",
        ),
        Refused(one("scriptTask", element("script", "1"), scriptFormat="groovy"), "unsupported-script-task"),
        Refused(one("scriptTask", scriptFormat="feel", camunda__resource="a.feel"), "unsupported-script-task"),
    ],
    "businessRuleTask": [
        Runs(straight(f'<businessRuleTask id="r" {DECIDES}/>', ids="r"), passes="r", gives={"level": 3}, files={"d.dmn": level("3")}),
        Runs(
            straight(
                f'<businessRuleTask id="r" {DECIDES} camunda:decisionRefBinding="versionTag" camunda:decisionRefVersionTag="t"/>', ids="r"
            ),
            passes="r",
            gives={"level": 4},
            files={"d.dmn": level("4", tag="t")},
        ),
        Runs(
            straight(f'<businessRuleTask id="r" {DECIDES} camunda:decisionRefBinding="version" camunda:decisionRefVersion="1"/>', ids="r"),
            passes="r",
            gives={"level": 5},
            files={"d.dmn": level("5")},
        ),
    ],
    "receiveTask": [
        Runs(straight('<receiveTask id="r" messageRef="m"/>', ids="r"), "open\nmessage M", passes="r"),
        Runs(model(BEGUN_BY_MESSAGE, A, END, "r > a", "a > e", before=DECLARED), "message M n=1\na", passes="r a e", gives={"n": 1}),
        Refused(one("receiveTask", instantiate="true"), "instantiate-place"),
    ],
}

SUBPROCESSES: Examples = {
    "subProcess": [
        Runs(straight(sub("u", f'<startEvent id="i"/>{A}<endEvent id="j"/>{flows("i > a", "a > j")}'), ids="u"), "a", passes="u i a j"),
        Runs(straight(sub("u", A + B), ids="u"), "open a b\na\nb", passes="u a b"),
        Runs(
            straight(A, sub("h", event("startEvent", "hs", MESSAGE) + B + flows("hs > b"), attributes='triggeredByEvent="true"'), ids="a"),
            "message M\nb",
            passes="a h hs b",
        ),
    ],
    "transaction": [
        Runs(
            undoable_model(
                START,
                sub(
                    "t",
                    f'<startEvent id="i"/>{undoable("a")}{event("endEvent", "no", "<cancelEventDefinition/>")}' + flows("i > a", "a > no"),
                    "transaction",
                ),
                event("boundaryEvent", "away", "<cancelEventDefinition/>", 'attachedToRef="t"'),
                B,
                END,
                "s > t",
                "t > e",
                "away > b",
                "b > e",
                before=DECLARED,
            ),
            "a\nundo_a\nb",
            passes="t a no undo_a away b",
        ),
    ],
    "callActivity": [
        Runs(
            straight(f'<callActivity id="c" calledElement="q">{extended(MAPS)}</callActivity>', ids="c"),
            "a m=4",
            passes="c a",
            gives={"m": 4, "got": 5},
            variables={"n": 3},
            files={"q.bpmn": CALLED},
        ),
        Runs(
            straight(f'<callActivity id="c" calledElement="${{which}}">{ALL_IN}</callActivity>', ids="c"),
            "a",
            passes="c a",
            variables={"which": "q"},
            files={"q.bpmn": CALLED},
        ),
        *(
            Runs(
                straight(f'<callActivity id="c" calledElement="q" camunda:calledElementBinding="{how}" {which}/>', ids="c"),
                "a",
                passes="c a",
                files={"q.bpmn": CALLED.replace(b"<process ", b'<process camunda:versionTag="t" ')},
            )
            for how, which in {
                "latest": "",
                "deployment": "",
                "version": 'camunda:calledElementVersion="1"',
                "versionTag": 'camunda:calledElementVersionTag="t"',
            }.items()
        ),
    ],
    "adHocSubProcess": [
        Runs(
            straight(sub("c", A + B + text("completionCondition", "done = true"), "adHocSubProcess", 'ordering="Sequential"'), ids="c"),
            "begin a\na\nbegin b\nb done=true",
            passes="c a b",
        ),
        Runs(
            straight(
                sub("c", A + B + text("completionCondition", "done = true"), "adHocSubProcess", 'cancelRemainingInstances="false"'), ids="c"
            ),
            "begin a\nbegin b\na done=true\nopen b\nb",
            passes="a b",
        ),
        Runs(straight(sub("c", A, "adHocSubProcess"), ids="c"), "begin a\na", passes="c a"),
        Refused(one("adHocSubProcess", element("startEvent", id="in"), element("task", id="t")), "ad-hoc-begins", "in"),
    ],
    "isForCompensation": [
        Runs(undoable_model(START, undoable("a"), UNDO, END, "s > a", "a > undo", "undo > e"), "a\nundo_a", passes="a undo undo_a"),
        Refused(one("userTask", isForCompensation="true", camunda__assignee="kermit"), "compensation-with-flow"),
        Refused(ON_HANDLER, "boundary-of-handler"),
    ],
    "startQuantity, completionQuantity other than 1": [
        Refused(one("task", startQuantity="2"), "unsupported-quantity"),
        Refused(one("task", completionQuantity="2"), "unsupported-quantity"),
    ],
}

EXAMPLES: Examples = {**TASKS, **SUBPROCESSES}
