"""An independent token game: plays a plain model by the operational semantics of BPMN 2.0, chapter 13.

It shares nothing with the engine: no SpiffWorkflow, no compiled graph, no rows. Scopes and tokens are objects that point to each other.
Where the standard leaves the order open, it is the one that the engine documents: the agenda is a stack, so that a token runs as far as
it can before its sibling moves, the first outgoing flow first; a scope that becomes empty completes its owner at once; inclusive joins
are decided when nothing else can move.
"""

from __future__ import annotations

from tests.tokens.picture import ScopePicture
from tests.tokens.plain import RUNS_BY_ITSELF, Event, Graph, Node
from tests.tokens.reference_flows import Flows
from tests.tokens.reference_picture import picture_of
from tests.tokens.reference_state import DEEPEST_CALL, FaultError, Scope, Token, Wait

AWAITED = frozenset({"message", "timer"})


class Game(Flows):
    """One process instance with all that it calls: activities, events and what they do to scopes (13.3, 13.5)."""

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
        """The awaited message arrives, or the timer is due."""
        self._begin_action()
        if wait.handler is not None:
            self._begin_handler(wait.scope, wait.handler, wait)
        elif wait.token is None:
            raise TypeError("a subscription belongs to a token or to an event subprocess")
        elif wait.node.kind == "boundaryEvent":
            self._boundary(wait.token, wait.node, wait)
        elif wait.token.node.kind == "eventBasedGateway":
            flows = wait.scope.graph.outgoing(wait.token.node.id)
            self._take(wait.token, [next(flow for flow in flows if flow.target == wait.node.id)], passed=True)
        else:
            self._activity_ends(wait.token)
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
        if node.kind == "subProcess":
            self._open(Scope("subprocess", node.content(), node.id, token))
        elif node.kind == "callActivity":
            self._open(Scope("instance", self.model.processes[node.calls or ""], None, token))
        elif node.kind == "receiveTask" and node.event is not None:
            token.waits.append(Wait(node, token, token.scope))
        elif node.throws is not None and self.values[node.throws[0]] is True:
            self._throw(token, node.throws[1])
        elif node.kind in RUNS_BY_ITSELF:
            self._activity_ends(token)

    def _activity_ends(self, token: Token) -> None:
        """An activity or awaited event is done: it is left, or the next item of its multi-instance body begins."""
        if token.index is None:
            self._leave(token)
            return
        self._left(token)
        body = token.scope
        following = token.index + 1
        if token.node.loop is not None and token.node.loop.sequential and following < body.count:
            self._put([Token(body, token.node, index=following)])
        self._path_ends(token)

    def _loop_begins(self, token: Token) -> None:
        """A multi-instance activity is a scope of its own, with a token for each item (13.3.7)."""
        loop, count = token.node.loop, self._count(token.node)
        body = Scope("multi_instance", token.scope.graph, token.node.id, token, count=count)
        token.inner = body
        self._put([Token(body, token.node, index=index) for index in range(1 if loop is not None and loop.sequential else count)])

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
        for handler, start in scope.graph.handlers():
            if start.event is not None and start.event.kind in AWAITED:
                scope.waits.append(Wait(start, None, scope, handler))
        self._put([Token(scope, node) for node in first or _first_nodes(scope.graph)])
        if not scope.tokens:
            self.agenda.append(scope)

    def _scope_ends(self, scope: Scope) -> None:
        """An empty scope is over and completes its owner."""
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
        else:
            self._activity_ends(owner)

    def _close(self, scope: Scope) -> None:
        """Take away a scope with everything in it."""
        scope.gone = True
        for wait in scope.waits:
            wait.gone = True
        scope.waits.clear()
        for token in list(scope.tokens):
            self._cancel(token)

    def _cancel(self, token: Token) -> None:
        """Interrupt what happens at a token, all the way down."""
        if token.inner is not None:
            self._close(token.inner)
        if token.entered:
            self._note("cancelled", token)
        self._remove(token)

    # ---- events (13.5) ---------------------------------------------------------------------------------------------------

    def _end_event(self, token: Token) -> None:
        event = token.node.event or Event("none")
        self._note("passed", token)
        if event.kind == "error":
            self._throw(token, event.name or "")
            return
        if event.kind == "terminate":
            for other in [one for one in token.scope.tokens if one is not token]:
                self._cancel(other)
        self._path_ends(token)

    def _boundary(self, host: Token, event: Node, wait: Wait | None = None) -> None:
        """A boundary event happens: an interrupting one cancels its host; a timer happens once, a message as often as it comes."""
        self._put([Token(host.scope, event)])
        if event.interrupting:
            self._cancel(host)
        elif wait is not None and event.event is not None and event.event.kind == "timer":
            wait.gone = True
            host.waits.remove(wait)

    def _begin_handler(self, scope: Scope, handler: Node, wait: Wait | None = None) -> None:
        """An event subprocess begins in `scope`. An interrupting one cancels all else there, and no further one is awaited (13.5.4)."""
        start = handler.content().starts()[0]
        if start.interrupting:
            for token in list(scope.tokens):
                self._cancel(token)
            for other in scope.waits:
                other.gone = True
            scope.waits.clear()
        elif wait is not None and start.event is not None and start.event.kind == "timer":
            wait.gone = True
            scope.waits.remove(wait)
        owner = Token(scope, handler)
        scope.tokens.append(owner)
        self._note("entered", owner)
        inner = Scope("event_subprocess", handler.content(), handler.id, owner)
        owner.inner = inner
        for nested, nested_start in inner.graph.handlers():
            if nested_start.event is not None and nested_start.event.kind in AWAITED:
                inner.waits.append(Wait(nested_start, None, inner, nested))
        self._put([Token(inner, start)])

    def _throw(self, token: Token, code: str) -> None:
        """An error looks for its handler from the inside out: in each scope its event subprocesses, then the boundary of its owner."""
        if token.node.is_activity and self._caught_at(token, code):
            return
        below, scope = token, token.scope
        while True:
            if scope.kind != "multi_instance":
                handlers = [(h, s) for h, s in scope.graph.handlers() if h is not below.node]
                found = _catching([s for _, s in handlers], code)
                if found is not None:
                    self._begin_handler(scope, next(h for h, s in handlers if s is found))
                    return
            if scope.owner is None:
                self._uncaught(token)
                return
            below, scope = scope.owner, scope.owner.scope
            if self._caught_at(below, code):
                return

    def _uncaught(self, token: Token) -> None:
        """An error without a handler ends the path of its token; an item of a multi-instance body counts as done."""
        if token.index is not None:
            self._activity_ends(token)
            return
        self._left(token)
        self._path_ends(token)

    def _caught_at(self, host: Token, code: str) -> bool:
        """Whether a boundary event of the activity catches the error; those of a multi-instance activity hang on its whole body."""
        event = None if host.index is not None else _catching(host.scope.graph.boundary(host.node.id), code)
        if event is None:
            return False
        self._boundary(host, event)
        return True


def _catching(events: list[Node], code: str) -> Node | None:
    """The event that catches an error: one with its very code before one that catches all."""
    errors = [event for event in events if event.event is not None and event.event.kind == "error"]
    exact = [event for event in errors if event.event is not None and event.event.name == code]
    anything = [event for event in errors if event.event is not None and event.event.name is None]
    return next(iter(exact + anything), None)


def _first_nodes(graph: Graph) -> list[Node]:
    """Where a scope begins: its none start event, or every node that nothing leads to."""
    starts = [node for node in graph.starts() if node.event is None]
    if starts:
        return starts
    begun_otherwise = {"boundaryEvent", "startEvent"}
    return [n for n in graph.nodes.values() if not graph.incoming(n.id) and n.kind not in begun_otherwise and not n.by_event]
