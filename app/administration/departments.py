"""Departments and roles: the tree with heads, who has which role, adding, renaming, changing the head, removing what nothing refers to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.administration import words
from app.administration.blueprint import blueprint, by_name, seen, typed, typed_names
from app.administration.past import recent
from app.administration.uses import in_words
from app.auth.views import actor
from app.cases.naming import person_name
from app.i18n import show_name
from app.services import services
from app.shell import Face, face
from app.words import gettext
from engine import Conflict, Department, FieldProblem, InvalidSubmission, NotFound, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.tasks.model import Problem
    from engine import Directory

Answer = Response | tuple[str, int]
Noun = Department | Role
_LONGEST = 100
_MOST_POSITION = 9999


@dataclass(frozen=True, slots=True)
class DepartmentLine:
    """A department in the tree."""

    department: Department
    depth: int
    heads: tuple[Face, ...]
    people: int


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A role with who has it."""

    role: Role
    people: tuple[str, ...]


@blueprint.get("/departments", endpoint="departments")
def list_departments() -> str:
    """The tree of departments, and the roles."""
    directory = services().directory()
    holders = {it.id: directory.members_of(it.id) for it in directory.roles.values()}
    roles = sorted(directory.roles.values(), key=lambda it: (it.name.casefold(), it.id))
    return render_template(
        "administration/departments.html",
        lines=list(_tree(directory)),
        roles=[RoleLine(it, tuple(person_name(person) for person in holders[it.id])) for it in roles],
    )


@blueprint.get("/new-department", endpoint="departments_new")
def new_department() -> str:
    """An empty form for a department."""
    last = max((it.position for it in services().directory().departments.values()), default=-1)
    return _page(None, Department("", "", position=last + 1))


@blueprint.get("/new-role", endpoint="departments_new_role")
def new_role() -> str:
    """An empty form for a role."""
    return _page(None, Role("", ""))


@blueprint.get("/departments/<department_id>", endpoint="departments_show")
def show_department(department_id: str) -> str:
    """A department, to be changed."""
    known = _known("department", department_id)
    return _page(known, known)


@blueprint.get("/roles/<role_id>", endpoint="departments_role")
def show_role(role_id: str) -> str:
    """A role, to be changed."""
    known = _known("role", role_id)
    return _page(known, known)


@blueprint.post("/departments", defaults={"kind": "department"}, endpoint="departments_add")
@blueprint.post("/roles", defaults={"kind": "role"}, endpoint="departments_add")
def add(kind: str) -> Answer:
    """Add a department or a role."""
    return _save(kind, None)


@blueprint.post("/departments/<noun_id>", defaults={"kind": "department"}, endpoint="departments_save")
@blueprint.post("/roles/<noun_id>", defaults={"kind": "role"}, endpoint="departments_save")
def save(kind: str, noun_id: str) -> Answer:
    """Change a department or a role."""
    return _save(kind, _known(kind, noun_id))


@blueprint.post("/departments/<department_id>/head", endpoint="departments_head")
def set_head(department_id: str) -> Answer:
    """Change the head of a department."""
    known = _known("department", department_id)
    person = request.form.get("head", "") or None
    organisation = services().engine.organisation
    return _try(known, known, lambda: organisation.set_head(actor(), known.id, person, seen()), gettext("Saved."))


@blueprint.post("/departments/<noun_id>/remove", defaults={"kind": "department"}, endpoint="departments_remove")
@blueprint.post("/roles/<noun_id>/remove", defaults={"kind": "role"}, endpoint="departments_remove")
def remove(kind: str, noun_id: str) -> Answer:
    """Remove what nothing refers to."""
    known = _known(kind, noun_id)
    try:
        services().engine.organisation.remove(actor(), kind, known.id, seen())
    except InvalidSubmission:
        return _page(known, known, problem=gettext("It cannot be removed: see what refers to it.")), 422
    except Conflict as late:
        return _page(known, known, problem=words.conflict(late.details.get("by"))), 409
    flash(gettext("%(name)s was removed.", name=show_name(known)), "done")
    return redirect(url_for("administration.departments"), 303)


def _save(kind: str, known: Noun | None) -> Answer:
    organisation = services().engine.organisation
    sent, wrong = _sent(kind, known)

    def do() -> None:
        if wrong:
            raise InvalidSubmission(wrong)
        if known is None:
            organisation.add(actor(), sent)
        elif isinstance(sent, Department):
            organisation.put_department(actor(), sent, seen())
        else:
            organisation.put_role(actor(), sent, seen())

    done = gettext("Saved.") if known else gettext("%(name)s was added.", name=show_name(sent))
    return _try(known, sent, do, done)


