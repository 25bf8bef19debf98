from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.app.conftest import Site
from tests.app.pages import send, sign_in
from tests.app.records.test_pages import browser
from tests.processes.company import request


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


def looks(site: Site, number: str) -> list[str]:
    """The looks that stand in the history of a case, oldest first."""
    case = site.services.engine.instances.get(site.services.actor("admin"), number).case
    return [fields["part"] for name, fields in site.company.told(case) if name == "CaseRead"]


def test_each_look_of_an_auditor_is_written_down_whichever_way_it_comes(site: Site, auditor: FlaskClient):
    case = site.purchase()
    number, task = case.number or "", site.company.task(case, "head_approves")
    auditor.get(f"/cases/{number}")
    auditor.get(f"/cases/{number}", headers={"HX-Request": "true"})
    assert auditor.get(f"/tasks/{task.task_id}").status_code == 200
    assert auditor.get(f"/tasks/{task.task_id}", headers={"HX-Request": "true", "HX-Target": "detail"}).status_code == 200
    send(auditor, f"/cases/{number}/verify", page="/audit")
    assert looks(site, number) == ["page", "page", "task", "task", "verification"]
    assert "Sun Yue looked at it" in auditor.get(f"/cases/{number}").text


@pytest.mark.parametrize(("language", "said"), [("en", "Sun Yue looked at it 3 times"), ("zh", "孙悦查看了 3 次")])
def test_looks_that_follow_one_another_are_one_line_that_opens_and_the_history_keeps_each(site: Site, language: str, said: str):
    case = site.purchase()
    site.company.do("wang-lei", case, "head_approves", "return", "Too much")
    auditor = site.client()
    auditor.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    sign_in(auditor, "auditor")
    for _ in range(3):
        auditor.get(f"/cases/{case.number}")
    page = auditor.get(f"/cases/{case.number}").text
    assert page.count("looked at it" if language == "en" else "查看了") == 1
    assert said in page
    [times] = re.findall(r'<details class="entry-times">.*?</details>', page, re.DOTALL)
    assert times.count("<time") == 3
    assert looks(site, case.number or "") == ["page"] * 4  # the last is the one that was just looked at


def test_looks_with_something_between_them_stay_apart(site: Site, auditor: FlaskClient):
    case = site.purchase()
    auditor.get(f"/cases/{case.number}")
    site.company.do("wang-lei", case, "head_approves", "return", "Too much")
    auditor.get(f"/cases/{case.number}")
    page = auditor.get(f"/cases/{case.number}").text
    assert page.count("Sun Yue looked at it") == 2
    assert "looked at it 2 times" not in page


def test_the_looks_of_others_are_not_written_down(site: Site):
    number = a_case(site)
    client = site.client()
    sign_in(client, "zhou-ting")
    assert client.get(f"/cases/{number}").status_code == 200
    assert looks(site, number) == []


def test_the_auditor_sees_the_data_before_and_after(site: Site, auditor: FlaskClient):
    case = site.purchase()
    site.company.do("wang-lei", case, "head_approves", "return", "Too much")
    amended = {**request(title="Steel for hall 3"), "needed_by": site.company.values(case)["needed_by"]}
    site.company.do("zhou-ting", case, "revise_request", "resubmit", **amended)
    page = auditor.get(f"/cases/{case.number}").text
    assert re.search(r"<del>Steel sheets for hall 3</del>.*?<ins>Steel for hall 3</ins>", page, re.DOTALL)


def test_the_auditor_changes_nothing(site: Site, auditor: FlaskClient):
    case = site.purchase()
    task = site.company.task(case, "head_approves")
    assert send(auditor, f"/cases/{case.number}/cancel", page="/audit", reason="x").status_code == 403
    assert send(auditor, f"/tasks/{task.task_id}/claim", page="/audit").status_code == 403
    assert send(auditor, "/records/suppliers/baoshan-steel", page="/audit", name="X").status_code == 403
    assert send(auditor, "/records/items/pump-32/count", page="/audit", counted="1", reason="x").status_code == 403


def test_what_administrators_removed_is_listed_and_accuses_nobody(site: Site, auditor: FlaskClient):
    engine, admin = site.services.engine, site.services.actor("admin")
    case = site.purchase()
    engine.instances.cancel(admin, case.id, "ordered twice")
    engine.retention.set_time_to_live(admin, case.definition_id, 0)
    engine.retention.clean_up(admin)
    assert "Past cases that were kept long enough" in browser(site, "admin").get("/administration/jobs").text
    while engine.retention.cleanup_job(admin):
        engine.jobs.run_due()
    page = send(auditor, "/audit/verify", page="/audit").text
    assert "The history is whole" in page
    assert re.search(r"<li>(One case|\d+ cases), deleted by .*: they had been kept for as long as their version says", page)
    assert case.number not in auditor.get("/audit").text
