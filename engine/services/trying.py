"""Trying a decision with values that somebody gives: nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.bpmn.checks import ENGINE_FUNCTIONS
from engine.dmn import DecisionModel, DecisionResult, compile_dmn
from engine.errors import DeploymentRefused, FieldProblem, InvalidSubmission, ModelFault, ModelProblem
from engine.feel import FeelError, compile_expression

if TYPE_CHECKING:
    from engine.services.decision_files import DecisionFile
    from engine.services.expressions import Expressions


@dataclass(frozen=True, slots=True)
class Tried:
    """What a version of a decision comes to: a result, or why there is none (`fault` of its rules, `problems` of its file)."""

    result: DecisionResult | None = None
    fault: str = ""
    problems: tuple[ModelProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class TriedBoth:
    """What is drawn and what is published come to with the same values. `published` is None where both files are the same."""

    drawn: Tried
    published: Tried | None


def compiled(file: DecisionFile, content: bytes) -> DecisionModel:
    """What is drawn of a file, compiled with what it imports. Raises `DeploymentRefused`."""
    return compile_dmn(content, file.name, functions=ENGINE_FUNCTIONS, others=file.others)


def read_values(expressions: Expressions, given: Mapping[str, str]) -> dict[str, object]:
    """Values that are given as FEEL, by name; what is empty is not given. Raises `InvalidSubmission`, which names each that is none."""
    found: dict[str, object] = {}
    problems = []
    for name, source in given.items():
        if not source.strip():
            continue
        environment = expressions.environment()
        try:
            found[name] = compile_expression(source, functions=ENGINE_FUNCTIONS).evaluate({}, environment)
        except FeelError as error:
            problems.append(FieldProblem(name, "not-feel", str(error)))
        else:
            if found[name] is None and environment.warnings:  # `a lot`: a name that stands for nothing
                problems.append(FieldProblem(name, "not-feel", environment.warnings[0].message))
    if problems:
        raise InvalidSubmission(problems)
    return found


def tried(model: DecisionModel, key: str, values: Mapping[str, object], expressions: Expressions) -> Tried:
    """Decide with these values."""
    try:
        return Tried(model.decide(key, values, expressions.environment()))
    except ModelFault as fault:
        return Tried(fault=str(fault))


def tried_drawn(file: DecisionFile, content: bytes, key: str, values: Mapping[str, object], expressions: Expressions) -> Tried:
    """Decide with what is drawn; what cannot be compiled has problems and no result."""
    try:
        return tried(compiled(file, content), key, values, expressions)
    except DeploymentRefused as refused:
        return Tried(problems=tuple(refused.problems))
