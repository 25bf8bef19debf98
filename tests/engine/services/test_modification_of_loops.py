"""Modification into loops: `x` is one more instance of a multi-instance activity, `x#multiInstanceBody` the whole, as in Camunda 7."""

from __future__ import annotations

import pytest

from engine.errors import InvalidRequest
from engine.services.executions import ActivityInstance
from engine.services.modification import Instruction, InstructionKind
from tests.engine.services.conftest import END, START, Desk, model, user_task
from tests.engine.services.test_compensation import is_over, start
from tests.engine.services.test_mappings_and_async import values

BEFORE, AFTER, ONTO, CANCEL = InstructionKind.BEFORE, InstructionKind.AFTER, InstructionKind.TRANSITION, InstructionKind.CANCEL
AWAY, BODY = Instruction(CANCEL, "a"), "x#multiInstanceBody"
THREE = '<loopCardinality xsi:type="tFormalExpression">3</loopCardinality>'
INSIDE = (
    '<startEvent id="xs"/>' + user_task("y") + user_task("w") + '<sequenceFlow id="xs_y" sourceRef="xs" targetRef="y"/>'
    '<sequenceFlow id="y_w" sourceRef="y" targetRef="w"/>'
)  # fmt: skip


def loop(inner: str = THREE, attributes: str = "") -> str:
    return f"<multiInstanceLoopCharacteristics {attributes}>{inner}</multiInstanceLoopCharacteristics>"


def task(characteristics: str) -> str:
    return user_task("x").replace("</userTask>", f"{characteristics}</userTask>")


def sub(characteristics: str) -> str:
    return f'<subProcess id="x">{characteristics}{INSIDE}</subProcess>'


SEQUENTIAL = loop(attributes='isSequential="true"')
STANDARD = '<standardLoopCharacteristics loopMaximum="2"/>'
OF_A_LIST = loop("", 'camunda:collection="list" camunda:elementVariable="it"')


def begin(desk: Desk, activity: str, **variables: object) -> str:
    desk.deploy(p=model(START, user_task("a"), activity, user_task("z"), END, "s > a", "a > x", "x > z", "z > e"))
    return start(desk, **variables)


def modify(desk: Desk, case: str, *instructions: Instruction) -> str:
    desk.engine.modification.modify(desk.actor("ada"), case, instructions)
    return stands(desk, case)


def stands(desk: Desk, case: str) -> str:
    """What is going on: `x#multiInstanceBody(x(y) x(y))`."""
    return _told(desk.engine.executions.tree(desk.actor("ada"), case)[1])[2:-1]


def _told(node: ActivityInstance) -> str:
    inside = " ".join(sorted(_told(it) for it in node.children))
    return f"{node.element_id}({inside})" if inside else node.element_id


def bodies(desk: Desk, case: str) -> list[ActivityInstance]:
    return [it for it in desk.engine.executions.tree(desk.actor("ada"), case)[1].children if it.element_id == BODY]


def counters(desk: Desk, case: str) -> tuple[object, ...]:
    """How many instances there are, have completed and are active."""
    (body,) = bodies(desk, case)
    found = desk.engine.executions.local_variables(desk.actor("ada"), body.execution_id)
    return tuple(int(found[name].text) for name in ("nrOfInstances", "nrOfCompletedInstances", "nrOfActiveInstances"))


def complete_all(desk: Desk, case: str, *names: str) -> str:
    """Complete every open task of these names, one after another, until none is left."""
    while found := [task_id for name, task_id in desk.open_tasks(case).items() if name in names]:
        desk.complete("sam", found[0])
    return stands(desk, case)


@pytest.mark.parametrize("kind", [loop(), SEQUENTIAL, OF_A_LIST])
def test_one_instance_begins_and_the_activity_ends_with_it(desk: Desk, kind: str) -> None:
    case = begin(desk, task(kind), list=["p", "q"])
    assert modify(desk, case, Instruction(BEFORE, "x", local={"mine": 1}), AWAY) == f"{BODY}(x)"
    assert counters(desk, case) == (1, 0, 1)
    seen = desk.engine.variables.of_task(desk.actor("ada"), desk.open_tasks(case)["x"])
    assert (seen["loopCounter"].text, seen["mine"].text, "it" in seen) == ("0", "1", False)
    assert complete_all(desk, case, "x") == "z"
    assert desk.engine.history.verify(desk.actor("axel")).findings == []


def test_more_begin_beside_those_of_a_parallel_activity(desk: Desk) -> None:
    case = begin(desk, task(loop()))
    assert modify(desk, case, Instruction(BEFORE, BODY), AWAY) == f"{BODY}(x x x)"
    assert modify(desk, case, Instruction(BEFORE, "x")) == f"{BODY}(x x x x)"
    assert counters(desk, case) == (4, 0, 4)
    desk.complete("sam", desk.open_tasks(case)["x"])
    assert counters(desk, case) == (4, 1, 3)
    assert complete_all(desk, case, "x") == "z"


