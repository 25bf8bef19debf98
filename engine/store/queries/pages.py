"""Pages of lists: a bounded number of rows, how many there are in all, and where the next page begins.

A page begins behind the keys of the last row before it, not at an offset: rows that come or go meanwhile are neither skipped nor shown
twice.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import ColumnElement, FromClause, exists, or_, select

from engine.errors import InvalidRequest
from engine.store.tables import case_field, person

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

Row = TypeVar("Row")

MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list. `total` counts all that pass the same filter; `after` continues the list, None at its end."""

    rows: tuple[Row, ...]
    total: int
    after: str | None = None


def to_cursor(*keys: str | float) -> str:
    """The keys of the last row of a page as an opaque text."""
    return base64.urlsafe_b64encode(json.dumps(keys).encode()).decode("ascii").rstrip("=")


def from_cursor(cursor: str, *kinds: type) -> list[Any]:
    """The keys of a cursor. `InvalidRequest` for a text that is none."""
    try:
        keys = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError as error:
        raise InvalidRequest("this is not a place in a list") from error
    if not isinstance(keys, list) or [type(key) for key in keys] != list(kinds):
        raise InvalidRequest("this is not a place in a list")
    return keys


def bounded(limit: int) -> int:
    """A limit between one row and `MOST_ROWS`."""
    return max(1, min(limit, MOST_ROWS))


def cut(rows: list[Row], limit: int) -> tuple[list[Row], bool]:
    """The rows of a page out of one more than it holds, and whether there are more."""
    return rows[:limit], len(rows) > limit


def mentions(text: str, case: FromClause, named: Iterable[str] = ()) -> ColumnElement[bool]:
    """Whether a case has a text in its number, subject or a key field, or in the name of who started it. Case is ignored.

    An amount is found as people write it: `¥186,400` as `186400`. `named`: what the text is called in key fields, where it is a name
    in another language.
    """
    fields = [case_field.c.text.icontains(it, autoescape=True) for it in dict.fromkeys((text, _plain_amount(text)))]
    fields += [case_field.c.text.in_(sorted(set(named)))] if named else []
    names = [person.c.name.icontains(text, autoescape=True)]
    if not text.isascii():  # the keys of translations are ASCII
        names.append(person.c.translations.icontains(text, autoescape=True))
    return or_(
        case.c.number.icontains(text, autoescape=True),
        case.c.subject.icontains(text, autoescape=True),
        exists().where(case_field.c.case_id == case.c.id, or_(*fields)),
        case.c.started_by.in_(select(person.c.id).where(or_(*names))),
    )


def _plain_amount(text: str) -> str:
    """An amount without the sign of its currency and its separators; any other text as it is."""
    plain = text.strip().lstrip("¥￥").replace(",", "").replace("，", "")
    if not plain or not set(plain) <= set("0123456789."):
        return text
    return plain.rstrip("0").rstrip(".") if "." in plain else plain  # as they are stored: without zeros behind the point


def key_fields(conn: Connection, case_ids: Iterable[str]) -> dict[str, Mapping[str, object]]:
    """The key fields of cases in the order of their model: money and numbers as exact `Decimal`s, all else as text."""
    query = (
        select(case_field.c.case_id, case_field.c.name, case_field.c.text, case_field.c.number)
        .where(case_field.c.case_id.in_(sorted(set(case_ids))))
        .order_by(case_field.c.case_id, case_field.c.position)
    )
    found: dict[str, dict[str, object]] = {}
    for case_id, name, text, number in conn.execute(query):
        found.setdefault(case_id, {})[name] = Decimal(text) if number is not None else text
    return dict(found)
