"""Instructions by hand: where something is to start or to be cancelled in a process instance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from engine.errors import InvalidRequest
from engine.program_events import InstanceModified
from engine.tokens import modification

if TYPE_CHECKING:
    from engine.services.step import Step


class InstructionKind(StrEnum):
    """What an instruction does; the names are Camunda's."""

    CANCEL = "cancel"
    BEFORE = "startBeforeActivity"
    AFTER = "startAfterActivity"
    TRANSITION = "startTransition"


@dataclass(frozen=True, slots=True)
class Instruction:
    """One change: at an element or flow (`target`), or of one token (`token_id`, to cancel).

    `ancestor`: the token of the subprocess in which something starts. `variables` go to the scope around it, `local` ones to it alone.
    """

    change: InstructionKind
    target: str | None = None
    token_id: str | None = None
    ancestor: str | None = None
    variables: Mapping[str, object] = field(default_factory=dict)
    local: Mapping[str, object] = field(default_factory=dict)


def place(step: Step, instance_id: str, it: Instruction) -> None:
    """Put a token where an instruction says that something starts, with its variables. Raises `InvalidRequest`."""
    if it.target is None:
        raise InvalidRequest(f"Cannot perform instruction: {it.change} needs an activityId or transitionId")
    places = {
        InstructionKind.BEFORE: modification.place_before,
        InstructionKind.AFTER: modification.place_after,
        InstructionKind.TRANSITION: modification.place_on,
    }
    token = places[it.change](step.game, instance_id, it.target, it.ancestor)
    step.variables.write_all(token.variable_scopes(), it.variables)
    for name, value in it.local.items():
        step.variables.write_local(token.id, name, value)
    modification.take(step.game, token)


def begin_at(step: Step, definition_id: str, instance_id: str, instructions: Sequence[Instruction]) -> None:
    """Begin a process instance where instructions say, in order, instead of at its start event. Raises `InvalidRequest`."""
    if any(it.change is InstructionKind.CANCEL for it in instructions):
        raise InvalidRequest("Cannot perform instruction: nothing is there yet that could be cancelled")
    step.record(InstanceModified(instance_id, [told(it) for it in instructions]))
    step.game.open(definition_id, instance_id)
    for it in instructions:  # all are placed before any moves: the first may come to its end at once
        place(step, instance_id, it)
    step.game.run()


def told(it: Instruction) -> str:
    """An instruction as the history names it."""
    return f"{it.change} {it.target or it.token_id}"
