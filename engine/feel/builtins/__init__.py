"""The built-in functions of FEEL (DMN 1.5, 10.3.4), one module for each kind. Importing this package declares them all."""

from engine.feel.builtins import (
    contexts,
    conversion,
    dates,
    lists,
    numbers,
    ranges,
    statistics,
    strings,
)
from engine.feel.builtins.registry import BUILTINS, Builtin, Overload

__all__ = [
    "BUILTINS",
    "Builtin",
    "Overload",
    "contexts",
    "conversion",
    "dates",
    "lists",
    "numbers",
    "ranges",
    "statistics",
    "strings",
]
