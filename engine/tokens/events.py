"""Catching: subscriptions are opened and closed, triggered, and errors look for their handler (BPMN 2.0, 10.5 and 13.5).

Handlers are found in the definition, level by level from the inside out: event subprocesses of a scope first, then the boundary events
of the scope's owner; within a level the exact code before the one that catches all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.bpmn.model import EventKind, FlowNode
from engine.events import ErrorUncaught, EventCaught
from engine.tokens.definition import EventHandler
from engine.tokens.state import ScopeKind, Subscription

if TYPE_CHECKING:
    from engine.tokens.task import FlowScope, TokenTask

AWAITED = frozenset({EventKind.MESSAGE, EventKind.TIMER})


def subscribe(scope: FlowScope, node: FlowNode, token: TokenTask | None, variable_scopes: Sequence[str]) -> None:
    """Open the subscription of a catching element; errors are not awaited, they are thrown inside."""
    event, game = node.event, scope.game
    if event is None or event.kind not in AWAITED:
        return
    name = game.host.event_name(variable_scopes, node) if event.kind is EventKind.MESSAGE else ""
    row = Subscription(game.host.new_id(), event.kind, name, node.id, scope.row.id, token.id if token else None)
    game.subscriptions[row.id] = row
    game.host.subscribed(row, event, variable_scopes)


def subscribe_boundary(host: TokenTask) -> None:
    """Arm the boundary events of an activity that has begun to wait."""
    boundary = host.task_spec.boundary
    if boundary:
        variable_scopes = host.variable_scopes()
        for node in boundary:
            subscribe(host.workflow, node, host, variable_scopes)


def subscribe_handlers(scope: FlowScope) -> None:
    """Arm the event subprocesses of a scope that has been opened."""
    variable_scopes = scope_variables(scope)
    for handler in handlers_of(scope):
        subscribe(scope, handler.start, None, variable_scopes)


def handlers_of(scope: FlowScope) -> tuple[EventHandler, ...]:
    """The event subprocesses that stand directly in a scope; a multi-instance body has none of its own."""
    if scope.row.kind is ScopeKind.MULTI_INSTANCE:
        return ()
    return scope.compiled.handlers.get(scope.row.element_id, ())


def scope_variables(scope: FlowScope) -> list[str]:
    """The variable scopes visible in a scope, innermost first."""
    if scope.row.kind is ScopeKind.INSTANCE or scope.owner is None:
        return [scope.row.id]
    return [scope.row.id, *scope.owner.variable_scopes()]


def unsubscribe_token(token: TokenTask) -> None:
    """Close what a token, or its boundary events, waited for."""
    if not token.task_spec.subscribes:
        return
    subscriptions = token.workflow.game.subscriptions
    for row in [row for row in subscriptions.values() if row.token_id == token.id]:
        del subscriptions[row.id]


def unsubscribe_scope(scope: FlowScope) -> None:
    """Close the subscriptions of a scope's event subprocesses."""
    subscriptions = scope.game.subscriptions
    for row in [row for row in subscriptions.values() if row.token_id is None and row.scope_id == scope.row.id]:
        del subscriptions[row.id]


def trigger(scope: FlowScope, row: Subscription) -> None:
    """The message of a subscription has come, or its timer is due."""
    game = scope.game
    node = scope.compiled.process.nodes[row.element_id]
    token = scope.tasks.get(row.token_id) if row.token_id else None
    game.record(EventCaught(game.instance_name(scope), node.id, row.kind, row.name or None))
    if node.type == "startEvent":
        handler = next(h for h in handlers_of(scope) if h.start.id == node.id)
        if not node.interrupting and row.kind == EventKind.TIMER:
            del game.subscriptions[row.id]
        start_handler(scope, handler)
    elif node.type == "boundaryEvent" and token is not None:
        if not node.interrupting and row.kind == EventKind.TIMER:
            del game.subscriptions[row.id]
        fire_boundary(token, node)
    elif token is not None and token.element_id != node.id:
        choose_event(token, node)
    elif token is not None:
        game.complete_token(token)


def fire_boundary(host: TokenTask, node: FlowNode) -> None:
    """Put a token at a boundary event, in the scope of its host, and end the host if the event interrupts."""
    scope = host.workflow
    if node.interrupting:
        scope.game.cancel(host)
    scope.place(scope.compiled.nodes[node.id])


def choose_event(gateway: TokenTask, node: FlowNode) -> None:
    """The first event behind an event-based gateway has happened: the token goes on from there."""
    scope, game = gateway.workflow, gateway.workflow.game
    flow = next(f for f in gateway.task_spec.flows if f.target[0].node.id == node.id)
    game.leave(gateway)
    scope.remove(gateway)
    game.pass_through(scope, scope.compiled.nodes[node.id], flow.flow.id)


def start_handler(scope: FlowScope, handler: EventHandler) -> None:
    """Start an event subprocess; an interrupting one first ends everything else in its scope (13.5.4)."""
    if handler.start.interrupting:
        scope.game.cancel_tokens(scope)
        unsubscribe_scope(scope)
    owner = scope.hold(scope.compiled.nodes[handler.subprocess.id])
    scope.game.open_event_subprocess(owner, handler)


def throw_error(thrower: TokenTask, code: str, message: str) -> bool:
    """Look for a handler of an error from the inside out; without one the error is recorded and nothing else happens."""
    game = thrower.workflow.game
    token: TokenTask | None = thrower
    while token is not None:
        if _boundary_catches(token, code, message):
            return True
        scope = token.workflow
        if _scope_catches(scope, token.element_id, code, message):
            return True
        token = scope.owner
    game.record(ErrorUncaught(game.instance_name(thrower.workflow), thrower.element_id, code or None))
    return False


def _boundary_catches(host: TokenTask, code: str, message: str) -> bool:
    """Fire the error boundary event of an activity; those of a multi-instance activity hang on its body."""
    if host.workflow.row.kind is ScopeKind.MULTI_INSTANCE:
        return False
    node = _best_match(host.task_spec.boundary, code)
    if node is None:
        return False
    _caught(host.workflow, node, code, message)
    fire_boundary(host, node)
    return True


def _scope_catches(scope: FlowScope, thrown_in: str, code: str, message: str) -> bool:
    """Start the event subprocess of a scope that catches the error, but never the one in which it was thrown."""
    candidates = {h.start.id: h for h in handlers_of(scope) if h.subprocess.id != thrown_in}
    node = _best_match(tuple(h.start for h in candidates.values()), code)
    if node is None:
        return False
    _caught(scope, node, code, message)
    start_handler(scope, candidates[node.id])
    return True


def _best_match(nodes: tuple[FlowNode, ...], code: str) -> FlowNode | None:
    """The error event with exactly this code, else one that catches all."""
    catching = [node for node in nodes if node.event is not None and node.event.kind is EventKind.ERROR]
    exact = [node for node in catching if node.event is not None and node.event.code == code and code]
    catch_all = [node for node in catching if node.event is not None and not node.event.code]
    return next(iter(exact or catch_all), None)


def _caught(scope: FlowScope, node: FlowNode, code: str, message: str) -> None:
    """Tell the history and the host that an error event caught something."""
    game = scope.game
    game.record(EventCaught(game.instance_name(scope), node.id, EventKind.ERROR, code or None))
    if node.event is not None:
        game.host.error_caught(scope_variables(scope), node.event, code, message)
