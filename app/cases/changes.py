"""The values that an entry of the history has changed, as the timeline shows them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from app.cases.decided import decision_label, show_result, words_of
from app.cases.naming import label_of, labels_of
from app.cases.values import is_empty, show_field, stored_value
from app.tasks.model import Change

if TYPE_CHECKING:
    from app.cases.timeline import Story
    from engine import DecisionWords, HistoryEntry

Fields = Mapping[str, Any]


def changes_of(story: Story, entry: HistoryEntry) -> tuple[Change, ...]:
    """What an entry changed, as far as it is told to the reader of the story. What was decided at a step stands in its line already."""
    completed = [str(fields["element"]) for name, fields in entry.events if name == "UserTaskCompleted"]
    said = {f"{element}_{what}" for element in completed for what in ("outcome", "reason")}
    decided = decided_in(story, entry)
    found = []
    for name, fields in entry.events:
        if name == "VariableChanged" and fields["name"] not in said and _tells(story, entry, fields):
            change = _change(story, fields, decided.get(str(fields["name"])))
            found += [change] if change and change not in found else []  # a customer is an id and a name, and reads the same
    return tuple(found)


def decided_in(story: Story, entry: HistoryEntry) -> dict[str, DecisionWords]:
    """The variables that decisions have answered into, with the words of these decisions."""
    found = {}
    for name, fields in entry.events:
        words = words_of(str(fields["decision"])) if name == "DecisionEvaluated" else None
        if words is not None:
            element = str(fields["element"])
            service = story.version_of(element).process.nodes[element].service
            found[(service and service.result_variable) or ""] = words
    return found


def _change(story: Story, fields: Fields, words: DecisionWords | None) -> Change | None:
    """A value before and after; nothing where a field was left empty. `words`: of the decision that answered with it."""
    definition = story.called.get(fields["scope"], story.definition)
    name, after = str(fields["name"]), stored_value(fields["after"])
    before = stored_value(fields["before"]) if fields.get("before") else None
    if is_empty(after) and is_empty(before):
        return None
    show = partial(show_result, definition, words) if words else partial(show_field, definition, name)
    label = decision_label(words) if words else label_of(definition, name)
    return Change(label, "" if is_empty(before) else show(before), show(after))


def _tells(story: Story, entry: HistoryEntry, fields: Fields) -> bool:
    """Who sees everything sees every value; others what was changed of the form, not the request itself: that stands beside.

    Lists and contexts may hold columns that are hidden from a reader: only who sees everything sees them here.
    """
    if story.visible is None:
        return True
    begins = any(name == "InstanceStarted" and started["instance"] == story.case_id for name, started in entry.events)
    is_told = fields["name"] in labels_of(story.definition) and story.visible(str(fields["name"]))
    return not begins and is_told and fields["after"][0] != "Json"
