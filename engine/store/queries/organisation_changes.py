"""Who changed what of the organisation and the calendar: the chain `organisation`, newest first, narrowed to what somebody looks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from sqlalchemy import select

from engine.model import ActorKind
from engine.store.history import ORGANISATION, events_of
from engine.store.queries.pages import bounded
from engine.store.tables import history_entry

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """What the changes are narrowed to; everything is optional."""

    kind: str | None = None  # person, department, role, calendar
    id: str | None = None  # of what was changed; only with its kind
    by: str | None = None  # who changed it


@dataclass(frozen=True, slots=True)
class NounChange:
    """What was changed of one person, department, role, day or week.

    `change` is by field [before, after], or only `true` where the history does not keep the values: what people are called, passwords.
    """

    kind: str
    id: str
    change: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class OrganisationEntry:
    """One transaction that changed the organisation."""

    seq: int
    at: datetime
    actor: str
    actor_kind: ActorKind
    changes: tuple[NounChange, ...]


@dataclass(frozen=True, slots=True)
class OrganisationPast:
    """Some entries, newest first. `before` continues the list, None at its end."""

    entries: tuple[OrganisationEntry, ...]
    before: int | None = None


def organisation_past(conn: Connection, wanted: ChangeFilter, before: int | None = None, limit: int = 50) -> OrganisationPast:
    """A page of the changes that fit."""
    limit = bounded(limit)
    query = select(history_entry).where(history_entry.c.chain == ORGANISATION).order_by(history_entry.c.seq.desc()).limit(limit + 1)
    if before is not None:
        query = query.where(history_entry.c.seq < before)
    if wanted.by:
        query = query.where(history_entry.c.actor == wanted.by)
    if wanted.kind:  # the keys of canonical JSON are sorted, so kind and id stand beside each other
        named = f'"id":"{wanted.id}",' if wanted.id else ""
        query = query.where(history_entry.c.body.contains(f'{named}"kind":"{wanted.kind}"', autoescape=True))
    rows = conn.execute(query).all()
    entries = tuple(
        OrganisationEntry(row.seq, row.at, row.actor, ActorKind(row.actor_kind), _changes(row.chain, row.body, wanted))
        for row in rows[:limit]
    )
    return OrganisationPast(entries, entries[-1].seq if len(rows) > limit else None)


def _changes(chain: str, body: str, wanted: ChangeFilter) -> tuple[NounChange, ...]:
    every = (NounChange(it["kind"], it["id"], cast("Mapping[str, object]", it["change"])) for _, it in events_of(chain, body))
    return tuple(it for it in every if wanted.kind in {None, it.kind} and wanted.id in {None, it.id})
