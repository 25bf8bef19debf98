"""FEEL, the expression language of DMN (1.5, chapter 10), and the `${…}` of Camunda 7's models, compiled to the same tree.

Compile once (`compile_expression`, `compile_unary_tests`, `compile_text`, `compile_condition`), evaluate many times and from any
thread. Nothing here runs Python code from a model: an expression is a tree of closures over FEEL values, with limits.
"""

from engine.feel.errors import (
    FeelError,
    FeelEvaluationError,
    FeelLimitExceeded,
    FeelNull,
    FeelSyntaxError,
    FeelWarning,
    UnknownVariable,
)
from engine.feel.expression import (
    Compilation,
    Expression,
    UnaryTests,
    compile_expression,
    compile_unary_tests,
)
from engine.feel.formatting import brief, show
from engine.feel.limits import DEFAULT_LIMITS, Limits
from engine.feel.regex import said_by_re2
from engine.feel.runtime import Environment
from engine.feel.text import Text, compile_condition, compile_text
from engine.feel.values import FeelFunction, FeelValue, Range, YearsMonthsDuration, to_feel

__all__ = [
    "DEFAULT_LIMITS",
    "Compilation",
    "Environment",
    "Expression",
    "FeelError",
    "FeelEvaluationError",
    "FeelFunction",
    "FeelLimitExceeded",
    "FeelNull",
    "FeelSyntaxError",
    "FeelValue",
    "FeelWarning",
    "Limits",
    "Range",
    "Text",
    "UnaryTests",
    "UnknownVariable",
    "YearsMonthsDuration",
    "brief",
    "compile_condition",
    "compile_expression",
    "compile_text",
    "compile_unary_tests",
    "said_by_re2",
    "show",
    "to_feel",
]
