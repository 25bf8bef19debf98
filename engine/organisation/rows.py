"""The organisation in the database: read whole, and written as the difference between two directories.

Departments, roles and people are few and change seldom, so every process keeps them in memory (`engine.organisation.service`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, delete, insert, select, update

from engine.organisation.directory import Directory
from engine.organisation.model import Department, Membership, Person, Role
from engine.store import canonical
from engine.store.tables import department, membership, person, role

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

Row = dict[str, object]
Rows = dict[tuple[str, ...], Row]


def read_directory(conn: Connection, version: int = 0) -> Directory:
    """The organisation as it is stored."""
    roles_in: dict[str, dict[str, list[str]]] = {}
    for it in conn.execute(select(membership).order_by(membership.c.role_id)):
        had = roles_in.setdefault(it.person_id, {}).setdefault(it.department_id, [])
        if it.role_id:
            had.append(it.role_id)
    departments = [
        Department(it.id, it.name, _chinese(it.translations), it.parent_id, it.position)
        for it in conn.execute(select(department).order_by(department.c.position, department.c.id))
    ]
    roles = [Role(it.id, it.name, _chinese(it.translations)) for it in conn.execute(select(role).order_by(role.c.id))]
    people = [
        Person(
            id=it.id,
            name=it.name,
            name_zh=_chinese(it.translations),
            title=it.title or "",
            superior=it.superior_id,
            language=it.language or "",
            email=it.email or "",
            active=it.active,
            memberships=tuple(Membership(where, tuple(there)) for where, there in roles_in.get(it.id, {}).items() if where),
            roles=tuple(roles_in.get(it.id, {}).get("", ())),
        )
        for it in conn.execute(select(person).order_by(person.c.id))
    ]
    return Directory.of(departments, roles, people, version)


def write_directory(conn: Connection, before: Directory, after: Directory) -> None:
    """Write what differs."""
    _write(conn, department, _departments(before), _departments(after))
    _write(conn, role, _roles(before), _roles(after))
    _write(conn, person, _people(before), _people(after))
    _write(conn, membership, _memberships(before), _memberships(after))


def _departments(directory: Directory) -> Rows:
    return {
        (it.id,): {"id": it.id, "name": it.name, "translations": _translations(it.name_zh), "parent_id": it.parent, "position": it.position}
        for it in directory.departments.values()
    }


def _roles(directory: Directory) -> Rows:
    return {(it.id,): {"id": it.id, "name": it.name, "translations": _translations(it.name_zh)} for it in directory.roles.values()}


def _people(directory: Directory) -> Rows:
    return {
        (it.id,): {
            "id": it.id,
            "name": it.name,
            "translations": _translations(it.name_zh),
            "title": it.title or None,
            "email": it.email or None,
            "language": it.language or None,
            "superior_id": it.superior,
            "active": it.active,
        }
        for it in directory.people.values()
    }


def _memberships(directory: Directory) -> Rows:
    keys = [
        (it.id, in_department, role_id)
        for it in directory.people.values()
        for in_department, roles in [("", it.roles), *((one.department, one.roles or ("",)) for one in it.memberships)]
        for role_id in roles
    ]
    return {key: {"person_id": key[0], "department_id": key[1], "role_id": key[2]} for key in keys}


def _write(conn: Connection, table: Table, before: Rows, after: Rows) -> None:
    """At most one insert, one update and one delete."""
    keys = [column.name for column in table.primary_key.columns]
    this_row = and_(*(table.c[name] == bindparam(f"key_{name}") for name in keys))
    new = [row for key, row in after.items() if key not in before]
    changed = [{**_key(keys, key), **row} for key, row in after.items() if key in before and before[key] != row]
    gone = [_key(keys, key) for key in before if key not in after]
    if gone:
        conn.execute(delete(table).where(this_row), gone)
    if changed:
        conn.execute(update(table).where(this_row).values({column.name: bindparam(column.name) for column in table.columns}), changed)
    if new:
        conn.execute(insert(table), new)


def _key(names: list[str], values: tuple[str, ...]) -> Row:
    return {f"key_{name}": value for name, value in zip(names, values, strict=True)}


def _translations(chinese: str) -> str:
    return canonical.dumps({"zh": chinese} if chinese else {})


def _chinese(translations: str) -> str:
    texts: Mapping[str, str] = canonical.loads(translations)
    return texts.get("zh", "")
