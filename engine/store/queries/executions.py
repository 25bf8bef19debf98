"""Open process instances by what stands or waits in them: those whose executions and event subscriptions a client asks for."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists

from engine.bpmn.model import EventKind
from engine.store.queries.instances import INSTANCES, standing_at
from engine.store.queries.listings import Filter, FilterKind, Listing, equals
from engine.store.tables import process_instance, subscription

_instance = process_instance.c


def _waits(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(subscription.c.instance_id == _instance.id, *conditions)


def _waits_for(kind: EventKind) -> Filter:
    return Filter(FilterKind.TEXT, lambda name, _asked: _waits(subscription.c.kind == kind.value, subscription.c.name == name))


def _listing(**filters: Filter) -> Listing:
    return Listing((_instance.id,), process_instance, _instance.id, {"processInstanceId": equals(_instance.id), **filters}, sorts={})


HOLDERS = _listing(
    **{name: INSTANCES.filters[name] for name in ("businessKey", "processDefinitionId", "processDefinitionKey", "active", "suspended")},
    processVariables=INSTANCES.filters["variables"],
    activityId=Filter(FilterKind.TEXT, lambda name, _asked: _instance.id.in_(standing_at([name]))),
    messageEventSubscriptionName=_waits_for(EventKind.MESSAGE),
    signalEventSubscriptionName=_waits_for(EventKind.SIGNAL),
)
WAITING = _listing(
    eventName=Filter(FilterKind.TEXT, lambda name, _asked: _waits(subscription.c.name == name)),
    # of the others the engine knows more than the table: they narrow what was found
    **dict.fromkeys(("eventType", "activityId", "executionId", "eventSubscriptionId"), Filter(FilterKind.TEXT, lambda *_: _waits())),
)
