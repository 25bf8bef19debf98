"""A message finds its receiver among however many wait for its name, and reaches all of them where all are meant."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from engine.errors import CorrelationMismatch, InvalidRequest, ModelFault
from engine.model import SYSTEM, CaseState
from engine.ports import HandlerResult
from engine.services.messages import Message
from tests.engine.services.conftest import END, START, WORKER, Desk, model, user_task
from tests.engine.services.test_events_and_jobs import MESSAGE, service, timer

CATCH = '<intermediateCatchEvent id="c"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>'
WAITS = model(START, CATCH, service("h"), user_task("a"), END, "s > c", "c > h", "h > a", "a > e", before=MESSAGE)


@pytest.fixture
def many(desk: Desk) -> list[str]:
    """The ids of 130 cases that wait for the same message, in their order."""
    desk.deploy(p=WAITS)
    return [desk.engine.instances.start(SYSTEM, "p", {"order": number}).id for number in range(130)]


def went_on(desk: Desk, cases: list[str]) -> set[str]:
    return {case for case in cases if desk.open_tasks(case)}


def test_the_last_of_many_is_found_by_its_key(desk: Desk, many: list[str]) -> None:
    for number in (129, 100, 0):
        found = desk.engine.messages.correlate(WORKER, Message("confirmed", correlation_keys={"order": number}))
        assert [it.instance_id for it in found] == [many[number]]
    with pytest.raises(CorrelationMismatch):
        desk.engine.messages.correlate(WORKER, Message("confirmed", correlation_keys={"order": 129}))


def test_all_of_many_get_it_and_each_once(desk: Desk, many: list[str]) -> None:
    found = desk.engine.messages.correlate(WORKER, Message("confirmed", variables={"by": "post"}, all=True))
    assert sorted(it.instance_id for it in found) == sorted(many)
    assert went_on(desk, many) == set(many[:100])
    assert desk.commits[-1].jobs
    assert desk.engine.jobs.next_due() == desk.clock.now()
    while desk.run_due():
        pass
    assert went_on(desk, many) == set(many)
    assert Counter(context.case.id for context in desk.handled) == Counter(many)
    assert desk.engine.instances.variables(desk.actor("ada"), many[-1]) == {"order": 129, "by": "post", "initiator": "system"}
    assert desk.engine.jobs.next_due() is None
    assert desk.engine.history.verify(desk.actor("axel")).findings == []


def test_who_waits_no_longer_gets_nothing_and_nothing_is_left_of_the_job(desk: Desk, many: list[str]) -> None:
    desk.engine.messages.correlate(WORKER, Message("confirmed", all=True))
    ended, moved = many[120], many[121]
    desk.engine.instances.cancel(desk.actor("ada"), ended, "no longer needed")
    desk.engine.messages.correlate(WORKER, Message("confirmed", instance_id=moved))
    while desk.run_due():
        pass
    assert desk.engine.jobs.all(desk.actor("ada")) == []
    assert Counter(context.case.id for context in desk.handled)[moved] == 1
    assert desk.engine.instances.get(desk.actor("ada"), ended).case.state is CaseState.EXTERNALLY_TERMINATED


def test_a_delivery_that_was_written_while_its_case_ended_is_forgotten(desk: Desk, many: list[str]) -> None:
    desk.engine.messages.correlate(WORKER, Message("confirmed", all=True))
    with desk.engine.database.begin() as connection:
        connection.exec_driver_sql("update job set root_id = 'gone' where kind = 'delivery'")
    while desk.run_due():
        pass
    assert desk.engine.jobs.next_due() is None


def test_a_delivery_that_fails_is_tried_again_and_then_an_incident_of_its_case_alone(desk: Desk, many: list[str]) -> None:
    desk.engine.messages.correlate(WORKER, Message("confirmed", all=True))
    broken = many[110]

    def answer(context: object) -> HandlerResult:
        if context.case.id == broken:
            raise ModelFault("no stock", element="h")
        return HandlerResult()

    desk.answer = answer
    for _ in range(4):
        while desk.run_due():
            pass
        desk.clock.move(hours=1)
    assert went_on(desk, many) == set(many) - {broken}
    [incident] = desk.engine.jobs.incidents(desk.actor("ada"))
    assert (incident.root_id, incident.message) == (broken, "no stock")
    desk.answer = lambda _context: HandlerResult()
    desk.engine.jobs.retry(desk.actor("ada"), incident.job_id or "")
    assert desk.run_due() == 1
    assert went_on(desk, [broken]) == {broken}


@pytest.mark.parametrize(
    ("held", "sent"),
    [(2, Decimal("2.0")), (Decimal("0.10"), Decimal("0.1")), ("2", "2"), (True, True), (None, None), (date(2026, 3, 1), date(2026, 3, 1))],
)
def test_keys_are_equal_by_value(desk: Desk, held: object, sent: object) -> None:
    desk.deploy(p=WAITS)
    case = desk.engine.instances.start(SYSTEM, "p", {"key": held, "other": "x"})
    desk.engine.instances.start(SYSTEM, "p", {"other": "x"})
    [found] = desk.engine.messages.correlate(WORKER, Message("confirmed", correlation_keys={"key": sent, "other": "x"}))
    assert found.instance_id == case.id


@pytest.mark.parametrize(("held", "sent"), [(2, "2"), ("2", 2), (1, True), (None, ""), ("", None)])
def test_keys_of_another_type_differ(desk: Desk, held: object, sent: object) -> None:
    desk.deploy(p=WAITS)
    desk.engine.instances.start(SYSTEM, "p", {"key": held})
    with pytest.raises(CorrelationMismatch):
        desk.engine.messages.correlate(WORKER, Message("confirmed", correlation_keys={"key": sent}))


def test_a_timer_is_no_message_that_could_be_given(desk: Desk) -> None:
    wait = f'<intermediateCatchEvent id="t">{timer("PT1H")}</intermediateCatchEvent>'
    desk.deploy(p=model(START, wait, END, "s > t", "t > e"))
    case = desk.engine.instances.start(desk.actor("sue"), "p")
    [job] = desk.engine.jobs.all(desk.actor("ada"))
    with pytest.raises(InvalidRequest, match="waits for no message"):
        desk.engine.messages.give(desk.actor("ada"), case.id, job.id, date(2026, 3, 1))
    assert desk.engine.instances.get(desk.actor("sue"), case.id).case.state is CaseState.ACTIVE


BOTH = """<extensionElements><crossdesk:case numberPrefix="MB"/></extensionElements>
 <startEvent id="s"><messageEventDefinition messageRef="m"/></startEvent>"""
BEGINS_AND_WAITS = model(BOTH, CATCH, user_task("a"), END, "s > c", "c > a", "a > e", before=MESSAGE)


def test_who_waits_comes_before_what_begins_and_takes_no_number(desk: Desk) -> None:
    desk.deploy(p=BEGINS_AND_WAITS)

    def sent(**how: object) -> list[tuple[str, str | None]]:
        done = desk.engine.messages.correlate(WORKER, Message("confirmed", **how))
        return [(it.instance_id, it.started.number if it.started else None) for it in done]

    [(first, number)] = sent(business_key="1")
    assert number == "MB-2026-0001"
    assert sent() == [(first, None)]
    [(second, number)] = sent(business_key="2")
    assert number == "MB-2026-0002"
    waits, (third, number) = sent(all=True)
    assert (waits, number) == ((second, None), "MB-2026-0003")
    assert went_on(desk, [first, second, third]) == {first, second}


def test_of_several_who_wait_none_is_chosen_and_nothing_begins(desk: Desk) -> None:
    desk.deploy(p=BEGINS_AND_WAITS)
    for key in ("1", "2"):
        desk.engine.messages.correlate(WORKER, Message("confirmed", business_key=key))
    with pytest.raises(CorrelationMismatch):
        desk.engine.messages.correlate(WORKER, Message("confirmed"))
