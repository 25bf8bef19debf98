"""One's own API tokens: made for a program, shown once, revoked."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.account.views import blueprint
from app.auth import passwords
from app.auth.token_words import scopes
from app.auth.tokens import LONGEST_NAME, MOST_TOKENS, USUAL_DAYS, Scope
from app.auth.views import actor, not_present
from app.services import services
from app.words import gettext
from engine import Conflict

__all__ = ["blueprint"]

DAYS = (7, 30, 90, 180, 365)
_WRONG = 422


@dataclass(frozen=True, slots=True)
class Entry:
    """What was typed, and what is wrong with it, each at its field. The password is never sent back."""

    name: str = ""
    scope: str = Scope.READ.value
    days: int = USUAL_DAYS
    wrong_name: str = ""
    wrong_password: str = ""
    wrong: str = ""


@blueprint.get("/new-token")
def new_token() -> str:
    """What the token is for, what it allows, how long it lasts."""
    return _ask(Entry())


@blueprint.post("/tokens")
def make_token() -> str | tuple[str, int]:
    """Make one, and show it once: who knows the password of the account may."""
    entry, password = _typed(), request.form.get("password", "")[: passwords.LONGEST + 1]
    refused = not_present(password)
    if refused is not None:
        return _ask(entry, wrong_password=refused[0]), refused[1]
    person = actor().id
    if not entry.name:
        return _ask(entry, wrong_name=gettext("This is needed")), _WRONG
    made: list[str] = []
    tokens = services().tokens
    try:
        services().engine.organisation.make_token(
            actor(),
            entry.name,
            entry.scope,
            lambda connection: made.append(tokens.make(connection, person, entry.name, Scope(entry.scope), entry.days)),
        )
    except Conflict:
        return _ask(entry, wrong=gettext("You have %(most)s tokens already: revoke one first.", most=MOST_TOKENS)), _WRONG
    return render_template("account/token_made.html", secret=made[-1], entry=entry, scope=scopes()[entry.scope], example=_example())


@blueprint.post("/tokens/<token_id>/revoke")
def revoke_token(token_id: str) -> Response:
    """Let one open nothing any more."""
    person, tokens = actor().id, services().tokens
    name = tokens.get(person, token_id).name
    services().engine.organisation.revoke_token(actor(), person, name, lambda connection: tokens.revoke(connection, person, token_id))
    flash(gettext("The token was revoked: %(name)s", name=name), "done")
    return redirect(url_for("account.index") + "#tokens", 303)


def _example() -> str:
    """How a program says it."""
    return f"curl -H 'Authorization: Bearer …' {request.host_url}engine-rest/task/count"


def _typed() -> Entry:
    name = "".join(it for it in request.form.get("name", "")[: LONGEST_NAME * 2] if it.isprintable()).strip()[:LONGEST_NAME]
    scope, days = request.form.get("scope", ""), request.form.get("days", USUAL_DAYS, int)
    return Entry(name, scope if scope in set(Scope) else Scope.READ.value, days if days in DAYS else USUAL_DAYS)


def _ask(entry: Entry, wrong_name: str = "", wrong_password: str = "", wrong: str = "") -> str:
    shown = Entry(entry.name, entry.scope, entry.days, wrong_name, wrong_password, wrong)
    return render_template(
        "account/new_token.html", entry=shown, scopes=scopes(), days=DAYS, longest=LONGEST_NAME, most=passwords.LONGEST, person=g.person
    )
