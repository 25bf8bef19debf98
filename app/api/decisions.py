"""Decisions, made for programs."""

from __future__ import annotations

from flask import Response

from app.api.basic import caller
from app.api.blueprint import answer, api, body
from app.api.declared import ENGINE_FAILS, declared
from app.api.errors import Refused
from app.api.shapes.base import SENT_VARIABLES, VARIABLES, listed, sent
from app.api.values import shown, variables_in
from app.services import services
from engine import NotFound, to_stored


@api.post("/decision-definition/key/<key>/evaluate")
@declared(takes=sent(variables=SENT_VARIABLES), answers=listed(VARIABLES), fails=ENGINE_FAILS)
def evaluate(key: str) -> Response:
    """Make a decision by its latest version: a row for each rule that counts."""
    values = variables_in(body())
    try:
        result = services().engine.decisions.evaluate(caller(), key, values)
    except NotFound as missing:
        message = f"No matching decision definition with key: {key} and no tenant-id"
        raise Refused(404, "RestException", message) from missing
    return answer([{name: shown(to_stored(value)) for name, value in row.items()} for row in result.rows])
