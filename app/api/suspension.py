"""Suspending and resuming process instances and definitions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import Response

from app.api import moments
from app.api.basic import caller
from app.api.blueprint import api, body, flag_in, nothing, text_in
from app.api.declared import ENGINE_FAILS, declared
from app.api.definitions import by_id, latest
from app.api.shapes.base import FLAG, MOMENT, or_none, sent
from app.services import services
from engine import InvalidRequest

_SUSPENDED = sent(suspended=FLAG, includeProcessInstances=FLAG, executionDate=or_none(MOMENT), needed=("suspended",))


@api.put("/process-instance/<instance_id>/suspended")
@declared(takes=sent(suspended=FLAG, executionDate=or_none(MOMENT), needed=("suspended",)), fails=ENGINE_FAILS)
def suspend_instance(instance_id: str) -> Response:
    """Suspend or resume one process instance."""
    sent = body()
    services().engine.suspension.suspend_instance(caller(), instance_id, suspended=_suspended(sent), at=_moment(sent))
    return nothing()


@api.put("/process-definition/<definition_id>/suspended")
@declared(takes=_SUSPENDED, fails=ENGINE_FAILS)
def suspend_definition(definition_id: str) -> Response:
    """Suspend or resume one version of a process, with its instances where that is asked for."""
    return _set(by_id(definition_id).row.id)


@api.put("/process-definition/key/<key>/suspended")
@declared(takes=_SUSPENDED, fails=ENGINE_FAILS)
def suspend_latest_definition(key: str) -> Response:
    """The same for the latest version."""
    return _set(latest(key).row.id)


def _set(definition_id: str) -> Response:
    sent = body()
    services().engine.suspension.suspend_definition(
        caller(),
        definition_id,
        suspended=_suspended(sent),
        with_instances=flag_in(sent, "includeProcessInstances"),
        at=_moment(sent),
    )
    return nothing()


def _moment(sent: Mapping[str, object]) -> datetime | None:
    """When it is to happen; None: at once."""
    text = text_in(sent, "executionDate")
    try:
        return moments.read(text) if text else None
    except ValueError as error:
        raise InvalidRequest(f"'executionDate' is no moment: {text!r}") from error


def _suspended(sent: Mapping[str, object]) -> bool:
    found = sent.get("suspended")
    if not isinstance(found, bool):
        raise InvalidRequest("'suspended' must be true or false")
    return found
