"""Messages: correlated to the one case that waits for them, or starting one; given by hand on the page of a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from engine import access
from engine.bpmn.model import EventDefinition, EventKind, FlowNode
from engine.errors import Conflict, CorrelationMismatch, Forbidden, InvalidRequest
from engine.events import MessageReceived
from engine.model import Actor, Case
from engine.services.instances import Instances, Start
from engine.services.limits import check_name, check_optional
from engine.services.receivers import MOST_AT_ONCE, Payload, Waiting, Wanted, deliver, put_deliveries, receivers
from engine.services.rivals import wait_gone
from engine.services.runtime import Changed, Runtime
from engine.services.standing import family
from engine.services.step import Step
from engine.store.game import lock_root
from engine.store.queries.definitions import may_start
from engine.store.tables import process_instance, start_subscription, subscription


@dataclass(frozen=True, slots=True)
class Message:
    """A message to correlate.

    `correlation_keys` are compared with the variables of the waiting instance, `local_keys` with those of what waits.

    `variables`, `local` and `triggered` are those of `Payload`; a case that begins by the message has the first two.
    """

    name: str
    business_key: str | None = None
    instance_id: str | None = None
    correlation_keys: Mapping[str, object] | None = None
    variables: Mapping[str, object] | None = None
    all: bool = False
    local_keys: Mapping[str, object] | None = None
    local: Mapping[str, object] | None = None
    triggered: Mapping[str, object] | None = None

    @property
    def payload(self) -> Payload:
        """What comes with it."""
        return Payload(self.variables or {}, self.local or {}, self.triggered or {})


@dataclass(frozen=True, slots=True)
class Correlated:
    """Where a message went: into an open instance, or into a new case."""

    instance_id: str
    started: Case | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A message that a case waits for and that a person may give by hand."""

    subscription_id: str
    element_id: str
    event: EventDefinition
    instance_id: str
    definition_id: str
    kind: EventKind
    name: str  # of the message or signal, as it is awaited


_SENT = {EventKind.MESSAGE, EventKind.SIGNAL}


