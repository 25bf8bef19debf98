"""Compiles decision tables (DMN 1.5, chapter 8)."""

from __future__ import annotations

from engine.dmn.expressions import ExpressionCompiler, Names
from engine.dmn.hit_policies import Aggregation, HitPolicy
from engine.dmn.messages import Where
from engine.dmn.table import Cell, DecisionTable, Input, Output, Placed, Rule
from engine.dmn.words import input_label, output_name
from engine.dmn.xml import Element, child, children, line_of, text_of, type_ref
from engine.feel import Environment, Expression, FeelValue, compile_expression


class TableCompiler(ExpressionCompiler):
    """Compiles the tables of one file."""

    def table(self, element: Element, names: Names) -> DecisionTable:
        """A decision table."""
        policy, aggregation = self._policy(element)
        columns = list(children(element, "input"))
        inputs = tuple(self._input(column, names, number) for number, column in enumerate(columns, 1))
        outputs = self._outputs(element, names)
        rules = tuple(self._rule(rule, names, (inputs, outputs), number) for number, rule in enumerate(children(element, "rule"), 1))
        return DecisionTable(names.id, names.label, line_of(element), policy, aggregation, inputs, outputs, rules)

    def _policy(self, element: Element) -> tuple[HitPolicy, Aggregation | None]:
        policy, aggregation = element.get("hitPolicy") or "UNIQUE", element.get("aggregation")
        if policy not in list(HitPolicy) or (aggregation and aggregation not in list(Aggregation)):
            self.problems.add(element, "dmn-hit-policy", policy=f"{policy} {aggregation or ''}".strip())
            return HitPolicy.UNIQUE, None
        if aggregation and len(list(children(element, "output"))) > 1 and aggregation != Aggregation.COUNT:
            self.problems.add(element, "dmn-hit-policy.outputs", aggregation=aggregation)
        return HitPolicy(policy), Aggregation(aggregation) if aggregation and policy == HitPolicy.COLLECT else None

    def _input(self, column: Element, names: Names, number: int) -> Input:
        expression = child(column, "inputExpression")
        label = input_label(column, number)
        where = Where(names.label, "input", label)
        if expression is None:
            self.problems.add(column, "dmn-table.input", where)
        else:
            self.language(expression)
        placed = self.expression(expression, names, where, "null" if expression is None else "")
        if placed is None:
            if expression is not None and not text_of(expression)[0].strip():
                self.problems.add(expression, "dmn-table.empty", where)
            placed = Placed(compile_expression("null"), 0, str(where))
        values = child(column, "inputValues")
        allowed = None if values is None else self.cell(values, names, Where(names.label, "input-values", label))
        return Input(label, placed, allowed, type_ref(expression))

    def _outputs(self, element: Element, names: Names) -> tuple[Output, ...]:
        columns = list(children(element, "output"))
        if not columns:
            self.problems.add(element, "dmn-table.output", label=names.label)
        outputs: list[Output] = []
        for number, column in enumerate(columns, 1):
            name = output_name(column, number, len(columns), names.label)
            if len(columns) > 1 and not column.get("name"):
                self.problems.add(column, "dmn-table.name", label=names.label, number=number)
            default = self.expression(child(column, "defaultOutputEntry"), names, Where(names.label, "output-default", name))
            outputs.append(Output(name, self._values(column, Where(names.label, "output-values", name)), default, type_ref(column)))
        return tuple(outputs)

    def _values(self, column: Element, where: Where) -> tuple[FeelValue, ...]:
        values = child(column, "outputValues")
        source, line = text_of(values)
        if not source.strip():
            source, line = self.types.allowed(type_ref(column)), line_of(column)
        if not source.strip():
            return ()
        compiled = self.compiled(lambda: compile_expression(f"[{source}]"), column, line, where)
        return tuple(compiled.evaluate({}, Environment())) if isinstance(compiled, Expression) else ()

    def _rule(self, rule: Element, names: Names, columns: tuple[tuple[Input, ...], tuple[Output, ...]], number: int) -> Rule:
        inputs, outputs = columns
        entries, results = list(children(rule, "inputEntry")), list(children(rule, "outputEntry"))
        if len(entries) != len(inputs) or len(results) != len(outputs):
            self.problems.add(rule, "dmn-table.entries", label=names.label, number=number)
            return Rule((), ())
        cells: list[tuple[int, Cell]] = []
        for index, entry in enumerate(entries):
            cell = self.cell(entry, names, Where(names.label, "rule-input", inputs[index].label, number))
            if cell is not None:
                cells.append((index, cell))
        placed = [
            self.expression(entry, names, Where(names.label, "rule-output", output.name, number), "null")
            for entry, output in zip(results, outputs, strict=True)
        ]
        reason = tuple((inputs[index].label, cell.tests.source.strip()) for index, cell in cells)
        return Rule(tuple(cells), tuple(one for one in placed if one is not None), reason)
