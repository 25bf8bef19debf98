"""Numbers of 34 digits, and `+ - * / **` on every type that has them."""

from __future__ import annotations

from decimal import Decimal, localcontext

import pytest

from engine.feel import Environment, FeelEvaluationError, compile_expression
from tests.engine.feel.evaluating import null, same, value


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
        ("8 / 4 / 2", "1"),
        ("1.5e3 + .5", "1500.5"),
        ("--3", "3"),
        ("0 ** 0", "1"),
        ("9999999999999999999999999999999999 + 1", "1E+34"),
        ("12345678901234567890123456789012345678", "12345678901234567890123456789012350000"),
    ],
)
def test_numbers_are_decimals_of_34_digits(source: str, expected: str) -> None:
    assert value(source) == Decimal(expected)


def test_the_decimal_context_of_the_thread_changes_nothing() -> None:
    with localcontext() as context:
        context.prec = 3
        assert value("1 / 3 * 3") == Decimal("0." + "9" * 34)
        assert value("modulo(12345.678, 1000)") == Decimal("345.678")
        assert value("abs(-123456)") == 123456
        assert value("round half up(12345.678, 2)") == Decimal("12345.68")
        assert value("sum(for i in 123455..123456 return i)") == 246911


def test_a_long_chain_of_operators_is_no_deep_nesting() -> None:
    assert value(" + ".join(["1"] * 900)) == 900
    assert value(" and ".join(["true"] * 900)) is True


def test_integers_and_floats_of_the_host_become_decimals() -> None:
    assert value("a + b", a=1, b=0.1) == Decimal("1.1")
    assert type(value("a", a=1)) is Decimal
    assert type(value("a.b[1]", a={"b": (1, 2)})) is Decimal
    assert value("a = null", a=float("nan")) is True


@pytest.mark.parametrize(
    ("source", "column"),
    [
        ("1 / 0", 3),
        ('1 + "a"', 3),
        ("true + 1", 6),
        ("null + 1", 6),
        ("10 ** 7000", 4),
        ("-true", 1),
        ("0 ** -1", 3),
        ("(-1) ** 0.5", 6),
        ("1 + (2 - null)", 8),
    ],
)
def test_what_has_no_result_is_null_with_a_warning_at_its_place(source: str, column: int) -> None:
    environment = Environment()
    assert compile_expression(source).evaluate({}, environment) is None
    assert (environment.warnings[0].line, environment.warnings[0].column) == (1, column)


def test_the_warning_names_line_and_column_of_the_operator() -> None:
    environment = Environment()
    compile_expression("1 +\n  2 / 0").evaluate({}, environment)
    first = environment.warnings[0]
    assert (first.line, first.column, first.message) == (2, 5, "division by zero")
    assert str(first) == "line 2, column 5: division by zero"


def test_strings_are_joined_by_plus() -> None:
    assert value('"采" + "购"') == "采购"
    assert null('"a" - "b"') == "string - string is not defined"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('date("2026-01-31") + duration("P1M")', 'date("2026-02-28")'),
        ('date("2024-01-31") + duration("P1M")', 'date("2024-02-29")'),
        ('date("2026-03-31") - duration("P1Y1M")', 'date("2025-02-28")'),
        ('date("2026-01-31") + duration("P1D")', 'date("2026-02-01")'),
        ('date("2026-02-01") - date("2026-01-01")', 'duration("P31D")'),
        ('time("23:30:00") + duration("PT1H")', 'time("00:30:00")'),
        ('time("10:00:00+08:00") - time("01:00:00Z")', 'duration("PT1H")'),
        ('date and time("2026-01-31T23:00:00") + duration("PT2H")', 'date and time("2026-02-01T01:00:00")'),
        ('duration("P1D") * 1.5', 'duration("P1DT12H")'),
        ('duration("P1D") / 2', 'duration("PT12H")'),
        ('duration("P1Y") / 5', 'duration("P2M")'),
        ('duration("P1D") / duration("PT6H")', "4"),
        ('duration("P1Y") / duration("P1M")', "12"),
        ('-duration("P1Y")', 'duration("-P1Y")'),
        ('2 * duration("P1Y") - duration("P1M")', 'duration("P1Y11M")'),
    ],
)
def test_dates_times_and_durations_calculate(source: str, expected: str) -> None:
    same(source, expected)


def test_a_day_is_24_hours_across_a_change_of_summer_time() -> None:
    same(
        'string(date and time("2026-03-28T12:00:00@Europe/Paris") + duration("P1D"))',
        '"2026-03-29T13:00:00@Europe/Paris"',
    )
    same('date and time("2026-03-29T12:00:00@Europe/Paris") - date and time("2026-03-28T12:00:00@Europe/Paris")', 'duration("PT23H")')


def test_a_local_and_a_zoned_time_have_no_difference() -> None:
    assert "with a zone" in null('date and time("2026-01-01T00:00:00") - date and time("2026-01-01T00:00:00Z")')


def test_numbers_of_the_host_are_rounded_to_34_digits_or_refused() -> None:
    assert value("a", a=10**40 + 1) == Decimal("1E+40")
    assert value("a", a=Decimal("1." + "1" * 50)) == Decimal("1." + "1" * 33)
    assert value("a = null", a=Decimal("Infinity")) is True
    with pytest.raises(FeelEvaluationError, match="'a' is too large a number"):
        value("a", a=Decimal("1E+7000"))
