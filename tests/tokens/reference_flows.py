"""The reference's agenda, sequence flows and gateways: BPMN 2.0, 13.3.3 and 13.4."""

from __future__ import annotations

from collections import Counter

from tests.tokens.plain import Flow, Model, Node, Values, is_true
from tests.tokens.reach import may_join
from tests.tokens.reference_state import MOST_MOVES, FaultError, Scope, Token, TooLongError, Wait


class Flows:
    """Moves tokens along sequence flows and through gateways. `values` are the variables that conditions read."""

    def __init__(self, model: Model, values: Values, process: str | None = None) -> None:
        self.model = model
        self.values = values
        self.agenda: list[Token] = []
        self.fresh: list[Token] = []  # what the present move puts on the agenda
        self.later: list[Token] = []  # … below that: handlers of what was thrown
        self.moves = 0
        self.happened: Counter[tuple[str, str]] = Counter()  # (entered, left, cancelled or passed; element), in the last action
        self.flows_taken: set[str] = set()
        self.thrown: list[str] = []  # signals for other cases
        self.root = Scope("instance", model.processes[process or model.main])

    def _activity_begins(self, token: Token) -> None:
        raise NotImplementedError

    def _event_happens(self, token: Token) -> None:
        raise NotImplementedError

    def _scope_ends(self, scope: Scope) -> None:
        raise NotImplementedError

    # ---- the agenda ------------------------------------------------------------------------------------------------------

    def _begin_action(self) -> None:
        self.moves = 0
        self.happened.clear()
        self.flows_taken.clear()
        self.thrown.clear()

    def _run(self) -> None:
        """Move until everything waits."""
        while True:
            self.agenda += [*reversed(self.later), *reversed(self.fresh)]
            self.later.clear()
            self.fresh.clear()
            if self.agenda:
                token = self.agenda.pop()
                if not token.gone:
                    self._enter(token)
            elif not self._join_somewhere(self.root):
                return

    def _put(self, tokens: list[Token]) -> None:
        """Let tokens move: those of one move in the order in which they were put."""
        for token in tokens:
            token.scope.tokens.append(token)
        self.fresh += tokens

    def _remove(self, token: Token) -> None:
        token.gone = True
        token.scope.tokens.remove(token)
        for wait in token.waits:
            wait.gone = True
        token.waits.clear()

    def _path_ends(self, token: Token) -> None:
        """A token is consumed; the last one completes its scope."""
        self._remove(token)
        if not token.scope.tokens:
            self._scope_ends(token.scope)

    # ---- what the history is told ----------------------------------------------------------------------------------------

    def _note(self, what: str, token: Token) -> None:
        """`token` came to a node and waits (entered) or does not (passed), or what waited was left or cancelled."""
        token.entered = what == "entered"
        self.happened[what, token.node.id] += 1
        if token.flow is not None and token.flow.written and what in {"entered", "passed"} and token.node.loop is None:
            self.flows_taken.add(token.flow.id)

    def _left(self, token: Token) -> None:
        if token.entered:
            self._note("left", token)

    # ---- flows (13.3.3) --------------------------------------------------------------------------------------------------

    def _leave(self, token: Token) -> None:
        self._left(token)
        if token.scope.kind == "compensation":
            self._path_ends(token)  # what undoes, or is undone, leads nowhere
        else:
            self._take(token, self._chosen(token))

    def _take(self, token: Token, flows: list[Flow], *, passed: bool = False) -> None:
        """One new token for each flow. `passed`: the node at the end of the flow has just happened and is left at once."""
        if passed:
            self._left(token)
        scope = token.scope
        made = [Token(scope, scope.graph.nodes[flow.target], flow) for flow in flows]
        if passed:
            for child in made:
                scope.tokens.append(child)
                self._note("passed", child)
                self._leave(child)
        else:
            self._put(made)
        self._path_ends(token)

    def _chosen(self, token: Token) -> list[Flow]:
        """The flows that are taken: all of them, or those whose condition is true, the default if none is (13.4)."""
        node, flows = token.node, token.scope.graph.outgoing(token.node.id)
        if not flows or node.kind in {"parallelGateway", "startEvent"}:
            return flows
        normal = [flow for flow in flows if flow.id != node.default]
        true = [flow for flow in normal if flow.condition is None or is_true(flow.condition, self.values)]
        if node.kind == "exclusiveGateway":
            true = true[:1]
        if not true:
            true = [flow for flow in flows if flow.id == node.default]
        if not true:
            raise FaultError(f"no flow out of {node.id} is true")
        return true

    # ---- entering a node -------------------------------------------------------------------------------------------------

    def _enter(self, token: Token) -> None:
        self.moves += 1
        if self.moves > MOST_MOVES:
            raise TooLongError
        node = token.node
        if node.kind in {"parallelGateway", "inclusiveGateway"} and len(token.scope.graph.incoming(node.id)) > 1:
            token.joining = True
            self._note("passed", token)
            if node.kind == "parallelGateway":
                self._join(token.scope, node)
            return
        if node.is_activity:
            self._activity_begins(token)
        elif node.kind in {"endEvent", "intermediateThrowEvent"}:
            self._event_happens(token)
        elif node.kind in {"eventBasedGateway", "intermediateCatchEvent"}:
            self._note("entered", token)
            targets = [token.scope.graph.nodes[flow.target] for flow in token.scope.graph.outgoing(node.id)]
            token.waits = [Wait(event, token, token.scope) for event in ([node] if node.event else targets)]
        else:
            self._note("passed", token)
            self._leave(token)

    # ---- joins (13.4.1, 13.4.3) ------------------------------------------------------------------------------------------

    def _join(self, scope: Scope, node: Node) -> bool:
        """A parallel join goes on with one token from each incoming flow; what is more stays."""
        return self._consume(scope, node, scope.graph.incoming(node.id))

    def _consume(self, scope: Scope, node: Node, flows: list[Flow]) -> bool:
        first = [next((t for t in scope.tokens if t.joining and t.node is node and t.flow is flow), None) for flow in flows]
        taken = [token for token in first if token is not None]
        if len(taken) < len(flows):
            return False
        going = taken[-1]
        for token in taken[:-1]:
            self._remove(token)
        going.joining = False
        self._leave(going)
        return True

    def _join_somewhere(self, scope: Scope) -> bool:
        """Activate one inclusive join that may go on: outer scopes first, joins in document order."""
        for node in scope.graph.nodes.values() if scope.kind != "multi_instance" else ():
            if node.kind == "inclusiveGateway":
                waiting = [token for token in scope.tokens if token.joining and token.node is node]
                full = [flow for flow in scope.graph.incoming(node.id) if any(token.flow is flow for token in waiting)]
                if waiting and may_join(scope.graph, node, full, {t.node.id for t in scope.tokens if t.node is not node}):
                    return self._consume(scope, node, full)
        return any(self._join_somewhere(token.inner) for token in list(scope.tokens) if token.inner is not None)
