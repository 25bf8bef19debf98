"""A sample of the comparison with feelin; the long form is `python -m tests.conformance.feelin.compare`."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace

import pytest

from tests.conformance.feelin.compare import Feelin, compare, compare_test, differences, differences_of_tests, explanations
from tests.conformance.feelin.generator import OPERATIONS, Generator

KNOWN = explanations()


@pytest.mark.slow
def test_every_difference_is_explained() -> None:
    with Feelin() as feelin:
        found = [*differences(2026, 600, feelin), *differences_of_tests(2026, 200, feelin)]
    assert [str(one) for one in found if not any(known.covers(one) for known in KNOWN)] == []
    assert found, "a comparison that finds nothing at all does not compare"


def test_every_explanation_has_an_example_that_differs() -> None:
    """What feelin mends, or what is not true any more, is struck from the list."""
    with Feelin() as feelin:
        for known in KNOWN:
            tested = re.fullmatch("(null|[0-9]+): (.*)", known.example)
            found = compare_test("", json.loads(tested[1]), tested[2], feelin) if tested else compare("", known.example, feelin)
            assert found is not None, known.example
            assert replace(known, form=re.compile("")).covers(found), (known.example, str(found))
            assert re.match(r"10\.3\.", known.section), known.section


def test_the_generator_knows_what_it_makes() -> None:
    made = [expression.text for expression in Generator(1).expressions(50)]
    assert made == [expression.text for expression in Generator(1).expressions(50)], "the same seed gives the same expressions"
    assert made != [expression.text for expression in Generator(2).expressions(50)]
    used = {match for form in itertools.chain(*OPERATIONS.values()) for match in re.findall("‹([^›|]+)", form)}
    assert used <= {*OPERATIONS, "small", "exponent", "index", "scale", "digits", "pattern", "list"}
