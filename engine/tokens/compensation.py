"""Compensation: what has completed is remembered, and undone in reverse order (BPMN 2.0, 10.7 and 13.5.5).

What can be compensated is a row of kind `compensate` among the subscriptions: `element_id` is the activity, `scope_id` the scope in which
it completed. A completed subprocess hands what is remembered inside up to its own scope: these rows name the row of the subprocess as
their `token_id`. The `name` is the id of the token that completed, or of the multi-instance body in which it was an instance. A running
compensation is a scope of its own, owned by the token that threw; rows in it wait for their turn.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.bpmn.model import EventKind, FlowNode
from engine.tokens import loops
from engine.tokens.state import Scope, ScopeKind, Subscription
from engine.tokens.undo_order import UndoOrder

if TYPE_CHECKING:
    from engine.tokens.definition import EventHandler
    from engine.tokens.game import TokenGame
    from engine.tokens.specs import FlowNodeSpec
    from engine.tokens.task import FlowScope, TokenTask

INSIDES = frozenset({ScopeKind.SUBPROCESS, ScopeKind.EVENT_SUBPROCESS})


def handler_of(spec: FlowNodeSpec) -> str | None:
    """The activity that undoes an activity: the one its compensation boundary event is associated with."""
    return next((node.compensated_by for node in spec.boundary if node.compensated_by is not None), None)


def remember(token: TokenTask) -> None:
    """An activity has completed: if it has a handler, it can be compensated from now on, with the variables it has now."""
    if handler_of(token.task_spec) is not None and token.workflow.row.kind is not ScopeKind.COMPENSATION:
        _add(token.workflow, token, [token.id])


def hand_up(scope: FlowScope) -> None:
    """A scope has completed: what can be compensated inside goes to the scope around it, as one thing if this is a subprocess."""
    owner, game = scope.owner, scope.game
    if owner is None or scope.row.kind not in INSIDES | {ScopeKind.MULTI_INSTANCE}:
        return
    inside = _rows(game, scope.row.id)
    around = owner.workflow
    if around.row.kind is ScopeKind.COMPENSATION or (scope.row.kind in INSIDES and handler_of(owner.task_spec) is not None):
        return
    if scope.row.kind is ScopeKind.MULTI_INSTANCE:
        _move(game, inside, around.row.id)
    elif inside or _event_subprocess(scope.compiled.handlers.get(owner.element_id, ())) is not None:
        record = _add(around, owner, [owner.id, scope.row.id])
        _move(game, inside, around.row.id, record.id)


def forget(scope: FlowScope) -> None:
    """A scope is gone, and with it whatever could have been compensated in it."""
    for row in _rows(scope.game, scope.row.id):
        del scope.game.subscriptions[row.id]


def compensate(thrower: TokenTask, activity: str | None) -> bool:
    """Undo what has completed in the scope of a token, or one activity there; from an event subprocess also what is around it.

    Returns whether the thrower has to wait.
    """
    scope, game = thrower.workflow, thrower.workflow.game
    scopes = [scope]
    if scope.row.kind is ScopeKind.EVENT_SUBPROCESS and scope.owner is not None:
        scopes.append(scope.owner.workflow)
    found = [row for it in scopes for row in _rows(game, it.row.id) if row.token_id is None]
    chosen = {row.id for row in found if activity in {None, row.element_id}}
    if not chosen:
        return False
    game.enter(thrower)
    running = _open(thrower, thrower.element_id)
    for it in scopes:
        _move(game, _with_nested(_rows(game, it.row.id), chosen), running.row.id)
    _next(running)
    return True


def goes_on(scope: FlowScope) -> bool:
    """Nothing runs in a compensation any more: start what comes next; False where nothing is left."""
    owner = scope.owner
    if owner is not None and _event_subprocess(scope.compiled.handlers.get(owner.element_id, ())) is not None:
        return False  # it has done what it wanted with what is left
    return _next(scope)


def _next(scope: FlowScope) -> bool:
    """Undo whatever nothing that is left has to be undone before: what completed last, and what did not wait for each other."""
    rows = [row for row in _rows(scope.game, scope.row.id) if row.token_id is None]
    order = UndoOrder(scope.compiled.process)
    free = [row for row in rows if not any(order.comes_before(other, row) for other in rows if other is not row)]
    for row in free:
        _undo(scope, row)
    return bool(free)


def _undo(scope: FlowScope, row: Subscription) -> None:
    """Start the handler of an activity, or the event subprocess of a subprocess, or undo what is inside the subprocess."""
    game, spec = scope.game, scope.compiled.nodes[row.element_id]
    del game.subscriptions[row.id]
    handler = handler_of(spec)
    if handler is not None:
        token = scope.place(scope.compiled.nodes[handler])
        game.host.recalled(row.id, token.id)
        return
    owner = scope.hold(spec)
    game.enter(owner)
    inside = _open(owner, row.element_id)
    game.host.recalled(row.id, inside.row.id)
    nested = _with_nested(_rows(game, scope.row.id), {it.id for it in game.subscriptions.values() if it.token_id == row.id})
    for it in nested:
        parent = None if it.token_id == row.id else it.token_id
        game.subscriptions[it.id] = replace(it, scope_id=inside.row.id, token_id=parent)
    own = _event_subprocess(scope.compiled.handlers.get(row.element_id, ()))
    if own is not None:
        game.open_event_subprocess(inside.hold(scope.compiled.nodes[own.subprocess.id]), own)
    elif not _next(inside):
        game.scope_is_empty(inside)


def _open(owner: TokenTask, element_id: str) -> FlowScope:
    around = owner.workflow
    row = Scope(around.game.host.new_id(), owner.instance_id, around.row.definition_id, element_id, ScopeKind.COMPENSATION, owner.id)
    return around.game.open_scope(row, around.compiled, owner)


def _add(scope: FlowScope, completed: TokenTask, variable_scopes: list[str]) -> Subscription:
    game = scope.game
    began = scope.row.id if loops.is_iteration(completed) else completed.id
    row = Subscription(game.host.new_id(), EventKind.COMPENSATION, began, completed.element_id, scope.row.id)
    game.subscriptions[row.id] = row
    game.host.remembered(row.id, variable_scopes)
    return row


def _rows(game: TokenGame, scope_id: str) -> list[Subscription]:
    """What can be compensated in a scope, the oldest first."""
    return [row for row in game.subscriptions.values() if row.kind == EventKind.COMPENSATION and row.scope_id == scope_id]


def _with_nested(rows: list[Subscription], chosen: set[str]) -> list[Subscription]:
    """The chosen rows and all that were handed up inside them."""
    wanted = set(chosen)
    while len(grown := wanted | {row.id for row in rows if row.token_id in wanted}) > len(wanted):
        wanted = grown
    return [row for row in rows if row.id in wanted]


def _move(game: TokenGame, rows: list[Subscription], scope_id: str, parent: str | None = None) -> None:
    for row in rows:
        game.subscriptions[row.id] = replace(row, scope_id=scope_id, token_id=row.token_id or parent)


def _event_subprocess(handlers: tuple[EventHandler, ...]) -> EventHandler | None:
    """The event subprocess that a compensation starts, among those of a subprocess."""
    return next((handler for handler in handlers if _is_compensation(handler.start)), None)


def _is_compensation(start: FlowNode) -> bool:
    return start.has_event(EventKind.COMPENSATION)
