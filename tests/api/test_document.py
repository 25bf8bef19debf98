"""The OpenAPI document says what the routes are, and the routes do what it says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from app.api.blueprint import PREFIX
from app.api.declared import CALLS
from app.api.document import document_of
from tests.api.conftest import Client, Site

UNDECLARED: set[str] = set()
"""Calls that are not declared yet: this list only shrinks."""


def routes(site: Site) -> Iterator[tuple[str, str, str]]:
    """Function, method and path of every call."""
    for rule in site.app.url_map.iter_rules():
        if rule.endpoint.startswith("api."):
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                yield rule.endpoint.removeprefix("api."), method, rule.rule.removeprefix(PREFIX)


def paths(value: object) -> Iterator[str]:
    """Every reference in a document."""
    if isinstance(value, dict):
        for name, it in value.items():
            if name == "$ref":
                yield it
            else:
                yield from paths(it)
    elif isinstance(value, list):
        for it in value:
            yield from paths(it)


def test_the_document_has_each_route_and_method_and_nothing_else(site: Site, admin: Client):
    told = {
        (method.upper(), re.sub(r"\{\w+\}", "{}", path))
        for path, methods in admin.ok("GET", "/openapi.json")["paths"].items()
        for method in methods
    }
    there = {(method, re.sub(r"<\w+>", "{}", path)) for name, method, path in routes(site) if name not in UNDECLARED}
    assert told == there
    assert len(told) > 100


def test_every_declaration_belongs_to_a_call_and_has_a_summary(site: Site):
    names = {name for name, _, _ in routes(site)}
    assert CALLS.keys() - names == set()
    assert UNDECLARED - names == set()
    assert CALLS.keys() & UNDECLARED == set()
    assert [name for name, call in CALLS.items() if not call.summary.endswith(".")] == []


def test_names_of_operations_are_there_once_and_every_reference_leads_somewhere(site: Site):
    document = json.loads(json.dumps(document_of(site.app)))
    names = [it["operationId"] for methods in document["paths"].values() for it in methods.values()]
    assert len(names) == len(set(names))
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    used = set(paths(document))
    assert used == known


def test_who_is_not_known_reads_no_document(site: Site):
    assert site.client(None).get("/openapi.json").status == 401


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/task?assigne=sue", "assigne"),
        ("/job?colour=red", "colour"),
        ("/incident?messageLike=x", "messageLike"),
        ("/job?maxResults=many", "maxResults"),
        ("/job?withException=perhaps", "withException"),
        ("/task/count?sortby=name", "sortby"),
        ("/task/none?x=1", "x"),
    ],
)
def test_a_parameter_that_a_call_does_not_take_or_cannot_read_is_refused_by_name(admin: Client, path: str, names: str):
    answer = admin.get(path)
    assert answer.status == 400
    assert answer.value["type"] == "InvalidRequestException"
    assert f"'{names}'" in answer.value["message"]
