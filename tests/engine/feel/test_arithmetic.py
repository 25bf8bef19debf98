"""Numbers of 34 digits, and `+ - * / **` on every type that has them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.feel import Environment, compile_expression


def value(source: str, **variables: object) -> object:
    """The value of an expression that must not warn."""
    environment = Environment()
    result = compile_expression(source, variables).evaluate(variables, environment)
    assert environment.warnings == []
    return result


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("0.1 + 0.2", "0.3"),
        ("1 / 3", "0.3333333333333333333333333333333333"),
        ("2 / 3", "0.6666666666666666666666666666666667"),
        ("3 ** 4 ** 5", "3486784401"),
        ("-3 ** 2", "9"),
        ("5 ** -2", "0.04"),
        ("10 - 2 - 3", "5"),
        ("1.5e3 + .5", "1500.5"),
        ("9999999999999999999999999999999999 + 1", "1E+34"),
    ],
)
def test_numbers_are_decimals_of_34_digits(source: str, expected: str) -> None:
    assert value(source) == Decimal(expected)


def test_integers_and_floats_of_the_host_become_decimals() -> None:
    assert value("a + b", a=1, b=0.1) == Decimal("1.1")
    assert type(value("a", a=1)) is Decimal


@pytest.mark.parametrize("source", ["1 / 0", '1 + "a"', "true + 1", "null + 1", "10 ** 7000", "-true"])
def test_what_has_no_result_is_null_with_a_warning_at_its_place(source: str) -> None:
    environment = Environment()
    assert compile_expression(source).evaluate({}, environment) is None
    assert len(environment.warnings) == 1
    assert environment.warnings[0].line == 1
    assert environment.warnings[0].column == (1 if source.startswith("-") else source.index(" ") + 2)


def test_strings_are_joined_by_plus() -> None:
    assert value('"采" + "购"') == "采购"
