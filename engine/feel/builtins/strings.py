"""String functions (DMN 1.5, 10.3.4.3). Positions count code points from 1."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.feel.builtins.registry import builtin, whole
from engine.feel.errors import FeelNull
from engine.feel.regex import compile_pattern
from engine.feel.values import FeelValue
from engine.phrases import Phrase

if TYPE_CHECKING:
    from engine.feel.runtime import Evaluation

_GROUP = re.compile(r"\\([\\$])|\$([0-9]{1,9})|[\\$]")


@builtin("substring", "string: string", "start position: number", "length?: number?")
def substring(
    evaluation: Evaluation,  # noqa: ARG001 - given to every built-in function
    string: str,
    start: Decimal,
    length: Decimal | None = None,
) -> str:
    """A part of the string; a negative start counts from the end."""
    first = whole(start, "start position")
    if first == 0 or abs(first) > len(string):
        raise FeelNull(Phrase("'start position' lies outside the string"))
    begin = first - 1 if first > 0 else len(string) + first
    if length is None:
        return string[begin:]
    count = whole(length, "length")
    if count < 1:
        raise FeelNull(Phrase("'length' must be at least 1"))
    return string[begin : begin + count]


@builtin("string length", "string: string")
def string_length(_: Evaluation, string: str) -> Decimal:
    """The number of code points."""
    return Decimal(len(string))


@builtin("upper case", "string: string")
def upper_case(evaluation: Evaluation, string: str) -> str:
    """In capitals."""
    return evaluation.text(string.upper())


@builtin("lower case", "string: string")
def lower_case(evaluation: Evaluation, string: str) -> str:
    """In small letters."""
    return evaluation.text(string.lower())


@builtin("trim", "string: string")
def trim(_: Evaluation, string: str) -> str:
    """Without blanks at both ends."""
    return string.strip()


@builtin("substring before", "string: string", "match: string")
def substring_before(_: Evaluation, string: str, match: str) -> str:
    """What stands before the first match; empty without one."""
    return string.partition(match)[0] if match and match in string else ""


@builtin("substring after", "string: string", "match: string")
def substring_after(_: Evaluation, string: str, match: str) -> str:
    """What stands after the first match; empty without one."""
    return string.partition(match)[2] if match else string


@builtin("contains", "string: string", "match: string")
def contains(_: Evaluation, string: str, match: str) -> bool:
    """Whether the match occurs."""
    return match in string


@builtin("starts with", "string: string", "match: string")
def starts_with(_: Evaluation, string: str, match: str) -> bool:
    """Whether the string begins so."""
    return string.startswith(match)


@builtin("ends with", "string: string", "match: string")
def ends_with(_: Evaluation, string: str, match: str) -> bool:
    """Whether the string ends so."""
    return string.endswith(match)


@builtin("matches", "input: string", "pattern: string", "flags?: string?")
def matches(evaluation: Evaluation, text: str, pattern: str, flags: str | None = None) -> bool:
    """Whether the pattern occurs in the text."""
    return _searched(evaluation, text, pattern, flags).search(text) is not None


def matches_whole(evaluation: Evaluation, text: str, pattern: str) -> bool:
    """Whether the pattern is the whole text: `matches` of Java, in `${…}`."""
    return _searched(evaluation, text, pattern).fullmatch(text) is not None


def _searched(evaluation: Evaluation, text: str, pattern: str, flags: str | None = None) -> FeelValue:
    """The compiled pattern; looking through a text costs a step for a hundred characters."""
    evaluation.charge(len(text) // 100)
    return compile_pattern(pattern, flags or "")


@builtin("replace", "input: string", "pattern: string", "replacement: string", "flags?: string?")
def replace(evaluation: Evaluation, text: str, pattern: str, replacement: str, flags: str | None = None) -> str:
    """Every match replaced; `$1` is the first group, `$0` the whole match."""
    compiled = _searched(evaluation, text, pattern, flags)
    if compiled.search("") is not None:
        raise FeelNull(Phrase("the pattern matches the empty string"))
    pieces = _pieces(replacement, compiled.groups)
    result: list[str] = []
    end = size = 0
    for match in compiled.finditer(text):
        evaluation.charge(len(pieces))
        part = text[end : match.start()] + "".join(_expand(piece, match) for piece in pieces)
        end = match.end()
        size += len(part)
        if size > evaluation.limits.string_length:
            evaluation.text(part * 2 if len(part) > size // 2 else " " * size)
        result.append(part)
    return evaluation.text("".join(result) + text[end:])


def _pieces(replacement: str, groups: int) -> list[str | int]:
    r"""Text and numbers of groups, as XPath reads them: `\$` and `\\` are signs, `$12` is group 12 or, without one, group 1 and a 2."""
    pieces: list[str | int] = []
    end = 0
    for match in _GROUP.finditer(replacement):
        pieces.append(replacement[end : match.start()])
        end = match.end()
        if match[1]:
            pieces.append(match[1])
        elif match[2]:
            digits = next((match[2][:size] for size in range(len(match[2]), 1, -1) if int(match[2][:size]) <= groups), match[2][0])
            pieces.append(int(digits) if int(digits) <= groups else "")
            pieces.append(match[2][len(digits) :])
        else:
            raise FeelNull(Phrase("in 'replacement', '$' is written as '\\$' and '\\' as '\\\\'"))
    pieces.append(replacement[end:])
    return pieces


def _expand(piece: str | int, match: FeelValue) -> str:
    return piece if isinstance(piece, str) else match.group(piece) or ""


@builtin("split", "string: string", "delimiter: string")
def split(evaluation: Evaluation, string: str, delimiter: str) -> list[str]:
    """The parts between the matches of a pattern."""
    compiled = _searched(evaluation, string, delimiter)
    if compiled.search("") is not None:
        raise FeelNull(Phrase("the delimiter matches the empty string"))
    parts: list[Any] = []
    end = 0
    for match in compiled.finditer(string):
        parts.append(string[end : match.start()])
        evaluation.room(len(parts))
        end = match.end()
    return evaluation.items([*parts, string[end:]])


@builtin("string join", "list: list", "delimiter?: string?")
def string_join(evaluation: Evaluation, items: list[Any], delimiter: str | None = None) -> str:
    """The strings of a list in one; nulls are left out."""
    strings = [item for item in items if item is not None]
    if not all(type(item) is str for item in strings):
        raise FeelNull(Phrase("'list' must hold strings only"))
    separator = delimiter or ""
    size = sum(map(len, strings)) + len(separator) * max(len(strings) - 1, 0)
    if size > evaluation.limits.string_length:
        evaluation.text("x" * (evaluation.limits.string_length + 1))
    return evaluation.text(separator.join(strings))
