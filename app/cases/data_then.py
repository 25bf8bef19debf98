"""The data of a case as they were at a moment: by the names of its fields, as far as the reader may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.cases.changes import decided_in
from app.cases.decided import decision_label, show_result
from app.cases.naming import label_of, labels_of, step_name
from app.cases.values import is_empty, show_field, stored_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.cases.timeline import Story
    from engine import DecisionWords, HistoryEntry, StoredValue

Shown = tuple[str, str]
"""What a field is called, and its value."""


def shown_values(story: Story, values: Mapping[str, StoredValue]) -> dict[str, Shown]:
    """Values by the names of their variables, without what is empty or hidden from the reader."""
    found = ((name, _shown(story, name, stored, None)) for name, stored in values.items())
    return {name: shown for name, shown in found if shown is not None}


def changed_values(story: Story, entry: HistoryEntry) -> dict[str, Shown | None]:
    """What an entry made of the variables of the case itself; None for one that is empty or gone since."""
    decided, found = decided_in(story, entry), dict[str, Shown | None]()
    for event, fields in entry.events:
        if event in {"VariableChanged", "VariableRemoved"} and fields["scope"] == story.case_id:
            name = str(fields["name"])
            found[name] = _shown(story, name, fields["after"], decided.get(name)) if "after" in fields else None
    return found


def _shown(story: Story, name: str, stored: Any, words: DecisionWords | None) -> Shown | None:  # noqa: ANN401 - type and text
    """Lists and contexts may hold columns that are hidden from a reader: only who sees everything sees them here.

    `words`: of the decision that has answered with the value.
    """
    kind, _ = stored
    if story.visible is not None and (kind == "Json" or name not in labels_of(story.definition) or not story.visible(name)):
        return None
    value = stored_value(stored)
    if is_empty(value):
        return None
    if words is not None:
        return decision_label(words), show_result(story.definition, words, value)
    return _label(story, name), show_field(story.definition, name, value)


def _label(story: Story, name: str) -> str:
    """What a variable is called; one that holds the result of a step like the step."""
    nodes = story.definition.process.nodes.values()
    found = label_of(story.definition, name)
    step = next((it.id for it in nodes if it.service and it.service.result_variable == name), None) if found == name else None
    return step_name(story.definition, step) if step else found
