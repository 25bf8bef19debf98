"""What the form of a person sends, and how it is filled in again after it was refused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask import request

from app.administration.blueprint import typed, typed_names
from app.administration.words import rights
from engine import FieldProblem, Membership, Person

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_TEXTS = ("title", "email", "language")
_MOST_PLACES = 30


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """A person as the form shows them: departments with the roles there, roles everywhere, and what the person may."""

    person: Person
    places: tuple[Membership, ...]  # without the roles that are rights
    everywhere: tuple[str, ...]
    may: frozenset[str]  # of the roles that are rights


def entry_of(person: Person) -> PersonEntry:
    """The form of somebody who is there."""
    names = rights()
    held = {*person.roles, *(role for it in person.memberships for role in it.roles)}
    places = tuple(replace(it, roles=_without(it.roles, names)) for it in person.memberships)
    return PersonEntry(person, places, _without(person.roles, names), frozenset(held & names.keys()))


def sent_person(known: Person | None) -> PersonEntry:
    """What was typed. What the form does not show stays as it is known."""
    before = known or Person(typed("id"), "")
    texts = {**typed_names(), **{name: typed(name) for name in _TEXTS}}
    superior = request.form.get("superior", "") or None
    may = frozenset(request.form.getlist("may")) & rights().keys()
    places = tuple(_sent_places())
    everywhere = tuple(request.form.getlist("roles"))
    person = replace(before, **texts, superior=superior)  # type: ignore[arg-type]  # by name
    return PersonEntry(_with_rights(person, places, everywhere, may), places, everywhere, may)


def problems_in(entry: PersonEntry) -> list[FieldProblem]:
    """What is wrong with it that the engine does not look at."""
    email = entry.person.email
    local, _, domain = email.partition("@")
    if email and (not local or "." not in domain.strip(".") or any(it.isspace() for it in email) or "@" in domain):
        return [FieldProblem("email", "email", "this is no address")]
    return []


def _sent_places() -> Iterable[Membership]:
    for number in range(_MOST_PLACES):
        department = request.form.get(f"place.{number}", "")
        if department:
            yield Membership(department, tuple(request.form.getlist(f"place.{number}.roles")))


def _with_rights(person: Person, places: Sequence[Membership], everywhere: Sequence[str], may: frozenset[str]) -> Person:
    """A right that was held stays where it was held, in a department or everywhere; a new one is held everywhere."""
    names = rights()
    before = {it.department: it.roles for it in person.memberships}
    kept = {it.department: tuple(role for role in before.get(it.department, ()) if role in may) for it in places}
    held = {role for roles in kept.values() for role in roles} | set(_with(person.roles, may))
    memberships = tuple(Membership(it.department, (*_without(it.roles, names), *kept[it.department])) for it in places)
    return replace(person, memberships=memberships, roles=(*_without(everywhere, names), *_with(person.roles, may), *sorted(may - held)))


def _with(roles: Iterable[str], wanted: Iterable[str]) -> tuple[str, ...]:
    return tuple(it for it in roles if it in wanted)


def _without(roles: Iterable[str], unwanted: Iterable[str]) -> tuple[str, ...]:
    return tuple(it for it in roles if it not in unwanted)
