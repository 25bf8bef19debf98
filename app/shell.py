"""What stands around every page: the bar at the top, the first page of each kind of person, language and theme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from app import i18n
from app.auth.cards import cards_of, roles_of
from app.auth.passwords import DEMO
from app.auth.views import safe_path
from app.i18n import show_name
from app.services import services
from app.words import gettext

if TYPE_CHECKING:
    from app.auth.cards import DepartmentCards
    from engine import Person

blueprint = Blueprint("shell", __name__)

THEMES = ("system", "light", "dark")
THEME_COOKIE = "crossdesk-theme"
_YEAR = 365 * 24 * 3600
_WITHIN = {  # parts that stand under another's place
    "tasks": "inbox",
    "exchange": "records",
    "studio": "processes",
    "trials": "processes",
    "operations": "administration",
    "decisions": "processes",
}
_COLOURS = 10  # marks of departments in the style sheet


@dataclass(frozen=True, slots=True)
class Face:
    """A person as lists show them: initials on the colour of the department, name, department."""

    id: str
    name: str
    initials: str
    colour: int
    department: str


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the bar at the top."""

    name: str
    url: str
    current: bool


def set_up(app: Flask) -> None:
    """Give templates what the frame of a page needs."""
    app.register_blueprint(blueprint)
    app.context_processor(_frame)
    app.before_request(_begin)
    app.jinja_env.globals.update(face=face, group_colour=group_colour, exact=i18n.show_exact, live_since=live_since)


def _begin() -> None:
    g.began = services().hub.now()


def live_since() -> str:
    """The moment before anything of this page was read: its event stream begins with what was announced later."""
    return f"{g.began:.6f}"


@blueprint.get("/health")
def health() -> str:
    """Says that pages are served."""
    return "ok"


@blueprint.get("/")
def home() -> Response:
    """The first page: the auditor's, the analyst's, or the inbox."""
    wanted = "audit.index" if g.actor.may_audit else "processes.index" if g.actor.may_model else "inbox.index"
    return redirect(url_for(wanted), 303)


@blueprint.post("/preferences")
def keep_preferences() -> Response:
    """Keep the language or the theme in this browser."""
    answer = redirect(_back(), 303)
    for cookie, name, allowed in ((i18n.COOKIE, "language", i18n.LANGUAGES), (THEME_COOKIE, "theme", THEMES)):
        value = request.form.get(name)
        if value is None:
            continue
        if value not in allowed:
            abort(400)
        answer.set_cookie(cookie, value, max_age=_YEAR, samesite="Lax", httponly=True, secure=services().settings.is_secure)
    return answer


def face(person_id: str | None) -> Face | None:
    """How a person is shown. A person whom nobody knows any more keeps the name in the records."""
    if not person_id:
        return None
    directory = services().directory()
    person = directory.people.get(person_id)
    if person is None:
        return Face(person_id, person_id, person_id[:1].upper(), 0, "")
    department = person.memberships[0].department if person.memberships else None
    known = directory.departments.get(department) if department else None
    return Face(
        person.id, show_name(person), initials(person), known.position % _COLOURS + 1 if known else 0, show_name(known) if known else ""
    )


def group_face(group: str | None) -> Face | None:
    """How a department is shown where nobody of it has the task yet."""
    department = services().directory().departments.get(group.partition(":")[0]) if group else None
    if group is None or department is None:
        return None
    name = show_name(department)
    return Face(group, name, name[:1].upper(), group_colour(group), name)


def initials(person: Person) -> str:
    """`ZM` for Zhang Min; the family name on Chinese pages."""
    if i18n.language() == "zh" and person.name_zh:
        return person.name_zh[0]
    return "".join(word[0] for word in person.name.split()[:2]).upper()


def group_colour(group: str) -> int:
    """The number of the colour mark of a department, or of the department of a `department:role`."""
    department = services().directory().departments.get(group.partition(":")[0])
    return department.position % _COLOURS + 1 if department else 0


def _frame() -> dict[str, object]:
    chosen = request.cookies.get(THEME_COOKIE, "system")
    person: Person | None = getattr(g, "person", None)
    return {
        "language": i18n.language(),
        "theme": chosen if chosen in THEMES else "system",
        "me": face(person.id) if person else None,
        "my_roles": _roles_of(person) if person else (),
        "places": _places() if person else [],
        "others": _others() if person else [],
        "clock_ahead": services().clock.offset,
        "here": _here(),
        "demo_password": DEMO,
        "business_now": services().clock.now,
        "searches_inbox": request.blueprint in {"inbox", "tasks"},
    }


def _here() -> str:
    """The address to come back to: of this page, or, where it answers a form, of the page around it."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    addresses, path = current_app.create_url_adapter(request), request.path
    while addresses and path and not addresses.test(path, "GET"):
        path = path.rpartition("/")[0]
    return path or "/"


def _roles_of(person: Person) -> tuple[str, ...]:
    return roles_of(services().directory(), person, person.memberships[0].department) if person.memberships else ()


def _others() -> list[DepartmentCards]:
    """Whom one may become with one click: the people of the sample company, while they have their public password."""
    return cards_of(services().directory(), services().doors.demo_people())


def _places() -> list[Place]:
    known = [
        ("inbox.index", gettext("Inbox")),
        ("start.index", gettext("Start")),
        ("cases.index", gettext("Cases")),
        ("records.index", gettext("Records")),
    ]
    if g.actor.may_model or g.actor.may_administer:
        known.append(("processes.index", gettext("Processes")))
    if g.actor.may_audit:
        known.append(("audit.index", gettext("Audit")))
    if g.actor.may_administer:
        known.append(("administration.people", gettext("Administration")))
    part = (request.endpoint or "").partition(".")[0]
    here = _WITHIN.get(part, part)
    there = [(endpoint, name) for endpoint, name in known if endpoint in current_app.view_functions]
    return [Place(name, url_for(endpoint), endpoint.partition(".")[0] == here) for endpoint, name in there]


def _back() -> str:
    return safe_path(request.form.get("next", ""))
