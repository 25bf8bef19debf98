"""The inbox: what stands in each section, in which order, and that counts, totals and pages agree."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal

import pytest

from engine.errors import InvalidRequest
from engine.store.queries import inbox
from engine.store.queries.inbox import Day, InboxFilter, Section
from tests.store.company import Company, person

WANG, LI, HEAD = person("wang", "sales"), person("li", "purchasing", "purchasing:buyer"), person("chen", "purchasing:head")
AUDITOR = person("audit", "auditor", "purchasing")


@pytest.fixture
def company(database, clock):
    with database.begin() as conn:
        made = Company(conn, clock.now())
        made.definition("pa")
        made.definition("refill")
        yield made


@pytest.fixture
def day(clock):
    return Day(clock.now(), clock.now() + timedelta(hours=14))


def ids(page) -> list[str]:
    return [row.task_id or row.case_id for row in page.rows]


def section(company, actor, which, day, **wanted):
    return inbox.page(company.conn, actor, which, InboxFilter(**wanted), day)


def test_a_row_shows_number_subject_key_fields_initiator_element_and_due_date(company, day):
    fields = [("amount", "money", "1999.90", 1999.9), ("supplier", "text", "海港文具", None)]
    case = company.case("pa", "wang", subject="Paper 纸", department="sales", fields=fields, number="PA-2026-0142")
    task = company.task(case, 4, assignee="li", priority=80)
    row = section(company, LI, Section.TODO, day).rows[0]
    assert (row.number, row.subject, row.initiator, row.start_department) == ("PA-2026-0142", "Paper 纸", "wang", "sales")
    assert (row.task_id, row.element_id, row.name, row.due_at) == (task.id, "approve", "Approve", task.due_at)
    assert (row.definition_id, row.version, row.priority, row.assignee) == ("pa:1:x", 1, 80, "li")
    assert dict(row.key_fields) == {"amount": Decimal("1999.90"), "supplier": "海港文具"}
    assert list(row.key_fields) == ["amount", "supplier"]


def test_a_task_of_a_called_case_shows_the_number_of_its_root_and_its_own_subject(company, day):
    root = company.case("pa", "wang", subject="Order", fields=[("amount", "money", "5", 5.0)])
    called = company.case("refill", "wang", subject="Refill", parent=root)
    silent = company.case("refill", "wang", parent=root)
    company.task(called, 1, assignee="li")
    company.task(silent, 2, assignee="li")
    own, of_root = section(company, LI, Section.TODO, day).rows
    assert (own.number, own.subject, own.definition_key) == (root["number"], "Refill", "refill")
    assert (of_root.subject, dict(of_root.key_fields)) == ("Order", {"amount": 5})


def test_what_is_mine_is_to_do_and_what_is_offered_to_me_is_claimable(company, day):
    case = company.case("pa", "wang")
    mine = company.task(case, assignee="li", candidate_groups=("purchasing",))
    by_name = company.task(case, candidate_users=("li", "zhao"))
    by_department = company.task(case, candidate_groups=("finance", "purchasing"))
    by_role = company.task(case, candidate_groups=("purchasing:buyer",))
    company.task(case, candidate_groups=("finance",))
    company.task(case, candidate_users=("purchasing",))  # a person of that name, not the group
    company.task(case, candidate_groups=("li",))  # a group of that name, not the person
    company.task(case, assignee="zhao", candidate_groups=("purchasing",))
    company.task(case)  # nobody's is never anybody's
    assert ids(section(company, LI, Section.TODO, day)) == [mine.id]
    assert ids(section(company, LI, Section.CLAIMABLE, day)) == [by_name.id, by_department.id, by_role.id]


def test_a_claimed_task_leaves_the_others_lists(company, day):
    case = company.case("pa", "wang")
    company.task(case, assignee="chen", candidate_groups=("purchasing",))
    assert ids(section(company, LI, Section.CLAIMABLE, day)) == []
    assert len(section(company, HEAD, Section.TODO, day).rows) == 1


def test_the_initiator_is_not_offered_the_approval_of_the_own_request(company, day):
    case = company.case("pa", "chen")
    company.task(case, excluded_person="chen", candidate_groups=("purchasing",), added_users=("chen",))
    assert section(company, HEAD, Section.CLAIMABLE, day).total == 0
    assert inbox.counts(company.conn, HEAD, day).claimable == 0
    assert section(company, LI, Section.CLAIMABLE, day).total == 1


def test_whoever_an_escalation_added_may_claim_the_task_from_whoever_has_it(company, day):
    case = company.case("pa", "wang")
    taken = company.task(case, -1, assignee="li", candidate_groups=("purchasing",), added_users=("chen",))
    free = company.task(case, -2, candidate_groups=("finance",), added_groups=("purchasing:head",))
    assert ids(section(company, HEAD, Section.CLAIMABLE, day)) == [free.id, taken.id]
    assert section(company, HEAD, Section.CLAIMABLE, day).rows[1].assignee == "li"
    assert section(company, LI, Section.CLAIMABLE, day).total == 0


def test_a_task_that_the_added_person_has_is_to_do_and_not_claimable(company, day):
    company.task(company.case("pa", "wang"), assignee="chen", added_users=("chen",))
    assert section(company, HEAD, Section.CLAIMABLE, day).total == 0
    assert section(company, HEAD, Section.TODO, day).total == 1


def test_auditors_are_offered_nothing(company, day):
    company.task(company.case("pa", "wang"), candidate_groups=("purchasing",))
    assert section(company, AUDITOR, Section.CLAIMABLE, day).total == 0


def test_tasks_come_by_due_date_and_those_without_one_last(company, day):
    case = company.case("pa", "wang")
    never, later, overdue, today = (company.task(case, hours, assignee="li") for hours in (None, 30, -1, 2))
    page = section(company, LI, Section.TODO, day)
    assert ids(page) == [overdue.id, today.id, later.id, never.id]
    assert inbox.groups(company.conn, LI, Section.TODO, InboxFilter(), day) == inbox.Groups(overdue=1, today=1, later=2)
    assert ids(section(company, LI, Section.TODO, day, overdue=True)) == [overdue.id]


def test_done_shows_what_i_completed_newest_first_and_not_what_was_taken_away(company, day):
    case = company.case("pa", "wang", ended=True)
    old, new = company.done(case, "li", ended_in=1), company.done(case, "li", ended_in=5)
    company.done(case, "li", delete_reason="cancelled")
    company.done(case, "chen")
    page = section(company, LI, Section.DONE, day)
    assert ids(page) == [new, old]
    assert page.rows[0].outcome == "approve"


def test_started_by_me_shows_my_cases_newest_first_with_whom_they_wait_for(company, day):
    first, second = company.case("pa", "wang"), company.case("pa", "wang", ended=True)
    company.case("pa", "li")
    called = company.case("refill", "wang", parent=first)
    company.task(first, assignee="li")
    company.task(called, candidate_groups=("warehouse",), candidate_users=("zhao",))
    page = section(company, WANG, Section.STARTED, day)
    assert ids(page) == [second["id"], first["id"]]
    assert page.rows[0].holders == ()
    assert [(h.assignee, h.users, h.groups, h.definition_id) for h in page.rows[1].holders] == [
        ("li", (), (), "pa:1:x"),
        (None, ("zhao",), ("warehouse",), "refill:1:x"),
    ]
    assert inbox.counts(company.conn, WANG, day).started_open == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [("0142", 1), ("pa-2026", 2), ("纸", 1), ("PAPER", 1), ("海港", 1), ("1999", 1), ("%", 0), ("_", 0), ("refill", 1), ("'; --", 0)],
)
def test_a_search_finds_number_subject_and_key_fields_of_the_case_and_its_root(company, day, text, found):
    case = company.case(
        "pa", "wang", subject="Paper 纸", number="PA-2026-0142", fields=[("s", "text", "海港文具", None), ("a", "money", "1999.90", 1999.9)]
    )
    company.task(case, assignee="li")
    root = company.case("pa", "wang", number="PA-2026-0200")
    company.task(company.case("refill", "wang", parent=root, subject="Refill"), assignee="li")
    assert section(company, LI, Section.TODO, day, text=text).total == found
    assert len(section(company, LI, Section.TODO, day, text=text).rows) == found


def test_lists_are_narrowed_to_a_process_and_claimable_ones_to_a_department(company, day):
    pa, refill = company.case("pa", "wang"), company.case("refill", "wang")
    company.task(pa, candidate_groups=("purchasing:buyer",))
    company.task(refill, candidate_users=("li",))
    assert section(company, LI, Section.CLAIMABLE, day, process="pa").total == 1
    assert section(company, LI, Section.CLAIMABLE, day, department="purchasing").total == 1
    assert section(company, LI, Section.CLAIMABLE, day, department="purch").total == 0
    assert inbox.claimable_by_group(company.conn, LI, day) == {"purchasing:buyer": 1}


@pytest.mark.parametrize("which", list(Section))
def test_counts_totals_and_pages_agree_and_paging_shows_each_row_once(company, day, which):
    rng = random.Random(12)
    for _ in range(60):
        case = company.case(rng.choice(["pa", "refill"]), rng.choice(["wang", "li"]), ended=rng.random() < 0.3)
        company.done(case, rng.choice(["li", "chen"]), ended_in=rng.randint(0, 3))
        if case["ended_at"]:
            continue
        asked = rng.choice([{"assignee": "li"}, {"candidate_groups": ("purchasing",)}, {"candidate_users": ("li", "chen")}])
        company.task(case, rng.choice([None, -5, -5, 3, 3, 50]), excluded_person=rng.choice([None, "li"]), **asked)
    whole = inbox.page(company.conn, LI, which, InboxFilter(), day, limit=200)
    seen, after = [], None
    while True:
        page = inbox.page(company.conn, LI, which, InboxFilter(), day, after, limit=7)
        assert page.total == whole.total == len(whole.rows)
        seen += ids(page)
        if (after := page.after) is None:
            break
    assert seen == ids(whole)
    assert len(set(seen)) == len(seen) > 7
    assert getattr(inbox.counts(company.conn, LI, day), which.value) == len(seen)
    if which in {Section.TODO, Section.CLAIMABLE}:
        groups = inbox.groups(company.conn, LI, which, InboxFilter(), day)
        assert groups.overdue + groups.today + groups.later == len(seen)
        assert groups.overdue == section(company, LI, which, day, overdue=True).total


def test_a_row_that_comes_meanwhile_moves_no_other_row_to_the_next_page(company, day):
    case = company.case("pa", "wang")
    tasks = [company.task(case, hours, assignee="li") for hours in range(1, 7)]
    first = inbox.page(company.conn, LI, Section.TODO, InboxFilter(), day, limit=3)
    company.task(case, 0.5, assignee="li")
    second = inbox.page(company.conn, LI, Section.TODO, InboxFilter(), day, first.after, limit=3)
    assert ids(first) + ids(second) == [task.id for task in tasks]


@pytest.mark.parametrize("cursor", ["", "x", "WzFd", "bnVsbA", "WyJhIiwgMV0", "é"])
def test_a_cursor_that_is_none_is_refused(company, day, cursor):
    with pytest.raises(InvalidRequest):
        inbox.page(company.conn, LI, Section.TODO, InboxFilter(), day, cursor)
