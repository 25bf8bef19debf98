"""Lists of cases of one process: columns from all fields of its forms, by type and language; conditions and orders by them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient

from tests.app.cases.test_lists import exported, head_of
from tests.app.cases.test_saved import link
from tests.app.cases.test_search import shown
from tests.app.conftest import Site
from tests.app.pages import send
from tests.app.records.test_pages import browser, text_of
from tests.statements import statements

PURCHASE = "process=purchase-approval"
NEXT = datetime.now(UTC).year + 1  # days of another year are written with it
COLUMNS = "col=field:reason&col=field:needed_by&col=field:deliver_to&col=field:amount"


@pytest.fixture
def numbers(site: Site) -> dict[str, str]:
    """Three purchases of Zhou Ting: two that wait, one that was rejected."""
    to = {"contract": None, "deliver_to": "Hall 3, gate B"}
    small = site.purchase(amount="900", reason="Broken", needed_by=f"{NEXT}-05-04", supplier="huayu-shelving", **to)
    large = site.purchase(amount="60000", reason="Another hall", needed_by=f"{NEXT}-04-01", **to)
    over = site.purchase(amount="7000", reason="Nobody knows", needed_by=f"{NEXT}-03-20", **to)
    site.company.do("wang-lei", over, "head_approves", "reject", "Not in the budget")
    return {"small": small.number or "", "large": large.number or "", "over": over.number or ""}


@pytest.fixture
def zhou(site: Site) -> FlaskClient:
    return browser(site, "zhou-ting")


def cells(client: FlaskClient, number: str, query: str) -> list[str]:
    """What the columns of a row show."""
    page = client.get(f"/cases?{PURCHASE}&{query}").text
    row = next(it for it in page.split("<tr>") if f">{number}<" in it)
    return [" ".join(it.split()) for it in re.findall(r'<td class="c-field[^"]*" title="([^"]*)"', row)]


def test_columns_are_chosen_from_all_fields_of_the_forms_and_show_values_by_their_type(
    site: Site, zhou: FlaskClient, numbers: dict[str, str]
):
    assert head_of(zhou, f"{PURCHASE}&{COLUMNS}") == ["Number", "Subject", "Amount", "Deliver to", "Needed by", "Reason"]
    assert cells(zhou, numbers["small"], COLUMNS) == ["¥900.00", "Hall 3, gate B", f"4 May {NEXT}", "Broken"]
    chinese = browser(site, "zhou-ting", "zh")
    assert head_of(chinese, f"{PURCHASE}&{COLUMNS}")[2:] == ["金额", "事由", "送货地点", "需求日期"]
    assert cells(chinese, numbers["small"], COLUMNS)[3] == f"{NEXT}年5月4日"


def test_cases_that_ended_show_the_last_values_of_their_history(zhou: FlaskClient, numbers: dict[str, str]):
    assert cells(zhou, numbers["over"], COLUMNS) == ["¥7,000.00", "Hall 3, gate B", f"20 Mar {NEXT}", "Nobody knows"]
    assert "field:head_approves_reason" not in zhou.get(f"/cases?{PURCHASE}").text, "what no form has is no column"


def test_a_list_is_put_into_order_by_any_field_and_ended_cases_come_last_where_it_is_no_key_field(
    zhou: FlaskClient, numbers: dict[str, str]
):
    small, large, over = (numbers[it] for it in ("small", "large", "over"))
    assert shown(zhou, PURCHASE, "/cases") == [over, large, small]
    assert shown(zhou, f"{PURCHASE}&sort=amount", "/cases") == [small, over, large]
    assert shown(zhou, f"{PURCHASE}&sort=amount&desc=1", "/cases") == [large, over, small]
    assert shown(zhou, f"{PURCHASE}&sort=needed_by", "/cases") == [large, small, over]
    assert shown(zhou, f"{PURCHASE}&sort=needed_by&desc=1", "/cases") == [small, large, over]
    assert shown(zhou, f"{PURCHASE}&sort=nothing", "/cases") == [over, large, small]
    note = "Ended cases come last: only key fields put them into an order."
    assert [note in zhou.get(f"/cases?{PURCHASE}&{it}").text for it in ("sort=needed_by", "sort=amount", "sort=needed_by&state=open")] == [
        True,
        False,
        False,
    ]


def test_choices_are_ordered_by_what_they_are_called(site: Site, zhou: FlaskClient):
    by_name = [site.purchase(supplier=it, contract=None).number or "" for it in ("huayu-shelving", "baoshan-steel", "jiaxing-wood")]
    names = [cells(zhou, it, "col=field:supplier")[0] for it in by_name]
    in_order = [number for _, number in sorted(zip(names, by_name, strict=True))]
    assert shown(zhou, f"{PURCHASE}&sort=supplier", "/cases") == in_order
    assert shown(zhou, f"{PURCHASE}&sort=supplier&desc=1", "/cases") == in_order[::-1]


def test_a_press_on_the_head_of_a_column_orders_by_it_and_another_turns_it_round(zhou: FlaskClient, numbers: dict[str, str]):
    page = zhou.get(f"/cases?{PURCHASE}&{COLUMNS}").text
    assert "aria-sort" not in page
    for way, shows in (("ascending", "↑"), ("descending", "↓")):
        [address] = re.findall(r'<a class="order" href="([^"]*)" title="Needed by"', page)
        page = zhou.get(address.replace("&amp;", "&")).text
        assert f'aria-sort="{way}"' in page
        assert f'Needed by<span aria-hidden="true"> {shows}</span>' in page
    assert text_of(page).count("Order: Needed by") == 1


def test_everybody_looks_for_cases_by_fields_among_those_that_they_see(site: Site, zhou: FlaskClient, numbers: dict[str, str]):
    assert shown(zhou, f"{PURCHASE}&f=reason~contains~nobody", "/cases") == [numbers["over"]]
    assert shown(zhou, f"{PURCHASE}&f=needed_by~lt~{NEXT}-05-01", "/cases") == [numbers["over"], numbers["large"]]
    assert shown(browser(site, "lin-xue"), f"{PURCHASE}&f=reason~contains~nobody", "/cases") == []
    assert 'name="field"' in zhou.get(f"/cases?{PURCHASE}").text
    assert 'name="field"' not in zhou.get("/cases").text


def test_a_table_has_the_columns_and_the_order_with_figures_and_days_to_reckon_with(zhou: FlaskClient, numbers: dict[str, str]):
    rows = exported(zhou, f"{PURCHASE}&{COLUMNS}&sort=needed_by")
    assert rows[0].cells == ("Number", "Subject", "Amount", "Deliver to", "Needed by", "Reason")
    assert [row.cells[0] for row in rows[1:]] == [numbers[it] for it in ("large", "small", "over")]
    amount, _, day, reason = rows[1].cells[2:]
    assert (amount, day.date() if hasattr(day, "date") else day, reason) == (60000.0, date(NEXT, 4, 1), "Another hall")
    assert "Reason" not in exported(zhou, PURCHASE)[0].cells, "where none are chosen the key fields are enough"


def test_a_view_keeps_columns_conditions_and_the_order(site: Site, zhou: FlaskClient, numbers: dict[str, str]):
    kept = {"process": "purchase-approval", "col": "field:reason", "f": f"needed_by~gte~{NEXT}-03-01", "sort": "needed_by", "desc": "1"}
    assert send(zhou, "/cases/views", page="/cases", name="By need", department="sales", **kept).status_code == 303
    address = (link(browser(site, "wu-hao"), "By need") or "").partition("?")[2]
    assert "sort=needed_by&desc=1" in address
    assert shown(browser(site, "wang-lei"), address, "/cases") == [numbers[it] for it in ("large", "over")]


def test_a_finding_that_a_step_hides_is_offered_to_who_reads_it_in_some_case(site: Site, zhou: FlaskClient, numbers: dict[str, str]):
    offered = 'name="col" value="field:finance_finding"'
    assert offered not in browser(site, "wu-hao").get(f"/cases?{PURCHASE}").text
    assert offered in zhou.get(f"/cases?{PURCHASE}").text, "who started one reads it on its page, too"
    assert offered in browser(site, "auditor").get(f"/cases?{PURCHASE}").text


def test_a_page_of_any_length_with_columns_and_an_order_is_a_fixed_number_of_statements(
    site: Site, zhou: FlaskClient, numbers: dict[str, str]
):
    path = f"/cases?{PURCHASE}&{COLUMNS}&sort=needed_by&f=reason~neq~x"

    def asked() -> int:
        zhou.get(path)  # what is read once is read
        with statements() as sent:
            assert zhou.get(path).status_code == 200
        return len([it for it in sent if it.startswith("SELECT")])

    few = asked()
    for amount in range(10):
        case = site.purchase(amount=str(9000 + amount), contract=None)
        if amount % 3 == 0:
            site.company.do("wang-lei", case, "head_approves", "reject", "Not in the budget")
    assert asked() == few
    assert few < 24
