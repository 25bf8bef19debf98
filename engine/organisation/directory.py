"""The organisation at one moment, with every lookup that routing, escalation and access need.

A directory never changes; a change of the organisation makes a new one with a higher `version`. Only active people are ever found:
who was disabled has no groups, heads nothing and is nobody's superior.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from engine.errors import NotFound
from engine.model import Actor
from engine.organisation.model import ADMINISTRATOR, HEAD, Department, Person, Role


@dataclass(frozen=True)
class Directory:
    """Departments, roles and people by id."""

    departments: Mapping[str, Department] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    version: int = 0

    @classmethod
    def of(cls, departments: Iterable[Department], roles: Iterable[Role], people: Iterable[Person], version: int = 0) -> Directory:
        """A directory of plain lists. Memberships and roles are put in order."""
        plain = cls({it.id: it for it in departments}, {it.id: it for it in roles}, version=version)
        return replace(plain, people={it.id: plain.in_order(it) for it in people})

    def in_order(self, person: Person) -> Person:
        """The person with memberships in the order of the departments, the one that they are counted to first, and roles by id."""
        memberships = sorted(person.memberships, key=lambda it: self._position(it.department))
        return replace(
            person,
            memberships=tuple(replace(it, roles=tuple(sorted(it.roles))) for it in memberships),
            roles=tuple(sorted(person.roles)),
        )

    # ---- people ----------------------------------------------------------------------------------------------------------

    def person(self, person: str) -> Person | None:
        """The active person with this user name."""
        found = self.people.get(person)
        return found if found and found.active else None

    def is_active(self, person: str) -> bool:
        """Whether this is the user name of an active person."""
        return self.person(person) is not None

    def actor(self, person: str) -> Actor:
        """The person as somebody who acts. Raises `NotFound` for unknown and disabled people."""
        if not self.is_active(person):
            raise NotFound(f"there is no active person {person!r}", person=person)
        return Actor(id=person, groups=self.groups_of(person), departments=self.departments_of(person))

    def departments_of(self, person: str) -> frozenset[str]:
        """The departments that an active person belongs to."""
        found = self.person(person)
        return frozenset(membership.department for membership in found.memberships) if found else frozenset()

    def department_of(self, person: str) -> str | None:
        """The department that an active person is counted to: the first of theirs by position."""
        found = self.person(person)
        return self._home(found) if found else None

    def _home(self, person: Person) -> str | None:
        departments = [it.department for it in person.memberships]
        return min(departments, key=self._position, default=None)

    def _position(self, department: str) -> tuple[int, str]:
        known = self.departments.get(department)
        return (known.position if known else len(self.departments), department)

    def groups_of(self, person: str) -> frozenset[str]:
        """The groups of an active person: departments, roles, and `department:role`."""
        return self._groups.get(person, frozenset())

    # ---- groups ----------------------------------------------------------------------------------------------------------

    def knows_group(self, group: str) -> bool:
        """Whether the name is that of a department, of a role, or of a role in a department."""
        department, colon, role = group.partition(":")
        if colon:
            return department in self.departments and role in self.roles
        return group in self.departments or group in self.roles

    def members_of(self, group: str) -> tuple[str, ...]:
        """The active people of a group, in the order of their user names."""
        return self._members.get(group, ())

    def administrators(self) -> tuple[str, ...]:
        """The active administrators."""
        return self.members_of(ADMINISTRATOR)

    def people_of(self, users: Iterable[str], groups: Iterable[str]) -> tuple[str, ...]:
        """The active people among `users` and in `groups`, each once, in the order of their user names."""
        named = {user for user in users if self.is_active(user)}
        return tuple(sorted(named.union(*(self.members_of(group) for group in groups))))

    # ---- departments -----------------------------------------------------------------------------------------------------

    def above(self, department: str) -> Iterator[str]:
        """The department itself, then its parents upwards."""
        seen: set[str] = set()
        current: str | None = department
        while current is not None and current in self.departments and current not in seen:
            seen.add(current)
            yield current
            current = self.departments[current].parent

    def below(self, department: str) -> frozenset[str]:
        """The department itself and all departments under it."""
        return self._below.get(department, frozenset())

    def head_of(self, department: str) -> str | None:
        """The active head of a department; the first by user name where there are several."""
        return next(iter(self.members_of(f"{department}:{HEAD}")), None)

    def nearest_head(self, department: str, but_not: frozenset[str] = frozenset()) -> str | None:
        """The head of the department, failing that of its parent, and so on upwards, leaving some people out."""
        heads = (head for it in self.above(department) for head in self.members_of(f"{it}:{HEAD}") if head not in but_not)
        return next(heads, None)

    # ---- superiors -------------------------------------------------------------------------------------------------------

    def superior_of(self, person: str) -> str | None:
        """The superior: the one that is set, else the head of the person's department, else that of the parent department."""
        found = self.people.get(person)
        if found is None:
            return None
        if found.superior and found.superior != person and self.is_active(found.superior):
            return found.superior
        # Also for somebody who was disabled: an open task of theirs still has to go to somebody.
        department = self._home(found)
        return self.nearest_head(department, frozenset({person})) if department else None

    def superiors_of(self, person: str) -> Iterator[str]:
        """The superior, then the superior's superior, upwards; each once."""
        seen = {person}
        current = self.superior_of(person)
        while current is not None and current not in seen:
            seen.add(current)
            yield current
            current = self.superior_of(current)

    # ---- indexes, made once ----------------------------------------------------------------------------------------------

    @cached_property
    def _groups(self) -> dict[str, frozenset[str]]:
        return {person.id: frozenset(_groups(person)) for person in self.people.values() if person.active}

    @cached_property
    def _members(self) -> dict[str, tuple[str, ...]]:
        members: dict[str, list[str]] = {}
        for person in sorted(self._groups):
            for group in self._groups[person]:
                members.setdefault(group, []).append(person)
        return {group: tuple(people) for group, people in members.items()}

    @cached_property
    def _below(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for department in self.departments:
            for upper in self.above(department):
                found.setdefault(upper, set()).add(department)
        return {department: frozenset(lower) for department, lower in found.items()}


def _groups(person: Person) -> Iterator[str]:
    yield from person.roles
    for membership in person.memberships:
        yield membership.department
        for role in membership.roles:
            yield role
            yield f"{membership.department}:{role}"
