"""Evaluates an expression for a test, and compares with what a second expression gives."""

from __future__ import annotations

from engine.feel import Environment, compile_expression


def value(source: str, **variables: object) -> object:
    """The value of an expression that must not warn."""
    environment = Environment()
    result = compile_expression(source, variables).evaluate(variables, environment)
    assert [str(warning) for warning in environment.warnings] == []
    return result


def null(source: str, **variables: object) -> str:
    """The reason of the one warning of an expression whose value is null."""
    environment = Environment()
    assert compile_expression(source, variables).evaluate(variables, environment) is None
    assert len(environment.warnings) == 1, environment.warnings
    return environment.warnings[0].message


def same(source: str, expected: str) -> None:
    """Both expressions have the same value, of the same type."""
    left, right = value(source), value(expected)
    assert type(left) is type(right)
    assert left == right, source
