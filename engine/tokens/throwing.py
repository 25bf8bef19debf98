"""Throwing: errors, escalations and signals look for who catches them (BPMN 2.0, 10.5.5 to 10.5.7).

Handlers of errors and escalations are found in the definition, level by level from the inside out: event subprocesses of a scope first,
then the boundary events of the scope's owner; within a level the exact code before the one that catches all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.bpmn.model import EventDefinition, EventKind, FlowNode
from engine.events import ErrorUncaught, EscalationUncaught, EventCaught
from engine.tokens.events import fire_boundary, start_handler, trigger
from engine.tokens.state import ScopeKind
from engine.tokens.subscriptions import handlers_of, scope_variables

if TYPE_CHECKING:
    from engine.tokens.task import FlowScope, TokenTask

    Called = tuple[TokenTask, str]  # a call activity, and the instance that it has called

WITHOUT_BOUNDARY = frozenset({ScopeKind.MULTI_INSTANCE, ScopeKind.COMPENSATION})
"""Scopes whose tokens carry no boundary events: those of a multi-instance activity hang on its body."""


@dataclass(frozen=True, slots=True)
class Thrown:
    """An error or escalation on its way out."""

    kind: EventKind
    code: str
    message: str = ""


def throw_error(thrower: TokenTask, code: str, message: str) -> bool:
    """Look for a handler of an error; without one the error is recorded and nothing else happens."""
    if _caught_somewhere(thrower, Thrown(EventKind.ERROR, code, message)):
        return True
    game = thrower.workflow.game
    game.record(ErrorUncaught(game.instance_name(thrower.workflow), thrower.element_id, code or None))
    return False


def throw_escalation(thrower: TokenTask, code: str) -> bool:
    """Look for a handler of an escalation; without one it is recorded, and the thrower goes on."""
    if _caught_somewhere(thrower, Thrown(EventKind.ESCALATION, code)):
        return True
    game = thrower.workflow.game
    game.record(EscalationUncaught(game.instance_name(thrower.workflow), thrower.element_id, code or None))
    return False


def throw_signal(thrower: TokenTask, event: EventDefinition, name: str) -> None:
    """Give a signal to all who wait for it in this root instance; the host tells the others. Who is ended by it meanwhile gets nothing."""
    variables = thrower.workflow.game.host.signal_thrown(thrower, event, name)
    if not event.by_job:
        give_signal(thrower.workflow, name, variables)


def give_signal(scope: FlowScope, name: str, variables: Mapping[str, object]) -> None:
    """Give a signal to all who wait for it in this root instance."""
    game = scope.game
    for row in [row for row in game.subscriptions.values() if row.kind == EventKind.SIGNAL and row.name == name]:
        if row.id in game.subscriptions:
            if variables:
                game.host.signal_comes(game.seen_by(row), variables)
            trigger(game.scopes[row.scope_id], row)


def _caught_somewhere(thrower: TokenTask, thrown: Thrown) -> bool:
    """Whether one of the levels around a token catches."""
    token: TokenTask | None = thrower
    out_of: list[Called] = []
    while token is not None:
        if _boundary_catches(token, thrown, out_of):
            return True
        scope = token.workflow
        if _scope_catches(scope, token.element_id, thrown, out_of):
            return True
        token = scope.owner
        if token is not None and scope.row.kind is ScopeKind.INSTANCE:
            out_of.append((token, scope.row.id))
    return False


def _boundary_catches(host: TokenTask, thrown: Thrown, out_of: Sequence[Called]) -> bool:
    """Fire the boundary event of an activity that catches."""
    if host.workflow.row.kind in WITHOUT_BOUNDARY:
        return False
    node = _best_match(host.task_spec.boundary, thrown)
    if node is None:
        return False
    _take_along(out_of)
    _tell(host.workflow, node, thrown)
    fire_boundary(host, node)
    return True


def _take_along(out_of: Sequence[Called]) -> None:
    """What is thrown out of called processes takes their results along, the innermost first, as in Camunda 7."""
    for caller, instance_id in out_of:
        caller.workflow.game.host.returned(caller, caller.task_spec.node, instance_id)


def _scope_catches(scope: FlowScope, thrown_in: str, thrown: Thrown, out_of: Sequence[Called]) -> bool:
    """Start the event subprocess of a scope that catches, but never the one in which it was thrown."""
    candidates = {h.start.id: h for h in handlers_of(scope) if h.subprocess.id != thrown_in}
    node = _best_match(tuple(h.start for h in candidates.values()), thrown)
    if node is None:
        return False
    _take_along(out_of)
    _tell(scope, node, thrown)
    start_handler(scope, candidates[node.id])
    return True


def _best_match(nodes: Sequence[FlowNode], thrown: Thrown) -> FlowNode | None:
    """The event with exactly this code, else one that catches all."""
    catching = [(node, event.code) for node in nodes for event in node.events if event.kind is thrown.kind]
    exact = [node for node, code in catching if code == thrown.code and code]
    return next(iter(exact or [node for node, code in catching if not code]), None)


def _tell(scope: FlowScope, node: FlowNode, thrown: Thrown) -> None:
    """Tell the history and the host that an event caught something."""
    game = scope.game
    game.record(EventCaught(game.instance_name(scope), node.id, thrown.kind, thrown.code or None))
    definition: EventDefinition = next(event for event in node.events if event.kind is thrown.kind)
    game.host.error_caught(scope_variables(scope), definition, thrown.code, thrown.message)


def cancel_transaction(thrower: TokenTask) -> None:
    """A transaction has been undone: it is left by its cancel boundary event (13.3.5 and 13.5.3)."""
    host = thrower.workflow.owner
    if host is not None and host.workflow.row.kind is ScopeKind.MULTI_INSTANCE:
        host = host.workflow.owner
    if host is None:
        return
    node = next(node for node in host.task_spec.boundary if node.has_event(EventKind.CANCEL))
    game = thrower.workflow.game
    game.record(EventCaught(game.instance_name(host.workflow), node.id, EventKind.CANCEL))
    fire_boundary(host, node)
