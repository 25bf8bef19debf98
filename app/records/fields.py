"""The fields of the records that may be edited: how each is read from what was typed, and what is wrong with it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from app.records.columns import MONEY, QUANTITY
from app.records.problems import finding
from engine import FieldProblem

LONGEST_TEXT: Final = 200
LONGEST_REASON: Final = 500
LONGEST_CODE: Final = 80
_TOO_MUCH: Final = Decimal(10) ** 13


class Unreadable(ValueError):
    """A value that is not what its field holds: why, as a code with its figures."""

    def __init__(self, code: str, **figures: object) -> None:
        """`code` is one of those that forms and records know."""
        super().__init__(code)
        self.code, self.figures = code, figures

    def at(self, name: str) -> FieldProblem:
        """The problem of the field; pages have the words for the code."""
        return FieldProblem(name, self.code, f"{name}: {self.code}", figures=self.figures)


def read_text(value: object, longest: int = LONGEST_TEXT) -> str:
    """A text of one line."""
    text = str(value).strip()
    if len(text) > longest:
        raise Unreadable("too-long", length=longest)
    if any(unicodedata.category(sign) == "Cc" for sign in text):  # of which databases refuse some
        raise Unreadable("not-a-text")
    return text


def read_code(value: object) -> str:
    """A code as readers give it: signs without spaces, of which capitals and small letters are the same."""
    text = read_text(value, LONGEST_CODE)
    if not text.isascii() or " " in text:
        raise Unreadable("not-a-code")
    return text


def read_flag(value: object) -> bool:
    """Yes or no; anything else than a yes is a no."""
    return value in {True, "true", "on", "1", "yes"}


def read_money(value: object) -> Decimal:
    """An amount from 0, with or without separators and the sign of the currency."""
    return _figure(value, MONEY.places)


def read_quantity(value: object) -> Decimal:
    """A quantity from 0."""
    return _figure(value, QUANTITY.places)


def read_day(value: object) -> date:
    """A day as ISO 8601 writes it."""
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value).strip())
    except ValueError:
        raise Unreadable("not-a-date") from None


def read_reason(given: str) -> tuple[str, list[FieldProblem]]:
    """The reason that was given, and what is wrong with it."""
    try:
        why = read_text(given, LONGEST_REASON)
    except Unreadable as wrong:
        return "", [wrong.at("reason")]
    return why, [] if why else [finding("reason", "no-reason")]


Reader = Callable[[object], object]
NAMES: Final[Mapping[str, Reader]] = {"name": read_text, "name_zh": read_text}
FIELDS: Final[Mapping[str, Mapping[str, Reader]]] = {
    "suppliers": {**NAMES, **dict.fromkeys(("city", "contact", "phone", "email", "bank_account"), read_text), "active": read_flag},
    "contracts": {**NAMES, "supplier_id": read_text, "amount": read_money, "valid_until": read_day},
    "items": {
        **NAMES,
        "barcode": read_code,
        "unit": read_text,
        "unit_zh": read_text,
        "price": read_money,
        "minimum": read_quantity,
        "stocked": read_flag,
    },
    "customers": {
        **NAMES,
        **dict.fromkeys(("city", "contact", "phone", "address"), read_text),
        "credit_limit": read_money,
        "active": read_flag,
    },
    "cost-centres": NAMES,
}
"""The fields of each list that may be edited, and how each is read."""

REQUIRED: Final = frozenset({"name", "supplier_id", "amount", "valid_until", "unit", "credit_limit"})


class Given:
    """What was given of a record, read field by field. `new`: what is required must be there."""

    def __init__(self, kind: str, given: Mapping[str, object], *, new: bool) -> None:
        """Reads at once: `values` are the good ones, `problems` tell of the others."""
        self.values: dict[str, object] = {}
        self.problems: list[FieldProblem] = []
        for name, reader in FIELDS[kind].items():
            if name in given or (new and name in REQUIRED):
                self._read(name, reader, given.get(name, ""))
        for name in sorted(given.keys() - FIELDS[kind].keys()):
            self.problems.append(FieldProblem(name, "unknown-field", "There is no such field."))

    def _read(self, name: str, reader: Reader, value: object) -> None:
        if name in REQUIRED and not str(value).strip():
            self.problems.append(FieldProblem(name, "required", "Please fill this in."))
            return
        try:
            self.values[name] = reader(value)
        except Unreadable as wrong:
            self.problems.append(wrong.at(name))


def defaults(kind: str) -> dict[str, object]:
    """What stands in fields that were not given."""
    blank: dict[Reader, object] = {read_flag: True, read_money: Decimal(0), read_quantity: Decimal(0)}
    return {name: blank.get(reader, "") for name, reader in FIELDS[kind].items()}


def _figure(value: object, places: int) -> Decimal:
    text = str(value).strip().lstrip("¥￥").translate(_SEPARATORS)
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Unreadable("not-an-amount") from None
    if not number.is_finite() or number < 0 or number >= _TOO_MUCH:
        raise Unreadable("not-an-amount")
    if number != round(number, places):
        raise Unreadable("too-many-decimals", digits=places)
    return number


_SEPARATORS: Final = str.maketrans("", "", ",，\u00a0 ")
