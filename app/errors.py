"""Error pages: what happened, and what to do. The engine's rejections are answered with the status that fits them."""

from __future__ import annotations

import logging
from http import HTTPStatus

from flask import Flask, Response, g, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from app.api import errors as api_errors
from app.api.blueprint import PREFIX
from app.i18n import show_size
from app.refusals import told
from app.security import most_bytes
from app.services import services
from app.words import gettext
from engine import Conflict, ContentAltered, DatabaseUnavailable, Forbidden, InvalidRequest, InvalidSubmission, NotFound, Rejection

log = logging.getLogger(__name__)

_STATUS: list[tuple[type[Rejection], HTTPStatus]] = [
    (ContentAltered, HTTPStatus.INTERNAL_SERVER_ERROR),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (Conflict, HTTPStatus.CONFLICT),
    (InvalidSubmission, HTTPStatus.UNPROCESSABLE_ENTITY),
    (InvalidRequest, HTTPStatus.BAD_REQUEST),
    (Rejection, HTTPStatus.UNPROCESSABLE_ENTITY),
]


def set_up(app: Flask) -> None:
    """Answer errors with pages."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Rejection, _rejection)
    app.register_error_handler(DatabaseUnavailable, _away)
    app.register_error_handler(Exception, _bug)


def status_of(error: Rejection) -> HTTPStatus:
    """The HTTP status that fits a rejection."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def _asks_the_interface() -> bool:
    """Whether no page was asked for: programs read JSON."""
    return request.path == PREFIX or request.path.startswith(f"{PREFIX}/")


def _rejection(error: Rejection) -> tuple[str, int]:
    if isinstance(error, ContentAltered):
        log.error("%s %r for %s: %s", request.method, request.path, getattr(g, "person_id", "nobody"), error)
    return _page(status_of(error), told(error))


def _http(error: HTTPException) -> tuple[str, int] | Response:
    status = HTTPStatus(error.code or 500)
    if isinstance(error, SecurityError):  # a foreign host name: no address of ours can be made for it, so no page
        return "This server does not answer to this host name.", status
    if _asks_the_interface():
        return api_errors.of_http(error)
    if isinstance(error, CSRFError):
        return _page(status, gettext("This page was too old to be sent. Go back, reload it and send it again."))
    return _page(status)


def _away(error: DatabaseUnavailable) -> tuple[str, int]:
    log.error("%s %r: %s %s", request.method, request.path, error, error.__cause__)
    return _page(HTTPStatus.SERVICE_UNAVAILABLE)


def _bug(error: Exception) -> tuple[str, int]:
    log.error("%s %r failed for %s", request.method, request.path, getattr(g, "person_id", "nobody"), exc_info=error)
    return _page(HTTPStatus.INTERNAL_SERVER_ERROR)


def _page(status: HTTPStatus, detail: str = "") -> tuple[str, int]:
    part = "error_part.html" if request.headers.get("HX-Request") else "error.html"
    title, advice = _words(status)
    return render_template(part, status=int(status), title=title, detail=detail, advice=advice, is_answer=request.method != "GET"), int(
        status
    )


def _words(status: HTTPStatus) -> tuple[str, str]:
    known = {
        HTTPStatus.BAD_REQUEST: (gettext("The request was not understood"), gettext("Go back, reload the page and try again.")),
        HTTPStatus.UNAUTHORIZED: (gettext("You are signed out"), gettext("Sign in again; then repeat what you did.")),
        HTTPStatus.FORBIDDEN: (gettext("You may not do this"), gettext("Ask the head of your department or the process owner.")),
        HTTPStatus.NOT_FOUND: (gettext("There is nothing here"), gettext("It does not exist, or it is not for you to see.")),
        HTTPStatus.METHOD_NOT_ALLOWED: (gettext("This cannot be opened directly"), gettext("Go back and use the button on the page.")),
        HTTPStatus.CONFLICT: (gettext("Somebody was faster"), gettext("Nothing was changed. Look how it stands now.")),
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (gettext("This is too large"), _at_most()),
        HTTPStatus.UNPROCESSABLE_ENTITY: (gettext("This was not accepted"), gettext("Nothing was changed. Correct it and send it again.")),
        HTTPStatus.SERVICE_UNAVAILABLE: (
            gettext("The database cannot be reached"),
            gettext("Try again in a moment. If you have just sent something, look first whether it was done."),
        ),
        HTTPStatus.TOO_MANY_REQUESTS: (gettext("Too many tries"), gettext("Wait a quarter of an hour and try again.")),
    }
    return known.get(
        status, (gettext("Something went wrong"), gettext("Nothing was changed. The error was noted; try again, or tell an administrator."))
    )


def _at_most() -> str:
    return gettext("Models may have 5 MB, texts 2 MB; this request %(most)s in all.", most=show_size(most_bytes(services().settings)))
