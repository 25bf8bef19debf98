"""Compiles invocations and function definitions, and the names that only `${…}` has."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from engine.feel import tree
from engine.feel.builtins import BUILTINS, Builtin, Overload
from engine.feel.builtins.registry import choose
from engine.feel.compiler import Compiler, compiles
from engine.feel.errors import FeelEvaluationError, FeelNull, UnknownVariable, Unsuited
from engine.feel.runtime import MISSING, Evaluation, Frame, Place, Run
from engine.feel.scope import Scope, find, reader
from engine.feel.special import SPECIALS
from engine.feel.types import FeelType, coerce, type_name
from engine.feel.values import FeelFunction, FeelValue, Parameter, is_whole, to_feel
from engine.phrases import Phrase

_CALL_LEVELS = 4  # Python's own calls around a function's body


@compiles(tree.Call)
def compile_call(compiler: Compiler, node: tree.Call, scope: Scope) -> Run:
    """An invocation: of a built-in function, of the host's, or of a value that is a function."""
    arguments = [compiler.compile(argument, scope) for argument in node.arguments]
    function = node.function
    place = compiler.place(node.at)
    if not isinstance(function, tree.Name):
        return _call_value(compiler.compile(function, scope), arguments, node.names, place)
    name = function.name
    place = compiler.place(function.at)
    if not find(name, scope).free or (name in compiler.known and name not in BUILTINS):
        return _call_value(compiler.compile(function, scope), arguments, node.names, place)
    if name in BUILTINS:
        builtin = _call_builtin(compiler, node, BUILTINS[name], arguments, place)
        if name not in compiler.known:
            return builtin
        return _call_value(compiler.compile(function, scope), arguments, node.names, place, builtin)
    if name in compiler.functions:
        compiler.used_functions.add(name)
        if node.names is not None:
            raise compiler.refuse(function, Phrase("'{name}' takes its arguments by position", name=name))
        return _call_host(name, arguments, place)
    raise compiler.refuse(function, Phrase("there is no function '{name}'", name=name))


def _call_builtin(compiler: Compiler, node: tree.Call, builtin: Builtin, arguments: list[Run], place: Place) -> Run:
    overloads, ordered = _overloads(builtin, arguments, node.names)
    if not overloads:
        reason = Phrase("{name}: {reason}", name=builtin.name, reason=builtin.usage())
        compiler.note(node.function, reason)
        return lambda frame: frame[2].warn(place, reason)
    only = overloads[0] if len(overloads) == 1 else None

    def run(frame: Frame) -> FeelValue:
        values = [argument(frame) for argument in ordered]
        evaluation = frame[2]
        try:
            return (only or choose(overloads, values, builtin)).call(evaluation, values)
        except FeelNull as reason:
            return evaluation.warn(place, Phrase("{name}: {reason}", name=builtin.name, reason=reason))

    return run


def _overloads(builtin: Builtin, arguments: list[Run], names: tuple[str, ...] | None) -> tuple[tuple[Overload, ...], list[Run]]:
    if names is None:
        return builtin.taking(len(arguments)), arguments
    known = [tuple(parameter.name for parameter in overload.parameters) for overload in builtin.overloads]
    in_order = [overload for overload, its in zip(builtin.overloads, known, strict=True) if its == names]
    for overload in in_order or builtin.overloads:  # before(range: …, point: …) is not before(point: …, range: …)
        order = overload.order(names)
        if order is not None:
            same = tuple(other for other in in_order or builtin.overloads if other.order(names) == order)
            while len(order) > overload.required and order[-1] is None:
                order.pop()
            return same, [_null if index is None else arguments[index] for index in order]
    return (), arguments


def _null(_: Frame) -> FeelValue:
    return None


def _call_host(name: str, arguments: list[Run], place: Place) -> Run:
    def run(frame: Frame) -> FeelValue:
        evaluation = frame[2]
        evaluation.charge(1)
        function = evaluation.host_function(name, place)
        try:
            return to_feel(function(*(argument(frame) for argument in arguments)), name)
        except FeelNull as reason:
            return evaluation.warn(place, Phrase("{name}: {reason}", name=name, reason=reason))

    return run


def _call_value(function: Run, arguments: list[Run], names: tuple[str, ...] | None, place: Place, fallback: Run | None = None) -> Run:
    def run(frame: Frame) -> FeelValue:
        value = function(frame)
        if type(value) is not FeelFunction:
            if fallback is not None:
                return fallback(frame)
            return frame[2].warn(place, Phrase("{value} cannot be called", value=type_name(value)))
        values = [argument(frame) for argument in arguments]
        try:
            return call_function(value, values, names, frame[2])
        except FeelNull as reason:
            return frame[2].warn(place, Phrase("{name}: {reason}", name=value.name, reason=reason))

    return run


def call_function(function: FeelFunction, values: Sequence[FeelValue], names: tuple[str, ...] | None, evaluation: Evaluation) -> FeelValue:
    """Call a function value with arguments in order or by name. Raises `FeelNull` where they do not suit."""
    if names is not None:
        known = [parameter.name for parameter in function.parameters]
        if not set(names) <= set(known):
            raise FeelNull(Phrase("its parameters are {names}", names=", ".join(known) or "–"))
        given = dict(zip(names, values, strict=True))
        values = [given.get(name) for name in known]  # DMN 1.5, 10.3.2.13.5: what is not given is null
    return function.call(evaluation, values)


