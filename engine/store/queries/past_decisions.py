"""Cases whose decisions are looked at again: a bounded number of them, and their histories in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, union_all

from engine.model import Case, CaseState
from engine.store.history import events_of
from engine.store.queries.visible import visible_cases
from engine.store.tables import case_instance, history_entry, history_head

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.access import Sight


@dataclass(frozen=True, slots=True)
class PastCase:
    """A case of a process, whether somebody sees it, and how many entries the history of its root has."""

    case: Case
    is_seen: bool
    entries: int


@dataclass(frozen=True, slots=True)
class PastEntry:
    """What one transaction wrote into a history."""

    at: datetime
    events: tuple[tuple[str, dict[str, Any]], ...]


def past_cases(conn: Connection, sight: Sight, processes: Sequence[str], before: str | None, limit: int) -> list[PastCase]:
    """The newest cases of these processes, root or called, with an id before `before`; those that are not seen too, to be counted."""
    if not processes:
        return []
    newest = select(case_instance.c.id).order_by(case_instance.c.id.desc()).limit(limit)
    newest = newest if before is None else newest.where(case_instance.c.id < before)
    each = [newest.where(case_instance.c.definition_key == key).subquery() for key in processes]  # a range of the index each
    ids = union_all(*(select(it.c.id) for it in each)).subquery()
    query = (
        select(*case_instance.c, history_head.c.seq.label("entries"), visible_cases(sight).label("is_seen"))
        .join(ids, ids.c.id == case_instance.c.id)
        .outerjoin(history_head, history_head.c.chain == case_instance.c.root_id)
        .order_by(case_instance.c.id.desc())
        .limit(limit)
    )
    return [_past(dict(row)) for row in conn.execute(query).mappings()]


def _past(row: dict[str, Any]) -> PastCase:
    entries, is_seen = row.pop("entries") or 0, bool(row.pop("is_seen"))
    return PastCase(Case(**{**row, "state": CaseState(row["state"])}), is_seen, entries)


def histories(conn: Connection, roots: Iterable[str]) -> Iterator[tuple[str, list[PastEntry]]]:
    """The whole histories of cases, each with its root, oldest entries first: what they say of variables and decisions."""
    columns = history_entry.c
    wanted = columns.chain.in_(sorted(set(roots)))
    query = select(columns.chain, columns.at, columns.body).where(wanted).order_by(columns.chain, columns.seq)
    chain = ""
    found: list[PastEntry] = []
    for row in conn.execute(query):
        if row.chain != chain:
            if found:
                yield chain, found
            chain, found = row.chain, []
        if "Variable" in row.body or "DecisionEvaluated" in row.body:
            found.append(PastEntry(row.at, tuple(events_of(chain, row.body))))
    if found:
        yield chain, found
