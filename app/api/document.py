"""The interface as an OpenAPI 3.1 document, made of the routes and of what is declared beside them (`app.api.declared`)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from flask import Response, current_app

from app.api.blueprint import JSON, PREFIX, answer, api
from app.api.declared import CALLS, MOST_OF_A_FILTER, PAGING, SORTING, Call, declared, shape_in_body
from app.api.shapes.base import ERROR, NAMED, NEEDED_TEXT, Shape, one_of
from engine import FilterKind

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.routing import Rule

VERSION: Final = "3.1.0"
_PLACE = re.compile(r"<(\w+)>")
_CONDITION: Final = r"^.+_(eq|neq|gt|gteq|lt|lteq|like|notLike)_.*$"
ALWAYS: Final[Mapping[int, str]] = {
    400: "What was sent cannot be read, or does not fit.",
    401: "Who calls is not known.",
    403: "Who calls may not do this.",
    404: "It is not there, or not for the caller.",
    429: "Too many wrong passwords or tokens came from there.",
    503: "The database is away. Try again.",
}
"""What every call may answer when it does not do what it was asked for."""

_NOT_JSON: Final = "What was sent says that it is something else."
_CANNOT: Final = "The engine cannot do it as things stand. Nothing was changed."


_KEY: Final = "crossdesk-openapi"


@api.get("/openapi.json")
@declared(answers={"type": "object"})
def read_document() -> Response:
    """This document."""
    return answer(document_of(current_app))


def document_of(app: Flask) -> dict[str, Any]:
    """The document of an application, made once."""
    found: dict[str, Any] | None = app.extensions.get(_KEY)
    if found is None:
        found = app.extensions[_KEY] = document(app)
    return found


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path."""

    id: str
    path: str  # with {places}, without the prefix
    method: str
    places: tuple[str, ...]
    call: Call

    @property
    def resource(self) -> str:
        """What it is about: the first part of its path."""
        return self.path.split("/")[1]


def operations(app: Flask) -> list[Operation]:
    """All operations of the interface that are declared, by path."""
    found = [it for rule in app.url_map.iter_rules() for it in _operations_of(rule)]
    times = Counter(it.id for it in found)
    found = [replace(it, id=f"{it.id}_{it.path.rpartition('/')[2].strip('{}')}") if times[it.id] > 1 else it for it in found]
    return sorted(found, key=lambda it: (it.resource, it.path, it.method))


def _operations_of(rule: Rule) -> Iterator[Operation]:
    call = CALLS.get(rule.endpoint.removeprefix("api."))
    if call is None or not rule.endpoint.startswith("api."):
        return
    methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    path = _PLACE.sub(lambda it: f"{{{_camel(it[1])}}}", rule.rule.removeprefix(PREFIX))
    of = [str(it) for it in (rule.defaults or {}).values()]
    for method in methods:
        names = [rule.endpoint.removeprefix("api."), *of, *(["by_body"] if len(methods) > 1 and method == "POST" else [])]
        yield Operation("_".join(names), path, method, tuple(_camel(it) for it in _PLACE.findall(rule.rule)), call)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(it.capitalize() for it in rest)


def document(app: Flask) -> dict[str, Any]:
    """The whole document."""
    paths: dict[str, dict[str, Any]] = {}
    for it in operations(app):
        paths.setdefault(it.path, {})[it.method.lower()] = _operation(it)
    schemes = {"basic": {"type": "http", "scheme": "basic"}, "token": {"type": "http", "scheme": "bearer"}}
    return {
        "openapi": VERSION,
        "info": {
            "title": "Crossdesk",
            "version": "7",
            "summary": "The calls of Camunda 7's REST interface that Crossdesk answers.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": PREFIX}],
        "security": [{"basic": []}, {"token": []}],
        "paths": paths,
        "components": {"schemas": dict(sorted(NAMED.items())), "securitySchemes": schemes},
    }


def _operation(it: Operation) -> dict[str, Any]:
    call = it.call
    parameters = [{"name": name, "in": "path", "required": True, "schema": NEEDED_TEXT} for name in it.places]
    parameters += [parameter(name, kind, call) for name, kind in call.query_of(it.method).items() if kind is not FilterKind.REFUSED]
    found: dict[str, Any] = {
        "operationId": it.id,
        "summary": call.summary,
        "tags": [it.resource],
        "x-scope": call.scope_of(it.method).value,
        "parameters": parameters,
        "responses": _responses(call),
    }
    if call.takes is not None and it.method != "GET":
        media = "multipart/form-data" if call.takes.get("x-media") == "multipart" else JSON
        shape = {name: value for name, value in call.takes.items() if name != "x-media"}
        found["requestBody"] = {"content": {media: {"schema": shape}}, "required": bool(call.takes.get("required"))}
    return found


def parameter(name: str, kind: FilterKind, call: Call) -> dict[str, Any]:
    """A parameter of the query string."""
    found: dict[str, Any] = {"name": name, "in": "query", "required": name in call.needed, "schema": _in_query(name, kind, call)}
    if kind in {FilterKind.TEXTS, FilterKind.VARIABLES, FilterKind.MOMENTS}:
        found |= {"style": "form", "explode": False}
    return found


def _in_query(name: str, kind: FilterKind, call: Call) -> Shape:
    """What a parameter takes; lists are separated by commas."""
    if name in SORTING:
        return one_of(*sorted(call.sorts)) if name == "sortBy" else one_of("asc", "desc")
    if kind is FilterKind.NUMBER:
        return {"type": "integer", "minimum": 0 if name in PAGING else -MOST_OF_A_FILTER, "maximum": MOST_OF_A_FILTER}
    if kind is FilterKind.MOMENTS:
        return {"type": "array", "items": {"type": "string", "pattern": "^(gt|lt)_"}}
    if kind is FilterKind.VARIABLES:
        return {"type": "array", "items": {"type": "string", "pattern": _CONDITION}}
    return shape_in_body(kind)


def _responses(call: Call) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if call.answers is not None:
        found["200"] = {"description": "Done.", "content": {call.media: {"schema": call.answers}}}
    if (call.answers is None or call.or_nothing) and not call.refuses:
        found["204"] = {"description": "Done. There is nothing to say."}
    for status, why in {**ALWAYS, **({} if call.takes is None else {415: _NOT_JSON})}.items():
        found[str(status)] = {"description": why, "content": {JSON: {"schema": ERROR}}}
    if call.fails:
        shape = {"allOf": [ERROR, {"properties": {"type": one_of(*sorted(call.fails))}}]}
        found["500"] = {"description": _CANNOT, "content": {JSON: {"schema": shape}}}
    return dict(sorted(found.items()))
