"""Logs of one case: rows that are told by its history, filtered, sorted and cut as a client asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from app.api import lists
from app.api.basic import caller
from app.api.looks import looked_at
from app.services import services
from engine import Case, FilterKind, InvalidRequest, LoggedEvent, NotFound, Wanted, is_like

Row = dict[str, Any]
"""The fields of an answer, and `AT`: the moment by which rows are sorted and narrowed, which is not shown."""
AT: Final = "@at"
Holds = Callable[[Row, Any], bool]


@dataclass(frozen=True, slots=True)
class Log:
    """What a log may be asked: filters, each with what it takes and whether a row fits; sort keys with their fields; refused filters."""

    filters: Mapping[str, tuple[FilterKind, Holds]]
    sorts: Mapping[str, str]
    refused: tuple[str, ...] = ()
    bounds: tuple[str, ...] = ("processInstanceId",)  # one of these must be given

    @property
    def kinds(self) -> dict[str, FilterKind]:
        """What each filter takes."""
        known = {"processInstanceId": FilterKind.TEXT, "tenantIdIn": FilterKind.TEXTS, "withoutTenantId": FilterKind.FLAG}
        return known | {name: kind for name, (kind, _) in self.filters.items()} | dict.fromkeys(self.refused, FilterKind.REFUSED)

    @property
    def keys(self) -> tuple[str, ...]:
        """The sort keys."""
        return (*self.sorts, "tenantId")

    def wanted(self) -> Wanted:
        """What this request asks for. Raises `InvalidRequest` where it is not of one case, or for what is refused."""
        wanted = lists.wanted(self.kinds)
        asked = [*wanted.filters, *(name for group in wanted.any_of for name in group)]
        for name in asked:
            if name in self.refused:
                raise InvalidRequest(f"The filter '{name}' is not supported here")
        if wanted.any_of:
            raise InvalidRequest("'orQueries' is not supported here")
        if not any(wanted.filters.get(name) for name in self.bounds):
            raise InvalidRequest(f"ask for one process instance: {' or '.join(self.bounds)} is needed")
        for sort in wanted.sorting:
            if sort.name not in self.keys:
                raise InvalidRequest(f"Cannot set query parameter 'sortBy' to value '{sort.name}'")
        return wanted

    def fitting(self, rows: Iterable[Row], wanted: Wanted) -> list[Row]:
        """The rows that fit, without paging."""
        if wanted.filters.get("tenantIdIn"):
            return []  # nothing belongs to a tenant
        asked = [(self.filters[name][1], value) for name, value in wanted.filters.items() if name in self.filters and value is not False]
        return [row for row in rows if all(holds(row, value) for holds, value in asked)]

    def page(self, rows: Iterable[Row], wanted: Wanted) -> list[Row]:
        """The page that is asked for, as it is answered."""
        found = self.fitting(rows, wanted)
        for sort in reversed(wanted.sorting):
            if sort.name in self.sorts:
                field = self.sorts[sort.name]
                found.sort(key=lambda row, field=field: (row[field] is None, row[field] or 0), reverse=sort.descending)  # type: ignore[misc]
        end = None if wanted.most is None else wanted.first + wanted.most
        return [{name: value for name, value in row.items() if name != AT} for row in found[wanted.first : end]]


@dataclass(frozen=True, slots=True)
class Told:
    """A case and its events."""

    case: Case
    events: list[LoggedEvent]


def told_of(wanted: Wanted, names: Iterable[str]) -> Told | None:
    """The case that a request asks for, with its events of these names; None where the caller sees no such case."""
    logs, asked = services().engine.logs, wanted.filters
    try:
        instance_id = asked.get("processInstanceId") or logs.instance_of(caller(), str(asked["taskId"]))
        case = services().engine.instances.get(caller(), instance_id).case
    except NotFound:
        return None
    looked_at(case.id)
    return Told(case, logs.events(caller(), case.id, frozenset(names)))


def of_case(case: Case) -> Row:
    """What every row says of its case."""
    return {
        "processDefinitionKey": case.definition_key,
        "processDefinitionId": case.definition_id,
        "processInstanceId": case.id,
        "rootProcessInstanceId": case.root_id,
        "tenantId": None,
        "removalTime": None,
    }


# ---- how filters are written -----------------------------------------------------------------------------------------------


def equals(field: str, kind: FilterKind = FilterKind.TEXT) -> tuple[FilterKind, Holds]:
    """The field has the value."""
    return kind, lambda row, value: bool(row[field] == value)


def one_of(field: str) -> tuple[FilterKind, Holds]:
    """The field has one of the values."""
    return FilterKind.TEXTS, lambda row, values: row[field] in values


def after(row: Row, moment: datetime) -> bool:
    """The row is later."""
    return bool(row[AT] >= moment)


def before(row: Row, moment: datetime) -> bool:
    """The row is earlier."""
    return bool(row[AT] <= moment)


def flag(field: str) -> tuple[FilterKind, Holds]:
    """The field is true."""
    return FilterKind.FLAG, lambda row, _value: bool(row[field])


def like(field: str) -> tuple[FilterKind, Holds]:
    """The field is like a pattern with `%` and `_`."""
    return FilterKind.TEXT, lambda row, pattern: is_like(str(row[field] or ""), pattern)
