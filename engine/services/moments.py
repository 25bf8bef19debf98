"""A case moment by moment: what each entry of its history changed on the diagram, and how everything stood before the first of them.

A case may have tens of thousands of entries. So they are given by windows of a fixed length, and what had happened before a window is
gathered by the database: nothing that is read here grows with the length of a case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.services.own_history import own_part
from engine.services.standing import family
from engine.store.queries import moments as rows

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.bpmn.model import Process
    from engine.model import Case, HistoryEntry
    from engine.services.catalogue import Definition
    from engine.store.values import StoredValue

SPAN = 100
"""Entries of a window."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry, and what it changed on the diagram of the case: its own elements, not those of cases that it calls.

    `seen`: elements and flows that were reached; `times`: how often, of elements; `opened`: tokens that wait since then, with their
    element; `closed`: tokens that do not wait any more.
    """

    entry: HistoryEntry
    seen: tuple[str, ...]
    times: Mapping[str, int]
    opened: Mapping[str, str]
    closed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standpoint:
    """How a case stood before a window. `tasks`: what was told of the user tasks that were open, oldest first; `values`: its variables."""

    seen: tuple[str, ...] = ()
    times: Mapping[str, int] = field(default_factory=dict)
    tokens: Mapping[str, str] = field(default_factory=dict)
    tasks: tuple[HistoryEntry, ...] = ()
    values: Mapping[str, StoredValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moments:
    """A window of the moments of a case: entries `first` to `last` of its chain, where the case itself has `lowest` to `highest`.

    An auditor's look is no moment: there may be fewer moments than entries, or none.
    """

    case: Case
    definition: Definition
    first: int
    last: int
    lowest: int
    highest: int
    before: Standpoint
    moments: tuple[Moment, ...]


def read_moments(connection: Connection, case: Case, definition: Definition, at: int | None, *, with_looks: bool = False) -> Moments:
    """The window of a case that has the entry `at`; without one the last. `with_looks`: those of auditors are moments too."""
    lowest, highest = rows.bounds(connection, case)
    wanted = highest if at is None else min(max(at, lowest), highest)
    start = wanted - (wanted - 1) % SPAN
    first, last = max(start, lowest), min(start + SPAN - 1, highest)
    entries: Iterable[HistoryEntry] = rows.window(connection, case.root_id, first, last, with_looks=with_looks)
    if case.parent_id is not None:
        entries = own_part(connection, family(connection, case.id), list(entries))
    counting = _Counting(definition.process)
    moments = tuple(counting.moment(case.id, entry) for entry in entries)
    before = Standpoint() if first == lowest else _before(connection, case, counting, first)
    return Moments(case, definition, first, last, lowest, highest, before, moments)


def _before(connection: Connection, case: Case, counting: _Counting, first: int) -> Standpoint:
    seen: dict[str, None] = {}
    times: dict[str, int] = {}
    for visit in rows.visits(connection, case.root_id, case.id, first):
        seen.update(dict.fromkeys(name for name in (visit.flow, visit.element) if name))
        if counting.counts(visit.element, visit.flow):
            times[visit.element] = times.get(visit.element, 0) + visit.times
    tokens = rows.tokens(connection, case.root_id, case.id, first)
    told = rows.told_of_tasks(connection, case.root_id, tokens, first)
    return Standpoint(tuple(seen), times, tokens, tuple(told), rows.last_values(connection, case.root_id, case.id, first))


class _Counting:
    """Counts how often elements were reached. The instances of a multi-instance activity come without a flow, and are not counted."""

    def __init__(self, process: Process) -> None:
        self._with_flows = {flow.target for flow in process.flows.values()}

    def counts(self, element: str, flow: str | None) -> bool:
        """Whether this is a way to the element: by a flow, or where no flow leads to it."""
        return flow is not None or element not in self._with_flows

    def moment(self, instance: str, entry: HistoryEntry) -> Moment:
        """What an entry changed; tokens that came and went in it have not waited for anybody."""
        seen: dict[str, None] = {}
        times: dict[str, int] = {}
        opened: dict[str, str] = {}
        closed: dict[str, None] = {}
        for name, fields in _moves(entry, instance):
            element, token, flow = str(fields["element"]), str(fields.get("token")), fields.get("flow")
            if name in {"ElementEntered", "ElementPassed"}:
                seen.update(dict.fromkeys(str(it) for it in (flow, element) if it))
                times[element] = times.get(element, 0) + self.counts(element, flow)
            if name == "ElementEntered":
                opened[token] = element
            elif name in {"ElementLeft", "ElementCancelled"} and opened.pop(token, None) is None:
                closed[token] = None
        return Moment(entry, tuple(seen), {name: number for name, number in times.items() if number}, opened, tuple(closed))


def _moves(entry: HistoryEntry, instance: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    return ((name, fields) for name, fields in entry.events if name.startswith("Element") and fields.get("instance") == instance)
