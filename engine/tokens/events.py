"""Catching: what happens when an awaited event comes (BPMN 2.0, 10.5 and 13.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn.model import EventKind, FlowNode
from engine.events import EventCaught
from engine.tokens.definition import EventHandler
from engine.tokens.state import Subscription
from engine.tokens.subscriptions import fired, handlers_of, unsubscribe_scope

if TYPE_CHECKING:
    from engine.tokens.game import TokenGame
    from engine.tokens.task import FlowScope, TokenTask

NAMED = frozenset({EventKind.MESSAGE, EventKind.SIGNAL})


def trigger(scope: FlowScope, row: Subscription) -> None:
    """The message or signal of a subscription has come, its timer is due, or its condition has become true."""
    game = scope.game
    node = scope.compiled.process.nodes[row.element_id]
    token = scope.tasks.get(row.token_id) if row.token_id else None
    if token is not None and token.deferred:
        del game.subscriptions[row.id]
        game.resume(token)
        return
    game.record(EventCaught(game.instance_name(scope), node.id, row.kind, row.name or None if row.kind in NAMED else None))
    if row.kind == EventKind.TIMER and node.type in {"startEvent", "boundaryEvent"} and not node.interrupting:
        fired(scope, row, node, token)
    if node.type == "startEvent":
        start_handler(scope, next(h for h in handlers_of(scope) if h.start.id == node.id))
    elif node.type == "boundaryEvent" and token is not None:
        fire_boundary(token, node)
    elif token is not None and token.element_id != node.id:
        choose_event(token, node)
    elif token is not None:
        game.complete_token(token)


def look_at_conditions(game: TokenGame) -> None:
    """Trigger the conditional events whose condition holds: those just opened, and those that see a variable that changed.

    As in Camunda 7: a condition is looked at each time that a variable which is visible to it changes, and not only when it turns true.
    """
    changes = game.host.changes()
    fresh = {key for key, is_fresh in game.conditions.items() if is_fresh}
    if not changes and not fresh:
        return
    game.conditions = dict.fromkeys((key for key in game.conditions if key in game.subscriptions), False)
    for key in list(game.conditions):
        row = game.subscriptions.get(key)
        if row is None:
            continue
        scope = game.scopes[row.scope_id]
        visible = game.seen_by(row)
        node = scope.compiled.process.nodes[row.element_id]
        event = node.events[int(row.name)]
        told = any(
            change.scope in visible
            and event.variable in {None, change.name}
            and (not event.variable_events or change.how in event.variable_events)
            for change in changes
        )
        if (told or key in fresh) and game.host.holds(visible, node, event):
            trigger(scope, row)


def fire_boundary(host: TokenTask, node: FlowNode) -> None:
    """Put a token at a boundary event, in the scope of its host, and end the host if the event interrupts."""
    scope = host.workflow
    if node.interrupting:
        scope.game.cancel(host)
    scope.place(scope.compiled.nodes[node.id])


def choose_event(gateway: TokenTask, node: FlowNode) -> None:
    """The first event behind an event-based gateway has happened: the token goes on from there.

    One that waits for all (BPMN 2.0, 10.6.6) has begun the case by it: the others are armed, each with a token of its own.
    """
    scope, game = gateway.workflow, gateway.workflow.game
    flow = next(f for f in gateway.task_spec.flows if f.target[0].node.id == node.id)
    others = [it for it in gateway.task_spec.flows if it is not flow] if gateway.task_spec.node.waits_for_all else []
    if gateway.told:
        game.host.ends(gateway, gateway.task_spec.node)
    game.leave(gateway)
    scope.remove(gateway)
    for other in others:
        scope.place(other.target[0], other.flow.id)
    game.pass_through(scope, scope.compiled.nodes[node.id], flow.flow.id)


def start_handler(scope: FlowScope, handler: EventHandler) -> None:
    """Start an event subprocess; an interrupting one first ends everything else in its scope (13.5.4)."""
    if handler.start.interrupting:
        scope.game.cancel_tokens(scope)
        unsubscribe_scope(scope)
    owner = scope.hold(scope.compiled.nodes[handler.subprocess.id])
    scope.game.open_event_subprocess(owner, handler)
