"""What the checks call things, as phrases: kinds of events, where they stand, what an expression is of."""

from __future__ import annotations

from typing import Final

from engine.bpmn.model import EventKind
from engine.phrases import Phrase

_NO_KIND: Final = Phrase("none")
_KINDS: Final = {
    EventKind.MESSAGE: Phrase("message"),
    EventKind.TIMER: Phrase("timer"),
    EventKind.ERROR: Phrase("error"),
    EventKind.TERMINATE: Phrase("terminate"),
    EventKind.SIGNAL: Phrase("signal"),
    EventKind.ESCALATION: Phrase("escalation"),
    EventKind.CONDITIONAL: Phrase("conditional"),
    EventKind.LINK: Phrase("link"),
    EventKind.COMPENSATION: Phrase("compensate"),
    EventKind.CANCEL: Phrase("cancel"),
}

REFERRED: Final = {
    "message": Phrase("message"),
    "error": Phrase("error"),
    "signal": Phrase("signal"),
    "escalation": Phrase("escalation"),
    "process": Phrase("process"),
    "categoryValue": Phrase("category value"),
    "eventDefinition": Phrase("event definition"),
    "activity": Phrase("activity"),
}
"""What an attribute may refer to."""

PLACES: Final[dict[str, Phrase]] = {
    it: it
    for it in (
        Phrase("start of a process"),
        Phrase("start of a subprocess"),
        Phrase("start of an event subprocess"),
        Phrase("intermediate catch event"),
        Phrase("intermediate throw event"),
        Phrase("boundary event"),
        Phrase("end event"),
    )
}
"""Where an event may stand."""

_EXPRESSIONS: Final[dict[str, Phrase]] = {
    it: it
    for it in (
        Phrase("subject"),
        Phrase("condition"),
        Phrase("completion condition"),
        Phrase("timer"),
        Phrase("cardinality"),
        Phrase("collection"),
        Phrase("expression"),
        Phrase("script"),
        Phrase("version"),
        Phrase("business key"),
    )
}
_EXPRESSION_PLACES: Final[dict[str, Phrase]] = {**{str(it): word for it, word in _KINDS.items()}, **_EXPRESSIONS}


def kind_word(kind: EventKind | None) -> Phrase:
    """What an event is called after what it catches or throws."""
    return _KINDS[kind] if kind else _NO_KIND


def place_word(place: str) -> str:
    """What an expression is of; an attribute keeps its name."""
    return _EXPRESSION_PLACES.get(place, place)
