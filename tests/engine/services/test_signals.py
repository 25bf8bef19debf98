"""Signals, links, thrown messages and events with several definitions."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, select

from engine.errors import Forbidden
from engine.model import SYSTEM, CaseState
from engine.services.messages import Message
from engine.store.game import lock_root
from engine.store.tables import case_instance
from tests.engine.services.conftest import END, START, WORKER, Desk, model, user_task
from tests.engine.services.test_events_and_jobs import MESSAGE, service, timer

SIGNAL = '<signal id="x" name="alert"/>'
DEFINITION = '<signalEventDefinition signalRef="x"/>'
CATCH = f'<intermediateCatchEvent id="c">{DEFINITION}</intermediateCatchEvent>'
THROW = f'<intermediateThrowEvent id="t">{DEFINITION}</intermediateThrowEvent>'
WAITS = model(START, CATCH, user_task("a"), END, "s > c", "c > a", "a > e", key="waits", before=SIGNAL)
THROWS = model(START, THROW, user_task("b"), END, "s > t", "t > b", "b > e", key="throws", before=SIGNAL)
BEGINS = model(f'<startEvent id="s">{DEFINITION}</startEvent>', user_task("n"), END, "s > n", "n > e", key="begins", before=SIGNAL)
NUMBERED = BEGINS.replace("<startEvent", '<extensionElements><crossdesk:case numberPrefix="AL"/></extensionElements><startEvent', 1)


def start(desk: Desk, key: str, **variables: object) -> str:
    return desk.engine.instances.start(SYSTEM, key, variables).id


@contextmanager
def locked(desk: Desk, root_id: str) -> Iterator[None]:
    """Somebody else is at work on a case."""
    has_it, may_go = threading.Event(), threading.Event()

    def hold(connection: Connection) -> None:
        lock_root(connection, root_id)
        has_it.set()
        may_go.wait()

    other = threading.Thread(target=desk.engine.database.write, args=(hold,))
    other.start()
    has_it.wait()
    try:
        yield
    finally:
        may_go.set()
        other.join()


def told(desk: Desk, case: str) -> list[str]:
    return [name for entry in desk.engine.history.entries(SYSTEM, case) for name, _ in entry.events]


def cases_of(desk: Desk, key: str) -> list[str]:
    with desk.engine.database.read() as connection:
        query = select(case_instance.c.id).where(case_instance.c.definition_key == key).order_by(case_instance.c.id)
        return list(connection.execute(query).scalars())


class TestThrown:
    def test_a_signal_reaches_every_case_that_waits_for_it_in_the_step_that_throws_it(self, desk: Desk) -> None:
        desk.deploy(w=WAITS, t=THROWS)
        waiting = [start(desk, "waits") for _ in range(3)]
        thrower = start(desk, "throws")
        assert [list(desk.open_tasks(case)) for case in waiting] == [["a"]] * 3
        assert list(desk.open_tasks(thrower)) == ["b"]
        assert "SignalThrown" in told(desk, thrower)
        assert "SignalReceived" in told(desk, waiting[0])
        assert desk.commits[-1].cases == {thrower, *waiting}
        assert desk.engine.history.verify(desk.actor("axel")).findings == []

    @pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
    def test_a_case_that_somebody_else_has_locked_gets_it_by_a_job(self, desk: Desk) -> None:
        """On PostgreSQL alone: SQLite locks the whole database, so a second transaction cannot even begin."""
        desk.deploy(w=WAITS, t=THROWS)
        busy, free = start(desk, "waits"), start(desk, "waits")
        with locked(desk, busy):
            start(desk, "throws")
        assert (list(desk.open_tasks(busy)), list(desk.open_tasks(free))) == ([], ["a"])
        assert desk.run_due() == 1
        assert list(desk.open_tasks(busy)) == ["a"]

    def test_a_signal_starts_the_processes_that_begin_by_it(self, desk: Desk) -> None:
        desk.deploy(b=BEGINS, t=THROWS)
        start(desk, "throws")
        (case,) = cases_of(desk, "begins")
        assert list(desk.open_tasks(case)) == ["n"]

    def test_a_case_with_a_number_starts_by_a_job(self, desk: Desk) -> None:
        desk.deploy(b=NUMBERED, t=THROWS)
        start(desk, "throws")
        assert cases_of(desk, "begins") == []
        assert desk.run_due() == 1
        (case,) = cases_of(desk, "begins")
        assert desk.engine.instances.get(desk.actor("ada"), case).case.number is not None

    def test_signals_that_throw_each_other_come_to_an_end(self, desk: Desk) -> None:
        again = model(
            START, '<exclusiveGateway id="g"/>', CATCH, THROW, "s > g", "g > c", "c > t", "t > g", key="waits", before=SIGNAL
        )  # fmt: skip
        desk.deploy(w=again, t=THROWS)
        first, second = start(desk, "waits"), start(desk, "waits")
        start(desk, "throws")
        assert {told(desk, case).count("SignalReceived") > 1 for case in (first, second)} == {True}
        assert desk.engine.jobs.next_due() == desk.clock.now()

    def test_a_thrower_that_its_own_signal_ends_does_not_go_on(self, desk: Desk) -> None:
        inside = f'<startEvent id="i"/><endEvent id="t">{DEFINITION}</endEvent><sequenceFlow id="i_t" sourceRef="i" targetRef="t"/>'
        boundary = f'<boundaryEvent id="b" attachedToRef="sub">{DEFINITION}</boundaryEvent>'
        parts = START, f'<subProcess id="sub">{inside}</subProcess>', boundary, user_task("a"), user_task("n"), END
        desk.deploy(p=model(*parts, "s > sub", "sub > n", "b > a", "a > e", "n > e", before=SIGNAL))
        assert list(desk.open_tasks(start(desk, "p"))) == ["a"]

    def test_an_event_subprocess_and_a_gateway_catch_it(self, desk: Desk) -> None:
        handler = f'<startEvent id="i" isInterrupting="false">{DEFINITION}</startEvent>{user_task("h")}'
        handler = f'<subProcess id="esp" triggeredByEvent="true">{handler}<sequenceFlow id="i_h" sourceRef="i" targetRef="h"/></subProcess>'
        late = f'<intermediateCatchEvent id="late">{timer("PT1H")}</intermediateCatchEvent>'
        parts = START, '<eventBasedGateway id="g"/>', CATCH, late, user_task("a"), END, handler
        desk.deploy(p=model(*parts, "s > g", "g > c", "g > late", "c > a", "late > e", "a > e", before=SIGNAL), t=THROWS)
        case = start(desk, "p")
        start(desk, "throws")
        assert sorted(desk.open_tasks(case)) == ["a", "h"]
        start(desk, "throws")
        assert sorted(desk.open_tasks(case)) == ["a", "h"]  # two of them, and one to approve
        assert desk.engine.jobs.next_due() is None


class TestSent:
    def test_a_client_sends_a_signal_with_variables(self, desk: Desk) -> None:
        desk.deploy(w=WAITS, b=NUMBERED)
        waiting = start(desk, "waits")
        desk.engine.signals.send(WORKER, "alert", {"level": 3})
        (begun,) = cases_of(desk, "begins")
        for case in (waiting, begun):
            assert desk.engine.instances.variables(desk.actor("ada"), case)["level"] == 3

    def test_it_may_be_meant_for_one_case(self, desk: Desk) -> None:
        desk.deploy(w=WAITS, b=BEGINS)
        one, other = start(desk, "waits"), start(desk, "waits")
        desk.engine.signals.send(WORKER, "alert", receiver=one)
        assert (list(desk.open_tasks(one)), list(desk.open_tasks(other))) == (["a"], [])
        assert cases_of(desk, "begins") == []

    def test_a_hundred_get_it_at_once_and_the_others_by_jobs(self, desk: Desk) -> None:
        desk.deploy(w=WAITS)
        waiting = [start(desk, "waits") for _ in range(103)]
        desk.engine.signals.send(WORKER, "alert")
        assert sum(bool(desk.open_tasks(case)) for case in waiting) == 100
        while desk.run_due():
            pass
        assert all(desk.open_tasks(case) for case in waiting)

    def test_nobody_need_wait_for_it_and_not_everybody_may_send_it(self, desk: Desk) -> None:
        desk.engine.signals.send(WORKER, "alert")
        with pytest.raises(Forbidden):
            desk.engine.signals.send(desk.actor("sue"), "alert")


class TestLinks:
    def test_a_link_leads_from_each_source_to_its_target(self, desk: Desk) -> None:
        definition = '<linkEventDefinition name="on"/>'
        throws = [f'<intermediateThrowEvent id="l{n}">{definition}</intermediateThrowEvent>' for n in (1, 2)]
        parts = START, '<parallelGateway id="g"/>', *throws, f'<intermediateCatchEvent id="l">{definition}</intermediateCatchEvent>'
        desk.deploy(p=model(*parts, user_task("a"), END, "s > g", "g > l1", "g > l2", "l > a", "a > e"))
        case = start(desk, "p")
        with desk.engine.database.read() as connection:
            assert connection.exec_driver_sql("select count(*) from user_task where element_id = 'a'").scalar() == 2
        assert {"l1", "l2", "l"} <= set(desk.engine.instances.get(desk.actor("ada"), case).path)


class TestThrownMessages:
    def test_a_message_event_does_what_its_definition_says(self, desk: Desk) -> None:
        expression = '<messageEventDefinition messageRef="m" camunda:expression="${execution.setVariable(\'sent\', true)}"/>'
        handler = '<messageEventDefinition messageRef="m"><extensionElements><crossdesk:handler name="note"/></extensionElements>'
        parts = f'<intermediateThrowEvent id="t">{expression}</intermediateThrowEvent>', user_task("a")
        end = f'<endEvent id="e">{handler}</messageEventDefinition></endEvent>'
        desk.deploy(p=model(START, *parts, end, "s > t", "t > a", "a > e", before=MESSAGE))
        case = start(desk, "p")
        assert desk.engine.instances.variables(desk.actor("ada"), case)["sent"] is True
        desk.complete("sam", desk.open_tasks(case)["a"])
        assert [context.element_id for context in desk.handled] == ["e"]

    def test_a_message_event_that_says_nothing_is_passed_and_correlates_nothing(self, desk: Desk) -> None:
        definition = '<messageEventDefinition messageRef="m"/>'
        catch = f'<intermediateCatchEvent id="c">{definition}</intermediateCatchEvent>'
        desk.deploy(
            w=model(START, catch, END, "s > c", "c > e", key="waits", before=MESSAGE),
            p=model(START, f'<endEvent id="e">{definition}</endEvent>', "s > e", before=MESSAGE),
        )
        waiting = start(desk, "waits")
        ended = start(desk, "p")
        assert desk.engine.instances.get(desk.actor("ada"), ended).case.state is CaseState.COMPLETED
        assert desk.engine.instances.get(desk.actor("ada"), waiting).case.state is CaseState.ACTIVE


class TestSeveralDefinitions:
    def test_the_first_of_several_that_happens_catches(self, desk: Desk) -> None:
        several = f'{DEFINITION}<messageEventDefinition messageRef="m"/>{timer("PT1H")}'
        catch = f'<intermediateCatchEvent id="c">{several}</intermediateCatchEvent>'
        desk.deploy(p=model(START, catch, user_task("a"), END, "s > c", "c > a", "a > e", before=SIGNAL + MESSAGE))
        by_signal, by_message, by_timer = (start(desk, "p") for _ in range(3))
        desk.engine.signals.send(WORKER, "alert", receiver=by_signal)
        desk.engine.messages.correlate(WORKER, Message("confirmed", instance_id=by_message))
        desk.clock.move(hours=1)
        assert desk.run_due() == 1
        assert [list(desk.open_tasks(case)) for case in (by_signal, by_message, by_timer)] == [["a"]] * 3

    def test_all_of_several_are_thrown(self, desk: Desk) -> None:
        throw = f'<intermediateThrowEvent id="t">{DEFINITION}<messageEventDefinition messageRef="m">'
        throw += '<extensionElements><crossdesk:handler name="note"/></extensionElements></messageEventDefinition></intermediateThrowEvent>'
        desk.deploy(p=model(START, throw, user_task("a"), END, "s > t", "t > a", "a > e", before=SIGNAL + MESSAGE), w=WAITS)
        waiting = start(desk, "waits")
        start(desk, "p")
        assert list(desk.open_tasks(waiting)) == ["a"]
        assert [context.element_id for context in desk.handled] == ["t"]

    def test_a_definition_beside_the_processes_is_shared(self, desk: Desk) -> None:
        shared = SIGNAL + '<signalEventDefinition id="shared" signalRef="x"/>'
        catch = '<intermediateCatchEvent id="c"><eventDefinitionRef>shared</eventDefinitionRef></intermediateCatchEvent>'
        desk.deploy(p=model(START, catch, service("h"), END, "s > c", "c > h", "h > e", before=shared))
        start(desk, "p")
        desk.engine.signals.send(WORKER, "alert")
        assert [context.element_id for context in desk.handled] == ["h"]


def test_who_may_send_messages_is_offered_those_without_a_name_too(desk: Desk):
    desk.deploy(waits=WAITS)
    case = desk.engine.instances.start(desk.actor("sue"), "waits").id
    assert desk.engine.messages.offers(desk.actor("sue"), case) == []
    (offer,) = desk.engine.messages.offers(desk.actor("ada"), case, unnamed=True)
    assert (offer.kind.value, offer.name, offer.element_id, offer.instance_id) == ("signal", "alert", "c", case)
    with pytest.raises(Forbidden):
        desk.engine.messages.offers(desk.actor("sue"), case, unnamed=True)
