"""How much an expression may cost. Models are uploaded by people, so every expression is limited."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of compiling and evaluating one expression."""

    source_bytes: int = 10 * 1024  # of the source, in UTF-8
    depth: int = 64  # nesting of the source
    nodes: int = 2_000  # parts of the compiled tree
    steps: int = 100_000  # parts evaluated, list items touched, thousands of characters made
    milliseconds: float = 50.0  # by the clock of the environment
    list_items: int = 10_000  # in one list
    string_length: int = 1_000_000  # code points in one string
    call_depth: int = 512  # nesting of function calls, in parts of the tree
    warnings: int = 100  # kept; further ones are dropped


DEFAULT_LIMITS = Limits()
