"""An organisation as plain data (of a JSON file, of the sample company), read into values.

```
{"departments": [{"id": "sales", "name": "Sales", "name_zh": "销售", "parent": "management"}],
 "roles": [{"id": "head", "name": "Head", "name_zh": "负责人"}],
 "people": [{"id": "li-qiang", "name": "Li Qiang", "name_zh": "李强", "title": "Head of Sales", "email": "…", "language": "zh",
             "superior": "wang-fang", "active": true, "roles": ["analyst"], "memberships": [{"department": "sales", "roles": ["head"]}]}]}
```
Only ids and names must be there. Departments stand in the order in which they are listed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.errors import InvalidRequest
from engine.organisation.directory import Directory
from engine.organisation.model import Department, Membership, Person, Role

PlainData = Mapping[str, object]


def read_organisation(data: PlainData) -> Directory:
    """The organisation of plain data, not checked yet. Raises `InvalidRequest` for data of another shape."""
    departments = [
        Department(_text(it, "id"), _text(it, "name"), _text(it, "name_zh"), _optional(it, "parent"), position)
        for position, it in enumerate(_rows(data, "departments"))
    ]
    roles = [Role(_text(it, "id"), _text(it, "name"), _text(it, "name_zh")) for it in _rows(data, "roles")]
    return Directory.of(departments, roles, [_person(it) for it in _rows(data, "people")])


def _person(data: PlainData) -> Person:
    active = data.get("active", True)
    if not isinstance(active, bool):
        raise InvalidRequest(f"active is true or false, not {active!r}")
    return Person(
        id=_text(data, "id"),
        name=_text(data, "name"),
        name_zh=_text(data, "name_zh"),
        title=_text(data, "title"),
        superior=_optional(data, "superior"),
        language=_text(data, "language"),
        email=_text(data, "email"),
        active=active,
        memberships=tuple(Membership(_text(it, "department"), _texts(it, "roles")) for it in _rows(data, "memberships")),
        roles=_texts(data, "roles"),
    )


def _rows(data: PlainData, key: str) -> list[PlainData]:
    rows = data.get(key) or []
    if not isinstance(rows, Sequence) or isinstance(rows, str) or not all(isinstance(row, Mapping) for row in rows):
        raise InvalidRequest(f"{key} is a list of objects")
    return list(rows)


def _text(data: PlainData, key: str) -> str:
    value = data.get(key) or ""
    if not isinstance(value, str):
        raise InvalidRequest(f"{key} is a text, not {value!r}")
    return value


def _optional(data: PlainData, key: str) -> str | None:
    return _text(data, key) or None


def _texts(data: PlainData, key: str) -> tuple[str, ...]:
    values = data.get(key) or []
    if not isinstance(values, Sequence) or isinstance(values, str) or not all(isinstance(value, str) for value in values):
        raise InvalidRequest(f"{key} is a list of texts")
    return tuple(values)
