"""The history of a called case: its own part, and that of the cases it calls, out of the chain of its root.

Whoever sees a called case need not see the case that called it, so nothing of the rest is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select, union_all

from engine.model import Case, HistoryEntry
from engine.services.standing import family
from engine.store.history import entries
from engine.store.tables import finished_task, user_task

_BATCH = 200


def own_entries(connection: Connection, case: Case, before_seq: int | None, limit: int) -> list[HistoryEntry]:
    """The newest entries of a called case, newest first, each with its own events only."""
    found: list[HistoryEntry] = []
    for entry in _own(connection, case, before_seq):
        found.append(entry)
        if len(found) == limit:
            break
    return found


def _own(connection: Connection, case: Case, before_seq: int | None) -> Iterator[HistoryEntry]:
    instances = family(connection, case.id)
    while batch := entries(connection, case.root_id, before_seq, _BATCH):
        for entry in own_part(connection, instances, batch):
            yield entry
            if any(name == "InstanceStarted" and fields["instance"] == case.id for name, fields in entry.events):
                return
        before_seq = batch[-1].seq


def own_part(connection: Connection, instances: frozenset[str], batch: Sequence[HistoryEntry]) -> Iterator[HistoryEntry]:
    """Of some entries what happened in instances: to them, to user tasks of them, to variables of their own scopes.

    Only tasks that these entries name are looked up: a case that goes round in a loop has any number of them.
    """
    named = {str(fields["task"]) for entry in batch for _, fields in entry.events if _where(fields) is None and "task" in fields}
    tasks = _tasks_of(connection, instances, named)
    for entry in batch:
        events = tuple(event for event in entry.events if _is_own(event[1], instances, tasks))
        if events:
            yield replace(entry, events=events)


def _where(fields: Mapping[str, Any]) -> str | None:
    found: str | None = fields.get("instance") or fields.get("scope")
    return found


def _is_own(fields: Mapping[str, Any], instances: frozenset[str], tasks: frozenset[str]) -> bool:
    where = _where(fields)
    return where in instances if where is not None else fields.get("task") in tasks


def _tasks_of(connection: Connection, instances: frozenset[str], named: Iterable[str]) -> frozenset[str]:
    """Those of the tasks, open or done, that are of one of the instances."""
    ids = sorted(named)
    if not ids:
        return frozenset()
    both = (select(table.c.id, table.c.instance_id).where(table.c.id.in_(ids)) for table in (finished_task, user_task))
    return frozenset(row.id for row in connection.execute(union_all(*both)) if row.instance_id in instances)
