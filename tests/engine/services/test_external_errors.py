"""`camunda:errorEventDefinition`: what a worker reports of an external task may mean an error, which the model throws, as in Camunda 7."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

import pytest

from engine.errors import ModelFault
from tests.engine.services.conftest import END, START, Desk, model, user_task
from tests.engine.services.test_compensation import is_over, start
from tests.engine.services.test_external_tasks import done, failed, fetch, names, work
from tests.engine.services.test_mappings_and_async import values
from tests.engine.services.test_statements import MOST_STATEMENTS, counted

BORDER = (
    '<boundaryEvent id="b" attachedToRef="w"><errorEventDefinition errorRef="E" camunda:errorCodeVariable="code" '
    'camunda:errorMessageVariable="why"/></boundaryEvent>'
)
ERRORS = '<error id="E" errorCode="broken"/><error id="F" errorCode="other"/>'


def throws(expression: str, error: str = "E") -> str:
    return f'<camunda:errorEventDefinition id="d{error}" errorRef="{error}" expression={quoteattr(expression)}/>'


def begin(desk: Desk, *errors: str, **variables: object) -> str:
    """A case whose external task waits, with an error boundary event."""
    parts = START, work(inner="".join(errors)), BORDER, user_task("caught"), user_task("done"), END
    desk.deploy(p=model(*parts, "s > w", "w > done", "b > caught", "done > e", "caught > e", before=ERRORS))
    return start(desk, **variables)


def opened(desk: Desk, case: str) -> list[str]:
    return sorted(desk.open_tasks(case))


@pytest.mark.parametrize(
    "expression",
    [
        "${bad == true}",
        "= bad",
        "${externalTask.workerId == 'w1' && externalTask.topicName == 'ship' && externalTask.activityId == 'w'}",
        '= externalTask.topicName = "ship" and externalTask.errorMessage = null',
    ],
)
def test_what_a_completed_task_gives_may_be_an_error(desk: Desk, expression: str) -> None:
    case = begin(desk, throws(expression))
    (task,) = fetch(desk)
    done(desk, task, variables={"bad": True})
    assert opened(desk, case) == ["caught"]
    assert values(desk, case) == {"bad": True, "code": "broken", "why": None}
    assert {"ExternalTaskErrorThrown", "EventCaught"} <= set(names(desk, case))
    assert "ExternalTaskCompleted" not in names(desk, case)


@pytest.mark.parametrize("expression", ["${bad == true}", "${'true'}", "= nothing.is.there"])
def test_only_true_is_true(desk: Desk, expression: str) -> None:
    case = begin(desk, throws(expression))
    (task,) = fetch(desk)
    done(desk, task, local={"bad": False})
    assert opened(desk, case) == ["done"]


def test_the_first_that_is_true_is_thrown_and_may_be_caught_by_nobody(desk: Desk) -> None:
    case = begin(desk, throws("${false}"), throws("${true}", "F"))
    (task,) = fetch(desk)
    done(desk, task)
    assert is_over(desk, case)


@pytest.mark.parametrize("expression", ["${externalTask.getErrorDetails().contains('tray')}", "${externalTask.errorMessage == 'no paper'}"])
def test_a_failure_may_be_an_error_instead_of_an_incident(desk: Desk, expression: str) -> None:
    case = begin(desk, throws(expression))
    (task,) = fetch(desk)
    failed(desk, task, 0)
    assert opened(desk, case) == ["caught"]
    assert values(desk, case) == {"code": "broken", "why": "no paper"}
    assert desk.engine.jobs.incidents(desk.actor("ada")) == []
    assert "ExternalTaskFailed" not in names(desk, case)
    assert fetch(desk) == []


def test_what_cannot_be_evaluated_is_no_error_of_a_failure_and_a_fault_of_a_completion(desk: Desk) -> None:
    case = begin(desk, throws("${missing == 1}"))
    (task,) = fetch(desk)
    failed(desk, task, 2)
    assert "ExternalTaskFailed" in names(desk, case)
    (task,) = fetch(desk)
    assert task.retries == 2
    with pytest.raises(ModelFault):
        done(desk, task)
    done(desk, task, variables={"missing": 1})
    assert opened(desk, case) == ["caught"]
    assert values(desk, case)["why"] == "no paper"  # of the failure before


def test_it_costs_no_statement_more(desk: Desk) -> None:
    begin(desk, throws("${bad == true}"))
    (task,) = fetch(desk)
    with counted(desk) as cost:
        done(desk, task, variables={"bad": False})
    assert len(cost.statements) <= MOST_STATEMENTS
