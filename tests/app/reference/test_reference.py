"""The pages of the REST interface: every call stands there, with what it takes, answers and an example."""

from __future__ import annotations

import html
import re
import shlex

import pytest
from flask.testing import FlaskClient

from app.api.document import document_of
from tests.app.conftest import Site
from tests.app.records.test_pages import browser, text_of


@pytest.fixture
def sue(site: Site) -> FlaskClient:
    return browser(site, "zhou-ting")


def test_who_is_not_signed_in_is_asked_to(client: FlaskClient):
    assert client.get("/api").status_code == 303
    assert client.get("/api/download").status_code == 303


def test_every_call_stands_on_the_first_page_and_on_that_of_its_resource(site: Site, sue: FlaskClient):
    document, index = document_of(site.app), sue.get("/api").text
    pages = {name: sue.get(f"/api/{name}").text for name in {path.split("/")[1] for path in document["paths"]}}
    for path, methods in document["paths"].items():
        for method, it in methods.items():
            assert f'#{it["operationId"]}"' in index
            section = pages[it["tags"][0]].split(f'id="{it["operationId"]}"')[1].split("</section>")[0]
            assert f"/engine-rest{path}" in section
            assert method.upper() in section
            for name in (parameter["name"] for parameter in it["parameters"]):
                assert name in section, (path, name)


def test_examples_are_commands_that_a_shell_reads(site: Site, sue: FlaskClient):
    examples = [
        html.unescape(it)
        for name in ("task", "external-task", "message", "deployment")
        for it in re.findall(r"<code>(.*?)</code>", sue.get(f"/api/{name}").text)
    ]
    assert len(examples) > 40
    for it in examples:
        command = shlex.split(it)
        assert (command[0], command[-1].startswith("http://localhost/engine-rest/")) == ("curl", True), it


def test_every_link_to_a_shape_leads_somewhere(sue: FlaskClient):
    known = set(re.findall(r'<section class="call" id="(\w+)"', sue.get("/api/shapes").text))
    linked = {
        name
        for page in ("task", "history", "job", "shapes")
        for name in re.findall(r'href="/api/shapes#(\w+)"', sue.get(f"/api/{page}").text)
    }
    assert linked
    assert linked - known == set()


def test_the_document_is_taken_away_as_a_file(site: Site, sue: FlaskClient):
    answer = sue.get("/api/download")
    assert answer.json == document_of(site.app)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="openapi.json"'


def test_what_is_no_resource_is_not_found(sue: FlaskClient):
    assert sue.get("/api/nothing").status_code == 404


def test_it_is_told_in_both_languages(site: Site, sue: FlaskClient):
    assert "Open user tasks by filters." in text_of(sue.get("/api/task").text)
    assert "按条件列出未办的用户任务。" in text_of(browser(site, "zhou-ting", "zh").get("/api/task").text)
