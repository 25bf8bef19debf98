"""What a decision table is called, its columns and their values, in every language: `crossdesk:translation` and `crossdesk:value`.

<output label="Decision" name="decision">
<extensionElements>
<crossdesk:translation language="zh" text="决定" />
<crossdesk:value id="release" name="Released"><crossdesk:translation language="zh" text="放行" /></crossdesk:value>
</extensionElements>
</output>
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.bpmn.called import NamedValue, Translations
from engine.bpmn.extensions import nested_translations, nested_values
from engine.dmn.xml import Element, child, children, text_of


@dataclass(frozen=True, slots=True)
class ColumnWords:
    """An input by its label, or an output by its name. `values`: what its values are called."""

    key: str
    label: str
    translations: Translations
    expression: str = ""  # of an input
    values: tuple[NamedValue, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionWords:
    """The words of a decision; one without a table has no columns."""

    label: str
    translations: Translations
    inputs: tuple[ColumnWords, ...] = ()
    outputs: tuple[ColumnWords, ...] = ()


def words_of(decision: Element, label: str) -> DecisionWords:
    """The words of a decision with this name."""
    table = child(decision, "decisionTable")
    if table is None:
        return DecisionWords(label, translations_of(decision))
    inputs = tuple(_column(column, input_label(column, number)) for number, column in enumerate(children(table, "input"), 1))
    columns = list(children(table, "output"))
    outputs = tuple(_column(column, output_name(column, number, len(columns), label)) for number, column in enumerate(columns, 1))
    return DecisionWords(label, translations_of(decision), inputs, outputs)


def input_label(column: Element, number: int) -> str:
    """What an input is called in traces: its label, else its expression."""
    return column.get("label") or text_of(child(column, "inputExpression"))[0].strip() or f"input {number}"


def output_name(column: Element, number: int, count: int, table: str) -> str:
    """What an output is called in results: its name, else that of the table where it is the only one."""
    return column.get("name") or (f"output {number}" if count > 1 else table)


def _column(column: Element, key: str) -> ColumnWords:
    holder = child(column, "extensionElements")
    values = () if holder is None else nested_values(holder)
    return ColumnWords(
        key, column.get("label") or key, translations_of(column), text_of(child(column, "inputExpression"))[0].strip(), values
    )


def translations_of(element: Element) -> Translations:
    """What an element is called in other languages."""
    holder = child(element, "extensionElements")
    return Translations() if holder is None else nested_translations(holder)
