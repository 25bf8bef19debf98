"""The start form: sent twice, also from two tabs, it makes one case and shows it; what was typed is never lost."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.records.handlers import HANDLERS
from engine import SYSTEM, CaseFilter, HandlerResult, StepContext
from tests.app.conftest import Site
from tests.app.pages import sign_in, token_in
from tests.processes.company import request

PAGE = "/start/purchase-approval"


@pytest.fixture
def requester(client: FlaskClient) -> FlaskClient:
    sign_in(client, "zhou-ting")
    return client


def opened(client: FlaskClient) -> str:
    """The page with the form, as one tab shows it."""
    return client.get(PAGE).text


def sent(client: FlaskClient, page: str, **changes: object) -> TestResponse:
    once = re.search(r'name="once" value="([^"]*)"', page)
    assert once
    data = json.dumps({**request(amount=700), "needed_by": "2099-12-04", **changes})
    return client.post(PAGE, data={"csrf_token": token_in(page), "once": html.unescape(once[1]), "data": data})


def cases(site: Site) -> int:
    return site.services.engine.instances.page(site.services.actor("zhou-ting"), CaseFilter(started_by="zhou-ting")).total


def kept(site: Site) -> Mapping[str, object] | None:
    return site.services.engine.tasks.draft(site.services.actor("zhou-ting"), "start/purchase-approval")


def test_a_form_that_is_sent_twice_makes_one_case_and_shows_it(site: Site, requester: FlaskClient):
    page = opened(requester)
    first, second = sent(requester, page), sent(requester, page)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert cases(site) == 1
    assert "Sent as PA-" in requester.get(second.location).text


def test_so_does_one_that_is_sent_from_two_tabs(site: Site, requester: FlaskClient):
    tabs = [opened(requester), opened(requester)]
    assert {sent(requester, tab).location for tab in tabs} == {sent(requester, tabs[0]).location}
    assert cases(site) == 1
    assert not kept(site)


def test_what_the_second_tab_held_besides_is_kept_for_the_next_form(site: Site, requester: FlaskClient):
    tabs = [opened(requester), opened(requester)]
    first = sent(requester, tabs[0])
    second = sent(requester, tabs[1], title="Something else")
    assert second.location == first.location
    assert cases(site) == 1
    assert "This form was sent already, as PA-" in requester.get(second.location).text
    assert (kept(site) or {})["title"] == "Something else"
    third = sent(requester, opened(requester), title="Something else")
    assert third.status_code == 303
    assert third.location != first.location
    assert cases(site) == 2
    assert not kept(site)


def test_a_form_that_is_refused_keeps_what_was_typed_and_may_be_sent_again(site: Site, requester: FlaskClient):
    page = opened(requester)
    refused = sent(requester, page, title="")
    assert refused.status_code == 422
    assert (kept(site) or {})["supplier"] == "baoshan-steel"
    assert sent(requester, refused.text).status_code == 303
    assert cases(site) == 1


class TestFailures:
    """A failure in a person's request rolls everything back, names the place, and keeps the input."""

    @pytest.fixture
    def broken(self, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
        monkeypatch.setitem(HANDLERS, "use-contract", request.param)  # type: ignore[arg-type]

    @staticmethod
    def raises(_context: StepContext) -> HandlerResult:
        raise KeyError("price")

    @staticmethod
    def answers_nothing(_context: StepContext) -> HandlerResult:
        return None  # type: ignore[return-value]

    @staticmethod
    def breaks_the_database(context: StepContext) -> HandlerResult:
        context.connection.exec_driver_sql("select * from nowhere")
        return HandlerResult()

    @pytest.mark.parametrize("broken", [raises, answers_nothing], indirect=True)
    def test_a_handler_that_breaks_is_named(self, broken: None, site: Site, requester: FlaskClient):
        answer = sent(requester, opened(requester))
        assert answer.status_code == 500
        assert "the handler use-contract" in html.unescape(answer.text)
        assert cases(site) == 0
        assert (kept(site) or {})["title"] == request()["title"]
        assert "Steel sheets for hall 3" in answer.text

    @pytest.mark.parametrize("broken", [breaks_the_database], indirect=True)
    def test_whatever_else_breaks_the_input_is_kept(self, broken: None, site: Site, requester: FlaskClient):
        assert sent(requester, opened(requester)).status_code == 500
        assert cases(site) == 0
        assert (kept(site) or {})["title"] == request()["title"]
        assert "Steel sheets for hall 3" in opened(requester)


INSIDE = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" '
    'targetNamespace="test"><process id="inside" name="Inside" isExecutable="true"><startEvent id="s"><extensionElements><camunda:formData>'
    '<camunda:formField id="colour" label="Which colour" type="string"><camunda:validation><camunda:constraint name="required"/>'
    "</camunda:validation></camunda:formField></camunda:formData></extensionElements></startEvent>"
    '<userTask id="t" name="Look" camunda:assignee="zhou-ting"><extensionElements><camunda:formData><camunda:formField id="colour" '
    'label="The colour" type="string"/></camunda:formData></extensionElements></userTask><endEvent id="e"/>'
    '<sequenceFlow id="f" sourceRef="s" targetRef="t"/><sequenceFlow id="g" sourceRef="t" targetRef="e"/></process></definitions>'
)


