"""API tokens of everybody: who has which, and revoking them."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.administration.blueprint import blueprint
from app.administration.people import somebody
from app.auth.token_words import scopes
from app.auth.views import actor
from app.i18n import show_name
from app.services import services
from app.shell import face
from app.words import gettext


@blueprint.get("/tokens")
def people_tokens() -> str:
    """All tokens, the newest first, or those of one person."""
    person_id = request.args.get("person", "")[:100]
    person = somebody(person_id) if person_id else None
    tokens = services().tokens.of_person(person.id) if person else services().tokens.all()
    return render_template("administration/tokens.html", tokens=[(it, face(it.person)) for it in tokens], person=person, scopes=scopes())


@blueprint.post("/people/<person_id>/tokens/<token_id>/revoke")
def people_revoke_token(person_id: str, token_id: str) -> Response:
    """Let a token open nothing any more. Its person is told."""
    person, tokens = somebody(person_id), services().tokens
    name = tokens.get(person.id, token_id).name
    services().engine.organisation.revoke_token(actor(), person.id, name, lambda connection: tokens.revoke(connection, person.id, token_id))
    flash(gettext("The token of %(person)s was revoked: %(name)s", person=show_name(person), name=name), "done")
    return redirect(url_for("administration.people_tokens", person=request.form.get("shown") or None), 303)
