"""The token game: rows in, one command, rows and events out. No clock, no database, no variables.

SpiffWorkflow's tasks are made anew from the rows for each step. An agenda holds the tokens that are ready: a stack, depth first, the
first outgoing flow first; who throws goes on before the handlers of what it has thrown. Inclusive joins are decided when nothing automatic
is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import EventKind, FlowNode, SequenceFlow
from engine.errors import Conflict, ModelFault, StepBudgetExceeded
from engine.events import ElementCancelled, ElementEntered, ElementLeft, ElementPassed, Event, InstanceEnded, InstanceStarted
from engine.phrases import Phrase
from engine.tokens import compensation, events, loops, subscriptions, throwing
from engine.tokens.definition import CompiledProcess, EventHandler
from engine.tokens.host import Host
from engine.tokens.specs import FlowNodeSpec, InclusiveGatewaySpec
from engine.tokens.state import AFTER, BEFORE, STRANDED, Scope, ScopeKind, State, Subscription, Token, TokenState
from engine.tokens.task import FlowScope, TokenTask

MOST_MOVES = 10_000
DEEPEST_CALL = 50


class TokenGame:
    """One step of one root instance. Give it a state, call one command, read `state()` and `events`."""

    def __init__(self, state: State, host: Host, most_moves: int = MOST_MOVES) -> None:
        """`most_moves`: how many nodes and flows one step may pass before it counts as endless."""
        self.host = host
        self.events: list[Event] = []
        self.scopes: dict[str, FlowScope] = {}
        self.inside: dict[str, FlowScope] = {}  # by the id of the token that owns the scope
        self.subscriptions: dict[str, Subscription] = dict(state.subscriptions)
        waiting = (row for row in state.subscriptions.values() if row.kind == EventKind.CONDITIONAL)
        self.conditions: dict[str, bool] = {row.id: False for row in waiting}  # by subscription id: not looked at yet
        self._moves_left = most_moves
        self._agenda: list[TokenTask] = []
        self._fresh: list[TokenTask] = []
        self._later: list[TokenTask] = []  # handlers of what was thrown: they move when the thrower waits
        self._load(state)

    # ---- rows ------------------------------------------------------------------------------------------------------------

    def _load(self, state: State) -> None:
        """Make SpiffWorkflow's objects from the rows, each scope after the token that owns it."""
        inside = {row.owner: row for row in state.scopes.values()}
        waiting: dict[str, list[Token]] = {}
        for token in state.tokens.values():
            waiting.setdefault(token.scope_id, []).append(token)
        own = (row for row in state.subscriptions.values() if row.name in {BEFORE, AFTER})
        deferred = {row.token_id: row.name for row in own if row.kind == EventKind.TIMER}
        todo: list[tuple[Scope, TokenTask | None]] = [(inside[None], None)] if state.scopes else []
        while todo:
            row, owner = todo.pop()
            scope = self.open_scope(row, self.host.definition(row.definition_id), owner)
            for token in waiting.get(row.id, ()):
                task = scope.hold(scope.compiled.nodes[token.element_id], token.flow_id, token.id)
                task.loop_index = token.loop_index
                task.deferred = STRANDED if token.state is TokenState.STRANDED else deferred.get(token.id, "")
                task.entered = not (task.task_spec.joins or task.deferred)
                task.told = task.entered and task.task_spec.tells(task)
                if token.id in inside:
                    todo.append((inside[token.id], task))

    def state(self) -> State:
        """The rows after the step."""
        state = State(subscriptions=dict(self.subscriptions))
        for scope in self.scopes.values():
            state.scopes[scope.row.id] = scope.row
            state.tokens.update((token.id, token.row()) for token in scope.tasks.values())
        return state

    def token(self, token_id: str) -> TokenTask:
        """A waiting token. Raises `Conflict` when it is gone: somebody was faster."""
        for scope in self.scopes.values():
            if token_id in scope.tasks:
                return scope.tasks[token_id]
        raise Conflict(f"the token {token_id} is not there any more", token=token_id)

    def seen_by(self, row: Subscription) -> list[str]:
        """The ids of the scopes whose variables are visible where something is awaited, innermost first."""
        scope = self.scopes[row.scope_id]
        token = scope.tasks.get(row.token_id) if row.token_id else None
        return subscriptions.scope_variables(scope) if token is None else token.variable_scopes()

    # ---- commands --------------------------------------------------------------------------------------------------------

    def start(self, definition_id: str, instance_id: str, start_event: str | None = None) -> None:
        """Start a process instance at its none start event, or where it begins by the given event, which has happened."""
        compiled = self.host.definition(definition_id)
        first = [compiled.first_node(start_event)] if start_event else compiled.beginning()
        self._open_instance(Scope(instance_id, instance_id, definition_id, None, ScopeKind.INSTANCE), compiled, None, first)
        if start_event:
            for token in self.scopes[instance_id].tasks.values():
                token.begun_by = start_event
        self.run()

    def open(self, definition_id: str, instance_id: str) -> None:
        """Open a process instance in which nothing stands yet: tokens are placed by hand."""
        scope = self.open_scope(
            Scope(instance_id, instance_id, definition_id, None, ScopeKind.INSTANCE), self.host.definition(definition_id), None
        )
        self.record(InstanceStarted(instance_id, definition_id))
        subscriptions.subscribe_handlers(scope)

    def complete(self, token_id: str) -> None:
        """Complete a waiting activity."""
        self.complete_token(self.token(token_id))
        self.run()

    def trigger(self, subscription_id: str, opened: Callable[[str], None] | None = None) -> None:
        """Deliver the message of a subscription, or fire its timer. Raises `Conflict` when it is gone.

        `opened` is told the id of the event subprocess that begins by it, before anything moves in there.
        """
        row = self.subscriptions.get(subscription_id)
        if row is None:
            raise Conflict(f"nothing waits for {subscription_id} any more", subscription=subscription_id)
        before = set(self.scopes)
        events.trigger(self.scopes[row.scope_id], row)
        if opened is not None:
            for scope_id in self.scopes.keys() - before:
                if self.scopes[scope_id].row.kind is ScopeKind.EVENT_SUBPROCESS:
                    opened(scope_id)
        self.run()

    def throw_error(self, token_id: str, code: str, message: str = "") -> None:
        """A waiting activity fails with a business error; without a handler its path ends."""
        token = self.token(token_id)
        throwing.throw_error(token, code, message)
        if token.is_live:
            self.drop(token)
        self.run()

    def throw_escalation(self, token_id: str, code: str) -> bool:
        """A waiting activity escalates and goes on waiting, unless what catches it interrupts; whether somebody did."""
        caught = throwing.throw_escalation(self.token(token_id), code)
        self.run()
        return caught

    def cancel_instance(self, instance_id: str) -> None:
        """End a process instance from outside, with everything in it."""
        scope = self.scopes[instance_id]
        self.cancel_tokens(scope)
        self._close(scope)
        self.record(InstanceEnded(self.instance_name(scope), terminated=True))

    # ---- the agenda ------------------------------------------------------------------------------------------------------

    def is_ready(self, token: TokenTask) -> None:
        """A token may run; it waits for its turn."""
        self._fresh.append(token)

    @contextmanager
    def throwing(self) -> Iterator[None]:
        """What becomes ready within moves when what follows the thrower has come to rest: in Camunda 7 the thrower goes on first."""
        before = len(self._fresh)
        yield
        self._later += self._fresh[before:]
        del self._fresh[before:]

    def run(self) -> None:
        """Move until every token waits."""
        while True:
            if self.conditions:
                events.look_at_conditions(self)
            self._agenda.extend(reversed(self._later))
            self._agenda.extend(reversed(self._fresh))
            self._later.clear()
            self._fresh.clear()
            if self._agenda:
                self._run_next()
            elif not any(self.conditions.values()) and not self._join_inclusive():
                return

    def _run_next(self) -> None:
        """Run the token on top of the agenda, unless it was cancelled meanwhile."""
        token = self._agenda.pop()
        if not token.is_live:
            return
        self._moves_left -= 1
        if self._moves_left < 0:
            node = token.task_spec.node if token.task_spec.is_node else token.task_spec.target[0].node
            raise StepBudgetExceeded(f"the step does not come to an end at {node.id}", element=node.id, line=node.line)
        if token.task_spec.is_node and not self._begins(token):
            return
        token.run()

    def _begins(self, token: TokenTask) -> bool:
        """Tell that an element begins; False where it first waits for a transaction of its own."""
        node: FlowNode = token.task_spec.node
        later = node.loop.async_before if node.loop is not None and loops.is_iteration(token) else node.async_before
        if later and not token.resumed:
            token._set_state(TaskState.STARTED)
            subscriptions.defer(token, BEFORE)
            return False
        self.begins(token)
        return True

    def begins(self, token: TokenTask) -> None:
        """Tell the host that an element begins, where its model wants that; the body of several instances is told of by each of them."""
        if token.task_spec.tells(token):
            self.host.begins(token, token.task_spec.node)
            token.told = True

    def _interrupted(self, token: TokenTask) -> None:
        """Tell the host that an element that has begun is ended before its time, where its model wants that."""
        if token.told and (token.task_spec.node.listeners or token.task_spec.node.outputs):
            self.host.interrupted(token, token.task_spec.node)

    def resume(self, token: TokenTask) -> None:
        """A token has got its transaction: it begins its element, or leaves it."""
        token.resumed, token.deferred = token.deferred, ""
        if token.resumed == AFTER:
            self.complete_token(token)
        else:
            self.is_ready(token)

    def _join_inclusive(self) -> bool:
        """Let one inclusive join go on, if one may."""
        for scope in self.scopes.values():
            waiting = {t.element_id for t in scope.tasks.values() if isinstance(t.task_spec, InclusiveGatewaySpec) and not t.deferred}
            joins = (scope.compiled.nodes[join] for join in scope.compiled.reachable if join in waiting)
            if any(join.try_to_join(scope) for join in joins):
                return True
        return False

    def complete_token(self, token: TokenTask) -> None:
        """Complete a waiting token: SpiffWorkflow makes its successors."""
        token.complete()

    def holds(self, token: TokenTask, flow: SequenceFlow) -> bool:
        """Whether a flow may be taken; one without condition always."""
        return flow.condition is None or self.host.condition(token, flow)

    # ---- what is told ----------------------------------------------------------------------------------------------------

    def record(self, event: Event) -> None:
        """Note an event for the history."""
        self.events.append(event)

    def instance_name(self, scope: FlowScope) -> str:
        """The id of the process instance of a scope."""
        return scope.row.instance_id

    def passed(self, token: TokenTask) -> None:
        """A token came to a node that does not wait; a boundary event or join was passed."""
        self.record(ElementPassed(token.instance_id, token.element_id, token.flow_id))

    def enter(self, token: TokenTask) -> None:
        """A token begins to wait at a node."""
        if token.entered:
            return
        token.entered = True
        self.record(ElementEntered(token.instance_id, token.element_id, token.id, token.flow_id))
        self.host.entered(token, token.task_spec.node)

    def leave(self, token: TokenTask, *, cancelled: bool = False) -> None:
        """A token leaves a node: what it waited for is closed."""
        if not token.entered:
            if token.deferred:
                subscriptions.unsubscribe_token(token)
            return
        token.entered = False
        subscriptions.unsubscribe_token(token)
        kind = ElementCancelled if cancelled else ElementLeft
        self.record(kind(token.instance_id, token.element_id, token.id))
        self.host.left(token, token.task_spec.node, cancelled=cancelled)

    # ---- scopes ----------------------------------------------------------------------------------------------------------

    def open_scope(self, row: Scope, compiled: CompiledProcess, owner: TokenTask | None) -> FlowScope:
        """Add an empty scope."""
        scope = FlowScope(self, row, compiled, owner)
        self.scopes[row.id] = scope
        if owner is not None:
            self.inside[owner.id] = scope
        return scope

    def open_subprocess(self, owner: TokenTask) -> None:
        """Open the inside of an embedded subprocess."""
        self._open_inside(owner, ScopeKind.SUBPROCESS, owner.workflow.compiled.first_nodes(owner.element_id))

    def open_event_subprocess(self, owner: TokenTask, handler: EventHandler) -> None:
        """Open the inside of an event subprocess at the start event that was triggered."""
        self.begins(owner)
        self.enter(owner)
        self._open_inside(owner, ScopeKind.EVENT_SUBPROCESS, [owner.workflow.compiled.nodes[handler.start.id]])

    def _open_inside(self, owner: TokenTask, kind: ScopeKind, first: Iterable[FlowNodeSpec]) -> None:
        """Open a scope of the same instance and place its first tokens."""
        row = Scope(self.host.new_id(), owner.instance_id, owner.workflow.row.definition_id, owner.element_id, kind, owner.id)
        self._fill(self.open_scope(row, owner.workflow.compiled, owner), first)

    def open_called_instance(self, owner: TokenTask) -> None:
        """Open the process instance that a call activity calls."""
        node: FlowNode = owner.task_spec.node
        depth, scope = 0, owner.workflow
        while scope.owner is not None:
            depth, scope = depth + (scope.row.kind is ScopeKind.INSTANCE), scope.owner.workflow
        if depth >= DEEPEST_CALL:
            raise ModelFault(Phrase("{id} calls itself without end", id=node.id), element=node.id, line=node.line)
        definition_id = self.host.call(owner, node)
        compiled, instance_id = self.host.definition(definition_id), self.host.new_id()
        row = Scope(instance_id, instance_id, definition_id, None, ScopeKind.INSTANCE, owner.id)
        self._open_instance(row, compiled, owner, compiled.beginning())

    def _open_instance(self, row: Scope, compiled: CompiledProcess, owner: TokenTask | None, first: list[FlowNodeSpec]) -> None:
        """Open a process instance, map variables in, arm its event subprocesses, place its first tokens."""
        scope = self.open_scope(row, compiled, owner)
        self.record(InstanceStarted(row.instance_id, row.definition_id, owner.id if owner else None))
        if owner is not None:
            self.host.called(owner, owner.task_spec.node, row.id)
        self._fill(scope, first)

    def _fill(self, scope: FlowScope, first: Iterable[FlowNodeSpec]) -> None:
        """Arm the event subprocesses of a new scope and place its first tokens."""
        subscriptions.subscribe_handlers(scope)
        if scope.row.kind is ScopeKind.INSTANCE and scope.compiled.process.listeners:
            self.host.instance_begins(scope)
        for spec in first:
            scope.place(spec)
        if not scope.tasks:
            self.scope_is_empty(scope)

    def pass_through(self, scope: FlowScope, spec: FlowNodeSpec, flow_id: str) -> None:
        """Put a token at a node whose event has already happened, and go on from there."""
        token = scope.hold(spec, flow_id)
        self.begins(token)
        self.passed(token)
        self.complete_token(token)

    def scope_is_empty(self, scope: FlowScope) -> None:
        """Nothing is left in a scope: it is closed, and its owner goes on."""
        if scope.row.kind is ScopeKind.COMPENSATION and compensation.goes_on(scope):
            return
        compensation.hand_up(scope)
        self._close(scope)
        owner, kind = scope.owner, scope.row.kind
        if kind is ScopeKind.INSTANCE:
            self.record(InstanceEnded(self.instance_name(scope)))
            if owner is not None:
                self.host.returned(owner, owner.task_spec.node, scope.row.id)
        if owner is not None:
            self.complete_token(owner)

    def _close(self, scope: FlowScope) -> None:
        """Forget a scope and what its event subprocesses waited for; the listeners to the end of a process are called before."""
        if scope.row.kind is ScopeKind.INSTANCE and scope.compiled.process.listeners:
            self.host.instance_ends(scope)
        subscriptions.unsubscribe_scope(scope)
        compensation.forget(scope)
        del self.scopes[scope.row.id]
        if scope.owner is not None:
            del self.inside[scope.owner.id]

    # ---- ending tokens from outside --------------------------------------------------------------------------------------

    def cancel(self, token: TokenTask) -> None:
        """Cancel a token with everything that it owns."""
        scope = self.inside.get(token.id)
        if scope is not None:
            self.cancel_tokens(scope)
            self._close(scope)
            if scope.row.kind is ScopeKind.INSTANCE:
                self.record(InstanceEnded(self.instance_name(scope), terminated=True))
        token.cancel()
        self._interrupted(token)
        self.leave(token, cancelled=True)
        token.workflow.tasks.pop(token.id, None)

    def cancel_tokens(self, scope: FlowScope) -> None:
        """Cancel every token of a scope."""
        for token in list(scope.tasks.values()):
            self.cancel(token)

    def terminate(self, token: TokenTask) -> None:
        """A terminate end event: every other token of its own scope is cancelled (13.5.6)."""
        for other in list(token.workflow.tasks.values()):
            if other is not token:
                self.cancel(other)

    def drop(self, token: TokenTask) -> None:
        """End the path of a token without going on, as after an error that nobody catches."""
        scope = token.workflow
        self._interrupted(token)
        self.leave(token)
        if loops.is_iteration(token):
            loops.iteration_done(token)
        token._set_state(TaskState.COMPLETED)
        scope.remove(token)
        if not scope.tasks:
            scope.is_emptied()
