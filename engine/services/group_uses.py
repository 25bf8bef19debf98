"""What refers to a department or a role, so that it cannot be removed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, func, literal, or_, select

from engine.bpmn.groups import naming
from engine.model import WORKER_ROLE
from engine.organisation.model import ADMINISTRATOR, ANALYST, AUDITOR, HEAD, Membership
from engine.services.catalogue import DECISIONS, Definition
from engine.services.runtime import Runtime
from engine.store.queries.visible import GROUP_KINDS
from engine.store.tables import case_instance, process_definition, process_instance, task_candidate

OF_THE_SYSTEM = frozenset({HEAD, ADMINISTRATOR, AUDITOR, ANALYST, WORKER_ROLE})
"""Roles that Crossdesk itself knows: who heads, administers, audits, draws, and acts for others."""
_TAGS = re.compile(r"<[^>]*>")  # ids of elements are no texts


class UseKind(StrEnum):
    """What refers to a department or role."""

    SYSTEM = "system"  # Crossdesk itself
    PERSON = "person"  # a member, active or not
    DEPARTMENT = "department"  # a department under it
    PROCESS = "process"  # a version that can be started, or that open cases run on
    TASKS = "tasks"  # open tasks that are offered to it
    CASES = "cases"  # cases that began in it, open or ended: their pages name it


@dataclass(frozen=True, slots=True)
class GroupUse:
    """Something that refers to a department or role. `id` is that of the person, department or process definition."""

    kind: UseKind
    id: str = ""
    elements: tuple[str, ...] = ()  # of a process: where its diagram names it; files of decisions by their names


def uses_of(runtime: Runtime, connection: Connection, kind: str, id_: str) -> tuple[GroupUse, ...]:
    """Everything that refers to a `department` or a `role`."""
    return tuple(_uses(runtime, connection, kind, id_))


def _uses(runtime: Runtime, connection: Connection, kind: str, id_: str) -> Iterator[GroupUse]:
    directory = runtime.directory(connection)
    if kind == "role" and id_ in OF_THE_SYSTEM:
        yield GroupUse(UseKind.SYSTEM)
    for person in directory.people.values():
        places = {it.department for it in person.memberships} if kind == "department" else _roles(person.roles, person.memberships)
        if id_ in places:
            yield GroupUse(UseKind.PERSON, person.id)
    if kind == "department":
        yield from (GroupUse(UseKind.DEPARTMENT, it.id) for it in directory.departments.values() if it.parent == id_)
    for definition in _living(runtime, connection):
        elements = (*naming(definition.process, id_), *_decisions(runtime, connection, definition, id_))
        if elements:
            yield GroupUse(UseKind.PROCESS, definition.row.id, elements)
    if _is_offered(connection, id_):
        yield GroupUse(UseKind.TASKS)
    if kind == "department" and _is_there(connection, case_instance.c.start_department == id_):
        yield GroupUse(UseKind.CASES)


def _roles(everywhere: tuple[str, ...], memberships: tuple[Membership, ...]) -> set[str]:
    return {*everywhere, *(role for membership in memberships for role in membership.roles)}


def _living(runtime: Runtime, connection: Connection) -> Iterator[Definition]:
    """The newest version of each process, and those that open cases run on."""
    columns = process_definition.c
    newest = select(columns.key, func.max(columns.version).label("version")).group_by(columns.key).subquery()
    query = select(columns.id).where(
        or_(
            columns.id.in_(select(process_instance.c.definition_id).distinct()),
            select(newest.c.key).where(newest.c.key == columns.key, newest.c.version == columns.version).exists(),
        )
    )
    for definition_id in connection.scalars(query.order_by(columns.key, columns.version.desc())).all():
        yield runtime.catalogue.definition(connection, definition_id)


def _decisions(runtime: Runtime, connection: Connection, definition: Definition, id_: str) -> Iterator[str]:
    """The files of decisions that came with a process and have the name as a text: what they decide may be who is asked."""
    for name, digest in definition.resources.items():
        if not name.endswith(DECISIONS):
            continue
        text = runtime.catalogue.by_digest(connection, digest).decode(errors="replace").replace("&quot;", '"')
        if re.search(rf'"(?:[a-z0-9-]+:)?{re.escape(id_)}(?::[a-z0-9-]+)?"', _TAGS.sub("", text)):
            yield name


def _is_offered(connection: Connection, id_: str) -> bool:
    value = task_candidate.c.value
    group = or_(value == id_, value.startswith(f"{id_}:", autoescape=True), value.endswith(f":{id_}", autoescape=True))
    return _is_there(connection, task_candidate.c.kind.in_(GROUP_KINDS) & group)


def _is_there(connection: Connection, condition: ColumnElement[bool]) -> bool:
    return connection.execute(select(literal(1)).where(condition).limit(1)).one_or_none() is not None
