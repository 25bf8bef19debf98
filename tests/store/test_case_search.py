"""Looking for cases: by version, period, who took part, department, and what their fields hold; on both databases, by indexes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import insert, text

from engine.access import Sight
from engine.errors import InvalidRequest
from engine.events import CaseRead, InstanceEnded, VariableChanged, VariableRemoved
from engine.model import Actor, ActorKind
from engine.store import history, tables
from engine.store.queries import cases
from engine.store.queries.cases import CaseFilter
from engine.store.queries.field_filters import FieldFilter
from engine.store.values import to_stored
from tests.store.company import Company

NOTHING: frozenset[str] = frozenset()
ALL = Sight("axel", everything=True, groups=NOTHING, lanes=NOTHING, departments=NOTHING)


@pytest.fixture
def company(database, clock):
    with database.begin() as conn:
        found = Company(conn, clock.now())
        found.definition("pa")
        found.definition("of")
        yield found


def found(company: Company, **wanted: object) -> set[str]:
    page = cases.page(company.conn, ALL, CaseFilter(**wanted))
    assert page.total == len(page.rows)
    return {row.case.id for row in page.rows}


def told(company: Company, case: dict[str, object], who: str, *events: object, kind: ActorKind = ActorKind.PERSON) -> None:
    history.append(company.conn, str(case["root_id"]), Actor(who, kind), company.now, events)


def changed(case: dict[str, object], name: str, value: object, scope: object = None) -> VariableChanged:
    return VariableChanged(str(scope or case["id"]), name, list(to_stored(value)))


def holds(company: Company, case: dict[str, object], name: str, value: object) -> None:
    """A variable of an open case."""
    kind, written = to_stored(value)
    row = {"root_id": case["root_id"], "scope_id": case["id"], "name": name, "type": kind, "value": written}
    company.conn.execute(insert(tables.variable), row)


# ---- version, period -----------------------------------------------------------------------------------------------------


def test_a_version_and_a_period_narrow_a_list(company):
    early = company.case("pa", "wang", ended=True)
    company.now += timedelta(days=10)
    late, other = company.case("pa", "wang"), company.case("of", "wang")
    day = company.now - timedelta(days=5)
    assert found(company, definition_id="pa:1:x") == {early["id"], late["id"]}
    assert found(company, definition_id="pa:9:x") == set()
    assert found(company, ended_before=day) == {early["id"]}
    assert found(company, ended_from=day) == set()
    assert found(company, active_from=day) == {late["id"], other["id"]}
    assert found(company, active_before=day) == {early["id"]}
    assert found(company, active_from=day - timedelta(days=7), active_before=day) == {early["id"]}


# ---- people, departments -------------------------------------------------------------------------------------------------


def test_a_person_took_part_who_started_worked_has_a_task_or_acted(company):
    started, worked, has = company.case("pa", "wang"), company.case("pa", "li", participants=["wang"]), company.case("pa", "li")
    company.task(has, assignee="wang")
    acted, looked, program = (company.case("pa", "li") for _ in range(3))
    told(company, acted, "wang", InstanceEnded(acted["id"]))
    told(company, looked, "wang", CaseRead("page"))
    told(company, program, "wang", InstanceEnded(program["id"]), kind=ActorKind.WORKER)
    company.case("pa", "li")
    assert found(company, person="wang") == {it["id"] for it in (started, worked, has, acted, looked)}


def test_a_department_is_concerned_where_it_started_is_asked_or_its_people_worked(company):
    member = {"person_id": "wang", "department_id": "sales", "role_id": ""}
    company.conn.execute(insert(tables.membership), member)
    there = company.case("pa", "li", department="sales")
    by_one = company.case("pa", "wang", department="finance")
    worked, asked, asked_role, looked = (company.case("pa", "li", participants=["wang"] if it == 0 else ()) for it in range(4))
    company.task(asked, candidate_groups=("sales",))
    company.task(asked_role, candidate_groups=("sales:head",))
    told(company, looked, "wang", CaseRead("page"))  # a look concerns the person, not the department
    company.case("pa", "li", department="salesforce")
    assert found(company, departments=frozenset({"sales"})) == {it["id"] for it in (there, by_one, worked, asked, asked_role)}


def test_who_acted_is_found_by_an_index_of_people(company):
    company.case("pa", "li")
    condition = cases._conditions(CaseFilter(person="wang"), company.conn.dialect.name, {})
    query = cases.select(tables.case_instance.c.id).where(*condition).compile(company.conn, compile_kwargs={"literal_binds": True})
    if company.conn.dialect.name == "sqlite":
        plan = "\n".join(row[3] for row in company.conn.execute(text(f"EXPLAIN QUERY PLAN {query}")))
        assert "ix_history_entry_person" in plan
        assert "SCAN history_entry" not in plan
    else:
        company.conn.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(row[0] for row in company.conn.execute(text(f"EXPLAIN {query}")))
        assert "ix_history_entry_person" in plan


# ---- fields --------------------------------------------------------------------------------------------------------------

SAID = [
    (FieldFilter("amount", "gte", Decimal("50000.00")), True),
    (FieldFilter("amount", "gt", Decimal(50000)), False),
    (FieldFilter("amount", "eq", Decimal(50000)), True),
    (FieldFilter("amount", "neq", Decimal(50000)), False),
    (FieldFilter("amount", "lt", Decimal(100000)), True),  # as texts it would not be
    (FieldFilter("title", "contains", "STEEL"), True),
    (FieldFilter("title", "contains", "50%"), True),
    (FieldFilter("title", "contains", "5_%"), False),
    (FieldFilter("title", "eq", "Steel, 50% off"), True),
    (FieldFilter("title", "eq", "steel, 50% off"), False),
    (FieldFilter("title", "neq", "Steel"), True),
    (FieldFilter("title", "eq", ("Brass", "Steel, 50% off")), True),
    (FieldFilter("title", "neq", ("Brass", "Steel, 50% off")), False),
    (FieldFilter("needed_by", "eq", date(2026, 12, 4)), True),
    (FieldFilter("needed_by", "lt", date(2026, 12, 4)), False),
    (FieldFilter("needed_by", "lte", date(2026, 12, 4)), True),
    (FieldFilter("needed_by", "gt", date(2026, 12, 3)), True),
    (FieldFilter("needed_by", "gte", date(2026, 12, 5)), False),
    (FieldFilter("needed_by", "neq", date(2026, 12, 5)), True),
    (FieldFilter("met_at", "eq", date(2026, 12, 4)), True),
    (FieldFilter("met_at", "lte", date(2026, 12, 4)), True),
    (FieldFilter("met_at", "gt", date(2026, 12, 4)), False),
    (FieldFilter("urgent", "eq", True), True),
    (FieldFilter("urgent", "neq", True), False),
    (FieldFilter("nothing", "neq", "x"), False),  # never filled in
    (FieldFilter('odd "name', "eq", "x"), True),
]
VALUES = {
    "amount": Decimal(50000),
    "title": "Steel, 50% off",
    "needed_by": "2026-12-04",
    "met_at": "2026-12-04T09:15:00+08:00",
    "urgent": True,
    'odd "name': "x",
}


@pytest.mark.parametrize("how", ["open", "ended", "key"])
@pytest.mark.parametrize(("wanted", "fits"), SAID, ids=[f"{it.name} {it.operator} {it.value}" for it, _ in SAID])
def test_a_value_compares_the_same_wherever_it_stands(company, wanted: FieldFilter, fits: bool, how: str):
    case = company.case("pa", "li", ended=how != "open")
    if how == "open":
        for name, value in VALUES.items():
            holds(company, case, name, value)
    elif how == "ended":
        told(company, case, "li", *(changed(case, name, value) for name, value in VALUES.items()))
    else:
        key_fields(company, case)
    assert found(company, fields=(wanted,)) == ({case["id"]} if fits else set())


def key_fields(company: Company, case: dict[str, object]) -> None:
    for position, (name, value) in enumerate(VALUES.items()):
        number = float(value) if isinstance(value, Decimal) else None
        written = to_stored(value).text
        row = {"case_id": case["id"], "name": name, "position": position, "type": "text", "text": written, "number": number}
        company.conn.execute(insert(tables.case_field), row)


def test_of_an_ended_case_the_last_value_counts_and_what_was_removed_is_gone(company):
    case = company.case("pa", "li", ended=True)
    told(company, case, "li", changed(case, "level", "A"), changed(case, "level", "B"), changed(case, "away", "A"))
    told(company, case, "li", changed(case, "other", "A"), changed(case, "level", "C"), changed(case, "level", "A", "of-a-subprocess"))
    told(company, case, "li", VariableRemoved(case["id"], "away", ["String", "A"]))
    fits = {level: found(company, fields=(FieldFilter("level", "eq", level),)) for level in "ABC"}
    assert fits == {"A": set(), "B": set(), "C": {case["id"]}}
    assert found(company, fields=(FieldFilter("away", "eq", "A"),)) == set()


def test_conditions_and_other_filters_are_combined(company):
    one, other = (company.case("pa", who, ended=True) for who in ("li", "wang"))
    for case in (one, other):
        told(company, case, "li", changed(case, "amount", Decimal(9)), changed(case, "supplier", str(case["started_by"])))
    both = (FieldFilter("amount", "eq", Decimal(9)), FieldFilter("supplier", "eq", "li"))
    assert found(company, fields=both) == {one["id"]}
    assert found(company, fields=both[:1]) == {one["id"], other["id"]}
    assert found(company, fields=both[:1], started_by="wang") == {other["id"]}


@pytest.mark.parametrize(("operator", "value"), [("contains", Decimal(1)), ("gt", "x"), ("lt", True), ("contains", ("x",)), ("like", "x")])
def test_what_cannot_be_asked_of_a_value_is_refused(operator: str, value: object):
    with pytest.raises(InvalidRequest):
        FieldFilter("name", operator, value)


def test_it_is_known_of_how_many_cases_the_history_has_to_be_read(company):
    wanted = CaseFilter(process="pa", fields=(FieldFilter("amount", "eq", Decimal(9)),))
    for _ in range(3):
        company.case("pa", "li", ended=True)
    company.case("of", "li", ended=True)
    company.case("pa", "li")
    key_fields(company, company.case("pa", "li", ended=True))
    assert cases.count_to_read(company.conn, ALL, wanted, 10) == 3
    assert cases.count_to_read(company.conn, ALL, wanted, 1) == 2  # it counts no further
    assert cases.count_to_read(company.conn, ALL, replace(wanted, started_by="wang"), 10) == 0
