"""The pages of decisions: who may, what is refused, who was faster, what is tried, compared, decided again and published."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.decisions.trying import to_feel
from app.sample.found import FOUNDER
from tests.app.conftest import Site
from tests.app.pages import send, sign_in, token_of
from tests.app.studio.test_pages import NO_DRAFTS

KEY = "purchase-approval-level"
PROCESS = "purchase-approval"


@pytest.fixture
def analyst(client: FlaskClient) -> FlaskClient:
    sign_in(client, "analyst")
    return client


def base(site: Site) -> str:
    return site.services.engine.decisions.versions(FOUNDER, KEY)[0].id


def original(site: Site) -> str:
    return site.services.engine.decisions.file(FOUNDER, base(site)).content.decode()


def changed(site: Site) -> str:
    """From 8,000 on a head decides, not from 5,000 on."""
    return original(site).replace("&lt; 5000<", "&lt; 8000<").replace("[5000..50000]", "[8000..50000]")


def post(client: FlaskClient, path: str, key: str = KEY, **body: object) -> TestResponse:
    return client.post(f"/decisions/{key}/{path}", json=body, headers={"X-CSRFToken": token_of(client.get("/processes"))})


def draft(site: Site, client: FlaskClient, xml: str | None = None, version: int = 0) -> TestResponse:
    return post(client, "draft", xml=xml or changed(site), version=version, basedOn=base(site))


def test_decisions_are_listed_with_who_asks_for_them_and_where_a_draft_is(site: Site, analyst: FlaskClient):
    page = analyst.get("/decisions").text
    assert "Purchase approval level" in page
    assert "Order credit" in page
    assert "Saved by you" not in page
    draft(site, analyst)
    assert "Saved by you" in analyst.get("/decisions").text
    assert "/decisions" in analyst.get("/processes").text


def test_a_decision_is_shown_with_its_table_versions_and_bindings_in_both_languages(site: Site, analyst: FlaskClient):
    page = analyst.get(f"/decisions/{KEY}").text
    for said in ("[5000..50000]", "Find the approval level", "the version that was published with the process", "Unique"):
        assert said in page
    send(analyst, "/preferences", page="/inbox", language="zh", next="/inbox")
    page = analyst.get(f"/decisions/{KEY}").text
    for said in ("采购审批级别", "金额", "级别"):
        assert said in page
    assert analyst.get(f"/decisions/{KEY}?version=7").status_code == 404
    assert analyst.get("/decisions/unheard-of").status_code == 404


def test_a_draft_is_saved_and_opened_again(site: Site, analyst: FlaskClient):
    answer = draft(site, analyst)
    assert answer.json["version"] == 1
    assert answer.json["message"].startswith("Saved by you")
    assert analyst.get(f"/decisions/{KEY}/file?of=draft").data.decode() == changed(site)
    assert analyst.get(f"/decisions/{KEY}/file?of=1").data.decode() == original(site)
    assert analyst.get(f"/decisions/{KEY}/file?of=9").status_code == 404
    assert "Go on with the draft" in analyst.get(f"/decisions/{KEY}").text
    page = analyst.get(f"/decisions/{KEY}/edit").text
    assert "of=draft" in page
    assert "[8000..50000]" in page  # the table that a phone shows


def test_the_second_is_told_who_saved_and_sees_both(site: Site, analyst: FlaskClient):
    engine = site.services.engine
    engine.decision_drafts.save(site.services.actor("admin"), KEY, original(site).encode(), version=0, based_on=base(site))
    answer = draft(site, analyst)
    assert (answer.status_code, answer.json["version"]) == (409, 1)
    assert "saved this draft while you were drawing" in answer.json["message"]
    theirs = analyst.get(answer.json["compare"]).data.decode()
    shown = post(analyst, "both", theirs=theirs, mine=changed(site)).json["html"]
    assert "<del>&lt; 5000</del><ins>&lt; 8000</ins>" in shown
    refused = send(analyst, f"/decisions/{KEY}/discard", page=f"/decisions/{KEY}", version="7")
    assert refused.status_code == 409
    assert send(analyst, f"/decisions/{KEY}/discard", page=f"/decisions/{KEY}", version="1").status_code == 303
    assert analyst.get(f"/decisions/{KEY}/file?of=draft").status_code == 404


def test_the_checks_are_told_in_the_language_of_the_page_with_their_elements(site: Site, analyst: FlaskClient):
    wrong = changed(site).replace("[8000..50000]", "[8000..")
    problem = post(analyst, "check", xml=wrong, basedOn=base(site)).json["problems"][0]
    assert (problem["element"], problem["warning"]) == ("purchase-level-head-amount", False)
    assert "rule 2" in problem["text"]
    send(analyst, "/preferences", page="/inbox", language="zh", next="/inbox")
    assert "规则 2" in post(analyst, "check", xml=wrong, basedOn=base(site)).json["problems"][0]["text"]
    assert post(analyst, "check", xml=changed(site), basedOn=base(site)).json == {"problems": [], "summary": ""}


@pytest.mark.parametrize("body", NO_DRAFTS)
def test_what_is_not_what_the_editor_sends_is_refused(analyst: FlaskClient, body: dict[str, object]):
    assert post(analyst, "draft", **body).status_code == 400


def test_xml_is_read_safely(site: Site, analyst: FlaskClient):
    bomb = '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><d>&e;</d>'
    answer = draft(site, analyst, bomb)
    assert answer.status_code == 422
    assert "DOCTYPE" in answer.json["message"]
    assert post(analyst, "try", xml=bomb, basedOn=base(site), values={}).status_code == 200  # it can be tried when it is mended
    assert post(analyst, "both", theirs=bomb, mine=bomb).status_code == 400


@pytest.mark.parametrize("person", ["zhou-ting", "auditor", "wang-lei"])
def test_drafts_are_for_analysts_and_administrators(site: Site, person: str):
    client = site.client()
    sign_in(client, person)
    headers = {"X-CSRFToken": token_of(client.get("/cases"))}
    body = {"xml": changed(site), "version": 0, "basedOn": base(site), "values": {}, "theirs": "<a/>", "mine": "<a/>"}
    for path in ("draft", "check", "try", "both"):
        assert client.post(f"/decisions/{KEY}/{path}", json=body, headers=headers).status_code == 403
    assert client.post(f"/decisions/{KEY}/discard", data={"version": "1"}, headers=headers).status_code == 403
    assert client.post(f"/decisions/{KEY}/publish", data={"version": "1", "reason": "x"}, headers=headers).status_code == 403
    for path in ("edit", "publish", "differently"):
        assert client.get(f"/decisions/{KEY}/{path}").status_code == 403
    looks = [client.get(f"/decisions{path}").status_code for path in ("", f"/{KEY}", f"/{KEY}/file", f"/{KEY}/compare")]
    assert looks == ([200] * 4 if person == "auditor" else [403] * 4)
    assert site.services.engine.decision_drafts.all(FOUNDER) == {}


def test_without_the_token_of_a_page_nothing_is_saved(site: Site, analyst: FlaskClient):
    body = {"xml": changed(site), "version": 0, "basedOn": base(site)}
    assert analyst.post(f"/decisions/{KEY}/draft", json=body).status_code == 400


def tried(site: Site, client: FlaskClient, key: str = KEY, xml: str | None = None, **values: str) -> TestResponse:
    opened = site.services.engine.decisions.versions(FOUNDER, key)[0].id
    text = xml or site.services.engine.decisions.file(FOUNDER, opened).content.decode()
    return post(client, "try", key=key, xml=text, basedOn=opened, values=values, **{"try": True})


def test_the_fields_are_those_that_what_is_drawn_asks_for(site: Site, analyst: FlaskClient):
    answer = post(analyst, "try", xml=changed(site), basedOn=base(site), values={"amount": "7"}).json
    assert 'name="amount"' in answer["fields"]
    assert 'value="7"' in answer["fields"]
    assert "tried" not in answer
    renamed = changed(site).replace("<text>amount</text>", "<text>amount * rate</text>")
    assert 'name="rate"' in post(analyst, "try", xml=renamed, basedOn=base(site), values={}).json["fields"]


def test_what_is_drawn_and_what_is_published_stand_side_by_side_where_they_differ(site: Site, analyst: FlaskClient):
    answer = tried(site, analyst, xml=changed(site), amount="6000").json
    assert answer["rules"] == {KEY: [1]}
    for said in ("As it is drawn", "As it is published", "Nobody (0)", "Department head (1)", "rule 1", "rule 2"):
        assert said in answer["tried"]
    for same in (tried(site, analyst, amount="6000"), tried(site, analyst, xml=changed(site), amount="9000")):
        assert "As it is published" not in same.json["tried"]


def test_values_that_are_no_feel_are_named_at_their_fields(site: Site, analyst: FlaskClient):
    answer = tried(site, analyst, amount="= 1 +")
    assert answer.status_code == 422
    assert "no FEEL" in answer.json["mistakes"]["amount"]
    assert tried(site, analyst, amount="a lot").status_code == 422
    warned = tried(site, analyst, amount="").json["tried"]
    assert "Warning" in warned
    assert post(analyst, "try", xml=changed(site), basedOn=base(site), values=[1]).status_code == 400


def test_a_table_over_several_variables_is_tried(site: Site, analyst: FlaskClient):
    answer = tried(site, analyst, "order-credit", credit_open="100", amount="50", credit_limit="120", credit_overdue="0").json
    assert "Finance decides" in answer["tried"]
    assert answer["rules"] == {"order-credit": [3]}


def test_rules_that_contradict_each_other_are_told(site: Site, analyst: FlaskClient):
    twice = changed(site).replace("[8000..50000]", "[1..50000]")
    assert "UNIQUE" in tried(site, analyst, xml=twice, amount="6").json["tried"]


@pytest.mark.parametrize(
    ("typed", "type_ref", "feel"),
    [
        ("", "string", ""),
        (" 5 ", "number", "5"),
        ("5", "string", '"5"'),
        ('"quoted"', "string", '"quoted"'),
        ("铜", "string", '"铜"'),
        ("= today()", "date", " today()"),
        ("2026-03-02", "date", 'date("2026-03-02")'),
        ("2026-03-02", "", 'date("2026-03-02")'),
        ("2026-03-02", "string", '"2026-03-02"'),
        ("2026-03-02T10:00:00Z", "", 'date and time("2026-03-02T10:00:00Z")'),
        ("10:30:00", "", 'time("10:30:00")'),
        ('{"a": [1]}', "", '{"a": [1]}'),
        ("true", "", "true"),
        ("steel", "", '"steel"'),
        ("a lot", "number", "a lot"),
    ],
)
def test_what_is_typed_becomes_feel(typed: str, type_ref: str, feel: str):
    assert to_feel(typed, type_ref) == feel


def test_two_versions_are_compared_in_words_and_in_one_table(site: Site, analyst: FlaskClient):
    draft(site, analyst)
    page = analyst.get(f"/decisions/{KEY}/compare").text
    assert "Rule 1, Amount" in page
    assert "<del>&lt; 5000</del><ins>&lt; 8000</ins>" in page
    assert "Nothing is different" in analyst.get(f"/decisions/{KEY}/compare?one=1&other=1").text
    assert analyst.get(f"/decisions/{KEY}/compare?one=1&other=9").status_code == 404


def test_cases_that_would_have_been_decided_differently_are_told_to_who_may_see_them(site: Site, analyst: FlaskClient):
    case = site.purchase(amount=6000)
    draft(site, analyst)
    mine = analyst.get(f"/decisions/{KEY}/differently").text
    assert case.number not in mine
    assert "1 case is not for you to see" in mine
    admin = site.client()
    sign_in(admin, "admin")
    page = admin.get(f"/decisions/{KEY}/differently").text
    assert case.number in page
    assert "Department head" in page
    assert "Nobody" in page
    assert "1 differently" in page


def test_without_a_draft_nothing_is_decided_again_and_a_broken_one_says_so(site: Site, analyst: FlaskClient):
    assert analyst.get(f"/decisions/{KEY}/differently").status_code == 404
    assert analyst.get(f"/decisions/{KEY}/publish").status_code == 404
    draft(site, analyst, changed(site).replace("[8000..50000]", "[8000.."))
    assert "This cannot be published yet" in analyst.get(f"/decisions/{KEY}/differently").text
    assert "This cannot be published yet" in analyst.get(f"/decisions/{KEY}/publish").text
    assert 'name="reason"' not in analyst.get(f"/decisions/{KEY}/publish").text


def test_a_draft_is_published_with_a_reason_and_a_new_case_takes_it(site: Site, analyst: FlaskClient):
    first, process = base(site), site.services.engine.definitions.latest(PROCESS).row.id
    draft(site, analyst)
    page = f"/decisions/{KEY}/publish"
    shown = analyst.get(page).text
    assert "as version 2" in shown
    assert process in shown
    seen = {"version": "1", "instead_of": first}
    refused = send(analyst, page, page=page, reason=" ", **seen)
    assert (refused.status_code, "Say why" in refused.text) == (422, True)
    assert send(analyst, page, page=page, reason="Higher <b>", **{**seen, "instead_of": "x"}).status_code == 409
    assert send(analyst, page, page=page, reason="Higher <b>", process=process, **seen).status_code == 303
    assert "Higher &lt;b&gt;" in analyst.get(f"/decisions/{KEY}").text
    case = site.purchase(amount=6000)
    assert site.services.engine.instances.variables(FOUNDER, case.id)["approval_level"] == 0
    assert site.services.engine.definitions.latest(PROCESS).row.version == 2


def test_a_process_that_does_not_go_along_keeps_its_table(site: Site, analyst: FlaskClient):
    draft(site, analyst)
    page = f"/decisions/{KEY}/publish"
    assert send(analyst, page, page=page, reason="For later", version="1", instead_of=base(site)).status_code == 303
    case = site.purchase(amount=6000)
    assert site.services.engine.instances.variables(FOUNDER, case.id)["approval_level"] == 1
