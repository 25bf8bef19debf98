"""What the token game asks of the engine around it: ids, conditions, work to do, data that goes into scopes.

The game itself knows tokens only. It calls these methods in the order in which things happen, so that a host may keep variables per
scope and create user tasks as their tokens arrive. Ids of variable scopes are handed over innermost first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from engine.bpmn.model import EventDefinition, FlowNode, SequenceFlow
    from engine.tokens.definition import CompiledProcess
    from engine.tokens.state import Subscription
    from engine.tokens.task import FlowScope, TokenTask


@dataclass(frozen=True, slots=True)
class Change:
    """A variable changed in a scope; `how` is create, update or delete."""

    scope: str
    name: str
    how: str


class Host(Protocol):
    """The surroundings of one step of the game."""

    def definition(self, definition_id: str) -> CompiledProcess:
        """The compiled process of a definition id."""
        ...

    def new_id(self) -> str:
        """An id for a token, scope or subscription."""
        ...

    def condition(self, token: TokenTask, flow: SequenceFlow) -> bool:
        """Whether the condition of `flow` is true where `token` is. Only true is true: null is not."""
        ...

    def undecided(self, token: TokenTask) -> str:
        """Why conditions at `token` that were just asked for are neither true nor false; empty where all are one or the other."""
        ...

    def perform(self, token: TokenTask, node: FlowNode) -> bool:
        """Do the work of a service, send or business rule task: True when done, False when the token must wait for it.

        Raises `BpmnError` for an error that the process may catch.
        """
        ...

    def entered(self, token: TokenTask, node: FlowNode) -> None:
        """`token` begins to wait at `node`: the moment to create a user task."""
        ...

    def left(self, token: TokenTask, node: FlowNode, *, cancelled: bool) -> None:
        """A token that had begun to wait leaves `node`, completed or cancelled."""
        ...

    def call(self, token: TokenTask, node: FlowNode) -> str:
        """The definition id that a call activity calls."""
        ...

    def called(self, token: TokenTask, node: FlowNode, instance_id: str) -> None:
        """A called instance was opened: its variables are mapped in before its first token moves."""
        ...

    def returned(self, token: TokenTask, node: FlowNode, instance_id: str) -> None:
        """A called instance has ended: its variables are mapped out before the call activity completes."""
        ...

    def loop_begins(self, token: TokenTask, node: FlowNode, body_id: str) -> int:
        """A multi-instance activity begins: how many instances. `body_id` is the scope of its counters."""
        ...

    def iteration_begins(self, token: TokenTask, node: FlowNode, index: int) -> None:
        """One instance of a multi-instance activity begins; its variables belong to the scope `token.id`."""
        ...

    def iteration_added(self, token: TokenTask, node: FlowNode, body_id: str) -> None:
        """Somebody adds an instance by hand to a multi-instance activity: it is counted, and no item of a collection is its."""
        ...

    def iteration_ends(self, token: TokenTask, node: FlowNode, body_id: str, left: int) -> None:
        """One instance has completed; `left` are still to complete, not yet started ones included."""
        ...

    def loop_is_done(self, token: TokenTask, node: FlowNode) -> bool:
        """Whether, now that one instance has completed, no others are wanted: the completion condition holds, the loop's does not."""
        ...

    def event_name(self, scopes: Sequence[str], node: FlowNode, event: EventDefinition) -> str:
        """The name of the message or signal that an element awaits or throws, evaluated in these variable scopes."""
        ...

    def repetitions(self, scopes: Sequence[str], node: FlowNode, event: EventDefinition) -> str:
        """How often a timer cycle fires after its first time, as text: empty for never, `ENDLESS` for again and again."""
        ...

    def signal_thrown(self, token: TokenTask, event: EventDefinition, name: str) -> Mapping[str, object]:
        """A signal is thrown: the others are to get it as well as those in this root instance. Which variables go with it."""
        ...

    def signal_comes(self, scopes: Sequence[str], variables: Mapping[str, object]) -> None:
        """Somebody in this root instance gets a signal: its variables are written where that waits."""
        ...

    def changes(self) -> Sequence[Change]:
        """What became of variables since this was asked before."""
        ...

    def holds(self, scopes: Sequence[str], node: FlowNode, event: EventDefinition) -> bool:
        """Whether the condition of a conditional event is true in these variable scopes; one that cannot be evaluated is not."""
        ...

    def ad_hoc_is_done(self, scopes: Sequence[str], node: FlowNode) -> bool:
        """Whether the completion condition of an ad-hoc subprocess holds in these variable scopes."""
        ...

    def deferred(self, subscription: Subscription) -> None:
        """A token waits for a transaction of its own: its timer is due at once."""
        ...

    def begins(self, token: TokenTask, node: FlowNode) -> None:
        """An element with mappings or listeners begins: its local variables are made, then its start listeners are called."""
        ...

    def ends(self, token: TokenTask, node: FlowNode) -> None:
        """An element with mappings or listeners completes: its results are mapped out, then its end listeners are called."""
        ...

    def takes(self, token: TokenTask, flow: SequenceFlow) -> None:
        """A token is on a flow that has listeners: they are called."""
        ...

    def interrupted(self, token: TokenTask, node: FlowNode) -> None:
        """An element with listeners is cancelled: those to its end are called, as in Camunda 7."""
        ...

    def instance_begins(self, scope: FlowScope) -> None:
        """A process with listeners begins, its variables are there and no token is: they are called."""
        ...

    def instance_ends(self, scope: FlowScope) -> None:
        """A process with listeners ends, by itself or from outside: they are called."""
        ...

    def remembered(self, record: str, scopes: Sequence[str]) -> None:
        """Something can be compensated from now on: the variables of these scopes, inner ones first, are kept under the id `record`."""
        ...

    def recalled(self, record: str, scope: str) -> None:
        """Something is compensated: what was kept is put into the variable scope, and forgotten."""
        ...

    def subscribed(self, subscription: Subscription, event: EventDefinition, scopes: Sequence[str]) -> None:
        """A subscription was opened; for a timer the moment to compute its due date."""
        ...

    def error_message(self, token: TokenTask, event: EventDefinition) -> str:
        """What an error that an end event throws says."""
        ...

    def error_caught(self, scopes: Sequence[str], event: EventDefinition, code: str, message: str) -> None:
        """An error event caught an error; its code and message may be wanted in variables of the innermost scope."""
        ...
