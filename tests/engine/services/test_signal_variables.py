"""`camunda:in` of a thrown signal: variables go to whoever gets it, also by a job; `camunda:async` is always a job."""

from __future__ import annotations

import pytest

from tests.engine.services.conftest import END, START, WORKER, Desk, model, user_task
from tests.engine.services.test_mappings_and_async import mapping, put, values
from tests.engine.services.test_signals import BEGINS, CATCH, NUMBERED, SIGNAL, cases_of, locked, start
from tests.engine.services.test_statements import counted


def throwing(*ins: str, attributes: str = "", name: str = "intermediateThrowEvent") -> str:
    inner = f"<extensionElements>{''.join(ins)}</extensionElements>" if ins else ""
    return f'<{name} id="t"><signalEventDefinition signalRef="x" {attributes}>{inner}</signalEventDefinition></{name}>'


def throws(*ins: str, attributes: str = "") -> str:
    """A process that throws the signal, and waits for it itself beside."""
    parts = START, '<parallelGateway id="g"/>', CATCH, throwing(*ins, attributes=attributes), user_task("b"), user_task("a"), END
    return model(*parts, "s > g", "g > c", "c > a", "g > t", "t > b", "a > e", "b > e", key="throws", before=SIGNAL)


LOCAL = f"<extensionElements>{mapping(put('level', 'old'))}</extensionElements>"
WAITS = model(
    START,
    f'<subProcess id="sub">{LOCAL}<startEvent id="is"/>{CATCH}{user_task("a")}<sequenceFlow id="is_c" sourceRef="is" targetRef="c"/>'
    '<sequenceFlow id="c_a" sourceRef="c" targetRef="a"/></subProcess>',
    END,
    "s > sub",
    "sub > e",
    key="waits",
    before=SIGNAL,
)
"""Waits inside of a subprocess that has a variable `level` of its own."""

ONE = '<camunda:in source="n" target="{}"/>'
COMPUTED = '<camunda:in sourceExpression="${n + 1}" target="more"/><camunda:in businessKey="${n}x"/>'


@pytest.mark.parametrize(
    ("ins", "sent"),
    [
        (ONE.format("got"), {"got": 1}),
        (COMPUTED, {"more": 2}),
        ('<camunda:in variables="all"/>', {"n": 1, "note": "x"}),
        ('<camunda:in source="none" target="got"/>', {"got": None}),
        ('<camunda:in variables="all" local="true"/>', {}),
    ],
)
def test_variables_go_to_other_cases_to_its_own_and_to_what_begins(desk: Desk, ins: str, sent: dict[str, object]) -> None:
    desk.deploy(throws=throws(ins), waits=WAITS, begins=BEGINS)
    other = start(desk, "waits")
    own = start(desk, "throws", n=1, note="x")
    (begun,) = cases_of(desk, "begins")
    assert values(desk, other) == sent
    assert values(desk, own) == {"n": 1, "note": "x", **sent}
    assert values(desk, begun) == sent
    found = desk.engine.instances.get(desk.actor("ada"), begun).case
    assert found.business_key == ("1x" if ins == COMPUTED else None)


def test_a_variable_that_is_known_where_the_signal_is_awaited_is_written_there(desk: Desk) -> None:
    desk.deploy(throws=throws(ONE.format("level")), waits=WAITS)
    other = start(desk, "waits")
    start(desk, "throws", n=7)
    assert values(desk, other) == {}
    task = desk.open_tasks(other)["a"]
    assert desk.engine.variables.of_task(desk.actor("ada"), task)["level"].text == "7"


def test_they_travel_with_a_job_to_a_case_that_is_busy_and_to_one_that_needs_a_number(desk: Desk) -> None:
    desk.deploy(throws=throws(ONE.format("got"), COMPUTED), waits=WAITS, begins=NUMBERED)
    other = start(desk, "waits")
    if desk.engine.database.dialect == "sqlite":
        start(desk, "throws", n=1)
    else:
        with locked(desk, other):
            start(desk, "throws", n=1)
        assert values(desk, other) == {}
    assert cases_of(desk, "begins") == []
    desk.run_due()
    (begun,) = cases_of(desk, "begins")
    assert values(desk, other) == values(desk, begun) == {"got": 1, "more": 2}
    case = desk.engine.instances.get(desk.actor("ada"), begun).case
    assert (case.business_key, case.number) == ("1x", "AL-2026-0001")


def test_an_asynchronous_signal_reaches_everybody_by_a_job(desk: Desk) -> None:
    desk.deploy(throws=throws(ONE.format("got"), attributes='camunda:async="true"'), waits=WAITS, begins=BEGINS)
    other = start(desk, "waits")
    own = start(desk, "throws", n=1)
    assert (sorted(desk.open_tasks(own)), desk.open_tasks(other), cases_of(desk, "begins")) == (["b"], {}, [])
    assert desk.run_due() == 3
    (begun,) = cases_of(desk, "begins")
    assert (sorted(desk.open_tasks(own)), list(desk.open_tasks(other))) == (["a", "b"], ["a"])
    assert values(desk, other) == values(desk, begun) == {"got": 1}
    assert values(desk, own) == {"n": 1, "got": 1}


def test_an_asynchronous_signal_does_not_reach_who_began_to_wait_after_it(desk: Desk) -> None:
    parts = START, throwing(attributes='camunda:async="true"'), CATCH, user_task("a"), END
    desk.deploy(p=model(*parts, "s > t", "t > c", "c > a", "a > e", key="throws", before=SIGNAL))
    case = start(desk, "throws")
    assert desk.run_due() == 0
    assert desk.open_tasks(case) == {}
    desk.engine.signals.send(WORKER, "alert")
    assert list(desk.open_tasks(case)) == ["a"]


def test_an_end_event_takes_them_along_too(desk: Desk) -> None:
    thrower = throwing('<camunda:in variables="all"/>', name="endEvent")
    desk.deploy(throws=model(START, thrower, "s > t", key="throws", before=SIGNAL), waits=WAITS)
    other = start(desk, "waits")
    start(desk, "throws", n=3)
    assert values(desk, other) == {"n": 3}


def test_they_cost_no_statement_of_the_thrower(desk: Desk) -> None:
    costs = []
    for ins in ((), (ONE.format("got"),)):
        desk.deploy(throws=model(START, throwing(*ins), user_task("b"), END, "s > t", "t > b", "b > e", key="throws", before=SIGNAL))
        start(desk, "throws", n=1)
        with counted(desk) as cost:
            start(desk, "throws", n=1)
        costs.append(len(cost.statements))
    assert costs[0] == costs[1]
