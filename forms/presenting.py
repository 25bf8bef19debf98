"""A form made ready for the viewer: in one language, with what this person may see and change at this step, and the data for it.

What is hidden is taken out of the form and of the data. What may only be read becomes text, short texts in two columns; what is empty, or
told beside the form already, is left out. A computed field that has a label is shown where it stands.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, time, tzinfo
from decimal import Decimal
from typing import Any, Final

from engine import Clock, FieldAccess
from forms.barcodes import put_lines
from forms.expressions import Functions, evaluate, is_expression, names_in, time_functions
from forms.options import Option, OptionSource, no_options, sources_of
from forms.reading import UNIT_OF, Days, Reader, computed, labelled, money_sign, plain_day
from forms.schema import COMPUTED, GROUP, LIST, PRESENTATION, Component, FormSchema, read_form, walk
from forms.translating import short, translate
from forms.values import to_viewer

Access = Callable[[str], FieldAccess]
EXPRESSIONS: Final = ("expression", "valuesExpression", "dataSource", "readonly", "source", "text", "content", "label", "description")
KEPT: Final = ("id", "layout", "conditional")
SHORT: Final = 28
"""How wide a text may be to have room in half of a form's width: in letters, of which a Chinese character is two."""


@dataclass(frozen=True, slots=True)
class PresentedForm:
    """What the viewer is given: the schema and the data, both ready for JSON."""

    schema: Mapping[str, object]
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class FormPresentation:
    """Makes forms ready. `options`, `zone` and `clock` are those of `FormValidation`; without a clock nothing is prefilled by `today()`.

    `days` writes a day as people read it.
    """

    options: OptionSource = no_options
    zone: tzinfo = UTC
    clock: Clock | None = None
    days: Days = plain_day

    def present(
        self, form: str, known: Mapping[str, object], access: Access, language: str = "en", told: Collection[str] = ()
    ) -> PresentedForm:
        """Make a form ready for one person at one step; `known` are the variables in scope, `told` texts that stand beside the form."""
        schema, raw = read_form(form), json.loads(form)
        data = _data(schema, known, access, time_functions(self.clock, self.zone))
        choices = {source: [_localised(option, language) for option in self.options(source)] for source in sources_of(schema)}
        presenter = _Presenter(access, language, Reader(language, self.zone, choices, self.days), known, frozenset(told))
        shown = presenter.components(raw["components"], schema.components)
        raw["components"] = put_lines(shown, schema, data, choices, access)
        offered = {source: choices[source] for source in _sources_to_choose_from(schema, access)}
        return PresentedForm(raw, {name: _json(value) for name, value in {**offered, **data}.items()})


class _Presenter:
    """Changes the components of one form. The JSON and the schema read from it are walked side by side."""

    def __init__(self, access: Access, language: str, reader: Reader, known: Mapping[str, object], told: frozenset[str]) -> None:
        self._access = access
        self._language = language
        self._reader = reader
        self._known = known
        self._told = told

    def components(self, raws: Sequence[dict[str, Any]], items: tuple[Component, ...]) -> list[dict[str, Any]]:
        """The components that stay, each as this person may use it."""
        shown: list[dict[str, Any]] = []
        after_list = False
        for raw, item in zip(raws, items, strict=True):
            shown += self._component(raw, item, is_total=after_list and bool(money_sign(item)))
            after_list = item.type == LIST
        return _side_by_side(shown)

    def _component(self, raw: dict[str, Any], item: Component, *, is_total: bool) -> list[dict[str, Any]]:
        translate(raw, self._language)
        if item.type == GROUP and not item.name:
            raw["components"] = self.components(raw.get("components") or [], item.components)
            return [raw] if raw["components"] else []
        if item.type in PRESENTATION or not item.name:
            return [raw]
        access = self._access(item.name)
        if access is FieldAccess.HIDDEN:
            return []
        if access is FieldAccess.READ:
            return self._read(raw, item, is_total=is_total)
        if item.type in {LIST, GROUP}:
            add = item.properties.get(f"add:{short(self._language)}") or item.properties.get("add")
            raw["properties"] = {**item.properties, **({"add": add} if add else {})}
            raw["components"] = self._inside(raw.get("components") or [], item.components, f"{item.name}.")
        if item.type == COMPUTED:
            return _with_value(raw, item, is_total=is_total)
        if access is FieldAccess.REQUIRED:
            raw["validate"] = {**(raw.get("validate") or {}), "required": True}
        return [raw]

    def _inside(self, raws: Sequence[dict[str, Any]], items: tuple[Component, ...], prefix: str) -> list[dict[str, Any]]:
        """The components in a list that may be changed, at least in part."""
        shown: list[dict[str, Any]] = []
        for raw, item in zip(raws, items, strict=True):
            translate(raw, self._language)
            access = self._access(f"{prefix}{item.name}") if item.name else FieldAccess.WRITE
            if access is FieldAccess.HIDDEN:
                continue
            if access is FieldAccess.READ and item.type != COMPUTED:
                raw["readonly"] = True
            if item.components:
                inner = f"{prefix}{item.name}." if item.name else prefix
                raw["components"] = self._inside(raw["components"], item.components, inner)
            counted = next((it for it in items if it.name and it.name == item.properties.get(UNIT_OF)), None)
            if counted is not None:
                unit = f"{{{{{counted.option_source}[value = this.{counted.name}][1].unit}}}}"
                raw["appearance"] = {**(raw.get("appearance") or {}), "suffixAdorner": unit}
            shown += _with_value(raw, item, in_row=True) if item.type == COMPUTED else [raw]
        return shown

    def _read(self, raw: dict[str, Any], item: Component, *, is_total: bool) -> list[dict[str, Any]]:
        value = self._known.get(item.name)
        label = str(raw.get("label") or raw.get("dateLabel") or raw.get("timeLabel") or "")
        if item.type == LIST:
            parts = walk_raw(raw)[1:]
            for part in parts:
                translate(part, self._language)
            labels = {str(part["key"]): part.get("label") or part.get("dateLabel") for part in parts if part.get("key")}
            seen = {
                name: str(text) for name, text in labels.items() if text and self._access(f"{item.name}.{name}") is not FieldAccess.HIDDEN
            }
            content, is_short = self._reader.table(item, label, seen, value), False
        else:
            text = self._reader.text(item, value)
            is_short = _width(text) <= SHORT and "\n" not in text and not is_total
            content = labelled(label, text, is_total=is_total) if text and label and (is_total or text not in self._told) else ""
        kept: dict[str, Any] = {name: raw[name] for name in KEPT if name in raw}
        return [kept | {"type": "html", "content": content, _IS_SHORT: is_short}] if content else []