def test_none_begins_beside_that_of_a_sequential_one(desk: Desk) -> None:
    case = begin(desk, task(SEQUENTIAL))
    assert modify(desk, case, Instruction(BEFORE, BODY), AWAY) == f"{BODY}(x)"
    with pytest.raises(InvalidRequest, match="one after another"):
        modify(desk, case, Instruction(BEFORE, "x"))
    assert complete_all(desk, case, "x") == "z"


def test_the_whole_may_begin_again_and_then_one_has_to_be_named(desk: Desk) -> None:
    case = begin(desk, task(loop()))
    assert modify(desk, case, Instruction(BEFORE, BODY), Instruction(ONTO, "a_x"), AWAY) == f"{BODY}(x x x) {BODY}(x x x)"
    with pytest.raises(InvalidRequest, match="there are 2 instances of 'x#multiInstanceBody'"):
        modify(desk, case, Instruction(BEFORE, "x"))
    second = bodies(desk, case)[1].token_id
    assert modify(desk, case, Instruction(BEFORE, "x", ancestor=second)) == f"{BODY}(x x x x) {BODY}(x x x)"


@pytest.mark.parametrize("kind", [loop(), SEQUENTIAL])
@pytest.mark.parametrize(
    ("what", "inside"), [(Instruction(BEFORE, "y"), "y"), (Instruction(AFTER, "y"), "w"), (Instruction(ONTO, "y_w"), "w")]
)
def test_what_stands_inside_of_a_loop_begins_in_one_instance_of_it(desk: Desk, kind: str, what: Instruction, inside: str) -> None:
    case = begin(desk, sub(kind))
    assert modify(desk, case, what, AWAY) == f"{BODY}(x({inside}))"
    assert counters(desk, case) == (1, 0, 1)
    assert modify(desk, case, Instruction(BEFORE, "y")) == f"{BODY}(x({inside} y))"
    assert complete_all(desk, case, "y", "w") == "z"


def test_with_the_activity_named_it_begins_in_one_more_instance(desk: Desk) -> None:
    case = begin(desk, sub(loop()))
    modify(desk, case, Instruction(BEFORE, "y"), AWAY)
    (body,) = bodies(desk, case)
    assert modify(desk, case, Instruction(BEFORE, "w", ancestor=body.token_id)) == f"{BODY}(x(w) x(y))"
    assert counters(desk, case) == (2, 0, 2)
    assert modify(desk, case, Instruction(BEFORE, "x")) == f"{BODY}(x(w) x(y) x(y))"
    assert complete_all(desk, case, "y", "w") == "z"


@pytest.mark.parametrize("activity", [task(STANDARD), sub(STANDARD)])
def test_a_standard_loop_goes_round_as_often_as_it_would(desk: Desk, activity: str) -> None:
    case, first = begin(desk, activity), "y" if "subProcess" in activity else "x"
    assert modify(desk, case, Instruction(BEFORE, first), AWAY) in {f"{BODY}(x(y))", f"{BODY}(x)"}
    desk.complete("sam", desk.open_tasks(case)[first])
    if first == "y":
        desk.complete("sam", desk.open_tasks(case)["w"])
    assert list(desk.open_tasks(case)) == [first]
    assert complete_all(desk, case, "x", "y", "w") == "z"


@pytest.mark.parametrize("name", ["x", BODY])
def test_it_is_cancelled_as_a_whole(desk: Desk, name: str) -> None:
    case = begin(desk, sub(loop()))
    modify(desk, case, Instruction(BEFORE, BODY), AWAY)
    assert modify(desk, case, Instruction(BEFORE, "z"), Instruction(CANCEL, name)) == "z"
    assert modify(desk, case, Instruction(AFTER, BODY)) == "z z"


def test_its_boundary_events_and_its_condition_are_there(desk: Desk) -> None:
    condition = '<completionCondition xsi:type="tFormalExpression">${nrOfCompletedInstances == 1}</completionCondition>'
    case = begin(desk, task(loop(THREE + condition)))
    assert modify(desk, case, Instruction(BEFORE, "x"), Instruction(BEFORE, "x"), AWAY) == f"{BODY}(x x)"
    desk.complete("sam", desk.open_tasks(case)["x"])
    assert stands(desk, case) == "z"
    desk.complete("sam", desk.open_tasks(case)["z"])
    assert is_over(desk, case)
    assert values(desk, case) == {}


@pytest.mark.parametrize("name", ["a#multiInstanceBody", "x#multiInstance"])
def test_only_a_loop_has_a_body(desk: Desk, name: str) -> None:
    case = begin(desk, task(loop()))
    with pytest.raises(InvalidRequest, match="does not exist"):
        modify(desk, case, Instruction(BEFORE, name))
