"""Who changed what of the organisation: the page of all changes, and the newest of one person, department, role or of the calendar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import render_template, request, url_for

from app.administration import words
from app.administration.blueprint import blueprint, by_name
from app.auth.views import actor
from app.cases.naming import person_name
from app.i18n import show_name
from app.services import services
from app.shell import face
from app.words import gettext
from engine import ActorKind, ChangeFilter

if TYPE_CHECKING:
    from datetime import datetime

    from app.shell import Face
    from engine import NounChange, OrganisationEntry

_ENTRIES = 30
_RECENT = 6
_OPEN = 4  # so many changes of an entry are shown at once, the others fold


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing that was changed."""

    kind: str
    subject: str
    url: str
    done: str
    differences: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody changed at once."""

    at: datetime
    who: Face | None
    actor: str
    first: tuple[Shown, ...]
    folded: tuple[Shown, ...]


@blueprint.get("/changes")
def changes() -> str:
    """All changes, newest first."""
    asked = {name: request.args.get(name, "")[:100] for name in ("kind", "person", "by")}
    wanted = _filter(**asked)
    before = request.args.get("before", type=int)
    found = services().engine.organisation.past(actor(), wanted, before, _ENTRIES)
    kept: dict[str, Any] = {name: value for name, value in asked.items() if value}
    people = by_name(list(services().directory().people.values()))
    return render_template(
        "administration/changes.html",
        entries=[_entry(it) for it in found.entries],
        asked=asked,
        kinds=words.kinds(),
        people=[(it.id, show_name(it)) for it in people],
        administrators=[(it.id, show_name(it)) for it in people if "admin" in services().directory().groups_of(it.id)],
        older=url_for("administration.changes", **kept, before=found.before) if found.before else None,
        is_first=before is None,
        newest=url_for("administration.changes", **kept),
    )


def recent(kind: str, id_: str | None = None) -> list[Entry]:
    """The newest changes of one thing, to stand beside it."""
    found = services().engine.organisation.past(actor(), ChangeFilter(kind, id_), limit=_RECENT)
    return [_entry(it) for it in found.entries]


def _filter(*, kind: str, person: str, by: str) -> ChangeFilter:
    if person:
        return ChangeFilter("person", person, by or None)
    return ChangeFilter(kind if kind in words.kinds() else None, None, by or None)


def _entry(entry: OrganisationEntry) -> Entry:
    shown = [_shown(it) for it in entry.changes]
    cut = min(len(shown), _OPEN)
    is_person = entry.actor_kind is ActorKind.PERSON
    name = person_name(entry.actor) if is_person else gettext("The system")
    return Entry(entry.at, face(entry.actor) if is_person else None, name, tuple(shown[:cut]), tuple(shown[cut:]))


def _shown(change: NounChange) -> Shown:
    return Shown(
        change.kind,
        words.subject(change),
        _url(change),
        words.what_was_done(change),
        tuple(words.differences(change)),
    )


def _url(change: NounChange) -> str:
    """Where it stands now; nowhere, if it is gone."""
    directory = services().directory()
    if change.kind == "person" and change.id in directory.people:
        return url_for("administration.people_show", person_id=change.id)
    if change.kind == "department" and change.id in directory.departments:
        return url_for("administration.departments_show", department_id=change.id)
    if change.kind == "role" and change.id in directory.roles:
        return url_for("administration.departments_role", role_id=change.id)
    if change.kind == "calendar":
        year = change.id[:4]
        return url_for("administration.calendar", year=int(year) if year.isdecimal() else None)
    return ""
