"""The pages of the records: what lists show, mistakes at their fields, what Finance has confirmed, whose cases are named."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from app.records import edits
from app.records.changes import Change
from tests.app.conftest import Site
from tests.app.pages import send, sign_in


def browser(site: Site, person: str, language: str = "en") -> FlaskClient:
    client = site.client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    sign_in(client, person)
    return client


def text_of(page: str) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def confirmed(site: Site, kind: str, record_id: str) -> None:
    """Finance confirms a record."""
    with site.services.database.begin() as connection:
        edits.confirm(Change(connection, site.services.clock, site.services.new_id, site.services.actor("liu-fang")), kind, record_id)


def test_a_list_shows_names_amounts_and_days_as_people_read_them(site: Site):
    page = text_of(browser(site, "zhang-min").get("/records/contracts?q=CT-2025-031").text)
    year = site.services.clock.now().year + 1
    assert f"CT-2025-031 Steel sheets, frame contract CT-2025-031 · Baoshan Steel Baoshan Steel 31 Dec {year}" in page
    assert "¥400,000.00 ¥186,400.00 ¥213,600.00" in page
    assert "宝山钢材" in browser(site, "zhang-min", "zh").get("/records/contracts").text


def test_a_list_goes_on_where_its_page_ended_and_keeps_the_search(site: Site):
    client = browser(site, "zhang-min")
    with site.services.database.begin() as connection:
        change = Change(connection, site.services.clock, site.services.new_id, site.services.actor("zhang-min"))
        for number in range(60):
            edits.add(change, "suppliers", f"paged-{number:02}", {"name": f"Paged {number:02}"})
    first = client.get("/records/suppliers?q=paged").text
    more = unescape(re.search(r'href="([^"]+after=[^"]+)"', first)[1])
    second = client.get(more).text
    shown = [re.findall(r'data-row href="/records/suppliers/([^"]+)"', page) for page in (first, second)]
    assert shown[0] + shown[1] == [f"paged-{number:02}" for number in range(60)]
    assert "From the beginning" in second


def test_mistakes_stand_at_their_fields_and_what_was_typed_stays(site: Site):
    client = browser(site, "zhang-min")
    page = send(
        client,
        "/records/contracts/CT-2025-031",
        page="/records/contracts/CT-2025-031",
        name="",
        name_zh="钢板",
        supplier_id="baoshan-steel",
        amount="a lot",
        valid_until="2027-12-31",
    )
    assert page.status_code == 422
    assert re.search(r'name="amount" value="a lot"[^>]*aria-invalid="true" aria-describedby="e-amount"', page.text)
    assert re.search(r'id="e-amount">This is not an amount', page.text)
    assert "2 things are not right yet: Name : Please fill this in." in text_of(page.text)


def test_an_id_that_is_taken_is_refused_at_its_field(site: Site):
    client = browser(site, "zhang-min")
    page = send(client, "/records/suppliers", page="/records/suppliers/new", id="baoshan-steel", name="Another", active="1")
    assert (page.status_code, 'id="e-id">There is a record with this id already.' in page.text) == (422, True)
    assert "Baoshan Steel" in client.get("/records/suppliers/baoshan-steel").text


def test_what_finance_has_confirmed_is_shown_as_locked_and_a_page_from_before_cannot_change_it(site: Site):
    client = browser(site, "zhang-min")
    confirmed(site, "contracts", "CT-2025-031")
    page = client.get("/records/contracts/CT-2025-031").text
    assert 'name="amount"' not in page
    assert "¥400,000.00 Confirmed by Finance: Liu Fang, today" in text_of(page)
    saved = send(client, "/records/contracts/CT-2025-031", page="/records/contracts/CT-2025-031", name="Steel", amount="400,000.00")
    assert saved.status_code == 303
    refused = send(client, "/records/contracts/CT-2025-031", page="/records/contracts/CT-2025-031", name="Steel", amount="500,000.00")
    assert refused.status_code == 422
    assert "Liu Fang of Finance has confirmed: Amount. Only Finance opens it again." in text_of(refused.text)


def test_finance_opens_it_again_with_a_reason(site: Site):
    confirmed(site, "contracts", "CT-2025-031")
    path = "/records/contracts/CT-2025-031"
    client = browser(site, "liu-fang")
    refused = send(client, f"{path}/reopen", page=path, reason=" ")
    assert (refused.status_code, 'id="e-reason">Please say why.' in refused.text) == (422, True)
    assert send(client, f"{path}/reopen", page=path, reason="A new frame").status_code == 303
    assert "Liu Fang , opened it again" in text_of(client.get(path).text)


@pytest.mark.parametrize(("person", "status"), [("zhang-min", 403), ("feng-qi", 403), ("auditor", 403), ("li-qiang", 303)])
def test_only_the_head_and_the_deputy_of_finance_confirm(site: Site, person: str, status: int):
    client = browser(site, person)
    assert send(client, "/records/contracts/CT-2025-031/confirm", page="/records/contracts").status_code == status


@pytest.mark.parametrize("counted", ["NaN", "1e30", "-1", ""])
def test_a_count_that_is_none_is_refused_at_its_field(site: Site, counted: str):
    client = browser(site, "chen-jie")
    page = send(client, "/records/items/pump-32/count", page="/records/items/pump-32", counted=counted, reason="Counted")
    assert (page.status_code, 'id="e-counted"' in page.text) == (422, True)
    assert 'name="reason" value="Counted"' in page.text


def test_who_may_not_edit_reads_texts_and_no_form(site: Site):
    page = browser(site, "chen-jie").get("/records/suppliers/baoshan-steel").text
    assert 'id="record"' not in page
    assert "Bank account 6222 0010 0101 5501" in text_of(page)


def test_a_record_names_the_cases_that_had_to_do_with_it_only_to_who_may_see_them(site: Site):
    number = site.purchase().number or ""
    path = "/records/contracts/CT-2025-031"
    assert browser(site, "zhou-ting").get(path).text.count(f'href="/cases/{number}"') == 2  # among the cases, and at the change
    page = browser(site, "jiang-nan").get(path).text
    assert number not in page
    assert "in a case" in page


def test_changes_are_told_as_people_read_them(site: Site):
    site.purchase()
    client = browser(site, "zhang-min")
    send(
        client,
        "/records/contracts/CT-2025-031",
        page="/records/contracts/CT-2025-031",
        amount="450000",
        valid_until="2030-01-31",
    )
    page = text_of(client.get("/records/contracts/CT-2025-031").text)
    assert "¥400,000.00 → ¥450,000.00" in page
    assert "→ 31 Jan 2030" in page
    assert "¥186,400.00 → ¥353,200.00" in page


def form_of(page: str) -> dict[str, str]:
    """The fields of the form of a record, as a browser would send them back."""
    form = page[page.index('id="record"') :]
    found = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form[: form.index("</form>")]))
    return {name: unescape(value) for name, value in found.items() if name != "csrf_token"}


def test_of_two_people_who_edit_a_record_neither_overwrites_the_other(site: Site):
    zhang, liu = browser(site, "zhang-min"), browser(site, "liu-fang", "zh")
    address = "/records/suppliers/baoshan-steel"
    hers, his = form_of(zhang.get(address).text), form_of(liu.get(address).text)
    send(zhang, address, **{**hers, "city": "Shanghai Baoshan", "phone": "021 1"})
    told = send(liu, address, **{**his, "city": "Wuxi", "contact": "Chen Bo"})
    assert told.status_code == 422
    assert "“Shanghai Baoshan”" in told.text
    again = form_of(told.text)
    assert (again["city"], again["was.city"], again["phone"], again["contact"]) == ("Wuxi", "Shanghai Baoshan", "021 1", "Chen Bo")
    send(liu, address, **again)
    kept = form_of(zhang.get(address).text)
    assert (kept["city"], kept["phone"], kept["contact"]) == ("Wuxi", "021 1", "Chen Bo")


def test_two_people_who_edit_different_fields_are_both_right(site: Site):
    zhang, liu = browser(site, "zhang-min"), browser(site, "liu-fang")
    address = "/records/contracts/CT-2025-031"
    hers, his = form_of(zhang.get(address).text), form_of(liu.get(address).text)
    send(zhang, address, **{**hers, "amount": "500,000.00"})
    assert send(liu, address, **{**his, "name": "Sheets"}).status_code == 303
    kept = form_of(zhang.get(address).text)
    assert (kept["amount"], kept["name"]) == ("500,000.00", "Sheets")
