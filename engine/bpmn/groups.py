"""Where a process names a department or a role: in its lanes, for its tasks, starters, offers, and as its owner."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.bpmn.checks.people import is_literal, names_in
from engine.bpmn.model import Process, Text


def naming(process: Process, name: str) -> tuple[str, ...]:
    """The ids of the elements that name this department or role, alone or as a part of `department:role`; of the process, its own id.

    In what is computed the name counts wherever it stands as a word: whether it is ever the result cannot be told without running it.
    """
    return tuple(dict.fromkeys(element for element, said in _said(process) if _names(said, name)))


def _said(process: Process) -> Iterator[tuple[str, Text | str | None]]:
    yield process.id, process.owner
    yield process.id, process.candidate_starter_groups
    for lane in process.lanes.values():
        yield lane.id, lane.group
    for node in process.nodes.values():
        for event in node.events:
            yield node.id, event.role
        if node.user_task is not None:
            for text in (node.user_task.candidate_groups, node.user_task.assignee, node.user_task.candidate_users):
                if text is not None and (text is node.user_task.candidate_groups or not is_literal(text)):
                    yield node.id, text


def _names(said: Text | str | None, name: str) -> bool:
    if said is None:
        return False
    if isinstance(said, Text) and not is_literal(said):
        return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", said.source) is not None
    groups = names_in(said) if isinstance(said, Text) else [said]
    return any(name in group.split(":") for group in groups)
