from datetime import UTC, datetime

import pytest

from engine.bpmn.model import OutcomeKind
from engine.events import (
    CaseCancelled,
    ElementCancelled,
    InstanceEnded,
    JobFailed,
    UserTaskClaimed,
    UserTaskCompleted,
    UserTaskCreated,
    UserTaskEscalated,
    UserTaskReassigned,
    UserTaskReminded,
    VariableChanged,
)
from engine.model import SYSTEM, Actor, Case, CaseState
from engine.work.notices import Notice, NoticeKind, StepFacts, notices_of
from tests.engine.organisation.sample import company
from tests.engine.work.test_deadlines import task

COMPANY = company()
CASE = Case(
    id="c1",
    root_id="c1",
    parent_id=None,
    definition_id="p:1:x",
    definition_key="p",
    number="PA-2026-0001",
    subject="Paper",
    business_key=None,
    started_at=datetime(2026, 11, 24, tzinfo=UTC),
    started_by="sales-a",
    start_department="sales",
    ended_at=None,
    state=CaseState.ACTIVE,
)


def told(*events, actor="buyer-a", **facts) -> list[tuple[str, str]]:
    return [(str(notice.kind), notice.person) for notice in notices(*events, actor=actor, **facts)]


def notices(*events, actor="buyer-a", **facts) -> list[Notice]:
    who = actor if isinstance(actor, Actor) else Actor(actor)
    return notices_of(events, StepFacts(CASE, who, "c1:7", **facts), COMPANY)


# ---- tasks ---------------------------------------------------------------------------------------------------------------


def test_the_assignee_of_a_new_task_is_told():
    assert told(UserTaskCreated("t1", "check", assignee="keeper")) == [("task-assigned", "keeper")]


def test_the_candidates_of_a_new_task_are_each_told_once():
    created = UserTaskCreated("t1", "check", users=["buyer-b", "keeper"], groups=["purchasing:buyer"])
    assert told(created, actor="gm") == [("task-offered", "buyer-a"), ("task-offered", "buyer-b"), ("task-offered", "keeper")]


def test_nobody_is_offered_what_they_may_not_approve():
    created = UserTaskCreated("t1", "check", groups=["purchasing:buyer"])
    own = task(id="t1", candidate_groups=("purchasing:buyer",), excluded_person="buyer-a")
    assert told(created, actor="gm", tasks={"t1": own}) == [("task-offered", "buyer-b")]


def test_nobody_is_told_of_what_they_did_themselves():
    assert told(UserTaskCreated("t1", "check", assignee="buyer-a"), actor="buyer-a") == []


def test_nobody_is_told_who_was_disabled():
    assert told(UserTaskCreated("t1", "check", assignee="gone")) == []


def test_a_task_that_the_same_step_took_away_again_is_not_told_of():
    created = UserTaskCreated("t1", "check", assignee="keeper")
    assert told(created, ElementCancelled("c1", "check", "t1")) == []


def test_the_reason_of_a_detour_is_told_with_the_task():
    (notice,) = notices(UserTaskCreated("t1", "check", assignee="gm", reason="own-request-superior:gm"))
    assert notice.args == {"reason": "own-request-superior:gm"}


def test_an_ordinary_claim_is_told_to_nobody():
    assert told(UserTaskClaimed("t1", "buyer-a")) == []


def test_whose_task_was_taken_over_is_told_by_whom():
    (notice,) = notices(UserTaskClaimed("t1", "purchasing-head", before="buyer-a"), actor="purchasing-head")
    assert (notice.kind, notice.person, notice.task, notice.args) == ("task-taken-over", "buyer-a", "t1", {"by": "purchasing-head"})


def test_both_are_told_of_a_reassignment_with_its_reason():
    (new, old) = notices(UserTaskReassigned("t1", "buyer-a", "buyer-b", "holiday"), actor="purchasing-head")
    assert (new.kind, new.person, new.args) == ("task-reassigned", "buyer-b", {"by": "purchasing-head", "reason": "holiday"})
    assert (old.kind, old.person, old.args) == (
        "task-taken-away",
        "buyer-a",
        {"by": "purchasing-head", "reason": "holiday", "to": "buyer-b"},
    )


def test_a_reassignment_of_an_unclaimed_task_takes_it_from_nobody():
    assert told(UserTaskReassigned("t1", None, "buyer-b", "holiday"), actor="gm") == [("task-reassigned", "buyer-b")]


# ---- deadlines -----------------------------------------------------------------------------------------------------------


def test_who_is_reminded_is_told():
    assert told(UserTaskReminded("t1", "check", ["buyer-a", "buyer-b"]), actor=SYSTEM) == [
        ("task-reminded", "buyer-a"),
        ("task-reminded", "buyer-b"),
    ]


