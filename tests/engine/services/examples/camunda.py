"""Examples for what Camunda 7 adds to activities."""

from __future__ import annotations

from tests.engine.bpmn.builder import element, extension, one
from tests.engine.services.conftest import user_task
from tests.engine.services.examples.example import Examples, Refused, Runs
from tests.engine.services.examples.parts import (
    END,
    START,
    A,
    event,
    extended,
    mapping,
    model,
    out,
    put,
    straight,
)


def listener(kind: str, when: str, variable: str = "") -> str:
    """A listener that sets a variable, which is called like the event where nothing is said."""
    return f'<camunda:{kind} event="{when}" expression="${{execution.setVariable(\'{variable or when}\', 1)}}"/>'


TAKEN = extended(listener("executionListener", "take", "taken"))


TO_CALL = (
    '<serviceTask id="c" camunda:resultVariable="answer"><extensionElements><crossdesk:connector name="outside">'
    '<crossdesk:parameter name="to" value="= n"/></crossdesk:connector></extensionElements></serviceTask>'
)
TO_TRY = (
    '<serviceTask id="t" camunda:asyncBefore="true" camunda:expression="${n}" camunda:resultVariable="answer"><extensionElements>'
    "<camunda:failedJobRetryTimeCycle>R5/PT5M</camunda:failedJobRetryTimeCycle></extensionElements></serviceTask>"
)


EXAMPLES: Examples = {
    "crossdesk:connector": [
        Runs(straight(TO_CALL, ids="c"), "call", variables={"n": "desk"}, gives={"answer": "done"}, passes="c"),
        Refused(
            one("serviceTask", extension(element("crossdesk:connector", name="nowhere"))),
            "unknown-connector",
        ),
    ],
    "camunda:failedJobRetryTimeCycle": [
        Runs(straight(TO_TRY, ids="t"), "job\nset n=1\njob", gives={"answer": 1}, passes="t"),
        Refused(one("task", extension(element("camunda:failedJobRetryTimeCycle", "five times"))), "retry-cycle"),
    ],
    "camunda:asyncBefore, asyncAfter, async": [
        Runs(
            straight(user_task("a", 'camunda:assignee="sam" camunda:asyncBefore="true" camunda:asyncAfter="true"'), ids="a"),
            "open\njob\na\njob",
            passes="a",
        ),
        Runs(straight(event("intermediateThrowEvent", "t", attributes='camunda:async="true"'), ids="t"), "job", passes="t"),
        Refused(
            one("userTask", element("multiInstanceLoopCharacteristics", camunda__collection="c", camunda__asyncAfter="true")),
            "unsupported-async",
        ),
    ],
    "camunda:jobPriority": [
        Runs(
            straight('<task id="t" camunda:asyncBefore="true" camunda:jobPriority="${n}"/>', ids="t"), "job", variables={"n": 7}, passes="t"
        ),
    ],
    "camunda:inputOutput": [
        Runs(
            straight(
                user_task(
                    "a",
                    inner=mapping(
                        put("plain", "text"),
                        put("some", "<camunda:list><camunda:value>1</camunda:value></camunda:list>"),
                        put("each", '<camunda:map><camunda:entry key="k">${n}</camunda:entry></camunda:map>'),
                        put("sum", '<camunda:script scriptFormat="feel">n + 1</camunda:script>'),
                        out("twice", "${sum * 2}"),
                    ),
                ),
                ids="a",
            ),
            "a",
            variables={"n": 1},
            gives={"sum": 2, "twice": 4, "plain": "text"},
            passes="a",
        ),
        Runs(straight(event("intermediateThrowEvent", "t", extended(mapping(out("n", "${1}")))), ids="t"), gives={"n": 1}, passes="t"),
        Refused(one("boundaryEvent", extension(element("camunda:inputOutput")), attachedToRef="it"), "unsupported-input-output"),
    ],
    "camunda:executionListener": [
        Runs(
            model(
                extended(listener("executionListener", "end", "last")),
                START,
                user_task("a", inner="".join(listener("executionListener", when) for when in ("start", "end"))),
                END,
                "s > a",
                "a > e",
            ),
            "a",
            gives={"start": 1, "end": 1, "last": 1},
            passes="a",
        ),
        Runs(
            straight(A, ids="a").replace('targetRef="a"/>', f'targetRef="a">{TAKEN}</sequenceFlow>'),
            "a",
            gives={"taken": 1},
        ),
        Refused(
            one("task", extension(element("camunda:executionListener", event="start", **{"class": "org.example.L"}))), "unsupported-java"
        ),
    ],
    "camunda:taskListener": [
        Runs(
            straight(
                user_task("a", inner="".join(listener("taskListener", when) for when in ("create", "assignment", "update", "complete"))),
                ids="a",
            ),
            "a",
            gives={"create": 1, "assignment": 1, "update": 1, "complete": 1},
            passes="a",
        ),
        Refused(
            one(
                "userTask",
                extension(element("camunda:taskListener", event="create", **{"class": "org.example.L"})),
                camunda__assignee="kermit",
            ),
            "unsupported-java",
        ),
    ],
    "camunda:connector": [
        Refused(
            one("serviceTask", extension(element("camunda:connector"), element("crossdesk:handler", name="note"))), "unsupported-connector"
        ),
    ],
    "camunda:formData": [
        Runs(
            straight(user_task("a", inner='<camunda:formData><camunda:formField id="n" type="long"/></camunda:formData>'), ids="a"),
            "a n=3",
            gives={"n": 3},
            passes="a",
        ),
        Refused(
            one("userTask", extension(element("camunda:formData", element("camunda:formField", id="n", type="file")))), "form-field-type"
        ),
    ],
}
