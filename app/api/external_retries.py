"""New retries for many external tasks at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import Response

from app.api import lists
from app.api.basic import caller
from app.api.blueprint import api, body, nothing, retries_in
from app.api.declared import ENGINE_FAILS, declared
from app.api.errors import Refused
from app.api.shapes.base import COUNTED, TEXT, listed, sent
from app.services import services
from engine import FilterKind, InvalidRequest, NotFound, Queries, Wanted

_KINDS = Queries.filters()
_MOST = 1_000
_QUERY = {"type": "object", "description": "filters, as of a list"}
_RETRIES = sent(
    retries=COUNTED,
    externalTaskIds=listed(TEXT),
    processInstanceIds=listed(TEXT),
    externalTaskQuery=_QUERY,
    processInstanceQuery=_QUERY,
    historicProcessInstanceQuery=_QUERY,
    needed=("retries",),
)


@api.put("/external-task/retries")
@declared(takes=_RETRIES, fails=ENGINE_FAILS)
def set_retries_of_many() -> Response:
    """Say how often tasks may be tried: named, of process instances, or by filters; all or none."""
    given = body()
    retries = retries_in(given)
    if retries is None:
        raise InvalidRequest("The number of retries cannot be null.")
    found = {*_texts(given, "externalTaskIds"), *_of_query(given), *_of_instances(_instances(given))}
    if not found:
        raise InvalidRequest("externalTaskIds is empty")
    try:
        services().engine.external_tasks.set_retries_of_all(caller(), found, retries)
    except NotFound as missing:
        message = f"Cannot find external task with id {missing.details.get('task', '')}: externalTask is null"
        raise Refused(404, "InvalidRequestException", message) from missing
    return nothing()


def _of_query(given: Mapping[str, object]) -> Iterable[str]:
    query = _query(given, "externalTaskQuery", "external_tasks")
    return () if query is None else (it.id for it in services().engine.external_tasks.all(caller(), query))


def _of_instances(instances: set[str]) -> Iterable[str]:
    if not instances:
        return ()
    wanted = Wanted({"processInstanceIdIn": sorted(instances)}, most=_MOST + 1)
    return (it.id for it in services().engine.external_tasks.all(caller(), wanted))


def _instances(given: Mapping[str, object]) -> set[str]:
    """The process instances that are named, or found by filters."""
    queries, found = services().engine.queries, set(_texts(given, "processInstanceIds"))
    open_ones, all_ones = (
        _query(given, "processInstanceQuery", "instances"),
        _query(given, "historicProcessInstanceQuery", "historic_instances"),
    )
    if open_ones is not None:
        found.update(it.id for it in queries.instances(caller(), open_ones))
    if all_ones is not None:
        found.update(it.id for it in queries.historic_instances(caller(), all_ones))
    return found


def _query(given: Mapping[str, object], name: str, of: str) -> Wanted | None:
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise InvalidRequest(f"'{name}' must be an object of filters")
    kinds: Mapping[str, FilterKind] = _KINDS[of]
    unknown = value.keys() - kinds.keys() - {"sorting"}
    if unknown:
        raise InvalidRequest(f"there is no filter '{min(unknown)}' in '{name}'")
    return Wanted(lists.filters_in(kinds, value), most=_MOST + 1)


def _texts(given: Mapping[str, object], name: str) -> list[str]:
    value = given.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(it, str) for it in value):
        raise InvalidRequest(f"'{name}' must be a list of texts")
    return value
