"""Handlers: functions of the application that service tasks name. They run in the transaction of the step; a forecast rehearses them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from engine.errors import BpmnError, CrossdeskError, ModelFault
from engine.events import ServicePerformed
from engine.phrases import Phrase
from engine.ports import Handler, HandlerResult, RehearsedHandler, StepContext

if TYPE_CHECKING:
    from engine.bpmn.model import FlowNode, Service
    from engine.services.step import Step

log = logging.getLogger("crossdesk.handlers")


@dataclass(frozen=True, slots=True)
class Spot:
    """An element of a version."""

    definition_id: str
    element_id: str


@dataclass(slots=True)
class Forecast:
    """A forecast under way: what rehearsals note for those after them, and the task at which one could not say."""

    notes: dict[str, object] = field(default_factory=dict)
    stopped_at: Spot | None = None


def handled(
    step: Step, node: FlowNode, service: Service, variables: Mapping[str, object], parameters: Mapping[str, object], instance_id: str
) -> HandlerResult:
    """Call the handler of a task and record it; what it answered. Raises `ModelFault`, `BpmnError`, and what the handler refuses."""
    return perform(step, node, str(service.handler), _known(step, node, service), variables, parameters, instance_id)


def perform(
    step: Step,
    node: FlowNode,
    name: str,
    handler: Handler,
    variables: Mapping[str, object],
    parameters: Mapping[str, object],
    instance_id: str,
) -> HandlerResult:
    """Call a handler and record it under a name; what it answered."""
    context = _context(step, node, variables, parameters)
    result = _guarded(lambda: handler(context), node, name)
    if not isinstance(result, HandlerResult):
        raise ModelFault(
            Phrase("the handler {name} gave {given}, not a HandlerResult", name=name, given=type(result).__name__),
            element=node.id,
            line=node.line,
        )
    lines: list[Mapping[str, object]] = [{"text": text, **args} for text, args in result.history]
    step.record(ServicePerformed(node.id, name, lines or None, instance_id))
    return result


def rehearsed(
    step: Step,
    node: FlowNode,
    service: Service,
    variables: Mapping[str, object],
    parameters: Mapping[str, object],
    forecast: Forecast,
    spot: Spot,
) -> Mapping[str, object]:
    """The variables that the handler of a task would give.

    Raises a `BpmnError` that it would throw. Where it cannot say, or would refuse, the forecast has stopped here, and that is raised.
    """
    handler, name = _known(step, node, service), str(service.handler)
    try:
        if not isinstance(handler, RehearsedHandler):
            raise ModelFault(
                Phrase("the handler {name} cannot say beforehand what it will answer", name=name), element=node.id, line=node.line
            )
        rehearse, context = handler.rehearse, _context(step, node, variables, parameters)
        found = _guarded(lambda: rehearse(context, forecast.notes), node, name)
        if not isinstance(found, Mapping):
            raise ModelFault(
                Phrase("the rehearsal of {name} gave {given}, not variables", name=name, given=type(found).__name__),
                element=node.id,
                line=node.line,
            )
    except BpmnError:
        raise
    except CrossdeskError:
        forecast.stopped_at = spot
        raise
    return found


def _known(step: Step, node: FlowNode, service: Service) -> Handler:
    """The handler that a task names."""
    handler = step.runtime.handlers.get(service.handler or "")
    if handler is None:
        raise ModelFault(Phrase("there is no handler {handler}", handler=repr(service.handler)), element=node.id, line=node.line)
    return handler


def _context(step: Step, node: FlowNode, variables: Mapping[str, object], parameters: Mapping[str, object]) -> StepContext:
    """What a handler gets."""
    return StepContext(
        connection=step.connection,
        clock=step.runtime.clock,
        new_id=step.runtime.new_id,
        actor=step.actor,
        case=step.case(),
        element_id=node.id,
        variables=variables,
        parameters=parameters,
    )


def _guarded(call: Callable[[], object], node: FlowNode, name: str) -> object:
    """A handler that breaks is a fault at its task. Trouble with the database is not its own: that is tried again."""
    try:
        return call()
    except (CrossdeskError, SQLAlchemyError):
        raise
    except Exception as error:
        log.exception("the handler %s failed at %s", name, node.id)
        raise ModelFault(
            Phrase("the handler {name} failed: {error}", name=name, error=repr(error)), element=node.id, line=node.line
        ) from error
