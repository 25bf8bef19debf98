"""How what a model names is called on a page: in the language of the page, with amounts and dates as people read them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import g

from app import i18n
from app.i18n import language, show_day, show_money, show_name, show_number
from app.records.queries import item_called, items_called, names
from app.services import services
from app.words import gettext, phrase
from engine import Phrase
from forms import read_form
from forms.options import static_options

if TYPE_CHECKING:
    from engine import Case, Definition, KeyField, Process
    from forms import Option
    from forms.schema import Component

MONEY = "money"
_COMPUTED = re.compile(r"[$#]\{[^}]*\}")
_MOST = 200  # characters of a value in a list


def process_name(definition: Definition) -> str:
    """The name of a process."""
    return definition.process.translations.get(language(), definition.process.name or definition.row.key)


def category_name(process: Process) -> str:
    """The name of the category that a process stands in on the start page."""
    return process.category_translations.get(language(), process.category or gettext("Other"))


def step_name(definition: Definition, element: str, computed: str = "") -> str:
    """The name of a step, or of any element. One that the model computes: what it was `computed` to, else with “…” for what varies."""
    node = definition.process.nodes.get(element)
    if node is None:
        return element
    name = node.translations.get(language(), node.name or element)
    return (computed or _COMPUTED.sub("…", name)) if _COMPUTED.search(name) else name


def step_of(definition_id: str, element: str | None, said: str | None = None) -> str:
    """The name of a step of a version; `said`: what its task is called, also where no step is known."""
    if element is None:
        return said or ""
    return step_name(services().engine.definitions.get(definition_id), element, said or "")


def ending(case: Case) -> str:
    """How a case ended, in the words of its model: the name of the end event. Empty where it has none."""
    if case.end_element is None:
        return ""
    name = step_of(case.definition_id, case.end_element)
    return "" if name == case.end_element else name


def outcome_name(definition: Definition, element: str, outcome: str | None) -> str:
    """The name of an outcome of a step."""
    node = definition.process.nodes.get(element)
    found = next((it for it in node.user_task.outcomes if it.id == outcome), None) if node and node.user_task else None
    return found.translations.get(language(), found.name) if found else outcome or ""


def outcome_kind(definition: Definition, element: str, outcome: str | None) -> str:
    """Approve, return, reject, done or own; empty without an outcome."""
    node = definition.process.nodes.get(element)
    found = next((it for it in node.user_task.outcomes if it.id == outcome), None) if node and node.user_task else None
    return str(found.kind.value) if found else ""


def person_name(person: str | None) -> str:
    """The name of a person; the user name of somebody who is not known any more."""
    found = services().directory().people.get(person or "")
    return show_name(found) if found else person or ""


def group_name(group: str) -> str:
    """The name of a department, of a role, or of a role in a department."""
    directory = services().directory()
    department, colon, role = group.partition(":")
    noun = directory.departments.get(department) or directory.roles.get(department)
    first = show_name(noun) if noun else department
    if not colon:
        return first
    known = directory.roles.get(role)
    second = show_name(known) if known else role
    return f"{first}{second}" if language() == "zh" else f"{second} of {first}"


def asked(assignee: str | None, users: Iterable[str], groups: Iterable[str]) -> str:
    """Whom a task asks: its assignee, else its candidates."""
    if assignee:
        return person_name(assignee)
    names = [*(group_name(group) for group in groups), *(person_name(user) for user in users)]
    return gettext(", ").join(dict.fromkeys(names))


def key_label(field: KeyField) -> str:
    """The label of a key field."""
    return field.translations.get(language(), field.label or field.name)


def show_key(definition: Definition, field: KeyField, value: object) -> str:
    """The value of a key field: an amount, a day, the name of what was chosen in a form."""
    chosen = chosen_name(_sources(definition.row.id).get(field.name), value)
    if chosen:
        return chosen
    if field.type == MONEY:
        return show_money(value)
    if field.type == "date" and isinstance(value, str):
        try:
            return show_day(date.fromisoformat(value[:10]))
        except ValueError:
            return value
    shown = show_value(value)
    return partner_name(shown) if field.type == "text" else shown


def show_value(value: object) -> str:
    """Any value, short."""
    if value is None or value == "":
        return gettext("nothing")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return _show_plain(value) or _show_many(value) or _shortened(str(value))


def _show_plain(value: object) -> str:
    if isinstance(value, Decimal | int | float):
        return show_number(value)
    if isinstance(value, datetime):
        return i18n.show_moment(value)
    return show_day(value) if isinstance(value, date) else ""


def _show_many(value: object) -> str:
    if isinstance(value, Mapping):
        return _shortened(", ".join(f"{name}: {show_value(inner)}" for name, inner in value.items()))
    if isinstance(value, list | tuple):
        rows = any(isinstance(it, Mapping) for it in value)
        return gettext("%(count)s rows", count=len(value)) if rows else ", ".join(map(show_value, value))
    return ""


def _shortened(text: str) -> str:
    return text if len(text) <= _MOST else f"{text[:_MOST]}…"


def amount_of(definition: Definition, fields: Mapping[str, object]) -> str:
    """The first amount among the key fields, for a list."""
    for field in definition.process.key_fields:
        if field.type == MONEY and fields.get(field.name) is not None:
            return show_money(fields[field.name])
    return ""


def counterparty_of(definition: Definition, fields: Mapping[str, object]) -> str:
    """The first text among the key fields: with whom it is."""
    for field in definition.process.key_fields:
        if field.type == "text" and fields.get(field.name):
            return partner_name(show_value(fields[field.name]))
    return ""


def partner_name(text: str) -> str:
    """The name of a supplier or customer, which cases hold in English, in the language of the page; any other text as it is."""
    if language() == "en":
        return text
    if "partner_names" not in g:
        with services().database.read() as connection:
            g.partner_names = names(connection, language())
    return str(g.partner_names.get(text, text))


def item_name(text: str) -> str:
    """The name of an item, which messages hold in English, in the language of the page; any other text as it is."""
    if language() == "en":
        return text
    with services().database.read() as connection:
        return item_called(connection, text)


def failure(reason: str) -> str:
    """Why something failed, in the language of the page, with items as it calls them."""
    return phrase(_naming_items(reason))


def _naming_items(said: object) -> object:
    if not isinstance(said, Phrase):
        return said
    values = {name: item_name(it) if name == "item" and isinstance(it, str) else _naming_items(it) for name, it in said.values.items()}
    return Phrase(said.template, **values)


def item_words(item: str, name: str, unit: str) -> tuple[str, str]:
    """Name and unit of an item in the language of the page, by its id; those that are given where it is not known."""
    if language() == "en":
        return name, unit
    if "item_words" not in g:
        with services().database.read() as connection:
            g.item_words = items_called(connection, language())
    found: tuple[str, str] = g.item_words.get(item, (name, unit))
    return found


def partners_called(text: str) -> frozenset[str]:
    """What cases call the suppliers and customers whose name in another language has a text in it: for a search."""
    if not text or text.isascii():
        return frozenset()
    with services().database.read() as connection:
        return frozenset(english for english, other in names(connection, "zh").items() if text in other)


def labels_of(definition: Definition) -> dict[str, str]:
    """What the fields of the forms of a version are called, and its key fields."""
    keys = {field.name: key_label(field) for field in definition.process.key_fields}
    return {**_labels(definition.row.id, language()), **keys}


def label_of(definition: Definition, name: str) -> str:
    """What a variable is called: by its form or as a key field, by the model, as what somebody decided; else its own name."""
    found = labels_of(definition).get(name) or _variable_label(definition, name)
    if found:
        return found
    element, _, what = name.rpartition("_")
    if element not in definition.process.nodes or what not in {"outcome", "reason"}:
        return name
    said = gettext("Outcome") if what == "outcome" else gettext("Why")
    return gettext("%(first)s: %(second)s", first=step_name(definition, element), second=said)


def _variable_label(definition: Definition, name: str) -> str:
    known = next((it for it in definition.process.variables if it.name == name), None)
    if known is not None:
        return known.translations.get(language(), known.label)
    return gettext("Initiator") if name in initiators(definition) else ""


def initiators(definition: Definition) -> frozenset[str]:
    """The variables that hold who has started a case."""
    return frozenset(node.initiator for node in definition.process.nodes.values() if node.initiator)


@lru_cache(maxsize=500)
def _labels(definition_id: str, wanted: str) -> dict[str, str]:
    """A version never changes, so its labels are read once."""
    found: dict[str, str] = {}
    for item in form_fields(definition_id):
        label = item.setting("label") or item.setting("dateLabel")
        translated = item.properties.get(f"label:{wanted}") or item.properties.get(f"dateLabel:{wanted}")
        if label:
            found.setdefault(item.name, str(translated or label))
    return found


@lru_cache(maxsize=500)
def _sources(definition_id: str) -> dict[str, str]:
    """From which records the fields of a version are chosen."""
    return {item.name: item.option_source for item in form_fields(definition_id) if item.option_source}


def form_fields(definition_id: str) -> Iterator[Component]:
    """The fields of the forms of a version."""
    engine = services().engine
    for node in engine.definitions.get(definition_id).process.nodes.values():
        form_key = node.form_key or (node.user_task.form_key if node.user_task else None)
        text = engine.definitions.form(definition_id, form_key.source) if form_key else None
        yield from read_form(text).fields() if text else ()


def _choices(source: str | None) -> Iterable[Option]:
    """What may be chosen from a source, read once for a page."""
    if source is None:
        return ()
    known: dict[str, Iterable[Option]] = g.setdefault("choices", {})
    if source not in known:
        known[source] = services().forms.options(source)
    return known[source]


def choices_of(field: Component) -> Iterable[Option]:
    """What may be chosen in a field: from its source, or as the form itself says."""
    return _choices(field.option_source) if field.option_source else static_options(field)


def chosen_name(source: str | None, value: object) -> str:
    """The name of what was chosen from a source; empty where it is not there."""
    option = next((it for it in _choices(source) if it["value"] == value), None)
    return str(option.get("short") or option.get(f"label:{language()}") or option["label"]) if option else ""
