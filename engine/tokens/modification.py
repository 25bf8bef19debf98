"""Changing by hand where a process instance stands: tokens are put before an element or onto a flow, or taken away, as in Camunda 7."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import InvalidRequest
from engine.tokens import ad_hoc, loops, subscriptions
from engine.tokens.state import BODY, Scope, ScopeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.bpmn.model import FlowNode
    from engine.tokens.game import TokenGame
    from engine.tokens.specs import FlowNodeSpec
    from engine.tokens.task import FlowScope, TokenTask


def place_before(game: TokenGame, instance_id: str, element_id: str, ancestor: str | None = None) -> TokenTask:
    """A token that is about to begin an element; subprocesses around it that are not open are opened, and nothing else begins in them.

    Of a multi-instance activity one more instance begins, or, with `BODY`, the whole. `ancestor`: the token of the subprocess in which it
    begins, or of the multi-instance activity, where there are several, or the process instance; whatever is between is opened anew. Raises
    `InvalidRequest`.
    """
    spec = _spec(game, instance_id, element_id)
    named = _Ancestor(game, instance_id, ancestor)
    scope = _around(game, instance_id, spec.node, named)
    ad_hoc.check_begin(scope)
    if spec.node.loop is None or element_id.endswith(BODY):
        named.check()
        return scope.place(spec)
    token = _one_more(game, scope, spec, named)
    named.check()
    token._ready()
    return token


def place_on(game: TokenGame, instance_id: str, flow_id: str, ancestor: str | None = None) -> TokenTask:
    """A token that has just passed a sequence flow. Raises `InvalidRequest`."""
    process = _scope_of(game, instance_id).compiled.process
    if flow_id not in process.flows:
        raise InvalidRequest(f"Cannot perform instruction: transition '{flow_id}' does not exist")
    spec = _spec(game, instance_id, process.flows[flow_id].target)
    named = _Ancestor(game, instance_id, ancestor)
    scope = _around(game, instance_id, spec.node, named)
    named.check()
    return scope.place(spec, flow_id)


def place_after(game: TokenGame, instance_id: str, element_id: str, ancestor: str | None = None) -> TokenTask:
    """A token on the one flow that leaves an element. Raises `InvalidRequest` where there is none, or more."""
    flows = _spec(game, instance_id, element_id).flows
    if len(flows) != 1:
        many = "more than one outgoing sequence flow" if flows else "no outgoing sequence flow"
        raise InvalidRequest(f"Cannot perform instruction: activity '{element_id}' has {many}")
    return place_on(game, instance_id, flows[0].flow.id, ancestor)


def take(game: TokenGame, token: TokenTask) -> None:
    """Call the listeners of the flow onto which a token was put, if it was."""
    flow = token.workflow.compiled.process.flows.get(token.flow_id or "")
    if flow is not None and flow.listeners:
        game.host.takes(token, flow)


def cancel(game: TokenGame, instance_id: str, element_id: str | None, token_id: str | None = None) -> None:
    """Take away what is at an element, or one token, or all where the process instance is named as one.

    What is left empty around it goes as well, but for the process instance. Raises `InvalidRequest` where a token is not
    there; that nothing is at an element is no mistake.
    """
    root = _scope_of(game, instance_id)
    if token_id == instance_id:
        for token in list(root.tasks.values()):
            game.cancel(token)
        return
    inside = [scope for scope in game.scopes.values() if scope.row.instance_id == instance_id]
    tokens = [token for scope in inside for token in scope.tasks.values()]
    element_id = _without_body(element_id) if element_id is not None else None
    found = [token for token in tokens if token.id == token_id or (token.element_id == element_id and token.loop_index is None)]
    if token_id is not None and not found:
        raise InvalidRequest(f"Cannot perform instruction: activity instance '{token_id}' does not exist")
    for token in found:
        if token.is_live:
            _cancel_upwards(game, token)


def is_empty(game: TokenGame, instance_id: str) -> bool:
    """Whether nothing is left in a process instance that has not ended by itself."""
    return instance_id in game.scopes and not game.scopes[instance_id].tasks


def _cancel_upwards(game: TokenGame, token: TokenTask) -> None:
    scope = token.workflow
    game.cancel(token)
    if not scope.tasks and scope.owner is not None and scope.row.kind is not ScopeKind.INSTANCE and ad_hoc.node_of(scope) is None:
        _cancel_upwards(game, scope.owner)


def _scope_of(game: TokenGame, instance_id: str) -> FlowScope:
    if instance_id not in game.scopes:
        raise InvalidRequest(f"Cannot perform instruction: the process instance {instance_id} has ended")
    return game.scopes[instance_id]


def _without_body(element_id: str) -> str:
    return element_id.removesuffix(BODY)


def _spec(game: TokenGame, instance_id: str, element_id: str) -> FlowNodeSpec:
    spec = _scope_of(game, instance_id).compiled.nodes.get(_without_body(element_id))
    if spec is None or (element_id.endswith(BODY) and spec.node.loop is None):
        raise InvalidRequest(f"Cannot perform instruction: activity '{element_id}' does not exist")
    if spec.node.triggered_by_event or spec.node.for_compensation:
        raise InvalidRequest(f"Cannot perform instruction: '{element_id}' is not part of the flow. Name what stands inside of it")
    return spec


class _Ancestor:
    """The activity instance that an instruction names: what begins does so inside of it, and all scopes in between are new."""

    def __init__(self, game: TokenGame, instance_id: str, name: str | None) -> None:
        """`name`: a token, the process instance, or None. Raises `InvalidRequest` where it is not there."""
        self.id = name
        self.is_reached = name == instance_id
        self.line = set[str]()  # itself and what is around it
        inside = (scope for scope in game.scopes.values() if scope.row.instance_id == instance_id)
        token = next((scope.tasks[name] for scope in inside if name in scope.tasks), None) if name is not None else None
        if name is not None and token is None and not self.is_reached:
            raise InvalidRequest(f"Cannot perform instruction: ancestor activity instance '{name}' does not exist")
        while token is not None:
            self.line.add(token.id)
            token = token.workflow.owner if token.workflow.row.kind is not ScopeKind.INSTANCE else None

    def among(self, found: list[FlowScope]) -> list[FlowScope]:
        """Which of these scopes may be meant: the one that is named or around it, else all; none where a new one is to be opened."""
        if self.is_reached:
            return []
        return [it for it in found if it.owner is not None and it.owner.id in self.line] or found

    def enter(self, scope: FlowScope) -> None:
        """What begins is inside of this scope."""
        self.is_reached = self.is_reached or (scope.owner is not None and scope.owner.id == self.id)

    def check(self) -> None:
        """Raises `InvalidRequest` where what begins is not inside of what was named."""
        if self.id is not None and not self.is_reached:
            raise InvalidRequest(f"Cannot perform instruction: ancestor activity instance '{self.id}' is not around it")


def _around(game: TokenGame, instance_id: str, node: FlowNode, named: _Ancestor) -> FlowScope:
    """The scope in which a node stands, opened where it is not."""
    nodes = game.scopes[instance_id].compiled.process.nodes
    path: list[FlowNode] = []
    name = node.scope
    while name is not None:
        path.insert(0, nodes[name])
        name = nodes[name].scope
    scope = game.scopes[instance_id]
    for outer in path:
        scope = _inside(game, scope, outer, named)
        named.enter(scope)
    return scope


def _inside(game: TokenGame, scope: FlowScope, node: FlowNode, named: _Ancestor) -> FlowScope:
    """The open inside of a subprocess; a new one where there is none."""
    chosen = named.among(list(_open(game, scope, node)))
    if node.loop is not None and any(token.id == named.id for token in scope.tasks.values()):
        chosen = []  # the multi-instance activity was named: one more instance
    if len(chosen) > 1:
        raise InvalidRequest(
            f"Cannot perform instruction: there are {len(chosen)} instances of '{node.id}'. Name one: ancestorActivityInstanceId"
        )
    if chosen:
        return chosen[0]
    kind = ScopeKind.EVENT_SUBPROCESS if node.triggered_by_event else ScopeKind.SUBPROCESS
    spec = scope.compiled.nodes[node.id]
    owner = scope.hold(spec) if node.loop is None else _one_more(game, scope, spec, named)
    game.begins(owner)
    game.enter(owner)
    if node.loop is None:
        subscriptions.subscribe_boundary(owner)
    row = Scope(game.host.new_id(), owner.instance_id, scope.row.definition_id, node.id, kind, owner.id)
    opened = game.open_scope(row, scope.compiled, owner)
    subscriptions.subscribe_handlers(opened)
    return opened


def _one_more(game: TokenGame, scope: FlowScope, spec: FlowNodeSpec, named: _Ancestor) -> TokenTask:
    """A token for one more instance of a multi-instance activity, whose body is opened where there is none."""
    found = [body for token in scope.tasks.values() if token.task_spec is spec and (body := game.inside.get(token.id)) is not None]
    chosen = named.among(found)
    if len(chosen) > 1:
        raise InvalidRequest(
            f"Cannot perform instruction: there are {len(chosen)} instances of '{spec.node.id}{BODY}'. Name one: ancestorActivityInstanceId"
        )
    body = chosen[0] if chosen else loops.open_by_hand(scope.hold(spec))
    named.enter(body)
    if spec.node.loop is not None and spec.node.loop.sequential and body.tasks:
        raise InvalidRequest(
            f"Cannot perform instruction: the instances of '{spec.node.id}' come one after another, so another one cannot begin beside it"
        )
    return loops.add_by_hand(body, spec)


def _open(game: TokenGame, scope: FlowScope, node: FlowNode) -> Iterator[FlowScope]:
    """The open insides of a subprocess in a scope, those of each instance of a loop."""
    for token in scope.tasks.values():
        inner = game.inside.get(token.id) if token.element_id == node.id else None
        if inner is not None and inner.row.kind is ScopeKind.MULTI_INSTANCE:
            yield from _open(game, inner, node)
        elif inner is not None:
            yield inner
