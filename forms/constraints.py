"""What a field's value must fulfil: required, limits, pattern, choices. The viewer says the same, the server decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

import re2

from forms.options import Option, OptionSource, normalised, static_options
from forms.schema import CHOICES, MULTIPLE_CHOICES, Component
from forms.values import Invalid, plain

MAX_TEXT: Final = 20_000
"""Characters that a text may have where the form sets no limit of its own."""

EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
PHONE: Final = re.compile(r"\+\d{7,15}")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the constraints of a form's fields may ask for: FEEL in the place of the field, today's date, the server's choices."""

    evaluate: Callable[[object], object]  # an attribute: evaluated where it is an expression, else as it is
    today: date
    options: OptionSource
    known: Mapping[str, object]


def faults(field: Component, value: object, *, required: bool, around: Surroundings) -> Iterator[Invalid]:
    """What is wrong with a typed value, in the order of the viewer."""
    if is_empty(field, value):
        if required:
            yield Invalid("required")
        return
    if isinstance(value, str) and field.type in {"textfield", "textarea"}:
        yield from _text_faults(field, value, around)
    if isinstance(value, Decimal) and field.type == "number":
        yield from _number_faults(field, value, around)
    if isinstance(value, date) and field.setting("disallowPassedDates") is True:
        day = value.date() if isinstance(value, datetime) else value
        if day < around.today:
            yield Invalid("date-in-the-past")
    if field.type in CHOICES | MULTIPLE_CHOICES:
        allowed = [option["value"] for option in options_of(field, around)]
        chosen = value if isinstance(value, list) else [value]
        if any(choice not in allowed for choice in chosen):
            yield Invalid("not-an-option")


def is_empty(field: Component, value: object) -> bool:
    """Whether the viewer would call the field not filled in; a required checkbox must be ticked."""
    blank = isinstance(value, str) and not value.strip()
    return value is None or value == [] or blank or (field.type == "checkbox" and value is False)


def options_of(field: Component, around: Surroundings) -> Sequence[Option]:
    """The choices of a field, wherever they come from."""
    expression = field.setting("valuesExpression")
    if isinstance(expression, str) and expression.strip():
        return normalised(around.evaluate(expression))
    if field.option_source:
        return normalised(around.options(field.option_source))
    key = field.setting("valuesKey")
    return normalised(around.known.get(key)) if isinstance(key, str) else static_options(field)


def _text_faults(field: Component, value: str, around: Surroundings) -> Iterator[Invalid]:
    rules = field.validate
    least, most = (_limit(around.evaluate(rules.get(name))) for name in ("minLength", "maxLength"))
    length = len(value.strip())
    if least is not None and length < least:
        yield Invalid("too-short", length=plain(least))
    if length > (MAX_TEXT if most is None else most):
        yield Invalid("too-long", length=MAX_TEXT if most is None else plain(most))
        return
    pattern = rules.get("pattern")
    if isinstance(pattern, str) and pattern and re2.search(pattern, value) is None:
        yield Invalid("pattern")
    if rules.get("validationType") == "email" and EMAIL.fullmatch(value) is None:
        yield Invalid("not-an-email")
    if rules.get("validationType") == "phone" and PHONE.fullmatch(re.sub(r"[\s()-]", "", value)) is None:
        yield Invalid("not-a-phone")


def _number_faults(field: Component, value: Decimal, around: Surroundings) -> Iterator[Invalid]:
    digits, increment = _limit(field.setting("decimalDigits")), _limit(field.setting("increment"))
    if digits is not None and _decimals(value) > digits:
        yield Invalid("too-many-decimals", digits=int(digits))
    if increment and value % increment != 0:
        yield Invalid("not-a-multiple", increment=plain(increment))
    least, most = (_limit(around.evaluate(field.validate.get(name))) for name in ("min", "max"))
    if least is not None and value < least:
        yield Invalid("below-minimum", minimum=plain(least))
    if most is not None and value > most:
        yield Invalid("above-maximum", maximum=plain(most))


def _decimals(value: Decimal) -> int:
    return len(plain(value).partition(".")[2].rstrip("0"))


def _limit(value: object) -> Decimal | None:
    """A limit as a number; the viewer takes texts too. Nothing where there is none."""
    if value is None or isinstance(value, bool):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
