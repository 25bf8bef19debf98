from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.app.conftest import Site
from tests.app.pages import send, sign_in


@pytest.fixture
def auditor(client: FlaskClient) -> FlaskClient:
    """The auditor at a browser."""
    sign_in(client, "auditor")
    return client


def a_case(site: Site) -> str:
    """A case of its own, started by somebody else."""
    return site.purchase().number or ""


def test_the_auditor_begins_with_all_cases(site: Site, auditor: FlaskClient):
    number = a_case(site)
    page = auditor.get("/", follow_redirects=True)
    assert page.request.path == "/audit"
    assert number in page.text


def test_the_page_says_that_the_whole_history_is_whole(site: Site, auditor: FlaskClient):
    a_case(site)
    page = send(auditor, "/audit/verify", page="/audit")
    assert (page.status_code, "The history is whole" in page.text, "There are no seals yet" in page.text) == (200, True, True)


def test_the_page_says_when_the_last_seal_was_made(site: Site, auditor: FlaskClient):
    a_case(site)
    site.services.engine.seals.run_due()
    page = send(auditor, "/audit/verify", page="/audit")
    assert "The last of 1 seals was made today" in page.text


def test_a_row_that_was_altered_is_named_with_its_case(site: Site, auditor: FlaskClient):
    number = a_case(site)
    with site.services.database.begin() as connection:
        connection.execute(text("update history_entry set actor = 'wang-lei' where actor = 'zhou-ting'"))
    page = send(auditor, "/audit/verify", page="/audit")
    assert "The history is not whole" in page.text
    assert re.search(rf">{number}</a>.*?this entry is not what was written here", page.text, re.DOTALL)
    of_the_case = send(auditor, f"/cases/{number}/verify", page=f"/cases/{number}")
    assert "entry 1: this entry is not what was written here" in of_the_case.text


def test_a_case_can_be_verified_by_itself(site: Site, auditor: FlaskClient):
    number = a_case(site)
    assert "entries checked: whole" in send(auditor, f"/cases/{number}/verify", page=f"/cases/{number}").text


def test_the_language_can_be_changed_on_a_page_that_answers_a_form(site: Site, auditor: FlaskClient):
    number = a_case(site)
    for path, page in (("/audit/verify", "/audit"), (f"/cases/{number}/verify", f"/cases/{number}")):
        answer = send(auditor, path, page=page)
        assert f'name="next" value="{page}"' in answer.text


def test_others_do_not_see_the_page_and_do_not_verify(client: FlaskClient):
    sign_in(client, "zhou-ting")
    assert client.get("/audit").status_code == 403
    assert send(client, "/audit/verify", page="/inbox").status_code == 403
