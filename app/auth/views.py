"""The sign-in page, signing in and out, and who sent a request."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, current_app, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.auth import passwords
from app.auth.cards import cards_of
from app.auth.limits import Attempts
from app.services import services
from app.words import gettext
from engine import Forbidden

if TYPE_CHECKING:
    from engine import Actor

blueprint = Blueprint("auth", __name__, template_folder="templates")

OPEN = {"static", "auth.sign_in", "auth.open_doors", "shell.health", "shell.keep_preferences"}  # endpoints for everybody
_LONGEST_NAME = 60


def set_up(app: Flask) -> None:
    """Put sign-in before all other pages."""
    app.extensions["crossdesk-attempts"] = Attempts(app.extensions["crossdesk"].settings.sign_in_limit)
    app.before_request(_who_is_there)
    app.register_blueprint(blueprint)


def actor() -> Actor:
    """Who sent this request."""
    found: Actor = g.actor
    return found


def only_administrators() -> None:
    """Refuse everybody else, and an administrator who is an auditor too wherever something is sent. The engine refuses both as well."""
    if not actor().may_administer or (request.method == "POST" and actor().may_audit):
        raise Forbidden


def _who_is_there() -> AnyResponse | None:
    if request.endpoint == "static" or request.blueprint == "api":  # the REST interface asks by itself, and knows no cookies
        return None
    visitor = services().doors.visitor()
    if visitor:
        g.directory = visitor.directory
        g.person_id = visitor.person
        g.session_id = visitor.session
        g.person = visitor.directory.person(visitor.person)
        g.actor = visitor.directory.actor(visitor.person)
        return None
    if request.endpoint in OPEN or request.endpoint is None:
        return None
    return _ask_to_sign_in()


def _ask_to_sign_in() -> AnyResponse:
    if request.headers.get("HX-Request"):
        answer = make_response("", 401)
        answer.headers["HX-Redirect"] = url_for("auth.sign_in")
        return answer
    if request.method not in {"GET", "HEAD"}:
        abort(401)
    return redirect(url_for("auth.sign_in", next=request.full_path.rstrip("?")), 303)


@blueprint.get("/sign-in")
def sign_in() -> AnyResponse | str:
    """The people of the sample company as cards, or a form."""
    return _page()


@blueprint.post("/sign-in")
def open_doors() -> AnyResponse | tuple[str, int]:
    """Sign in with a name and a password. The person who was signed in before is signed out."""
    person = request.form.get("person", "").strip()[:_LONGEST_NAME]
    password = request.form.get("password", "")[: passwords.LONGEST + 1]
    tries = attempts()
    address = request.remote_addr or ""
    if not tries.are_left(person, address):
        return _page(gettext("Too many wrong passwords. Try again in a quarter of an hour."), person), 429
    if not services().doors.is_password(person, password):
        tries.note(person, address)
        services().note_sign_in(person, False)  # noqa: FBT003 - (person, success)
        return _page(gettext("The name or the password is wrong."), person), 401
    services().doors.sign_in(person)
    services().note_sign_in(person, True)  # noqa: FBT003
    return redirect(safe_path(request.form.get("next", "")), 303)


@blueprint.post("/sign-out")
def sign_out() -> AnyResponse:
    """End the session."""
    services().doors.sign_out()
    answer = redirect(url_for("auth.sign_in"), 303)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def _page(problem: str = "", person: str = "") -> str:
    demo = services().doors.demo_people()
    return render_template(
        "auth/sign_in.html",
        departments=cards_of(services().directory(), demo),
        demo_password=passwords.DEMO,
        problem=problem,
        person=person,
        next=safe_path(request.values.get("next", "")),
    )


def safe_path(target: str) -> str:
    """Where to go after signing in: a path of ours, never another site."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return "/"
    return target


def attempts() -> Attempts:
    """Wrong passwords so far, those that were typed where a new one is chosen included."""
    found: Attempts = current_app.extensions["crossdesk-attempts"]
    return found


def not_present(password: str) -> tuple[str, int] | None:
    """Why this is not taken as the present password of who asks, and the status that says so. Wrong ones count as at sign-in."""
    tries, person, address = attempts(), actor().id, request.remote_addr or ""
    if not tries.are_left(person, address):
        return gettext("Too many wrong passwords. Try again in a quarter of an hour."), 429
    if services().doors.is_password(person, password):
        return None
    tries.note(person, address)
    return gettext("This is not your present password"), 422
