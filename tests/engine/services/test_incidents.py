"""Incidents: who sees them, what they say, and how they are tried again by one person or several."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.errors import Conflict, FieldProblem, Forbidden, InvalidRequest, InvalidSubmission, ModelFault, NotFound
from engine.model import CaseState
from engine.phrases import Phrase
from engine.ports import HandlerResult, StepContext
from engine.services.external_values import Failure, Fetch
from engine.store.queries.external import Topic
from engine.store.queries.pending import WorkKind, WorkState
from tests.engine.services.conftest import END, START, Desk, model, user_task
from tests.engine.services.test_events_and_jobs import service, timer
from tests.engine.services.test_two_at_once import at_once, one_won

ASYNC = service("h").replace("<serviceTask", '<serviceTask name="Book it" camunda:asyncBefore="true"')
BOOKS = model(START, ASYNC, END, "s > h", "h > e")
OWNED = model('<extensionElements><crossdesk:case owner="boss"/></extensionElements>', START, ASYNC, END, "s > h", "h > e")
SHIPS = model(START, '<serviceTask id="w" camunda:type="external" camunda:topic="ship"/>', END, "s > w", "w > e", key="q")


def refuse(_context: StepContext) -> HandlerResult:
    raise ModelFault(Phrase("there is no handler {handler}", handler="'book'"), element="h")


def wear_out(desk: Desk) -> None:
    """Let everything fail as often as it is tried."""
    while (due := desk.engine.jobs.next_due()) is not None:
        desk.clock.moment = max(due, desk.clock.moment)
        desk.run_due()


@pytest.fixture
def failed(desk: Desk) -> str:
    """A case whose service task has failed for good."""
    desk.answer = refuse
    desk.deploy(p=BOOKS)
    case = desk.engine.instances.start(desk.actor("sue"), "p")
    wear_out(desk)
    return case.id


def test_an_incident_says_where_why_and_how_often(desk: Desk, failed: str) -> None:
    [found] = desk.engine.incidents.all(desk.actor("ada"))
    assert (found.root.id, found.incident.element_id, found.definition_id.partition(":")[0]) == (failed, "h", "p")
    assert [it.left for it in found.tries] == [0, 1, 2]
    assert found.tries[0].at > found.tries[2].at
    assert isinstance(found.reason, Phrase)
    assert found.reason == "there is no handler 'book'"
    assert found.may_try_again


def test_what_is_refused_of_a_form_is_told_without_the_names_of_fields(desk: Desk) -> None:
    def answer(_context: StepContext) -> HandlerResult:
        said = Phrase("{first}; {second}", first="no stock", second="no room")
        raise InvalidSubmission([FieldProblem("items[0].item", "none", said), FieldProblem("room", "none", "no lift")])

    desk.answer = answer
    desk.deploy(p=BOOKS)
    desk.engine.instances.start(desk.actor("sue"), "p")
    wear_out(desk)
    [found] = desk.engine.incidents.all(desk.actor("ada"))
    assert found.reason == "no stock; no room; no lift"
    assert isinstance(found.reason, Phrase)


def test_auditors_see_incidents_and_try_nothing_again(desk: Desk, failed: str) -> None:
    [found] = desk.engine.incidents.all(desk.actor("axel"))
    assert not found.may_try_again
    with pytest.raises(Forbidden):
        desk.engine.incidents.try_again(desk.actor("axel"), found.incident.id, failed)
    assert desk.engine.incidents.all(desk.actor("ada"))


def test_whoever_only_takes_part_reads_it_at_the_case_and_no_list(desk: Desk, failed: str) -> None:
    assert desk.engine.incidents.all(desk.actor("sue")) == []
    [found] = desk.engine.incidents.of_case(desk.actor("sue"), failed)
    assert (found.incident.element_id, found.reason, found.tries, found.may_try_again) == ("h", "", (), False)
    with pytest.raises(Forbidden):
        desk.engine.incidents.try_again(desk.actor("sue"), found.incident.id, failed)
    with pytest.raises(NotFound):
        desk.engine.incidents.of_case(desk.actor("fred"), failed)


def test_the_owner_of_a_process_repairs_its_cases(desk: Desk) -> None:
    desk.answer = refuse
    desk.deploy(p=OWNED, q=BOOKS.replace('id="p" name="p"', 'id="q" name="q"'))
    mine = desk.engine.instances.start(desk.actor("sue"), "p")
    others = desk.engine.instances.start(desk.actor("sue"), "q")
    wear_out(desk)
    assert [desk.engine.incidents.count(desk.actor(it)) for it in ("boss", "ada", "sue")] == [1, 2, 0]
    newest, oldest = desk.engine.incidents.all(desk.actor("ada"))
    assert desk.engine.incidents.all(desk.actor("ada"), 1) == [newest]
    assert desk.engine.incidents.all(desk.actor("ada"), first=1) == [oldest]
    [found] = desk.engine.incidents.all(desk.actor("boss"), 1)
    assert found.root.id == mine.id
    desk.answer = lambda _context: HandlerResult()
    desk.engine.incidents.try_again(desk.actor("boss"), found.incident.id, mine.id)
    desk.run_due()
    assert desk.engine.instances.get(desk.actor("ada"), mine.id).case.state is CaseState.COMPLETED
    [left] = desk.engine.incidents.all(desk.actor("ada"))
    assert left.root.id == others.id
    with pytest.raises(Forbidden):
        desk.engine.incidents.try_again(desk.actor("boss"), left.incident.id, others.id)


def test_what_is_tried_again_goes_on_with_an_actor_in_its_history(desk: Desk, failed: str) -> None:
    [found] = desk.engine.incidents.all(desk.actor("ada"))
    desk.answer = lambda _context: HandlerResult()
    desk.engine.incidents.try_again(desk.actor("ada"), found.incident.id, failed)
    entry = desk.engine.history.entries(desk.actor("ada"), failed)[0]
    assert (entry.actor, entry.events) == (
        "ada",
        (("JobRetried", {"job": found.incident.job_id, "retries": 1, "incident": found.incident.id}),),
    )
    assert desk.engine.incidents.all(desk.actor("ada")) == []
    assert desk.run_due() == 1
    assert desk.engine.instances.get(desk.actor("ada"), failed).case.state is CaseState.COMPLETED
    assert desk.engine.history.verify(desk.actor("axel")).findings == []


def test_what_fails_again_is_an_incident_again(desk: Desk, failed: str) -> None:
    [found] = desk.engine.incidents.all(desk.actor("ada"))
    desk.engine.incidents.try_again(desk.actor("ada"), found.incident.id, failed)
    assert desk.run_due() == 1
    [again] = desk.engine.incidents.all(desk.actor("ada"))
    assert again.incident.id != found.incident.id
    assert len(again.tries) == 4


def test_of_two_one_tries_again_and_the_other_reads_who_was_faster(desk: Desk) -> None:
    desk.answer = refuse
    desk.deploy(p=OWNED)
    case = desk.engine.instances.start(desk.actor("sue"), "p")
    wear_out(desk)
    [found] = desk.engine.incidents.all(desk.actor("ada"))

    def again(person: str) -> Callable[[], None]:
        return lambda: desk.engine.incidents.try_again(desk.actor(person), found.incident.id, case.id)

    results = at_once(again("ada"), again("boss"))
    one_won(results)
    [lost] = [it for it in results if isinstance(it, Conflict)]
    winner = "boss" if results[0] is lost else "ada"
    assert (lost.details["by"], lost.details["event"]) == (winner, "JobRetried")
    told = [name for entry in desk.engine.history.entries(desk.actor("ada"), case.id) for name, _ in entry.events]
    assert told.count("JobRetried") == 1


def test_what_has_ended_meanwhile_is_told_so(desk: Desk, failed: str) -> None:
    [found] = desk.engine.incidents.all(desk.actor("ada"))
    desk.engine.instances.cancel(desk.actor("ada"), failed, "no longer needed")
    with pytest.raises(Conflict) as refused:
        desk.engine.incidents.try_again(desk.actor("ada"), found.incident.id, failed)
    assert refused.value.details["event"] == "IncidentEnded"


def test_several_are_tried_again_each_for_itself(desk: Desk, failed: str) -> None:
    other = desk.engine.instances.start(desk.actor("sue"), "p")
    wear_out(desk)
    found = {it.root.id: it.incident.id for it in desk.engine.incidents.all(desk.actor("ada"))}
    desk.engine.incidents.try_again(desk.actor("ada"), found[failed], failed)
    wanted = [(found[failed], failed), (found[other.id], other.id), (found[other.id], other.id)]
    done = desk.engine.incidents.try_all_again(desk.actor("ada"), wanted)
    assert [it.incident_id for it in done] == [found[failed], found[other.id]]
    assert isinstance(done[0].refused, Conflict)
    assert done[1].refused is None
    assert desk.engine.incidents.all(desk.actor("ada")) == []


def test_what_a_program_could_not_do_is_tried_again_too(desk: Desk) -> None:
    desk.deploy(q=SHIPS)
    ada = desk.actor("ada")
    case = desk.engine.instances.start(desk.actor("sue"), "q")
    lease = Fetch("w1", [Topic("ship", timedelta(hours=2))], 1)
    [task] = desk.engine.external_tasks.fetch(ada, lease)
    desk.engine.external_tasks.report_failure(ada, task.id, "w1", Failure("no paper", None, 0, timedelta(hours=1)))
    [found] = desk.engine.incidents.all(ada)
    assert (found.incident.kind, found.reason) == ("failedExternalTask", "no paper")
    desk.engine.incidents.try_again(ada, found.incident.id, case.id)
    assert desk.engine.incidents.all(ada) == []
    [again] = desk.engine.external_tasks.fetch(ada, lease)
    assert again.id == task.id
    with pytest.raises(Conflict) as refused:
        desk.engine.incidents.try_again(ada, found.incident.id, case.id)
    assert refused.value.details["by"] == "ada"


def test_a_case_that_could_not_even_begin_is_begun_again(desk: Desk) -> None:
    desk.answer = refuse
    begins = f'<startEvent id="s" name="Every hour">{timer("PT1H")}</startEvent>'
    [version] = desk.deploy(p=model(begins, service("h"), user_task("a"), END, "s > h", "h > a", "a > e"))
    [waiting], _ = desk.engine.jobs.pending(desk.actor("ada"))
    assert (waiting.kind, waiting.definition_id, waiting.element_id) == (WorkKind.START, version, "s")
    wear_out(desk)
    [found] = desk.engine.incidents.all(desk.actor("ada"))
    assert (found.root, found.definition_id, found.reason) == (None, version, "there is no handler 'book'")
    assert [it.left for it in found.tries] == [0, 1, 2]
    with pytest.raises(Forbidden):
        desk.engine.incidents.try_again(desk.actor("sue"), found.incident.id, version)
    desk.answer = lambda _context: HandlerResult()
    desk.engine.incidents.try_again(desk.actor("ada"), found.incident.id, version)
    assert desk.run_due() == 1
    assert desk.engine.incidents.all(desk.actor("ada")) == []
    assert [row.case.definition_id for row in desk.engine.instances.page(desk.actor("ada")).rows] == [version]
    with pytest.raises(Conflict):
        desk.engine.incidents.try_again(desk.actor("ada"), found.incident.id, version)
    with pytest.raises(NotFound):
        desk.engine.incidents.try_again(desk.actor("ada"), found.incident.id, "nothing")


def test_why_a_case_could_not_begin_is_kept_with_its_parts_and_told_to_who_repairs_it(desk: Desk) -> None:
    begins = f'<startEvent id="s" name="Every hour">{timer("PT1H")}</startEvent>'
    never = '<conditionExpression xsi:type="tFormalExpression">= 1 > 2</conditionExpression>'
    branch = f'<exclusiveGateway id="g"/><sequenceFlow id="g_e" sourceRef="g" targetRef="e">{never}</sequenceFlow>'
    owned = '<extensionElements><crossdesk:case owner="sam"/></extensionElements>'
    [version] = desk.deploy(p=model(owned, begins, branch, END, "s > g"))
    wear_out(desk)
    [found] = desk.engine.incidents.all(desk.actor("ada"))
    assert found.definition_id == version
    assert isinstance(found.reason, Phrase)
    assert found.reason.values, "a template with its values, to be told in any language"
    [failed], _ = desk.engine.jobs.pending(desk.actor("ada"), WorkState.FAILED)
    assert isinstance(failed.error, Phrase)
    desk.engine.notices.deliver()
    for person, count in (("ada", 1), ("sam", 1), ("sue", 0)):
        told = desk.engine.notices.newest(desk.actor(person))
        assert [(it.kind, it.case_id, (it.args or {})["definition"]) for it in told] == [("incident", None, version)] * count, person
    assert not desk.engine.history.verify(desk.actor("ada")).findings


class TestJobs:
    def test_each_says_how_it_stands(self, desk: Desk, failed: str) -> None:
        wait = f'<intermediateCatchEvent id="t" name="Later">{timer("PT1H")}</intermediateCatchEvent>'
        desk.deploy(w=model(START, wait, END, "s > t", "t > e", key="w"), q=SHIPS)
        waiting, held = (desk.engine.instances.start(desk.actor("sue"), "w") for _ in range(2))
        desk.engine.suspension.suspend_instance(desk.actor("ada"), held.id, suspended=True)
        for _ in range(2):
            desk.engine.instances.start(desk.actor("sue"), "q")
        desk.engine.external_tasks.fetch(desk.actor("ada"), Fetch("w1", [Topic("ship", timedelta(hours=2))], 1))
        due = desk.engine.instances.start(desk.actor("sue"), "p")
        found, total = desk.engine.jobs.pending(desk.actor("axel"))
        assert [(it.state, it.kind) for it in found] == [
            (WorkState.FAILED, WorkKind.CONTINUATION),
            (WorkState.DUE, WorkKind.EXTERNAL),
            (WorkState.DUE, WorkKind.CONTINUATION),
            (WorkState.LOCKED, WorkKind.EXTERNAL),
            (WorkState.WAITING, WorkKind.TIMER),
            (WorkState.SUSPENDED, WorkKind.TIMER),
        ]
        assert total == 6
        by_root = {it.root_id: it for it in found}
        assert by_root[waiting.id].element_id == "t"
        assert by_root[due.id].definition_id.partition(":")[0] == "p"
        assert next(it.worker for it in found if it.state is WorkState.LOCKED) == "w1"
        load = desk.engine.jobs.load(desk.actor("ada"))
        assert load.counts == {WorkState.FAILED: 1, WorkState.DUE: 2, WorkState.LOCKED: 1, WorkState.WAITING: 1, WorkState.SUSPENDED: 1}
        assert load.oldest_due == load.next_due == desk.clock.now()
        desk.run_due()
        assert [it.state for it in desk.engine.jobs.pending(desk.actor("ada"), WorkState.RETRYING)[0]] == [WorkState.RETRYING]

    def test_they_are_found_by_their_case_and_page_by_page(self, desk: Desk) -> None:
        numbered = f'<extensionElements><crossdesk:case numberPrefix="PA"/></extensionElements>{START}'
        desk.deploy(p=model(numbered, ASYNC, END, "s > h", "h > e"))
        cases = [desk.engine.instances.start(desk.actor("sue"), "p") for _ in range(3)]
        [one], total = desk.engine.jobs.pending(desk.actor("ada"), text=cases[1].number or "")
        assert (one.root_id, one.number, total) == (cases[1].id, cases[1].number, 1)
        pages = [desk.engine.jobs.pending(desk.actor("ada"), offset=at, limit=2) for at in (0, 2)]
        assert [it.root_id for rows, _ in pages for it in rows] == [case.id for case in cases]
        assert [count for _, count in pages] == [3, 3]

    def test_others_see_none_of_it(self, desk: Desk, failed: str) -> None:
        for look in (desk.engine.jobs.pending, desk.engine.jobs.load, desk.engine.notices.outbox, desk.engine.seals.last):
            with pytest.raises(Forbidden):
                look(desk.actor("sue"))
        [job] = desk.engine.jobs.all(desk.actor("ada"))
        with pytest.raises(Forbidden):
            desk.engine.jobs.tries(desk.actor("sue"), job.id)
        assert len(desk.engine.jobs.tries(desk.actor("ada"), job.id)) == 3

    def test_what_is_suspended_says_so(self, desk: Desk) -> None:
        desk.deploy(p=BOOKS)
        case = desk.engine.instances.start(desk.actor("sue"), "p")
        assert [job.suspended for job in desk.engine.jobs.all(desk.actor("ada"))] == [False]
        desk.engine.suspension.suspend_instance(desk.actor("ada"), case.id, suspended=True)
        assert [job.suspended for job, _ in desk.engine.jobs.with_definitions(desk.actor("ada"))] == [True]

    def test_new_retries_do_not_bring_a_timer_forward(self, desk: Desk) -> None:
        wait = f'<intermediateCatchEvent id="t">{timer("PT1H")}</intermediateCatchEvent>'
        desk.deploy(p=model(START, wait, END, "s > t", "t > e"))
        desk.engine.instances.start(desk.actor("sue"), "p")
        [job] = desk.engine.jobs.all(desk.actor("ada"))
        desk.engine.jobs.retry(desk.actor("ada"), job.id, 5)
        [after] = desk.engine.jobs.all(desk.actor("ada"))
        assert (after.retries, after.due_at) == (5, job.due_at)

    def test_without_retries_it_is_an_incident_and_with_some_it_is_none(self, desk: Desk) -> None:
        desk.deploy(p=BOOKS)
        desk.engine.instances.start(desk.actor("sue"), "p")
        ada = desk.actor("ada")
        [job] = desk.engine.jobs.all(ada)
        for _ in range(2):
            desk.engine.jobs.retry(ada, job.id, 0)
            assert [it.incident.job_id for it in desk.engine.incidents.all(ada)] == [job.id]
        assert desk.run_due() == 0
        desk.engine.jobs.retry(ada, job.id, 2)
        assert desk.engine.incidents.all(ada) == []
        for wrong in (-1, 2**31):
            with pytest.raises(InvalidRequest):
                desk.engine.jobs.retry(ada, job.id, wrong)
        with pytest.raises(Forbidden):
            desk.engine.jobs.retry(desk.actor("sue"), job.id, 1)


def test_the_outbox_says_what_has_failed(desk: Desk) -> None:
    desk.deploy(p=model(START, user_task("a"), END, "s > a", "a > e"))
    desk.engine.instances.start(desk.actor("sue"), "p")
    before = desk.engine.notices.outbox(desk.actor("ada"))
    assert (before.waiting, before.failed, before.error) == (1, 0, None)

    def send(_notice: object) -> None:
        raise OSError("no route")

    desk.engine.notices.deliver(send)
    after = desk.engine.notices.outbox(desk.actor("ada"))
    assert (after.waiting, after.failed, after.error) == (1, 1, "OSError('no route')")
    assert after.next_due > desk.clock.now()
