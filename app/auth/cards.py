"""The people of the sample company, as cards by department: one click signs in."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.i18n import show_name

if TYPE_CHECKING:
    from engine import Department, Directory, Person


@dataclass(frozen=True, slots=True)
class Card:
    """A person, with what they do."""

    person: Person
    roles: tuple[str, ...]  # names of roles in the language of the page


@dataclass(frozen=True, slots=True)
class DepartmentCards:
    """The people who are counted to one department, its head first."""

    department: Department
    cards: tuple[Card, ...]


def cards_of(directory: Directory, people: AbstractSet[str]) -> list[DepartmentCards]:
    """The active ones of these people, by department, in the order of the departments."""
    found: dict[str, list[Card]] = {}
    for person in sorted(people):
        active = directory.person(person)
        department = directory.department_of(person)
        if active and department:
            found.setdefault(department, []).append(Card(active, roles_of(directory, active, department)))
    in_order = sorted(directory.departments.values(), key=lambda it: (it.position, it.id))
    return [DepartmentCards(it, _heads_first(directory, it.id, found[it.id])) for it in in_order if it.id in found]


def roles_of(directory: Directory, person: Person, department: str) -> tuple[str, ...]:
    """What a person does: the roles in the department and those everywhere, by name."""
    here = [role for membership in person.memberships if membership.department == department for role in membership.roles]
    return tuple(show_name(directory.roles[role]) for role in dict.fromkeys([*here, *person.roles]) if role in directory.roles)


def _heads_first(directory: Directory, department: str, cards: list[Card]) -> tuple[Card, ...]:
    heads = directory.members_of(f"{department}:head")
    return tuple(sorted(cards, key=lambda card: (card.person.id not in heads, card.person.id)))
