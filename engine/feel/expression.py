"""Compiled expressions: made once, evaluated many times, from any thread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from engine.feel import compile_calls, compile_loops  # noqa: F401 - they register what they compile
from engine.feel.compile_tests import compile_tests
from engine.feel.compiler import TESTED, Compiler
from engine.feel.errors import FeelLimitExceeded, FeelNull, FeelWarning
from engine.feel.limits import DEFAULT_LIMITS, Limits
from engine.feel.parser import Parser
from engine.feel.runtime import Environment, Evaluation, Frame, Place, Run, Variables
from engine.feel.scope import Scope
from engine.feel.tree import Node
from engine.feel.types import FeelType
from engine.feel.values import FeelValue, to_feel
from engine.phrases import Phrase

_CALL_LEVELS = 10  # Python's own calls around the body of a function that the host defines


class Compilation:
    """What is known about a source once it is compiled."""

    def __init__(self, source: str, compiler: Compiler, size: int) -> None:
        """`size` is what one evaluation costs at least."""
        self.source = source
        self.names: frozenset[str] = frozenset(compiler.free)
        """The variables of the host that it reads."""
        self.places: Mapping[str, Place] = MappingProxyType({**compiler.possible, **compiler.free})
        """Where each variable is read first, those of `possible_names` too."""
        self.possible_names: frozenset[str] = frozenset(compiler.possible) - self.names
        """Names in filters: entries of the filtered items, or variables of the host."""
        self.functions: frozenset[str] = frozenset(compiler.used_functions)
        """The host functions that it calls."""
        self.diagnostics: tuple[FeelWarning, ...] = tuple(compiler.diagnostics)
        """What will be null whatever the variables are, such as a call with too few arguments."""
        self._size = size

    def _run(self, run: Run, variables: Mapping[str, object] | Variables, environment: Environment | None) -> FeelValue:
        evaluation = Evaluation(environment or Environment())
        evaluation.charge(self._size)
        known = variables if isinstance(variables, Variables) else Variables(variables)
        frame: Frame = (known, None, evaluation)
        try:
            value = run(frame)
            if type(value) in {list, dict}:
                _weigh(value, evaluation)
        except RecursionError:
            raise FeelLimitExceeded("call_depth", Phrase("the evaluation is nested too deeply")) from None
        except FeelNull as reason:
            return evaluation.warn((1, 1), str(reason))
        return value


class Expression(Compilation):
    """A compiled expression."""

    def __init__(self, source: str, compiler: Compiler, node: Node) -> None:
        """Compiles the tree."""
        compiled = compiler.measured(node, Scope("", None))
        super().__init__(source, compiler, compiled.size)
        self._expression = compiled.run
        self._levels = compiled.height + _CALL_LEVELS

    def evaluate_within(self, variables: Variables, evaluation: Evaluation) -> FeelValue:
        """The value as a part of another evaluation, at its expense: the body of a function that the host defines."""
        evaluation.charge(self._size)
        evaluation.deeper(self._levels)
        try:
            return self._expression((variables, None, evaluation))
        finally:
            evaluation.depth -= self._levels

    def evaluate(self, variables: Mapping[str, object] | Variables, environment: Environment | None = None) -> FeelValue:
        """The value with these variables. What has no value is null, with a warning in the environment.

        Raises `FeelLimitExceeded`, `UnknownVariable` (in `${…}` only), and `FeelEvaluationError` for what the host gave wrongly.
        """
        return self._run(self._expression, variables, environment)


class UnaryTests(Compilation):
    """The compiled tests of one cell of a decision table."""

    def __init__(self, source: str, compiler: Compiler, tests: tuple[Node, ...], *, negated: bool) -> None:
        """No tests at all are `-`: everything passes."""
        self._negated = negated
        scope = Scope(TESTED, Scope("", None))
        self._tests = compile_tests(compiler, tests, scope) if tests else None
        super().__init__(source, compiler, len(tests) + 1)

    def evaluate_within(self, value: FeelValue, variables: Variables, evaluation: Evaluation) -> bool:
        """Whether the value passes, as a part of another evaluation."""
        if self._tests is None:
            return True
        evaluation.charge(self._size)
        result = self._tests((value, (variables, None, evaluation), evaluation))
        return result is not self._negated and result is not None

    def check(self, value: FeelValue, frame: Frame) -> bool:
        """Whether a FEEL value passes, with the host's variables in a frame whose evaluation begins anew: for many cells in a row."""
        tests, evaluation = self._tests, frame[2]
        if tests is None:
            return True
        evaluation.renew(self._size)
        try:
            result = tests((value, frame, evaluation))
        except RecursionError:
            raise FeelLimitExceeded("call_depth", Phrase("the evaluation is nested too deeply")) from None
        except FeelNull as reason:
            return evaluation.warn((1, 1), str(reason)) is True
        return result is not self._negated and result is not None

    @property
    def accepts_all(self) -> bool:
        """Whether this is `-`."""
        return self._tests is None

    def evaluate(self, value: object, variables: Mapping[str, object] | Variables, environment: Environment | None = None) -> bool:
        """Whether the value passes; what cannot be told does not."""
        tests = self._tests
        if tests is None:
            return True
        tested = to_feel(value)
        result = self._run(lambda frame: tests((tested, frame, frame[2])), variables, environment)
        return result is not self._negated and result is not None


