"""The tree of an expression: what both notations, FEEL and `${…}`, are parsed to. `at` is the offset in the source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from engine.feel.types import FeelType
    from engine.feel.values import FeelValue


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant."""

    at: int
    value: FeelValue


@dataclass(frozen=True, slots=True)
class Name:
    """A variable or function by name; `strict`: it is an error if there is none."""

    at: int
    name: str
    strict: bool = False


@dataclass(frozen=True, slots=True)
class HostName:
    """A read-only name of the host, such as `execution.processBusinessKey`."""

    at: int
    name: str


@dataclass(frozen=True, slots=True)
class HostVariable:
    """`execution.getVariable(…)` or `hasVariable(…)`: a variable of the host by a computed name."""

    at: int
    name: Node
    exists: bool


@dataclass(frozen=True, slots=True)
class Path:
    """`target.name`."""

    at: int
    target: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter:
    """`target[condition]`: an index from 1, or a condition on each item."""

    at: int
    target: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Lookup:
    """`target[key]` of `${…}`: an index from 0, or a key."""

    at: int
    target: Node
    key: Node


@dataclass(frozen=True, slots=True)
class Call:
    """A function invocation; `names` is given when the parameters are named."""

    at: int
    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Special:
    """An operation that only `${…}` has, by name (see `special.py`)."""

    at: int
    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Assignment:
    """`execution.setVariable(name, value)`: the whole of an expression, never a part of one."""

    at: int
    name: Node
    value: Node


@dataclass(frozen=True, slots=True)
class Negate:
    """Arithmetic negation."""

    at: int
    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`+ - * / **`."""

    at: int
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Comparison:
    """`= != < <= > >=`."""

    at: int
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between:
    """`value between low and high`."""

    at: int
    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In:
    """`value in test` or `value in (test, …)`."""

    at: int
    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Logic:
    """`and` or `or`, in three-valued logic."""

    at: int
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class If:
    """`if … then … else …`."""

    at: int
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Steps:
    """`low .. high` after `in` of `for`, `some` or `every`."""

    at: int
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class For:
    """`for name in list, … return body`."""

    at: int
    iterators: tuple[tuple[str, Node], ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified:
    """`some` (`every` is False) or `every name in list, … satisfies condition`."""

    at: int
    every: bool
    iterators: tuple[tuple[str, Node], ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class FunctionLiteral:
    """`function(name: type, …) body`."""

    at: int
    parameters: tuple[tuple[str, FeelType | None], ...]
    body: Node


@dataclass(frozen=True, slots=True)
class ContextLiteral:
    """`{key: value, …}`."""

    at: int
    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class ListLiteral:
    """`[item, …]`."""

    at: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class RangeLiteral:
    """`[start .. end)` and its likes; an end of None with an operator: `(< 10)`."""

    at: int
    start: Node | None
    start_included: bool
    end: Node | None
    end_included: bool
    operator: str = ""


@dataclass(frozen=True, slots=True)
class InstanceOf:
    """`value instance of type`; None: the type lacks its parameters, so that nothing can be told."""

    at: int
    value: Node
    type: FeelType | None


@dataclass(frozen=True, slots=True)
class Test:
    """`< 10` as a unary test: the value tested against one operand."""

    at: int
    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Tests:
    """The unary tests of a decision table's cell: any of them; none at all is `-`."""

    at: int
    tests: tuple[Node, ...]
    negated: bool


Node: TypeAlias = (
    Literal
    | Name
    | HostName
    | HostVariable
    | Path
    | Filter
    | Lookup
    | Call
    | Special
    | Assignment
    | Negate
    | Arithmetic
    | Comparison
    | Between
    | In
    | Logic
    | If
    | Steps
    | For
    | Quantified
    | FunctionLiteral
    | ContextLiteral
    | ListLiteral
    | RangeLiteral
    | InstanceOf
    | Test
)
