"""Writes a plain model as BPMN 2.0 XML, with the attributes that the engine's reader expects."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from tests.tokens.plain import Event, Flow, Graph, Loop, Model, Node

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:crossdesk="urn:crossdesk:schema:1.0" '
    'id="definitions" targetNamespace="tests">\n'
)


def to_xml(model: Model) -> str:
    """The whole file."""
    events = [node.event for node in model.every_node() if node.event is not None]
    messages = sorted({event.name for event in events if event.kind == "message" and event.name})
    codes = sorted({event.name for event in events if event.kind == "error" and event.name})
    lines = [f"<message id={quoteattr('message_' + name)} name={quoteattr(name)}/>" for name in messages]
    signals = sorted({event.name for event in events if event.kind == "signal" and event.name})
    lines += [f"<signal id={quoteattr('signal_' + name)} name={quoteattr(name)}/>" for name in signals]
    lines += [f"<error id={quoteattr('error_' + code)} name={quoteattr(code)} errorCode={quoteattr(code)}/>" for code in codes]
    for key, graph in model.processes.items():
        lines += [f'<process id={quoteattr(key)} isExecutable="true" camunda:historyTimeToLive="P1D">', *_graph(graph, "  "), "</process>"]
    return HEAD + "\n".join(lines) + "\n</definitions>\n"


def _graph(graph: Graph, indent: str) -> list[str]:
    lines: list[str] = []
    for node in graph.nodes.values():
        lines += _node(node, indent)
    lines += [_flow(flow, indent) for flow in graph.flows]
    return lines + [_association(node, indent) for node in graph.nodes.values() if node.undone_by is not None]


def _association(node: Node, indent: str) -> str:
    ends = f"sourceRef={quoteattr(node.id)} targetRef={quoteattr(node.undone_by or '')}"
    return f'{indent}<association id={quoteattr("undo_" + node.id)} associationDirection="One" {ends}/>'


def _node(node: Node, indent: str) -> list[str]:
    inner: list[str] = []
    if node.kind == "serviceTask":
        inner.append('<extensionElements><crossdesk:handler name="test-handler"/></extensionElements>')
    if node.kind == "callActivity":
        inner.append('<extensionElements><camunda:in variables="all"/></extensionElements>')
    if node.event is not None and node.kind != "receiveTask":
        inner.append(_event(node.event))
    if node.loop is not None:
        count = f"= {node.loop.variable}" if node.loop.variable else str(node.loop.count)
        inner.append(
            f'<multiInstanceLoopCharacteristics isSequential="{str(node.loop.sequential).lower()}">'
            f'<loopCardinality xsi:type="tFormalExpression">{count}</loopCardinality>{_done(node.loop)}</multiInstanceLoopCharacteristics>'
        )
    content = _graph(node.inside, indent + "  ") if node.inside is not None else []
    body = [f"{indent}  {line}" for line in inner] + content
    return [f"{indent}<{node.kind} {_attributes(node)}>", *body, f"{indent}</{node.kind}>"]


def _done(loop: Loop) -> str:
    if loop.done is None:
        return ""
    return f'<completionCondition xsi:type="tFormalExpression">{loop.done.replace(">", "&gt;")}</completionCondition>'


def _attributes(node: Node) -> str:
    values = {"id": node.id, "name": node.id}
    if node.default is not None:
        values["default"] = node.default
    if node.kind == "boundaryEvent":
        values |= {"attachedToRef": str(node.host), "cancelActivity": str(node.interrupting).lower()}
    if node.kind == "startEvent" and node.event is not None:
        values["isInterrupting"] = str(node.interrupting).lower()
    if node.kind == "userTask":
        values["camunda:assignee"] = "worker"
    if node.by_event:
        values["triggeredByEvent"] = "true"
    if node.undoes:
        values["isForCompensation"] = "true"
    if node.calls is not None:
        values["calledElement"] = node.calls
    if node.kind == "receiveTask" and node.event is not None:
        values["messageRef"] = f"message_{node.event.name}"
    return " ".join(f"{name}={quoteattr(value)}" for name, value in values.items())


def _event(event: Event) -> str:
    if event.kind == "message":
        return f"<messageEventDefinition messageRef={quoteattr(f'message_{event.name}')}/>"
    if event.kind == "timer":
        return '<timerEventDefinition><timeDuration xsi:type="tFormalExpression">PT1H</timeDuration></timerEventDefinition>'
    if event.kind == "error":
        reference = f" errorRef={quoteattr(f'error_{event.name}')}" if event.name else ""
        return f"<errorEventDefinition{reference}/>"
    if event.kind == "signal":
        return f"<signalEventDefinition signalRef={quoteattr(f'signal_{event.name}')}/>"
    activity = f" activityRef={quoteattr(event.name)}" if event.kind == "compensate" and event.name else ""
    return f"<{event.kind}EventDefinition{activity}/>"


def _flow(flow: Flow, indent: str) -> str:
    ident = f"id={quoteattr(flow.id)} " if flow.written else ""
    condition = ""
    if flow.condition is not None:
        condition = f'<conditionExpression xsi:type="tFormalExpression">{flow.condition}</conditionExpression>'
    return f"{indent}<sequenceFlow {ident}sourceRef={quoteattr(flow.source)} targetRef={quoteattr(flow.target)}>{condition}</sequenceFlow>"
