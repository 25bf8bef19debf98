from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from engine.errors import ModelFault
from engine.events import UserTaskEscalated, UserTaskReminded
from engine.model import JobKind, UserTask
from engine.work.calendar import WorkingCalendar
from engine.work.deadlines import Escalation, Stage, event_of, read_deadline, stages, who
from tests.engine.organisation.sample import company

CALENDAR = WorkingCalendar()
COMPANY = company()
SHANGHAI = ZoneInfo("Asia/Shanghai")
CREATED = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)


def task(**values) -> UserTask:
    plain = {
        "id": "t1",
        "root_id": "r1",
        "instance_id": "r1",
        "definition_id": "p:1:x",
        "element_id": "approve",
        "name": "Approve",
        "assignee": None,
        "owner": None,
        "created_at": CREATED,
        "due_at": None,
        "follow_up_at": None,
        "priority": 50,
        "form_key": None,
        "version": 1,
    }
    return UserTask(**{**plain, **values})


# ---- when ----------------------------------------------------------------------------------------------------------------


def test_a_deadline_of_two_working_days_has_three_stages():
    assert stages(local(2026, 11, 24, 16, 0), read_deadline("2 wd"), CALENDAR) == [
        Stage(JobKind.REMINDER, local(2026, 11, 25, 16, 0)),
        Stage(JobKind.ESCALATION, local(2026, 11, 26, 16, 0)),
        Stage(JobKind.OWNER_ESCALATION, local(2026, 11, 27, 16, 0)),
    ]


def test_a_deadline_of_six_working_hours_has_three_stages():
    assert stages(local(2026, 11, 24, 9, 0), read_deadline("6 wh"), CALENDAR) == [
        Stage(JobKind.REMINDER, local(2026, 11, 24, 12, 0)),
        Stage(JobKind.ESCALATION, local(2026, 11, 24, 16, 30)),
        Stage(JobKind.OWNER_ESCALATION, local(2026, 11, 25, 10, 30)),
    ]


def test_a_deadline_over_the_weekend_counts_no_weekend():
    assert stages(local(2026, 11, 27, 17, 0), read_deadline("1 wd"), CALENDAR) == [
        Stage(JobKind.REMINDER, local(2026, 11, 30, 11, 45)),
        Stage(JobKind.ESCALATION, local(2026, 11, 30, 17, 0)),
        Stage(JobKind.OWNER_ESCALATION, local(2026, 12, 1, 11, 45)),
    ]


def test_a_step_that_is_entered_again_has_its_stages_again():
    first = stages(local(2026, 11, 24, 16, 0), read_deadline("2 wd"), CALENDAR)
    again = stages(local(2026, 11, 25, 16, 0), read_deadline("2 wd"), CALENDAR)
    assert [stage.kind for stage in again] == [stage.kind for stage in first]
    assert all(later.due_at > earlier.due_at for earlier, later in zip(first, again, strict=True))


@pytest.mark.parametrize("seed", range(100))
def test_the_stages_come_one_after_the_other_whenever_a_task_is_created(seed):
    random = Random(seed)
    created = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=random.randrange(0, 366 * 1440))
    text = f"{random.randrange(1, 20)} {random.choice(['wd', 'wh'])}"
    moments = [stage.due_at for stage in stages(created, read_deadline(text), CALENDAR)]
    assert created < moments[0] < moments[1] < moments[2], text


def test_a_period_without_any_working_time_still_has_stages_apart():
    moments = [stage.due_at for stage in stages(local(2026, 11, 28, 3, 0), read_deadline("1 wd"), CALENDAR)]
    assert moments == [local(2026, 11, 29, 3, 0), local(2026, 11, 30, 3, 0), local(2026, 12, 1, 3, 0)]


def test_a_deadline_that_is_none_is_a_fault_of_the_model():
    with pytest.raises(ModelFault, match="working time is written like") as raised:
        read_deadline("soon", "approve")
    assert raised.value.element == "approve"


# ---- the reminder --------------------------------------------------------------------------------------------------------


def test_the_reminder_goes_to_the_assignee():
    claimed = task(assignee="buyer-a", candidate_groups=("purchasing",))
    assert who(JobKind.REMINDER, claimed, COMPANY) == Escalation(told=("buyer-a",))


def test_the_reminder_of_an_unclaimed_task_goes_to_its_candidates():
    assert who(JobKind.REMINDER, task(candidate_users=("keeper",), candidate_groups=("buyer",)), COMPANY).told == (
        "buyer-a",
        "buyer-b",
        "importer",
        "keeper",
    )


def test_nobody_is_reminded_of_what_they_may_not_do():
    assert who(JobKind.REMINDER, task(candidate_groups=("purchasing:buyer",), excluded_person="buyer-a"), COMPANY).told == ("buyer-b",)


