"""The values of a case as its forms show them: the name of what was chosen, amounts with their currency, days in full, units."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from app.cases.naming import MONEY, chosen_name, form_fields, partner_name, show_value
from app.i18n import language, show_day, show_moment, show_money
from forms.options import static_options

if TYPE_CHECKING:
    from engine import Definition
    from forms.schema import Component

_DAY = len("2026-03-02")
_CURRENCIES = {"¥", "￥"}


def stored_value(stored: Any) -> object:  # noqa: ANN401 - [type, text], as the history has it
    """A value of the history."""
    kind, text = stored
    if kind == "Boolean":
        return text == "true"
    if kind in {"Integer", "Long", "Double"}:
        return Decimal(text)
    if kind == "Json":
        return json.loads(text, parse_float=Decimal)
    return text


def is_empty(value: object) -> bool:
    """Whether nothing was entered."""
    return value is None or value in ("", []) or value == {}


def show_field(definition: Definition, name: str, value: object) -> str:
    """A value of a variable, as the field of that name shows it."""
    if is_empty(value):
        return show_value(None)
    field = _fields(definition.row.id).get(name)
    chosen = _chosen(field, value) if field else ""
    if chosen:
        return chosen
    if isinstance(value, Decimal) and (_is_money(field) or _key_type(definition, name) == MONEY):
        return show_money(value)
    if isinstance(value, str):
        return show_time(value) or partner_name(show_value(value))
    return show_value(value) + _suffix(field)


def show_time(text: str) -> str:
    """A day or moment as people read it; empty where the text is none."""
    try:
        return show_day(date.fromisoformat(text)) if len(text) == _DAY else show_moment(_aware(text))
    except ValueError:
        return ""


def _aware(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _chosen(field: Component, value: object) -> str:
    """The label of a choice, or of several."""
    if isinstance(value, list):
        return ", ".join(_chosen(field, it) or show_value(it) for it in value) if _has_choices(field) else ""
    if field.option_source:
        return chosen_name(field.option_source, value)
    found = next((it for it in static_options(field) if it["value"] == value), None)
    return str(field.properties.get(f"option.{value}:{language()}") or found["label"]) if found else ""


def _has_choices(field: Component) -> bool:
    return bool(field.option_source or static_options(field))


def _is_money(field: Component | None) -> bool:
    return field is not None and (field.properties.get("format") == MONEY or _look(field, "prefixAdorner") in _CURRENCIES)


def _suffix(field: Component | None) -> str:
    if field is None or not (said := _look(field, "suffixAdorner")):
        return ""
    return f" {field.properties.get(f'suffixAdorner:{language()}') or said}"


def _look(field: Component, name: str) -> str:
    look = field.setting("appearance")
    return str(look.get(name) or "") if isinstance(look, dict) else ""


def _key_type(definition: Definition, name: str) -> str:
    return next((it.type for it in definition.process.key_fields if it.name == name), "")


@lru_cache(maxsize=500)
def _fields(definition_id: str) -> dict[str, Component]:
    """The fields of a version by name: of several that one which says most of how it is shown."""
    found: dict[str, Component] = {}
    for item in _by_weight(definition_id):
        found.setdefault(item.name, item)
    return found


def _by_weight(definition_id: str) -> Iterator[Component]:
    """Fields with choices or looks first: another form may show the same value as plain text."""
    fields = list(form_fields(definition_id))
    yield from (it for it in fields if _has_choices(it) or _is_money(it) or _suffix(it))
    yield from fields
