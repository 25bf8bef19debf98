"""What the organisation says of somebody, in the language of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.administration.words import rights
from app.i18n import show_name
from app.services import services
from app.words import gettext

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine import Person

Fact = tuple[str, str]
"""What something is called, and what it is."""
_LANGUAGES = {"zh": "中文", "en": "English"}


def facts_of(person: Person) -> list[Fact]:
    """User name, departments with the roles there, roles everywhere, rights, superior, where mail goes and in which language."""
    superior = services().directory().superior_of(person.id)
    found = [
        (gettext("User name"), person.id),
        (gettext("Departments"), gettext("; ").join(_places(person))),
        (gettext("Roles everywhere"), _names(it for it in person.roles if it not in rights())),
        (gettext("Rights"), gettext(", ").join(name for role, (name, _) in rights().items() if role in _held(person))),
        (gettext("Superior"), show_name(services().directory().people[superior]) if superior else gettext("nobody")),
        (gettext("E-mail"), person.email or gettext("none")),
        (gettext("Language of e-mails"), _LANGUAGES.get(person.language, _LANGUAGES["zh"])),
    ]
    return [(name, said) for name, said in found if said]


def _places(person: Person) -> Iterator[str]:
    """`Purchasing: Buyer, Head`, the first department first."""
    departments = services().directory().departments
    for it in person.memberships:
        if it.department in departments:
            name, roles = show_name(departments[it.department]), _names(role for role in it.roles if role not in rights())
            yield gettext("%(first)s: %(second)s", first=name, second=roles) if roles else name


def _names(roles: Iterable[str]) -> str:
    known = services().directory().roles
    return gettext(", ").join(show_name(known[it]) for it in roles if it in known)


def _held(person: Person) -> set[str]:
    return {*person.roles, *(role for it in person.memberships for role in it.roles)}
