"""A new password for somebody: made here and shown once, or chosen by the administrator. All sessions of the person end."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.administration.blueprint import blueprint
from app.administration.people import somebody
from app.auth import passwords
from app.auth.views import actor
from app.i18n import show_name
from app.services import services
from app.words import gettext, ngettext


@blueprint.get("/people/<person_id>/password")
def people_password(person_id: str) -> str:
    """What will happen, and the choice between a password that is made and one that is typed."""
    return _ask(person_id)


@blueprint.post("/people/<person_id>/password")
def people_renew_password(person_id: str) -> Response | str | tuple[str, int]:
    """Give the person a new password."""
    person = somebody(person_id)
    typed = request.form.get("password", "") if request.form.get("way") == "typed" else None
    password = passwords.made() if typed is None else typed
    try:
        passwords.check_rules(password, person.id)
    except passwords.WeakPassword:
        return _ask(person_id, wrong=passwords.rules()), 422
    doors, stored, ended = services().doors, passwords.hashed(password), list[str]()
    services().engine.organisation.renew_credentials(
        actor(), person.id, lambda connection: ended.extend(doors.give_password(connection, person.id, stored))
    )
    doors.close(ended)
    told = ngettext("One session was ended.", "%(num)s sessions were ended.", len(ended)) if ended else ""
    if typed is None:
        return render_template("administration/password_made.html", person=person, password=password, told=told)
    flash(" ".join(filter(None, (gettext("%(person)s has the new password.", person=show_name(person)), told))), "done")
    return redirect(url_for("administration.people_show", person_id=person.id), 303)


def _ask(person_id: str, wrong: str = "") -> str:
    person = somebody(person_id)
    return render_template(
        "administration/password.html",
        person=person,
        wrong=wrong,
        rules=passwords.rules(),
        least=passwords.SHORTEST,
        most=passwords.LONGEST,
        since=services().doors.password_since(person.id),
        is_me=person.id == actor().id,
    )