def test_at_the_deadline_the_superior_is_told_to_step_in_and_the_assignee_that_it_is_late():
    escalated = UserTaskEscalated("t1", "check", 1, ["buyer-a", "purchasing-head"], users=["purchasing-head"])
    found = notices(escalated, actor=SYSTEM, tasks={"t1": task(id="t1", assignee="buyer-a")})
    assert [(it.kind, it.person, it.args) for it in found] == [
        ("task-escalated", "purchasing-head", {"stage": 1, "assignee": "buyer-a"}),
        ("task-overdue", "buyer-a", {"stage": 1}),
    ]


def test_the_process_owner_as_a_group_is_told_to_step_in():
    escalated = UserTaskEscalated("t1", "check", 2, ["keeper", "purchasing-head"], groups=["purchasing:head"])
    assert told(escalated, actor=SYSTEM) == [("task-escalated", "purchasing-head"), ("task-overdue", "keeper")]


# ---- return, end, incident -----------------------------------------------------------------------------------------------


def test_a_request_that_comes_back_to_the_initiator_says_by_whom_and_why():
    events = [UserTaskCompleted("t1", "check", "back", "no budget"), UserTaskCreated("t2", "rework", assignee="sales-a")]
    (notice,) = notices(*events, outcomes={"t1": OutcomeKind.RETURN})
    assert (notice.kind, notice.person, notice.task) == ("task-returned", "sales-a", "t2")
    assert notice.args == {"by": "buyer-a", "reason": "no budget"}


def test_a_task_of_the_initiator_that_was_not_returned_is_an_ordinary_one():
    events = [UserTaskCompleted("t1", "check", "ok"), UserTaskCreated("t2", "sign", assignee="sales-a")]
    assert told(*events, outcomes={"t1": OutcomeKind.APPROVE}) == [("task-assigned", "sales-a")]


def test_a_return_to_somebody_else_is_an_ordinary_task_for_them():
    events = [UserTaskCompleted("t1", "check", "back", "why"), UserTaskCreated("t2", "order", assignee="keeper")]
    assert told(*events, outcomes={"t1": OutcomeKind.RETURN}) == [("task-assigned", "keeper")]


def test_the_initiator_is_told_that_the_case_is_finished():
    assert told(InstanceEnded("c1")) == [("case-finished", "sales-a")]
    assert told(InstanceEnded("c1"), actor="sales-a") == []


def test_the_end_of_a_called_process_is_not_the_end_of_the_case():
    assert told(InstanceEnded("c2")) == []


def test_a_cancelled_case_is_told_to_the_initiator_and_to_those_who_worked_at_it_and_is_not_finished():
    events = [CaseCancelled("double entry"), ElementCancelled("c1", "check", "t1"), InstanceEnded("c1")]
    open_tasks = {"t1": task(id="t1", assignee="keeper"), "t2": task(id="t2", candidate_groups=("finance",))}
    assert told(*events, actor="admin", tasks=open_tasks) == [("case-cancelled", "sales-a"), ("case-cancelled", "keeper")]


def test_an_incident_is_told_to_administrators_and_to_the_process_owner():
    failed = JobFailed("j1", "book", "the printer is on fire", 0)
    assert told(failed, actor=SYSTEM, owner="purchasing:head") == [("incident", "admin"), ("incident", "purchasing-head")]
    assert told(failed, actor=SYSTEM, owner="keeper") == [("incident", "admin"), ("incident", "keeper")]
    assert told(failed, actor=SYSTEM) == [("incident", "admin")]


def test_a_failure_that_will_be_tried_again_is_told_to_nobody():
    assert told(JobFailed("j1", "book", "busy", 2), actor=SYSTEM) == []


def test_a_changed_variable_is_told_to_nobody():
    assert told(VariableChanged("c1", "amount", ["Integer", "5"])) == []


# ---- once ----------------------------------------------------------------------------------------------------------------


def test_a_notice_carries_the_id_of_its_event_so_that_delivering_twice_shows_once():
    events = [UserTaskCreated("t1", "a", assignee="keeper"), UserTaskCreated("t2", "b", assignee="keeper")]
    first, second = notices(*events), notices(*events)
    assert [it.event_id for it in first] == ["c1:7:1", "c1:7:2"]
    assert first == second
    assert len({(it.person, it.event_id) for it in first}) == len(first)


def test_a_notice_reads_back_from_its_record():
    for notice in notices(UserTaskCreated("t1", "a", assignee="keeper"), InstanceEnded("c1")):
        assert Notice.read(notice.record()) == notice


def test_a_notice_of_no_case_reads_back_too():
    notice = Notice("organisation:7:1", NoticeKind.CREDENTIALS_RENEWED, "keeper", args={"by": "admin"})
    assert Notice.read(notice.record()) == notice


@pytest.mark.parametrize("wrong", [{"args": 7}, {"kind": "gossip"}])
def test_a_record_that_is_no_notice_is_refused(wrong):
    record = Notice("c1:7:1", NoticeKind.INCIDENT, "admin", "c1").record()
    with pytest.raises((TypeError, ValueError), match=r"args|gossip"):
        Notice.read({**record, **wrong})
