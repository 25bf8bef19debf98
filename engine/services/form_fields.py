"""The fields of a form inside of a model (`camunda:formData`): conversion, constraints and defaults. One place for pages and programs.

Fields are taken in their order, and the default of one sees what those before it came to, as in Camunda 7. A default that is written in
the model and does not fit its field is none (the checks warn of it); one that is computed and does not fit is a fault of the model.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from engine.bpmn.form_data import READONLY, REQUIRED, Constraint, FormField, default_of
from engine.bpmn.model import Text
from engine.errors import FieldProblem, InvalidRequest, InvalidSubmission, ModelFault
from engine.feel import brief
from engine.phrases import Phrase
from engine.store.values import StoredValue, Transient, ValueType, from_stored, to_stored

STORED: Final[Mapping[str, ValueType]] = {"string": "String", "long": "Long", "boolean": "Boolean", "date": "Date", "enum": "String"}
"""The types of the fields, as their values are stored."""

NULL: Final = StoredValue("Null", None)
_LONG: Final = range(-(2**63), 2**63)
_MOST_DIGITS: Final = 40  # beyond them no number has 64 bits, but for zeros in front
_DIGITS: Final = re.compile(rf"[+-]?\d{{1,{_MOST_DIGITS}}}", re.ASCII)


@dataclass(frozen=True, slots=True)
class FormPlace:
    """Where a form is: at which element, what is known there, how its defaults are evaluated, and the company's clock.

    `text` gets a text and what the fields before it came to, which comes before what is known.
    """

    element: str
    known: Mapping[str, object]
    text: Callable[[Text, Mapping[str, object]], object]
    local: Callable[[datetime], datetime]


class _Wrong(ValueError):
    """A value does not fit its field."""

    def __init__(self, code: str, message: str, **figures: object) -> None:
        super().__init__(message.format(**figures))
        self.code, self.figures = code, figures


def submitted(
    fields: tuple[FormField, ...], values: Mapping[str, object], place: FormPlace, required: Callable[[str], bool]
) -> dict[str, object]:
    """What is to be written when a program submits a form: fields converted, defaults for those that are missing, all else as it is.

    `required` says which fields the step demands besides. Raises `InvalidSubmission` naming each field that is wrong.
    """
    left, written, problems = dict(values), dict[str, StoredValue](), list[FieldProblem]()
    for field in fields:
        sent = to_stored(left.pop(field.id)) if field.id in left else None
        must = field.has(REQUIRED) or required(field.id)
        try:
            if sent is not None and sent.text is not None:
                value = _given(field, sent, place, required=must)
                written[field.id] = value.transient() if isinstance(sent, Transient) else value
            elif (found := _left_out(field, sent, place, written, required=must, certain=not problems)) is not None:
                written[field.id] = found
        except _Wrong as wrong:
            problems.append(FieldProblem(field.id, wrong.code, str(wrong), figures=wrong.figures))
    if problems:
        raise InvalidSubmission(problems)
    return {**written, **left}


def on_page(
    fields: tuple[FormField, ...], posted: Mapping[str, object], checked: Mapping[str, object], place: FormPlace
) -> dict[str, object]:
    """What is to be written when somebody sends a form on a page; it has been `checked` as any other form.

    What a field began with and nobody could change counts as well; what is there already stays.
    """
    values, written = dict(checked), dict[str, StoredValue]()
    for field in fields:
        value = values.get(field.id)
        if value is not None:
            try:
                written[field.id] = converted(field, to_stored(value), place)
            except _Wrong as wrong:
                raise InvalidSubmission([FieldProblem(field.id, wrong.code, str(wrong), field.label, wrong.figures)]) from wrong
        elif field.id not in place.known and (field.has(READONLY) or field.id not in posted):
            found = default(field, place, written)
            if found is not None:
                written[field.id] = found
    return {**values, **written}


def beginning(fields: tuple[FormField, ...], place: FormPlace, *, strict: bool = True) -> dict[str, StoredValue]:
    """What the fields without a value begin with. Unless it is `strict`, a default that cannot be told is left out."""
    found: dict[str, StoredValue] = {}
    for field in fields:
        if field.id in place.known:
            continue
        try:
            value = default(field, place, found)
        except ModelFault:
            if strict:
                raise
            continue
        if value is not None:
            found[field.id] = value
    return found


def unchangeable(fields: tuple[FormField, ...], place: FormPlace) -> dict[str, StoredValue]:
    """What of the beginning of a form nobody may change: pages send it back as it was."""
    readonly = {field.id for field in fields if field.has(READONLY)}
    return {name: value for name, value in beginning(fields, place, strict=False).items() if name in readonly}


def told(fields: tuple[FormField, ...], place: FormPlace) -> dict[str, StoredValue]:
    """Each field with its value, as `form-variables` tells it: a date as it is written in the form, null with the type of its field.

    Raises `InvalidRequest` where what is there does not fit its field.
    """
    begins, found = beginning(fields, place), dict[str, StoredValue]()
    for field in fields:
        value = begins.get(field.id, NULL)
        if field.id in place.known:
            value = _held(field, to_stored(place.known[field.id]), place)
        if field.type == "date":
            value = StoredValue("String", "" if value.text is None else field.dates.write(_moment(value, place)))
        found[field.id] = StoredValue(STORED[field.type], None) if value.text is None else value
    return found


def default(field: FormField, place: FormPlace, before: Mapping[str, StoredValue]) -> StoredValue | None:
    """What a field begins with; None without a default. Raises `ModelFault` where a computed one fails, or does not fit its field."""
    if not field.is_computed:
        return _literal(field, place)
    text = Text(field.default or "", field.line)
    value = place.text(text, {name: from_stored(*it) for name, it in before.items()})
    try:
        return converted(field, to_stored(value), place)
    except _Wrong as wrong:
        figures = {"source": repr(text.source), "value": brief(value), "field": field.id, "reason": str(wrong)}
        message = Phrase("{source} gives {value}, which the field {field} cannot begin with: {reason}", **figures)
        raise ModelFault(message, element=place.element, line=field.line) from wrong


def _literal(field: FormField, place: FormPlace) -> StoredValue | None:
    """A default that is written in the model; a day may be written by the pattern of its field, or in ISO 8601."""
    begins = default_of(field)
    if begins is None:
        return None
    if field.type == "date" and begins == field.default:
        return StoredValue("Date", field.default)
    return converted(field, StoredValue("String", str(begins) if field.type == "long" else field.default), place)


# ---- one value -----------------------------------------------------------------------------------------------------------


def _given(field: FormField, sent: StoredValue, place: FormPlace, *, required: bool) -> StoredValue:
    """A value that was sent, as its field has it."""
    if field.has(READONLY):
        raise _Wrong("not-writable", "may not be written")
    if required and sent == StoredValue("String", ""):
        raise _Wrong("required", "is required")
    value = converted(field, sent, place)
    for constraint in field.constraints:
        _check(constraint, sent, value)
    return value


def _left_out(
    field: FormField, sent: StoredValue | None, place: FormPlace, before: Mapping[str, StoredValue], *, required: bool, certain: bool
) -> StoredValue | None:
    """What a field gets that was sent as null or not at all; to send null for what may not be written is to send nothing.

    Required is what neither has a value nor gets one. Unless all before it is `certain`, nobody knows what its default comes to.
    """
    null = sent is not None and not field.has(READONLY)
    found = default(field, place, before) if certain and field.default is not None and (required or not null) else None
    has_value = place.known.get(field.id) is not None or (found is not None and found.text is not None)
    if required and not has_value and (certain or field.default is None):
        raise _Wrong("required", "is required")
    return NULL if null else found


def converted(field: FormField, value: StoredValue, place: FormPlace) -> StoredValue:
    """A value with the type of its field; null stays null."""
    if value.text is None:
        return NULL
    match field.type:
        case "long":
            return _whole(value)
        case "boolean" if value.type in {"Boolean", "String"}:
            return StoredValue("Boolean", "true" if value.text.lower() == "true" else "false")
        case "boolean":
            raise _Wrong("not-a-boolean", "is neither true nor false")
        case "date":
            return _date(field, value, place)
        case "enum" if value.type != "String" or value.text not in dict(field.choices):
            raise _Wrong("not-an-option", "is not one of the values of the field")
        case _:
            return StoredValue("String", value.text)


def _whole(value: StoredValue) -> StoredValue:
    """A number without a fraction, or the digits of one, of 64 bits."""
    text = value.text or ""
    if value.type in {"Integer", "Long"}:
        return StoredValue("Long", text)
    if value.type == "Double":
        exact = Decimal(text)  # one of a thousand digits is not written out
        text = str(int(exact)) if exact.adjusted() < _MOST_DIGITS and exact == exact.to_integral_value() else "none"
    elif value.type != "String":
        raise _Wrong("not-a-number", "is not a whole number")
    if _DIGITS.fullmatch(text) is None or int(text) not in _LONG:
        raise _Wrong("not-a-number", "is not a whole number of 64 bits")
    return StoredValue("Long", str(int(text)))


def _date(field: FormField, value: StoredValue, place: FormPlace) -> StoredValue:
    if value.type == "Date":
        return value
    text = value.text or ""
    if value.type != "String":
        raise _Wrong("not-a-date", "is not a date")
    if not text:
        return NULL
    try:
        found = field.dates.read(text)
    except ValueError:
        raise _Wrong("not-a-date", "is not a date; dates are written {pattern}", pattern=field.pattern) from None
    return to_stored(place.local(found) if isinstance(found, datetime) else found)


def _check(constraint: Constraint, sent: StoredValue, value: StoredValue) -> None:
    """One limit. Lengths are those of a text that was sent, numbers those that were sent or that the field makes of it."""
    limit = constraint.limit
    if limit is None:
        return
    if constraint.name in {"minlength", "maxlength"}:
        if sent.type != "String":
            raise _Wrong("not-a-text", "is not a text, and has no length")
        length = len(sent.text or "")
        if constraint.name == "minlength" and length < limit:
            raise _Wrong("too-short", "needs at least {length} characters", length=limit)
        if constraint.name == "maxlength" and length > limit:
            raise _Wrong("too-long", "has more than {length} characters", length=limit)
        return
    number = next((Decimal(it.text or "") for it in (value, sent) if it.type in {"Integer", "Long", "Double"}), None)
    if number is None:
        raise _Wrong("not-a-number", "is not a number")
    if constraint.name == "min" and number < limit:
        raise _Wrong("below-minimum", "must be at least {minimum}", minimum=limit)
    if constraint.name == "max" and number >= limit:
        raise _Wrong("above-maximum", "must be less than {maximum}", maximum=limit)


def _held(field: FormField, value: StoredValue, place: FormPlace) -> StoredValue:
    """A value that is there, as its field has it. A date must be one: in Camunda 7 a text is none there."""
    reason = "is not a date"
    if field.type != "date" or value.type in {"Date", "Null"}:
        try:
            return converted(field, value, place)
        except _Wrong as wrong:
            reason = str(wrong)
    raise InvalidRequest(Phrase("failed to convert '{field}': {reason}", field=field.id, reason=reason))


def _moment(value: StoredValue, place: FormPlace) -> datetime:
    """A date on the company's clock."""
    found = from_stored(*value)
    if isinstance(found, datetime):
        return place.local(found)
    day = date.fromisoformat(str(found))
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001  midnight, wherever that is
