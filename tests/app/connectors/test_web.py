"""The connectors `http` and `webhook`: what is sent, what comes back, and that no secret ever does."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from app.config import BadSetting, Settings, from_environment
from app.connectors.registry import connectors
from app.connectors.secrets import BadSecrets, Secret, Secrets, read_secrets
from app.connectors.sending import Sender
from app.connectors.web import Web
from engine import Case, CaseState, ConnectorCall, ConnectorFailed
from tests.app.connectors.conftest import NAME, Receiver
from tests.conftest import FakeClock

pytestmark = pytest.mark.loopback

VALUE = "a-long-and-secret-text"
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
CASE = Case("c1", "c1", None, "order:1:x", "order", "WO-2026-0001", "", None, AT, "mei", "sales", None, CaseState.ACTIVE)


@pytest.fixture
def web(receiver: Receiver, clock: FakeClock) -> Web:
    return Web(Sender(receiver.guard()), Secrets({"billing": Secret(VALUE, frozenset({receiver.host}))}), clock)


def call(web: Web, receiver: Receiver, name: str = "http", path: str = "/orders", **inputs: object) -> object:
    connector = getattr(web, name)()
    assert set(inputs) <= {it.name for it in connector.inputs}
    return connector.call(ConnectorCall("key-1", CASE, "c", {"url": receiver.url + path, **inputs}))


def refused(web: Web, receiver: Receiver, **inputs: object) -> str:
    with pytest.raises(ConnectorFailed) as caught:
        call(web, receiver, **inputs)
    return str(caught.value)


def test_a_request_carries_its_key_and_its_answer_is_exact(web: Web, receiver: Receiver):
    receiver.answer = lambda _asked: (201, {"Content-Type": "application/json; charset=utf-8"}, '{"total": 0.10, "名": ["é"]}'.encode())
    found = call(web, receiver, body={"amount": Decimal("118.50"), "items": [{"item": "灯"}]})
    assert found == {"status": 201, "body": {"total": Decimal("0.10"), "名": ["é"]}}
    (asked,) = receiver.asked
    assert (asked.method, asked.path, asked.headers["idempotency-key"]) == ("POST", "/orders", "key-1")
    assert asked.body.decode() == '{"amount":118.50,"items":[{"item":"灯"}]}'
    assert "authorization" not in asked.headers


def test_without_content_it_asks_and_with_a_method_it_does_what_that_says(web: Web, receiver: Receiver):
    for method in (None, "DELETE", "PUT"):
        call(web, receiver, method=method)
    assert [it.method for it in receiver.asked] == ["GET", "DELETE", "PUT"]
    assert all(it.body == b"" for it in receiver.asked)


def test_what_is_no_json_is_a_text_and_nothing_is_null(web: Web, receiver: Receiver):
    receiver.answer = lambda _asked: (200, {"Content-Type": "text/plain"}, b"queued")
    assert call(web, receiver) == {"status": 200, "body": "queued"}
    receiver.answer = lambda _asked: (204, {"Content-Type": "application/json"}, b"")
    assert call(web, receiver) == {"status": 204, "body": None}
    receiver.answer = lambda _asked: (200, {"Content-Type": "application/json"}, b"<html>")
    assert refused(web, receiver) == "the answer says that it is JSON, and is not"


def test_a_status_that_says_no_is_a_failure_unless_the_model_knows_it(web: Web, receiver: Receiver):
    receiver.answer = lambda _asked: (404, {"Content-Type": "text/plain"}, b"no such order" + b"x" * 999)
    said = refused(web, receiver)
    assert said.startswith("the answer is 404: no such order")
    assert len(said) < 250
    assert call(web, receiver, accept="404, 409")["status"] == 404
    receiver.answer = lambda _asked: (500, {}, b"")
    assert refused(web, receiver, accept="404") == "the answer is 500"
    receiver.answer = lambda _asked: (301, {"Location": "https://elsewhere.example/"}, b"")
    assert refused(web, receiver) == "the answer is 301: a redirect, which is not followed"


def test_a_secret_goes_to_its_own_host_alone_and_never_comes_back(web: Web, receiver: Receiver):
    def echo(asked: object) -> tuple[int, dict[str, str], bytes]:
        token = asked.headers["authorization"]
        return 200, {"Content-Type": "application/json"}, json.dumps({"you": {token: [token]}}).replace("secret", "\\u0073ecret").encode()

    receiver.answer = echo
    assert call(web, receiver, secret="billing") == {"status": 200, "body": {"you": {"Bearer ***": ["Bearer ***"]}}}
    assert receiver.asked[0].headers["authorization"] == f"Bearer {VALUE}"
    receiver.answer = lambda asked: (403, {}, f"not with {asked.headers['authorization']}".encode())
    assert refused(web, receiver, secret="billing") == "the answer is 403: not with Bearer ***"
    elsewhere = replace(web, secrets=Secrets({"billing": Secret(VALUE, frozenset())}))
    assert refused(elsewhere, receiver, secret="billing") == f"the secret 'billing' is not for {NAME}"
    assert "there is no secret named 'other'" in refused(web, receiver, secret="other")
    assert len(receiver.asked) == 2
    assert VALUE not in repr(web)


def test_a_webhook_is_signed_as_standard_webhooks_say(web: Web, receiver: Receiver, clock: FakeClock):
    assert call(web, receiver, "webhook", event="order.shipped", data={"n": Decimal("1.50")}, secret="billing") == {"status": 200}
    (asked,) = receiver.asked
    told = json.loads(asked.body, parse_float=Decimal)
    assert (told["type"], told["data"], told["case"]["number"]) == ("order.shipped", {"n": Decimal("1.50")}, "WO-2026-0001")
    key, moment = asked.headers["webhook-id"], asked.headers["webhook-timestamp"]
    assert (key, int(moment)) == ("key-1", int(clock.now().timestamp()))
    expected = hmac.digest(VALUE.encode(), b".".join((key.encode(), moment.encode(), asked.body)), hashlib.sha256)
    version, _, signature = asked.headers["webhook-signature"].partition(",")
    assert (version, base64.b64decode(signature)) == ("v1", expected)
    assert VALUE.encode() not in asked.body


def test_an_input_that_is_no_text_where_one_is_needed_is_told(web: Web, receiver: Receiver):
    assert refused(web, receiver, url=7) == "the input url must be a text"
    assert refused(web, receiver, accept="any") == "the input accept must be a text"


class TestTheFileOfSecrets:
    def test_each_section_is_a_secret_with_its_hosts(self, tmp_path: Path):
        path = tmp_path / "secrets"
        path.write_text(f"[billing]\nvalue = {VALUE}%(x)s\nhosts = api.example.com, http://erp.example.com:8080\n", "utf-8")
        found = read_secrets(path).known["billing"]
        assert (found.value, len(found.hosts)) == (f"{VALUE}%(x)s", 2)
        assert VALUE not in repr(read_secrets(path))
        assert read_secrets(None).known == {}

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("value = x", "is not in the form"),
            ("[a]\nvalue = short\nhosts = x", "less than eight"),
            (f"[a]\nvalue = {VALUE}", "to whom"),
            (f"[a]\nvalue = {VALUE}\nhosts = ftp://x", "to whom"),
            (f"[a]\nvalue = {VALUE}\n[a]\n", "is not in the form"),
        ],
    )
    def test_one_that_is_wrong_is_told_without_a_value(self, tmp_path: Path, text: str, said: str):
        path = tmp_path / "secrets"
        path.write_text(text, "utf-8")
        with pytest.raises(BadSecrets, match=said) as caught:
            read_secrets(path)
        assert VALUE not in str(caught.value)
        with pytest.raises(BadSetting, match="CROSSDESK_CONNECTOR_SECRETS"):
            connectors(Settings(connector_secrets=path), None)

    def test_one_that_is_not_there_is_told(self, tmp_path: Path):
        with pytest.raises(BadSecrets, match="cannot be read"):
            read_secrets(tmp_path / "nothing")


def test_the_settings_say_who_may_be_called(tmp_path: Path):
    given = {
        "CROSSDESK_CONNECTOR_HOSTS": "api.example.com, http://erp.example.com:8080",
        "CROSSDESK_CONNECTOR_NETWORKS": "10.20.0.0/16,::1",
    }
    settings = from_environment({**given, "CROSSDESK_CONNECTOR_SECONDS": "3", "CROSSDESK_SECRET_KEY": "k"}, tmp_path)
    assert {it.name for it in settings.connector_hosts} == {"api.example.com", "erp.example.com"}
    assert [str(it) for it in settings.connector_networks] == ["10.20.0.0/16", "::1/128"]
    assert settings.connector_seconds == 3
    for name, value in (("HOSTS", "a b"), ("HOSTS", "https://a/b"), ("NETWORKS", "10.0.0.1/8"), ("SECONDS", "61")):
        with pytest.raises(BadSetting, match=f"CROSSDESK_CONNECTOR_{name}"):
            from_environment({f"CROSSDESK_CONNECTOR_{name}": value, "CROSSDESK_SECRET_KEY": "k"}, tmp_path)
    assert from_environment({"CROSSDESK_SECRET_KEY": "k"}, tmp_path).connector_hosts == frozenset()
