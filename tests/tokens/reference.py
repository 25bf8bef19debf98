"""An independent token game: plays a plain model by the operational semantics of BPMN 2.0, chapter 13.

It shares nothing with the engine: no SpiffWorkflow, no compiled graph, no rows. Scopes and tokens are objects that point to each other.
Where the standard leaves the order open, it is the one that the engine documents: the agenda is a stack, so that a token runs as far as
it can before its sibling moves, the first outgoing flow first, and who throws a signal before those who catch it; a scope that becomes
empty completes its owner at once; inclusive joins are decided when nothing else can move.
"""

from __future__ import annotations

from tests.tokens.picture import ScopePicture
from tests.tokens.plain import RUNS_BY_ITSELF, SUBPROCESSES, Graph, Node, is_true
from tests.tokens.reference_events import AWAITED, Events
from tests.tokens.reference_picture import picture_of
from tests.tokens.reference_state import DEEPEST_CALL, FaultError, Scope, Token, Wait


class Game(Events):
    """One process instance with all that it calls: activities and what events do to them (13.3)."""

    # ---- what comes from outside -----------------------------------------------------------------------------------------

    def start(self, start_event: str | None = None) -> None:
        """Begin the main process, at its none start event or at the given start event."""
        self._begin_action()
        self._open(self.root, [self.root.graph.nodes[start_event]] if start_event else None)
        self._run()

    def complete(self, token: Token) -> None:
        """End the task at which `token` waits."""
        self._begin_action()
        self._activity_ends(token)
        self._run()

    def trigger(self, wait: Wait) -> None:
        """The awaited message or signal arrives, or the timer is due."""
        self._begin_action()
        self._happens(wait)
        self._run()

    def throw(self, token: Token, code: str) -> None:
        """The work of the activity at `token` ends with a BPMN error."""
        self._begin_action()
        self._throw(token, code)
        self._run()

    def cancel(self) -> None:
        """End the instance from outside."""
        self._begin_action()
        self._close(self.root)

    def picture(self) -> ScopePicture:
        """What is open."""
        return picture_of(self.root)

    @property
    def ended(self) -> bool:
        """Whether the main process has ended, or could not be started."""
        return self.root.gone or not self.root.tokens

    # ---- activities (13.3) -----------------------------------------------------------------------------------------------

    def _activity_begins(self, token: Token) -> None:
        node = token.node
        if token.index is None and node.loop is not None and self._count(node) == 0:
            self._note("passed", token)
            self._leave(token)
            return
        self._note("passed" if node.kind in RUNS_BY_ITSELF and (token.index is not None or node.loop is None) else "entered", token)
        if token.index is None:
            events = [event for event in token.scope.graph.boundary(node.id) if event.event and event.event.kind in AWAITED]
            token.waits = [Wait(event, token, token.scope) for event in events]
            if node.loop is not None:
                self._loop_begins(token)
                return
        if node.kind in SUBPROCESSES:
            self._open(Scope("subprocess", node.content(), node.id, token))
        elif node.kind == "callActivity":
            self._open(Scope("instance", self.model.processes[node.calls or ""], None, token))
        elif node.kind == "receiveTask" and node.event is not None:
            token.waits.append(Wait(node, token, token.scope))
        elif node.throws is not None and self.values.get(node.throws[0]) is True:
            self._throw(token, node.throws[1])
        elif node.kind in RUNS_BY_ITSELF:
            self._activity_ends(token)

    def _activity_ends(self, token: Token) -> None:
        """An activity or awaited event is done and can be undone; it is left, or was one instance of several."""
        if token.index is not None or token.node.loop is None:
            self._remember(token)
        if token.index is None:
            self._leave(token)
        else:
            self._left(token)
            self._instance_ends(token)

    def _loop_begins(self, token: Token) -> None:
        """A multi-instance activity is a scope of its own, with a token for each item (13.3.7)."""
        loop, count = token.node.loop, self._count(token.node)
        body = Scope("multi_instance", token.scope.graph, token.node.id, token, count=count)
        token.inner = body
        self._put([Token(body, token.node, index=index) for index in range(1 if loop is not None and loop.sequential else count)])

    def _instance_ends(self, token: Token) -> None:
        """One instance is done: all are where the completion condition says so; of a sequential activity the next one begins."""
        body, loop = token.scope, token.node.loop
        if loop is None or token.index is None:
            raise TypeError("not a multi-instance activity")
        body.completed += 1
        left = body.count - body.completed
        counters = {"nrOfInstances": body.count, "nrOfCompletedInstances": body.completed, "loopCounter": token.index}
        counters["nrOfActiveInstances"] = min(left, 1) if loop.sequential else left
        if loop.done is not None and is_true(loop.done, {**self.values, **counters}):
            self._cancel_others(token)
        elif loop.sequential and left:
            self._put([Token(body, token.node, index=token.index + 1)])
        self._path_ends(token)

    def _count(self, node: Node) -> int:
        """How many instances a multi-instance activity gets."""
        if node.loop is None:
            raise TypeError("not a multi-instance activity")
        return int(self.values[node.loop.variable]) if node.loop.variable else node.loop.count

    # ---- scopes ----------------------------------------------------------------------------------------------------------

    def _open(self, scope: Scope, first: list[Node] | None = None) -> None:
        """Begin a process, called process or subprocess: listen for its event subprocesses, then put a token at each start."""
        if scope.depth > DEEPEST_CALL:
            raise FaultError("calls are nested too deeply")
        if scope.owner is not None:
            scope.owner.inner = scope
        self._listen(scope)
        self._put([Token(scope, node) for node in first or _first_nodes(scope.graph)])
        if not scope.tokens:
            self._scope_ends(scope)

    def _scope_ends(self, scope: Scope) -> None:
        """An empty scope is over and completes its owner."""
        if scope.kind == "compensation" and self._goes_on(scope):
            return
        self._hand_up(scope)
        self._close(scope)
        owner = scope.owner
        if owner is None:
            return
        owner.inner = None
        if scope.kind == "event_subprocess":
            self._left(owner)
            self._path_ends(owner)
        elif scope.kind == "multi_instance":
            self._leave(owner)
        elif scope.kind == "compensation":
            self._undone(owner)
        else:
            self._activity_ends(owner)

    def _undone(self, owner: Token) -> None:
        """A compensation is over: who threw it goes on; a subprocess that was undone by what is inside it is left."""
        if owner.node.is_activity or owner.node.by_event:
            self._leave(owner)
        else:
            self._event_ends(owner)

    def _close(self, scope: Scope) -> None:
        """Take away a scope with everything in it."""
        scope.gone = True
        self._listen_no_more(scope)
        for token in list(scope.tokens):
            self._cancel(token)

    def _cancel(self, token: Token) -> None:
        """Interrupt what happens at a token, all the way down."""
        if token.inner is not None:
            self._close(token.inner)
        if token.entered:
            self._note("cancelled", token)
        self._remove(token)


def _first_nodes(graph: Graph) -> list[Node]:
    """Where a scope begins: its none start event, or every node that nothing leads to."""
    starts = [node for node in graph.starts() if node.event is None]
    return starts or [node for node in graph.nodes.values() if not graph.incoming(node.id) and not node.begun_otherwise]
