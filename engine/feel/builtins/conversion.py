"""Conversion to text and numbers, and `not` (DMN 1.5, 10.3.4.1 and 10.3.4.2)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from engine.feel.builtins.registry import builtin
from engine.feel.errors import FeelNull
from engine.feel.formatting import to_text
from engine.feel.values import FeelValue, new_number
from engine.phrases import Phrase

if TYPE_CHECKING:
    from engine.feel.runtime import Evaluation

_NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,5})?", re.ASCII)
_SEPARATORS = {None, " ", ",", "."}
_POINTS = {None, ",", "."}


@builtin("not", "negand: any")
def negation(_: Evaluation, value: FeelValue) -> bool | None:
    """True for false, false for true, null for anything else."""
    if type(value) is bool:
        return not value
    raise FeelNull(Phrase("'negand' must be true or false"))


@builtin("string", "from: any")
def string(evaluation: Evaluation, value: FeelValue) -> str | None:
    """The value as text; null stays null."""
    if value is None:
        raise FeelNull(Phrase("'from' is null"))
    return evaluation.text(to_text(value, evaluation))


@builtin("number", "from: string", "grouping separator?: any", "decimal separator?: any")
def number(_: Evaluation, value: str, grouping: FeelValue = None, point: FeelValue = None) -> Decimal:
    """The number that a text stands for; the separators are blank, comma, point or null."""
    known = all(part is None or type(part) is str for part in (grouping, point))
    if not known or grouping not in _SEPARATORS or point not in _POINTS or (grouping and grouping == point):
        raise FeelNull(Phrase("the separators must be a blank, ',' or '.', and differ"))
    text = value.replace(grouping, "") if grouping else value
    if point == ",":
        if "." in text:
            raise FeelNull(Phrase("'from' is not a number"))
        text = text.replace(",", ".")
    if not _NUMBER.fullmatch(text):
        raise FeelNull(Phrase("'from' is not a number"))
    try:
        return new_number(text)
    except ArithmeticError as error:
        raise FeelNull(Phrase("the number is too large")) from error
