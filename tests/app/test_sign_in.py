from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.auth import passwords
from app.auth.tables import credential, session
from app.sample.company import PEOPLE
from tests.app.conftest import Site
from tests.app.pages import send, sign_in, token_of
from tests.statements import statements


def is_signed_in(client: FlaskClient) -> bool:
    """Whether the sign-in page still knows this browser: the first page sends it on, or back to sign in."""
    answer = client.get("/no-such-page", headers={"Accept-Language": "en"})
    return 'class="menu person"' in answer.text


def test_the_people_of_the_sample_company_stand_on_cards_with_department_and_role(client: FlaskClient):
    page = client.get("/sign-in", headers={"Accept-Language": "en"}).text
    for text in ("Zhang Min", "Purchasing", "Buyer", "He Jing", "General manager"):
        assert text in page


def test_one_click_signs_in(client: FlaskClient):
    answer = sign_in(client, "zhang-min")
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_signed_in(client)


def test_a_page_sends_strangers_to_the_sign_in_page_and_back(client: FlaskClient):
    answer = client.get("/?x=1")
    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=/?x%3D1"
    assert sign_in(client, "zhang-min", next="/?x=1").location == "/?x=1"


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)", "\\\\x"]
)
def test_signing_in_never_leads_to_another_site(client: FlaskClient, target: str):
    assert sign_in(client, "zhang-min", next=target).location == "/"


def test_a_wrong_password_and_an_unknown_person_are_answered_alike(client: FlaskClient):
    wrong, unknown = sign_in(client, "zhang-min", "wrong"), sign_in(client, "nobody", "wrong")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace(token_of(wrong), "").count('role="alert"') == unknown.text.count('role="alert"') == 1


def test_the_sixth_wrong_password_is_answered_with_429_even_if_the_next_is_right(client: FlaskClient):
    assert [sign_in(client, "zhang-min", "wrong").status_code for _ in range(6)] == [401] * 5 + [429]
    assert sign_in(client, "zhang-min").status_code == 429
    assert sign_in(client, "li-qiang").status_code == 303, "others are not locked out"


def test_right_passwords_do_not_count_as_tries(client: FlaskClient):
    assert {sign_in(client, "zhang-min").status_code for _ in range(8)} == {303}


def test_signing_in_makes_a_new_session_and_ends_the_old_one(site: Site, client: FlaskClient):
    sign_in(client, "zhang-min")
    before = client.get_cookie("crossdesk")
    sign_in(client, "zhang-min")
    after = client.get_cookie("crossdesk")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    copy = site.client()
    copy.set_cookie("crossdesk", before.value)
    assert not is_signed_in(copy)
    assert is_signed_in(client)


def test_a_cookie_copied_before_signing_out_opens_nothing(site: Site, client: FlaskClient):
    sign_in(client, "zhang-min")
    cookie = client.get_cookie("crossdesk")
    assert cookie is not None
    copy = site.client()
    copy.set_cookie("crossdesk", cookie.value)
    assert is_signed_in(copy)
    send(client, "/sign-out")
    assert not is_signed_in(client)
    copy.set_cookie("crossdesk", cookie.value)
    assert not is_signed_in(copy)


def test_a_session_without_requests_ends_after_the_idle_time(site: Site, client: FlaskClient):
    sign_in(client, "zhang-min")
    site.real_clock.move(seconds=site.services.settings.session_idle - 1)
    assert is_signed_in(client)
    site.real_clock.move(seconds=site.services.settings.session_idle - 1)
    assert is_signed_in(client), "the request before counts as use"
    site.real_clock.move(seconds=site.services.settings.session_idle + 1)
    assert not is_signed_in(client)


def test_a_session_in_use_ends_after_its_lifetime(site: Site, client: FlaskClient):
    sign_in(client, "zhang-min")
    settings = site.services.settings
    for _ in range(settings.session_lifetime // 3600):
        assert is_signed_in(client)
        site.real_clock.move(seconds=3600)
    site.real_clock.move(seconds=1)
    assert not is_signed_in(client)


def test_a_disabled_person_is_out_at_once_and_cannot_come_back(site: Site, client: FlaskClient):
    sign_in(client, "zhang-min")
    site.disable("zhang-min")
    assert not is_signed_in(client)
    assert sign_in(client, "zhang-min").status_code == 401


def test_a_new_password_ends_all_sessions_of_the_person(site: Site, client: FlaskClient):
    sign_in(client, "zhang-min")
    site.services.doors.set_password("zhang-min", "a long new sentence")
    assert not is_signed_in(client)
    assert sign_in(client, "zhang-min").status_code == 401
    assert sign_in(client, "zhang-min", "a long new sentence").status_code == 303


@pytest.mark.parametrize("password", ["short", "x" * 129, "aaaaaaaaaaaaaaaa", "zhang-min-2026"])
def test_a_weak_password_is_refused(site: Site, password: str):
    with pytest.raises(passwords.WeakPassword):
        site.services.doors.set_password("zhang-min", password)


def test_passwords_are_stored_as_argon2id_with_19_mebibytes_and_two_passes(site: Site):
    site.services.doors.set_password("zhang-min", "a long new sentence")
    with site.services.doors._database.read() as connection:
        stored = connection.scalar(select(credential.c.password_hash).where(credential.c.person_id == "zhang-min"))
    assert stored
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_database_holds_no_token_that_signs_in(site: Site, client: FlaskClient):
    sign_in(client, "zhang-min")
    with client.session_transaction() as cookie:
        token = cookie["token"]
    with site.services.doors._database.read() as connection:
        stored = connection.execute(select(session)).one()
    assert token not in stored
    assert len(stored.token_hash) == 64


def test_a_menu_changes_the_person(client: FlaskClient):
    sign_in(client, "zhang-min")
    page = client.get("/no-such-page", headers={"Accept-Language": "en"})
    assert "Continue as somebody else" in page.text
    answer = send(client, "/sign-in", page="/no-such-page", person="li-qiang", password="demo")
    assert answer.status_code == 303
    assert "Li Qiang" in client.get("/no-such-page", headers={"Accept-Language": "en"}).text.split('class="menu-head"')[1][:40]


def test_without_demo_passwords_there_are_no_cards(site: Site, client: FlaskClient):
    for person in PEOPLE:
        site.services.doors.set_password(person, "a long new sentence")
    page = client.get("/sign-in").text
    assert "person-card" not in page
    assert "zhang-min" not in page


def test_who_sends_a_request_is_asked_by_one_statement(site: Site):
    """The session or the password, and the version of the organisation; who is disabled in this moment is not let in."""
    client = site.client()
    sign_in(client, "zhang-min")
    client.get("/inbox")
    with statements() as asked:
        stored, _ = site.services.doors.stored_hash("zhang-min")
        with site.app.test_request_context(headers={"Cookie": f"crossdesk={client.get_cookie('crossdesk').value}"}):
            visitor = site.services.doors.visitor()
    assert stored
    assert visitor is not None
    assert visitor.person == "zhang-min"
    assert len([text for text in asked if text.startswith("SELECT")]) == 2
    site.services.engine.organisation.set_active(site.services.actor("admin"), "zhang-min", active=False)
    assert site.services.doors.stored_hash("zhang-min")[0] is None
    assert not is_signed_in(client)
