"""Lists as Camunda 7's REST interface asks for them: filters and sort keys by its names, an offset and a number of rows.

A listing says once which filters and sort keys it has; a page and its count share the condition. A filter that Camunda has and we do not is
refused: to ignore it would show more than was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, UnaryExpression, and_, false, func, or_, select, true

from engine.errors import InvalidRequest

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.organisation.directory import Directory


BESIDE = "beside"
"""The name of what is read beside a row."""


class FilterKind(StrEnum):
    """What a filter takes."""

    TEXT = "text"
    TEXTS = "texts"  # a list; in a query string separated by commas
    NUMBER = "number"
    FLAG = "flag"  # only `true` narrows a list
    MOMENT = "moment"
    MOMENTS = "moments"  # a list of pairs of an operator, gt or lt, and a moment
    VARIABLES = "variables"  # a list of `VariableFilter`
    REFUSED = "refused"  # whatever it says: Camunda has this filter and we do not


class Sort(NamedTuple):
    """A sort key by its name; `parameters` of those that need some: `variable` and `type` of one by the value of a variable."""

    name: str
    descending: bool
    parameters: Mapping[str, object] = MappingProxyType({})


class VariableFilter(NamedTuple):
    """A condition on a variable: `operator` is eq, neq, gt, gteq, lt, lteq, like or notLike."""

    name: str
    operator: str
    value: object


@dataclass(frozen=True, slots=True)
class Asked:
    """What a filter may need to know besides its value."""

    wanted: Mapping[str, Any]
    directory: Directory
    dialect: str
    now: datetime | None = None

    def like(self, column: ColumnElement[Any], pattern: str) -> ColumnElement[bool]:
        """SQL's LIKE, in which upper and lower case differ on both databases; after a backslash `%` and `_` mean themselves."""
        return cased_like(column, pattern, self.dialect)

    def like_folded(self, column: ColumnElement[Any], pattern: str) -> ColumnElement[bool]:
        """The same, in which upper and lower case are one; on SQLite only those of the English letters."""
        whole = _ended(pattern)
        return column.like(whole, escape="\\") if self.dialect == "sqlite" else column.ilike(whole, escape="\\")


def cased_like(column: ColumnElement[Any], pattern: str, dialect: str) -> ColumnElement[bool]:
    """SQL's LIKE, in which upper and lower case differ on both databases."""
    if dialect != "sqlite":
        return column.like(_ended(pattern), escape="\\")
    glob = "".join(_GLOBS.get(it, it[-1]) for it in _LIKE_PARTS.findall(pattern))
    return column.op("GLOB", is_comparison=True)(glob)


def _ended(pattern: str) -> str:
    """A pattern in which a backslash at the end means itself: PostgreSQL refuses one that escapes nothing."""
    backslashes = len(pattern) - len(pattern.rstrip("\\"))
    return pattern + "\\" if backslashes % 2 else pattern


