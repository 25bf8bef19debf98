"""The values of FEEL (DMN 1.5, 10.3.2) and how values of the host become such values.

number: `Decimal` of 34 digits; string: `str`; boolean: `bool`; date, time, date and time: `datetime` types; days and time
duration: `timedelta`; list: `list`; context: `dict`; null: `None`. Dates and times beyond those are in `wide`, the rest is defined
here. Nothing else ever enters an evaluation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from typing import TYPE_CHECKING, Any, TypeAlias

from engine.feel.errors import FeelEvaluationError
from engine.feel.wide import WIDE
from engine.phrases import Phrase

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.feel.runtime import Evaluation

FeelValue: TypeAlias = Any
"""A FEEL value: what `to_feel` lets through."""

NUMBERS = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[DivisionByZero, InvalidOperation, Overflow],
)
"""IEEE 754 decimal128, as DMN 1.5, 10.3.2.3.1 asks. Shared by all threads: only its methods are used, they keep no state."""

MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class YearsMonthsDuration:
    """A years and months duration, held as its number of months."""

    total_months: int

    @property
    def years(self) -> int:
        """Whole years, with the sign of the duration."""
        return abs(self.total_months) // MONTHS_A_YEAR * (-1 if self.total_months < 0 else 1)

    @property
    def months(self) -> int:
        """The months beyond whole years, with the sign of the duration."""
        return abs(self.total_months) % MONTHS_A_YEAR * (-1 if self.total_months < 0 else 1)

    def __str__(self) -> str:
        """ISO 8601, as FEEL writes it."""
        if not self.total_months:
            return "P0M"
        years = f"{abs(self.years)}Y" if self.years else ""
        months = f"{abs(self.months)}M" if self.months else ""
        return f"{'-' if self.total_months < 0 else ''}P{years}{months}"


@dataclass(frozen=True, slots=True)
class Range:
    """A range. `operator` is set for `(< 10)`, `(= 10)` and the like: a missing end is then without bound."""

    start: FeelValue
    start_included: bool
    end: FeelValue
    end_included: bool
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function: its name and, where declared, a check that its argument must pass."""

    name: str
    accepts: Callable[[FeelValue], bool] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FeelFunction:
    """A function value. `call` gets the evaluation that it is to be charged to and the arguments in order."""

    parameters: tuple[Parameter, ...]
    call: Callable[[Evaluation, Sequence[FeelValue]], FeelValue]
    name: str = "function"
    optional: int = 0  # how many of the last parameters may be missing
    variadic: bool = False


def new_number(text: str) -> Decimal:
    """A number from its digits, rounded to 34 of them."""
    return NUMBERS.create_decimal(text)


def is_whole(value: Decimal) -> bool:
    """Whether the number is an integer; `value % 1` would use the decimal context of the thread."""
    return value == value.to_integral_value()


_PLAIN = frozenset({str, bool, type(None), date, time, datetime, timedelta, YearsMonthsDuration, Range, FeelFunction}) | WIDE


_LISTS = (Sequence, AbstractSet)
_BYTES = (bytes, bytearray, memoryview)


def to_feel(value: object, name: str = "value") -> FeelValue:
    """A value of the host as a FEEL value; lists and contexts all the way down.

    Raises `FeelEvaluationError` for what FEEL has no value for: no other Python object ever enters an evaluation.
    """
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is Decimal:
        return _number(value, name)
    if kind is int:
        return _number(Decimal(value), name)  # type: ignore[arg-type]  # its exact type is int
    return _convert(value, name)


def _convert(value: object, name: str) -> FeelValue:
    if isinstance(value, int):
        return _number(Decimal(int(value)), name)
    if isinstance(value, float):
        return _number(Decimal(repr(float(value))), name)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Mapping):
        return {_key(key, name): to_feel(item, name) for key, item in value.items()}
    if isinstance(value, _LISTS) and not isinstance(value, _BYTES):
        return [to_feel(item, name) for item in value]
    if isinstance(value, Decimal):
        return _number(Decimal(value), name)
    raise FeelEvaluationError(Phrase("'{name}' has a value that FEEL does not know: {type}", name=name, type=type(value).__name__))


def _key(key: object, name: str) -> str:
    if isinstance(key, str):
        return str.__str__(key)
    raise FeelEvaluationError(Phrase("'{name}' has a key that is not a string", name=name))


def _number(value: FeelValue, name: str) -> Decimal | None:
    """A number of 34 digits; null for what is not a number, such as infinity."""
    if not value.is_finite():
        return None
    try:
        return NUMBERS.plus(value)
    except ArithmeticError:
        raise FeelEvaluationError(Phrase("'{name}' is too large a number", name=name)) from None
