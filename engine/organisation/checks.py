"""What must be true of an organisation. Every change is checked as a whole before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine.errors import FieldProblem, InvalidSubmission
from engine.organisation.directory import Directory
from engine.organisation.model import Person, is_id


def check(directory: Directory) -> None:
    """Raise `InvalidSubmission`, naming each mistake, if the organisation is not sound."""
    problems = [*_ids(directory), *_departments(directory), *_people(directory)]
    if problems:
        raise InvalidSubmission(problems)


def _ids(directory: Directory) -> Iterator[FieldProblem]:
    for kind, ids in (("department", directory.departments), ("role", directory.roles), ("person", directory.people)):
        for it in ids:
            if not is_id(it):
                yield _problem(f"{kind}.{it}.id", "id", "an id is lower-case letters and digits, with single hyphens")
    for both in sorted(directory.departments.keys() & directory.roles.keys()):
        yield _problem(f"role.{both}.id", "taken", f"{both!r} is a department: a group would be ambiguous")


def _departments(directory: Directory) -> Iterator[FieldProblem]:
    for department in directory.departments.values():
        path = f"department.{department.id}"
        if not department.name.strip():
            yield _problem(f"{path}.name", "required", "a department needs a name")
        if department.parent is not None and department.parent not in directory.departments:
            yield _problem(f"{path}.parent", "unknown", f"there is no department {department.parent!r}")
        if _circles(department.id, lambda it: directory.departments[it].parent if it in directory.departments else None):
            yield _problem(f"{path}.parent", "circle", f"{department.id} would stand above itself")


def _people(directory: Directory) -> Iterator[FieldProblem]:
    for person in directory.people.values():
        path = f"person.{person.id}"
        if not person.name.strip():
            yield _problem(f"{path}.name", "required", "a person needs a name")
        if person.superior is not None and person.superior not in directory.people:
            yield _problem(f"{path}.superior", "unknown", f"there is no person {person.superior!r}")
        if _circles(person.id, lambda it: directory.people[it].superior if it in directory.people else None):
            yield _problem(f"{path}.superior", "circle", f"{person.id} would be their own superior")
        yield from _memberships(directory, person)


def _memberships(directory: Directory, person: Person) -> Iterator[FieldProblem]:
    path = f"person.{person.id}.memberships"
    departments = [membership.department for membership in person.memberships]
    for index, membership in enumerate(person.memberships):
        if membership.department not in directory.departments:
            yield _problem(f"{path}[{index}].department", "unknown", f"there is no department {membership.department!r}")
        if departments.index(membership.department) != index:
            yield _problem(f"{path}[{index}].department", "twice", f"{membership.department!r} stands twice")
        for role in membership.roles:
            if role not in directory.roles:
                yield _problem(f"{path}[{index}].roles", "unknown", f"there is no role {role!r}")
    for role in person.roles:
        if role not in directory.roles:
            yield _problem(f"person.{person.id}.roles", "unknown", f"there is no role {role!r}")


def _circles(start: str, following: Callable[[str], str | None]) -> bool:
    """Whether following the links from `start` comes back to it."""
    seen: set[str] = set()
    current = following(start)
    while current is not None and current not in seen:
        if current == start:
            return True
        seen.add(current)
        current = following(current)
    return False


def _problem(path: str, code: str, message: str) -> FieldProblem:
    return FieldProblem(path, code, message)
