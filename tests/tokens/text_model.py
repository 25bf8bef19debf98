"""A small language for hand-made models: one line declares nodes or draws flows, and what is inside a subprocess is indented.

start s
user a b                          # two user tasks; also: manual, task, throw, and, or, xor, choice (event-based), terminate, end
user c parallel 3                 # multi-instance; or: sequential 2, parallel pick; with a completion condition: parallel 3 until b1
receive r M                       # waits for message M; without a name somebody completes it
catch c timer                     # intermediate event; or: catch c message M, catch c signal X
signal x X                        # throws signal X; signal-end x X: at the end
service w throws E1 if b0
fail x E1                         # error end event
sub u:                            # the content is indented; or: transaction u:
event h:                          # an event subprocess; its start: start s message M [aside] / timer [aside] / error [E1] / compensate
undo h of a                       # user task h undoes a; with a colon: h is a subprocess
compensate x of a                 # throws a compensation, of everything without `of`; compensate-end: at the end
cancel x                          # cancel end event of a transaction
call k other                      # calls the process that begins with the line `process other:`
boundary b on a message M aside   # `aside`: not interrupting; or: timer, signal X, error [E1], cancel
a -> b, c -> d                    # flows from a to b and c, and from b and c to d
x -> a if pick = 1                # with a condition
x -> b default
a -> b unnamed                    # the flow gets no id in the file
"""

from __future__ import annotations

from itertools import pairwise

from tests.tokens.plain import Event, Flow, Graph, Loop, Model, Node

KINDS = {
    "start": "startEvent",
    "user": "userTask",
    "manual": "manualTask",
    "task": "task",
    "service": "serviceTask",
    "receive": "receiveTask",
    "catch": "intermediateCatchEvent",
    "throw": "intermediateThrowEvent",
    "and": "parallelGateway",
    "or": "inclusiveGateway",
    "xor": "exclusiveGateway",
    "choice": "eventBasedGateway",
    "end": "endEvent",
    "terminate": "endEvent",
    "fail": "endEvent",
    "sub": "subProcess",
    "transaction": "transaction",
    "signal": "intermediateThrowEvent",
    "signal-end": "endEvent",
    "compensate": "intermediateThrowEvent",
    "compensate-end": "endEvent",
    "cancel": "endEvent",
    "event": "subProcess",
    "call": "callActivity",
    "boundary": "boundaryEvent",
}
THROWN = {"terminate": "terminate", "cancel": "cancel", "fail": "error", "signal": "signal", "signal-end": "signal"}
THROWN |= {"compensate": "compensate", "compensate-end": "compensate"}
PLAIN = frozenset({"manual", "task", "throw", "and", "or", "xor", "choice", "end"})


def parse(text: str) -> Model:
    """The model that a text describes. The first process is called `main`."""
    lines = [line.split("#")[0].rstrip() for line in text.splitlines()]
    model = Model({"main": Graph()})
    open_graphs: list[tuple[int, Graph]] = [(-1, model.processes["main"])]
    for line in filter(None, lines):
        indent, words = len(line) - len(line.lstrip()), line.strip()
        if words.startswith("process "):
            name = words.removeprefix("process ").rstrip(":")
            model.processes[name] = Graph()
            open_graphs = [(indent, model.processes[name])]
            continue
        while len(open_graphs) > 1 and indent <= open_graphs[-1][0]:
            open_graphs.pop()
        graph = open_graphs[-1][1]
        if "->" in words:
            _flows(graph, words)
            continue
        for node in _undo(words) if words.startswith("undo ") else _declare(words.rstrip(":")):
            graph.nodes[node.id] = node
            if node.inside is not None:
                open_graphs.append((indent, node.inside))
    return model


def _undo(words: str) -> list[Node]:
    """A compensation boundary event, and the activity that it leads to."""
    _, name, _, host = words.rstrip(":").split()
    handler = Node(name, "subProcess", inside=Graph(), undoes=True) if words.endswith(":") else Node(name, "userTask", undoes=True)
    return [Node(f"on_{host}", "boundaryEvent", event=Event("compensate"), host=host, undone_by=name), handler]


def _declare(words: str) -> list[Node]:
    words, _, done = words.partition(" until ")
    kind, name, *rest = words.split()
    node = Node(name, KINDS[kind])
    if kind in PLAIN or (kind in {"user", "start"} and not _is_detail(rest)):
        return [node, *(Node(other, KINDS[kind]) for other in rest)]
    node.loop, rest = _loop(rest, done or None)
    if kind in THROWN:
        node.event = Event(THROWN[kind], rest[-1] if rest else None)
    elif kind in {"sub", "event", "transaction"}:
        node.inside, node.by_event = Graph(), kind == "event"
    elif kind == "call":
        node.calls = rest[0]
    elif kind == "receive":
        node.event = Event("message", rest[0]) if rest else None
    elif kind == "service" and rest:
        node.throws = (rest[3], rest[1])
    elif kind == "boundary":
        node.host, rest = rest[1], rest[2:]
    if kind in {"boundary", "catch", "start"} and rest:
        node.interrupting = "aside" not in rest
        names = [word for word in rest[1:] if word != "aside"]
        node.event = Event(rest[0], names[0] if names else None)
    return [node]


def _is_detail(rest: list[str]) -> bool:
    return bool(rest) and rest[0] in {"parallel", "sequential", "message", "timer", "signal", "error", "compensate"}


def _loop(rest: list[str], done: str | None) -> tuple[Loop | None, list[str]]:
    """The multi-instance words, which come last, and the words before them."""
    if len(rest) < 2 or rest[-2] not in {"parallel", "sequential"}:
        return None, rest
    how, count = rest[-2:]
    return Loop(int(count) if count.isdigit() else 0, how == "sequential", None if count.isdigit() else count, done), rest[:-2]


def _flows(graph: Graph, words: str) -> None:
    """`a -> b, c -> d`, with what is said about the flows at the end."""
    path, _, condition = words.partition(" if ")
    default, unnamed = path.endswith(" default"), path.endswith(" unnamed")
    path = path.removesuffix(" default").removesuffix(" unnamed")
    groups = [[name.strip() for name in part.split(",")] for part in path.split("->")]
    for sources, targets in pairwise(groups):
        for source in sources:
            for target in targets:
                ident = f"{source}_{target}_{sum(1 for flow in graph.flows if (flow.source, flow.target) == (source, target))}"
                graph.flows.append(Flow(ident, source, target, condition.strip() or None, written=not unnamed))
                if default:
                    graph.nodes[source].default = ident
