"""Examples for the loops."""

from __future__ import annotations

from tests.engine.bpmn.builder import element, one
from tests.engine.services.examples.example import Examples, Refused, Runs
from tests.engine.services.examples.parts import loop, straight, text

THREE = text("loopCardinality", "3")
RESULTS = '<loopDataOutputRef>results</loopDataOutputRef><outputDataItem id="o" name="said"/>'
ITEMS = '<loopDataInputRef>items</loopDataInputRef><inputDataItem id="i" name="item"/>'
AGAIN = '<standardLoopCharacteristics testBefore="{}" loopMaximum="{}">{}</standardLoopCharacteristics>'


def counted(condition: str, attributes: str = "") -> str:
    """Three instances, or fewer."""
    return straight(loop(THREE + text("completionCondition", condition), attributes), ids="a")


def again(before: str, most: int, condition: str) -> str:
    """A standard loop."""
    task = f'<userTask id="a" camunda:candidateGroups="sales">{AGAIN.format(before, most, text("loopCondition", condition))}</userTask>'
    return straight(task, ids="a")


EXAMPLES: Examples = {
    "multiInstanceLoopCharacteristics": [
        Runs(straight(loop(THREE), ids="a"), "open a a a\na\na\na", passes="a"),
        Runs(
            straight(loop("", 'isSequential="true" camunda:collection="${people}" camunda:elementVariable="who"'), ids="a"),
            "open a\na\nopen a\na",
            variables={"people": ["sam", "sue"]},
            gives={"who": "sue"},
        ),
        Runs(straight(loop(ITEMS), ids="a"), "open a a\na\na", variables={"items": [1, 2]}, gives={"item": 2}),
    ],
    "counters": [
        Runs(
            counted("= nrOfInstances = 3 and nrOfActiveInstances = 1 and nrOfCompletedInstances = 2"),
            "a\nopen a a\na",
            gives={"nrOfInstances": 3, "nrOfCompletedInstances": 2, "nrOfActiveInstances": 1, "loopCounter": 2},
        ),
    ],
    "completionCondition": [
        Runs(counted("${enough}"), "a enough=false\nopen a a\na enough=true", variables={"enough": False}),
        Runs(counted("${loopCounter == 1}", 'isSequential="true"'), "a\nopen a\na"),
    ],
    "loopDataOutputRef, outputDataItem": [
        Runs(
            straight(loop(text("loopCardinality", "2") + RESULTS, 'isSequential="true"'), ids="a"),
            'a said="x"\na said="y"',
            gives={"results": ["x", "y"]},
        ),
    ],
    "standardLoopCharacteristics": [
        Runs(again("false", 5, "= go"), "a go=true\nopen a\na go=false"),
        Runs(again("true", 5, "= go"), variables={"go": False}),
        Runs(again("false", 2, "= true"), "a\nopen a\na", gives={"loopCounter": 1}),
    ],
    "behavior other than All, complexBehaviorDefinition": [
        Refused(
            one("userTask", element("multiInstanceLoopCharacteristics", element("loopCardinality", "2"), behavior="One")),
            "unsupported-loop-behaviour",
        ),
        Refused(
            one(
                "userTask",
                element(
                    "multiInstanceLoopCharacteristics",
                    element("loopCardinality", "2"),
                    element("complexBehaviorDefinition", element("condition", "1 = 1")),
                    behavior="Complex",
                ),
            ),
            "unsupported-loop-behaviour",
        ),
    ],
    "a loop on task or manualTask": [
        Refused(one("task", element("standardLoopCharacteristics", loopMaximum="2")), "loop-of-nothing"),
        Refused(one("manualTask", element("multiInstanceLoopCharacteristics", element("loopCardinality", "2"))), "loop-of-nothing"),
    ],
}
