"""Who sees which case: the condition of the database says the same as the rule for a single case, and every list goes through it."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from engine.access import CaseAccess, Sight
from engine.model import CaseState
from engine.store.queries import cases
from engine.store.queries.cases import CaseFilter
from engine.store.queries.visible import visible_cases, visible_roots
from engine.store.tables import case_instance
from tests.store.company import Company

NOTHING: frozenset[str] = frozenset()
ALL = Sight("admin", everything=True, groups=NOTHING, lanes=NOTHING, departments=NOTHING)
PEOPLE = ["wang", "li", "chen", "zhao"]
GROUPS = ["sales", "sales:head", "purchasing", "purchasing:head", "finance", "buyer", "head"]


@pytest.fixture
def company(database, clock):
    with database.begin() as conn:
        yield Company(conn, clock.now())


def sight(name: str, *groups: str, departments=()) -> Sight:
    return Sight(name, everything=False, groups=frozenset(groups), lanes=frozenset(groups), departments=frozenset(departments))


def seen(company, who: Sight) -> list[str]:
    return sorted(company.conn.execute(select(case_instance.c.id).where(visible_cases(who))).scalars())


def random_case(company: Company, rng: random.Random, definitions) -> tuple[dict[str, object], CaseAccess]:
    key, stated = rng.choice(list(definitions.items()))
    participants = rng.sample(PEOPLE, rng.randint(0, 1))
    case = company.case(key, rng.choice(PEOPLE), department=rng.choice([None, "sales", "purchasing"]), participants=participants)
    asked = {"assignee": rng.choice([None, None, *PEOPLE]), "candidate_users": tuple(rng.sample(PEOPLE, rng.randint(0, 1)))}
    asked |= {"candidate_groups": tuple(rng.sample(GROUPS, rng.randint(0, 1))), "added_users": tuple(rng.sample(PEOPLE, rng.randint(0, 1)))}
    asked |= {"added_groups": tuple(rng.sample(GROUPS, rng.randint(0, 1)))}
    people: set[str] = set()
    groups: set[str] = set()
    if rng.random() < 0.4:
        company.task(case, **asked)
        people = {person for person in (asked["assignee"], *asked["candidate_users"], *asked["added_users"]) if person}
        groups = {*asked["candidate_groups"], *asked["added_groups"]}
    access = CaseAccess(
        initiator=case["started_by"],
        start_department=case["start_department"],
        participants=participants,
        asked_users=people,
        asked_groups=groups,
        **stated,
    )
    return case, access


def test_the_condition_of_lists_says_the_same_as_the_rule_for_one_case(company):
    rng = random.Random(8)
    definitions = {}
    for number in range(24):
        stated = {
            "owner": rng.choice([None, None, "wang", "purchasing:head"]),
            "visibility": tuple(rng.sample(["participants", "lanes", "department", "everyone"], rng.choice([0, 1, 1, 2]))),
            "lanes": tuple(rng.sample(["sales", "purchasing:head", "finance:head", "buyer"], 2)),
        }
        definitions[f"p{number}"] = stated
        company.definition(
            f"p{number}",
            owner=stated["owner"],
            department="department" in stated["visibility"],
            everyone="everyone" in stated["visibility"],
            lanes=stated["lanes"] if "lanes" in stated["visibility"] else (),
        )
    made = [random_case(company, rng, definitions) for _ in range(150)]
    differences = 0
    for _ in range(60):
        groups = rng.sample(GROUPS, rng.randint(0, 4))
        who = sight(rng.choice([*PEOPLE, "nobody"]), *groups, departments=rng.sample(["sales", "purchasing"], rng.randint(0, 2)))
        expected = sorted(case["id"] for case, access in made if who.sees(access))
        assert seen(company, who) == expected
        assert sorted(company.conn.execute(select(case_instance.c.id).where(visible_roots(who))).scalars()) == expected
        differences += 0 < len(expected) < len(made)
    assert differences > 50  # the rule decides something


def test_administrators_and_auditors_see_everything(company):
    company.definition("pa")
    ids = [company.case("pa", "wang")["id"] for _ in range(3)]
    assert seen(company, ALL) == ids
    assert seen(company, sight("nobody")) == []


def test_a_called_case_is_seen_by_whoever_sees_its_root_and_by_the_owner_of_its_own_process(company):
    company.definition("pa")
    company.definition("refill", owner="zhao")
    root = company.case("pa", "wang")
    called = company.case("refill", "wang", parent=root)
    assert seen(company, sight("wang")) == [root["id"], called["id"]]
    assert seen(company, sight("zhao")) == [called["id"]]


def test_a_case_is_found_by_id_and_number_only_by_who_sees_it(company):
    company.definition("pa")
    case = company.case("pa", "wang", number="PA-2026-0001", subject="纸", fields=[("amount", "money", "1.10", 1.1)])
    for key in (case["id"], "PA-2026-0001"):
        found = cases.find(company.conn, sight("wang"), key)
        assert (found.id, found.subject, found.key_fields) == (case["id"], "纸", {"amount": Decimal("1.10")})
        assert cases.find(company.conn, sight("li"), key) is None
    assert cases.find(company.conn, ALL, "PA-2026-0002") is None


def test_an_amount_is_found_as_people_write_it_and_a_name_by_what_cases_call_it(company):
    company.definition("pa")
    fields = [("amount", "money", "1234.5", 1234.5), ("supplier", "text", "Baoshan Steel", None)]
    case = company.case("pa", "wang", fields=fields)["id"]
    company.case("pa", "wang")

    def found(text: str, *named: str) -> list[str]:
        return [row.case.id for row in cases.page(company.conn, ALL, CaseFilter(text=text, named=frozenset(named))).rows]

    for text in ("1234.5", "1,234.50", "¥1,234.50", "￥1，234", "baoshan"):
        assert found(text) == [case], text
    assert found("宝山") == []
    assert found("宝山", "Baoshan Steel") == [case]


def test_of_named_cases_only_those_are_told_that_are_seen(company):
    company.definition("pa")
    mine, other = company.case("pa", "wang")["id"], company.case("pa", "li")["id"]
    called = company.case("pa", "wang", parent={"id": mine, "root_id": mine})["id"]
    named = [other, mine, called, "nothing"]
    assert [case.id for case in cases.some(company.conn, sight("wang"), named)] == [called, mine]
    assert [case.id for case in cases.some(company.conn, ALL, named)] == sorted((mine, other, called), reverse=True)
    assert cases.some(company.conn, sight("zhao"), named) == cases.some(company.conn, ALL, []) == []


def test_a_list_of_cases_is_narrowed_by_every_filter(company):
    company.definition("pa")
    company.definition("so")
    now = company.now
    a = company.case("pa", "wang", subject="Paper", number="PA-2026-0001")
    b = company.case("so", "wang", ended=True)
    company.now = now + timedelta(days=1)
    c = company.case("so", "li")

    def ids(**wanted):
        page = cases.page(company.conn, ALL, CaseFilter(**wanted))
        assert page.total == len(page.rows)
        return [row.case.id for row in page.rows]

    assert ids() == [c["id"], b["id"], a["id"]]
    assert ids(process="so") == [c["id"], b["id"]]
    assert ids(text="paper") == ids(text="pa-2026-0001") == [a["id"]]
    assert ids(open=True) == [c["id"], a["id"]]
    assert ids(open=False) == ids(states=frozenset({CaseState.COMPLETED})) == [b["id"]]
    assert ids(started_by="li") == [c["id"]]
    assert ids(started_from=now + timedelta(hours=1)) == [c["id"]]
    assert ids(started_before=now + timedelta(hours=1)) == [b["id"], a["id"]]
    assert ids(business_key="x") == []


def test_lists_show_no_called_cases_and_a_root_shows_them(company):
    company.definition("pa")
    company.definition("refill")
    root = company.case("pa", "wang")
    called = company.case("refill", "wang", parent=root)
    deeper = company.case("refill", "wang", parent=called)
    assert [row.case.id for row in cases.page(company.conn, ALL, CaseFilter()).rows] == [root["id"]]
    second = company.case("refill", "wang", parent=root)
    assert [case.id for case in cases.called(company.conn, root["id"])] == [second["id"], called["id"]]
    assert [case.id for case in cases.called(company.conn, root["id"], before=second["id"])] == [called["id"]]
    assert [case.id for case in cases.called(company.conn, root["id"], limit=1)] == [second["id"]]
    assert sorted(cases.below(company.conn, root["id"])) == sorted(it["id"] for it in (called, deeper, second))
    assert cases.below(company.conn, called["id"]) == [deeper["id"]]
    assert {it.id for it in cases.of_root(company.conn, root["id"], [deeper["id"], "gone"])} == {deeper["id"]}
    assert cases.of_root(company.conn, called["id"], [deeper["id"]]) == []


def test_a_list_of_cases_shows_whom_open_cases_wait_for(company):
    company.definition("pa")
    case = company.case("pa", "wang")
    company.task(case, assignee="li")
    assert [holder.assignee for holder in cases.page(company.conn, ALL, CaseFilter()).rows[0].holders] == ["li"]


def test_pages_show_each_visible_case_once_and_count_what_they_show(company):
    company.definition("pa")
    rng = random.Random(3)
    made = [company.case("pa", rng.choice(PEOPLE)) for _ in range(40)]
    expected = [case["id"] for case in reversed(made) if case["started_by"] == "wang"]
    found, after = [], None
    while True:
        page = cases.page(company.conn, sight("wang"), CaseFilter(), after, limit=3)
        assert page.total == len(expected)
        found += [row.case.id for row in page.rows]
        if (after := page.after) is None:
            break
    assert found == expected