def _try(known: Noun | None, sent: Noun, do: Callable[[], object], done: str) -> Answer:
    """Do it; where it is refused, show the form again with what was typed."""
    kind = _kind(sent)
    try:
        do()
    except InvalidSubmission as refused:
        return _page(known, sent, problems=words.problems_of(refused.problems, f"{kind}.{sent.id}."), version_seen=seen()), 422
    except Conflict as late:
        return _page(known, sent, problem=words.conflict(late.details.get("by"))), 409
    flash(done, "done")
    return redirect(_address(sent), 303)


def _sent(kind: str, known: Noun | None) -> tuple[Noun, list[FieldProblem]]:
    """What was typed, and what of it is no value at all."""
    texts = typed_names(_LONGEST)
    id_ = known.id if known else typed("id")
    if kind == "role":
        return Role(id_, **texts), [] if texts["name"] else [FieldProblem("name", "required", "a role needs a name")]
    before = known if isinstance(known, Department) else Department(id_, "")
    position = typed("position")
    number = int(position) if position.isdecimal() and len(position) < 5 else None  # noqa: PLR2004 - as _MOST_POSITION
    sent = replace(before, **texts, parent=request.form.get("parent", "") or None, position=before.position if number is None else number)
    return sent, [] if number is not None else [FieldProblem("position", "number", "this is no number")]


def _page(known: Noun | None, sent: Noun, *, problems: tuple[Problem, ...] = (), problem: str = "", version_seen: int | None = None) -> str:
    # Who was too late reads how it stands now; a form that is shown for the first time must carry the version of what it shows.
    directory = services().engine.organisation.directory() if problem else services().directory()
    kind = _kind(sent)
    return render_template(
        "administration/department.html",
        kind=kind,
        known=known,
        sent=sent,
        position=typed("position") or getattr(sent, "position", ""),
        labels={**words.labels(), "id": gettext("Name in models")},
        problems=problems,
        problem=problem,
        wrong={it.path: it.message for it in problems},
        seen=directory.version if version_seen is None else version_seen,
        others=[it for it in _in_order(directory) if known is None or known.id not in directory.above(it.id)],
        most_position=_MOST_POSITION,
        **(_beside(kind, known, directory) if known else {}),
    )


def _beside(kind: str, known: Noun, directory: Directory) -> dict[str, object]:
    """What stands beside the form: the head, who is there, what refers to it, what was changed."""
    active = [it for it in by_name(list(directory.people.values())) if it.active]
    members = [directory.people[it] for it in directory.members_of(known.id)]
    departments = directory.departments
    return {
        "head": directory.head_of(known.id) if kind == "department" else None,
        "heads": directory.members_of(f"{known.id}:head") if kind == "department" else (),
        "candidates": [(it.id, show_name(it), (shown := face(it.id)) and shown.department) for it in active],
        "members": [
            (
                face(it.id),
                ", ".join(show_name(departments[place.department]) for place in it.memberships if place.department in departments),
            )
            for it in by_name(members)
        ],
        "uses": [in_words(it) for it in services().engine.organisation.uses(actor(), kind, known.id)],
        "past": recent(kind, known.id),
    }


def _known(kind: str, id_: str) -> Noun:
    directory = services().directory()
    found: Noun | None = directory.departments.get(id_) if kind == "department" else directory.roles.get(id_)
    if found is None:
        raise NotFound(f"there is no {kind} {id_!r}", id=id_)
    return found


def _kind(noun: Noun) -> str:
    return "department" if isinstance(noun, Department) else "role"


def _address(noun: Noun) -> str:
    if isinstance(noun, Department):
        return url_for("administration.departments_show", department_id=noun.id)
    return url_for("administration.departments_role", role_id=noun.id)


def _in_order(directory: Directory) -> list[Department]:
    return sorted(directory.departments.values(), key=lambda it: (it.position, it.id))


def _tree(directory: Directory, parent: str | None = None, depth: int = 0) -> Iterator[DepartmentLine]:
    """Each department, then those under it."""
    for it in _in_order(directory):
        if it.parent == parent:
            heads = tuple(shown for person in directory.members_of(f"{it.id}:head") if (shown := face(person)))
            yield DepartmentLine(it, depth, heads, len(directory.members_of(it.id)))
            yield from _tree(directory, it.id, depth + 1)
