"""The reference's events: caught at boundaries and by event subprocesses, thrown as errors, signals and ends (BPMN 2.0, 13.5)."""

from __future__ import annotations

from tests.tokens.plain import Event, Node
from tests.tokens.reference_state import Scope, Token, Wait
from tests.tokens.reference_undoing import Undoing

AWAITED = frozenset({"message", "timer", "signal"})
WITHOUT_HANDLERS = frozenset({"multi_instance", "compensation"})


class Events(Undoing):
    """What happens when something happens. `Game` says what activities are and what it means to cancel them."""

    def _cancel(self, token: Token) -> None:
        raise NotImplementedError

    def _activity_ends(self, token: Token) -> None:
        raise NotImplementedError

    def _instance_ends(self, token: Token) -> None:
        raise NotImplementedError

    # ---- thrown ----------------------------------------------------------------------------------------------------------

    def _event_happens(self, token: Token) -> None:
        """A throw event or an end event."""
        event = token.node.event or Event("none")
        if event.kind == "cancel":
            self._cancel_others(token)
            self._listen_no_more(token.scope)
        if event.kind in {"compensate", "cancel"}:
            if not self._compensate(token, event.name):
                self._event_ends(token)
            return
        self._note("passed", token)
        if event.kind == "error":
            self._throw(token, event.name or "")
            return
        if event.kind == "signal":
            self._throw_signal(event.name or "")
        elif event.kind == "terminate":
            self._cancel_others(token)
        if not token.gone:
            self._event_ends(token)

    def _event_ends(self, token: Token) -> None:
        """Go on behind a throw event. A cancelled transaction, which is undone now, is left by its cancel boundary event (13.5.3)."""
        event = token.node.event
        if event is None or event.kind != "cancel":
            self._leave(token)
            return
        self._left(token)
        transaction = token.scope.owner
        if transaction is not None and transaction.index is not None:
            transaction = transaction.scope.owner
        if transaction is None:
            raise TypeError(f"{token.node.id} stands in no transaction")
        boundary = transaction.scope.graph.boundary(transaction.node.id)
        self._boundary(transaction, next(it for it in boundary if it.event is not None and it.event.kind == "cancel"))

    def _cancel_others(self, token: Token) -> None:
        for other in [one for one in token.scope.tokens if one is not token]:
            self._cancel(other)

    def _listen_no_more(self, scope: Scope) -> None:
        for wait in scope.waits:
            wait.gone = True
        scope.waits.clear()

    # ---- caught ----------------------------------------------------------------------------------------------------------

    def _happens(self, wait: Wait) -> None:
        """What is awaited has come."""
        token = wait.token
        if wait.handler is not None:
            self._begin_handler(wait.scope, wait.handler, wait)
        elif token is None:
            raise TypeError("a subscription belongs to a token or to an event subprocess")
        elif wait.node.kind == "boundaryEvent":
            self._boundary(token, wait.node, wait)
        elif token.node.kind == "eventBasedGateway":
            flows = wait.scope.graph.outgoing(token.node.id)
            self._take(token, [next(flow for flow in flows if flow.target == wait.node.id)], passed=True)
        else:
            self._activity_ends(token)

    def _boundary(self, host: Token, event: Node, wait: Wait | None = None) -> None:
        """A boundary event happens: an interrupting one cancels its host; a timer happens once, all else as often as it comes."""
        if event.interrupting:
            self._cancel(host)
        elif wait is not None and event.event is not None and event.event.kind == "timer":
            wait.gone = True
            host.waits.remove(wait)
        self._put([Token(host.scope, event)])

    def _begin_handler(self, scope: Scope, handler: Node, wait: Wait | None = None) -> None:
        """An event subprocess begins in `scope`. An interrupting one cancels all else there, and no further one is awaited (13.5.4)."""
        start = handler.content().starts()[0]
        if start.interrupting:
            for token in list(scope.tokens):
                self._cancel(token)
            self._listen_no_more(scope)
        elif wait is not None and start.event is not None and start.event.kind == "timer":
            wait.gone = True
            scope.waits.remove(wait)
        owner = Token(scope, handler)
        scope.tokens.append(owner)
        self._begin_inside(owner, start)

    def _begin_inside(self, owner: Token, start: Node) -> None:
        """The inside of an event subprocess, from its start event on."""
        self._note("entered", owner)
        owner.inner = Scope("event_subprocess", owner.node.content(), owner.node.id, owner)
        self._listen(owner.inner)
        self._put([Token(owner.inner, start)])

    def _listen(self, scope: Scope) -> None:
        """The event subprocesses of a scope are awaited from its beginning."""
        for handler, start in scope.graph.handlers():
            if start.event is not None and start.event.kind in AWAITED:
                scope.waits.append(Wait(start, None, scope, handler))

    # ---- signals (10.5.5): to all who wait, in the order in which they began to ------------------------------------------

    def _throw_signal(self, name: str) -> None:
        """The thrower goes on before those who catch its signal."""
        before = len(self.fresh)
        for wait in self.waiting_for("signal", name):
            if not wait.gone:
                self._happens(wait)
        self.later, self.fresh = self.fresh[before:], self.fresh[:before]
        self.thrown.append(name)

    def waiting_for(self, kind: str, name: str) -> list[Wait]:
        """The subscriptions to a signal or message, the oldest first."""
        found: list[Wait] = []
        scopes = [self.root]
        while scopes:
            scope = scopes.pop()
            found += scope.waits
            for token in scope.tokens:
                found += token.waits
                if token.inner is not None:
                    scopes.append(token.inner)
        fitting = (wait for wait in found if wait.node.event is not None and (wait.node.event.kind, wait.node.event.name) == (kind, name))
        return sorted(fitting, key=lambda wait: wait.number)

    # ---- errors (10.5.6) -------------------------------------------------------------------------------------------------

    def _throw(self, token: Token, code: str) -> None:
        """An error looks for its handler from the inside out: in each scope its event subprocesses, then the boundary of its owner."""
        if token.node.is_activity and self._caught_at(token, code):
            return
        below, scope = token, token.scope
        while True:
            if scope.kind not in WITHOUT_HANDLERS:
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
        self._left(token)
        if token.index is not None:
            self._instance_ends(token)
        else:
            self._path_ends(token)

    def _caught_at(self, host: Token, code: str) -> bool:
        """Whether a boundary event of the activity catches the error; those of a multi-instance activity hang on its whole body."""
        outside = host.index is not None or host.scope.kind == "compensation"
        event = None if outside else _catching(host.scope.graph.boundary(host.node.id), code)
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
