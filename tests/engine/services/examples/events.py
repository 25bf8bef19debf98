"""Examples for the table of events: what runs is played, an empty place is refused, and so is what the text around the table refuses."""

from __future__ import annotations

from tests.engine.bpmn.builder import definitions, element, flow, process
from tests.engine.services.examples.example import Examples, Refused, Runs
from tests.engine.services.examples.parts import (
    COMPENSATION,
    CONDITION,
    DECLARED,
    END,
    ERROR,
    ESCALATION,
    MESSAGE,
    SIGNAL,
    START,
    TIMER,
    UNDO,
    A,
    B,
    event,
    flows,
    model,
    straight,
    sub,
    undoable,
    undoable_model,
)

DEFINITIONS = {"message": MESSAGE, "timer": TIMER, "signal": SIGNAL, "conditional": CONDITION, "escalation": ESCALATION, "error": ERROR}
COMES = {
    "message": "message M",
    "timer": "job",
    "signal": "signal X",
    "conditional": "set n=1",
    "escalation": "escalate a UP",
    "error": "fail a BAD",
}
"""What lets the event happen, by its kind."""

COLUMNS = {
    "start of a process": "startEvent", "of an event subprocess": "startEvent", "catch": "intermediateCatchEvent",
    "throw": "intermediateThrowEvent", "boundary": "boundaryEvent", "end": "endEvent",
}  # fmt: skip
ASIDE = {"message", "timer", "signal", "conditional", "escalation"}


def begins(kind: str) -> Runs:
    """A process that begins by the event."""
    steps = {"timer": "job", "conditional": "condition n=1"}.get(kind, COMES[kind])
    definition = TIMER.replace("PT1H", "R1/PT1H").replace("timeDuration", "timeCycle") if kind == "timer" else DEFINITIONS[kind]
    return Runs(
        model(event("startEvent", "begin", definition), A, END, "begin > a", "a > e", before=DECLARED), f"{steps}\na", passes="begin a e"
    )


def handled(kind: str, *, interrupts: bool) -> Runs:
    """An event subprocess beside a task: where it interrupts, the task is gone."""
    start = event("startEvent", "hs", DEFINITIONS[kind], f'isInterrupting="{str(interrupts).lower()}"')
    handler = sub("h", start + B + flows("hs > b"), attributes='triggeredByEvent="true"')
    opened = "open b\nb" if interrupts else "open a b\na\nb"
    return Runs(straight(A, handler, ids="a"), f"{COMES[kind]}\n{opened}", passes="h hs b", variables={"n": 0})


def caught(kind: str) -> Runs:
    """An intermediate catch event."""
    return Runs(straight(event("intermediateCatchEvent", "c", DEFINITIONS[kind]), ids="c"), COMES[kind], passes="c e", variables={"n": 0})


def at_border(kind: str, *, interrupts: bool) -> Runs:
    """A boundary event."""
    boundary = event("boundaryEvent", "c", DEFINITIONS[kind], f'attachedToRef="a" cancelActivity="{str(interrupts).lower()}"')
    opened = "open b\nb" if interrupts else "open a b\na\nb"
    text = model(START, A, boundary, B, END, "s > a", "a > e", "c > b", "b > e", before=DECLARED)
    return Runs(text, f"{COMES[kind]}\n{opened}", passes="c b e", variables={"n": 0})


def thrown(kind: str, element_name: str) -> Runs:
    """A throw or end event inside of a subprocess, whose border catches what can be caught there."""
    last = flows("i > t") if element_name == "endEvent" else flows("i > t", "t > j") + '<endEvent id="j"/>'
    inside = sub("u", f'<startEvent id="i"/>{event(element_name, "t", DEFINITIONS[kind])}{last}')
    if kind in {"message", "signal"}:
        return Runs(straight(inside, ids="u"), passes="u t e")
    boundary = event("boundaryEvent", "c", DEFINITIONS[kind], 'attachedToRef="u"')
    return Runs(model(START, inside, boundary, B, END, "s > u", "u > e", "c > b", "b > e", before=DECLARED), "b", passes="t c b e")


def undone(element_name: str) -> Runs:
    """A compensation event that undoes a task."""
    if element_name == "endEvent":
        end = event("endEvent", "e", COMPENSATION)
        return Runs(undoable_model(START, undoable("a"), end, "s > a", "a > e"), "a\nundo_a", passes="a e undo_a")
    return Runs(undoable_model(START, undoable("a"), UNDO, END, "s > a", "a > undo", "undo > e"), "a\nundo_a", passes="a undo undo_a")


