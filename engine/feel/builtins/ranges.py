"""Relations of ranges and points (Allen's, DMN 1.5, 10.3.4.9 and table 78), and ranges from text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.feel.builtins.registry import builtin
from engine.feel.compare import contains, equal, order
from engine.feel.errors import FeelNull
from engine.feel.temporal import parse_literal
from engine.feel.values import FeelValue, Range, new_number

if TYPE_CHECKING:
    from engine.feel.runtime import Evaluation


def _no_charge(_: int) -> None:
    """Ends of ranges are small."""


def _same(left: FeelValue, right: FeelValue) -> bool:
    return left is not None and equal(left, right, _no_charge) is True


def _less(left: FeelValue, right: FeelValue) -> bool:
    return order("<", left, right)


def _before_ranges(a: Range, b: Range) -> bool:
    if _same(a.end, b.start):
        return not (a.end_included and b.start_included)
    return _less(a.end, b.start)


def _start_not_after(a: Range, b: Range) -> bool:
    if _same(a.start, b.start):
        return a.start_included or not b.start_included
    return _less(a.start, b.start)


def _end_not_before(a: Range, b: Range) -> bool:
    if _same(a.end, b.end):
        return a.end_included or not b.end_included
    return _less(b.end, a.end)


def _includes(a: Range, b: Range) -> bool:
    return _start_not_after(a, b) and _end_not_before(a, b)


def _overlaps(a: Range, b: Range) -> bool:
    return not _before_ranges(a, b) and not _before_ranges(b, a)


def _starts(a: Range, b: Range) -> bool:
    return _same(a.start, b.start) and a.start_included == b.start_included and _end_not_before(b, a)


def _finishes(a: Range, b: Range) -> bool:
    return _same(a.end, b.end) and a.end_included == b.end_included and _start_not_after(b, a)


def _meets(a: Range, b: Range) -> bool:
    return a.end_included and b.start_included and _same(a.end, b.start)


def _overlaps_before(a: Range, b: Range) -> bool:
    """A begins no later than b, reaches into it, and ends no later than it."""
    starts = _less(a.start, b.start) or (_same(a.start, b.start) and a.start_included and not b.start_included)
    reaches = _less(b.start, a.end) or (_same(b.start, a.end) and b.start_included and a.end_included)
    ends = _less(a.end, b.end) or (_same(a.end, b.end) and (not a.end_included or b.end_included))
    return starts and reaches and ends


def _coincides(a: Range, b: Range) -> bool:
    return equal(a, b, _no_charge) is True


def _point_before(point: FeelValue, span: Range) -> bool:
    return _less(point, span.start) or (_same(point, span.start) and not span.start_included)


def _point_after(point: FeelValue, span: Range) -> bool:
    return _less(span.end, point) or (_same(point, span.end) and not span.end_included)


Relation = Callable[[FeelValue, FeelValue], "bool | None"]


def _declare(
    name: str,
    names: tuple[tuple[str, str], ...],
    *,
    points: Relation | None = None,
    point_range: Relation | None = None,
    range_point: Relation | None = None,
    ranges: Relation | None = None,
) -> None:
    """Declare a relation once for each pair of parameter names, choosing by what the arguments are."""
    relations = {(False, False): points, (False, True): point_range, (True, False): range_point, (True, True): ranges}

    def run(_: Evaluation, first: FeelValue, second: FeelValue) -> bool | None:
        if first is None or second is None:
            raise FeelNull("an argument is null")
        relation = relations[type(first) is Range, type(second) is Range]
        if relation is None:
            raise FeelNull("the arguments must be ranges")
        return relation(first, second)

    for one, other in names:
        builtin(name, f"{one}: any", f"{other}: any")(run)


_RANGES = (("range1", "range2"),)
_POINT_RANGE = (("point", "range"), *_RANGES)
_RANGE_POINT = (("range", "point"), *_RANGES)
_ALL = (("point1", "point2"), ("point", "range"), ("range", "point"), *_RANGES)

_declare(
    "before",
    _ALL,
    points=_less,
    point_range=_point_before,
    range_point=lambda span, point: _point_after(point, span),
    ranges=_before_ranges,
)
_declare(
    "after",
    _ALL,
    points=lambda a, b: _less(b, a),
    point_range=_point_after,
    range_point=lambda span, point: _point_before(point, span),
    ranges=lambda a, b: _before_ranges(b, a),
)
_declare("meets", _RANGES, ranges=_meets)
_declare("met by", _RANGES, ranges=lambda a, b: _meets(b, a))
_declare("overlaps", _RANGES, ranges=_overlaps)
_declare("overlaps before", _RANGES, ranges=_overlaps_before)
_declare("overlaps after", _RANGES, ranges=lambda a, b: _overlaps_before(b, a))
_declare("includes", _RANGE_POINT, range_point=contains, ranges=_includes)
_declare("during", _POINT_RANGE, point_range=lambda p, r: contains(r, p), ranges=lambda a, b: _includes(b, a))
_declare(
    "starts",
    _POINT_RANGE,
    point_range=lambda point, span: span.start_included and _same(point, span.start),
    ranges=_starts,
)
_declare(
    "started by",
    _RANGE_POINT,
    range_point=lambda span, point: span.start_included and _same(point, span.start),
    ranges=lambda a, b: _starts(b, a),
)
_declare(
    "finishes",
    _POINT_RANGE,
    point_range=lambda point, span: span.end_included and _same(point, span.end),
    ranges=_finishes,
)
_declare(
    "finished by",
    _RANGE_POINT,
    range_point=lambda span, point: span.end_included and _same(point, span.end),
    ranges=lambda a, b: _finishes(b, a),
)
_declare("coincides", (("point1", "point2"), *_RANGES), points=_same, ranges=_coincides)

_MAX_TEXT = 200  # of two literals; keeps the search short
_RANGE = re.compile(r"([\[(\]])(.*?)\.\.(.*)([\])\[])", re.DOTALL)
_NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)", re.ASCII)
_CALL = re.compile(r'(?:date|time|date and time|duration)\(\s*"([^"]*)"\s*\)|@"([^"]*)"')
_STRING = re.compile(r'"([^"\\]*)"')


@builtin("range", "from: string")
def range_from(_: Evaluation, text: str) -> Range:
    """The range that a text stands for; its ends are literals."""
    match = _RANGE.fullmatch(text.strip()) if len(text) <= _MAX_TEXT else None
    if match is None:
        raise FeelNull("'from' is not a range")
    start, end = _end(match[2].strip()), _end(match[3].strip())
    if start is None and end is None:
        raise FeelNull("a range needs an end")
    if start is not None and end is not None and not order("<=", start, end):
        raise FeelNull("the range ends before it starts")
    opens, closes = match[1] == "[", match[4] == "]"
    if start is None:
        return Range(None, start_included=False, end=end, end_included=closes, operator="<=" if closes else "<")
    if end is None:
        return Range(start, opens, None, end_included=False, operator=">=" if opens else ">")
    return Range(start, opens, end, closes)


def _end(text: str) -> FeelValue:
    if not text:
        return None
    if _NUMBER.fullmatch(text):
        return new_number(text)
    string = _STRING.fullmatch(text)
    if string:
        return string[1]
    call = _CALL.fullmatch(text)
    if call:
        return parse_literal(call[1] or call[2])
    raise FeelNull("an end of the range is not a literal")
