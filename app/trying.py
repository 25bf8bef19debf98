"""`crossdesk feel` and `crossdesk decide`: expressions and decisions tried out in a terminal, with the trace as a table.

Nothing is read but the files that are named, and nothing is written: no database is needed.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from decimal import Decimal
from pathlib import Path

import click

from app.clock import SystemClock
from engine import (
    DecisionResult,
    DecisionTrace,
    DeploymentRefused,
    Environment,
    FeelError,
    FeelSyntaxError,
    ModelFault,
    Schemas,
    compile_dmn,
    compile_expression,
    show,
)

_WIDE = {"W", "F"}  # characters that take two columns of a terminal
_LONGEST = 60  # columns of one cell


def try_expression(source: str, context: Path | None, zone: tzinfo) -> None:
    """Evaluate an expression; its value goes to the standard output, what turned to null and why to the other one."""
    variables, environment = read_context(context), _environment(zone)
    try:
        value = compile_expression(source, variables).evaluate(variables, environment)
    except FeelError as error:
        raise click.ClickException(_pointed(source, error)) from error
    click.echo(show(value))
    _warn(str(warning) for warning in environment.warnings)


def try_decision(file: Path, decision: str, context: Path | None, zone: tzinfo, schemas: Path) -> None:
    """Make a decision by its id or name and tell how it came about. Files beside it may be imported."""
    others = {path.name: path.read_bytes() for path in file.parent.glob("*.dmn") if path.name != file.name}
    try:
        model = compile_dmn(file.read_bytes(), file.name, others=others, schemas=Schemas(schemas))
    except DeploymentRefused as refused:
        problems = (f"{it.resource}:{it.line}: {it.element or '-'}: {it.message}" for it in refused.problems)
        raise click.ClickException("\n".join(problems)) from refused
    found = [key for key, known in model.decisions.items() if decision in {key, known.name}]
    if not found:
        names = ", ".join(f"{key} ({known.name})" for key, known in model.decisions.items())
        raise click.ClickException(f"{file.name} has no decision '{decision}'. It has: {names}")
    try:
        result = model.decide(found[0], read_context(context), _environment(zone))
    except ModelFault as fault:
        raise click.ClickException(f"{file.name}:{fault.line or '-'}: {fault}") from fault
    click.echo("\n".join(told(result)))
    _warn(str(warning) for warning in result.warnings)


def read_context(path: Path | None) -> Mapping[str, object]:
    """The variables of a file: JSON, or a context as FEEL writes it, which knows dates too. `-` is the standard input."""
    if path is None:
        return {}
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
        found = _parsed(text)
    except (OSError, UnicodeDecodeError, FeelError) as error:
        raise click.ClickException(f"{path}: {error}") from error
    if not isinstance(found, Mapping):
        raise click.ClickException(f'{path}: the context must be an object, such as {{"amount": 5}}')
    return found


def _parsed(text: str) -> object:
    try:
        return json.loads(text, parse_float=Decimal)
    except ValueError:
        return compile_expression(text).evaluate({})


def _environment(zone: tzinfo) -> Environment:
    here = SystemClock().now().astimezone(zone)
    return Environment(functions={"now": lambda: here, "today": here.date})


def _pointed(source: str, error: FeelError) -> str:
    """The reason, and the place under the line of the source that it is about."""
    if not isinstance(error, FeelSyntaxError):
        return str(error)
    line = source.splitlines()[error.line - 1] if error.line <= len(source.splitlines()) else ""
    return f"{error}\n  {line}\n  {' ' * _width(line[: error.column - 1])}^"


def _warn(warnings: Iterable[str]) -> None:
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)


# ---- the trace as tables -------------------------------------------------------------------------------------------------


def told(result: DecisionResult) -> list[str]:
    """Each decision on the way with its inputs, the rules that matched and why, and what came out."""
    lines: list[str] = []
    for trace in result.trace:
        lines += [*_decision(trace), ""]
    return [*lines, f"Result: {show(result.result)}"]


def _decision(trace: DecisionTrace) -> list[str]:
    title = trace.name if trace.name == trace.decision_id else f"{trace.name} ({trace.decision_id})"
    lines = [title, "=" * _width(title)]
    if trace.inputs:
        lines += table(("input", "value"), [(label, show(value)) for label, value in trace.inputs])
    if trace.rules:
        because = trace.reasons or ((),) * len(trace.rules)
        rows = [
            (str(rule), "; ".join(f"{label}: {test}" for label, test in tests) or "always", _outputs(outputs))
            for rule, tests, outputs in zip(trace.rules, because, trace.outputs, strict=True)
        ]
        lines += table(("rule", "matches because", "outputs"), rows)
    elif not trace.outputs:
        lines.append("No rule matched.")
    return [*lines, f"gives {show(trace.result)}"]


def _outputs(outputs: Mapping[str, object]) -> str:
    return ", ".join(f"{name} = {show(value)}" for name, value in outputs.items())


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Text in columns, each as wide as its widest cell; Chinese characters count for two."""
    cut = [[_cut(cell) for cell in row] for row in [head, *rows]]
    widths = [max(_width(row[index]) for row in cut) for index in range(len(head))]
    lines = ["  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cut]
    return [lines[0], "  ".join("-" * width for width in widths), *lines[1:]]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in _WIDE else 1 for sign in text)


def _cut(text: str) -> str:
    text = " ".join(text.split())
    while _width(text) > _LONGEST:
        text = text[:-2] + "…"
    return text
