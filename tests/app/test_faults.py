"""Why a step could not go on is told in the language of the page: in the timeline, and to who sends a task."""

from __future__ import annotations

import html
import json

import pytest

from engine import Phrase, put_together
from engine.phrases import parts_of, recognised
from tests.app.conftest import Site
from tests.app.pages import send, sign_in
from tests.engine.services.conftest import END, START, model, user_task
from tests.processes.company import ADMIN

FAILING = '<serviceTask id="sum" name="Sum"{attributes} camunda:expression="${{missing + 1}}"/>'
SAID = {"en": "unknown variable 'missing'", "zh": "第 1 行第 3 列：未知变量“missing”"}
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])


def deploy(site: Site, *parts: str) -> None:
    site.services.engine.definitions.deploy(ADMIN, "odd", {"odd.bpmn": model(*parts, key="odd").encode()})


@LANGUAGES
def test_the_timeline_tells_why_a_job_failed(site: Site, language: str):
    deploy(site, START, FAILING.format(attributes=' camunda:asyncBefore="true"'), END, "s > sum", "sum > e")
    case = site.services.engine.instances.start(ADMIN, "odd", {})
    site.company.due()
    client = site.client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    sign_in(client, "admin")
    assert SAID[language] in html.unescape(client.get(f"/cases/{case.id}").text)


@LANGUAGES
def test_who_sends_a_task_is_told_why_it_cannot_go_on(site: Site, language: str):
    task = user_task("a", 'camunda:assignee="zhou-ting"')
    deploy(site, START, task, FAILING.format(attributes=""), END, "s > a", "a > sum", "sum > e")
    case = site.services.engine.instances.start(ADMIN, "odd", {})
    [found] = site.services.engine.tasks.of_case(ADMIN, case.id)
    client = site.client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    sign_in(client, "zhou-ting")
    answer = send(client, f"/tasks/{found.task_id}/complete", page=f"/tasks/{found.task_id}", data=json.dumps({}))
    assert answer.status_code == 500
    assert SAID[language] in html.unescape(answer.text)


def test_a_phrase_is_kept_as_json_and_put_together_again():
    said = Phrase("{first}: {second}", first="a", second=Phrase("there is no '{name}'", name="{b}"))
    again = put_together(str(said), json.loads(json.dumps(parts_of(said))))
    assert isinstance(again, Phrase)
    assert (again, again.template) == ("a: there is no '{b}'", "{first}: {second}")
    assert isinstance(again.values["second"], Phrase)


@pytest.mark.parametrize("parts", [None, "text", {}, {"template": "{a} {b}", "values": {"a": "1"}}])
def test_what_no_longer_fits_together_is_told_as_it_was(parts: object):
    assert put_together("as it was", parts) == "as it was"


def test_an_exception_gives_its_phrase_back():
    assert isinstance(str(ValueError(Phrase("division by zero"))), Phrase)


def test_what_a_library_says_is_recognised_or_quoted():
    known = (Phrase("missing ): {place}"),)
    assert recognised("missing ): (a", known, "“{said}”").values == {"place": "(a"}
    assert recognised("something new", known, "“{said}”") == "“something new”"
