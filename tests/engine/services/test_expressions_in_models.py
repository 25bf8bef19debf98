"""Camunda's expressions in a running case."""

from __future__ import annotations

import pytest

from engine.errors import DeploymentRefused, ModelFault
from engine.model import SYSTEM
from engine.store.game import load_tasks
from tests.engine.services.conftest import END, START, Desk, model, user_task


def script(expression: str, assignee: str = "sue") -> str:
    service = f'<serviceTask id="x" camunda:expression="{expression}"/>'
    return model(START, "s > x", service, "x > t", user_task("t", f'camunda:assignee="{assignee}"'), "t > e", END)


@pytest.mark.parametrize(("amount", "person"), [(11, "sam"), (9, "sue")])
def test_a_service_task_sets_a_variable(desk: Desk, amount: int, person: str) -> None:
    desk.deploy(p=script("${execution.setVariable('who', amount &gt; 10 ? 'sam' : 'sue')}", "${who}"))
    case = desk.engine.instances.start(desk.actor("sue"), "p", {"amount": amount})
    assert desk.engine.tasks.get(desk.actor("ada"), desk.open_tasks(case.id)["t"]).assignee == person


def test_set_variable_elsewhere_is_refused_with_element_and_line(desk: Desk) -> None:
    with pytest.raises(DeploymentRefused) as caught:
        desk.deploy(p=script("${1 + execution.setVariable('level', 1)}"))
    problem = next(problem for problem in caught.value.problems if not problem.warning)
    assert (problem.element, problem.line) == ("x", 1)
    assert "'setVariable' may only be the whole expression" in problem.message


GATEWAY = '<exclusiveGateway id="g"/>'


def flows(condition: str) -> str:
    return f'<sequenceFlow id="f" sourceRef="g" targetRef="e"><conditionExpression>{condition}</conditionExpression></sequenceFlow>'


def test_a_gateway_without_a_way_out_says_which_condition_is_null_and_why(desk: Desk) -> None:
    desk.deploy(p=model(START, "s > g", GATEWAY, flows("amount &gt; 1000 and urgent"), END))
    with pytest.raises(ModelFault) as caught:
        desk.engine.instances.start(desk.actor("sue"), "p", {"urgent": True})
    assert "no condition of g is true and it has no default flow: 'amount > 1000 and urgent' is null" in str(caught.value)
    assert "(line 1, column 1: there is no variable 'amount'; line 1, column 8: Null and number cannot be compared with >" in str(
        caught.value
    )
    with pytest.raises(ModelFault) as caught:
        desk.engine.instances.start(desk.actor("sue"), "p", {"amount": 5, "urgent": True})
    assert str(caught.value) == "no condition of g is true and it has no default flow"


def timer(name: str, text: str) -> str:
    duration = f"<timerEventDefinition><timeDuration>{text}</timeDuration></timerEventDefinition>"
    return f'<intermediateCatchEvent id="{name}">{duration}</intermediateCatchEvent>'


def test_the_incident_of_a_job_keeps_why_its_timer_came_to_null(desk: Desk) -> None:
    desk.deploy(p=model(START, "s > a", timer("a", "PT1H"), "a > w", timer("w", "= order.wait"), "w > e", END))
    desk.engine.instances.start(desk.actor("sue"), "p", {"order": {}})
    for _ in range(4):
        desk.clock.move(hours=1)
        desk.run_due()
    (incident,) = desk.engine.jobs.incidents(desk.actor("ada"))
    assert (
        "'= order.wait' gives null, which is not a moment or duration (line 1, column 8: the context has no entry 'wait')"
        in incident.message
    )


def test_the_documentation_of_a_task_may_be_computed(desk: Desk) -> None:
    task = '<userTask id="a" camunda:candidateGroups="sales"><documentation>Look at ${what}</documentation></userTask>'
    desk.deploy(p=model(START, task, END, "s > a", "a > e"))
    case = desk.engine.instances.start(SYSTEM, "p", {"what": "it"}).id
    with desk.engine.database.read() as connection:
        assert load_tasks(connection, case)[desk.open_tasks(case)["a"]].description == "Look at it"
    with pytest.raises(DeploymentRefused, match="documentation"):
        desk.deploy(p=model(START, task.replace("what", "what +"), END, "s > a", "a > e"))


CHOICE = model(
    START,
    user_task("t"),
    '<exclusiveGateway id="g" default="g_b"/>',
    user_task("a"),
    user_task("b"),
    END,
    "s > t",
    "t > g",
    "a > e",
    "b > e",
    '<sequenceFlow id="g_a" sourceRef="g" targetRef="a"><conditionExpression>IF</conditionExpression></sequenceFlow>',
    "g > b",
)


@pytest.mark.parametrize(("condition", "taken"), [("${n &gt; 1}", "a"), ("${n == 1}", "b"), ("${yes}", "a"), ("= n", "b"), ("none", "b")])
def test_a_condition_is_true_or_false(desk: Desk, condition: str, taken: str) -> None:
    desk.deploy(p=CHOICE.replace("IF", condition))
    case = desk.engine.instances.start(SYSTEM, "p", {"n": 3, "yes": True}).id
    desk.complete("sam", desk.open_tasks(case)["t"])
    assert desk.open_tasks(case).keys() == {taken}


@pytest.mark.parametrize("condition", ["${n}", "${none}", "${text}"])
def test_one_of_camunda_that_is_neither_stops_the_step(desk: Desk, condition: str) -> None:
    desk.deploy(p=CHOICE.replace("IF", condition))
    case = desk.engine.instances.start(SYSTEM, "p", {"n": 3, "none": None, "text": "yes"}).id
    with pytest.raises(ModelFault, match="neither true nor false"):
        desk.complete("sam", desk.open_tasks(case)["t"])
    assert desk.open_tasks(case).keys() == {"t"}


@pytest.mark.parametrize(("said", "message"), [("", None), (' camunda:errorMessage="n is ${n}"', "n is 3")])
def test_an_error_says_what_its_definition_says(desk: Desk, said: str, message: str | None) -> None:
    error = '<errorEventDefinition errorRef="bad" camunda:errorMessageVariable="why"/>'
    inside = f'<startEvent id="i"/><endEvent id="t">{error}</endEvent><sequenceFlow id="i_t" sourceRef="i" targetRef="t"/>'
    sub, boundary = f'<subProcess id="sub">{inside}</subProcess>', f'<boundaryEvent id="b" attachedToRef="sub">{error}</boundaryEvent>'
    declared = f'<error id="bad" errorCode="BAD"{said}/>'
    desk.deploy(p=model(START, sub, boundary, user_task("x"), END, "s > sub", "sub > e", "b > x", before=declared))
    case = desk.engine.instances.start(SYSTEM, "p", {"n": 3}).id
    assert desk.engine.instances.variables(desk.actor("ada"), case)["why"] == message
