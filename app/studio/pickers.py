"""What an analyst chooses from: departments, roles and people of the organisation, forms, decision tables, handlers, connectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.connectors.words import choices
from app.i18n import show_name
from app.words import gettext

if TYPE_CHECKING:
    from engine import Directory, ModelChoices

Option = tuple[str, str]
_HEAD = "head"


def pickers(directory: Directory, known: ModelChoices) -> dict[str, object]:
    """By the names that the editor uses: each option is what the model says and what it is called."""
    people = sorted((it for it in directory.people.values() if it.active), key=show_name)
    return {
        "groups": _groups(directory),
        "people": [(it.id, f"{show_name(it)} ({it.id})") for it in people],
        "forms": list(known.forms),
        "decisions": [(key, f"{name} ({key})" if name != key else key) for key, name in known.decisions],
        "handlers": list(known.handlers),
        "connectors": choices(known.connectors),
    }


def _groups(directory: Directory) -> list[Option]:
    """Departments in their order with their heads after them, then roles that hold everywhere."""
    found: list[Option] = []
    for department in sorted(directory.departments.values(), key=lambda it: it.position):
        found.append((department.id, show_name(department)))
        if _HEAD in directory.roles:
            role = show_name(directory.roles[_HEAD])
            found.append((f"{department.id}:{_HEAD}", gettext("%(department)s: %(what)s", department=show_name(department), what=role)))
    return found + [(it.id, show_name(it)) for it in directory.roles.values()]
