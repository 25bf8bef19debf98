"""Shapes of the document in words: what a value is, which fields an object has, and what an example of it looks like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.words import gettext

Shape = Mapping[str, Any]
_SHORT: Final = 6  # so many words of a choice are told one by one
_EXAMPLES: Final[Mapping[str, object]] = {"boolean": True, "integer": 1, "number": 1.5, "array": [], "object": {}, "null": None}
_MOMENT: Final = "2026-01-31T09:15:00.000+0000"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value is, in words; `name`: the shape of the document that it is, or is a list of."""

    text: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an object, or a parameter of a call."""

    name: str
    kind: Kind
    is_needed: bool = False


def kind_of(shape: Shape) -> Kind:
    """What a value of this shape is."""
    if "$ref" in shape:
        name = str(shape["$ref"]).rpartition("/")[2]
        return Kind(name, name)
    if "anyOf" in shape:
        return _or_null([it for it in shape["anyOf"] if it != {"type": "null"}], len(shape["anyOf"]))
    if "allOf" in shape:
        return kind_of(shape["allOf"][0])
    types = shape.get("type", [])
    if isinstance(types, list):
        known = [it for it in types if it != "null"]
        return _or_null([{**shape, "type": it} for it in known], len(types)) if known else Kind(gettext("anything"))
    return _of_type(str(types), shape)


def _or_null(shapes: list[Shape], of: int) -> Kind:
    kinds = [kind_of(it) for it in shapes]
    text = gettext(" or ").join(it.text for it in kinds)
    return Kind(gettext("%(what)s or null", what=text) if of > len(shapes) else text, next((it.name for it in kinds if it.name), ""))


def _of_type(of: str, shape: Shape) -> Kind:
    if of == "array":
        inner = kind_of(shape.get("items", {}))
        return Kind(gettext("list of %(what)s", what=inner.text), inner.name)
    if of == "object" and isinstance(shape.get("additionalProperties"), Mapping) and not shape.get("properties"):
        inner = kind_of(shape["additionalProperties"])
        return Kind(gettext("object, by name: %(what)s", what=inner.text), inner.name)
    words = shape.get("enum", ())
    if words:
        told = ", ".join(str(it) for it in list(words)[:_SHORT])
        return Kind(gettext("one of %(words)s", words=told if len(words) <= _SHORT else f"{told}, …"))
    if str(shape.get("pattern", "")).startswith(r"^\d{4}-"):
        return Kind(gettext("moment, like %(example)s", example=_MOMENT))
    return Kind({"string": gettext("text"), "integer": gettext("whole number"), "boolean": gettext("true or false")}.get(of, of))


def fields_of(shape: Shape) -> Iterator[Field]:
    """The fields of an object, those that are needed first."""
    needed = set(shape.get("required", ()))
    for name in sorted(shape.get("properties", {}), key=lambda it: it not in needed):
        yield Field(name, kind_of(shape["properties"][name]), name in needed)


def example_of(shape: Shape, named: Mapping[str, Shape]) -> object:
    """A value of this shape, as short as it may be, but with something in it."""
    if "$ref" in shape or "anyOf" in shape:
        return example_of(shape["anyOf"][0] if "anyOf" in shape else named[str(shape["$ref"]).rpartition("/")[2]], named)
    if "enum" in shape:
        return shape["enum"][0]
    kind = shape.get("type", "object" if "properties" in shape else "string")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object" and shape.get("properties"):
        names = list(shape.get("required", ())) or list(shape["properties"])[:2]
        return {name: example_of(shape["properties"][name], named) for name in names}
    if kind == "array":
        return [example_of(shape["items"], named)] if shape.get("items") else []
    if kind == "string":
        return _MOMENT if "pattern" in shape else "…"
    return max(1, int(shape.get("minimum", 1))) if kind == "integer" else _EXAMPLES[str(kind)]
