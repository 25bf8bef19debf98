"""API tokens on pages: made with the password and shown once, revoked by their people and by administrators."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.auth.tables import api_token
from app.auth.tokens import MOST_TOKENS
from tests.app.conftest import Site
from tests.app.pages import send
from tests.app.records.test_pages import browser, text_of

TOKEN = re.compile(r"crossdesk_[\w-]{43}")


@pytest.fixture
def zhang(site: Site) -> FlaskClient:
    return browser(site, "zhang-min")


def make(client: FlaskClient, name: str = "nightly import", **fields: str):
    return send(client, "/account/tokens", page="/account/new-token", **{"name": name, "scope": "read", "password": "demo", **fields})


def made(client: FlaskClient, **fields: str) -> str:
    answer = make(client, **fields)
    assert answer.status_code == 200
    [token] = set(TOKEN.findall(answer.text))
    return token


def call(site: Site, token: str) -> int:
    return site.app.test_client().get("/engine-rest/task/count", headers={"Authorization": f"Bearer {token}"}).status_code


def ids(site: Site) -> list[str]:
    with site.services.database.read() as connection:
        return list(connection.scalars(select(api_token.c.id).order_by(api_token.c.created_at)))


def test_a_token_is_shown_once_opens_the_interface_and_only_its_hash_is_stored(site: Site, zhang: FlaskClient):
    token = made(zhang)
    assert call(site, token) == 200
    page = zhang.get("/account").text
    assert token not in page
    assert "nightly import" in text_of(page)
    with site.services.database.read() as connection:
        assert token not in repr(connection.execute(select(api_token)).all())


def test_it_is_made_with_the_present_password_only(site: Site, zhang: FlaskClient):
    answer = make(zhang, password="wrong")
    assert answer.status_code == 422
    assert "This is not your present password" in answer.text
    assert 'value="nightly import"' in answer.text
    assert ids(site) == []
    for _ in range(4):
        make(zhang, password="wrong")
    assert make(zhang).status_code == 429


@pytest.mark.parametrize(
    ("fields", "days", "scope"),
    [
        ({}, 90, "read"),
        ({"days": "365"}, 365, "read"),
        ({"days": "9999"}, 90, "read"),
        ({"scope": "everything"}, 90, "read"),
        ({"scope": "work"}, 90, "work"),
    ],
)
def test_it_lasts_ninety_days_where_nothing_else_is_chosen_and_never_more_than_a_year(
    site: Site, zhang: FlaskClient, fields: dict[str, str], days: int, scope: str
):
    made(zhang, **fields)
    [token] = site.services.tokens.of_person("zhang-min")
    assert (token.expires - token.made).days == days
    assert token.scope.value == scope


def test_a_token_has_a_name_and_nobody_has_too_many(site: Site, zhang: FlaskClient):
    assert make(zhang, name="  ").status_code == 422
    for number in range(MOST_TOKENS):
        made(zhang, name=f"number {number}")
    answer = make(zhang, name="one more")
    assert answer.status_code == 422
    assert f"You have {MOST_TOKENS} tokens already" in answer.text
    assert len(ids(site)) == MOST_TOKENS


def test_one_revokes_ones_own_at_once_and_nobody_elses(site: Site, zhang: FlaskClient):
    token = made(zhang)
    [token_id] = ids(site)
    li = browser(site, "li-qiang")
    assert send(li, f"/account/tokens/{token_id}/revoke", page="/account").status_code == 404
    assert call(site, token) == 200
    assert send(zhang, f"/account/tokens/{token_id}/revoke", page="/account").status_code == 303
    assert call(site, token) == 401
    assert send(zhang, f"/account/tokens/{token_id}/revoke", page="/account").status_code == 404


def test_the_administrator_sees_and_revokes_those_of_everybody_and_the_person_is_told(site: Site, zhang: FlaskClient):
    token = made(zhang)
    admin = browser(site, "admin")
    assert "Has one token." in text_of(admin.get("/administration/people/zhang-min").text)
    for page in ("/administration/tokens", "/administration/tokens?person=zhang-min"):
        assert "nightly import" in text_of(admin.get(page).text)
    assert "nightly import" not in admin.get("/administration/tokens?person=li-qiang").text
    [token_id] = ids(site)
    path = f"/administration/people/zhang-min/tokens/{token_id}/revoke"
    assert send(admin, path, page="/administration/tokens").status_code == 303
    assert call(site, token) == 401
    site.services.engine.notices.deliver()
    told = text_of(zhang.get("/notices").text)
    assert "Xu Fang revoked your API token: nightly import" in told
    assert "You have a new API token: nightly import" in told


@pytest.mark.parametrize("person", ["zhou-ting", "analyst", "auditor"])
def test_nobody_else_sees_or_revokes_the_tokens_of_others(site: Site, zhang: FlaskClient, person: str):
    token = made(zhang)
    [token_id] = ids(site)
    other = browser(site, person)
    assert other.get("/administration/tokens").status_code == 403
    assert send(other, f"/administration/people/zhang-min/tokens/{token_id}/revoke", page="/account").status_code == 403
    assert call(site, token) == 200


def test_making_and_revoking_stand_in_the_history_with_who_did_it(site: Site, zhang: FlaskClient):
    made(zhang, scope="write")
    [token_id] = ids(site)
    admin = browser(site, "admin")
    send(admin, f"/administration/people/zhang-min/tokens/{token_id}/revoke", page="/administration/tokens")
    past = site.services.engine.organisation.past(site.services.actor("admin"), limit=2).entries
    assert [(it.actor, it.changes[0].id, dict(it.changes[0].change)) for it in past] == [
        ("admin", "zhang-min", {"token": "nightly import", "revoked": True}),
        ("zhang-min", "zhang-min", {"token": "nightly import", "scope": "write", "made": True}),
    ]
    page = text_of(admin.get("/administration/changes").text)
    for said in ("new API token", "API token revoked", "nightly import", "Read and write"):
        assert said in page


def test_what_a_person_calls_a_token_comes_out_escaped(zhang: FlaskClient):
    made(zhang, name="<script>alert(1)</script>")
    assert "<script>alert" not in zhang.get("/account").text
    assert html.escape("<script>alert(1)</script>") in zhang.get("/account").text


def test_pages_are_in_both_languages(site: Site):
    chinese = browser(site, "zhang-min", "zh")
    assert "API 令牌" in text_of(chinese.get("/account").text)
    assert "只读" in text_of(chinese.get("/account/new-token").text)
