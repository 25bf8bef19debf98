"""The language by many small examples: every operator and every built-in function of DMN 1.5, in order and by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.feel import Environment, compile_expression, show
from engine.feel.builtins import BUILTINS

LINES = (Path(__file__).parent / "standard.txt").read_text(encoding="utf-8").splitlines()
CASES = [tuple(line.split(" ;; ")) for line in LINES if line and not line.startswith("#")]
VARIABLES = {"a": 5, "b": "x", "月 费": 3}


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_the_value_is_that_of_the_standard(source: str, expected: str) -> None:
    environment = Environment()
    assert show(compile_expression(source, VARIABLES).evaluate(VARIABLES, environment)) == expected, environment.warnings


@pytest.mark.parametrize("name", sorted(BUILTINS))
def test_every_builtin_function_has_an_example(name: str) -> None:
    assert any(f"{name}(" in source for source, _ in CASES), name


@pytest.mark.parametrize("name", sorted(BUILTINS))
def test_every_builtin_function_gives_null_with_a_reason_for_null(name: str) -> None:
    """What cannot be computed is told; a few functions do take null: they say something about it."""
    taking_null = {"is", "is defined", "get or else", "list contains", "append", "string join"}
    for overload in BUILTINS[name].overloads:
        count = len(overload.parameters)
        environment = Environment()
        value = compile_expression(f"{name}({', '.join(['null'] * count)})").evaluate({}, environment)
        if value is None and name not in taking_null:
            assert environment.warnings, name
            assert environment.warnings[0].message.startswith(f"{name}: ")
