from __future__ import annotations

import logging

import pytest
from flask.testing import FlaskClient

from app import create_app
from app.config import Settings
from tests.app.conftest import Site
from tests.app.pages import send, sign_in, token_of


def test_every_answer_carries_the_protective_headers(client: FlaskClient):
    for path in ("/sign-in", "/no-such-page", "/", "/health"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "unsafe-eval" not in headers["Content-Security-Policy"]


def test_scripts_run_only_with_the_nonce_of_their_own_answer(client: FlaskClient):
    first, second = client.get("/sign-in"), client.get("/sign-in")
    nonces = {
        part.split("'nonce-")[1].split("'")[0]
        for part in (first.headers["Content-Security-Policy"], second.headers["Content-Security-Policy"])
    }
    assert len(nonces) == 2
    assert any(f'nonce="{nonce}"' in first.text for nonce in nonces)
    assert first.text.count("<script") == first.text.count('<script type="module" nonce=') == 1


def test_the_cookie_is_kept_from_scripts_and_other_sites(client: FlaskClient):
    cookie = sign_in(client, "zhang-min").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_behind_https_the_cookie_is_secure_and_bound_to_the_host(site: Site):
    site.services.settings = Settings(secret_key="a key", public_url="https://desk.example")
    client = create_app(site.services).test_client()
    answer = client.get("/sign-in", base_url="https://desk.example")
    assert answer.headers["Set-Cookie"].startswith("__Host-crossdesk=")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_a_post_without_its_token_is_refused(client: FlaskClient):
    sign_in(client, "zhang-min")
    for path in ("/sign-in", "/sign-out", "/preferences"):
        assert client.post(path, data={"person": "li-qiang", "password": "demo"}).status_code == 400


def test_a_token_of_another_session_is_refused(site: Site, client: FlaskClient):
    other = site.client()
    other.get("/sign-in")
    sign_in(client, "zhang-min")
    foreign = token_of(other.get("/sign-in"))
    assert client.post("/sign-out", data={"csrf_token": foreign}).status_code == 400


def test_reading_a_page_changes_nothing(client: FlaskClient):
    for path in ("/sign-out", "/preferences"):
        assert client.get(path).status_code in {303, 405}
    sign_in(client, "zhang-min")
    for path in ("/sign-out", "/preferences"):
        assert client.get(path).status_code == 405


def test_the_sample_company_is_not_served_under_a_foreign_host_name(client: FlaskClient):
    assert client.get("/sign-in", headers={"Host": "rebound.example"}).status_code == 400
    assert client.get("/sign-in", headers={"Host": "127.0.0.1:8080"}).status_code == 200


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "'; drop table session; --"])
def test_what_people_type_comes_out_escaped(client: FlaskClient, text: str):
    answer = sign_in(client, text, "wrong")
    assert answer.status_code == 401
    assert text not in answer.text or "<" not in text
    assert "49" not in answer.text.split("value=")[-1]


def test_refusals_are_logged_on_one_line(client: FlaskClient, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.WARNING, logger="crossdesk.security"):
        client.post("/sign-out%0aforged line", data={})
        sign_in(client, "zhang-min", "wrong")
    assert any("401" in record.getMessage() for record in caplog.records)
    assert not any("\n" in record.getMessage() for record in caplog.records)


def test_a_request_that_is_too_large_is_refused(client: FlaskClient):
    answer = client.post("/sign-in", data={"person": "x" * 7_000_000})
    assert answer.status_code == 413


def test_preferences_take_only_known_values(client: FlaskClient):
    assert send(client, "/preferences", language="en", next="/sign-in").location == "/sign-in"
    assert 'lang="en"' in client.get("/sign-in").text
    assert send(client, "/preferences", theme="dark").status_code == 303
    assert 'data-theme="dark"' in client.get("/sign-in").text
    assert send(client, "/preferences", language="xx").status_code == 400
