"""Reading the history of a case, and verifying it. An auditor's look at a case is itself recorded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine import access
from engine.audit.sealed import SealedHistory
from engine.audit.verify import Report, check
from engine.events import CaseRead, HistoryVerified
from engine.model import Actor, HistoryEntry
from engine.services.instances import Instances
from engine.services.moments import Moments, read_moments
from engine.services.own_history import own_entries
from engine.services.runtime import Changed, Runtime
from engine.store import history
from engine.store.game import lock_root
from engine.store.queries.moments import last_values
from engine.store.values import StoredValue

PAGE = 50


@dataclass(frozen=True, slots=True)
class Verification:
    """A verification of the whole history, as it was noted: `way` is page or command; so many entries, chains and findings."""

    at: datetime
    by: str
    way: str
    entries: int
    chains: int
    findings: int


class History:
    """What happened, as it was written."""

    def __init__(self, runtime: Runtime, instances: Instances) -> None:
        self._runtime = runtime
        self._instances = instances

    def entries(self, actor: Actor, case_id: str, before_seq: int | None = None, limit: int = PAGE) -> Sequence[HistoryEntry]:
        """The newest entries of a case, newest first; `before_seq` continues the page. Of a called case only what happened in it."""
        with self._runtime.database.read() as connection:
            case = self._instances.visible(connection, actor, case_id)
            if case.parent_id is not None:
                return own_entries(connection, case, before_seq, limit)
            return history.entries(connection, case.root_id, before_seq, limit)

    def moments(self, actor: Actor, case_id: str, at: int | None = None) -> Moments:
        """A window of the moments of a case, with how it stood before: the one that has the entry `at`, else the last."""
        return self._window(actor, case_id, at, with_looks=False)

    def _window(self, actor: Actor, case_id: str, at: int | None, *, with_looks: bool) -> Moments:
        with self._runtime.database.read() as connection:
            case = self._instances.visible(connection, actor, case_id)
            definition = self._runtime.catalogue.definition(connection, case.definition_id)
            return read_moments(connection, case, definition, at, with_looks=with_looks)

    def each_window(self, actor: Actor, case_id: str) -> Iterator[Moments]:
        """All moments of a case with the looks of auditors, window by window, oldest first: for who sees everything."""
        access.may_verify(actor)
        at: int | None = 1
        while at is not None:
            found = self._window(actor, case_id, at, with_looks=True)
            yield found
            at = found.last + 1 if found.last < found.highest else None

    def variables(self, actor: Actor, case_id: str) -> dict[str, StoredValue]:
        """The last values that the variables of a case had, open or ended, as its history tells them: for who sees everything."""
        if not actor.may_audit:
            access.may_correlate(actor)
        with self._runtime.database.read() as connection:
            case = self._instances.visible(connection, actor, case_id)
            return dict(last_values(connection, case.root_id, case.id))

    def record_look(self, actor: Actor, case_id: str, part: str) -> None:
        """Write down that an auditor looked at a case; others are not recorded."""
        if not actor.may_audit:
            return

        def work(connection: Connection) -> tuple[None, Changed]:
            case = self._instances.visible(connection, actor, case_id)
            lock = lock_root(connection, case.root_id, with_content=False)
            head = lock.head if lock else history.lock_head(connection, case.root_id)
            if lock is None:
                self._instances.visible(connection, actor, case_id)  # a past case may have been removed before its chain was locked
            history.append(connection, case.root_id, actor, self._runtime.clock.now(), [CaseRead(part)], head)
            return None, Changed()

        self._runtime.commit(work)

    def note_verification(self, actor: Actor, report: Report, way: str) -> None:
        """Write down that the whole history was verified, in a chain of its own: on the `page`, or by the `command`."""
        access.may_verify(actor)
        event = HistoryVerified(way, report.entries, report.chains, len(report.findings))

        def work(connection: Connection) -> tuple[None, Changed]:
            history.append(connection, history.VERIFICATIONS, actor, self._runtime.clock.now(), [event])
            return None, Changed()

        self._runtime.commit(work)

    def last_verification(self, actor: Actor) -> Verification | None:
        """When the whole history was verified last, by whom and with what result; None for never. Administrators and auditors."""
        access.may_verify(actor)
        with self._runtime.database.read() as connection:
            found = history.entries(connection, history.VERIFICATIONS, limit=1)
        if not found:
            return None
        entry, fields = found[0], dict[str, Any](found[0].events[0][1])
        return Verification(entry.at, entry.actor, **fields)

    def verify(self, actor: Actor, chain: str | None = None) -> Report:
        """Check the chain of one case, or all chains: every altered, removed, moved or added row is named."""
        access.may_verify(actor)
        sealing = self._runtime.sealing
        sealed = SealedHistory.read(sealing.book, sealing.key.public) if sealing else None
        with self._runtime.database.read() as connection:
            return check(connection, chain, sealed)
