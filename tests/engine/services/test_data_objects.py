"""Data objects: variables that data associations copy into the declared inputs of an activity, and out of its outputs (BPMN 2.0, 10.4)."""

from __future__ import annotations

from tests.engine.services.conftest import END, START, Desk, model, user_task
from tests.engine.services.test_compensation import complete, start
from tests.engine.services.test_mappings_and_async import values

OBJECTS = '<dataObject id="d1" name="order"/><dataObjectReference id="r1" dataObjectRef="d1"/><dataObject id="d2"/>'
DECLARED = (
    '<ioSpecification><dataInput id="i1" name="given"/><dataOutput id="o1" name="found"/>'
    "<inputSet><dataInputRefs>i1</dataInputRefs></inputSet><outputSet><dataOutputRefs>o1</dataOutputRefs></outputSet></ioSpecification>"
)
INTO = "<dataInputAssociation><sourceRef>r1</sourceRef><targetRef>i1</targetRef></dataInputAssociation>"
OUT = "<dataOutputAssociation><sourceRef>o1</sourceRef><targetRef>d2</targetRef></dataOutputAssociation>"


def task(*inside: str) -> str:
    return f'<userTask id="a" camunda:candidateGroups="sales">{"".join(inside)}</userTask>'


def around(activity: str) -> str:
    return model(OBJECTS, START, activity, user_task("b"), END, "s > a", "a > b", "b > e")


def warned(desk: Desk, text: str) -> list[str]:
    found = desk.engine.definitions.check(desk.actor("ann"), {"p.bpmn": text.encode()}, strict=False)
    return sorted(problem.details[0][1] for problem in found if problem.code == "drawn-only")


def test_an_input_is_a_copy_and_an_output_goes_back(desk: Desk) -> None:
    text = around(task(DECLARED, INTO, OUT))
    assert warned(desk, text) == []
    desk.deploy(p=text)
    case = start(desk, order="A1")
    inside = desk.open_tasks(case)["a"]
    seen = {name: it.text for name, it in desk.engine.variables.of_task(desk.actor("ada"), inside).items()}
    assert (seen["given"], seen["order"], "given" in values(desk, case)) == ("A1", "A1", False)
    desk.engine.tasks.claim(desk.actor("sam"), inside)
    desk.engine.tasks.complete(desk.actor("sam"), inside, {"given": "B2", "found": 7})
    assert values(desk, case)["order"] == "A1"
    assert values(desk, case)["d2"] == 7  # an object without a name is called by its id


def test_what_is_not_there_is_not_copied(desk: Desk) -> None:
    desk.deploy(p=around(task(DECLARED, INTO, OUT)))
    case = start(desk)
    assert complete(desk, case, "a") == ["b"]
    assert values(desk, case) == {}


def test_what_names_nothing_inside_is_drawn_only(desk: Desk) -> None:
    drawn = '<property id="ph" name="__targetRef_placeholder"/>'
    text = around(task(drawn, "<dataInputAssociation><sourceRef>r1</sourceRef><targetRef>ph</targetRef></dataInputAssociation>"))
    assert warned(desk, text) == ["dataInputAssociation", "dataObject", "dataObject", "dataObjectReference", "property"]
    desk.deploy(p=text)
    case = start(desk, order="A1")
    assert complete(desk, case, "a") == ["b"]
    assert values(desk, case) == {"order": "A1"}
