"""Regular expressions, only through google-re2: the time that they take grows with the text and nothing else.

FEEL's are those of XPath (DMN 1.5, table 77). What re2 does not have (back references, looking around, subtraction of classes) has
no value here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import cast

import re2

from engine.feel.errors import FeelNull
from engine.feel.values import FeelValue

_MAX_PATTERN = 4_096
_CLASSES = {
    r"\i": "[A-Za-z_:]",
    r"\c": "[-.0-9:A-Z_a-z]",
    r"\I": "[^A-Za-z_:]",
    r"\C": "[^-.0-9:A-Z_a-z]",
}
_ESCAPES = re.compile(r"\\[\s\S]")
_BLANKS = re.compile(r"(\\[\s\S])|\s+")


@lru_cache(maxsize=512)
def compile_pattern(pattern: str, flags: str) -> FeelValue:
    """A compiled pattern, kept for the next time. Flags: s, m, i, x and q. Raises `FeelNull` for what is no pattern."""
    if set(flags) - set("smixq"):
        raise FeelNull("flags are s, m, i, x and q")
    if len(pattern) > _MAX_PATTERN:
        raise FeelNull("the pattern is too long")
    if "q" in flags:
        pattern = cast("str", re2.escape(pattern))
    elif "x" in flags:
        pattern = _BLANKS.sub(lambda match: match[1] or "", pattern)
    pattern = _ESCAPES.sub(lambda match: _CLASSES.get(match.group(), match.group()), pattern)
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 8 << 20
    options.case_sensitive = "i" not in flags
    options.dot_nl = "s" in flags
    prefix = "(?m)" if "m" in flags else ""
    try:
        return re2.compile(prefix + pattern, options)
    except re2.error as error:
        raise FeelNull(f"not a pattern that is supported: {error}") from error