def test_a_form_inside_of_the_model_is_shown_and_taken_like_any_other(site: Site, requester: FlaskClient):
    site.services.engine.definitions.deploy(SYSTEM, "inside", {"inside.bpmn": INSIDE.encode()})
    page = requester.get("/start/inside").text
    assert "Which colour" in page
    once = re.search(r'name="once" value="([^"]*)"', page)
    assert once
    form = {"csrf_token": token_in(page), "once": html.unescape(once[1])}
    refused = requester.post("/start/inside", data={**form, "data": "{}"})
    assert refused.status_code == 422
    begun = requester.post("/start/inside", data={**form, "data": json.dumps({"colour": "green"})})
    assert begun.status_code == 303
    holders = site.services.engine.tasks.of_case(site.services.actor("zhou-ting"), begun.location.rpartition("/")[2])
    shown = requester.get(f"/tasks/{holders[0].task_id}").text
    assert "The colour" in shown
    assert "green" in shown


BEGINS = INSIDE.replace('id="inside"', 'id="begins"').replace(
    '<camunda:formField id="colour" label="The colour" type="string"/>',
    '<camunda:formField id="note" label="Note" type="string" defaultValue="${amount} pieces"/>'
    '<camunda:formField id="seal" label="Seal" type="string" defaultValue="by ${task.name}"><camunda:validation>'
    '<camunda:constraint name="readonly"/></camunda:validation></camunda:formField>',
).replace(
    '<camunda:formField id="colour" label="Which colour"',
    '<camunda:formField id="amount" label="Amount" type="long" defaultValue="${20 + 1}"/>'
    '<camunda:formField id="kind" label="Kind" type="string" defaultValue="of ${amount}"><camunda:validation>'
    '<camunda:constraint name="readonly"/></camunda:validation></camunda:formField><camunda:formField id="colour" label="Which colour"',
)  # fmt: skip


def test_it_begins_with_what_its_defaults_come_to(site: Site, requester: FlaskClient):
    engine, person = site.services.engine, site.services.actor("zhou-ting")
    engine.definitions.deploy(SYSTEM, "begins", {"begins.bpmn": BEGINS.encode()})
    page = requester.get("/start/begins").text
    assert "of 21" in page
    once = re.search(r'name="once" value="([^"]*)"', page)
    assert once
    form = {"csrf_token": token_in(page), "once": html.unescape(once[1])}
    filled = {"amount": 21, "kind": "of 21", "colour": "green"}  # as the viewer sends it
    assert requester.post("/start/begins/preview", data=json.dumps(filled), headers={"X-CSRFToken": token_in(page)}).status_code == 200
    refused = requester.post("/start/begins", data={**form, "data": json.dumps({**filled, "kind": "of 22"})})
    assert refused.status_code == 422
    begun = requester.post("/start/begins", data={**form, "data": json.dumps(filled)})
    assert begun.status_code == 303
    case = engine.instances.get(person, begun.location.rpartition("/")[2]).case.id
    assert engine.instances.stored_variables(person, case) == {
        "amount": ("Long", "21"),
        "kind": ("String", "of 21"),
        "colour": ("String", "green"),
    }
    task = engine.tasks.of_case(person, case)[0].task_id
    shown = requester.get(f"/tasks/{task}").text
    assert "21 pieces" in shown
    assert "by Look" in shown
    engine.tasks.complete(person, task, {"note": "21 pieces", "seal": "by Look"})
    left = engine.instances.stored_variables(person, case)
    assert (left["note"], left["seal"]) == (("String", "21 pieces"), ("String", "by Look"))


def test_a_step_whose_name_is_computed_is_called_by_what_it_came_to(site: Site, requester: FlaskClient):
    engine, person = site.services.engine, site.services.actor("zhou-ting")
    named = INSIDE.replace('id="inside"', 'id="named"').replace('name="Look"', 'name="Look at ${colour}"')
    assert named.count("Look at") == 1
    engine.definitions.deploy(SYSTEM, "named", {"named.bpmn": named.encode()})
    case = engine.instances.start(person, "named", {"colour": "green"}).id
    task = engine.tasks.of_case(person, case)[0].task_id
    for path in (f"/tasks/{task}", f"/cases/{case}", "/inbox"):
        page = requester.get(path).text
        assert "Look at green" in page, path
        assert "${" not in page, path
    engine.tasks.complete(person, task, {})
    told = requester.get(f"/cases/{case}").text
    assert "Look at …" in told
    assert "${" not in told
