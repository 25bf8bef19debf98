"""Ad-hoc subprocesses (BPMN 2.0, 13.3.5): what is inside begins when somebody begins it, and the subprocess is left when it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn.names import ACTIVITIES
from engine.errors import InvalidRequest
from engine.tokens import subscriptions
from engine.tokens.state import Scope, ScopeKind

if TYPE_CHECKING:
    from engine.bpmn.model import FlowNode
    from engine.tokens.task import FlowScope, TokenTask


def node_of(scope: FlowScope) -> FlowNode | None:
    """The ad-hoc subprocess that this is the inside of."""
    if scope.row.kind is not ScopeKind.SUBPROCESS or scope.row.element_id is None:
        return None
    node = scope.compiled.process.nodes[scope.row.element_id]
    return node if node.ad_hoc is not None else None


def open_inside(owner: TokenTask) -> None:
    """Open it, and begin nothing."""
    game, outer = owner.workflow.game, owner.workflow
    row = Scope(game.host.new_id(), owner.instance_id, outer.row.definition_id, owner.element_id, ScopeKind.SUBPROCESS, owner.id)
    subscriptions.subscribe_handlers(game.open_scope(row, outer.compiled, owner))


def completed(scope: FlowScope, token: TokenTask) -> None:
    """A token inside has completed: after each activity it is asked whether that was the last one."""
    if (token.task_spec.is_node and token.task_spec.node.type in ACTIVITIES) or not scope.tasks:
        goes_on(scope)


def goes_on(scope: FlowScope) -> None:
    """Leave it if it is done: its condition holds, and what still runs is cancelled or has ended; without one, as soon as nothing runs."""
    node = node_of(scope)
    if node is None or node.ad_hoc is None:
        raise AssertionError(scope.row)
    if node.ad_hoc.completion is not None:
        if not _is_done(scope, node):
            return
        if node.ad_hoc.cancels_remaining:
            scope.game.cancel_tokens(scope)
    if not scope.tasks:
        scope.game.scope_is_empty(scope)


def check_begin(scope: FlowScope) -> None:
    """Whether something may begin inside. Raises `InvalidRequest`: one after another only, or nothing more."""
    node = node_of(scope)
    if node is None or node.ad_hoc is None:
        return
    if node.ad_hoc.sequential and scope.tasks:
        raise InvalidRequest(f"the activities of '{node.id}' are done one after another, and one is under way")
    if scope.tasks and node.ad_hoc.completion is not None and _is_done(scope, node):
        raise InvalidRequest(f"'{node.id}' is done: nothing more begins in it")


def _is_done(scope: FlowScope, node: FlowNode) -> bool:
    return scope.game.host.ad_hoc_is_done(subscriptions.scope_variables(scope), node)
