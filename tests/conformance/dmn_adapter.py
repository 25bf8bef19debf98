"""Speaks the protocol of the DMN compatibility kit's runner: one JSON request a line, one JSON reply a line.

    python tck.py --level 2 --adapter '.venv/bin/python tests/conformance/dmn_adapter.py'

A model that is refused answers with an error; so does a decision that fails.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from lxml import etree

from engine.dmn import DecisionModel, DecisionService, compile_dmn
from engine.errors import DeploymentRefused
from engine.feel import Environment, Limits, YearsMonthsDuration
from engine.feel.formatting import format_number
from engine.feel.temporal import (
    format_date,
    format_date_time,
    format_days_time,
    format_time,
    parse_date,
    parse_date_time,
    parse_duration,
    parse_time,
)
from engine.feel.wide import DATES, DURATIONS, MOMENTS, TIMES

PARSERS = {"number": Decimal, "date": parse_date, "time": parse_time, "dateTime": parse_date_time, "duration": parse_duration}
WRITERS = {
    Decimal: ("number", format_number),
    **dict.fromkeys(MOMENTS, ("dateTime", format_date_time)),
    **dict.fromkeys(DATES, ("date", format_date)),
    **dict.fromkeys(TIMES, ("time", format_time)),
    **dict.fromkeys(DURATIONS, ("duration", format_days_time)),
    YearsMonthsDuration: ("duration", str),
}


def from_kit(value):
    """A value of the kit as one of FEEL."""
    if isinstance(value, list):
        return [from_kit(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value["@"] == "context":
        return {key: from_kit(item) for key, item in value["v"].items()}
    return PARSERS[value["@"]](value["v"])


def to_kit(value):
    """A value of FEEL as one of the kit."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, list):
        return [to_kit(item) for item in value]
    if isinstance(value, dict):
        return {"@": "context", "v": {key: to_kit(item) for key, item in value.items()}}
    kind, write = WRITERS[type(value)]
    return {"@": kind, "v": write(value)}


def compile_model(path):
    """The model without what is refused: the kit puts expressions that must fail next to those that must not.

    Asking for a decision that was left out is an error, which the kit accepts where it expects one.
    """
    root = etree.fromstring(path.read_bytes())
    others = {other.name: other.read_bytes() for other in path.parent.glob("*.dmn") if other != path}
    for _ in range(20):
        try:
            return compile_dmn(etree.tostring(root), path.name, others=others)
        except DeploymentRefused as refused:
            ids = {problem.element for problem in refused.problems if not problem.warning}
            guilty = [child for child in root if ids & {str(part.get("id")) for part in child.iter()}]
            if not guilty:
                raise
            for child in guilty:
                root.remove(child)
    raise ValueError("refused again and again")


def answer(models, request):
    """The reply to one request."""
    path = request["model"]
    if path not in models:
        try:
            models[path] = compile_model(Path(path))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
            models[path] = f"{type(error).__name__}: {error}"
    model = models[path]
    if not isinstance(model, DecisionModel):
        raise TypeError(model)
    inputs = {name: from_kit(value) for name, value in request["inputs"].items()}
    here = datetime.now().astimezone()
    environment = Environment({"now": lambda: here, "today": here.date}, Limits(milliseconds=5_000))
    if request["kind"] == "decision":
        decision = next(decision for decision in model.decisions.values() if decision.name == request["name"])
        return to_kit(model.decide(decision.id, inputs, environment).result)
    invocables = {**model.functions, **model.services} if request["kind"] == "bkm" else model.services
    invocable = next(node for node in invocables.values() if node.name == (request["invocable"] or request["name"]))
    result = model.invoke(invocable.id, inputs, environment).result
    several = isinstance(invocable, DecisionService) and len(invocable.outputs) > 1 and isinstance(result, dict)
    return to_kit(result[request["name"]] if several and request["name"] in result else result)


def main():
    """Answer until the input ends."""
    models = {}
    for line in sys.stdin:
        try:
            reply = {"value": answer(models, json.loads(line))}
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
