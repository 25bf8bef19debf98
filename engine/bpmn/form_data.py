"""`camunda:formData`: a form inside the model. It is shown as the form-js form that says the same."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from engine.bpmn.date_patterns import DEFAULT, DatePattern, date_pattern
from engine.bpmn.names import CAMUNDA, Element, elements, extension, tag

if TYPE_CHECKING:
    from collections.abc import Iterator

FORM_DATA: Final = "formData:"
"""How the form key of such a form begins; behind it stands the id of the element."""

TYPES: Final = {"string": "textfield", "long": "number", "boolean": "checkbox", "date": "datetime", "enum": "select"}
"""The types of Camunda's fields, and what shows them."""

LIMITS: Final = {"minlength": "minLength", "maxlength": "maxLength", "min": "min", "max": "max"}
"""Constraints with a number, and what form-js calls them."""

REQUIRED, READONLY = "required", "readonly"
_ISO_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Constraint:
    """A `camunda:constraint` of a field."""

    name: str
    config: str | None = None

    @property
    def limit(self) -> int | None:
        """The number that a value is compared with; none where it is of another kind."""
        return int(self.config or 0) if self.name in LIMITS and is_number(self.config) else None


@dataclass(frozen=True, slots=True)
class FormField:
    """A `camunda:formField`; its id is the name of a variable."""

    id: str
    type: str
    label: str
    line: int
    default: str | None = None
    choices: tuple[tuple[str, str], ...] = ()  # of an enumeration: value and name
    constraints: tuple[Constraint, ...] = ()
    pattern: str = DEFAULT  # of a date, how it is written

    def has(self, name: str) -> bool:
        """Whether a constraint is there. Its configuration does not switch it off, as in Camunda 7."""
        return any(it.name == name for it in self.constraints)

    @property
    def is_computed(self) -> bool:
        """Whether its default is a template."""
        return self.default is not None and ("${" in self.default or "#{" in self.default)

    @property
    def dates(self) -> DatePattern:
        """How its dates are written. The checks refuse what is not understood; here that counts as none."""
        try:
            return date_pattern(self.pattern)
        except ValueError:
            return date_pattern(DEFAULT)


def read_form_data(element: Element) -> tuple[FormField, ...]:
    """The fields of an element's `camunda:formData`, in order; none where it has no such form."""
    holder = extension(element, CAMUNDA, "formData")
    return () if holder is None else tuple(_field(item) for item in elements(holder) if item.tag == tag(CAMUNDA, "formField"))


def _field(item: Element) -> FormField:
    name, validation = item.get("id", ""), item.find(tag(CAMUNDA, "validation"))
    return FormField(
        id=name,
        type=item.get("type", ""),
        label=item.get("label") or name,
        line=item.sourceline or 0,
        default=item.get("defaultValue"),
        choices=tuple((it.get("id", ""), it.get("name") or it.get("id") or "") for it in elements(item) if it.tag == tag(CAMUNDA, "value")),
        constraints=() if validation is None else tuple(Constraint(it.get("name", ""), it.get("config")) for it in elements(validation)),
        pattern=item.get("datePattern") or DEFAULT,
    )


def form_of(form_key: str, fields: tuple[FormField, ...]) -> str:
    """The form-js JSON of such a form."""
    components = [component(form_key, field) for field in fields]
    return json.dumps({"schemaVersion": 19, "type": "default", "id": form_key, "components": components}, ensure_ascii=False)


def component(form_key: str, field: FormField) -> dict[str, Any]:
    """What shows a field."""
    found: dict[str, Any] = {"type": TYPES[field.type], "id": f"{form_key}:{field.id}", "key": field.id, "label": field.label}
    if field.type == "date":
        found |= {"subtype": "date", "dateLabel": found.pop("label")}
    if field.type == "long":
        found["decimalDigits"] = 0
    if field.type == "enum":
        found["values"] = [{"value": value, "label": name} for value, name in field.choices]
    validate = dict(_limits(field))
    if field.has(REQUIRED):
        validate[REQUIRED] = True
    default = default_of(field)
    return {**found, **({"validate": validate} if validate else {}), **({} if default is None else {"defaultValue": default})}


def _limits(field: FormField) -> Iterator[tuple[str, int]]:
    """The limits as form-js has them; a number stays below its `max`, as in Camunda 7."""
    for constraint in field.constraints:
        if constraint.limit is not None:
            yield LIMITS[constraint.name], constraint.limit - (1 if constraint.name == "max" else 0)


def is_number(text: str | None) -> bool:
    """Whether a limit, or the default of a whole number, can be read."""
    return text is not None and re.fullmatch(r"-?\d{1,18}", text.strip()) is not None


def default_of(field: FormField) -> object:
    """The value that a field begins with; None where it has none that can be told without its case."""
    text = field.default
    if text is None or field.is_computed:
        return None
    if field.type == "long":
        return int(text) if is_number(text) else None
    if field.type == "boolean":
        return text.lower() == "true"
    if field.type == "date":
        return _day(field, text)
    if field.type == "enum":
        return text if text in dict(field.choices) else None
    return text


def _day(field: FormField, text: str) -> str | None:
    """The day of a default in ISO 8601; it is written by the pattern of its field, or so already."""
    try:
        return text if _ISO_DATE.fullmatch(text) else field.dates.read(text).isoformat()[: len("2026-01-31")]
    except ValueError:
        return None
