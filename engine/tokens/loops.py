"""Multi-instance activities: the body is a scope that the activity's token owns, with a token for each instance (BPMN 2.0, 13.3.7)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.errors import ModelFault
from engine.phrases import Phrase
from engine.tokens import subscriptions
from engine.tokens.state import Scope, ScopeKind

if TYPE_CHECKING:
    from engine.tokens.specs import FlowNodeSpec
    from engine.tokens.task import FlowScope, TokenTask

MOST_INSTANCES = 10_000


def is_iteration(token: TokenTask) -> bool:
    """Whether the token is one instance of a multi-instance activity, and not the activity itself."""
    return token.loop_index is not None


def begin(token: TokenTask) -> bool | None:
    """Open the body and start its instances; a collection without items passes the activity."""
    game, node = token.workflow.game, token.task_spec.node
    body = Scope(game.host.new_id(), token.instance_id, token.workflow.row.definition_id, node.id, ScopeKind.MULTI_INSTANCE, token.id)
    count = game.host.loop_begins(token, node, body.id)
    if count > MOST_INSTANCES and not node.loop.standard:
        message = Phrase("{node} would have {count} instances; at most {most} are allowed", node=node.id, count=count, most=MOST_INSTANCES)
        raise ModelFault(message, element=node.id, line=node.line)
    if count <= 0:
        game.passed(token)
        return True
    game.enter(token)
    subscriptions.subscribe_boundary(token)
    row = Scope(body.id, body.instance_id, body.definition_id, body.element_id, body.kind, body.owner, count)
    scope = game.open_scope(row, token.workflow.compiled, token)
    for index in range(1 if node.loop.sequential else count):
        start(scope, token, index)
    return None


def open_by_hand(token: TokenTask) -> FlowScope:
    """Open the body of an activity without an instance: what it would be for each of is not looked at, as in Camunda 7."""
    game, node = token.workflow.game, token.task_spec.node
    game.enter(token)
    subscriptions.subscribe_boundary(token)
    row = Scope(game.host.new_id(), token.instance_id, token.workflow.row.definition_id, node.id, ScopeKind.MULTI_INSTANCE, token.id, 0)
    if node.loop.standard:  # goes round as often as it would have
        row = replace(row, loop_count=max(game.host.loop_begins(token, node, row.id), 1))
    return game.open_scope(row, token.workflow.compiled, token)


def add_by_hand(body: FlowScope, spec: FlowNodeSpec) -> TokenTask:
    """One more instance, which waits to be made ready: of a multi-instance activity one that was not planned."""
    token = body.hold(spec)
    token.loop_index = 0
    if spec.node.loop is not None and not spec.node.loop.standard:
        token.loop_index = body.row.loop_count or 0
        body.row = replace(body.row, loop_count=token.loop_index + 1)
    body.game.host.iteration_added(token, spec.node, body.row.id)
    return token


def start(body: FlowScope, owner: TokenTask, index: int) -> None:
    """Start one instance."""
    token = body.place(owner.task_spec)  # the activity came by a flow, its instances do not
    token.loop_index = index
    body.game.host.iteration_begins(token, owner.task_spec.node, index)


def iteration_done(token: TokenTask) -> None:
    """One instance has completed: the next one of a sequential activity starts. The empty body completes the activity."""
    body, owner = token.workflow, token.workflow.owner
    if owner is None or body.row.loop_count is None or token.loop_index is None:
        raise AssertionError(f"{body.row} is not a multi-instance body")
    node = token.task_spec.node
    done = token.loop_index + 1 if node.loop.sequential else body.row.loop_count - len(body.tasks) + 1
    game = body.game
    game.host.iteration_ends(token, node, body.row.id, body.row.loop_count - done)
    if game.host.loop_is_done(token, node):
        for other in [other for other in body.tasks.values() if other is not token]:
            game.cancel(other)
    elif node.loop.sequential and done < body.row.loop_count:
        start(body, owner, done)
