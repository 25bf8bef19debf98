"""A process as plain data: what the generator and the hand-made cases write, and what the reference plays.

It knows neither BPMN XML nor the engine's own model, so that a mistake in either cannot hide in both sides of a comparison.
"""

from __future__ import annotations

from dataclasses import dataclass, field

WAITS_FOR_PEOPLE = frozenset({"userTask"})
RUNS_BY_ITSELF = frozenset({"manualTask", "serviceTask", "task"})
SUBPROCESSES = frozenset({"subProcess", "transaction"})
ACTIVITIES = WAITS_FOR_PEOPLE | RUNS_BY_ITSELF | SUBPROCESSES | {"receiveTask", "callActivity"}


@dataclass(frozen=True)
class Event:
    """What an event catches or throws: `kind` is message, timer, signal, error, terminate, compensate or cancel.

    `name` is that of a message or signal, an error code, or the activity that is to be compensated.
    """

    kind: str
    name: str | None = None


@dataclass(frozen=True)
class Loop:
    """Multi-instance: how many, and one after the other or all at once. `variable` replaces `count` by the value of a variable.

    `done`: the completion condition, over the variables and the counters of the standard.
    """

    count: int
    sequential: bool
    variable: str | None = None
    done: str | None = None


@dataclass
class Node:
    """A flow node; `kind` is the name of the BPMN element. `inside` is the content of a subprocess."""

    id: str
    kind: str
    event: Event | None = None
    host: str | None = None  # boundary events: the activity they are attached to
    interrupting: bool = True
    inside: Graph | None = None
    by_event: bool = False  # an event subprocess
    loop: Loop | None = None
    calls: str | None = None
    default: str | None = None
    throws: tuple[str, str] | None = None  # service tasks: (variable, error code), thrown while the variable is true
    undone_by: str | None = None  # compensation boundary events: the activity that undoes the host
    undoes: bool = False  # an activity for compensation: no flow leads to it

    @property
    def is_activity(self) -> bool:
        """Whether the node is a task, a call activity or an embedded subprocess."""
        return self.kind in ACTIVITIES and not self.by_event

    @property
    def begun_otherwise(self) -> bool:
        """Whether something other than a flow, or the beginning of its scope, puts tokens here."""
        return self.kind in {"startEvent", "boundaryEvent"} or self.by_event or self.undoes

    def content(self) -> Graph:
        """What is inside this subprocess."""
        if self.inside is None:
            raise TypeError(f"{self.id} is not a subprocess")
        return self.inside

    def __deepcopy__(self, memo: object) -> Node:
        """Models are shared between copies of a game."""
        return self


@dataclass(frozen=True)
class Flow:
    """A sequence flow. `condition` is FEEL of the small kind that `is_true` knows; without `written` the file gives the flow no id."""

    id: str
    source: str
    target: str
    condition: str | None = None
    written: bool = True

    def __deepcopy__(self, memo: object) -> Flow:
        """Models are shared between copies of a game."""
        return self


@dataclass
class Graph:
    """The content of a process or subprocess, in document order."""

    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)

    def __deepcopy__(self, memo: object) -> Graph:
        """Models are shared between copies of a game."""
        return self

    def outgoing(self, node: str) -> list[Flow]:
        """The flows out of a node, in document order."""
        return [flow for flow in self.flows if flow.source == node]

    def incoming(self, node: str) -> list[Flow]:
        """The flows into a node, in document order."""
        return [flow for flow in self.flows if flow.target == node]

    def boundary(self, host: str) -> list[Node]:
        """The boundary events of an activity, in document order."""
        return [node for node in self.nodes.values() if node.host == host]

    def handlers(self) -> list[tuple[Node, Node]]:
        """The event subprocesses, each with its start event, in document order."""
        return [(node, start) for node in self.nodes.values() if node.by_event for start in node.content().starts()]

    def starts(self) -> list[Node]:
        """The start events, in document order."""
        return [node for node in self.nodes.values() if node.kind == "startEvent"]

    def every_node(self) -> list[Node]:
        """The nodes of this graph and of all graphs inside it."""
        found = []
        for node in self.nodes.values():
            found.append(node)
            if node.inside is not None:
                found += node.inside.every_node()
        return found

    def every_flow(self) -> list[Flow]:
        """The flows of this graph and of all graphs inside it."""
        return self.flows + [flow for node in self.nodes.values() if node.inside is not None for flow in node.inside.every_flow()]


@dataclass
class Model:
    """One file: its processes by id. The first one is the one that is started."""

    processes: dict[str, Graph] = field(default_factory=dict)

    @property
    def main(self) -> str:
        """The id of the process that is started."""
        return next(iter(self.processes))

    def every_node(self) -> list[Node]:
        """All nodes of all processes."""
        return [node for graph in self.processes.values() for node in graph.every_node()]

    def every_flow(self) -> list[Flow]:
        """All flows of all processes."""
        return [flow for graph in self.processes.values() for flow in graph.every_flow()]


Values = dict[str, int | bool]

START_VALUES: Values = {"pick": 0, "b0": False, "b1": False, "b2": False, "again": False}


def is_true(condition: str, values: Values) -> bool:
    """Whether a condition holds: `pick = 1`, `nrOfInstances >= 2`, `b1`, `not(b1)`. Written as FEEL into the file, evaluated here by hand.

    What reads a variable that is not there is neither true nor false (null in FEEL), so it does not hold.
    """
    if condition.startswith("not("):
        return values.get(condition[4:-1]) is False
    if ">=" in condition:
        name, least = condition.split(">=")
        return name.strip() in values and values[name.strip()] >= int(least)
    if "=" in condition:
        name, wanted = condition.split("=")
        return values.get(name.strip()) == int(wanted)
    return values.get(condition) is True
