"""The reference's compensation: what has completed is kept in its scope, and undone backwards (BPMN 2.0, 10.7 and 13.5.5)."""

from __future__ import annotations

from tests.tokens.plain import Graph, Node
from tests.tokens.reach import leads_to
from tests.tokens.reference_flows import Flows
from tests.tokens.reference_state import Record, Scope, Token


class Undoing(Flows):
    """Keeps records of what completed and plays them backwards."""

    def _begin_inside(self, owner: Token, start: Node) -> None:
        raise NotImplementedError

    # ---- what can be undone ----------------------------------------------------------------------------------------------

    def _remember(self, token: Token) -> None:
        """An activity, or one instance of a multi-instance activity, has completed. Of what undoes something nothing is kept."""
        scope = token.scope
        if scope.kind != "compensation" and _handler(scope.graph, token.node) is not None:
            run = scope if token.index is not None else None
            scope.records.append(Record(token.node, scope.graph, dict(self.values), run=run))

    def _hand_up(self, scope: Scope) -> None:
        """A scope has completed: a subprocess can be undone as one, unless its own handler does that."""
        owner = scope.owner
        if owner is None or owner.scope.kind == "compensation" or scope.kind not in {"subprocess", "event_subprocess", "multi_instance"}:
            return
        around = owner.scope
        if scope.kind == "multi_instance":
            around.records += scope.records
        elif _handler(around.graph, owner.node) is None and (scope.records or _compensation_start(scope.graph) is not None):
            run = around if owner.index is not None else None
            around.records.append(Record(owner.node, around.graph, dict(self.values), scope.records, run))
        scope.records = []

    # ---- undoing ---------------------------------------------------------------------------------------------------------

    def _compensate(self, thrower: Token, activity: str | None) -> bool:
        """Begin to undo what completed in the thrower's scope, or one activity there; whether the thrower has to wait for it.

        Out of an event subprocess what is around it is undone as well.
        """
        scopes = [thrower.scope]
        if thrower.scope.kind == "event_subprocess" and thrower.scope.owner is not None:
            scopes.append(thrower.scope.owner.scope)
        chosen = [record for scope in scopes for record in scope.records if activity in {None, record.node.id}]
        if not chosen:
            self._note("passed", thrower)
            return False
        for scope in scopes:
            scope.records = [record for record in scope.records if record not in chosen]
        self._note("entered", thrower)
        thrower.inner = Scope("compensation", thrower.scope.graph, thrower.node.id, thrower, records=chosen)
        self._undo_next(thrower.inner)
        return True

    def _undo_next(self, running: Scope) -> bool:
        """Undo whatever nothing that is still to be undone came after; False where nothing is left."""
        free = [record for record in running.records if not any(_is_first(other, record) for other in running.records)]
        running.records = [record for record in running.records if record not in free]
        for record in sorted(free, key=lambda record: record.number):
            self._undo(running, record)
        return bool(free)

    def _undo(self, running: Scope, record: Record) -> None:
        """By its handler; else by the compensation event subprocess of the subprocess; else by what is inside of it."""
        if record.inner is None:
            handler = _handler(record.graph, record.node)
            if handler is None:
                raise TypeError(f"nothing undoes {record.node.id}")
            self._put([Token(running, handler, recalls=record.values)])
            return
        owner = Token(running, record.node)
        running.tokens.append(owner)
        self._note("entered", owner)
        content = record.node.content()
        owner.inner = inside = Scope("compensation", content, record.node.id, owner, records=record.inner, recalls=record.values)
        own = _compensation_start(content)
        if own is not None:
            handler, start = own
            host = Token(inside, handler)
            inside.tokens.append(host)
            self._begin_inside(host, start)
        elif not self._undo_next(inside):
            self._scope_ends(inside)

    def _goes_on(self, running: Scope) -> bool:
        """Nothing runs in a compensation any more: undo what comes next. An event subprocess has done what it wanted with it."""
        is_whole = running.owner is not None and running.owner.node.kind not in {"intermediateThrowEvent", "endEvent"}
        if is_whole and _compensation_start(running.graph) is not None:
            return False
        return self._undo_next(running)


def _handler(graph: Graph, node: Node) -> Node | None:
    """The activity that undoes another one."""
    events = (event for event in graph.boundary(node.id) if event.undone_by is not None)
    return next((graph.nodes[event.undone_by or ""] for event in events), None)


def _compensation_start(graph: Graph) -> tuple[Node, Node] | None:
    """The compensation event subprocess of a subprocess, with its start event."""
    return next(((h, start) for h, start in graph.handlers() if start.event is not None and start.event.kind == "compensate"), None)


def _is_first(other: Record, record: Record) -> bool:
    """Whether one of two has to be undone before the other (13.5.5): it came behind it, or belongs to an event subprocess inside.

    The instances of a sequential activity waited for each other, those of a parallel one did not. What a boundary event led to came
    behind its host even if it was done first, unless there is a way back.
    """
    graph, here, there = record.graph, record.node, other.node
    if other is record:
        return False
    if other.graph is not graph:
        return any(handler.content() is other.graph for handler, _ in graph.handlers())
    is_later = other.number > record.number
    if record.run is not None and record.run is other.run:
        return is_later and here.loop is not None and here.loop.sequential
    if is_later:
        return leads_to(graph, here.id, there.id)
    by_event = any(leads_to(graph, event.id, there.id) for event in graph.boundary(here.id))
    return by_event and not leads_to(graph, there.id, here.id)
