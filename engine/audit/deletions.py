"""Chains that somebody deleted who may: what the chain of deployments says of them, so that they are not taken for removed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import exists, or_, select

from engine.audit.findings import Finding, FindingKind
from engine.events import DeploymentDeleted
from engine.program_events import DefinitionDeleted, HistoryCleaned
from engine.store import canonical
from engine.store.history import DEPLOYMENTS
from engine.store.tables import history_entry, history_head

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

_AT_ONCE = 500
_OF: Final = {DeploymentDeleted.__name__: "deployment", DefinitionDeleted.__name__: "definition", HistoryCleaned.__name__: ""}
"""The events that name deleted chains, each with its field that says what they went with, if they did."""


@dataclass(frozen=True, slots=True)
class DeletedChain:
    """A chain that was deleted by `by`, with the count of its entries and the hash of its last one.

    `of`: the deployment or the version that it went with; empty where its own time was over.
    """

    chain: str
    entries: int
    head: str
    by: str
    at: datetime
    reason: str
    of: str


def deleted_chains(conn: Connection, doubtful: Sequence[range] = ()) -> list[DeletedChain]:
    """What was deleted, in order. `doubtful`: numbers of entries of the chain of deployments that are not as they were written."""
    marked = or_(*(history_entry.c.body.contains(f'["{name}",', autoescape=True) for name in _OF))
    query = select(history_entry.c.seq, history_entry.c.at, history_entry.c.actor, history_entry.c.body)
    query = query.where(history_entry.c.chain == DEPLOYMENTS, marked).order_by(history_entry.c.seq)
    return [it for row in conn.execute(query) if not any(row.seq in it for it in doubtful) for it in _read(row.at, row.actor, row.body)]


def risen_chains(conn: Connection, deleted: Iterable[DeletedChain]) -> list[Finding]:
    """Deleted chains that have entries or a head again: those were added."""
    by_chain = {it.chain: it for it in deleted}
    names = sorted(by_chain)
    risen: list[str] = []
    for start in range(0, len(names), _AT_ONCE):
        batch = names[start : start + _AT_ONCE]
        entry = select(history_entry.c.chain).where(history_entry.c.chain.in_(batch)).distinct()
        head = select(history_head.c.chain).where(
            history_head.c.chain.in_(batch), ~exists().where(history_entry.c.chain == history_head.c.chain)
        )
        risen += [*conn.execute(entry).scalars(), *conn.execute(head).scalars()]
    return [Finding(FindingKind.ADDED, it, 1, by_chain[it].entries, "risen", {"by": by_chain[it].by}) for it in risen]


def _read(at: datetime, actor: str, body: str) -> Iterator[DeletedChain]:
    try:
        events = [(_OF[name], fields) for name, fields in canonical.loads(body, integer=int) if name in _OF]
        for of, fields in events:
            for chain, entries, head in fields["chains"]:
                yield DeletedChain(chain, entries, head, fields.get("by", actor), at, fields["reason"], fields[of] if of else "")
    except (KeyError, TypeError, ValueError):
        return  # somebody wrote it: it says nothing
