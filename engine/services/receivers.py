"""Who waits for a message, and the jobs for those who get it after the others.

A message to all is delivered at once to the first hundred; each of the others gets a job, written in the same transaction: no transaction
locks more cases than that, and nobody is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, func, insert, or_, select

from engine.bpmn.model import EventKind
from engine.events import MessageReceived, SignalReceived
from engine.model import JobKind
from engine.store import canonical
from engine.store.rows import JOB_RETRIES, JobRow
from engine.store.saving import job_values
from engine.store.tables import job, process_instance, subscription, variable
from engine.store.values import StoredValue, Transient, from_stored, to_stored

if TYPE_CHECKING:
    from datetime import datetime

    from engine.services.runtime import Runtime
    from engine.services.step import Step

MOST_AT_ONCE: Final = 100
_NUMBERS: Final = ("Integer", "Long", "Double")
Waiting = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a subscription must fit.

    `keys` are compared with the variables of the waiting instance, `local_keys` with those of what waits.
    """

    name: str
    business_key: str | None = None
    instance_id: str | None = None
    keys: Mapping[str, object] | None = None
    local_keys: Mapping[str, object] | None = None
    kind: EventKind = EventKind.MESSAGE
    receiver: str | None = None  # a case, a scope or a token: only what waits there


def receivers(connection: Connection, wanted: Wanted, *, most: int | None) -> list[Waiting]:
    """The subscriptions that a message or signal fits, in the order of their roots; `most`: no more are looked for.

    Those of suspended instances are passed over.
    """
    columns = subscription.c
    query = select(columns.id, columns.root_id, columns.instance_id, columns.element_id, columns.scope_id)
    suspended = exists().where(process_instance.c.id == columns.instance_id, process_instance.c.suspended)
    query = query.where(columns.name == wanted.name, columns.kind == wanted.kind.value, ~suspended)
    if wanted.business_key is not None:
        query = query.where(columns.business_key == wanted.business_key)
    if wanted.instance_id is not None:
        query = query.where(columns.instance_id == wanted.instance_id)
    if wanted.receiver is not None:
        query = query.where(or_(*(column == wanted.receiver for column in (columns.instance_id, columns.scope_id, columns.token_id))))
    query = query.order_by(columns.root_id, columns.id)
    keys: list[tuple[ColumnElement[Any], str, object]] = [(columns.instance_id, name, value) for name, value in (wanted.keys or {}).items()]
    own = func.coalesce(columns.token_id, columns.scope_id)
    keys += [(own, name, value) for name, value in (wanted.local_keys or {}).items()]
    return list(islice(_with_keys(connection, query, keys), most))


def _with_keys(connection: Connection, query: Select[Any], keys: Iterable[tuple[ColumnElement[Any], str, object]]) -> Iterator[Waiting]:
    """Those whose scopes have these values. Numbers are equal by their value, however they were written: they are compared here."""
    numbers: list[tuple[int, object]] = []
    for index, (scope_id, name, value) in enumerate(keys):
        stored, held = to_stored(value), variable.alias(f"key_{index}")
        query = query.join(held, _holds(held.c, scope_id, name, stored))
        if stored.type in _NUMBERS:
            numbers.append((len(query.selected_columns), from_stored(*stored)))
            query = query.add_columns(held.c.value)
    for row in connection.execute(query):
        if all(from_stored("Double", row[place]) == number for place, number in numbers):
            yield row


def _holds(held: Any, scope_id: ColumnElement[Any], name: str, stored: StoredValue) -> ColumnElement[bool]:  # noqa: ANN401  columns of an alias
    of_instance = (held.root_id == subscription.c.root_id) & (held.scope_id == scope_id) & (held.name == name)
    if stored.type in _NUMBERS:
        return of_instance & held.type.in_(_NUMBERS)  # type: ignore[no-any-return]  # so is the value of these
    same = held.value.is_(None) if stored.text is None else held.value == stored.text
    return of_instance & (held.type == stored.type) & same  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Payload:
    """What comes with a message or signal: `variables` go where the names are, else to the instance; `local` to what waits.

    `triggered` go into the event subprocess that begins by it; where none begins they are dropped.
    """

    variables: Mapping[str, object] = field(default_factory=dict)
    local: Mapping[str, object] = field(default_factory=dict)
    triggered: Mapping[str, object] = field(default_factory=dict)

    def stored(self) -> dict[str, dict[str, list[object]]]:
        """As JSON has it; `variables` always. What is transient does not last until a job delivers it."""
        parts = {"variables": self.variables, "local": self.local, "triggered": self.triggered}
        return {
            part: {key: list(to_stored(value)) for key, value in values.items() if not isinstance(value, Transient)}
            for part, values in parts.items()
            if values or part == "variables"
        }

    @staticmethod
    def read(told: Mapping[str, Any]) -> Payload:
        """From that JSON."""
        parts = ({name: StoredValue(*it) for name, it in told.get(part, {}).items()} for part in ("variables", "local", "triggered"))
        return Payload(*parts)


def put_deliveries(runtime: Runtime, connection: Connection, waiting: Sequence[Waiting], payload: Payload) -> None:
    """A job for each of these subscriptions, due now."""
    now, values = runtime.clock.now(), payload.stored()
    rows = [job_values(row.root_id, _delivery(runtime.new_id(), row, now, values)) for row in waiting]
    if rows:
        connection.execute(insert(job), rows)


def _delivery(job_id: str, row: Waiting, now: datetime, values: Mapping[str, object]) -> JobRow:
    told = canonical.dumps({"subscription": row.id, **values})
    return JobRow(job_id, row.instance_id, JobKind.DELIVERY.value, row.element_id, now, now, JOB_RETRIES, row.scope_id, data=told)


def deliver_by_job(step: Step, row: JobRow) -> None:
    """Give a message or signal to the one that waited when it was sent; whoever waits no longer gets nothing."""
    del step.jobs[row.id]
    told = canonical.loads(row.data)
    deliver(step, told["subscription"], Payload.read(told))


def deliver(step: Step, subscription_id: str, payload: Payload) -> str | None:
    """Give a message or signal to a subscription; the instance that got it, or None where it waits no longer, or is suspended."""
    waiting = step.game.subscriptions.get(subscription_id)
    if waiting is None:
        return None
    instance_id = step.game.scopes[waiting.scope_id].row.instance_id
    if step.is_suspended(instance_id):
        return None
    received = SignalReceived if waiting.kind == EventKind.SIGNAL else MessageReceived
    step.record(received(waiting.name, instance=instance_id))
    step.variables.write_all(step.game.seen_by(waiting), payload.variables)
    for name, value in payload.local.items():
        step.variables.write_local(waiting.token_id or waiting.scope_id, name, value)

    def opened(scope_id: str) -> None:
        for name, value in payload.triggered.items():
            step.variables.write_local(scope_id, name, value)

    step.game.trigger(subscription_id, opened)
    return instance_id
