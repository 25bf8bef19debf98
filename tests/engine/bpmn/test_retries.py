"""`camunda:failedJobRetryTimeCycle`: how often, and after which waits."""

from datetime import timedelta

import pytest

from engine.bpmn.retries import USUAL, RetryCycle, read_cycle

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "tries", "waits"),
    [
        ("R5/PT5M", 5, (5 * MINUTE,)),
        (" R1/PT0S ", 1, (0 * SECOND,)),
        ("PT10S, PT1M,PT1H", 4, (10 * SECOND, MINUTE, HOUR)),  # as Camunda 7: a try more than there are waits
        ("PT30S", 2, (30 * SECOND,)),
        ("R3/P1DT2H", 3, (timedelta(days=1, hours=2),)),
        ("R3/P2W", 3, (timedelta(weeks=2),)),
    ],
)
def test_a_cycle_says_how_often_and_when(text, tries, waits):
    assert read_cycle(text) == RetryCycle(tries, waits)


@pytest.mark.parametrize(
    "text", ["", "five times", "R5", "R0/PT5M", "R/PT5M", "R5/", "R5/P1M", "PT", "P", "PT5M,", "PT5M,R3/PT1M", "-PT5M", "${r}"]
)
def test_what_says_neither_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        read_cycle(text)


def test_each_failure_waits_as_long_as_its_place_in_the_list_says():
    cycle = read_cycle("PT10S,PT1M,PT1H")
    assert [cycle.wait_after(left) for left in (3, 2, 1)] == [10 * SECOND, MINUTE, HOUR]
    assert cycle.wait_after(9) == 10 * SECOND  # more tries were given by hand
    assert [read_cycle("R3/PT5M").wait_after(left) for left in (2, 1)] == [5 * MINUTE] * 2
    assert [USUAL.wait_after(left) for left in (2, 1)] == [10 * SECOND, MINUTE]
