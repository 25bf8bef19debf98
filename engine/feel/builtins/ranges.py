"""Relations of ranges and points (Allen's, DMN 1.5, 10.3.4.7, table 78), and ranges from text."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from engine.feel import tree
from engine.feel.builtins.registry import builtin
from engine.feel.compare import contains, equal, order
from engine.feel.errors import FeelNull, FeelSyntaxError
from engine.feel.types import type_name
from engine.feel.values import FeelValue, Range
from engine.phrases import Phrase

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


def _equal_points(point: FeelValue, other: FeelValue) -> bool:
    verdict = equal(point, other, _no_charge)
    if verdict is None:
        raise FeelNull(Phrase("{point} and {other} cannot be equal", point=type_name(point), other=type_name(other)))
    return verdict


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
            raise FeelNull(Phrase("an argument is null"))
        relation = relations[type(first) is Range, type(second) is Range]
        if relation is None:
            raise FeelNull(Phrase("the arguments must be ranges"))
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
_declare("coincides", (("point1", "point2"), *_RANGES), points=_equal_points, ranges=_coincides)

_MAX_TEXT = 400  # of two literals
_LITERALS = frozenset({"date", "time", "date and time", "duration"})


@builtin("range", "from: string")
def range_from(evaluation: Evaluation, text: str) -> Range:
    """The range that a text stands for (DMN 1.5, rules 66 and 67): its ends are literals, an end that is missing is open."""
    text = text.strip()
    opens, inside, closes = text[:1], text[1:-1].strip(), text[-1:]
    if len(text) > _MAX_TEXT or opens not in {"[", "(", "]"} or closes not in {"]", ")", "["}:
        raise FeelNull(Phrase("'from' is not a range"))
    if inside.startswith("..") and opens != "[":
        end, included = _end(inside[2:], evaluation), closes == "]"
        return Range(None, start_included=False, end=end, end_included=included, operator="<=" if included else "<")
    if inside.endswith("..") and closes != "]":
        start, included = _end(inside[:-2], evaluation), opens == "["
        return Range(start, included, None, end_included=False, operator=">=" if included else ">")
    return cast("Range", _literal(text, tree.RangeLiteral, evaluation))


def _end(text: str, evaluation: Evaluation) -> FeelValue:
    return _literal(text, tree.Literal, evaluation)


def _literal(text: str, kind: type, evaluation: Evaluation) -> FeelValue:
    """The value of a text that is a literal of this kind."""
    from engine.feel.expression import compile_expression  # noqa: PLC0415 - expressions are made of these functions
    from engine.feel.parser import Parser  # noqa: PLC0415
    from engine.feel.runtime import Environment  # noqa: PLC0415

    environment = Environment(limits=evaluation.limits)

    try:
        node = Parser(text, evaluation.limits).whole()
        ends = (node.start, node.end) if isinstance(node, tree.RangeLiteral) and not node.operator else (node,)
        if isinstance(node, tree.RangeLiteral) is not (kind is tree.RangeLiteral) or not all(map(_is_literal, ends)):
            raise FeelNull(Phrase("an end of the range is not a literal"))
        value = compile_expression(text).evaluate({}, environment)
    except FeelSyntaxError as error:
        raise FeelNull(Phrase("'from' is not a range")) from error
    if value is None:
        raise FeelNull(environment.warnings[0].message)
    return value


def _is_literal(node: tree.Node | None) -> bool:
    if isinstance(node, tree.Negate):
        return isinstance(node.operand, tree.Literal) and type(node.operand.value) is Decimal
    if isinstance(node, tree.Call):
        known = isinstance(node.function, tree.Name) and node.function.name in _LITERALS
        return known and all(map(_is_literal, node.arguments))
    return isinstance(node, tree.Literal) and type(node.value) not in {bool, type(None)}
