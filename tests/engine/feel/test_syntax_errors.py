"""A source that is refused is refused at its exact place, saying what could have stood there."""

from __future__ import annotations

import pytest

from engine.feel import FeelSyntaxError, Limits, compile_expression, compile_unary_tests


def refusal(source: str) -> FeelSyntaxError:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression(source)
    return caught.value


REFUSED = [
    ("", 1, 1, "unexpected end of the expression", "an expression"),
    ("1 +", 1, 4, "unexpected end of the expression", "an expression"),
    ("1 + * 2", 1, 5, "unexpected '*'", "an expression"),
    ("1 2", 1, 3, "unexpected '2'", "an operator"),
    ("(1", 1, 3, "unexpected end of the expression", "')'"),
    ("[1, 2", 1, 6, "unexpected end of the expression", "']'"),
    ("[1..2", 1, 6, "unexpected end of the expression", "']'"),
    ("{a: 1", 1, 6, "unexpected end of the expression", "'}'"),
    ("{a 1}", 1, 5, "unexpected '}'", "':'"),
    ("{a: 1, a: 2}", 1, 8, "the key 'a' is given twice", None),
    ('"abc', 1, 1, "the string is not closed", "'\"'"),
    ("if a then b", 1, 12, "unexpected end of the expression", "'else'"),
    ("if a b then c", 1, 14, "unexpected end of the expression", "'else'"),
    ("for in x return 1", 1, 5, "unexpected 'in'", "the name of a variable"),
    ("for x in y", 1, 11, "unexpected end of the expression", "'return'"),
    ("some x in y return x", 1, 13, "unexpected 'return'", "'satisfies'"),
    ("a.", 1, 3, "unexpected end of the expression", "the name of a property"),
    ("a.1", 1, 3, "unexpected '1'", "the name of a property"),
    ("x between 1", 1, 12, "unexpected end of the expression", "'and'"),
    ("x instance of foo", 1, 15, "there is no type 'foo'", "the name of a type"),
    ("count(1", 1, 8, "unexpected end of the expression", "')'"),
    ("foo(1)", 1, 1, "there is no function 'foo'", None),
    ("1 +\n\n  foo(1)", 3, 3, "there is no function 'foo'", None),
    ("count(list: 1, 2)", 1, 16, "unexpected '2'", "the name of a parameter and ':'"),
    ("count(list: 1, list: 2)", 1, 16, "the parameter 'list' is given twice", None),
    ("function(a, a) a", 1, 13, "the parameter 'a' is given twice", None),
    ('function(a) external {java: {class: "x"}}', 1, 13, "external functions are not supported", None),
    ("? > 1", 1, 1, "'?' stands for the tested value and only in unary tests", None),
    ("* 1", 1, 1, "unexpected '*'", "an expression"),
    ('@"2026-02-30"', 1, 1, "'2026-02-30' is not a date", None),
    ("1e99999", 1, 1, "the number is too large", None),
    ("a $ b", 1, 3, "unexpected '$'", "an operator"),
    ("金额 + )", 1, 6, "unexpected ')'", "an expression"),
    ("1 /* open", 1, 3, "the comment is not closed", "'*/'"),
    (r'"\uD83D"', 1, 2, "half a character (a lone surrogate)", None),
    (r'"\UFFFFFF"', 1, 2, "there is no such character", None),
]


@pytest.mark.parametrize(("source", "line", "column", "message", "expected"), REFUSED)
def test_a_refusal_names_line_column_and_what_was_expected(source: str, line: int, column: int, message: str, expected: str | None) -> None:
    error = refusal(source)
    assert (error.line, error.column, error.message) == (line, column, message)
    assert (expected in error.expected) if expected else error.expected == ()
    assert str(error).startswith(f"line {line}, column {column}: {message}")


def test_the_source_is_kept_with_the_refusal() -> None:
    assert refusal("1 +").source == "1 +"


def test_unary_tests_are_refused_at_their_place_too() -> None:
    with pytest.raises(FeelSyntaxError, match=r"line 1, column 5: unexpected end of the expression; expected an expression"):
        compile_unary_tests("1, <")


def test_a_call_that_can_never_have_a_value_is_told_when_it_is_compiled() -> None:
    expression = compile_expression("1 + substring()")
    assert [str(warning) for warning in expression.diagnostics] == [
        "line 1, column 5: substring: it is called as substring(string, start position, length)"
    ]
    assert compile_expression("count([1])").diagnostics == ()


def test_a_longer_source_than_allowed_is_refused() -> None:
    compile_expression('"' + "é" * 5_000 + '"')
    assert "longer than 10240 bytes" in refusal('"' + "é" * 5_120 + '"').message


@pytest.mark.parametrize(
    "source",
    [
        "(" * 70 + "1" + ")" * 70,
        "[" * 70 + "]" * 70,
        "-" * 70 + "1",
        "a" + ".b" * 70,
        "a" + "[1]" * 70,
        "if true then " * 70 + "1",
        "{a: " * 70 + "1" + "}" * 70,
        "function() " * 70 + "1",
        "for x in " * 70 + "1",
        "1 in (" * 70 + "1" + ")" * 70,
        "(<" * 70 + "1" + ")" * 70,
        "1 = " * 70 + "1",
        "a instance of " + "list<" * 70 + "number" + ">" * 70,
    ],
)
def test_a_deeper_source_than_allowed_is_refused(source: str) -> None:
    assert "nested deeper than 64" in refusal(source).message


def test_64_levels_are_allowed() -> None:
    assert compile_expression("(" * 63 + "1" + ")" * 63).evaluate({}) == 1


def test_more_parts_than_allowed_are_refused() -> None:
    compile_expression("+".join(["1"] * 1_000))
    assert "more than 2000 parts" in refusal("+".join(["1"] * 1_001)).message


def test_the_limits_may_be_given() -> None:
    with pytest.raises(FeelSyntaxError, match="more than 3 parts"):
        compile_expression("1 + 1 + 1", limits=Limits(nodes=3))


@pytest.mark.parametrize("opening", ["(", "[", "{a:", "1 in (", "not(", "function(", "-", "if ", "[1..", "(1.."])
def test_hostile_nesting_is_refused_in_linear_time(opening: str) -> None:
    # Ten thousand characters of openings: with any backtracking this would never end.
    source = opening * (10_000 // len(opening))
    with pytest.raises(FeelSyntaxError):
        compile_expression(source)
    with pytest.raises(FeelSyntaxError):
        compile_unary_tests(source)
