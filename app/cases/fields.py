"""The fields of a process in lists of its cases: which there are for a reader, and what somebody typed as a value of their type."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from app.cases.naming import choices_of, form_fields, initiators, label_of, labels_of
from app.cases.values import PERSON, show_field, type_of
from app.i18n import show_day, show_number
from app.services import services
from app.words import gettext
from engine import FIELD_OPERATORS, FieldFilter, FieldOrder, InvalidRequest
from forms.schema import CHOICES, MULTIPLE_CHOICES

if TYPE_CHECKING:
    from engine import Actor, Definition
    from forms.schema import Component

_SEPARATOR: Final = "~"  # in addresses: amount~gte~5000
_PARTS: Final = 3
_LONGEST: Final = 200
_IN_FORMS: Final = {
    "number": "number",
    "datetime": "date",
    "checkbox": "flag",
    "textfield": "text",
    "textarea": "text",
    **dict.fromkeys(MULTIPLE_CHOICES, "choices"),
}
_IN_MODELS: Final = {"money": "number", "number": "number", "date": "date", "text": "text"}
_MOST_NAMED: Final = 300  # choices that are put into the order of their names


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on a field, as an address has it. `operator` is one of the engine's."""

    name: str
    operator: str
    text: str

    @classmethod
    def read(cls, written: str) -> Condition | None:
        """From an address; None where it is no condition."""
        parts = written.split(_SEPARATOR, _PARTS - 1)
        return cls(*parts) if len(parts) == _PARTS and parts[1] in FIELD_OPERATORS and all(parts) and len(written) <= _LONGEST else None

    def __str__(self) -> str:
        """For an address."""
        return _SEPARATOR.join((self.name, self.operator, self.text))


@dataclass(frozen=True, slots=True)
class SearchField:
    """A field of a list. `kind`: text, number, date, flag, choice, person; choices: several, which cannot be compared."""

    name: str
    label: str
    kind: str
    is_key: bool  # it stands in a table of its own; others of ended cases are read from their history

    @property
    def compares(self) -> bool:
        """Whether it can be a condition and an order."""
        return self.kind != "choices"


@dataclass(frozen=True, slots=True)
class ListFields:
    """The version that a list shows its fields by, none in a list of all processes, and those of its fields that the reader may see."""

    definition: Definition | None = None
    fields: tuple[SearchField, ...] = ()

    def field(self, name: str) -> SearchField | None:
        """The field of that name, if the reader may see it."""
        return next((it for it in self.fields if it.name == name), None)


def list_fields(actor: Actor, definition: Definition | None) -> ListFields:
    """What somebody's list of a process may show. The engine says which fields are hidden from them in every case.

    Who sees everything also has the variables that no form shows.
    """
    if definition is None:
        return ListFields()
    in_forms = labels_of(definition)
    fields = [it for it in fields_of(definition) if actor.sees_everything or it.name in in_forms]
    seen = services().engine.instances.fields_offered(actor, definition.row.id, [it.name for it in fields])
    return ListFields(definition, tuple(it for it in fields if it.name in seen))


def fields_of(definition: Definition) -> tuple[SearchField, ...]:
    """The fields of a version by their labels: key fields first. Lists and contexts are no values of a column."""
    keys = [it.name for it in definition.process.key_fields]
    names = [*keys, *labels_of(definition), *(it.name for it in definition.process.variables), *initiators(definition)]
    kinds = _kinds(definition)
    found = [SearchField(it, label_of(definition, it), kinds[it], it in keys) for it in dict.fromkeys(names) if it in kinds]
    return tuple(sorted(found, key=lambda it: (not it.is_key, it.label)))


@lru_cache(maxsize=500)
def _items(definition_id: str) -> tuple[Component, ...]:
    """The fields of a version, which never change."""
    return tuple(form_fields(definition_id))


def _kinds(definition: Definition) -> dict[str, str]:
    """How the values of a field are compared."""
    found: dict[str, str] = {}
    for item in _items(definition.row.id):
        kind = "choice" if item.type in CHOICES else _IN_FORMS.get(item.type)
        if kind:
            found.setdefault(item.name, kind)
    for name in {*(it.name for it in definition.process.key_fields), *(it.name for it in definition.process.variables)}:
        kind = "person" if type_of(definition, name) == PERSON else _IN_MODELS.get(type_of(definition, name))
        if kind and found.get(name) != "choice":
            found[name] = kind
    return found | dict.fromkeys(initiators(definition), "person")


def to_filter(known: ListFields, condition: Condition) -> FieldFilter:
    """What the engine is asked: raises `InvalidRequest` where the field is none of the list, or its value is none of its kind."""
    field = known.field(condition.name)
    if known.definition is None or field is None or not field.compares:
        raise InvalidRequest(gettext("The process has no field “%(name)s” that could be asked for.", name=condition.name))
    if condition.operator not in operators_of(field.kind):
        raise InvalidRequest(
            gettext(
                "“%(operator)s” cannot be asked of “%(field)s”.",
                operator=operator_name(field.kind, condition.operator),
                field=field.label,
            )
        )
    return _filter(known.definition, condition, field.kind, field.label)


