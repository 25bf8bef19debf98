"""Connectors: what service tasks ask for outside of the company, called in the background and never inside of anybody's request.

A task with a connector waits as an external task under a topic of its own, with the same leases, retries and incidents. It is claimed in a
short transaction, called in none, and completed in a step: while a receiver is slow nothing is locked but the task's own lease. Whoever
crashes in between leaves the lease to expire; then the connector is called again under the same key, by which the receiver knows it again.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from engine.bpmn.model import FlowNode
from engine.bpmn.names import CONNECTORS
from engine.bpmn.retries import USUAL
from engine.errors import BpmnError, CrossdeskError, DatabaseUnavailable, ModelFault, Rejection
from engine.feel import brief
from engine.model import SYSTEM
from engine.phrases import Phrase
from engine.ports import Connector, ConnectorCall
from engine.program_events import ExternalTaskCompleted
from engine.services.external_steps import named, report
from engine.services.external_tasks import ExternalTasks
from engine.services.external_values import ExternalTask, Failure, Fetch
from engine.services.handling import perform
from engine.services.jobs import reason_of
from engine.services.runtime import Runtime
from engine.services.step import Step
from engine.store.history import EMPTY
from engine.store.loading import load_root
from engine.store.queries.external import Topic
from engine.store.rows import ExternalRow
from engine.tokens import TokenTask

log = logging.getLogger("crossdesk.connectors")

LEASE: Final = timedelta(minutes=2)
"""How long a call may take. One that has not come back by then counts as lost, and is made again."""


class Connectors:
    """The calls of connectors of all cases."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._external = ExternalTasks(runtime)

    def next_due(self) -> datetime | None:
        """When a call is due that nobody makes now; None where nothing waits."""
        wanted = self._wanted("")
        return self._external.next_free(SYSTEM, wanted) if wanted.topics else None

    def run_next(self) -> bool:
        """Make the call that has waited longest and complete its task; False where none was due. Several threads and processes may."""
        wanted = self._wanted(f"{CONNECTORS}{self._runtime.new_id()}")
        found = self._external.fetch(SYSTEM, wanted) if wanted.topics else []
        for task in found:
            self._attempt(task, wanted.worker)
        return bool(found)

    def _wanted(self, worker: str) -> Fetch:
        topics = [Topic(f"{CONNECTORS}{name}", LEASE, variables=()) for name in sorted(self._runtime.connectors)]
        return Fetch(worker, topics, 1, by_priority=True)

    def _attempt(self, task: ExternalTask, worker: str) -> None:
        """One try. What fails is written down, and nobody else's calls are kept from being made."""
        try:
            self._do(task, worker)
        except DatabaseUnavailable:
            raise  # the lease expires, and it is called again
        except BpmnError as error:
            self._put_down(task, worker, error)
        except Exception as error:
            if not isinstance(error, CrossdeskError):
                log.exception("the connector of %s failed", task.id)
            self._put_down(task, worker, error)

    def _do(self, task: ExternalTask, worker: str) -> None:
        name = task.topic.removeprefix(CONNECTORS)
        connector = self._runtime.connectors[name]
        result: object = None
        if connector.call is not None:
            result = connector.call(self._call_of(task, connector))

        def act(step: Step, row: ExternalRow) -> None:
            token = step.game.token(row.id)
            value = result if connector.within is None else self._within(step, token, name, connector)
            variable = _node(token).service.result_variable  # type: ignore[union-attr]  # it waits for its connector
            if variable:
                step.variables.write(token.variable_scopes(), variable, value)
            step.record(ExternalTaskCompleted(row.id, row.element_id, named(worker, row)))
            step.game.complete(row.id)

        report(self._runtime, SYSTEM, task.id, worker, "cannot be completed", act)

    def _within(self, step: Step, token: TokenTask, name: str, connector: Connector) -> object:
        """Run a connector that writes into our own database, in the step that completes its task."""
        node, inputs = _node(token), _inputs(step, token, connector)
        if connector.within is None:
            return None
        result = perform(step, node, name, connector.within, step.host.view(token), inputs, token.instance_id)
        step.variables.write_all(token.variable_scopes(), result.variables)
        return dict(result.variables)

    def _call_of(self, task: ExternalTask, connector: Connector) -> ConnectorCall:
        """What to call with, from the variables as they are now: whoever has corrected one has it tried with that."""
        with self._runtime.database.read() as connection:
            step = Step(self._runtime, connection, SYSTEM, task.root_id, load_root(connection, task.root_id), EMPTY)
            token = step.game.token(task.id)
            return ConnectorCall(task.id, step.case(), task.element_id, _inputs(step, token, connector))

    def _put_down(self, task: ExternalTask, worker: str, error: Exception) -> None:
        """Write down why a try came to nothing: a business error, or a failure. Nothing where the task was taken away meanwhile."""
        try:
            if isinstance(error, BpmnError):
                self._external.report_error(SYSTEM, task.id, worker, error.error_code, str(error))
            else:
                self._external.report_failure(SYSTEM, task.id, worker, self._failure(task, error))
        except Rejection as refused:
            log.info("what became of %s is not wanted any more: %s", task.id, refused)
        except ModelFault as fault:  # nothing catches the business error as it should
            self._external.report_failure(SYSTEM, task.id, worker, self._failure(task, fault))

    def _failure(self, task: ExternalTask, error: Exception) -> Failure:
        with self._runtime.database.read() as connection:
            node = self._runtime.catalogue.definition(connection, task.definition_id).process.nodes[task.element_id]
        cycle = node.retries or USUAL
        left = max((cycle.tries if task.retries is None else task.retries) - 1, 0)
        return Failure(reason_of(error), None, left, cycle.wait_after(left))


def _node(token: TokenTask) -> FlowNode:
    node: FlowNode = token.task_spec.node
    return node


def _inputs(step: Step, token: TokenTask, connector: Connector) -> dict[str, object]:
    """The inputs with their values; one that is needed and has none is a fault."""
    node, values = _node(token), dict[str, object]()
    for name, text in node.service.parameters if node.service is not None else ():
        values[name] = step.host.evaluate(text, token)
        because = step.expressions.because()
        wanted = next((it for it in connector.inputs if it.name == name), None)
        if wanted is not None and wanted.required and values[name] in (None, ""):
            raise ModelFault(Phrase("the input {name} has no value{because}", name=name, because=because), element=node.id, line=text.line)
        if wanted is not None and wanted.choices and values[name] not in (None, *wanted.choices):
            allowed, given = ", ".join(wanted.choices), brief(values[name])
            message = Phrase("the input {name} is {value}, not one of: {allowed}", name=name, value=given, allowed=allowed)
            raise ModelFault(message, element=node.id, line=text.line)
    return values
