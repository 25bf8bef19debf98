"""The `crossdesk:` extension elements: what `camunda:` has no word for."""

from __future__ import annotations

from dataclasses import dataclass

from engine.bpmn.called import NO_TRANSLATIONS, NamedValue, NamedVariable, Translations
from engine.bpmn.model import FieldAccess, KeyField, Outcome, OutcomeKind, Text
from engine.bpmn.names import CROSSDESK, Element, elements, extension, extensions, tag


@dataclass(frozen=True, slots=True)
class Offer:
    """`crossdesk:offer`: a message that a group may give by hand on the case page."""

    group: str | None = None
    label: str | None = None
    translations: Translations = NO_TRANSLATIONS


@dataclass(frozen=True, slots=True)
class CaseData:
    """`crossdesk:case`: what a process says about its cases."""

    number_prefix: str | None = None
    subject: Text | None = None
    key_fields: tuple[KeyField, ...] = ()
    variables: tuple[NamedVariable, ...] = ()
    category: str | None = None
    category_translations: Translations = NO_TRANSLATIONS
    about: Translations = NO_TRANSLATIONS
    owner: str | None = None
    visibility: tuple[str, ...] = ("participants",)


def read_translations(element: Element) -> Translations:
    """The translations of a BPMN element's name."""
    return _pairs(extensions(element, CROSSDESK, "translation"))


def nested_translations(element: Element) -> Translations:
    """The translations of the name of an extension element: they stand directly inside."""
    return _pairs(_nested(element, "translation"))


def nested_values(element: Element) -> tuple[NamedValue, ...]:
    """The values that are named directly inside of an element."""
    found = ((item.get("id", ""), item) for item in _nested(element, "value"))
    return tuple(NamedValue(value, item.get("name") or value, nested_translations(item)) for value, item in found)


def read_case(process: Element) -> CaseData:
    """The `crossdesk:case` of a process, or what holds without one."""
    case = extension(process, CROSSDESK, "case")
    if case is None:
        return CaseData()
    return CaseData(
        number_prefix=_attribute(case, "numberPrefix"),
        subject=_text(case, "subject"),
        key_fields=tuple(_key_field(item) for item in _nested(case, "keyField")),
        variables=tuple(_variable(item) for item in _nested(case, "variable")),
        category=_attribute(case, "category"),
        category_translations=_pairs(_nested(case, "categoryName")),
        about=_pairs(_nested(case, "about")),
        owner=_attribute(case, "owner"),
        visibility=tuple(case.get("visibility", "").split()) or ("participants",),
    )


def read_outcomes(task: Element) -> tuple[Outcome, ...]:
    """The outcomes of a user task, in order. A kind that is not known reads as `own`: the checks name it."""
    return tuple(
        Outcome(
            id=item.get("id", ""),
            kind=_outcome_kind(item.get("kind")),
            name=item.get("name", ""),
            translations=nested_translations(item),
        )
        for item in extensions(task, CROSSDESK, "outcome")
    )


def read_deadline(task: Element) -> str | None:
    """The deadline of a user task as written: `2 wd` or `6 wh`."""
    deadline = extension(task, CROSSDESK, "deadline")
    return None if deadline is None else _attribute(deadline, "duration")


def read_fields(element: Element) -> tuple[tuple[tuple[str, FieldAccess], ...], FieldAccess | None]:
    """The field permissions of a user task or start event, and their default where one is given."""
    holder = extension(element, CROSSDESK, "fields")
    if holder is None:
        return (), None
    named = tuple((item.get("name", ""), _access(item.get("access"))) for item in _nested(holder, "field"))
    default = _attribute(holder, "default")
    return named, None if default is None else _access(default)


def read_performer(lane: Element) -> str | None:
    """The group of people that works in a lane."""
    performer = extension(lane, CROSSDESK, "performer")
    return None if performer is None else _attribute(performer, "group")


def read_named(task: Element, word: str) -> tuple[str | None, tuple[tuple[str, Text], ...]]:
    """The name of the `handler` or `connector` of a service task, and its parameters."""
    named = extension(task, CROSSDESK, word)
    if named is None:
        return None, ()
    parameters = _nested(named, "parameter")
    texts = ((item.get("name", ""), _text(item, "value") or Text("", item.sourceline or 0)) for item in parameters)
    return _attribute(named, "name"), tuple(texts)


def read_offer(element: Element) -> Offer:
    """Who may give the message of this event by hand; empty where nobody may."""
    offer = extension(element, CROSSDESK, "offer")
    if offer is None:
        return Offer()
    return Offer(_attribute(offer, "group"), _attribute(offer, "label"), nested_translations(offer))


def _nested(element: Element, name: str) -> list[Element]:
    return [item for item in elements(element) if item.tag == tag(CROSSDESK, name)]


def _pairs(items: list[Element]) -> Translations:
    texts = ((item.get("language", ""), item.get("text", "")) for item in items)
    return Translations(tuple((language, text) for language, text in texts if language and text))


def _attribute(element: Element, name: str) -> str | None:
    return (element.get(name) or "").strip() or None


def _text(element: Element, name: str) -> Text | None:
    value = _attribute(element, name)
    return None if value is None else Text(value, element.sourceline or 0)


def _key_field(item: Element) -> KeyField:
    name = item.get("name", "")
    return KeyField(name, item.get("type", "text"), item.get("label") or name, nested_translations(item))


def _variable(item: Element) -> NamedVariable:
    name = item.get("name", "")
    return NamedVariable(name, item.get("type", "text"), item.get("label") or name, nested_translations(item), nested_values(item))


def _outcome_kind(word: str | None) -> OutcomeKind:
    return OutcomeKind(word) if word in set(OutcomeKind) else OutcomeKind.OWN


def _access(word: str | None) -> FieldAccess:
    """An access that is not known hides the field: the checks name it, and nothing is shown by mistake."""
    return FieldAccess(word) if word in set(FieldAccess) else FieldAccess.HIDDEN
