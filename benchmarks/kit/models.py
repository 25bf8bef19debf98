"""The models that are run, as somebody would write them for Camunda 7, and the variables that their cases have."""

from __future__ import annotations

import json

_HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="definitions" targetNamespace="benchmarks">'
)
_START, _END = '<bpmn:startEvent id="start"/>', '<bpmn:endEvent id="end"/>'
_WORK = '<bpmn:userTask id="work" name="Work" camunda:candidateGroups="sales"/>'
_AGAIN = '<bpmn:exclusiveGateway id="again" default="to_again_end"/>'
LOOP_TASK = "work"

PURCHASE = "benchmarkPurchase"
PURCHASE_TASKS = ("submit", "manager", "finance")
PURCHASE_VARIABLES = {
    "amount": {"value": 5000, "type": "Integer"},
    "supplier": {"value": "Harbour Steel", "type": "String"},
    "lines": {"value": json.dumps([{"sku": f"s{i}", "qty": i, "price": 1.5 * i} for i in range(10)]), "type": "Json"},
}
NOTE = {"note": {"value": "ok", "type": "String"}}
"""What completing a task sends: with it a case has four variables."""


def _flows(*pairs: str) -> str:
    """Sequence flows, each `source > target`; one that leads back from the gateway is taken as long as `more` is true."""
    found = []
    for source, target in (pair.split(" > ") for pair in pairs):
        back = source == "again" and target not in {"end", "inner_end", "join"}
        condition = '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${more}</bpmn:conditionExpression>' if back else ""
        name = f"to_{source}_{'end' if source == 'again' and not back else target}"
        found.append(f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{condition}</bpmn:sequenceFlow>')
    return "".join(found)


def _process(key: str, *parts: str) -> str:
    return f'<bpmn:process id="{key}" isExecutable="true" camunda:historyTimeToLive="30">{"".join(parts)}</bpmn:process>'


def _file(*processes: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>{_HEAD}{"".join(processes)}</bpmn:definitions>'


_INNER = ('<bpmn:startEvent id="inner_start"/>', '<bpmn:endEvent id="inner_end"/>')


def _subprocess(*parts: str) -> str:
    return f'<bpmn:subProcess id="inner">{"".join([*_INNER, *parts])}</bpmn:subProcess>'


_TIMER = (
    '<bpmn:boundaryEvent id="late" attachedToRef="inner" cancelActivity="false"><bpmn:timerEventDefinition>'
    '<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">P30D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>'
    '<bpmn:endEvent id="late_end"/>'
)
_CALL = (
    '<bpmn:callActivity id="call" calledElement="loopCalledInner"><bpmn:extensionElements>'
    '<camunda:in businessKey="${execution.processBusinessKey}"/></bpmn:extensionElements></bpmn:callActivity>'
)

_FORK, _JOIN = '<bpmn:parallelGateway id="fork"/>', '<bpmn:parallelGateway id="join"/>'
_ROUND = ("work > again", "again > work")

LOOPS = {
    "plain": _file(_process("loopPlain", _START, _WORK, _AGAIN, _END, _flows("start > work", *_ROUND, "again > end"))),
    "parallel": _file(
        _process(
            "loopParallel", _START, _FORK, _WORK, _AGAIN, '<bpmn:userTask id="other" name="Other"/>', _JOIN, _END,
            _flows("start > fork", "fork > work", "fork > other", *_ROUND, "again > join", "other > join", "join > end"),
        )
    ),
    "subprocess": _file(
        _process(
            "loopSubprocess", _START, _subprocess(_WORK, _flows("inner_start > work", "work > inner_end")), _AGAIN, _END,
            _flows("start > inner", "inner > again", "again > inner", "again > end"),
        )
    ),
    "called": _file(
        _process("loopCalled", _START, _CALL, _AGAIN, _END, _flows("start > call", "call > again", "again > call", "again > end")),
        _process("loopCalledInner", *_INNER, _WORK, _flows("inner_start > work", "work > inner_end")),
    ),
    "boundary": _file(
        _process(
            "loopBoundary", _START, _subprocess(_WORK, _AGAIN, _flows("inner_start > work", *_ROUND, "again > inner_end")), _TIMER, _END,
            _flows("start > inner", "inner > end", "late > late_end"),
        )
    ),
}  # fmt: skip
"""Each goes round for as long as `more` is true, and each round is one completion of the task `work`."""
LOOP_KEYS = {name: f"loop{name.capitalize()}" for name in LOOPS}
LOOP_VARIABLES = {"more": {"value": True, "type": "Boolean"}}

_CONDITION = '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${amount > 1000}</bpmn:conditionExpression>'
PURCHASE_MODEL = _file(
    _process(
        PURCHASE, _START,
        '<bpmn:userTask id="submit" name="Submit" camunda:candidateGroups="sales"/>',
        '<bpmn:userTask id="manager" name="Manager" camunda:candidateGroups="management"/>',
        '<bpmn:boundaryEvent id="late" attachedToRef="manager" cancelActivity="false"><bpmn:timerEventDefinition>'
        '<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">P2D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>',
        '<bpmn:userTask id="escalated" name="Escalated" camunda:candidateGroups="management"/><bpmn:endEvent id="escalated_end"/>',
        '<bpmn:exclusiveGateway id="level" default="to_level_end"/>',
        f'<bpmn:sequenceFlow id="to_finance" sourceRef="level" targetRef="finance">{_CONDITION}</bpmn:sequenceFlow>',
        '<bpmn:userTask id="finance" name="Finance" camunda:candidateGroups="finance"/>', _END,
        _flows("start > submit", "submit > manager", "manager > level", "level > end", "finance > end", "late > escalated",
               "escalated > escalated_end"),
    )
)  # fmt: skip


def waiting_model(key: str, topic: str) -> str:
    """A case that waits for a worker who asks for a topic."""
    task = f'<bpmn:serviceTask id="work" name="Work" camunda:type="external" camunda:topic="{topic}"/>'
    return _file(_process(key, _START, task, _END, _flows("start > work", "work > end")))
