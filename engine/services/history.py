"""Reading the history of a case, and verifying it. An auditor's look at a case is itself recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import Connection

from engine import access
from engine.audit.sealed import SealedHistory
from engine.audit.verify import Report, check
from engine.events import CaseRead
from engine.model import Actor, HistoryEntry
from engine.services.case_reading import MOST_ENTRIES
from engine.services.instances import Instances
from engine.services.own_history import own_entries
from engine.services.runtime import Changed, Runtime
from engine.store import history
from engine.store.game import lock_root
from engine.store.values import StoredValue, ValueType

PAGE = 50


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

    def variables(self, actor: Actor, case_id: str) -> dict[str, StoredValue]:
        """The last values that the variables of a case had, open or ended, as its history tells them: for who sees everything."""
        if not actor.may_audit:
            access.may_correlate(actor)
        found: dict[str, StoredValue] = {}
        with self._runtime.database.read() as connection:
            case = self._instances.visible(connection, actor, case_id)
            for entry in reversed(history.entries(connection, case.root_id, None, MOST_ENTRIES)):
                for name, fields in entry.events:
                    if fields.get("scope") != case.id:
                        continue
                    if name == "VariableChanged":
                        found[str(fields["name"])] = StoredValue(*cast("tuple[ValueType, str | None]", fields["after"]))
                    elif name == "VariableRemoved":
                        found.pop(str(fields["name"]), None)
        return found

    def record_look(self, actor: Actor, case_id: str, part: str) -> None:
        """Write down that an auditor looked at a case; others are not recorded."""
        if not actor.may_audit:
            return

        def work(connection: Connection) -> tuple[None, Changed]:
            case = self._instances.visible(connection, actor, case_id)
            lock = lock_root(connection, case.root_id, with_content=False)
            head = lock.head if lock else history.lock_head(connection, case.root_id)
            history.append(connection, case.root_id, actor, self._runtime.clock.now(), [CaseRead(part)], head)
            return None, Changed()

        self._runtime.commit(work)

    def verify(self, actor: Actor, chain: str | None = None) -> Report:
        """Check the chain of one case, or all chains: every altered, removed, moved or added row is named."""
        access.may_verify(actor)
        sealing = self._runtime.sealing
        sealed = SealedHistory.read(sealing.book, sealing.key.public) if sealing else None
        with self._runtime.database.read() as connection:
            return check(connection, chain, sealed)
