"""Tables of records: what they would do is said row by row, and either all of it is done or nothing."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal

import pytest
from sqlalchemy import Connection, func, select

from app.records import edits, importing, queries
from app.records.changes import Change
from app.records.importing import UnknownHead
from app.records.tables import record_change
from app.sheets import Row, csv_bytes, read_sheet, xlsx_bytes
from engine import Clock, Database, Forbidden, NewId
from tests.processes.company import Company

HEADS = {"编号": "id", "name": "name", "名称": "name", "credit limit": "credit_limit", "stock": "stock", "available": "available"}


@dataclass
class Desk:
    """The records of the sample company, with people at them."""

    company: Company
    clock: Clock
    new_id: NewId

    @property
    def database(self) -> Database:
        return self.company.database

    def change(self, connection: Connection, person: str) -> Change:
        return Change(connection, self.clock, self.new_id, self.company.engine.organisation.directory().actor(person))

    def bring_in(self, kind: str, rows: list[Row], person: str = "liu-fang") -> importing.Report:
        with self.database.begin() as connection:
            return importing.bring_in(self.change(connection, person), kind, rows, HEADS, "Imported")


@pytest.fixture
def desk(company: Company, clock: Clock, new_id: NewId) -> Desk:
    return Desk(company, clock, new_id)


def rows_of(*lines: list[object]) -> list[Row]:
    return [Row(number, tuple(cells)) for number, cells in enumerate(lines, start=1)]


def all_of(database: Database, kind: str) -> dict[str, dict[str, object]]:
    with database.read() as connection:
        return {it["id"]: it for it in queries.records(connection, kind, limit=20_000)}


def count_of_changes(database: Database) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(record_change)).scalar_one()


def test_new_records_and_changed_ones_are_written_with_their_log(desk: Desk):
    before = all_of(desk.database, "customers")
    known = next(iter(before.values()))
    rows = rows_of(
        ["编号", "Name", "Credit limit", "phone", "active"],
        ["C-9001", "Northern Tools", "¥120,000.00", 13800138000.0, "是"],
        [known["id"], known["name"], "77,000", known["phone"], "no"],
    )
    report = desk.bring_in("customers", rows)
    assert (len(report.new), len(report.changed), report.same, report.bad) == (1, 1, 0, [])
    after = all_of(desk.database, "customers")
    assert after["C-9001"] | {"credit_limit": Decimal(120_000), "phone": "13800138000", "active": True, "city": ""} == after["C-9001"]
    assert after[known["id"]] == {**known, "credit_limit": Decimal(77_000), "active": False, "left": Decimal(77_000) - known["open_amount"]}
    with desk.database.read() as connection:
        log = queries.changes(connection, "customers", known["id"])
    assert log[0]["actor"] == "liu-fang"
    assert log[0]["reason"] == "Imported"
    assert '"credit_limit"' in log[0]["changes"]
    assert desk.bring_in("customers", rows).same == 2
    assert len(after) == len(before) + 1


def test_what_was_exported_is_the_same_when_it_comes_back(desk: Desk):
    for kind in queries.KINDS:
        columns = importing.columns_of(kind)
        lines = [importing.cells(it, columns, {True: "是", False: "否"}) for it in all_of(desk.database, kind).values()]
        for content, name in ((csv_bytes(columns, lines), "a.csv"), (xlsx_bytes(kind, columns, lines), "a.xlsx")):
            report = desk.bring_in(kind, read_sheet(name, content), "admin")
            assert (report.same, report.rows) == (len(lines), len(lines)), [it.problems for it in report.bad]


def test_ten_thousand_records_with_three_hundred_bad_ones_the_report_names_them_and_nothing_is_imported(desk: Desk):
    draw = random.Random(7)
    bad = set(draw.sample(range(2, 10_002), 300))
    mistakes = [(1, ""), (3, "free"), (3, "-1"), (3, "1.234"), (4, "perhaps"), (0, "a/b"), (0, "C-1-again")]
    lines: list[list[object]] = [["id", "name", "city", "credit_limit", "active"], ["C-1-again", "First", "", "1", "yes"]]
    expected = set()
    for number in range(2, 10_002):
        line: list[object] = [f"C-{number:05}", f"Customer {number}", "Wuxi", f"{number}.50", "yes"]
        if number in bad:
            column, wrong = draw.choice(mistakes)
            line[column] = wrong
            expected.add(number + 1)
        lines.append(line)
    before, log = all_of(desk.database, "customers"), count_of_changes(desk.database)
    report = desk.bring_in("customers", rows_of(*lines))
    assert {it.number for it in report.bad} == expected
    assert len(expected) == 300
    assert all_of(desk.database, "customers") == before
    assert count_of_changes(desk.database) == log

    right = [line for number, line in enumerate(lines, start=1) if number not in expected]
    assert len(desk.bring_in("customers", rows_of(*right)).new) == 9_701
    assert len(all_of(desk.database, "customers")) == len(before) + 9_701
    assert count_of_changes(desk.database) == log + 9_701


def test_what_finance_has_confirmed_is_not_changed_by_a_table(desk: Desk):
    with desk.database.begin() as connection:
        edits.confirm(desk.change(connection, "liu-fang"), "contracts", "CT-2025-031")
    rows = rows_of(["id", "amount", "name"], ["CT-2025-031", "1000000", "Sheets"])
    (found,) = desk.bring_in("contracts", rows).bad
    assert [(it.path, it.code) for it in found.problems] == [("amount", "confirmed-by-finance")]
    assert desk.bring_in("contracts", rows_of(["id", "name"], ["CT-2025-031", "Sheets"])).changed


def test_mistakes_that_only_records_know_are_told(desk: Desk):
    rows = rows_of(
        ["id", "name", "supplier_id", "amount", "valid_until"],
        ["CT-1", "A", "nobody", "5", "2027/1/5"],
        ["CT-2", "B", "baoshan-steel", "5", "2027年1月32日"],
        ["CT-2025-031", "C", "baoshan-steel", "1", "2027-01-05"],
    )
    report = desk.bring_in("contracts", rows)
    found = {bad.number: {(it.path, it.code) for it in bad.problems} for bad in report.bad}
    assert ("supplier_id", "no-such-supplier") in found[2]
    assert ("valid_until", "not-a-date") in found[3]
    assert ("amount", "below-used") in found[4]


@pytest.mark.parametrize(
    ("head", "code"),
    [(["id", "colour"], "unknown"), (["name"], "no-id"), (["id", "name", "名称"], "twice"), (["stock"], "no-id")],
)
def test_a_head_that_cannot_be_used_is_refused(desk: Desk, head: list[object], code: str):
    with pytest.raises(UnknownHead) as refused:
        desk.bring_in("items", rows_of(head, ["x"] * len(head)), "admin")
    assert refused.value.code == code


def test_figures_that_cases_move_are_not_taken_from_a_table(desk: Desk):
    known = next(iter(all_of(desk.database, "items").values()))
    report = desk.bring_in("items", rows_of(["id", "Stock", "available"], [known["id"], "999999", "1"]), "admin")
    assert report.ignored == ["Stock", "available"]
    assert all_of(desk.database, "items")[known["id"]] == known


def test_who_may_not_edit_a_list_may_not_import_it(desk: Desk):
    with pytest.raises(Forbidden):
        desk.bring_in("customers", rows_of(["id"], ["x"]), "zhang-min")


def test_a_barcode_belongs_to_one_item_in_a_table_too(desk: Desk):
    pump = all_of(desk.database, "items")["pump-32"]["barcode"]
    rows = rows_of(
        ["id", "name", "unit", "barcode"],
        ["pump-32", "Pump 32 m", "pc", pump],  # keeps its own
        ["hose", "Hose", "m", pump],
        ["clamp", "Clamp", "pc", 4006381333931.0],  # a spreadsheet knows no other numbers
        ["clip", "Clip", "pc", "4006381333931"],
        ["film", "Film", "roll", "24 00"],
    )
    report = desk.bring_in("items", rows, "chen-jie")
    assert {bad.id: [(it.path, it.code) for it in bad.problems] for bad in report.bad} == {
        "hose": [("barcode", "barcode-taken")],
        "clip": [("barcode", "barcode-taken")],
        "film": [("barcode", "not-a-code")],
    }
    assert report.bad[1].problems[0].figures == {"item": "clamp"}
    assert len(desk.bring_in("items", rows[:2] + rows[3:4], "chen-jie").new) == 1
    assert all_of(desk.database, "items")["clamp"]["barcode"] == "4006381333931"
