"""Processes that call each other in a circle would never come to an end."""

from __future__ import annotations

from collections.abc import Callable

from engine.bpmn.checks.findings import Findings
from engine.bpmn.checks.people import is_literal
from engine.bpmn.model import FlowNode, Model, Process
from engine.errors import ModelProblem


def call_cycles(model: Model, resolve: Callable[[str], Process | None]) -> list[ModelProblem]:
    """Call activities of a file from which, call by call, their own process is called again.

    `resolve` gives the process of a key as it will be called: the one of the same deployment, else the deployed one, else None. A called
    element that is computed is followed when it runs: the limit of the depth of calls is the guard there.
    """
    findings = Findings(model)
    for process in model.processes.values():
        for node, key in _calls(process):
            circle = _way_back(key, process.id, resolve)
            if circle is not None:
                findings.error("call-cycle", node, circle=" → ".join([process.id, *circle]))
    return findings.problems


def _calls(process: Process) -> list[tuple[FlowNode, str]]:
    found = ((node, node.call.called_element) for node in process.nodes.values() if node.call is not None)
    return [(node, called.source) for node, called in found if called.source and is_literal(called)]


def _way_back(start: str, home: str, resolve: Callable[[str], Process | None]) -> list[str] | None:
    """The keys from `start` to `home`, both included, or None where no calls lead there."""
    ways = [[start]]
    seen = {start}
    while ways:
        way = ways.pop()
        if way[-1] == home:
            return way
        process = resolve(way[-1])
        for _, key in [] if process is None else _calls(process):
            if key == home:
                return [*way, home]
            if key not in seen:
                seen.add(key)
                ways.append([*way, key])
    return None
