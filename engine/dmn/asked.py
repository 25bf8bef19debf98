"""What a decision asks for: the variables that it and the decisions that it requires read, with what its file says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter

from engine.dmn.boxed import BoxedContext, BoxedFunction, BoxedInvocation, BoxedList, BoxedRelation, Nothing, Typed
from engine.dmn.boxed_loops import BoxedConditional, BoxedFilter, BoxedFor, BoxedQuantified
from engine.dmn.decisions import Decision, DecisionModel, Function, InputData
from engine.dmn.outline import ColumnText, DecisionText
from engine.dmn.table import Cell, DecisionTable, Input, Output, Placed, Rule
from engine.feel import Environment, Expression, FeelError, UnaryTests, compile_expression, show
from engine.feel.compile_loops import PARTIAL
from engine.feel.scope import ITEM

_PLAIN = frozenset({str, int, type(None), Nothing})
_PARTS: Mapping[type, Callable[[object], object]] = {
    DecisionTable: attrgetter("inputs", "outputs", "rules"),
    Input: attrgetter("expression", "allowed"),
    Output: attrgetter("default"),
    Rule: attrgetter("cells", "outputs"),
    Placed: attrgetter("expression"),
    Cell: attrgetter("tests"),
    Typed: attrgetter("logic"),
    BoxedContext: attrgetter("entries"),
    BoxedList: attrgetter("items"),
    BoxedRelation: attrgetter("rows"),
    BoxedInvocation: attrgetter("function", "bindings"),
    BoxedFunction: attrgetter("body"),
    BoxedConditional: attrgetter("condition", "then", "otherwise"),
    BoxedFor: attrgetter("domain", "body"),
    BoxedQuantified: attrgetter("domain", "condition"),
    BoxedFilter: attrgetter("domain", "condition"),
}
"""What each kind of logic is made of. One that is missing here is a KeyError, not a name that is overlooked."""


@dataclass(frozen=True, slots=True)
class AskedValue:
    """A variable that a decision reads. `type_ref` is what its file says of the type, empty where it says nothing.

    `column` is the input column that is this variable and nothing else; `allowed` are its values where they can be counted, as FEEL.
    """

    name: str
    type_ref: str = ""
    column: ColumnText | None = None
    allowed: tuple[str, ...] = ()


def asked_values(model: DecisionModel, outline: tuple[DecisionText, ...], decision_id: str) -> tuple[AskedValue, ...]:
    """The variables that a decision needs from outside, in the order in which it reads them. Raises `KeyError` for an unknown decision."""
    columns = {
        column.expression: column
        for decision in outline
        if decision.table is not None
        for column in decision.table.inputs
        if column.expression
    }
    types = {node.name: node.type_ref for node in model.nodes.values() if isinstance(node, InputData)}
    return tuple(_asked(name, columns.get(name), types) for name in dict.fromkeys(_names(model, decision_id, set())))


def _asked(name: str, column: ColumnText | None, types: dict[str, str]) -> AskedValue:
    return AskedValue(name, types.get(name) or (column.type_ref if column else ""), column, _listed(column.values) if column else ())


def _listed(values: str) -> tuple[str, ...]:
    """Allowed values that are a list of literals: `"a", "b"`; none for tests such as `< 10`."""
    try:
        found = compile_expression(f"[{values}]").evaluate({}, Environment()) if values else []
    except FeelError:
        return ()
    return tuple(show(value) for value in found) if isinstance(found, list) and None not in found else ()


def _names(model: DecisionModel, key: str, done: set[str]) -> Iterator[str]:
    """The free names of a node, those of what it requires first."""
    node = model.nodes[key]
    if key in done:
        return
    done.add(key)
    if isinstance(node, InputData):
        yield node.name
    elif isinstance(node, Decision | Function):
        required = (*node.decisions, *node.inputs, *node.knowledge) if isinstance(node, Decision) else node.knowledge
        for requirement in required:
            yield from _names(model, requirement.key, done)
        known = {requirement.source or _called(model, requirement.key) for requirement in required}
        known |= {name for requirement in required for name in _outputs(model, requirement.key)}
        known |= {node.name} if isinstance(node, Function) else set()
        yield from (name for name in _free(node.logic) if name not in known)


def _called(model: DecisionModel, key: str) -> str:
    node = model.nodes[key]
    return node.variable if isinstance(node, Decision) else node.name


def _outputs(model: DecisionModel, key: str) -> tuple[str, ...]:
    """The outputs of a required table, which its asker reads by their names."""
    node = model.nodes[key]
    columns = node.words.outputs if isinstance(node, Decision) and node.words else ()
    return tuple(column.key for column in columns)


def _free(logic: object) -> Iterator[str]:
    """The names that a piece of logic reads and does not define itself: every expression in it knows its own."""
    if isinstance(logic, Expression | UnaryTests):
        yield from sorted(logic.names, key=lambda name: logic.places[name])
    elif isinstance(logic, tuple):
        for part in logic:
            yield from _free(part)
    elif type(logic) not in _PLAIN:
        own = _defined(logic)
        yield from (name for name in _free(_PARTS[type(logic)](logic)) if name not in own)


def _defined(logic: object) -> frozenset[str]:
    """The names that boxed logic defines for what is inside it."""
    match logic:
        case BoxedContext():
            return frozenset(name for name, _ in logic.entries)
        case BoxedFunction():
            return frozenset(name for name, _ in logic.parameters)
        case BoxedFor():
            return frozenset({logic.variable, PARTIAL})
        case BoxedQuantified():
            return frozenset({logic.variable})
        case BoxedFilter():
            return frozenset({ITEM})
    return frozenset()