def to_order(known: ListFields, name: str | None, *, descending: bool) -> FieldOrder | None:
    """The order by a field; none where the list has no such field: then the newest come first."""
    field = known.field(name) if name else None
    if known.definition is None or field is None or not field.compares:
        return None
    among = _in_order(known.definition, field) if field.kind in {"choice", "person"} else ()
    return FieldOrder(field.name, descending, field.kind == "number", among)


def _in_order(definition: Definition, field: SearchField) -> tuple[str, ...]:
    """The values that may be chosen, in the order of what they are called on this page; of very many the values themselves count."""
    values = [value for value, _ in _named(definition, field.name, field.kind)]
    if len(values) > _MOST_NAMED:
        return ()
    # GB 18030 has the common Chinese characters in the order of their pinyin, which code points do not.
    return tuple(sorted(values, key=lambda it: show_field(definition, field.name, it).casefold().encode("gb18030", "replace")))


def _filter(definition: Definition, condition: Condition, kind: str, label: str) -> FieldFilter:
    name, operator, text = condition.name, condition.operator, condition.text
    if kind == "number":
        return FieldFilter(name, operator, _number(label, text))
    if kind == "date":
        return FieldFilter(name, operator, _date(label, text))
    if kind == "flag":
        return FieldFilter(name, operator, _flag(label, text))
    if kind in {"choice", "person"}:
        fits = _fitting(_named(definition, name, kind), text, whole=operator != "contains")
        return FieldFilter(name, "neq" if operator == "neq" else "eq", fits)
    return FieldFilter(name, operator, text)


def operators_of(kind: str) -> tuple[str, ...]:
    """How a kind of value may be compared."""
    if kind in {"number", "date"}:
        return ("eq", "neq", "lt", "lte", "gt", "gte")
    return ("eq", "neq") if kind == "flag" else ("eq", "neq", "contains")


def operator_name(kind: str, operator: str) -> str:
    """What an operator is called."""
    if kind == "date":
        of_dates = {"lt": gettext("before"), "lte": gettext("until"), "gt": gettext("after"), "gte": gettext("from")}
        if operator in of_dates:
            return of_dates[operator]
    return {
        "eq": gettext("is"),
        "neq": gettext("is not"),
        "contains": gettext("contains"),
        "lt": gettext("less than"),
        "lte": gettext("at most"),
        "gt": gettext("more than"),
        "gte": gettext("at least"),
    }[operator]


def show_condition(known: ListFields, condition: Condition) -> str:
    """`Total at least 50,000`; what cannot be read stays as it was typed, and a field that the reader may not see has no name."""
    field = known.field(condition.name)
    kind = field.kind if field else "text"
    try:
        said = _shown(kind, condition.text)
    except InvalidRequest:
        said = condition.text
    return f"{field.label if field else condition.name} {operator_name(kind, condition.operator)} {said}"


def _shown(kind: str, text: str) -> str:
    if kind == "number":
        return show_number(_number("", text))
    return show_day(_date("", text)) if kind == "date" else text


def _number(label: str, text: str) -> Decimal:
    try:
        found = Decimal(text.strip().lstrip("¥￥").replace(",", "").replace("，", ""))
    except InvalidOperation:
        raise InvalidRequest(gettext("“%(text)s” is no number: “%(field)s” holds numbers.", text=text, field=label)) from None
    if not found.is_finite():
        raise InvalidRequest(gettext("“%(text)s” is no number: “%(field)s” holds numbers.", text=text, field=label))
    return found


def _date(label: str, text: str) -> date:
    try:
        return date.fromisoformat(text.strip().replace("/", "-"))
    except ValueError:
        raise InvalidRequest(
            gettext("“%(text)s” is no date, such as 2026-12-04: “%(field)s” holds dates.", text=text, field=label)
        ) from None


def _flag(label: str, text: str) -> bool:
    word = text.strip().casefold()
    if word in {"yes", "true", "1", "是", gettext("yes").casefold()}:
        return True
    if word in {"no", "false", "0", "否", gettext("no").casefold()}:
        return False
    raise InvalidRequest(gettext("“%(text)s” is neither yes nor no: “%(field)s” holds one of these.", text=text, field=label))


def _named(definition: Definition, name: str, kind: str) -> list[tuple[str, tuple[str, ...]]]:
    """The values that may be chosen, each with what it is called, in every language."""
    if kind == "person":
        return [(it.id, (it.id, it.name, it.name_zh or it.name)) for it in services().directory().people.values()]
    item = next(it for it in _items(definition.row.id) if it.name == name and it.type in CHOICES)
    found = []
    for option in choices_of(item):
        value = str(option["value"])
        names = [option.get("short"), *(said for key, said in option.items() if key.partition(":")[0] == "label")]
        names += [said for key, said in item.properties.items() if key.startswith(f"option.{value}:")]
        found.append((value, (value, *(str(it) for it in names if it))))
    return found


def _fitting(named: list[tuple[str, tuple[str, ...]]], text: str, *, whole: bool) -> tuple[str, ...]:
    """The values that are called so, or whose name has the text in it; what nobody calls anything is looked for as it was typed."""
    wanted = text.strip().casefold()
    fits = tuple(value for value, names in named if any(wanted == it.casefold() if whole else wanted in it.casefold() for it in names))
    return fits or (text.strip(),)
