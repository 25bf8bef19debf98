"""`GET /history/detail` and `/history/variable-instance`: the values that the variables of a case had, and have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from flask import Response

from app.api import moments
from app.api.blueprint import answer, api
from app.api.declared import declared_count, declared_list
from app.api.logs import AT, Log, Row, after, before, equals, every, flag, like, no_such, of_case, one_of, told_of
from app.api.shapes.logs import DETAIL
from app.api.shapes.past import HISTORIC_VARIABLE
from app.api.values import inferred, shown
from engine import FilterKind, InvalidRequest, LoggedEvent, StoredValue, ToldCase, Wanted, to_stored

_CHANGED, _REMOVED = "VariableChanged", "VariableRemoved"
_BEGUN = "CaseOpened"  # by somebody, with variables; what is called is none
_EVENTS = (_CHANGED, _REMOVED, _BEGUN, "UserTaskCreated")
_DETAILS = Log(
    filters={
        **{name: equals(name) for name in ("executionId", "activityInstanceId", "taskId", "variableInstanceId")},
        "variableTypeIn": one_of("variableType", folded=True),
        "variableNameLike": like("variableName"),
        "variableUpdates": (FilterKind.FLAG, lambda _row, _value: True),
        "formFields": (FilterKind.FLAG, lambda _row, _value: False),
        "excludeTaskDetails": (FilterKind.FLAG, lambda row, _value: row["taskId"] is None),
        "initial": flag("initial"),
        "occurredAfter": (FilterKind.MOMENT, after),
        "occurredBefore": (FilterKind.MOMENT, before),
        "deserializeValues": (FilterKind.FLAG, lambda _row, _value: True),
        "userOperationId": equals("userOperationId"),
        **dict.fromkeys(("caseExecutionId", "caseInstanceId"), (FilterKind.TEXT, no_such)),
    },
    sorts={
        "processInstanceId": "processInstanceId",
        "variableName": "variableName",
        "variableRevision": "revision",
        "variableType": "variableType",
        "time": AT,
    },
)


def _same(row: Row, value: object) -> bool:
    """Whether a variable has a value: as the JSON that was sent, or as its text."""
    known = shown(to_stored(inferred(value)))["value"]
    return bool(row["value"] == known or str(row["value"]) == str(value))


_INSTANCES = Log(
    filters={
        **{name: equals(field) for name, field in (("variableName", "name"), ("executionId", "executionId"))},
        "variableNameLike": like("name"),
        "variableNameIn": one_of("name"),
        "variableTypeIn": one_of("type", folded=True),
        "variableValue": (FilterKind.TEXT, _same),
        **{name: one_of(field) for name, field in (("executionIdIn", "executionId"), ("activityInstanceIdIn", "activityInstanceId"))},
        "taskIdIn": one_of("taskId"),
        "variableId": equals("id"),
        "includeDeleted": (FilterKind.FLAG, lambda _row, _value: True),
        "deserializeValues": (FilterKind.FLAG, lambda _row, _value: True),
        **dict.fromkeys(("variableNamesIgnoreCase", "variableValuesIgnoreCase"), (FilterKind.FLAG, lambda _row, _value: True)),
        **dict.fromkeys(("caseActivityIdIn", "caseExecutionIdIn"), (FilterKind.TEXTS, no_such)),
        "caseInstanceId": (FilterKind.TEXT, no_such),
    },
    sorts={"instanceId": "processInstanceId", "variableName": "name"},
)


@api.route("/history/detail", methods=["GET", "POST"])
@declared_list(_DETAILS.kinds, DETAIL, _DETAILS.keys)
def list_details() -> Response:
    """Each value that a variable of one case was given, in order."""
    wanted = _DETAILS.wanted()
    return answer(_DETAILS.page(every(_updates, told_of(wanted, _EVENTS)), wanted))


@api.route("/history/detail/count", methods=["GET", "POST"])
@declared_count(_DETAILS.kinds)
def count_details() -> Response:
    """How many there are."""
    wanted = _DETAILS.wanted()
    return answer({"count": len(_DETAILS.fitting(every(_updates, told_of(wanted, _EVENTS)), wanted))})


@api.route("/history/variable-instance", methods=["GET", "POST"])
@declared_list(_INSTANCES.kinds, HISTORIC_VARIABLE, _INSTANCES.keys)
def list_historic_variables() -> Response:
    """The variables of one process instance, open or ended, with the last values that they had."""
    return answer(_INSTANCES.page(*_asked()))


@api.route("/history/variable-instance/count", methods=["GET", "POST"])
@declared_count(_INSTANCES.kinds)
def count_historic_variables() -> Response:
    """How many there are."""
    return answer({"count": len(_INSTANCES.fitting(*_asked()))})


def _asked() -> tuple[list[Row], Wanted]:
    wanted = _INSTANCES.wanted()
    if "variableValue" in wanted.filters and "variableName" not in wanted.filters:
        raise InvalidRequest(
            "Only a single variable value parameter specified: variable name and value are required to be able to query after"
        )
    with_removed = bool(wanted.filters.get("includeDeleted"))
    rows = every(lambda it: _last(it, with_removed=with_removed), told_of(wanted, _EVENTS, _names(wanted.filters)))
    return _folded(rows, wanted)


def _names(asked: Mapping[str, Any]) -> Collection[str] | None:
    """The names of the variables that are asked for, where they are said exactly: no others have to be read."""
    if asked.get("variableNamesIgnoreCase"):
        return None
    return [asked["variableName"]] if "variableName" in asked else asked.get("variableNameIn")


def _folded(rows: Iterable[Row], wanted: Wanted) -> tuple[list[Row], Wanted]:
    """The rows that fit the filters for which upper and lower case are one, and what is left to ask of them."""
    asked = dict(wanted.filters)
    if asked.pop("variableNamesIgnoreCase", False):
        names = {name: asked.pop(name).lower() for name in ("variableName", "variableNameLike") if name in asked}
        rows = [
            it for it in rows if all(_INSTANCES.filters[name][1](it | {"name": it["name"].lower()}, value) for name, value in names.items())
        ]
    if asked.pop("variableValuesIgnoreCase", False) and isinstance(asked.get("variableValue"), str):
        text = asked.pop("variableValue").lower()
        rows = [it for it in rows if str(it["value"]).lower() == text]
    return list(rows), replace(wanted, filters=asked)


def _tasks(told: ToldCase) -> set[str]:
    return {str(it.fields["task"]) for it in told.events if it.name == "UserTaskCreated"}


def _updates(told: ToldCase) -> Iterator[Row]:
    """A row for each value, and one without a value where a variable was removed: it begins anew, as in Camunda 7."""
    revisions: Counter[tuple[str, str]] = Counter()
    tasks = _tasks(told)
    begun = next((it.seq for it in told.events if it.name == _BEGUN), None)
    for it in (event for event in told.events if event.name in {_CHANGED, _REMOVED}):
        key = (it.fields["scope"], it.fields["name"])
        is_there = it.name == _CHANGED
        value = shown(StoredValue(*it.fields["after" if is_there else "before"]))
        yield {
            "type": "variableUpdate",
            "id": it.id,
            **of_case(told.case),
            **_of_scope(it, tasks),
            "caseDefinitionKey": None,
            "caseDefinitionId": None,
            "caseInstanceId": None,
            "caseExecutionId": None,
            "userOperationId": f"{it.chain}-{it.seq}",
            "time": moments.shown(it.at),
            "variableName": key[1],
            "variableInstanceId": f"{key[0]}:{key[1]}",
            "variableType": value["type"],
            "value": value["value"] if is_there else None,
            "valueInfo": value["valueInfo"],
            "initial": it.seq == begun and key[0] == told.case.id and not revisions[key],
            "revision": revisions[key],
            "errorMessage": None,
            AT: it.at,
        }
        revisions[key] = revisions[key] + 1 if is_there else 0


def _last(told: ToldCase, *, with_removed: bool) -> list[Row]:
    """The last value of each variable."""
    tasks, made = _tasks(told), dict[tuple[str, str], LoggedEvent]()
    last: dict[tuple[str, str], LoggedEvent] = {}
    for it in told.events:
        if it.name in {_CHANGED, _REMOVED}:
            key = (it.fields["scope"], it.fields["name"])
            made.setdefault(key, it)
            last[key] = it
    return [_variable(told, made[key], it, tasks) for key, it in last.items() if with_removed or it.name == _CHANGED]


def _variable(told: ToldCase, made: LoggedEvent, last: LoggedEvent, tasks: set[str]) -> Row:
    is_there = last.name == _CHANGED
    return {
        "id": f"{last.fields['scope']}:{last.fields['name']}",
        "name": last.fields["name"],
        **shown(StoredValue(*last.fields["after" if is_there else "before"])),
        **of_case(told.case),
        **_of_scope(last, tasks),
        "caseDefinitionKey": None,
        "caseDefinitionId": None,
        "caseInstanceId": None,
        "caseExecutionId": None,
        "errorMessage": None,
        "state": "CREATED" if is_there else "DELETED",
        "createTime": moments.shown(made.at),
        AT: made.at,
    }


def _of_scope(it: LoggedEvent, tasks: set[str]) -> Row:
    """Whose variable it is: of the case, of a scope inside of it, or of a user task alone."""
    scope = str(it.fields["scope"])
    return {"activityInstanceId": scope, "executionId": scope, "taskId": scope if scope in tasks else None}
