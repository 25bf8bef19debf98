"""An auditor's look at a case is written into its history, over this interface as on the pages: once for each case and request.

A look is an answer about cases that were asked for by their ids: the case itself, its tasks, variables, activities, jobs and history.
Lists that only find cases are none, as on the pages. Nobody but auditors causes a statement here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from flask import Response, g

from app.api.basic import caller
from app.api.blueprint import api
from app.services import services
from engine import NotFound

PART: Final = "interface"
_ONE: Final = ("processInstanceId", "rootProcessInstanceId", "superProcessInstanceId")
_SEVERAL: Final = ("processInstanceIds", "processInstanceIdIn")
_BAD: Final = 400


def looked_at(*cases: str) -> None:
    """This request reads these cases, by their ids."""
    if caller().may_audit:
        g.setdefault("looked_at", {}).update(dict.fromkeys(cases))


def looked_at_task(task_id: str) -> None:
    """This request reads an open user task. Raises `NotFound` where the caller sees none."""
    if caller().may_audit:
        looked_at(services().engine.queries.task(caller(), task_id).instance_id)


def asked_for(filters: Mapping[str, object]) -> None:
    """This request reads the cases that the filters of a list name."""
    looked_at(*(str(filters[name]) for name in _ONE if filters.get(name)))
    several = (filters.get(name) for name in _SEVERAL)
    looked_at(*(str(it) for found in several if isinstance(found, Iterable) for it in found))


@api.after_request
def write_down(response: Response) -> Response:
    """Before the answer goes out: without the entry there is none."""
    cases = g.pop("looked_at", {}) if response.status_code < _BAD else {}
    for case_id in cases:
        try:
            services().engine.history.record_look(caller(), case_id, PART)
        except NotFound:
            continue  # there is no such case: nothing was read of one
    return response
