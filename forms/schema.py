"""A form as plain frozen values: the form-js JSON, read once per text and then immutable.

Only what the server needs is read: what is a field, what it may hold, when it is hidden. The rest of the JSON is left to the viewer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from engine import Phrase

CHOICES: Final = frozenset({"select", "radio"})
MULTIPLE_CHOICES: Final = frozenset({"checklist", "taglist"})
INPUTS: Final = frozenset({"textfield", "textarea", "number", "datetime", "checkbox"}) | CHOICES | MULTIPLE_CHOICES
COMPUTED: Final = "expression"
LIST: Final = "dynamiclist"
GROUP: Final = "group"
BARCODE: Final = "barcode"
MAX_DEPTH: Final = 20
"""So deep may groups and lists stand inside each other."""
PRESENTATION: Final = frozenset({"text", "html", "image", "iframe", "separator", "spacer", "table", "button", "documentPreview", BARCODE})


TOO_DEEP: Final = Phrase("Groups and lists are nested more than {most} deep. Flatten the form.", most=MAX_DEPTH)


class FormError(ValueError):
    """This is no form that can be read."""


@dataclass(frozen=True, slots=True)
class Component:
    """One component of a form. `name` is its key, or the path of a list; empty where the component holds no value of its own."""

    type: str
    name: str
    label: str
    raw: Mapping[str, object]
    components: tuple[Component, ...] = ()
    validate: Mapping[str, object] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def hide(self) -> str | None:
        """The FEEL condition under which the component is hidden."""
        conditional = self.raw.get("conditional")
        hide = conditional.get("hide") if isinstance(conditional, dict) else None
        return hide if isinstance(hide, str) and hide.strip() else None

    @property
    def expression(self) -> str:
        """The FEEL expression of a computed field."""
        return str(self.raw.get("expression") or "")

    @property
    def as_text(self) -> bool:
        """Whether the viewer holds this number as text, as amounts must be: `serializeToString`."""
        return self.type == "number" and self.raw.get("serializeToString") is True

    @property
    def option_source(self) -> str | None:
        """Where the server takes the options from: `properties: {"options": "suppliers"}`."""
        return self.properties.get("options")

    @property
    def prefill(self) -> str | None:
        """The FEEL expression of what stands in the field at first: `properties: {"prefill": "= today()"}`."""
        return self.properties.get("prefill")

    def setting(self, name: str) -> object:
        """An attribute as the JSON has it, or None."""
        return self.raw.get(name)


@dataclass(frozen=True, slots=True)
class FormSchema:
    """A form: its id and its components in order."""

    id: str
    components: tuple[Component, ...]

    def fields(self) -> Iterator[Component]:
        """The fields at the top, those in groups included; the fields of a list are inside the list's component."""
        return fields_of(self.components)

    def field(self, name: str) -> Component | None:
        """The field at the top with that name."""
        return next((item for item in self.fields() if item.name == name), None)


def fields_of(components: tuple[Component, ...]) -> Iterator[Component]:
    """The fields among these components, looking into groups but not into lists."""
    for component in components:
        if component.type == GROUP and not component.name:
            yield from fields_of(component.components)
        elif component.name:
            yield component


def walk(components: tuple[Component, ...]) -> Iterator[Component]:
    """All components, the inner ones after the outer."""
    for component in components:
        yield component
        yield from walk(component.components)


@lru_cache(maxsize=512)
def read_form(text: str) -> FormSchema:
    """Read a form. Raises `FormError` where the text is no form-js JSON."""
    try:
        data = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        message = Phrase(
            "The form is no JSON: see line {line}, column {column}. Export it again from the form editor.",
            line=error.lineno,
            column=error.colno,
        )
        raise FormError(message) from error
    except RecursionError as error:
        raise FormError(TOO_DEEP) from error
    if not isinstance(data, dict) or not isinstance(data.get("components"), list):
        raise FormError(Phrase("The form has no list of components. Export it again from the form editor."))
    return FormSchema(str(data.get("id") or ""), tuple(_component(item) for item in data["components"]))


def _no_constant(name: str) -> object:
    raise FormError(Phrase("{name} is no number of JSON. Write a finite number.", name=name))


def _component(data: object, depth: int = 1) -> Component:
    if depth > MAX_DEPTH:
        raise FormError(TOO_DEEP)
    if not isinstance(data, dict) or not isinstance(data.get("type"), str):
        raise FormError(Phrase("A component of the form has no type. Export the form again from the form editor."))
    kind = data["type"]
    inner = data.get("components") or []
    if not isinstance(inner, list):
        raise FormError(
            Phrase("The components of “{name}” are no list. Export the form again from the form editor.", name=data.get("id", kind))
        )
    name = data.get("path") if kind in {LIST, GROUP} else data.get("key")
    return Component(
        type=kind,
        name=str(name or ""),
        label=str(data.get("label") or data.get("dateLabel") or data.get("timeLabel") or ""),
        raw=data,
        components=tuple(_component(item, depth + 1) for item in inner),
        validate=_mapping(data.get("validate")),
        properties={key: str(value) for key, value in _mapping(data.get("properties")).items()},
    )


def _mapping(data: object) -> Mapping[str, object]:
    return data if isinstance(data, dict) else {}
