"""What is checked of every call by its declaration before it is made: what the token allows, and the query string.

A parameter that the call does not know is refused, and so is a value that cannot be read: to ignore either would answer something else
than what was asked for. Bodies are read by the calls; what nobody knows in them is ignored, as in Camunda 7.
"""

from __future__ import annotations

from typing import Final

from flask import Response, g, request

from app.api import basic as _who_calls_is_asked_first  # noqa: F401 - its check is registered before the one below
from app.api import lists
from app.api.blueprint import api
from app.api.declared import CALLS, PAGING, SORTING
from app.api.errors import error
from app.auth.tokens import Scope
from engine import InvalidRequest

_NOT_ALLOWED: Final = {
    Scope.READ: "This token allows to read only.",
    Scope.WORK: "This token allows the calls of a worker only.",
}
_OF_PAGES: Final = frozenset((*PAGING, *SORTING))
"""Clients that ask for a list and its count send the same to both."""


@api.before_request
def check_token() -> Response | None:
    """Refuse what the token does not allow. Who came with a password may do all that the person may."""
    scope: Scope = g.get("token_scope", Scope.WRITE)
    call = CALLS.get((request.endpoint or "").removeprefix("api."))
    if scope is Scope.WRITE or (call is not None and call.is_open_to(scope, request.method)):
        return None
    return error(403, "AuthorizationException", _NOT_ALLOWED[scope], None, userId=g.person_id, missingAuthorizations=[])


@api.before_request
def check_query() -> None:
    """Refuse what the call does not take. Raises `InvalidRequest`."""
    if "\0" in request.path or any("\0" in value for value in request.args.values()):
        raise InvalidRequest("the address holds the character NUL, which nothing here has in its name")
    call = CALLS.get((request.endpoint or "").removeprefix("api."))
    if call is None:
        return
    kinds = call.query_of(request.method)
    ignored = _OF_PAGES if call.counts else ()
    for name, value in request.args.items(multi=True):
        if name in ignored:
            continue
        if name not in kinds:
            raise InvalidRequest(f"This call takes no parameter '{name}'{_those(kinds)}")
        lists.read(kinds[name], name, value)
    for name in call.needed:
        if name not in request.args:
            raise InvalidRequest(f"the parameter '{name}' is needed")


def _those(kinds: object) -> str:
    return ": it takes none in its address" if not kinds else ""
