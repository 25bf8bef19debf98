"""Who will be asked: the process played ahead on the data of a form or of an open case, without writing anything.

Everybody is assumed to agree, every message to come, every handler to succeed without a result. Where the model cannot go on from what
is known, the preview ends and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.bpmn.model import EventKind, OutcomeKind, UserTask
from engine.errors import CrossdeskError
from engine.services.step import Step
from engine.store.rows import TaskRow
from engine.work.outcomes import outcome_name

MOST_STEPS = 60
AGREEING = (OutcomeKind.APPROVE, OutcomeKind.DONE, OutcomeKind.OWN)


@dataclass(frozen=True, slots=True)
class Expected:
    """A user task that is likely to come, with whom it will ask."""

    instance_id: str
    definition_id: str
    element_id: str
    assignee: str | None
    users: tuple[str, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What is expected, in order. `complete`: the end was reached; else what comes after is to be determined."""

    expected: tuple[Expected, ...]
    complete: bool


def preview_start(step: Step, variables: Mapping[str, object], initiator: str | None, start_event: str | None = None) -> Preview:
    """What a new case would ask for. The step is never finished: nothing is written."""
    step.host.rehearses = True
    for name, value in variables.items():
        step.variables.write_local(step.root_id, name, value)
    if initiator:
        step.variables.write_local(step.root_id, initiator, step.actor.id)
    try:
        step.game.start(step.case().definition_id, step.root_id, start_event)
    except CrossdeskError:
        return Preview((), complete=False)
    return _play(step, set())


def preview_open(step: Step) -> Preview:
    """What an open case is likely to ask for after what is open now."""
    step.host.rehearses = True
    return _play(step, set(step.work.open))


def _play(step: Step, known: set[str]) -> Preview:
    """Complete everything until nothing is left; `known` tasks are open already and are not foretold."""
    expected: list[Expected] = []
    seen = set(known)
    for _ in range(MOST_STEPS):
        for row in step.work.open.values():
            if row.id not in seen:
                seen.add(row.id)
                expected.append(_expected(step, row))
        try:
            if not _move(step):
                return Preview(tuple(expected), complete=not step.game.scopes)
        except CrossdeskError:
            break
    return Preview(tuple(expected), complete=False)


def _move(step: Step) -> bool:
    """The next thing that will happen: a task is completed, else a message comes, else a timer fires."""
    row = next(iter(step.work.open.values()), None)
    if row is not None:
        _agree(step, row)
        return True
    waiting = sorted(step.game.subscriptions.values(), key=lambda it: it.kind == EventKind.TIMER)
    own = [it for it in waiting if it.token_id is not None and it.element_id == step.game.token(it.token_id).element_id] or [
        it for it in waiting if it.token_id is not None and step.game.token(it.token_id).task_spec.node.type == "eventBasedGateway"
    ]
    if not own:
        return False
    step.game.trigger(own[0].id)
    return True


def _agree(step: Step, row: TaskRow) -> None:
    """Complete a task with its agreeing outcome."""
    token = step.game.token(row.id)
    model: UserTask | None = token.task_spec.node.user_task
    outcome = next((it.id for it in model.outcomes if it.kind in AGREEING), None) if model else None
    if outcome is not None:
        scope = token.id if token.loop_index is not None else token.workflow.row.id
        step.variables.write_local(scope, outcome_name(row.element_id), outcome)
    step.game.complete(row.id)


def _expected(step: Step, row: TaskRow) -> Expected:
    """A task of the step, as something that is likely to come."""
    definition_id = step.game.scopes[row.instance_id].row.definition_id
    groups = (*row.candidate_groups, *row.added_groups)
    return Expected(row.instance_id, definition_id, row.element_id, row.assignee, row.candidate_users, groups)
