"""The search of the bar: tasks, cases and records, as far as somebody may see them."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.app.conftest import Site
from tests.app.pages import sign_in


def found(site: Site, person: str, text: str, language: str = "en") -> str:
    client: FlaskClient = site.client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    sign_in(client, person)
    answer = client.get("/search", query_string={"q": text})
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("text", ["hall 3", "Zhou", "周婷", "166,800", "¥166,800.00", "Baoshan", "宝山", "PA-2026"])
def test_a_case_is_found_by_subject_person_amount_partner_and_part_of_its_number(site: Site, text: str):
    number = site.purchase().number or ""
    assert f"/cases/{number}" in found(site, "zhou-ting", text.replace("2026", number[3:7]))


def test_the_name_of_a_partner_is_shown_in_the_language_of_the_page(site: Site):
    site.purchase()
    assert "宝山钢材" in found(site, "zhou-ting", "hall 3", "zh")


def test_a_full_number_opens_its_case(site: Site):
    number = site.purchase().number or ""
    client = site.client()
    sign_in(client, "zhou-ting")
    assert client.get("/search", query_string={"q": number.lower()}).location == f"/cases/{number}"


def test_a_task_stands_where_it_is_to_be_done(site: Site):
    site.purchase()
    assert "/tasks/" in found(site, "wang-lei", "hall 3")
    assert "/tasks/" not in found(site, "zhou-ting", "hall 3")


def test_what_somebody_may_not_see_is_not_found(site: Site):
    number = site.purchase().number or ""
    assert f"/cases/{number}" not in (text := found(site, "jiang-nan", "Steel sheets for hall"))
    assert "It does not exist, or it is not for you to see." in text


def test_records_are_found_by_number_name_and_contact(site: Site):
    assert "/records/contracts/CT-2025-031" in found(site, "zhou-ting", "frame contract")
    assert "/records/suppliers/baoshan-steel" in found(site, "zhou-ting", "钱伟")


def test_an_empty_search_says_what_can_be_found(site: Site):
    assert "What are you looking for?" in found(site, "zhou-ting", "  ")
