"""Handlers: functions of the application that service tasks name. They run in the transaction of the step."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from engine.errors import CrossdeskError, ModelFault
from engine.events import ServicePerformed
from engine.ports import Handler, HandlerResult, StepContext

if TYPE_CHECKING:
    from engine.bpmn.model import FlowNode, Service
    from engine.services.step import Step

log = logging.getLogger("crossdesk.handlers")


def handled(
    step: Step, node: FlowNode, service: Service, variables: Mapping[str, object], parameters: Mapping[str, object]
) -> HandlerResult:
    """Call the handler of a task and record it; what it answered. Raises `ModelFault`, `BpmnError`, and what the handler refuses."""
    handler = step.runtime.handlers.get(service.handler or "")
    if handler is None or service.handler is None:
        raise ModelFault(f"there is no handler {service.handler!r}", element=node.id, line=node.line)
    context = StepContext(
        connection=step.connection,
        clock=step.runtime.clock,
        new_id=step.runtime.new_id,
        actor=step.actor,
        case=step.case(),
        element_id=node.id,
        variables=variables,
        parameters=parameters,
    )
    result = _call(handler, context, node, service.handler)
    lines: list[Mapping[str, object]] = [{"text": text, **args} for text, args in result.history]
    step.record(ServicePerformed(node.id, service.handler, lines or None))
    return result


def _call(handler: Handler, context: StepContext, node: FlowNode, name: str) -> HandlerResult:
    """One that breaks, or answers something else, is a fault at its task. Trouble with the database is not its own: that is tried again."""
    try:
        result: object = handler(context)
    except (CrossdeskError, SQLAlchemyError):
        raise
    except Exception as error:
        log.exception("the handler %s failed at %s", name, node.id)
        raise ModelFault(f"the handler {name} failed: {error!r}", element=node.id, line=node.line) from error
    if not isinstance(result, HandlerResult):
        raise ModelFault(f"the handler {name} gave {type(result).__name__}, not a HandlerResult", element=node.id, line=node.line)
    return result
