"""Who waits for a message, and the jobs for those who get it after the others.

A message to all is delivered at once to the first hundred; each of the others gets a job, written in the same transaction: no transaction
locks more cases than that, and nobody is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, insert, or_, select

from engine.bpmn.model import EventKind
from engine.events import MessageReceived, SignalReceived
from engine.model import JobKind
from engine.services.user_tasks import JOB_RETRIES
from engine.store import canonical
from engine.store.tables import job, process_instance, subscription, variable
from engine.store.values import StoredValue, from_stored, to_stored

if TYPE_CHECKING:
    from engine.services.runtime import Runtime
    from engine.services.step import Step
    from engine.store.rows import JobRow

MOST_AT_ONCE: Final = 100
_NUMBERS: Final = ("Integer", "Long", "Double")
Waiting = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a subscription must fit. `keys` are compared with the variables of the waiting instance."""

    name: str
    business_key: str | None = None
    instance_id: str | None = None
    keys: Mapping[str, object] | None = None
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
    return list(islice(_with_keys(connection, query, wanted.keys or {}), most))


def _with_keys(connection: Connection, query: Select[Any], keys: Mapping[str, object]) -> Iterator[Waiting]:
    """Those whose instances have these values. Numbers are equal by their value, however they were written: they are compared here."""
    numbers: list[tuple[int, object]] = []
    for index, (name, value) in enumerate(keys.items()):
        stored, held = to_stored(value), variable.alias(f"key_{index}")
        query = query.join(held, _holds(held.c, name, stored))
        if stored.type in _NUMBERS:
            numbers.append((len(query.selected_columns), from_stored(*stored)))
            query = query.add_columns(held.c.value)
    for row in connection.execute(query):
        if all(from_stored("Double", row[place]) == number for place, number in numbers):
            yield row


def _holds(held: Any, name: str, stored: StoredValue) -> ColumnElement[bool]:  # noqa: ANN401  the columns of an alias
    of_instance = (held.root_id == subscription.c.root_id) & (held.scope_id == subscription.c.instance_id) & (held.name == name)
    if stored.type in _NUMBERS:
        return of_instance & held.type.in_(_NUMBERS)  # type: ignore[no-any-return]  # so is the value of these
    same = held.value.is_(None) if stored.text is None else held.value == stored.text
    return of_instance & (held.type == stored.type) & same  # type: ignore[no-any-return]


def put_deliveries(runtime: Runtime, connection: Connection, waiting: Sequence[Waiting], variables: Mapping[str, object]) -> None:
    """A job for each of these subscriptions, due now."""
    now = runtime.clock.now()
    values = {key: list(to_stored(value)) for key, value in variables.items()}
    rows = [
        {
            "id": runtime.new_id(),
            "root_id": row.root_id,
            "instance_id": row.instance_id,
            "kind": JobKind.DELIVERY.value,
            "element_id": row.element_id,
            "scope_id": row.scope_id,
            "token_id": None,
            "data": canonical.dumps({"subscription": row.id, "variables": values}),
            "created_at": now,
            "due_at": now,
            "retries": JOB_RETRIES,
            "error": None,
        }
        for row in waiting
    ]
    if rows:
        connection.execute(insert(job), rows)


def deliver_by_job(step: Step, row: JobRow) -> None:
    """Give a message or signal to the one that waited when it was sent; whoever waits no longer gets nothing."""
    del step.jobs[row.id]
    told = canonical.loads(row.data)
    deliver(step, told["subscription"], {name: StoredValue(*value) for name, value in told["variables"].items()})


def deliver(step: Step, subscription_id: str, variables: Mapping[str, object]) -> str | None:
    """Give a message or signal to a subscription; the instance that got it, or None where it waits no longer, or is suspended."""
    waiting = step.game.subscriptions.get(subscription_id)
    if waiting is None:
        return None
    instance_id = step.game.scopes[waiting.scope_id].row.instance_id
    if step.is_suspended(instance_id):
        return None
    received = SignalReceived if waiting.kind == EventKind.SIGNAL else MessageReceived
    step.record(received(waiting.name, instance=instance_id))
    step.variables.write_all(step.game.seen_by(waiting), variables)
    step.game.trigger(subscription_id)
    return instance_id
