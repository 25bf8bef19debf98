"""Signals: given to everybody who waits for them, in all cases, and to the processes that start by them (BPMN 2.0, 10.5.5).

A signal that a step throws reaches its own case within the step, and the others at its end, in the same transaction: each case that is
free. A case that somebody else has locked gets a job that is due at once: a step never waits for the lock of a second case, so steps that
signal each other cannot stand in each other's way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, Row, insert, select

from engine import access
from engine.bpmn.model import EventKind
from engine.errors import CorrelationMismatch
from engine.services.expressions import Place
from engine.services.host_base import Sent
from engine.services.instances import Instances, Start
from engine.services.limits import check_name
from engine.services.priorities import job_priority
from engine.services.receivers import MOST_AT_ONCE, Payload, Waiting, Wanted, deliver, put_deliveries, receivers
from engine.services.runtime import Changed, Runtime
from engine.services.step import Step
from engine.store import canonical
from engine.store.game import lock_root
from engine.store.queries.definitions import may_start
from engine.store.rows import JOB_RETRIES, START_LATER, JobRow
from engine.store.saving import job_values
from engine.store.tables import job, start_subscription
from engine.store.values import to_stored

if TYPE_CHECKING:
    from engine.model import Actor

DEEPEST: Final = 10
"""Signals that throw signals: beyond, they go by jobs, so that no transaction goes on for ever."""


class Signals:
    """Signals from outside, and what steps have thrown."""

    def __init__(self, runtime: Runtime, instances: Instances) -> None:
        self._runtime = runtime
        self._instances = instances
        runtime.broadcast = self.broadcast

    def send(self, actor: Actor, name: str, variables: Mapping[str, object] | None = None, *, receiver: str | None = None) -> None:
        """Give a signal to all who wait for it, if anybody does; `receiver`: to one case or execution, which has to wait for it.

        One transaction; the cases are locked in the order of their ids. The first hundred get it there, the others by a job that is due at
        once. Raises `CorrelationMismatch` where the receiver does not wait for it.
        """
        check_name("the name of the signal", name)
        access.may_correlate(actor)
        with self._runtime.database.read() as connection:
            numbers = {row.definition_id: self._number(connection, row.definition_id) for row in self._starts(connection, name)}

        def work(connection: Connection) -> tuple[None, Changed]:
            waiting = receivers(connection, Wanted(name, kind=EventKind.SIGNAL, receiver=receiver), most=None)
            if receiver is not None and not waiting:
                raise CorrelationMismatch(f"Execution '{receiver}' has not subscribed to a signal event with name '{name}'.")
            now, later = waiting[:MOST_AT_ONCE], waiting[MOST_AT_ONCE:]
            changed = Changed(jobs=bool(later))
            for root_id, rows in _by_root(now).items():
                lock = lock_root(connection, root_id)
                if lock is not None:
                    changed |= _give(Step.on(self._runtime, connection, actor, lock), rows, Payload(variables or {}))
            put_deliveries(self._runtime, connection, later, Payload(variables or {}))
            for row in self._starts(connection, name) if receiver is None else ():
                start = Start(row.definition_id, row.element_id, variables or {}, None, numbers.get(row.definition_id), by_form=False)
                changed |= self._instances.begin(connection, actor, self._runtime.new_id(), start)[1]
            return None, changed

        self._runtime.commit(work)

    def broadcast(self, step: Step) -> Changed:
        """Give what a step has thrown to the other cases, and start processes. The step has written its rows."""
        changed = Changed()
        for sent in step.host.signals:
            found = receivers(step.connection, Wanted(sent.name, kind=EventKind.SIGNAL), most=None)
            waiting = [row for row in found if row.root_id != step.root_id or row.id in (sent.own or ())]
            now = waiting[:MOST_AT_ONCE] if step.depth < DEEPEST and sent.own is None else []
            later = list(waiting[len(now) :])
            for root_id, rows in _by_root(now).items():
                lock = lock_root(step.connection, root_id, skip_locked=True)
                if lock is None:
                    later += rows
                    continue
                other = Step.on(self._runtime, step.connection, step.actor, lock)
                other.depth = step.depth + 1
                changed |= _give(other, rows, Payload(sent.variables))
            put_deliveries(self._runtime, step.connection, later, Payload(sent.variables))
            changed |= Changed(jobs=bool(later)) | self._start(step, sent)
        return changed

    def _start(self, step: Step, sent: Sent) -> Changed:
        """Start what begins by a signal. A case that needs a number starts by a job: numbers are never taken within a transaction."""
        changed = Changed()
        for row in self._starts(step.connection, sent.name):
            definition = self._runtime.catalogue.definition(step.connection, row.definition_id)
            if definition.process.number_prefix is not None or step.depth >= DEEPEST or sent.own is not None:
                step.connection.execute(insert(job), self._start_later(step, row, sent))
                changed |= Changed(jobs=True)
                continue
            start = Start(row.definition_id, row.element_id, sent.variables, sent.business_key, by_form=False)
            changed |= self._instances.begin(step.connection, step.actor, self._runtime.new_id(), start, depth=step.depth + 1)[1]
        return changed

    def _start_later(self, step: Step, row: Row[*tuple[Any, ...]], sent: Sent) -> dict[str, object]:
        values = {name: list(to_stored(value)) for name, value in sent.variables.items()}
        told = canonical.dumps({"variables": values, "businessKey": sent.business_key}) if values or sent.business_key else ""
        new_id, of = self._runtime.new_id(), row.definition_id
        process = self._runtime.catalogue.definition(step.connection, of).process
        priority = job_priority(step.expressions, process, Place(row.element_id, sent.variables))
        return job_values(of, JobRow(new_id, of, START_LATER, row.element_id, step.at, step.at, JOB_RETRIES, data=told, priority=priority))

    def _number(self, connection: Connection, definition_id: str) -> str | None:
        return self._instances.next_number(self._runtime.catalogue.definition(connection, definition_id))

    @staticmethod
    def _starts(connection: Connection, name: str) -> list[Row[*tuple[Any, ...]]]:
        columns = start_subscription.c
        query = select(start_subscription).where(may_start(), columns.name == name, columns.kind == EventKind.SIGNAL.value)
        return list(connection.execute(query.order_by(columns.definition_id, columns.element_id)))


def _by_root(rows: Sequence[Waiting]) -> dict[str, list[Waiting]]:
    """The receivers of each root, the roots in order."""
    found: dict[str, list[Waiting]] = {}
    for row in rows:
        found.setdefault(row.root_id, []).append(row)
    return dict(sorted(found.items()))


def _give(step: Step, rows: Sequence[Waiting], payload: Payload) -> Changed:
    """Give a signal to the receivers of one root; who was ended by it meanwhile gets nothing."""
    for row in rows:
        deliver(step, row.id, payload)
    return step.finish()
