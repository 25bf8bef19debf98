"""The nouns of an organisation: departments in a tree, roles, and people who belong to several departments.

Ids are lower-case ASCII with hyphens, and a department and a role never share one: a group in a model is the id of a department, the
id of a role, or `department:role`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

HEAD = "head"  # the role that the head of a department has there
ADMINISTRATOR = "admin"
AUDITOR = "auditor"
ANALYST = "analyst"

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)
_LONGEST_ID = 60


def is_id(text: str) -> bool:
    """Whether a text may be the id of a department, role or person."""
    return len(text) <= _LONGEST_ID and _ID.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Department:
    """A department. `parent` is the department that it belongs to.

    `position` orders departments wherever they are listed; the pages give each its colour by it, too. Project teams come last: the
    first of a person's departments is the one that the person is counted to.
    """

    id: str
    name: str
    name_zh: str = ""
    parent: str | None = None
    position: int = 0


@dataclass(frozen=True, slots=True)
class Role:
    """What somebody does in a department: `buyer`, `head`, `auditor`."""

    id: str
    name: str
    name_zh: str = ""


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's place in one department, with any number of roles there."""

    department: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """A person. `id` is the user name; `roles` are those that hold everywhere, besides those of the memberships.

    In a directory, memberships stand in the order of the departments: the first is the department that the person is counted to.
    """

    id: str
    name: str
    name_zh: str = ""
    title: str = ""
    superior: str | None = None  # None: the head of the department
    language: str = ""  # empty: what the browser asks for
    email: str = ""
    active: bool = True
    memberships: tuple[Membership, ...] = ()
    roles: tuple[str, ...] = ()
