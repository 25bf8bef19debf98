"""The studio's pages: who may, what is refused, and who was faster."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.bootstrap import shipped_folders
from app.sample.found import FOUNDER, SHIPMENT, deploy_shipped, shipped_files
from tests.app.conftest import Site
from tests.app.pages import send, sign_in, token_of

KEY = "purchase-approval"
NO_DRAFTS: list[dict[str, object]] = [
    {},
    {"xml": "<a/>"},
    {"xml": 1, "basedOn": "x", "version": 0},
    {"xml": "<a/>", "basedOn": "x"},
    {"xml": "<a/>", "basedOn": "x", "version": True},
]
"""What no editor sends."""


@pytest.fixture
def analyst(client: FlaskClient) -> FlaskClient:
    sign_in(client, "analyst")
    return client


def base(site: Site) -> str:
    return site.services.engine.definitions.latest(KEY).row.id


def model(site: Site) -> str:
    return site.services.engine.definitions.xml(base(site)).decode()


def post(client: FlaskClient, path: str, **body: object) -> TestResponse:
    return client.post(f"/studio/{KEY}/{path}", json=body, headers={"X-CSRFToken": token_of(client.get("/processes"))})


def test_a_draft_is_saved_and_opened_again(site: Site, analyst: FlaskClient):
    text = model(site).replace("Place the order", "Order it")
    answer = post(analyst, "draft", xml=text, version=0, basedOn=base(site))
    assert answer.json["version"] == 1
    assert answer.json["message"].startswith("Saved by you")
    assert analyst.get(f"/studio/{KEY}/file").data == text.encode()
    assert "Go on with the draft" in analyst.get(f"/processes/{KEY}").text


def test_the_second_is_told_who_saved(site: Site, analyst: FlaskClient):
    site.services.engine.drafts.save(site.services.actor("admin"), KEY, model(site).encode(), version=0, based_on=base(site))
    answer = post(analyst, "draft", xml=model(site), version=0, basedOn=base(site))
    assert answer.status_code == 409
    assert answer.json["version"] == 1
    assert "saved this draft while you were drawing" in answer.json["message"]
    assert "admin" not in answer.json["message"]  # but by their name
    refused = send(analyst, f"/studio/{KEY}/discard", page=f"/studio/{KEY}", version="7")
    assert refused.status_code == 409
    assert send(analyst, f"/studio/{KEY}/discard", page=f"/studio/{KEY}", version="1").status_code == 303
    assert analyst.get(f"/studio/{KEY}/file").status_code == 404


def test_the_checks_are_told_in_the_language_of_the_page_with_their_elements(site: Site, analyst: FlaskClient):
    text = model(site).replace('camunda:candidateGroups="purchasing"', 'camunda:candidateGroups="unheard-of"', 1)
    problem = post(analyst, "check", xml=text, basedOn=base(site)).json["problems"][0]
    assert (problem["element"], problem["warning"]) == ("purchasing_approves", False)
    assert "unheard-of" in problem["text"]
    assert post(analyst, "check", xml=model(site), basedOn=base(site)).json == {"problems": [], "summary": ""}


@pytest.mark.parametrize("body", NO_DRAFTS)
def test_what_is_not_what_the_editor_sends_is_refused(analyst: FlaskClient, body: dict[str, object]):
    assert post(analyst, "draft", **body).status_code == 400


def test_xml_is_read_safely(site: Site, analyst: FlaskClient):
    bomb = '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><d>&e;</d>'
    answer = post(analyst, "draft", xml=bomb, version=0, basedOn=base(site))
    assert answer.status_code == 422
    assert "DOCTYPE" in answer.json["message"]
    huge = post(analyst, "draft", xml="x" * (6 * 1024 * 1024), version=0, basedOn=base(site))
    assert huge.status_code == 413


@pytest.mark.parametrize("person", ["zhou-ting", "auditor", "wang-lei"])
def test_the_studio_is_for_analysts_and_administrators(site: Site, person: str):
    client = site.client()
    sign_in(client, person)
    headers = {"X-CSRFToken": token_of(client.get("/cases"))}
    body = {"xml": model(site), "version": 0, "basedOn": base(site)}
    assert client.get(f"/studio/{KEY}").status_code == 403
    assert client.get(f"/studio/{KEY}/file").status_code == 403
    assert client.post(f"/studio/{KEY}/draft", json=body, headers=headers).status_code == 403
    assert client.post(f"/studio/{KEY}/check", json=body, headers=headers).status_code == 403
    assert client.post(f"/studio/{KEY}/discard", data={"version": "1"}, headers=headers).status_code == 403
    assert site.services.engine.drafts.all(FOUNDER) == {}


def test_without_the_token_of_a_page_nothing_is_saved(site: Site, analyst: FlaskClient):
    body = {"xml": model(site), "version": 0, "basedOn": base(site)}
    assert analyst.post(f"/studio/{KEY}/draft", json=body).status_code == 400
    assert site.services.engine.drafts.all(FOUNDER) == {}


def test_a_draft_is_published_with_a_reason_and_the_page_of_the_process_tells_it(site: Site, analyst: FlaskClient):
    first = base(site)
    post(analyst, "draft", xml=model(site).replace("Place the order", "Order it"), version=0, basedOn=first)
    page = f"/studio/{KEY}/publish"
    assert "as version 2" in analyst.get(page).text
    seen = {"version": "1", "instead_of": first}
    refused = send(analyst, page, page=page, reason=" ", **seen)
    assert (refused.status_code, "Say why" in refused.text) == (422, True)
    assert send(analyst, page, page=page, reason="Shorter <b>", **{**seen, "instead_of": "x"}).status_code == 409
    assert send(analyst, page, page=page, reason="Shorter <b>", **seen).status_code == 303
    shown = analyst.get(f"/processes/{KEY}").text
    assert "Shorter &lt;b&gt;" in shown
    assert "version 2" in shown
    assert analyst.get(page).status_code == 404  # no draft is left


def test_what_the_checks_refuse_cannot_be_published(site: Site, analyst: FlaskClient):
    text = model(site).replace('camunda:candidateGroups="purchasing"', 'camunda:candidateGroups="unheard-of"', 1)
    post(analyst, "draft", xml=text, version=0, basedOn=base(site))
    page = f"/studio/{KEY}/publish"
    assert "Why is it changed?" not in analyst.get(page).text
    assert send(analyst, page, page=page, reason="r", version="1", instead_of=base(site)).status_code == 422
    assert site.services.engine.definitions.latest(KEY).row.version == 1


def test_the_list_says_what_ships_and_was_held_back(site: Site, analyst: FlaskClient, caplog: pytest.LogCaptureFixture):
    files = shipped_files(shipped_folders())
    older = {**files, f"{KEY}.bpmn": files[f"{KEY}.bpmn"] + b"\n"}
    site.services.engine.definitions.deploy(FOUNDER, SHIPMENT, older, source="shipped")  # as an earlier version had it
    post(analyst, "draft", xml=model(site).replace("Place the order", "Order it"), version=0, basedOn=base(site))
    send(analyst, f"/studio/{KEY}/publish", page=f"/studio/{KEY}/publish", reason="Shorter", version="1", instead_of=base(site))
    assert f"{KEY}.bpmn is new and was not published" in analyst.get("/processes").text
    deploy_shipped(site.services, shipped_folders())
    assert f"{KEY}.bpmn is new and was not deployed: version 3" in caplog.text
    assert site.services.engine.definitions.latest(KEY).row.source == "studio"


def test_a_version_that_is_not_there_is_not_found(analyst: FlaskClient):
    assert analyst.get(f"/studio/{KEY}?version=1").status_code == 200
    assert analyst.get(f"/studio/{KEY}?version=99").status_code == 404


def test_versions_are_compared_by_analysts_and_auditors_and_drafts_by_analysts(site: Site, analyst: FlaskClient):
    post(analyst, "draft", xml=model(site), version=0, basedOn=base(site))
    page = f"/studio/{KEY}/compare"
    assert "The draft" in analyst.get(page).text
    assert analyst.get(f"{page}?one=7").status_code == 404
    assert analyst.get("/studio/nothing/compare").status_code == 404
    for person, status in (("auditor", 200), ("zhou-ting", 403)):
        client = site.client()
        sign_in(client, person)
        shown = client.get(page)
        assert (shown.status_code, "The draft" in shown.text) == (status, False)
        assert client.get(f"{page}?one=draft").status_code in {403, 404}
