"""Process instances changed by hand: tokens are put before, after and onto, and taken away, in order, all or none."""

from __future__ import annotations

import pytest

from engine.errors import Forbidden, InvalidRequest, NotFound
from engine.model import CaseState
from engine.services.instructions import Instruction, InstructionKind
from tests.engine.services.conftest import END, START, Desk, model, user_task
from tests.engine.services.test_compensation import complete, is_over, start
from tests.engine.services.test_events_and_jobs import timer
from tests.engine.services.test_mappings_and_async import values

BEFORE, AFTER, ONTO, CANCEL = InstructionKind.BEFORE, InstructionKind.AFTER, InstructionKind.TRANSITION, InstructionKind.CANCEL
MODIFIED = "InstanceModified"
LINE = model(START, user_task("a"), user_task("b"), user_task("c"), END, "s > a", "a > b", "b > c", "c > e")
INNER = (
    '<subProcess id="sub"><startEvent id="is"/>' + user_task("x") + user_task("y") + '<endEvent id="ie"/>'
    '<sequenceFlow id="is_x" sourceRef="is" targetRef="x"/><sequenceFlow id="x_y" sourceRef="x" targetRef="y"/>'
    '<sequenceFlow id="y_ie" sourceRef="y" targetRef="ie"/></subProcess>'
)  # fmt: skip
LATE = f'<boundaryEvent id="late" attachedToRef="sub">{timer("PT1H")}</boundaryEvent>'
NESTED = model(START, user_task("a"), INNER, LATE, user_task("c"), END, "s > a", "a > sub", "sub > c", "late > c", "c > e")


def modify(desk: Desk, case: str, *instructions: Instruction, person: str = "ada") -> list[str]:
    desk.engine.modification.modify(desk.actor(person), case, instructions, "set straight")
    return sorted(desk.open_tasks(case))


def test_a_case_is_moved_forward_and_back(desk: Desk) -> None:
    desk.deploy(p=LINE)
    case = start(desk)
    assert modify(desk, case, Instruction(CANCEL, "a"), Instruction(BEFORE, "c", variables={"n": 1}, local={"mine": 2})) == ["c"]
    assert values(desk, case) == {"n": 1}
    task = desk.open_tasks(case)["c"]
    assert set(desk.engine.executions.local_variables(desk.actor("ada"), task)) == {"mine"}
    assert modify(desk, case, Instruction(AFTER, "a"), Instruction(CANCEL, token_id=task)) == ["b"]
    assert modify(desk, case, Instruction(ONTO, "b_c")) == ["b", "c"]
    complete(desk, case, "b")
    assert [it.element_id for it in desk.engine.executions.tree(desk.actor("ada"), case)[1].children] == ["c", "c"]
    told = [fields for entry in desk.engine.history.entries(desk.actor("ada"), case) for name, fields in entry.events if name == MODIFIED]
    assert told[0] == {"instance": case, "instructions": ["startTransition b_c"], "reason": "set straight"}


def test_what_stands_inside_of_a_subprocess_opens_it_and_nothing_else_in_it(desk: Desk) -> None:
    desk.deploy(p=NESTED)
    case = start(desk)
    assert modify(desk, case, Instruction(CANCEL, "a"), Instruction(BEFORE, "y")) == ["y"]
    assert modify(desk, case, Instruction(BEFORE, "x")) == ["x", "y"]  # in the one that is open
    tree = desk.engine.executions.tree(desk.actor("ada"), case)[1]
    assert [(it.element_id, len(it.children)) for it in tree.children] == [("sub", 2)]
    assert modify(desk, case, Instruction(CANCEL, "x")) == ["y"]
    desk.clock.moment = desk.engine.jobs.next_due() or desk.clock.moment
    assert desk.run_due() == 1  # its boundary events listen
    assert sorted(desk.open_tasks(case)) == ["c"]
    assert modify(desk, case, Instruction(BEFORE, "sub"), Instruction(BEFORE, "c")) == ["c", "x"]
    complete(desk, case, "x", "y")


def test_of_several_instances_one_has_to_be_named(desk: Desk) -> None:
    loop = '<multiInstanceLoopCharacteristics><loopCardinality xsi:type="tFormalExpression">2</loopCardinality>'
    many = INNER.replace('id="sub">', f'id="sub">{loop}</multiInstanceLoopCharacteristics>')
    desk.deploy(p=model(START, user_task("a"), many, END, "s > a", "a > sub", "sub > e"))
    case = start(desk)
    modify(desk, case, Instruction(BEFORE, "sub#multiInstanceBody"), Instruction(CANCEL, "a"))
    with pytest.raises(InvalidRequest, match="there are 2 instances"):
        modify(desk, case, Instruction(BEFORE, "y"))
    body = desk.engine.executions.tree(desk.actor("ada"), case)[1].children[0]
    first = body.children[0]
    modify(desk, case, Instruction(BEFORE, "y", ancestor=first.token_id))
    body = desk.engine.executions.tree(desk.actor("ada"), case)[1].children[0]
    assert [sorted(it.element_id for it in one.children) for one in body.children] == [["x", "y"], ["x"]]


