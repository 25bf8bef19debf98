"""The order of a list of cases and where its next page begins: the newest first, or by a field and among equals the newest first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, and_, or_

from engine.store.queries.pages import from_cursor, to_cursor
from engine.store.tables import case_instance

if TYPE_CHECKING:
    from sqlalchemy import Select

    from engine.store.queries.case_values import FieldOrder, Sights

_KEY: Final = "order_key"


class ListOrder:
    """An order, with the place in it where a page ended: the keys of its last row."""

    def __init__(self, order: FieldOrder | None, sights: Sights) -> None:
        self._order = order
        self._key: ColumnElement[Any] | None = order.key(sights[order.name]) if order else None

    def sorted(self, query: Select[Any]) -> Select[Any]:
        """The query in this order. Cases without a value come last, whichever way it goes."""
        newest = case_instance.c.id.desc()
        if self._order is None or self._key is None:
            return query.order_by(newest)
        way = self._key.desc().nulls_last() if self._order.descending else self._key.asc().nulls_last()
        return query.add_columns(self._key.label(_KEY)).order_by(way, newest)

    def cursor(self, row: Mapping[Any, Any]) -> str:
        """The place behind a row."""
        if self._order is None:
            return to_cursor(row["id"])
        value = row[_KEY]
        nothing = 0.0 if self._order.compares_numbers else ""
        return to_cursor(int(value is None), nothing if value is None else value, row["id"])

    def behind(self, cursor: str) -> ColumnElement[bool]:
        """The condition that a row comes behind a place. Raises `InvalidRequest` for a text that is none of this order."""
        column = case_instance.c.id
        if self._order is None or self._key is None:
            older: ColumnElement[bool] = column < from_cursor(cursor, str)[0]
            return older
        is_null, value, case_id = from_cursor(cursor, int, float if self._order.compares_numbers else str, str)
        if is_null:
            return and_(self._key.is_(None), column < case_id)
        further: ColumnElement[bool] = self._key < value if self._order.descending else self._key > value
        return or_(further, and_(self._key == value, column < case_id), self._key.is_(None))