_IS_SHORT: Final = "isShort"


def _side_by_side(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Texts that may only be read, in two columns where they are short: wherever the form had put them, among fields that are not there."""
    left = ""  # the row that has room at its right
    for place, component in enumerate(shown):
        is_short = component.pop(_IS_SHORT, None)
        if not is_short:
            left = ""
        if is_short is None:
            continue
        row = left or f"read-{place}"
        component["layout"] = {"row": row, "columns": 8 if is_short else None}
        left = row if is_short and not left else ""
    return shown


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def walk_raw(item: dict[str, Any]) -> list[dict[str, Any]]:
    """A component of the JSON and all inside it."""
    return [item, *(deeper for inner in item.get("components") or [] for deeper in walk_raw(inner))]


def _with_value(raw: dict[str, Any], item: Component, *, in_row: bool = False, is_total: bool = False) -> list[dict[str, Any]]:
    """A computed field, which the viewer does not show, and its value, where it has a label."""
    label = str(raw.get("label") or "")
    if not label:
        return [raw]
    shown = {
        "type": "html",
        "id": f"{raw.get('id') or item.name}_value",
        "content": computed(item, label, in_row=in_row, is_total=is_total),
    }
    layout = raw.get("layout")
    return [{name: value for name, value in raw.items() if name != "layout"}, {**shown, **({"layout": layout} if layout else {})}]


def _data(schema: FormSchema, known: Mapping[str, object], access: Access, functions: Functions) -> dict[str, object]:
    """The values of the fields that may be seen, what their expressions read, and what stands in empty fields at first."""
    hidden = {item.name for item in schema.fields() if access(item.name) is FieldAccess.HIDDEN}
    names = {item.name for item in schema.fields()} | _read_by_expressions(schema, functions)
    data = {name: known[name] for name in names - hidden if name in known}
    for item in schema.fields():
        if item.name in hidden:
            continue
        if data.get(item.name) is None and item.prefill and access(item.name) is not FieldAccess.READ:
            data[item.name] = evaluate(item.prefill, known, functions)
        if item.name in data:
            data[item.name] = _without_hidden(to_viewer(item, data[item.name]), item.name, access)
    return data


def _without_hidden(value: object, path: str, access: Access) -> object:
    """A value without the columns that this person may not see."""
    if isinstance(value, Mapping):
        seen = {name for name in value if access(f"{path}.{name}") is not FieldAccess.HIDDEN}
        return {name: _without_hidden(value[name], f"{path}.{name}", access) for name in seen}
    return [_without_hidden(item, path, access) for item in value] if isinstance(value, list) else value


def _read_by_expressions(schema: FormSchema, functions: Functions) -> set[str]:
    found: set[str] = set()
    for component in walk(schema.components):
        texts = [component.setting(name) for name in EXPRESSIONS] + [component.hide, *component.validate.values()]
        for text in texts:
            if isinstance(text, str) and is_expression(text):
                found |= names_in(text, functions)
            elif isinstance(text, str) and "{{" in text:
                parts = [part.partition("}}")[0] for part in text.split("{{")[1:]]
                found |= frozenset().union(*(names_in(part, functions) for part in parts if not part.startswith(("#", "/"))))
    return found


def _sources_to_choose_from(schema: FormSchema, access: Access) -> list[str]:
    """The sources of the fields that this person may change: the viewer needs no others."""
    writable = tuple(item for item in schema.fields() if access(item.name) in {FieldAccess.WRITE, FieldAccess.REQUIRED})
    return sources_of(FormSchema(schema.id, writable))


def _localised(option: Option, language: str) -> Option:
    """A choice with its texts in one language, without the others: `label` is that of `label:zh`, `unit` that of `unit:zh`."""
    plain = {key: value for key, value in option.items() if ":" not in key}
    return {key: option.get(f"{key}:{short(language)}") or value for key, value in plain.items()}


def _json(value: object) -> object:
    """Ready for JSON: the viewer's numbers are JavaScript's, so the amounts that matter are text already."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return {key: _json(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_json(inner) for inner in value]
    return value.isoformat() if isinstance(value, date | time) else value