def test_the_reminder_of_an_unknown_name_goes_to_the_administrators_who_may_take_the_task():
    assert who(JobKind.REMINDER, task(candidate_groups=("muppets",), added_groups=("admin",)), COMPANY).told == ("admin",)


# ---- the deadline --------------------------------------------------------------------------------------------------------


def test_at_the_deadline_the_superior_of_the_assignee_may_take_the_task_over_and_both_are_told():
    assert who(JobKind.ESCALATION, task(assignee="buyer-a"), COMPANY) == Escalation(
        told=("buyer-a", "purchasing-head"), users=("purchasing-head",)
    )


def test_the_superior_of_a_head_is_the_head_above():
    assert who(JobKind.ESCALATION, task(assignee="purchasing-head"), COMPANY).users == ("gm",)


def test_at_the_deadline_of_an_unclaimed_task_the_head_of_the_department_may_take_it():
    unclaimed = task(candidate_groups=("purchasing:buyer",))
    assert who(JobKind.ESCALATION, unclaimed, COMPANY) == Escalation(
        told=("buyer-a", "buyer-b", "purchasing-head"), users=("purchasing-head",)
    )


def test_a_department_without_a_head_escalates_to_the_head_above():
    assert who(JobKind.ESCALATION, task(candidate_groups=("warehouse",)), COMPANY).users == ("gm",)


def test_a_role_of_several_departments_escalates_to_each_of_their_heads():
    imports_with_head = company(importer={"memberships": [{"department": "imports", "roles": ["buyer", "head"]}]})
    assert who(JobKind.ESCALATION, task(candidate_groups=("buyer",)), imports_with_head).users == ("purchasing-head", "importer")


def test_heads_who_were_asked_themselves_escalate_to_the_head_above():
    two_heads = company(accountant={"memberships": [{"department": "finance", "roles": ["head"]}]})
    assert who(JobKind.ESCALATION, task(candidate_groups=("finance:head",)), two_heads).users == ("gm",)


def test_candidates_by_name_escalate_to_the_heads_of_their_departments():
    assert who(JobKind.ESCALATION, task(candidate_users=("accountant", "sales-b")), COMPANY).users == ("finance-head", "sales-head")


def test_a_task_never_escalates_to_the_initiator_who_may_not_approve_it():
    own = task(assignee="sales-a", excluded_person="sales-head")
    assert who(JobKind.ESCALATION, own, COMPANY) == Escalation(told=("sales-a", "gm"), users=("gm",))
    unclaimed = task(candidate_groups=("purchasing",), excluded_person="purchasing-head")
    assert who(JobKind.ESCALATION, unclaimed, COMPANY).users == ("gm",)


def test_who_has_no_superior_is_told_and_the_process_owner_comes_next():
    assert who(JobKind.ESCALATION, task(assignee="gm"), COMPANY) == Escalation(told=("gm",))


def test_a_task_of_somebody_who_was_disabled_meanwhile_goes_to_their_superior():
    assert who(JobKind.ESCALATION, task(assignee="gone"), COMPANY) == Escalation(told=("gm",), users=("gm",))


# ---- the process owner ---------------------------------------------------------------------------------------------------


def test_after_half_the_period_again_the_process_owner_may_take_the_task_over_and_both_are_told():
    overdue = task(assignee="accountant", added_users=("finance-head",))
    assert who(JobKind.OWNER_ESCALATION, overdue, COMPANY, "purchasing:head") == Escalation(
        told=("accountant", "purchasing-head"), groups=("purchasing:head",)
    )


def test_the_process_owner_may_be_a_person():
    assert who(JobKind.OWNER_ESCALATION, task(assignee="accountant"), COMPANY, "buyer-a") == Escalation(
        told=("accountant", "buyer-a"), users=("buyer-a",)
    )


@pytest.mark.parametrize("owner", [None, "muppets", "gone", "purchasing:head"])
def test_where_no_process_owner_may_do_it_the_administrators_do(owner):
    own = task(assignee="accountant", excluded_person="purchasing-head")
    assert who(JobKind.OWNER_ESCALATION, own, COMPANY, owner) == Escalation(told=("accountant", "admin"), groups=("admin",))


# ---- history -------------------------------------------------------------------------------------------------------------


def test_each_stage_is_recorded_as_its_own_event():
    held = task(assignee="buyer-a")
    kinds = [stage.kind for stage in stages(CREATED, read_deadline("2 wd"), CALENDAR)]
    events = [event_of(kind, held, who(kind, held, COMPANY, "gm")) for kind in kinds]
    assert events == [
        UserTaskReminded("t1", "approve", ["buyer-a"]),
        UserTaskEscalated("t1", "approve", 1, ["buyer-a", "purchasing-head"], users=["purchasing-head"]),
        UserTaskEscalated("t1", "approve", 2, ["buyer-a", "gm"], users=["gm"]),
    ]