@compiles(tree.FunctionLiteral)
def compile_function(compiler: Compiler, node: tree.FunctionLiteral, scope: Scope) -> Run:
    """A function value that remembers where it was made."""
    inner = Scope("", scope)  # one frame at least carries the evaluation that calls
    for name, _ in node.parameters:
        inner = Scope(name, inner)
    body = compiler.measured(node.body, inner)
    parameters = tuple(Parameter(name) for name, _ in node.parameters)
    levels = body.height + _CALL_LEVELS
    types = [(name, kind) for name, kind in node.parameters]

    def run(frame: Frame) -> FeelValue:
        def call(evaluation: Evaluation, arguments: Sequence[FeelValue]) -> FeelValue:
            if len(arguments) != len(parameters):
                raise FeelNull(
                    Phrase("it takes {parameters} arguments, not {arguments}", parameters=len(parameters), arguments=len(arguments))
                )
            evaluation.charge(body.size)
            evaluation.deeper(levels)
            try:
                inner_frame: Frame = (None, frame, evaluation)
                for argument, (name, kind) in zip(arguments, types, strict=True):
                    inner_frame = (_typed(argument, name, kind, evaluation), inner_frame, evaluation)
                return body.run(inner_frame)
            finally:
                evaluation.depth -= levels

        return FeelFunction(parameters, call)

    return run


def _typed(value: FeelValue, name: str, kind: FeelType | None, evaluation: Evaluation) -> FeelValue:
    if kind is None:
        return value
    fits, fitted = coerce(value, kind, evaluation.charge)
    if not fits:
        raise FeelNull(Phrase("'{name}' does not conform to its type", name=name))
    return fitted


@compiles(tree.HostName)
def compile_host_name(compiler: Compiler, node: tree.HostName, _: Scope) -> Run:
    """`execution.processBusinessKey` and its likes, from the environment."""
    name, (line, column) = node.name, compiler.place(node.at)

    def run(frame: Frame) -> FeelValue:
        host = frame[2].environment.host
        if name not in host:
            raise FeelEvaluationError(Phrase("'{name}' is not known here", name=name), line=line, column=column)
        return to_feel(host[name], name)

    return run


@compiles(tree.HostVariable)
def compile_host_variable(compiler: Compiler, node: tree.HostVariable, scope: Scope) -> Run:
    """`execution.getVariable(name)`, null where there is none, and `hasVariable`."""
    name, exists = compiler.compile(node.name, scope), node.exists
    read = reader(find("", scope).depth)
    place = compiler.place(node.at)

    def run(frame: Frame) -> FeelValue:
        wanted = name(frame)
        if type(wanted) is not str:
            raise UnknownVariable(str(wanted), line=place[0], column=place[1])
        value = read(frame).get(wanted)
        return value is not MISSING if exists else (None if value is MISSING else value)

    return run


@compiles(tree.Lookup)
def compile_lookup(compiler: Compiler, node: tree.Lookup, scope: Scope) -> Run:
    """`target[key]` of `${…}`: an index from 0 into a list, or the key of a context."""
    target, key = compiler.compile(node.target, scope), compiler.compile(node.key, scope)
    place = compiler.place(node.at)

    def run(frame: Frame) -> FeelValue:
        value, wanted = target(frame), key(frame)
        if type(value) is dict and type(wanted) is str:
            return value[wanted] if wanted in value else frame[2].warn(place, Phrase("there is no such entry"))
        if type(value) is list and type(wanted) is Decimal and 0 <= wanted < len(value) and is_whole(wanted):
            return value[int(wanted)]
        return frame[2].warn(place, Phrase("there is nothing at this index"))

    return run


@compiles(tree.Assignment)
def compile_assignment(compiler: Compiler, node: tree.Assignment, scope: Scope) -> Run:
    """`execution.setVariable(name, value)`: the host is told, the value is null."""
    name, value = compiler.compile(node.name, scope), compiler.compile(node.value, scope)
    line, column = compiler.place(node.at)

    def run(frame: Frame) -> FeelValue:
        assign, wanted = frame[2].environment.assign, name(frame)
        if assign is None or type(wanted) is not str or not wanted:
            nobody, unnamed = Phrase("variables cannot be set here"), Phrase("the name of a variable must be a string")
            raise FeelEvaluationError(nobody if assign is None else unnamed, line=line, column=column)
        assign(wanted, value(frame))

    return run


@compiles(tree.Special)
def compile_special(compiler: Compiler, node: tree.Special, scope: Scope) -> Run:
    """An operation of `${…}`, by name."""
    operation = SPECIALS[node.name]
    arguments = [compiler.compile(argument, scope) for argument in node.arguments]
    place = compiler.place(node.at)

    def run(frame: Frame) -> FeelValue:
        try:
            return operation(frame[2], *(argument(frame) for argument in arguments))
        except FeelNull as reason:
            return frame[2].warn(place, str(reason))
        except Unsuited as reason:
            raise FeelEvaluationError(reason.args[0], line=place[0], column=place[1]) from reason

    return run
