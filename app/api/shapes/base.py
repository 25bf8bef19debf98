"""The words in which shapes are written, and what all calls share: variables, errors, moments."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

Shape = Mapping[str, Any]
"""A JSON Schema."""

NAMED: dict[str, Shape] = {}
"""The shapes that have a name, under which the document lists them once."""


def named(name: str, shape: Shape) -> Shape:
    """A shape that the document lists under a name; what is given stands for it."""
    NAMED[name] = shape
    return {"$ref": f"#/components/schemas/{name}"}


def listed(of: Shape) -> Shape:
    """A list."""
    return {"type": "array", "items": of}


def record(**fields: Shape) -> Shape:
    """An object of an answer: every field is there, and no other."""
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def record_with(optional: Mapping[str, Shape], **fields: Shape) -> Shape:
    """The same, with fields that may be missing."""
    return {**record(**fields), "properties": {**fields, **optional}}


def sent(*, needed: Collection[str] = (), **fields: Shape) -> Shape:
    """An object of a body. A field that is not `needed` may be null or missing; fields that nobody knows are ignored."""
    known = {name: shape if name in needed else or_none(shape) for name, shape in fields.items()}
    return {"type": "object", "properties": known, **({"required": list(needed)} if needed else {})}


def or_none(shape: Shape) -> Shape:
    """A value, or null."""
    if not shape:
        return shape
    if "type" not in shape or "enum" in shape:
        return {"anyOf": [shape, {"type": "null"}]}
    return {**shape, "type": [shape["type"], "null"]} if isinstance(shape["type"], str) else shape


def one_of(*values: str) -> Shape:
    """One of some words."""
    return {"type": "string", "enum": list(values)}


def map_of(values: Shape) -> Shape:
    """An object whose names are not known beforehand."""
    return {"type": "object", "additionalProperties": values}


TEXT: Final[Shape] = {"type": "string"}
NEEDED_TEXT: Final[Shape] = {"type": "string", "minLength": 1}
PLAIN: Final[Shape] = {"type": "string", "description": "plain text, not JSON"}
BINARY: Final[Shape] = {"type": "string", "format": "binary", "description": "the bytes as they are, not JSON"}
FLAG: Final[Shape] = {"type": "boolean"}
WHOLE: Final[Shape] = {"type": "integer"}
COUNTED: Final[Shape] = {"type": "integer", "minimum": 0}
RETRIES: Final[Shape] = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}
DAYS: Final[Shape] = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}
NONE: Final[Shape] = {"type": "null"}
MOMENT: Final[Shape] = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}[+-]\d{4}$"}
TEXT_OR_NONE, WHOLE_OR_NONE, MOMENT_OR_NONE = or_none(TEXT), or_none(WHOLE), or_none(MOMENT)
COUNT: Final = named("Count", record(count=COUNTED))
LINK: Final = named("Link", record(method=TEXT, href=TEXT, rel=TEXT))

_TYPES = ("String", "Integer", "Long", "Double", "Boolean", "Date", "Json", "Null")
VARIABLE: Final = named("Variable", record(type=one_of(*_TYPES), value={}, valueInfo={"type": "object"}))
VARIABLES: Final = map_of(VARIABLE)
SENT_VARIABLE: Final = named("SentVariable", sent(value={}, type=one_of(*_TYPES, "Short", "Object"), valueInfo={"type": "object"}))
SENT_VARIABLES: Final = map_of(SENT_VARIABLE)

_PROBLEM = record(message=TEXT, line=WHOLE_OR_NONE, column=WHOLE, mainElementId=TEXT_OR_NONE, elementIds=listed(TEXT))
PROBLEMS: Final = named("Problems", map_of(record(errors=listed(_PROBLEM), warnings=listed(_PROBLEM))))
_MISSING = record(permissionName=TEXT, resourceName=TEXT, resourceId=TEXT_OR_NONE)
ERROR: Final = named(
    "Error",
    record_with(
        {"userId": TEXT, "missingAuthorizations": listed(_MISSING), "details": PROBLEMS}, type=TEXT, message=TEXT, code=WHOLE_OR_NONE
    ),
)
