"""What a completion must say: one of the outcomes of the task, and a reason where the outcome needs one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.bpmn.model import Outcome, OutcomeKind, UserTask
from engine.errors import FieldProblem, InvalidSubmission

LONGEST_REASON = 4_000
NEEDS_REASON = frozenset({OutcomeKind.RETURN, OutcomeKind.REJECT})


def outcome_name(element: str) -> str:
    """The variable that holds the outcome of a user task. Each task has its own: parallel approvals never overwrite each other."""
    return f"{element}_outcome"


def reason_name(element: str) -> str:
    """The variable that holds the reason given with the outcome of a user task."""
    return f"{element}_reason"


def take_outcome(element: str, variables: Mapping[str, object]) -> tuple[str | None, str | None, dict[str, object]]:
    """The outcome and reason as a REST client sends them, among the variables, and the variables without them.

    Raises `InvalidSubmission` where they are no texts.
    """
    rest = dict(variables)
    values: list[str | None] = []
    for name in (outcome_name(element), reason_name(element)):
        value = rest.pop(name, None)
        if value is not None and not isinstance(value, str):
            raise InvalidSubmission([FieldProblem(name, "type", "is a text")])
        values.append(value or None)
    return values[0], values[1], rest


def check_outcome(task: UserTask, element: str, outcome: str | None, reason: str | None) -> dict[str, str]:
    """The variables that the completion writes into the scope of the task. Raises `InvalidSubmission`.

    A task that declares outcomes needs one of them; one that declares none takes none.
    """
    reason = (reason or "").strip() or None
    declared = find_outcome(task, outcome)
    problems = [*_outcome_problems(task, element, outcome, declared), *_reason_problems(element, reason, declared)]
    if problems:
        raise InvalidSubmission(problems)
    written = {} if outcome is None else {outcome_name(element): outcome}
    return written if reason is None else {**written, reason_name(element): reason}


def find_outcome(task: UserTask, outcome: str | None) -> Outcome | None:
    """The declared outcome with this id."""
    return next((it for it in task.outcomes if it.id == outcome), None)


def refuse_foreign_outcomes(element: str, others: Iterable[str], variables: Mapping[str, object]) -> None:
    """Nobody answers for another step: raise `InvalidSubmission` for the outcome or reason of another user task of the process.

    `others` are the ids of the user tasks that declare outcomes; `element` itself may be among them.
    """
    reserved = {name for other in others if other != element for name in (outcome_name(other), reason_name(other))}
    problems = [FieldProblem(name, "not-writable", "is the answer of another step") for name in variables if name in reserved]
    if problems:
        raise InvalidSubmission(problems)


def _outcome_problems(task: UserTask, element: str, outcome: str | None, declared: Outcome | None) -> Iterable[FieldProblem]:
    path = outcome_name(element)
    if outcome is None and task.outcomes:
        yield FieldProblem(path, "required", f"one of {_ids(task)} is needed")
    elif outcome is not None and declared is None:
        known = f"the outcomes are {_ids(task)}" if task.outcomes else "this task has no outcomes"
        yield FieldProblem(path, "unknown-outcome", f"{outcome!r} is no outcome here: {known}")


def _reason_problems(element: str, reason: str | None, declared: Outcome | None) -> Iterable[FieldProblem]:
    path = reason_name(element)
    if reason is None and declared is not None and declared.kind in NEEDS_REASON:
        yield FieldProblem(path, "reason-required", f"{declared.name!r} needs a reason")
    elif reason is not None and len(reason) > LONGEST_REASON:
        yield FieldProblem(path, "too-long", f"a reason has at most {LONGEST_REASON} characters")


def _ids(task: UserTask) -> str:
    return ", ".join(outcome.id for outcome in task.outcomes)
