"""What has ended, how much of it is longer ago than it has to be kept, and its removal, when an administrator asks for it."""

from __future__ import annotations

from flask import Response

from app.api import lists
from app.api.basic import caller
from app.api.blueprint import answer, api, flag_of_query
from app.api.declared import ENGINE_FAILS, declared, declared_count, declared_list
from app.api.errors import Refused
from app.api.jobs import shown
from app.api.shapes.base import listed
from app.api.shapes.logs import CLEANUP_CONFIGURATION, ENDED_CASES
from app.api.shapes.work import JOB
from app.services import services
from engine import FilterKind, InvalidRequest, Queries

_KINDS = Queries.filters()["ended"]
_DUE = {"immediatelyDue": FilterKind.FLAG}


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


@api.post("/history/cleanup")
@declared(query=_DUE, answers=JOB, fails=ENGINE_FAILS)
def clean_up() -> Response:
    """Have a job remove past cases whose time to live is over, with their history; the chain of deployments names each of them."""
    if not flag_of_query("immediatelyDue", default=True):
        raise InvalidRequest("immediatelyDue=false waits for a batch window, and there is none: past cases are removed only when asked for")
    return answer(shown(services().engine.retention.clean_up(caller()), None))


@api.get("/history/cleanup/configuration")
@declared(answers=CLEANUP_CONFIGURATION)
def read_cleanup_configuration() -> Response:
    """There is no batch window: nothing is removed by itself."""
    return answer({"batchWindowStartTime": None, "batchWindowEndTime": None, "enabled": True})


@api.get("/history/cleanup/job")
@declared(answers=JOB)
def read_cleanup_job() -> Response:
    """The job that removes past cases, until it has done so."""
    found = services().engine.retention.cleanup_job(caller())
    if found is None:
        raise Refused(404, "RestException", "History cleanup job does not exist")
    return answer(shown(found, None))


@api.get("/history/cleanup/jobs")
@declared(answers=listed(JOB))
def list_cleanup_jobs() -> Response:
    """The same as a list, which never has more than this one."""
    found = services().engine.retention.cleanup_job(caller())
    if found is None:
        raise Refused(404, "RestException", "History cleanup jobs are empty")
    return answer([shown(found, None)])
