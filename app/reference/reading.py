"""The calls of the document, as the pages show them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import current_app

from app.api.blueprint import JSON, PREFIX
from app.api.document import document_of
from app.reference.shapes import Field, Kind, example_of, fields_of, kind_of
from app.words import gettext

_GOOD: Final = ("200", "204")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call answers when it is done."""

    status: str
    kind: Kind | None


@dataclass(frozen=True, slots=True)
class CallShown:
    """A call as its page shows it."""

    id: str
    method: str
    path: str
    resource: str
    summary: str
    scope: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    media: str  # of the body
    answers: tuple[Answer, ...]
    fails: tuple[str, ...]  # types of errors with the status 500
    example: str


def calls(host: str) -> list[CallShown]:
    """All of them, in the order of the document. `host`: how this server is reached, for the examples."""
    document = document_of(current_app)
    named = document["components"]["schemas"]
    return [_shown(path, method.upper(), it, named, host) for path, methods in document["paths"].items() for method, it in methods.items()]


def shapes() -> list[tuple[str, tuple[Field, ...], Kind]]:
    """The shapes that have names, with their fields, or with what they are where they are no records."""
    named: Mapping[str, Mapping[str, Any]] = document_of(current_app)["components"]["schemas"]
    return [(name, tuple(fields_of(it)), kind_of(it)) for name, it in named.items()]


def resources(found: Iterable[CallShown]) -> dict[str, list[CallShown]]:
    """The calls by what they are about."""
    by: dict[str, list[CallShown]] = {}
    for it in found:
        by.setdefault(it.resource, []).append(it)
    return by


def _shown(path: str, method: str, told: Mapping[str, Any], named: Mapping[str, Any], host: str) -> CallShown:
    [(media, body)] = told["requestBody"]["content"].items() if "requestBody" in told else [("", {"schema": {}})]
    answers = [_answer(status, it) for status, it in told["responses"].items() if status in _GOOD]
    failing = told["responses"].get("500", {}).get("content", {}).get(JSON, {}).get("schema", {})
    fails = [name for part in failing.get("allOf", ()) for name in part.get("properties", {}).get("type", {}).get("enum", ())]
    shape = body["schema"]
    shape = named[str(shape["$ref"]).rpartition("/")[2]] if "$ref" in shape else shape
    summary = str(told["summary"])
    return CallShown(
        told["operationId"],
        method,
        f"{PREFIX}{path}",
        told["tags"][0],
        gettext(summary),
        told["x-scope"],
        tuple(Field(it["name"], kind_of(it["schema"]), it["required"]) for it in told["parameters"]),
        tuple(fields_of(shape)),
        media,
        tuple(answers),
        tuple(fails),
        _example(f"{host}{PREFIX}{path}", method, told, media, example_of(shape, named)),
    )


def _answer(status: str, told: Mapping[str, Any]) -> Answer:
    content = list(told.get("content", {}).values())
    return Answer(status, kind_of(content[0]["schema"]) if content else None)


def _example(address: str, method: str, told: Mapping[str, Any], media: str, body: object) -> str:
    """The call as curl makes it, with what it needs."""
    query = "&".join(f"{it['name']}=…" for it in told["parameters"] if it["in"] == "query" and it["required"])
    parts = ["curl -H 'Authorization: Bearer …'"]
    usual = "POST" if media else "GET"
    if method != usual:
        parts.append(f"-X {method}")
    if media == JSON:
        parts.append(f"-H 'Content-Type: {JSON}' -d '{json.dumps(body, ensure_ascii=False)}'")
    elif media:
        parts.append("-F 'deployment-name=…' -F 'data=@model.bpmn'")
    return f"{' '.join(parts)} '{address}{'?' if query else ''}{query}'"
