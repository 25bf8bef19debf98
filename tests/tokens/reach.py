"""When an inclusive gateway may go on: BPMN 2.0, 13.4.3, by walking the graph each time."""

from __future__ import annotations

from tests.tokens.plain import Flow, Graph, Node


def may_join(graph: Graph, join: Node, full: list[Flow], elsewhere: set[str]) -> bool:
    """Whether `join`, with tokens on the flows `full`, need not wait for any token at the nodes `elsewhere`.

    It waits for a token that can come in by an empty flow without passing the join, unless the same token can also come in by a full one.
    """
    waiting_on = {flow.id for flow in full}
    for node in elsewhere:
        arrives_by = {flow.id for flow in _flows_from(graph, node, join.id) if flow.target == join.id}
        if arrives_by and not arrives_by & waiting_on:
            return False
    return True


def leads_to(graph: Graph, node: str, other: str) -> bool:
    """Whether a token that leaves `node` can come to `other`."""
    return any(flow.target == other for flow in _flows_from(graph, node, ""))


def _flows_from(graph: Graph, node: str, join: str) -> list[Flow]:
    """Every flow that a token at `node` can take, now or later, before it passes the join. A host's boundary events lead on too."""
    found: list[Flow] = []
    seen: set[str] = set()
    todo = [node]
    while todo:
        here = todo.pop()
        if here in seen or here == join:
            continue
        seen.add(here)
        todo += [event.id for event in graph.boundary(here)]
        for flow in graph.outgoing(here):
            found.append(flow)
            todo.append(flow.target)
    return found
