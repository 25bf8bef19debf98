"""The external tasks of a step: they begin where their tokens wait for a worker, and end where those leave.

They are not loaded with the case: most steps have to do with none, and a token says by its element that it has one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, delete, insert, update

from engine.bpmn.model import FlowNode, Service
from engine.bpmn.names import CONNECTORS
from engine.errors import ModelFault
from engine.feel import brief
from engine.phrases import Phrase
from engine.program_events import ExternalTaskCreated, ExternalTaskErrorThrown
from engine.services.expressions import Place
from engine.services.limits import LONGEST_NAME
from engine.services.priorities import whole_number
from engine.store.rows import ExternalRow
from engine.store.tables import external_task, incident
from engine.tokens import TokenTask

if TYPE_CHECKING:
    from engine.services.step import Step
    from engine.store.writes import Writes

FAILED_TASK: Final = "failedExternalTask"
_STATE: Final = ("worker_id", "locked_until", "retries", "error", "error_details", "priority")
_INSERT = insert(external_task)
_UPDATE = update(external_task).where(external_task.c.id == bindparam("key")).values({name: bindparam(name) for name in _STATE})
_DELETE = delete(external_task).where(external_task.c.id == bindparam("key"))
_INSERT_INCIDENT = insert(incident)
_FORGET_INCIDENT = delete(incident).where(incident.c.job_id == bindparam("key"))


@dataclass(slots=True)
class ExternalWork:
    """The external tasks that begin, change and end in a step. `topics`: those for which a worker may find more than before."""

    step: Step
    topics: set[str] = field(default_factory=set)
    _new: dict[str, ExternalRow] = field(default_factory=dict)
    _known: dict[str, ExternalRow] = field(default_factory=dict)
    _changed: dict[str, ExternalRow] = field(default_factory=dict)
    _gone: list[str] = field(default_factory=list)
    _incidents: list[dict[str, Any]] = field(default_factory=list)
    _repaired: list[str] = field(default_factory=list)

    def create(self, token: TokenTask, node: FlowNode, service: Service) -> None:
        """A token waits for a worker."""
        step = self.step
        topic = _topic(step, token, node, service)
        row = ExternalRow(token.id, step.root_id, token.instance_id, node.id, topic, _priority(step, token, node, service), step.at)
        self._new[row.id] = row
        self.topics.add(topic)
        step.record(ExternalTaskCreated(row.id, node.id, topic, row.priority or None))

    def end(self, token_id: str) -> None:
        """It ends with its token, and what had failed of it is nobody's trouble any more."""
        if self._new.pop(token_id, None) is not None:
            return
        self._changed.pop(token_id, None)
        self._incidents = [it for it in self._incidents if it["job_id"] != token_id]
        self._gone.append(token_id)
        before = self._known.get(token_id)
        if before is None or before.retries == 0:
            self._repaired.append(token_id)

    def known(self, row: ExternalRow) -> None:
        """What the step is about, as it was stored: so that its end needs no look at incidents."""
        self._known[row.id] = row

    def change(self, row: ExternalRow, *, may_be_fetched: bool) -> None:
        """Put a changed row in the place of the one before."""
        self._changed[row.id] = row
        if may_be_fetched:
            self.topics.add(row.topic)

    def failed_for_good(self, row: ExternalRow, message: str) -> None:
        """Nobody tries it again: an incident."""
        step = self.step
        values = {"id": step.runtime.new_id(), "root_id": row.root_id, "instance_id": row.instance_id, "element_id": row.element_id}
        self._incidents.append({**values, "kind": FAILED_TASK, "job_id": row.id, "created_at": step.at, "message": message})

    def repaired(self, row: ExternalRow) -> None:
        """It may be tried again: its incident is gone."""
        self._repaired.append(row.id)

    def throws(self, row: ExternalRow, worker: str, *, leniently: bool) -> bool:
        """Throw the first error whose expression is true now that a worker has reported; whether there is one.

        `leniently`: an expression that cannot be evaluated is not true, as in Camunda 7 for a failure; else it is a fault.
        """
        step = self.step
        token = step.game.token(row.id)
        service: Service = token.task_spec.node.service
        place = _seen(step, token, row) if service.errors else None
        for error in service.errors:
            if place is None or error.expression is None or error.code is None:
                continue
            try:
                holds = step.expressions.condition(error.expression, place, strictly=False)
            except ModelFault:
                if not leniently:
                    raise
                continue
            if holds:
                step.record(ExternalTaskErrorThrown(row.id, row.element_id, worker, error.code, row.error))
                step.game.throw_error(row.id, error.code, row.error or "")
                return True
        return False

    def write(self, writes: Writes) -> None:
        """At most one statement for each kind of change."""
        if self._new:
            writes.execute(_INSERT, [_values(row) for row in self._new.values()])
        if self._changed:
            writes.execute(_UPDATE, [_state(row) for row in self._changed.values()])
        if self._gone:
            writes.execute(_DELETE, [{"key": token_id} for token_id in self._gone])
        if self._repaired:
            writes.execute(_FORGET_INCIDENT, [{"key": token_id} for token_id in self._repaired])
        if self._incidents:
            writes.execute(_INSERT_INCIDENT, self._incidents)


def _values(row: ExternalRow) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in external_task.columns}


def _state(row: ExternalRow) -> dict[str, Any]:
    """What may change of it."""
    return {"key": row.id, **{name: getattr(row, name) for name in _STATE}}


def _seen(step: Step, token: TokenTask, row: ExternalRow) -> Place:
    """What an expression about a report may read: the variables, and the task as `externalTask`."""
    place, definition_id = step.host.place(token), token.workflow.row.definition_id
    known: dict[str, object] = {
        "id": row.id,
        "topicName": row.topic,
        "workerId": row.worker_id,
        "errorMessage": row.error,
        "errorDetails": row.error_details,
        "retries": row.retries,
        "priority": row.priority,
        "activityId": row.element_id,
        "activityInstanceId": row.id,
        "executionId": row.id,
        "processInstanceId": row.instance_id,
        "processDefinitionId": definition_id,
        "processDefinitionKey": definition_id.split(":")[0],
        "businessKey": step.business_key(row.instance_id),
        "tenantId": None,
    }
    seen = step.variables.view(token.variable_scopes(), {"externalTask": known})
    return replace(place, variables=seen, host={**place.host, **{f"externalTask.{name}": value for name, value in known.items()}})


def _topic(step: Step, token: TokenTask, node: FlowNode, service: Service) -> str:
    if service.connector is not None:
        return f"{CONNECTORS}{service.connector}"
    value = step.host.evaluate(service.topic, token) if service.topic is not None else None
    if not isinstance(value, str) or not value or len(value) > LONGEST_NAME or value.startswith(CONNECTORS):
        message = Phrase(
            "the topic of {node} is {value}, not a name of at most {most} characters{because}",
            node=node.id,
            value=brief(value),
            most=LONGEST_NAME,
            because=step.expressions.because(),
        )
        raise ModelFault(message, element=node.id, line=node.line)
    return value


def _priority(step: Step, token: TokenTask, node: FlowNode, service: Service) -> int:
    """Of the task, else of its process, else 0."""
    text = service.priority or token.workflow.compiled.process.task_priority
    value = step.host.evaluate(text, token) if text is not None else 0
    number = whole_number(value)
    if number is None:
        raise ModelFault(
            Phrase("the task priority of {id} is {value}, not a whole number", id=node.id, value=brief(value)),
            element=node.id,
            line=node.line,
        )
    return number
