"""One's own account: who one is, a new password, and signing out elsewhere."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from app.auth import passwords
from tests.app.conftest import Site
from tests.app.pages import send, sign_in
from tests.app.records.test_pages import browser, text_of

NEW = "seventeen grey herons"


@pytest.fixture
def zhang(site: Site) -> FlaskClient:
    return browser(site, "zhang-min")


def change(client: FlaskClient, present: str = "demo", new: str = NEW, again: str | None = None):
    return send(client, "/account/password", page="/account", present=present, new=new, again=new if again is None else again)


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def test_it_says_who_one_is_with_departments_roles_rights_superior_and_language(site: Site, zhang: FlaskClient):
    page = text_of(zhang.get("/account").text)
    for said in ("Zhang Min", "zhang-min", "Purchasing: Buyer", "Zhao Min", "Language of e-mails"):
        assert said in page, said
    assert "Audit" in text_of(browser(site, "auditor").get("/account").text)
    assert "采购部：采购员" in text_of(browser(site, "zhang-min", "zh").get("/account").text)


def test_the_person_menu_leads_there(zhang: FlaskClient):
    assert 'href="/account"' in zhang.get("/inbox").text


def test_who_knows_the_present_password_gets_a_new_one_and_all_other_sessions_end(site: Site, zhang: FlaskClient):
    elsewhere, somebody_else = browser(site, "zhang-min"), browser(site, "li-qiang")
    copy = site.client()
    copy.set_cookie("crossdesk", zhang.get_cookie("crossdesk").value)
    answer = change(zhang)
    assert (answer.status_code, answer.location) == (303, "/account")
    page = text_of(zhang.get("/account").text)
    assert "You have a new password." in page
    assert (is_in(zhang), is_in(somebody_else)) == (True, True)
    assert (is_in(elsewhere), is_in(copy)) == (False, False), "a cookie that was copied before opens nothing either"
    assert sign_in(site.client(), "zhang-min").status_code == 401
    assert sign_in(site.client(), "zhang-min", NEW).status_code == 303
    assert zhang.get("/inbox").status_code == 200


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"present": "wrong"}, "This is not your present password"),
        ({"new": "short"}, "12 to 128 characters"),
        ({"new": "x" * 129}, "12 to 128 characters"),
        ({"new": "my zhang-min password"}, "without the user name"),
        ({"new": "aaaaaaaaaaaabbb"}, "of at least five different ones"),
        ({"again": f"{NEW}!"}, "This is not the same as the new password"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_was_changed(site: Site, zhang: FlaskClient, fields: dict[str, str], said: str):
    answer = change(zhang, **fields)
    assert answer.status_code == 422
    [told] = re.findall(r'<p class="field-error"[^>]*>([^<]*)</p>', answer.text)
    assert said in told
    assert NEW not in answer.text
    assert sign_in(site.client(), "zhang-min").status_code == 303


def test_the_present_password_is_no_new_one(site: Site, zhang: FlaskClient):
    change(zhang)
    answer = change(zhang, present=NEW)
    assert (answer.status_code, "This is your present password" in answer.text) == (422, True)


def test_wrong_passwords_are_counted_with_those_of_signing_in(site: Site, zhang: FlaskClient):
    assert [change(zhang, present="wrong").status_code for _ in range(6)] == [422] * 5 + [429]
    assert change(zhang).status_code == 429, "the right one, too"
    assert sign_in(site.client(), "zhang-min").status_code == 429
    assert change(browser(site, "li-qiang")).status_code == 303, "others are not locked out"


def test_the_history_says_that_it_was_done_and_the_person_is_told(site: Site, zhang: FlaskClient):
    change(zhang)
    engine, admin = site.services.engine, site.services.actor("admin")
    [entry] = engine.organisation.past(admin, limit=1).entries
    assert (entry.actor, [(it.id, dict(it.change)) for it in entry.changes]) == ("zhang-min", [("zhang-min", {"password": True})])
    assert NEW not in str(entry)
    engine.notices.deliver()
    page = text_of(zhang.get("/notices").text)
    assert "If that was not you, tell an administrator at once." in page
    assert 'href="/account"' in zhang.get("/notices").text
    assert not engine.history.verify(admin).findings


def test_who_gets_a_password_from_an_administrator_is_told_by_whom(site: Site):
    admin = browser(site, "admin")
    path = "/administration/people/zhang-min/password"
    assert send(admin, path, page=path, way="typed", password=NEW).status_code == 303
    site.services.engine.notices.deliver()
    client = site.client()
    sign_in(client, "zhang-min", NEW)
    assert "gave you a new password" in text_of(client.get("/notices").text)


def test_the_auditor_has_a_door_of_their_own(site: Site):
    auditor = browser(site, "auditor")
    assert change(auditor).status_code == 303
    assert sign_in(site.client(), "auditor", NEW).status_code == 303


def test_sessions_elsewhere_are_listed_and_ended_one_by_one_or_all(site: Site, zhang: FlaskClient):
    others = []
    for _ in range(3):
        site.real_clock.move(seconds=60)
        others.append(browser(site, "zhang-min"))
    ends = re.findall(r'action="(/account/sessions/[^/"]+/end)"', zhang.get("/account").text)
    assert len(ends) == 3, "not this one"
    assert send(browser(site, "li-qiang"), ends[0], page="/account").status_code == 303
    assert [is_in(it) for it in others] == [True] * 3, "a session of somebody else's stays"
    assert send(zhang, ends[0], page="/account").status_code == 303
    assert [is_in(it) for it in others] == [True, True, False], "the newest stands first"
    assert send(zhang, "/account/sessions/end-others", page="/account").status_code == 303
    assert ([is_in(it) for it in others], is_in(zhang)) == ([False] * 3, True)


def test_what_has_timed_out_is_no_session(site: Site, zhang: FlaskClient):
    site.real_clock.move(seconds=site.services.settings.session_idle + 1)
    fresh = browser(site, "zhang-min")
    assert len(site.services.doors.sessions_of("zhang-min")) == 1
    assert "Sign out there" not in fresh.get("/account").text


def test_strangers_are_asked_to_sign_in_and_a_form_without_its_token_changes_nothing(site: Site, zhang: FlaskClient):
    assert site.client().get("/account").location == "/sign-in?next=/account"
    fields = {"present": "demo", "new": NEW, "again": NEW}
    assert zhang.post("/account/password", data=fields).status_code == 400
    assert passwords.matches(site.services.doors.stored_hash("zhang-min")[0], "demo")
