"""Errors as Camunda 7 answers them: always a JSON object with `type`, `message` and `code`. The one place for it."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response, g, request
from werkzeug.exceptions import HTTPException

from app.api.blueprint import answer, api
from engine import (
    BpmnError,
    Conflict,
    ContentAltered,
    CorrelationMismatch,
    DatabaseUnavailable,
    DeploymentRefused,
    Forbidden,
    InvalidRequest,
    InvalidSubmission,
    ModelFault,
    ModelProblem,
    NotFound,
    Rejection,
    Suspended,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

log = logging.getLogger(__name__)

ENGINE = 0  # Camunda's code for whatever its engine refuses without a code of its own
OPTIMISTIC_LOCKING = 1
_PERMISSIONS = {  # what Camunda calls the permission that is missing, by the code of the refusal
    "may-not-start": ("CREATE_INSTANCE", "ProcessDefinition"),
    "may-not-correlate": ("UPDATE", "ProcessInstance"),
    "may-not-give-message": ("UPDATE", "ProcessInstance"),
    "may-not-work": ("UPDATE", "ProcessInstance"),
    "may-not-delegate": ("TASK_ASSIGN", "Task"),
    "delegated": ("TASK_WORK", "Task"),
    "may-not-repair": ("DELETE", "ProcessInstance"),
    "may-not-set-variables": ("UPDATE_VARIABLE", "ProcessInstance"),
    "case-hidden": ("READ", "ProcessInstance"),
    "not-a-candidate": ("TASK_WORK", "Task"),
    "may-not-take-over": ("TASK_WORK", "Task"),
    "may-not-claim-for-others": ("TASK_ASSIGN", "Task"),
    "own-request": ("TASK_WORK", "Task"),
    "not-the-assignee": ("TASK_WORK", "Task"),
    "may-not-reassign": ("TASK_ASSIGN", "Task"),
    "may-not-edit-task": ("UPDATE", "Task"),
    "may-not-comment": ("TASK_WORK", "Task"),
    "may-not-attach": ("TASK_WORK", "Task"),
    "may-not-detach": ("TASK_WORK", "Task"),
    "may-not-deploy": ("CREATE", "Deployment"),
    "may-not-delete": ("DELETE", "Deployment"),
}
_REJECTIONS: dict[type[Rejection], tuple[int, str, int | None, str]] = {  # status, type, code, what stands before the message
    ContentAltered: (500, "ProcessEngineException", ENGINE, ""),
    NotFound: (404, "InvalidRequestException", None, ""),
    Conflict: (500, "OptimisticLockingException", OPTIMISTIC_LOCKING, ""),
    CorrelationMismatch: (400, "RestException", ENGINE, "org.camunda.bpm.engine.MismatchingMessageCorrelationException: "),
    Suspended: (400, "SuspendedEntityInteractionException", ENGINE, ""),
    InvalidRequest: (400, "InvalidRequestException", None, ""),
    InvalidSubmission: (400, "InvalidRequestException", None, ""),
}
_ANY_REJECTION = (500, "RestException", ENGINE, "")


class Refused(Exception):
    """A call that answers with an error of its own kind."""

    def __init__(self, status: int, kind: str, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.status, self.kind, self.code = status, kind, code


def error(status: int, kind: str, message: str, code: int | None = None, **more: object) -> Response:
    """The body of an error."""
    return answer({"type": kind, "message": message, "code": code, **more}, status)


@api.errorhandler(Refused)
def refused(refusal: Refused) -> Response:
    """What a call refused by itself."""
    return error(refusal.status, refusal.kind, str(refusal), refusal.code)


@api.errorhandler(ModelFault)
@api.errorhandler(BpmnError)
def failed(fault: ModelFault | BpmnError) -> Response:
    """The model cannot go on: everything was rolled back."""
    return error(500, "ProcessEngineException", _where(fault) if isinstance(fault, ModelFault) else str(fault), ENGINE)


@api.errorhandler(Rejection)
def rejected(refusal: Rejection) -> Response:
    """What the engine refused."""
    if isinstance(refusal, DeploymentRefused):
        return error(400, "ParseException", _unread(refusal.problems), ENGINE, details=by_resource(refusal.problems))
    if isinstance(refusal, Forbidden):
        return _forbidden(refusal)
    if isinstance(refusal, Conflict) and request.method == "GET":  # what has ended meanwhile is not there to be read
        return error(404, "InvalidRequestException", str(refusal))
    if isinstance(refusal, ContentAltered):
        log.error("%s %r for %s: %s", request.method, request.path, g.person_id, refusal)
    status, kind, code, prefix = next((told for of, told in _REJECTIONS.items() if isinstance(refusal, of)), _ANY_REJECTION)
    return error(status, kind, f"{prefix}{refusal}", code)


@api.errorhandler(HTTPException)
def of_http(problem: HTTPException) -> Response:
    """What Flask refused: no such path, not this method, too large."""
    status = HTTPStatus(problem.code or 500)
    kind = {404: "NotFoundException", 405: "NotAllowedException", 413: "RequestTooLargeException", 415: "NotSupportedException"}.get(
        status, "RestException"
    )
    found = error(status, kind, f"HTTP {status.value} {status.phrase}")
    for name, value in problem.get_headers():
        if name.lower() in {"allow", "retry-after", "www-authenticate"}:
            found.headers[name] = value
    return found


@api.errorhandler(DatabaseUnavailable)
def away(problem: DatabaseUnavailable) -> Response:
    """The database is away: try again, or look first where it broke at the commit."""
    log.error("%s %r: %s %s", request.method, request.path, problem, problem.__cause__)
    return error(503, "RestException", str(problem), ENGINE)


@api.errorhandler(Exception)
def bug(problem: Exception) -> Response:
    """A fault of ours: noted here, and not told to the client."""
    log.error("%s %r failed for %s", request.method, request.path, getattr(g, "person_id", "nobody"), exc_info=problem)
    return error(500, "RestException", "The server failed; nothing was changed. Its log says why.", ENGINE)


def by_resource(problems: Iterable[ModelProblem]) -> dict[str, dict[str, list[dict[str, object]]]]:
    """The problems of a deployment by file, as errors and warnings."""
    found: dict[str, dict[str, list[dict[str, object]]]] = {}
    for it in problems:
        named = [it.element] if it.element else []
        told = {"message": it.message, "line": it.line, "column": 0, "mainElementId": it.element or None, "elementIds": named}
        found.setdefault(it.resource, {"errors": [], "warnings": []})["warnings" if it.warning else "errors"].append(told)
    return found


def _unread(problems: Iterable[ModelProblem]) -> str:
    said = "".join(f"\n* {it.message} | resource {it.resource} | line {it.line}" for it in problems if not it.warning)
    return f"ENGINE-09005 Could not parse BPMN process. Errors: {said}"


def _forbidden(refusal: Forbidden) -> Response:
    permission, resource = _PERMISSIONS.get(refusal.code, ("ALL", "Authorization"))
    missing = [{"permissionName": permission, "resourceName": resource, "resourceId": None}]
    return error(403, "AuthorizationException", str(refusal), None, userId=g.person_id, missingAuthorizations=missing)


def _where(fault: ModelFault) -> str:
    """The fault with its place in the model."""
    place = ", ".join(part for part in (fault.element, f"line {fault.line}" if fault.line else "") if part)
    return f"{fault} ({place})" if place else str(fault)
