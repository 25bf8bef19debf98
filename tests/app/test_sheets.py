"""Tables as files: what people upload is read or refused with a reason, and what they download stays what it is."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.sheets import MOST_ROWS, UnreadableSheet, csv_bytes, read_sheet, xlsx_bytes

HEAD = ["Name", "名称", "Amount", "Until", "Active"]
LINE = ["Baoshan Steel", "宝山钢材", Decimal("1250.50"), date(2026, 12, 31), "yes"]


def test_a_table_comes_back_as_it_was_written():
    rows = read_sheet("list.XLSX", xlsx_bytes("Suppliers: all/any", HEAD, [LINE]))
    assert [row.cells for row in rows] == [tuple(HEAD), ("Baoshan Steel", "宝山钢材", 1250.5, date(2026, 12, 31), "yes")]
    rows = read_sheet("list.csv", csv_bytes(HEAD, [LINE, ["x", None, datetime(2026, 3, 5, 9, 30, tzinfo=UTC), 1, True]]))
    assert [row.cells for row in rows][1:] == [
        ("Baoshan Steel", "宝山钢材", "1250.50", "2026-12-31", "yes"),
        ("x", "", "2026-03-05 09:30", "1", "True"),
    ]


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1+2", "@SUM(A1)", "\tx", "\rx"])
def test_a_text_never_becomes_a_formula(text: str):
    written = csv_bytes(["Name"], [[text]]).decode("utf-8-sig")
    assert f"'{text}" in written
    assert read_sheet("list.csv", written.encode())[1].cells == (text,)
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes("x", ["Name"], [[text]]))) as packed:
        assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_comes_in_the_encodings_and_with_the_separators_of_spreadsheets(encoding: str, delimiter: str):
    text = f'\r\nid{delimiter}名称\r\n\r\nS-1{delimiter}"宝山\r\n钢材"\r\n'
    rows = read_sheet("list.csv", text.removeprefix("\r\n").encode(encoding))
    assert [(row.number, row.cells) for row in rows] == [(1, ("id", "名称")), (3, ("S-1", "宝山\r\n钢材"))]


def packed(size: int) -> bytes:
    """A file that is small and unpacks to so many bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as it:
        it.writestr("xl/workbook.xml", b"0" * size)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("list.xls", b"", "kind"),
        ("list", b"id", "kind"),
        ("list.csv", b"", "empty"),
        ("list.csv", b",,\n,,\n", "empty"),
        ("list.csv", b"\xff\xfe\x00i", "encoding"),
        ("list.csv", b"i\x00d\n", "encoding"),
        ("list.csv", b'id\n"S-1', "damaged"),
        ("list.csv", b"id\n" + b"x\n" * (MOST_ROWS + 1), "rows"),
        ("list.csv", b"," * 100, "columns"),
        ("list.csv", b"id\n" + b"x" * 5_001, "cell"),
        ("list.xlsx", b"id,name", "damaged"),
        ("list.xlsx", xlsx_bytes("x", ["id"], [])[:-40], "damaged"),
        ("list.xlsx", packed(101 * 1024 * 1024), "damaged"),
        ("list.xlsx", packed(10), "damaged"),
        ("list.xlsx", xlsx_bytes("x", [], []), "empty"),
        ("list.xlsx", xlsx_bytes("x", ["id"], [["x"]] * (MOST_ROWS + 1)), "rows"),
        ("list.xlsx", xlsx_bytes("x", ["c"] * 101, []), "columns"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_refused_with_the_reason(name: str, content: bytes, code: str):
    with pytest.raises(UnreadableSheet) as refused:
        read_sheet(name, content)
    assert refused.value.code == code