class Messages:
    """Messages from outside and from people."""

    def __init__(self, runtime: Runtime, instances: Instances) -> None:
        self._runtime = runtime
        self._instances = instances

    def correlate(self, actor: Actor, message: Message) -> list[Correlated]:
        """Deliver a message: to the one case that waits for it, else to the one process that begins by it, as in Camunda 7.

        `CorrelationMismatch` where several wait, or nobody waits and not exactly one process begins by it. With `all` everybody who waits
        gets it and every process that it begins begins; nobody at all is no mismatch then.

        The deliveries are one transaction; the roots are locked in the order of their ids. With `all` the first hundred get it there,
        and each of the others by a job that is due at once.
        """
        check_name("the name of the message", message.name)
        check_optional("the business key", message.business_key)
        access.may_correlate(actor)
        numbers = self._numbers(message)

        def work(connection: Connection) -> tuple[list[Correlated], list[Changed]]:
            waiting = receivers(connection, _wanted(message), most=None if message.all else 2)
            starts = self._starts(connection, message) if message.all or not waiting else []
            if len(waiting) + len(starts) != 1 and not message.all:
                raise _mismatch(message, len(waiting) + len(starts))
            done: list[Correlated] = []
            changed = self._deliver_to(connection, actor, waiting, message, done)
            for row in starts:
                case, touched = self._begin(connection, actor, row, message, numbers)
                done.append(Correlated(case.id, case))
                changed.append(touched)
            return done, changed

        result, all_changed = self._runtime.write(work)
        for changed in all_changed:
            self._runtime.tell(changed)
        return result

    def _numbers(self, message: Message) -> dict[str, str | None]:
        """A number for each case that the message will begin, by definition; none where somebody waits for it."""
        with self._runtime.database.read() as connection:
            starts = self._starts(connection, message)
            if starts and not message.all and receivers(connection, _wanted(message), most=1):
                return {}
            definitions = [self._runtime.catalogue.definition(connection, it.definition_id) for it in starts]
        return {it.row.id: self._instances.next_number(it) for it in definitions}

    def _deliver_to(
        self, connection: Connection, actor: Actor, waiting: list[Waiting], message: Message, done: list[Correlated]
    ) -> list[Changed]:
        """Give it to those who wait: to the first hundred here, to the others by jobs."""
        now, later = waiting[:MOST_AT_ONCE], waiting[MOST_AT_ONCE:]
        changed = [
            self._deliver(connection, actor, root_id, [row.id for row in now if row.root_id == root_id], message, done)
            for root_id in sorted({row.root_id for row in now})
        ]
        put_deliveries(self._runtime, connection, later, message.payload)
        done += [Correlated(row.instance_id) for row in later]
        return [*changed, Changed(jobs=bool(later))]

    def _begin(
        self, connection: Connection, actor: Actor, row: Row[*tuple[Any, ...]], message: Message, numbers: Mapping[str, str | None]
    ) -> tuple[Case, Changed]:
        """Begin a case by it. Raises `Conflict` where another client's request or a deployment was faster: it is to be sent again."""
        if row.definition_id not in numbers:
            raise Conflict(f"who waited for '{message.name}' waits no longer: send it again", message_name=message.name)
        variables = {**(message.variables or {}), **(message.local or {})}
        number = numbers[row.definition_id]
        start = Start(row.definition_id, row.element_id, variables, message.business_key, number, by_form=False)
        return self._instances.begin(connection, actor, self._runtime.new_id(), start)

    def offers(self, actor: Actor, case_id: str, *, unnamed: bool = False) -> list[Offer]:
        """The messages that a case, or one that it calls, waits for and that the actor may give by hand.

        `unnamed`: for who may send messages to any case, also the messages and signals that the model does not offer by a name.
        """
        if unnamed:
            access.may_correlate(actor)
        with self._runtime.database.read() as connection:
            case = self._instances.visible(connection, actor, case_id)
            query = (
                select(subscription, process_instance.c.definition_id)
                .join(process_instance, process_instance.c.id == subscription.c.instance_id)
                .where(subscription.c.root_id == case.root_id)
                .order_by(subscription.c.id)
            )
            if case.parent_id is not None:
                query = query.where(subscription.c.instance_id.in_(sorted(family(connection, case.id))))
            found: list[Offer] = []
            for row in connection.execute(query):
                node = self._runtime.catalogue.definition(connection, row.definition_id).process.nodes[row.element_id]
                if node.event is None:
                    continue
                if row.kind in _SENT if unnamed else (node.event.label is not None and _may_give(actor, node.event)):
                    found.append(Offer(row.id, node.id, node.event, row.instance_id, row.definition_id, EventKind(row.kind), row.name))
            return found

    def give(self, actor: Actor, case_id: str, subscription_id: str, at: date, remark: str = "", *, element: str | None = None) -> None:
        """Give a message by hand, with the date on which it came and a remark; both stand in the history.

        `element` is where the case waited for it when it was offered: so the `Conflict` can name who was faster.
        """

        def work(connection: Connection) -> tuple[None, Changed]:
            case = self._instances.visible(connection, actor, case_id)
            lock = lock_root(connection, case.root_id)
            if lock is None:
                raise wait_gone(connection, case.root_id, element)
            step = Step.on(self._runtime, connection, actor, lock)
            waiting = step.game.subscriptions.get(subscription_id)
            if waiting is None:
                raise wait_gone(connection, case.root_id, element)
            step.check_active(step.game.scopes[waiting.scope_id].row.instance_id)
            node = _element(step, waiting.scope_id, waiting.element_id)
            if node.event is None or node.event.kind is not EventKind.MESSAGE:
                raise InvalidRequest(f"{node.id} waits for no message")
            access.may_give_message(actor, node.event.role)
            step.record(
                MessageReceived(waiting.name, remark.strip() or None, at.isoformat(), step.game.scopes[waiting.scope_id].row.instance_id)
            )
            step.takes_part(actor.id)
            step.game.trigger(subscription_id)
            return None, step.finish()

        self._runtime.commit(work)

    # ---- finding receivers -----------------------------------------------------------------------------------------------

    def _starts(self, connection: Connection, message: Message) -> list[Row[*tuple[Any, ...]]]:
        """Message start events, whatever the correlation keys are; a message to an instance starts nothing."""
        if message.instance_id is not None:
            return []
        columns = start_subscription.c
        query = select(start_subscription).where(may_start(), columns.name == message.name, columns.kind == EventKind.MESSAGE.value)
        query = query.order_by(columns.definition_id)
        return list(connection.execute(query))

    def _deliver(
        self, connection: Connection, actor: Actor, root_id: str, subscriptions: list[str], message: Message, done: list[Correlated]
    ) -> Changed:
        """Deliver to all receivers of one root; what is gone after the lock is skipped with `all`, else a mismatch."""
        lock = lock_root(connection, root_id)
        if lock is None:
            if message.all:
                return Changed()
            raise _mismatch(message, 0)
        step = Step.on(self._runtime, connection, actor, lock)
        for subscription_id in subscriptions:
            instance_id = deliver(step, subscription_id, message.payload)
            if instance_id is not None:
                done.append(Correlated(instance_id))
            elif not message.all:
                raise _mismatch(message, 0)
        return step.finish()


def _wanted(message: Message) -> Wanted:
    """Who may wait for it."""
    return Wanted(message.name, message.business_key, message.instance_id, message.correlation_keys, message.local_keys)


def _may_give(actor: Actor, event: EventDefinition) -> bool:
    try:
        access.may_give_message(actor, event.role)
    except Forbidden:
        return False
    return True


def _element(step: Step, scope_id: str, element_id: str) -> FlowNode:
    """The element of a subscription."""
    return step.game.scopes[scope_id].compiled.process.nodes[element_id]


def _mismatch(message: Message, found: int) -> CorrelationMismatch:
    """Nobody waits, or more than one does."""
    said = f"{found} executions match" if found else "No process definition or execution matches the parameters"
    return CorrelationMismatch(f"Cannot correlate message '{message.name}': {said}", message_name=message.name, found=found)
