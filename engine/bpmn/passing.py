"""`camunda:in` and `camunda:out`: which variables go to what is called or signalled, and which come back."""

from __future__ import annotations

from engine.bpmn.model import Mapping, Text
from engine.bpmn.names import Element, flag


def read_mapping(item: Element) -> Mapping:
    """One `camunda:in` or `camunda:out`."""
    line = item.sourceline or 0
    expression = item.get("sourceExpression")
    business_key = item.get("businessKey")
    return Mapping(
        source=Text(expression, line) if expression else None,
        variable=item.get("source") or None,
        target=item.get("target") or None,
        all_variables=item.get("variables") == "all",
        business_key=Text(business_key, line) if business_key else None,
        local=flag(item.get("local"), default=False),
    )
