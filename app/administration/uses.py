"""What keeps a department or a role from being removed, as its page says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import url_for

from app.cases.naming import process_name
from app.i18n import show_name
from app.services import services
from app.words import gettext
from engine import UseKind

if TYPE_CHECKING:
    from engine import GroupUse


@dataclass(frozen=True, slots=True)
class Use:
    """What keeps something from being removed, in words, with the page where that can be changed."""

    text: str
    url: str = ""


def in_words(use: GroupUse) -> Use:
    """What refers to it, with the page on which that can be changed."""
    directory = services().directory()
    if use.kind is UseKind.PERSON:
        person = directory.people[use.id]
        state = "" if person.active else gettext(" (not active)")
        return Use(f"{show_name(person)}{state}", url_for("administration.people_show", person_id=use.id))
    if use.kind is UseKind.DEPARTMENT:
        name = show_name(directory.departments[use.id])
        return Use(
            gettext("%(department)s belongs to it", department=name), url_for("administration.departments_show", department_id=use.id)
        )
    if use.kind is UseKind.PROCESS:
        definition = services().engine.definitions.get(use.id)
        text = gettext("%(process)s, version %(number)s", process=process_name(definition), number=definition.row.version)
        return Use(text, url_for("processes.show", key=definition.row.key))
    if use.kind is UseKind.SYSTEM:
        return Use(gettext("Crossdesk itself knows this role"))
    if use.kind is UseKind.TASKS:
        return Use(gettext("Open tasks are offered to it"))
    return Use(gettext("Cases began in it, and their pages name it"))
