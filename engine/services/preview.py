"""Who will be asked: the process played ahead on the data of a form or of an open case, without writing anything.

Everybody is assumed to agree, every message to come, every form to be filled in as expected. Handlers are not called but asked what they
would answer from the records as they are (`engine.ports.Rehearsal`). Where that cannot be said, and where the model cannot go on from what
is known, the forecast ends and says where.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.bpmn.model import EventKind, OutcomeKind, UserTask
from engine.errors import CrossdeskError, Rejection
from engine.services.handling import Forecast, Spot
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
    """What is expected, in order. `complete`: the end was reached; else what comes after is to be determined.

    `stopped_at`: the task whose handler or worker cannot say what it will answer; `refusal`: what it would refuse as things stand now.
    """

    expected: tuple[Expected, ...]
    complete: bool
    stopped_at: Spot | None = None
    refusal: Rejection | None = None


def preview_start(step: Step, variables: Mapping[str, object], initiator: str | None, start_event: str | None = None) -> Preview:
    """What a new case would ask for. The step is never finished: nothing is written."""
    for name, value in variables.items():
        step.variables.write_local(step.root_id, name, value)
    if initiator:
        step.variables.write_local(step.root_id, initiator, step.actor.id)
    return _play(step, set(), lambda: step.game.start(step.case().definition_id, step.root_id, start_event))


def preview_open(step: Step) -> Preview:
    """What an open case is likely to ask for after what is open now."""
    return _play(step, set(step.work.open), lambda: None)


def _play(step: Step, seen: set[str], begin: Callable[[], None]) -> Preview:
    """Complete everything until nothing is left. Tasks that are `seen` are open already and are not foretold."""
    expected: list[Expected] = []
    forecast = step.host.forecast = Forecast()
    try:
        begin()
        for _ in range(MOST_STEPS):
            expected += [_expected(step, row) for row in step.work.open.values() if row.id not in seen]
            seen.update(step.work.open)
            if not _move(step):
                return Preview(tuple(expected), complete=not step.game.scopes, stopped_at=forecast.stopped_at)
    except CrossdeskError as error:
        refusal = error if forecast.stopped_at and isinstance(error, Rejection) else None
        return Preview(tuple(expected), complete=False, stopped_at=forecast.stopped_at, refusal=refusal)
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
