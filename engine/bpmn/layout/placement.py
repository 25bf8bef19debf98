"""Which column and which row each node of a scope stands in.

Columns are layers: a node stands right of everything that leads to it, flows back not counted. Rows are tracks inside lanes: a node stays
on the track of the node before it where that is free, so that the main path is a straight line, and branches go below.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from engine.bpmn.model import FlowNode, Process


@dataclass(slots=True)
class Placement:
    """Columns and rows of the nodes of one scope. A row is a pair of lane and track."""

    column: dict[str, int] = field(default_factory=dict)
    row: dict[str, tuple[int, int]] = field(default_factory=dict)
    back: set[str] = field(default_factory=set)  # flows that lead back

    def columns(self) -> int:
        """How many columns there are."""
        return max(self.column.values(), default=-1) + 1

    def tracks(self, lane: int) -> int:
        """How many tracks a lane needs: at least one."""
        return max((track for at, track in self.row.values() if at == lane), default=0) + 1


@dataclass(frozen=True, slots=True)
class Link:
    """A flow as the placement sees it: boundary events stand for their hosts."""

    flow: str
    source: str
    target: str
    from_boundary: bool


def place(process: Process, scope: str | None, lane_of: dict[str, int]) -> Placement:
    """Place the nodes directly inside a scope; boundary events and event subprocesses are placed by others."""
    nodes = [node for node in process.children(scope) if node.attached_to is None and not node.triggered_by_event]
    links = _links(process, {node.id for node in nodes})
    placement = Placement()
    placement.back = _back_flows(nodes, links)
    forward = [link for link in links if link.flow not in placement.back]
    placement.column = _columns(nodes, forward)
    _assign_rows(placement, nodes, forward, lane_of)
    return placement


def _links(process: Process, inside: set[str]) -> list[Link]:
    links: list[Link] = []
    for flow in process.flows.values():
        source = process.nodes.get(flow.source)
        if source is None:
            continue
        host = source.attached_to or source.id
        if host in inside and flow.target in inside:
            links.append(Link(flow.id, host, flow.target, source.attached_to is not None))
    return links


def _back_flows(nodes: list[FlowNode], links: list[Link]) -> set[str]:
    """The flows that close a circle when everything is walked from the start, in document order, without recursion."""
    onward: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        onward[link.source].append(link)
    targets = {link.target for link in links}
    roots = [n.id for n in nodes if n.type == "startEvent"] + [n.id for n in nodes if n.id not in targets] + [n.id for n in nodes]
    done: set[str] = set()
    back: set[str] = set()
    for root in roots:
        if root in done:
            continue
        path = {root}
        stack = [(root, iter(onward[root]))]
        while stack:
            name, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                stack.pop()
                path.discard(name)
                done.add(name)
            elif following.target in path:
                back.add(following.flow)
            elif following.target not in done:
                path.add(following.target)
                stack.append((following.target, iter(onward[following.target])))
    return back


def _columns(nodes: list[FlowNode], forward: list[Link]) -> dict[str, int]:
    """Longest path: one column right of the rightmost node before."""
    before: dict[str, set[str]] = {node.id: set() for node in nodes}
    for link in forward:
        before[link.target].add(link.source)
    column: dict[str, int] = {}
    waiting = [node.id for node in nodes]
    while waiting:
        ready = [name for name in waiting if before[name] <= column.keys()]
        for name in ready:
            column[name] = max((column[source] for source in before[name]), default=-1) + 1
        waiting = [name for name in waiting if name not in column]
    return column


def _assign_rows(placement: Placement, nodes: list[FlowNode], forward: list[Link], lane_of: dict[str, int]) -> None:
    into: dict[str, list[Link]] = defaultdict(list)
    for link in forward:
        into[link.target].append(link)
    order = {node.id: position for position, node in enumerate(nodes)}
    flow_order = {link.flow: position for position, link in enumerate(forward)}
    taken: dict[tuple[int, int], set[int]] = defaultdict(set)

    def priority(node: FlowNode) -> tuple[int, int, int]:
        first = min((flow_order[link.flow] for link in into[node.id]), default=-1)
        return placement.column[node.id], first, order[node.id]

    for node in sorted(nodes, key=priority):
        lane = lane_of.get(node.id, 0)
        column = placement.column[node.id]
        wanted, reach = _wanted(placement, into[node.id], lane, column)
        track = wanted
        while taken[lane, track] & (reach if track == wanted else {column}):
            track += 1
        taken[lane, track] |= reach if track == wanted else {column}
        placement.row[node.id] = (lane, track)


def _wanted(placement: Placement, into: list[Link], lane: int, column: int) -> tuple[int, set[int]]:
    """The track that a node would like, and the columns that must be free on it for a straight line."""
    before = [(placement.row[link.source][1] + link.from_boundary, link) for link in into if placement.row[link.source][0] == lane]
    if not before:
        return 0, {column}
    track, link = min(before, key=lambda item: item[0])
    if link.from_boundary:
        return track, {column}
    return track, set(range(placement.column[link.source] + 1, column + 1))
