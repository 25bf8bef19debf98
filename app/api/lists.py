"""What a client asks of a list: filters, sort keys, an offset and a number of rows, in a query string or a body. The one place for it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from flask import request

from app.api import moments
from app.api.blueprint import body
from app.api.looks import asked_for
from app.api.values import inferred, typed
from engine import FilterKind, InvalidRequest, Sort, StoredValue, VariableFilter, Wanted

_CONDITION = re.compile(r"(.+?)_(eq|neq|gt|gteq|lt|lteq|like|notLike)_(.*)", re.DOTALL)
_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,9}", re.ASCII)
_FINDING_NOTHING = {"candidateGroups", "processInstanceIds"}
"""The filters whose empty list Camunda refuses with 500. Here they find nothing: who may see nothing must not see everything."""
_BESIDE_FILTERS = {"orQueries", "sorting"}
_ORDERS = {"asc": False, "desc": True}

MOST_CONDITIONS = 100
"""So many conditions on variables, and so many groups of filters, may be in one request."""

Kinds = Mapping[str, FilterKind]


def wanted(kinds: Kinds) -> Wanted:
    """What this request asks for: the query string of a GET, the body of a POST. What no filter has as its name is refused."""
    if request.method == "POST":
        sent = body()
        alternatives = _objects(sent, "orQueries")
        if len(alternatives) > MOST_CONDITIONS:
            raise _too_many("orQueries")
        for group in (sent, *alternatives):
            _refuse_unknown(kinds, group)
        groups, every = [filters_in(kinds, group) for group in alternatives], filters_in(kinds, sent)
        for filters in (every, *groups):
            asked_for(filters)
        return Wanted(every, groups, sorting(sent), *paging())
    filters = {name: read(kinds[name], name, value) for name, value in request.args.items() if name in kinds}
    asked_for(filters)
    return Wanted(filters, (), _sorting_of_query(), *paging())


def filters_in(kinds: Kinds, sent: Mapping[str, object]) -> dict[str, object]:
    """The filters of a body; null is as good as absent, and so are, as in Camunda, lists without anything and empty numbers and flags."""
    return {
        name: _of_json(kinds[name], name, value) for name, value in sent.items() if name in kinds and not _is_absent(kinds, name, value)
    }


def _is_absent(kinds: Kinds, name: str, value: object) -> bool:
    if value == "":
        return kinds[name] in {FilterKind.NUMBER, FilterKind.FLAG, FilterKind.MOMENT}
    return value is None or (value == [] and name not in _FINDING_NOTHING)


def _refuse_unknown(kinds: Kinds, sent: Mapping[str, object]) -> None:
    """To ignore a filter would show more than was asked for. Null is as good as absent, whatever its name."""
    for name, value in sent.items():
        if name not in kinds and name not in _BESIDE_FILTERS and value is not None:
            raise InvalidRequest(f"There is no filter '{name}' here")


def read(kind: FilterKind, name: str, value: str) -> object:
    """A parameter of a query string, by its kind. Raises `InvalidRequest`."""
    reader = _READERS.get(kind)
    if reader is not None:
        return reader(name, value)
    several = _SEVERAL.get(kind)
    return value if several is None else [several(name, part) for part in _few(kind, name, value.split(","))]


def _few(kind: FilterKind, name: str, sent: list[Any]) -> list[Any]:
    """What was sent, where each part becomes a condition of its own: no more than a statement may have."""
    if kind is FilterKind.VARIABLES and len(sent) > MOST_CONDITIONS:
        raise _too_many(name)
    return sent


def _too_many(name: str) -> InvalidRequest:
    return InvalidRequest(f"Cannot set query parameter '{name}': more than {MOST_CONDITIONS} conditions are not taken at once")


def _bound(name: str, text: str) -> tuple[str, object]:
    """`gt_2026-01-31T09:15:00.000+0000`: later than that."""
    operator, _, value = text.strip().partition("_")
    return _bound_in(name, {"operator": operator, "value": value})


def _bound_in(name: str, sent: object) -> tuple[str, object]:
    operator, value = (sent.get("operator"), sent.get("value")) if isinstance(sent, Mapping) else (None, None)
    if operator not in {"gt", "lt"}:
        raise _wrong(name, operator, "gt and lt compare moments")
    return str(operator), _moment(name, str(value))


def _of_json(kind: FilterKind, name: str, value: object) -> object:
    several = _SEVERAL_IN_JSON.get(kind)
    if several is not None:
        if not isinstance(value, list):
            raise _wrong(name, value, "a list is expected")
        return [several(name, it) for it in _few(kind, name, value)]
    if kind is FilterKind.REFUSED or (kind is FilterKind.FLAG and isinstance(value, bool)):
        return value
    if isinstance(value, Mapping | list):
        raise _wrong(name, value, f"a {kind.value} is expected")
    if kind is FilterKind.FLAG and isinstance(value, int):
        return bool(value)
    if kind is FilterKind.NUMBER and isinstance(value, float) and math.isfinite(value):
        return read(kind, name, str(int(value)))
    return read(kind, name, str(value))


def paging() -> tuple[int, int | None]:
    """How many rows are left out at the beginning, and how many are wanted. Raises `InvalidRequest`."""
    first, most = (_whole(name) for name in ("firstResult", "maxResults"))
    return first or 0, most


def _whole(name: str) -> int | None:
    value = request.args.get(name)
    if value is None:
        return None
    number = _number(name, value)
    if number < 0:
        raise _wrong(name, value, "it must not be negative")
    return number


def _sorting_of_query() -> list[Sort]:
    key, order = request.args.get("sortBy"), request.args.get("sortOrder")
    if key is None and order is None:
        return []
    if key is None or order is None:
        raise InvalidRequest("Only a single sorting parameter specified. sortBy and sortOrder required")
    return [_sort(key, order)]


def sorting(sent: Mapping[str, object]) -> list[Sort]:
    """The sort keys of a body, in order. Raises `InvalidRequest`."""
    found: list[Sort] = []
    for it in _objects(sent, "sorting"):
        key, order = it.get("sortBy"), it.get("sortOrder")
        if not isinstance(key, str) or not isinstance(order, str):
            raise InvalidRequest("Only a single sorting parameter specified. sortBy and sortOrder required")
        parameters = it.get("parameters") or {}
        if not isinstance(parameters, Mapping):
            raise _wrong("parameters", parameters, "an object is expected")
        found.append(_sort(key, order)._replace(parameters=parameters))
    return found


def _sort(key: str, order: str) -> Sort:
    if order not in _ORDERS:
        raise _wrong("sortOrder", order, "it is asc or desc")
    return Sort(key, _ORDERS[order])


def _objects(sent: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    value = sent.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(it, Mapping) for it in value):
        raise _wrong(name, value, "a list of objects is expected")
    return value


def _condition(name: str, text: str) -> VariableFilter:
    """`amount_gt_1000`: in a query string every value is a text, or null or a moment where it is written as one."""
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise _wrong(name, text, "name_operator_value is expected")
    return VariableFilter(found[1], found[2], _as_written(found[3]))


def _condition_in(name: str, sent: object) -> VariableFilter:
    if not isinstance(sent, Mapping) or not isinstance(sent.get("name"), str) or not isinstance(sent.get("operator"), str):
        raise _wrong(name, sent, "objects with name, operator and value are expected")
    plain = sent.get("value")
    value = typed(sent["name"], sent) if sent.get("type") else _as_written(plain) if isinstance(plain, str) else inferred(plain)
    return VariableFilter(sent["name"], sent["operator"], value)


def _as_written(value: str) -> object:
    """As in Camunda, what is written as a moment is compared with dates, not with texts, and `null` is no text either."""
    if value == "null":
        return None
    try:
        return StoredValue("Date", moments.read(value).isoformat())
    except ValueError:
        return value


def _number(name: str, value: str) -> int:
    if _WHOLE_NUMBER.fullmatch(value) is None:
        raise _wrong(name, value, "a whole number of at most nine digits is expected")
    return int(value)


def _flag(name: str, value: str) -> bool:
    if value.lower() not in {"true", "false"}:
        raise _wrong(name, value, "it is true or false")
    return value.lower() == "true"


def _moment(name: str, value: str) -> object:
    try:
        return moments.read(value)
    except ValueError as error:
        raise _wrong(name, value, "yyyy-MM-dd'T'HH:mm:ss.SSSZ is expected, like 2026-01-31T09:15:00.000+0000") from error


def _wrong(name: str, value: object, why: str) -> InvalidRequest:
    return InvalidRequest(f"Cannot set query parameter '{name}' to value '{value}': {why}")


_READERS: Mapping[FilterKind, Callable[[str, str], object]] = {
    FilterKind.NUMBER: _number,
    FilterKind.FLAG: _flag,
    FilterKind.MOMENT: _moment,
}
_SEVERAL: Mapping[FilterKind, Callable[[str, str], object]] = {
    FilterKind.TEXTS: lambda _name, part: part.strip(),
    FilterKind.MOMENTS: _bound,
    FilterKind.VARIABLES: _condition,
}
_SEVERAL_IN_JSON: Mapping[FilterKind, Callable[[str, object], object]] = {
    FilterKind.TEXTS: lambda _name, it: str(it),
    FilterKind.MOMENTS: _bound_in,
    FilterKind.VARIABLES: _condition_in,
}