LINKS = [
    Runs(
        model(
            START,
            event("intermediateThrowEvent", "t", '<linkEventDefinition name="on"/>'),
            event("intermediateCatchEvent", "c", '<linkEventDefinition name="on"/>'),
            A,
            END,
            "s > t",
            "c > a",
            "a > e",
        ),
        "a",
        passes="t c a e",
    )
]
UNDOES_ITSELF = Runs(
    undoable_model(
        START,
        sub(
            "u",
            undoable("a") + sub("h", event("startEvent", "hs", COMPENSATION) + B + flows("hs > b"), attributes='triggeredByEvent="true"'),
        ),
        UNDO,
        END,
        "s > u",
        "u > undo",
        "undo > e",
    ),
    "a\nb",
    passes="u undo h hs b e",
)
CANCELS = Runs(
    undoable_model(
        START,
        sub("t", f'<startEvent id="i"/>{A}{event("endEvent", "no", "<cancelEventDefinition/>")}' + flows("i > a", "a > no"), "transaction"),
        event("boundaryEvent", "away", "<cancelEventDefinition/>", 'attachedToRef="t"'),
        B,
        END,
        "s > t",
        "t > e",
        "away > b",
        "b > e",
    ),
    "a\nb",
    passes="t no away b e",
)
TERMINATES = Runs(
    model(
        START,
        '<parallelGateway id="g"/>',
        A,
        B,
        event("endEvent", "stop", "<terminateEventDefinition/>"),
        END,
        "s > g",
        "g > a",
        "g > b",
        "a > stop",
        "b > e",
    ),
    "open a b\na",
    passes="g a stop",
)
SEVERAL = Runs(straight(event("intermediateCatchEvent", "c", MESSAGE + TIMER + SIGNAL), ids="c"), "signal X", passes="c e")

EXAMPLES: Examples = {
    "none | start of a process": [Runs(straight(A, ids="a"), "a", passes="s a e")],
    "none | throw": [Runs(straight('<intermediateThrowEvent id="t"/>', ids="t"), passes="t e")],
    "none | end": [Runs(straight(A, ids="a"), "a", passes="e")],
    **{f"{kind} | start of a process": [begins(kind)] for kind in ("message", "timer", "signal", "conditional")},
    **{
        f"{kind} | of an event subprocess": [handled(kind, interrupts=how) for how in ((True, False) if kind in ASIDE else (True,))]
        for kind in DEFINITIONS
    },
    **{f"{kind} | catch": [caught(kind)] for kind in ("message", "timer", "signal", "conditional")},
    **{f"{kind} | throw": [thrown(kind, "intermediateThrowEvent")] for kind in ("message", "signal", "escalation")},
    **{
        f"{kind} | boundary": [at_border(kind, interrupts=how) for how in ((True, False) if kind in ASIDE else (True,))]
        for kind in DEFINITIONS
    },
    **{f"{kind} | end": [thrown(kind, "endEvent")] for kind in ("message", "signal", "escalation", "error")},
    "link | catch": LINKS,
    "link | throw": LINKS,
    "compensation | of an event subprocess": [UNDOES_ITSELF],
    "compensation | throw": [undone("intermediateThrowEvent")],
    "compensation | boundary": [undone("intermediateThrowEvent")],
    "compensation | end": [undone("endEvent")],
    "cancel | boundary": [CANCELS],
    "cancel | end": [CANCELS],
    "terminate | end": [TERMINATES],
}


def refused(kind: str, column: str) -> Refused:
    """The event where its place in the table is empty."""
    name = {"compensation": "compensate"}.get(kind, kind)
    inside = {"conditional": element("condition", "a"), "timer": element("timeDuration", "PT1H")}.get(kind, "")
    attributes = {"link": {"name": "l"}, "error": {"errorRef": "E"}, "escalation": {"escalationRef": "U"}}.get(kind, {})
    definition = "" if kind == "none" else element(f"{name}EventDefinition", inside, **attributes)
    host = {"attachedToRef": "t"} if column == "boundary" else {}
    it = element(COLUMNS[column], definition, id="it", **host)
    declared = (element("error", id="E", errorCode="e"), element("escalation", id="U", escalationCode="u"))
    if column == "of an event subprocess":
        it = element("subProcess", it, id="sub", triggeredByEvent="true")
    parts = "\n".join((element("startEvent", id="s"), element("userTask", id="t", camunda__assignee="kermit"), flow("s", "t"), it))
    reached = flow("t", "it") if column in {"catch", "throw", "end"} else ""
    return Refused(definitions(*declared, process(parts, reached)), "")
