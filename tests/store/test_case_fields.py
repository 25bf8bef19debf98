"""Fields of cases as columns of a list and as its order: on both databases, each value read where it stands, in pages without a gap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import insert, update

from engine.access import Sight
from engine.errors import InvalidRequest
from engine.events import VariableChanged, VariableRemoved
from engine.model import Actor, ActorKind
from engine.store import history, tables
from engine.store.queries import cases
from engine.store.queries.case_values import FieldOrder, FieldSight
from engine.store.queries.cases import CaseFilter
from engine.store.queries.field_filters import FieldFilter
from engine.store.values import to_stored
from tests.statements import statements
from tests.store.company import Company

NOTHING: frozenset[str] = frozenset()
ALL = Sight("axel", everything=True, groups=NOTHING, lanes=NOTHING, departments=NOTHING)
LARGE = "x" * 6_000


@pytest.fixture
def company(database, clock):
    with database.begin() as conn:
        found = Company(conn, clock.now())
        found.definition("pa")
        yield found


def holds(company: Company, case: dict[str, object], **values: object) -> None:
    """Variables of an open case, or changes in the history of one that ended."""
    for name, value in values.items():
        kind, written = to_stored(value)
        if case["ended_at"] is not None:
            event = VariableChanged(str(case["id"]), name, [kind, written])
            history.append(company.conn, str(case["root_id"]), Actor("li", ActorKind.PERSON), company.now, [event])
            continue
        row = {"root_id": case["root_id"], "scope_id": case["id"], "name": name, "type": kind, "value": written}
        if written is not None and len(written) > 4_000:
            company.conn.execute(insert(tables.variable), {**row, "value": None})
            company.conn.execute(insert(tables.variable_value), {name: row[name] for name in ("root_id", "scope_id", "name", "value")})
        else:
            company.conn.execute(insert(tables.variable), row)


def of_fields(name: str, value: object) -> Sequence[tuple[str, str, str, float | None]]:
    number = float(value) if isinstance(value, Decimal) else None
    return [(name, "money" if number is not None else "text", str(value), number)]


def read(company: Company, *columns: str, sights: dict[str, FieldSight] | None = None) -> dict[str, dict[str, object]]:
    page = cases.page(company.conn, ALL, CaseFilter(process="pa"), columns=columns, sights=sights)
    return {row.case.id: dict(row.values) for row in page.rows}


# ---- columns -------------------------------------------------------------------------------------------------------------


def test_the_values_of_open_and_ended_cases_are_read_by_one_statement(company):
    still, over = company.case("pa", "li"), company.case("pa", "li", ended=True)
    for case in (still, over):
        holds(company, case, amount=Decimal("12.50"), reason=LARGE, urgent=True, other=1)
    with statements() as asked:
        found = read(company, "amount", "reason", "urgent", "nothing")
    expected = {"amount": Decimal("12.50"), "reason": LARGE, "urgent": True}
    assert found == {still["id"]: expected, over["id"]: expected}
    few = len(asked)
    for _ in range(20):
        holds(company, company.case("pa", "li"), amount=Decimal(1))
        holds(company, company.case("pa", "li", ended=True), amount=Decimal(1))
    with statements() as asked:
        assert len(read(company, "amount", "reason", "urgent", "nothing")) == 42
    assert len(asked) == few
    with statements() as asked:
        read(company)
    assert len(asked) == few - 1


def test_of_an_ended_case_the_last_value_counts_and_what_was_removed_is_gone(company):
    case = company.case("pa", "li", ended=True)
    holds(company, case, level="A", away="A")
    holds(company, case, level="B")
    events = [VariableRemoved(case["id"], "away", ["String", "A"]), VariableChanged("of-a-subprocess", "level", ["String", "C"])]
    history.append(company.conn, case["root_id"], Actor("li"), company.now, events)
    assert read(company, "level", "away") == {case["id"]: {"level": "B"}}


def test_variables_of_scopes_inside_are_no_values_of_the_case(company):
    case = company.case("pa", "li")
    row = {"root_id": case["root_id"], "scope_id": "inside", "name": "level", "type": "String", "value": "C"}
    company.conn.execute(insert(tables.variable), row)
    assert read(company, "level") == {case["id"]: {}}


# ---- who sees what -------------------------------------------------------------------------------------------------------


def sighted(company: Company) -> tuple[dict[str, dict[str, object]], FieldSight]:
    """Cases by why Wang sees `margin` in them, and the rule."""
    company.definition("of")
    found = {
        "version": company.case("of", "li"),
        "started": company.case("pa", "wang"),
        "did": company.case("pa", "li"),
        "has": company.case("pa", "li"),
        "did another": company.case("pa", "li"),
        "nothing": company.case("pa", "li"),
        "over": company.case("pa", "li", ended=True),
        "over, did": company.case("pa", "li", ended=True),
    }
    for case in found.values():
        holds(company, case, margin=Decimal(7))
    company.task(found["has"], assignee="wang")
    for why in ("did", "did another", "over, did"):
        company.done(found[why], "wang")
    at_another = update(tables.finished_task).where(tables.finished_task.c.root_id == found["did another"]["root_id"])
    company.conn.execute(at_another.values(element_id="pack"))
    return found, FieldSight(False, frozenset({"of:1:x"}), "wang", frozenset({"pa:1:x"}), {"pa:1:x": frozenset({"approve"})})


def test_a_field_is_a_column_a_condition_and_an_order_in_those_cases_alone_in_which_it_is_seen(company):
    found, sight = sighted(company)
    seen = {found[why]["id"] for why in ("version", "started", "did", "has", "over, did")}
    sights = {"margin": sight}
    rows = cases.page(company.conn, ALL, CaseFilter(), columns=("margin",), sights=sights).rows
    assert {row.case.id for row in rows if row.values} == seen
    wanted = CaseFilter(fields=(FieldFilter("margin", "eq", Decimal(7)),))
    page = cases.page(company.conn, ALL, wanted, sights=sights)
    assert ({row.case.id for row in page.rows}, page.total) == (seen, len(seen))
    ordered = cases.page(company.conn, ALL, CaseFilter(order=FieldOrder("margin", is_number=True)), sights=sights)
    assert [row.case.id for row in ordered.rows][:4] == sorted(seen - {found["over, did"]["id"]}, reverse=True)
    nobody = {"margin": FieldSight(person="wang")}
    assert cases.page(company.conn, ALL, wanted, sights=nobody).total == 0


# ---- order ---------------------------------------------------------------------------------------------------------------


def walked(company: Company, order: FieldOrder, limit: int = 2) -> list[str]:
    """All pages of a list, one after another."""
    found, after = [], None
    while True:
        page = cases.page(company.conn, ALL, CaseFilter(process="pa", order=order), after, limit)
        assert page.total == len(company_cases(company))
        found += [row.case.id for row in page.rows]
        after = page.after
        if after is None:
            return found


def company_cases(company: Company) -> list[str]:
    return list(company.conn.execute(tables.case_instance.select().with_only_columns(tables.case_instance.c.id)).scalars())


def test_numbers_are_put_into_order_as_numbers_wherever_they_stand_and_pages_have_no_gap(company):
    values = [9, 100, 20, 100, None, 3, None]
    made = []
    for place, value in enumerate(values):
        as_key = value is not None and place % 2 == 0
        case = company.case("pa", "li", fields=of_fields("amount", Decimal(value)) if as_key else ())
        if value is not None and not as_key:
            holds(company, case, amount=Decimal(value))
        made.append(case["id"])
        company.now += timedelta(minutes=1)
    upwards = [made[it] for it in (5, 0, 2, 3, 1, 6, 4)]  # among equals, and without a value, the newest first
    downwards = [made[it] for it in (3, 1, 2, 0, 5, 6, 4)]
    for limit in (1, 2, 3, 50):
        assert walked(company, FieldOrder("amount", is_number=True), limit) == upwards
        assert walked(company, FieldOrder("amount", descending=True, is_number=True), limit) == downwards


def test_texts_are_put_into_order_by_how_they_begin(company):
    made = {}
    for text in ("steel", "brass", LARGE, "copper"):
        case = company.case("pa", "li")
        holds(company, case, title=text)
        made[text] = case["id"]
    order = [made[it] for it in ("brass", "copper", "steel", LARGE)]  # a large one is none here: it stands last
    assert walked(company, FieldOrder("title")) == order
    assert walked(company, FieldOrder("title", descending=True)) == [*order[2::-1], order[3]]


def test_choices_are_put_into_the_order_of_their_names(company):
    made = {}
    for value in ("b", "c", "a", "gone"):
        case = company.case("pa", "li", fields=of_fields("supplier", value))
        made[value] = case["id"]
    order = FieldOrder("supplier", among=("c", "a", "b"))
    assert walked(company, order) == [made[it] for it in ("c", "a", "b", "gone")]
    assert walked(company, FieldOrder("supplier", descending=True, among=("c", "a", "b"))) == [made[it] for it in ("b", "a", "c", "gone")]


def test_ended_cases_come_last_in_the_order_of_what_is_no_key_field(company):
    over, late, early = company.case("pa", "li", ended=True), company.case("pa", "li"), company.case("pa", "li")
    for case, value in ((over, 1), (late, 3), (early, 2)):
        holds(company, case, amount=Decimal(value))
    assert walked(company, FieldOrder("amount", is_number=True)) == [early["id"], late["id"], over["id"]]


@pytest.mark.parametrize("order", [None, FieldOrder("amount", is_number=True), FieldOrder("title")])
@pytest.mark.parametrize("cursor", ["x", "WzFd", "WzAsICJhIiwgImIiLCAiYyJd", "WzAsIG51bGwsICJiIl0"])
def test_a_place_that_is_none_of_the_list_is_refused(company, order: FieldOrder | None, cursor: str):
    with pytest.raises(InvalidRequest, match="place in a list"):
        cases.page(company.conn, ALL, CaseFilter(order=order), cursor)
