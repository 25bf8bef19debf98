"""One person: the form with departments, roles, superior and rights; adding somebody, enabling somebody again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.administration import words
from app.administration.blueprint import blueprint, by_name, seen
from app.administration.entries import PersonEntry, entry_of, problems_in, sent_person
from app.administration.past import recent
from app.auth.views import actor
from app.i18n import show_name
from app.services import services
from app.shell import face
from app.words import gettext
from engine import Conflict, InvalidSubmission, NotFound, Person

if TYPE_CHECKING:
    from app.tasks.model import Problem

Answer = Response | tuple[str, int]


def somebody(person_id: str) -> Person:
    """A person, active or not. Raises `NotFound`."""
    found = services().directory().people.get(person_id)
    if found is None:
        raise NotFound(f"there is no person {person_id!r}", person=person_id)
    return found


@blueprint.get("/new-person")
def people_new() -> str:
    """An empty form."""
    return _page(None, entry_of(Person("", "")))


@blueprint.post("/people")
def people_add() -> Answer:
    """Add a person."""
    entry = sent_person(None)
    return _save(None, entry, gettext("%(person)s was added. A first password is still needed.", person=show_name(entry.person)))


@blueprint.get("/people/<person_id>")
def people_show(person_id: str) -> str:
    """A person, to be changed."""
    known = somebody(person_id)
    return _page(known, entry_of(known))


@blueprint.post("/people/<person_id>")
def people_save(person_id: str) -> Answer:
    """Change a person."""
    known = somebody(person_id)
    return _save(known, sent_person(known), gettext("Saved."))


@blueprint.post("/people/<person_id>/enable")
def people_enable(person_id: str) -> Answer:
    """Let somebody in again who was deactivated."""
    known = somebody(person_id)
    services().engine.organisation.set_active(actor(), known.id, active=True, seen=seen())
    flash(gettext("%(person)s can sign in again.", person=show_name(known)), "done")
    return redirect(url_for("administration.people_show", person_id=known.id), 303)


def _save(known: Person | None, entry: PersonEntry, done: str) -> Answer:
    """Do it; where it is refused, show the form again with what was typed."""
    organisation = services().engine.organisation
    prefix = f"person.{entry.person.id}."
    try:
        wrong = problems_in(entry)
        if wrong:
            raise InvalidSubmission(wrong)  # noqa: TRY301 - answered as what the engine refuses
        if known is None:
            organisation.add(actor(), entry.person)
        else:
            organisation.put_person(actor(), entry.person, seen())
    except InvalidSubmission as refused:
        return _page(known, entry, problems=words.problems_of(refused.problems, prefix), version_seen=seen()), 422
    except Conflict as late:
        return _page(known, entry, problem=words.conflict(late.details.get("by"))), 409
    flash(done, "done")
    return redirect(url_for("administration.people_show", person_id=entry.person.id), 303)


def _page(
    known: Person | None, entry: PersonEntry, *, problems: tuple[Problem, ...] = (), problem: str = "", version_seen: int | None = None
) -> str:
    # Who was too late reads how it stands now; a form that is shown for the first time must carry the version of what it shows.
    directory = services().engine.organisation.directory() if problem else services().directory()
    others = [it for it in by_name(list(directory.people.values())) if it.active and (known is None or it.id != known.id)]
    usual = directory.nearest_head(entry.places[0].department, frozenset({entry.person.id})) if entry.places else None
    names = words.rights()
    return render_template(
        "administration/person.html",
        known=known,
        entry=entry,
        labels=words.labels(),
        problems=problems,
        problem=problem,
        wrong={it.path: it.message for it in problems},
        seen=directory.version if version_seen is None else version_seen,
        departments=sorted(directory.departments.values(), key=lambda it: (it.position, it.id)),
        roles=[it for it in directory.roles.values() if it.id not in names],
        rights=names,
        others=[(it.id, show_name(it), (person := face(it.id)) and person.department) for it in others],
        usual=show_name(directory.people[usual]) if usual else "",
        **_beside(known),
    )


def _beside(known: Person | None) -> dict[str, object]:
    """What stands beside the form of somebody who is there."""
    if known is None:
        return {}
    return {
        "held": services().engine.tasks.held_by(actor(), known.id, limit=1).total,
        "password": services().doors.password_since(known.id),
        "tokens": len(services().tokens.of_person(known.id)),
        "past": recent("person", known.id),
        "is_me": known.id == actor().id,
    }
