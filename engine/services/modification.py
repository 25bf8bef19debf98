"""Process instances changed by hand: where they stand, without waiting for what the model says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection

from engine import access
from engine.errors import InvalidRequest
from engine.model import Actor, CaseState
from engine.program_events import InstanceModified
from engine.services.instances import Instances
from engine.services.instructions import Instruction, InstructionKind, place, told
from engine.services.runtime import Changed, Runtime
from engine.services.step import Step
from engine.tokens import modification

MOST_INSTRUCTIONS: Final = 1_000


class Modification:
    """Changes where open process instances stand."""

    def __init__(self, runtime: Runtime, instances: Instances) -> None:
        self._runtime = runtime
        self._instances = instances

    def modify(
        self,
        actor: Actor,
        instance_id: str,
        instructions: Sequence[Instruction],
        annotation: str = "",
        *,
        silently: bool = False,
        unmapped: bool = False,
    ) -> None:
        """Do the instructions in order, all or none: the process owner and administrators. What is left without a token is ended.

        `silently`: no listener is called. `unmapped`: no input or output parameter of what begins or completes by it is evaluated.

        Raises `NotFound`, `InvalidRequest` with what is wrong with an instruction, `Suspended`, `ModelFault`.
        """
        if not instructions or len(instructions) > MOST_INSTRUCTIONS:
            raise InvalidRequest(f"a modification has between 1 and {MOST_INSTRUCTIONS} instructions")

        def work(connection: Connection) -> tuple[None, Changed]:
            lock = self._instances.lock_open(connection, actor, instance_id)
            step = Step.on(self._runtime, connection, actor, lock)
            access.may_repair(actor, step.process(instance_id).owner)
            step.check_active(instance_id)
            step.host.silent, step.host.unmapped = silently, unmapped
            step.record(InstanceModified(instance_id, [told(it) for it in instructions], annotation or None))
            for it in instructions:
                _do(step, instance_id, it)
            return None, step.finish(_end_of_empty(step, instance_id))

        self._runtime.commit(work)


def _do(step: Step, instance_id: str, it: Instruction) -> None:
    if it.change is InstructionKind.CANCEL:
        if (it.target is None) is (it.token_id is None):
            raise InvalidRequest("Cannot perform instruction: cancel needs either an activityId or an activityInstanceId")
        modification.cancel(step.game, instance_id, it.target, it.token_id)
        return
    place(step, instance_id, it)
    step.game.run()


def _end_of_empty(step: Step, instance_id: str) -> CaseState | None:
    """End a case in which nothing is left. A called one goes on in its caller, which nothing would tell."""
    if not modification.is_empty(step.game, instance_id):
        return None
    if instance_id != step.root_id:
        raise InvalidRequest("Cannot perform instruction: nothing would be left in a called process instance. Cancel its call activity")
    step.game.cancel_instance(instance_id)
    return CaseState.EXTERNALLY_TERMINATED
