"""Where the calls of the interface are registered, and the forms in which they answer."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request
from werkzeug.exceptions import UnsupportedMediaType

from app.api import moments
from engine import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

PREFIX = "/engine-rest"
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
MOST_RETRIES = 2**31 - 1
_DIGITS = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_FLAGS = {"": False} | {text: text.lower() == "true" for text in ("true", "True", "TRUE", "false", "False", "FALSE")}
_MOST = 2**62  # of a number: more than any column takes
JSON = "application/json"  # exactly: clients compare it as a text, without a charset

api = Blueprint("api", __name__, url_prefix=PREFIX)


def answer(value: object, status: int = 200) -> Response:
    """A value as JSON."""
    return Response(json.dumps(value, ensure_ascii=False, separators=(",", ":")), status, content_type=JSON)


def nothing() -> Response:
    """It was done, and there is nothing to say."""
    empty = Response(status=204)
    del empty.headers["Content-Type"]
    return empty


def link(path: str) -> dict[str, str]:
    """How an answer names its own resource."""
    return {"method": "GET", "href": f"{request.host_url.rstrip('/')}{PREFIX}{path}", "rel": "self"}


def body() -> Mapping[str, object]:
    """The JSON object that was sent; empty where nothing was. Raises `InvalidRequest`, and `UnsupportedMediaType` for anything but JSON."""
    sent = request.get_data(cache=False)
    if not sent.strip():
        return {}
    if request.mimetype != JSON:
        raise UnsupportedMediaType
    try:
        value = json.loads(sent, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(f"the body is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise InvalidRequest("the body must be a JSON object")
    if b"\\u0000" in sent or b"\\ud" in sent.lower():
        _check_storable(value)
    return value


def _check_storable(value: object) -> None:
    """Refuse the character NUL and halves of surrogate pairs, which no database stores. Raises `InvalidRequest`."""
    todo = [value]
    while todo:
        one = todo.pop()
        if isinstance(one, dict):
            todo += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            todo += one
        elif isinstance(one, str) and _UNSTORABLE.search(one):
            raise InvalidRequest("the body holds the character NUL, or half of a surrogate pair, which cannot be stored")


def text_in(values: Mapping[str, object], name: str) -> str | None:
    """A text of a body, None where it is null or absent; a number or flag is its text, as in Camunda. Raises `InvalidRequest` for more."""
    value = values.get(name)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return str(value).lower() if isinstance(value, bool) else str(value)
    raise InvalidRequest(f"'{name}' must be a text")


def needed_in(values: Mapping[str, object], name: str) -> str:
    """A text of a body that must be there. Raises `InvalidRequest` where it is missing or empty."""
    found = text_in(values, name)
    if not found:
        raise InvalidRequest(f"{name} is null or empty")
    return found


def flag_in(values: Mapping[str, object], name: str) -> bool:
    """A flag of a body, false where it is null or absent; as a text or a number, too, as in Camunda. Raises `InvalidRequest` for others."""
    value = values.get(name)
    if value is None or isinstance(value, int):
        return bool(value)
    if isinstance(value, str) and value in _FLAGS:
        return _FLAGS[value]
    raise InvalidRequest(f"'{name}' must be true or false")


def whole_in(values: Mapping[str, object], name: str) -> int | None:
    """A whole number of a body, None where it is null or absent. Raises `InvalidRequest` for anything else, and for more than 19 digits.

    As in Camunda, a text of digits is that number, an empty one is none, and of a fraction only the whole part counts.
    """
    value = values.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, str) and _DIGITS.fullmatch(value.strip()):
        value = int(value)
    if isinstance(value, float) and math.isfinite(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= _MOST:
        raise InvalidRequest(f"'{name}' must be a whole number")
    return value


def retries_in(values: Mapping[str, object]) -> int | None:
    """`retries` of a body, None where it is null or absent: 32 bits, as in Camunda 7. Raises `InvalidRequest` for anything else."""
    found = whole_in(values, "retries")
    if found is not None and abs(found) > MOST_RETRIES:
        raise InvalidRequest(f"'retries' is at most {MOST_RETRIES}")
    return found


def moment_in(values: Mapping[str, object], name: str) -> datetime | None:
    """A moment of a body, None where it is null or absent. Raises `InvalidRequest` for anything else."""
    text = text_in(values, name)
    try:
        return moments.read(text) if text else None
    except ValueError as error:
        raise InvalidRequest(f"'{name}' is no moment: yyyy-MM-dd'T'HH:mm:ss.SSSZ is expected, not {text!r}") from error


def flag_of_query(name: str, *, default: bool = False) -> bool:
    """A flag in the query string, by default false. Raises `InvalidRequest` for anything but `true` and `false`."""
    value = request.args.get(name, str(default)).lower()
    if value in {"true", "false"}:
        return value == "true"
    raise InvalidRequest(f"Cannot set query parameter '{name}' to value '{value}': it is true or false")


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")
