"""Records by hand: who may, what must be right, what is locked; and what lists and forms read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest

from app.records import edits, queries
from app.records.changes import Change
from app.records.problems import Locked
from app.records.tables import contract, item
from engine import Forbidden, InvalidSubmission, NotFound
from tests.processes.company import Company, order, request


@contextmanager
def change(company: Company, person: str) -> Iterator[Change]:
    """A change in the name of a person, in one transaction."""
    runtime = company.engine.runtime
    with company.database.begin() as connection:
        yield Change(connection, runtime.clock, runtime.new_id, company.person(person))


def read(company: Company, query: Callable[..., object], *arguments: object) -> object:
    with company.database.read() as connection:
        return query(connection, *arguments)


def problems(refused: pytest.ExceptionInfo[InvalidSubmission]) -> list[tuple[str, str]]:
    return [(problem.path, problem.code) for problem in refused.value.problems]


def test_a_list_finds_by_id_and_by_name_in_either_language(company: Company):
    for text in ("CT-2025", "frame contract", "框架合同", "宝山", "baoshan"):  # the last two: the supplier
        found = read(company, queries.records, "contracts", text)
        assert "CT-2025-031" in [row["id"] for row in found], text
    assert read(company, queries.records, "contracts", "100%") == []
    assert [row["id"] for row in read(company, queries.records, "suppliers", "钱伟")] == ["baoshan-steel"]
    assert read(company, queries.count, "contracts", "frame") == len(read(company, queries.records, "contracts", "frame")) == 3


def test_a_list_is_paged_by_id(company: Company):
    first = read(company, queries.records, "items", "", "", 5)
    second = read(company, queries.records, "items", "", first[-1]["id"], 5)
    assert len(first) == len(second) == 5
    assert first[-1]["id"] < second[0]["id"]


def test_a_contract_shows_what_is_left(company: Company):
    found = read(company, queries.record, "contracts", "CT-2025-031")
    assert found["left"] == Decimal("213600.00")


def test_choices_carry_both_languages_and_what_forms_need(company: Company):
    options = queries.RecordOptions(company.database.read)
    steel = next(option for option in options("stock_items") if option["value"] == "steel-sheet-4mm")
    assert (steel["label"], steel["label:zh"], steel["unit"]) == ("Steel sheet 4 mm, Q235", "钢板 4 mm Q235", "t")
    frame = next(option for option in options("contracts") if option["value"] == "CT-2025-031")
    assert frame["of_supplier"] == "baoshan-steel"
    assert options("nothing") == []


def test_names_of_suppliers_are_known_in_chinese(company: Company):
    assert read(company, queries.names, "zh")["Baoshan Steel"] == "宝山钢材"
    assert read(company, queries.names, "en")["Baoshan Steel"] == "Baoshan Steel"


def test_a_new_record_is_written_with_who_added_it(company: Company):
    with change(company, "zhang-min") as by:
        given = {"name": "Taicang Tools", "name_zh": "太仓工具", "city": "Taicang"}
        edits.add(by, "suppliers", "taicang-tools", given)
    assert read(company, queries.record, "suppliers", "taicang-tools")["name_zh"] == "太仓工具"
    [entry] = read(company, queries.changes, "suppliers", "taicang-tools")
    assert entry["actor"] == "zhang-min"
    assert json.loads(entry["changes"])["name"] == [None, "Taicang Tools"]


def test_a_change_keeps_what_was_before(company: Company):
    with change(company, "liu-fang") as by:
        edits.save(by, "customers", "huatai-trading", {"credit_limit": "250000"})
    [entry] = read(company, queries.changes, "customers", "huatai-trading")
    assert json.loads(entry["changes"]) == {"credit_limit": ["200000.00", "250000"]}


def test_who_may_not_edit_a_list_is_refused(company: Company):
    for person, kind, record_id in (
        ("zhou-ting", "suppliers", "baoshan-steel"),
        ("auditor", "items", "pump-32"),
        ("chen-jie", "customers", "xian-aero"),
    ):
        with pytest.raises(Forbidden), change(company, person) as by:
            edits.save(by, kind, record_id, {"name": "X"})


def test_each_mistake_of_a_new_contract_is_named(company: Company):
    with pytest.raises(InvalidSubmission) as refused, change(company, "zhang-min") as by:
        edits.add(by, "contracts", " CT-1", {"name": "", "supplier_id": "nobody", "amount": "much", "valid_until": "soon", "colour": "red"})
    assert set(problems(refused)) == {
        ("name", "required"),
        ("supplier_id", "no-such-supplier"),
        ("amount", "not-an-amount"),
        ("valid_until", "not-a-date"),
        ("colour", "unknown-field"),
        ("id", "bad-id"),
    }


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("-1", "not-an-amount"),
        ("NaN", "not-an-amount"),
        ("Infinity", "not-an-amount"),
        ("1e20", "not-an-amount"),
        ("400000.001", "too-many-decimals"),
    ],
)
def test_an_amount_is_a_sensible_number(company: Company, amount: str, code: str):
    with pytest.raises(InvalidSubmission) as refused, change(company, "zhang-min") as by:
        edits.save(by, "contracts", "CT-2025-031", {"amount": amount})
    assert problems(refused) == [("amount", code)]


@pytest.mark.parametrize("amount", ["450,000.50", "¥450,000.50", "￥450，000.50", " 450 000.50 "])
def test_an_amount_may_be_written_as_people_write_it(company: Company, amount: str):
    with change(company, "zhang-min") as by:
        edits.save(by, "contracts", "CT-2025-031", {"amount": amount})
    assert read(company, queries.record, "contracts", "CT-2025-031")["amount"] == Decimal("450000.50")


@pytest.mark.parametrize("text", ["a\x00b", "two\nlines", "x" * 201])
def test_a_text_is_one_line_that_every_database_keeps(company: Company, text: str):
    with pytest.raises(InvalidSubmission) as refused, change(company, "zhang-min") as by:
        edits.save(by, "suppliers", "baoshan-steel", {"city": text})
    assert [path for path, _ in problems(refused)] == ["city"]


@pytest.mark.parametrize("record_id", ["", "new", "..", "a/b", "a?b", "a b ", "\x00", "x" * 61])
def test_an_id_can_stand_in_an_address(company: Company, record_id: str):
    with pytest.raises(InvalidSubmission) as refused, change(company, "zhang-min") as by:
        edits.add(by, "suppliers", record_id, {"name": "X"})
    assert problems(refused) == [("id", "bad-id")]


def test_a_barcode_is_one_code_and_belongs_to_one_item(company: Company):
    pump = read(company, queries.record, "items", "pump-32")["barcode"]
    for code, why in ((pump, "barcode-taken"), ("20 01", "not-a-code"), ("条码", "not-a-code"), ("1" * 81, "too-long")):
        with pytest.raises(InvalidSubmission) as refused, change(company, "chen-jie") as by:
            edits.save(by, "items", "valve-dn50", {"barcode": code})
        assert problems(refused) == [("barcode", why)]
    with change(company, "chen-jie") as by:
        edits.save(by, "items", "pump-32", {"barcode": pump, "price": "2400"})
        edits.save(by, "items", "valve-dn50", {"barcode": ""})
        edits.save(by, "items", "bearing-6204", {"barcode": ""})
    assert [it["id"] for it in read(company, queries.records, "items", pump[-4:])] == ["pump-32"]


def test_adding_does_not_touch_a_record_that_is_there(company: Company):
    with pytest.raises(InvalidSubmission) as refused, change(company, "zhang-min") as by:
        edits.add(by, "suppliers", "baoshan-steel", {"name": "Another"})
    assert problems(refused) == [("id", "taken")]
    assert read(company, queries.record, "suppliers", "baoshan-steel")["name"] == "Baoshan Steel"


def test_changing_adds_nothing(company: Company):
    with pytest.raises(NotFound), change(company, "zhang-min") as by:
        edits.save(by, "suppliers", "nobody", {"name": "X"})


def test_a_contract_cannot_be_made_smaller_than_what_is_used(company: Company):
    with pytest.raises(InvalidSubmission) as refused, change(company, "zhang-min") as by:
        edits.save(by, "contracts", "CT-2025-031", {"amount": "186399.99"})
    assert problems(refused) == [("amount", "below-used")]


def test_what_finance_has_confirmed_is_locked_until_finance_opens_it(company: Company):
    with change(company, "liu-fang") as by:
        edits.confirm(by, "contracts", "CT-2025-031")
    with pytest.raises(Locked) as refused, change(company, "zhang-min") as by:
        edits.save(by, "contracts", "CT-2025-031", {"amount": "500000"})
    assert refused.value.details["by"] == "liu-fang"
    with change(company, "zhang-min") as by:
        edits.save(by, "contracts", "CT-2025-031", {"name": "Steel sheets"})  # not what Finance answers for
    with change(company, "liu-fang") as by:
        edits.reopen(by, "contracts", "CT-2025-031", "The supplier raised the frame.")
    with change(company, "zhang-min") as by:
        edits.save(by, "contracts", "CT-2025-031", {"amount": "500000"})
    assert read(company, queries.record, "contracts", "CT-2025-031")["amount"] == Decimal("500000.00")


def test_only_finance_confirms_and_opening_needs_a_reason(company: Company):
    with pytest.raises(Forbidden), change(company, "zhao-min") as by:
        edits.confirm(by, "contracts", "CT-2025-031")
    with pytest.raises(InvalidSubmission), change(company, "liu-fang") as by:
        edits.reopen(by, "contracts", "CT-2025-031", " ")


def test_stock_is_counted_by_the_warehouse_with_a_reason_and_never_below_what_is_reserved(company: Company):
    company.start("zhou-ting", "order-fulfilment", **order())
    with pytest.raises(Forbidden), change(company, "zhang-min") as by:
        edits.count_stock(by, "pump-32", Decimal(10), "counted")
    with pytest.raises(InvalidSubmission) as refused, change(company, "ma-jun") as by:
        edits.count_stock(by, "pump-32", Decimal(3), "")
    assert problems(refused) == [("counted", "below-reserved"), ("reason", "no-reason")]
    with change(company, "ma-jun") as by:
        edits.count_stock(by, "pump-32", Decimal(11), "One was broken.")
    assert company.stock("pump-32") == 11
    newest = read(company, queries.changes, "items", "pump-32")[0]
    assert (newest["reason"], newest["case_id"]) == ("One was broken.", None)


@pytest.mark.parametrize("counted", ["NaN", "-1", "1e30", "many", ""])
def test_a_count_is_a_quantity(company: Company, counted: str):
    with pytest.raises(InvalidSubmission) as refused, change(company, "ma-jun") as by:
        edits.count_stock(by, "pump-32", counted, "counted")
    assert problems(refused) == [("counted", "not-an-amount")]


def test_what_is_reserved_stays_in_stock(company: Company):
    company.start("zhou-ting", "order-fulfilment", **order())
    with pytest.raises(InvalidSubmission) as refused, change(company, "ma-jun") as by:
        edits.save(by, "items", "pump-32", {"stocked": ""})
    assert problems(refused) == [("stocked", "still-reserved")]


def test_there_is_no_stock_of_a_service(company: Company):
    with pytest.raises(NotFound), change(company, "ma-jun") as by:
        edits.count_stock(by, "transport", Decimal(1), "counted")


def test_what_a_case_changed_names_the_case(company: Company):
    case = company.start("zhou-ting", "purchase-approval", **request())
    newest = read(company, queries.changes, "contracts", "CT-2025-031")[0]
    assert (newest["case_id"], newest["actor"]) == (case.id, "zhou-ting")
    assert read(company, queries.linked_cases, "contracts", "CT-2025-031") == [case.id]
    assert read(company, queries.linked_cases, "suppliers", "baoshan-steel") == [case.id]
    assert read(company, queries.linked_cases, "items", "steel-sheet-4mm") == [case.id]
    ordered = company.start("zhou-ting", "order-fulfilment", **order())
    assert read(company, queries.linked_cases, "items", "pump-32") == [ordered.id]
    assert read(company, queries.linked_cases, "cost-centres", "4100") == []


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"contract": "CT-2024-077", "supplier": "nordflow-valves"}, "contract", "contract-expired"),
        ({"contract": "CT-2026-004"}, "contract", "not-an-option"),
    ],
)
def test_a_contract_that_cannot_be_used_refuses_the_request(company: Company, changes: dict[str, object], path: str, code: str):
    with pytest.raises(InvalidSubmission) as refused:
        company.start("zhou-ting", "purchase-approval", **request(**changes))
    assert problems(refused) == [(path, code)]


def test_a_purchase_without_a_contract_takes_nothing(company: Company):
    company.start("zhou-ting", "purchase-approval", **request("900", contract=None))
    assert company.used("CT-2025-031") == Decimal("186400.00")


@pytest.mark.parametrize(("table", "record_id", "values"), [
    (item, "pump-32", {"stock": Decimal(-1)}),
    (item, "pump-32", {"reserved": Decimal(13)}),
    (contract, "CT-2025-031", {"used": Decimal("400000.01")}),
])  # fmt: skip
def test_the_database_refuses_what_no_handler_should_try(company: Company, table, record_id: str, values: dict[str, Decimal]):
    with pytest.raises(Exception, match=r"(?i)check"), company.database.begin() as connection:
        connection.execute(table.update().where(table.c.id == record_id).values(**values))


def test_the_sample_records_are_loaded_once_and_then_left_alone(company: Company, clock):
    from app.sample.loader import load_records  # noqa: PLC0415 - beside what it tests

    with change(company, "zhang-min") as by:
        edits.save(by, "contracts", "CT-2026-009", {"valid_until": "2030-01-31"})
    with company.database.begin() as connection:
        load_records(connection, clock)
    assert read(company, queries.record, "contracts", "CT-2026-009")["valid_until"] == date(2030, 1, 31)
