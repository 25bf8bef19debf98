"""My account: who I am here, a new password, and the sessions that I have elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.account.reading import facts_of
from app.auth import passwords
from app.auth.token_words import scopes
from app.auth.views import actor, not_present
from app.services import services
from app.words import gettext, ngettext

if TYPE_CHECKING:
    from engine import Person

blueprint = Blueprint("account", __name__, url_prefix="/account", template_folder="templates")


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with the passwords that were typed, each at its field; empty where nothing is."""

    present: str = ""
    new: str = ""
    again: str = ""


@blueprint.get("")
def index() -> str:
    """Who I am here, and what I may change of it."""
    return _page()


@blueprint.post("/password")
def change_password() -> Response | tuple[str, int]:
    """Change one's password: who knows the present one may. All other sessions end, and this one goes on with a new token."""
    person: Person = g.person
    present, new = (request.form.get(name, "")[: passwords.LONGEST + 1] for name in ("present", "new"))
    refused = not_present(present)
    if refused is not None:
        return _page(Wrong(present=refused[0])), refused[1]
    wrong = _wrong(person.id, present, new)
    if wrong != Wrong():
        return _page(wrong), 422
    ended = _renew(person.id, new)
    services().doors.sign_in(person.id)
    told = ngettext("One other session was ended.", "%(num)s other sessions were ended.", ended) if ended else ""
    flash(" ".join(filter(None, (gettext("You have a new password."), told))), "done")
    return redirect(url_for("account.index"), 303)


@blueprint.post("/sessions/<session_id>/end")
def end_session(session_id: str) -> Response:
    """Sign out elsewhere: one of one's own sessions. One that is gone already is as good as ended."""
    services().doors.end_session_of(actor().id, session_id)
    flash(gettext("Signed out there."), "done")
    return redirect(url_for("account.index"), 303)


@blueprint.post("/sessions/end-others")
def end_other_sessions() -> Response:
    """Sign out everywhere but here."""
    ended = services().doors.end_sessions_of(actor().id, but=g.session_id)
    flash(ngettext("One other session was ended.", "%(num)s other sessions were ended.", ended), "done")
    return redirect(url_for("account.index"), 303)


def _wrong(person: str, present: str, new: str) -> Wrong:
    """What is wrong with a new password."""
    try:
        passwords.check_rules(new, person)
    except passwords.WeakPassword:
        return Wrong(new=passwords.rules())
    if new == present:
        return Wrong(new=gettext("This is your present password"))
    if new != request.form.get("again", ""):
        return Wrong(again=gettext("This is not the same as the new password"))
    return Wrong()


def _renew(person: str, new: str) -> int:
    """Store it, in the transaction that says so in the history; how many other sessions ended."""
    doors, stored, ended = services().doors, passwords.hashed(new), list[str]()
    services().engine.organisation.renew_own_credentials(
        actor(), lambda connection: ended.extend(doors.give_password(connection, person, stored))
    )
    doors.close(ended)
    return len(set(ended) - {g.session_id})


def _page(wrong: Wrong = Wrong()) -> str:
    person: Person = g.person
    return render_template(
        "account/index.html",
        facts=facts_of(person),
        person=person,
        wrong=wrong,
        rules=passwords.rules(),
        most=passwords.LONGEST,
        since=services().doors.password_since(person.id),
        sessions=services().doors.sessions_of(person.id),
        session_id=g.session_id,
        tokens=services().tokens.of_person(person.id),
        scopes=scopes(),
    )
