"""What a field may hold: from what was posted to a typed value, and back to what the viewer shows.

Numbers are decimals, never floats. Dates at the top of a form are dates; inside the rows of a list, which are stored as JSON, they stay
text in ISO 8601. An empty text and an empty choice are None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Final

from forms.schema import CHOICES, GROUP, LIST, MULTIPLE_CHOICES, Component, fields_of

MAX_EXPONENT: Final = 30
"""Numbers beyond 10^30, or with more places after the point, are no amounts and only cost time."""


class Invalid(Exception):
    """What was posted is not of the field's type. `code` is one of `forms.messages.TEMPLATES`."""

    def __init__(self, code: str, **figures: object) -> None:
        """`figures` belong into the message."""
        super().__init__(code)
        self.code = code
        self.figures = figures


def parse(field: Component, posted: object, zone: tzinfo) -> object:
    """The typed value of what was posted; `Invalid` where it is not of the field's type."""
    if posted is None or posted in ("", []):
        return False if field.type == "checkbox" and posted is None else None
    if field.type == "datetime":
        return _moment(str(field.setting("subtype") or "date"), posted, zone)
    return READERS.get(field.type, _text)(posted)


def to_viewer(field: Component, value: object) -> object:
    """A typed value as the viewer holds it: amounts as text, dates in ISO 8601."""
    if field.type == LIST:
        rows = value if isinstance(value, list) else []
        return [_row(field, row) for row in rows]
    if field.type == GROUP:
        return _row(field, value)
    if isinstance(value, Decimal):
        return plain(value) if field.as_text or field.type == "textfield" else value
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    return value


def plain(value: Decimal) -> str:
    """A decimal without an exponent, with the digits that it has."""
    return format(value, "f")


def same(field: Component, posted: object, known: object, zone: tzinfo) -> bool:
    """Whether what was posted for a field says the same as what is known. Computed fields in rows do not count."""
    if field.type in {LIST, GROUP}:
        return _same_rows(field, posted, known, zone)
    try:
        sent = parse(field, posted, zone)
        held = parse(field, to_viewer(field, known), zone)
    except Invalid:
        return False
    return (sent or None) == (held or None) if not isinstance(sent, Decimal) else sent == held


def _same_rows(field: Component, posted: object, known: object, zone: tzinfo) -> bool:
    sent, held = _as_rows(field, posted), _as_rows(field, known)
    if sent is None or held is None or len(sent) != len(held):
        return False
    inner = [item for item in fields_of(field.components) if item.type != "expression"]
    return all(same(item, one.get(item.name), other.get(item.name), zone) for one, other in zip(sent, held, strict=True) for item in inner)


def _as_rows(field: Component, value: object) -> list[Mapping[str, object]] | None:
    rows = value if field.type == LIST else [value]
    rows = [] if rows in (None, [None]) else rows
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        return None
    return rows


def _row(field: Component, row: object) -> dict[str, object]:
    found = dict(row) if isinstance(row, Mapping) else {}
    for item in fields_of(field.components):
        if item.name in found:
            found[item.name] = to_viewer(item, found[item.name])
    return found


def _number(posted: object) -> Decimal:
    if isinstance(posted, bool) or not isinstance(posted, int | float | str | Decimal):
        raise Invalid("not-a-number")
    try:
        value = Decimal(str(posted).strip())
    except InvalidOperation:
        raise Invalid("not-a-number") from None
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or value.adjusted() > MAX_EXPONENT or exponent < -MAX_EXPONENT or exponent > MAX_EXPONENT:
        raise Invalid("not-a-number")
    return value


def _boolean(posted: object) -> bool:
    if not isinstance(posted, bool):
        raise Invalid("not-a-boolean")
    return posted


def _moment(subtype: str, posted: object, zone: tzinfo) -> date | time | datetime:
    text = posted.isoformat() if isinstance(posted, date | time) else posted
    if not isinstance(text, str):
        raise Invalid(f"not-a-{subtype}")
    try:
        if subtype == "time":
            return time.fromisoformat(text)
        if subtype == "date":
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(f"not-a-{subtype}") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _text(posted: object) -> str:
    if not isinstance(posted, str):
        raise Invalid("not-a-text")
    return posted


def _list(posted: object) -> list[object]:
    if not isinstance(posted, list):
        raise Invalid("not-a-list")
    return [_choice(item) for item in posted]


def _choice(posted: object) -> object:
    if not isinstance(posted, str | int | Decimal | bool):
        raise Invalid("not-an-option")
    return Decimal(posted) if isinstance(posted, int) and not isinstance(posted, bool) else posted


READERS: Final[Mapping[str, Callable[[object], object]]] = {
    "number": _number,
    "checkbox": _boolean,
    **dict.fromkeys(CHOICES, _choice),
    **dict.fromkeys(MULTIPLE_CHOICES, _list),
}