def test_inside_of_what_is_named_all_scopes_are_new(desk: Desk) -> None:
    """As in Camunda 7: in the named subprocess, or, where the case is named, in a new one beside it."""
    desk.deploy(p=NESTED)
    case = start(desk)
    modify(desk, case, Instruction(CANCEL, "a"), Instruction(BEFORE, "y"))
    first = desk.engine.executions.tree(desk.actor("ada"), case)[1].children[0]
    assert modify(desk, case, Instruction(BEFORE, "x", ancestor=first.token_id)) == ["x", "y"]
    modify(desk, case, Instruction(BEFORE, "x", ancestor=case))
    tree = desk.engine.executions.tree(desk.actor("ada"), case)[1]
    assert sorted(len(it.children) for it in tree.children) == [1, 2]
    with pytest.raises(InvalidRequest, match="there are 2 instances of 'sub'"):
        modify(desk, case, Instruction(BEFORE, "x"))
    with pytest.raises(InvalidRequest, match="ancestor activity instance 'nothing' does not exist"):
        modify(desk, case, Instruction(BEFORE, "a", ancestor="nothing"))
    with pytest.raises(InvalidRequest, match="is not around it"):
        modify(desk, case, Instruction(BEFORE, "a", ancestor=first.token_id))


def test_a_case_is_cancelled_as_the_activity_instance_that_it_is(desk: Desk) -> None:
    desk.deploy(p=NESTED)
    case = start(desk)
    modify(desk, case, Instruction(CANCEL, token_id=case))
    assert desk.engine.instances.get(desk.actor("ada"), case).case.state is CaseState.EXTERNALLY_TERMINATED
    again = start(desk)
    assert modify(desk, again, Instruction(CANCEL, token_id=again), Instruction(BEFORE, "c")) == ["c"]


def test_a_token_that_is_put_before_a_join_stands_for_one_that_is_missing(desk: Desk) -> None:
    """It waited there for ever: no flow had brought it."""
    gateways = '<parallelGateway id="split"/><parallelGateway id="join"/>'
    flows = ("s > split", "split > a", "split > b", "a > join", "b > join", "join > c", "c > e")
    desk.deploy(p=model(START, gateways, user_task("a"), user_task("b"), user_task("c"), END, *flows))
    case = start(desk)
    assert modify(desk, case, Instruction(CANCEL, "b"), Instruction(BEFORE, "join")) == ["a"]
    complete(desk, case, "a")
    assert list(desk.open_tasks(case)) == ["c"]
    assert modify(desk, case, Instruction(BEFORE, "join"), Instruction(CANCEL, "c")) == []
    assert modify(desk, case, Instruction(BEFORE, "join")) == ["c"]
    modify(desk, case, Instruction(ONTO, "a_join"), Instruction(BEFORE, "join"))
    assert [it.element_id for it in desk.engine.executions.tree(desk.actor("ada"), case)[1].children] == ["c", "c"]


def test_a_case_in_which_nothing_is_left_is_ended(desk: Desk) -> None:
    desk.deploy(p=NESTED)
    case = start(desk)
    complete(desk, case, "a")
    modify(desk, case, Instruction(CANCEL, "x"))
    ended = desk.engine.instances.get(desk.actor("ada"), case).case
    assert ended.state is CaseState.EXTERNALLY_TERMINATED
    other = start(desk)
    modify(desk, other, Instruction(CANCEL, "a"), Instruction(BEFORE, "e"))
    assert is_over(desk, other)
    with pytest.raises(NotFound):
        modify(desk, other, Instruction(BEFORE, "a"))


@pytest.mark.parametrize(
    "wrong",
    [
        Instruction(BEFORE, "nowhere"),
        Instruction(BEFORE),
        Instruction(AFTER, "e"),
        Instruction(ONTO, "nowhere"),
        Instruction(CANCEL),
        Instruction(CANCEL, "a", "b"),
        Instruction(CANCEL, token_id="nobody"),
    ],
)
def test_all_instructions_or_none(desk: Desk, wrong: Instruction) -> None:
    desk.deploy(p=LINE)
    case = start(desk)
    before = len(desk.engine.history.entries(desk.actor("ada"), case))
    with pytest.raises(InvalidRequest):
        modify(desk, case, Instruction(BEFORE, "c"), wrong)
    assert sorted(desk.open_tasks(case)) == ["a"]
    assert len(desk.engine.history.entries(desk.actor("ada"), case)) == before


def test_only_owners_and_administrators_set_a_case_straight(desk: Desk) -> None:
    desk.deploy(p=LINE)
    case = start(desk)
    for person in ("sam", "axel"):
        with pytest.raises(Forbidden):
            modify(desk, case, Instruction(BEFORE, "c"), person=person)
    with pytest.raises(NotFound):
        modify(desk, case, Instruction(BEFORE, "c"), person="fred")
