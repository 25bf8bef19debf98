"""What a DMN file says, cell by cell and uncompiled: to show a table, to compare two, and to know what its inputs are called."""

from __future__ import annotations

from dataclasses import dataclass

from engine.bpmn.called import Translations
from engine.bpmn.xml import parse_xml
from engine.dmn.words import translations_of
from engine.dmn.xml import Element, child, children, is_dmn, local, name_of, text_of, type_ref

LITERAL = "literalExpression"
TABLE = "decisionTable"


@dataclass(frozen=True, slots=True)
class ColumnText:
    """A column of a table. `expression`: of an input its expression, of an output its name; `values`: those that are allowed, as FEEL."""

    id: str
    label: str
    translations: Translations
    expression: str
    type_ref: str
    values: str = ""
    default: str = ""  # of an output


@dataclass(frozen=True, slots=True)
class RuleText:
    """A row of a table: its cells as they are written, inputs before outputs, and its annotation."""

    id: str
    cells: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class TableText:
    """A decision table."""

    id: str
    policy: str
    inputs: tuple[ColumnText, ...]
    outputs: tuple[ColumnText, ...]
    rules: tuple[RuleText, ...]

    @property
    def columns(self) -> tuple[ColumnText, ...]:
        """Inputs, then outputs: as the cells of a rule."""
        return (*self.inputs, *self.outputs)


@dataclass(frozen=True, slots=True)
class DecisionText:
    """A decision: `kind` is the element of its logic; a table, the text of a literal expression, or neither for other logic."""

    id: str
    name: str
    translations: Translations
    kind: str = ""
    table: TableText | None = None
    expression: str = ""


def read_outline(xml: bytes, resource: str) -> tuple[DecisionText, ...]:
    """The decisions of a file in its order; none for a file that is no DMN. Raises `DeploymentRefused` for what is no XML."""
    root = parse_xml(xml, resource)
    return tuple(_decision(element) for element in children(root, "decision")) if is_dmn(root) else ()


def decision_ids(xml: bytes, resource: str) -> frozenset[str]:
    """The ids of the decisions of a file. Raises `DeploymentRefused` for what is no XML."""
    root = parse_xml(xml, resource)
    return frozenset(str(element.get("id")) for element in children(root, "decision")) if is_dmn(root) else frozenset()


def _decision(element: Element) -> DecisionText:
    logic = next((it for it in children(element) if local(it) not in _AROUND_LOGIC), None)
    kind = "" if logic is None else local(logic)
    return DecisionText(
        str(element.get("id") or ""),
        name_of(element) or str(element.get("id") or ""),
        translations_of(element),
        kind,
        _table(logic) if logic is not None and kind == TABLE else None,
        text_of(logic)[0].strip() if kind == LITERAL else "",
    )


_AROUND_LOGIC = frozenset(
    {
        "description", "extensionElements", "question", "allowedAnswers", "variable", "informationRequirement", "knowledgeRequirement",
        "authorityRequirement", "supportedObjective", "impactedPerformanceIndicator", "decisionMaker", "decisionOwner", "usingProcess",
        "usingTask",
    }
)  # fmt: skip


def _table(element: Element) -> TableText:
    policy = f"{element.get('hitPolicy') or 'UNIQUE'} {element.get('aggregation') or ''}".strip()
    inputs = tuple(_input(column) for column in children(element, "input"))
    outputs = tuple(_output(column) for column in children(element, "output"))
    return TableText(str(element.get("id") or ""), policy, inputs, outputs, tuple(_rule(rule) for rule in children(element, "rule")))


def _input(column: Element) -> ColumnText:
    expression = child(column, "inputExpression")
    text = text_of(expression)[0].strip()
    values = text_of(child(column, "inputValues"))[0].strip()
    return ColumnText(_id(column), column.get("label") or text, translations_of(column), text, type_ref(expression), values)


def _output(column: Element) -> ColumnText:
    values, default = (text_of(child(column, name))[0].strip() for name in ("outputValues", "defaultOutputEntry"))
    label = column.get("label") or name_of(column)
    return ColumnText(_id(column), label, translations_of(column), name_of(column), type_ref(column), values, default)


def _rule(rule: Element) -> RuleText:
    cells = tuple(text_of(entry)[0].strip() for entry in (*children(rule, "inputEntry"), *children(rule, "outputEntry")))
    described = child(rule, "description")
    notes = ["" if described is None else str(described.text or ""), *(text_of(it)[0] for it in children(rule, "annotationEntry"))]
    return RuleText(_id(rule), cells, " ".join(note.strip() for note in notes if note.strip()))


def _id(element: Element) -> str:
    return str(element.get("id") or "")
