"""What every answer carries and every request must: headers, CSRF tokens, known hosts, sizes."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from flask_wtf.csrf import CSRFProtect

from app.config import Settings

MOST_BYTES = 6 * 1024 * 1024  # of a request: a model of 5 MiB and its form fields
MOST_FORM_BYTES = 2 * 1024 * 1024  # of the fields of a form that are not files

FILES_AT_ONCE = 2  # of the largest size: so much may be sent together
ROOM_FOR_FIELDS = 64 * 1024  # bytes beside the files of a form

csrf = CSRFProtect()
_View = TypeVar("_View", bound=Callable[..., object])
_TAKES_FILES: set[str] = set()
log = logging.getLogger("crossdesk.security")

_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_HSTS = "max-age=31536000; includeSubDomains"
# Scripts: only those that a page of ours names with the nonce of this answer, and what those import. Styles in attributes are
# allowed: the diagram and form libraries write them into what they draw; text of people never gets there, as templates escape it.
_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self'; style-src-attr 'unsafe-inline';"
    " img-src 'self' data:;"
    " font-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)


def takes_files(view: _View) -> _View:
    """Mark a view that takes files for cases: more may be sent to it. Stands under its route."""
    _TAKES_FILES.add(f"{view.__module__}.{view.__name__}")
    return view


def most_of_all(settings: Settings) -> int:
    """How many bytes a request may have where most is allowed."""
    return max(MOST_BYTES, FILES_AT_ONCE * settings.attachment_bytes + ROOM_FOR_FIELDS)


def most_bytes(settings: Settings) -> int:
    """How many bytes the request at hand may have."""
    view = current_app.view_functions.get(request.endpoint or "")
    takes = view is not None and f"{view.__module__}.{view.__name__}" in _TAKES_FILES
    return most_of_all(settings) if takes else MOST_BYTES


def protect(app: Flask, settings: Settings, *, only_here: bool) -> None:
    """Put the rules on an application. `only_here`: it serves the sample company, so a foreign host name is refused (DNS rebinding)."""
    app.config.update(
        SECRET_KEY=settings.secret_key or secrets.token_hex(32),
        SESSION_COOKIE_NAME="__Host-crossdesk" if settings.is_secure else "crossdesk",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.is_secure,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(seconds=settings.session_lifetime),
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_FORM_BYTES,
        MAX_FORM_PARTS=2_000,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
        TRUSTED_HOSTS=_hosts(settings) if only_here or settings.public_url else None,
    )
    app.before_request(lambda: _limit(settings))  # before the token is looked for in the form
    csrf.init_app(app)
    app.before_request(_make_nonce)
    app.after_request(lambda response: _add_headers(response, settings))


def _hosts(settings: Settings) -> list[str]:
    public = urlsplit(settings.public_url).hostname
    return [*(host for host in (public,) if host), "127.0.0.1", "localhost", "[::1]"]


def _limit(settings: Settings) -> None:
    request.max_content_length = most_bytes(settings)


def _make_nonce() -> None:
    g.nonce = secrets.token_urlsafe(16)


def _add_headers(response: Response, settings: Settings) -> Response:
    response.headers.update(_FIXED)
    if "Content-Security-Policy" not in response.headers:  # a page of a trial has that of its own answer
        response.headers["Content-Security-Policy"] = _POLICY.format(nonce=getattr(g, "nonce", secrets.token_urlsafe(16)))
    if settings.is_secure:
        response.headers["Strict-Transport-Security"] = _HSTS
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    if response.status_code in {400, 401, 403, 429} and request.endpoint != "static":
        # %r: what a client sends must not be able to forge a second line.
        log.warning(
            "refused %s %r with %s for %s from %s", request.method, request.path, response.status_code, _person(), request.remote_addr
        )
    return response


def _person() -> str:
    return getattr(g, "person_id", None) or "nobody"
