"""The pages that take a table in and give a list out."""

from __future__ import annotations

from io import BytesIO

from werkzeug.test import TestResponse

from app.sheets import read_sheet, xlsx_bytes
from tests.app.conftest import Site
from tests.app.pages import token_of
from tests.app.records.test_pages import browser, text_of


def upload(client, kind: str, content: bytes, name: str = "table.csv", do: str = "check", **headers: str) -> TestResponse:
    page = f"/records/{kind}/import"
    data = {"csrf_token": token_of(client.get("/inbox")), "do": do, "table": (BytesIO(content), name)}
    return client.post(page, data=data, headers=headers)


def test_a_table_is_checked_then_imported_and_the_list_says_so(site: Site):
    client = browser(site, "liu-fang")
    content = b"Number or id,Name,City,Credit limit,Open\nC-77,Northern Tools,Wuxi,5000,1\n"
    checked = upload(client, "customers", content, **{"HX-Request": "true"})
    assert checked.status_code == 200
    assert "1 new, 0 changed, 0 the same. Not taken from a table: Open. Import" in text_of(checked.text)
    assert client.get("/records/customers/C-77").status_code == 404
    imported = upload(client, "customers", content, do="import", **{"HX-Request": "true"})
    assert imported.headers["HX-Redirect"] == "/records/customers"
    assert "Imported: 1 new, 0 changed." in client.get("/records/customers").text
    page = text_of(client.get("/records/customers/C-77").text)
    assert "Liu Fang" in page
    assert "Imported from table.csv" in page
    again = upload(client, "customers", content, **{"HX-Request": "true"})
    assert "there is nothing to import" in again.text


def test_mistakes_are_listed_with_their_rows_in_the_language_of_the_page(site: Site):
    content = xlsx_bytes("x", ["编号", "名称", "信用额度", "启用"], [["C-78", "北方", "很多", "也许"], ["a/b", "", 1, "是"]])
    page = upload(browser(site, "liu-fang", "zh"), "customers", content, "客户.xlsx")
    assert page.status_code == 422
    text = text_of(page.text)
    assert "有 2 行出错。全部改正之前不会导入任何数据。" in text
    assert "2 C-78 信用额度" in text
    assert "请填写“是”或“否”。" in text
    assert "3 a/b" in text


def test_a_file_that_is_no_table_is_refused_with_what_to_do(site: Site):
    client = browser(site, "liu-fang")
    for name, content, told in (
        ("a.pdf", b"%PDF", "Choose a .csv or .xlsx file."),
        ("a.xlsx", b"PK", "This file is damaged"),
        ("a.csv", b"colour\nred", "There is no column “colour” here. The columns are: Number or id, Name,"),
        ("a.csv", b"name\nred", "one of them must be “Number or id”"),
    ):
        page = upload(client, "customers", content, name, do="import")
        assert page.status_code == 422
        assert told in text_of(page.text)
    assert upload(client, "customers", b"").status_code == 422


def test_only_who_may_edit_a_list_imports_into_it(site: Site):
    client = browser(site, "zhang-min")
    assert client.get("/records/customers/import").status_code == 403
    assert upload(client, "customers", b"id,name\nC-79,X", do="import").status_code == 403
    assert "/import" not in client.get("/records/customers").text
    assert client.get("/records/nothing/export").status_code == 404


def test_a_list_is_exported_as_its_search_shows_it(site: Site):
    client = browser(site, "zhang-min", "zh")
    whole = client.get("/records/contracts/export")
    assert whole.headers["Content-Disposition"].startswith("attachment; filename")
    rows = read_sheet("a.xlsx", whole.data)
    assert rows[0].cells[:2] == ("编号", "名称")
    assert len(rows) > 3
    found = read_sheet("a.csv", client.get("/records/contracts/export?kind=csv&q=CT-2025-031").data)
    assert [row.cells[0] for row in found[1:]] == ["CT-2025-031"]
