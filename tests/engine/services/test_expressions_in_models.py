"""Camunda's expressions in a running case."""

from __future__ import annotations

import pytest

from engine.errors import DeploymentRefused
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
