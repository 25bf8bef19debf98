"""The requirement graph of a file: who requires whom, and that nobody requires itself."""

from __future__ import annotations

from collections.abc import Mapping

from engine.dmn.decisions import Decision, DecisionService, Function, InputData, Node
from engine.dmn.xml import Element, Problems


def refuse_cycles(nodes: Mapping[str, Node], elements: Mapping[str, Element], problems: Problems) -> None:
    """Note each element that requires itself by way of others; a business knowledge model may call itself directly."""
    requires = {key: _required(node) for key, node in nodes.items()}
    done: set[str] = set()
    for start in requires:
        following = _cycle(start, requires, done)
        if following is not None and following in elements:
            element = elements[following]
            problems.add(element, "dmn-cycle", name=element.get("name"))


def _required(node: Node) -> tuple[str, ...]:
    match node:
        case Decision():
            return tuple(one.key for one in (*node.decisions, *node.knowledge))
        case Function():
            return tuple(one.key for one in node.knowledge if one.key != node.id)
        case DecisionService():
            return tuple(one.key for one in node.outputs)
        case InputData():
            return ()


def _cycle(start: str, requires: Mapping[str, tuple[str, ...]], done: set[str]) -> str | None:
    """Walk in depth, without recursion; the first key that is met again on its own path."""
    path: list[tuple[str, list[str]]] = [(start, [*requires.get(start, ())])]
    on_path = {start}
    while path:
        key, left = path[-1]
        if not left:
            done.add(key)
            on_path.discard(key)
            path.pop()
            continue
        following = left.pop()
        if following in on_path:
            return following
        if following not in done and following in requires:
            path.append((following, [*requires[following]]))
            on_path.add(following)
    return None
