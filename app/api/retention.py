"""What has ended, and how much of it is longer ago than it has to be kept."""

from __future__ import annotations

from flask import Response

from app.api import lists
from app.api.basic import caller
from app.api.blueprint import answer, api
from app.api.declared import declared_count, declared_list
from app.api.shapes.logs import ENDED_CASES
from app.services import services
from engine import Queries

_KINDS = Queries.filters()["ended"]


@api.get("/history/process-definition/cleanable-process-instance-report")
@declared_list(_KINDS, ENDED_CASES, Queries.sorts()["ended"])
def report_cleanable() -> Response:
    """How many cases of each version have ended, and of how many the time to live is over."""
    rows = services().engine.retention.report(caller(), lists.wanted(_KINDS))
    return answer([
        {
            "processDefinitionId": it.definition_id,
            "processDefinitionKey": it.key,
            "processDefinitionName": it.name or None,
            "processDefinitionVersion": it.version,
            "historyTimeToLive": it.days,
            "finishedProcessInstanceCount": it.finished,
            "cleanableProcessInstanceCount": it.cleanable,
            "tenantId": None,
        }
        for it in rows
    ])  # fmt: skip


@api.get("/history/process-definition/cleanable-process-instance-report/count")
@declared_count(_KINDS)
def count_cleanable() -> Response:
    """Of how many versions that report tells."""
    return answer({"count": services().engine.retention.count_report(caller(), lists.wanted(_KINDS))})
