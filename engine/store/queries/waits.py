"""What open cases wait for besides people: messages, timers, and the cases that they call. Rows, as yet without what the model says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import BigInteger, Select, cast, false, func, literal, null, select, type_coerce, union_all

from engine.store.moments import from_milliseconds
from engine.store.rows import TIMER
from engine.store.tables import case_instance, external_task, job, process_instance, subscription, token

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.bpmn.model import EventKind
    from engine.store.queries.holders import Holder

CALL, WORK = "call", "work"


@dataclass(frozen=True, slots=True)
class Awaited:
    """A message or a timer that is awaited. `element_id`: the event or receive task that catches it; `due_at`: of a timer."""

    element_id: str
    kind: EventKind
    name: str  # of the message
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wait:
    """A token that waits for no person: at an intermediate event, a receive task, an event-based gateway, a call activity or for a worker.

    What is `awaited` may be several things, of which the first to come counts; of a call activity nothing, but the case that it `called`,
    and of an external task its `topic`. A boundary event is not waited for: its host is.
    """

    token_id: str
    instance_id: str
    definition_id: str
    element_id: str
    since: datetime
    awaited: tuple[Awaited, ...]
    called: str | None = None
    topic: str | None = None
    failed: bool = False  # nobody tries any more what it waits for: an incident
    deferred: bool = False  # it waits for nothing but a transaction of its own


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands, with the cases that it calls: everything that is open, the oldest first."""

    holders: tuple[Holder, ...] = ()
    waits: tuple[Wait, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is open."""
        return bool(self.holders or self.waits)

    def of(self, instance_ids: frozenset[str]) -> Standing:
        """What of it is in some of the instances."""
        return Standing(
            tuple(it for it in self.holders if it.instance_id in instance_ids),
            tuple(it for it in self.waits if it.instance_id in instance_ids),
        )

    def at(self, token_ids: frozenset[str]) -> Standing:
        """What of it is at some of the tokens, such as those that came of a completion."""
        return Standing(
            tuple(it for it in self.holders if it.task_id in token_ids), tuple(it for it in self.waits if it.token_id in token_ids)
        )


class WaitRow(NamedTuple):
    """A token that waits for something; one at an event-based gateway has several. `kind`: message, timer, call or work.

    `element_id` is where the token is, `awaited` the element that catches: the same one, an event behind the gateway, or a boundary event;
    of a call the id of the called case. `name` of work is its topic.
    """

    root_id: str
    instance_id: str
    definition_id: str
    token_id: str
    element_id: str
    kind: str
    awaited: str
    name: str
    due_at: datetime | None
    failed: bool


def wait_rows(conn: Connection, root_ids: Iterable[str]) -> list[WaitRow]:
    """The tokens of cases, and of the cases that they call, that wait, the oldest first, in one statement."""
    roots = sorted(set(root_ids))
    if not roots:
        return []
    query = union_all(_timers(roots), _messages(roots), _calls(roots), _work(roots)).order_by("token_id", "kind", "awaited")
    rows = conn.execute(query)
    return [WaitRow._make((*row[:8], None if row.due is None else from_milliseconds(row.due), bool(row.failed))) for row in rows]


def _timers(roots: list[str]) -> Select[Any]:
    at = (token.c.root_id == job.c.root_id) & (token.c.id == job.c.token_id)
    return (
        select(
            job.c.root_id, job.c.instance_id, process_instance.c.definition_id, token.c.id.label("token_id"), token.c.element_id,
            job.c.kind.label("kind"), job.c.element_id.label("awaited"), job.c.data.label("name"),
            type_coerce(job.c.due_at, BigInteger).label("due"), (job.c.retries == 0).label("failed"),
        )
        .join(token, at)
        .join(process_instance, process_instance.c.id == job.c.instance_id)
        .where(job.c.root_id.in_(roots), job.c.kind == TIMER)
    )  # fmt: skip


def _messages(roots: list[str]) -> Select[Any]:
    at = (token.c.root_id == subscription.c.root_id) & (token.c.id == subscription.c.token_id)
    return (
        select(
            subscription.c.root_id, subscription.c.instance_id, process_instance.c.definition_id, token.c.id, token.c.element_id,
            subscription.c.kind, subscription.c.element_id, subscription.c.name, cast(null(), BigInteger), false(),
        )
        .join(token, at)
        .join(process_instance, process_instance.c.id == subscription.c.instance_id)
        .where(subscription.c.root_id.in_(roots))
    )  # fmt: skip


def _calls(roots: list[str]) -> Select[Any]:
    """Each called instance, as what its caller waits for."""
    called, caller = process_instance.alias("called"), process_instance.alias("caller")
    return (
        select(
            called.c.root_id, case_instance.c.parent_id, caller.c.definition_id, token.c.id, token.c.element_id,
            literal(CALL), called.c.id, literal(""), cast(null(), BigInteger), false(),
        )
        .join(token, (token.c.root_id == called.c.root_id) & (token.c.id == called.c.caller_token_id))
        .join(case_instance, case_instance.c.id == called.c.id)
        .join(caller, caller.c.id == case_instance.c.parent_id)
        .where(called.c.root_id.in_(roots))
    )  # fmt: skip


def _work(roots: list[str]) -> Select[Any]:
    """Each external task."""
    return (
        select(
            external_task.c.root_id, external_task.c.instance_id, process_instance.c.definition_id, external_task.c.id,
            external_task.c.element_id, literal(WORK), external_task.c.element_id, external_task.c.topic, cast(null(), BigInteger),
            func.coalesce(external_task.c.retries, 1) == 0,
        )
        .join(process_instance, process_instance.c.id == external_task.c.instance_id)
        .where(external_task.c.root_id.in_(roots))
    )  # fmt: skip
