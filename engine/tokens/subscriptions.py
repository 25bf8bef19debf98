"""What is awaited from outside: subscriptions are opened and closed, repeated, and conditions are looked at (BPMN 2.0, 10.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.bpmn.model import EventDefinition, EventKind, FlowNode, TimerKind
from engine.tokens.definition import AWAITED, EventHandler
from engine.tokens.state import ScopeKind, Subscription, one_less

if TYPE_CHECKING:
    from engine.tokens.task import FlowScope, TokenTask

WITHOUT_HANDLERS = frozenset({ScopeKind.MULTI_INSTANCE, ScopeKind.COMPENSATION})


def subscribe(scope: FlowScope, node: FlowNode, token: TokenTask | None, variable_scopes: Sequence[str]) -> None:
    """Open the subscriptions of a catching element; errors and escalations are not awaited, they are thrown inside."""
    for index, event in enumerate(node.events):
        if event.kind in AWAITED:
            _open(scope, node, event, token, variable_scopes, _name(scope, node, event, index, variable_scopes))


def _name(scope: FlowScope, node: FlowNode, event: EventDefinition, index: int, variable_scopes: Sequence[str]) -> str:
    """Of a message or signal its name, of a timer how often it fires after this time, of a condition which definition it is."""
    host = scope.game.host
    if event.kind is EventKind.CONDITIONAL:
        return str(index)
    if event.kind is EventKind.TIMER:
        return host.repetitions(variable_scopes, node, event) if repeats(node, event) else ""
    return host.event_name(variable_scopes, node, event)


def _open(
    scope: FlowScope, node: FlowNode, event: EventDefinition, token: TokenTask | None, variable_scopes: Sequence[str], name: str
) -> None:
    game = scope.game
    row = Subscription(game.host.new_id(), event.kind, name, node.id, scope.row.id, token.id if token else None)
    game.subscriptions[row.id] = row
    game.host.subscribed(row, event, variable_scopes)
    if event.kind is EventKind.CONDITIONAL:
        game.conditions[row.id] = True


def repeats(node: FlowNode, event: EventDefinition) -> bool:
    """Whether a timer fires more than once: only one that interrupts nothing can."""
    return event.timer is TimerKind.CYCLE and not node.interrupting and node.type in {"boundaryEvent", "startEvent"}


def fired(scope: FlowScope, row: Subscription, node: FlowNode, token: TokenTask | None) -> None:
    """A timer that interrupts nothing has fired: a cycle is armed for its next time, anything else is over."""
    del scope.game.subscriptions[row.id]
    cycle = next((event for event in node.events if repeats(node, event)), None)
    if row.name and cycle is not None:
        _open(scope, node, cycle, token, token.variable_scopes() if token else scope_variables(scope), one_less(row.name))


def defer(token: TokenTask, when: str) -> None:
    """Let a token wait for a transaction of its own: a timer that is due at once."""
    game = token.workflow.game
    row = Subscription(game.host.new_id(), EventKind.TIMER, when, token.element_id, token.workflow.row.id, token.id)
    game.subscriptions[row.id] = row
    game.host.deferred(row)
    token.deferred = when


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
    """The event subprocesses that stand directly in a scope; a multi-instance body and a running compensation have none."""
    if scope.row.kind in WITHOUT_HANDLERS:
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
    """Close the subscriptions of a scope's event subprocesses. What can be compensated stays."""
    subscriptions = scope.game.subscriptions
    awaited = (row for row in subscriptions.values() if row.token_id is None and row.scope_id == scope.row.id)
    for row in [row for row in awaited if row.kind != EventKind.COMPENSATION]:
        del subscriptions[row.id]