_LIKE_PARTS = re.compile(r"\\.|.", re.DOTALL)
_GLOBS = {"%": "*", "_": "?", **{sign: f"[{sign}]" for sign in "*?["}, **{f"\\{sign}": f"[{sign}]" for sign in "*?["}}
Condition = Callable[[Any, Asked], ColumnElement[bool] | None]
Order = Callable[[Sort, Asked], ColumnElement[Any]]


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter: what it takes, and the condition that it becomes; none where it only says how others are meant."""

    kind: FilterKind
    condition: Condition


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a client asks for: filters by name, groups of filters of which one must hold, sort keys, an offset, a number of rows."""

    filters: Mapping[str, Any] = field(default_factory=dict)
    any_of: Sequence[Mapping[str, Any]] = ()
    sorting: Sequence[Sort] = ()
    first: int = 0
    most: int | None = None
    now: datetime | None = None  # for filters that look at the time


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: its columns and tables, its filters and sort keys; `key` breaks ties."""

    columns: tuple[Any, ...]
    rows: Any  # the tables, joined
    key: ColumnElement[Any]
    filters: Mapping[str, Filter]
    sorts: Mapping[str, ColumnElement[Any] | Order]
    refused: frozenset[str] = frozenset()  # filters that Camunda has and we do not
    alike: frozenset[str] = frozenset({"tenantId"})  # sort keys that are the same for all rows

    def kinds(self) -> dict[str, FilterKind]:
        """What each filter takes."""
        return {name: it.kind for name, it in (TENANTS | dict(self.filters)).items()} | dict.fromkeys(self.refused, FilterKind.REFUSED)

    def page(
        self, conn: Connection, wanted: Wanted, directory: Directory, seen: ColumnElement[bool], beside: ColumnElement[Any] | None = None
    ) -> list[dict[str, Any]]:
        """The rows that are asked for and `seen`, each with what is wanted `beside` them. Null comes last upwards and first downwards."""
        columns = self.columns if beside is None else (*self.columns, beside.label(BESIDE))
        query = select(*columns).select_from(self.rows).where(seen, self._condition(conn, wanted, directory))
        query = query.order_by(*self._orders(conn, wanted, directory), self.key).offset(wanted.first).limit(wanted.most)
        result = conn.execute(query)
        names = tuple(result.keys())
        return [dict(zip(names, row, strict=True)) for row in result]

    def count(self, conn: Connection, wanted: Wanted, directory: Directory, seen: ColumnElement[bool]) -> int:
        """How many rows are asked for and `seen`."""
        query = select(func.count()).select_from(self.rows).where(seen, self._condition(conn, wanted, directory))
        return conn.execute(query).scalar_one()

    def _orders(self, conn: Connection, wanted: Wanted, directory: Directory) -> list[UnaryExpression[Any]]:
        asked = Asked(wanted.filters, directory, conn.dialect.name, wanted.now)
        columns = ((self._order(sort, asked), sort.descending) for sort in wanted.sorting if sort.name not in self.alike)
        return [it.desc().nulls_first() if is_descending else it.asc().nulls_last() for it, is_descending in columns]

    def _order(self, sort: Sort, asked: Asked) -> ColumnElement[Any]:
        found = self.sorts.get(sort.name)
        if found is None:
            raise InvalidRequest(f"Cannot set query parameter 'sortBy' to value '{sort.name}'")
        return found if isinstance(found, ColumnElement) else found(sort, asked)

    def _condition(self, conn: Connection, wanted: Wanted, directory: Directory) -> ColumnElement[bool]:
        dialect = conn.dialect.name
        parts = self._parts(Asked(wanted.filters, directory, dialect, wanted.now))
        groups = [Asked(group, directory, dialect, wanted.now) for group in wanted.any_of if group]
        parts += [or_(false(), *self._parts(group, each=True)) for group in groups]
        return and_(true(), *parts)

    def _parts(self, asked: Asked, *, each: bool = False) -> list[ColumnElement[bool]]:
        """The conditions of some filters; of those by variables `each` on its own, or all of them at once."""
        parts: list[ColumnElement[bool]] = []
        for name, value in asked.wanted.items():
            if name in self.refused:
                raise InvalidRequest(f"The filter '{name}' is not supported here")
            known = self.filters.get(name) or TENANTS.get(name)
            if known is not None and value is not None and value is not False:
                values = [[it] for it in value] if each and known.kind is FilterKind.VARIABLES and isinstance(value, list) else [value]
                found = (known.condition(it, asked) for it in values)
                parts += [condition for condition in found if condition is not None]
        return parts


# ---- how filters are written ---------------------------------------------------------------------------------------------

NO_SUCH = Filter(FilterKind.TEXT, lambda _value, _asked: false())  # by something that nothing here has: it finds nothing
TENANTS: dict[str, Filter] = {  # there are none
    "tenantIdIn": Filter(FilterKind.TEXTS, lambda _value, _asked: false()),
    "tenantId": NO_SUCH,
    "withoutTenantId": Filter(FilterKind.FLAG, lambda _value, _asked: true()),
}


def equals(column: ColumnElement[Any], kind: FilterKind = FilterKind.TEXT) -> Filter:
    """The column has the value."""
    return Filter(kind, lambda value, _asked: column == value)


def one_of(column: ColumnElement[Any]) -> Filter:
    """The column has one of the values."""
    return Filter(FilterKind.TEXTS, lambda values, _asked: column.in_(list(values)))


def like(column: ColumnElement[Any]) -> Filter:
    """The column is like the pattern, with `%` and `_`."""
    return Filter(FilterKind.TEXT, lambda pattern, asked: asked.like(column, pattern))


def equals_folded(column: ColumnElement[Any]) -> Filter:
    """The column has the value, whether in upper or lower case."""
    return Filter(FilterKind.TEXT, lambda value, _asked: func.lower(column) == func.lower(value))


def like_folded(column: ColumnElement[Any]) -> Filter:
    """The column is like the pattern, whether in upper or lower case."""
    return Filter(FilterKind.TEXT, lambda pattern, asked: asked.like_folded(column, pattern))


def manner() -> Filter:
    """A flag that says how other filters are meant, and is no condition of its own."""
    return Filter(FilterKind.FLAG, lambda _value, _asked: None)


def at_least(column: ColumnElement[Any], kind: FilterKind = FilterKind.NUMBER) -> Filter:
    """The column is the value or more."""
    return Filter(kind, lambda value, _asked: column >= value)


def at_most(column: ColumnElement[Any], kind: FilterKind = FilterKind.NUMBER) -> Filter:
    """The column is the value or less."""
    return Filter(kind, lambda value, _asked: column <= value)


def after(column: ColumnElement[Any]) -> Filter:
    """The moment is later."""
    return Filter(FilterKind.MOMENT, lambda value, _asked: column > value)


def before(column: ColumnElement[Any]) -> Filter:
    """The moment is earlier."""
    return Filter(FilterKind.MOMENT, lambda value, _asked: column < value)


def between(column: ColumnElement[Any]) -> Filter:
    """The moment is later and earlier than each that is given."""

    def condition(wanted: Iterable[tuple[str, datetime]], _asked: Asked) -> ColumnElement[bool]:
        return and_(true(), *(column > moment if operator == "gt" else column < moment for operator, moment in wanted))

    return Filter(FilterKind.MOMENTS, condition)


def flag(condition: ColumnElement[bool]) -> Filter:
    """A condition that is switched on."""
    return Filter(FilterKind.FLAG, lambda _value, _asked: condition)
