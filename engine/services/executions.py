"""Executions: where the tokens of an open case stand, as clients of Camunda 7's API see them, and what they do there.

An activity that is a scope of its own (it has an inside, boundary events, mappings, or is one of several instances) has an execution with
the id of its token. Any other has that of the scope around it while it is alone there, and one of its own beside others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from engine import access
from engine.bpmn.model import EventKind, FlowNode, Process
from engine.errors import InvalidRequest, NotFound
from engine.model import Actor
from engine.services.case_variables import set_variables
from engine.services.instances import Instances
from engine.services.receivers import Payload, deliver
from engine.services.runtime import Changed, Runtime
from engine.services.step import Step
from engine.store.game import lock_root
from engine.store.loading import load_state, load_variables
from engine.store.tables import process_instance, scope, token
from engine.store.values import StoredValue
from engine.tokens import BODY, Scope, ScopeKind, State, Subscription, Token


@dataclass(frozen=True, slots=True)
class Execution:
    """An execution: the process instance, or where a token is. `element_id` is None where only others are inside.

    `awaits`: the kind and name of each event that it waits for, where it was asked for with others of its instance.
    """

    id: str
    instance_id: str
    element_id: str | None = None
    awaits: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class ActivityInstance:
    """A node of the tree of what is going on. `token_id` is that of the history; the root has the id of the process instance."""

    element_id: str
    token_id: str
    execution_id: str
    children: tuple[ActivityInstance, ...] = ()


@dataclass(frozen=True, slots=True)
class EventSubscription:
    """An event that an execution waits for: message, signal, compensate or conditional."""

    id: str
    kind: str
    name: str
    element_id: str
    execution_id: str
    instance_id: str


class Executions:
    """The executions of open cases."""

    def __init__(self, runtime: Runtime, instances: Instances) -> None:
        self._runtime = runtime
        self._instances = instances

    # ---- reading -----------------------------------------------------------------------------------------------------------

    def tree(self, actor: Actor, instance_id: str) -> tuple[Process, ActivityInstance]:
        """What is going on in an open process instance, as a tree, with its process. Raises `NotFound`."""
        with self._runtime.database.read() as connection:
            picture = self._picture(connection, actor, instance_id)
            return picture.process, ActivityInstance(picture.process.id, instance_id, instance_id, tuple(picture.inside(instance_id)))

    def of_instance(self, actor: Actor, instance_id: str) -> list[Execution]:
        """The executions of an open process instance, those of activities with their element. Raises `NotFound`."""
        with self._runtime.database.read() as connection:
            picture = self._picture(connection, actor, instance_id)
            elements: dict[str, str | None] = {instance_id: None}
            for it in picture.tokens():
                elements[picture.execution_of(it)] = it.element_id + picture.body_of(it)
            awaited = defaultdict[str, set[tuple[str, str]]](set)
            for row in map(picture.shown, picture.awaited()):
                awaited[row.execution_id].add((row.kind, row.name))
            return [Execution(it, instance_id, element, frozenset(awaited[it])) for it, element in elements.items()]

    def get(self, actor: Actor, execution_id: str) -> Execution:
        """One execution of an open process instance. Raises `NotFound`."""
        with self._runtime.database.read() as connection:
            _, instance_id = self._find(connection, execution_id)
            self._instances.visible(connection, actor, instance_id)
            return Execution(execution_id, instance_id)

    def subscriptions(self, actor: Actor, instance_id: str) -> list[EventSubscription]:
        """What an open process instance waits for, timers left out. Raises `NotFound`."""
        with self._runtime.database.read() as connection:
            picture = self._picture(connection, actor, instance_id)
            return [picture.shown(row) for row in picture.awaited() if row.kind != EventKind.TIMER]

    def local_variables(self, actor: Actor, execution_id: str) -> dict[str, StoredValue]:
        """The variables of an execution alone, for who sees everything of its case. Raises `NotFound`."""
        with self._runtime.database.read() as connection:
            root_id, instance_id = self._find(connection, execution_id)
            self._instances.visible(connection, actor, instance_id)
            access.may_correlate(actor)
            state = load_state(connection, root_id).state
            stored = load_variables(connection, root_id)
            inside = [row.id for row in state.scopes.values() if row.owner == execution_id and row.kind is not ScopeKind.INSTANCE]
            owner = state.scopes[execution_id].owner if execution_id in state.scopes else None
            own = [execution_id, *inside] if owner is None or execution_id == instance_id else [owner, execution_id]
            return {name: value for each in own for name, value in stored.get(each, {}).items()}

    def change(self, actor: Actor, execution_id: str, values: Mapping[str, object], removed: Iterable[str] = ()) -> None:
        """Set and remove variables of an execution alone: for who acts for others, and for the process owner. Raises `NotFound`."""

        def work(connection: Connection) -> tuple[None, Changed]:
            step, instance_id = self._step_on(connection, actor, execution_id)
            scopes = (it.row for it in step.game.scopes.values())
            inside = [row.id for row in scopes if row.owner == execution_id and row.kind is not ScopeKind.INSTANCE]
            return set_variables(step, instance_id, [execution_id, *inside], values, removed)

        self._runtime.commit(work)

    # ---- acting ------------------------------------------------------------------------------------------------------------

    def signal(self, actor: Actor, execution_id: str, variables: Mapping[str, object] | None = None) -> None:
        """Go on from a receive task without its message. Raises `NotFound`, `InvalidRequest` where no receive task waits."""
        access.may_correlate(actor)

        def act(step: Step, picture: _Picture) -> None:
            waiting = [it for it in picture.tokens() if execution_id in {it.id, picture.execution_of(it)}]
            found = [it for it in waiting if picture.node(it).type == "receiveTask"]
            if len(found) != 1:
                raise InvalidRequest(f"no receive task waits in the execution {execution_id}")
            step.variables.write_all(step.game.token(found[0].id).variable_scopes(), variables or {})
            step.game.complete(found[0].id)

        self._act(actor, execution_id, act)

    def trigger(self, actor: Actor, execution_id: str, message: str, variables: Mapping[str, object] | None = None) -> None:
        """Give a message to the execution that waits for it. Raises `NotFound`, `InvalidRequest` where it does not wait for it."""
        access.may_correlate(actor)

        def act(step: Step, picture: _Picture) -> None:
            waiting = [picture.shown(row) for row in picture.awaited() if row.kind == EventKind.MESSAGE and row.name == message]
            found = [it for it in waiting if it.execution_id == execution_id]
            if len(found) != 1:
                raise InvalidRequest(f"the execution {execution_id} does not wait for the message '{message}'")
            deliver(step, found[0].id, Payload(variables or {}))

        self._act(actor, execution_id, act)

    def _step_on(self, connection: Connection, actor: Actor, execution_id: str) -> tuple[Step, str]:
        """A step of the root of an execution, and its process instance. Raises `NotFound`."""
        root_id, instance_id = self._find(connection, execution_id)
        self._instances.visible(connection, actor, instance_id)
        lock = lock_root(connection, root_id)
        if lock is None:
            raise _missing(execution_id)
        return Step.on(self._runtime, connection, actor, lock), instance_id

    def _act(self, actor: Actor, execution_id: str, act: Callable[[Step, _Picture], None]) -> None:
        def work(connection: Connection) -> tuple[None, Changed]:
            step, instance_id = self._step_on(connection, actor, execution_id)
            step.check_active(instance_id)
            act(step, _Picture(step.game.state(), instance_id, step.process(instance_id)))
            return None, step.finish()

        self._runtime.commit(work)

    # ---- finding -----------------------------------------------------------------------------------------------------------

    def _picture(self, connection: Connection, actor: Actor, instance_id: str) -> _Picture:
        case = self._instances.visible(connection, actor, instance_id)
        state = load_state(connection, case.root_id).state
        if instance_id not in state.scopes:
            raise _missing(instance_id)
        return _Picture(state, instance_id, self._runtime.catalogue.definition(connection, case.definition_id).process)

    @staticmethod
    def _find(connection: Connection, execution_id: str) -> tuple[str, str]:
        """The root and the process instance of an execution."""
        columns = process_instance.c
        found = connection.execute(select(columns.root_id, columns.id).where(columns.id == execution_id)).one_or_none()
        if found is None:
            inner = select(scope.c.root_id, scope.c.instance_id).where(scope.c.id == execution_id)
            found = connection.execute(inner).one_or_none()
        if found is None:
            in_scope = scope.c.instance_id.label("instance_id")
            of_token = select(token.c.root_id, token.c.scope_id, in_scope).outerjoin(
                scope, (scope.c.root_id == token.c.root_id) & (scope.c.id == token.c.scope_id)
            )
            row = connection.execute(of_token.where(token.c.id == execution_id)).one_or_none()
            if row is None:
                raise _missing(execution_id)
            return row.root_id, row.instance_id or row.scope_id
        return found[0], found[1]


class _Picture:
    """One process instance in the state of its root."""

    def __init__(self, state: State, instance_id: str, process: Process) -> None:
        self._state, self._instance_id, self.process = state, instance_id, process
        self._inner = {row.owner: row for row in state.scopes.values() if row.owner is not None}

    def node(self, it: Token) -> FlowNode:
        """The flow node at which a token is."""
        return self.process.nodes[it.element_id]

    def tokens(self) -> Iterator[Token]:
        """The tokens of the instance."""
        scopes = {row.id for row in self._state.scopes.values() if row.instance_id == self._instance_id}
        return (it for it in self._state.tokens.values() if it.scope_id in scopes)

    def awaited(self) -> Iterator[Subscription]:
        """The subscriptions of the instance."""
        scopes = self._state.scopes
        return (row for row in self._state.subscriptions.values() if scopes[row.scope_id].instance_id == self._instance_id)

    def shown(self, row: Subscription) -> EventSubscription:
        """A subscription with the execution that has it."""
        holder = self._state.tokens.get(row.token_id or "")
        execution = self._of_scope(self._state.scopes[row.scope_id]) if holder is None else self.execution_of(holder)
        name = row.name if row.kind in {EventKind.MESSAGE, EventKind.SIGNAL} else ""
        return EventSubscription(row.id, row.kind, name, row.element_id, execution, self._instance_id)

    def execution_of(self, it: Token) -> str:
        """The id of the execution of a token."""
        node = self.node(it)
        own = it.id in self._inner or it.loop_index is not None or self.process.boundary_events(node.id) or node.is_scope
        if own or sum(other.scope_id == it.scope_id for other in self._state.tokens.values()) > 1:
            return it.id
        return self._of_scope(self._state.scopes[it.scope_id])

    def body_of(self, it: Token) -> str:
        """What the name of the element of a token ends with where it is the body of several instances."""
        inner = self._inner.get(it.id)
        return BODY if inner is not None and inner.kind is ScopeKind.MULTI_INSTANCE else ""

    def _of_scope(self, row: Scope) -> str:
        return row.id if row.kind is ScopeKind.INSTANCE or row.owner is None else row.owner

    def inside(self, scope_id: str) -> Iterator[ActivityInstance]:
        """The activity instances of a scope; a called process has a tree of its own."""
        for it in self._state.tokens.values():
            if it.scope_id != scope_id:
                continue
            inner = self._inner.get(it.id)
            children = tuple(self.inside(inner.id)) if inner is not None and inner.kind is not ScopeKind.INSTANCE else ()
            yield ActivityInstance(it.element_id + self.body_of(it), it.id, self.execution_of(it), children)


def execution_of(state: State, process: Process, token_id: str) -> str:
    """The id of the execution of a token."""
    it = state.tokens[token_id]
    return _Picture(state, state.scopes[it.scope_id].instance_id, process).execution_of(it)


def _missing(execution_id: str) -> NotFound:
    return NotFound(f"there is no execution {execution_id!r}", id=execution_id)
