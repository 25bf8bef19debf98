"""Lists of cases: filters by who started them and when, and the list as a table."""

from __future__ import annotations

import re
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from app.i18n import local
from app.sheets import Row, read_sheet
from tests.app.conftest import Site
from tests.app.records.test_pages import browser, text_of


def exported(client, query: str = "", kind: str = "xlsx") -> list[Row]:
    answer = client.get(f"/cases/export?kind={kind}&{query}")
    assert answer.status_code == 200, answer.text
    return read_sheet(f"cases.{kind}", answer.data)


def test_a_list_is_narrowed_to_who_started_the_cases_and_when(site: Site):
    ours, theirs = site.purchase().number or "", site.purchase("wu-hao", amount="900").number or ""
    client = browser(site, "auditor")
    with site.app.app_context():
        today = local(site.services.clock.now()).date()
    tomorrow = today + timedelta(days=1)

    def shown(query: str) -> tuple[bool, bool]:
        page = client.get(f"/audit?{query}").text
        return f">{ours}<" in page, f">{theirs}<" in page

    assert shown("") == (True, True)
    assert shown("by=zhou-ting") == (True, False)
    assert shown(f"from={today}&to={today}") == (True, True)
    assert shown(f"from={tomorrow}") == (False, False)
    assert shown(f"to={today - timedelta(days=1)}") == (False, False)
    assert shown("from=never&to=9999-12-31&by=") == (True, True), "what is no day counts as none"
    assert "Started: " in text_of(client.get(f"/cases?from={today}").text)


def test_a_list_of_cases_is_a_table_with_the_key_fields_of_its_process(site: Site):
    number = site.purchase().number or ""
    client = browser(site, "auditor")
    plain = exported(client)
    assert plain[0].cells[:6] == ("Number", "Subject", "Process", "Customer or supplier", "Amount", "State")
    assert number in [row.cells[0] for row in plain]
    rows = exported(client, "process=purchase-approval")
    line = dict(zip(rows[0].cells, next(row.cells for row in rows if row.cells[0] == number), strict=True))
    assert line["Started by"] == "Zhou Ting"
    assert isinstance(line["Amount"], float)
    assert line["Amount"] > 0
    assert line["Started"].date() == local_day(site)
    chinese = exported(browser(site, "auditor", "zh"), "process=purchase-approval", "csv")
    assert chinese[0].cells[0] == "编号"


def head_of(client: FlaskClient, query: str) -> list[str]:
    """The heads of the columns of a list."""
    return re.findall(r"<th [^>]*>(?:<a [^>]*>)?([^<]*)<", client.get(f"/cases?{query}").text)


def test_the_list_of_a_process_has_its_key_fields_as_columns_and_others_can_be_chosen(site: Site):
    number = site.purchase(supplier="baoshan-steel").number or ""
    client = browser(site, "zhou-ting")
    assert head_of(client, "")[:4] == ["Number", "Subject", "Customer or supplier", "Amount"]
    assert head_of(client, "process=purchase-approval") == [
        "Number",
        "Subject",
        "Amount",
        "Supplier",
        "Contract",
        "Step",
        "With",
        "Waiting",
        "Due",
    ]
    chosen = "process=purchase-approval&col=due&col=field:cost_centre&col=nothing&col=field:supplier_name"
    assert head_of(client, chosen) == ["Number", "Subject", "Supplier", "Cost centre", "Due"]
    page = client.get(f"/cases?{chosen}").text
    assert "Baoshan Steel" in page
    assert "4100 Hall 3" in page  # as its form names it
    assert "col=due&amp;col=field:cost_centre" in page or "col=due&amp;col=field%3Acost_centre" in page  # filters keep the columns
    assert head_of(client, "process=purchase-approval&col=nothing") == head_of(client, "process=purchase-approval")
    rows = exported(client, chosen)
    assert rows[0].cells == ("Number", "Subject", "Supplier", "Cost centre", "Due")
    assert number in [row.cells[0] for row in rows]


def test_another_process_has_other_columns(site: Site):
    site.purchase()
    page = browser(site, "zhou-ting").get("/cases?process=purchase-approval&col=field:contract").text
    others = re.findall(r'href="(/cases\?[^"]*process=order-fulfilment[^"]*)"', page)
    assert others
    assert not any("col=" in it for it in others)


def local_day(site: Site):
    with site.app.app_context():
        return local(site.services.clock.now()).date()


def test_a_table_holds_only_what_its_reader_may_see(site: Site):
    number = site.purchase().number or ""
    assert number in [row.cells[0] for row in exported(browser(site, "zhou-ting"))]
    assert number not in [row.cells[0] for row in exported(browser(site, "lin-xue"))]


def test_a_list_of_many_cases_asks_the_database_no_more_often_than_one_of_few(site: Site):
    asked: list[str] = []

    def note(_connection: object, _cursor: object, text: str, *_rest: object) -> None:
        asked.append(text)

    def statements(client: FlaskClient, path: str) -> int:
        client.get(path)  # what is read once is read
        asked.clear()
        assert client.get(path).status_code == 200
        return len([text for text in asked if text.startswith("SELECT")])

    pages = [
        (browser(site, "auditor"), "/audit"),
        (browser(site, "wang-lei"), "/cases"),
        (browser(site, "wang-lei"), "/cases?process=purchase-approval"),
        (browser(site, "wang-lei"), "/inbox"),
    ]
    event.listen(Engine, "before_cursor_execute", note)
    try:
        for number in range(2):
            site.purchase(amount=90 + number)
        few = [statements(*page) for page in pages]
        for number in range(10):
            site.purchase(amount=90 + number)
        assert [statements(*page) for page in pages] == few
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert max(few) < 20, few
