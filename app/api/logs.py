"""Logs of cases: rows that are told by their histories, filtered, sorted and cut as a client asks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from app.api import lists
from app.api.basic import caller
from app.api.looks import looked_at
from app.services import services
from engine import Case, CasesAsked, FilterKind, InvalidRequest, ToldCase, Wanted, is_like

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

    @property
    def kinds(self) -> dict[str, FilterKind]:
        """What each filter takes."""
        known = {"tenantIdIn": FilterKind.TEXTS, "withoutTenantId": FilterKind.FLAG}
        return (
            known | dict(CASES) | {name: kind for name, (kind, _) in self.filters.items()} | dict.fromkeys(self.refused, FilterKind.REFUSED)
        )

    @property
    def keys(self) -> tuple[str, ...]:
        """The sort keys."""
        return (*self.sorts, "tenantId")

    @property
    def bounds(self) -> tuple[str, ...]:
        """The filters of which one must be given: they name the cases."""
        return (*CASES, *(it for it in _BY_IDS if it in self.filters))

    def wanted(self) -> Wanted:
        """What this request asks for. Raises `InvalidRequest` where it names no cases, or for what is refused."""
        wanted = lists.wanted(self.kinds)
        asked = [*wanted.filters, *(name for group in wanted.any_of for name in group)]
        for name in asked:
            if name in self.refused:
                raise InvalidRequest(f"The filter '{name}' is not supported here")
        if wanted.any_of:
            raise InvalidRequest("'orQueries' is not supported here")
        if not any(wanted.filters.get(name) for name in self.bounds):
            raise InvalidRequest(f"logs are told by the chain of each case: one of {', '.join(self.bounds)} is needed")
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


def every(rows: Callable[[ToldCase], Iterable[Row]], told: Iterable[ToldCase]) -> Iterator[Row]:
    """The rows of each case."""
    return (row for it in told for row in rows(it))


def told_of(wanted: Wanted, names: Iterable[str], variables: Collection[str] | None = None) -> list[ToldCase]:
    """The cases that a request asks for and the caller sees, with their events of these names; of `variables`, if given, those alone.

    Raises `InvalidRequest` where they are too many, or where an execution or activity instance is asked for without its case.
    """
    found = services().engine.logs.told(caller(), cases_of(wanted.filters), frozenset(names), variables)
    looked_at(*(it.case.id for it in found))
    return found


def cases_of(asked: Mapping[str, Any]) -> CasesAsked:
    """The cases that filters name. Raises `InvalidRequest`."""
    if asked.keys().isdisjoint(CASES):
        return CasesAsked(instances=_by_ids(asked))
    instances = _both(asked.get("processInstanceId"), asked.get("processInstanceIdIn"))
    keys = _both(asked.get("processDefinitionKey"), asked.get("processDefinitionKeyIn"))
    definition = asked.get("processDefinitionId")
    return CasesAsked(instances, None if definition is None else {definition}, keys)


def _both(one: str | None, several: Iterable[str] | None) -> set[str] | None:
    """What fits a filter by one and a filter by several."""
    if one is None:
        return None if several is None else set(several)
    return {one} if several is None or one in several else set()


def _by_ids(asked: Mapping[str, Any]) -> set[str]:
    """The cases of tasks and executions that are asked for without their cases."""
    given = ((name, value if isinstance(value, list) else [value]) for name, value in asked.items() if name in _BY_IDS)
    ids = {name: [_BY_IDS[name](it) for it in several] for name, several in given}
    known = services().engine.logs.instances_of(caller(), {it for several in ids.values() for it in several})
    for name, several in ids.items():
        missing = [it for it in several if it not in known]
        if missing and not name.startswith("task"):
            raise InvalidRequest(
                f"'{name}': {missing[0]} is neither a process instance nor a task, so that processInstanceId is needed besides"
            )
    return set(known.values())


CASES: Final[Mapping[str, FilterKind]] = {
    "processInstanceId": FilterKind.TEXT,
    "processInstanceIdIn": FilterKind.TEXTS,
    "processDefinitionId": FilterKind.TEXT,
    "processDefinitionKey": FilterKind.TEXT,
}
"""The filters that name cases."""
_BY_IDS: Final[Mapping[str, Callable[[str], str]]] = {
    **dict.fromkeys(("taskId", "taskIdIn", "executionId", "executionIdIn"), lambda it: it),
    **dict.fromkeys(("activityInstanceId", "activityInstanceIdIn"), lambda it: it.rpartition(":")[2]),  # element:token
    "variableInstanceId": lambda it: it.partition(":")[0],  # scope:name
}
"""Filters that tell the case, too: what in them is the id of a process instance or task."""


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


def one_of(field: str, *, folded: bool = False) -> tuple[FilterKind, Holds]:
    """The field has one of the values; `folded`: upper and lower case are one."""
    if folded:
        return FilterKind.TEXTS, lambda row, values: str(row[field]).lower() in {it.lower() for it in values}
    return FilterKind.TEXTS, lambda row, values: row[field] in values


def at_least(field: str) -> tuple[FilterKind, Holds]:
    """The number is not lower."""
    return FilterKind.NUMBER, lambda row, value: bool(row[field] >= value)


def at_most(field: str) -> tuple[FilterKind, Holds]:
    """The number is not higher."""
    return FilterKind.NUMBER, lambda row, value: bool(row[field] <= value)


def after(row: Row, moment: datetime) -> bool:
    """The row is later."""
    return bool(row[AT] >= moment)


def before(row: Row, moment: datetime) -> bool:
    """The row is earlier."""
    return bool(row[AT] <= moment)


def flag(field: str) -> tuple[FilterKind, Holds]:
    """The field is true."""
    return FilterKind.FLAG, lambda row, _value: bool(row[field])


def no_such(_row: Row, _value: object) -> bool:
    """By something that nothing here has: cases of CMMN."""
    return False


def like(field: str) -> tuple[FilterKind, Holds]:
    """The field is like a pattern with `%` and `_`."""
    return FilterKind.TEXT, lambda row, pattern: is_like(str(row[field] or ""), pattern)
