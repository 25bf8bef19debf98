"""Where an open case stands: its user tasks with whom they ask, and what it waits for besides: messages, timers, called cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from sqlalchemy import Connection

from engine.bpmn.model import EventKind, Process
from engine.model import Case
from engine.services.runtime import Runtime
from engine.store.ids import moment_of
from engine.store.queries import cases
from engine.store.queries.holders import holders
from engine.store.queries.waits import CALL, WORK, Awaited, Standing, Wait, WaitRow, wait_rows
from engine.store.rows import TIMER
from engine.tokens.state import AFTER, BEFORE


def standing(runtime: Runtime, connection: Connection, case: Case) -> Standing:
    """Where an open case stands, root or called."""
    roots = [case.root_id]
    whole = Standing(holders(connection, roots).get(case.root_id, ()), waits(runtime, connection, roots).get(case.root_id, ()))
    return whole if case.parent_id is None else whole.of(family(connection, case.id))


def family(connection: Connection, case_id: str, besides: Iterable[Case] = ()) -> frozenset[str]:
    """A case and the cases that it calls, directly or not; `besides`: cases that are not written, callers before those that they call."""
    found = {case_id, *cases.below(connection, case_id)}
    for it in besides:
        if it.parent_id in found:
            found.add(it.id)
    return frozenset(found)


def waits(runtime: Runtime, connection: Connection, roots: Iterable[str]) -> dict[str, tuple[Wait, ...]]:
    """What open root cases, and those that they call, wait for besides people, by root, the oldest first."""
    found: dict[str, tuple[Wait, ...]] = {}
    for _, rows in groupby(wait_rows(connection, roots), key=lambda row: row.token_id):
        together = list(rows)
        process = runtime.catalogue.definition(connection, together[0].definition_id).process
        for wait in _of_token(process, together):
            found[together[0].root_id] = (*found.get(together[0].root_id, ()), wait)
    return found


def _of_token(process: Process, rows: list[WaitRow]) -> Iterator[Wait]:
    """What one token waits for, if that is not only what may interrupt it."""
    first = rows[0]
    called = [row.awaited for row in rows if row.kind == CALL]
    topic = next((row.name for row in rows if row.kind == WORK), None)
    caught = [row for row in rows if row.kind not in {CALL, WORK} and _catches(process, row)]
    awaited = tuple(Awaited(row.awaited, EventKind(row.kind), row.name, row.due_at) for row in caught)
    if awaited or called or topic:
        since = moment_of(first.token_id)
        yield Wait(
            first.token_id, first.instance_id, first.definition_id, first.element_id, since, awaited, next(iter(called), None), topic,
            failed=any(row.failed for row in rows if row.kind == WORK or row in caught),
            deferred=any(row.name in {BEFORE, AFTER} for row in caught if row.kind == TIMER),
        )  # fmt: skip


def _catches(process: Process, row: WaitRow) -> bool:
    """Whether the token waits for this, and goes on with it."""
    return row.awaited == row.element_id or process.nodes[row.element_id].type == "eventBasedGateway"
