"""The history of a called case: its own part, and that of the cases it calls, out of the chain of its root.

Whoever sees a called case need not see the case that called it, so nothing of the rest is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

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
    tasks = tasks_of(connection, instances)
    while batch := entries(connection, case.root_id, before_seq, _BATCH):
        for entry in batch:
            events = tuple(event for event in entry.events if is_own(event[1], instances, tasks))
            if events:
                yield replace(entry, events=events)
            if any(name == "InstanceStarted" and fields["instance"] == case.id for name, fields in events):
                return
        before_seq = batch[-1].seq


def is_own(fields: Mapping[str, Any], instances: frozenset[str], tasks: frozenset[str]) -> bool:
    """Whether an event happened in one of the instances: to itself, to a user task of it, or to a variable of its own scope."""
    where = fields.get("instance") or fields.get("scope")
    return where in instances if where is not None else fields.get("task") in tasks


def tasks_of(connection: Connection, instances: frozenset[str]) -> frozenset[str]:
    """The user tasks of instances, open and done."""
    done, now = (select(table.c.id).where(table.c.instance_id.in_(sorted(instances))) for table in (finished_task, user_task))
    return frozenset(connection.execute(done.union_all(now)).scalars())
