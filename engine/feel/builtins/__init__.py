"""The built-in functions of FEEL (DMN 1.5, 10.3.4), one module for each kind. Importing this package declares them all."""

import engine.feel.builtins.contexts
import engine.feel.builtins.conversion
import engine.feel.builtins.dates
import engine.feel.builtins.lists
import engine.feel.builtins.moments
import engine.feel.builtins.numbers
import engine.feel.builtins.ranges
import engine.feel.builtins.statistics
import engine.feel.builtins.strings  # noqa: F401 - each declares its functions
from engine.feel.builtins.registry import BUILTINS, Builtin, Overload

__all__ = ["BUILTINS", "Builtin", "Overload"]
