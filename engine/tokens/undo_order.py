"""In which order what has completed is undone (BPMN 2.0, 13.5.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.bpmn.model import FlowNode, Process
    from engine.tokens.state import Subscription


@dataclass(frozen=True, slots=True)
class UndoOrder:
    """Looks up in a process what waited for what. What did not wait for each other is undone at once."""

    process: Process

    def comes_before(self, other: Subscription, row: Subscription) -> bool:
        """Whether `other` has to be undone before `row`. Ids rise, so the one that completed later has the greater id.

        Backwards along the flows; the instances of a loop or a sequential multi-instance activity in reverse order, those of a parallel
        one together; in an ad-hoc subprocess what began after the other had completed; what a boundary event led to before its host, even
        where that completed later; and what an event subprocess did before what is around it.
        """
        later, here, there = other.id > row.id, self.process.nodes[row.element_id], self.process.nodes[other.element_id]
        if here.scope != there.scope:
            return self._is_around(here, there)
        if here.id == there.id and here.loop and other.name == row.name:
            return later and here.loop.sequential
        if not later:
            return self._leads([it.id for it in self.process.boundary_events(here.id)], there.id) and not self._leads([there.id], here.id)
        return (self._is_ad_hoc(here) and other.name > row.id) or self._leads([here.id], there.id)

    def _is_around(self, here: FlowNode, there: FlowNode) -> bool:
        return there.scope is not None and self.process.nodes[there.scope].scope == here.scope

    def _is_ad_hoc(self, node: FlowNode) -> bool:
        return node.scope is not None and self.process.nodes[node.scope].ad_hoc is not None

    def _leads(self, sources: Iterable[str], target: str) -> bool:
        """Whether a token that leaves one of these nodes may come to `target`."""
        seen: set[str] = set()
        todo = list(sources)
        while todo:
            node = self.process.nodes[todo.pop()]
            onward = [self.process.flows[flow].target for flow in node.outgoing]
            onward += [event.id for event in self.process.boundary_events(node.id)]
            if target in onward:
                return True
            todo += [it for it in onward if it not in seen]
            seen.update(onward)
        return False
