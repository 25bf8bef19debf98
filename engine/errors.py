"""Everything the engine refuses or fails with, in one tree.

Different things (`Rejection`, `ModelFault`, `DatabaseUnavailable`, a plain exception): a user's mistake is a rejection and is answered, a
model's fault stops its own instance with an incident, a database that is away is nobody's fault, a bug is an exception that nobody catches
here. The base class uses the docstring of
the class as the message, so that a plain `raise` reads well. `code` is stable: the application translates by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


class CrossdeskError(Exception):
    """Something went wrong in Crossdesk."""

    code = "error"

    def __init__(self, message: str | None = None, **details: object) -> None:
        """`details` are the figures and names that a translation of the message may need."""
        super().__init__(message or (type(self).__doc__ or "").strip().splitlines()[0])
        self.details: Mapping[str, object] = details


class DatabaseUnavailable(CrossdeskError):
    """The database cannot be reached; nothing was changed. Try again in a moment."""

    code = "database-unavailable"


class OutcomeUnknown(DatabaseUnavailable):
    """The connection to the database broke at the commit: look whether it was done before you send it again."""

    code = "outcome-unknown"


class Rejection(CrossdeskError):
    """The request was refused and nothing was changed."""

    code = "rejected"


class NotFound(Rejection):
    """There is nothing with this id, or it may not be seen."""

    code = "not-found"


class Forbidden(Rejection):
    """This person may not do that."""

    code = "forbidden"


def refused(code: str, message: str, **details: object) -> Forbidden:
    """A refusal with the code by which pages know it."""
    error = Forbidden(message, **details)
    error.code = code
    return error


class Conflict(Rejection):
    """Somebody else was faster. `by` in the details names who, where that is known."""

    code = "conflict"


class Suspended(Rejection):
    """This is suspended: nothing moves until it is resumed."""

    code = "suspended"


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing that is wrong with one field: `path` is the field's key, with indexes for rows (`items[2].price`)."""

    path: str
    code: str
    message: str
    label: str = ""
    figures: Mapping[str, object] = field(default_factory=dict)  # what a translation of the message needs: names and numbers


class InvalidSubmission(Rejection):
    """The form has mistakes. Each is named with its field."""

    code = "invalid-submission"

    def __init__(self, problems: Sequence[FieldProblem], message: str | None = None) -> None:
        """`problems` is never empty."""
        super().__init__(message or "; ".join(f"{p.label or p.path}: {p.message}" for p in problems))
        self.problems = tuple(problems)


class InvalidRequest(Rejection):
    """A parameter of the request is missing or wrong."""

    code = "invalid-request"


class HasCases(InvalidRequest):
    """There are cases, and this is deleted with them or not at all. `cases` in the details: how many."""

    code = "has-cases"


class ContentAltered(Rejection):
    """The content of this file is not the one that was added: it is not given out."""

    code = "content-altered"


class CorrelationMismatch(Rejection):
    """No instance, or more than one, waits for this message."""

    code = "correlation-mismatch"


@dataclass(frozen=True, slots=True)
class ModelProblem:
    """One finding of the deployment checks: where it is, what is wrong and what to do."""

    resource: str
    line: int
    element: str  # id of the element; empty when the file as a whole is meant
    code: str
    message: str
    warning: bool = False
    details: tuple[tuple[str, str], ...] = ()  # the names and figures in the message, for a translation
    text: str = ""  # by which it is translated, where that is not the code


class DeploymentRefused(Rejection):
    """The deployment was refused. Each problem is named with its file, element and line."""

    code = "deployment-refused"

    def __init__(self, problems: Sequence[ModelProblem]) -> None:
        """`problems` holds errors and warnings, at least one error."""
        super().__init__("\n".join(f"{p.resource}:{p.line}: {p.element}: {p.message}" for p in problems))
        self.problems = tuple(problems)


class ModelFault(CrossdeskError):
    """The model cannot go on here: in a request everything is rolled back, in a job it is retried, then an incident."""

    code = "model-fault"

    def __init__(self, message: str, *, element: str = "", line: int = 0, **details: object) -> None:
        """`element` and `line` say where in the model."""
        super().__init__(message, element=element, line=line, **details)
        self.element = element
        self.line = line


class ConnectorFailed(CrossdeskError):
    """A connector did not get through. It is tried again, then it is an incident."""

    code = "connector-failed"


class StepBudgetExceeded(ModelFault):
    """The step did not come to an end: the model loops without waiting."""

    code = "step-budget-exceeded"


class BpmnError(CrossdeskError):
    """A business error that a handler throws into the process (BPMN 2.0, 10.5.1): an error event may catch it."""

    code = "bpmn-error"

    def __init__(self, error_code: str, message: str = "") -> None:
        """`error_code` is compared with the codes of the error events."""
        super().__init__(message or error_code, error_code=error_code)
        self.error_code = error_code
