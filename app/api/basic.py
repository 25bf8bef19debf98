"""Who calls: by HTTP Basic, or by a token. No cookie is read or set, so there is nothing that another site could make a browser send along.

A verified password is remembered for a minute in memory, by a digest with a key of this process: argon2 on every call would cap a server
at 60 calls a second. The digest covers the stored hash, which is read on every call, so a new password counts at once, in every process;
so does a disabled person, as the organisation is asked on every call. A token needs no remembering: `app.auth.tokens` says why.

Nobody can guess a token, so wrong ones are counted by address alone, and a right one opens whatever came from its address before: nobody
can lock out others.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from flask import Flask, Response, current_app, g, request

from app.api.blueprint import api
from app.api.errors import error
from app.auth import passwords
from app.auth.limits import Attempts
from app.services import services
from engine import WORKER_ROLE, Actor, ActorKind

if TYPE_CHECKING:
    from werkzeug.datastructures import Authorization

    from engine import Directory

REMEMBERED_SECONDS = 60
_MOST_REMEMBERED = 10_000
_LONGEST_NAME = 60
_KEY = "crossdesk-basic"
_BASIC, _BEARER = 'Basic realm="Crossdesk"', 'Bearer realm="Crossdesk"'


class Remembered:
    """Passwords that were verified a moment ago. Safe to use from many threads."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """`now`: seconds of the real time."""
        self._now = now
        self._key = secrets.token_bytes(32)
        self._until: OrderedDict[bytes, float] = OrderedDict()
        self._lock = threading.Lock()

    def knows(self, person: str, password: str, stored: str) -> bool:
        """Whether this password was right for this stored hash within the last minute."""
        digest = self._digest(person, password, stored)
        with self._lock:
            return self._until.get(digest, 0) > self._now()

    def note(self, person: str, password: str, stored: str) -> None:
        """It was right."""
        digest = self._digest(person, password, stored)
        with self._lock:
            self._until.pop(digest, None)  # put at the end: the oldest are forgotten first
            self._until[digest] = self._now() + REMEMBERED_SECONDS
            while len(self._until) > _MOST_REMEMBERED:
                self._until.popitem(last=False)

    def _digest(self, *parts: str) -> bytes:
        sizes = ",".join(str(len(part)) for part in parts)
        return hmac.digest(self._key, "\0".join((sizes, *parts)).encode("utf-8", "surrogatepass"), hashlib.sha256)


class Gate:
    """What a server keeps for its callers: remembered passwords, and how many wrong ones were tried."""

    def __init__(self, limit: str, now: Callable[[], float] = time.monotonic) -> None:
        self.remembered = Remembered(now)
        self.attempts = Attempts(limit)
        self.wrong_tokens = Attempts(limit)


def set_up(app: Flask) -> None:
    """Keep what is remembered of this server's callers."""
    app.extensions[_KEY] = Gate(app.extensions["crossdesk"].settings.sign_in_limit)


def caller() -> Actor:
    """Who sent this request. Whoever has the worker's role acts as a worker, in the name of others too."""
    found: Actor = g.actor
    return found


@api.before_request
def who_calls() -> Response | None:
    """Ask for a name and a password, or for a token, before every call."""
    if request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}:
        return error(403, "AuthorizationException", "Pages of other sites may not call this interface.")
    sent, gate = request.authorization, cast("Gate", current_app.extensions[_KEY])
    if sent is not None and sent.type == "bearer" and sent.token:
        return _let_in_by_token(sent.token, gate)
    if sent is None or sent.type != "basic" or not sent.username or sent.password is None:
        return _ask("Send a name and a password, or a token: Authorization: Basic … or Bearer …", _BASIC, _BEARER)
    return _let_in(sent, gate)


def _let_in(sent: Authorization, gate: Gate) -> Response | None:
    person, password = (sent.username or "")[:_LONGEST_NAME], (sent.password or "")[: passwords.LONGEST + 1]
    stored, directory = services().doors.stored_hash(person)
    if stored is None or not gate.remembered.knows(person, password, stored):
        address = request.remote_addr or ""
        if not gate.attempts.are_left(person, address):
            return error(429, "RestException", "Too many wrong passwords. Try again in a quarter of an hour.")
        if not passwords.matches(stored, password):
            gate.attempts.note(person, address)
            services().note_sign_in(person, False)  # noqa: FBT003 - (person, success)
            return _ask("The name or the password is wrong.", _BASIC)
        gate.remembered.note(person, password, stored or "")
    _known(person, directory)
    return None


def _let_in_by_token(token: str, gate: Gate) -> Response | None:
    holder = services().tokens.holder(token)
    if holder is None:
        address = request.remote_addr or ""
        if not gate.wrong_tokens.are_left(address, ""):
            return error(429, "RestException", "Too many wrong tokens. Try again in a quarter of an hour.")
        gate.wrong_tokens.note(address, "")
        return _ask("The token is unknown, expired or revoked, or its person may not sign in.", f'{_BEARER}, error="invalid_token"')
    _known(holder.person, holder.directory)
    g.token_scope = holder.scope
    return None


def _known(person: str, directory: Directory) -> None:
    actor = directory.actor(person)
    g.directory = directory
    g.person_id = person
    g.actor = replace(actor, kind=ActorKind.WORKER) if WORKER_ROLE in actor.groups else actor


def _ask(message: str, *challenges: str) -> Response:
    found = error(401, "AuthenticationException", message)
    for it in challenges:
        found.headers.add("WWW-Authenticate", it)
    return found
