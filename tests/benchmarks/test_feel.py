"""The benchmark of FEEL measures what it says: the same cases on both engines, and the rule that is looked for last."""

from __future__ import annotations

import pytest

from benchmarks.feel import CASE, CONDITIONS, RULES, TYPICAL, VARIABLES, measure, table
from benchmarks.kit.wish import Wish
from engine.dmn import compile_dmn
from engine.feel import compile_condition


@pytest.mark.slow
def test_every_figure_is_measured_on_both() -> None:
    lines = list(measure(Wish(quick=True)))
    assert len(lines) == len(CONDITIONS) + 1
    assert all(float(str(line[figure])) > 0 for line in lines for figure in ("evaluate_us", "compile_us", "feelin_us"))
    assert [line.get("limit_us") for line in lines] == [10] * TYPICAL + [None] * (len(CONDITIONS) - TYPICAL) + [500]


def test_the_conditions_hold() -> None:
    assert all(compile_condition(source, VARIABLES).evaluate(VARIABLES) is True for source in CONDITIONS.values())


def test_the_last_rule_of_the_table_matches_alone() -> None:
    (trace,) = compile_dmn(table(), "table.dmn").decide("level", CASE).trace
    assert trace.rules == (RULES,)
