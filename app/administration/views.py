"""The list of people, and all pages of the administrator put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.administration import calendar, departments, frame, leaving, passwords, past, people, tokens
from app.administration.blueprint import blueprint, by_name
from app.administration.words import rights
from app.i18n import show_name
from app.services import services
from app.shell import face

if TYPE_CHECKING:
    from flask import Flask

    from app.shell import Face
    from engine import Department, Directory, Person

PARTS = (calendar, departments, leaving, passwords, past, people, tokens)  # whose views stand on the blueprint once they are imported
_ROWS = 100


@dataclass(frozen=True, slots=True)
class Line:
    """A person in the list."""

    person: Person
    face: Face | None
    places: tuple[tuple[Department, tuple[str, ...]], ...]  # departments with the names of the roles there
    everywhere: tuple[str, ...]
    superior: str
    rights: tuple[str, ...]


def set_up(app: Flask) -> None:
    """Put the pages of the administrator on an application."""
    app.register_blueprint(blueprint)
    frame.set_up(app)


@blueprint.get("")
def index() -> Response:
    """The first page of the administrator."""
    return redirect(url_for("administration.people"), 303)


@blueprint.get("/people", endpoint="people")
def list_people() -> str:
    """Everybody who works here, or did."""
    directory = services().directory()
    asked = {name: request.args.get(name, "").strip()[:100] for name in ("q", "department", "state")}
    found = [it for it in by_name(list(directory.people.values())) if _fits(it, directory, **asked)]
    start = max(request.args.get("from", 0, type=int), 0)
    shown = found[start : start + _ROWS]
    more = url_for("administration.people", **{**_kept(asked), "from": start + _ROWS}) if len(found) > start + _ROWS else None
    in_order = sorted(directory.departments.values(), key=lambda it: (it.position, it.id))
    return render_template(
        "administration/people.html",
        lines=[_line(it, directory) for it in shown],
        total=len(found),
        asked=asked,
        departments=in_order,
        more=more,
        is_first=start == 0,
        address=lambda **changes: url_for("administration.people", **_kept({**asked, **changes})),
    )


def _kept(asked: dict[str, str]) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if value}


def _fits(person: Person, directory: Directory, *, q: str, department: str, state: str) -> bool:
    text = q.casefold()
    words = (person.id, person.name, person.name_zh, person.email, person.title)
    inside = directory.below(department) if department else frozenset()
    return (
        (not text or any(text in it.casefold() for it in words))
        and (not department or any(it.department in inside for it in person.memberships))
        and (state == "all" or person.active is (state != "inactive"))
    )


def _line(person: Person, directory: Directory) -> Line:
    known = [(directory.departments[it.department], it.roles) for it in person.memberships if it.department in directory.departments]
    names = rights()
    held = {*person.roles, *(role for it in person.memberships for role in it.roles)}

    def named(roles: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(show_name(directory.roles[role]) for role in roles if role in directory.roles and role not in names)

    superior = directory.superior_of(person.id)
    return Line(
        person,
        face(person.id),
        tuple((department, named(roles)) for department, roles in known),
        named(person.roles),
        show_name(directory.people[superior]) if superior else "",
        tuple(name for role, (name, _) in names.items() if role in held),
    )