def _weigh(value: FeelValue, evaluation: Evaluation) -> None:
    """Charge everything that a result holds: shared parts count each time, as they will when it is written down."""
    stack = [value]
    characters = 0
    while stack:
        item = stack.pop()
        if type(item) is list:
            evaluation.charge(len(item))
            stack.extend(item)
        elif type(item) is dict:
            evaluation.charge(len(item))
            stack.extend(item.values())
        elif type(item) is str:
            characters += len(item)
            if characters > evaluation.limits.string_length:
                raise FeelLimitExceeded("string_length", Phrase("the result holds too much text"))


def compile_expression(
    source: str,
    names: Iterable[str] = (),
    *,
    functions: Iterable[str] = (),
    properties: Iterable[str] = (),
    types: Mapping[str, FeelType] | None = None,
    limits: Limits = DEFAULT_LIMITS,
    start: int = 0,
) -> Expression:
    """Compile FEEL.

    `names` are variables in scope: needed for names with signs in them (`fee - discount`) and for variables that hold functions; a
    variable that is not among them may be read all the same. `functions` are host functions by name; `properties` are names of
    several parts that may follow a dot; `types` are item definitions. Reads from offset `start` on. Raises `FeelSyntaxError`.
    """
    known, callable_names = list(names), list(functions)
    parser = Parser(source, limits, start, names=[*known, *callable_names], properties=properties, types=types)
    try:
        node = parser.whole()
        return Expression(source, Compiler(source, names=known, functions=callable_names), node)
    except RecursionError:
        parser.fail(Phrase("the expression is nested too deeply"), at=start)


def compile_unary_tests(
    source: str,
    names: Iterable[str] = (),
    *,
    functions: Iterable[str] = (),
    properties: Iterable[str] = (),
    types: Mapping[str, FeelType] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> UnaryTests:
    """Compile the unary tests of a decision table's cell: `-`, `< 10`, `[1..5], 7`, `not("a")`, or a condition with `?`."""
    known, callable_names = list(names), list(functions)
    parser = Parser(source, limits, names=[*known, *callable_names], properties=properties, types=types)
    try:
        tests = parser.whole_tests()
        compiler = Compiler(source, names=known, functions=callable_names)
        return UnaryTests(source, compiler, tests.tests, negated=tests.negated)
    except RecursionError:
        parser.fail(Phrase("the expression is nested too deeply"), at=0)
