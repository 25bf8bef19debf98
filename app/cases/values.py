"""The values of a case as its forms show them: the name of what was chosen, amounts with their currency, days in full, units."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from app.cases.naming import MONEY, chosen_name, form_fields, initiators, outcome_name, partner_name, person_name, show_value
from app.i18n import language, show_day, show_moment, show_money
from forms.options import static_options

if TYPE_CHECKING:
    from engine import Definition, NamedValue
    from forms.schema import Component

PERSON = "person"
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
    known = value_name(next((it.values for it in definition.process.variables if it.name == name), ()), value)
    named = known or (_named(definition, name, value) if isinstance(value, str) else "")
    if named:
        return named
    field = _fields(definition.row.id).get(name)
    chosen = _chosen(field, value) if field else ""
    if chosen:
        return chosen
    if isinstance(value, Decimal) and (_is_money(field) or type_of(definition, name) == MONEY):
        return show_money(value)
    if isinstance(value, str):
        return show_time(value) or partner_name(show_value(value))
    return show_value(value) + _suffix(field)


def value_name(values: Iterable[NamedValue], value: object) -> str:
    """What a model or a decision table calls a value; empty where it says nothing."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    found = next((it for it in values if it.value == text), None)
    return found.translations.get(language(), found.name) if found else ""


def show_time(text: str) -> str:
    """A day or moment as people read it; empty where the text is none."""
    try:
        return show_day(date.fromisoformat(text)) if len(text) == _DAY else show_moment(_aware(text))
    except ValueError:
        return ""


def day_of(value: object) -> date | None:
    """A day that is kept as one or as a text; none where it is something else, such as a moment."""
    if isinstance(value, date):
        return None if isinstance(value, datetime) else value
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == _DAY else None
    except ValueError:
        return None


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


def _named(definition: Definition, name: str, value: str) -> str:
    """The name of a person, or of what somebody decided at a step."""
    if name in initiators(definition) or type_of(definition, name) == PERSON:
        return person_name(value)
    element, _, what = name.rpartition("_")
    return outcome_name(definition, element, value) if what == "outcome" and element in definition.process.nodes else ""


def type_of(definition: Definition, name: str) -> str:
    """The type of a variable as the model gives it: text, money, number, date, person; empty where it says nothing."""
    process = definition.process
    types = {**{it.name: it.type for it in process.variables}, **{it.name: it.type for it in process.key_fields}}
    return types.get(name, "")


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
