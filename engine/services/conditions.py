"""Conditional start events: evaluated when a client asks for it, with the variables that it sends (as Camunda 7 does)."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from engine import access
from engine.bpmn.model import EventKind
from engine.errors import ModelFault
from engine.model import Actor, Case
from engine.services.catalogue import Definition
from engine.services.expressions import Expressions, Place
from engine.services.instances import Instances, Start
from engine.services.runtime import Changed, Runtime
from engine.store.queries.definitions import may_start
from engine.store.tables import process_definition, start_subscription
from engine.store.values import plain


class Conditions:
    """Conditional start events."""

    def __init__(self, runtime: Runtime, instances: Instances) -> None:
        self._runtime = runtime
        self._instances = instances

    def evaluate(
        self, actor: Actor, variables: Mapping[str, object], *, business_key: str | None = None, definition_id: str | None = None
    ) -> list[Case]:
        """Start a case for each conditional start event whose condition holds with these variables: of the latest versions.

        `definition_id`: of that version alone. Raises `NotFound`, and `ModelFault` where it has no such event.
        """
        access.may_correlate(actor)
        with self._runtime.database.read() as connection:
            found = [
                Start(of.row.id, element, variables, business_key, self._instances.next_number(of), by_form=False)
                for of, element in self._true(connection, variables, definition_id)
            ]

        def work(connection: Connection) -> tuple[list[Case], Changed]:
            cases, changed = [], Changed()
            for start in found:
                case, touched = self._instances.begin(connection, actor, self._runtime.new_id(), start)
                cases.append(case)
                changed |= touched
            return cases, changed

        return self._runtime.commit(work)

    def _true(self, connection: Connection, variables: Mapping[str, object], definition_id: str | None) -> list[tuple[Definition, str]]:
        """The definitions and start events whose condition is true; one that cannot be evaluated is not."""
        starts = _latest(connection) if definition_id is None else self._of_version(connection, definition_id)
        runtime = self._runtime
        expressions = Expressions(runtime.clock.now(), runtime.directory(connection), runtime.calendar(connection))
        found = []
        for of, element in starts:
            definition = runtime.catalogue.definition(connection, of)
            place = Place(element, plain(variables), definition.names)
            for event in definition.process.nodes[element].events:
                if event.condition is None:
                    continue
                try:
                    holds = expressions.condition(event.condition, place)
                except ModelFault:
                    holds = False
                if holds:
                    found.append((definition, element))
                    break
        return found

    def _of_version(self, connection: Connection, definition_id: str) -> list[tuple[str, str]]:
        """The conditional start events of one version, which need not be the latest; none while it is suspended."""
        definition = self._runtime.catalogue.definition(connection, definition_id)
        starts = definition.compiled.start_events(None)
        found = [(definition_id, it.id) for it in starts if any(event.kind is EventKind.CONDITIONAL for event in it.events)]
        if not found:
            raise ModelFault(f"Process definition with id '{definition_id}' does not declare conditional start event.")
        columns = process_definition.c
        is_suspended = connection.execute(select(columns.suspended).where(columns.id == definition_id)).scalar_one()
        return [] if is_suspended else found


def _latest(connection: Connection) -> list[tuple[str, str]]:
    """The conditional start events of all versions that are the latest and not suspended."""
    columns = start_subscription.c
    query = select(columns.definition_id, columns.element_id).where(may_start(), columns.kind == EventKind.CONDITIONAL.value)
    rows = connection.execute(query.order_by(columns.definition_id, columns.element_id))
    return [(row.definition_id, row.element_id) for row in rows]
