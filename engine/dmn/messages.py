"""What is said of a DMN file, by key: what is wrong, and what to do. `{names}` are the details of the problem.

A problem has the code that its key begins with: the codes are stable, and some have several texts. `{where}` is one of `PLACES`, `{reason}`
what the parser of FEEL or the validator of XML schemas says, as a phrase.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MESSAGES: Final = {
    "dmn-namespace": "This is not a DMN file of version 1.1 to 1.5.",
    "dmn-unsupported": "The element '{name}' is not known.",
    "dmn-unsupported.function": "{label}: functions in {kind} are not supported. Write it in FEEL.",
    "dmn-id.missing": "The {kind} '{name}' needs an id.",
    "dmn-id.taken": "The {kind} '{name}' has the id '{id}', which is taken.",
    "dmn-empty": "The file has no decision.",
    "dmn-requirement.here": "'{name}' requires '{required}', which is not in this file.",
    "dmn-requirement.there": "'{name}' requires '{required}', which is not in '{resource}'.",
    "dmn-logic.function": "The business knowledge model '{name}' has no logic.",
    "dmn-logic.unsupported": "The decision '{name}' cannot be decided: its logic '{logic}' is not supported.",
    "dmn-logic.part": "{label}: the {kind} has no '{part}'.",
    "dmn-logic.variable": "{label}: the {kind} has no iteratorVariable.",
    "dmn-no-logic": "The decision '{name}' has no logic. It is always null.",
    "dmn-service": "The decision service '{name}' has no output decision.",
    "dmn-cycle": "'{name}' requires itself, directly or by way of others.",
    "dmn-language": "The expression language '{language}' is not supported. Write it in FEEL.",
    "dmn-expression": "{where}, column {column}: {reason}.",
    "dmn-expression.values": "Allowed values: {reason}",
    "dmn-null": "{where}, column {column}: {reason}. The value is always null.",
    "dmn-type": "There is no type '{name}'. Define it, or use a type of FEEL.",
    "dmn-relation": "{label}: a row does not match the columns.",
    "dmn-import.kind": "'{name}' imports '{kind}'. Only DMN files can be imported.",
    "dmn-import.cycle": "The namespace '{namespace}' imports itself, directly or by way of others.",
    "dmn-import.missing": "There is no file of the namespace '{namespace}'. Deploy it together with this one.",
    "dmn-import.many": "More than {most} files are imported.",
    "dmn-hit-policy": "There is no hit policy '{policy}'.",
    "dmn-hit-policy.outputs": "COLLECT {aggregation} needs a table with one output.",
    "dmn-table.input": "{where}: there is no input expression.",
    "dmn-table.empty": "{where}: the input expression is empty.",
    "dmn-table.output": "{label}: the table has no output.",
    "dmn-table.name": "{label}: output {number} needs a name, since there are several.",
    "dmn-table.entries": "{label}, rule {number}: its entries do not match the columns of the table.",
    "dmn-schema": "The schema of DMN does not allow this <{name}>. Correct it, or export the file again. {reason}",
    "dmn-schema.element": "<{name}> may not stand here, inside <{parent}>. Move it or remove it. {reason}",
    "dmn-schema.incomplete": "Something is missing inside <{name}>. Add it. {reason}",
    "dmn-schema.required": "<{name}> lacks an attribute. Add it. {reason}",
    "dmn-schema.attribute": "<{name}> has an attribute that DMN does not know. Remove it or correct its spelling. {reason}",
    "dmn-schema.value": "A value of <{name}> has not the form that DMN wants. Correct it. {reason}",
}

PLACES: Final = {
    "logic": "{label}",
    "input": "{label}, input '{column_label}'",
    "input-values": "{label}, input '{column_label}', values",
    "output-default": "{label}, output '{column_label}', default",
    "output-values": "{label}, output '{column_label}', values",
    "rule-input": "{label}, rule {number}, input '{column_label}'",
    "rule-output": "{label}, rule {number}, output '{column_label}'",
}
"""Where in a file, by key."""


@dataclass(frozen=True, slots=True)
class Where:
    """A place in the logic of a decision: a key of `PLACES` with its details."""

    label: str
    place: str = "logic"
    column_label: str = ""
    number: int = 0

    def details(self) -> dict[str, str]:
        """What a translation needs."""
        return {"place": self.place, "label": self.label, "column_label": self.column_label, "number": str(self.number)}

    def __str__(self) -> str:
        """The place in English, as warnings and faults name it."""
        return PLACES[self.place].format(**self.details())
