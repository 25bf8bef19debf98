"""Reading the timeline of a case part by part: a case that has gone round ten thousand times opens as fast as a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for

from app.cases.foretold import beyond
from app.cases.naming import ending
from app.cases.timeline import Story
from app.services import services
from app.tasks.model import Entry, Timeline

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine import Actor, Case, CaseView, Definition, HistoryEntry, Standing

_FIRST = 20  # entries of the history that a page begins with
_EARLIER = 50
_MOST_EXPECTED = 2


def read_timeline(actor: Actor, view: CaseView, standing: Standing, *, everything: bool = False) -> Timeline:
    """What is expected, what waits and the newest of what happened. `everything`: with all values before and after, for who sees all."""
    engine = services().engine
    entries = engine.history.entries(actor, view.case.id, limit=_FIRST)
    story = story_of(actor, view.case, view.definition, entries, everything=everything)
    happened = story.happened(entries)
    if view.case.ended_at is not None:
        return Timeline(tuple(happened), _earlier(view, entries, _FIRST))
    found = engine.instances.expected(actor, view.case.id)
    coming = story.expected(found.expected[:_MOST_EXPECTED])
    if len(found.expected) < _MOST_EXPECTED and (open_end := beyond(found)):
        coming.append(Entry("expected", "", "", detail=open_end))
    return Timeline((*coming, *story.waiting(standing), *happened), _earlier(view, entries, _FIRST))


def read_earlier(actor: Actor, view: CaseView, before: int, *, everything: bool = False) -> Timeline:
    """What happened before an entry."""
    entries = services().engine.history.entries(actor, view.case.id, before, _EARLIER)
    story = story_of(actor, view.case, view.definition, entries, everything=everything)
    return Timeline(tuple(story.happened(entries)), _earlier(view, entries, _EARLIER))


def _earlier(view: CaseView, entries: Sequence[HistoryEntry], asked: int) -> str | None:
    if len(entries) < asked or entries[-1].seq == 1:
        return None
    return url_for("cases.earlier", case_id=view.case.number or view.case.id, before=entries[-1].seq)


def story_of(actor: Actor, case: Case, definition: Definition, entries: Iterable[HistoryEntry], *, everything: bool) -> Story:
    """A teller who knows the called cases that these entries speak of, and what the reader may read of them."""
    engine = services().engine
    named = {str(fields[key]) for entry in entries for _, fields in entry.events for key in ("scope", "instance") if fields.get(key)}
    readable = engine.instances.readable(actor, case.id, named - {case.id})
    called = {it.id: engine.definitions.get(it.definition_id) for it in readable.cases.values()}
    may_see, in_called = (None, None) if everything else (readable.own.may_see, readable.in_called)
    return Story(actor, case.id, definition, may_see, in_called, called, ending(case))
